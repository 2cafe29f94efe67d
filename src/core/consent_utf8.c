
/*
 * UTF-8, one code point at a time.
 */

#include "consent_utf8.h"


size_t
consent_utf8_encode(consent_u8 *out, uint32_t cp)
{
    if (cp < 0x80) {
        out[0] = (consent_u8) cp;
        return 1;
    }

    if (cp < 0x800) {
        out[0] = (consent_u8) (0xc0 | cp >> 6);
        out[1] = (consent_u8) (0x80 | (cp & 0x3f));
        return 2;
    }

    if (cp < 0x10000) {
        out[0] = (consent_u8) (0xe0 | cp >> 12);
        out[1] = (consent_u8) (0x80 | (cp >> 6 & 0x3f));
        out[2] = (consent_u8) (0x80 | (cp & 0x3f));
        return 3;
    }

    out[0] = (consent_u8) (0xf0 | cp >> 18);
    out[1] = (consent_u8) (0x80 | (cp >> 12 & 0x3f));
    out[2] = (consent_u8) (0x80 | (cp >> 6 & 0x3f));
    out[3] = (consent_u8) (0x80 | (cp & 0x3f));
    return 4;
}


uint32_t
consent_utf8_decode(const consent_u8 **p, const consent_u8 *end)
{
    unsigned           need;
    uint32_t           cp, low;
    const consent_u8  *s;

    s = *p;
    cp = *s++;

    if (cp < 0x80) {
        *p = s;
        return cp;
    }

    if (cp >= 0xc2 && cp <= 0xdf) {
        need = 1; low = 0x80; cp &= 0x1f;

    } else if (cp >= 0xe0 && cp <= 0xef) {
        need = 2; low = 0x800; cp &= 0x0f;

    } else if (cp >= 0xf0 && cp <= 0xf4) {
        need = 3; low = 0x10000; cp &= 0x07;

    } else {
        *p = s;
        return CONSENT_UTF8_BAD;
    }

    for ( ; need; need--) {
        if (s == end || (*s & 0xc0) != 0x80) {
            *p = s;
            return CONSENT_UTF8_BAD;
        }

        cp = cp << 6 | (*s++ & 0x3f);
    }

    *p = s;

    if (cp < low || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff)) {
        return CONSENT_UTF8_BAD;
    }

    return cp;
}
