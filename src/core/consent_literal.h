
/*
 * Words without which a pattern cannot match, and which of many there are in
 * a text, looked for in one pass.
 */

#ifndef CONSENT_LITERAL_H
#define CONSENT_LITERAL_H

#include "consent_core.h"

#define CONSENT_LITERALS     64
#define CONSENT_LITERAL_LEN  31

typedef struct {
    consent_u8  text[CONSENT_LITERAL_LEN];   /* in lower case */
    uint8_t     len;
    uint8_t     at;                          /* of the pair it is found by */
} consent_literal_t;

typedef struct {
    uint32_t           n;
    uint8_t            first[256];  /* bits: which eighths have this byte */
    uint8_t            second[256]; /* as first of their pair, or second */
    uint8_t            half[4][16]; /* the same by halves of a byte */
    consent_literal_t  literal[CONSENT_LITERALS];
} consent_literals_t;

/*
 * A run of letters and digits that is in whatever a regular expression (PCRE2)
 * matches, in either case.  0: it cannot be told that there is one.
 */

int consent_literal_regex(consent_str_t pattern, consent_literal_t *l);

/* the same for a host and all under it */
int consent_literal_host(consent_str_t host, consent_literal_t *l);

/* 0 or its number from 1 on */
unsigned consent_literals_add(consent_literals_t *set,
    const consent_literal_t *l);

/* a bit for each, number 1 the lowest */
uint64_t consent_literals_find(const consent_literals_t *set,
    const consent_u8 *text, size_t len);

/* without the processor's help, for comparison */
uint64_t consent_literals_find_plain(const consent_literals_t *set,
    const consent_u8 *text, size_t len);

#endif /* CONSENT_LITERAL_H */
