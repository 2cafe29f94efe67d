
/*
 * Response headers of ours: Consent-State, Link, Vary and Cache-Control.
 */

#include "ngx_http_consent_module.h"


static ngx_int_t ngx_http_consent_merge_vary(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
static ngx_int_t ngx_http_consent_merge_cache_control(ngx_http_request_t *r);
static ngx_uint_t ngx_http_consent_has_token(ngx_str_t *list, ngx_str_t *token);


ngx_table_elt_t *
ngx_http_consent_add_header(ngx_http_request_t *r, const char *key,
    ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    h->hash = 1;
    ngx_http_consent_header_init(h);
    h->key.data = (u_char *) key;
    h->key.len = ngx_strlen(key);
    h->lowcase_key = NULL;
    h->value = *value;

    return h;
}


/* what only we can know is not taken from an upstream */

static void
ngx_http_consent_drop_header(ngx_http_request_t *r, const char *key,
    size_t len)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &r->headers_out.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].key.len == len
            && ngx_strncasecmp(h[i].key.data, (u_char *) key, len) == 0)
        {
            h[i].hash = 0;
        }
    }
}


ngx_int_t
ngx_http_consent_add_state(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    u_char                         buf[CONSENT_STATE_HEADER_MAX];
    ngx_str_t                      value;
    ngx_http_consent_categories_t  *cats;

    cats = ctx->conf->srv->categories;

    value.len = consent_state_header(&ctx->state, cats->names, cats->n,
                                     ngx_http_consent_str(&ctx->conf->revision),
                                     buf);

    value.data = ngx_pnalloc(r->pool, value.len);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(value.data, buf, value.len);

    ngx_http_consent_drop_header(r, "Consent-State",
                                 sizeof("Consent-State") - 1);

    return ngx_http_consent_add_header(r, "Consent-State", &value)
               ? NGX_OK : NGX_ERROR;
}


/* on what a browser shows as a page, and on a 304 to one */

ngx_int_t
ngx_http_consent_page_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    if (ctx->conf->enable == NGX_HTTP_CONSENT_REPORT) {
        return ngx_http_consent_report(r, ctx);
    }

    if (ngx_http_consent_add_state(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ctx->conf->links_header.len
        && ngx_http_consent_add_header(r, "Link", &ctx->conf->links_header)
           == NULL)
    {
        return NGX_ERROR;
    }

    if (ctx->shared
        || (ctx->state.mode == CONSENT_MODE_NONE
            && (ctx->conf->mode == NULL || ctx->conf->mode->lengths == NULL)))
    {
        /* the same for everyone, always */

        return NGX_OK;
    }

    if (ngx_http_consent_merge_vary(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_consent_merge_cache_control(r);
}


static ngx_uint_t
ngx_http_consent_has_token(ngx_str_t *list, ngx_str_t *token)
{
    u_char  *p, *last, *start, *end;

    p = list->data;
    last = p + list->len;

    while (p < last) {

        while (p < last && (*p == ' ' || *p == '\t' || *p == ',')) {
            p++;
        }

        start = p;

        while (p < last && *p != ',') {
            p++;
        }

        end = p;

        while (end > start && (end[-1] == ' ' || end[-1] == '\t')) {
            end--;
        }

        if ((size_t) (end - start) == token->len
            && ngx_strncasecmp(start, token->data, token->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
ngx_http_consent_merge_vary(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    u_char           *p;
    size_t            len;
    ngx_str_t         value;
    ngx_uint_t        i, j, n, missing;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h, *vary;

    static ngx_str_t  any = ngx_string("*");
    static ngx_str_t  tokens[] = {
        ngx_string("Cookie"),
        ngx_string("Sec-GPC"),
        ngx_string("Accept-Language")
    };

    missing = 1;

    if (ctx->conf->gpc) {
        missing |= 2;
    }

    if (ctx->rewrite && (ctx->conf->language == NULL
                         || ctx->conf->language->lengths))
    {
        missing |= 4;
    }

    vary = NULL;
    n = sizeof(tokens) / sizeof(tokens[0]);

    part = &r->headers_out.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                break;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].hash == 0 || !ngx_http_consent_key_is(&h[i], "Vary")) {
            continue;
        }

        if (ngx_http_consent_has_token(&h[i].value, &any)) {
            return NGX_OK;
        }

        for (j = 0; j < n; j++) {
            if (ngx_http_consent_has_token(&h[i].value, &tokens[j])) {
                missing &= ~(1u << j);
            }
        }

        vary = &h[i];
    }

    if (missing == 0) {
        return NGX_OK;
    }

    len = vary ? vary->value.len + 2 : 0;

    for (j = 0; j < n; j++) {
        len += tokens[j].len + 2;
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    if (vary) {
        p = ngx_cpymem(p, vary->value.data, vary->value.len);
    }

    for (j = 0; j < n; j++) {
        if (missing & (1u << j)) {
            p = ngx_sprintf(p, "%s%V", p == value.data ? "" : ", ",
                            &tokens[j]);
        }
    }

    value.len = p - value.data;

    if (vary) {
        vary->value = value;
        return NGX_OK;
    }

    return ngx_http_consent_add_header(r, "Vary", &value) ? NGX_OK : NGX_ERROR;
}


/*
 * "private, no-cache", and of what was there only what makes it stricter.
 * Surrogates' own headers would override it.
 */

static ngx_int_t
ngx_http_consent_merge_cache_control(ngx_http_request_t *r)
{
    u_char           *p;
    ngx_str_t         value;
    ngx_uint_t        i, j, kept;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    static ngx_str_t  strict[] = {
        ngx_string("no-store"),
        ngx_string("no-transform"),
        ngx_string("must-revalidate")
    };

    kept = 0;

    part = &r->headers_out.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                break;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].hash == 0) {
            continue;
        }

        if (ngx_http_consent_key_is(&h[i], "Cache-Control")) {

            for (j = 0; j < 3; j++) {
                if (ngx_http_consent_has_token(&h[i].value, &strict[j])) {
                    kept |= 1u << j;
                }
            }

            h[i].hash = 0;
            continue;
        }

        if (ngx_http_consent_key_is(&h[i], "Expires")
            || ngx_http_consent_key_is(&h[i], "Surrogate-Control")
            || ngx_http_consent_key_is(&h[i], "CDN-Cache-Control")
            || ngx_http_consent_key_is(&h[i], "Cloudflare-CDN-Cache-Control"))
        {
            h[i].hash = 0;
        }
    }

    if (kept == 0) {
        ngx_str_set(&value, "private, no-cache");

    } else {
        value.data = ngx_pnalloc(r->pool, 64);
        if (value.data == NULL) {
            return NGX_ERROR;
        }

        p = ngx_cpymem(value.data, "private, no-cache",
                       sizeof("private, no-cache") - 1);

        for (j = 0; j < 3; j++) {
            if (kept & (1u << j)) {
                p = ngx_sprintf(p, ", %V", &strict[j]);
            }
        }

        value.len = p - value.data;
    }

    return ngx_http_consent_add_header(r, "Cache-Control", &value)
               ? NGX_OK : NGX_ERROR;
}
