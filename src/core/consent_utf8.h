
/*
 * UTF-8, as https://encoding.spec.whatwg.org/#utf-8-decoder has it.
 */

#ifndef CONSENT_UTF8_H
#define CONSENT_UTF8_H

#include "consent_core.h"

/* one code point as UTF-8; returns the number of bytes, at most 4 */

size_t consent_utf8_encode(consent_u8 *out, uint32_t cp);

/*
 * Decodes one code point and moves *p on, by at least one byte.  What is not
 * UTF-8 gives CONSENT_UTF8_BAD and moves on by the maximal bad part.
 */

#define CONSENT_UTF8_BAD  0xffffffffu

uint32_t consent_utf8_decode(const consent_u8 **p, const consent_u8 *end);

#endif /* CONSENT_UTF8_H */
