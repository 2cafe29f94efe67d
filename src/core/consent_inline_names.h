
/*
 * What a script that is withheld would have given the page: the names it
 * declares, so that what the page runs later finds something there.
 */

#ifndef CONSENT_INLINE_NAMES_H
#define CONSENT_INLINE_NAMES_H

#include "consent_core.h"

#define CONSENT_INLINE_NAMES_SIZE  1024

/*
 * Writes them with spaces between: "f()" a function, "o{}" an object, "a[]"
 * an array, "n=0" a number, "s=''" a string, "x=u" what cannot be told.  As
 * many as there is place for; returns the length.
 */

size_t consent_inline_names(consent_str_t text, consent_u8 *buf, size_t size);

#endif /* CONSENT_INLINE_NAMES_H */
