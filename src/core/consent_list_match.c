
/*
 * Which filter of the lists names an URL?
 *
 * As https://help.adblockplus.org has it: a filter with $important decides;
 * else a filter that blocks, unless an exception of any list speaks for it.
 */

#include "consent_list.h"


typedef struct {
    consent_match_t      *m;
    const consent_url_t  *url;
    size_t                host;            /* where it is in href */
    uint32_t              type;            /* a bit */
    int                   third;
    int                   limit;           /* a regex hit one */
    size_t                word;            /* where the word is that the
                                              filters are filed under */
    size_t                word_len;        /* 0: not by a word */
} consent_list_ask_t;


static int
consent_list_glob(const consent_filter_t *f, const consent_u8 *s, size_t len,
    int anywhere)
{
    return consent_glob_at(f->pattern, f->len, s, len,
                           f->flags & CONSENT_FILTER_END, anywhere);
}


static int
consent_list_has(const uint32_t *hashes, uint32_t n, const uint32_t *names,
    uint32_t nnames)
{
    uint32_t  i, lo, hi, mid;

    for (i = 0; n && i < nnames; i++) {
        lo = 0;
        hi = n;

        while (lo < hi) {
            mid = (lo + hi) / 2;

            if (hashes[mid] < names[i]) {
                lo = mid + 1;

            } else {
                hi = mid;
            }
        }

        if (lo < n && hashes[lo] == names[i]) {
            return 1;
        }
    }

    return 0;
}


/* of this page? */

static int
consent_list_page(const consent_domains_t *d, const consent_match_t *m)
{
    const uint32_t  *h;

    h = d->hashes + d->yes;

    if (consent_list_has(h, d->no, m->page_suffix, m->npage)) {
        return 0;
    }

    h += d->no + d->entity_yes;

    if (consent_list_has(h, d->entity_no, m->page_entity, m->nentity)) {
        return 0;
    }

    if (d->yes + d->entity_yes == 0) {
        return 1;
    }

    return consent_list_has(d->hashes, d->yes, m->page_suffix, m->npage)
           || consent_list_has(d->hashes + d->yes + d->no, d->entity_yes,
                               m->page_entity, m->nentity);
}


static int
consent_list_host(const consent_filter_t *f, const consent_list_ask_t *ask,
    const consent_u8 *s, size_t len)
{
    size_t  i, end;

    end = ask->host + ask->url->host.len;

    /* at the start of each label; that of a whole host is the only one */

    if (f->host_len) {

        if (f->host_len > ask->url->host.len) {
            return 0;
        }

        i = end - f->host_len;

        return (i == ask->host || s[i - 1] == '.')
               && consent_list_glob(f, s + i, len - i, 0);
    }

    for (i = ask->host; i < end; i++) {

        if ((i == ask->host || s[i - 1] == '.')
            && consent_list_glob(f, s + i, len - i, 0))
        {
            return 1;
        }
    }

    return 0;
}


static int
consent_list_filter(const consent_filter_t *f, consent_list_ask_t *ask)
{
    int                rc;
    size_t             len;
    const consent_u8  *s;

    if ((f->domains && !consent_list_page(f->domains, ask->m))
        || (f->deny && consent_list_has(f->deny->hashes, f->deny->yes,
                                        ask->m->suffix, ask->m->nsuffixes)))
    {
        return 0;
    }

    len = ask->m->lower_len;
    s = (f->flags & CONSENT_FILTER_CASE) ? ask->url->href.data
                                         : ask->m->lower;

    if (f->flags & CONSENT_FILTER_REGEX) {
        rc = consent_regex_match(ask->m, f->regex, ask->url->href.data, len);

        /* an exception that is not read to its end excepts nothing */

        if (rc < 0) {
            ask->limit = 1;
            return !(f->flags & CONSENT_FILTER_EXCEPT);
        }

        return rc;
    }

    if (f->flags & CONSENT_FILTER_HOST) {
        return consent_list_host(f, ask, s, len);
    }

    /* the word says where the pattern would begin; one that stands in the URL
     * more than once is asked for each time */

    if (ask->word_len && f->key_at != CONSENT_FILTER_AFLOAT) {
        if (ask->word < f->key_at
            || ((f->flags & CONSENT_FILTER_START) && ask->word != f->key_at))
        {
            return 0;
        }

        s += ask->word - f->key_at;

        return consent_list_glob(f, s, len - (ask->word - f->key_at), 0);
    }

    return consent_list_glob(f, s, len, !(f->flags & CONSENT_FILTER_START));
}


/* do the bytes beside the word stand there in the URL? */

static inline int
consent_list_beside(const consent_filter_entry_t *e,
    const consent_list_ask_t *ask)
{
    unsigned           n;
    ptrdiff_t          at;
    const consent_u8  *p;

    n = e->how & CONSENT_ENTRY_BYTES;

    if (n == 0) {
        return 1;
    }

    at = (ptrdiff_t) ask->word + e->off;

    if (at < 0 || (size_t) at + n > ask->m->lower_len) {
        return 0;
    }

    /* after the URL there is more room */

    p = ask->m->lower + at;

    return (((uint32_t) p[0] | (uint32_t) p[1] << 8 | (uint32_t) p[2] << 16
             | (uint32_t) p[3] << 24) & (UINT32_MAX >> (32 - 8 * n)))
           == e->bytes;
}


/* of n filters the first that names the URL, of those that block, except, or
 * are important */

#define CONSENT_LIST_BLOCKS     0, CONSENT_ENTRY_EXCEPT
#define CONSENT_LIST_EXCEPTS                                                  \
    CONSENT_ENTRY_EXCEPT, CONSENT_ENTRY_EXCEPT | CONSENT_ENTRY_IMPORTANT
#define CONSENT_LIST_IMPORTANT                                                \
    CONSENT_ENTRY_IMPORTANT, CONSENT_ENTRY_EXCEPT | CONSENT_ENTRY_IMPORTANT

static const consent_filter_t *
consent_list_first(const consent_list_t *list, uint32_t first, uint32_t n,
    unsigned want, unsigned heed, consent_list_ask_t *ask)
{
    const consent_filter_t        *f;
    const consent_filter_entry_t  *e, *end;

    heed |= ask->third ? CONSENT_ENTRY_FIRST : CONSENT_ENTRY_THIRD;
    e = &list->entries[first];

    for (end = e + n; e < end; e++) {

        if ((e->how & heed) == want && (e->types & ask->type)
            && consent_list_beside(e, ask))
        {
            f = &list->filters[e->filter];

            if (consent_list_filter(f, ask)) {
                return f;
            }
        }
    }

    return NULL;
}


static const consent_filter_t *
consent_list_ask(const consent_list_t *list, unsigned want, unsigned heed,
    consent_list_ask_t *ask)
{
    uint32_t                      at, mask;
    const consent_token_t        *t, *end;
    const consent_filter_t       *f;
    const consent_filter_slot_t  *s, *slots;

    slots = list->slots;
    mask = list->mask;
    end = ask->m->hit + ask->m->nhits;

    for (t = ask->m->hit; t < end; t++) {

        for (at = t->hash & mask; slots[at].first; at = (at + 1) & mask) {
            s = &slots[at];

            if (s->key == t->hash) {
                ask->word = t->at;
                ask->word_len = t->len;
                f = consent_list_first(list, s->first - 1, s->n, want, heed,
                                       ask);

                if (f) {
                    return f;
                }

                break;
            }
        }
    }

    if (list->nany == 0) {
        return NULL;
    }

    ask->word_len = 0;

    return consent_list_first(list, list->any, list->nany, want, heed, ask);
}


static int
consent_list_decide(const consent_rules_t *rules, consent_list_ask_t *ask,
    consent_verdict_t *v)
{
    int                      important;
    uint32_t                 i, k, n;
    const consent_filter_t  *f, *g;
    consent_list_t *const   *lists;

    f = NULL;
    lists = rules->lists;
    n = rules->nlists;

    for (i = 0; i < n && f == NULL; i++) {
        f = consent_list_ask(lists[i], CONSENT_LIST_BLOCKS, ask);
    }

    if (f == NULL) {
        return 0;
    }

    important = 0;

    for (k = 0; k < n && !important; k++) {

        if (!(lists[k]->flags & CONSENT_FILTER_IMPORTANT)) {
            continue;
        }

        g = consent_list_ask(lists[k], CONSENT_LIST_IMPORTANT, ask);

        if (g) {
            f = g;
            i = k + 1;
            important = 1;
        }
    }

    for (k = 0; k < n && !important; k++) {
        if (consent_list_ask(lists[k], CONSENT_LIST_EXCEPTS, ask)) {
            return 0;
        }
    }

    v->category = lists[i - 1]->category;
    v->source = (ask->limit && (f->flags & CONSENT_FILTER_REGEX))
                ? CONSENT_SOURCE_LIMIT : CONSENT_SOURCE_LIST;
    v->rule.data = f->rule;
    v->rule.len = f->rule_len;
    v->stubs = 0;

    return 1;
}


static void
consent_list_begin(const consent_rules_t *rules, consent_list_ask_t *ask,
    consent_match_t *m, const consent_url_t *url, const consent_url_t *page,
    int third)
{
    if (!m->asked) {
        consent_list_hits(rules, m, url, page);
    }

    ask->m = m;
    ask->url = url;
    ask->third = third;
    ask->limit = 0;
    ask->word = 0;
    ask->word_len = 0;
    ask->host = (size_t) (url->host.data - url->href.data);
}


/* does no filter that blocks name the URL last judged, as none of the types?
 * Then none has to be asked about. */

int
consent_list_quiet(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *url, const consent_url_t *page, uint32_t types,
    int third)
{
    uint32_t            i;
    consent_list_ask_t  ask;

    consent_list_begin(rules, &ask, m, url, page, third);
    ask.type = types;

    for (i = 0; i < rules->nlists && m->lower_len; i++) {
        if (consent_list_ask(rules->lists[i], CONSENT_LIST_BLOCKS, &ask)) {
            return 0;
        }
    }

    return 1;
}


int
consent_list_match(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *url, const consent_url_t *page, consent_type_e type,
    int third, consent_verdict_t *v)
{
    consent_list_ask_t  ask;

    if (type == CONSENT_TYPE_DOCUMENT) {
        return 0;
    }

    consent_list_begin(rules, &ask, m, url, page, third);

    if (m->lower_len == 0) {
        return 0;
    }

    /* who a connection is prepared to, may be asked for anything */

    if (type == CONSENT_TYPE_CONNECT) {
        ask.type = 1u << CONSENT_TYPE_SCRIPT;

        if (consent_list_decide(rules, &ask, v)) {
            return 1;
        }

        ask.type = 1u << CONSENT_TYPE_IMAGE;

    } else {
        ask.type = 1u << type;
    }

    return consent_list_decide(rules, &ask, v);
}
