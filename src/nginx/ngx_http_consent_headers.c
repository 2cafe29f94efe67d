
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
static ngx_inline ngx_str_t *ngx_http_consent_said(
    ngx_http_consent_ctx_t *ctx);
static ngx_int_t ngx_http_consent_say(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_str_t *value);
static ngx_inline ngx_uint_t ngx_http_consent_differs(
    ngx_http_consent_ctx_t *ctx);
static ngx_inline ngx_uint_t ngx_http_consent_varies_by(
    ngx_http_consent_ctx_t *ctx);
static ngx_int_t ngx_http_consent_merge_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
static ngx_inline ngx_uint_t ngx_http_consent_may_cache(ngx_table_elt_t *h);
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
static ngx_inline ngx_table_elt_t *ngx_http_consent_write_headers(
    ngx_table_elt_t *h, ngx_http_consent_loc_conf_t *conf, ngx_uint_t differs,
    ngx_uint_t missing, ngx_str_t *state, ngx_str_t *control);
static ngx_uint_t ngx_http_consent_has_token(ngx_str_t *list, ngx_str_t *token);


/* at most: Consent-State, Link, Vary, Cache-Control */

#define NGX_HTTP_CONSENT_OURS  4

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

static ngx_str_t  ngx_http_consent_private =
    ngx_string("private, no-cache");

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
    ngx_str_t  *said;

    said = ngx_http_consent_said(ctx);

    if (said) {
        *value = *said;
        return NGX_OK;
    }

    return ngx_http_consent_say(r, ctx, value);
}


/* NULL: it is for the first time */

static ngx_inline ngx_str_t *
ngx_http_consent_said(ngx_http_consent_ctx_t *ctx)
{
    ngx_uint_t                    n;
    ngx_http_consent_said_t      *s;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ctx->conf;
    s = conf->said;

    for (n = conf->nsaid; n; n--, s++) {

        if (s->allowed == ctx->state.allowed && s->basis == ctx->state.basis
            && s->mode == ctx->state.mode && s->gpc == ctx->state.gpc)
        {
            return &s->value;
        }
    }

    return NULL;
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


/*
 * On what a browser shows as a page, and on a 304 to one.  Mostly nothing of
 * caching is there yet, the state was said before, and there is room.
 */

ngx_int_t
ngx_http_consent_page_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    ngx_str_t                    *state;
    ngx_list_t                   *list;
    ngx_table_elt_t              *h, *end;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ctx->conf;
    list = &r->headers_out.headers;

    if (conf->enable == NGX_HTTP_CONSENT_REPORT
        || list->part.next != NULL
        || list->part.nelts + NGX_HTTP_CONSENT_OURS > list->nalloc)
    {
        return ngx_http_consent_merge_headers(r, ctx);
    }

    h = list->part.elts;

    for (end = h + list->part.nelts; h != end; h++) {
        if (ngx_http_consent_may_cache(h)) {
            return ngx_http_consent_merge_headers(r, ctx);
        }
    }

    state = ngx_http_consent_said(ctx);

    if (state == NULL) {
        return ngx_http_consent_merge_headers(r, ctx);
    }

    end = ngx_http_consent_write_headers(h, conf,
                                         ngx_http_consent_differs(ctx),
                                         ngx_http_consent_varies_by(ctx),
                                         state, &ngx_http_consent_private);

    list->part.nelts += end - h;

    return NGX_OK;
}


/* is the page not the same for everyone, always? */

static ngx_inline ngx_uint_t
ngx_http_consent_differs(ngx_http_consent_ctx_t *ctx)
{
    return !ctx->shared
           && (ctx->state.mode != CONSENT_MODE_NONE
               || (ctx->conf->mode && ctx->conf->mode->lengths));
}


static ngx_inline ngx_uint_t
ngx_http_consent_varies_by(ngx_http_consent_ctx_t *ctx)
{
    ngx_uint_t                    by;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ctx->conf;
    by = NGX_HTTP_CONSENT_VARY_COOKIE;

    if (conf->gpc) {
        by |= NGX_HTTP_CONSENT_VARY_GPC;
    }

    if (ctx->rewrite && (conf->language == NULL || conf->language->lengths)) {
        by |= NGX_HTTP_CONSENT_VARY_LANGUAGE;
    }

    return by;
}


static NGX_HTTP_CONSENT_NOINLINE ngx_int_t
ngx_http_consent_merge_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    ngx_table_elt_t             *h, *end, *to, ours[NGX_HTTP_CONSENT_OURS];
    ngx_http_consent_caching_t   c;

    if (ctx->conf->enable == NGX_HTTP_CONSENT_REPORT) {
        return ngx_http_consent_report(r, ctx);
    }

    c.differs = ngx_http_consent_differs(ctx);
    c.missing = ngx_http_consent_varies_by(ctx);
    c.control = ngx_http_consent_private;

    ngx_http_consent_read_headers(r, &c);

    if (ngx_http_consent_state_value(r, ctx, &c.state) != NGX_OK) {
        return NGX_ERROR;
    }

    if (c.kept && ngx_http_consent_merge_cache_control(r, &c) != NGX_OK) {
        return NGX_ERROR;
    }

    if (c.vary && c.missing) {
        if (ngx_http_consent_merge_vary(r, &c) != NGX_OK) {
            return NGX_ERROR;
        }

        c.missing = 0;
    }

    end = ngx_http_consent_write_headers(ours, ctx->conf, c.differs, c.missing,
                                         &c.state, &c.control);

    for (h = ours; h != end; h++) {
        to = ngx_list_push(&r->headers_out.headers);
        if (to == NULL) {
            return NGX_ERROR;
        }

        *to = *h;
    }

    return NGX_OK;
}


/* those that there are, from "h" on; what follows the last */

static ngx_inline ngx_table_elt_t *
ngx_http_consent_write_headers(ngx_table_elt_t *h,
    ngx_http_consent_loc_conf_t *conf, ngx_uint_t differs, ngx_uint_t missing,
    ngx_str_t *state, ngx_str_t *control)
{
#define ngx_http_consent_set(h, key, value)                                  \
    ngx_http_consent_set_header(h, key, sizeof(key) - 1, value)

    ngx_http_consent_set(h++, "Consent-State", state);

    if (conf->links_header.len) {
        ngx_http_consent_set(h++, "Link", &conf->links_header);
    }

    if (differs) {

        if (missing) {
            ngx_http_consent_set(h++, "Vary",
                                 &ngx_http_consent_varies[missing]);
        }

        ngx_http_consent_set(h++, "Cache-Control", control);
    }

    return h;
}


/*
 * Is it one that is taken out, or merged with ours, as far as length and second
 * letter tell?
 */

static ngx_inline ngx_uint_t
ngx_http_consent_may_cache(ngx_table_elt_t *h)
{
    /* of each length the letters, whatever their case */

    static const uint32_t  letters[32] = {
        [sizeof("Vary") - 1] = 1u << ('a' & 0x1f),
        [sizeof("Expires") - 1] = 1u << ('x' & 0x1f),
        [sizeof("Cache-Control") - 1] = 1u << ('a' & 0x1f)
                                        | 1u << ('o' & 0x1f),
                                                       /* Consent-State */
        [sizeof("Surrogate-Control") - 1] = 1u << ('u' & 0x1f)
                                            | 1u << ('d' & 0x1f),
                                                       /* CDN-Cache-Control */
        [sizeof("Cloudflare-CDN-Cache-Control") - 1] = 1u << ('l' & 0x1f)
    };

    return h->key.len >= sizeof("Vary") - 1 && h->key.len < 32
           && (letters[h->key.len] >> (h->key.data[1] & 0x1f) & 1)
           && h->hash;
}


/* one walk for all of them */

static ngx_inline void
ngx_http_consent_read_headers(ngx_http_request_t *r,
    ngx_http_consent_caching_t *c)
{
    ngx_table_elt_t            *h;
    ngx_http_consent_fields_t   walk;

    c->vary = NULL;
    c->kept = 0;

    ngx_http_consent_fields(&walk, &r->headers_out.headers);

    while ((h = ngx_http_consent_next_field(&walk)) != NULL) {

        if (ngx_http_consent_may_cache(h)) {
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
