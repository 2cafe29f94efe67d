
/*
 * Answers of the endpoint: none is kept by a cache, none is read by another
 * site, and each says the state.
 */

#include "ngx_http_consent_endpoint.h"


static ngx_int_t ngx_http_consent_answer_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
static ngx_uint_t ngx_http_consent_accepts(ngx_str_t *accept, ngx_str_t *type);


static struct {
    ngx_str_t  type;
    ngx_str_t  policy;
} ngx_http_consent_kinds[] = {
    { ngx_string("text/plain; charset=utf-8"), ngx_null_string },
    { ngx_string("text/html; charset=utf-8"), ngx_null_string },
    { ngx_string("application/json"), ngx_null_string },
    { ngx_string("application/ld+json"), ngx_null_string },
    { ngx_string("text/html; charset=utf-8"),
      ngx_string("default-src 'none'; form-action 'none'; base-uri 'none'; "
                 "frame-ancestors 'self'; sandbox") }
};


static ngx_int_t
ngx_http_consent_answer_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    ngx_uint_t  i;

    static struct {
        const char  *key;
        ngx_str_t    value;
    } headers[] = {
        { "Cache-Control", ngx_string("no-store") },
        { "X-Content-Type-Options", ngx_string("nosniff") },
        { "Cross-Origin-Resource-Policy", ngx_string("same-origin") }
    };

    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        if (ngx_http_consent_add_header(r, headers[i].key, &headers[i].value)
            == NULL)
        {
            return NGX_ERROR;
        }
    }

    return ctx->decided ? ngx_http_consent_add_state(r, ctx) : NGX_OK;
}


ngx_int_t
ngx_http_consent_send(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *type, ngx_str_t *body)
{
    ngx_int_t     rc;
    ngx_buf_t    *b;
    ngx_chain_t   out;

    r->headers_out.status = status;
    r->headers_out.content_length_n = body->len;

    if (type->len) {
        r->headers_out.content_type = *type;
        r->headers_out.content_type_len = type->len;
        r->headers_out.content_type_lowcase = NULL;
    }

    if (r->method == NGX_HTTP_HEAD || body->len == 0) {
        r->header_only = 1;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = body->data;
    b->last = body->data + body->len;
    b->start = b->pos;
    b->end = b->last;
    b->memory = 1;
    b->last_buf = 1;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


ngx_int_t
ngx_http_consent_answer(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    ngx_uint_t status, ngx_uint_t kind, ngx_str_t *body)
{
    ngx_str_t  policy;

    if (status >= NGX_HTTP_BAD_REQUEST) {
        ngx_http_consent_count_refusal(ctx->conf->main, status);
    }

    if (ngx_http_consent_answer_headers(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    policy = ngx_http_consent_kinds[kind].policy;

    if (kind == NGX_HTTP_CONSENT_PAGE) {
        policy = ngx_http_consent_ngx_str(consent_ui_policy);
    }

    if (policy.len
        && ngx_http_consent_add_header(r, "Content-Security-Policy", &policy)
           == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_consent_send(r, status, &ngx_http_consent_kinds[kind].type,
                                 body);
}


ngx_int_t
ngx_http_consent_refuse(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    ngx_uint_t status, const char *why)
{
    ngx_str_t  body;

    static ngx_str_t  later = ngx_string("60");

    body.len = ngx_strlen(why) + 1;

    body.data = ngx_pnalloc(r->pool, body.len);
    if (body.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memcpy(body.data, why, body.len - 1);
    body.data[body.len - 1] = LF;

    if (status == NGX_HTTP_SERVICE_UNAVAILABLE
        && ngx_http_consent_add_header(r, "Retry-After", &later) == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_consent_answer(r, ctx, status, NGX_HTTP_CONSENT_TEXT,
                                   &body);
}


ngx_int_t
ngx_http_consent_not_allowed(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, const char *allow)
{
    ngx_str_t  value;

    value.data = (u_char *) allow;
    value.len = ngx_strlen(allow);

    if (ngx_http_consent_add_header(r, "Allow", &value) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_consent_refuse(r, ctx, NGX_HTTP_NOT_ALLOWED,
                                   "This method is not for this address.");
}


/*
 * nginx makes a Location that starts with a slash absolute, by its own idea
 * of scheme and port, if headers_out.location has it: it does not.
 */

ngx_int_t
ngx_http_consent_see_other(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    consent_str_t location)
{
    ngx_str_t  value, none;

    value = ngx_http_consent_ngx_str(location);
    ngx_str_null(&none);

    if (ngx_http_consent_answer_headers(r, ctx) != NGX_OK
        || ngx_http_consent_add_header(r, "Location", &value) == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_consent_send(r, NGX_HTTP_SEE_OTHER, &none, &none);
}


/* is this media type named, with a weight that is not 0? */

static ngx_uint_t
ngx_http_consent_accepts(ngx_str_t *accept, ngx_str_t *type)
{
    u_char  *p, *last, *end;

    last = accept->data + accept->len;

    for (p = accept->data; p < last; p = end + 1) {

        end = ngx_strlchr(p, last, ',');
        if (end == NULL) {
            end = last;
        }

        while (p < end && (*p == ' ' || *p == '\t')) {
            p++;
        }

        if ((size_t) (end - p) < type->len
            || ngx_strncasecmp(p, type->data, type->len) != 0)
        {
            continue;
        }

        p += type->len;

        if (p < end && *p != ';' && *p != ' ' && *p != '\t') {
            continue;
        }

        p = ngx_strlcasestrn(p, end, (u_char *) "q=0", 3 - 1);

        if (p == NULL) {
            return 1;
        }

        for (p += 3; p < end && (*p == '.' || *p == '0'); p++) { /* void */ }

        if (p < end && *p >= '1' && *p <= '9') {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
ngx_http_consent_wants_json(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    static ngx_str_t  json = ngx_string("application/json");
    static ngx_str_t  html = ngx_string("text/html");

    h = ngx_http_consent_header_in(r, "accept");

    return h && ngx_http_consent_accepts(&h->value, &json)
           && !ngx_http_consent_accepts(&h->value, &html);
}


ngx_int_t
ngx_http_consent_state_text(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_str_t *text)
{
    consent_str_t                   id;
    ngx_http_consent_categories_t  *cats;

    /* without the id: any script of the page can read this, and an id is
       what a tracker would like to have */

    id.data = NULL;
    id.len = 0;

    cats = ctx->conf->srv->categories;

    text->data = ngx_pnalloc(r->pool, CONSENT_STATE_JSON_MAX);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->len = consent_state_json(&ctx->state, cats->names, cats->n,
                                   ngx_http_consent_str(&ctx->conf->revision),
                                   id, text->data);

    return NGX_OK;
}
