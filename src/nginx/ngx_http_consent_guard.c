
/*
 * consent_guard: the script with the rules in it, one file for each set of
 * rules, made and compressed at configuration time.
 */

#include "ngx_http_consent_module.h"
#include "consent_guard.h"

#include <zlib.h>


static char  ngx_http_consent_guard_place[] = "'@guard'";


typedef struct {
    consent_rules_t               *rules;
    ngx_http_consent_categories_t *categories;
    ngx_array_t                   *cookies;
    consent_guard_sites_t         *sites;
    consent_ui_asset_t             asset;
} ngx_http_consent_guard_t;


static ngx_int_t ngx_http_consent_guard_make(ngx_conf_t *cf,
    ngx_http_consent_guard_t *guard, ngx_array_t *names);
static ngx_int_t ngx_http_consent_guard_gzip(ngx_pool_t *pool,
    consent_ui_asset_t *asset, size_t text, size_t bits);
static int ngx_http_consent_guard_deflate(z_stream *zs, size_t len,
    int strategy, int flush);


char *
ngx_http_consent_merge_guard(ngx_conf_t *cf, ngx_http_consent_loc_conf_t *conf)
{
    ngx_uint_t                      i;
    consent_ui_asset_t            **asset;
    ngx_http_consent_guard_t      **known, *guard;
    ngx_http_consent_main_conf_t   *mcf;

    if (!conf->guard || conf->enable != NGX_HTTP_CONSENT_ON
        || conf->rules == NULL
        || consent_ui_assets[CONSENT_UI_GUARD_JS].file.len == 0)
    {
        return NGX_CONF_OK;
    }

    mcf = conf->main;

    known = mcf->guards.elts;

    for (i = 0; i < mcf->guards.nelts; i++) {
        if (known[i]->rules == conf->rules
            && known[i]->categories == conf->srv->categories
            && known[i]->cookies == conf->cookies)
        {
            conf->ui->guard = &known[i]->asset;
            conf->guard_sites = known[i]->sites;
            return NGX_CONF_OK;
        }
    }

    guard = ngx_pcalloc(cf->pool, sizeof(ngx_http_consent_guard_t));
    known = ngx_array_push(&mcf->guards);
    asset = ngx_array_push(&mcf->assets);

    if (guard == NULL || known == NULL || asset == NULL) {
        return NGX_CONF_ERROR;
    }

    guard->rules = conf->rules;
    guard->categories = conf->srv->categories;
    guard->cookies = conf->cookies;

    *known = guard;
    *asset = &guard->asset;

    if (ngx_http_consent_guard_make(cf, guard, conf->cookie_names)
        != NGX_OK)
    {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"consent_guard\": no memory");
        return NGX_CONF_ERROR;
    }

    conf->ui->guard = &guard->asset;
    conf->guard_sites = guard->sites;

    return NGX_CONF_OK;
}


/* of the site of a page, for its head */

consent_str_t
ngx_http_consent_guard_hosts(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, consent_str_t site)
{
    u_char         *p;
    consent_str_t   hosts = consent_null_string;
    u_char          buf[CONSENT_GUARD_HOSTS_MAX];

    if (conf->guard_sites == NULL) {
        return hosts;
    }

    hosts.len = consent_guard_hosts(conf->guard_sites, site, buf);

    if (hosts.len == 0) {
        return hosts;
    }

    p = ngx_pnalloc(r->pool, hosts.len);

    if (p == NULL) {
        hosts.len = 0;
        return hosts;
    }

    ngx_memcpy(p, buf, hosts.len);
    hosts.data = p;

    return hosts;
}


static ngx_int_t
ngx_http_consent_guard_make(ngx_conf_t *cf, ngx_http_consent_guard_t *guard,
    ngx_array_t *names)
{
    size_t                           head;
    u_char                          *p, *place;
    ngx_str_t                        text;
    ngx_uint_t                       i;
    consent_str_t                    script, content;
    consent_alloc_t                  alloc;
    consent_guard_data_t             data;
    consent_guard_conf_t             gc;
    consent_guard_cookie_t          *cookies;
    ngx_http_consent_cookie_name_t  *name;

    cookies = NULL;
    ngx_memzero(&gc, sizeof(consent_guard_conf_t));

    if (names) {
        cookies = ngx_palloc(cf->pool, names->nelts
                                       * sizeof(consent_guard_cookie_t));
        if (cookies == NULL) {
            return NGX_ERROR;
        }

        name = names->elts;

        for (i = 0; i < names->nelts; i++) {

            /* the "*" was cut off, and is still there */

            text = name[i].name;
            text.len += name[i].prefix;

            cookies[i].name = ngx_http_consent_str(&text);
            cookies[i].category = name[i].category;
        }

        gc.ncookies = names->nelts;
    }

    gc.rules = guard->rules;
    gc.categories = guard->categories->names;
    gc.ncategories = guard->categories->n;
    gc.cookies = cookies;

    alloc = ngx_http_consent_alloc(cf->pool);

    if (consent_guard_data(&gc, &alloc, &data) != CONSENT_OK) {
        return NGX_ERROR;
    }

    guard->sites = consent_guard_sites(guard->rules, &alloc);
    if (guard->sites == NULL) {
        return NGX_ERROR;
    }

    script = consent_ui_assets[CONSENT_UI_GUARD_JS].raw;

    place = ngx_strnstr((u_char *) script.data, ngx_http_consent_guard_place,
                        script.len);
    if (place == NULL) {
        return NGX_ERROR;
    }

    content.len = script.len - (sizeof(ngx_http_consent_guard_place) - 1)
                  + data.text.len + data.bits.len
                  + sizeof(CONSENT_GUARD_DATA_END) - 1;

    p = ngx_pnalloc(cf->pool, content.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    content.data = p;

    p = ngx_cpymem(p, script.data, place - script.data);
    p = ngx_cpymem(p, data.text.data, data.text.len);

    head = p - content.data;

    p = ngx_cpymem(p, data.bits.data, data.bits.len);
    p = ngx_cpymem(p, CONSENT_GUARD_DATA_END,
                   sizeof(CONSENT_GUARD_DATA_END) - 1);

    place += sizeof(ngx_http_consent_guard_place) - 1;

    ngx_memcpy(p, place, script.data + script.len - place);

    if (consent_ui_asset_make(&guard->asset, &alloc, "guard", "js",
                              "text/javascript; charset=utf-8", content)
        != CONSENT_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_consent_guard_gzip(cf->pool, &guard->asset, head,
                                       data.bits.len);
}


/* fingerprints have nothing that repeats, and codes of their own */

static ngx_int_t
ngx_http_consent_guard_gzip(ngx_pool_t *pool, consent_ui_asset_t *asset,
    size_t text, size_t bits)
{
    int        rc;
    u_char    *p;
    uLong      size;
    z_stream   zs;

    ngx_memzero(&zs, sizeof(z_stream));

    /* 16: with gzip's header, which has no time and no name */

    if (deflateInit2(&zs, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16,
                     MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY)
        != Z_OK)
    {
        return NGX_ERROR;
    }

    /* and what a change of strategy flushes */

    size = deflateBound(&zs, asset->raw.len) + 64;

    p = ngx_pnalloc(pool, size);

    if (p == NULL) {
        (void) deflateEnd(&zs);
        return NGX_ERROR;
    }

    zs.next_in = (Bytef *) asset->raw.data;
    zs.next_out = p;
    zs.avail_out = size;

    rc = ngx_http_consent_guard_deflate(&zs, text, Z_DEFAULT_STRATEGY,
                                        Z_BLOCK);
    if (rc == Z_OK) {
        rc = ngx_http_consent_guard_deflate(&zs, bits, Z_HUFFMAN_ONLY,
                                            Z_BLOCK);
    }

    if (rc == Z_OK) {
        rc = ngx_http_consent_guard_deflate(&zs, asset->raw.len - text - bits,
                                            Z_DEFAULT_STRATEGY, Z_FINISH);
    }

    (void) deflateEnd(&zs);

    if (rc != Z_STREAM_END) {
        return NGX_ERROR;
    }

    asset->gzip.data = p;
    asset->gzip.len = zs.total_out;

    return NGX_OK;
}


static int
ngx_http_consent_guard_deflate(z_stream *zs, size_t len, int strategy,
    int flush)
{
    if (deflateParams(zs, Z_BEST_COMPRESSION, strategy) == Z_STREAM_ERROR) {
        return Z_STREAM_ERROR;
    }

    /* of nothing there is nothing to flush */

    if (len == 0 && flush != Z_FINISH) {
        return Z_OK;
    }

    zs->avail_in = len;

    return deflate(zs, flush);
}
