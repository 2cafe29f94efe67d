
/*
 * Hosts that are not plain ASCII: decoded code point by code point, so that
 * an endless run of ignored characters needs no memory, and given to libidn2
 * label by label: what one label is refused for must not hide the others.
 */

#include <idn2.h>

#include "consent_host_int.h"

static int consent_host_idna(const consent_u8 *in, size_t len,
    consent_u8 *out, size_t *out_len);


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


int
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
