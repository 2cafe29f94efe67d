
/*
 * Directives, merging, and the checks at start.
 */

#include "ngx_http_consent_module.h"


static ngx_int_t ngx_http_consent_preconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_consent_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_consent_early_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_consent_check_order(ngx_conf_t *cf);
static ngx_int_t ngx_http_consent_init_process(ngx_cycle_t *cycle);
static void ngx_http_consent_cleanup_match(void *data);

static void *ngx_http_consent_create_main_conf(ngx_conf_t *cf);
static void *ngx_http_consent_create_srv_conf(ngx_conf_t *cf);
static char *ngx_http_consent_merge_srv_conf(ngx_conf_t *cf, void *parent,
    void *child);
static void *ngx_http_consent_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_consent_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);


static ngx_conf_enum_t  ngx_http_consent_enables[] = {
    { ngx_string("on"), NGX_HTTP_CONSENT_ON },
    { ngx_string("off"), NGX_HTTP_CONSENT_OFF },
    { ngx_string("report"), NGX_HTTP_CONSENT_REPORT },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_consent_links_places[] = {
    { ngx_string("footer"), NGX_HTTP_CONSENT_LINKS_FOOTER },
    { ngx_string("marker"), NGX_HTTP_CONSENT_LINKS_MARKER },
    { ngx_string("off"), NGX_HTTP_CONSENT_LINKS_OFF },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_consent_activations[] = {
    { ngx_string("reload"), NGX_HTTP_CONSENT_RELOAD },
    { ngx_string("inplace"), NGX_HTTP_CONSENT_INPLACE },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_consent_deliveries[] = {
    { ngx_string("visitor"), NGX_HTTP_CONSENT_VISITOR },
    { ngx_string("shared"), NGX_HTTP_CONSENT_SHARED },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_consent_undecodables[] = {
    { ngx_string("close"), NGX_HTTP_CONSENT_CLOSE },
    { ngx_string("pass"), NGX_HTTP_CONSENT_PASS },
    { ngx_null_string, 0 }
};


static ngx_str_t  ngx_http_consent_default_types[] = {
    ngx_string("text/html"),
    ngx_null_string
};


#define NGX_HTTP_CONSENT_ALL   (NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF          \
                                |NGX_HTTP_LOC_CONF)
#define NGX_HTTP_CONSENT_SRV   (NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF)


static ngx_command_t  ngx_http_consent_commands[] = {

    { ngx_string("consent"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_enum,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, enable),
      &ngx_http_consent_enables },

    { ngx_string("consent_mode"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_mode,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_endpoint"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_TAKE1,
      ngx_http_consent_set_endpoint,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_secret_file"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_TAKE1,
      ngx_http_consent_set_secret,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_cookie"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_1MORE,
      ngx_http_consent_set_cookie,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_revision"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_revision,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_category"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_1MORE,
      ngx_http_consent_set_category,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_block"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_2MORE,
      ngx_http_consent_set_block,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_allow"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_1MORE,
      ngx_http_consent_set_allow,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_catalog"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_flag,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, catalog),
      NULL },

    { ngx_string("consent_list"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_TAKE12,
      ngx_http_consent_set_list,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_third_party"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_third_party,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_controller"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_TAKE12,
      ngx_http_consent_set_controller,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_link"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE23,
      ngx_http_consent_set_link,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_links"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_enum,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, links_place),
      &ngx_http_consent_links_places },

    { ngx_string("consent_banner"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_flag,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, banner),
      NULL },

    { ngx_string("consent_language"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_language,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_text"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_text,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_style"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_style,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_delivery"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_enum,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, delivery),
      &ngx_http_consent_deliveries },

    { ngx_string("consent_activation"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_enum,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, activation),
      &ngx_http_consent_activations },

    { ngx_string("consent_guard"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_flag,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, guard),
      NULL },

    { ngx_string("consent_csp"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_1MORE,
      ngx_http_consent_set_csp,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_google_consent_mode"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_flag,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, google),
      NULL },

    { ngx_string("consent_require_gesture"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_flag,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, gesture),
      NULL },

    { ngx_string("consent_gpc"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_flag,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, gpc),
      NULL },

    { ngx_string("consent_cookies"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_2MORE,
      ngx_http_consent_set_cookies,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_trusted_origin"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_1MORE,
      ngx_http_consent_set_origin,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_log"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_1MORE,
      ngx_http_consent_set_log,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_log_copy"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_TAKE1,
      ngx_http_consent_set_log_copy,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_types"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_1MORE,
      ngx_http_consent_set_types,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, types_keys),
      &ngx_http_consent_default_types[0] },

    { ngx_string("consent_inline_max"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_size,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, inline_max),
      NULL },

    { ngx_string("consent_undecodable"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_enum,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, undecodable),
      &ngx_http_consent_undecodables },

    { ngx_string("consent_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_consent_set_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_consent_set_status,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_consent_module_ctx = {
    ngx_http_consent_preconfiguration,     /* preconfiguration */
    ngx_http_consent_init,                 /* postconfiguration */

    ngx_http_consent_create_main_conf,     /* create main configuration */
    NULL,                                  /* init main configuration */

    ngx_http_consent_create_srv_conf,      /* create server configuration */
    ngx_http_consent_merge_srv_conf,       /* merge server configuration */

    ngx_http_consent_create_loc_conf,      /* create location configuration */
    ngx_http_consent_merge_loc_conf        /* merge location configuration */
};


ngx_module_t  ngx_http_consent_module = {
    NGX_MODULE_V1,
    &ngx_http_consent_module_ctx,          /* module context */
    ngx_http_consent_commands,             /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    ngx_http_consent_ledger_init,          /* init module */
    ngx_http_consent_init_process,         /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_consent_copy_exit,            /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


/*
 * A second module, because a header filter is needed before not_modified
 * decides, far from the place of the first one.
 */

static ngx_http_module_t  ngx_http_consent_early_filter_module_ctx = {
    NULL,                                  /* preconfiguration */
    ngx_http_consent_early_init,           /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_consent_early_filter_module = {
    NGX_MODULE_V1,
    &ngx_http_consent_early_filter_module_ctx, /* module context */
    NULL,                                  /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static void *
ngx_http_consent_pool_alloc(void *ctx, size_t size)
{
    return ngx_palloc(ctx, size);
}


consent_alloc_t
ngx_http_consent_alloc(ngx_pool_t *pool)
{
    consent_alloc_t  alloc;

    alloc.alloc = ngx_http_consent_pool_alloc;
    alloc.ctx = pool;

    return alloc;
}


static void *
ngx_http_consent_create_main_conf(ngx_conf_t *cf)
{
    ngx_pool_cleanup_t            *cln;
    ngx_http_consent_main_conf_t  *mcf;

    mcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_consent_main_conf_t));
    if (mcf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&mcf->files, cf->pool, 4,
                       sizeof(ngx_http_consent_file_t *))
        != NGX_OK
        || ngx_array_init(&mcf->sets, cf->pool, 4,
                          sizeof(ngx_http_consent_set_t))
           != NGX_OK
        || ngx_array_init(&mcf->lists, cf->pool, 4,
                          sizeof(ngx_http_consent_compiled_list_t))
           != NGX_OK
        || ngx_array_init(&mcf->assets, cf->pool, 2,
                          sizeof(consent_ui_asset_t *))
           != NGX_OK
        || ngx_array_init(&mcf->guards, cf->pool, 2, sizeof(void *)) != NGX_OK
        || ngx_http_consent_ledger_create(cf, mcf) != NGX_OK)
    {
        return NULL;
    }

    mcf->loaded = ngx_time();

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_consent_cleanup_match;
    cln->data = mcf;

    return mcf;
}


static void
ngx_http_consent_cleanup_match(void *data)
{
    ngx_http_consent_main_conf_t *mcf = data;

    if (mcf->match) {
        consent_match_destroy(mcf->match);
        mcf->match = NULL;
    }
}


static void *
ngx_http_consent_create_srv_conf(ngx_conf_t *cf)
{
    ngx_http_consent_srv_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_consent_srv_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->cookie_max_age = NGX_CONF_UNSET;
    conf->origins = NGX_CONF_UNSET_PTR;
    conf->lists = NGX_CONF_UNSET_PTR;
    conf->log_sync = NGX_CONF_UNSET;

    return conf;
}


static char *
ngx_http_consent_merge_srv_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_consent_srv_conf_t *prev = parent;
    ngx_http_consent_srv_conf_t *conf = child;

    ngx_conf_merge_str_value(conf->endpoint, prev->endpoint, "/_consent/");

    if (conf->secret == NULL) {
        conf->secret = prev->secret;
        conf->keys = prev->keys;
    }

    if (conf->cookie.data == NULL) {
        conf->cookie = prev->cookie;
        conf->cookie_max_age = prev->cookie_max_age;
        conf->cookie_domain = prev->cookie_domain;
        conf->cookie_samesite = prev->cookie_samesite;
    }

    if (conf->cookie.data == NULL) {
        ngx_str_set(&conf->cookie, "ngx_consent");
        conf->cookie_max_age = 180 * 24 * 60 * 60;
        ngx_str_set(&conf->cookie_samesite, "Lax");
    }

    conf->host_cookie.len = sizeof("__Host-") - 1 + conf->cookie.len;

    conf->host_cookie.data = ngx_pnalloc(cf->pool, conf->host_cookie.len);
    if (conf->host_cookie.data == NULL) {
        return NGX_CONF_ERROR;
    }

    (void) ngx_sprintf(conf->host_cookie.data, "__Host-%V", &conf->cookie);

    if (conf->controller.data == NULL) {
        conf->controller = prev->controller;
        conf->contact = prev->contact;
    }

    ngx_conf_merge_ptr_value(conf->origins, prev->origins, NULL);
    ngx_conf_merge_ptr_value(conf->lists, prev->lists, NULL);

    if (conf->log.data == NULL) {
        conf->log = prev->log;
        conf->log_sync = prev->log_sync;
        conf->log_address = prev->log_address;
        conf->log_agent = prev->log_agent;
        conf->log_place = prev->log_place;
    }

    if (conf->log.data == NULL) {
        ngx_str_set(&conf->log, "off");
    }

    ngx_conf_merge_value(conf->log_sync, prev->log_sync, 0);

    if (conf->copy == NULL) {
        conf->copy = prev->copy;
    }

    if (ngx_http_consent_ledger_add(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_consent_merge_categories(cf, prev, conf);
}


static void *
ngx_http_consent_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_consent_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_consent_loc_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    ngx_http_consent_place(cf, &conf->place);

    conf->enable = NGX_CONF_UNSET_UINT;
    conf->mode = NGX_CONF_UNSET_PTR;
    conf->block = NGX_CONF_UNSET_PTR;
    conf->allow = NGX_CONF_UNSET_PTR;
    conf->cookies = NGX_CONF_UNSET_PTR;
    conf->catalog = NGX_CONF_UNSET;
    conf->links = NGX_CONF_UNSET_PTR;
    conf->links_place = NGX_CONF_UNSET_UINT;
    conf->banner = NGX_CONF_UNSET;
    conf->guard = NGX_CONF_UNSET;
    conf->gpc = NGX_CONF_UNSET;
    conf->gesture = NGX_CONF_UNSET;
    conf->google = NGX_CONF_UNSET;
    conf->activation = NGX_CONF_UNSET_UINT;
    conf->delivery = NGX_CONF_UNSET_UINT;
    conf->language = NGX_CONF_UNSET_PTR;
    conf->text = NGX_CONF_UNSET_PTR;
    conf->style = NGX_CONF_UNSET_PTR;
    conf->csp = NGX_CONF_UNSET_UINT;
    conf->csp_sources = NGX_CONF_UNSET_PTR;
    conf->inline_max = NGX_CONF_UNSET_SIZE;
    conf->undecodable = NGX_CONF_UNSET_UINT;

    return conf;
}


static char *
ngx_http_consent_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_consent_loc_conf_t *prev = parent;
    ngx_http_consent_loc_conf_t *conf = child;

    conf->main = ngx_http_conf_get_module_main_conf(cf,
                                                    ngx_http_consent_module);
    conf->srv = ngx_http_conf_get_module_srv_conf(cf, ngx_http_consent_module);

    if (conf->status) {

        /* all of "http" is read by now, and there was no consent_zone */

        if (conf->main->zone == NULL
            && ngx_http_consent_zone_add(cf, conf->main) != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }

        /* a page of ours for the operator, that stays as it is */

        conf->enable = NGX_HTTP_CONSENT_OFF;
    }

    ngx_conf_merge_uint_value(conf->enable, prev->enable,
                              NGX_HTTP_CONSENT_OFF);
    ngx_conf_merge_ptr_value(conf->mode, prev->mode, NULL);
    ngx_conf_merge_str_value(conf->revision, prev->revision, "1");

    ngx_conf_merge_ptr_value(conf->block, prev->block, NULL);
    ngx_conf_merge_ptr_value(conf->allow, prev->allow, NULL);
    ngx_conf_merge_ptr_value(conf->cookies, prev->cookies, NULL);
    ngx_conf_merge_value(conf->catalog, prev->catalog, 1);

    if (conf->third_party.data == NULL) {
        conf->third_party = prev->third_party;
        conf->third_party_place = prev->third_party_place;
    }

    ngx_conf_merge_str_value(conf->third_party, prev->third_party, "pass");

    ngx_conf_merge_ptr_value(conf->links, prev->links, NULL);
    ngx_conf_merge_uint_value(conf->links_place, prev->links_place,
                              NGX_HTTP_CONSENT_LINKS_FOOTER);
    ngx_conf_merge_value(conf->banner, prev->banner, 1);
    ngx_conf_merge_value(conf->guard, prev->guard, 1);
    ngx_conf_merge_value(conf->gpc, prev->gpc, 1);
    ngx_conf_merge_value(conf->gesture, prev->gesture, 0);
    ngx_conf_merge_value(conf->google, prev->google, 0);
    ngx_conf_merge_uint_value(conf->activation, prev->activation,
                              NGX_HTTP_CONSENT_RELOAD);
    ngx_conf_merge_uint_value(conf->delivery, prev->delivery,
                              NGX_HTTP_CONSENT_VISITOR);

    if (conf->language == NGX_CONF_UNSET_PTR) {
        conf->language_place = prev->language_place;
    }

    ngx_conf_merge_ptr_value(conf->language, prev->language, NULL);
    ngx_conf_merge_ptr_value(conf->text, prev->text, NULL);
    ngx_conf_merge_ptr_value(conf->style, prev->style, NULL);

    if (conf->csp == NGX_CONF_UNSET_UINT) {
        conf->csp_sources = prev->csp_sources;
    }

    ngx_conf_merge_ptr_value(conf->csp_sources, prev->csp_sources, NULL);
    ngx_conf_merge_uint_value(conf->csp, prev->csp, NGX_HTTP_CONSENT_CSP_OFF);

    ngx_conf_merge_size_value(conf->inline_max, prev->inline_max,
                              128 * 1024);
    ngx_conf_merge_uint_value(conf->undecodable, prev->undecodable,
                              NGX_HTTP_CONSENT_CLOSE);

    if (ngx_http_merge_types(cf, &conf->types_keys, &conf->types,
                             &prev->types_keys, &prev->types,
                             ngx_http_consent_default_types)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_consent_merge_rules(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    if (conf->enable == NGX_HTTP_CONSENT_OFF) {
        return NGX_CONF_OK;
    }

    conf->main->enabled = 1;

    if (conf->enable == NGX_HTTP_CONSENT_ON) {
        conf->adds = conf->links_place != NGX_HTTP_CONSENT_LINKS_OFF
                     || conf->google;
        conf->asks = conf->banner;

        if (conf->srv->active == NULL) {
            conf->srv->active = conf;
            conf->srv->second = conf->srv->endpoint.data[1];
        }
    }

    if (ngx_http_consent_merge_ui(cf, conf) != NGX_CONF_OK
        || ngx_http_consent_check_cookie(cf, conf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_consent_merge_keys(cf, conf->srv);
}


static ngx_int_t
ngx_http_consent_preconfiguration(ngx_conf_t *cf)
{
    return ngx_http_consent_add_variables(cf);
}


/*
 * Nothing is installed where no location has "consent on" or "report": a
 * module that is only loaded changes nothing and costs nothing.
 */

static ngx_int_t
ngx_http_consent_init(ngx_conf_t *cf)
{
    ngx_http_consent_main_conf_t  *mcf;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_consent_module);

    if (!mcf->enabled) {
        return NGX_OK;
    }

    if (ngx_http_consent_check_order(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (mcf->random) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "no \"consent_secret_file\": choices are signed with a "
                      "random key and forgotten at the next reload or "
                      "restart; make one with \"consentctl keygen\"");
    }

    ngx_http_consent_second_look(cf);

    if (ngx_http_consent_filter_init(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_consent_phases_init(cf);
}


static ngx_int_t
ngx_http_consent_early_init(ngx_conf_t *cf)
{
    ngx_http_consent_main_conf_t  *mcf;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_consent_module);

    if (mcf->enabled) {
        ngx_http_consent_early_filter_init(cf);
    }

    return NGX_OK;
}


/*
 * Response filters run in reverse order of cycle->modules.  Ours has to see
 * HTML before it is compressed, so compressors must come before it there;
 * and after all else that makes HTML.  A dynamic compressor that is loaded
 * after us ends up on the wrong side.
 */

static ngx_int_t
ngx_http_consent_check_order(ngx_conf_t *cf)
{
    char        *name;
    ngx_uint_t   i, j, main, early;

    static char  *before[] = {
        "ngx_http_gzip_filter_module",
        "ngx_http_brotli_filter_module",
        "ngx_http_zstd_filter_module",
        NULL
    };

    static char  *after[] = {
        "ngx_http_postpone_filter_module",
        "ngx_http_ssi_filter_module",
        "ngx_http_charset_filter_module",
        "ngx_http_xslt_filter_module",
        "ngx_http_sub_filter_module",
        "ngx_http_subs_filter_module",
        "ngx_http_addition_filter_module",
        "ngx_http_gunzip_filter_module",
        "ngx_http_headers_filter_module",
        "ngx_http_not_modified_filter_module",
        NULL
    };

    main = 0;
    early = 0;

    for (i = 0; cf->cycle->modules[i]; i++) {

        if (cf->cycle->modules[i] == &ngx_http_consent_module) {
            main = i;
        }

        if (cf->cycle->modules[i] == &ngx_http_consent_early_filter_module) {
            early = i;
        }
    }

    for (i = 0; cf->cycle->modules[i]; i++) {
        name = cf->cycle->modules[i]->name;

        for (j = 0; before[j]; j++) {
            if (i > main && ngx_strcmp(name, before[j]) == 0) {
                ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                              "\"ngx_http_consent_module\" would see pages "
                              "that \"%s\" has compressed: move the line "
                              "\"load_module ...ngx_http_consent_module.so;\" "
                              "below \"load_module ...%s.so;\"",
                              name, name);
                return NGX_ERROR;
            }
        }

        for (j = 0; after[j]; j++) {
            if (i < main && ngx_strcmp(name, after[j]) == 0) {
                ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                              "\"ngx_http_consent_module\" would not see "
                              "what \"%s\" adds to pages: build it with this "
                              "nginx's sources, whose list of modules its "
                              "\"config\" puts in order", name);
                return NGX_ERROR;
            }
        }

        if (i > early
            && ngx_strcmp(name, "ngx_http_not_modified_filter_module") == 0)
        {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"ngx_http_consent_early_filter_module\" must run "
                          "before \"%s\"", name);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_consent_init_process(ngx_cycle_t *cycle)
{
    consent_alloc_t                alloc;
    ngx_http_consent_main_conf_t  *mcf;

    mcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_consent_module);

    if (mcf == NULL || !mcf->enabled) {
        return NGX_OK;
    }

    alloc = ngx_http_consent_alloc(cycle->pool);

    mcf->match = consent_match_create(&alloc);

    if (mcf->match == NULL
        || consent_match_remember(mcf->match, &alloc, CONSENT_MATCH_MEMORY)
           != CONSENT_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}
