
/*
 * What kind of answer is this: a page, a part of one, something that runs
 * scripts without being HTML, or nothing to us?
 */

#include "ngx_http_consent_module.h"


static ngx_http_consent_kind_e ngx_http_consent_essence(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf);
static ngx_uint_t ngx_http_consent_word(ngx_table_elt_t *h,
    const char **words);


/* MIME types which browsers sniff, WHATWG MIME Sniffing 7 */

static const char  *ngx_http_consent_sniffed[] = {
    "*/*", "unknown/unknown", "application/unknown", NULL
};


/* fetch destinations that make a browsing context */

static const char  *ngx_http_consent_documents[] = {
    "document", NULL
};

static const char  *ngx_http_consent_frames[] = {
    "iframe", "frame", "embed", "object", "fencedframe", NULL
};

static const char  *ngx_http_consent_contexts[] = {
    "document", "iframe", "frame", "embed", "object", "fencedframe",
    "empty", NULL
};


static ngx_uint_t
ngx_http_consent_word(ngx_table_elt_t *h, const char **words)
{
    ngx_uint_t  i;

    for (i = 0; words[i]; i++) {
        if (h->value.len == ngx_strlen(words[i])
            && ngx_strncasecmp(h->value.data, (u_char *) words[i],
                               h->value.len)
               == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* asked twice for each answer; a site has few types, so what was said of one
 * is remembered */

ngx_http_consent_kind_e
ngx_http_consent_kind(ngx_http_request_t *r, ngx_http_consent_loc_conf_t *conf)
{
    size_t                    len;
    u_char                   *type;
    ngx_http_consent_type_t  *t;

    type = r->headers_out.content_type.data;
    len = r->headers_out.content_type.len;

    if (len < 8 || len > NGX_HTTP_CONSENT_TYPE_MAX) {
        return ngx_http_consent_essence(r, conf);
    }

    t = &conf->known[(len ^ type[len - 1]) % NGX_HTTP_CONSENT_TYPES];

    if (t->len == len && ngx_http_consent_same_text(t->type, type, len)) {
        return (ngx_http_consent_kind_e) t->kind;
    }

    t->kind = ngx_http_consent_essence(r, conf);
    t->len = len;
    ngx_memcpy(t->type, type, len);

    return (ngx_http_consent_kind_e) t->kind;
}


/*
 * The essence of Content-Type, as browsers extract it (WHATWG Fetch 2.2.6):
 * what is no "type/subtype" of token characters is no type, and is sniffed.
 */

static ngx_http_consent_kind_e
ngx_http_consent_essence(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf)
{
    u_char      *p, *last, *slash, c;
    u_char       essence[64];
    size_t       len, i;
    ngx_uint_t   key;
    ngx_str_t   *type;

    type = &r->headers_out.content_type;

    p = type->len ? type->data : essence;
    last = p + type->len;

    while (p < last && (*p == ' ' || *p == '\t')) {
        p++;
    }

    len = 0;
    slash = NULL;
    key = 0;

    while (p < last && *p != ';') {
        c = ngx_tolower(*p);

        if (c == ' ' || c == '\t') {

            /* only at the end */

            while (p < last && (*p == ' ' || *p == '\t')) {
                p++;
            }

            if (p < last && *p != ';') {
                return NGX_HTTP_CONSENT_SNIFFED;
            }

            break;
        }

        if (c == '/') {
            if (slash || len == 0) {
                return NGX_HTTP_CONSENT_SNIFFED;
            }

            slash = essence + len;

        } else if (c <= ' ' || c >= 0x7f || ngx_strchr("(),:<=>?@[\\]{}\"", c))
        {
            return NGX_HTTP_CONSENT_SNIFFED;
        }

        if (len == sizeof(essence)) {
            return NGX_HTTP_CONSENT_OTHER;
        }

        essence[len++] = c;
        key = ngx_hash(key, c);
        p++;
    }

    if (slash == NULL || slash == essence + len - 1) {
        return NGX_HTTP_CONSENT_SNIFFED;
    }

    if (len == sizeof("application/xhtml+xml") - 1
        && ngx_memcmp(essence, "application/xhtml+xml", len) == 0)
    {
        return ngx_hash_find(&conf->types, key, essence, len)
                   ? NGX_HTTP_CONSENT_XHTML : NGX_HTTP_CONSENT_XML;
    }

    if (conf->types.size == 0
        || ngx_hash_find(&conf->types, key, essence, len))
    {
        return NGX_HTTP_CONSENT_HTML;
    }

    for (i = 0; ngx_http_consent_sniffed[i]; i++) {
        if (len == ngx_strlen(ngx_http_consent_sniffed[i])
            && ngx_memcmp(essence, ngx_http_consent_sniffed[i], len) == 0)
        {
            return NGX_HTTP_CONSENT_SNIFFED;
        }
    }

    if ((len > 4 && ngx_memcmp(essence + len - 4, "+xml", 4) == 0)
        || (len == 8 && ngx_memcmp(essence, "text/xml", 8) == 0)
        || (len == 15 && ngx_memcmp(essence, "application/xml", 15) == 0)
        || (len == 8 && ngx_memcmp(essence, "text/xsl", 8) == 0))
    {
        return NGX_HTTP_CONSENT_XML;
    }

    if (len == sizeof("multipart/x-mixed-replace") - 1
        && ngx_memcmp(essence, "multipart/x-mixed-replace", len) == 0)
    {
        return NGX_HTTP_CONSENT_XML;
    }

    return NGX_HTTP_CONSENT_OTHER;
}


/* the charset parameter, empty if there is none */

ngx_str_t
ngx_http_consent_charset(ngx_http_request_t *r)
{
    u_char     *p, *last;
    ngx_str_t   charset;

    if (r->headers_out.charset.len) {
        return r->headers_out.charset;
    }

    ngx_str_null(&charset);

    if (r->headers_out.content_type.len == 0) {
        return charset;
    }

    p = r->headers_out.content_type.data;
    last = p + r->headers_out.content_type.len;

    p = ngx_strlcasestrn(p, last, (u_char *) "charset=", 8 - 1);

    if (p == NULL) {
        return charset;
    }

    p += 8;

    if (p < last && *p == '"') {
        p++;
    }

    charset.data = p;

    while (p < last && *p != '"' && *p != ';' && *p != ' ') {
        p++;
    }

    charset.len = p - charset.data;

    return charset;
}


/*
 * May the answer become a document with a notice of its own?  A frame or a
 * fragment that a script asked for may not (requirements 4.4).  Without fetch
 * metadata (old browsers, plain http) it may.
 */

ngx_uint_t
ngx_http_consent_is_document(ngx_http_request_t *r)
{
    ngx_table_elt_t  *dest, *mode, *h;

    dest = ngx_http_consent_header_in(r, "sec-fetch-dest");

    if (dest && !ngx_http_consent_word(dest, ngx_http_consent_documents)) {

        /* a service worker's fetch(event.request) keeps the mode */

        mode = ngx_http_consent_header_in(r, "sec-fetch-mode");

        if (mode == NULL
            || ngx_strncasecmp(dest->value.data, (u_char *) "empty", 5) != 0
            || ngx_strncasecmp(mode->value.data, (u_char *) "navigate", 8)
               != 0)
        {
            return 0;
        }
    }

    if (ngx_http_consent_header_in(r, "hx-request")) {

        /* a boosted link or a restored page replaces the whole body */

        h = ngx_http_consent_header_in(r, "hx-boosted");

        if (h == NULL) {
            return 0;
        }
    }

    if (ngx_http_consent_header_in(r, "turbo-frame")
        || ngx_http_consent_header_in(r, "x-pjax")
        || ngx_http_consent_header_in(r, "x-up-target"))
    {
        return 0;
    }

    h = ngx_http_consent_header_in(r, "x-requested-with");

    if (h && h->value.len == 14
        && ngx_strncasecmp(h->value.data, (u_char *) "XMLHttpRequest", 14)
           == 0)
    {
        return 0;
    }

    return 1;
}


/* may the answer become a page or a part of one?  1 where nobody says */

ngx_uint_t
ngx_http_consent_is_context(ngx_http_request_t *r)
{
    ngx_table_elt_t  *dest;

    dest = ngx_http_consent_header_in(r, "sec-fetch-dest");

    return dest == NULL
           || ngx_http_consent_word(dest, ngx_http_consent_contexts);
}


/* 1 if the browser says that it is to become a document or a frame */

ngx_uint_t
ngx_http_consent_is_navigation(ngx_http_request_t *r)
{
    ngx_table_elt_t  *dest;

    dest = ngx_http_consent_header_in(r, "sec-fetch-dest");

    return dest != NULL
           && (ngx_http_consent_word(dest, ngx_http_consent_documents)
               || ngx_http_consent_word(dest, ngx_http_consent_frames));
}


/* Sec-Fetch-Dest in the rules' words */

consent_type_e
ngx_http_consent_request_type(ngx_http_request_t *r)
{
    ngx_uint_t        i;
    ngx_table_elt_t  *dest;

    static struct {
        ngx_str_t       name;
        consent_type_e  type;
    } types[] = {
        { ngx_string("iframe"), CONSENT_TYPE_SUBDOCUMENT },
        { ngx_string("frame"), CONSENT_TYPE_SUBDOCUMENT },
        { ngx_string("script"), CONSENT_TYPE_SCRIPT },
        { ngx_string("worker"), CONSENT_TYPE_SCRIPT },
        { ngx_string("style"), CONSENT_TYPE_STYLESHEET },
        { ngx_string("image"), CONSENT_TYPE_IMAGE },
        { ngx_string("audio"), CONSENT_TYPE_MEDIA },
        { ngx_string("video"), CONSENT_TYPE_MEDIA },
        { ngx_string("track"), CONSENT_TYPE_MEDIA },
        { ngx_string("font"), CONSENT_TYPE_FONT },
        { ngx_string("embed"), CONSENT_TYPE_OBJECT },
        { ngx_string("object"), CONSENT_TYPE_OBJECT },
        { ngx_string("empty"), CONSENT_TYPE_XHR }
    };

    dest = ngx_http_consent_header_in(r, "sec-fetch-dest");

    if (dest) {
        for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
            if (dest->value.len == types[i].name.len
                && ngx_strncasecmp(dest->value.data, types[i].name.data,
                                   types[i].name.len)
                   == 0)
            {
                return types[i].type;
            }
        }
    }

    return CONSENT_TYPE_DOCUMENT;
}


/*
 * As the browser says it, with its port.  In HTTP/3 it is ":authority", of
 * which nginx makes no Host.
 */

ngx_str_t
ngx_http_consent_host(ngx_http_request_t *r)
{
    ngx_str_t  host;

    if (r->headers_in.host) {
        return r->headers_in.host->value;
    }

    if (ngx_http_consent_is_quic(r) && r->host_start) {
        host.data = r->host_start;
        host.len = r->host_end - r->host_start;

        return host;
    }

    ngx_str_null(&host);

    return host;
}


/*
 * The page's own URL, as the browser knows it: by Host, not by what nginx
 * made of the path.
 */

ngx_int_t
ngx_http_consent_page_url(ngx_http_request_t *r, consent_url_t *url)
{
    u_char     *p, *buf, *end, *q;
    size_t      len, size;
    ngx_str_t   host;

    r = r->main;

    host = ngx_http_consent_host(r);

    if (host.len == 0) {
        host = r->headers_in.server;
    }

    len = sizeof("https://localhost") - 1 + host.len + r->unparsed_uri.len + 1;

    if (len > CONSENT_URL_MAX) {
        len = CONSENT_URL_MAX;
    }

    p = ngx_pnalloc(r->pool, len);

    size = len + 256;
    buf = ngx_pnalloc(r->pool, size);

    if (p == NULL || buf == NULL) {
        return NGX_ERROR;
    }

    q = r->unparsed_uri.data;
    end = q + r->unparsed_uri.len;

    /* an absolute request target */

    if (q < end && *q != '/') {
        while (q < end - 2 && !(q[0] == ':' && q[1] == '/' && q[2] == '/')) {
            q++;
        }

        q += 3;

        while (q < end && *q != '/' && *q != '?') {
            q++;
        }
    }

    if (q > end) {
        q = end;
    }

    end = ngx_snprintf(p, len, "%s%V%s%*s",
                       ngx_http_consent_is_tls(r) ? "https://" : "http://",
                       &host, host.len ? "" : "localhost",
                       (size_t) (end - q), q);

    if (consent_url_parse(url, NULL, p, end - p, buf, size) == CONSENT_OK) {
        return NGX_OK;
    }

    ngx_memzero(url, sizeof(consent_url_t));

    return (consent_url_parse(url, NULL, (u_char *) "http://localhost/",
                              sizeof("http://localhost/") - 1, buf, size)
            == CONSENT_OK)
               ? NGX_OK : NGX_ERROR;
}


/*
 * The page's own origin, for URLs that a <base> must not lead elsewhere.  Its
 * scheme, where TLS ends before nginx, is the one of consent_trusted_origin
 * for this host, or what the proxy says.
 */

consent_str_t
ngx_http_consent_page_origin(ngx_http_request_t *r,
    ngx_http_consent_srv_conf_t *conf, consent_url_t *url)
{
    u_char           *p;
    ngx_str_t         host, *o;
    ngx_uint_t        i, tls;
    consent_str_t     origin = consent_null_string;
    ngx_table_elt_t  *proto;

    static const size_t  n = sizeof("https://") - 1;

    p = ngx_pnalloc(r->pool, n + url->host.len + sizeof(":65535") - 1);
    if (p == NULL) {
        return origin;
    }

    host.data = p + n;
    host.len = ngx_sprintf(host.data, "%*s", url->host.len, url->host.data)
               - host.data;

    if (url->port) {
        host.len = ngx_sprintf(host.data + host.len, ":%ud",
                               (unsigned) url->port)
                   - host.data;
    }

    proto = ngx_http_consent_header_in(r, "x-forwarded-proto");

    tls = ngx_http_consent_is_tls(r)
          || (proto && proto->value.len >= 5
              && ngx_strncasecmp(proto->value.data, (u_char *) "https", 5)
                 == 0);

    if (conf->origins) {
        o = conf->origins->elts;

        for (i = 0; i < conf->origins->nelts && !tls; i++) {
            tls = o[i].len == n + host.len
                  && ngx_strncasecmp(o[i].data, (u_char *) "https://", n) == 0
                  && ngx_strncasecmp(o[i].data + n, host.data, host.len) == 0;
        }
    }

    if (!tls) {
        p++;
    }

    ngx_memcpy(p, tls ? "https://" : "http://", host.data - p);

    origin.data = p;
    origin.len = host.data + host.len - p;

    return origin;
}
