
/*
 * Character sets: which one a page is in, as far as it decides how its bytes
 * are read.  https://encoding.spec.whatwg.org/
 */

#ifndef CONSENT_CHARSET_H
#define CONSENT_CHARSET_H

#include "consent_core.h"

/* how much of a page is looked at for one, if the header names none */
#define CONSENT_CHARSET_PRESCAN  1024

typedef struct {
    const char  *iconv;          /* its name for iconv(3) */
    uint8_t      lead;           /* two-byte characters end in ASCII:
                                    1: Shift_JIS; 2: GBK, Big5, EUC-KR */
    uint8_t      closed;         /* "<" may stand for something else, so it
                                    cannot be read byte by byte.  2: UTF-16,
                                    which no <meta> can name */
    const char  *labels;
} consent_charset_t;

/* by one of the names that browsers know; NULL: it is none */
const consent_charset_t *consent_charset_find(const consent_u8 *label,
    size_t len);

/* the charset named in a value such as "text/html; charset=utf-8" */
const consent_charset_t *consent_charset_content(const consent_u8 *p,
    size_t len);

typedef enum {
    CONSENT_CHARSET_MORE = 0,    /* more of the page is needed to tell */
    CONSENT_CHARSET_MARK,        /* a byte order mark says so */
    CONSENT_CHARSET_HEADER,
    CONSENT_CHARSET_META,        /* or an XML declaration */
    CONSENT_CHARSET_NONE         /* nobody says */
} consent_charset_source_e;

/*
 * What the first bytes of a page say.  header: what Content-Type says, NULL
 * if nothing; last: these are all there are.
 */

consent_charset_source_e consent_charset_sniff(const consent_u8 *p, size_t len,
    int last, const consent_charset_t *header, const consent_charset_t **found);

/* UTF-8, which needs no decoding */
const consent_charset_t *consent_charset_utf8(void);

/*
 * The charsets that a page may be in that names none and whose URLs are no
 * UTF-8; NULL after the last.
 */

const consent_charset_t *consent_charset_guess(unsigned i);

/*
 * From a charset to UTF-8, with U+FFFD for what is no character.  size: 3
 * times len.  The length, or 0 where this system cannot, and with *memory
 * set, where memory ran out.
 */

size_t consent_charset_decode(const consent_charset_t *charset,
    const consent_u8 *in, size_t len, consent_u8 *out, size_t size,
    int *memory);

#endif /* CONSENT_CHARSET_H */
