
/*
 * Memory of test programs: what one input takes is given back at once, what is
 * kept is kept; and bytes that come together.
 */

#ifndef ROOM_H
#define ROOM_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "consent_core.h"

typedef struct room_s {
    struct room_s  *next;
    max_align_t     data[];
} room_t;

typedef struct {
    consent_u8  *data;
    size_t       len;
    size_t       size;
} out_t;

static room_t  *rooms;


/* for consent_alloc_t */

static inline void *
room_alloc(void *ctx, size_t size)
{
    room_t  *r;

    (void) ctx;

    r = malloc(sizeof(room_t) + size);

    if (r == NULL) {
        abort();
    }

    r->next = rooms;
    rooms = r;

    return r->data;
}


static inline void
room_release(void)
{
    room_t  *r;

    while (rooms) {
        r = rooms;
        rooms = r->next;
        free(r);
    }
}


/* for consent_alloc_t, too: rules, and what else lives on */

static inline void *
room_keep(void *ctx, size_t size)
{
    (void) ctx;

    return malloc(size);
}


static inline void
room_append(out_t *o, const consent_u8 *data, size_t len)
{
    if (o->len + len > o->size) {
        o->size = (o->len + len) * 2;
        o->data = realloc(o->data, o->size);

        if (o->data == NULL) {
            abort();
        }
    }

    memcpy(o->data + o->len, data, len);
    o->len += len;
}

#endif /* ROOM_H */
