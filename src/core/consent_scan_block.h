
/*
 * What kinds of bytes a block of a script has, as masks of bits: the first
 * byte is the lowest bit.  How they are found depends on the processor: by
 * AVX2 where that is there, by SSE2 or NEON, or byte by byte, which the
 * others are compared with.
 */

#ifndef CONSENT_SCAN_BLOCK_H
#define CONSENT_SCAN_BLOCK_H

#include "consent_core.h"

#define CONSENT_BLOCK  64

typedef struct {
    uint64_t  word;              /* letters, digits, "_" and "$" */
    uint64_t  high;              /* beyond ASCII */
    uint64_t  mark;              /* quotes, brackets, "/" and "<" */
    uint64_t  one;               /* the byte asked for */
} consent_block_t;

typedef void (*consent_block_pt)(const consent_u8 *p, consent_u8 one,
    consent_block_t *b);

typedef struct {
    const char        *name;
    consent_block_pt   block;
} consent_block_way_t;

/* those that this processor knows, the best one first; the last is plain */
unsigned consent_block_ways(const consent_block_way_t **ways);

/* the best one */
consent_block_pt consent_block_way(void);

/*
 * The same for style sheets: bits of the bytes that consent_scan_css() finds,
 * of 64 at p.
 */

typedef uint64_t (*consent_block_css_pt)(const consent_u8 *p);

/* those that this processor knows, the best one first; the last is plain */
unsigned consent_block_css_ways(const consent_block_css_pt **ways);

#endif /* CONSENT_SCAN_BLOCK_H */
