
/*
 * Pages of the endpoint: preferences, who is involved, in place of a frame,
 * and the one that says that a choice could not be kept.
 */

#include "ngx_http_consent_endpoint.h"


typedef size_t (*ngx_http_consent_page_pt)(consent_u8 *dst,
    const consent_ui_t *ui, const consent_ui_ctx_t *uc,
    const consent_ui_vendors_t *vendors);


static consent_str_t ngx_http_consent_referer(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_page(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_page_pt render,
    ngx_uint_t kind, ngx_uint_t full);


/*
 * Where a visitor came from, if it is a page of this site and not the
 * endpoint's own: a path that is fit for Location.
 */

static consent_str_t
ngx_http_consent_referer(ngx_http_request_t *r)
{
    u_char                       *p, *buf, *last;
    ngx_str_t                     host;
    consent_str_t                 path, none;
    ngx_table_elt_t              *h;
    ngx_http_consent_srv_conf_t  *cscf;

    none.data = NULL;
    none.len = 0;

    h = ngx_http_consent_header_in(r, "referer");

    host = ngx_http_consent_host(r);

    if (h == NULL || host.len == 0) {
        return none;
    }

    last = h->value.data + h->value.len;

    p = ngx_strlcasestrn(h->value.data, last, (u_char *) "://", 3 - 1);

    if (p == NULL) {
        return none;
    }

    p += 3;

    if ((size_t) (last - p) <= host.len
        || ngx_strncasecmp(p, host.data, host.len) != 0
        || p[host.len] != '/')
    {
        return none;
    }

    path.data = p + host.len;
    path.len = last - path.data;

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_consent_module);

    if (path.len >= cscf->endpoint.len
        && ngx_memcmp(path.data, cscf->endpoint.data, cscf->endpoint.len)
           == 0)
    {
        return none;
    }

    buf = ngx_pnalloc(r->pool, CONSENT_RETURN_SIZE);

    return buf ? consent_form_return(path, buf) : none;
}


ngx_int_t
ngx_http_consent_ui_ctx(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    consent_ui_ctx_t *uc)
{
    ngx_str_t  json;

    static consent_str_t  none = consent_null_string;

    ngx_memzero(uc, sizeof(consent_ui_ctx_t));

    if (ngx_http_consent_state_text(r, ctx, &json) != NGX_OK) {
        return NGX_ERROR;
    }

    uc->lang = ngx_http_consent_language(r, ctx->conf, none);
    uc->state = &ctx->state;
    uc->state_json = ngx_http_consent_str(&json);
    uc->ret = ngx_http_consent_referer(r);
    uc->gated = (ctx->state.allowed != ctx->state.all);
    uc->utf8 = 1;

    if (ctx->valid) {
        uc->id.data = (u_char *) ctx->record.id;
        uc->id.len = ngx_strlen(ctx->record.id);
        uc->time = ctx->record.time;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_consent_page(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    ngx_http_consent_page_pt render, ngx_uint_t kind, ngx_uint_t full)
{
    size_t                 n;
    ngx_str_t              page;
    consent_ui_ctx_t       uc;
    consent_ui_vendors_t   vendors;

    if (ngx_http_consent_ui_ctx(r, ctx, &uc) != NGX_OK
        || ngx_http_consent_walk_vendors(r, ctx, full, &vendors) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (render == consent_ui_preferences) {
        ngx_http_consent_ledger_history(r, ctx, &uc);
    }

    n = render(NULL, ctx->conf->ui, &uc, &vendors);

    page.data = ngx_pnalloc(r->pool, n + 1);
    if (page.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    page.len = render(page.data, ctx->conf->ui, &uc, &vendors);

    return ngx_http_consent_answer(r, ctx, NGX_HTTP_OK, kind, &page);
}


ngx_int_t
ngx_http_consent_preferences(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    return ngx_http_consent_page(r, ctx, consent_ui_preferences,
                                 NGX_HTTP_CONSENT_PAGE, 0);
}


ngx_int_t
ngx_http_consent_vendors(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    ngx_str_t  format;

    if (ngx_http_arg(r, (u_char *) "format", 6, &format) == NGX_OK
        && format.len == 4 && ngx_memcmp(format.data, "json", 4) == 0)
    {
        return ngx_http_consent_page(r, ctx, consent_ui_vendors_json,
                                     NGX_HTTP_CONSENT_JSON, 1);
    }

    return ngx_http_consent_page(r, ctx, consent_ui_vendors,
                                 NGX_HTTP_CONSENT_PAGE, 1);
}


ngx_int_t
ngx_http_consent_frame(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    u_char                         *src, *dst;
    size_t                          n;
    ngx_str_t                       value, page;
    ngx_uint_t                      i;
    consent_str_t                   url;
    consent_ui_ctx_t                uc;
    ngx_http_consent_categories_t  *cats;

    cats = ctx->conf->srv->categories;

    if (ngx_http_arg(r, (u_char *) "c", 1, &value) != NGX_OK) {
        value.len = 0;
    }

    for (i = 1; i < cats->n; i++) {
        if (cats->names[i].len == value.len
            && ngx_memcmp(cats->names[i].data, value.data, value.len) == 0)
        {
            break;
        }
    }

    if (i == cats->n) {
        return ngx_http_consent_refuse(r, ctx, NGX_HTTP_BAD_REQUEST,
                                       "The argument \"c\" must name a "
                                       "category of this site.");
    }

    if (ngx_http_arg(r, (u_char *) "u", 1, &value) != NGX_OK
        || value.len == 0)
    {
        return ngx_http_consent_refuse(r, ctx, NGX_HTTP_BAD_REQUEST,
                                       "The argument \"u\" must be the "
                                       "frame's URL.");
    }

    src = value.data;

    dst = ngx_pnalloc(r->pool, value.len);
    if (dst == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    url.data = dst;
    ngx_unescape_uri(&dst, &src, value.len, 0);
    url.len = dst - url.data;

    if (ngx_http_consent_ui_ctx(r, ctx, &uc) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    n = consent_ui_frame(NULL, ctx->conf->ui, &uc, (int) i, url);

    page.data = ngx_pnalloc(r->pool, n + 1);
    if (page.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    page.len = consent_ui_frame(page.data, ctx->conf->ui, &uc, (int) i, url);

    return ngx_http_consent_answer(r, ctx, NGX_HTTP_OK, NGX_HTTP_CONSENT_PAGE,
                                   &page);
}


/* a grant that could not be kept: nothing has changed, so says the state */

ngx_int_t
ngx_http_consent_failed(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    size_t             n;
    ngx_str_t          page;
    ngx_table_elt_t   *accept;
    consent_ui_ctx_t   uc;

    static consent_str_t  none = consent_null_string;
    static ngx_str_t      later = ngx_string("60");

    accept = ngx_http_consent_header_in(r, "accept");

    if (accept == NULL
        || ngx_strlcasestrn(accept->value.data,
                            accept->value.data + accept->value.len,
                            (u_char *) "text/html", 9 - 1)
           == NULL)
    {
        return ngx_http_consent_refuse(r, ctx, NGX_HTTP_SERVICE_UNAVAILABLE,
                                       "Your choice could not be saved; "
                                       "nothing was changed.");
    }

    if (ngx_http_consent_ui_ctx(r, ctx, &uc) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    uc.failed = 1;

    n = consent_ui_error(NULL, ctx->conf->ui, &uc, none);

    page.data = ngx_pnalloc(r->pool, n + 1);
    if (page.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    page.len = consent_ui_error(page.data, ctx->conf->ui, &uc, none);

    if (ngx_http_consent_add_header(r, "Retry-After", &later) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_consent_answer(r, ctx, NGX_HTTP_SERVICE_UNAVAILABLE,
                                   NGX_HTTP_CONSENT_PAGE, &page);
}
