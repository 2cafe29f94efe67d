
/*
 * The basic URL parser of the WHATWG standard, as far as a request goes: no
 * fragment and no userinfo.  https://url.spec.whatwg.org/#url-parsing
 *
 * One pass over the input, one over the buffer.  Tabs and newlines are
 * passed over where they stand, so that any number of them costs no memory
 * and the host is found behind whatever is put before it.
 */

#include "consent_host.h"
#include "consent_url.h"


typedef struct {
    const consent_u8  *p;
    const consent_u8  *end;
} consent_url_in_t;

typedef struct {
    consent_u8        *start;
    consent_u8        *p;
    consent_u8        *end;
    unsigned           full:1;
} consent_url_out_t;


#define CONSENT_URL_SCHEME_MAX  64

#define consent_url_stripped(c)  ((c) == '\t' || (c) == '\n' || (c) == '\r')

/* bytes that are percent-encoded in a path, a query and an opaque path: those
 * below 0x20 and above 0x7e are in all.  Bit n of word m is byte 32 * m + n */

static const uint32_t  consent_url_path_set[8] = {
    0xffffffff,
    0x5000000d | 1u << ('?' - 32),                  /*   " # < > ? */
    1u << ('^' - 64),
    1u << ('`' - 96) | 1u << ('{' - 96) | 1u << ('}' - 96) | 1u << 31,
    0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff
};

static const uint32_t  consent_url_query_set[8] = {
    0xffffffff, 0x5000008d, 0, 1u << 31,            /*   " # ' < > */
    0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff
};

static const uint32_t  consent_url_opaque_set[8] = {
    0xffffffff, 0, 0, 1u << 31,
    0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff
};

/* bytes that need a look in a path: those that end a segment, and stripped */

static const uint32_t  consent_url_path_stop[8] = {
    1u << 9 | 1u << 10 | 1u << 13,
    1u << ('/' - 32) | 1u << ('?' - 32) | 1u << ('#' - 32),
    1u << ('\\' - 64), 0, 0, 0, 0, 0
};

/* the same in a query */

static const uint32_t  consent_url_query_stop[8] = {
    1u << 9 | 1u << 10 | 1u << 13, 1u << ('#' - 32), 0, 0, 0, 0, 0, 0
};

#define consent_url_in_set(set, c)  ((set)[(c) >> 5] >> ((c) & 31) & 1)


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


static void
consent_url_put(consent_url_out_t *w, const void *data, size_t len)
{
    if (len > (size_t) (w->end - w->p)) {
        len = (size_t) (w->end - w->p);
        w->full = 1;
    }

    memcpy(w->p, data, len);
    w->p += len;
}


static void
consent_url_putc(consent_url_out_t *w, unsigned c, const uint32_t *set)
{
    static const char  hex[] = "0123456789ABCDEF";

    if (!consent_url_in_set(set, c)) {
        if (w->p < w->end) {
            *w->p++ = (consent_u8) c;
            return;
        }

    } else if (w->end - w->p >= 3) {
        *w->p++ = '%';
        *w->p++ = (consent_u8) hex[c >> 4];
        *w->p++ = (consent_u8) hex[c & 15];
        return;
    }

    w->full = 1;
}


/* what goes out as it came in, as far as there is room for it */

static void
consent_url_run(consent_url_out_t *w, consent_url_in_t *in,
    const uint32_t *set, const uint32_t *stop)
{
    size_t             room;
    const consent_u8  *p, *end;

    room = (size_t) (w->end - w->p);
    end = ((size_t) (in->end - in->p) < room) ? in->end : in->p + room;

    for (p = in->p; p < end; p++) {
        if ((set[*p >> 5] | stop[*p >> 5]) >> (*p & 31) & 1) {
            break;
        }

        *w->p++ = *p;
    }

    in->p = p;
}


/* the next byte that counts, or -1 */

static int
consent_url_peek(consent_url_in_t *in)
{
    while (in->p < in->end && consent_url_stripped(*in->p)) {
        in->p++;
    }

    return (in->p < in->end) ? *in->p : -1;
}


/* the one after it */

static int
consent_url_peek2(consent_url_in_t *in)
{
    consent_url_in_t  next;

    next = *in;

    if (consent_url_peek(&next) < 0) {
        return -1;
    }

    next.p++;

    return consent_url_peek(&next);
}


static int
consent_url_slash(int c, int special)
{
    return c == '/' || (c == '\\' && special);
}


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


/* "..", "." and their percent-encoded forms; 2, 1, or 0 for others */

static unsigned
consent_url_dots(const consent_u8 *p, const consent_u8 *end)
{
    unsigned  n;

    for (n = 0; p < end && n < 3; n++) {
        if (*p == '.') {
            p++;

        } else if (end - p >= 3 && p[0] == '%' && p[1] == '2'
                   && (p[2] | 0x20) == 'e')
        {
            p += 3;

        } else {
            return 0;
        }
    }

    return (p == end) ? n : 0;
}


/* segments up to "?", "#" or the end; path is where the first "/" stands,
 * w->p is after some "/" */

static void
consent_url_path(consent_url_out_t *w, consent_url_in_t *in, int special,
    consent_u8 *path)
{
    int          c;
    unsigned     dots;
    consent_u8  *segment;

    for ( ;; ) {
        segment = w->p;

        for (c = -1; in->p < in->end; in->p++) {

            consent_url_run(w, in, consent_url_path_set,
                            consent_url_path_stop);

            if (in->p == in->end) {
                break;
            }

            c = *in->p;

            if (consent_url_in_set(consent_url_path_stop, c)) {
                if (c == '\\' && !special) {
                    consent_url_putc(w, (unsigned) c, consent_url_path_set);

                } else if (!consent_url_stripped(c)) {
                    break;
                }

                c = -1;
                continue;
            }

            consent_url_putc(w, (unsigned) c, consent_url_path_set);
            c = -1;
        }

        if (w->full) {
            return;
        }

        dots = (segment < w->p && (*segment == '.' || *segment == '%'))
               ? consent_url_dots(segment, w->p) : 0;

        if (dots) {
            w->p = segment;

            if (dots == 2 && segment > path + 1) {
                do {
                    w->p--;
                } while (w->p[-1] != '/');
            }
        }

        if (!consent_url_slash(c, special)) {
            return;
        }

        in->p++;

        if (dots == 0) {
            consent_url_put(w, "/", 1);
        }
    }
}


static void
consent_url_copy(consent_url_out_t *w, consent_url_in_t *in,
    const uint32_t *set, int stop)
{
    int  c;

    for ( /* void */ ; in->p < in->end && !w->full; in->p++) {

        if (stop == '#') {
            consent_url_run(w, in, set, consent_url_query_stop);

            if (in->p == in->end) {
                return;
            }
        }

        c = *in->p;

        if (c == '#' || c == stop) {
            return;
        }

        if (!consent_url_stripped(c)) {
            consent_url_putc(w, (unsigned) c, set);
        }
    }
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


/* path and query; "in" is at the path's start, or at what ends an empty one */

static int
consent_url_tail(consent_url_t *url, consent_url_out_t *w,
    consent_url_in_t *in, consent_u8 *path)
{
    int  c;

    if (path == NULL) {
        path = w->p;
        c = consent_url_peek(in);

        if (consent_url_slash(c, url->special)) {
            in->p++;
            consent_url_put(w, "/", 1);

        } else if (url->special) {
            consent_url_put(w, "/", 1);
        }
    }

    if (w->p > path) {
        consent_url_path(w, in, url->special, path);
    }

    url->path.data = path;
    url->path.len = (size_t) (w->p - path);

    if (!w->full && consent_url_peek(in) == '?') {
        in->p++;
        consent_url_put(w, "?", 1);

        url->query.data = w->p;
        consent_url_copy(w, in, consent_url_query_set, '#');
        url->query.len = (size_t) (w->p - url->query.data);
    }

    url->href.data = w->start;
    url->href.len = (size_t) (w->p - w->start);

    if (w->full) {
        url->truncated = 1;
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

    if (!w->full && in->p < in->end && *in->p == '?') {
        in->p++;
        consent_url_put(w, "?", 1);
        url->query.data = w->p;
        consent_url_copy(w, in, consent_url_query_set, '#');
        url->query.len = (size_t) (w->p - url->query.data);
    }

    url->href.data = w->start;
    url->href.len = (size_t) (w->p - w->start);
    url->truncated = w->full;

    return CONSENT_OK;
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
