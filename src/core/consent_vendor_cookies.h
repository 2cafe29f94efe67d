
/*
 * Which cookies a service of the catalog sets in a visitor's browser, and for
 * how long: to tell visitors, not to decide.
 */

#ifndef CONSENT_VENDOR_COOKIES_H
#define CONSENT_VENDOR_COOKIES_H

#include "consent_core.h"

typedef struct {
    const char  *who;                /* as the catalog calls it */
    const char  *name;               /* "name", or "name*": any that begins
                                        so */
    uint16_t     days;               /* 0: until the browser is closed, or
                                        not known */
} consent_vendor_cookie_t;

/* by service, in the order of bytes */

extern const consent_vendor_cookie_t  consent_vendor_cookies[];
extern const uint32_t                 consent_vendor_ncookies;

/* those of one service; n is 0 if none is known */

const consent_vendor_cookie_t *consent_vendor_cookies_of(consent_str_t who,
    unsigned *n);

#endif /* CONSENT_VENDOR_COOKIES_H */
