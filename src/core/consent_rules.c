
/*
 * A set of rules and the order in which they decide; see consent_rules.h.
 */

#include "consent_rules_int.h"


consent_rules_t *
consent_rules_create(consent_alloc_t *alloc)
{
    consent_rules_t  *rules;

    rules = alloc->alloc(alloc->ctx, sizeof(consent_rules_t));
    if (rules == NULL) {
        return NULL;
    }

    memset(rules, 0, sizeof(consent_rules_t));

    rules->alloc = *alloc;
    rules->catalog = 1;
    rules->third_party = CONSENT_CATEGORY_NONE;

    return rules;
}


int
consent_rules_block(consent_rules_t *rules, consent_rules_build_t *b,
    int category, consent_str_t pattern)
{
    return consent_own_add(rules, &rules->block, b, category, pattern);
}


int
consent_rules_allow(consent_rules_t *rules, consent_rules_build_t *b,
    consent_str_t pattern)
{
    return consent_own_add(rules, &rules->allow, b, CONSENT_NECESSARY,
                           pattern);
}


void
consent_rules_catalog(consent_rules_t *rules, int on)
{
    rules->catalog = on ? 1 : 0;
}


void
consent_rules_third_party(consent_rules_t *rules, int category)
{
    rules->third_party = category;
}


int
consent_rules_list(consent_rules_t *rules, consent_rules_build_t *b,
    consent_list_t *list)
{
    uint32_t          size;
    consent_list_t  **lists;

    if (rules->nlists >= rules->lists_size) {
        size = rules->nlists + 4;

        lists = b->alloc.alloc(b->alloc.ctx, size * sizeof(consent_list_t *));
        if (lists == NULL) {
            return CONSENT_ERROR;
        }

        if (rules->nlists) {
            memcpy(lists, rules->lists,
                   rules->nlists * sizeof(consent_list_t *));
        }

        rules->lists = lists;
        rules->lists_size = size;
    }

    if (consent_list_join(rules, list, &b->alloc) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    rules->lists[rules->nlists++] = list;

    return CONSENT_OK;
}


int
consent_rules_done(consent_rules_t *rules, consent_rules_build_t *b)
{
    if (consent_own_index(&rules->allow, &b->alloc) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    return consent_own_index(&rules->block, &b->alloc);
}


void
consent_rules_destroy(consent_rules_t *rules)
{
    if (rules) {
        consent_regex_free(rules->regexes);
        rules->regexes = NULL;
    }
}


static void
consent_rules_none(consent_verdict_t *v)
{
    v->category = CONSENT_CATEGORY_NONE;
    v->source = CONSENT_SOURCE_NONE;
    v->rule.data = (const consent_u8 *) "";
    v->rule.len = 0;
    v->stubs = 0;
}


static void
consent_rules_say(consent_verdict_t *v, consent_source_e source, int category,
    const consent_own_rule_t *r)
{
    v->category = category;
    v->source = source;
    v->rule = r->rule;
    v->stubs = 0;
}


static int
consent_rules_network(const consent_url_t *url)
{
    return url->scheme == CONSENT_SCHEME_HTTP
           || url->scheme == CONSENT_SCHEME_HTTPS
           || url->scheme == CONSENT_SCHEME_WS
           || url->scheme == CONSENT_SCHEME_WSS;
}


/* what an operator wrote; 1: decided */

static int
consent_rules_own(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *url, consent_verdict_t *v)
{
    const consent_own_rule_t  *r, *limit;

    /*
     * An "allow" that cannot be read to its end allows nothing, and what
     * follows decides; a "block" that cannot blocks.
     */

    limit = NULL;

    r = consent_own_url(&rules->allow, m, url, &limit);
    if (r) {
        consent_rules_say(v, CONSENT_SOURCE_ALLOW, CONSENT_CATEGORY_NONE, r);
        return 1;
    }

    limit = NULL;

    r = consent_own_url(&rules->block, m, url, &limit);
    if (r) {
        consent_rules_say(v, CONSENT_SOURCE_BLOCK, r->category, r);
        return 1;
    }

    if (limit) {
        consent_rules_say(v, CONSENT_SOURCE_LIMIT, limit->category, limit);
        return 1;
    }

    return 0;
}


void
consent_rules_url(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *url, const consent_url_t *page, consent_type_e type,
    consent_verdict_t *v)
{
    int       third;
    unsigned  paths;

    /* where a link leads to is not judged by paths */

    paths = (type != CONSENT_TYPE_DOCUMENT);
    consent_rules_none(v);
    m->asked = 0;

    if (!consent_rules_network(url) || url->host.len == 0) {
        return;
    }

    consent_match_suffixes(m, url->host);

    if (consent_rules_own(rules, m, url, v)) {
        return;
    }

    third = page == NULL || !consent_url_same_site(url->host, page->host);

    if (rules->nlists && paths) {
        consent_list_hits(rules, m, url, page);

        /* which looks at all of its words: those of paths are among them */

        paths = m->paths | m->scan.off;
    }

    m->ntokens = 0;

    if (rules->catalog && paths
        && consent_inline_scan_paths(&m->scan, url->href.data, url->href.len))
    {
        consent_match_tokens(m, url);
    }

    if (rules->catalog && consent_catalog_url(m, url, type, third, v)) {
        return;
    }

    if (rules->nlists
        && consent_list_match(rules, m, url, page, type, third, v))
    {
        return;
    }

    if (!third) {
        v->source = CONSENT_SOURCE_FIRST_PARTY;
        return;
    }

    if (rules->third_party != CONSENT_CATEGORY_NONE
        && (type == CONSENT_TYPE_SCRIPT || type == CONSENT_TYPE_SUBDOCUMENT))
    {
        v->category = rules->third_party;
        v->source = CONSENT_SOURCE_THIRD_PARTY;
    }
}


void
consent_rules_inline(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *page, const consent_u8 *text, size_t len,
    consent_verdict_t *v)
{
    const consent_own_rule_t  *r, *limit;

    consent_rules_none(v);

    limit = NULL;

    r = consent_own_inline(&rules->allow, m, text, len, &limit);
    if (r) {
        consent_rules_say(v, CONSENT_SOURCE_ALLOW, CONSENT_CATEGORY_NONE, r);
        return;
    }

    limit = NULL;

    r = consent_own_inline(&rules->block, m, text, len, &limit);
    if (r) {
        consent_rules_say(v, CONSENT_SOURCE_BLOCK, r->category, r);
        return;
    }

    if (limit) {
        consent_rules_say(v, CONSENT_SOURCE_LIMIT, limit->category, limit);
        return;
    }

    (void) consent_inline_match(rules, m, page, text, len, v);
}


size_t
consent_rules_explain(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *url, const consent_url_t *page, consent_type_e type,
    consent_verdict_t *v, size_t n)
{
    int              third;
    size_t           k;
    uint32_t         i;
    consent_rules_t  one;

    k = 0;
    one = *rules;

    if (n == 0 || !consent_rules_network(url) || url->host.len == 0) {
        return 0;
    }

    third = page == NULL || !consent_url_same_site(url->host, page->host);

    consent_match_suffixes(m, url->host);
    consent_match_tokens(m, url);

    /* each kind by itself */

    one.block.n = 0;
    consent_rules_none(&v[k]);

    if (consent_rules_own(&one, m, url, &v[k]) && ++k == n) {
        return k;
    }

    one = *rules;
    one.allow.n = 0;
    consent_rules_none(&v[k]);

    if (consent_rules_own(&one, m, url, &v[k]) && ++k == n) {
        return k;
    }

    consent_rules_none(&v[k]);

    if (rules->catalog && consent_catalog_url(m, url, type, third, &v[k])
        && ++k == n)
    {
        return k;
    }

    m->asked = 0;
    one.nlists = 1;

    for (i = 0; i < rules->nlists; i++) {
        consent_rules_none(&v[k]);
        one.lists = &rules->lists[i];

        if (consent_list_match(&one, m, url, page, type, third, &v[k])
            && ++k == n)
        {
            return k;
        }
    }

    consent_rules_none(&v[k]);

    if (!third) {
        v[k++].source = CONSENT_SOURCE_FIRST_PARTY;

    } else if (rules->third_party != CONSENT_CATEGORY_NONE
               && (type == CONSENT_TYPE_SCRIPT
                   || type == CONSENT_TYPE_SUBDOCUMENT))
    {
        v[k].category = rules->third_party;
        v[k++].source = CONSENT_SOURCE_THIRD_PARTY;
    }

    return k;
}
