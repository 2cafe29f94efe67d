
/*
 * Passing over what is nested in brackets.
 */

#ifndef CONSENT_INLINE_NEST_H
#define CONSENT_INLINE_NEST_H

#include "consent_inline_lex.h"

/*
 * From where js is, "depth" brackets deep, to before the one that leaves
 * "stop" open, or, if that is asked for, to before the word "window"; or to
 * the end.
 */

void consent_js_leave(consent_js_t *js, uint32_t *depth, uint32_t stop,
    int window);

#endif /* CONSENT_INLINE_NEST_H */
