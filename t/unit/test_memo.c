
/*
 * What was judged before: a text gets what was found out about it, never
 * what was about another, however alike; and memory is of one size.
 */

#include "str.h"
#include "tap.h"
#include "consent_memo.h"

#define SIZE  (64 * 1024)

static consent_url_t  here, elsewhere;


static void *
memo_alloc(void *ctx, size_t size)
{
    (void) ctx;
    return malloc(size);
}


static void
memo_page(consent_url_t *url, const char *s)
{
    consent_str_t  t;

    t = str(s);
    (void) consent_url_parse(url, NULL, t.data, t.len, malloc(CONSENT_URL_MAX),
                             CONSENT_URL_MAX);
}


/* texts of one length that differ in one byte, each with a number of its own:
 * many more than there is memory for */

static void
test_ring(consent_alloc_t *alloc)
{
    int                    again, known, wrong, put;
    char                   text[2000];
    unsigned               i, n, len, seed;
    consent_str_t          t;
    consent_memo_t        *memo;
    consent_memo_key_t     key;
    consent_memo_found_t  *found;

    memo = consent_memo_create(alloc, SIZE);
    memset(&key, 0, sizeof(key));
    key.kind = CONSENT_MEMO_SCRIPT;
    known = wrong = put = 0;
    seed = 1;

    for (i = 0; i < 200000; i++) {
        seed = seed * 1103515245 + 12345;
        n = seed / 65536 % 500;
        len = 20 + n % 7 * 250;

        memset(text, 'x', len);
        memcpy(text + len / 3, &n, sizeof(n));
        t.data = (const consent_u8 *) text;
        t.len = len;
        key.page = str((n % 2) ? "https://a.test" : "https://b.test");

        found = consent_memo_get(memo, &key, t, &again);

        if (found) {
            known++;
            wrong += (found->verdict.stubs != n || found->len != sizeof(n)
                      || memcmp(found->data, &n, sizeof(n)) != 0);

        } else if (again) {
            found = consent_memo_put(memo, &key, t, n % 3 * 100 + 4);
            found->verdict.stubs = n;
            found->len = sizeof(n);
            memcpy(found->data, &n, sizeof(n));
            put++;
        }
    }

    ok(wrong == 0, "no text gets what is known of another");
    ok(known > 5000 && put > 5000, "%d were known, %d put in", known, put);

    t.len = SIZE;
    ok(consent_memo_put(memo, &key, t, 0) == NULL,
       "what is too long is not remembered");
    ok(consent_memo_put(memo, &key, str("x"), SIZE) == NULL,
       "nor what needs too much room");
}


static void
test_keys(consent_alloc_t *alloc)
{
    int                   again, k;
    consent_str_t         t;
    consent_memo_t       *memo;
    consent_memo_key_t    key, other;

    memo = consent_memo_create(alloc, SIZE);
    memset(&key, 0, sizeof(key));
    key.page = str("https://a.test");
    t = str("a script");

    ok(!consent_memo_get(memo, &key, t, &again) && !again,
       "a text is not known, nor asked for before");
    ok(!consent_memo_get(memo, &key, t, &again) && again,
       "the second time it is worth remembering");
    consent_memo_put(memo, &key, t, 0);
    ok(consent_memo_get(memo, &key, t, &again) != NULL,
       "the third time it is known");

    for (k = 0; k < 3; k++) {
        other = key;

        if (k == 0) {
            other.rules = (const consent_rules_t *) (const void *) memo;

        } else if (k == 1) {
            other.page = str("https://b.test");

        } else {
            other.kind = 1;
        }

        ok(consent_memo_get(memo, &other, t, &again) == NULL,
           "not %s", k == 0 ? "under other rules"
                     : k == 1 ? "for another page" : "as of another kind");
    }
}


static int
judged(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *page, const char *text)
{
    int                i, category;
    consent_str_t      t;
    consent_verdict_t  v;

    t = str(text);
    category = CONSENT_CATEGORY_NONE - 1;

    /* read twice, then known; the same each time */

    for (i = 0; i < 4; i++) {
        consent_rules_inline(rules, m, page, t.data, t.len, &v);

        if (i && v.category != category) {
            return CONSENT_CATEGORY_NONE - 2;
        }

        category = v.category;
    }

    return category;
}


static void
test_scripts(consent_alloc_t *alloc)
{
    char                   err[256];
    consent_str_t          t;
    consent_match_t       *m;
    consent_rules_t       *own, *rules;
    consent_rules_build_t  b;

    static const char  tracker[] = "_gaq.push(['_setAccount', 'UA-1']); "
        "s.src = 'https://www.google-analytics.com/ga.js'";
    static const char  path[] = "document.write('<img src=private/x.gif>')";

    b.alloc = *alloc;
    b.err = err;
    b.err_size = sizeof(err);

    rules = consent_rules_create(alloc);
    consent_rules_done(rules, &b);
    own = consent_rules_create(alloc);
    consent_rules_catalog(own, 0);
    consent_rules_block(own, &b, CONSENT_MARKETING,
                        str("here.test/a/private/"));
    consent_rules_done(own, &b);

    m = consent_match_create(alloc);
    ok(consent_match_remember(m, alloc, SIZE) == CONSENT_OK,
       "a match may remember");

    ok(judged(rules, m, &here, tracker) > CONSENT_NECESSARY,
       "a tracker's script is one each time");
    t = str(tracker);
    ok(consent_match_known(m, rules, &here, t) != NULL, "and is remembered");
    ok(consent_match_known(m, rules, &elsewhere, t) != NULL,
       "whatever page of the site it is in");
    ok(consent_match_known(m, own, &here, t) == NULL,
       "but not under other rules");
    ok(judged(own, m, &here, tracker) == CONSENT_CATEGORY_NONE,
       "which say something else of it");

    ok(judged(own, m, &elsewhere, path) == CONSENT_CATEGORY_NONE,
       "an address that is relative to its page is of this page");
    ok(judged(own, m, &here, path) == CONSENT_MARKETING,
       "and in another page it is another one");

    t = str(path);
    ok(judged(rules, m, &here, path) == CONSENT_CATEGORY_NONE
       && judged(rules, m, &elsewhere, path) == CONSENT_CATEGORY_NONE,
       "which the catalog does not know");
}


int
main(void)
{
    consent_alloc_t  alloc;

    alloc.alloc = memo_alloc;
    alloc.ctx = NULL;

    memo_page(&here, "https://here.test/a/b.html");
    memo_page(&elsewhere, "https://here.test/c/d.html?x");

    test_ring(&alloc);
    test_keys(&alloc);
    test_scripts(&alloc);

    return tap_done();
}
