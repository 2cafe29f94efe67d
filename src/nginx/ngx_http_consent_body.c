
/*
 * A page's body on its way through the rewriter.
 *
 * The rewriter answers with spans.  A span of the input goes out as a buffer
 * over the same memory; the last one of an input buffer carries "shadow", so
 * that the input counts as consumed when that slice is sent.  Buffers handed
 * on are memory only (in_file is off): with it on, and tcp_nopush, the last
 * packet of a kept-alive answer waits for an acknowledgement.
 */

#include "ngx_http_consent_module.h"
#include "ngx_http_consent_body.h"


static ngx_int_t ngx_http_consent_body_page(ngx_http_consent_body_t *body);
static void ngx_http_consent_body_over(void *data);
static ngx_int_t ngx_http_consent_flush(ngx_http_consent_body_t *body);
static ngx_int_t ngx_http_consent_finish(ngx_http_consent_body_t *body,
    ngx_buf_t *in);


ngx_http_consent_body_t *
ngx_http_consent_body_create(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_kind_e kind)
{
    ngx_str_t                     charset;
    consent_rewrite_conf_t       *rc;
    ngx_http_consent_body_t      *body;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ctx->conf;

    body = ngx_pcalloc(r->pool, sizeof(ngx_http_consent_body_t));
    if (body == NULL) {
        return NULL;
    }

    if (ctx->url == NULL) {
        ctx->url = ngx_palloc(r->pool, sizeof(consent_url_t));

        if (ctx->url == NULL
            || ngx_http_consent_page_url(r, ctx->url) != NGX_OK)
        {
            ctx->url = NULL;
            return NULL;
        }
    }

    body->request = r;
    body->ctx = ctx;
    body->last_out = &body->out;
    body->report = (conf->enable == NGX_HTTP_CONSENT_REPORT);
    body->sniffed = (kind == NGX_HTTP_CONSENT_SNIFFED);
    body->sniffing = body->sniffed;

    charset = ngx_http_consent_charset(r);

    rc = &body->conf;

    rc->rules = conf->rules;
    rc->match = conf->main->match;
    rc->page = ctx->url;
    rc->allowed = ctx->state.allowed;
    rc->categories = conf->srv->categories->names;
    rc->endpoint = ngx_http_consent_str(&conf->srv->endpoint);
    rc->origin = ngx_http_consent_page_origin(r, conf->srv, ctx->url);
    rc->charset = ngx_http_consent_str(&charset);
    rc->markup = (kind == NGX_HTTP_CONSENT_XHTML) ? CONSENT_MARKUP_XHTML
                                                  : CONSENT_MARKUP_HTML;
    rc->gate = (ctx->state.allowed != ctx->state.all);
    rc->report = body->report;
    rc->document = !body->report && ngx_http_consent_is_document(r);
    rc->frame = !body->report && conf->guard && !rc->document
                && ngx_http_consent_is_navigation(r);
    rc->marker = (conf->links_place == NGX_HTTP_CONSENT_LINKS_MARKER);
    rc->notice = rc->document && conf->banner && ctx->state.ask;
    rc->inline_max = conf->inline_max;
    rc->hold_max = conf->inline_max;
    rc->alloc = ngx_http_consent_alloc(r->pool);
    rc->free = ngx_http_consent_pool_free;
    rc->emit = body->report ? ngx_http_consent_emit_nothing
                            : ngx_http_consent_emit;
    rc->guard = conf->guard;
    rc->insert = ngx_http_consent_insert;
    rc->found = ngx_http_consent_found;
    rc->arg = body;

    return (ngx_http_consent_body_page(body) == NGX_OK) ? body : NULL;
}


/* what is remembered of pages is held until this one is over */

static ngx_int_t
ngx_http_consent_body_page(ngx_http_consent_body_t *body)
{
    ngx_pool_cleanup_t           *cln;
    ngx_http_consent_loc_conf_t  *conf;

    conf = body->ctx->conf;

    cln = ngx_pool_cleanup_add(body->request->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    body->page = consent_page_create(&body->conf, conf->main->pages, conf);
    if (body->page == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_consent_body_over;
    cln->data = body->page;

    return NGX_OK;
}


static void
ngx_http_consent_body_over(void *data)
{
    consent_page_done(data);
}


ngx_int_t
ngx_http_consent_body_input(ngx_http_consent_body_t *body, ngx_chain_t *in)
{
    if (in == NULL) {
        return NGX_OK;
    }

    return ngx_chain_add_copy(body->request->pool, &body->in, in);
}


ngx_int_t
ngx_http_consent_body_run(ngx_http_consent_body_t *body)
{
    ngx_int_t     rc;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    body->waiting = 0;

    while (body->in) {
        b = body->in->buf;

        if (body->finished) {

            /* nothing can follow the end */

            b->pos = b->last;

        } else if (ngx_buf_in_memory(b)) {

            if (body->decode) {
                rc = ngx_http_consent_decode_input(body, b);

            } else {
                rc = (b->pos < b->last) ? ngx_http_consent_read(body, b)
                                        : NGX_OK;
            }

            if (rc == NGX_AGAIN) {
                body->waiting = 1;
                return NGX_AGAIN;
            }

            if (rc != NGX_OK) {
                return NGX_ERROR;
            }

        } else if (b->in_file) {
            ngx_log_error(NGX_LOG_ALERT, body->request->connection->log, 0,
                          "consent: a page's buffer is not in memory");
            return NGX_ERROR;
        }

        if (b->flush && ngx_http_consent_flush(body) != NGX_OK) {
            return NGX_ERROR;
        }

        if (b->last_buf && ngx_http_consent_finish(body, b) != NGX_OK) {
            return NGX_ERROR;
        }

        cl = body->in;
        body->in = cl->next;
        ngx_http_consent_free_chain(body->request->pool, cl);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_consent_flush(ngx_http_consent_body_t *body)
{
    ngx_buf_t  *b;

    if (ngx_http_consent_cut(body) != NGX_OK
        || (!body->pass && !body->finished
            && consent_page_flush(body->page) != CONSENT_OK))
    {
        return NGX_ERROR;
    }

    if (body->tail) {
        body->tail->flush = 1;
        return NGX_OK;
    }

    if (body->held && !body->cut) {

        /* not even the header is out */

        return NGX_OK;
    }

    b = ngx_http_consent_out(body, 0);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->flush = 1;

    return NGX_OK;
}


static ngx_int_t
ngx_http_consent_finish(ngx_http_consent_body_t *body, ngx_buf_t *in)
{
    ngx_buf_t  *b;

    if (body->finished) {
        return NGX_OK;
    }

    if (body->sniffing
        && ngx_http_consent_sniff(body, (u_char *) "", 0, 1) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (!body->pass
        && ngx_http_consent_feed(body, (u_char *) "", 0, 1) != NGX_OK)
    {
        return NGX_ERROR;
    }

    body->finished = 1;

    b = body->tail;

    if (b == NULL) {
        b = ngx_http_consent_out(body, 0);
        if (b == NULL) {
            return NGX_ERROR;
        }
    }

    b->last_buf = 1;
    b->last_in_chain = in->last_in_chain;

    return NGX_OK;
}


/*
 * What was to leave before more is read waits for the client: the write filter
 * says so, and goes on by itself.  A subrequest's output does not wait, and so
 * has no bound.
 */

ngx_uint_t
ngx_http_consent_body_room(ngx_http_consent_body_t *body)
{
    ngx_http_request_t  *r;

    r = body->request;

    return !body->waiting || body->busy == NULL || r != r->main
           || !(r->connection->buffered & NGX_HTTP_WRITE_BUFFERED);
}


ngx_uint_t
ngx_http_consent_body_more(ngx_http_consent_body_t *body)
{
    ngx_buf_t  *b;

    if (body->in == NULL || !ngx_http_consent_body_room(body)) {
        return 0;
    }

    if (body->decode == NULL || body->reading) {
        return 1;
    }

    b = ngx_http_consent_decoded(body);

    return b == NULL || b->pos == b->last;
}
