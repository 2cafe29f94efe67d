
/*
 * What a filter says after its "$": the types of requests it is for, whose
 * they are, and the pages.
 */

#include <stdlib.h>

#include "consent_list.h"


typedef struct {
    const char             *name;
    uint32_t                types;
} consent_list_type_t;


#define consent_list_bit(t)  (1u << CONSENT_TYPE_##t)

static const consent_list_type_t  consent_list_types[] = {
    { "script",            consent_list_bit(SCRIPT) },
    { "image",             consent_list_bit(IMAGE) },
    { "background",        consent_list_bit(IMAGE) },
    { "stylesheet",        consent_list_bit(STYLESHEET) },
    { "css",               consent_list_bit(STYLESHEET) },
    { "object",            consent_list_bit(OBJECT) },
    { "object-subrequest", consent_list_bit(OBJECT) },
    { "xmlhttprequest",    consent_list_bit(XHR) },
    { "xhr",               consent_list_bit(XHR) },
    { "subdocument",       consent_list_bit(SUBDOCUMENT) },
    { "frame",             consent_list_bit(SUBDOCUMENT) },
    { "ping",              consent_list_bit(PING) },
    { "beacon",            consent_list_bit(PING) },
    { "websocket",         consent_list_bit(WEBSOCKET) },
    { "media",             consent_list_bit(MEDIA) },
    { "font",              consent_list_bit(FONT) },
    { "other",             consent_list_bit(OTHER) },

    /* kinds of requests that are not asked about here */

    { "document",          0 },
    { "doc",               0 },
    { "popup",             0 },
    { "popunder",          0 },
    { "webrtc",            0 },
    { "speculative",       0 }
};


/* one pass over "a.com|~b.a.com|c.*" for one of its four kinds */

static uint32_t
consent_list_domain_kind(const consent_u8 *s, size_t len, int no, int entity,
    uint32_t *to, int *valid)
{
    int        is_no, is_entity;
    size_t     i, n;
    uint32_t   count;

    for (count = 0; len; /* void */ ) {

        for (n = 0; n < len && s[n] != '|'; n++) { /* void */ }

        is_no = n > 0 && s[0] == '~';
        i = (size_t) is_no;
        is_entity = n > i + 2 && s[n - 1] == '*' && s[n - 2] == '.';

        if (n == i || s[i] == '/' || memchr(s + i, '*', n - i - (size_t)
                                            (is_entity ? 1 : 0)))
        {
            *valid = 0;
        }

        if (is_no == no && is_entity == entity) {
            to[count++] = consent_list_hash_back(s + i, n - i
                                                 - (is_entity ? 2 : 0));
        }

        s += n;
        len -= n;

        if (len) {
            s++;
            len--;
        }
    }

    if (count > 1) {
        qsort(to, count, sizeof(uint32_t), consent_list_compare);
    }

    return count;
}


static consent_domains_t *
consent_list_domains(consent_list_read_t *r, const consent_u8 *s, size_t len,
    int *valid)
{
    size_t              i, n;
    uint32_t           *h;
    consent_domains_t  *d;

    for (n = 1, i = 0; i < len; i++) {
        n += (s[i] == '|');
    }

    d = consent_list_alloc(r, sizeof(consent_domains_t)
                              + n * sizeof(uint32_t));
    if (d == NULL) {
        return NULL;
    }

    h = (uint32_t *) (d + 1);
    d->hashes = h;

    d->yes = consent_list_domain_kind(s, len, 0, 0, h, valid);
    h += d->yes;
    d->no = consent_list_domain_kind(s, len, 1, 0, h, valid);
    h += d->no;
    d->entity_yes = consent_list_domain_kind(s, len, 0, 1, h, valid);
    h += d->entity_yes;
    d->entity_no = consent_list_domain_kind(s, len, 1, 1, h, valid);

    return d;
}


/* one option; 0: the filter is none that can be used */

static int
consent_list_option(consent_list_read_t *r, consent_filter_t *f,
    const consent_u8 *s, size_t len, uint32_t *yes, uint32_t *no, int *typed)
{
    int                 neg, valid;
    size_t              i, n;
    const consent_u8   *eq;
    consent_domains_t  *d;

    neg = len > 0 && s[0] == '~';
    s += neg;
    len -= (size_t) neg;

    eq = memchr(s, '=', len);

    if (eq) {
        n = (size_t) (eq - s);
        valid = 1;

        if (!consent_list_is(s, n, "domain") && !consent_list_is(s, n, "from")
            && !consent_list_is(s, n, "denyallow"))
        {
            return 0;
        }

        d = consent_list_domains(r, eq + 1, len - n - 1, &valid);

        if (d == NULL || !valid || len == n + 1) {
            return 0;
        }

        if (s[0] == 'd' && s[1] == 'e') {
            f->deny = d;

        } else {
            f->domains = d;
        }

        return 1;
    }

    if (consent_list_is(s, len, "third-party") || consent_list_is(s, len, "3p"))
    {
        f->flags |= neg ? CONSENT_FILTER_FIRST : CONSENT_FILTER_THIRD;
        return 1;
    }

    if (consent_list_is(s, len, "first-party") || consent_list_is(s, len, "1p"))
    {
        f->flags |= neg ? CONSENT_FILTER_THIRD : CONSENT_FILTER_FIRST;
        return 1;
    }

    if (consent_list_is(s, len, "match-case")) {
        f->flags |= CONSENT_FILTER_CASE;
        return !neg;
    }

    if (consent_list_is(s, len, "important")) {
        f->flags |= CONSENT_FILTER_IMPORTANT;
        return !neg;
    }

    if (consent_list_is(s, len, "badfilter")) {
        f->flags |= CONSENT_FILTER_BAD;
        return !neg;
    }

    if (consent_list_is(s, len, "all")) {
        *yes |= CONSENT_FILTER_TYPES;
        *typed = 1;
        return !neg;
    }

    if (len && s[0] == '_') {                     /* a filler */
        return 1;
    }

    for (i = 0;
         i < sizeof(consent_list_types) / sizeof(consent_list_types[0]);
         i++)
    {
        if (consent_list_is(s, len, consent_list_types[i].name)) {

            if (neg) {
                *no |= consent_list_types[i].types;

            } else {
                *yes |= consent_list_types[i].types;
                *typed = 1;
            }

            return 1;
        }
    }

    return 0;
}


int
consent_list_options(consent_list_read_t *r, consent_filter_t *f,
    const consent_u8 *s, size_t len)
{
    int       typed;
    size_t    n;
    uint32_t  yes, no;

    yes = 0;
    no = 0;
    typed = 0;

    for ( ;; ) {

        for (n = 0; n < len && s[n] != ','; n++) { /* void */ }

        if (!consent_list_option(r, f, s, n, &yes, &no, &typed)) {
            return 0;
        }

        if (n == len) {
            break;
        }

        s += n + 1;
        len -= n + 1;
    }

    f->types = (typed ? yes : CONSENT_FILTER_TYPES) & ~no;

    return f->types != 0 || (f->flags & CONSENT_FILTER_BAD);
}
