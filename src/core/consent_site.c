
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


int
consent_url_same_site(consent_str_t a, consent_str_t b)
{
    /* one host, and most of what is not of one site, needs no list */

    if (a.len == 0 || b.len == 0
        || a.data[a.len - 1] != b.data[b.len - 1])
    {
        return 0;
    }

    if (a.len == b.len && memcmp(a.data, b.data, a.len) == 0) {
        return 1;
    }

    a = consent_url_site(a);
    b = consent_url_site(b);

    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}
