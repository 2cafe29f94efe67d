
/*
 * consent report: what "on" would do is found out, counted, logged and
 * announced, and nothing of it is done.
 */

#include "ngx_http_consent_module.h"


typedef struct {
    ngx_uint_t   hash;
    ngx_str_t    value;
} ngx_http_consent_saved_t;


static ngx_uint_t ngx_http_consent_report_restore(ngx_http_request_t *r,
    ngx_http_consent_saved_t *saved, ngx_uint_t n, ngx_uint_t *cookies);


static const char  *ngx_http_consent_report_sources[] = {
    "no rule", "first party", "consent_allow", "consent_block",
    "never blocked", "catalog", "consent_list", "consent_third_party",
    "the page's data-category", "a limit"
};


/*
 * Lets the headers be cleaned as under "on", which counts, and puts them back
 * as they were.
 */

ngx_int_t
ngx_http_consent_report_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_uint_t *headers, ngx_uint_t *cookies)
{
    ngx_int_t                   rc;
    ngx_uint_t                  n;
    ngx_list_part_t            *part;
    ngx_table_elt_t            *h, *location;
    ngx_http_consent_saved_t   *saved;
    ngx_http_consent_fields_t   walk;

    *headers = 0;
    *cookies = 0;

    if (ctx->state.allowed == ctx->state.all) {
        return NGX_OK;
    }

    n = 0;

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        n += part->nelts;
    }

    if (n == 0) {
        return NGX_OK;
    }

    saved = ngx_palloc(r->pool, n * sizeof(ngx_http_consent_saved_t));
    if (saved == NULL) {
        return NGX_ERROR;
    }

    ngx_http_consent_fields(&walk, &r->headers_out.headers);

    for (n = 0; (h = ngx_http_consent_next_field(&walk)); n++) {
        saved[n].hash = h->hash;
        saved[n].value = h->value;
    }

    location = r->headers_out.location;

    rc = ngx_http_consent_clean_headers(r, ctx);

    r->headers_out.location = location;

    *headers = ngx_http_consent_report_restore(r, saved, n, cookies);

    return rc;
}


static ngx_uint_t
ngx_http_consent_report_restore(ngx_http_request_t *r,
    ngx_http_consent_saved_t *saved, ngx_uint_t n, ngx_uint_t *cookies)
{
    ngx_uint_t                  j, changed;
    ngx_table_elt_t            *h;
    ngx_http_consent_fields_t   walk;

    ngx_http_consent_fields(&walk, &r->headers_out.headers);
    changed = 0;

    for (j = 0; (h = ngx_http_consent_next_field(&walk)); j++) {

        if (j >= n) {

            /* added by what was let run */

            h->hash = 0;
            continue;
        }

        if (h->hash == saved[j].hash
            && h->value.data == saved[j].value.data
            && h->value.len == saved[j].value.len)
        {
            continue;
        }

        changed++;

        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "consent report: \"%V\" would be taken out or changed",
                      &h->key);

        if (h->key.len == sizeof("Set-Cookie") - 1
            && ngx_strncasecmp(h->key.data, (u_char *) "Set-Cookie",
                               h->key.len)
               == 0)
        {
            (*cookies)++;
        }

        h->hash = saved[j].hash;
        h->value = saved[j].value;
    }

    return changed;
}


/*
 * Consent-Report, an RFC 9651 dictionary: the state that "on" would announce
 * as Consent-State, and how many header fields it would take out or change.
 * It leaves before the body is read, so of that it says only whether it will
 * be: a function is called when that is known.
 */

ngx_int_t
ngx_http_consent_report(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    u_char                         *p;
    ngx_str_t                       value;
    ngx_uint_t                      headers, cookies;
    ngx_http_consent_categories_t  *cats;

    if (ngx_http_consent_report_headers(r, ctx, &headers, &cookies)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    cats = ctx->conf->srv->categories;

    p = ngx_pnalloc(r->pool, CONSENT_STATE_HEADER_MAX
                             + sizeof(", headers=;cookies=, body=?0") - 1
                             + 2 * NGX_INT_T_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    p += consent_state_header(&ctx->state, cats->names, cats->n,
                              ngx_http_consent_str(&ctx->conf->revision), p);
    p = ngx_sprintf(p, ", headers=%ui;cookies=%ui, body=?0", headers, cookies);

    value.len = p - value.data;

    ctx->report_body = p - 1;

    return ngx_http_consent_add_header(r, "Consent-Report", &value)
               ? NGX_OK : NGX_ERROR;
}


void
ngx_http_consent_report_body(ngx_http_consent_ctx_t *ctx)
{
    if (ctx->report_body && ctx->state.allowed != ctx->state.all) {
        *ctx->report_body = '1';
    }
}


void
ngx_http_consent_report_unread(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, const char *what)
{
    ctx->undecodable = 1;

    ngx_http_consent_count(ctx->conf->main, NGX_HTTP_CONSENT_N_UNDECODABLE);

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "consent report: %s cannot be read, see "
                  "\"consent_undecodable\"", what);
}


/* a line for each finding, at level "info" */

void
ngx_http_consent_report_found(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, const consent_finding_t *f)
{
    consent_str_t  host, *category;

    static consent_str_t  script = consent_string("an inline script");

    host = f->url ? f->url->host : script;
    category = &conf->srv->categories->names[f->verdict.category];

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "consent report: %*s in <%*s> would be withheld: "
                  "\"%*s\" by %s \"%*s\"",
                  host.len, host.data, f->element.len, f->element.data,
                  category->len, category->data,
                  ngx_http_consent_report_sources[f->verdict.source],
                  f->verdict.rule.len, f->verdict.rule.data);
}
