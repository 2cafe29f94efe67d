
/*
 * Work memory: what a piece of a page is read with is there, apart, and given
 * back when the piece is read.
 */

#include <stdlib.h>
#include "tap.h"
#include "consent_work.h"

static int     lent;                     /* and not given back */
static int     scarce;
static size_t  largest;


static void *
work_lend(void *ctx, size_t size)
{
    (void) ctx;

    if (scarce) {
        return NULL;
    }

    lent++;
    largest = (size > largest) ? size : largest;

    return malloc(size);
}


static void
work_take_back(void *ctx, void *p)
{
    (void) ctx;

    lent--;
    free(p);
}


static const consent_alloc_t  lender = { work_lend, NULL };


/* pieces of all sizes, filled: is each still as it was when all are there? */

static unsigned
work_fill(consent_work_t *work, unsigned n)
{
    size_t       size;
    unsigned     i, wrong;
    consent_u8  *p[512];

    for (i = 0, wrong = 0; i < n; i++) {
        size = 1 + i * 37 % 5000;
        p[i] = consent_work_alloc(work, size);

        if (p[i] == NULL || (uintptr_t) p[i] % (2 * sizeof(void *))) {
            return n;
        }

        memset(p[i], (int) (i & 0xff), size);
    }

    for (i = 0; i < n; i++) {
        size = 1 + i * 37 % 5000;
        wrong += p[i][0] != (i & 0xff) || p[i][size - 1] != (i & 0xff);
    }

    return wrong;
}


int
main(void)
{
    int                   had;
    consent_work_t        work;
    consent_work_mark_t   mark, inner;

    ok(consent_work_init(&work, &lender) == CONSENT_OK, "a room is made");
    work.lender = &lender;
    work.free = work_take_back;

    mark = consent_work_mark(&work);
    ok(work_fill(&work, 20) == 0 && lent == 1, "what fits is in the room");

    inner = consent_work_mark(&work);
    ok(work_fill(&work, 512) == 0, "what does not fit is apart, too");
    ok(lent > 2 && lent < 512 / 4, "it is borrowed, many at a time (%d)", lent);

    consent_work_release(&work, inner);
    ok(lent == 1, "and given back with the mark");

    had = lent;
    ok(consent_work_alloc(&work, 3 * CONSENT_WORK_SIZE) && lent == had + 1
       && largest > 3 * CONSENT_WORK_SIZE, "as much as is asked for");

    scarce = 1;
    ok(consent_work_alloc(&work, CONSENT_WORK_SIZE) == NULL
       && consent_work_alloc(&work, SIZE_MAX) == NULL
       && consent_work_alloc(&work, SIZE_MAX - 8) == NULL,
       "none is said to be none");
    scarce = 0;

    consent_work_release(&work, mark);
    ok(lent == 1 && work.pos == work.first, "then the room is empty");

    work.free = NULL;
    work_fill(&work, 512);
    had = lent;
    consent_work_release(&work, mark);
    ok(lent == had, "a lender that takes nothing back is left alone");

    consent_work_done(&work);
    scarce = 1;
    ok(consent_work_init(&work, &lender) == CONSENT_ERROR,
       "no room can be made without memory");

    return tap_done();
}
