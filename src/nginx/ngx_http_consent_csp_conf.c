
/*
 * consent_csp: which sources a location's policy lets through, and when.
 */

#include "ngx_http_consent_module.h"


static size_t ngx_http_consent_csp_source(u_char *dst, ngx_str_t *pattern);
static int ngx_http_consent_csp_category(ngx_http_consent_loc_conf_t *conf,
    consent_match_t *match, ngx_str_t *source);
static ngx_http_consent_hosts_t *ngx_http_consent_csp_push(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf, int category, ngx_str_t *pattern);
static ngx_int_t ngx_http_consent_csp_sources(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf, consent_match_t *match);
static ngx_int_t ngx_http_consent_csp_rules(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf);


/* " example.com *.example.com" of a pattern that names a host */

static size_t
ngx_http_consent_csp_source(u_char *dst, ngx_str_t *pattern)
{
    u_char  *p, *last;

    p = pattern->data;
    last = p + pattern->len;

    if (p == last || *p == '~'
        || ngx_strncmp(p, "inline:", sizeof("inline:") - 1) == 0)
    {
        return 0;
    }

    while (p < last && *p != '/') {
        if ((*p | 0x20) < 'a' || (*p | 0x20) > 'z') {
            if ((*p < '0' || *p > '9') && *p != '.' && *p != '-') {
                return 0;
            }
        }

        p++;
    }

    if (p == pattern->data) {
        return 0;
    }

    return ngx_sprintf(dst, " %*s *.%*s", (size_t) (p - pattern->data),
                       pattern->data, (size_t) (p - pattern->data),
                       pattern->data)
           - dst;
}


/*
 * The category that a source given with consent_csp falls into by the rules:
 * a site lists the hosts it needs, and those of them that track come with the
 * consent to it.  CONSENT_CATEGORY_NONE: at once.
 */

static int
ngx_http_consent_csp_category(ngx_http_consent_loc_conf_t *conf,
    consent_match_t *match, ngx_str_t *source)
{
    u_char             *p, *last, buf[2048];
    ngx_str_t           host;
    consent_url_t       url;
    consent_verdict_t   v;

    host = *source;
    last = host.data + host.len;

    p = ngx_strnstr(host.data, "://", host.len);
    if (p) {
        host.data = p + 3;
    }

    if (last - host.data > 2 && ngx_strncmp(host.data, "*.", 2) == 0) {
        host.data += 2;
    }

    host.len = last - host.data;

    if (conf->rules == NULL || host.len > 512
        || ngx_strlchr(host.data, last, '.') == NULL)
    {
        return CONSENT_CATEGORY_NONE;
    }

    p = ngx_cpymem(buf, "https://", 8);
    ngx_memcpy(p, host.data, host.len);

    if (consent_url_parse(&url, NULL, buf, 8 + host.len, buf + 520,
                          sizeof(buf) - 520)
        != CONSENT_OK)
    {
        return CONSENT_CATEGORY_NONE;
    }

    consent_rules_url(conf->rules, match, &url, NULL, CONSENT_TYPE_SCRIPT, &v);

    return v.category;
}


static ngx_http_consent_hosts_t *
ngx_http_consent_csp_push(ngx_conf_t *cf, ngx_http_consent_loc_conf_t *conf,
    int category, ngx_str_t *pattern)
{
    ngx_http_consent_hosts_t  *host;

    if (conf->csp_hosts == NULL) {
        conf->csp_hosts = ngx_array_create(cf->pool, 8,
                                           sizeof(ngx_http_consent_hosts_t));
        if (conf->csp_hosts == NULL) {
            return NULL;
        }
    }

    host = ngx_array_push(conf->csp_hosts);
    if (host == NULL) {
        return NULL;
    }

    host->category = category;
    host->sources.data = ngx_pnalloc(cf->pool, pattern->len * 2 + 8);

    return host->sources.data ? host : NULL;
}


/* the sources given, each at once or with its category */

static ngx_int_t
ngx_http_consent_csp_sources(ngx_conf_t *cf, ngx_http_consent_loc_conf_t *conf,
    consent_match_t *match)
{
    int                        category;
    u_char                    *p;
    ngx_str_t                 *source;
    ngx_uint_t                 i;
    ngx_http_consent_hosts_t  *host;

    if (conf->csp_sources == NULL) {
        return NGX_OK;
    }

    source = conf->csp_sources->elts;
    p = conf->csp_allow.data;

    for (i = 0; i < conf->csp_sources->nelts; i++) {

        category = ngx_http_consent_csp_category(conf, match, &source[i]);

        if (category <= CONSENT_NECESSARY) {
            p = ngx_sprintf(p, " %V", &source[i]);
            continue;
        }

        host = ngx_http_consent_csp_push(cf, conf, category, &source[i]);
        if (host == NULL) {
            return NGX_ERROR;
        }

        host->sources.len = ngx_sprintf(host->sources.data, " %V", &source[i])
                            - host->sources.data;
    }

    conf->csp_allow.len = p - conf->csp_allow.data;

    return NGX_OK;
}


/* hosts of consent_allow at once, those of consent_block with theirs */

static ngx_int_t
ngx_http_consent_csp_rules(ngx_conf_t *cf, ngx_http_consent_loc_conf_t *conf)
{
    int                          category;
    u_char                      *p;
    ngx_uint_t                   i;
    ngx_http_consent_hosts_t    *host;
    ngx_http_consent_pattern_t  *pat;

    p = conf->csp_allow.data + conf->csp_allow.len;

    pat = conf->allow ? conf->allow->elts : NULL;

    for (i = 0; pat && i < conf->allow->nelts; i++) {
        p += ngx_http_consent_csp_source(p, &pat[i].pattern);
    }

    conf->csp_allow.len = p - conf->csp_allow.data;

    pat = conf->block ? conf->block->elts : NULL;

    for (i = 0; pat && i < conf->block->nelts; i++) {

        category = ngx_http_consent_category(conf->srv->categories,
                                             &pat[i].category);

        host = ngx_http_consent_csp_push(cf, conf, category, &pat[i].pattern);
        if (host == NULL) {
            return NGX_ERROR;
        }

        host->sources.len = ngx_http_consent_csp_source(host->sources.data,
                                                        &pat[i].pattern);
    }

    return NGX_OK;
}


char *
ngx_http_consent_merge_csp(ngx_conf_t *cf, ngx_http_consent_loc_conf_t *conf)
{
    size_t                       len;
    ngx_int_t                    rc;
    ngx_str_t                   *source;
    ngx_uint_t                   i;
    consent_alloc_t              alloc;
    consent_match_t             *match;
    ngx_http_consent_pattern_t  *pat;

    if (conf->csp == NGX_HTTP_CONSENT_CSP_OFF) {
        return NGX_CONF_OK;
    }

    len = 1;

    source = conf->csp_sources ? conf->csp_sources->elts : NULL;

    for (i = 0; source && i < conf->csp_sources->nelts; i++) {
        len += source[i].len + 1;
    }

    pat = conf->allow ? conf->allow->elts : NULL;

    for (i = 0; pat && i < conf->allow->nelts; i++) {
        len += pat[i].pattern.len * 2 + 8;
    }

    conf->csp_allow.data = ngx_pnalloc(cf->pool, len);
    if (conf->csp_allow.data == NULL) {
        return NGX_CONF_ERROR;
    }

    alloc = ngx_http_consent_alloc(cf->temp_pool);

    match = consent_match_create(&alloc);
    if (match == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "\"consent_csp\": no memory");
        return NGX_CONF_ERROR;
    }

    rc = ngx_http_consent_csp_sources(cf, conf, match);

    consent_match_destroy(match);

    if (rc != NGX_OK || ngx_http_consent_csp_rules(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
