
/*
 * What the readers of inline scripts share: signatures that are being
 * matched, and what was found so far.
 */

#ifndef CONSENT_INLINE_INT_H
#define CONSENT_INLINE_INT_H

#include "consent_rules_int.h"
#include "consent_inline.h"
#include "consent_inline_lex.h"
#include "consent_inline_url.h"

#define CONSENT_INLINE_TERMS   1024
#define CONSENT_INLINE_ACTIVE  24

/* a term of which some tokens were there */

typedef struct {
    uint16_t                      term;
    uint8_t                       next;
} consent_inline_run_t;

typedef struct {
    const consent_inline_scan_t  *scan;
    consent_inline_run_t          runs[CONSENT_INLINE_ACTIVE];
    uint32_t                      nruns;
    uint32_t                      any;     /* of the terms was there */
    uint8_t                       seen[CONSENT_INLINE_TERMS / 8];
} consent_inline_seen_t;

/* a script that is read, and what is found in it */

typedef struct {
    const consent_rules_t        *rules;
    consent_match_t              *m;
    const consent_url_t          *page;
    consent_str_t                 text;
    consent_inline_seen_t         seen;
    consent_inline_found_t        found;
} consent_inline_read_t;

/* terms whose first word this is; one may begin with the punctuation before */
void consent_inline_begin(consent_inline_seen_t *s, consent_js_e kind,
    consent_str_t token, consent_u8 before);

/* the next token of those that have begun */
void consent_inline_advance(consent_inline_seen_t *s, consent_js_e kind,
    consent_str_t token);

/* the word from "start" to "end" of a string's text, as a part of it */
void consent_inline_part(consent_inline_seen_t *s, consent_str_t text,
    size_t start, size_t end);

/* all words of a string's text */
void consent_inline_parts(consent_inline_seen_t *s, consent_str_t text);

/* could this be the first word, or string, of a term? */
#define consent_inline_may_begin(s, token)                                    \
    ((token).len < 64 && (token).len                                          \
     && ((s)->scan->begin[(token).len] >> ((token).data[0] & 31) & 1))

/* reads it token by token */
void consent_inline_read(consent_inline_read_t *r);

/* the same, passing over what says nothing; 0: it is to be read in full */
int consent_inline_skim(consent_inline_read_t *r);

#endif /* CONSENT_INLINE_INT_H */
