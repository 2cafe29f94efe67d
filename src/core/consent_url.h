
/*
 * URLs as browsers read them: the WHATWG URL parser as far as scheme, host,
 * port, path and query, and who is first party.  https://url.spec.whatwg.org/
 */

#ifndef CONSENT_URL_H
#define CONSENT_URL_H

#include "consent_core.h"

#define CONSENT_URL_MAX  8192     /* bytes of a normalised URL that are kept;
                                     more is cut, the host never */

typedef enum {
    CONSENT_SCHEME_OTHER = 0,
    CONSENT_SCHEME_HTTP,
    CONSENT_SCHEME_HTTPS,
    CONSENT_SCHEME_WS,
    CONSENT_SCHEME_WSS,
    CONSENT_SCHEME_FTP,
    CONSENT_SCHEME_FILE,
    CONSENT_SCHEME_DATA,
    CONSENT_SCHEME_BLOB,
    CONSENT_SCHEME_ABOUT,
    CONSENT_SCHEME_JAVASCRIPT
} consent_scheme_e;

/* all strings point into the caller's buffer, or, for what stood in the
 * input as it should be, still into that buffer: never into the input */

typedef struct {
    consent_scheme_e  scheme;
    unsigned          special:1;     /* http(s), ws(s), ftp, file */
    unsigned          truncated:1;   /* longer than the buffer: path or query
                                        is cut */
    unsigned          ip:1;          /* host is an IPv4 or IPv6 address */
    uint16_t          port;          /* 0: the scheme's own */
    consent_str_t     href;          /* normalised, without fragment and
                                        without userinfo */
    consent_str_t     host;          /* ASCII, lower case, no trailing dot */
    consent_str_t     path;          /* from '/'; opaque for data: etc. */
    consent_str_t     query;         /* without '?' */
} consent_url_t;

/*
 * Parses "in" (character references already decoded, bytes in UTF-8 or any
 * ASCII-compatible encoding) against "base" (may be NULL) and writes the
 * normalised form into buf.  Returns CONSENT_OK, or CONSENT_DECLINED for what
 * a browser would not request (invalid URL).  Never allocates but for IDNA.
 */

/*
 * size is CONSENT_URL_MAX as a rule; less cuts more.  Under about 1100 bytes
 * a long host does not fit, and the URL is declined.  A base that points into
 * "in" or "buf" is the caller's mistake.
 */

int consent_url_parse(consent_url_t *url, const consent_url_t *base,
    const consent_u8 *in, size_t len, consent_u8 *buf, size_t size);

/*
 * 1 if "in" is plainly a path, query or fragment on the base's own host, so
 * that a caller who has no rules for that host may pass over it unparsed.
 * 0 says nothing.
 */

static inline int
consent_url_local(const consent_u8 *in, size_t len)
{
    size_t    i;
    unsigned  c;

    /* "/x", "?x", "#x" */

    if (len == 0 || in[0] == '?' || in[0] == '#') {
        return 1;
    }

    if (in[0] == '/') {
        return len == 1 || (in[1] > 0x20 && in[1] != '/' && in[1] != '\\');
    }

    /* "x/", "x?", "x.html": no ":" before that */

    for (i = 0; i < len; i++) {
        c = in[i];

        if (c == '/' || c == '?' || c == '#') {
            return i != 0;
        }

        if (c <= 0x20 || c == ':' || c == '\\' || c > 0x7e) {
            return 0;
        }
    }

    return 1;
}

/* 0: whatever the path of the base is, "in" resolves to the same */

static inline int
consent_url_by_path(consent_str_t in)
{
    return !((in.len && in.data[0] == '/')
             || (in.len > 7 && memcmp(in.data, "https://", 8) == 0)
             || (in.len > 6 && memcmp(in.data, "http://", 7) == 0));
}

/*
 * The registrable domain of a host (public suffix list, libpsl), or the host
 * itself where it has none.  A slice of "host".
 */

consent_str_t consent_url_site(consent_str_t host);

/* 1 if both hosts have one registrable domain */

int consent_url_same_site(consent_str_t a, consent_str_t b);

#endif /* CONSENT_URL_H */
