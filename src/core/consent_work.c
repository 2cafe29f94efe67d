
/*
 * Memory for the time in which one piece of a page is read.
 */

#include "consent_work.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__
#endif
#endif

/* what was not given out or was given back is not to be touched */

#ifdef __SANITIZE_ADDRESS__

#include <sanitizer/asan_interface.h>

#define WORK_GAP              64
#define work_open(p, n)       ASAN_UNPOISON_MEMORY_REGION(p, n)
#define work_close(p, end)                                                    \
    ASAN_POISON_MEMORY_REGION(p, (size_t) ((end) - (p)))

#else

#define WORK_GAP              0
#define work_open(p, n)       /* void */
#define work_close(p, end)    /* void */

#endif

#define WORK_ALIGN  (2 * sizeof(void *))

#define work_aligned(n)  (((n) + WORK_ALIGN - 1) & ~(size_t) (WORK_ALIGN - 1))

struct consent_work_block_s {
    consent_work_block_t   *next;
    size_t                  size;
    const consent_alloc_t  *lender;
    void                  (*free)(void *ctx, void *p);
};


int
consent_work_init(consent_work_t *work, const consent_alloc_t *alloc)
{
    memset(work, 0, sizeof(consent_work_t));

    work->first = alloc->alloc(alloc->ctx, CONSENT_WORK_SIZE);

    if (work->first == NULL) {
        return CONSENT_ERROR;
    }

    work->pos = work->first;
    work->end = work->first + CONSENT_WORK_SIZE;

    work_close(work->pos, work->end);

    return CONSENT_OK;
}


void
consent_work_done(consent_work_t *work)
{
    (void) work;

    work_open(work->first, CONSENT_WORK_SIZE);
}


static consent_u8 *
work_borrow(consent_work_t *work, size_t size)
{
    size_t                 head;
    consent_u8            *p;
    consent_work_block_t  *block;

    head = work_aligned(sizeof(consent_work_block_t));

    if (work->lender == NULL) {
        return NULL;
    }

    size += head;
    size = (size > CONSENT_WORK_BLOCK) ? size : CONSENT_WORK_BLOCK;

    p = work->lender->alloc(work->lender->ctx, size);

    if (p == NULL) {
        return NULL;
    }

    block = (consent_work_block_t *) (void *) p;
    block->next = work->blocks;
    block->size = size;
    block->lender = work->lender;
    block->free = work->free;

    work->blocks = block;
    work->pos = p + head;
    work->end = p + size;

    work_close(work->pos, work->end);

    return work->pos;
}


void *
consent_work_alloc(void *ctx, size_t size)
{
    size_t           n;
    consent_u8      *p;
    consent_work_t  *work;

    work = ctx;

    if (size > SIZE_MAX / 2) {
        return NULL;
    }

    n = work_aligned(size) + WORK_GAP;
    p = work->pos;

    if (n > (size_t) (work->end - p)) {
        p = work_borrow(work, n);

        if (p == NULL) {
            return NULL;
        }
    }

    work->pos = p + n;
    work_open(p, size);

    return p;
}


consent_work_mark_t
consent_work_mark(const consent_work_t *work)
{
    consent_work_mark_t  mark;

    mark.blocks = work->blocks;
    mark.pos = work->pos;
    mark.end = work->end;

    return mark;
}


void
consent_work_release(consent_work_t *work, consent_work_mark_t mark)
{
    consent_work_block_t  *block;

    while (work->blocks != mark.blocks) {
        block = work->blocks;
        work->blocks = block->next;

        work_open(block, block->size);

        if (block->free) {
            block->free(block->lender->ctx, block);
        }
    }

    work->pos = mark.pos;
    work->end = mark.end;

    work_close(work->pos, work->end);
}
