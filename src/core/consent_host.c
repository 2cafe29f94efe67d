
/*
 * The host parser of the WHATWG URL standard.
 *
 * Nearly all hosts are plain ASCII names and take the first loop only.  The
 * rest is decoded code point by code point, so that an endless run of
 * ignored characters needs no memory, and goes to libidn2 label by label:
 * what one label is refused for must not hide the others.
 */

#include <idn2.h>

#include "consent_host.h"


static int consent_host_name(consent_u8 *out, size_t *out_len, int *ip);
static int consent_host_slow(const consent_u8 *in, size_t len,
    consent_u8 *out, size_t *out_len);
static int consent_host_opaque(const consent_u8 *in, size_t len,
    consent_u8 *out, size_t *out_len);
static int consent_host_idna(const consent_u8 *in, size_t len,
    consent_u8 *out, size_t *out_len);
static int consent_host_ipv4(consent_u8 *out, size_t *out_len);
static int consent_host_ipv6(const consent_u8 *in, size_t len,
    consent_u8 *out, size_t *out_len);


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


/* forbidden host code points; those of a domain also "%", controls, DEL */

static int
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


/* the next byte of a host, percent-decoded; -1 at the end */

static int
consent_host_byte(const consent_u8 **p, const consent_u8 *end, int *escaped)
{
    int                c, d[2];
    unsigned           i;
    const consent_u8  *s;

    do {
        if (*p == end) {
            return -1;
        }

        c = *(*p)++;

    } while (c == '\t' || c == '\n' || c == '\r');

    *escaped = 0;

    if (c != '%') {
        return c;
    }

    s = *p;

    for (i = 0; i < 2; i++) {
        while (s < end && (*s == '\t' || *s == '\n' || *s == '\r')) {
            s++;
        }

        if (s == end) {
            return c;
        }

        d[i] = consent_hex(*s++);

        if (d[i] < 0) {
            return c;
        }
    }

    *p = s;
    *escaped = 1;

    return d[0] << 4 | d[1];
}


/*
 * What IDNA's mapping (UTS #46) does to code points that are written to hide
 * a host behind any number of them: ignored ones go, dots of other scripts
 * and full-width ASCII become ASCII.  The rest is libidn2's.
 */

static uint32_t
consent_host_map(uint32_t cp)
{
    if (cp < 0x80) {
        return (cp >= 'A' && cp <= 'Z') ? cp | 0x20 : cp;
    }

    if (cp >= 0xff01 && cp <= 0xff5e) {
        return consent_host_map(cp - 0xff01 + 0x21);
    }

    if (cp == 0x3002 || cp == 0xff61) {
        return '.';
    }

    if (cp == 0xad || cp == 0x34f || cp == 0x200b || cp == 0x2060
        || cp == 0x2064 || cp == 0xfeff || (cp >= 0x180b && cp <= 0x180f)
        || (cp >= 0xfe00 && cp <= 0xfe0f)
        || (cp >= 0xe0100 && cp <= 0xe01ef))
    {
        return 0;
    }

    return cp;
}


static int
consent_host_slow(const consent_u8 *in, size_t len, consent_u8 *out,
    size_t *out_len)
{
    int                c, escaped, ascii;
    size_t             n, m, start, label;
    uint32_t           cp;
    const consent_u8  *p, *end, *s;
    consent_u8         seq[4], tmp[CONSENT_HOST_MAX];

    p = in;
    end = in + len;
    m = 0;
    n = 0;

    /* decoded and mapped into tmp */

    for ( ;; ) {

        /* a byte, and what may follow it in UTF-8 */

        if (m == 0) {
            c = consent_host_byte(&p, end, &escaped);

            if (c < 0) {
                break;
            }

            seq[m++] = (consent_u8) c;
        }

        while (seq[0] >= 0xc2 && m < 4) {
            s = seq;

            if (consent_utf8_decode(&s, seq + m) != CONSENT_UTF8_BAD) {
                break;
            }

            s = p;
            c = consent_host_byte(&s, end, &escaped);

            if (c < 0x80 || c > 0xbf) {
                break;
            }

            p = s;
            seq[m++] = (consent_u8) c;
        }

        s = seq;
        cp = consent_utf8_decode(&s, seq + m);

        if (cp == CONSENT_UTF8_BAD) {

            /* as a decoder has it; no host, but not a part of another one */

            cp = 0xfffd;
            memmove(seq, seq + 1, --m);

        } else {
            m = 0;
        }

        if (cp < 0x80) {
            if (consent_host_forbidden(cp, 1)) {
                return CONSENT_DECLINED;
            }

            cp = consent_host_map(cp);

        } else {
            cp = consent_host_map(cp);

            if (cp == 0) {
                continue;
            }

            if (cp < 0x80 && consent_host_forbidden(cp, 1)) {
                return CONSENT_DECLINED;
            }
        }

        if (n + 4 > sizeof(tmp)) {
            return CONSENT_DECLINED;
        }

        n += consent_utf8_encode(tmp + n, cp);
    }

    /* label by label into out */

    *out_len = 0;

    for (start = 0; start <= n; start = label + 1) {

        ascii = 1;

        for (label = start; label < n && tmp[label] != '.'; label++) {
            if (tmp[label] >= 0x80) {
                ascii = 0;
            }
        }

        if (ascii) {
            if (*out_len + (label - start) + 1 > CONSENT_HOST_MAX) {
                return CONSENT_DECLINED;
            }

            memcpy(out + *out_len, tmp + start, label - start);
            *out_len += label - start;

        } else if (consent_host_idna(tmp + start, label - start, out, out_len)
                   != CONSENT_OK)
        {
            return CONSENT_DECLINED;
        }

        if (label < n) {
            if (*out_len >= CONSENT_HOST_MAX) {
                return CONSENT_DECLINED;
            }

            out[(*out_len)++] = '.';
        }
    }

    return CONSENT_OK;
}


/* one label with something outside ASCII, appended to out */

static int
consent_host_idna(const consent_u8 *in, size_t len, consent_u8 *out,
    size_t *out_len)
{
    int          rc;
    size_t       i, n;
    uint8_t     *res;
    consent_u8   label[CONSENT_HOST_MAX + 1], c;

    memcpy(label, in, len);
    label[len] = '\0';

    res = NULL;
    n = *out_len;

    rc = idn2_lookup_u8(label, &res, IDN2_NONTRANSITIONAL);

    if (rc == IDN2_OK) {
        for (i = 0; res[i]; i++) {
            c = res[i];

            if (c >= 'A' && c <= 'Z') {
                c |= 0x20;
            }

            if (n >= CONSENT_HOST_MAX || consent_host_forbidden(c, 1)) {
                idn2_free(res);
                return CONSENT_DECLINED;
            }

            out[n++] = c;
        }

        idn2_free(res);
        *out_len = n;

        return CONSENT_OK;
    }

    if (rc == IDN2_MALLOC) {
        return CONSENT_DECLINED;
    }

    for (i = 0; i < len; i++) {
        c = label[i];

        if (n + 3 > CONSENT_HOST_MAX) {
            return CONSENT_DECLINED;
        }

        if (c < 0x80) {
            out[n++] = c;
            continue;
        }

        out[n++] = '%';
        out[n++] = "0123456789abcdef"[c >> 4];
        out[n++] = "0123456789abcdef"[c & 15];
    }

    *out_len = n;

    return CONSENT_OK;
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

static int
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


static int
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
