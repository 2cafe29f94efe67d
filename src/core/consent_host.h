
/*
 * Hosts as browsers read them: percent-decoding, IDNA, IPv4 and IPv6 in all
 * their spellings.  https://url.spec.whatwg.org/#host-parsing
 */

#ifndef CONSENT_HOST_H
#define CONSENT_HOST_H

#include "consent_core.h"
#include "consent_utf8.h"

/* a name longer than 253 bytes cannot be resolved; what is longer than this
 * after decoding is no host */

#define CONSENT_HOST_MAX  1024

/*
 * Parses the host "in" (without port and userinfo; tabs and newlines are
 * passed over) into out, which must have CONSENT_HOST_MAX bytes.  special:
 * by the rules of special schemes, else an opaque host.  Returns CONSENT_OK,
 * or CONSENT_DECLINED for no valid host; *ip tells if it is an address.
 *
 * Where IDNA refuses a label, the label stays, percent-encoded: it is better
 * to judge a host that a browser would not look up than to miss one.
 */

int consent_host_parse(const consent_u8 *in, size_t len, int special,
    consent_u8 *out, size_t *out_len, int *ip);

#endif /* CONSENT_HOST_H */
