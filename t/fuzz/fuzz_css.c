
/*
 * Style sheets: the same URLs are reported whatever the pieces; none that
 * begins before what was said to be decided; and where each has been put
 * behind "about:invalid#", the same places are reported as that.
 */

#include "fuzz.h"
#include "consent_css.h"

#define URLS_MAX  4096

typedef struct {
    uint64_t   start;
    uint64_t   end;
    unsigned   kind;
    unsigned   cut;
    uint32_t   hash;
    int        invalid;
} url_t;

typedef struct {
    size_t         n;
    uint64_t       decided;
    url_t          urls[URLS_MAX];
} urls_t;


static int
found(void *arg, const consent_css_url_t *u)
{
    size_t    i;
    url_t    *url;
    urls_t   *urls = arg;

    fuzz_check("what is reported was not decided before",
               u->start >= urls->decided);
    fuzz_check("an URL has an end", u->end >= u->start);

    if (urls->n == URLS_MAX) {
        return CONSENT_ERROR;
    }

    url = &urls->urls[urls->n++];
    url->start = u->start;
    url->end = u->end;
    url->kind = u->kind;
    url->cut = u->cut;
    url->hash = 0;
    url->invalid = u->url.len >= 14
                   && memcmp(u->url.data, "about:invalid#", 14) == 0;

    for (i = 0; i < u->url.len; i++) {
        url->hash = url->hash * 31 + u->url.data[i];
    }

    return CONSENT_OK;
}


static int
sheet(urls_t *urls, const consent_u8 *data, size_t size, unsigned how,
    size_t step)
{
    int                    rc;
    size_t                 at, n;
    consent_u8            *piece;
    static consent_css_t   css;

    urls->n = 0;
    urls->decided = 0;
    at = 0;

    consent_css_init(&css, how & 1, (how >> 1) % 3, found, urls);

    do {
        n = (size - at < step) ? size - at : step;
        piece = malloc(n ? n : 1);
        fuzz_check("there is memory", piece != NULL);
        memcpy(piece, data + at, n);
        at += n;

        rc = consent_css_feed(&css, piece, n, at == size);
        free(piece);

        if (rc != CONSENT_OK) {
            return 0;
        }

        fuzz_check("nothing is undecided again",
                   consent_css_decided(&css) >= urls->decided);
        urls->decided = consent_css_decided(&css);

    } while (at < size);

    return 1;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t              i, n, from;
    unsigned            how;
    static urls_t       whole, parts;
    static consent_u8   edited[1 << 18];

    static const char   invalid[] = "about:invalid#";

    if (size < 1 || size > 8192) {
        return 0;
    }

    how = data[--size];

    if (!sheet(&whole, data, size, how, size ? size : 1)) {
        return 0;
    }

    for (i = 0; i < 2; i++) {
        (void) sheet(&parts, data, size, how, i ? 1 + (how >> 3) : 1);

        fuzz_check("in any pieces the same is reported",
                   parts.n == whole.n
                   && memcmp(parts.urls, whole.urls, whole.n * sizeof(url_t))
                      == 0);
    }

    for (i = n = from = 0; i < whole.n; i++) {

        if (whole.urls[i].start < from
            || n + size + sizeof(invalid) > sizeof(edited))
        {
            return 0;
        }

        memcpy(edited + n, data + from, whole.urls[i].start - from);
        n += whole.urls[i].start - from;
        from = whole.urls[i].start;
        memcpy(edited + n, invalid, sizeof(invalid) - 1);
        n += sizeof(invalid) - 1;
    }

    memcpy(edited + n, data + from, size - from);
    n += size - from;

    (void) sheet(&parts, edited, n, how, n ? n : 1);

    /* a string that would be one by way of a variable is none any more */

    fuzz_check("what is put before an URL makes no new one",
               parts.n <= whole.n);

    for (i = 0; i < parts.n; i++) {
        fuzz_check("and makes it load nothing", parts.urls[i].invalid);
    }

    return 0;
}
