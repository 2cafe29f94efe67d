
/*
 * The tokens of a script, as far as telling code, strings, comments and
 * regular expressions apart.
 */

#ifndef CONSENT_INLINE_LEX_H
#define CONSENT_INLINE_LEX_H

#include "consent_core.h"

typedef enum {
    CONSENT_JS_END = 0,
    CONSENT_JS_WORD,                 /* identifier, keyword or number */
    CONSENT_JS_STRING,               /* also the text of a template */
    CONSENT_JS_PUNCT                 /* one character */
} consent_js_e;

typedef struct {
    const consent_u8  *text;
    size_t             len;
    size_t             pos;

    consent_js_e       kind;         /* of the token before */
    unsigned           value:2;      /* it ends a value: "/" divides; 2: a
                                        word, which is to be looked at */

    consent_str_t      token;        /* of a string: without its quotes */
    const consent_u8  *word;         /* with value 2 */
    size_t             word_len;
    unsigned           escaped:1;    /* has backslashes */
} consent_js_t;

void consent_js_init(consent_js_t *js, const consent_u8 *text, size_t len);
consent_js_e consent_js_next(consent_js_t *js);

/*
 * For who finds tokens by other means: where the first one may begin, where
 * the regular expression at i ends, whether an expression begins after this
 * word, so that "/" is no division, and whether "/" is one where js is.
 */

size_t consent_js_start(const consent_js_t *js);
size_t consent_js_regex(const consent_js_t *js, size_t i);
int consent_js_operator(const consent_u8 *s, size_t len);
int consent_js_divides(consent_js_t *js);

/* letters, digits, "$", "_" and all beyond ASCII */

extern const uint32_t  consent_js_word_set[8];

#define consent_js_word(c)                                                    \
    (consent_js_word_set[(c) >> 5] >> ((c) & 31) & 1)

/* a string's text with its escapes undone; cut to what fits */

consent_str_t consent_js_text(const consent_js_t *js, consent_u8 *buf,
    size_t size);

#endif /* CONSENT_INLINE_LEX_H */
