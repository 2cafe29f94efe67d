/*
 * The quick ways through a script find what reading its tokens does, and the
 * vector ways through a block what looking at each byte does.
 */

#include <stdlib.h>
#include "tap.h"
#include "consent_inline_int.h"
#include "consent_inline_nest.h"
#include "consent_scan_block.h"

#define ROUNDS  20000

static consent_match_t  *m;
static consent_rules_t  *rules;
static consent_url_t     page;
static char              text[8192];
static size_t            len;
static uint32_t          seed = 11;


static unsigned
below(unsigned n)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % n;
}


static void
add(const char *s, size_t n)
{
    if (len + n < sizeof(text)) {
        memcpy(text + len, s, n);
        len += n;
    }
}


/* what a signature is made of, now and then with something between */

static void
signature(void)
{
    uint32_t                      i;
    const char                   *q;
    const consent_inline_elem_t  *e;
    const consent_inline_term_t  *t;

    t = &consent_inline_terms[below(consent_inline_nterms)];
    q = &"\"'`"[below(3)];

    for (i = 0; i < t->n; i++) {
        e = &consent_inline_elems[t->first + i];

        if (e->kind == CONSENT_INLINE_STRING || e->kind == CONSENT_INLINE_PART)
        {
            add(q, 1);
            add(e->text, e->len);
            add(q, 1);

        } else {
            add(e->text, e->len);
        }

        if (below(4) == 0) {
            add(" ", 1);
        }
    }
}


/* a script that is one only by chance */

static void
script(void)
{
    unsigned     n;
    const char  *s;

    static const char  *pieces[] = {
        "a", "x1", "return", "typeof", "window", "window.name = ", "s.t(",
        "src", "href", "location", "indexOf", "getScript", "fetch", "case",
        "(", ")", "[", "]", "{", "}", "(", ")", "{", "}", ",", ";", ":", "=",
        "+", ".", "?", "||", "=>", "<", "-", "!", " ", "  ", "\n", "\r\n",
        "/", "/", "//", "/*", "*/", "<!--", "-->", "\"", "'", "`", "\\",
        "\\\"", "/[/\"]/g", "/a\\/b'/", "\"text\"", "'it''s'", "`a\n\"b`",
        "\"https://www.google-analytics.com/ga.js\"", "'//doubleclick.net'",
        "\"connect.facebook.net/en/sdk.js\"", "'<img src=//hm.baidu.com/x>'",
        "\"https:\\/\\/www.googletagmanager.com\\/gtm.js\"", "'/path/piwik.js'",
        "\"this.is/none\"", "'youtube.com'", "\xc3\xa9", "\xff", "$", "_",
        "document.createElement('script')", "var a1 = ", "0.5", "ga",
        "src=", "x.src=\"", "\"src\"", "'\\x73rc'"
    };

    len = 0;

    for (n = 1 + below(120); n; n--) {

        if (below(12) == 0) {
            signature();
            continue;
        }

        s = pieces[below(sizeof(pieces) / sizeof(pieces[0]))];
        add(s, strlen(s));
    }
}


static void
begin(consent_inline_read_t *r)
{
    memset(r, 0, sizeof(consent_inline_read_t));

    r->rules = rules;
    r->m = m;
    r->page = &page;
    r->text.data = (const consent_u8 *) text;
    r->text.len = len;
    r->seen.scan = &m->scan;
    r->found.sure.category = CONSENT_CATEGORY_NONE;
    r->found.maybe.category = CONSENT_CATEGORY_NONE;
    r->found.social.category = CONSENT_CATEGORY_NONE;
}


static void
test_skim(const char *name)
{
    int                    i, j, ok, lost, found;
    consent_inline_read_t  slow, quick;

    lost = found = 0;
    ok = 1;

    for (i = 0; i < ROUNDS && ok; i++) {
        script();
        begin(&slow);
        begin(&quick);
        consent_inline_read(&slow);

        if (!consent_inline_skim(&quick)) {
            lost++;
            continue;
        }

        for (j = 0; j < CONSENT_INLINE_TERMS / 8; j++) {
            found += slow.seen.seen[j] != 0;
        }

        found += slow.found.sure.category != CONSENT_CATEGORY_NONE
                 || slow.found.maybe.category != CONSENT_CATEGORY_NONE;

        ok = memcmp(slow.seen.seen, quick.seen.seen, sizeof(slow.seen.seen))
             == 0
             && memcmp(&slow.found, &quick.found, sizeof(slow.found)) == 0;

        if (!ok) {
            tap_show("script", text, len);
        }
    }

    ok(ok, "%s: skimming finds what reading does", name);
    ok(found > ROUNDS && lost < ROUNDS / 10,
       "%s: there was something to find, seldom by reading after all", name);
}


/* consent_js_leave() beside a loop over tokens */

static void
test_leave(void)
{
    int           i, n, ok, window, was;
    uint32_t      depth, d, stop;
    consent_js_t  js, slow;
    consent_js_e  kind;

    ok = 1;
    was = 0;
    kind = CONSENT_JS_END;

    for (i = 0; i < ROUNDS && ok; i++) {
        script();

        consent_js_init(&js, (const consent_u8 *) text, len);
        /* at least a bracket was before it */

        for (n = 1 + (int) below(30); n; n--) {
            kind = consent_js_next(&js);
        }

        if (kind == CONSENT_JS_END) {
            continue;
        }

        depth = 1 + below(3);
        stop = below(depth);
        window = (int) below(2);
        d = depth;
        slow = js;

        for ( ;; ) {
            kind = consent_js_next(&slow);

            if (kind == CONSENT_JS_WORD && window && slow.token.len == 6
                && memcmp(slow.token.data, "window", 6) == 0)
            {
                break;
            }

            if (kind == CONSENT_JS_END) {
                break;
            }

            if (kind != CONSENT_JS_PUNCT) {
                continue;
            }

            if (strchr("([{", slow.token.data[0])) {
                d++;

            } else if (strchr(")]}", slow.token.data[0])) {

                if (d == stop + 1) {
                    break;
                }

                d--;
            }
        }

        consent_js_leave(&js, &depth, stop, window);
        was += (kind != CONSENT_JS_END);

        ok = (kind == CONSENT_JS_END)
             ? js.pos == len
             : js.pos == (size_t) (slow.token.data - (consent_u8 *) text)
               && depth == d;

        if (!ok) {
            tap_show("script", text, len);
        }
    }

    ok(ok, "what is nested is left where its tokens say");
    ok(was > ROUNDS / 20, "and it ended");
}


static void
test_blocks(void)
{
    int                         i, ok;
    unsigned                    k, n;
    consent_u8                  p[CONSENT_BLOCK + 1];
    consent_block_t             plain, b;
    const consent_block_way_t  *ways;

    n = consent_block_ways(&ways);
    ok(n > 0 && strcmp(ways[n - 1].name, "plain") == 0
       && consent_block_way() == ways[0].block,
       "blocks are read in %u ways, %s is the first", n, ways[0].name);

    for (k = 0; k < n; k++) {
        ok = 1;

        for (i = 0; i < ROUNDS && ok; i++) {
            unsigned  j;

            /* each byte at each place, and all together */

            for (j = 0; j < sizeof(p); j++) {
                p[j] = (consent_u8) ((i & 1) ? below(256)
                                             : (unsigned) i / 2 + j);
            }

            ways[n - 1].block(p + (i & 1), 's', &plain);
            ways[k].block(p + (i & 1), 's', &b);

            ok = b.word == plain.word && b.high == plain.high
                 && b.mark == plain.mark && b.one == plain.one;
        }

        ok(ok, "%s: the same as byte by byte", ways[k].name);
    }
}


static void *
lend(void *ctx, size_t size)
{
    (void) ctx;
    return malloc(size);
}


int
main(void)
{
    char                        err[256];
    unsigned                    k, n;
    consent_u8                  buf[CONSENT_URL_MAX];
    consent_str_t               own;
    consent_alloc_t             alloc = { lend, NULL };
    consent_rules_build_t       build;
    const consent_block_way_t  *ways;

    build.alloc = alloc;
    build.err = err;
    build.err_size = sizeof(err);

    m = consent_match_create(&alloc);
    rules = consent_rules_create(&alloc);
    own.data = (const consent_u8 *) "this.is";
    own.len = 7;

    if (m == NULL || rules == NULL
        || consent_rules_block(rules, &build, CONSENT_MARKETING, own)
           != CONSENT_OK
        || consent_rules_done(rules, &build) != CONSENT_OK
        || consent_url_parse(&page, NULL,
                             (const consent_u8 *) "http://case.test/", 17,
                             buf, sizeof(buf))
           != CONSENT_OK)
    {
        return 1;
    }

    test_blocks();

    n = consent_block_ways(&ways);

    for (k = 0; k < n; k++) {
        m->scan.block = ways[k].block;
        test_skim(ways[k].name);
    }

    test_leave();

    return tap_done();
}
