
/*
 * What all of the core shares: strings, return codes, memory, categories,
 * what asks for a URL.
 *
 * The core is plain C11 and knows nothing of nginx.  It has no allocator of
 * its own: the caller lends one whose memory lives as long as the thing made
 * of it, so that nothing here is ever freed one by one.
 */

#ifndef CONSENT_CORE_H
#define CONSENT_CORE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef unsigned char  consent_u8;

typedef struct {
    const consent_u8  *data;
    size_t             len;
} consent_str_t;

#define consent_string(s)     { (const consent_u8 *) (s), sizeof(s) - 1 }
#define consent_null_string   { NULL, 0 }

/* return codes; what else a function returns is said where it is declared */

#define CONSENT_OK         0
#define CONSENT_ERROR     -1     /* memory ran out, or the caller's callback
                                    said so */
#define CONSENT_DECLINED  -2     /* not there, not valid, not ours */

/*
 * A borrowed allocator.  alloc() returns memory aligned for any type, or NULL;
 * it is not zeroed.  Lifetime is the lender's: an nginx pool, an arena.
 */

typedef struct {
    void  *(*alloc)(void *ctx, size_t size);
    void   *ctx;
} consent_alloc_t;

/*
 * Categories are small numbers, sets of them are masks.  The four built in
 * have fixed numbers, which the catalog uses; an operator's follow.
 */

#define CONSENT_NECESSARY        0
#define CONSENT_FUNCTIONAL       1
#define CONSENT_ANALYTICS        2
#define CONSENT_MARKETING        3
#define CONSENT_CATEGORIES_MAX  16

#define CONSENT_CATEGORY_NONE   -1

typedef uint32_t  consent_mask_t;

#define consent_bit(category)   ((consent_mask_t) 1 << (category))

/* what asks for the URL; the words of Adblock Plus' network syntax */

typedef enum {
    CONSENT_TYPE_OTHER = 0,
    CONSENT_TYPE_DOCUMENT,       /* refresh, form action, link target */
    CONSENT_TYPE_SUBDOCUMENT,    /* iframe, frame */
    CONSENT_TYPE_SCRIPT,
    CONSENT_TYPE_STYLESHEET,
    CONSENT_TYPE_IMAGE,
    CONSENT_TYPE_MEDIA,
    CONSENT_TYPE_FONT,
    CONSENT_TYPE_OBJECT,
    CONSENT_TYPE_XHR,            /* fetch, XMLHttpRequest */
    CONSENT_TYPE_PING,           /* a ping, sendBeacon */
    CONSENT_TYPE_WEBSOCKET,
    CONSENT_TYPE_CONNECT         /* preconnect, dns-prefetch: host alone */
} consent_type_e;


/* the value of a hexadecimal digit in either case, or -1 */

static inline int
consent_hex(consent_u8 c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
}

#endif /* CONSENT_CORE_H */
