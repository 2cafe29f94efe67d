
/*
 * Character references, as they are read in attribute values.
 * https://html.spec.whatwg.org/#character-reference-state
 */

#ifndef CONSENT_REF_H
#define CONSENT_REF_H

#include "consent_core.h"

#define CONSENT_REF_MAX  8           /* bytes that one reference gives */

/*
 * The value of an attribute as the browser has it: references decoded, NUL
 * turned into U+FFFD, CR and CR LF into LF.  Writes at most size bytes and
 * returns their number; *used, if not NULL, is set to how much of the input
 * they are, less than len only where the buffer was full.  out may be in
 * itself if there is no NUL in it.
 *
 * raw, if not NULL, has size + 1 places: raw[i] is set to where in the input
 * that stands which gave out[i], and raw[returned] to *used.
 */

size_t consent_ref_decode(const consent_u8 *in, size_t len, consent_u8 *out,
    size_t size, size_t *used, uint32_t *raw);

/* the same for text that is no attribute's value: names need no ";" */

size_t consent_ref_text(const consent_u8 *in, size_t len, consent_u8 *out,
    size_t size, uint32_t *raw);

/*
 * The most that "len" bytes of it give: NUL is three bytes, and a reference at
 * most one more than it is, as "&nGt;" is.
 */

size_t consent_ref_size(const consent_u8 *in, size_t len);

/* 1 if there is anything in the value that decoding changes */

static inline int
consent_ref_needed(const consent_u8 *in, size_t len)
{
    return memchr(in, '&', len) != NULL || memchr(in, '\r', len) != NULL
           || memchr(in, '\0', len) != NULL;
}

#endif /* CONSENT_REF_H */
