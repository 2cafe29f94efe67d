
/*
 * Response headers: Consent-State, Link, Vary and Cache-Control; and what is
 * taken out of the upstream's until the visitor allows it.
 */

#include "ngx_http_consent_module.h"


static ngx_int_t ngx_http_consent_merge_vary(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
static ngx_int_t ngx_http_consent_merge_cache_control(ngx_http_request_t *r);
static ngx_uint_t ngx_http_consent_has_token(ngx_str_t *list, ngx_str_t *token);
static void ngx_http_consent_clean_cookie(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h);
static ngx_int_t ngx_http_consent_clean_refresh(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h);
static ngx_int_t ngx_http_consent_clean_location(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h);
static ngx_uint_t ngx_http_consent_blocks_any(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_str_t *text);


#define ngx_http_consent_key_is(h, name)                                     \
    ((h)->key.len == sizeof(name) - 1                                        \
     && ngx_strncasecmp((h)->key.data, (u_char *) name, sizeof(name) - 1)    \
        == 0)


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

    if (ctx->state.mode == CONSENT_MODE_NONE
        && (ctx->conf->mode == NULL || ctx->conf->mode->lengths == NULL))
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


/* the category of a cookie, by its name: the operator's own names come first
 */

int
ngx_http_consent_cookie_category(ngx_http_consent_loc_conf_t *conf,
    consent_str_t name)
{
    ngx_uint_t                       i;
    ngx_http_consent_cookie_name_t  *c;

    if (name.len == 0) {
        return CONSENT_CATEGORY_NONE;
    }

    if (conf->cookie_names) {
        c = conf->cookie_names->elts;

        for (i = 0; i < conf->cookie_names->nelts; i++) {

            if ((c[i].prefix ? name.len >= c[i].name.len
                             : name.len == c[i].name.len)
                && ngx_memcmp(name.data, c[i].name.data, c[i].name.len) == 0)
            {
                return c[i].category;
            }
        }
    }

    return consent_rules_cookie(name);
}


/* may it not be set or read now? */

ngx_uint_t
ngx_http_consent_cookie_denied(ngx_http_consent_ctx_t *ctx, consent_str_t name)
{
    int  category;

    category = ngx_http_consent_cookie_category(ctx->conf, name);

    return category > CONSENT_NECESSARY
           && !(ctx->state.allowed & consent_bit(category));
}


/*
 * The verdict on a URL in a header: 1 if it must not be asked for now.
 */

ngx_uint_t
ngx_http_consent_blocks(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    u_char *data, size_t len, consent_type_e type, consent_verdict_t *v)
{
    u_char             *buf;
    size_t              size;
    consent_url_t       url;
    consent_finding_t   found;

    ngx_memzero(v, sizeof(consent_verdict_t));
    v->category = CONSENT_CATEGORY_NONE;

    if (ctx->url == NULL) {
        ctx->url = ngx_palloc(r->pool, sizeof(consent_url_t));

        if (ctx->url == NULL
            || ngx_http_consent_page_url(r, ctx->url) != NGX_OK)
        {
            ctx->url = NULL;
            return 1;
        }
    }

    size = len + ctx->url->href.len + 64;

    if (size > CONSENT_URL_MAX) {
        size = CONSENT_URL_MAX;
    }

    buf = ngx_pnalloc(r->pool, size);
    if (buf == NULL) {
        return 1;
    }

    if (consent_url_parse(&url, ctx->url, data, len, buf, size)
        != CONSENT_OK)
    {
        return 0;
    }

    consent_rules_url(ctx->conf->rules, ctx->conf->main->match, &url, ctx->url,
                      type, v);

    if (v->category <= CONSENT_NECESSARY
        || (ctx->state.allowed & consent_bit(v->category)))
    {
        return 0;
    }

    /* a person is only kept from another page by the operator's own rules,
     * see below */

    if (type == CONSENT_TYPE_DOCUMENT && v->source != CONSENT_SOURCE_BLOCK) {
        return 0;
    }

    ngx_memzero(&found, sizeof(consent_finding_t));

    found.type = type;
    found.verdict = *v;
    found.url = &url;
    found.blocked = 1;

    ngx_http_consent_count_found(r, ctx->conf, &found);

    ctx->blocked++;

    return 1;
}


/*
 * Takes out of the response what would make a browser turn to a tracker, or
 * a tracker remember it, without the page's help.  For every answer, whatever
 * its type.
 */

ngx_int_t
ngx_http_consent_clean_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    ngx_int_t         rc;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

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

        if (h[i].hash == 0 || h[i].key.len < 3) {
            continue;
        }

        rc = NGX_OK;

        switch (h[i].key.data[0] | 0x20) {

        case 's':
            if (ngx_http_consent_key_is(&h[i], "Set-Cookie")) {
                ngx_http_consent_clean_cookie(r, ctx, &h[i]);
            }
            break;

        case 'l':
            if (ngx_http_consent_key_is(&h[i], "Location")) {
                rc = ngx_http_consent_clean_location(r, ctx, &h[i]);
            }
            break;

        case 'r':
            if (ngx_http_consent_key_is(&h[i], "Refresh")) {
                rc = ngx_http_consent_clean_refresh(r, ctx, &h[i]);

            } else if ((ngx_http_consent_key_is(&h[i], "Report-To")
                        || ngx_http_consent_key_is(&h[i],
                                                   "Reporting-Endpoints"))
                       && ngx_http_consent_blocks_any(r, ctx, &h[i].value))
            {
                h[i].hash = 0;
            }
            break;

        case 'a':

            /* the browser would tell more of itself than it has to */

            if (ngx_http_consent_key_is(&h[i], "Accept-CH")) {
                h[i].hash = 0;
            }
            break;

        case 'c':
            if (ngx_http_consent_key_is(&h[i], "Critical-CH")) {
                h[i].hash = 0;
            }
            break;

        case 'n':

            /* reports on every request of the visitor's */

            if (ngx_http_consent_key_is(&h[i], "NEL")) {
                h[i].hash = 0;
            }
            break;
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static void
ngx_http_consent_clean_cookie(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h)
{
    int            category;
    ngx_str_t      s;
    consent_str_t  name;

    name = consent_set_cookie_name(ngx_http_consent_str(&h->value));

    if (!ngx_http_consent_cookie_denied(ctx, name)) {
        return;
    }

    h->hash = 0;

    s = ngx_http_consent_ngx_str(name);
    category = ngx_http_consent_cookie_category(ctx->conf, name);

    ngx_http_consent_count_cookie(r, ctx->conf, &s, category);
}


/* "5; url=https://..." */

static ngx_int_t
ngx_http_consent_clean_refresh(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h)
{
    u_char             *p, *last;
    consent_verdict_t   v;

    p = h->value.data;
    last = p + h->value.len;

    while (p < last && *p != ';' && *p != ',' && *p != ' ') {
        p++;
    }

    while (p < last && (*p == ';' || *p == ',' || *p == ' ' || *p == '\t')) {
        p++;
    }

    if (last - p > 3 && ngx_strncasecmp(p, (u_char *) "url", 3) == 0) {
        p += 3;

        while (p < last && (*p == ' ' || *p == '=')) {
            p++;
        }
    }

    if (p < last && (*p == '"' || *p == '\'')) {
        p++;
    }

    while (last > p && (last[-1] == '"' || last[-1] == '\''
                        || last[-1] == ' '))
    {
        last--;
    }

    if (p < last
        && ngx_http_consent_blocks(r, ctx, p, last - p, CONSENT_TYPE_DOCUMENT,
                                   &v))
    {
        h->hash = 0;
    }

    return NGX_OK;
}


/*
 * A redirect to a tracker.  Where a person is taken somewhere, a page of ours
 * says where to and why not, with a way on; a mere subresource gets nothing.
 * A catalog or a list knows what hosts serve, not what their pages are for
 * (signing in with a social network is such a redirect), so a person is only
 * stopped by the operator's own rules.
 */

static ngx_int_t
ngx_http_consent_clean_location(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h)
{
    u_char             *p;
    u_char             *q;
    size_t              len;
    ngx_str_t          *endpoint;
    consent_str_t      *name;
    consent_type_e      type;
    consent_verdict_t   v;

    type = ngx_http_consent_request_type(r);

    if (!ngx_http_consent_blocks(r, ctx, h->value.data, h->value.len, type,
                                 &v))
    {
        return NGX_OK;
    }

    if (type != CONSENT_TYPE_DOCUMENT && type != CONSENT_TYPE_SUBDOCUMENT) {
        h->hash = 0;

        if (r->headers_out.location == h) {
            r->headers_out.location = NULL;
        }

        return NGX_OK;
    }

    endpoint = &ctx->conf->srv->endpoint;
    name = &ctx->conf->srv->categories->names[v.category];

    len = endpoint->len + sizeof("frame?c=&u=") - 1 + name->len
          + h->value.len * 3;

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    q = ngx_sprintf(p, "%Vframe?c=%*s&u=", endpoint, name->len, name->data);
    q = (u_char *) ngx_escape_uri(q, h->value.data, h->value.len,
                                  NGX_ESCAPE_URI_COMPONENT);

    h->value.data = p;
    h->value.len = q - p;

    /* relative: nginx would put its own idea of scheme and port before it */

    if (r->headers_out.location == h) {
        r->headers_out.location = NULL;
    }

    return NGX_OK;
}


/* does any absolute URL in a quoted string lead to a blocked host? */

static ngx_uint_t
ngx_http_consent_blocks_any(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    ngx_str_t *text)
{
    u_char             *p, *last, *end;
    consent_verdict_t   v;

    p = text->data;
    last = p + text->len;

    for ( ;; ) {
        p = ngx_strlchr(p, last, '"');

        if (p == NULL) {
            return 0;
        }

        p++;
        end = ngx_strlchr(p, last, '"');

        if (end == NULL) {
            return 0;
        }

        if (ngx_strlcasestrn(p, end, (u_char *) "//", 2 - 1)
            && ngx_http_consent_blocks(r, ctx, p, end - p, CONSENT_TYPE_PING,
                                       &v))
        {
            return 1;
        }

        p = end;
    }
}
