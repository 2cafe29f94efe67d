
/*
 * Everything under the endpoint's prefix, and /.well-known/gpc.json: which
 * resource is asked for, by which method.
 */

#include "ngx_http_consent_endpoint.h"


typedef struct {
    ngx_str_t    name;
    ngx_int_t  (*handler)(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx);
} ngx_http_consent_resource_t;


static ngx_int_t ngx_http_consent_get(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_str_t *name);
static ngx_int_t ngx_http_consent_state_handler(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
static ngx_int_t ngx_http_consent_gpc_json(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
static const consent_ui_asset_t *ngx_http_consent_find_asset(
    ngx_http_consent_ctx_t *ctx, ngx_str_t *name);
static ngx_int_t ngx_http_consent_asset(ngx_http_request_t *r,
    const consent_ui_asset_t *asset);
static ngx_uint_t ngx_http_consent_accepts_coding(ngx_http_request_t *r,
    const char *coding, size_t len);


static ngx_http_consent_resource_t  ngx_http_consent_resources[] = {
    { ngx_string(""), ngx_http_consent_preferences },
    { ngx_string("state"), ngx_http_consent_state_handler },
    { ngx_string("vendors"), ngx_http_consent_vendors },
    { ngx_string("frame"), ngx_http_consent_frame },
    { ngx_string("receipt"), ngx_http_consent_receipt },
    { ngx_null_string, NULL }
};


ngx_int_t
ngx_http_consent_endpoint_handler(ngx_http_request_t *r)
{
    ngx_int_t                     rc;
    ngx_str_t                     name;
    ngx_http_consent_ctx_t       *ctx;
    ngx_http_consent_srv_conf_t  *cscf;

    ctx = ngx_http_consent_decide(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* nothing of the site's must answer for us: no error_page, no 304 */

    r->allow_ranges = 0;

    if (ctx->gpc_json) {
        ngx_str_set(&name, "");

    } else {
        cscf = ctx->conf->srv;
        name.data = ctx->uri.data + cscf->endpoint.len;
        name.len = ctx->uri.len - cscf->endpoint.len;
    }

    if (r->method == NGX_HTTP_POST && name.len == 0 && !ctx->gpc_json) {
        return ngx_http_consent_post(r, ctx);
    }

    if (r->method == NGX_HTTP_POST && name.len == 3 && !ctx->gpc_json
        && ngx_strncmp(name.data, "csp", 3) == 0)
    {
        return ngx_http_consent_csp_report(r, ctx);
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return ngx_http_consent_not_allowed(r, ctx,
                                            name.len || ctx->gpc_json
                                            ? "GET, HEAD"
                                            : "GET, HEAD, POST");
    }

    if (ctx->gpc_json) {
        return ngx_http_consent_gpc_json(r, ctx);
    }

    return ngx_http_consent_get(r, ctx, &name);
}


static ngx_int_t
ngx_http_consent_get(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    ngx_str_t *name)
{
    ngx_str_t                     hash;
    const consent_ui_asset_t     *asset;
    ngx_http_consent_resource_t  *res;

    for (res = ngx_http_consent_resources; res->handler; res++) {
        if (name->len == res->name.len
            && ngx_strncmp(name->data, res->name.data, name->len) == 0)
        {
            return res->handler(r, ctx);
        }
    }

    asset = ngx_http_consent_find_asset(ctx, name);
    if (asset) {
        return ngx_http_consent_asset(r, asset);
    }

    if (name->len == sizeof("notice/") - 1 + NGX_HTTP_CONSENT_HASH_LEN
        && ngx_strncmp(name->data, "notice/", sizeof("notice/") - 1) == 0)
    {
        hash.data = name->data + sizeof("notice/") - 1;
        hash.len = NGX_HTTP_CONSENT_HASH_LEN;

        return ngx_http_consent_notice(r, ctx, &hash);
    }

    return ngx_http_consent_refuse(r, ctx, NGX_HTTP_NOT_FOUND,
                                   "There is nothing at this address.");
}


static ngx_int_t
ngx_http_consent_state_handler(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    ngx_str_t  text;

    if (ngx_http_consent_state_text(r, ctx, &text) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_consent_answer(r, ctx, NGX_HTTP_OK, NGX_HTTP_CONSENT_JSON,
                                   &text);
}


/*
 * https://www.w3.org/TR/gpc/ 4.2.  lastUpdate is the day on which this
 * configuration was loaded.
 */

static ngx_int_t
ngx_http_consent_gpc_json(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    ngx_tm_t   tm;
    ngx_str_t  text, type;

    static ngx_str_t  cache = ngx_string("max-age=86400");

    ngx_gmtime(ctx->conf->main->loaded, &tm);

    text.data = ngx_pnalloc(r->pool, 64);
    if (text.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    text.len = ngx_sprintf(text.data, "{\"gpc\": true, \"lastUpdate\": "
                           "\"%4d-%02d-%02d\"}\n", tm.ngx_tm_year,
                           tm.ngx_tm_mon, tm.ngx_tm_mday)
               - text.data;

    if (ngx_http_consent_add_header(r, "Cache-Control", &cache) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_str_set(&type, "application/json");

    return ngx_http_consent_send(r, NGX_HTTP_OK, &type, &text);
}


/* the built-in ones, and those made at start of an operator's style */

static const consent_ui_asset_t *
ngx_http_consent_find_asset(ngx_http_consent_ctx_t *ctx, ngx_str_t *name)
{
    ngx_uint_t                  i;
    const consent_ui_asset_t   *asset;
    consent_ui_asset_t        **made;

    asset = consent_ui_asset(ngx_http_consent_str(name));
    if (asset) {
        return asset;
    }

    made = ctx->conf->main->assets.elts;

    for (i = 0; i < ctx->conf->main->assets.nelts; i++) {
        if (made[i]->file.len == name->len
            && ngx_memcmp(made[i]->file.data, name->data, name->len) == 0)
        {
            return made[i];
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_consent_asset(ngx_http_request_t *r, const consent_ui_asset_t *asset)
{
    u_char           *p;
    ngx_str_t         body, type;
    ngx_table_elt_t  *h;

    static ngx_str_t  cache =
        ngx_string("public, max-age=31536000, immutable");
    static ngx_str_t  nosniff = ngx_string("nosniff");
    static ngx_str_t  vary = ngx_string("Accept-Encoding");
    static ngx_str_t  gzip = ngx_string("gzip");
    static ngx_str_t  br = ngx_string("br");

    body = ngx_http_consent_ngx_str(asset->raw);
    type = ngx_http_consent_ngx_str(asset->type);
    h = NULL;

    if (asset->br.len
        && ngx_http_consent_accepts_coding(r, "br", 2))
    {
        body = ngx_http_consent_ngx_str(asset->br);
        h = ngx_http_consent_add_header(r, "Content-Encoding", &br);

    } else if (asset->gzip.len
               && ngx_http_consent_accepts_coding(r, "gzip", 4))
    {
        body = ngx_http_consent_ngx_str(asset->gzip);
        h = ngx_http_consent_add_header(r, "Content-Encoding", &gzip);
    }

    r->headers_out.content_encoding = h;

    if (ngx_http_consent_add_header(r, "Cache-Control", &cache) == NULL
        || ngx_http_consent_add_header(r, "Vary", &vary) == NULL
        || ngx_http_consent_add_header(r, "X-Content-Type-Options", &nosniff)
           == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* the name has the content's hash: a validator as it stands, but for the
       coding */

    p = ngx_pnalloc(r->pool, asset->file.len + 5);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h->hash = 1;
    ngx_http_consent_header_init(h);
    ngx_str_set(&h->key, "ETag");
    h->lowcase_key = NULL;
    h->value.data = p;
    h->value.len = ngx_sprintf(p, "\"%*s%s\"", asset->file.len,
                               asset->file.data,
                               r->headers_out.content_encoding == NULL ? ""
                               : body.data == asset->br.data ? ".b" : ".g")
                   - p;

    r->headers_out.etag = h;

    return ngx_http_consent_send(r, NGX_HTTP_OK, &type, &body);
}


/* RFC 9110 12.5.3, as far as "is this one named, and not with weight 0" */

static ngx_uint_t
ngx_http_consent_accepts_coding(ngx_http_request_t *r, const char *coding,
    size_t len)
{
    u_char           *p, *last, *end;
    ngx_table_elt_t  *h;

    h = ngx_http_consent_header_in(r, "accept-encoding");
    if (h == NULL) {
        return 0;
    }

    last = h->value.data + h->value.len;

    for (p = h->value.data; p < last; p = end + 1) {

        end = ngx_strlchr(p, last, ',');
        if (end == NULL) {
            end = last;
        }

        while (p < end && (*p == ' ' || *p == '\t')) {
            p++;
        }

        if ((size_t) (end - p) < len
            || ngx_strncasecmp(p, (u_char *) coding, len) != 0)
        {
            continue;
        }

        p += len;

        while (p < end && (*p == ' ' || *p == '\t' || *p == ';')) {
            p++;
        }

        if (p == end) {
            return 1;
        }

        if (end - p >= 3 && (p[0] | 0x20) == 'q' && p[1] == '=') {

            for (p += 2; p < end; p++) {
                if (*p >= '1' && *p <= '9') {
                    return 1;
                }
            }

            return 0;
        }
    }

    return 0;
}
