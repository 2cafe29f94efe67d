
/*
 * A string of C as the core has them, for tests and tools; it stays where it
 * is.
 */

#ifndef STR_H
#define STR_H

#include <string.h>

#include "consent_core.h"


__attribute__((unused))
static consent_str_t
str(const char *s)
{
    consent_str_t  r;

    r.data = (const consent_u8 *) s;
    r.len = strlen(s);

    return r;
}

#endif /* STR_H */
