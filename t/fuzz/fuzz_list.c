
/*
 * Filter lists and an operator's patterns, and URLs and scripts under them:
 * whatever is written is a rule or passed over, and an answer is one of the
 * categories there are.
 *
 * Input: lines of a list, up to a NUL; patterns, a line each, up to a NUL;
 * then a URL.
 */

#include "arena.h"
#include "consent_rules.h"


static consent_str_t
upto(const uint8_t **p, const uint8_t *end, int ch)
{
    consent_str_t   s;
    const uint8_t  *q;

    s.data = *p;
    q = (*p < end) ? memchr(*p, ch, (size_t) (end - *p)) : NULL;
    s.len = (size_t) ((q ? q : end) - *p);
    *p = q ? q + 1 : end;

    return s;
}


static void
ask(const consent_rules_t *rules, consent_match_t *match, consent_str_t text)
{
    size_t             n;
    consent_url_t      url, page;
    consent_type_e     type;
    consent_verdict_t  v, all[8];

    static consent_u8  buf[CONSENT_URL_MAX], page_buf[CONSENT_URL_MAX];
    static const char  at[] = "https://www.example.com/a/b.html";

    must(consent_url_parse(&page, NULL, (const consent_u8 *) at,
                           sizeof(at) - 1, page_buf, sizeof(page_buf))
         == CONSENT_OK);

    if (consent_url_parse(&url, &page, text.data, text.len, buf, sizeof(buf))
        == CONSENT_OK)
    {
        for (type = CONSENT_TYPE_OTHER; type <= CONSENT_TYPE_CONNECT; type++) {
            consent_rules_url(rules, match, &url, &page, type, &v);
            must(v.category >= CONSENT_CATEGORY_NONE
                 && v.category < CONSENT_CATEGORIES_MAX);

            n = consent_rules_explain(rules, match, &url, &page, type, all,
                                      8);
            must(n <= 8);
            must(n == 0 || v.source == CONSENT_SOURCE_LIMIT
                 || all[0].category == v.category);
        }
    }

    consent_rules_inline(rules, match, &page, text.data, text.len, &v);
    must(v.category >= CONSENT_CATEGORY_NONE
         && v.category < CONSENT_CATEGORIES_MAX);

    (void) consent_rules_cookie(text);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                    rc;
    const uint8_t         *p, *q, *end;
    consent_str_t          text, patterns, line, name;
    consent_list_t        *list;
    consent_rules_t       *rules;
    consent_match_t       *match;
    consent_rules_build_t  b;

    static char  err[256];

    arena_used = 0;

    b.alloc.alloc = arena_alloc;
    b.alloc.ctx = NULL;
    b.err = err;
    b.err_size = sizeof(err);

    p = data;
    end = data + size;
    text = upto(&p, end, '\0');
    patterns = upto(&p, end, '\0');

    name.data = (const consent_u8 *) "list";
    name.len = 4;

    rules = consent_rules_create(&b.alloc);
    must(rules != NULL);

    list = consent_list_compile(&b, name, text.data, text.len,
                                CONSENT_MARKETING);
    if (list) {
        must(consent_rules_list(rules, &b, list) == CONSENT_OK);
    }

    q = patterns.data;

    while (q < patterns.data + patterns.len) {
        line = upto(&q, patterns.data + patterns.len, '\n');

        rc = (line.len && line.data[0] == '!')
             ? consent_rules_allow(rules, &b, line)
             : consent_rules_block(rules, &b, CONSENT_ANALYTICS, line);

        must(rc != CONSENT_DECLINED || err[0] != '\0');
    }

    if (consent_rules_done(rules, &b) == CONSENT_OK) {
        match = consent_match_create(&b.alloc);
        must(match != NULL);

        text.data = p;
        text.len = (size_t) (end - p);
        ask(rules, match, text);

        consent_match_destroy(match);
    }

    consent_rules_destroy(rules);

    if (list) {
        consent_list_destroy(list);
    }

    return 0;
}
