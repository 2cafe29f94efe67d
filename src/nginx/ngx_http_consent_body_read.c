
/*
 * What of a body's input goes into the rewriter: a buffer's bytes, decompressed
 * if they were compressed, from the first on, of which it is not known yet
 * whether they are of a page.
 */

#include "ngx_http_consent_module.h"
#include "ngx_http_consent_body.h"


static ngx_int_t ngx_http_consent_decode_into(ngx_http_consent_body_t *body,
    ngx_buf_t *in, ngx_buf_t *out);
static ngx_int_t ngx_http_consent_read_piece(ngx_http_consent_body_t *body,
    ngx_buf_t *buf);
static void ngx_http_consent_read_all(ngx_http_consent_body_t *body,
    ngx_buf_t *buf);
static ngx_int_t ngx_http_consent_keep_prefix(ngx_http_consent_body_t *body,
    u_char *data, size_t len);


/* reads compressed input as far as there is room for what comes of it */

ngx_int_t
ngx_http_consent_decode_input(ngx_http_consent_body_t *body, ngx_buf_t *in)
{
    ngx_int_t   rc;
    ngx_buf_t  *out;

    for ( ;; ) {

        if (body->reading == NULL) {

            if (body->ended) {
                in->pos = in->last;
                return NGX_OK;
            }

            out = ngx_http_consent_decoded(body);

            if (out == NULL) {
                return NGX_ERROR;
            }

            if (out->pos != out->last) {
                return NGX_AGAIN;
            }

            body->decode_rc = ngx_http_consent_decode_into(body, in, out);
            body->reading = out;
        }

        out = body->reading;

        if (out->pos != out->last) {
            rc = ngx_http_consent_read(body, out);

            if (rc != NGX_OK) {
                return rc;
            }
        }

        body->reading = NULL;

        if (body->decode_rc != NGX_AGAIN) {
            return NGX_OK;
        }
    }
}


/* NGX_AGAIN: there is more of it than fits */

static ngx_int_t
ngx_http_consent_decode_into(ngx_http_consent_body_t *body, ngx_buf_t *in,
    ngx_buf_t *out)
{
    ngx_int_t  rc;

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

    return rc;
}


/* a buffer that is free, or one that is not if there is none */

ngx_buf_t *
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


/*
 * One buffer through the rewriter; it is consumed now, or when the last slice
 * of it is sent.  NGX_AGAIN: what it gave so far is to leave first.
 */

ngx_int_t
ngx_http_consent_read(ngx_http_consent_body_t *body, ngx_buf_t *buf)
{
    ngx_int_t  rc;

    body->buf = buf;
    body->slice = NULL;

    rc = ngx_http_consent_read_piece(body, buf);

    if (rc == NGX_AGAIN) {
        body->sliced |= (body->slice != NULL);

    } else {
        ngx_http_consent_read_all(body, buf);
    }

    body->buf = NULL;
    body->slice = NULL;

    return rc;
}


static ngx_int_t
ngx_http_consent_read_piece(ngx_http_consent_body_t *body, ngx_buf_t *buf)
{
    int         more;
    size_t      n, left;
    u_char     *p;
    ngx_int_t   rc;

    p = buf->pos + body->offset;
    n = buf->last - p;

    rc = body->sniffing ? ngx_http_consent_sniff(body, p, n, 0)
                        : ngx_http_consent_feed(body, p, n, 0);

    if (rc != NGX_OK) {
        return rc;
    }

    left = 0;
    more = !body->pass && consent_page_more(body->page, &left);
    body->offset += n - left;

    return more ? NGX_AGAIN : NGX_OK;
}


/*
 * All of it is read.  The last slice says when it is sent; if that left before,
 * what came after it does, and if nothing did, what is sent last.
 */

static void
ngx_http_consent_read_all(ngx_http_consent_body_t *body, ngx_buf_t *buf)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    b = body->slice;

    if (b == NULL && body->sliced) {
        b = body->tail;

        for (cl = body->busy; cl && body->tail == NULL; cl = cl->next) {
            b = cl->buf;
        }
    }

    if (b) {
        b->shadow = buf;
        b->recycled |= buf->recycled;

    } else {
        buf->pos = buf->last;

        if (buf->in_file) {
            buf->file_pos = buf->file_last;
        }
    }

    body->offset = 0;
    body->sliced = 0;
}


/*
 * Without a usable type browsers look for HTML at the beginning, after white
 * space (MIME Sniffing 7.1).  They look for certain tags; any "<" will do for
 * us, as to read what is no page as a page costs nothing.
 */

ngx_int_t
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
                == CONSENT_ERROR)
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


ngx_int_t
ngx_http_consent_feed(ngx_http_consent_body_t *body, u_char *data, size_t len,
    ngx_uint_t last)
{
    int  rc;

    if (body->pass) {

        if (len == 0) {
            return NGX_OK;
        }

        return ngx_http_consent_emit(body, CONSENT_SPAN_INPUT, data, len)
                   == CONSENT_ERROR
               ? NGX_ERROR : NGX_OK;
    }

    rc = consent_page_feed(body->page, data, len, last);

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
           == CONSENT_ERROR)
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
