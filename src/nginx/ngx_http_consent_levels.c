
/*
 * The configuration's levels: made when nginx reads it, and each merged with
 * the one around it.
 */

#include "ngx_http_consent_module.h"


static void ngx_http_consent_cleanup_match(void *data);


ngx_str_t  ngx_http_consent_default_types[] = {
    ngx_string("text/html"),
    ngx_null_string
};


void *
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


void *
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


char *
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


void *
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


char *
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
