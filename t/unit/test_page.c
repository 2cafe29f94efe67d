
/*
 * A page that came before gets what it got then, and one that is another,
 * however alike, what it would have got anyway: compared with the rewriter
 * itself, in any pieces.  With files as arguments they are the pages.
 */

#include "room.h"
#include "tap.h"
#include "consent_page.h"

#define OUT    (8u << 20)
#define SAID   (2u << 20)
#define LIMIT  (1u << 20)

typedef struct {
    consent_u8        *out;
    size_t             n;
    char              *said;         /* what was asked for and told */
    size_t             nsaid;
    int                rc;
    int                slow;
    int                stray;        /* a span that is not of the piece fed */
    size_t             blocked;
    const consent_u8  *piece;
    size_t             npiece;
} page_run_t;

static consent_rewrite_conf_t  conf;
static unsigned                seed = 1;
static int                     empty;    /* nothing is put in */
static size_t                  live;     /* heap blocks */
static unsigned                scarce;   /* one block in so many is not had */
static consent_str_t           banner;
static unsigned                known;    /* pages that no rewriter read */


static unsigned
page_random(unsigned n)
{
    seed = seed * 1103515245 + 12345;

    return (seed >> 8) % n;
}


static void *
page_heap_alloc(void *ctx, size_t size)
{
    (void) ctx;

    if (scarce && page_random(scarce) == 0) {
        return NULL;
    }

    live++;

    return malloc(size);
}


static void
page_heap_free(void *ctx, void *p)
{
    (void) ctx;
    live--;
    free(p);
}


/* what a request allocates */

static unsigned  nallocs;

/* how often something was left of a piece */

static unsigned  more;

static void *
page_alloc(void *ctx, size_t size)
{
    nallocs++;

    return room_alloc(ctx, size);
}


static int
page_emit(void *arg, consent_span_e kind, const consent_u8 *data, size_t len)
{
    page_run_t *r = arg;

    if (len > OUT - r->n) {
        return CONSENT_ERROR;
    }

    if (kind == CONSENT_SPAN_INPUT
        && (data < r->piece || data + len > r->piece + r->npiece))
    {
        r->stray = 1;
        return CONSENT_ERROR;
    }

    memcpy(r->out + r->n, data, len);
    r->n += len;

    /* a client that does not take much, every other time */

    return (r->slow && page_random(2)) ? CONSENT_FULL : CONSENT_OK;
}


static int
page_feed(consent_page_t *page, const consent_u8 *data, size_t n, int last)
{
    int     rc;
    size_t  left;

    rc = consent_page_feed(page, data, n, last);

    while (rc == CONSENT_OK && consent_page_more(page, &left)) {
        more++;
        data += n - left;
        n = left;

        rc = consent_page_feed(page, data, n, last);
    }

    return rc;
}


static void
page_say(page_run_t *r, const char *what, const consent_str_t *s)
{
    r->nsaid += (size_t) snprintf(r->said + r->nsaid, SAID - r->nsaid,
                                  "%s:%.*s ", what, (int) s->len,
                                  s->len ? (const char *) s->data : "");
}


static consent_str_t
page_insert(void *arg, const consent_insert_t *in)
{
    page_run_t    *r = arg;
    consent_str_t  none = { NULL, 0 };

    r->nsaid += (size_t) snprintf(r->said + r->nsaid, SAID - r->nsaid,
                                  "\ninsert %d %u %u ", in->place, in->stubs,
                                  in->elsewhere);
    page_say(r, "lang", &in->lang);
    page_say(r, "names", &in->names);
    page_say(r, "nonce", &in->nonce);

    if (in->place == CONSENT_PLACE_BANNER && !conf.notice) {
        return none;
    }

    return empty ? none : banner;
}


static void
page_found(void *arg, const consent_finding_t *f)
{
    page_run_t *r = arg;

    r->blocked += f->blocked;
    r->nsaid += (size_t) snprintf(r->said + r->nsaid, SAID - r->nsaid,
                                  "\nfound %d %d %d %u %u %llu ", f->type,
                                  f->verdict.category, f->verdict.source,
                                  f->verdict.stubs, f->blocked,
                                  (unsigned long long) f->offset);
    page_say(r, "element", &f->element);
    page_say(r, "attribute", &f->attribute);

    if (f->url) {
        page_say(r, "href", &f->url->href);
        page_say(r, "host", &f->url->host);
        page_say(r, "path", &f->url->path);
        page_say(r, "query", &f->url->query);
    }
}


/* a page in pieces of "size" bytes, 0: of any; each piece is gone after it */

static void
page_run(page_run_t *r, consent_pages_t *pages, const consent_u8 *data,
    size_t n, size_t size, int end)
{
    int              last = 0;
    size_t           k;
    consent_u8      *piece;
    consent_page_t  *page;

    r->n = 0;
    r->nsaid = 0;
    r->stray = 0;
    r->blocked = 0;
    r->said[0] = '\0';
    r->rc = CONSENT_ERROR;
    conf.arg = r;
    nallocs = 0;

    r->slow = (pages != NULL && page_random(2));
    page = consent_page_create(&conf, pages, NULL);

    if (page == NULL) {
        return;
    }

    do {
        k = size ? size : 1 + page_random(page_random(4) ? 40 : 3000);
        k = (k < n) ? k : n;
        last = (k == n && page_random(2)) ? end : 0;

        piece = malloc(k + 1);
        memcpy(piece, data, k);
        r->piece = piece;
        r->npiece = k;

        r->rc = page_feed(page, piece, k, last);

        if (r->rc == CONSENT_OK && !last && page_random(8) == 0) {
            r->npiece = 0;
            r->rc = consent_page_flush(page);
        }

        free(piece);
        data += k;
        n -= k;

    } while (n && r->rc == CONSENT_OK);

    if (r->rc == CONSENT_OK && !last && end) {
        r->npiece = 0;
        r->rc = consent_page_feed(page, (const consent_u8 *) "", 0, end);
    }

    known += (r->rc == CONSENT_OK && nallocs == 1);
    consent_page_done(page);
    room_release();
}


static int
page_same(const page_run_t *a, const page_run_t *b)
{
    if (a->rc == CONSENT_DECLINED && b->rc == CONSENT_DECLINED) {
        return 1;
    }

    return a->rc == b->rc && !b->stray && a->n == b->n
           && memcmp(a->out, b->out, a->n) == 0
           && a->nsaid == b->nsaid
           && memcmp(a->said, b->said, a->nsaid) == 0;
}


static page_run_t  plain, other;

static const size_t  sizes[] = { 0, 1, 7, 1000, 1024, 4096, 32768, 1 << 22 };

#define NSIZES  (sizeof(sizes) / sizeof(sizes[0]))


/* an address that was not asked for yet */

static void
page_address(void)
{
    int                   n;
    char                  here[64];
    static consent_u8     buf[CONSENT_URL_MAX];
    static consent_url_t  url;
    static unsigned       number;

    n = snprintf(here, sizeof(here), "https://case.test/a/b?%u", number++);
    (void) consent_url_parse(&url, NULL, (const consent_u8 *) here, (size_t) n,
                             buf, sizeof(buf));
    conf.page = &url;
}


/* as often as it takes to be known, and then in all ways; then others that are
 * nearly the same; how many of them were not as they should be */

static unsigned
page_try(consent_pages_t *pages, const consent_u8 *data, size_t n,
    unsigned times)
{
    size_t       at;
    unsigned     i, wrong;
    consent_u8  *copy;

    wrong = 0;
    empty = 0;
    page_address();
    page_run(&plain, NULL, data, n, 0, CONSENT_LAST);

    for (i = 0; i < NSIZES; i++) {
        page_run(&other, pages, data, n, sizes[i], CONSENT_LAST);
        wrong += !page_same(&plain, &other);
    }

    copy = malloc(n + 16);

    for (i = 0; i < times && n; i++) {
        at = page_random((unsigned) n);
        memcpy(copy, data, n);

        switch (i % 5) {

        case 0:                          /* a byte is another */
            copy[at] ^= (consent_u8) (1 + page_random(255));
            page_run(&plain, NULL, copy, n, 0, CONSENT_LAST);
            page_run(&other, pages, copy, n, sizes[page_random(NSIZES)],
                     CONSENT_LAST);
            break;

        case 1:                          /* it ends earlier */
            page_run(&plain, NULL, copy, at, 0, CONSENT_LAST);
            page_run(&other, pages, copy, at, sizes[page_random(NSIZES)],
                     CONSENT_LAST);
            break;

        case 2:                          /* it goes on */
            memcpy(copy + n, "<p>and on</p>", 13);
            page_run(&plain, NULL, copy, n + 13, 0, CONSENT_LAST);
            page_run(&other, pages, copy, n + 13, sizes[page_random(NSIZES)],
                     CONSENT_LAST);
            break;

        case 3:                          /* nothing is put in this time */
            empty = 1;
            page_run(&plain, NULL, copy, n, 0, CONSENT_LAST);
            page_run(&other, pages, copy, n, sizes[page_random(NSIZES)],
                     CONSENT_LAST);
            empty = 0;
            break;

        default:                         /* it breaks off */
            page_run(&plain, NULL, copy, at, 1 << 22, 0);
            page_run(&other, pages, copy, at, sizes[page_random(NSIZES)], 0);
            at = other.n < plain.n ? other.n : plain.n;
            wrong += memcmp(plain.out, other.out, at) != 0;
            plain.rc = CONSENT_DECLINED;
            other.rc = CONSENT_DECLINED;
        }

        wrong += !page_same(&plain, &other);

        /* it is written down again, where it was given up */

        page_run(&other, pages, data, n, 0, CONSENT_LAST);
    }

    free(copy);

    return wrong;
}


static const char  *parts[] = {
    "<!doctype html>", "<html lang=de>", "<head>", "<title>x</title>",
    "<meta charset=utf-8>", "<base href=https://other.test/>", "</head>",
    "<body class='a b'>", "<p>Text and more of it, &amp; an <b>end</b>.",
    "<img src=https://tracker.test/p.gif>", "<img src=/own.png alt='x'>",
    "<script src=\"https://tracker.test/t.js\"></script>",
    "<script nonce=abc>var a=1; new Image().src='//tracker.test/'+a</script>",
    "<script>function own(){return 1}</script>",
    "<style>a{background:url(https://tracker.test/b.png)}</style>",
    "<style>p{color:red}</style>", "<!-- comment -->", "<noscript>",
    "</noscript>", "<svg><script href=https://tracker.test/s></script></svg>",
    "<iframe srcdoc=\"<img src=https://tracker.test/f>\"></iframe>",
    "<a href=https://elsewhere.test/x?y=z>", "</a>", "<template>",
    "</template>", "<select><option>", "</select>", "<textarea><img src=x>",
    "</textarea>", "<table><tr><td>", "</table>", "</body>", "</html>",
    "<link rel=preconnect href=https://tracker.test>", "\n", "\r\n\t",
    "<img src=https://tracker.", "<script>var tail='//tracker.test/x",
    "<div data-a=\"1\" data-b='2' hidden>", "</div>", "<plaintext>"
};

#define NPARTS  (sizeof(parts) / sizeof(parts[0]))


static void
test_made(consent_pages_t *pages)
{
    char      doc[16384];
    size_t    n, len, blocked;
    unsigned  i, k, wrong;

    wrong = 0;
    blocked = 0;

    for (i = 0; i < 300; i++) {
        n = 0;

        for (k = page_random(i % 10 ? 20 : 300); k; k--) {
            len = (size_t) snprintf(doc + n, sizeof(doc) - n, "%s",
                                    parts[page_random(NPARTS)]);
            n += (len < sizeof(doc) - n) ? len : 0;
        }

        wrong += page_try(pages, (consent_u8 *) doc, n, 10);
        blocked += other.blocked;
    }

    ok(wrong == 0, "300 pages and 3,000 like them: none differs (%u)", wrong);
    ok(blocked > 100, "trackers are in them (%zu)", blocked);
    ok(more > 10000, "many did not leave at once (%u)", more);
    ok(known > 3000, "and most were known when they came again (%u)", known);
}


static void
test_bound(consent_pages_t *pages)
{
    size_t       i, n;
    consent_u8  *doc;

    n = 3 * LIMIT;
    doc = malloc(n);

    for (i = 0; i < n; i++) {
        doc[i] = "<p>more</p>\n"[i % 12];
    }

    ok(page_try(pages, doc, n, 2) == 0, "a page that is too long to be "
       "remembered is read each time");
    ok(page_try(pages, doc, LIMIT / 5, 5) == 0, "one that just is not");

    free(doc);
}


static void
test_scarce(consent_pages_t *pages)
{
    unsigned  i, wrong;

    wrong = 0;
    scarce = 4;

    for (i = 0; i < 200; i++) {
        wrong += page_try(pages, (const consent_u8 *) "<p>a<img src=https://"
                          "tracker.test/x><script>var a</script><p>b", 60, 5);
    }

    scarce = 0;
    ok(wrong == 0, "memory may be short at any time (%u)", wrong);
}


/* who answered and who did not, in turn */

static void
test_turns(consent_pages_t *pages)
{
    size_t                   with;
    unsigned                 i;
    static const consent_u8  doc[] = "<!doctype html><title>x</title><body>"
                                     "<p>one and the same page";

    page_address();
    known = 0;
    with = 0;

    for (i = 0; i < 20; i++) {
        conf.notice = i & 1;
        page_run(&other, pages, doc, sizeof(doc) - 1, 0, CONSENT_LAST);

        if (i == 10) {
            with = other.n;
        }
    }

    conf.notice = 1;

    ok(other.n > with && known > 10, "a page is known to who gets the notice "
       "and to who does not (%u of 20)", known);
}


static unsigned
test_file(consent_pages_t *pages, const char *name)
{
    FILE        *f;
    size_t       n;
    unsigned     wrong;
    consent_u8  *doc;

    f = fopen(name, "rb");

    if (f == NULL) {
        return 1;
    }

    doc = malloc(OUT / 2);
    n = fread(doc, 1, OUT / 2, f);
    fclose(f);

    wrong = page_try(pages, doc, n, 5);

    if (wrong) {
        printf("# %s: %u\n", name, wrong);
    }

    free(doc);

    return wrong;
}


/* gates for marketing of one host, and what the catalog knows */

static void
page_rules(void)
{
    char                    err[128];
    consent_alloc_t         a;
    consent_rules_t        *rules;
    consent_rules_build_t   b;

    static consent_str_t    host = consent_string("tracker.test");
    static const consent_str_t  names[CONSENT_CATEGORIES_MAX] = {
        consent_string("necessary"), consent_string("functional"),
        consent_string("analytics"), consent_string("marketing")
    };

    a.alloc = page_heap_alloc;
    a.ctx = NULL;
    b.alloc = a;
    b.err = err;
    b.err_size = sizeof(err);

    rules = consent_rules_create(&a);
    consent_rules_catalog(rules, 1);
    (void) consent_rules_block(rules, &b, CONSENT_MARKETING, host);
    (void) consent_rules_done(rules, &b);

    conf.rules = rules;
    conf.match = consent_match_create(&a);
    conf.allowed = 1;
    conf.categories = names;
    conf.endpoint.data = (const consent_u8 *) "/_consent/";
    conf.endpoint.len = 10;
    conf.gate = 1;
    conf.document = 1;
    conf.notice = 1;
    conf.inline_max = 1 << 17;
    conf.hold_max = 1 << 17;
    conf.alloc.alloc = page_alloc;
    conf.emit = page_emit;
    conf.insert = page_insert;
    conf.found = page_found;
}


int
main(int argc, char **argv)
{
    int               i;
    size_t            before;
    unsigned          wrong;
    consent_heap_t    heap;
    consent_pages_t  *pages;

    banner.data = (const consent_u8 *) "<section>Agree?</section>";
    banner.len = 25;

    plain.out = malloc(OUT);
    plain.said = malloc(SAID);
    other.out = malloc(OUT);
    other.said = malloc(SAID);

    page_rules();

    heap.alloc = page_heap_alloc;
    heap.free = page_heap_free;
    heap.ctx = NULL;

    before = live;
    pages = consent_pages_create(&heap, argc > 1 ? OUT : LIMIT);

    if (argc > 1) {
        for (wrong = 0, i = 1; i < argc; i++) {
            wrong += test_file(pages, argv[i]);
        }

        ok(wrong == 0, "%d files: none differs (%u)", argc - 1, wrong);

    } else {
        test_made(pages);
        test_turns(pages);
        test_bound(pages);
        test_scarce(pages);
    }

    consent_pages_destroy(pages);
    ok(live == before, "all memory is given back");

    return tap_done();
}
