
/*
 * What the guard's data are written with: text that is good inside of a
 * script, and fingerprints.
 */

#include <stdlib.h>

#include "consent_guard.h"
#include "consent_guard_int.h"


static const char  consent_guard_base64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";


uint32_t
consent_guard_hash(uint32_t seed, const consent_u8 *name, size_t len)
{
    uint32_t  a, b;

    a = seed;
    b = 0x41c6ce57u;

    while (len--) {
        a = (a ^ name[len]) * 2654435761u;
        b = (b ^ name[len]) * 1597334677u;
    }

    return ((a ^ (a >> 16)) * 2246822507u) ^ ((b ^ (b >> 13)) * 3266489909u);
}


uint32_t
consent_guard_print(const consent_u8 *name, size_t len, unsigned bits)
{
    return consent_guard_hash(CONSENT_GUARD_SEED, name, len) >> (32 - bits);
}


void
consent_guard_put(consent_guard_out_t *o, const void *data, size_t len)
{
    if (o->p && len) {
        memcpy(o->p + o->n, data, len);
    }

    o->n += len;
}


void
consent_guard_number(consent_guard_out_t *o, int64_t n)
{
    char    buf[24];
    size_t  i;

    i = sizeof(buf);

    if (n < 0) {
        consent_guard_lit(o, "-");
        n = -n;
    }

    do {
        buf[--i] = (char) ('0' + n % 10);
        n /= 10;
    } while (n);

    consent_guard_put(o, buf + i, sizeof(buf) - i);
}


/* nothing in it ends a string, a script or a line */

void
consent_guard_text(consent_guard_out_t *o, const consent_u8 *s, size_t len)
{
    size_t             i;
    consent_u8         c;
    char               esc[6] = { '\\', 'u', '0', '0' };

    static const char  hex[] = "0123456789abcdef";

    for (i = 0; i < len; i++) {
        c = s[i];

        if (c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '\''
            || c == 0x7f)
        {
            esc[4] = hex[c >> 4];
            esc[5] = hex[c & 15];
            consent_guard_put(o, esc, 6);

        } else {
            consent_guard_put(o, &c, 1);
        }
    }
}


void
consent_guard_quote(consent_guard_out_t *o, consent_str_t s)
{
    consent_guard_lit(o, "\"");
    consent_guard_text(o, s.data, s.len);
    consent_guard_lit(o, "\"");
}


/* the highest first */

static void
consent_guard_bits(consent_guard_out_t *o, uint32_t value, unsigned n)
{
    for ( /* void */ ; n; n--) {
        o->bits = o->bits << 1 | (value >> (n - 1) & 1);

        if (++o->nbits == 6) {
            if (o->letters) {
                o->letters[o->nletters] = (consent_u8)
                                          consent_guard_base64[o->bits & 63];
            }

            o->nletters++;
            o->nbits = 0;
        }
    }
}


/* whole bytes, as base64 without padding has to have */

void
consent_guard_prints_end(consent_guard_out_t *o)
{
    while (o->nbits || o->nletters % 4) {
        consent_guard_bits(o, 0, 1);
    }
}


static int
consent_guard_compare(const void *one, const void *two)
{
    const consent_guard_key_t  *a = one, *b = two;

    return (a->print > b->print) - (a->print < b->print);
}


/* a list may have a line many times */

size_t
consent_guard_unique(consent_guard_key_t *keys, size_t n)
{
    size_t  i, k;

    qsort(keys, n, sizeof(consent_guard_key_t), consent_guard_compare);

    for (i = 0, k = 0; i < n; i++) {
        if (k == 0 || keys[i].print != keys[k - 1].print) {
            keys[k++] = keys[i];
        }
    }

    return k;
}


/*
 * Each difference as its part above k bits, in ones ended by a zero, and those
 * bits.  k is what makes it shortest.
 */

void
consent_guard_prints(consent_guard_out_t *o, consent_guard_key_t *keys,
    size_t n)
{
    size_t    i;
    uint32_t  d;
    uint64_t  size, best;
    unsigned  k, at;

    qsort(keys, n, sizeof(consent_guard_key_t), consent_guard_compare);

    best = UINT64_MAX;
    at = 0;

    for (k = 8; k < 32; k++) {
        size = 0;

        for (i = 0; i < n && size < best; i++) {
            d = keys[i].print - (i ? keys[i - 1].print : 0);
            size += (d >> k) + 1 + k;
        }

        if (size < best) {
            best = size;
            at = k;
        }
    }

    consent_guard_number(o, (int64_t) n);
    consent_guard_lit(o, ",");
    consent_guard_number(o, at);

    for (i = 0; i < n; i++) {
        d = keys[i].print - (i ? keys[i - 1].print : 0);

        for (k = d >> at; k; k--) {
            consent_guard_bits(o, 1, 1);
        }

        consent_guard_bits(o, 0, 1);
        consent_guard_bits(o, d, at);
    }
}


void
consent_guard_set(consent_guard_out_t *o, int of, consent_guard_key_t *keys,
    size_t n)
{
    if (n) {
        consent_guard_lit(o, "[");
        consent_guard_number(o, of);
        consent_guard_lit(o, ",");
        consent_guard_prints(o, keys, n);
        consent_guard_lit(o, "],\n");
    }
}
