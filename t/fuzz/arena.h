
/*
 * What fuzz targets share: memory that is lent, and taken back at each
 * input.  Exhausted, it says so, as an nginx pool would.
 */

#ifndef ARENA_H
#define ARENA_H

#include "consent_core.h"

#include <stdlib.h>


#define ARENA_SIZE  (8 << 20)

static union {
    max_align_t  align;
    char         bytes[ARENA_SIZE];
} arena;

static size_t  arena_used;


static inline void *
arena_alloc(void *ctx, size_t size)
{
    void  *p;

    (void) ctx;

    if (size > sizeof(arena.bytes) - arena_used - 16) {
        return NULL;
    }

    p = arena.bytes + arena_used;
    arena_used += (size + 15) & ~(size_t) 15;

    return p;
}


/* what must hold, else the target stops here */

#define must(what)  do { if (!(what)) { abort(); } } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* ARENA_H */
