
/*
 * The basic URL parser of the WHATWG standard, as far as a request goes: no
 * fragment and no userinfo.  https://url.spec.whatwg.org/#url-parsing
 *
 * One pass over the input, one over the buffer.  Tabs and newlines are
 * passed over where they stand, so that any number of them costs no memory
 * and the host is found behind whatever is put before it.
 */

#include "consent_host.h"
#include "consent_url_int.h"

#define CONSENT_URL_SCHEME_MAX  64


static const struct {
    const char        *name;
    consent_u8         len;
    consent_u8         scheme;
    consent_u8         special;
    uint16_t           port;
} consent_url_schemes[] = {
    { "https", 5, CONSENT_SCHEME_HTTPS, 1, 443 },
    { "http", 4, CONSENT_SCHEME_HTTP, 1, 80 },
    { "data", 4, CONSENT_SCHEME_DATA, 0, 0 },
    { "javascript", 10, CONSENT_SCHEME_JAVASCRIPT, 0, 0 },
    { "wss", 3, CONSENT_SCHEME_WSS, 1, 443 },
    { "ws", 2, CONSENT_SCHEME_WS, 1, 80 },
    { "about", 5, CONSENT_SCHEME_ABOUT, 0, 0 },
    { "blob", 4, CONSENT_SCHEME_BLOB, 0, 0 },
    { "file", 4, CONSENT_SCHEME_FILE, 1, 0 },
    { "ftp", 3, CONSENT_SCHEME_FTP, 1, 21 },
    { NULL, 0, CONSENT_SCHEME_OTHER, 0, 0 }
};


/*
 * A scheme with its ":", lower case, into name.  Returns its length, and in
 * is after it; or 0, and in is where it was.  Too long a one is
 * CONSENT_URL_SCHEME_MAX: no scheme that loads anything is.
 */

static size_t
consent_url_scheme(consent_url_in_t *in, consent_u8 *name)
{
    int               c;
    size_t            n;
    consent_url_in_t  r;

    r = *in;
    n = 0;

    for ( ;; ) {
        c = consent_url_peek(&r);

        if (c < 0) {
            return 0;
        }

        r.p++;

        if (c >= 'A' && c <= 'Z') {
            c |= 0x20;
        }

        if ((c >= 'a' && c <= 'z')
            || (n && ((c >= '0' && c <= '9') || c == '+' || c == '-'
                      || c == '.')))
        {
            if (n < CONSENT_URL_SCHEME_MAX) {
                name[n++] = (consent_u8) c;
            }

            continue;
        }

        if (c != ':' || n == 0) {
            return 0;
        }

        *in = r;

        return n;
    }
}


/* what of a base can be resolved against: not "data:,x" and the like */

static int
consent_url_opaque(const consent_url_t *url)
{
    return !url->special && url->host.len == 0
           && (url->path.len == 0 || url->path.data[0] != '/');
}


/*
 * [userinfo@]host[:port], written after "//".  A host is there or the URL is
 * none; a default port is not written.
 */

static int
consent_url_authority(consent_url_t *url, consent_url_out_t *w,
    consent_url_in_t *in, uint16_t default_port)
{
    int                c, ip, bracket, digits;
    size_t             n;
    uint32_t           port;
    const consent_u8  *p, *host, *colon, *end;
    consent_u8         name[CONSENT_HOST_MAX], text[6];

    host = in->p;

    for (p = in->p; p < in->end; p++) {
        c = *p;

        if (c == '/' || c == '?' || c == '#' || (c == '\\' && url->special)) {
            break;
        }

        if (c == '@') {
            host = p + 1;
        }
    }

    end = p;
    in->p = end;
    bracket = 0;

    for (colon = host; colon < end; colon++) {
        if (*colon == '[') {
            bracket = 1;

        } else if (*colon == ']') {
            bracket = 0;

        } else if (*colon == ':' && !bracket) {
            break;
        }
    }

    port = 0;
    digits = 0;

    for (p = colon + 1; p < end; p++) {
        if (consent_url_stripped(*p)) {
            continue;
        }

        if (*p < '0' || *p > '9') {
            return CONSENT_DECLINED;
        }

        digits = 1;
        port = port * 10 + *p - '0';

        if (port > 65535) {
            return CONSENT_DECLINED;
        }
    }

    if (consent_host_parse(host, (size_t) (colon - host), url->special, name,
                           &n, &ip)
        != CONSENT_OK)
    {
        return CONSENT_DECLINED;
    }

    /* what is cut is never the host */

    if ((size_t) (w->end - w->p) < n + sizeof(text)) {
        return CONSENT_DECLINED;
    }

    url->ip = (ip != 0);
    url->host.data = w->p;
    url->host.len = n;

    consent_url_put(w, name, n);

    if (digits && port != default_port) {
        url->port = (uint16_t) port;

        n = sizeof(text);

        do {
            text[--n] = (consent_u8) ('0' + port % 10);
            port /= 10;
        } while (port);

        consent_url_put(w, ":", 1);
        consent_url_put(w, text + n, sizeof(text) - n);
    }

    return CONSENT_OK;
}


/* scheme, host and port of the base */

static int
consent_url_inherit(consent_url_t *url, consent_url_out_t *w,
    const consent_url_t *base)
{
    size_t  n;

    n = (size_t) (base->path.data - base->href.data);

    if ((size_t) (w->end - w->p) < n + 1) {
        return CONSENT_DECLINED;
    }

    w->p = w->start;
    consent_url_put(w, base->href.data, n);

    url->port = base->port;
    url->ip = base->ip;

    if (base->host.len) {
        url->host.data = w->start + (base->host.data - base->href.data);
        url->host.len = base->host.len;
    }

    return CONSENT_OK;
}


/* a reference without a scheme, or with the base's own */

static int
consent_url_relative(consent_url_t *url, const consent_url_t *base,
    consent_url_out_t *w, consent_url_in_t *in, uint16_t port)
{
    int          c;
    size_t       n;
    consent_u8  *path;

    c = consent_url_peek(in);

    if (consent_url_slash(c, url->special)
        && consent_url_slash(consent_url_peek2(in), url->special))
    {
        consent_url_put(w, "//", 2);

        in->p++;
        (void) consent_url_peek(in);
        in->p++;

        if (url->special && url->scheme != CONSENT_SCHEME_FILE) {
            while (consent_url_slash(consent_url_peek(in), 1)) {
                in->p++;
            }
        }

        if (url->scheme == CONSENT_SCHEME_FILE || !url->special) {
            c = consent_url_peek(in);

            if (c < 0 || c == '/' || c == '?' || c == '#'
                || consent_url_slash(c, url->special))
            {
                return consent_url_tail(url, w, in, NULL);
            }
        }

        if (consent_url_authority(url, w, in, port) != CONSENT_OK) {
            return CONSENT_DECLINED;
        }

        return consent_url_tail(url, w, in, NULL);
    }

    if (base == NULL || consent_url_inherit(url, w, base) != CONSENT_OK) {
        return CONSENT_DECLINED;
    }

    if (consent_url_slash(c, url->special)) {
        return consent_url_tail(url, w, in, NULL);
    }

    path = w->p;
    n = base->path.len;

    if (c >= 0 && c != '?' && c != '#') {
        while (n && base->path.data[n - 1] != '/') {
            n--;
        }

        if (n == 0) {
            consent_url_put(w, "/", 1);
        }
    }

    consent_url_put(w, base->path.data, n);

    if (c >= 0 && c != '?' && c != '#') {
        return consent_url_tail(url, w, in, path);
    }

    url->path.data = path;
    url->path.len = (size_t) (w->p - path);

    if (c == '?') {
        in->p++;
        consent_url_put(w, "?", 1);
        url->query.data = w->p;
        consent_url_copy(w, in, consent_url_query_set, '#');
        url->query.len = (size_t) (w->p - url->query.data);

    } else if (base->query.data) {
        consent_url_put(w, "?", 1);
        url->query.data = w->p;
        consent_url_put(w, base->query.data, base->query.len);
        url->query.len = (size_t) (w->p - url->query.data);
    }

    url->href.data = w->start;
    url->href.len = (size_t) (w->p - w->start);
    url->truncated = w->full;

    return CONSENT_OK;
}


/* without a scheme: against the base, or nothing */

static int
consent_url_schemeless(consent_url_t *url, const consent_url_t *base,
    consent_url_out_t *w, consent_url_in_t *in)
{
    size_t    n;
    unsigned  i;

    if (base == NULL) {
        return CONSENT_DECLINED;
    }

    if (consent_url_opaque(base)) {
        if (consent_url_peek(in) != '#'
            || (size_t) (w->end - w->p) < base->href.len)
        {
            return CONSENT_DECLINED;
        }

        *url = *base;
        consent_url_put(w, base->href.data, base->href.len);

        url->href.data = w->start;
        url->host.data = w->start;
        url->path.data = w->start + (base->path.data - base->href.data);

        if (base->query.data) {
            url->query.data = w->start + (base->query.data
                                          - base->href.data);
        }

        return CONSENT_OK;
    }

    for (n = 0; n < base->href.len && base->href.data[n] != ':'; n++) {
        /* void */
    }

    if ((size_t) (w->end - w->p) < n + 3) {
        return CONSENT_DECLINED;
    }

    consent_url_put(w, base->href.data, n + 1);

    for (i = 0; consent_url_schemes[i].name; i++) {
        if (consent_url_schemes[i].scheme == base->scheme) {
            break;
        }
    }

    url->scheme = base->scheme;
    url->special = base->special;

    return consent_url_relative(url, base, w, in,
                                consent_url_schemes[i].port);
}


/* after the ":" of a special scheme: any number of slashes will do */

static int
consent_url_special(consent_url_t *url, const consent_url_t *base,
    consent_url_out_t *w, consent_url_in_t *in, uint16_t port)
{
    int  slashes;

    slashes = consent_url_slash(consent_url_peek(in), 1)
              && consent_url_slash(consent_url_peek2(in), 1);

    if (slashes || (base != NULL && base->scheme == url->scheme)) {
        return consent_url_relative(url, base, w, in, port);
    }

    consent_url_put(w, "//", 2);

    if (url->scheme != CONSENT_SCHEME_FILE) {
        if (consent_url_slash(consent_url_peek(in), 1)) {
            in->p++;
        }

        if (consent_url_authority(url, w, in, port) != CONSENT_OK) {
            return CONSENT_DECLINED;
        }
    }

    return consent_url_tail(url, w, in, NULL);
}


/* data:, javascript:, about:, blob:, mailto: ... */

static int
consent_url_opaque_path(consent_url_t *url, consent_url_out_t *w,
    consent_url_in_t *in)
{
    size_t         head;
    consent_url_t  inner;

    if (url->scheme == CONSENT_SCHEME_BLOB) {

        /* the origin of a blob is that of the URL in it */

        head = (size_t) (w->p - w->start);

        if (consent_url_parse(&inner, NULL, in->p,
                              (size_t) (in->end - in->p), w->p,
                              (size_t) (w->end - w->p))
            == CONSENT_OK
            && (inner.scheme == CONSENT_SCHEME_HTTP
                || inner.scheme == CONSENT_SCHEME_HTTPS))
        {
            url->host = inner.host;
            url->ip = inner.ip;
            url->port = inner.port;
            url->query = inner.query;
            url->path.data = w->p;
            url->path.len = inner.href.len
                            - (inner.query.data ? inner.query.len + 1 : 0);
            url->href.data = w->start;
            url->href.len = head + inner.href.len;
            url->truncated = inner.truncated;

            return CONSENT_OK;
        }
    }

    url->path.data = w->p;
    consent_url_copy(w, in, consent_url_opaque_set, '?');
    url->path.len = (size_t) (w->p - url->path.data);

    return consent_url_end(url, w, in);
}


int
consent_url_parse(consent_url_t *url, const consent_url_t *base,
    const consent_u8 *in, size_t len, consent_u8 *buf, size_t size)
{
    size_t             n;
    unsigned           i;
    consent_u8         name[CONSENT_URL_SCHEME_MAX];
    consent_url_in_t   r;
    consent_url_out_t  w;

    memset(url, 0, sizeof(consent_url_t));

    r.p = in;
    r.end = in + len;

    while (r.p < r.end && *r.p <= 0x20) {
        r.p++;
    }

    while (r.p < r.end && r.end[-1] <= 0x20) {
        r.end--;
    }

    w.start = buf;
    w.p = buf;
    w.end = buf + size;
    w.full = 0;

    n = consent_url_scheme(&r, name);

    if (n == 0) {
        return consent_url_schemeless(url, base, &w, &r);
    }

    if (n == CONSENT_URL_SCHEME_MAX || size < n + 3) {
        return CONSENT_DECLINED;
    }

    consent_url_put(&w, name, n);
    consent_url_put(&w, ":", 1);

    for (i = 0; consent_url_schemes[i].name; i++) {
        if (n == consent_url_schemes[i].len
            && memcmp(name, consent_url_schemes[i].name, n) == 0)
        {
            break;
        }
    }

    url->scheme = (consent_scheme_e) consent_url_schemes[i].scheme;
    url->special = consent_url_schemes[i].special;

    if (url->special) {
        return consent_url_special(url, base, &w, &r,
                                   consent_url_schemes[i].port);
    }

    if (consent_url_peek(&r) != '/') {
        return consent_url_opaque_path(url, &w, &r);
    }

    if (consent_url_peek2(&r) == '/') {
        return consent_url_relative(url, NULL, &w, &r, 0);
    }

    return consent_url_tail(url, &w, &r, NULL);
}
