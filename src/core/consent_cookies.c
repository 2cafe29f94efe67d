
/*
 * What a cookie is by its name.
 */

#include "consent_rules.h"
#include "consent_cookies.h"


static consent_u8
consent_cookie_lower(consent_u8 c)
{
    return (c >= 'A' && c <= 'Z') ? c | 0x20 : c;
}


/* '*' at the start, at the end, or both; without regard to case */

static int
consent_cookie_like(const consent_cookie_name_t *n, consent_str_t name)
{
    int          head, tail;
    size_t       i, k, len;
    const char  *p;

    p = n->name;
    len = n->len;
    head = len && p[0] == '*';
    tail = len > 1 && p[len - 1] == '*';

    p += head;
    len -= (size_t) (head + tail);

    if (name.len < len || (!head && !tail && name.len != len)) {
        return 0;
    }

    for (i = (head && !tail) ? name.len - len : 0;
         i + len <= name.len;
         i++)
    {
        for (k = 0; k < len; k++) {
            if (consent_cookie_lower(name.data[i + k]) != (consent_u8) p[k]) {
                break;
            }
        }

        if (k == len) {
            return 1;
        }

        if (!head) {
            break;
        }
    }

    return 0;
}


static int
consent_cookie_exact(consent_str_t name)
{
    size_t                        i;
    uint32_t                      h, at, k;
    const consent_cookie_name_t  *n;

    h = 2166136261u;

    for (i = 0; i < name.len; i++) {
        h = (h ^ name.data[i]) * 16777619u;
    }

    for (at = h & consent_cookie_mask;
         (k = consent_cookie_slots[at]) != 0;
         at = (at + 1) & consent_cookie_mask)
    {
        n = &consent_cookie_names[k - 1];

        if (n->len == name.len && memcmp(n->name, name.data, name.len) == 0) {
            return n->category;
        }
    }

    return CONSENT_CATEGORY_NONE;
}


/*
 * Names that our own table spells out are asked first; a database's pattern
 * never speaks against the list of those that must stay.
 */

int
consent_rules_cookie(consent_str_t name)
{
    int  category;

    if (name.len == 0 || name.len > 255) {
        return CONSENT_CATEGORY_NONE;
    }

    category = consent_cookie_exact(name);

    return category != CONSENT_CATEGORY_NONE ? category
                                             : consent_cookie_pattern(name);
}


int
consent_cookie_pattern(consent_str_t name)
{
    uint32_t                      i;
    const consent_cookie_name_t  *n;

    for (i = 0; i < consent_cookie_nnever; i++) {
        if (consent_cookie_like(&consent_cookie_never[i], name)) {
            return CONSENT_CATEGORY_NONE;
        }
    }

    for (i = 0; i < consent_cookie_nprefixes; i++) {
        n = &consent_cookie_prefixes[i];

        if (name.len >= n->len && memcmp(n->name, name.data, n->len) == 0) {
            return n->category;
        }
    }

    return CONSENT_CATEGORY_NONE;
}
