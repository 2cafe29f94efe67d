
/*
 * The generated tables of inline signatures (src/catalog/inline.txt).
 */

#ifndef CONSENT_INLINE_H
#define CONSENT_INLINE_H

#include "consent_core.h"

#define CONSENT_INLINE_WORD    1     /* an identifier in code */
#define CONSENT_INLINE_STRING  2     /* a string literal, all of it */
#define CONSENT_INLINE_PART    3     /* part of a string literal */
#define CONSENT_INLINE_PUNCT   4

typedef struct {
    const char  *text;
    uint8_t      len;
    uint8_t      kind;
} consent_inline_elem_t;

/* a run of tokens; filed under the hash of its first word */

typedef struct {
    uint32_t     hash;
    uint16_t     first;
    uint8_t      n;
    uint8_t      at;                 /* PART: where the word is in the text */
} consent_inline_term_t;

typedef struct {
    const char  *name;
    uint32_t     stubs;
    int16_t      yes[3];             /* terms, all of them; -1: none */
    int16_t      no;
    uint8_t      cls;                /* consent_class_e; 0: says "loads" */
    uint8_t      load;               /* only if the script loads something */
    uint8_t      small;              /* only if it is short */
} consent_inline_sig_t;

extern const consent_inline_elem_t  consent_inline_elems[];
extern const consent_inline_term_t  consent_inline_terms[];
extern const consent_inline_sig_t   consent_inline_sigs[];
extern const uint32_t               consent_inline_nterms;
extern const uint32_t               consent_inline_nsigs;
extern const uint32_t               consent_inline_nloads;
extern const uint32_t               consent_inline_mask;
extern const uint16_t               consent_inline_loads[];
extern const uint16_t               consent_inline_slots[];

#endif /* CONSENT_INLINE_H */
