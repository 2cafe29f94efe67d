
/*
 * Names of stand-ins by their bits; see consent_stubs.h.
 */

#include "consent_stubs.h"


size_t
consent_stubs_names(uint32_t stubs, consent_u8 *buf, size_t size)
{
    size_t    n;
    uint32_t  i;

    n = 0;

    for (i = 0; i < consent_nstubs; i++) {

        if (!(stubs & ((uint32_t) 1 << i))) {
            continue;
        }

        if (n + (n > 0) + consent_stubs[i].len > size) {
            break;
        }

        if (n) {
            buf[n++] = ' ';
        }

        memcpy(buf + n, consent_stubs[i].data, consent_stubs[i].len);
        n += consent_stubs[i].len;
    }

    return n;
}
