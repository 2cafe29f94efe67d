
/*
 * What may be kept of a browser.
 */

#include <stdio.h>

#include "consent_client.h"


size_t
consent_client_address(const consent_u8 *addr, size_t n,
    consent_u8 buf[CONSENT_ADDRESS_SIZE])
{
    int     len;
    size_t  i, last;

    static const consent_u8  mapped[12] = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
    };

    /* an IPv4 address as IPv6 sockets see it would lose nothing at /48 */

    if (n == 16 && memcmp(addr, mapped, 12) == 0) {
        addr += 12;
        n = 4;
    }

    switch (n) {

    case 4:
        len = snprintf((char *) buf, CONSENT_ADDRESS_SIZE, "%u.%u.%u.0/24",
                       addr[0], addr[1], addr[2]);
        break;

    case 16:
        /* RFC 5952 4.2: "::" takes all the zeros there are before it */

        for (last = 6; last && addr[last - 1] == 0 && addr[last - 2] == 0;
             last -= 2)
        {
            /* void */
        }

        for (len = 0, i = 0; i < last; i += 2) {
            len += snprintf((char *) buf + len, CONSENT_ADDRESS_SIZE - len,
                            i ? ":%x" : "%x", addr[i] << 8 | addr[i + 1]);
        }

        len += snprintf((char *) buf + len, CONSENT_ADDRESS_SIZE - len,
                        "::/48");
        break;

    default:
        return 0;
    }

    return len > 0 ? (size_t) len : 0;
}


/*
 * RFC 9110 10.1.5: products, each with a version, and comments in
 * parentheses, which say the device.  Of a version the part up to the first
 * dot stays.
 */

size_t
consent_client_agent(consent_str_t agent, consent_u8 buf[CONSENT_AGENT_SIZE])
{
    size_t             n;
    unsigned           depth, version, minor;
    const consent_u8  *p, *end;

    p = agent.data;
    end = p + agent.len;
    n = 0;
    depth = 0;
    version = 0;
    minor = 0;

    for ( /* void */ ; p < end && n < CONSENT_AGENT_SIZE; p++) {

        if (*p == '(') {
            depth++;
            continue;
        }

        if (*p == ')') {
            depth -= (depth > 0);
            continue;
        }

        if (depth || *p >= 0x7f || *p < 0x20) {
            continue;
        }

        if (*p == ' ') {
            version = 0;
            minor = 0;

            if (n && buf[n - 1] != ' ') {
                buf[n++] = ' ';
            }

            continue;
        }

        if (*p == '/') {
            version = 1;

        } else if (version && *p == '.') {
            minor = 1;
        }

        if (!minor) {
            buf[n++] = *p;
        }
    }

    while (n && buf[n - 1] == ' ') {
        n--;
    }

    return n;
}
