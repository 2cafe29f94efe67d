
/*
 * URLs in the strings of a script, and what the script does with them.
 */

#ifndef CONSENT_INLINE_URL_H
#define CONSENT_INLINE_URL_H

#include "consent_rules_int.h"
#include "consent_inline_lex.h"

#define CONSENT_INLINE_DEPTH  64

/* what a word says about the string that is given to it */

typedef enum {
    CONSENT_SAYS_NOTHING = 0,
    CONSENT_SAYS_LOAD,               /* src, getScript */
    CONSENT_SAYS_TEXT,               /* indexOf, log: a text */
    CONSENT_SAYS_GO,                 /* assign, replace: a place */
    CONSENT_SAYS_HREF,               /* of a link or of location */
    CONSENT_SAYS_LOCATION
} consent_says_e;

typedef struct {
    uint8_t           kind;          /* consent_js_e */
    uint8_t           says;          /* consent_says_e */
    consent_u8        c;             /* of punctuation */
    uint8_t           unused;        /* four bytes are moved as one */
} consent_inline_prev_t;

#define CONSENT_INLINE_PREV   6
#define CONSENT_INLINE_SAYS   16     /* words that say something are shorter */

typedef struct {
    consent_inline_prev_t  prev[CONSENT_INLINE_PREV]; /* the last first */
    uint32_t               depth;
    uint32_t               says[CONSENT_INLINE_SAYS]; /* bits: by length and
                                                         first letter */
    consent_u8             open[CONSENT_INLINE_DEPTH];
    uint8_t                callee[CONSENT_INLINE_DEPTH];
} consent_inline_ctx_t;

/* what a token's text says */
consent_says_e consent_inline_says(consent_str_t token);

/* 1: what is given to a property or function of this name is loaded */
int consent_inline_loads_by(consent_str_t name);

void consent_inline_ctx_init(consent_inline_ctx_t *ctx);
void consent_inline_ctx_token(consent_inline_ctx_t *ctx, consent_js_e kind,
    consent_str_t token);

/*
 * What was found in strings: what is surely loaded, what is if the script
 * loads anything at all, and buttons and comments of other sites, for which a
 * script that also loads what is harmless is not withheld (the guard stops
 * their requests one by one).
 */

typedef struct {
    consent_verdict_t  sure;
    consent_verdict_t  maybe;
    consent_verdict_t  social;
    unsigned           harmless:1;
    unsigned           relative:1;   /* it hangs on the page's path */
} consent_inline_found_t;

/* judges the URLs of one string */

void consent_inline_urls(const consent_inline_ctx_t *ctx,
    const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *page, consent_str_t text,
    consent_inline_found_t *found);

#endif /* CONSENT_INLINE_URL_H */
