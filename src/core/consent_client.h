
/*
 * What may be kept of a browser, if an operator asks for it: so little that it
 * tells a network and a program, not a person.
 */

#ifndef CONSENT_CLIENT_H
#define CONSENT_CLIENT_H

#include "consent_core.h"

/* an address with its last part taken off, "192.0.2.0/24" or
 * "2001:db8:1::/48".  n: 4 or 16 bytes, in network order.  Returns the length
 * written, 0 for anything else */

#define CONSENT_ADDRESS_SIZE  32

size_t consent_client_address(const consent_u8 *addr, size_t n,
    consent_u8 buf[CONSENT_ADDRESS_SIZE]);

/* a User-Agent without comments and with major versions alone, as
 * "Mozilla/5 Gecko/20100101 Firefox/153"; returns the length written */

#define CONSENT_AGENT_SIZE    96

size_t consent_client_agent(consent_str_t agent,
    consent_u8 buf[CONSENT_AGENT_SIZE]);

#endif /* CONSENT_CLIENT_H */
