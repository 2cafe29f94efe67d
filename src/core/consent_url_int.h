
/*
 * What the files of the URL parser share: the input, of which tabs and
 * newlines are passed over, and the buffer that is written.
 */

#ifndef CONSENT_URL_INT_H
#define CONSENT_URL_INT_H

#include "consent_url.h"

typedef struct {
    const consent_u8  *p;
    const consent_u8  *end;
} consent_url_in_t;

typedef struct {
    consent_u8        *start;
    consent_u8        *p;
    consent_u8        *end;
    unsigned           full:1;
} consent_url_out_t;

#define consent_url_stripped(c)  ((c) == '\t' || (c) == '\n' || (c) == '\r')

/* bytes that are percent-encoded: bit n of word m is byte 32 * m + n */

extern const uint32_t  consent_url_query_set[8];
extern const uint32_t  consent_url_opaque_set[8];

/* up to a "#", or to "stop"; what is in the set is percent-encoded */
void consent_url_copy(consent_url_out_t *w, consent_url_in_t *in,
    const uint32_t *set, int stop);

/* the query, if there is one, and with it the end */
int consent_url_end(consent_url_t *url, consent_url_out_t *w,
    consent_url_in_t *in);

/* path and query; "in" is at the path's start, or at what ends an empty one */
int consent_url_tail(consent_url_t *url, consent_url_out_t *w,
    consent_url_in_t *in, consent_u8 *path);


static inline void
consent_url_put(consent_url_out_t *w, const void *data, size_t len)
{
    if (len > (size_t) (w->end - w->p)) {
        len = (size_t) (w->end - w->p);
        w->full = 1;
    }

    memcpy(w->p, data, len);
    w->p += len;
}


/* the next byte that counts, or -1 */

static inline int
consent_url_peek(consent_url_in_t *in)
{
    while (in->p < in->end && consent_url_stripped(*in->p)) {
        in->p++;
    }

    return (in->p < in->end) ? *in->p : -1;
}


/* the one after it */

static inline int
consent_url_peek2(consent_url_in_t *in)
{
    consent_url_in_t  next;

    next = *in;

    if (consent_url_peek(&next) < 0) {
        return -1;
    }

    next.p++;

    return consent_url_peek(&next);
}


static inline int
consent_url_slash(int c, int special)
{
    return c == '/' || (c == '\\' && special);
}

#endif /* CONSENT_URL_INT_H */
