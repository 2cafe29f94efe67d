
/*
 * Memory that is needed only while one piece of a page is read: values with
 * their references undone, documents in attributes and their readers.  One
 * room serves all pages of a thread in turn; what does not fit into it is
 * borrowed and given back when the piece is read.
 */

#ifndef CONSENT_WORK_H
#define CONSENT_WORK_H

#include "consent_core.h"

/* as much as readers of documents in documents can take but for the text */
#define CONSENT_WORK_SIZE   (192 * 1024)

/* what is borrowed at once; more than nginx takes from a pool's own blocks,
 * of which nothing can be given back */
#define CONSENT_WORK_BLOCK  (16 * 1024)

typedef struct consent_work_block_s  consent_work_block_t;

typedef struct {
    consent_work_block_t   *blocks;      /* borrowed, the last one first */
    consent_u8             *pos;
    consent_u8             *end;
    consent_u8             *first;       /* CONSENT_WORK_SIZE */
    const consent_alloc_t  *lender;
    void                  (*free)(void *ctx, void *p);
} consent_work_t;

typedef struct {
    consent_work_block_t   *blocks;
    consent_u8             *pos;
    consent_u8             *end;
} consent_work_mark_t;

/* CONSENT_OK or CONSENT_ERROR, without memory; which is the lender's again when
 * it is done with */
int consent_work_init(consent_work_t *work, const consent_alloc_t *alloc);
void consent_work_done(consent_work_t *work);

/* aligned for any type, not zeroed; NULL: no memory.  "lender" and "free",
 * which may be NULL, are what more is borrowed from. */
void *consent_work_alloc(void *work, size_t size);

/* all that was allocated since is given back; marks are released in the order
 * opposite to that in which they were taken */
consent_work_mark_t consent_work_mark(const consent_work_t *work);
void consent_work_release(consent_work_t *work, consent_work_mark_t mark);

#endif /* CONSENT_WORK_H */
