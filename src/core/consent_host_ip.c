
/*
 * Hosts that are addresses, in all their spellings.
 * https://url.spec.whatwg.org/#concept-ipv4-parser
 */

#include "consent_host_int.h"


static size_t
consent_host_decimal(consent_u8 *out, unsigned v)
{
    size_t  n;

    n = 0;

    if (v >= 100) {
        out[n++] = (consent_u8) ('0' + v / 100);
    }

    if (v >= 10) {
        out[n++] = (consent_u8) ('0' + v / 10 % 10);
    }

    out[n++] = (consent_u8) ('0' + v % 10);

    return n;
}


/* decimal, octal, hex; one to four parts, the last fills what is left */

int
consent_host_ipv4(consent_u8 *out, size_t *out_len)
{
    int                d;
    size_t             n;
    uint64_t           part[4], limit;
    unsigned           i, parts, base;
    const consent_u8  *p, *end;

    p = out;
    end = out + *out_len;

    for (parts = 0; ; p++) {

        if (parts == 4 || p == end || *p == '.') {
            return CONSENT_DECLINED;
        }

        base = 10;

        if (*p == '0' && p + 1 < end && p[1] != '.') {
            base = 8;
            p++;

            if (*p == 'x') {
                base = 16;
                p++;
            }
        }

        part[parts] = 0;

        for ( /* void */ ; p < end && *p != '.'; p++) {
            d = consent_hex(*p);

            if (d < 0 || (unsigned) d >= base) {
                return CONSENT_DECLINED;
            }

            part[parts] = part[parts] * base + (unsigned) d;

            if (part[parts] > 0xffffffff) {
                return CONSENT_DECLINED;
            }
        }

        parts++;

        if (p == end) {
            break;
        }
    }

    limit = (uint64_t) 1 << 8 * (5 - parts);

    if (part[parts - 1] >= limit) {
        return CONSENT_DECLINED;
    }

    for (i = 0; i + 1 < parts; i++) {
        if (part[i] > 255) {
            return CONSENT_DECLINED;
        }

        part[parts - 1] += part[i] << 8 * (3 - i);
    }

    n = 0;

    for (i = 0; i < 4; i++) {
        if (i) {
            out[n++] = '.';
        }

        n += consent_host_decimal(out + n,
                                  (part[parts - 1] >> 8 * (3 - i)) & 255);
    }

    *out_len = n;

    return CONSENT_OK;
}


/* the pieces of a bracketed address; -1: none */

static int
consent_host_ipv6_pieces(const consent_u8 *p, const consent_u8 *end,
    uint16_t piece[8])
{
    int        compress, d, v;
    unsigned   n, len, part, i;

    compress = -1;
    n = 0;

    memset(piece, 0, 8 * sizeof(uint16_t));

    if (p < end && *p == ':') {
        if (p + 1 == end || p[1] != ':') {
            return -1;
        }

        p += 2;
        compress = 0;
    }

    while (p < end) {

        if (n == 8) {
            return -1;
        }

        if (*p == ':') {
            if (compress >= 0) {
                return -1;
            }

            p++;
            compress = (int) n;
            continue;
        }

        for (v = 0, len = 0; len < 4 && p < end; len++, p++) {
            d = consent_hex(*p);

            if (d < 0) {
                break;
            }

            v = v << 4 | d;
        }

        if (p < end && *p == '.') {

            if (len == 0 || n > 6) {
                return -1;
            }

            p -= len;

            for (part = 0; p < end; part++) {

                if (part == 4 || (part && *p++ != '.')) {
                    return -1;
                }

                for (v = -1; p < end && *p >= '0' && *p <= '9'; p++) {
                    if (v == 0) {
                        return -1;
                    }

                    v = (v < 0) ? *p - '0' : v * 10 + *p - '0';

                    if (v > 255) {
                        return -1;
                    }
                }

                if (v < 0) {
                    return -1;
                }

                piece[n + part / 2] = (uint16_t) (piece[n + part / 2] << 8
                                                  | v);
            }

            if (part != 4) {
                return -1;
            }

            n += 2;
            break;
        }

        if (p < end) {
            if (*p != ':' || p + 1 == end) {
                return -1;
            }

            p++;
        }

        piece[n++] = (uint16_t) v;
    }

    if (compress < 0) {
        return (n == 8) ? 0 : -1;
    }

    for (i = 0; n > (unsigned) compress && i < 8 && n < 8; i++) {

        /* what stands after "::" moves to the end */

        if (n - i == (unsigned) compress) {
            break;
        }

        piece[7 - i] = piece[n - 1 - i];
        piece[n - 1 - i] = 0;
    }

    return 0;
}


int
consent_host_ipv6(const consent_u8 *in, size_t len, consent_u8 *out,
    size_t *out_len)
{
    int         started;
    size_t      i, n;
    unsigned    best, best_len, run, shift;
    uint16_t    piece[8];
    consent_u8  tmp[64];

    for (n = 0, i = 0; i < len; i++) {
        if (in[i] == '\t' || in[i] == '\n' || in[i] == '\r') {
            continue;
        }

        if (n == sizeof(tmp)) {
            return CONSENT_DECLINED;
        }

        tmp[n++] = in[i];
    }

    if (n < 2 || tmp[n - 1] != ']'
        || consent_host_ipv6_pieces(tmp + 1, tmp + n - 1, piece) < 0)
    {
        return CONSENT_DECLINED;
    }

    /* the longest run of zeros, if more than one, is written as "::" */

    best = 8;
    best_len = 1;

    for (i = 0; i < 8; i++) {
        for (run = 0; i + run < 8 && piece[i + run] == 0; run++) {
            /* void */
        }

        if (run > best_len) {
            best = (unsigned) i;
            best_len = run;
        }
    }

    n = 0;
    out[n++] = '[';

    for (i = 0; i < 8; i++) {

        if (i == best) {
            out[n++] = ':';

            if (i == 0) {
                out[n++] = ':';
            }

            i += best_len - 1;
            continue;
        }

        for (started = 0, shift = 16; shift; /* void */) {
            shift -= 4;

            if ((piece[i] >> shift & 15) || started || shift == 0) {
                out[n++] = "0123456789abcdef"[piece[i] >> shift & 15];
                started = 1;
            }
        }

        if (i < 7) {
            out[n++] = ':';
        }
    }

    out[n++] = ']';
    *out_len = n;

    return CONSENT_OK;
}
