
/*
 * consent_status: the handler, and how its answers are written.
 */

#include "ngx_http_consent_status.h"


#define NGX_HTTP_CONSENT_STATUS_BUF    16384
#define NGX_HTTP_CONSENT_STATUS_BATCH  64


typedef enum {
    NGX_HTTP_CONSENT_STATUS_HTML = 0,
    NGX_HTTP_CONSENT_STATUS_JSON,
    NGX_HTTP_CONSENT_STATUS_PROMETHEUS,
    NGX_HTTP_CONSENT_STATUS_CSS
} ngx_http_consent_status_e;


static ngx_int_t ngx_http_consent_status_format(ngx_http_request_t *r,
    ngx_uint_t *format);
static ngx_int_t ngx_http_consent_status_snapshot(ngx_http_request_t *r,
    ngx_http_consent_main_conf_t *mcf, ngx_http_consent_status_t *st);
static ngx_int_t ngx_http_consent_status_headers(ngx_http_request_t *r,
    ngx_uint_t format);
static ngx_int_t ngx_http_consent_status_send(ngx_http_request_t *r,
    ngx_http_consent_writer_t *w);


static const ngx_str_t  ngx_http_consent_status_formats[] = {
    ngx_string("html"),
    ngx_string("json"),
    ngx_string("prometheus"),
    ngx_string("css"),
    ngx_null_string
};


static const ngx_str_t  ngx_http_consent_status_types[] = {
    ngx_string("text/html; charset=utf-8"),
    ngx_string("application/json"),
    ngx_string("text/plain; version=0.0.4; charset=utf-8"),
    ngx_string("text/css; charset=utf-8")
};


ngx_int_t
ngx_http_consent_status_handler(ngx_http_request_t *r)
{
    ngx_int_t                      rc;
    ngx_uint_t                     format;
    ngx_http_consent_status_t      st;
    ngx_http_consent_writer_t      w;
    ngx_http_consent_main_conf_t  *mcf;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_consent_status_format(r, &format) != NGX_OK) {
        return NGX_HTTP_BAD_REQUEST;
    }

    ngx_memzero(&w, sizeof(ngx_http_consent_writer_t));

    w.pool = r->pool;
    w.last = &w.out;

    if (format == NGX_HTTP_CONSENT_STATUS_CSS) {
        ngx_http_consent_w_put(&w, ngx_http_consent_status_css.data,
                               ngx_http_consent_status_css.len);

    } else {
        mcf = ngx_http_get_module_main_conf(r, ngx_http_consent_module);

        if (ngx_http_consent_status_snapshot(r, mcf, &st) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        switch (format) {

        case NGX_HTTP_CONSENT_STATUS_JSON:
            ngx_http_consent_status_json(&w, &st);
            break;

        case NGX_HTTP_CONSENT_STATUS_PROMETHEUS:
            ngx_http_consent_status_prometheus(&w, &st);
            break;

        default:
            ngx_http_consent_status_html(&w, &st);
        }
    }

    if (w.failed
        || ngx_http_consent_status_headers(r, format) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_consent_status_send(r, &w);
}


static ngx_int_t
ngx_http_consent_status_format(ngx_http_request_t *r, ngx_uint_t *format)
{
    ngx_str_t   value;
    ngx_uint_t  i;

    *format = NGX_HTTP_CONSENT_STATUS_HTML;

    if (ngx_http_arg(r, (u_char *) "format", sizeof("format") - 1, &value)
        != NGX_OK)
    {
        return NGX_OK;
    }

    for (i = 0; ngx_http_consent_status_formats[i].len; i++) {
        if (ngx_http_consent_status_formats[i].len == value.len
            && ngx_memcmp(ngx_http_consent_status_formats[i].data, value.data,
                          value.len)
               == 0)
        {
            *format = i;
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


/*
 * The inventory is copied a few rows at a time, so that workers that add to
 * it do not wait long.
 */

static ngx_int_t
ngx_http_consent_status_snapshot(ngx_http_request_t *r,
    ngx_http_consent_main_conf_t *mcf, ngx_http_consent_status_t *st)
{
    size_t                    i, j, n, capacity;
    ngx_uint_t                day;
    consent_inventory_t      *inv;
    ngx_http_consent_day_t   *d;
    consent_inventory_row_t  *row;

    ngx_memzero(st, sizeof(ngx_http_consent_status_t));

    st->sh = ngx_http_consent_shared(mcf);
    st->now = ngx_time();

    inv = st->sh->inventory;
    capacity = consent_inventory_capacity(inv);

    /* nsets never changes; rows that come meanwhile are not shown */

    n = 0;

    ngx_http_consent_zone_lock(mcf);

    for (i = 0; i < capacity; i++) {
        n += (inv->rows[i].count != 0);
    }

    day = st->now / (24 * 60 * 60);

    for (i = 0; i < NGX_HTTP_CONSENT_STATUS_DAYS; i++) {
        d = &st->days[NGX_HTTP_CONSENT_STATUS_DAYS - 1 - i];
        *d = st->sh->days[(day - i) % NGX_HTTP_CONSENT_ZONE_DAYS];

        if (d->day != day - i) {
            ngx_memzero(d, sizeof(ngx_http_consent_day_t));
            d->day = day - i;
        }
    }

    st->evicted = inv->evicted;

    ngx_http_consent_zone_unlock(mcf);

    st->rows = ngx_palloc(r->pool, (n + 1) * sizeof(consent_inventory_row_t));
    if (st->rows == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < capacity && st->nrows < n; i = j) {

        j = ngx_min(capacity, i + NGX_HTTP_CONSENT_STATUS_BATCH);

        ngx_http_consent_zone_lock(mcf);

        for (row = &inv->rows[i]; row < &inv->rows[j]; row++) {
            if (row->count && st->nrows < n) {
                st->rows[st->nrows++] = *row;
            }
        }

        ngx_http_consent_zone_unlock(mcf);
    }

    qsort(st->rows, st->nrows, sizeof(consent_inventory_row_t),
          consent_inventory_compare);

    while (st->nunknown < st->nrows
           && consent_inventory_unknown(&st->rows[st->nunknown]))
    {
        st->nunknown++;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_consent_status_headers(ngx_http_request_t *r, ngx_uint_t format)
{
    ngx_uint_t  i;

    static struct {
        const char  *key;
        ngx_str_t    value;
    } headers[] = {
        { "Cache-Control", ngx_string("no-store") },
        { "X-Content-Type-Options", ngx_string("nosniff") },
        { "X-Robots-Tag", ngx_string("noindex") },
        { "Referrer-Policy", ngx_string("no-referrer") },
        { "Content-Security-Policy",
          ngx_string("default-src 'none'; style-src 'self'; base-uri 'none'; "
                     "form-action 'none'; frame-ancestors 'none'") },
        { NULL, ngx_null_string }
    };

    for (i = 0; headers[i].key; i++) {
        if (ngx_http_consent_add_header(r, headers[i].key, &headers[i].value)
            == NULL)
        {
            return NGX_ERROR;
        }
    }

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_type = ngx_http_consent_status_types[format];
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;

    return NGX_OK;
}


static ngx_int_t
ngx_http_consent_status_send(ngx_http_request_t *r,
    ngx_http_consent_writer_t *w)
{
    ngx_int_t  rc;

    /* there is no answer without a byte */

    w->buf->last_buf = (r == r->main) ? 1 : 0;
    w->buf->last_in_chain = 1;

    r->headers_out.content_length_n = w->size;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_output_filter(r, w->out);
}


void
ngx_http_consent_w_put(ngx_http_consent_writer_t *w, const void *data,
    size_t len)
{
    size_t         n;
    ngx_chain_t   *cl;
    const u_char  *p;

    p = data;

    while (len && !w->failed) {

        if (w->buf == NULL || w->buf->last == w->buf->end) {

            cl = ngx_alloc_chain_link(w->pool);

            if (cl) {
                cl->buf = ngx_create_temp_buf(w->pool,
                                              NGX_HTTP_CONSENT_STATUS_BUF);
            }

            if (cl == NULL || cl->buf == NULL) {
                w->failed = 1;
                return;
            }

            cl->next = NULL;
            *w->last = cl;
            w->last = &cl->next;
            w->buf = cl->buf;
        }

        n = ngx_min(len, (size_t) (w->buf->end - w->buf->last));

        w->buf->last = ngx_cpymem(w->buf->last, p, n);
        w->size += n;
        p += n;
        len -= n;
    }
}


void
ngx_http_consent_w_print(ngx_http_consent_writer_t *w, const char *fmt, ...)
{
    u_char   buf[1024], *last;
    va_list  args;

    va_start(args, fmt);
    last = ngx_vslprintf(buf, buf + sizeof(buf), fmt, args);
    va_end(args);

    ngx_http_consent_w_put(w, buf, last - buf);
}


void
ngx_http_consent_w_html(ngx_http_consent_writer_t *w, const u_char *data,
    size_t len)
{
    size_t  i, from;

    from = 0;

    for (i = 0; i < len; i++) {

        switch (data[i]) {

        case '<':
        case '>':
        case '&':
        case '"':
        case '\'':
            ngx_http_consent_w_put(w, data + from, i - from);
            ngx_http_consent_w_print(w, "&#%ud;", (unsigned) data[i]);
            from = i + 1;
        }
    }

    ngx_http_consent_w_put(w, data + from, len - from);
}


/*
 * What is not printable ASCII goes out as it is only where it is valid UTF-8;
 * a stray byte becomes U+FFFD, and the JSON stays JSON.
 */

void
ngx_http_consent_w_json(ngx_http_consent_writer_t *w, const u_char *data,
    size_t len)
{
    u_char   c, *p, *last, *start;

    p = (u_char *) data;
    last = p + len;

    while (p < last) {
        c = *p;

        if (c >= 0x80) {
            start = p;

            if (ngx_utf8_decode(&p, last - p) > 0x10ffff) {
                ngx_http_consent_w_lit(w, "\\ufffd");
                p = start + 1;

            } else {
                ngx_http_consent_w_put(w, start, p - start);
            }

            continue;
        }

        if (c < 0x20 || c == 0x7f) {
            ngx_http_consent_w_print(w, "\\u%04Xd", (unsigned) c);

        } else {
            if (c == '"' || c == '\\') {
                ngx_http_consent_w_lit(w, "\\");
            }

            ngx_http_consent_w_put(w, p, 1);
        }

        p++;
    }
}


void
ngx_http_consent_w_label(ngx_http_consent_writer_t *w, const u_char *data,
    size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++) {

        if (data[i] == '\n') {
            ngx_http_consent_w_lit(w, "\\n");
            continue;
        }

        if (data[i] == '"' || data[i] == '\\') {
            ngx_http_consent_w_lit(w, "\\");
        }

        ngx_http_consent_w_put(w, &data[i], 1);
    }
}


void
ngx_http_consent_w_time(ngx_http_consent_writer_t *w, time_t t)
{
    ngx_tm_t  tm;

    ngx_gmtime(t, &tm);

    ngx_http_consent_w_print(w, "%4d-%02d-%02dT%02d:%02d:%02dZ",
                             tm.ngx_tm_year, tm.ngx_tm_mon, tm.ngx_tm_mday,
                             tm.ngx_tm_hour, tm.ngx_tm_min, tm.ngx_tm_sec);
}


void
ngx_http_consent_w_day(ngx_http_consent_writer_t *w, ngx_uint_t day)
{
    ngx_tm_t  tm;

    ngx_gmtime((time_t) day * 24 * 60 * 60, &tm);

    ngx_http_consent_w_print(w, "%4d-%02d-%02d",
                             tm.ngx_tm_year, tm.ngx_tm_mon, tm.ngx_tm_mday);
}


ngx_str_t
ngx_http_consent_status_category(ngx_http_consent_shared_t *sh, ngx_uint_t i)
{
    ngx_str_t  s;

    if (i < sh->ncategories) {
        s.data = sh->categories[i].name;
        s.len = sh->categories[i].len;
        return s;
    }

    ngx_str_set(&s, "other");

    return s;
}


const char *
ngx_http_consent_status_source(consent_inventory_row_t *row)
{
    switch (row->source) {

    case CONSENT_SOURCE_FIRST_PARTY:
        return "first party";

    case CONSENT_SOURCE_ALLOW:
        return "consent_allow";

    case CONSENT_SOURCE_BLOCK:
        return row->kind == CONSENT_INVENTORY_COOKIE ? "consent_cookies"
                                                     : "consent_block";

    case CONSENT_SOURCE_NEVER:
        return "never blocked";

    case CONSENT_SOURCE_CATALOG:
        return "catalog";

    case CONSENT_SOURCE_LIST:
        return "consent_list";

    case CONSENT_SOURCE_THIRD_PARTY:
        return "consent_third_party";

    case CONSENT_SOURCE_MARKUP:
        return "markup";

    case CONSENT_SOURCE_LIMIT:
        return "limit";

    default:
        return "none";
    }
}
