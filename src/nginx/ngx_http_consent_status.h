
/*
 * Between the files of consent_status: what is shown, and how it is written.
 */

#ifndef _NGX_HTTP_CONSENT_STATUS_H_INCLUDED_
#define _NGX_HTTP_CONSENT_STATUS_H_INCLUDED_


#include "ngx_http_consent_zone.h"


#define NGX_HTTP_CONSENT_STATUS_DAYS  30


/* a chain of buffers that grows; once memory has run out nothing is written
 * any more, and the handler looks at "failed" at the end */

typedef struct {
    ngx_pool_t                 *pool;
    ngx_chain_t                *out;
    ngx_chain_t               **last;
    ngx_buf_t                  *buf;
    off_t                       size;
    ngx_uint_t                  failed;
} ngx_http_consent_writer_t;


/* the counters as they are, and a copy of the inventory, sorted */

typedef struct {
    ngx_http_consent_shared_t  *sh;
    consent_inventory_row_t    *rows;
    ngx_uint_t                  nrows;
    ngx_uint_t                  nunknown;   /* hosts, first in rows */
    uint64_t                    evicted;
    time_t                      now;

    /* the last one is today */
    ngx_http_consent_day_t      days[NGX_HTTP_CONSENT_STATUS_DAYS];
} ngx_http_consent_status_t;


void ngx_http_consent_w_put(ngx_http_consent_writer_t *w, const void *data,
    size_t len);

/* ngx_sprintf()'s formats, 1024 bytes at most */
void ngx_http_consent_w_print(ngx_http_consent_writer_t *w, const char *fmt,
    ...);

/* into HTML text and attributes, JSON strings, Prometheus labels */
void ngx_http_consent_w_html(ngx_http_consent_writer_t *w, const u_char *data,
    size_t len);
void ngx_http_consent_w_json(ngx_http_consent_writer_t *w, const u_char *data,
    size_t len);
void ngx_http_consent_w_label(ngx_http_consent_writer_t *w,
    const u_char *data, size_t len);

/* 2026-11-24T05:06:07Z */
void ngx_http_consent_w_time(ngx_http_consent_writer_t *w, time_t t);
void ngx_http_consent_w_day(ngx_http_consent_writer_t *w, ngx_uint_t day);

#define ngx_http_consent_w_lit(w, s)                                         \
    ngx_http_consent_w_put(w, s, sizeof(s) - 1)


/* a counted category's name; the one beyond the last is "other" */
ngx_str_t ngx_http_consent_status_category(ngx_http_consent_shared_t *sh,
    ngx_uint_t i);

/* what decided: "catalog", "block" ... */
const char *ngx_http_consent_status_source(consent_inventory_row_t *row);


void ngx_http_consent_status_html(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);
void ngx_http_consent_status_json(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);
void ngx_http_consent_status_prometheus(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);


/* _chart.c: parts of the page */

void ngx_http_consent_html_days(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);
void ngx_http_consent_html_number(ngx_http_consent_writer_t *w, uint64_t n);
void ngx_http_consent_html_bar(ngx_http_consent_writer_t *w, uint64_t n,
    uint64_t max);

extern const ngx_str_t  ngx_http_consent_status_css;


#endif /* _NGX_HTTP_CONSENT_STATUS_H_INCLUDED_ */
