
/*
 * Link and Set-Cookie fields: links follow one another and lie in the field;
 * what was remembered of quotes that are never closed changes nothing; what is
 * left of a field when links are taken out of it has the same others.
 */

#include "fuzz.h"
#include "consent_cookie.h"
#include "consent_link.h"

#define LINKS_MAX  4096

typedef struct {
    consent_str_t  whole;
    consent_str_t  target;
    uint32_t       types;
    uint32_t       srcset;
} found_t;


static int
same(consent_str_t a, consent_str_t b)
{
    return a.len == b.len
           && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}


static int
within(consent_str_t a, const consent_u8 *p, size_t len)
{
    return a.len == 0 || (a.data >= p && a.data + a.len <= p + len);
}


/* forget: as if each link were the first */

static size_t
links(found_t *f, const consent_u8 *p, size_t len, int forget)
{
    size_t                 n;
    consent_str_t          rest, set, url;
    const consent_u8      *at;
    static consent_link_t  link;

    rest.data = p;
    rest.len = len;
    at = p;
    link.open = NULL;

    for (n = 0; n < LINKS_MAX && consent_link_next(&rest, &link); n++) {
        fuzz_check("a link is in the field, behind the one before",
                   link.whole.len && link.whole.data >= at
                   && within(link.whole, p, len));
        fuzz_check("its address is in it",
                   within(link.target, link.whole.data, link.whole.len));
        fuzz_check("what follows does", rest.data + rest.len == p + len
                   && rest.data >= link.whole.data + link.whole.len);

        at = link.whole.data + link.whole.len;

        f[n].whole = link.whole;
        f[n].target = link.target;
        f[n].types = link.types;
        f[n].srcset = link.unread;

        set = link.srcset;

        while (consent_link_candidate(&set, &url)) {
            fuzz_check("a candidate is in the list",
                       within(url, link.srcset.data, link.srcset.len));
            f[n].srcset = f[n].srcset * 31 + (uint32_t) url.len + 1;
        }

        if (forget) {
            link.open = NULL;
        }
    }

    return n;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t             i, k, n, len;
    consent_u8        *in;
    consent_str_t      name, field;
    static found_t     one[LINKS_MAX], two[LINKS_MAX];
    static consent_u8  left[3 * 8192];

    if (size > 8192) {
        return 0;
    }

    in = fuzz_piece(data, size);

    n = links(one, in, size, 0);
    fuzz_check("remembered or not", links(two, in, size, 1) == n);

    for (i = 0; i < n; i++) {
        fuzz_check("it is the same link",
                   one[i].whole.data == two[i].whole.data
                   && same(one[i].whole, two[i].whole)
                   && same(one[i].target, two[i].target)
                   && one[i].types == two[i].types
                   && one[i].srcset == two[i].srcset);
    }

    /* those that load are taken out, as the filter does */

    for (i = len = 0; i < n; i++) {
        if (one[i].types) {
            continue;
        }

        if (len) {
            left[len++] = ',';
            left[len++] = ' ';
        }

        memcpy(left + len, one[i].whole.data, one[i].whole.len);
        len += one[i].whole.len;
    }

    k = links(two, left, len, 0);

    for (i = 0; i < k; i++) {
        fuzz_check("none that loads is left", two[i].types == 0);
    }

    field.data = in;
    field.len = size;
    name = consent_set_cookie_name(field);
    fuzz_check("a cookie's name is in its field", within(name, in, size));
    fuzz_check("without what ends one",
               name.len == 0 || (memchr(name.data, ';', name.len) == NULL
                                 && memchr(name.data, '=', name.len) == NULL));

    fuzz_piece_gone(size);

    return 0;
}
