
/*
 * consent_log_copy: each line of the ledger to syslog, too, where one machine
 * collects what many write.
 *
 * A datagram is sent or it is not: what the receiver has no room for, or
 * cannot take because it is being restarted, waits here in order and is sent
 * again.  What waits is bounded; past that, or when a worker is killed, the
 * copy has a gap that its chain shows, and the ledger has the line.
 */

#include "ngx_http_consent_endpoint.h"


#define NGX_HTTP_CONSENT_COPY_MAX      1024    /* lines that wait */
#define NGX_HTTP_CONSENT_COPY_DELAY    50      /* ms */
#define NGX_HTTP_CONSENT_COPY_LONGEST  5000
#define NGX_HTTP_CONSENT_COPY_TRIES    20      /* when the worker exits */


typedef struct {
    ngx_queue_t          queue;
    size_t               len;
    u_char               data[1];
} ngx_http_consent_copy_line_t;


struct ngx_http_consent_copy_s {
    ngx_syslog_peer_t   *peer;
    ngx_queue_t          waiting;    /* of this worker */
    ngx_uint_t           n;
    ngx_uint_t           lost;
    ngx_msec_t           delay;
    ngx_event_t          event;
};


static ngx_int_t ngx_http_consent_copy_try(ngx_http_consent_copy_t *copy,
    u_char *data, size_t len);
static void ngx_http_consent_copy_wait(ngx_http_consent_copy_t *copy,
    u_char *data, size_t len);
static ngx_int_t ngx_http_consent_copy_flush(ngx_http_consent_copy_t *copy);
static void ngx_http_consent_copy_event(ngx_event_t *ev);
static void ngx_http_consent_copy_drop(ngx_http_consent_copy_t *copy);


ngx_http_consent_copy_t *
ngx_http_consent_copy_create(ngx_conf_t *cf, ngx_syslog_peer_t *peer)
{
    ngx_http_consent_copy_t       *copy, **c;
    ngx_http_consent_main_conf_t  *mcf;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_consent_module);

    copy = ngx_pcalloc(cf->pool, sizeof(ngx_http_consent_copy_t));
    c = ngx_array_push(&mcf->copies);

    if (copy == NULL || c == NULL) {
        return NULL;
    }

    *c = copy;

    copy->peer = peer;
    ngx_queue_init(&copy->waiting);

    copy->event.handler = ngx_http_consent_copy_event;
    copy->event.data = copy;
    copy->event.log = &cf->cycle->new_log;
    copy->event.cancelable = 1;

    return copy;
}


/* called with the ledger's lock held, so that lines leave in their order;
 * it never waits */

void
ngx_http_consent_copy_send(ngx_http_consent_copy_t *copy, u_char *line,
    size_t len)
{
    u_char  *p;
    u_char   buf[512 + CONSENT_LEDGER_LINE_MAX];

    p = ngx_syslog_add_header(copy->peer, buf);

    if (len > (size_t) (buf + sizeof(buf) - p)) {
        return;
    }

    p = ngx_cpymem(p, line, len);

    if (copy->n == 0
        && ngx_http_consent_copy_try(copy, buf, p - buf) == NGX_OK)
    {
        return;
    }

    ngx_http_consent_copy_wait(copy, buf, p - buf);
}


/* NGX_AGAIN: no room; NGX_ERROR: nobody there.  Once more at once, since
 * nginx opens the socket anew after an error */

static ngx_int_t
ngx_http_consent_copy_try(ngx_http_consent_copy_t *copy, u_char *data,
    size_t len)
{
    ssize_t  n;

    n = ngx_syslog_send(copy->peer, data, len);

    if (n == NGX_ERROR) {
        n = ngx_syslog_send(copy->peer, data, len);
    }

    if (n == NGX_ERROR) {
        return NGX_ERROR;
    }

    return n == (ssize_t) len ? NGX_OK : NGX_AGAIN;
}


static void
ngx_http_consent_copy_wait(ngx_http_consent_copy_t *copy, u_char *data,
    size_t len)
{
    ngx_http_consent_copy_line_t  *line;

    line = NULL;

    if (copy->n < NGX_HTTP_CONSENT_COPY_MAX) {
        line = ngx_alloc(offsetof(ngx_http_consent_copy_line_t, data) + len,
                         ngx_cycle->log);
    }

    if (line == NULL) {

        /* said once, until some get through again */

        if (copy->lost++ == 0) {
            ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                          "consent_log_copy: the receiver takes no more, "
                          "lines are left out of the copy; the ledger has "
                          "them");
        }

        return;
    }

    line->len = len;
    ngx_memcpy(line->data, data, len);

    ngx_queue_insert_tail(&copy->waiting, &line->queue);
    copy->n++;

    if (!copy->event.timer_set && !ngx_exiting) {
        copy->delay = NGX_HTTP_CONSENT_COPY_DELAY;
        ngx_add_timer(&copy->event, copy->delay);
    }
}


static ngx_int_t
ngx_http_consent_copy_flush(ngx_http_consent_copy_t *copy)
{
    ngx_int_t                      rc;
    ngx_queue_t                   *q;
    ngx_http_consent_copy_line_t  *line;

    while (!ngx_queue_empty(&copy->waiting)) {

        q = ngx_queue_head(&copy->waiting);
        line = ngx_queue_data(q, ngx_http_consent_copy_line_t, queue);

        rc = ngx_http_consent_copy_try(copy, line->data, line->len);
        if (rc != NGX_OK) {
            return rc;
        }

        ngx_queue_remove(q);
        ngx_free(line);
        copy->n--;
    }

    if (copy->lost) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "consent_log_copy: %ui lines were left out of the copy",
                      copy->lost);
        copy->lost = 0;
    }

    return NGX_OK;
}


static void
ngx_http_consent_copy_event(ngx_event_t *ev)
{
    ngx_http_consent_copy_t *copy = ev->data;

    switch (ngx_http_consent_copy_flush(copy)) {

    case NGX_OK:
        return;

    case NGX_AGAIN:
        copy->delay = NGX_HTTP_CONSENT_COPY_DELAY;
        break;

    default:

        /* nginx logs each time that it cannot connect */

        copy->delay = ngx_min(2 * copy->delay, NGX_HTTP_CONSENT_COPY_LONGEST);
    }

    ngx_add_timer(ev, copy->delay);
}


/* a worker that ends sends what still waits, for a second at most */

void
ngx_http_consent_copy_exit(ngx_cycle_t *cycle)
{
    ngx_uint_t                      i, tries;
    ngx_http_consent_copy_t       **c;
    ngx_http_consent_main_conf_t   *mcf;

    mcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_consent_module);

    if (mcf == NULL) {
        return;
    }

    c = mcf->copies.elts;

    for (i = 0; i < mcf->copies.nelts; i++) {

        for (tries = 0; tries < NGX_HTTP_CONSENT_COPY_TRIES; tries++) {
            if (ngx_http_consent_copy_flush(c[i]) != NGX_AGAIN) {
                break;
            }

            ngx_msleep(NGX_HTTP_CONSENT_COPY_DELAY);
        }

        ngx_http_consent_copy_drop(c[i]);
    }
}


static void
ngx_http_consent_copy_drop(ngx_http_consent_copy_t *copy)
{
    ngx_queue_t                   *q;
    ngx_http_consent_copy_line_t  *line;

    if (copy->n == 0) {
        return;
    }

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "consent_log_copy: the receiver is away, %ui lines are left "
                  "out of the copy; the ledger has them", copy->n);

    while (!ngx_queue_empty(&copy->waiting)) {
        q = ngx_queue_head(&copy->waiting);
        line = ngx_queue_data(q, ngx_http_consent_copy_line_t, queue);

        ngx_queue_remove(q);
        ngx_free(line);
    }

    copy->n = 0;
}
