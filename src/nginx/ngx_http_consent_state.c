
/*
 * A request's state: the cookie, the mode and the signal, read once and
 * decided by the core.  Nothing here depends on the phase.
 */

#include "ngx_http_consent_module.h"
#include "consent_html_scan.h"
#include <openssl/crypto.h>


static ngx_uint_t ngx_http_consent_known_cookie(ngx_http_request_t *r,
    consent_cookie_conf_t *cc, consent_str_t value,
    ngx_http_consent_ctx_t *ctx);
static void ngx_http_consent_read_cookie(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, ngx_http_consent_ctx_t *ctx);
static ngx_uint_t ngx_http_consent_is_shared(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, ngx_http_consent_ctx_t *ctx);
static ngx_int_t ngx_http_consent_mode(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, consent_mode_e *mode);
static ngx_uint_t ngx_http_consent_has_gpc(ngx_http_request_t *r);


ngx_http_consent_ctx_t *
ngx_http_consent_get_ctx(ngx_http_request_t *r)
{
    ngx_http_consent_ctx_t  *ctx;

    r = r->main;

    ctx = ngx_http_get_module_ctx(r, ngx_http_consent_module);

    if (ctx == NULL) {
        ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_consent_ctx_t));
        if (ctx == NULL) {
            return NULL;
        }

        ngx_http_set_ctx(r, ctx, ngx_http_consent_module);
    }

    return ctx;
}


ngx_http_consent_loc_conf_t *
ngx_http_consent_get_conf(ngx_http_request_t *r)
{
    ngx_http_consent_ctx_t       *ctx;
    ngx_http_consent_loc_conf_t  *conf;

    r = r->main;

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


ngx_http_consent_ctx_t *
ngx_http_consent_decide(ngx_http_request_t *r)
{
    consent_state_in_t            in;
    ngx_http_consent_ctx_t       *ctx;
    ngx_http_consent_loc_conf_t  *conf;

    r = r->main;

    ctx = ngx_http_consent_get_ctx(r);
    if (ctx == NULL) {
        return NULL;
    }

    conf = ngx_http_consent_get_conf(r);

    if (ctx->decided && ctx->conf == conf) {
        return ctx;
    }

    if (!ctx->read) {
        ctx->read = 1;

        if (conf->enable != NGX_HTTP_CONSENT_OFF) {
            ngx_http_consent_read_cookie(r, conf, ctx);
        }
    }

    ngx_memzero(&in, sizeof(consent_state_in_t));

    ctx->shared = ngx_http_consent_is_shared(r, conf, ctx);

    if (ctx->shared) {

        /* that of a visitor of whom nothing is known, under the strictest
         * mode: in.record is NULL, in.gpc is 0 */

        in.mode = CONSENT_MODE_OPT_IN;

    } else {
        if (ngx_http_consent_mode(r, conf, &in.mode) != NGX_OK) {
            return NULL;
        }

        in.record = ctx->valid ? &ctx->record : NULL;
        in.gpc = conf->gpc && ngx_http_consent_has_gpc(r);
    }

    in.revision = ngx_http_consent_str(&conf->revision);
    in.flags = conf->srv->categories->flags;
    in.ncategories = conf->srv->categories->n;

    consent_state_decide(&in, &ctx->state);

    ctx->conf = conf;
    ctx->decided = 1;

    return ctx;
}


/*
 * consent_delivery shared is for what a cache may keep and hand out as a
 * page.  Frames, fragments and answers to a POST are no such thing: they go
 * out as ever, private.
 */

static ngx_uint_t
ngx_http_consent_is_shared(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, ngx_http_consent_ctx_t *ctx)
{
    return conf->delivery == NGX_HTTP_CONSENT_SHARED
           && conf->enable == NGX_HTTP_CONSENT_ON
           && !ctx->endpoint
           && (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
           && ngx_http_consent_is_document(r);
}


/*
 * Our cookie must be there once: a sibling domain that can set cookies for
 * us must not choose for the visitor, so two of them count as none.
 */

static void
ngx_http_consent_read_cookie(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, ngx_http_consent_ctx_t *ctx)
{
    size_t                  pos, start, end;
    ngx_uint_t              i, n;
    consent_str_t           name, value, found;
    ngx_list_part_t        *part;
    ngx_table_elt_t        *h;
    consent_cookie_conf_t   cc;

    if (ngx_http_consent_cookie_conf(r, &cc) != NGX_OK) {
        return;
    }

    n = 0;
    found.data = NULL;
    found.len = 0;

    part = &r->headers_in.headers.part;
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

        if (h[i].key.len != 6
            || ngx_strncasecmp(h[i].key.data, (u_char *) "cookie", 6) != 0)
        {
            continue;
        }

        pos = 0;

        while (consent_cookie_next(ngx_http_consent_str(&h[i].value), &pos,
                                   &name, &value, &start, &end))
        {
            if (name.len == cc.cookie_name.len
                && ngx_memcmp(name.data, cc.cookie_name.data, name.len) == 0)
            {
                found = value;
                n++;
            }
        }
    }

    if (n != 1) {
        return;
    }

    ctx->valid = ngx_http_consent_known_cookie(r, &cc, found, ctx);
}


/*
 * Is it signed by us, and of now?  A visitor's cookie comes with each request:
 * what was found valid is remembered by all that is signed, and by the server,
 * whose keys it was signed with.  It is looked up by a hash of the whole, so
 * that no time taken tells how much of a guess was right.
 */

static ngx_uint_t
ngx_http_consent_known_cookie(ngx_http_request_t *r,
    consent_cookie_conf_t *cc, consent_str_t value,
    ngx_http_consent_ctx_t *ctx)
{
    time_t                         now;
    uint32_t                       hash;
    ngx_http_consent_known_t      *k;
    ngx_http_consent_main_conf_t  *cmcf;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_consent_module);
    now = ngx_time();

    if (value.len > CONSENT_COOKIE_MAX
        || cc->scope.len > NGX_HTTP_CONSENT_SCOPE_MAX)
    {
        goto parse;
    }

    if (cmcf->known == NULL) {
        cmcf->known = ngx_pcalloc(ngx_cycle->pool, NGX_HTTP_CONSENT_KNOWN
                                  * sizeof(ngx_http_consent_known_t));
        if (cmcf->known == NULL) {
            goto parse;
        }
    }

    hash = consent_scan_hash(value.data, value.len);
    k = &cmcf->known[hash % NGX_HTTP_CONSENT_KNOWN];

    if (k->hash == hash && k->keys == cc->keys && k->names == cc->names
        && k->len == value.len && k->scope_len == cc->scope.len
        && k->name_len == cc->cookie_name.len
        && CRYPTO_memcmp(k->value, value.data, value.len) == 0
        && ngx_memcmp(k->scope, cc->scope.data, cc->scope.len) == 0
        && k->record.time <= now + CONSENT_CLOCK_SKEW
        && k->record.time + cc->max_age >= now)
    {
        ctx->record = k->record;
        return 1;
    }

    if (consent_cookie_parse(cc, value.data, value.len, now, &ctx->record)
        != CONSENT_OK)
    {
        return 0;
    }

    k->hash = hash;
    k->keys = cc->keys;
    k->names = cc->names;
    k->len = value.len;
    k->scope_len = cc->scope.len;
    k->name_len = cc->cookie_name.len;
    k->record = ctx->record;
    ngx_memcpy(k->value, value.data, value.len);
    ngx_memcpy(k->scope, cc->scope.data, cc->scope.len);

    return 1;

parse:

    return consent_cookie_parse(cc, value.data, value.len, now, &ctx->record)
           == CONSENT_OK;
}


ngx_int_t
ngx_http_consent_cookie_conf(ngx_http_request_t *r, consent_cookie_conf_t *cc)
{
    u_char                       *p;
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

    if (cscf->cookie_domain.len) {
        cc->scope = ngx_http_consent_str(&cscf->cookie_domain);
        cc->cookie_name = ngx_http_consent_str(&cscf->cookie);
        return NGX_OK;
    }

    cc->scope = ngx_http_consent_str(&r->headers_in.server);

    if (!ngx_http_consent_is_tls(r)) {
        cc->cookie_name = ngx_http_consent_str(&cscf->cookie);
        return NGX_OK;
    }

    cc->cookie_name.len = sizeof("__Host-") - 1 + cscf->cookie.len;

    p = ngx_pnalloc(r->pool, cc->cookie_name.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    cc->cookie_name.data = p;

    p = ngx_cpymem(p, "__Host-", sizeof("__Host-") - 1);
    ngx_memcpy(p, cscf->cookie.data, cscf->cookie.len);

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


static ngx_int_t
ngx_http_consent_mode(ngx_http_request_t *r, ngx_http_consent_loc_conf_t *conf,
    consent_mode_e *mode)
{
    ngx_str_t  value;

    *mode = CONSENT_MODE_OPT_IN;

    if (conf->mode == NULL) {
        return NGX_OK;
    }

    if (ngx_http_complex_value(r, conf->mode, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    if (consent_mode_parse(ngx_http_consent_str(&value), mode) == CONSENT_OK) {
        return NGX_OK;
    }

    *mode = CONSENT_MODE_OPT_IN;

    if (!conf->logged_mode) {
        conf->logged_mode = 1;

        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "\"consent_mode\" is \"%V\" for this request, which is "
                      "no mode: \"opt-in\" is used (logged once)", &value);
    }

    return NGX_OK;
}


/* exactly "1" is a signal; one such field among several is enough (GPC, 3.2)
 */

static ngx_uint_t
ngx_http_consent_has_gpc(ngx_http_request_t *r)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &r->headers_in.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return 0;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].key.len == sizeof("Sec-GPC") - 1
            && h[i].value.len == 1 && h[i].value.data[0] == '1'
            && ngx_strncasecmp(h[i].key.data, (u_char *) "Sec-GPC",
                               sizeof("Sec-GPC") - 1)
               == 0)
        {
            return 1;
        }
    }
}


ngx_table_elt_t *
ngx_http_consent_request_header(ngx_http_request_t *r, const char *name,
    size_t len)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &r->main->headers_in.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return NULL;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].key.len == len
            && ngx_strncasecmp(h[i].key.data, (u_char *) name, len) == 0)
        {
            return &h[i];
        }
    }
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


int
ngx_http_consent_language(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, consent_str_t page)
{
    int                      lang;
    ngx_str_t                value;
    ngx_table_elt_t         *h;
    ngx_http_consent_ctx_t  *ctx;

    if (conf->language) {

        if (ngx_http_complex_value(r->main, conf->language, &value) == NGX_OK
            && value.len)
        {
            lang = consent_ui_lang(conf->ui, ngx_http_consent_str(&value));

            if (lang >= 0) {
                return lang;
            }
        }

    } else if (page.len) {
        lang = consent_ui_lang(conf->ui, page);

        if (lang >= 0) {
            return lang;
        }
    }

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_consent_module);

    if (ctx && ctx->shared) {

        /* who asked first must not choose for all */

        return 0;
    }

    h = ngx_http_consent_header_in(r, "accept-language");

    if (h) {
        lang = consent_ui_lang(conf->ui, ngx_http_consent_str(&h->value));

        if (lang >= 0) {
            return lang;
        }
    }

    return 0;
}
