
/*
 * What is written down of pages, and how one is found: by all that decides
 * what becomes of a page, then by its bytes.  One that is never the same twice
 * is not written down again.
 */

#include "consent_page_int.h"

#define PAGES_SLOTS  512
#define PAGES_SEEN   4096

/* of what there may be, for one page */

#define PAGES_SHARE  4

/* how often one is written down that has changed when it came again */

#define PAGES_TRIES  2

typedef struct {
    uint32_t              hash;
    unsigned              changes;   /* each time it was asked for */
    unsigned              busy;      /* it is being written down */
} pages_seen_t;

struct consent_pages_s {
    consent_heap_t        heap;
    size_t                size;
    size_t                used;
    uint32_t              hand;      /* whose turn it is to go */
    consent_page_log_t   *slot[PAGES_SLOTS];
    pages_seen_t          seen[PAGES_SEEN];
};


consent_pages_t *
consent_pages_create(const consent_heap_t *heap, size_t size)
{
    consent_pages_t  *pages;

    pages = heap->alloc(heap->ctx, sizeof(consent_pages_t));

    if (pages == NULL) {
        return NULL;
    }

    memset(pages, 0, sizeof(consent_pages_t));

    pages->heap = *heap;
    pages->size = size;

    return pages;
}


static uint32_t
pages_hash(uint64_t h, const void *data, size_t len)
{
    uint64_t           w;
    const consent_u8  *p;

    p = data;
    h ^= len;

    for ( /* void */ ; len >= 8; p += 8, len -= 8) {
        memcpy(&w, p, 8);
        h = (h ^ w) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }

    w = 0;

    if (len) {
        memcpy(&w, p, len);
    }

    h = (h ^ w) * 0x9e3779b97f4a7c15u;

    return (uint32_t) (h >> 32);
}


void
consent_page_key(consent_page_key_t *key, const consent_rewrite_conf_t *conf,
    const void *owner)
{
    unsigned               i;
    consent_page_fixed_t  *f;

    memset(key, 0, sizeof(consent_page_key_t));

    f = &key->fixed;

    f->rules = conf->rules;
    f->categories = conf->categories;
    f->endpoint = conf->endpoint.data;
    f->owner = owner;
    f->inline_max = conf->inline_max;
    f->hold_max = conf->hold_max;
    f->allowed = conf->allowed;
    f->flags = (unsigned) conf->markup << 8 | conf->gate | conf->report << 1
               | conf->document << 2 | conf->frame << 3 | conf->marker << 4
               | (conf->found != NULL) << 5 | (conf->insert != NULL) << 6
               | conf->notice << 7 | conf->guard << 9;

    key->part[0] = conf->page->href;
    key->part[1] = conf->origin;
    key->part[2] = conf->charset;

    key->hash = pages_hash(0, f, sizeof(consent_page_fixed_t));

    for (i = 0; i < 3; i++) {
        key->hash = pages_hash(key->hash, key->part[i].data,
                               key->part[i].len);
    }
}


static int
pages_same(const consent_page_key_t *a, const consent_page_key_t *b)
{
    unsigned  i;

    if (a->hash != b->hash
        || memcmp(&a->fixed, &b->fixed, sizeof(consent_page_fixed_t)) != 0)
    {
        return 0;
    }

    for (i = 0; i < 3; i++) {
        if (a->part[i].len != b->part[i].len
            || (a->part[i].len && memcmp(a->part[i].data, b->part[i].data,
                                         a->part[i].len) != 0))
        {
            return 0;
        }
    }

    return 1;
}


consent_page_log_t *
consent_page_find(consent_pages_t *pages, const consent_page_key_t *key,
    int *write)
{
    pages_seen_t        *seen;
    consent_page_log_t  *log;

    *write = 0;
    log = pages->slot[key->hash % PAGES_SLOTS];

    if (log && pages_same(&log->key, key)) {
        log->refs++;
        return log;
    }

    seen = &pages->seen[key->hash % PAGES_SEEN];

    if (seen->hash == key->hash) {
        *write = (seen->changes < PAGES_TRIES && !seen->busy);

    } else {
        seen->hash = key->hash;
        seen->changes = 0;
        seen->busy = 0;
    }

    return NULL;
}


static void
pages_give_back(consent_pages_t *pages, void *p, size_t size)
{
    if (p) {
        pages->heap.free(pages->heap.ctx, p);
        pages->used -= size;
    }
}


static void
pages_free(consent_pages_t *pages, consent_page_log_t *log)
{
    pages_give_back(pages, log->parts.data, log->parts.size);
    pages_give_back(pages, log->text.data, log->text.size);
    pages_give_back(pages, log->ops.data, log->ops.size);
    pages_give_back(pages, log->data.data, log->data.size);
    pages_give_back(pages, log, sizeof(consent_page_log_t));
}


/* not found any more; who holds it may read on */

static void
pages_forget(consent_pages_t *pages, consent_page_log_t *log)
{
    if (log->kept) {
        log->kept = 0;
        pages->slot[log->key.hash % PAGES_SLOTS] = NULL;

        if (log->refs == 0) {
            pages_free(pages, log);
        }
    }
}


/* memory within the bound, for which others may have to go */

static void *
pages_alloc(consent_pages_t *pages, size_t n)
{
    void                *p;
    unsigned             i;
    consent_page_log_t  *log;

    for (i = 0; pages->used + n > pages->size; i++) {

        if (i == PAGES_SLOTS) {
            return NULL;
        }

        log = pages->slot[pages->hand++ % PAGES_SLOTS];

        if (log && log->refs == 0) {
            pages_forget(pages, log);
        }
    }

    p = pages->heap.alloc(pages->heap.ctx, n);

    if (p) {
        pages->used += n;
    }

    return p;
}


uint32_t
consent_page_room(consent_pages_t *pages, consent_page_room_t *room, size_t n,
    size_t align)
{
    size_t       at, size;
    consent_u8  *p;

    at = (room->len + align - 1) & ~(align - 1);

    if (n > pages->size || at + n > pages->size / PAGES_SHARE) {
        return CONSENT_PAGE_NONE;
    }

    if (at + n > room->size) {

        for (size = room->size ? room->size : 1024; size < at + n; size *= 2) {
            /* void */
        }

        p = pages_alloc(pages, size);

        if (p == NULL) {
            return CONSENT_PAGE_NONE;
        }

        if (room->len) {
            memcpy(p, room->data, room->len);
        }

        pages_give_back(pages, room->data, room->size);
        room->data = p;
        room->size = size;
    }

    room->len = at + n;

    return (uint32_t) at;
}


/* a client may take long for a page: meanwhile others do not write it, too */

static void
pages_busy(consent_pages_t *pages, const consent_page_log_t *log,
    unsigned busy)
{
    pages_seen_t  *seen;

    seen = &pages->seen[log->key.hash % PAGES_SEEN];

    if (seen->hash == log->key.hash) {
        seen->busy = busy;
    }
}


consent_page_log_t *
consent_page_log(consent_pages_t *pages, const consent_page_key_t *key)
{
    size_t               n;
    unsigned             i;
    consent_u8          *p;
    consent_page_log_t  *log;

    log = pages_alloc(pages, sizeof(consent_page_log_t));

    if (log == NULL) {
        return NULL;
    }

    memset(log, 0, sizeof(consent_page_log_t));

    log->refs = 1;
    log->key = *key;

    n = key->part[0].len + key->part[1].len + key->part[2].len;

    if (consent_page_room(pages, &log->parts, n, 1) == CONSENT_PAGE_NONE) {
        consent_page_drop(pages, log);
        return NULL;
    }

    p = log->parts.data;

    for (i = 0; i < 3; i++) {
        n = key->part[i].len;

        if (n) {
            memcpy(p, key->part[i].data, n);
        }

        log->key.part[i].data = p;
        p += n;
    }

    pages_busy(pages, log, 1);

    return log;
}


void
consent_page_keep(consent_pages_t *pages, consent_page_log_t *log)
{
    consent_page_log_t  **slot;

    slot = &pages->slot[log->key.hash % PAGES_SLOTS];

    if (*slot) {
        pages_forget(pages, *slot);
    }

    pages_busy(pages, log, 0);

    *slot = log;
    log->kept = 1;
    log->whole = 1;
}


/*
 * Twice in a row: it has changed, or changes all the time.  What was of use is
 * written down anew, the other at most once more.
 */

void
consent_page_missed(consent_pages_t *pages, consent_page_log_t *log)
{
    pages_seen_t  *seen;

    if (!log->kept || ++log->misses < 2) {
        return;
    }

    seen = &pages->seen[log->key.hash % PAGES_SEEN];

    if (seen->hash == log->key.hash && log->hits < 8) {
        seen->changes++;
    }

    pages_forget(pages, log);
}


/* it could not be written down, and is tried once more at most */

void
consent_page_give_up(consent_pages_t *pages, consent_page_log_t *log)
{
    pages_seen_t  *seen;

    seen = &pages->seen[log->key.hash % PAGES_SEEN];

    if (seen->hash == log->key.hash) {
        seen->changes++;
    }

    consent_page_drop(pages, log);
}


void
consent_page_drop(consent_pages_t *pages, consent_page_log_t *log)
{
    if (!log->whole) {
        pages_busy(pages, log, 0);
    }

    if (--log->refs == 0 && !log->kept) {
        pages_free(pages, log);
    }
}


void
consent_pages_destroy(consent_pages_t *pages)
{
    unsigned  i;

    for (i = 0; i < PAGES_SLOTS; i++) {
        if (pages->slot[i]) {
            pages_forget(pages, pages->slot[i]);
        }
    }

    pages->heap.free(pages->heap.ctx, pages);
}
