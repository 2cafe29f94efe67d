
/*
 * Character references in attribute values.
 */

#include "consent_host.h"
#include "consent_ref.h"
#include "consent_ref_table.h"


/* what numbers 0x80 to 0x9f stand for: windows-1252 */

static const uint16_t  consent_ref_1252[32] = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
    0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178
};


static size_t consent_ref_number(const consent_u8 *p, const consent_u8 *end,
    consent_u8 *out, size_t *n);
static size_t consent_ref_name(const consent_u8 *p, const consent_u8 *end,
    int text, consent_u8 *out, size_t *n);


static int
consent_ref_alnum(unsigned c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}


/*
 * Reads the reference that p, which is at a "&", may be, into out.  Returns
 * the bytes of input it takes, "&" and all, and sets *n to those it gives; 0
 * where the "&" is only that.
 */

static size_t
consent_ref_read(const consent_u8 *p, const consent_u8 *end, int text,
    consent_u8 *out, size_t *n)
{
    if (end - p < 2) {
        return 0;
    }

    if (p[1] == '#') {
        return consent_ref_number(p, end, out, n);
    }

    return consent_ref_alnum(p[1]) ? consent_ref_name(p, end, text, out, n)
                                   : 0;
}


/* "&#10", "&#xA;"; without digits it is no reference */

static size_t
consent_ref_number(const consent_u8 *p, const consent_u8 *end,
    consent_u8 *out, size_t *n)
{
    unsigned           base, d;
    uint32_t           cp;
    const consent_u8  *s, *digits;

    s = p + 2;
    base = 10;

    if (s < end && (*s | 0x20) == 'x') {
        base = 16;
        s++;
    }

    digits = s;
    cp = 0;

    for ( /* void */ ; s < end; s++) {
        if (*s >= '0' && *s <= '9') {
            d = *s - '0';

        } else if (base == 16 && (*s | 0x20) >= 'a' && (*s | 0x20) <= 'f') {
            d = (*s | 0x20) - 'a' + 10;

        } else {
            break;
        }

        if (cp <= 0x10ffff) {
            cp = cp * base + d;
        }
    }

    if (s == digits) {
        return 0;
    }

    if (s < end && *s == ';') {
        s++;
    }

    if (cp == 0 || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff)) {
        cp = 0xfffd;

    } else if (cp >= 0x80 && cp <= 0x9f) {
        cp = consent_ref_1252[cp - 0x80];
    }

    *n = consent_utf8_encode(out, cp);

    return (size_t) (s - p);
}


/*
 * The longest name that stands there, by narrowing the range of names that
 * still fit, a byte at a time.  In an attribute a name without ";" before "="
 * or an alphanumeric is left as text, for the sake of "?a=b&copy=1".
 */

static size_t
consent_ref_name(const consent_u8 *p, const consent_u8 *end, int text,
    consent_u8 *out, size_t *n)
{
    size_t             i, len, best_len;
    uint32_t           value;
    unsigned           lo, hi, mid, l, h, best;
    const consent_u8  *s;

    s = p + 1;
    lo = 0;
    hi = CONSENT_REF_NAMES;
    best = 0;
    best_len = 0;

    for (i = 0; s + i < end; i++) {

        /* names of i bytes that fit stand first in the range: skip them */

        l = lo;
        h = hi;

        while (l < h) {
            mid = (l + h) / 2;
            len = (size_t) (consent_ref_start[mid + 1]
                            - consent_ref_start[mid]);

            if (len <= i
                || consent_ref_pool[consent_ref_start[mid] + i] < s[i])
            {
                l = mid + 1;

            } else {
                h = mid;
            }
        }

        lo = l;
        h = hi;

        while (l < h) {
            mid = (l + h) / 2;

            if (consent_ref_pool[consent_ref_start[mid] + i] <= s[i]) {
                l = mid + 1;

            } else {
                h = mid;
            }
        }

        hi = l;

        if (lo == hi) {
            break;
        }

        len = (size_t) (consent_ref_start[lo + 1] - consent_ref_start[lo]);

        if (len == i + 1) {
            best = lo;
            best_len = len;
        }
    }

    if (best_len == 0) {
        return 0;
    }

    if (!text && s[best_len - 1] != ';' && s + best_len < end
        && (s[best_len] == '=' || consent_ref_alnum(s[best_len])))
    {
        return 0;
    }

    value = consent_ref_value[best];

    *n = consent_utf8_encode(out, value & 0x1fffff);

    if (value >> 21) {
        *n += consent_utf8_encode(out + *n, consent_ref_second[value >> 21]);
    }

    return best_len + 1;
}


static size_t
consent_ref_decode_as(const consent_u8 *in, size_t len, int text,
    consent_u8 *out, size_t size, size_t *used, uint32_t *raw)
{
    size_t             i, n, took, out_len;
    const consent_u8  *p, *end;
    consent_u8         one[CONSENT_REF_MAX];

    p = in;
    end = in + len;
    out_len = 0;

    while (p < end) {

        n = 1;
        took = 1;
        one[0] = *p;

        switch (*p) {

        case '&':
            took = consent_ref_read(p, end, text, one, &n);

            if (took == 0) {
                took = 1;
                n = 1;
                one[0] = '&';
            }

            break;

        case '\r':
            one[0] = '\n';

            if (p + 1 < end && p[1] == '\n') {
                took = 2;
            }

            break;

        case '\0':
            n = consent_utf8_encode(one, 0xfffd);
            break;

        default:
            break;
        }

        if (n > size - out_len) {
            break;
        }

        for (i = 0; i < n; i++) {
            if (raw != NULL) {
                raw[out_len] = (uint32_t) (p - in);
            }

            out[out_len++] = one[i];
        }

        p += took;
    }

    if (raw != NULL) {
        raw[out_len] = (uint32_t) (p - in);
    }

    if (used != NULL) {
        *used = (size_t) (p - in);
    }

    return out_len;
}


size_t
consent_ref_decode(const consent_u8 *in, size_t len, consent_u8 *out,
    size_t size, size_t *used, uint32_t *raw)
{
    return consent_ref_decode_as(in, len, 0, out, size, used, raw);
}


size_t
consent_ref_text(const consent_u8 *in, size_t len, consent_u8 *out,
    size_t size, uint32_t *raw)
{
    return consent_ref_decode_as(in, len, 1, out, size, NULL, raw);
}


static size_t
consent_ref_count(const consent_u8 *p, size_t len, int c)
{
    size_t             n;
    const consent_u8  *end;

    end = p + len;

    for (n = 0; p < end; n++, p++) {
        p = memchr(p, c, (size_t) (end - p));

        if (p == NULL) {
            break;
        }
    }

    return n;
}


size_t
consent_ref_size(const consent_u8 *in, size_t len)
{
    return len + consent_ref_count(in, len, '&')
           + consent_ref_count(in, len, 0) * 2 + CONSENT_REF_MAX;
}
