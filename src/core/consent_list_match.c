
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
    size_t                word_len;
} consent_list_ask_t;

#define CONSENT_LIST_NO_WORD  SIZE_MAX


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


/* does what stands beside the word in the pattern stand there in the URL?
 * That it does not is the rule. */

static int
consent_list_beside(const consent_filter_t *f, const consent_list_ask_t *ask)
{
    size_t             at, end;
    consent_u8         c;
    const consent_u8  *s;

    s = (f->flags & CONSENT_FILTER_CASE) ? ask->url->href.data
                                         : ask->m->lower;
    at = f->key_at + ask->word_len;
    end = ask->word + ask->word_len;

    if (at < f->len && end < ask->m->lower_len) {
        c = f->pattern[at];

        if (c != s[end] && c != '^' && c != '*') {
            return 0;
        }
    }

    if (f->key_at && ask->word) {
        c = f->pattern[f->key_at - 1];

        return c == s[ask->word - 1] || c == '^';
    }

    return 1;
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

    if (!(f->types & ask->type)
        || ((f->flags & CONSENT_FILTER_THIRD) && !ask->third)
        || ((f->flags & CONSENT_FILTER_FIRST) && ask->third)
        || (ask->word != CONSENT_LIST_NO_WORD
            && f->key_at != CONSENT_FILTER_AFLOAT
            && !consent_list_beside(f, ask))
        || (f->domains && !consent_list_page(f->domains, ask->m))
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

    if (ask->word != CONSENT_LIST_NO_WORD
        && f->key_at != CONSENT_FILTER_AFLOAT)
    {
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


/* the filters under a key, of those that have the flags asked for */

static const consent_filter_t *
consent_list_key(const consent_list_t *list, uint32_t key, unsigned flags,
    consent_list_ask_t *ask)
{
    uint32_t                      at, i;
    const consent_filter_t       *f;
    const consent_filter_slot_t  *s;

    if (!(list->bits[consent_list_word_of(key) & list->bits_mask]
          & consent_list_bit_of(key)))
    {
        return NULL;
    }

    for (at = key & list->mask; list->slots[at].first;
         at = (at + 1) & list->mask)
    {
        s = &list->slots[at];

        if (s->key != key) {
            continue;
        }

        for (i = 0; i < s->n; i++) {
            f = &list->filters[list->entries[s->first - 1 + i].filter];

            if ((f->flags & (CONSENT_FILTER_EXCEPT
                             | CONSENT_FILTER_IMPORTANT)) == flags
                && consent_list_filter(f, ask))
            {
                return f;
            }
        }

        return NULL;
    }

    return NULL;
}


static const consent_filter_t *
consent_list_ask(const consent_list_t *list, unsigned flags,
    consent_list_ask_t *ask)
{
    uint32_t                 i;
    consent_match_t         *m;
    const consent_filter_t  *f;

    m = ask->m;
    ask->word = CONSENT_LIST_NO_WORD;

    if (flags == CONSENT_FILTER_IMPORTANT
        && list->nimportant <= CONSENT_LIST_IMPORTANT)
    {
        for (i = 0; i < list->nimportant; i++) {
            f = &list->filters[list->important[i]];

            if (!(f->flags & (CONSENT_FILTER_EXCEPT | CONSENT_FILTER_BAD))
                && consent_list_filter(f, ask))
            {
                return f;
            }
        }

        return NULL;
    }

    for (i = 0; i < m->nsuffixes; i++) {
        f = consent_list_key(list, m->suffix[i] ^ CONSENT_KEY_HOST, flags,
                             ask);
        if (f) {
            return f;
        }
    }

    for (i = 0; i < m->ntokens; i++) {
        ask->word = m->token[i].at;
        ask->word_len = m->token[i].len;
        f = consent_list_key(list, m->token[i].hash, flags, ask);
        if (f) {
            return f;
        }
    }

    ask->word = CONSENT_LIST_NO_WORD;

    for (i = 0; i < m->npage; i++) {
        f = consent_list_key(list, m->page_suffix[i] ^ CONSENT_KEY_PAGE,
                             flags, ask);
        if (f) {
            return f;
        }
    }

    for (i = 0; i < m->nentity; i++) {
        f = consent_list_key(list, m->page_entity[i] ^ CONSENT_KEY_ENTITY,
                             flags, ask);
        if (f) {
            return f;
        }
    }

    return consent_list_key(list, CONSENT_KEY_ANY, flags, ask);
}


/* the page's host is the same for all of its URLs: hashed once */

static void
consent_list_page_host(consent_match_t *m, const consent_url_t *page)
{
    size_t         cut;
    consent_str_t  host, site;

    host.data = NULL;
    host.len = 0;

    if (page) {
        host = page->host;
    }

    if (host.len == 0 || host.len > sizeof(m->page)) {
        m->page_len = 0;
        m->npage = 0;
        m->nentity = 0;
        return;
    }

    if (m->page_len == host.len && memcmp(m->page, host.data, host.len) == 0)
    {
        return;
    }

    memcpy(m->page, host.data, host.len);
    m->page_len = host.len;
    m->npage = consent_host_suffixes(m->page, m->page_len, m->page_suffix,
                                     NULL);

    /* "google.*" is a name without its public suffix */

    site = consent_url_site(host);

    for (cut = 0; cut < site.len && site.data[cut] != '.'; cut++) {
        /* void */
    }

    cut = site.len - cut;
    m->nentity = 0;

    if (cut < host.len) {
        m->nentity = consent_host_suffixes(m->page, m->page_len - cut,
                                           m->page_entity, NULL);
    }
}


static int
consent_list_decide(consent_list_t *const *lists, uint32_t n,
    consent_list_ask_t *ask, consent_verdict_t *v)
{
    int                      important;
    uint32_t                 i, k;
    const consent_filter_t  *f, *e;

    f = NULL;
    important = 0;

    for (i = 0; i < n && f == NULL; i++) {
        if (lists[i]->flags & CONSENT_FILTER_IMPORTANT) {
            f = consent_list_ask(lists[i], CONSENT_FILTER_IMPORTANT, ask);
            important = (f != NULL);
        }
    }

    for (k = 0; k < n && f == NULL; k++) {
        f = consent_list_ask(lists[k], 0, ask);
        i = k + 1;
    }

    if (f == NULL) {
        return 0;
    }

    for (k = 0; k < n && !important; k++) {
        e = consent_list_ask(lists[k], CONSENT_FILTER_EXCEPT, ask);

        if (e) {
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


/* does no filter that blocks name the URL last taken apart, as none of the
 * types?  Then none has to be asked about. */

int
consent_list_quiet(consent_list_t *const *lists, uint32_t n,
    consent_match_t *m, const consent_url_t *url, uint32_t types, int third)
{
    uint32_t            i;
    consent_list_ask_t  ask;

    ask.m = m;
    ask.url = url;
    ask.host = (size_t) (url->host.data - url->href.data);
    ask.third = third;
    ask.limit = 0;
    ask.type = types;

    for (i = 0; i < n; i++) {
        if (consent_list_ask(lists[i], 0, &ask)
            || ((lists[i]->flags & CONSENT_FILTER_IMPORTANT)
                && consent_list_ask(lists[i], CONSENT_FILTER_IMPORTANT,
                                    &ask)))
        {
            return 0;
        }
    }

    return 1;
}


int
consent_list_match(consent_list_t *const *lists, uint32_t n,
    consent_match_t *m, const consent_url_t *url, const consent_url_t *page,
    consent_type_e type, int third, consent_verdict_t *v)
{
    consent_list_ask_t  ask;

    if (type == CONSENT_TYPE_DOCUMENT || url->host.data < url->href.data) {
        return 0;
    }

    ask.m = m;
    ask.url = url;
    ask.host = (size_t) (url->host.data - url->href.data);
    ask.third = third;
    ask.limit = 0;

    if (ask.host + url->host.len > m->lower_len) {
        return 0;
    }

    consent_list_page_host(m, page);

    /* who a connection is prepared to, may be asked for anything */

    if (type == CONSENT_TYPE_CONNECT) {
        ask.type = 1u << CONSENT_TYPE_SCRIPT;

        if (consent_list_decide(lists, n, &ask, v)) {
            return 1;
        }

        ask.type = 1u << CONSENT_TYPE_IMAGE;

    } else {
        ask.type = 1u << type;
    }

    return consent_list_decide(lists, n, &ask, v);
}
