
/*
 * What the rewriter puts out, as buffers: a span of the input over the same
 * memory, what is put in from where it is kept, and what has to be copied, or
 * is too short for a buffer, in memory that is used again once it was sent.
 */

#include "ngx_http_consent_module.h"
#include "ngx_http_consent_body.h"


static int ngx_http_consent_span(ngx_http_consent_body_t *body,
    consent_span_e kind, const consent_u8 *data, size_t len);
static int ngx_http_consent_copied(ngx_http_consent_body_t *body,
    const consent_u8 *data, size_t len);
static int ngx_http_consent_emit_inserted(ngx_http_consent_body_t *body,
    ngx_http_consent_inserted_t *in);
static int ngx_http_consent_point(ngx_http_consent_body_t *body,
    const consent_u8 *data, size_t len);
static ngx_chain_t *ngx_http_consent_new_link(ngx_http_consent_body_t *body,
    size_t size);


int
ngx_http_consent_emit(void *arg, consent_span_e kind, const consent_u8 *data,
    size_t len)
{
    int                       rc;
    ngx_http_consent_body_t  *body;

    body = arg;
    rc = ngx_http_consent_span(body, kind, data, len);

    /* what is not in the buffer at hand is read at once */

    return (rc == CONSENT_OK && body->taken > NGX_HTTP_CONSENT_TAKEN_MAX
            && !body->foreign)
           ? CONSENT_FULL : rc;
}


static int
ngx_http_consent_span(ngx_http_consent_body_t *body, consent_span_e kind,
    const consent_u8 *data, size_t len)
{
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

        if (len <= NGX_HTTP_CONSENT_SPAN_COPIED) {
            return ngx_http_consent_copied(body, data, len);
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

    return ngx_http_consent_copied(body, data, len);
}


/* several in a row share a buffer; what is long takes several, so that all can
 * be used again for whatever comes */

static int
ngx_http_consent_copied(ngx_http_consent_body_t *body, const consent_u8 *data,
    size_t len)
{
    size_t      n;
    ngx_buf_t  *b;

    do {
        b = body->tail;

        if (b == NULL || b->start == NULL || b->last == b->end) {
            n = ngx_min(len, NGX_HTTP_CONSENT_HELD_MAX);

            b = ngx_http_consent_out(body, n);
            if (b == NULL) {
                return CONSENT_ERROR;
            }
        }

        n = ngx_min(len, (size_t) (b->end - b->last));

        b->last = ngx_cpymem(b->last, data, n);
        data += n;
        len -= n;

    } while (len);

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

ngx_buf_t *
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

    body->taken += sizeof(ngx_http_consent_link_buf_t)
                   + (size ? (size_t) (end - start) : 0);

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

ngx_int_t
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
    size_t                        n;
    ngx_pool_t                   *pool;
    ngx_chain_t                  *cl;
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
        n = NGX_HTTP_CONSENT_HELD_SIZE
            << ngx_min(body->nheld, NGX_HTTP_CONSENT_HELD_STEPS);

        while (n < size) {
            n *= 2;
        }

        l->buf.start = ngx_pnalloc(pool, n);
        if (l->buf.start == NULL) {
            return NULL;
        }

        l->buf.end = l->buf.start + n;
        body->nheld++;
    }

    body->spare++;
    body->nspare--;

    return cl;
}


void
ngx_http_consent_body_sent(ngx_http_consent_body_t *body, ngx_chain_t *out)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    body->tail = NULL;
    body->taken = 0;

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
