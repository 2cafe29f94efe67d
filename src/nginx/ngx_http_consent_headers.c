
/*
 * Response headers of ours: Consent-State, Link, Vary and Cache-Control.
 */

#include "ngx_http_consent_module.h"


/* what there is of caching in an answer's headers */

typedef struct {
    ngx_table_elt_t  *vary;
    ngx_uint_t        missing;     /* of Vary, see the tokens below */
    ngx_uint_t        kept;        /* of Cache-Control */
} ngx_http_consent_caching_t;


static ngx_str_t *ngx_http_consent_said(ngx_http_consent_ctx_t *ctx);
static void ngx_http_consent_read_caching(ngx_http_request_t *r,
    ngx_http_consent_caching_t *c);
static void ngx_http_consent_read_vary(ngx_http_consent_caching_t *c,
    ngx_table_elt_t *h);
static ngx_int_t ngx_http_consent_merge_vary(ngx_http_request_t *r,
    ngx_http_consent_caching_t *c);
static ngx_int_t ngx_http_consent_merge_cache_control(ngx_http_request_t *r,
    ngx_uint_t kept);
static ngx_uint_t ngx_http_consent_has_token(ngx_str_t *list, ngx_str_t *token);


/* bits of "missing", in the order in which they are written */

#define NGX_HTTP_CONSENT_VARY_COOKIE    1
#define NGX_HTTP_CONSENT_VARY_GPC       2
#define NGX_HTTP_CONSENT_VARY_LANGUAGE  4

static ngx_str_t  ngx_http_consent_vary[] = {
    ngx_string("Cookie"),
    ngx_string("Sec-GPC"),
    ngx_string("Accept-Language"),
    ngx_null_string
};

/* what stays of Cache-Control: all that makes it stricter */

static ngx_str_t  ngx_http_consent_strict[] = {
    ngx_string("no-store"),
    ngx_string("no-transform"),
    ngx_string("must-revalidate"),
    ngx_null_string
};


ngx_table_elt_t *
ngx_http_consent_push_header(ngx_http_request_t *r, const char *key,
    size_t len, ngx_str_t *value)
{
    ngx_list_t       *list;
    ngx_table_elt_t  *h;

    list = &r->headers_out.headers;

    if (list->last->nelts < list->nalloc) {
        h = (ngx_table_elt_t *) list->last->elts + list->last->nelts++;

    } else {
        h = ngx_list_push(list);
        if (h == NULL) {
            return NULL;
        }
    }

    h->hash = 1;
    ngx_http_consent_header_init(h);
    h->key.data = (u_char *) key;
    h->key.len = len;
    h->lowcase_key = NULL;
    h->value = *value;

    return h;
}


/* what only we can know is not taken from an upstream */

static void
ngx_http_consent_drop_header(ngx_http_request_t *r, const char *key,
    size_t len)
{
    ngx_table_elt_t            *h;
    ngx_http_consent_fields_t   walk;

    ngx_http_consent_fields(&walk, &r->headers_out.headers);

    while ((h = ngx_http_consent_next_field(&walk)) != NULL) {

        if (h->key.len == len
            && ngx_http_consent_same_name(h->key.data, (u_char *) key, len))
        {
            h->hash = 0;
        }
    }
}


ngx_int_t
ngx_http_consent_add_state(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    u_char                          buf[CONSENT_STATE_HEADER_MAX];
    ngx_str_t                       value, *said;
    ngx_http_consent_categories_t  *cats;

    said = ngx_http_consent_said(ctx);

    if (said == NULL) {

        /* seldom: more states than are kept */

        cats = ctx->conf->srv->categories;
        said = &value;

        value.len = consent_state_header(&ctx->state, cats->names, cats->n,
                                     ngx_http_consent_str(&ctx->conf->revision),
                                     buf);

        value.data = ngx_pnalloc(r->pool, value.len);
        if (value.data == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(value.data, buf, value.len);
    }

    ngx_http_consent_drop_header(r, "Consent-State",
                                 sizeof("Consent-State") - 1);

    return ngx_http_consent_add_header(r, "Consent-State", said)
               ? NGX_OK : NGX_ERROR;
}


/* written once for each state that visitors are in, and never again */

static ngx_str_t *
ngx_http_consent_said(ngx_http_consent_ctx_t *ctx)
{
    u_char                          buf[CONSENT_STATE_HEADER_MAX];
    size_t                          len;
    ngx_uint_t                      i;
    ngx_http_consent_said_t        *s;
    ngx_http_consent_loc_conf_t    *conf;
    ngx_http_consent_categories_t  *cats;

    conf = ctx->conf;

    for (i = 0; i < conf->nsaid; i++) {
        s = &conf->said[i];

        if (s->allowed == ctx->state.allowed && s->basis == ctx->state.basis
            && s->mode == ctx->state.mode && s->gpc == ctx->state.gpc)
        {
            return &s->value;
        }
    }

    if (i == NGX_HTTP_CONSENT_STATES) {
        return NULL;
    }

    if (conf->said == NULL) {
        conf->said = ngx_palloc(ngx_cycle->pool, NGX_HTTP_CONSENT_STATES
                                * sizeof(ngx_http_consent_said_t));
        if (conf->said == NULL) {
            return NULL;
        }
    }

    cats = conf->srv->categories;
    len = consent_state_header(&ctx->state, cats->names, cats->n,
                               ngx_http_consent_str(&conf->revision), buf);

    s = &conf->said[i];

    s->value.len = len;
    s->value.data = ngx_pnalloc(ngx_cycle->pool, len);
    if (s->value.data == NULL) {
        return NULL;
    }

    ngx_memcpy(s->value.data, buf, len);

    s->mode = ctx->state.mode;
    s->basis = ctx->state.basis;
    s->allowed = ctx->state.allowed;
    s->gpc = ctx->state.gpc;

    conf->nsaid++;

    return &s->value;
}


/* on what a browser shows as a page, and on a 304 to one */

ngx_int_t
ngx_http_consent_page_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    ngx_http_consent_caching_t    c;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ctx->conf;

    if (conf->enable == NGX_HTTP_CONSENT_REPORT) {
        return ngx_http_consent_report(r, ctx);
    }

    if (ngx_http_consent_add_state(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    if (conf->links_header.len
        && ngx_http_consent_add_header(r, "Link", &conf->links_header) == NULL)
    {
        return NGX_ERROR;
    }

    if (ctx->shared
        || (ctx->state.mode == CONSENT_MODE_NONE
            && (conf->mode == NULL || conf->mode->lengths == NULL)))
    {
        /* the same for everyone, always */

        return NGX_OK;
    }

    c.missing = NGX_HTTP_CONSENT_VARY_COOKIE;

    if (conf->gpc) {
        c.missing |= NGX_HTTP_CONSENT_VARY_GPC;
    }

    if (ctx->rewrite && (conf->language == NULL || conf->language->lengths)) {
        c.missing |= NGX_HTTP_CONSENT_VARY_LANGUAGE;
    }

    ngx_http_consent_read_caching(r, &c);

    if (ngx_http_consent_merge_vary(r, &c) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_consent_merge_cache_control(r, c.kept);
}


/*
 * One walk for all of it.  Cache-Control is written anew, and what else says
 * how long to keep it goes: surrogates' own headers would override it.
 */

static void
ngx_http_consent_read_caching(ngx_http_request_t *r,
    ngx_http_consent_caching_t *c)
{
    ngx_uint_t                  i;
    ngx_table_elt_t            *h;
    ngx_http_consent_fields_t   walk;

    c->vary = NULL;
    c->kept = 0;

    ngx_http_consent_fields(&walk, &r->headers_out.headers);

    while ((h = ngx_http_consent_next_field(&walk)) != NULL) {

        if (h->hash == 0) {
            continue;
        }

        switch (h->key.len) {

        case sizeof("Vary") - 1:

            if (ngx_http_consent_key_is(h, "Vary")) {
                ngx_http_consent_read_vary(c, h);
            }
            break;

        case sizeof("Cache-Control") - 1:

            if (!ngx_http_consent_key_is(h, "Cache-Control")) {
                break;
            }

            for (i = 0; ngx_http_consent_strict[i].len; i++) {
                if (ngx_http_consent_has_token(&h->value,
                                               &ngx_http_consent_strict[i]))
                {
                    c->kept |= 1u << i;
                }
            }

            h->hash = 0;
            break;

        case sizeof("Expires") - 1:
        case sizeof("Surrogate-Control") - 1:    /* and CDN-Cache-Control */
        case sizeof("Cloudflare-CDN-Cache-Control") - 1:

            if (ngx_http_consent_key_is(h, "Expires")
                || ngx_http_consent_key_is(h, "Surrogate-Control")
                || ngx_http_consent_key_is(h, "CDN-Cache-Control")
                || ngx_http_consent_key_is(h,
                                           "Cloudflare-CDN-Cache-Control"))
            {
                h->hash = 0;
            }
            break;
        }
    }
}


static void
ngx_http_consent_read_vary(ngx_http_consent_caching_t *c, ngx_table_elt_t *h)
{
    ngx_uint_t  i;

    static ngx_str_t  any = ngx_string("*");

    if (ngx_http_consent_has_token(&h->value, &any)) {
        c->missing = 0;
        return;
    }

    for (i = 0; ngx_http_consent_vary[i].len; i++) {
        if (ngx_http_consent_has_token(&h->value, &ngx_http_consent_vary[i])) {
            c->missing &= ~(1u << i);
        }
    }

    c->vary = h;
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
ngx_http_consent_merge_vary(ngx_http_request_t *r,
    ngx_http_consent_caching_t *c)
{
    u_char      *p;
    size_t       len;
    ngx_str_t    value;
    ngx_uint_t   i;

    /* most pages have none of their own, and miss all */

    static ngx_str_t  whole[] = {
        ngx_null_string,
        ngx_string("Cookie"),
        ngx_string("Sec-GPC"),
        ngx_string("Cookie, Sec-GPC"),
        ngx_string("Accept-Language"),
        ngx_string("Cookie, Accept-Language"),
        ngx_string("Sec-GPC, Accept-Language"),
        ngx_string("Cookie, Sec-GPC, Accept-Language")
    };

    if (c->missing == 0) {
        return NGX_OK;
    }

    if (c->vary == NULL) {
        return ngx_http_consent_add_header(r, "Vary", &whole[c->missing])
                   ? NGX_OK : NGX_ERROR;
    }

    len = c->vary->value.len;

    for (i = 0; ngx_http_consent_vary[i].len; i++) {
        len += ngx_http_consent_vary[i].len + 2;
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    p = ngx_cpymem(p, c->vary->value.data, c->vary->value.len);

    for (i = 0; ngx_http_consent_vary[i].len; i++) {
        if (c->missing & (1u << i)) {
            p = ngx_sprintf(p, "%s%V", p == value.data ? "" : ", ",
                            &ngx_http_consent_vary[i]);
        }
    }

    value.len = p - value.data;

    c->vary->value = value;

    return NGX_OK;
}


/* "private, no-cache", and of what was there only what makes it stricter */

static ngx_int_t
ngx_http_consent_merge_cache_control(ngx_http_request_t *r, ngx_uint_t kept)
{
    u_char      *p;
    ngx_str_t    value;
    ngx_uint_t   i;

    ngx_str_set(&value, "private, no-cache");

    if (kept) {
        p = ngx_pnalloc(r->pool, 64);
        if (p == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(p, value.data, value.len);
        value.data = p;
        p += value.len;

        for (i = 0; ngx_http_consent_strict[i].len; i++) {
            if (kept & (1u << i)) {
                p = ngx_sprintf(p, ", %V", &ngx_http_consent_strict[i]);
            }
        }

        value.len = p - value.data;
    }

    return ngx_http_consent_add_header(r, "Cache-Control", &value)
               ? NGX_OK : NGX_ERROR;
}
