
/*
 * The splitting of Cookie (RFC 6265bis, 5.8) and Set-Cookie.
 */

#include "consent_cookie.h"


static int
consent_is_space(consent_u8 ch)
{
    return ch == ' ' || ch == '\t';
}


static void
consent_trim(const consent_u8 **p, const consent_u8 **end)
{
    while (*p < *end && consent_is_space(**p)) {
        (*p)++;
    }

    while (*end > *p && consent_is_space((*end)[-1])) {
        (*end)--;
    }
}


int
consent_cookie_next(consent_str_t header, size_t *pos, consent_str_t *name,
    consent_str_t *value, size_t *start, size_t *end)
{
    const consent_u8  *p, *last, *stop, *eq, *nend;

    stop = header.data + header.len;

    while (*pos < header.len) {

        p = header.data + *pos;

        last = memchr(p, ';', header.len - *pos);
        if (last == NULL) {
            last = stop;
        }

        *start = *pos;
        *end = (size_t) (last - header.data);
        *pos = *end + (last < stop);

        consent_trim(&p, &last);

        if (p == last) {
            continue;
        }

        eq = memchr(p, '=', (size_t) (last - p));

        if (eq == NULL) {

            /* no "=": a nameless cookie, all of it is the value */

            name->data = p;
            name->len = 0;
            value->data = p;
            value->len = (size_t) (last - p);
            return 1;
        }

        nend = eq;
        name->data = p;
        consent_trim(&p, &nend);
        name->data = p;
        name->len = (size_t) (nend - p);

        p = eq + 1;
        consent_trim(&p, &last);
        value->data = p;
        value->len = (size_t) (last - p);

        return 1;
    }

    return 0;
}


unsigned
consent_cookie_find(consent_str_t header, consent_str_t name,
    consent_str_t *value)
{
    unsigned           n;
    const consent_u8  *p, *q, *last, *stop;

    n = 0;
    stop = header.data + header.len;

    for (p = header.data; p < stop; p = last + 1) {

        last = memchr(p, ';', (size_t) (stop - p));
        if (last == NULL) {
            last = stop;
        }

        while (p < last && consent_is_space(*p)) {
            p++;
        }

        if ((size_t) (last - p) <= name.len || *p != *name.data
            || memcmp(p, name.data, name.len) != 0)
        {
            continue;
        }

        for (p += name.len; p < last && consent_is_space(*p); p++) {
            /* void */
        }

        if (p == last || *p != '=') {
            continue;
        }

        p++;
        q = last;
        consent_trim(&p, &q);

        value->data = p;
        value->len = (size_t) (q - p);
        n++;
    }

    return n;
}


consent_str_t
consent_set_cookie_name(consent_str_t header)
{
    consent_str_t      name;
    const consent_u8  *p, *end, *eq;

    p = header.data;
    end = p + header.len;

    if (header.len) {
        eq = memchr(p, ';', header.len);
        if (eq) {
            end = eq;
        }
    }

    eq = (end > p) ? memchr(p, '=', (size_t) (end - p)) : NULL;

    if (eq == NULL) {
        name.data = p;
        name.len = 0;
        return name;
    }

    end = eq;
    consent_trim(&p, &end);

    name.data = p;
    name.len = (size_t) (end - p);

    return name;
}
