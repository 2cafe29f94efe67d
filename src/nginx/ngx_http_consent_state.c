
/*
 * A request's state: the cookie, the mode and the signal, read once and
 * decided by the core.  Nothing here depends on the phase.
 */

#include "ngx_http_consent_module.h"


static ngx_http_consent_ctx_t *ngx_http_consent_decide_state(
    ngx_http_consent_ctx_t *ctx, consent_mode_e mode,
    consent_record_t *record, ngx_uint_t gpc,
    ngx_http_consent_known_t *known);
static ngx_inline ngx_http_consent_known_t *ngx_http_consent_read_cookie(
    ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx);
static ngx_http_consent_known_t *ngx_http_consent_search_cookie(
    ngx_http_request_t *r, ngx_http_consent_srv_conf_t *cscf, ngx_str_t *name,
    ngx_str_t *scope, ngx_http_consent_ctx_t *ctx);
static consent_str_t ngx_http_consent_find_cookie(ngx_http_request_t *r,
    ngx_str_t *name);
static ngx_inline ngx_uint_t ngx_http_consent_has_signal(
    ngx_http_request_t *r);
static NGX_HTTP_CONSENT_INLINE ngx_http_consent_known_t *
    ngx_http_consent_recall(ngx_http_request_t *r,
    ngx_http_consent_srv_conf_t *cscf, ngx_str_t *name, ngx_str_t *scope,
    const u_char *data, size_t len, size_t skip);
static ngx_http_consent_known_t *ngx_http_consent_verify(
    ngx_http_request_t *r, ngx_str_t *name, ngx_str_t *scope,
    consent_str_t value, ngx_http_consent_ctx_t *ctx);
static ngx_http_consent_known_t *ngx_http_consent_remember(
    ngx_http_request_t *r, ngx_str_t *name, ngx_str_t *scope,
    consent_str_t value, ngx_http_consent_ctx_t *ctx);
static ngx_inline ngx_http_consent_known_t *ngx_http_consent_known_place(
    ngx_http_consent_main_conf_t *cmcf, const u_char *end);
static ngx_inline ngx_uint_t ngx_http_consent_same_bytes(const u_char *data,
    ngx_str_t *s);
static ngx_inline ngx_str_t *ngx_http_consent_cookie_name(
    ngx_http_request_t *r, ngx_http_consent_srv_conf_t *cscf,
    ngx_str_t **scope);
static ngx_uint_t ngx_http_consent_is_shared(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, ngx_http_consent_ctx_t *ctx);
static ngx_int_t ngx_http_consent_mode(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf);


static ngx_inline ngx_http_consent_ctx_t *
ngx_http_consent_new_ctx(ngx_http_request_t *r)
{
    ngx_http_consent_ctx_t  *ctx;

    ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_consent_ctx_t));

    if (ctx) {
        ngx_http_set_ctx(r, ctx, ngx_http_consent_module);
    }

    return ctx;
}


ngx_http_consent_ctx_t *
ngx_http_consent_get_ctx(ngx_http_request_t *r)
{
    ngx_http_consent_ctx_t  *ctx;

    r = r->main;
    ctx = ngx_http_get_module_ctx(r, ngx_http_consent_module);

    return ctx ? ctx : ngx_http_consent_new_ctx(r);
}


static ngx_inline ngx_http_consent_loc_conf_t *
ngx_http_consent_conf(ngx_http_request_t *r)
{
    ngx_http_consent_ctx_t       *ctx;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_consent_module);

    if (conf->enable != NGX_HTTP_CONSENT_OFF || conf->srv->active == NULL) {
        return conf;
    }

    /* the endpoint is there whatever location its prefix falls into */

    ctx = ngx_http_get_module_ctx(r, ngx_http_consent_module);

    if (ctx && ctx->endpoint) {
        return conf->srv->active;
    }

    return conf;
}


ngx_http_consent_loc_conf_t *
ngx_http_consent_get_conf(ngx_http_request_t *r)
{
    return ngx_http_consent_conf(r->main);
}


ngx_http_consent_ctx_t *
ngx_http_consent_decide_anew(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_loc_conf_t *conf)
{
    ngx_int_t                  mode;
    ngx_uint_t                 gpc;
    ngx_http_consent_known_t  *known;

    if (ctx == NULL) {
        ctx = ngx_http_consent_new_ctx(r);
        if (ctx == NULL) {
            return NULL;
        }

    } else if (conf->enable == NGX_HTTP_CONSENT_OFF) {
        conf = ngx_http_consent_conf(r);

        if (ctx->decided && ctx->conf == conf) {
            return ctx;
        }
    }

    known = NULL;

    if (!ctx->read) {
        ctx->read = 1;

        if (conf->enable != NGX_HTTP_CONSENT_OFF) {
            known = ngx_http_consent_read_cookie(r, ctx);
        }
    }

    ctx->conf = conf;
    ctx->decided = 0;
    ctx->shared = (conf->delivery == NGX_HTTP_CONSENT_SHARED
                   && ngx_http_consent_is_shared(r, conf, ctx));

    if (ctx->shared) {

        /* that of a visitor of whom nothing is known, under the strictest
         * mode */

        return ngx_http_consent_decide_state(ctx, CONSENT_MODE_OPT_IN, NULL,
                                             0, NULL);
    }

    mode = conf->mode ? ngx_http_consent_mode(r, conf) : CONSENT_MODE_OPT_IN;

    if (mode == NGX_ERROR) {
        return NULL;
    }

    gpc = 0;

    if (conf->gpc) {

        if (!ctx->heard) {
            ctx->heard = 1;
            ctx->signal = ngx_http_consent_has_signal(r);
        }

        gpc = ctx->signal;
    }

    if (known && known->conf == conf
        && known->state.mode == (consent_mode_e) mode
        && known->state.gpc == gpc)
    {
        ctx->state = known->state;
        ctx->decided = 1;

        return ctx;
    }

    return ngx_http_consent_decide_state(ctx, (consent_mode_e) mode,
                                         ctx->valid ? &ctx->record : NULL,
                                         gpc, known);
}


static NGX_HTTP_CONSENT_NOINLINE ngx_http_consent_ctx_t *
ngx_http_consent_decide_state(ngx_http_consent_ctx_t *ctx,
    consent_mode_e mode, consent_record_t *record, ngx_uint_t gpc,
    ngx_http_consent_known_t *known)
{
    consent_state_in_t            in;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ctx->conf;

    in.mode = mode;
    in.record = record;
    in.gpc = gpc;
    in.revision = ngx_http_consent_str(&conf->revision);
    in.flags = conf->srv->categories->flags;
    in.ncategories = conf->srv->categories->n;

    consent_state_decide(&in, &ctx->state);

    if (known) {
        known->conf = conf;
        known->state = ctx->state;
    }

    ctx->decided = 1;

    return ctx;
}


/*
 * consent_delivery shared is for what a cache may keep and hand out as a
 * page.  Frames, fragments and answers to a POST are no such thing: they go
 * out as ever, private.
 */

static NGX_HTTP_CONSENT_NOINLINE ngx_uint_t
ngx_http_consent_is_shared(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, ngx_http_consent_ctx_t *ctx)
{
    return conf->enable == NGX_HTTP_CONSENT_ON
           && !ctx->endpoint
           && (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
           && ngx_http_consent_is_document(r);
}


/*
 * Our cookie must be there once: a sibling domain that can set cookies for
 * us must not choose for the visitor, so two of them count as none.
 */

static ngx_inline ngx_http_consent_known_t *
ngx_http_consent_read_cookie(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    ngx_str_t                    *name, *scope;
    ngx_table_elt_t              *h;
    ngx_http_consent_known_t     *k;
    ngx_http_consent_srv_conf_t  *cscf;

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_consent_module);

    if (cscf->keys == NULL) {
        return NULL;
    }

    name = ngx_http_consent_cookie_name(r, cscf, &scope);
    h = ngx_http_consent_only_cookies(r);

    if (h) {

        /* if all of it is what is known, there is no other cookie */

        k = ngx_http_consent_recall(r, cscf, name, scope, h->value.data,
                                    h->value.len, 0);
        if (k) {
            ctx->record = k->record;
            ctx->valid = 1;

            return k;
        }

    } else if (!ngx_http_consent_cookies(r)) {
        return NULL;
    }

    return ngx_http_consent_search_cookie(r, cscf, name, scope, ctx);
}


/* among others, or not seen before */

static NGX_HTTP_CONSENT_NOINLINE ngx_http_consent_known_t *
ngx_http_consent_search_cookie(ngx_http_request_t *r,
    ngx_http_consent_srv_conf_t *cscf, ngx_str_t *name, ngx_str_t *scope,
    ngx_http_consent_ctx_t *ctx)
{
    consent_str_t              value;
    ngx_http_consent_known_t  *k;

    value = ngx_http_consent_find_cookie(r, name);

    if (value.data == NULL) {
        return NULL;
    }

    k = ngx_http_consent_recall(r, cscf, name, scope, value.data, value.len,
                                name->len + 1);
    if (k) {
        ctx->record = k->record;
        ctx->valid = 1;

        return k;
    }

    return ngx_http_consent_verify(r, name, scope, value, ctx);
}


/* the one that there is, or none */

static consent_str_t
ngx_http_consent_find_cookie(ngx_http_request_t *r, ngx_str_t *name)
{
    ngx_uint_t                   n;
    consent_str_t                value = consent_null_string;
    consent_str_t                none = consent_null_string;
    ngx_table_elt_t             *h;
    ngx_http_consent_cookies_t   walk;

    n = 0;
    ngx_http_consent_cookie_fields(&walk, r);

    while ((h = ngx_http_consent_next_cookie(&walk)) != NULL) {
        n += consent_cookie_find(ngx_http_consent_str(&h->value),
                                 ngx_http_consent_str(name), &value);
    }

    return n == 1 ? value : none;
}


/* exactly "1"; one such field among several is enough (GPC, 3.2) */

static ngx_inline ngx_uint_t
ngx_http_consent_has_signal(ngx_http_request_t *r)
{
    ngx_uint_t        n;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    /* nothing is put in meanwhile */

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (n = part->nelts; n; n--, h++) {

            if (h->key.len == sizeof("Sec-GPC") - 1
                && h->value.len == 1 && h->value.data[0] == '1'
                && ngx_http_consent_key_is(h, "Sec-GPC"))
            {
                return 1;
            }
        }
    }

    return 0;
}


/*
 * Is it signed by us, and of now?  A visitor's cookie comes with each request:
 * what was found valid is remembered with all that is signed (value, name and
 * host) and the server that has the keys, which is that of the name, until
 * another needs the place.  Nothing is remembered of what is not valid.
 * "data" is as it was from "skip" on, which is 0 or the length of "name=".
 */

static NGX_HTTP_CONSENT_INLINE ngx_http_consent_known_t *
ngx_http_consent_recall(ngx_http_request_t *r,
    ngx_http_consent_srv_conf_t *cscf, ngx_str_t *name, ngx_str_t *scope,
    const u_char *data, size_t len, size_t skip)
{
    time_t                         now;
    ngx_http_consent_known_t      *k;
    ngx_http_consent_main_conf_t  *cmcf;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_consent_module);

    if (cmcf->known == NULL || len < CONSENT_MAC_LEN) {
        return NULL;
    }

    k = ngx_http_consent_known_place(cmcf, data + len);

    if (k->len != skip + len || k->name != name
        || k->scope_len != scope->len
        || !ngx_http_consent_same_bytes(k->scope, scope)
        || !ngx_http_consent_same_text(k->text + skip, data, len))
    {
        return NULL;
    }

    now = ngx_time();

    if (k->record.time > now + CONSENT_CLOCK_SKEW
        || k->record.time + cscf->cookie_max_age < now)
    {
        return NULL;
    }

    return k;
}


/* NULL if it is not valid, and if it is and there is no place for it */

static NGX_HTTP_CONSENT_NOINLINE ngx_http_consent_known_t *
ngx_http_consent_verify(ngx_http_request_t *r, ngx_str_t *name,
    ngx_str_t *scope, consent_str_t value, ngx_http_consent_ctx_t *ctx)
{
    consent_cookie_conf_t  cc;

    if (ngx_http_consent_cookie_conf(r, &cc) != NGX_OK
        || consent_cookie_parse(&cc, value.data, value.len, ngx_time(),
                                &ctx->record)
           != CONSENT_OK)
    {
        return NULL;
    }

    ctx->valid = 1;

    return ngx_http_consent_remember(r, name, scope, value, ctx);
}


static ngx_http_consent_known_t *
ngx_http_consent_remember(ngx_http_request_t *r, ngx_str_t *name,
    ngx_str_t *scope, consent_str_t value, ngx_http_consent_ctx_t *ctx)
{
    u_char                        *p;
    ngx_http_consent_known_t      *k;
    ngx_http_consent_main_conf_t  *cmcf;

    if (value.len < CONSENT_MAC_LEN
        || value.len + name->len >= NGX_HTTP_CONSENT_TEXT_MAX
        || scope->len > NGX_HTTP_CONSENT_SCOPE_MAX)
    {
        return NULL;
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_consent_module);

    if (cmcf->known == NULL) {
        cmcf->known = ngx_pcalloc(ngx_cycle->pool, NGX_HTTP_CONSENT_KNOWN
                                  * sizeof(ngx_http_consent_known_t));
        if (cmcf->known == NULL) {
            return NULL;
        }
    }

    k = ngx_http_consent_known_place(cmcf, value.data + value.len);

    k->name = name;
    k->scope_len = scope->len;
    k->conf = NULL;
    k->record = ctx->record;
    ngx_memcpy(k->scope, scope->data, scope->len);

    p = ngx_cpymem(k->text, name->data, name->len);
    *p++ = '=';
    p = ngx_cpymem(p, value.data, value.len);
    k->len = p - k->text;

    return k;
}


/*
 * By the last of the MAC's characters, which are as good as any hash.  All
 * that the time of an answer tells of them is which place was looked at.
 */

static ngx_inline ngx_http_consent_known_t *
ngx_http_consent_known_place(ngx_http_consent_main_conf_t *cmcf,
    const u_char *end)
{
    uint32_t  last;

    ngx_memcpy(&last, end - sizeof(uint32_t), sizeof(uint32_t));

    return &cmcf->known[(uint32_t) (last * 0x9e3779b1u) >> 16
                        & (NGX_HTTP_CONSENT_KNOWN - 1)];
}


static ngx_inline ngx_uint_t
ngx_http_consent_same_bytes(const u_char *data, ngx_str_t *s)
{
    return s->len < 8 ? ngx_memcmp(data, s->data, s->len) == 0
                      : ngx_http_consent_same_text(data, s->data, s->len);
}


/* the cookie's name on this connection, which is one of two places in the
 * server's configuration, and the host or domain that it is for */

static ngx_inline ngx_str_t *
ngx_http_consent_cookie_name(ngx_http_request_t *r,
    ngx_http_consent_srv_conf_t *cscf, ngx_str_t **scope)
{
    if (cscf->cookie_domain.len) {
        *scope = &cscf->cookie_domain;
        return &cscf->cookie;
    }

    *scope = &r->main->headers_in.server;

    return ngx_http_consent_is_tls(r) ? &cscf->host_cookie : &cscf->cookie;
}


ngx_int_t
ngx_http_consent_cookie_conf(ngx_http_request_t *r, consent_cookie_conf_t *cc)
{
    ngx_str_t                    *scope;
    ngx_http_consent_srv_conf_t  *cscf;

    r = r->main;

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_consent_module);

    if (cscf->keys == NULL) {
        return NGX_ERROR;
    }

    cc->keys = cscf->keys;
    cc->names = cscf->categories->purposes;
    cc->ncategories = cscf->categories->n;
    cc->max_age = cscf->cookie_max_age;

    cc->cookie_name = ngx_http_consent_str(
                          ngx_http_consent_cookie_name(r, cscf, &scope));
    cc->scope = ngx_http_consent_str(scope);

    return NGX_OK;
}


ngx_uint_t
ngx_http_consent_is_tls(ngx_http_request_t *r)
{
#if (NGX_HTTP_SSL)
    return r->main->connection->ssl != NULL;
#else
    return 0;
#endif
}


/* a consent_mode_e, or NGX_ERROR */

static NGX_HTTP_CONSENT_NOINLINE ngx_int_t
ngx_http_consent_mode(ngx_http_request_t *r, ngx_http_consent_loc_conf_t *conf)
{
    ngx_str_t       value;
    consent_mode_e  mode;

    if (ngx_http_complex_value(r, conf->mode, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    if (consent_mode_parse(ngx_http_consent_str(&value), &mode)
        == CONSENT_OK)
    {
        return mode;
    }

    if (!conf->logged_mode) {
        conf->logged_mode = 1;

        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "\"consent_mode\" is \"%V\" for this request, which is "
                      "no mode: \"opt-in\" is used (logged once)", &value);
    }

    return CONSENT_MODE_OPT_IN;
}


ngx_table_elt_t *
ngx_http_consent_request_header(ngx_http_request_t *r, const char *name,
    size_t len)
{
    ngx_table_elt_t            *h;
    ngx_http_consent_fields_t   walk;

    ngx_http_consent_fields(&walk, &r->main->headers_in.headers);

    while ((h = ngx_http_consent_next_field(&walk)) != NULL) {

        if (h->key.len == len
            && ngx_http_consent_same_name(h->key.data, (u_char *) name, len))
        {
            return h;
        }
    }

    return NULL;
}


ngx_uint_t
ngx_http_consent_is_prefetch(ngx_http_request_t *r)
{
    ngx_uint_t        i;
    ngx_table_elt_t  *h;

    static ngx_str_t  names[] = {
        ngx_string("sec-purpose"),
        ngx_string("purpose"),
        ngx_string("x-purpose"),
        ngx_string("x-moz"),
        ngx_null_string
    };

    for (i = 0; names[i].len; i++) {
        h = ngx_http_consent_request_header(r, (char *) names[i].data,
                                            names[i].len);

        if (h && ngx_strlcasestrn(h->value.data, h->value.data + h->value.len,
                                  (u_char *) "pre", 3 - 1))
        {
            return 1;
        }
    }

    return 0;
}
