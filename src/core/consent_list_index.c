
/*
 * Each filter is filed under the one of its words that is rarest in the list,
 * under its host where it names one, or, where it has no whole word, under
 * the pages it is for: so that an URL meets few of them, however long the
 * list.
 */

#include <stdlib.h>

#include "consent_list.h"


/*
 * The next word that must stand in all that a regular expression matches: at
 * its top, without alternatives, between escaped characters as in "\.me\/".
 */

static size_t
consent_list_next_regex(const consent_filter_t *f, size_t i, size_t *len)
{
    size_t             at, end, depth;
    const consent_u8  *p;

    p = f->pattern;

    if (memchr(p, '|', f->len)) {
        return f->len;
    }

    for (depth = 0, at = 0; at < f->len; at++) {

        if (p[at] == '(' || p[at] == '[') {
            depth++;

        } else if (p[at] == ')' || p[at] == ']') {
            depth -= (depth > 0);
        }

        if (p[at] != '\\' || at + 1 >= f->len) {
            continue;
        }

        at++;

        if (consent_list_letter(p[at]) || depth || at + 1 < i) {
            continue;
        }

        for (end = at + 1; end < f->len && consent_list_letter(p[end]); end++) {
            /* void */
        }

        if (end == at + 1 || end + 2 >= f->len || p[end] != '\\'
            || consent_list_letter(p[end + 1]) || p[end + 2] == '?'
            || p[end + 2] == '*' || p[end + 2] == '{')
        {
            continue;
        }

        *len = end - at - 1;

        return at + 1;
    }

    return f->len;
}


/*
 * The next whole word of a pattern: one that has something on both sides that
 * no word has, so that it stands as a whole in any URL that matches.
 */

static size_t
consent_list_next(const consent_filter_t *f, size_t i, size_t *len)
{
    size_t             end;
    const consent_u8  *p;

    p = f->pattern;

    if (f->flags & CONSENT_FILTER_REGEX) {
        return consent_list_next_regex(f, i, len);
    }

    for ( /* void */ ; i < f->len; i = end + 1) {

        for (end = i; end < f->len && consent_list_letter(p[end]); end++) {
            /* void */
        }

        if (end == i) {
            continue;
        }

        /* what an URL starts with is its scheme, which is not looked for */

        if (i == 0 ? !(f->flags & CONSENT_FILTER_HOST) : p[i - 1] == '*') {
            continue;
        }

        if (end == f->len ? !(f->flags & CONSENT_FILTER_END) : p[end] == '*')
        {
            continue;
        }

        *len = end - i;

        return i;
    }

    return f->len;
}


/* a word in a pattern, and the one directly before it */

typedef struct {
    uint32_t  key;
    size_t    at;
    size_t    len;                         /* 0: none */
    uint32_t  pair;                        /* key of both; 0: no such two */
} consent_list_place_t;


static int
consent_list_walk(const consent_filter_t *f, consent_list_place_t *w)
{
    size_t    i, at, len, end;
    uint32_t  key;

    len = 0;
    end = w->at + w->len;
    at = consent_list_next(f, end, &len);

    if (at >= f->len) {
        return 0;
    }

    key = consent_list_word_key(f->pattern + at, len);
    w->pair = 0;

    if (w->len && !(f->flags & CONSENT_FILTER_REGEX)) {

        for (i = end; i < at && !consent_list_letter(f->pattern[i])
                      && f->pattern[i] != '*'; i++)
        {
            /* void */
        }

        if (i == at) {
            w->pair = consent_list_pair_key(w->key, key);
        }
    }

    w->key = key;
    w->at = at;
    w->len = len;

    return 1;
}


#define CONSENT_LIST_COUNTS  0x40000
#define consent_list_count(r, h)                                              \
    ((r)->count[((h) ^ (h) >> 14) & (CONSENT_LIST_COUNTS - 1)])


static void
consent_list_count_one(consent_list_read_t *r, uint32_t key)
{
    if (consent_list_count(r, key) < UINT16_MAX) {
        consent_list_count(r, key)++;
    }
}


static int
consent_list_tally(consent_list_read_t *r)
{
    uint32_t                 i;
    consent_list_place_t     w;
    const consent_filter_t  *f;
    static const char       *common[] = { "www", "com", "js" };

    r->count = consent_list_alloc(r, CONSENT_LIST_COUNTS * sizeof(uint16_t));

    if (r->count == NULL) {
        return CONSENT_ERROR;
    }

    memset(r->count, 0, CONSENT_LIST_COUNTS * sizeof(uint16_t));

    for (i = 0; i < r->list->nfilters; i++) {
        f = &r->list->filters[i];

        if (f->host_len) {
            consent_list_count_one(r, consent_list_hash_back(f->pattern,
                                                             f->host_len)
                                      ^ CONSENT_KEY_HOST);
        }

        memset(&w, 0, sizeof(w));

        while (consent_list_walk(f, &w)) {
            consent_list_count_one(r, w.key);

            if (w.pair) {
                consent_list_count_one(r, w.pair);
            }
        }
    }

    /* words that nearly every URL has */

    for (i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
        consent_list_count(r, consent_list_word_key((const consent_u8 *)
                                                    common[i],
                                                    strlen(common[i])))
            = UINT16_MAX;
    }

    return CONSENT_OK;
}


/*
 * The key of a filter, and which words it is of; 0: it has none and is filed
 * under its pages.  Two words one after the other are rarer in URLs than any
 * one of them is.
 */

static uint32_t
consent_list_key(consent_list_read_t *r, consent_filter_t *f,
    consent_list_place_t *place)
{
    uint32_t              best, key, n;
    consent_list_place_t  w;

    key = 0;
    best = UINT32_MAX;
    f->key_at = CONSENT_FILTER_AFLOAT;
    memset(place, 0, sizeof(consent_list_place_t));

    if (f->host_len) {
        key = consent_list_hash_back(f->pattern, f->host_len)
              ^ CONSENT_KEY_HOST;
        best = consent_list_count(r, key);
    }

    memset(&w, 0, sizeof(w));

    while ((best > 1 || place->len) && consent_list_walk(f, &w)) {
        n = w.pair ? consent_list_count(r, w.pair) : UINT32_MAX;

        if (n < best || (n == best && place->len && place->pair == 0)) {
            best = n;
            key = w.pair;
            *place = w;

        } else if (place->pair == 0 && consent_list_count(r, w.key) < best) {
            best = consent_list_count(r, w.key);
            key = w.key;
            *place = w;
            place->pair = 0;
        }
    }

    /* a regular expression's text is not what it stands for */

    if (place->len && !(f->flags & CONSENT_FILTER_REGEX)
        && memchr(f->pattern, '*', place->at) == NULL)
    {
        f->key_at = (uint16_t) place->at;
    }

    return key;
}


#define consent_list_wild(c)  ((c) == '*' || (c) == '^')

/* up to four bytes of the pattern that stand directly before or after the
 * word */

static void
consent_list_beside(const consent_filter_t *f, const consent_list_place_t *p,
    consent_filter_entry_t *e)
{
    size_t      i, n, at;
    consent_u8  c;

    if (p->len == 0 || (f->flags & CONSENT_FILTER_REGEX) || p->len > 100) {
        return;
    }

    at = p->at + p->len;

    for (n = 0; n < 4 && at + n < f->len
                && !consent_list_wild(f->pattern[at + n]); n++)
    {
        /* void */
    }

    for (i = 0; i < 4 && i < p->at
                && !consent_list_wild(f->pattern[p->at - i - 1]); i++)
    {
        /* void */
    }

    if (i > n) {
        n = i;
        at = p->at - n;
    }

    e->off = (int8_t) ((ptrdiff_t) at - (ptrdiff_t) p->at);
    e->how |= (uint8_t) n;

    for (i = 0; i < n; i++) {
        c = f->pattern[at + i];
        c = (c >= 'A' && c <= 'Z') ? c | 0x20 : c;
        e->bytes |= (uint32_t) c << (8 * i);
    }
}


static uint8_t
consent_list_how(const consent_filter_t *f)
{
    return (uint8_t)
           (((f->flags & CONSENT_FILTER_THIRD) ? CONSENT_ENTRY_THIRD : 0)
            | ((f->flags & CONSENT_FILTER_FIRST) ? CONSENT_ENTRY_FIRST : 0)
            | ((f->flags & CONSENT_FILTER_EXCEPT) ? CONSENT_ENTRY_EXCEPT : 0)
            | ((f->flags & CONSENT_FILTER_IMPORTANT)
               ? CONSENT_ENTRY_IMPORTANT : 0));
}


static uint32_t
consent_list_entry(consent_list_read_t *r, uint32_t n, uint32_t filter,
    const consent_list_place_t *p, uint32_t key)
{
    const consent_filter_t  *f;
    consent_filter_entry_t  *e;

    if (r->list->entries) {
        f = &r->list->filters[filter];
        e = &r->list->entries[n];

        memset(e, 0, sizeof(consent_filter_entry_t));
        e->key = key;
        e->filter = filter;
        e->types = (uint16_t) f->types;
        e->how = consent_list_how(f);
        consent_list_beside(f, p, e);
    }

    return n + 1;
}


static uint32_t
consent_list_file(consent_list_read_t *r, uint32_t filter, uint32_t n)
{
    uint32_t                  i, key;
    consent_filter_t         *f;
    const consent_domains_t  *d;
    consent_list_place_t      p;

    f = &r->list->filters[filter];

    if (f->flags & CONSENT_FILTER_BAD) {
        return n;
    }

    key = consent_list_key(r, f, &p);

    if (key) {
        return consent_list_entry(r, n, filter, &p, key);
    }

    d = f->domains;

    if (d == NULL || d->yes + d->entity_yes == 0) {
        return consent_list_entry(r, n, filter, &p, CONSENT_KEY_ANY);
    }

    r->list->pages = 1;

    for (i = 0; i < d->yes; i++) {
        n = consent_list_entry(r, n, filter, &p,
                               d->hashes[i] ^ CONSENT_KEY_PAGE);
    }

    for (i = 0; i < d->entity_yes; i++) {
        n = consent_list_entry(r, n, filter, &p,
                               d->hashes[d->yes + d->no + i]
                               ^ CONSENT_KEY_ENTITY);
    }

    return n;
}


/* of thirty-two bits one is set, at most */

static int
consent_list_make_bits(consent_list_read_t *r, uint32_t keys)
{
    uint32_t         i, size;
    consent_list_t  *list;

    list = r->list;

    for (size = 1; size < keys; size *= 2) { /* void */ }

    list->bits = consent_list_alloc(r, size * sizeof(uint32_t));
    list->bits_mask = size - 1;

    if (list->bits == NULL) {
        return CONSENT_ERROR;
    }

    memset(list->bits, 0, size * sizeof(uint32_t));

    for (i = 0; i < list->nentries; i++) {
        consent_list_bits_add(list->bits, list->bits_mask,
                              list->entries[i].key);
    }

    return CONSENT_OK;
}


static int
consent_list_make_slots(consent_list_read_t *r, uint32_t keys)
{
    uint32_t                       i, at, size;
    consent_list_t                *list;
    consent_filter_slot_t         *s;
    const consent_filter_entry_t  *e;

    list = r->list;

    for (size = 16; size < keys * 2; size *= 2) { /* void */ }

    list->slots = consent_list_alloc(r, size * sizeof(consent_filter_slot_t));
    if (list->slots == NULL) {
        return CONSENT_ERROR;
    }

    memset(list->slots, 0, size * sizeof(consent_filter_slot_t));
    list->mask = size - 1;

    for (s = NULL, i = 0; i < list->nentries; i++) {
        e = &list->entries[i];

        if (e->key == CONSENT_KEY_ANY) {
            list->any = list->nany ? list->any : i;
            list->nany++;
        }

        if (s && s->key == e->key) {
            s->n++;
            continue;
        }

        for (at = e->key & list->mask; list->slots[at].first;
             at = (at + 1) & list->mask)
        {
            /* void */
        }

        s = &list->slots[at];
        s->key = e->key;
        s->first = i + 1;
        s->n = 1;
    }

    return CONSENT_OK;
}


int
consent_list_index(consent_list_read_t *r)
{
    uint32_t         i, n, keys;
    consent_list_t  *list;

    list = r->list;

    if (consent_list_tally(r) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    for (n = 0, i = 0; i < list->nfilters; i++) {
        n = consent_list_file(r, i, n);
    }

    list->entries = consent_list_alloc(r, n * sizeof(consent_filter_entry_t));
    if (list->entries == NULL) {
        return CONSENT_ERROR;
    }

    for (n = 0, i = 0; i < list->nfilters; i++) {
        n = consent_list_file(r, i, n);
    }

    list->nentries = n;

    /* the key is an entry's first member */

    qsort(list->entries, n, sizeof(consent_filter_entry_t),
          consent_list_compare);

    for (keys = 0, i = 0; i < n; i++) {
        keys += (i == 0 || list->entries[i].key != list->entries[i - 1].key);
    }

    if (consent_list_make_bits(r, keys) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    return consent_list_make_slots(r, keys);
}
