
/*
 * Style sheets: the same URLs are reported whatever the pieces; none that
 * begins before what was said to be decided; and where each has been put
 * behind "about:invalid#", the same URLs are reported in the same places, all
 * behind that.  A string that might be an URL by way of a variable is none
 * any more then.  What a preload scanner takes for an @import lies in the
 * value that it was told of, whatever the pieces.
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
    size_t             n;
    size_t             nraw;
    uint64_t           decided;
    const consent_u8  *data;
    consent_css_t      css;
    url_t              urls[URLS_MAX];
    url_t              raw[URLS_MAX];
} urls_t;


static void
raw(urls_t *urls, const consent_css_url_t *raw)
{
    url_t              *url;
    consent_css_url_t   u;

    u = *raw;

    if (!consent_css_import(&urls->css, &u, urls->data + u.start)) {
        return;
    }

    fuzz_check("what a scanner sees lies in its value",
               u.start >= raw->start && u.end <= raw->end && u.url.len);

    url = &urls->raw[urls->nraw++];
    memset(url, 0, sizeof(url_t));
    url->start = u.start;
    url->end = u.end;
    url->cut = u.cut;
    url->invalid = u.url.len >= LEN && memcmp(u.url.data, INVALID, LEN) == 0;
}


static int
found(void *arg, const consent_css_url_t *u)
{
    size_t    i;
    url_t    *url;
    urls_t   *urls = arg;

    fuzz_check("what is reported was not decided before",
               u->start >= urls->decided);
    fuzz_check("an URL has an end", u->end >= u->start);

    if (urls->n == URLS_MAX || urls->nraw == URLS_MAX) {
        return CONSENT_ERROR;
    }

    if (u->raw) {
        raw(urls, u);
        return CONSENT_OK;
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
    consent_css_t         *css;

    css = &urls->css;
    urls->n = 0;
    urls->nraw = 0;
    urls->decided = 0;
    urls->data = data;
    at = 0;

    consent_css_init(css, how & 1, (how >> 1) % 3, found, urls);

    if (!(how & 1)) {
        consent_css_scan(css);
    }

    do {
        n = (size - at < step) ? size - at : step;
        piece = fuzz_piece(data + at, n);
        at += n;

        rc = consent_css_feed(css, piece, n, at == size);
        fuzz_piece_gone(n);

        if (rc != CONSENT_OK) {
            return 0;
        }

        fuzz_check("nothing is undecided again",
                   consent_css_decided(css) >= urls->decided);
        urls->decided = consent_css_decided(css);

    } while (at < size);

    return 1;
}


static int
order(const void *a, const void *b)
{
    uint64_t  x = *(const uint64_t *) a, y = *(const uint64_t *) b;

    return (x > y) - (x < y);
}


/* where "about:invalid#" goes: once at each place */

static size_t
places(uint64_t *at, const urls_t *urls)
{
    size_t  i, n, k;

    for (i = n = 0; i < urls->n; i++) {
        at[n++] = urls->urls[i].start;
    }

    for (i = 0; i < urls->nraw; i++) {
        at[n++] = urls->raw[i].start;
    }

    qsort(at, n, sizeof(at[0]), order);

    for (i = k = 0; i < n; i++) {
        if (i == 0 || at[i] != at[i - 1]) {
            at[k++] = at[i];
        }
    }

    return k;
}


/* how many of them lie before this */

static size_t
before(const uint64_t *at, size_t n, uint64_t pos)
{
    size_t  i;

    for (i = 0; i < n && at[i] < pos; i++) { /* void */ }

    return i;
}


/*
 * The same URLs, each behind what was put before it.  What is put where only a
 * scanner sees an URL may make an @import none to CSS, or other words of what
 * follows it, as what is put before CSS's may to a scanner: nothing is said of
 * these.
 */

static void
compare(const urls_t *whole, const urls_t *parts, const uint64_t *at,
    size_t nat)
{
    size_t        i, k, n;
    const url_t  *a, *b;

    if (nat > whole->n) {
        return;
    }

    for (i = k = 0; i < whole->n; i++) {
        a = &whole->urls[i];
        b = &parts->urls[k];
        n = before(at, nat, a->start);

        if (k < parts->n && b->start == a->start + n * LEN) {
            fuzz_check("an URL is the same behind what was put before it",
                       b->invalid && b->kind == a->kind && !b->plain
                       && (b->cut || (b->end == a->end + (n + 1) * LEN
                                      && b->hash == a->hash)));
            k++;
            continue;
        }

        fuzz_check("what is an URL for sure stays one", a->plain);
    }

    fuzz_check("what is put before an URL makes no new one", k == parts->n);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t              i, n, nat, from;
    unsigned            how;
    static urls_t       whole, parts;
    static uint64_t     at[2 * URLS_MAX];
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
               parts.n == whole.n && parts.nraw == whole.nraw
               && memcmp(parts.urls, whole.urls, whole.n * sizeof(url_t))
                  == 0
               && memcmp(parts.raw, whole.raw, whole.nraw * sizeof(url_t))
                  == 0);

    for (i = from = 0; i < whole.n; i++) {
        fuzz_check("URLs follow one another", whole.urls[i].start >= from);
        from = whole.urls[i].start;

        if (whole.urls[i].invalid) {
            return 0;
        }
    }

    for (i = 0; i < whole.nraw; i++) {
        if (whole.raw[i].invalid) {
            return 0;
        }
    }

    nat = places(at, &whole);

    if (nat * LEN + size > sizeof(edited)) {
        return 0;
    }

    for (i = n = from = 0; i < nat; i++) {
        memcpy(edited + n, data + from, at[i] - from);
        n += at[i] - from;
        from = at[i];
        memcpy(edited + n, INVALID, LEN);
        n += LEN;
    }

    memcpy(edited + n, data + from, size - from);
    n += size - from;

    fuzz_check("what was read is read again",
               sheet(&parts, edited, n, how, n ? n : 1));

    compare(&whole, &parts, at, nat);

    return 0;
}
