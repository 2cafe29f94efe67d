
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

        if (i == 0 ? !(f->flags & (CONSENT_FILTER_HOST
                                   | CONSENT_FILTER_START))
                   : p[i - 1] == '*')
        {
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


#define consent_list_count(r, h)  ((r)->count[((h) ^ (h) >> 16) & 0xffff])


static void
consent_list_tally(consent_list_read_t *r)
{
    size_t                   at, len;
    uint32_t                 i, h;
    const consent_filter_t  *f;

    for (i = 0; i < r->list->nfilters; i++) {
        f = &r->list->filters[i];

        if (f->host_len) {
            h = consent_list_hash_back(f->pattern, f->host_len)
                ^ CONSENT_KEY_HOST;

            if (consent_list_count(r, h) < UINT16_MAX) {
                consent_list_count(r, h)++;
            }
        }

        for (at = consent_list_next(f, 0, &len); at < f->len;
             at = consent_list_next(f, at + len, &len))
        {
            h = consent_list_hash(f->pattern + at, len);

            if (consent_list_count(r, h) < UINT16_MAX) {
                consent_list_count(r, h)++;
            }
        }
    }

    /* words that nearly every URL has */

    for (i = 0; i < 5; i++) {
        static const char  *common[] = { "http", "https", "www", "com", "js" };

        h = consent_list_hash((const consent_u8 *) common[i],
                              strlen(common[i]));
        consent_list_count(r, h) = UINT16_MAX;
    }
}


/* the key of a filter; 0: it has none and is filed under its pages */

static uint32_t
consent_list_key(consent_list_read_t *r, consent_filter_t *f)
{
    size_t    at, len;
    uint32_t  h, best, key;

    key = 0;
    best = UINT32_MAX;
    f->key_at = CONSENT_FILTER_AFLOAT;

    if (f->host_len) {
        key = consent_list_hash_back(f->pattern, f->host_len)
              ^ CONSENT_KEY_HOST;
        best = consent_list_count(r, key);
    }

    for (at = consent_list_next(f, 0, &len); at < f->len;
         at = consent_list_next(f, at + len, &len))
    {
        h = consent_list_hash(f->pattern + at, len);

        if (consent_list_count(r, h) < best && best > 1) {
            best = consent_list_count(r, h);
            key = h;

            f->key_at = memchr(f->pattern, '*', at) ? CONSENT_FILTER_AFLOAT
                                                    : (uint16_t) at;
        }
    }

    return key;
}


static uint32_t
consent_list_file(consent_list_read_t *r, uint32_t n, uint32_t entries)
{
    uint32_t                 key, i;
    consent_filter_t        *f;
    const consent_domains_t *d;

#define consent_list_entry(k)                                                 \
    do {                                                                      \
        if (r->list->entries) {                                               \
            r->list->entries[entries].key = (k);                              \
            r->list->entries[entries].filter = n;                             \
        }                                                                     \
        entries++;                                                            \
    } while (0)

    f = &r->list->filters[n];

    if (f->flags & CONSENT_FILTER_BAD) {
        return entries;
    }

    key = consent_list_key(r, f);

    if (key) {
        consent_list_entry(key);
        return entries;
    }

    d = f->domains;

    if (d == NULL || d->yes + d->entity_yes == 0) {
        consent_list_entry(CONSENT_KEY_ANY);
        return entries;
    }

    for (i = 0; i < d->yes; i++) {
        consent_list_entry(d->hashes[i] ^ CONSENT_KEY_PAGE);
    }

    for (i = 0; i < d->entity_yes; i++) {
        consent_list_entry(d->hashes[d->yes + d->no + i] ^ CONSENT_KEY_ENTITY);
    }

#undef consent_list_entry

    return entries;
}


int
consent_list_index(consent_list_read_t *r)
{
    uint32_t                i, n, size, at, keys;
    consent_list_t         *list;
    consent_filter_slot_t  *s;

    list = r->list;

    consent_list_tally(r);

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

    /* one bit in sixteen, at most, is set */

    for (size = 32; size < keys * 16; size *= 2) { /* void */ }

    list->bits = consent_list_alloc(r, size / 8);
    list->bits_mask = size / 32 - 1;

    if (list->bits == NULL) {
        return CONSENT_ERROR;
    }

    memset(list->bits, 0, size / 8);

    for (i = 0; i < n; i++) {
        list->bits[consent_list_word_of(list->entries[i].key)
                   & list->bits_mask]
            |= consent_list_bit_of(list->entries[i].key);
    }

    for (size = 16; size < keys * 2; size *= 2) { /* void */ }

    list->slots = consent_list_alloc(r, size * sizeof(consent_filter_slot_t));
    if (list->slots == NULL) {
        return CONSENT_ERROR;
    }

    memset(list->slots, 0, size * sizeof(consent_filter_slot_t));
    list->mask = size - 1;

    for (s = NULL, i = 0; i < n; i++) {

        if (s && s->key == list->entries[i].key) {
            s->n++;
            continue;
        }

        for (at = list->entries[i].key & list->mask; list->slots[at].first;
             at = (at + 1) & list->mask)
        {
            /* void */
        }

        s = &list->slots[at];
        s->key = list->entries[i].key;
        s->first = i + 1;
        s->n = 1;
    }

    return CONSENT_OK;
}
