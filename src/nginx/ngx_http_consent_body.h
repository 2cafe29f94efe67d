
/*
 * A page's body on its way: see ngx_http_consent_body.c.
 */

#ifndef _NGX_HTTP_CONSENT_BODY_H_INCLUDED_
#define _NGX_HTTP_CONSENT_BODY_H_INCLUDED_


#include "ngx_http_consent_module.h"
#include "ngx_http_consent_decode.h"


/* output of decoders that may wait for a slow client, 64k together */

#define NGX_HTTP_CONSENT_DECODED        4
#define NGX_HTTP_CONSENT_DECODED_SIZE   16384

/* of the first bytes, kept until it is known whether they can be read */

#define NGX_HTTP_CONSENT_PREFIX_MAX     8192

/* texts that are put into one page: head, notice, links and stubs */

#define NGX_HTTP_CONSENT_INSERTED       8

/* of buffers for what is copied, powers of two: the first is small, as most
 * pages have little of it, the fourth and all after it are larger */

#define NGX_HTTP_CONSENT_HELD_SIZE      64
#define NGX_HTTP_CONSENT_HELD_MAX       4096
#define NGX_HTTP_CONSENT_HELD_STEPS     3

/* a span of the input up to this length is copied, too: a buffer over it would
 * cost more, in memory and in time */

#define NGX_HTTP_CONSENT_SPAN_COPIED    256

/* of what output takes beside the input: beyond, it is to leave before more is
 * read */

#define NGX_HTTP_CONSENT_TAKEN_MAX      4096

/* buffers that are allocated at a time */

#define NGX_HTTP_CONSENT_SPARE          8

/* in r->connection->buffered: we have input that waits for room */

#define NGX_HTTP_CONSENT_BUFFERED       0x80


/* a text that lives as long as the request, and where in it something else
 * goes that is this page's own */

typedef struct {
    consent_str_t               text;
    size_t                      place;
    size_t                      len;        /* of what is there instead */
    consent_str_t               own;
} ngx_http_consent_inserted_t;


typedef struct {
    ngx_buf_t                   buf;
    ngx_chain_t                 link;
} ngx_http_consent_link_buf_t;


struct ngx_http_consent_body_s {
    ngx_http_request_t         *request;
    ngx_http_consent_ctx_t     *ctx;
    consent_rewrite_conf_t      conf;
    consent_page_t             *page;

    ngx_http_consent_decode_t  *decode;
    ngx_buf_t                  *decoded[NGX_HTTP_CONSENT_DECODED];
    ngx_buf_t                  *reading;    /* of them, in part */
    ngx_int_t                   decode_rc;  /* when it was filled */

    ngx_chain_t                *in;         /* not read yet */
    ngx_chain_t                *out;
    ngx_chain_t               **last_out;
    ngx_chain_t                *busy;
    ngx_chain_t                *free;       /* with memory of their own */
    ngx_chain_t                *bare;       /* and without */

    ngx_http_consent_link_buf_t
                               *spare;      /* never used yet */
    ngx_uint_t                  nspare;
    ngx_uint_t                  nheld;      /* with memory of their own */

    size_t                      taken;      /* by "out", beside the input */
    size_t                      offset;     /* of "in", read already */

    ngx_http_consent_inserted_t
                                inserted[NGX_HTTP_CONSENT_INSERTED];
    ngx_uint_t                  ninserted;

    ngx_buf_t                  *buf;        /* being fed */
    ngx_buf_t                  *slice;      /* last slice of it, if any */
    ngx_buf_t                  *tail;       /* last buffer of out */

    u_char                     *prefix;
    size_t                      prefix_len;

    off_t                       length;     /* as the upstream said */
    int                         lang;       /* of what is put in */

    unsigned                    held:1;     /* the header is not out yet */
    unsigned                    report:1;
    unsigned                    sniffed:1;  /* no content type */
    unsigned                    sniffing:1; /* and not decided yet */
    unsigned                    pass:1;     /* bytes go through unread */
    unsigned                    declined:1; /* since they cannot be read */
    unsigned                    xml:1;
    unsigned                    emitted:1;
    unsigned                    foreign:1;  /* what is fed is not "buf" */
    unsigned                    ended:1;    /* of the coded data */
    unsigned                    cut:1;      /* the upstream broke off */
    unsigned                    finished:1; /* the rewriter had its last */
    unsigned                    waiting:1;  /* for room */
    unsigned                    sliced:1;   /* of "in", in use elsewhere */
    unsigned                    language:1; /* lang is known */
    unsigned                    limit:1;    /* that one was hit is said */
};


ngx_http_consent_body_t *ngx_http_consent_body_create(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_kind_e kind);

/* takes a chain over; what is in it is read by _run() */
ngx_int_t ngx_http_consent_body_input(ngx_http_consent_body_t *body,
    ngx_chain_t *in);

/* NGX_OK: all input is read; NGX_AGAIN: output has to leave first */
ngx_int_t ngx_http_consent_body_run(ngx_http_consent_body_t *body);

/* after "out" was given to the next filter */
void ngx_http_consent_body_sent(ngx_http_consent_body_t *body,
    ngx_chain_t *out);

/* 0: what was read has to leave before more is */
ngx_uint_t ngx_http_consent_body_room(ngx_http_consent_body_t *body);

/* 1: input is left, and there is room to read it */
ngx_uint_t ngx_http_consent_body_more(ngx_http_consent_body_t *body);

/* consent report: looks at the chain and leaves it alone */
ngx_int_t ngx_http_consent_body_observe(ngx_http_consent_body_t *body,
    ngx_chain_t *in);


/* "text", when the rewriter puts it in, goes out without a copy of it, and
 * with "own" instead of "len" bytes at that place.  NGX_DECLINED: there are too
 * many of them */
ngx_int_t ngx_http_consent_body_inserted(ngx_http_consent_body_t *body,
    ngx_str_t *text, size_t place, size_t len, consent_str_t own);


/* what comes after us: _filter.c and _filter_body.c */

#pragma GCC visibility push(hidden)

extern ngx_http_output_header_filter_pt  ngx_http_consent_next_header_filter;
extern ngx_http_output_body_filter_pt  ngx_http_consent_next_body_filter;

#pragma GCC visibility pop

void ngx_http_consent_clear_body_headers(ngx_http_request_t *r);
ngx_int_t ngx_http_consent_body_filter(ngx_http_request_t *r, ngx_chain_t *in);


/* between the files of it: one buffer's input, what is put out, and buffers for
 * that */

ngx_int_t ngx_http_consent_decode_input(ngx_http_consent_body_t *body,
    ngx_buf_t *in);
ngx_buf_t *ngx_http_consent_decoded(ngx_http_consent_body_t *body);
ngx_int_t ngx_http_consent_read(ngx_http_consent_body_t *body, ngx_buf_t *buf);
ngx_int_t ngx_http_consent_sniff(ngx_http_consent_body_t *body, u_char *data,
    size_t len, ngx_uint_t last);
ngx_int_t ngx_http_consent_feed(ngx_http_consent_body_t *body, u_char *data,
    size_t len, ngx_uint_t last);
int ngx_http_consent_emit_nothing(void *arg, consent_span_e kind,
    const consent_u8 *data, size_t len);
int ngx_http_consent_emit(void *arg, consent_span_e kind,
    const consent_u8 *data, size_t len);
ngx_buf_t *ngx_http_consent_out(ngx_http_consent_body_t *body, size_t size);
ngx_int_t ngx_http_consent_cut(ngx_http_consent_body_t *body);


/* _insert.c: the rewriter's callbacks that are not about bytes */

consent_str_t ngx_http_consent_insert(void *arg, const consent_insert_t *in);
void ngx_http_consent_found(void *arg, const consent_finding_t *f);


#endif /* _NGX_HTTP_CONSENT_BODY_H_INCLUDED_ */
