
/*
 * Registrable domains by the public suffix list, as libpsl has it built in.
 */

#include <libpsl.h>

#include "consent_url.h"


/* what DNS can hold; a longer name has no site but itself */

#define CONSENT_SITE_NAME_MAX  255


static int
consent_site_is_ip(consent_str_t host)
{
    size_t  i;

    if (host.data[0] == '[') {
        return 1;
    }

    /* after URL parsing a last label of digits is an IPv4 address */

    for (i = host.len; i && host.data[i - 1] != '.'; i--) {
        if (host.data[i - 1] < '0' || host.data[i - 1] > '9') {
            return 0;
        }
    }

    return 1;
}


consent_str_t
consent_url_site(consent_str_t host)
{
    char             name[CONSENT_SITE_NAME_MAX + 1];
    size_t           n;
    const char      *site;
    const psl_ctx_t  *psl;

    if (host.len == 0 || host.len > CONSENT_SITE_NAME_MAX
        || memchr(host.data, '.', host.len) == NULL
        || consent_site_is_ip(host))
    {
        return host;
    }

    psl = psl_builtin();

    if (psl == NULL) {
        return host;
    }

    memcpy(name, host.data, host.len);
    name[host.len] = '\0';

    site = psl_registrable_domain(psl, name);

    if (site == NULL) {
        return host;
    }

    n = (size_t) (site - name);

    host.data += n;
    host.len -= n;

    return host;
}


/* a site has two labels at least, where it has a dot */

static int
consent_site_differs(consent_str_t a, consent_str_t b)
{
    size_t    i, j;
    unsigned  dots;

    for (i = a.len, j = b.len, dots = 0; i && j; i--, j--) {

        if (a.data[i - 1] != b.data[j - 1]) {
            return 1;
        }

        if (a.data[i - 1] == '.' && ++dots == 2) {
            return 0;
        }
    }

    /* one is at its end: so must the other be, or its label */

    return (i && a.data[i - 1] != '.') || (j && b.data[j - 1] != '.');
}


int
consent_url_same_site(consent_str_t a, consent_str_t b)
{
    /* one host, and most of what is not of one site, needs no list */

    if (a.len == 0 || b.len == 0 || consent_site_differs(a, b)) {
        return 0;
    }

    if (a.len == b.len && memcmp(a.data, b.data, a.len) == 0) {
        return 1;
    }

    a = consent_url_site(a);
    b = consent_url_site(b);

    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}
