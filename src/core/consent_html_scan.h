
/*
 * Looking for a byte or for one of a few, sixteen at a time.  Runs are short
 * in HTML, two thirds of them below 128 bytes, so all of it is inline and
 * uses what every x86-64 has.  Each function has a scalar twin, *_plain(),
 * which is what it is compared with, and what runs elsewhere.
 */

#ifndef CONSENT_HTML_SCAN_H
#define CONSENT_HTML_SCAN_H

#include "consent_core.h"

#if defined __SSE2__
#include <emmintrin.h>
#define CONSENT_SCAN_SSE2  1
#endif


/* where c is, or end */

static inline const consent_u8 *
consent_scan_byte_plain(const consent_u8 *p, const consent_u8 *end,
    consent_u8 c)
{
    while (p < end && *p != c) {
        p++;
    }

    return p;
}


/* where a or b is, or end */

static inline const consent_u8 *
consent_scan_either_plain(const consent_u8 *p, const consent_u8 *end,
    consent_u8 a, consent_u8 b)
{
    while (p < end && *p != a && *p != b) {
        p++;
    }

    return p;
}


/* where an attribute's name ends: white space, "/", ">", "=", or end */

static inline const consent_u8 *
consent_scan_name_plain(const consent_u8 *p, const consent_u8 *end)
{
    consent_u8  c;

    for ( /* void */ ; p < end; p++) {
        c = *p;

        if (c == '=' || c == '>' || c == '/' || c == ' '
            || c == '\n' || c == '\t' || c == '\r' || c == '\f')
        {
            break;
        }
    }

    return p;
}


/* where there is no tab, LF, FF, CR or blank, or end */

static inline const consent_u8 *
consent_scan_blanks_plain(const consent_u8 *p, const consent_u8 *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'
                       || *p == '\f'))
    {
        p++;
    }

    return p;
}


/* how long the tag name at p is, of whose 16 bytes all can be read; 16 or
 * more: too long to say */

static inline size_t
consent_scan_tag_plain(const consent_u8 *p)
{
    size_t  n;

    for (n = 0; n < 16 && p[n] != '>' && p[n] != '/' && p[n] > ' '; n++) {
        /* void */
    }

    return n;
}


/* the same for an attribute's name */

static inline size_t
consent_scan_attr_plain(const consent_u8 *p)
{
    size_t  n;

    for (n = 0; n < 16 && p[n] != '>' && p[n] != '/' && p[n] != '='
                && p[n] > ' '; n++)
    {
        /* void */
    }

    return n;
}


/* where a and b stand one after the other, or end */

static inline const consent_u8 *
consent_scan_pair_plain(const consent_u8 *p, const consent_u8 *end,
    consent_u8 a, consent_u8 b)
{
    for ( /* void */ ; end - p > 1; p++) {
        if (p[0] == a && p[1] == b) {
            return p;
        }
    }

    return end;
}


/* the next byte that a style sheet's reader has to know of: a quote, "(",
 * ")", "\\", "/", ";", "@", "{" or "}"; "|" is found as well */

static inline const consent_u8 *
consent_scan_css_plain(const consent_u8 *p, const consent_u8 *end)
{
    consent_u8  c;

    for ( /* void */ ; p < end; p++) {
        c = *p;

        if (c == '"' || (c >= '\'' && c <= ')') || c == '\\' || c == '/'
            || c == ';' || c == '@' || (c >= '{' && c <= '}'))
        {
            break;
        }
    }

    return p;
}


/* the next quote, "\\" or "line"; url: set if a "/", "." or "=" is passed
 * over */

static inline const consent_u8 *
consent_scan_string_plain(const consent_u8 *p, const consent_u8 *end,
    consent_u8 quote, consent_u8 line, int *url)
{
    consent_u8  c;

    for ( /* void */ ; p < end; p++) {
        c = *p;

        if (c == quote || c == '\\' || c == line) {
            break;
        }

        *url |= (c == '/' || c == '.' || c == '=');
    }

    return p;
}


#if CONSENT_SCAN_SSE2

static inline const consent_u8 *
consent_scan_string(const consent_u8 *p, const consent_u8 *end,
    consent_u8 quote, consent_u8 line, int *url)
{
    unsigned  m, u;
    __m128i   x, y, q, l;

    q = _mm_set1_epi8((char) quote);
    l = _mm_set1_epi8((char) line);

    for ( /* void */ ; end - p >= 16; p += 16) {
        x = _mm_loadu_si128((const __m128i *) (const void *) p);

        y = _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('\\')),
                         _mm_or_si128(_mm_cmpeq_epi8(x, q),
                                      _mm_cmpeq_epi8(x, l)));
        m = (unsigned) _mm_movemask_epi8(y);

        /* "." and "/" are next to each other */

        y = _mm_sub_epi8(x, _mm_set1_epi8('.'));
        y = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(y, _mm_set1_epi8(1)), y),
                         _mm_cmpeq_epi8(x, _mm_set1_epi8('=')));
        u = (unsigned) _mm_movemask_epi8(y);

        if (m) {
            *url |= (u & (m - 1) & ~m) != 0;
            return p + __builtin_ctz(m);
        }

        *url |= (int) u;
    }

    return consent_scan_string_plain(p, end, quote, line, url);
}


static inline const consent_u8 *
consent_scan_pair(const consent_u8 *p, const consent_u8 *end, consent_u8 a,
    consent_u8 b)
{
    unsigned  m;
    __m128i   va, vb;

    va = _mm_set1_epi8((char) a);
    vb = _mm_set1_epi8((char) b);

    for ( /* void */ ; end - p > 16; p += 16) {
        m = (unsigned) _mm_movemask_epi8(_mm_and_si128(
                _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)
                                               (const void *) p), va),
                _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)
                                               (const void *) (p + 1)), vb)));

        if (m) {
            return p + __builtin_ctz(m);
        }
    }

    return consent_scan_pair_plain(p, end, a, b);
}


/* of 16 bytes, a bit for each that means something in a style sheet */

static inline unsigned
consent_scan_css_16(const consent_u8 *p)
{
    __m128i  x, y, z;

    x = _mm_loadu_si128((const __m128i *) (const void *) p);

    y = _mm_sub_epi8(x, _mm_set1_epi8('{'));
    y = _mm_cmpeq_epi8(_mm_min_epu8(y, _mm_set1_epi8(2)), y);
    z = _mm_sub_epi8(x, _mm_set1_epi8('\''));
    z = _mm_cmpeq_epi8(_mm_min_epu8(z, _mm_set1_epi8(2)), z);
    y = _mm_or_si128(y, z);
    y = _mm_or_si128(y, _mm_cmpeq_epi8(x, _mm_set1_epi8('"')));
    y = _mm_or_si128(y, _mm_cmpeq_epi8(x, _mm_set1_epi8(';')));
    y = _mm_or_si128(y, _mm_cmpeq_epi8(x, _mm_set1_epi8('\\')));
    y = _mm_or_si128(y, _mm_cmpeq_epi8(x, _mm_set1_epi8('/')));
    y = _mm_or_si128(y, _mm_cmpeq_epi8(x, _mm_set1_epi8('@')));

    return (unsigned) _mm_movemask_epi8(y);
}


static inline const consent_u8 *
consent_scan_css(const consent_u8 *p, const consent_u8 *end)
{
    unsigned  m;

    for ( /* void */ ; end - p >= 16; p += 16) {
        m = consent_scan_css_16(p);

        if (m) {
            return p + __builtin_ctz(m);
        }
    }

    return consent_scan_css_plain(p, end);
}


/* FF is left to the twin */

static inline const consent_u8 *
consent_scan_blanks(const consent_u8 *p, const consent_u8 *end)
{
    unsigned  m;
    __m128i   x, y;

    for ( /* void */ ; end - p >= 16; p += 16) {
        x = _mm_loadu_si128((const __m128i *) (const void *) p);

        y = _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8(' ')),
                         _mm_cmpeq_epi8(x, _mm_set1_epi8('\n')));
        y = _mm_or_si128(y, _mm_cmpeq_epi8(x, _mm_set1_epi8('\t')));
        y = _mm_or_si128(y, _mm_cmpeq_epi8(x, _mm_set1_epi8('\r')));
        m = (unsigned) _mm_movemask_epi8(y);

        if (m != 0xffff) {
            p += __builtin_ctz(~m);

            if (*p != '\f') {
                return p;
            }

            break;
        }
    }

    return consent_scan_blanks_plain(p, end);
}


static inline size_t
consent_scan_tag(const consent_u8 *p)
{
    __m128i  x;

    x = _mm_loadu_si128((const __m128i *) (const void *) p);

    return (size_t) __builtin_ctz((unsigned) _mm_movemask_epi8(
               _mm_or_si128(
                   _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('>')),
                                _mm_cmpeq_epi8(x, _mm_set1_epi8('/'))),
                   _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(' ')), x)))
               | 0x10000);
}


static inline size_t
consent_scan_attr(const consent_u8 *p)
{
    __m128i  x;

    x = _mm_loadu_si128((const __m128i *) (const void *) p);

    return (size_t) __builtin_ctz((unsigned) _mm_movemask_epi8(
               _mm_or_si128(
                   _mm_or_si128(
                       _mm_cmpeq_epi8(x, _mm_set1_epi8('=')),
                       _mm_cmpeq_epi8(x, _mm_set1_epi8('>'))),
                   _mm_or_si128(
                       _mm_cmpeq_epi8(x, _mm_set1_epi8('/')),
                       _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(' ')),
                                      x))))
               | 0x10000);
}


static inline const consent_u8 *
consent_scan_byte(const consent_u8 *p, const consent_u8 *end, consent_u8 c)
{
    unsigned  m;
    __m128i   a, b, v;

    v = _mm_set1_epi8((char) c);

    if (end - p >= 16) {
        a = _mm_loadu_si128((const __m128i *) (const void *) p);
        m = (unsigned) _mm_movemask_epi8(_mm_cmpeq_epi8(a, v));

        if (m) {
            return p + __builtin_ctz(m);
        }

        p += 16;
    }

    while (end - p >= 32) {
        a = _mm_loadu_si128((const __m128i *) (const void *) p);
        b = _mm_loadu_si128((const __m128i *) (const void *) (p + 16));
        a = _mm_cmpeq_epi8(a, v);
        b = _mm_cmpeq_epi8(b, v);
        m = (unsigned) _mm_movemask_epi8(_mm_or_si128(a, b));

        if (m) {
            m = (unsigned) _mm_movemask_epi8(a);

            return m ? p + __builtin_ctz(m)
                     : p + 16 + __builtin_ctz((unsigned)
                                              _mm_movemask_epi8(b));
        }

        p += 32;
    }

    return consent_scan_byte_plain(p, end, c);
}


static inline const consent_u8 *
consent_scan_either(const consent_u8 *p, const consent_u8 *end, consent_u8 a,
    consent_u8 b)
{
    unsigned  m;
    __m128i   x, va, vb;

    va = _mm_set1_epi8((char) a);
    vb = _mm_set1_epi8((char) b);

    for ( /* void */ ; end - p >= 16; p += 16) {
        x = _mm_loadu_si128((const __m128i *) (const void *) p);
        m = (unsigned) _mm_movemask_epi8(_mm_or_si128(
                           _mm_cmpeq_epi8(x, va), _mm_cmpeq_epi8(x, vb)));

        if (m) {
            return p + __builtin_ctz(m);
        }
    }

    return consent_scan_either_plain(p, end, a, b);
}


/* all up to 0x20 are candidates at first, looked at one by one */

static inline const consent_u8 *
consent_scan_name(const consent_u8 *p, const consent_u8 *end)
{
    unsigned  m;
    __m128i   x;

    if (end - p >= 16) {
        x = _mm_loadu_si128((const __m128i *) (const void *) p);
        m = (unsigned) _mm_movemask_epi8(_mm_or_si128(
                _mm_or_si128(
                    _mm_cmpeq_epi8(x, _mm_set1_epi8('=')),
                    _mm_cmpeq_epi8(x, _mm_set1_epi8('>'))),
                _mm_or_si128(
                    _mm_cmpeq_epi8(x, _mm_set1_epi8('/')),
                    _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(' ')),
                                   x))));

        p += m ? __builtin_ctz(m) : 16;

        if (m && *p >= ' ') {
            return p;
        }
    }

    return consent_scan_name_plain(p, end);
}

#else

#define consent_scan_string  consent_scan_string_plain
#define consent_scan_pair    consent_scan_pair_plain
#define consent_scan_css     consent_scan_css_plain
#define consent_scan_tag     consent_scan_tag_plain
#define consent_scan_attr    consent_scan_attr_plain
#define consent_scan_byte    consent_scan_byte_plain
#define consent_scan_either  consent_scan_either_plain
#define consent_scan_name    consent_scan_name_plain
#define consent_scan_blanks  consent_scan_blanks_plain

#endif


/* the first n of the 8 bytes at p, the first lowest, n from 1 to 8 */

static inline uint64_t
consent_scan_word(const consent_u8 *p, size_t n)
{
    uint64_t  v;

#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

    memcpy(&v, p, 8);

    return v & (~(uint64_t) 0 >> (64 - n * 8));

#else

    for (v = 0; n; n--) {
        v = v << 8 | p[n - 1];
    }

    return v;

#endif
}


/* a hash of n bytes, eight at a time, the same on every machine of one
 * byte order */

static inline uint32_t
consent_scan_hash(const consent_u8 *p, size_t n)
{
    uint64_t  h, v;

    h = n;

    for ( /* void */ ; n >= 8; n -= 8, p += 8) {
        memcpy(&v, p, 8);
        h = (h ^ v) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }

    for (v = 0; n; n--, p++) {
        v = v << 8 | *p;
    }

    h = (h ^ v) * 0x9e3779b97f4a7c15u;

    return (uint32_t) (h >> 32);
}

#endif /* CONSENT_HTML_SCAN_H */
