
/*
 * A ring of texts, oldest first, with what is known of them, and a table by
 * which they are found.  Of a text only a few bytes are looked at to find it:
 * whether it is the one is then seen by comparing all.
 */

#include "consent_memo.h"

#define MEMO_ENTRIES  1024
#define MEMO_SLOTS    1024
#define MEMO_SEEN     4096

#define memo_align(n)  (((n) + 15) & ~(size_t) 15)

typedef struct {
    consent_memo_found_t    found;
    const consent_rules_t  *rules;
    uint64_t                at;      /* in all that was ever put in */
    size_t                  text_len;
    size_t                  page_len;
    uint32_t                hash;
    uint32_t                next;    /* of the same slot: number + 1 */
    unsigned                kind;
} memo_entry_t;

struct consent_memo_s {
    consent_u8             *room;
    size_t                  size;
    uint64_t                end;     /* of all that was ever put in */
    uint32_t                first;   /* entries [first, last) are there, */
    uint32_t                last;    /* counted on and on */
    memo_entry_t            entry[MEMO_ENTRIES];
    uint32_t                slot[MEMO_SLOTS];
    uint32_t                seen[MEMO_SEEN];
};


consent_memo_t *
consent_memo_create(consent_alloc_t *alloc, size_t size)
{
    consent_memo_t  *memo;

    memo = alloc->alloc(alloc->ctx, sizeof(consent_memo_t));

    if (memo == NULL) {
        return NULL;
    }

    memset(memo, 0, sizeof(consent_memo_t));

    /* not touched, so not there, before it is needed */

    memo->size = size & ~(size_t) 15;
    memo->room = alloc->alloc(alloc->ctx, memo->size);

    return memo->room ? memo : NULL;
}


static uint32_t
memo_hash(consent_str_t text, unsigned kind)
{
    size_t    i, n;
    uint64_t  h, w;

    h = text.len * 64 + kind;

    if (text.len < 8) {
        for (i = 0; i < text.len; i++) {
            h = h * 0x9e3779b97f4a7c15u + text.data[i];
        }

    } else {
        n = text.len - 8;

        for (i = 0; i < 5; i++) {
            memcpy(&w, text.data + (n * i >> 2), 8);
            h = (h ^ w) * 0x9e3779b97f4a7c15u;
            h ^= h >> 29;
        }
    }

    return (uint32_t) (h * 0x9e3779b97f4a7c15u >> 32);
}


static const consent_u8 *
memo_text(const consent_memo_t *memo, const memo_entry_t *e)
{
    return memo->room + e->at % memo->size;
}


consent_memo_found_t *
consent_memo_get(consent_memo_t *memo, const consent_memo_key_t *key,
    consent_str_t text, int *again)
{
    uint32_t           h, n;
    memo_entry_t      *e;
    const consent_u8  *p;

    h = memo_hash(text, key->kind);

    for (n = memo->slot[h % MEMO_SLOTS]; n; n = e->next) {
        e = &memo->entry[n - 1];

        if (e->hash != h || e->text_len != text.len || e->kind != key->kind
            || e->rules != key->rules || e->page_len != key->page.len)
        {
            continue;
        }

        p = memo_text(memo, e);

        if (memcmp(p, text.data, text.len) == 0
            && (key->page.len == 0
                || memcmp(p + text.len, key->page.data, key->page.len) == 0))
        {
            return &e->found;
        }
    }

    *again = (memo->seen[h % MEMO_SEEN] == h);
    memo->seen[h % MEMO_SEEN] = h;

    return NULL;
}


/* the oldest goes */

static void
memo_drop(consent_memo_t *memo)
{
    uint32_t       n, *link;
    memo_entry_t  *e;

    n = memo->first++ % MEMO_ENTRIES;
    e = &memo->entry[n];

    for (link = &memo->slot[e->hash % MEMO_SLOTS]; *link != n + 1;
         link = &memo->entry[*link - 1].next)
    {
        /* void */
    }

    *link = e->next;
}


consent_memo_found_t *
consent_memo_put(consent_memo_t *memo, const consent_memo_key_t *key,
    consent_str_t text, size_t room)
{
    size_t         size, left, start;
    uint32_t       n, *slot;
    consent_u8    *p;
    memo_entry_t  *e;

    if (text.len > memo->size / 4 || key->page.len > memo->size / 16
        || room > memo->size / 4)
    {
        return NULL;
    }

    start = memo_align(text.len + key->page.len);
    size = start + memo_align(room);

    /* in one piece: what is left at the end is left */

    left = memo->size - memo->end % memo->size;

    if (left < size) {
        memo->end += left;
    }

    while (memo->first != memo->last
           && (memo->last - memo->first == MEMO_ENTRIES
               || memo->entry[memo->first % MEMO_ENTRIES].at + memo->size
                  < memo->end + size))
    {
        memo_drop(memo);
    }

    n = memo->last++ % MEMO_ENTRIES;
    e = &memo->entry[n];
    memset(e, 0, sizeof(memo_entry_t));

    e->rules = key->rules;
    e->kind = key->kind;
    e->at = memo->end;
    e->text_len = text.len;
    e->page_len = key->page.len;
    e->hash = memo_hash(text, key->kind);

    memo->end += size;

    p = memo->room + e->at % memo->size;
    memcpy(p, text.data, text.len);

    if (key->page.len) {
        memcpy(p + text.len, key->page.data, key->page.len);
    }

    e->found.data = p + start;
    e->found.room = room;

    slot = &memo->slot[e->hash % MEMO_SLOTS];
    e->next = *slot;
    *slot = n + 1;

    return &e->found;
}
