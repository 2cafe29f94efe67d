
/*
 * What has to be done before there is a response: the endpoint's place in
 * the phases, request headers that the upstream must not see as they came;
 * and the first of all header filters, which keeps a copy of a page that the
 * module has not made from being called "not modified".
 */

#include "ngx_http_consent_module.h"


/* phases in which there is a handler of ours */

enum {
    NGX_HTTP_CONSENT_SERVER_REWRITE = 0,
    NGX_HTTP_CONSENT_REWRITE,
    NGX_HTTP_CONSENT_PREACCESS,
    NGX_HTTP_CONSENT_PRECONTENT,
    NGX_HTTP_CONSENT_PHASES
};


static ngx_uint_t ngx_http_consent_is_core(ngx_conf_t *cf, const char **names,
    ngx_uint_t nhandlers);
static ngx_int_t ngx_http_consent_declined(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_server_rewrite_handler(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_find_endpoint(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_rewrite_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_preaccess_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_precontent_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_hide_and_go_on(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf);
static ngx_int_t ngx_http_consent_hide(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
static ngx_int_t ngx_http_consent_hide_cookies(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
static ngx_int_t ngx_http_consent_hide_cookie(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h);
static ngx_int_t ngx_http_consent_early_header_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_early_page(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_loc_conf_t *conf);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;

/* what comes after ours in a phase */

static ngx_http_handler_pt  ngx_http_consent_next[NGX_HTTP_CONSENT_PHASES];


/*
 * A handler costs each request some forty instructions, whatever its
 * location has on: going round the engine's loop is most of it.  So ours
 * takes the place of one of nginx's own, and calls that; not of any other,
 * which may look for its place among the handlers, or move to another.
 */

ngx_int_t
ngx_http_consent_phases_init(ngx_conf_t *cf)
{
    ngx_uint_t                  i;
    ngx_array_t                *a;
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    static const char  *rewrite[] = { "ngx_http_rewrite_module", NULL };
    static const char  *preaccess[] = { "ngx_http_limit_conn_module",
                                        "ngx_http_limit_req_module",
                                        "ngx_http_realip_module",
                                        "ngx_http_degradation_module", NULL };
    static const char  *precontent[] = { "ngx_http_try_files_module",
                                         "ngx_http_mirror_module", NULL };

    static struct {
        ngx_http_phases       phase;
        ngx_http_handler_pt   handler;
        const char          **core;
    } handlers[] = {
        { NGX_HTTP_SERVER_REWRITE_PHASE,
          ngx_http_consent_server_rewrite_handler, rewrite },
        { NGX_HTTP_REWRITE_PHASE, ngx_http_consent_rewrite_handler, rewrite },
        { NGX_HTTP_PREACCESS_PHASE, ngx_http_consent_preaccess_handler,
          preaccess },
        { NGX_HTTP_PRECONTENT_PHASE, ngx_http_consent_precontent_handler,
          precontent }
    };

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    for (i = 0; i < NGX_HTTP_CONSENT_PHASES; i++) {
        a = &cmcf->phases[handlers[i].phase].handlers;

        if (a->nelts
            && ngx_http_consent_is_core(cf, handlers[i].core, a->nelts))
        {
            /* the last is the first to be called */

            h = (ngx_http_handler_pt *) a->elts + a->nelts - 1;
            ngx_http_consent_next[i] = *h;

        } else {
            h = ngx_array_push(a);
            if (h == NULL) {
                return NGX_ERROR;
            }

            ngx_http_consent_next[i] = ngx_http_consent_declined;
        }

        *h = handlers[i].handler;
    }

    return NGX_OK;
}


/* are all handlers of a phase those of nginx's own modules, one of each? */

static ngx_uint_t
ngx_http_consent_is_core(ngx_conf_t *cf, const char **names,
    ngx_uint_t nhandlers)
{
    ngx_uint_t     i, n;
    ngx_module_t  *m;

    n = 0;

    for ( /* void */ ; *names; names++) {

        for (i = 0; cf->cycle->modules[i]; i++) {
            m = cf->cycle->modules[i];

            if (m == &ngx_http_consent_module) {

                /* those that follow are not there yet */

                break;
            }

            n += (ngx_strcmp(m->name, *names) == 0);
        }
    }

    return n == nhandlers;
}


static ngx_int_t
ngx_http_consent_declined(ngx_http_request_t *r)
{
    return NGX_DECLINED;
}


/*
 * The endpoint is known by the path as it was asked for, before a server's
 * own "rewrite" can change it.
 */

static ngx_int_t
ngx_http_consent_server_rewrite_handler(ngx_http_request_t *r)
{
    ngx_http_consent_srv_conf_t  *cscf;

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_consent_module);

    /* mostly the second character is enough */

    if (r->uri.len > 2
        && (r->uri.data[1] == cscf->second || r->uri.data[1] == '.'))
    {
        return ngx_http_consent_find_endpoint(r);
    }

    return ngx_http_consent_next[NGX_HTTP_CONSENT_SERVER_REWRITE](r);
}


static NGX_HTTP_CONSENT_NOINLINE ngx_int_t
ngx_http_consent_find_endpoint(ngx_http_request_t *r)
{
    ngx_uint_t                    gpc;
    ngx_http_consent_ctx_t       *ctx;
    ngx_http_consent_srv_conf_t  *cscf;

    static ngx_str_t  gpc_json = ngx_string("/.well-known/gpc.json");

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_consent_module);

    if (cscf->active == NULL || r != r->main || r->internal) {
        goto next;
    }

    gpc = 0;

    if (r->uri.len < cscf->endpoint.len
        || ngx_memcmp(r->uri.data, cscf->endpoint.data, cscf->endpoint.len)
           != 0)
    {
        if (r->uri.len != gpc_json.len
            || ngx_memcmp(r->uri.data, gpc_json.data, gpc_json.len) != 0
            || !cscf->active->gpc)
        {
            goto next;
        }

        gpc = 1;
    }

    ctx = ngx_http_consent_get_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->endpoint = 1;
    ctx->gpc_json = gpc;
    ctx->uri = r->uri;

next:

    return ngx_http_consent_next[NGX_HTTP_CONSENT_SERVER_REWRITE](r);
}


static ngx_inline ngx_uint_t
ngx_http_consent_is_endpoint(ngx_http_request_t *r)
{
    ngx_http_consent_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_consent_module);

    return ctx && ctx->endpoint && r == r->main && !r->internal;
}


/* a location's own "rewrite" and "return" are for the site's pages: go on
 * with the next phase */

static ngx_int_t
ngx_http_consent_rewrite_handler(ngx_http_request_t *r)
{
    ngx_http_core_main_conf_t  *cmcf;

    if (ngx_http_consent_is_endpoint(r)) {
        cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

        /* the phase engine adds one */

        r->phase_handler = cmcf->phase_engine.handlers[r->phase_handler].next
                           - 1;

        return NGX_DECLINED;
    }

    return ngx_http_consent_next[NGX_HTTP_CONSENT_REWRITE](r);
}


/* before try_files, and before whatever handles the location's content */

static ngx_int_t
ngx_http_consent_precontent_handler(ngx_http_request_t *r)
{
    if (!ngx_http_consent_is_endpoint(r)) {
        return ngx_http_consent_next[NGX_HTTP_CONSENT_PRECONTENT](r);
    }

    ngx_http_finalize_request(r, ngx_http_consent_endpoint_handler(r));

    return NGX_DONE;
}


#define ngx_http_consent_is_conditional(r)                                   \
    ((uintptr_t) (r)->headers_in.if_match                                    \
     | (uintptr_t) (r)->headers_in.if_none_match                             \
     | (uintptr_t) (r)->headers_in.if_modified_since                         \
     | (uintptr_t) (r)->headers_in.range)


static ngx_int_t
ngx_http_consent_preaccess_handler(ngx_http_request_t *r)
{
    ngx_http_consent_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_consent_module);

    if (conf->enable == NGX_HTTP_CONSENT_ON
        && (ngx_http_consent_cookies(r) | ngx_http_consent_is_conditional(r))
        && r == r->main)
    {
        return ngx_http_consent_hide_and_go_on(r, conf);
    }

    return ngx_http_consent_next[NGX_HTTP_CONSENT_PREACCESS](r);
}


static NGX_HTTP_CONSENT_NOINLINE ngx_int_t
ngx_http_consent_hide_and_go_on(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf)
{
    ngx_http_consent_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_consent_module);

    if (ctx && ctx->endpoint && !r->internal) {
        return ngx_http_consent_next[NGX_HTTP_CONSENT_PREACCESS](r);
    }

    ctx = ngx_http_consent_decide_main(r, ctx, conf);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if ((ctx->state.allowed != ctx->state.all
         || ngx_http_consent_is_conditional(r))
        && ngx_http_consent_hide(r, ctx) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_consent_next[NGX_HTTP_CONSENT_PREACCESS](r);
}


/* request headers that the upstream must not see as they came */

static NGX_HTTP_CONSENT_NOINLINE ngx_int_t
ngx_http_consent_hide(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    if (r->headers_in.if_match
        && ngx_http_consent_hide_if_match(r) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_consent_cookies(r)
        && ctx->state.allowed != ctx->state.all
        && ngx_http_consent_hide_cookies(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_OK;
    }

    if ((r->headers_in.if_none_match || r->headers_in.if_modified_since)
        && ngx_http_consent_hide_validators(r, ctx,
                                            ngx_http_consent_is_context(r))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (r->headers_in.range && ngx_http_consent_is_navigation(r)
        && ngx_http_consent_hide_range(r) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_consent_hide_cookies(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    ngx_table_elt_t            *h;
    ngx_http_consent_fields_t   walk;

again:

    ngx_http_consent_fields(&walk, &r->headers_in.headers);

    while ((h = ngx_http_consent_next_field(&walk)) != NULL) {

        if (!ngx_http_consent_key_is(h, "Cookie")) {
            continue;
        }

        switch (ngx_http_consent_hide_cookie(r, ctx, h)) {

        case NGX_OK:
            break;

        case NGX_DONE:

            /* the list has changed under us */

            goto again;

        default:
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* NGX_DONE: nothing was left, and the header is gone */

static ngx_int_t
ngx_http_consent_hide_cookie(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h)
{
    u_char         *p, *buf;
    size_t          pos, start, end;
    ngx_uint_t      removed;
    consent_str_t   name, value;

    pos = 0;
    removed = 0;

    while (consent_cookie_next(ngx_http_consent_str(&h->value), &pos, &name,
                               &value, &start, &end))
    {
        if (ngx_http_consent_cookie_denied(ctx, name)) {
            removed = 1;
            break;
        }
    }

    if (!removed) {
        return NGX_OK;
    }

    /* a blank after each ";", which may not have been there */

    buf = ngx_pnalloc(r->pool, h->value.len * 2 + 2);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    p = buf;
    pos = 0;

    while (consent_cookie_next(ngx_http_consent_str(&h->value), &pos, &name,
                               &value, &start, &end))
    {
        if ((name.len == 0 && value.len == 0)
            || ngx_http_consent_cookie_denied(ctx, name))
        {
            continue;
        }

        if (p != buf) {
            *p++ = ';';
            *p++ = ' ';
        }

        if (name.len) {
            p = ngx_cpymem(p, name.data, name.len);
            *p++ = '=';
        }

        p = ngx_cpymem(p, value.data, value.len);
    }

    *p = '\0';

    if (p == buf) {
        ngx_http_consent_forget_cookie(r, h);

        return ngx_http_consent_unlink_header(r, h) == NGX_OK ? NGX_DONE
                                                              : NGX_ERROR;
    }

    h->value.data = buf;
    h->value.len = p - buf;

    return NGX_OK;
}


void
ngx_http_consent_early_filter_init(ngx_conf_t *cf)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_consent_early_header_filter;
}


/*
 * Runs before not_modified, gunzip and all that makes the page.  What is
 * decided here is whether the answer is a page that will differ from what
 * the upstream sent; if so its validators become those of the variant.
 */

static ngx_int_t
ngx_http_consent_early_header_filter(ngx_http_request_t *r)
{
    ngx_http_consent_ctx_t       *ctx;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_consent_module);

    if (conf->enable != NGX_HTTP_CONSENT_ON || r != r->main) {
        return ngx_http_next_header_filter(r);
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_consent_module);

    if (ctx == NULL && ngx_http_consent_is_other(r, conf)) {
        return ngx_http_next_header_filter(r);
    }

    return ngx_http_consent_early_page(r, ctx, conf);
}


static NGX_HTTP_CONSENT_NOINLINE ngx_int_t
ngx_http_consent_early_page(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_loc_conf_t *conf)
{
    ngx_uint_t               differs;
    ngx_http_consent_kind_e  kind;

    if (ctx && ctx->endpoint) {
        return ngx_http_next_header_filter(r);
    }

    if (r->headers_out.status == NGX_HTTP_NOT_MODIFIED) {
        return ngx_http_next_header_filter(r);
    }

    kind = ngx_http_consent_kind(r, conf);

    if (kind == NGX_HTTP_CONSENT_OTHER) {

        if (ctx && ctx->hidden && r->upstream) {

            /* the upstream was not asked, so nginx has to compare */

            r->disable_not_modified = 0;
        }

        return ngx_http_next_header_filter(r);
    }

    ctx = ngx_http_consent_decide_main(r, ctx, conf);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    ctx->kind = kind;
    ctx->type = r->headers_out.content_type;

    if (kind == NGX_HTTP_CONSENT_XML) {
        ctx->html = 0;
        ctx->rewrite = 0;
        differs = (ctx->state.allowed != ctx->state.all);

    } else {
        ctx->html = 1;
        differs = ngx_http_consent_rewrites(ctx);
        ctx->rewrite = differs;
    }

    if (differs) {
        if (ngx_http_consent_mark_etag(r, ctx) != NGX_OK) {
            return NGX_ERROR;
        }

        ctx->marked = 1;

        ngx_http_consent_own_validators(r);
    }

    if (r->upstream && ctx->hidden) {
        r->disable_not_modified = 0;
    }

    return ngx_http_next_header_filter(r);
}
