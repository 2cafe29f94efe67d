
/*
 * Style sheets: the same URLs are reported whatever the pieces; none that
 * begins before what was said to be decided; and where each has been put
 * behind "about:invalid#", the same URLs are reported in the same places, all
 * behind that.  A string that might be an URL by way of a variable is none
 * any more then.
 */

#include "fuzz.h"
#include "consent_css.h"

#define URLS_MAX  4096

typedef struct {
    uint64_t   start;
    uint64_t   end;
    unsigned   kind;
    unsigned   cut;
    unsigned   plain;
    uint32_t   hash;
    int        invalid;
} url_t;

#define INVALID  "about:invalid#"
#define LEN      (sizeof(INVALID) - 1)

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
    url->plain = u->plain;
    url->hash = 0;
    url->invalid = u->url.len >= LEN && memcmp(u->url.data, INVALID, LEN) == 0;

    /* white space goes before an URL, but not after the other */

    i = url->invalid ? LEN : 0;

    while (i < u->url.len && u->url.data[i] <= ' ') {
        i++;
    }

    for ( /* void */ ; i < u->url.len; i++) {
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
        piece = fuzz_piece(data + at, n);
        at += n;

        rc = consent_css_feed(&css, piece, n, at == size);
        fuzz_piece_gone(n);

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
    size_t              i, k, n, from;
    unsigned            how;
    const url_t        *a, *b;
    static urls_t       whole, parts;
    static consent_u8   edited[1 << 18];

    if (size < 1 || size > 8192) {
        return 0;
    }

    how = data[--size];

    if (!sheet(&whole, data, size, how, size ? size : 1)) {
        return 0;
    }

    (void) sheet(&parts, data, size, how, 1 + (how >> 3));

    fuzz_check("in any pieces the same is reported",
               parts.n == whole.n
               && memcmp(parts.urls, whole.urls, whole.n * sizeof(url_t))
                  == 0);

    for (i = n = from = 0; i < whole.n; i++) {

        fuzz_check("URLs follow one another", whole.urls[i].start >= from);

        if (whole.urls[i].invalid || n + size + LEN > sizeof(edited)) {
            return 0;
        }

        memcpy(edited + n, data + from, whole.urls[i].start - from);
        n += whole.urls[i].start - from;
        from = whole.urls[i].start;
        memcpy(edited + n, INVALID, LEN);
        n += LEN;
    }

    memcpy(edited + n, data + from, size - from);
    n += size - from;

    fuzz_check("what was read is read again",
               sheet(&parts, edited, n, how, n ? n : 1));

    for (i = k = 0; i < whole.n; i++) {
        a = &whole.urls[i];
        b = &parts.urls[k];

        if (k < parts.n && b->start == a->start + i * LEN) {
            fuzz_check("an URL is the same behind what was put before it",
                       b->invalid && b->kind == a->kind && !b->plain
                       && (b->cut || (b->end == a->end + (i + 1) * LEN
                                      && b->hash == a->hash)));
            k++;
            continue;
        }

        fuzz_check("what is an URL for sure stays one", a->plain);
    }

    fuzz_check("what is put before an URL makes no new one", k == parts.n);

    return 0;
}
