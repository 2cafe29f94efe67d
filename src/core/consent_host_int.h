
/*
 * What the files of the host parser share.
 */

#ifndef CONSENT_HOST_INT_H
#define CONSENT_HOST_INT_H

#include "consent_host.h"

/* consent_host_idna.c: not all of it is plain ASCII */
int consent_host_slow(const consent_u8 *in, size_t len, consent_u8 *out,
    size_t *out_len);

/* consent_host_ip.c */
int consent_host_ipv4(consent_u8 *out, size_t *out_len);
int consent_host_ipv6(const consent_u8 *in, size_t len, consent_u8 *out,
    size_t *out_len);


/* forbidden host code points; those of a domain also "%", controls, DEL */

static inline int
consent_host_forbidden(unsigned c, int domain)
{
    if (c <= 0x20 || c == 0x7f) {
        return domain || c == 0 || c == '\t' || c == '\n' || c == '\r'
               || c == ' ';
    }

    switch (c) {

    case '#': case '/': case ':': case '<': case '>': case '?': case '@':
    case '[': case '\\': case ']': case '^': case '|':
        return 1;

    case '%':
        return domain;

    default:
        return 0;
    }
}

#endif /* CONSENT_HOST_INT_H */
