
/*
 * A choice's other half: cookies of what is not allowed leave the browser.
 */

#include "ngx_http_consent_endpoint.h"


#define NGX_HTTP_CONSENT_EXPIRED_MAX  64


static ngx_int_t ngx_http_consent_expire_cookie(ngx_http_request_t *r,
    consent_str_t name, ngx_uint_t *n);
static ngx_int_t ngx_http_consent_add_expired(ngx_http_request_t *r,
    consent_str_t name, consent_str_t domain, ngx_uint_t *n);


/*
 * Cookies of what is not allowed, as far as this request shows them: each is
 * expired for the host, and for each domain above it that it may be of.
 */

ngx_int_t
ngx_http_consent_expire_cookies(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    size_t                      pos, start, end;
    ngx_uint_t                  n;
    consent_str_t               name, value;
    ngx_table_elt_t            *h;
    ngx_http_consent_fields_t   walk;

    if (ctx->state.allowed == ctx->state.all) {
        return NGX_OK;
    }

    n = 0;

    ngx_http_consent_fields(&walk, &r->headers_in.headers);

    while ((h = ngx_http_consent_next_field(&walk)) != NULL) {

        if (!ngx_http_consent_key_is(h, "Cookie")) {
            continue;
        }

        pos = 0;

        while (consent_cookie_next(ngx_http_consent_str(&h->value), &pos,
                                   &name, &value, &start, &end))
        {
            if (!ngx_http_consent_cookie_denied(ctx, name)) {
                continue;
            }

            if (ngx_http_consent_expire_cookie(r, name, &n) != NGX_OK) {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_consent_expire_cookie(ngx_http_request_t *r, consent_str_t name,
    ngx_uint_t *n)
{
    u_char         *dot;
    size_t          i;
    consent_str_t   domain, site;

    /* what is said back in a header; no browser has such a cookie */

    for (i = 0; i < name.len; i++) {
        if (name.data[i] <= 0x20 || name.data[i] == 0x7f) {
            return NGX_OK;
        }
    }

    /* without a domain first, then for each from the host itself up to the
       registrable domain; an address has no domain above it */

    domain.data = NULL;
    domain.len = 0;

    if (ngx_http_consent_add_expired(r, name, domain, n) != NGX_OK) {
        return NGX_ERROR;
    }

    domain = ngx_http_consent_str(&r->headers_in.server);

    if (domain.len == 0
        || ngx_strlchr((u_char *) domain.data,
                       (u_char *) domain.data + domain.len, '.')
           == NULL
        || (domain.data[domain.len - 1] >= '0'
            && domain.data[domain.len - 1] <= '9')
        || domain.data[0] == '[')
    {
        return NGX_OK;
    }

    site = consent_url_site(domain);

    while (domain.len >= site.len) {

        if (ngx_http_consent_add_expired(r, name, domain, n) != NGX_OK) {
            return NGX_ERROR;
        }

        dot = ngx_strlchr((u_char *) domain.data,
                          (u_char *) domain.data + domain.len, '.');
        if (dot == NULL) {
            break;
        }

        domain.len -= dot + 1 - domain.data;
        domain.data = dot + 1;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_consent_add_expired(ngx_http_request_t *r, consent_str_t name,
    consent_str_t domain, ngx_uint_t *n)
{
    u_char     *p;
    ngx_str_t   value;

    if (++*n > NGX_HTTP_CONSENT_EXPIRED_MAX) {
        return NGX_OK;
    }

    value.data = ngx_pnalloc(r->pool, name.len + domain.len
                             + sizeof("=; Path=/; Max-Age=0; Domain=; "
                                      "Secure"));
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(value.data, "%*s=; Path=/; Max-Age=0", name.len,
                    name.data);

    if (domain.len) {
        p = ngx_sprintf(p, "; Domain=%*s", domain.len, domain.data);
    }

    if (ngx_http_consent_is_tls(r)) {
        p = ngx_cpymem(p, "; Secure", sizeof("; Secure") - 1);
    }

    value.len = p - value.data;

    return ngx_http_consent_add_header(r, "Set-Cookie", &value) ? NGX_OK
                                                                : NGX_ERROR;
}
