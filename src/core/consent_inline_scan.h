
/*
 * A quick look at a script: is there anything in it at all that the catalog
 * knows?
 */

#ifndef CONSENT_INLINE_SCAN_H
#define CONSENT_INLINE_SCAN_H

#include "consent_core.h"
#include "consent_scan_block.h"

#define CONSENT_SCAN_WORDS  2048

typedef struct {
    uint32_t  three[1024];       /* bits, by a word's first three letters */
    uint32_t  paths[1024];       /* of those that path rules are filed under */
    uint32_t  two[32];           /* bits, by the letters of words of two */
    uint32_t  top[32];           /* the same for top-level domains */
    uint32_t  hash[CONSENT_SCAN_WORDS];
    uint16_t  what[CONSENT_SCAN_WORDS];
    uint8_t   at[CONSENT_SCAN_WORDS];
    uint32_t  begin[64];         /* bits: by length, and first letter, words
                                    that terms begin with */
    uint32_t  part[64];          /* the same of parts of strings */
    uint8_t   one;               /* a word of one letter */

    /* what terms begin with and parts of strings are filed by: bits, by the
       first three bytes, by the letters of words of two; a word of one */
    uint32_t  first[1024];
    uint32_t  pair[32];
    uint8_t   letter;
    unsigned  slow:1;            /* there is one that is not of these */

    consent_block_pt  block;     /* this processor's way */
    unsigned  off:1;             /* there is a rule that no word stands for */
} consent_inline_scan_t;

#define consent_scan_three(w)  (((w) * 0x9e3779b1u) >> 17)

/* once; what is looked for is constant */
void consent_inline_scan_init(consent_inline_scan_t *s);

/* 0: neither a signature nor an address of the catalog is in this script */
int consent_inline_scan(const consent_inline_scan_t *s,
    const consent_u8 *text, size_t len);

/* 0: no word of this address is one that a rule for paths is filed under */
int consent_inline_scan_paths(const consent_inline_scan_t *s,
    const consent_u8 *url, size_t len);

#endif /* CONSENT_INLINE_SCAN_H */
