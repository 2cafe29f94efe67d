
/*
 * Cookies by service.
 */

#include "consent_vendor_cookies.h"


static int
consent_vendor_compare(consent_str_t who, const char *name)
{
    int     rc;
    size_t  len;

    len = strlen(name);
    rc = memcmp(who.data, name, who.len < len ? who.len : len);

    return rc ? rc : (who.len > len) - (who.len < len);
}


const consent_vendor_cookie_t *
consent_vendor_cookies_of(consent_str_t who, unsigned *n)
{
    uint32_t  low, high, at;

    *n = 0;

    if (who.len == 0) {
        return NULL;
    }

    low = 0;
    high = consent_vendor_ncookies;

    while (low < high) {
        at = low + (high - low) / 2;

        if (consent_vendor_compare(who, consent_vendor_cookies[at].who) > 0) {
            low = at + 1;

        } else {
            high = at;
        }
    }

    while (low + *n < consent_vendor_ncookies
           && consent_vendor_compare(who, consent_vendor_cookies[low + *n].who)
              == 0)
    {
        (*n)++;
    }

    return *n ? &consent_vendor_cookies[low] : NULL;
}
