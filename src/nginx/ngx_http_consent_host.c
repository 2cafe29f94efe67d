
/*
 * Whose page it is: its own URL and origin, as the browser knows them.
 *
 * A worker sees few hosts and many pages of each: what was made of a host
 * (its URL, its site by the public suffix list, whether the guard has hosts
 * of this site) is remembered until another host needs the place.
 */

#include "ngx_http_consent_module.h"


#define NGX_HTTP_CONSENT_HOSTS     32
#define NGX_HTTP_CONSENT_HOST_MAX  64

/* what consent_url_parse() may want beyond what goes in */

#define NGX_HTTP_CONSENT_URL_ROOM  256

struct ngx_http_consent_host_s {
    size_t          len;
    ngx_uint_t      tls;
    consent_url_t   url;                       /* of the root */
    size_t          site;                      /* its site's length */
    void           *guard;                     /* "hosts" is of this */
    ngx_uint_t      hosts;
    u_char          host[NGX_HTTP_CONSENT_HOST_MAX];
    u_char          href[sizeof("https:///") - 1 + NGX_HTTP_CONSENT_HOST_MAX
                         + NGX_HTTP_CONSENT_URL_ROOM];
};


static ngx_http_consent_host_t *ngx_http_consent_known_host(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_any_url(ngx_http_request_t *r,
    consent_url_t *url);


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


static ngx_str_t
ngx_http_consent_host_name(ngx_http_request_t *r)
{
    ngx_str_t  host;

    host = ngx_http_consent_host(r->main);

    return host.len ? host : r->main->headers_in.server;
}


/* NULL: it is too long, or no host at all */

static ngx_http_consent_host_t *
ngx_http_consent_known_host(ngx_http_request_t *r)
{
    u_char                         text[sizeof("https:///") - 1
                                        + NGX_HTTP_CONSENT_HOST_MAX];
    u_char                        *p;
    ngx_str_t                      host;
    ngx_uint_t                     tls;
    ngx_http_consent_host_t       *h;
    ngx_http_consent_main_conf_t  *cmcf;

    host = ngx_http_consent_host_name(r);

    if (host.len == 0 || host.len > NGX_HTTP_CONSENT_HOST_MAX) {
        return NULL;
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_consent_module);

    if (cmcf->hosts == NULL) {
        cmcf->hosts = ngx_pcalloc(ngx_cycle->pool, NGX_HTTP_CONSENT_HOSTS
                                  * sizeof(ngx_http_consent_host_t));
        if (cmcf->hosts == NULL) {
            return NULL;
        }
    }

    tls = ngx_http_consent_is_tls(r);

    h = &cmcf->hosts[(host.len * 7 + host.data[0] * 3
                      + host.data[host.len / 2] + tls)
                     % NGX_HTTP_CONSENT_HOSTS];

    if (h->len == host.len && h->tls == tls
        && ngx_memcmp(h->host, host.data, host.len) == 0)
    {
        return h;
    }

    h->len = 0;

    p = ngx_sprintf(text, "%s%V/", tls ? "https://" : "http://", &host);

    if (consent_url_parse(&h->url, NULL, text, p - text, h->href,
                          sizeof(h->href))
        != CONSENT_OK)
    {
        return NULL;
    }

    h->len = host.len;
    h->tls = tls;
    h->site = consent_url_site(h->url.host).len;
    h->guard = NULL;
    ngx_memcpy(h->host, host.data, host.len);

    return h;
}


/*
 * The page's own URL: by Host, not by what nginx made of the path.
 */

ngx_int_t
ngx_http_consent_page_url(ngx_http_request_t *r, consent_url_t *url)
{
    u_char                   *buf;
    size_t                    size;
    ngx_str_t                *uri;
    ngx_http_consent_host_t  *h;

    r = r->main;
    uri = &r->unparsed_uri;

    /* a path, and nothing that a URL's parser would take for a host */

    if (uri->len == 0 || uri->data[0] != '/' || uri->len > CONSENT_URL_MAX / 2
        || (uri->len > 1 && (uri->data[1] <= ' ' || uri->data[1] == '/'
                             || uri->data[1] == '\\')))
    {
        return ngx_http_consent_any_url(r, url);
    }

    h = ngx_http_consent_known_host(r);

    if (h == NULL) {
        return ngx_http_consent_any_url(r, url);
    }

    size = h->url.href.len + uri->len + NGX_HTTP_CONSENT_URL_ROOM;

    buf = ngx_pnalloc(r->pool, size);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    if (consent_url_parse(url, &h->url, uri->data, uri->len, buf, size)
        != CONSENT_OK)
    {
        return ngx_http_consent_any_url(r, url);
    }

    return NGX_OK;
}


/* whatever was asked for */

static ngx_int_t
ngx_http_consent_any_url(ngx_http_request_t *r, consent_url_t *url)
{
    u_char     *p, *buf, *end, *q;
    size_t      len, size;
    ngx_str_t   host;

    host = ngx_http_consent_host_name(r);

    len = sizeof("https://localhost") - 1 + host.len + r->unparsed_uri.len + 1;

    if (len > CONSENT_URL_MAX) {
        len = CONSENT_URL_MAX;
    }

    p = ngx_pnalloc(r->pool, len);

    size = len + NGX_HTTP_CONSENT_URL_ROOM;
    buf = ngx_pnalloc(r->pool, size);

    if (p == NULL || buf == NULL) {
        return NGX_ERROR;
    }

    q = r->unparsed_uri.len ? r->unparsed_uri.data : p;
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
 * The site of the page, for its head, and the hosts of it that the guard
 * stops: empty where both go without saying.
 */

consent_str_t
ngx_http_consent_page_site(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, consent_url_t *url)
{
    ngx_uint_t                hosts;
    consent_str_t             site;
    ngx_http_consent_host_t  *h;

    h = ngx_http_consent_known_host(r);

    if (h && h->url.host.len == url->host.len
        && ngx_memcmp(h->url.host.data, url->host.data, url->host.len) == 0)
    {
        site.data = url->host.data + url->host.len - h->site;
        site.len = h->site;

        if (h->guard != conf->guard_sites) {
            h->guard = conf->guard_sites;
            h->hosts = ngx_http_consent_guard_hosts(r, conf, site).len != 0;
        }

        hosts = h->hosts && h->guard;

    } else {
        site = consent_url_site(url->host);
        hosts = ngx_http_consent_guard_hosts(r, conf, site).len != 0;
    }

    if (site.len == url->host.len && !hosts) {
        site.len = 0;
    }

    return site;
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
    host.len = url->host.len;
    ngx_memcpy(host.data, url->host.data, url->host.len);

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
