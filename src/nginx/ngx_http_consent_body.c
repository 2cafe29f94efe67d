
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


static ngx_int_t ngx_http_consent_decode_input(ngx_http_consent_body_t *body,
    ngx_buf_t *in);
static ngx_buf_t *ngx_http_consent_decoded(ngx_http_consent_body_t *body);
static ngx_int_t ngx_http_consent_read(ngx_http_consent_body_t *body,
    ngx_buf_t *buf);
static ngx_int_t ngx_http_consent_sniff(ngx_http_consent_body_t *body,
    u_char *data, size_t len, ngx_uint_t last);
static ngx_int_t ngx_http_consent_feed(ngx_http_consent_body_t *body,
    u_char *data, size_t len, ngx_uint_t last);
static ngx_int_t ngx_http_consent_keep_prefix(ngx_http_consent_body_t *body,
    u_char *data, size_t len);
static ngx_int_t ngx_http_consent_cut(ngx_http_consent_body_t *body);
static ngx_int_t ngx_http_consent_flush(ngx_http_consent_body_t *body);
static ngx_int_t ngx_http_consent_finish(ngx_http_consent_body_t *body,
    ngx_buf_t *in);
static ngx_int_t ngx_http_consent_look_decoded(ngx_http_consent_body_t *body,
    ngx_buf_t *b);
static void ngx_http_consent_look(ngx_http_consent_body_t *body, u_char *data,
    size_t len, ngx_uint_t last);
static int ngx_http_consent_emit(void *arg, consent_span_e kind,
    const consent_u8 *data, size_t len);
static int ngx_http_consent_emit_nothing(void *arg, consent_span_e kind,
    const consent_u8 *data, size_t len);
static int ngx_http_consent_emit_inserted(ngx_http_consent_body_t *body,
    ngx_http_consent_inserted_t *in);
static int ngx_http_consent_point(ngx_http_consent_body_t *body,
    const consent_u8 *data, size_t len);
static ngx_buf_t *ngx_http_consent_out(ngx_http_consent_body_t *body,
    size_t size);
static ngx_chain_t *ngx_http_consent_new_link(ngx_http_consent_body_t *body,
    size_t size);


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
    rc->inline_max = conf->inline_max;
    rc->hold_max = conf->inline_max;
    rc->alloc = ngx_http_consent_alloc(r->pool);
    rc->emit = body->report ? ngx_http_consent_emit_nothing
                            : ngx_http_consent_emit;
    rc->insert = ngx_http_consent_insert;
    rc->found = ngx_http_consent_found;
    rc->arg = body;

    body->rewrite = consent_rewrite_create(rc);
    if (body->rewrite == NULL) {
        return NULL;
    }

    return body;
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

                if (rc == NGX_AGAIN) {
                    body->waiting = 1;
                    return NGX_AGAIN;
                }

            } else {
                rc = (b->pos < b->last) ? ngx_http_consent_read(body, b)
                                        : NGX_OK;
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


/* reads compressed input as far as there is room for what comes of it */

static ngx_int_t
ngx_http_consent_decode_input(ngx_http_consent_body_t *body, ngx_buf_t *in)
{
    ngx_int_t   rc;
    ngx_buf_t  *out;

    if (body->ended) {
        in->pos = in->last;
        return NGX_OK;
    }

    for ( ;; ) {
        out = ngx_http_consent_decoded(body);

        if (out == NULL) {
            return NGX_ERROR;
        }

        if (out->pos != out->last) {
            return NGX_AGAIN;
        }

        out->pos = out->start;
        out->last = out->start;

        rc = ngx_http_consent_decode(body->decode, in, out);

        if (rc == NGX_ERROR) {

            /* the page ends here, as it would in a browser */

            ngx_log_error(NGX_LOG_ERR, body->request->connection->log, 0,
                          "consent: broken compressed page from upstream");
        }

        if (rc == NGX_DONE || rc == NGX_ERROR) {
            body->ended = 1;
            in->pos = in->last;
        }

        if (out->pos != out->last
            && ngx_http_consent_read(body, out) != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (rc != NGX_AGAIN) {
            return NGX_OK;
        }
    }
}


/* a buffer that is free, or one that is not if there is none */

static ngx_buf_t *
ngx_http_consent_decoded(ngx_http_consent_body_t *body)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_CONSENT_DECODED; i++) {

        if (body->decoded[i] == NULL) {
            body->decoded[i] = ngx_create_temp_buf(body->request->pool,
                                               NGX_HTTP_CONSENT_DECODED_SIZE);
            return body->decoded[i];
        }

        if (body->decoded[i]->pos == body->decoded[i]->last) {
            return body->decoded[i];
        }
    }

    return body->decoded[0];
}


/* one buffer through the rewriter; it is consumed now, or when the last
 * slice of it is sent */

static ngx_int_t
ngx_http_consent_read(ngx_http_consent_body_t *body, ngx_buf_t *buf)
{
    ngx_int_t  rc;

    body->buf = buf;
    body->slice = NULL;

    if (body->sniffing) {
        rc = ngx_http_consent_sniff(body, buf->pos, buf->last - buf->pos, 0);

    } else {
        rc = ngx_http_consent_feed(body, buf->pos, buf->last - buf->pos, 0);
    }

    if (body->slice) {
        body->slice->shadow = buf;
        body->slice->recycled = buf->recycled;

    } else {
        buf->pos = buf->last;

        if (buf->in_file) {
            buf->file_pos = buf->file_last;
        }
    }

    body->buf = NULL;
    body->slice = NULL;

    return rc;
}


/*
 * Without a usable type browsers look for HTML at the beginning, after white
 * space (MIME Sniffing 7.1).  They look for certain tags; any "<" will do for
 * us, as to read what is no page as a page costs nothing.
 */

static ngx_int_t
ngx_http_consent_sniff(ngx_http_consent_body_t *body, u_char *data,
    size_t len, ngx_uint_t last)
{
    size_t   i, n;
    u_char  *p;

    for (i = 0; i < len; i++) {
        if (data[i] != ' ' && data[i] != CR && data[i] != LF
            && data[i] != '\t' && data[i] != '\f')
        {
            break;
        }
    }

    if (!last && i > len - ngx_min(len, 5)
        && body->prefix_len + len < NGX_HTTP_CONSENT_PREFIX_MAX / 2)
    {
        /* nothing yet, or less than "<?xml" */

        return ngx_http_consent_keep_prefix(body, data, len);
    }

    body->sniffing = 0;

    p = data;
    n = len;

    if (body->prefix_len) {

        /* there is room, see above */

        n = ngx_min(len, 64);
        ngx_memcpy(body->prefix + body->prefix_len, data, n);

        p = body->prefix;
        n += body->prefix_len;

        for (i = 0; i < n; i++) {
            if (p[i] != ' ' && p[i] != CR && p[i] != LF && p[i] != '\t'
                && p[i] != '\f')
            {
                break;
            }
        }
    }

    if (i == n || p[i] != '<') {
        body->pass = 1;

    } else if (n - i >= 5 && ngx_memcmp(&p[i], "<?xml", 5) == 0) {
        body->pass = 1;
        body->xml = 1;
    }

    /* what was kept was not fed */

    if (body->prefix_len) {
        p = body->prefix;
        n = body->prefix_len;

        body->prefix = NULL;
        body->prefix_len = 0;

        if (body->pass) {
            if (ngx_http_consent_emit(body, CONSENT_SPAN_HELD, p, n)
                != CONSENT_OK)
            {
                return NGX_ERROR;
            }

        } else {
            body->foreign = 1;     /* not a part of the buffer at hand */

            if (ngx_http_consent_feed(body, p, n, 0) != NGX_OK) {
                return NGX_ERROR;
            }

            body->foreign = 0;
        }
    }

    return len ? ngx_http_consent_feed(body, data, len, 0) : NGX_OK;
}


static ngx_int_t
ngx_http_consent_feed(ngx_http_consent_body_t *body, u_char *data, size_t len,
    ngx_uint_t last)
{
    int  rc;

    if (body->pass) {

        if (len == 0) {
            return NGX_OK;
        }

        return ngx_http_consent_emit(body, CONSENT_SPAN_INPUT, data, len)
                   == CONSENT_OK
               ? NGX_OK : NGX_ERROR;
    }

    rc = consent_rewrite_feed(body->rewrite, data, len, last);

    if (rc == CONSENT_OK) {

        if (body->held && !body->emitted) {
            return ngx_http_consent_keep_prefix(body, data, len);
        }

        return NGX_OK;
    }

    if (rc != CONSENT_DECLINED || body->emitted
        || body->prefix_len > NGX_HTTP_CONSENT_PREFIX_MAX)
    {
        return NGX_ERROR;
    }

    body->declined = 1;
    body->pass = 1;

    if (body->prefix_len
        && ngx_http_consent_emit(body, CONSENT_SPAN_HELD, body->prefix,
                                 body->prefix_len)
           != CONSENT_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_consent_feed(body, data, len, last);
}


/* what was fed and has not come out: it may have to go out unread */

static ngx_int_t
ngx_http_consent_keep_prefix(ngx_http_consent_body_t *body, u_char *data,
    size_t len)
{
    if (body->prefix_len + len > NGX_HTTP_CONSENT_PREFIX_MAX) {
        body->prefix_len = NGX_HTTP_CONSENT_PREFIX_MAX + 1;
        return NGX_OK;
    }

    if (body->prefix == NULL) {
        body->prefix = ngx_pnalloc(body->request->pool,
                                   NGX_HTTP_CONSENT_PREFIX_MAX);
        if (body->prefix == NULL) {
            return NGX_ERROR;
        }
    }

    ngx_memcpy(body->prefix + body->prefix_len, data, len);
    body->prefix_len += len;

    return NGX_OK;
}


static int
ngx_http_consent_emit_nothing(void *arg, consent_span_e kind,
    const consent_u8 *data, size_t len)
{
    return CONSENT_OK;
}


static int
ngx_http_consent_emit(void *arg, consent_span_e kind, const consent_u8 *data,
    size_t len)
{
    ngx_http_consent_body_t *body = arg;

    ngx_buf_t                    *b;
    ngx_uint_t                    i;
    ngx_http_consent_inserted_t  *in;

    if (len == 0) {
        return CONSENT_OK;
    }

    body->emitted = 1;

    if (kind == CONSENT_SPAN_INPUT && body->foreign) {
        kind = CONSENT_SPAN_HELD;
    }

    if (kind == CONSENT_SPAN_INPUT) {

        b = body->slice;

        if (b && b == body->tail && b->last == data) {
            b->last += len;
            return CONSENT_OK;
        }

        b = ngx_http_consent_out(body, 0);
        if (b == NULL) {
            return CONSENT_ERROR;
        }

        b->pos = (u_char *) data;
        b->last = b->pos + len;
        b->memory = body->buf->memory;
        b->temporary = body->buf->temporary;
        b->mmap = body->buf->mmap;

        body->slice = b;

        return CONSENT_OK;
    }

    if (kind == CONSENT_SPAN_CONST) {
        return ngx_http_consent_point(body, data, len);
    }

    if (kind == CONSENT_SPAN_OWN) {

        for (i = 0; i < body->ninserted; i++) {
            in = &body->inserted[i];

            if (in->text.data == data && in->text.len == len) {
                return ngx_http_consent_emit_inserted(body, in);
            }
        }
    }

    /* held: to be copied; several in a row share a buffer */

    b = body->tail;

    if (b && b->start && b->temporary && (size_t) (b->end - b->last) >= len) {
        b->last = ngx_cpymem(b->last, data, len);
        return CONSENT_OK;
    }

    b = ngx_http_consent_out(body, len);
    if (b == NULL) {
        return CONSENT_ERROR;
    }

    b->last = ngx_cpymem(b->last, data, len);

    return CONSENT_OK;
}


static int
ngx_http_consent_emit_inserted(ngx_http_consent_body_t *body,
    ngx_http_consent_inserted_t *in)
{
    size_t  after;

    if (in->len == 0) {
        return ngx_http_consent_point(body, in->text.data, in->text.len);
    }

    after = in->place + in->len;

    if (ngx_http_consent_point(body, in->text.data, in->place) != CONSENT_OK
        || ngx_http_consent_point(body, in->own.data, in->own.len)
           != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    return ngx_http_consent_point(body, in->text.data + after,
                                  in->text.len - after);
}


/* what lives as long as the request, or longer */

static int
ngx_http_consent_point(ngx_http_consent_body_t *body, const consent_u8 *data,
    size_t len)
{
    ngx_buf_t  *b;

    if (len == 0) {
        return CONSENT_OK;
    }

    b = ngx_http_consent_out(body, 0);
    if (b == NULL) {
        return CONSENT_ERROR;
    }

    b->pos = (u_char *) data;
    b->last = b->pos + len;
    b->memory = 1;

    return CONSENT_OK;
}


ngx_int_t
ngx_http_consent_body_inserted(ngx_http_consent_body_t *body, ngx_str_t *text,
    size_t place, size_t len, consent_str_t own)
{
    ngx_http_consent_inserted_t  *in;

    if (body->ninserted == NGX_HTTP_CONSENT_INSERTED) {
        return NGX_DECLINED;
    }

    in = &body->inserted[body->ninserted++];

    in->text = ngx_http_consent_str(text);
    in->place = place;
    in->len = len;
    in->own = own;

    return NGX_OK;
}


/*
 * A buffer at the end of the output: with memory of its own, or (size 0) to
 * point at someone else's.  Both kinds come back, each to a list of its own.
 */

static ngx_buf_t *
ngx_http_consent_out(ngx_http_consent_body_t *body, size_t size)
{
    u_char       *start, *end;
    ngx_buf_t    *b;
    ngx_chain_t  *cl, **ll;

    ll = &body->bare;

    if (size) {
        for (ll = &body->free; *ll; ll = &(*ll)->next) {
            b = (*ll)->buf;

            if ((size_t) (b->end - b->start) >= size) {
                break;
            }
        }
    }

    cl = *ll;

    if (cl) {
        *ll = cl->next;

    } else {
        cl = ngx_http_consent_new_link(body, size);
        if (cl == NULL) {
            return NULL;
        }
    }

    b = cl->buf;
    start = b->start;
    end = b->end;

    ngx_memzero(b, sizeof(ngx_buf_t));

    b->tag = (ngx_buf_tag_t) &ngx_http_consent_module;

    if (size) {
        b->start = start;
        b->end = end;
        b->pos = start;
        b->last = start;
        b->temporary = 1;
    }

    cl->next = NULL;
    *body->last_out = cl;
    body->last_out = &cl->next;
    body->tail = b;

    return b;
}


/*
 * An upstream that is done with ends by a flush if it broke off, and there
 * will be no last buffer: what was waiting for more goes out as it is.
 */

static ngx_int_t
ngx_http_consent_cut(ngx_http_consent_body_t *body)
{
    ngx_http_upstream_t  *u;

    u = body->request->upstream;

    if (u == NULL || u->cleanup != NULL || !body->held || body->finished) {
        return NGX_OK;
    }

    body->cut = 1;

    if (body->sniffing
        && ngx_http_consent_sniff(body, (u_char *) "", 0, 1) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return body->pass ? NGX_OK
                      : ngx_http_consent_feed(body, (u_char *) "", 0,
                                              CONSENT_CUT);
}


/* several at a time: a page takes many, and the pool is asked less */

static ngx_chain_t *
ngx_http_consent_new_link(ngx_http_consent_body_t *body, size_t size)
{
    ngx_pool_t                  *pool;
    ngx_chain_t                 *cl;
    ngx_http_consent_link_buf_t  *l;

    pool = body->request->pool;

    if (body->nspare == 0) {
        body->spare = ngx_palloc(pool, NGX_HTTP_CONSENT_SPARE
                                       * sizeof(ngx_http_consent_link_buf_t));
        if (body->spare == NULL) {
            return NULL;
        }

        body->nspare = NGX_HTTP_CONSENT_SPARE;
    }

    l = body->spare;
    cl = &l->link;
    cl->buf = &l->buf;

    l->buf.start = NULL;
    l->buf.end = NULL;

    if (size) {
        size = ngx_align(size, NGX_HTTP_CONSENT_HELD_SIZE);

        l->buf.start = ngx_pnalloc(pool, size);
        if (l->buf.start == NULL) {
            return NULL;
        }

        l->buf.end = l->buf.start + size;
    }

    body->spare++;
    body->nspare--;

    return cl;
}


static ngx_int_t
ngx_http_consent_flush(ngx_http_consent_body_t *body)
{
    ngx_buf_t  *b;

    if (ngx_http_consent_cut(body) != NGX_OK) {
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


void
ngx_http_consent_body_sent(ngx_http_consent_body_t *body, ngx_chain_t *out)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    body->tail = NULL;

    if (out) {
        if (body->busy == NULL) {
            body->busy = out;

        } else {
            for (cl = body->busy; cl->next; cl = cl->next) { /* void */ }
            cl->next = out;
        }
    }

    while (body->busy) {
        cl = body->busy;
        b = cl->buf;

        if (ngx_buf_size(b) != 0) {
            break;
        }

        if (b->shadow) {
            b->shadow->pos = b->shadow->last;

            if (b->shadow->in_file) {
                b->shadow->file_pos = b->shadow->file_last;
            }
        }

        body->busy = cl->next;

        if (b->start) {
            cl->next = body->free;
            body->free = cl;

        } else {
            cl->next = body->bare;
            body->bare = cl;
        }
    }

    if (body->in) {
        body->request->connection->buffered |= NGX_HTTP_CONSENT_BUFFERED;

    } else {
        body->request->connection->buffered &= ~NGX_HTTP_CONSENT_BUFFERED;
    }
}


ngx_uint_t
ngx_http_consent_body_more(ngx_http_consent_body_t *body)
{
    ngx_buf_t  *b;

    if (body->in == NULL) {
        return 0;
    }

    b = ngx_http_consent_decoded(body);

    return b == NULL || b->pos == b->last;
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

    rc = consent_rewrite_feed(body->rewrite, data, len, last);

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
