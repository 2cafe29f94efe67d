
/*
 * The body filter: a page's body on to the next filter, and its header before
 * the first of it.
 */

#include "ngx_http_consent_module.h"
#include "ngx_http_consent_body.h"


static ngx_int_t ngx_http_consent_page_body(ngx_http_request_t *r,
    ngx_chain_t *in);
static ngx_int_t ngx_http_consent_release(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);


/* what described the body as it came */

void
ngx_http_consent_clear_body_headers(ngx_http_request_t *r)
{
    ngx_uint_t                  i;
    ngx_table_elt_t            *h;
    ngx_http_consent_fields_t   walk;

    static ngx_str_t  names[] = {
        ngx_string("Content-MD5"),
        ngx_string("Digest"),
        ngx_string("Content-Digest"),
        ngx_string("Repr-Digest"),
        ngx_null_string
    };

    ngx_http_clear_content_length(r);

    ngx_http_consent_fields(&walk, &r->headers_out.headers);

    while ((h = ngx_http_consent_next_field(&walk)) != NULL) {

        for (i = 0; names[i].len; i++) {
            if (h->key.len == names[i].len
                && ngx_strncasecmp(h->key.data, names[i].data, names[i].len)
                   == 0)
            {
                h->hash = 0;
            }
        }
    }
}


/* the header goes out: it is known now what the body is */

static ngx_int_t
ngx_http_consent_release(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_http_consent_body_t  *body;

    body = ctx->body;
    body->held = 0;

    if (body->declined) {
        if (ctx->state.allowed != ctx->state.all
            && ngx_http_consent_close(r, ctx, "a page whose charset or prolog "
                                      "cannot be read")
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (body->sniffed && !body->pass) {

        /* a page after all */

        ngx_http_consent_count_page(ctx);

        if (ngx_http_consent_page_headers(r, ctx) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (body->xml && ctx->state.allowed != ctx->state.all
        && ngx_http_consent_close(r, ctx, "XML that browsers show") != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (!body->pass && ngx_http_consent_charset(r).len == 0) {
        r->headers_out.charset =
            ngx_http_consent_ngx_str(consent_page_charset(body->page));
    }

    if (body->pass && body->decode == NULL) {
        r->headers_out.content_length_n = body->length;

    } else {
        ngx_http_consent_clear_body_headers(r);
    }

    rc = ngx_http_consent_next_header_filter(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_consent_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_http_consent_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_consent_module);

    if (ctx == NULL || ctx->body == NULL) {
        return ngx_http_consent_next_body_filter(r, in);
    }

    return ngx_http_consent_page_body(r, in);
}


static NGX_HTTP_CONSENT_NOINLINE ngx_int_t
ngx_http_consent_page_body(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_int_t                 rc;
    ngx_uint_t                called;
    ngx_chain_t              *out;
    ngx_http_consent_ctx_t   *ctx;
    ngx_http_consent_body_t  *body;

    ctx = ngx_http_get_module_ctx(r, ngx_http_consent_module);
    body = ctx->body;

    if (body->report) {
        if (ngx_http_consent_body_observe(body, in) != NGX_OK) {
            return NGX_ERROR;
        }

        return ngx_http_consent_next_body_filter(r, in);
    }

    if (ngx_http_consent_body_input(body, in) != NGX_OK) {
        return NGX_ERROR;
    }

    called = 0;

    for ( ;; ) {
        rc = ngx_http_consent_body_room(body) ? ngx_http_consent_body_run(body)
                                              : NGX_AGAIN;

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (body->held) {

            if (body->out == NULL) {

                /* not enough to know */

                return NGX_OK;
            }

            if (ngx_http_consent_release(r, ctx) != NGX_OK) {
                return NGX_ERROR;
            }
        }

        out = body->out;
        body->out = NULL;
        body->last_out = &body->out;

        if (out == NULL && body->busy == NULL && (in || called)
            && rc == NGX_OK)
        {
            return NGX_OK;
        }

        rc = ngx_http_consent_next_body_filter(r, out);

        called = 1;

        ngx_http_consent_body_sent(body, out);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        /* with room again, there may be more of what is compressed */

        if (!ngx_http_consent_body_more(body)) {
            return rc;
        }
    }
}
