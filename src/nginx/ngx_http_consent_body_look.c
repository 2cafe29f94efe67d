
/*
 * "consent report": a body is looked at, and leaves as it came.
 */

#include "ngx_http_consent_module.h"
#include "ngx_http_consent_body.h"


static ngx_int_t ngx_http_consent_look_decoded(ngx_http_consent_body_t *body,
    ngx_buf_t *b);
static void ngx_http_consent_look(ngx_http_consent_body_t *body, u_char *data,
    size_t len, ngx_uint_t last);


int
ngx_http_consent_emit_nothing(void *arg, consent_span_e kind,
    const consent_u8 *data, size_t len)
{
    return CONSENT_OK;
}


/*
 * Feeds what the chain holds and has not been seen; a buffer is in one call
 * only, so all of it is new.
 */

ngx_int_t
ngx_http_consent_body_observe(ngx_http_consent_body_t *body, ngx_chain_t *in)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    for (cl = in; cl && !body->pass && !body->finished; cl = cl->next) {
        b = cl->buf;

        if (ngx_buf_in_memory(b) && b->pos < b->last) {

            if (body->decode == NULL) {
                ngx_http_consent_look(body, b->pos, b->last - b->pos, 0);

            } else if (ngx_http_consent_look_decoded(body, b) != NGX_OK) {
                return NGX_ERROR;
            }
        }

        if (b->last_buf && !body->pass) {
            body->finished = 1;
            ngx_http_consent_look(body, (u_char *) "", 0, 1);
        }
    }

    return NGX_OK;
}


/* through the decoder, and leaves the buffer as it is */

static ngx_int_t
ngx_http_consent_look_decoded(ngx_http_consent_body_t *body, ngx_buf_t *b)
{
    ngx_int_t   rc;
    ngx_buf_t   coded, *out;

    ngx_memzero(&coded, sizeof(ngx_buf_t));

    coded.pos = b->pos;
    coded.last = b->last;

    do {
        out = ngx_http_consent_decoded(body);
        if (out == NULL) {
            return NGX_ERROR;
        }

        out->pos = out->start;
        out->last = out->start;

        rc = ngx_http_consent_decode(body->decode, &coded, out);

        if (rc == NGX_ERROR) {
            body->pass = 1;

        } else {
            ngx_http_consent_look(body, out->pos, out->last - out->pos, 0);
        }

        out->pos = out->last;

    } while (rc == NGX_AGAIN && !body->pass);

    return NGX_OK;
}


/* nothing that goes wrong here may touch the page */

static void
ngx_http_consent_look(ngx_http_consent_body_t *body, u_char *data, size_t len,
    ngx_uint_t last)
{
    int  rc;

    if (len == 0 && !last) {
        return;
    }

    rc = consent_page_feed(body->page, data, len, last);

    if (rc == CONSENT_OK) {
        return;
    }

    body->pass = 1;

    if (rc == CONSENT_DECLINED && !body->declined) {
        body->declined = 1;
        ngx_http_consent_report_unread(body->request, body->ctx,
                                       "a page's charset");
    }
}
