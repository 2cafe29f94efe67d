
/*
 * The generated tables of cookie names (src/catalog/cookies.txt and Open
 * Cookie Database).
 */

#ifndef CONSENT_COOKIES_H
#define CONSENT_COOKIES_H

#include "consent_core.h"

typedef struct {
    const char  *name;
    uint8_t      len;
    uint8_t      category;
} consent_cookie_name_t;

extern const consent_cookie_name_t  consent_cookie_names[];
extern const consent_cookie_name_t  consent_cookie_prefixes[];
extern const consent_cookie_name_t  consent_cookie_never[];
extern const uint32_t               consent_cookie_nprefixes;
extern const uint32_t               consent_cookie_nnever;
extern const uint32_t               consent_cookie_mask;
extern const uint16_t               consent_cookie_slots[];

/* what is said of a name that is not in the table as it is */

int consent_cookie_pattern(consent_str_t name);

#endif /* CONSENT_COOKIES_H */
