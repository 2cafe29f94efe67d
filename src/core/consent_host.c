
/*
 * The host parser of the WHATWG URL standard.  Nearly all hosts are plain
 * ASCII names and take the first loop only.
 */

#include "consent_host_int.h"

static int consent_host_name(consent_u8 *out, size_t *out_len, int *ip);
static int consent_host_opaque(const consent_u8 *in, size_t len,
    consent_u8 *out, size_t *out_len);


int
consent_host_parse(const consent_u8 *in, size_t len, int special,
    consent_u8 *out, size_t *out_len, int *ip)
{
    size_t    n;
    unsigned  c;

    *ip = 0;

    for (n = 0; n < len && n < CONSENT_HOST_MAX; n++) {
        c = in[n];

        if (c >= 'A' && c <= 'Z') {
            c |= 0x20;

        } else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
                     || c == '-' || c == '.' || c == '_'))
        {
            break;
        }

        out[n] = (consent_u8) c;
    }

    if (n == len && special) {
        *out_len = n;
        return consent_host_name(out, out_len, ip);
    }

    /* addresses and opaque hosts have no use for decoding */

    for (n = 0; n < len; n++) {
        if (in[n] != '\t' && in[n] != '\n' && in[n] != '\r') {
            break;
        }
    }

    if (n < len && in[n] == '[') {
        *ip = 1;
        return consent_host_ipv6(in + n, len - n, out, out_len);
    }

    if (!special) {
        return consent_host_opaque(in, len, out, out_len);
    }

    if (consent_host_slow(in, len, out, out_len) != CONSENT_OK) {
        return CONSENT_DECLINED;
    }

    return consent_host_name(out, out_len, ip);
}


/* a decoded name in lower case: dots at its end go, numbers are IPv4 */

static int
consent_host_name(consent_u8 *out, size_t *out_len, int *ip)
{
    size_t  i, n, last;

    n = *out_len;

    while (n && out[n - 1] == '.') {
        n--;
    }

    if (n == 0) {
        return CONSENT_DECLINED;
    }

    *out_len = n;

    for (last = n; last && out[last - 1] != '.'; last--) { /* void */ }

    if (last == n || out[last] < '0' || out[last] > '9') {
        return CONSENT_OK;
    }

    if (n - last >= 2 && out[last] == '0' && out[last + 1] == 'x') {
        for (i = last + 2; i < n && consent_hex(out[i]) >= 0; i++) {
            /* void */
        }

    } else {
        for (i = last; i < n && out[i] >= '0' && out[i] <= '9'; i++) {
            /* void */
        }
    }

    if (i < n) {
        return CONSENT_OK;
    }

    *ip = 1;

    return consent_host_ipv4(out, out_len);
}


static int
consent_host_opaque(const consent_u8 *in, size_t len, consent_u8 *out,
    size_t *out_len)
{
    size_t  i, n;

    for (n = 0, i = 0; i < len; i++) {

        if (in[i] == '\t' || in[i] == '\n' || in[i] == '\r') {
            continue;
        }

        if (consent_host_forbidden(in[i], 0) || n + 3 > CONSENT_HOST_MAX) {
            return CONSENT_DECLINED;
        }

        if (in[i] < 0x20 || in[i] > 0x7e) {
            out[n++] = '%';
            out[n++] = "0123456789ABCDEF"[in[i] >> 4];
            out[n++] = "0123456789ABCDEF"[in[i] & 15];

        } else {
            out[n++] = in[i];
        }
    }

    *out_len = n;

    return CONSENT_OK;
}
