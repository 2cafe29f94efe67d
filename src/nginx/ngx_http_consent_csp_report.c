
/*
 * POST /_consent/csp: what "consent_csp report-only" would have stopped, into
 * the inventory.  Browsers send it by themselves and take no answer; who else
 * sends one can do no more than add to counts in a table of fixed size.
 */

#include "ngx_http_consent_endpoint.h"
#include "consent_csp_report.h"


static void ngx_http_consent_csp_report_body(ngx_http_request_t *r);
static void ngx_http_consent_csp_report_read(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);


ngx_int_t
ngx_http_consent_csp_report(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (r->headers_in.content_length_n > CONSENT_CSP_REPORT_MAX) {
        rc = ngx_http_discard_request_body(r);

        return rc == NGX_OK
               ? ngx_http_consent_refuse(r, ctx,
                                         NGX_HTTP_REQUEST_ENTITY_TOO_LARGE,
                                         "The report is too long.")
               : rc;
    }

    r->request_body_in_single_buf = 1;

    rc = ngx_http_read_client_request_body(r,
                                           ngx_http_consent_csp_report_body);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


static void
ngx_http_consent_csp_report_body(ngx_http_request_t *r)
{
    ngx_str_t                none;
    ngx_http_consent_ctx_t  *ctx;

    ctx = ngx_http_consent_decide(r);

    if (ctx == NULL) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_http_consent_csp_report_read(r, ctx);

    ngx_str_null(&none);

    ngx_http_finalize_request(r, ngx_http_consent_answer(r, ctx,
                                                NGX_HTTP_NO_CONTENT,
                                                NGX_HTTP_CONSENT_TEXT, &none));
}


static void
ngx_http_consent_csp_report_read(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    u_char                *p;
    ngx_buf_t             *b;
    consent_str_t          page;
    consent_url_t          url, document;
    consent_verdict_t      v;
    consent_csp_report_t   report;

    if (ctx->conf->main->zone == NULL || ctx->conf->rules == NULL
        || r->request_body == NULL || r->request_body->bufs == NULL)
    {
        return;
    }

    b = r->request_body->bufs->buf;

    /* a second buffer, or a file: more than a report is */

    if (!ngx_buf_in_memory(b) || r->request_body->bufs->next
        || consent_csp_report(&report, b->pos, b->last - b->pos)
           != CONSENT_OK)
    {
        return;
    }

    p = ngx_pnalloc(r->pool, 2 * CONSENT_URL_MAX);

    if (p == NULL
        || consent_url_parse(&document, NULL, report.document.data,
                             report.document.len, p, CONSENT_URL_MAX)
           != CONSENT_OK
        || consent_url_parse(&url, &document, report.blocked.data,
                             report.blocked.len, p + CONSENT_URL_MAX,
                             CONSENT_URL_MAX)
           != CONSENT_OK)
    {
        return;
    }

    /* of a page of this host, or not worth a row */

    if (url.host.len == 0
        || document.host.len != r->headers_in.server.len
        || ngx_strncasecmp((u_char *) document.host.data,
                           r->headers_in.server.data, document.host.len)
           != 0)
    {
        return;
    }

    consent_rules_url(ctx->conf->rules, ctx->conf->main->match, &url,
                      &document, report.type, &v);

    page = document.path;

    ngx_http_consent_count_csp(r, ctx->conf, &url, report.type, &v, page);
}
