
/*
 * Content codings, undone in a stream: gzip, deflate, br, zstd, and several
 * of them on top of each other (RFC 9110, 8.4).  Memory is bounded whatever
 * comes: windows have limits, output goes into the caller's buffer and stops
 * where that is full, so a bomb only streams through.
 */

#include "ngx_http_consent_module.h"
#include "ngx_http_consent_decode.h"

#include <zlib.h>

#if (NGX_HTTP_CONSENT_BROTLI)
#include <brotli/decode.h>
#endif

#if (NGX_HTTP_CONSENT_ZSTD)
#include <zstd.h>
#endif


#define NGX_HTTP_CONSENT_CODINGS_MAX   4
#define NGX_HTTP_CONSENT_STAGE_SIZE    8192

/* RFC 8878, 3.1.1.1.2: what every decoder should support, and no more */
#define NGX_HTTP_CONSENT_ZSTD_WINDOW   23


typedef enum {
    NGX_HTTP_CONSENT_GZIP = 0,
    NGX_HTTP_CONSENT_DEFLATE,
    NGX_HTTP_CONSENT_BR,
    NGX_HTTP_CONSENT_ZST
} ngx_http_consent_coding_e;


typedef struct {
    ngx_http_consent_coding_e   coding;
    ngx_uint_t                  started;
    ngx_uint_t                  done;
    ngx_uint_t                  pending;   /* the library has more output */

    z_stream                    zs;
#if (NGX_HTTP_CONSENT_BROTLI)
    BrotliDecoderState         *br;
#endif
#if (NGX_HTTP_CONSENT_ZSTD)
    ZSTD_DCtx                  *zstd;
#endif

    u_char                      head[2];   /* deflate: is there a header? */
    ngx_uint_t                  nhead;

    ngx_buf_t                  *in;        /* of the stage before; NULL for
                                              the first */
} ngx_http_consent_stage_t;


struct ngx_http_consent_decode_s {
    ngx_pool_t                 *pool;
    ngx_uint_t                  n;
    ngx_http_consent_stage_t    stage[NGX_HTTP_CONSENT_CODINGS_MAX];
};


static ngx_int_t ngx_http_consent_stage(ngx_http_consent_stage_t *s,
    ngx_buf_t *in, ngx_buf_t *out);
static ngx_int_t ngx_http_consent_inflate_start(
    ngx_http_consent_stage_t *s, ngx_buf_t *in);
static ngx_int_t ngx_http_consent_inflate(ngx_http_consent_stage_t *s,
    ngx_buf_t *in, ngx_buf_t *out);
static void ngx_http_consent_decode_cleanup(void *data);


/*
 * "gzip, br": applied in that order, so undone from the end.  NULL: a coding
 * that is not known, or no memory.  *identity is set if there is nothing to
 * undo.
 */

ngx_http_consent_decode_t *
ngx_http_consent_decode_create(ngx_pool_t *pool, ngx_str_t *codings,
    ngx_uint_t *identity)
{
    u_char                     *p, *last, *start;
    size_t                      len;
    ngx_uint_t                  i, j;
    ngx_pool_cleanup_t         *cln;
    ngx_http_consent_stage_t    tmp;
    ngx_http_consent_decode_t  *d;

    static struct {
        ngx_str_t                  name;
        ngx_http_consent_coding_e  coding;
    } known[] = {
        { ngx_string("gzip"), NGX_HTTP_CONSENT_GZIP },
        { ngx_string("x-gzip"), NGX_HTTP_CONSENT_GZIP },
        { ngx_string("deflate"), NGX_HTTP_CONSENT_DEFLATE },
#if (NGX_HTTP_CONSENT_BROTLI)
        { ngx_string("br"), NGX_HTTP_CONSENT_BR },
#endif
#if (NGX_HTTP_CONSENT_ZSTD)
        { ngx_string("zstd"), NGX_HTTP_CONSENT_ZST },
#endif
        { ngx_null_string, 0 }
    };

    *identity = 0;

    d = ngx_pcalloc(pool, sizeof(ngx_http_consent_decode_t));
    if (d == NULL) {
        return NULL;
    }

    d->pool = pool;

    p = codings->data;
    last = p + codings->len;

    while (p < last) {

        while (p < last && (*p == ' ' || *p == '\t' || *p == ',')) {
            p++;
        }

        start = p;

        while (p < last && *p != ' ' && *p != '\t' && *p != ',') {
            p++;
        }

        len = p - start;

        if (len == 0
            || (len == 8 && ngx_strncasecmp(start, (u_char *) "identity", 8)
                            == 0))
        {
            continue;
        }

        for (i = 0; known[i].name.len; i++) {
            if (known[i].name.len == len
                && ngx_strncasecmp(start, known[i].name.data, len) == 0)
            {
                break;
            }
        }

        if (known[i].name.len == 0 || d->n == NGX_HTTP_CONSENT_CODINGS_MAX) {
            return NULL;
        }

        d->stage[d->n++].coding = known[i].coding;
    }

    if (d->n == 0) {
        *identity = 1;
        return NULL;
    }

    for (i = 0, j = d->n - 1; i < j; i++, j--) {
        tmp = d->stage[i];
        d->stage[i] = d->stage[j];
        d->stage[j] = tmp;
    }

    for (i = 1; i < d->n; i++) {
        d->stage[i].in = ngx_create_temp_buf(pool,
                                             NGX_HTTP_CONSENT_STAGE_SIZE);
        if (d->stage[i].in == NULL) {
            return NULL;
        }
    }

    cln = ngx_pool_cleanup_add(pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_consent_decode_cleanup;
    cln->data = d;

    return d;
}


static void
ngx_http_consent_decode_cleanup(void *data)
{
    ngx_http_consent_decode_t *d = data;

    ngx_uint_t                 i;
    ngx_http_consent_stage_t  *s;

    for (i = 0; i < d->n; i++) {
        s = &d->stage[i];

        if (!s->started) {
            continue;
        }

        switch (s->coding) {

#if (NGX_HTTP_CONSENT_BROTLI)
        case NGX_HTTP_CONSENT_BR:
            BrotliDecoderDestroyInstance(s->br);
            break;
#endif

#if (NGX_HTTP_CONSENT_ZSTD)
        case NGX_HTTP_CONSENT_ZST:
            ZSTD_freeDCtx(s->zstd);
            break;
#endif

        default:
            (void) inflateEnd(&s->zs);
        }

        s->started = 0;
    }
}


/*
 * Takes from in->pos, adds at out->last.  NGX_AGAIN: out is full, call again
 * with room before giving more input.  NGX_OK: all of in is taken and more is
 * wanted.  NGX_DONE: the coded data has ended.  NGX_ERROR: it is broken.
 */

ngx_int_t
ngx_http_consent_decode(ngx_http_consent_decode_t *d, ngx_buf_t *in,
    ngx_buf_t *out)
{
    ngx_int_t                  rc;
    ngx_buf_t                 *from, *to;
    ngx_uint_t                 i, progress;
    ngx_http_consent_stage_t  *s;

    for ( ;; ) {
        progress = 0;

        for (i = 0; i < d->n; i++) {
            s = &d->stage[i];

            from = (i == 0) ? in : s->in;
            to = (i == d->n - 1) ? out : d->stage[i + 1].in;

            if (to != out) {

                if (to->pos == to->last) {
                    to->pos = to->start;
                    to->last = to->start;

                } else if (to->last == to->end) {
                    continue;
                }
            }

            if (s->done || (from->pos == from->last && !s->pending)
                || to->last == to->end)
            {
                continue;
            }

            rc = ngx_http_consent_stage(s, from, to);

            if (rc == NGX_ERROR) {
                return NGX_ERROR;
            }

            progress = 1;
        }

        if (out->last == out->end) {
            return d->stage[d->n - 1].done ? NGX_DONE : NGX_AGAIN;
        }

        if (d->stage[d->n - 1].done) {
            return NGX_DONE;
        }

        if (!progress) {
            return NGX_OK;
        }
    }
}


static ngx_int_t
ngx_http_consent_stage(ngx_http_consent_stage_t *s, ngx_buf_t *in,
    ngx_buf_t *out)
{
#if (NGX_HTTP_CONSENT_BROTLI)
    if (s->coding == NGX_HTTP_CONSENT_BR) {
        size_t                a_in, a_out;
        uint8_t              *next_out;
        const uint8_t        *next_in;
        BrotliDecoderResult   res;

        if (!s->started) {
            s->br = BrotliDecoderCreateInstance(NULL, NULL, NULL);
            if (s->br == NULL) {
                return NGX_ERROR;
            }

            s->started = 1;
        }

        a_in = in->last - in->pos;
        next_in = in->pos;
        a_out = out->end - out->last;
        next_out = out->last;

        res = BrotliDecoderDecompressStream(s->br, &a_in, &next_in, &a_out,
                                            &next_out, NULL);

        in->pos = (u_char *) next_in;
        out->last = next_out;

        s->pending = (res == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT);

        if (res == BROTLI_DECODER_RESULT_ERROR) {
            return NGX_ERROR;
        }

        if (res == BROTLI_DECODER_RESULT_SUCCESS) {
            s->done = 1;
        }

        return NGX_OK;
    }
#endif

#if (NGX_HTTP_CONSENT_ZSTD)
    if (s->coding == NGX_HTTP_CONSENT_ZST) {
        size_t          rc;
        ZSTD_inBuffer   zin;
        ZSTD_outBuffer  zout;

        if (!s->started) {
            s->zstd = ZSTD_createDCtx();
            if (s->zstd == NULL) {
                return NGX_ERROR;
            }

            s->started = 1;

            (void) ZSTD_DCtx_setParameter(s->zstd, ZSTD_d_windowLogMax,
                                          NGX_HTTP_CONSENT_ZSTD_WINDOW);
        }

        zin.src = in->pos;
        zin.size = in->last - in->pos;
        zin.pos = 0;
        zout.dst = out->last;
        zout.size = out->end - out->last;
        zout.pos = 0;

        rc = ZSTD_decompressStream(s->zstd, &zout, &zin);

        in->pos += zin.pos;
        out->last += zout.pos;

        if (ZSTD_isError(rc)) {
            return NGX_ERROR;
        }

        /* frames may follow each other, so this one's end ends nothing */

        s->pending = (rc != 0 && zout.pos == zout.size);

        return NGX_OK;
    }
#endif

    if (!s->started) {
        return ngx_http_consent_inflate_start(s, in);
    }

    return ngx_http_consent_inflate(s, in, out);
}


/*
 * "deflate" is zlib's format, but there have always been servers that send
 * what is inside of it alone; browsers take both.
 */

static ngx_int_t
ngx_http_consent_inflate_start(ngx_http_consent_stage_t *s, ngx_buf_t *in)
{
    int  bits;

    bits = MAX_WBITS + 16;

    if (s->coding == NGX_HTTP_CONSENT_DEFLATE) {

        while (s->nhead < 2 && in->pos < in->last) {
            s->head[s->nhead++] = *in->pos++;
        }

        if (s->nhead < 2) {
            return NGX_OK;
        }

        bits = MAX_WBITS;

        if ((s->head[0] & 0x0f) != 8
            || ((s->head[0] << 8) | s->head[1]) % 31 != 0)
        {
            bits = -MAX_WBITS;
        }

        s->pending = 1;
    }

    s->zs.zalloc = Z_NULL;
    s->zs.zfree = Z_NULL;
    s->zs.opaque = Z_NULL;

    if (inflateInit2(&s->zs, bits) != Z_OK) {
        return NGX_ERROR;
    }

    s->started = 1;

    return NGX_OK;
}


static ngx_int_t
ngx_http_consent_inflate(ngx_http_consent_stage_t *s, ngx_buf_t *in,
    ngx_buf_t *out)
{
    int  rc;

    s->zs.next_out = out->last;
    s->zs.avail_out = out->end - out->last;

    if (s->nhead) {
        s->zs.next_in = s->head;
        s->zs.avail_in = s->nhead;

        rc = inflate(&s->zs, Z_SYNC_FLUSH);

        ngx_memmove(s->head, s->zs.next_in, s->zs.avail_in);
        s->nhead = s->zs.avail_in;

    } else {
        s->zs.next_in = in->pos;
        s->zs.avail_in = in->last - in->pos;

        rc = inflate(&s->zs, Z_SYNC_FLUSH);

        in->pos = s->zs.next_in;
    }

    out->last = s->zs.next_out;

    s->pending = (s->zs.avail_out == 0);

    if (rc == Z_STREAM_END) {

        /* another gzip member, or padding that nobody reads */

        if (s->coding == NGX_HTTP_CONSENT_GZIP && in->pos < in->last
            && *in->pos == 0x1f)
        {
            return inflateReset(&s->zs) == Z_OK ? NGX_OK : NGX_ERROR;
        }

        s->done = 1;
        return NGX_OK;
    }

    return (rc == Z_OK || rc == Z_BUF_ERROR) ? NGX_OK : NGX_ERROR;
}
