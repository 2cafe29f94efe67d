
/*
 * Who may agree: a page of this site, or one that the operator trusts, that a
 * person sees.
 */

#include "ngx_http_consent_endpoint.h"


static ngx_uint_t ngx_http_consent_own_origin(ngx_http_request_t *r,
    ngx_str_t *origin);
static ngx_uint_t ngx_http_consent_trusted_origin(
    ngx_http_consent_srv_conf_t *conf, ngx_str_t *origin);


/*
 * Is this a request that a page of this site made?  Sec-Fetch-Site says so
 * where the browser sends it: a form on a page with "no-referrer" has Origin
 * "null" and still is same-origin.  Without it Origin must be this host's,
 * or one that the operator trusts.  NULL: it is.
 */

const char *
ngx_http_consent_post_why_not(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    ngx_table_elt_t  *site, *origin, *dest, *user;

    site = ngx_http_consent_header_in(r, "sec-fetch-site");
    origin = ngx_http_consent_header_in(r, "origin");
    dest = ngx_http_consent_header_in(r, "sec-fetch-dest");

    if (dest
        && !ngx_http_consent_value_is(dest, "document")
        && !ngx_http_consent_value_is(dest, "empty"))
    {
        return "Consent is not given inside a frame.";
    }

    /* a person pressed a button: no script of the page can say so */

    if (ctx->conf->gesture) {
        user = ngx_http_consent_header_in(r, "sec-fetch-user");

        if (user == NULL || !ngx_http_consent_value_is(user, "?1")) {
            return "This choice was not made by a person's click.";
        }
    }

    if (origin
        && ngx_http_consent_trusted_origin(ctx->conf->srv, &origin->value))
    {
        return NULL;
    }

    if (site) {
        return ngx_http_consent_value_is(site, "same-origin")
               ? NULL : "This choice was sent by another site.";
    }

    if (origin == NULL) {
        return "It is not known which page sent this choice: neither "
               "Sec-Fetch-Site nor Origin is there.";
    }

    if (ngx_http_consent_own_origin(r, &origin->value)) {
        return NULL;
    }

    return "This choice was sent by another site.";
}


/*
 * Over TLS the scheme must be, too.  Else it is not compared: behind a TLS
 * terminator nginx does not know the browser's.
 */

static ngx_uint_t
ngx_http_consent_own_origin(ngx_http_request_t *r, ngx_str_t *origin)
{
    u_char     *p;
    size_t      len;
    ngx_str_t   host;

    p = origin->data;
    len = origin->len;

    if (len > 8 && ngx_strncasecmp(p, (u_char *) "https://", 8) == 0) {
        p += 8;
        len -= 8;

    } else if (len > 7 && ngx_strncasecmp(p, (u_char *) "http://", 7) == 0
               && !ngx_http_consent_is_tls(r))
    {
        p += 7;
        len -= 7;

    } else {
        return 0;
    }

    host = ngx_http_consent_host(r);

    return len && host.len == len && ngx_strncasecmp(host.data, p, len) == 0;
}


/*
 * A form of this host's page without TLS, which the page's own policy
 * (upgrade-insecure-requests) sent to the one with it.  Anybody on the line
 * could have written that page: it may not agree, but can be asked again.
 */

ngx_uint_t
ngx_http_consent_post_upgraded(ngx_http_request_t *r)
{
    ngx_str_t         host;
    ngx_table_elt_t  *origin;

    origin = ngx_http_consent_header_in(r, "origin");

    if (origin == NULL || !ngx_http_consent_is_tls(r)
        || ngx_http_consent_wants_json(r))
    {
        return 0;
    }

    host = ngx_http_consent_host(r);

    return host.len
           && origin->value.len == 7 + host.len
           && ngx_strncasecmp(origin->value.data, (u_char *) "http://", 7) == 0
           && ngx_strncasecmp(origin->value.data + 7, host.data, host.len) == 0;
}


static ngx_uint_t
ngx_http_consent_trusted_origin(ngx_http_consent_srv_conf_t *conf,
    ngx_str_t *origin)
{
    ngx_str_t   *o;
    ngx_uint_t   i;

    if (conf->origins == NULL) {
        return 0;
    }

    o = conf->origins->elts;

    for (i = 0; i < conf->origins->nelts; i++) {
        if (o[i].len == origin->len
            && ngx_strncasecmp(o[i].data, origin->data, origin->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}
