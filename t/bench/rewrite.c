
/*
 * Runs documents through the rewriter, for tests and measurements.  On
 * standard input, each: "LENGTH CHUNK FLAGS\n" and the bytes; on standard
 * output: "LENGTH\n" and the bytes.  CHUNK: 0 whole, N at a time, -N split
 * once at N.  FLAGS: 1 places for insertions.  Arguments: rules to block, as
 * in consent_block marketing; "-catalog" adds the catalog; "-n N" runs each
 * document N times, printing once; "-q" prints nothing and copies nothing, as
 * in nginx, where a page's bytes stay where they are; "-remember" remembers
 * what was judged, as nginx's workers do, "-again" whole pages.
 */

#include <stdio.h>
#include <stdlib.h>
#include "consent_page.h"
#include "../unit/room.h"

#define PAGES  (8 << 20)

static int       quiet;
static int       remember;
static int       again;


static void *
bench_alloc(void *ctx, size_t size)
{
    (void) ctx;

    return malloc(size);
}


static void
bench_free(void *ctx, void *p)
{
    (void) ctx;

    free(p);
}


static int
bench_emit(void *arg, consent_span_e kind, const consent_u8 *data, size_t len)
{
    (void) kind;

    if (!quiet) {
        room_append(arg, data, len);
    }

    return CONSENT_OK;
}


static consent_str_t
bench_insert(void *arg, const consent_insert_t *in)
{
    consent_str_t  s;

    static const char  *texts[] = {
        "<meta name=\"place-head\">",
        "<section id=\"privacy-choices\">notice</section>",
        "<nav id=\"privacy-choices-links\">links</nav>",
        "<script data-consent=\"stub\"></script>"
    };

    (void) arg;
    s.data = (const consent_u8 *) texts[in->place];
    s.len = strlen(texts[in->place]);

    return s;
}


int
main(int argc, char **argv)
{
    int                     i, rc, flags, times;
    char                    err[1024], line[128];
    long                    len, chunk;
    size_t                  at, n, size;
    out_t                   out;
    unsigned char          *body, *copy;
    consent_u8              buf[CONSENT_URL_MAX];
    consent_str_t           s;
    consent_url_t           page;
    consent_alloc_t         keep;
    consent_rules_t        *rules;
    consent_page_t         *cp;
    consent_pages_t        *pages;
    consent_rules_build_t   build;
    consent_rewrite_conf_t  conf;

    static const consent_heap_t  heap = { bench_alloc, bench_free, NULL };

    static const consent_str_t  categories[CONSENT_CATEGORIES_MAX] = {
        consent_string("necessary"), consent_string("functional"),
        consent_string("analytics"), consent_string("marketing")
    };

    keep.alloc = room_keep;
    keep.ctx = NULL;
    build.alloc = keep;
    build.err = err;
    build.err_size = sizeof(err);
    times = 1;

    rules = consent_rules_create(&keep);
    consent_rules_catalog(rules, 0);

    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-catalog") == 0) {
            consent_rules_catalog(rules, 1);
            continue;
        }

        if (strcmp(argv[i], "-q") == 0) {
            quiet = 1;
            continue;
        }

        if (strcmp(argv[i], "-remember") == 0) {
            remember = 1;
            continue;
        }

        if (strcmp(argv[i], "-again") == 0) {
            again = 1;
            continue;
        }

        if (strcmp(argv[i], "-n") == 0 && i + 1 < argc) {
            times = atoi(argv[++i]);
            continue;
        }

        s.data = (const consent_u8 *) argv[i];
        s.len = strlen(argv[i]);

        if (consent_rules_block(rules, &build, CONSENT_MARKETING, s)
            != CONSENT_OK)
        {
            fprintf(stderr, "%s\n", err);
            return 2;
        }
    }

    if (consent_rules_done(rules, &build) != CONSENT_OK) {
        return 2;
    }

    memset(&conf, 0, sizeof(conf));
    s.data = (const consent_u8 *) "http://case.test/";
    s.len = 17;
    consent_url_parse(&page, NULL, s.data, s.len, buf, sizeof(buf));

    conf.rules = rules;
    conf.match = consent_match_create(&build.alloc);

    if (remember
        && consent_match_remember(conf.match, &build.alloc,
                                  CONSENT_MATCH_MEMORY)
           != CONSENT_OK)
    {
        return 2;
    }

    conf.page = &page;
    conf.allowed = 1;
    conf.categories = categories;
    s.data = (const consent_u8 *) "/_consent/";
    s.len = 10;
    conf.endpoint = s;
    conf.gate = 1;
    conf.inline_max = 131072;
    conf.hold_max = 16384;
    conf.alloc.alloc = room_alloc;
    conf.emit = bench_emit;
    conf.insert = bench_insert;
    conf.arg = &out;

    pages = again ? consent_pages_create(&heap, PAGES) : NULL;

    memset(&out, 0, sizeof(out));
    body = NULL;
    size = 0;

    while (fgets(line, sizeof(line), stdin)) {

        if (sscanf(line, "%ld %ld %d", &len, &chunk, &flags) != 3) {
            return 2;
        }

        if ((size_t) len + 1 > size) {
            size = (size_t) len + 1;
            body = realloc(body, size);
        }

        if (body == NULL || fread(body, 1, (size_t) len, stdin)
                            != (size_t) len)
        {
            return 2;
        }

        conf.document = flags & 1;

        for (i = 0; i < times; i++) {
            out.len = 0;
            cp = consent_page_create(&conf, pages, body);

            for (at = 0; at < (size_t) len || at == 0; at += n) {
                n = (size_t) len - at;

                if (chunk > 0 && n > (size_t) chunk) {
                    n = (size_t) chunk;
                }

                if (chunk < 0 && at == 0 && n > (size_t) -chunk) {
                    n = (size_t) -chunk;
                }

                if (chunk && !quiet) {

                    /* what lies before the piece is not to be read */

                    copy = malloc(n ? n : 1);
                    memcpy(copy, body + at, n);

                } else {
                    copy = body + at;
                }

                rc = consent_page_feed(cp, copy, n, at + n == (size_t) len);

                if (rc == CONSENT_DECLINED) {

                    /* in a charset that cannot be read */

                    out.len = 0;
                    n = (size_t) len;

                } else if (rc != CONSENT_OK) {
                    fprintf(stderr, "feed failed\n");
                    return 1;
                }

                if (chunk && !quiet) {
                    free(copy);
                }

                if (n == 0) {
                    break;
                }
            }

            consent_page_done(cp);
            room_release();
        }

        if (!quiet) {
            printf("%zu\n", out.len);
            fwrite(out.data, 1, out.len, stdout);
        }
    }

    return 0;
}
