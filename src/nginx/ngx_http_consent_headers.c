
/*
 * Response headers of ours: Consent-State, Link, Vary and Cache-Control.
 */

#include "ngx_http_consent_module.h"


/* what there is of caching in an answer's headers */

typedef struct {
    ngx_table_elt_t  *vary;
    ngx_uint_t        differs;     /* from visitor to visitor */
    ngx_uint_t        missing;     /* of Vary, see the tokens below */
    ngx_uint_t        kept;        /* of Cache-Control */
    ngx_str_t         state;       /* Consent-State */
    ngx_str_t         control;     /* Cache-Control */
} ngx_http_consent_caching_t;


static ngx_inline ngx_int_t ngx_http_consent_state_value(
    ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx, ngx_str_t *value);
static ngx_int_t ngx_http_consent_say(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_str_t *value);
static ngx_inline void ngx_http_consent_read_headers(ngx_http_request_t *r,
    ngx_http_consent_caching_t *c);
static void ngx_http_consent_read_header(ngx_http_consent_caching_t *c,
    ngx_table_elt_t *h);
static void ngx_http_consent_read_vary(ngx_http_consent_caching_t *c,
    ngx_table_elt_t *h);
static ngx_int_t ngx_http_consent_merge_vary(ngx_http_request_t *r,
    ngx_http_consent_caching_t *c);
static ngx_int_t ngx_http_consent_merge_cache_control(ngx_http_request_t *r,
    ngx_http_consent_caching_t *c);
static ngx_inline ngx_int_t ngx_http_consent_write_headers(
    ngx_http_request_t *r, ngx_http_consent_loc_conf_t *conf,
    ngx_http_consent_caching_t *c);
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

/* by what is missing */

static ngx_str_t  ngx_http_consent_varies[] = {
    ngx_null_string,
    ngx_string("Cookie"),
    ngx_string("Sec-GPC"),
    ngx_string("Cookie, Sec-GPC"),
    ngx_string("Accept-Language"),
    ngx_string("Cookie, Accept-Language"),
    ngx_string("Sec-GPC, Accept-Language"),
    ngx_string("Cookie, Sec-GPC, Accept-Language")
};

/* what stays of Cache-Control: all that makes it stricter */

static ngx_str_t  ngx_http_consent_strict[] = {
    ngx_string("no-store"),
    ngx_string("no-transform"),
    ngx_string("must-revalidate"),
    ngx_null_string
};


static ngx_inline void
ngx_http_consent_set_header(ngx_table_elt_t *h, const char *key, size_t len,
    ngx_str_t *value)
{
    h->hash = 1;
    ngx_http_consent_header_init(h);
    h->key.data = (u_char *) key;
    h->key.len = len;
    h->lowcase_key = NULL;
    h->value = *value;
}


ngx_table_elt_t *
ngx_http_consent_push_header(ngx_http_request_t *r, const char *key,
    size_t len, ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);

    if (h) {
        ngx_http_consent_set_header(h, key, len, value);
    }

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
    ngx_str_t  value;

    if (ngx_http_consent_state_value(r, ctx, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_consent_drop_header(r, "Consent-State",
                                 sizeof("Consent-State") - 1);

    return ngx_http_consent_add_header(r, "Consent-State", &value)
               ? NGX_OK : NGX_ERROR;
}


static ngx_inline ngx_int_t
ngx_http_consent_state_value(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_str_t *value)
{
    ngx_uint_t                    i;
    ngx_http_consent_said_t      *s;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ctx->conf;

    for (i = 0; i < conf->nsaid; i++) {
        s = &conf->said[i];

        if (s->allowed == ctx->state.allowed && s->basis == ctx->state.basis
            && s->mode == ctx->state.mode && s->gpc == ctx->state.gpc)
        {
            *value = s->value;
            return NGX_OK;
        }
    }

    return ngx_http_consent_say(r, ctx, value);
}


/* written once for each state that visitors are in, and seldom again */

static NGX_HTTP_CONSENT_NOINLINE ngx_int_t
ngx_http_consent_say(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    ngx_str_t *value)
{
    u_char                          buf[CONSENT_STATE_HEADER_MAX];
    ngx_http_consent_said_t        *s;
    ngx_http_consent_loc_conf_t    *conf;
    ngx_http_consent_categories_t  *cats;

    conf = ctx->conf;
    cats = conf->srv->categories;

    value->len = consent_state_header(&ctx->state, cats->names, cats->n,
                                      ngx_http_consent_str(&conf->revision),
                                      buf);

    if (conf->said == NULL) {
        conf->said = ngx_palloc(ngx_cycle->pool, NGX_HTTP_CONSENT_STATES
                                * sizeof(ngx_http_consent_said_t));
    }

    if (conf->said == NULL || conf->nsaid == NGX_HTTP_CONSENT_STATES) {

        /* for this request alone */

        value->data = ngx_pnalloc(r->pool, value->len);
        if (value->data == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(value->data, buf, value->len);

        return NGX_OK;
    }

    value->data = ngx_pnalloc(ngx_cycle->pool, value->len);
    if (value->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(value->data, buf, value->len);

    s = &conf->said[conf->nsaid++];

    s->mode = ctx->state.mode;
    s->basis = ctx->state.basis;
    s->allowed = ctx->state.allowed;
    s->gpc = ctx->state.gpc;
    s->value = *value;

    return NGX_OK;
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

    /* is it the same for everyone, always? */

    c.differs = !ctx->shared
                && (ctx->state.mode != CONSENT_MODE_NONE
                    || (conf->mode && conf->mode->lengths));

    c.missing = NGX_HTTP_CONSENT_VARY_COOKIE;

    if (conf->gpc) {
        c.missing |= NGX_HTTP_CONSENT_VARY_GPC;
    }

    if (ctx->rewrite && (conf->language == NULL || conf->language->lengths)) {
        c.missing |= NGX_HTTP_CONSENT_VARY_LANGUAGE;
    }

    ngx_http_consent_read_headers(r, &c);

    if (ngx_http_consent_state_value(r, ctx, &c.state) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_set(&c.control, "private, no-cache");

    if (c.kept && ngx_http_consent_merge_cache_control(r, &c) != NGX_OK) {
        return NGX_ERROR;
    }

    if (c.vary && c.missing) {
        if (ngx_http_consent_merge_vary(r, &c) != NGX_OK) {
            return NGX_ERROR;
        }

        c.missing = 0;
    }

    return ngx_http_consent_write_headers(r, conf, &c);
}


/* in their places, if there is room for all of them, as mostly there is */

static ngx_inline ngx_int_t
ngx_http_consent_write_headers(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, ngx_http_consent_caching_t *c)
{
    ngx_uint_t        fits;
    ngx_list_t       *list;
    ngx_table_elt_t  *h, *start, *to, room[4];

    list = &r->headers_out.headers;
    fits = (list->last->nelts + 4 <= list->nalloc);
    start = fits ? (ngx_table_elt_t *) list->last->elts + list->last->nelts
                 : room;

#define ngx_http_consent_set(h, key, value)                                  \
    ngx_http_consent_set_header(h, key, sizeof(key) - 1, value)

    h = start;
    ngx_http_consent_set(h++, "Consent-State", &c->state);

    if (conf->links_header.len) {
        ngx_http_consent_set(h++, "Link", &conf->links_header);
    }

    if (c->differs) {

        if (c->missing) {
            ngx_http_consent_set(h++, "Vary",
                                 &ngx_http_consent_varies[c->missing]);
        }

        ngx_http_consent_set(h++, "Cache-Control", &c->control);
    }

    if (fits) {
        list->last->nelts += h - start;
        return NGX_OK;
    }

    for ( /* void */ ; start != h; start++) {
        to = ngx_list_push(list);
        if (to == NULL) {
            return NGX_ERROR;
        }

        *to = *start;
    }

    return NGX_OK;
}


/*
 * One walk for all that is taken out, or merged with ours; most of what there
 * is has another length, or another second letter.
 */

static ngx_inline void
ngx_http_consent_read_headers(ngx_http_request_t *r,
    ngx_http_consent_caching_t *c)
{
    ngx_table_elt_t            *h;
    ngx_http_consent_fields_t   walk;

    static const uint32_t  lengths =
        1u << (sizeof("Vary") - 1)
        | 1u << (sizeof("Expires") - 1)
        | 1u << (sizeof("Cache-Control") - 1)        /* and Consent-State */
        | 1u << (sizeof("Surrogate-Control") - 1)    /* and CDN-Cache-Control */
        | 1u << (sizeof("Cloudflare-CDN-Cache-Control") - 1);

    static const uint32_t  letters =
        1u << ('a' & 0x1f) | 1u << ('x' & 0x1f) | 1u << ('o' & 0x1f)
        | 1u << ('u' & 0x1f) | 1u << ('d' & 0x1f) | 1u << ('l' & 0x1f);

    c->vary = NULL;
    c->kept = 0;

    ngx_http_consent_fields(&walk, &r->headers_out.headers);

    while ((h = ngx_http_consent_next_field(&walk)) != NULL) {

        if (h->key.len < 32 && (lengths >> h->key.len & 1)
            && (letters >> (h->key.data[1] & 0x1f) & 1)
            && h->hash)
        {
            ngx_http_consent_read_header(c, h);
        }
    }
}


/*
 * What only we can know is not taken from an upstream.  Cache-Control is
 * written anew, and what else says how long to keep the page goes:
 * surrogates' own headers would override it.
 */

static NGX_HTTP_CONSENT_NOINLINE void
ngx_http_consent_read_header(ngx_http_consent_caching_t *c,
    ngx_table_elt_t *h)
{
    ngx_uint_t  i;

    if (ngx_http_consent_key_is(h, "Consent-State")) {
        h->hash = 0;
        return;
    }

    if (!c->differs) {
        return;
    }

    if (ngx_http_consent_key_is(h, "Vary")) {
        ngx_http_consent_read_vary(c, h);
        return;
    }

    if (ngx_http_consent_key_is(h, "Cache-Control")) {

        for (i = 0; ngx_http_consent_strict[i].len; i++) {
            if (ngx_http_consent_has_token(&h->value,
                                           &ngx_http_consent_strict[i]))
            {
                c->kept |= 1u << i;
            }
        }

        h->hash = 0;
        return;
    }

    if (ngx_http_consent_key_is(h, "Expires")
        || ngx_http_consent_key_is(h, "Surrogate-Control")
        || ngx_http_consent_key_is(h, "CDN-Cache-Control")
        || ngx_http_consent_key_is(h, "Cloudflare-CDN-Cache-Control"))
    {
        h->hash = 0;
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


/* of what was there only what makes it stricter is added */

static ngx_int_t
ngx_http_consent_merge_cache_control(ngx_http_request_t *r,
    ngx_http_consent_caching_t *c)
{
    u_char      *p;
    ngx_uint_t   i;

    p = ngx_pnalloc(r->pool, 64);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, c->control.data, c->control.len);
    c->control.data = p;
    p += c->control.len;

    for (i = 0; ngx_http_consent_strict[i].len; i++) {
        if (c->kept & (1u << i)) {
            p = ngx_sprintf(p, ", %V", &ngx_http_consent_strict[i]);
        }
    }

    c->control.len = p - c->control.data;

    return NGX_OK;
}
