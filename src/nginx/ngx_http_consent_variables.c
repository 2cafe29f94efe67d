
/*
 * $consent_...: readable in every phase.  All are of the main request, so
 * that a subrequest sees what its page sees; in a location that is off there
 * is none of them.
 */

#include "ngx_http_consent_module.h"


typedef enum {
    NGX_HTTP_CONSENT_VAR_MODE = 0,
    NGX_HTTP_CONSENT_VAR_BASIS,
    NGX_HTTP_CONSENT_VAR_ALLOWED,
    NGX_HTTP_CONSENT_VAR_REVISION,
    NGX_HTTP_CONSENT_VAR_ID,
    NGX_HTTP_CONSENT_VAR_GPC,
    NGX_HTTP_CONSENT_VAR_BLOCKED,
    NGX_HTTP_CONSENT_VAR_VARIANT
} ngx_http_consent_var_e;


static ngx_int_t ngx_http_consent_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_consent_category_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_consent_allowed(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_str_t *s);


static ngx_http_variable_t  ngx_http_consent_vars[] = {

    { ngx_string("consent_mode"), NULL, ngx_http_consent_variable,
      NGX_HTTP_CONSENT_VAR_MODE, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("consent_basis"), NULL, ngx_http_consent_variable,
      NGX_HTTP_CONSENT_VAR_BASIS, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("consent_allowed"), NULL, ngx_http_consent_variable,
      NGX_HTTP_CONSENT_VAR_ALLOWED, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("consent_revision"), NULL, ngx_http_consent_variable,
      NGX_HTTP_CONSENT_VAR_REVISION, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("consent_id"), NULL, ngx_http_consent_variable,
      NGX_HTTP_CONSENT_VAR_ID, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("consent_gpc"), NULL, ngx_http_consent_variable,
      NGX_HTTP_CONSENT_VAR_GPC, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("consent_blocked"), NULL, ngx_http_consent_variable,
      NGX_HTTP_CONSENT_VAR_BLOCKED, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("consent_variant"), NULL, ngx_http_consent_variable,
      NGX_HTTP_CONSENT_VAR_VARIANT, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("consent_"), NULL, ngx_http_consent_category_variable,
      0, NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_PREFIX, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_consent_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_consent_vars; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_consent_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    u_char                       *p;
    ngx_str_t                     s;
    ngx_http_consent_ctx_t       *ctx;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ngx_http_consent_get_conf(r);

    if (conf->enable == NGX_HTTP_CONSENT_OFF) {
        v->not_found = 1;
        return NGX_OK;
    }

    ctx = ngx_http_consent_decide(r);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    ngx_str_null(&s);

    switch (data) {

    case NGX_HTTP_CONSENT_VAR_MODE:
        s = ngx_http_consent_ngx_str(consent_mode_names[ctx->state.mode]);
        break;

    case NGX_HTTP_CONSENT_VAR_BASIS:
        s = ngx_http_consent_ngx_str(consent_basis_names[ctx->state.basis]);
        break;

    case NGX_HTTP_CONSENT_VAR_ALLOWED:
        if (ngx_http_consent_allowed(r, ctx, &s) != NGX_OK) {
            return NGX_ERROR;
        }
        break;

    case NGX_HTTP_CONSENT_VAR_REVISION:
        s = conf->revision;
        break;

    case NGX_HTTP_CONSENT_VAR_ID:
        if (ctx->valid) {
            s.data = (u_char *) ctx->record.id;
            s.len = ngx_strlen(ctx->record.id);
        }
        break;

    case NGX_HTTP_CONSENT_VAR_GPC:
        if (ctx->state.gpc) {
            ngx_str_set(&s, "1");
        }
        break;

    case NGX_HTTP_CONSENT_VAR_BLOCKED:
        p = ngx_pnalloc(r->pool, NGX_INT_T_LEN);
        if (p == NULL) {
            return NGX_ERROR;
        }

        s.data = p;
        s.len = ngx_sprintf(p, "%ui", ctx->blocked) - p;
        break;

    default: /* NGX_HTTP_CONSENT_VAR_VARIANT */
        p = ngx_pnalloc(r->pool, NGX_HTTP_CONSENT_VARIANT_LEN);
        if (p == NULL) {
            return NGX_ERROR;
        }

        ngx_http_consent_variant(r, ctx, p);

        s.data = p;
        s.len = NGX_HTTP_CONSENT_VARIANT_LEN;
    }

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->len = s.len;
    v->data = s.data ? s.data : (u_char *) "";

    return NGX_OK;
}


/* "necessary,analytics" */

static ngx_int_t
ngx_http_consent_allowed(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    ngx_str_t *s)
{
    u_char                         *p;
    size_t                          len;
    ngx_uint_t                      i;
    ngx_http_consent_categories_t  *cats;

    cats = ctx->conf->srv->categories;
    len = 0;

    for (i = 0; i < cats->n; i++) {
        len += cats->names[i].len + 1;
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    s->data = p;

    for (i = 0; i < cats->n; i++) {
        if (ctx->state.allowed & consent_bit(i)) {

            if (p != s->data) {
                *p++ = ',';
            }

            p = ngx_cpymem(p, cats->names[i].data, cats->names[i].len);
        }
    }

    s->len = p - s->data;

    return NGX_OK;
}


/* $consent_NAME: "1" or empty */

static ngx_int_t
ngx_http_consent_category_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t *name = (ngx_str_t *) data;

    int                           n;
    ngx_str_t                     s;
    ngx_http_consent_ctx_t       *ctx;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ngx_http_consent_get_conf(r);

    s.data = name->data + sizeof("consent_") - 1;
    s.len = name->len - (sizeof("consent_") - 1);

    n = CONSENT_CATEGORY_NONE;

    if (conf->enable != NGX_HTTP_CONSENT_OFF) {
        n = ngx_http_consent_category(conf->srv->categories, &s);
    }

    if (n == CONSENT_CATEGORY_NONE) {
        v->not_found = 1;
        return NGX_OK;
    }

    ctx = ngx_http_consent_decide(r);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = (u_char *) "1";
    v->len = (ctx->state.allowed & consent_bit(n)) ? 1 : 0;

    return NGX_OK;
}
