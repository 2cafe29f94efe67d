
/*
 * Cookies by name, for a page's guard.
 *
 * Whole names and beginnings are fingerprints.  What follows from the rest is
 * left out: a name that its beginning says the same of, a beginning of one
 * that is there, and of what must stay whatever a beginning says all that no
 * beginning could say anything of.
 */

#include "consent_cookies.h"
#include "consent_guard_int.h"


size_t
consent_guard_ncookies(void)
{
    return consent_cookie_mask + 1 + consent_cookie_nprefixes;
}


static void
consent_guard_own_cookies(consent_guard_out_t *o,
    const consent_guard_conf_t *conf)
{
    size_t  i;

    consent_guard_lit(o, "cookies:[");

    for (i = 0; i < conf->ncookies; i++) {
        consent_guard_lit(o, "[");
        consent_guard_number(o, conf->cookies[i].category);
        consent_guard_lit(o, ",");
        consent_guard_quote(o, conf->cookies[i].name);
        consent_guard_lit(o, "],");
    }

    consent_guard_lit(o, "],\n");
}


static size_t
consent_guard_cookie_names(consent_guard_key_t *keys, int category)
{
    size_t                        n;
    uint32_t                      i, k;
    consent_str_t                 name;
    const consent_cookie_name_t  *c;

    for (n = 0, i = 0; i <= consent_cookie_mask; i++) {
        k = consent_cookie_slots[i];

        if (k == 0 || consent_cookie_names[k - 1].category != category) {
            continue;
        }

        c = &consent_cookie_names[k - 1];

        name.data = (const consent_u8 *) c->name;
        name.len = c->len;

        if (consent_cookie_pattern(name) != category) {
            keys[n++].print = consent_guard_print(name.data, name.len,
                                                  CONSENT_GUARD_COOKIE_BITS);
        }
    }

    return n;
}


/* does one name begin as the other is? */

static int
consent_guard_begins(const consent_cookie_name_t *name, const char *with,
    size_t len)
{
    return name->len >= len && memcmp(name->name, with, len) == 0;
}


static size_t
consent_guard_cookie_starts(consent_guard_key_t *keys, int category)
{
    size_t                        n;
    uint32_t                      i, k;
    const consent_cookie_name_t  *c, *p;

    for (n = 0, i = 0; i < consent_cookie_nprefixes; i++) {
        c = &consent_cookie_prefixes[i];

        if (c->category != category) {
            continue;
        }

        for (k = 0; k < consent_cookie_nprefixes; k++) {
            p = &consent_cookie_prefixes[k];

            if (k != i && p->category == category
                && consent_guard_begins(c, p->name, p->len))
            {
                break;
            }
        }

        if (k == consent_cookie_nprefixes) {
            keys[n++].print = consent_guard_print((const consent_u8 *)
                                                  c->name, c->len,
                                                  CONSENT_GUARD_START_BITS);
        }
    }

    return n;
}


static void
consent_guard_cookie_sets(consent_guard_out_t *o, consent_guard_key_t *keys,
    size_t (*set)(consent_guard_key_t *keys, int category))
{
    int  category;

    for (category = CONSENT_FUNCTIONAL; category <= CONSENT_MARKETING;
         category++)
    {
        consent_guard_set(o, category, keys, set(keys, category));
    }

    consent_guard_lit(o, "],\n");
}


/* may names like this one begin as one of those that are withheld? */

static int
consent_guard_never_asked(const consent_cookie_name_t *never)
{
    int                           tail;
    size_t                        len, i;
    uint32_t                      k;
    consent_u8                    c;
    const consent_cookie_name_t  *p;

    if (never->name[0] == '*') {
        return 1;
    }

    tail = never->len && never->name[never->len - 1] == '*';
    len = (size_t) never->len - (size_t) tail;

    for (k = 0; k < consent_cookie_nprefixes; k++) {
        p = &consent_cookie_prefixes[k];

        for (i = 0; i < p->len && i < len; i++) {
            c = (consent_u8) p->name[i];

            /* the list of what must stay is in small letters */

            if (c >= 'A' && c <= 'Z') {
                c |= 0x20;
            }

            if (c != (consent_u8) never->name[i]) {
                break;
            }
        }

        if (i == p->len || (i == len && tail)) {
            return 1;
        }
    }

    return 0;
}


static void
consent_guard_never(consent_guard_out_t *o)
{
    uint32_t                      i, n;
    const consent_cookie_name_t  *c;

    consent_guard_lit(o, "never:\"");

    for (n = 0, i = 0; i < consent_cookie_nnever; i++) {
        c = &consent_cookie_never[i];

        if (consent_guard_never_asked(c)) {
            if (n++) {
                consent_guard_lit(o, " ");
            }

            consent_guard_text(o, (const consent_u8 *) c->name, c->len);
        }
    }

    consent_guard_lit(o, "\",\n");
}


void
consent_guard_cookies(consent_guard_out_t *o,
    const consent_guard_conf_t *conf, consent_guard_key_t *keys)
{
    if (conf->cookies) {
        consent_guard_own_cookies(o, conf);
        return;
    }

    consent_guard_lit(o, "names:[");
    consent_guard_cookie_sets(o, keys, consent_guard_cookie_names);

    consent_guard_lit(o, "starts:[");
    consent_guard_cookie_sets(o, keys, consent_guard_cookie_starts);

    consent_guard_never(o);
}
