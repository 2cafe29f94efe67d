
/*
 * What the files of the quick look at a script share.
 */

#ifndef CONSENT_INLINE_SCAN_INT_H
#define CONSENT_INLINE_SCAN_INT_H

#include "consent_inline_scan.h"

/* what an entry stands for; the rest of its bits are a number */

#define SCAN_TERM   0x1000       /* of a term, its element in "at" */
#define SCAN_SITE   0x2000
#define SCAN_TOP    0x3000       /* a top-level domain */
#define SCAN_KIND   0xf000

#define scan_three  consent_scan_three

#define scan_digit(c)  ((unsigned) ((c) - '0') < 10)
#define scan_alpha(c)  ((unsigned) (((c) | 0x20) - 'a') < 26)
#define scan_alnum(c)  (scan_alpha(c) || scan_digit(c))
#define scan_lower(c)                                                         \
    ((consent_u8) ((unsigned) ((c) - 'A') < 26 ? (c) | 0x20 : (c)))

#define scan_part(c)                                                          \
    (scan_alnum(c) || (c) == '_' || (c) == '$' || (c) >= 0x80)

#define scan_blank(c)  ((c) == ' ' || ((c) >= '\t' && (c) <= '\r'))
#define scan_quote(c)  ((c) == '"' || (c) == '\'' || (c) == '`')

/* a comment may begin, or end, here, or it is an escape: not looked into */

#define scan_pair(a, b)                                                       \
    (((a) == '/' && ((b) == '/' || (b) == '*'))                               \
     || ((a) == '*' && (b) == '/')                                            \
     || ((a) == '<' && (b) == '!') || ((a) == '-' && (b) == '-'))

typedef struct {
    const consent_inline_scan_t  *s;
    const consent_u8             *text;
    const consent_u8             *end;
    int                           address;  /* no script: an URL */
} consent_inline_look_t;

/* back over blanks; to where a comment may have stood, NULL */
const consent_u8 *consent_inline_scan_unblank(const consent_inline_look_t *sc,
    const consent_u8 *p);

/* could a script load the address whose host is at p? */
int consent_inline_scan_place(const consent_inline_look_t *sc,
    const consent_u8 *p);

/* is the word at p, which begins like one that counts, one? */
int consent_inline_scan_word(const consent_inline_look_t *sc,
    const consent_u8 *p);

/* is it of a rule for paths? */
int consent_inline_scan_path_word(const consent_inline_look_t *sc,
    const consent_u8 *p);

#endif /* CONSENT_INLINE_SCAN_INT_H */
