
/*
 * Directives of what is put into a page, or goes out with it: links, language,
 * policy.
 */

#include "ngx_http_consent_module.h"


/* a link's address goes into pages: nothing that runs there */

static ngx_uint_t
ngx_http_consent_safe_url(ngx_str_t *url)
{
    size_t  i;

    for (i = 0; i < url->len; i++) {
        if (url->data[i] <= ' ' || url->data[i] == 0x7f
            || url->data[i] == '<' || url->data[i] == '>'
            || url->data[i] == '"' || url->data[i] == '\\')
        {
            return 0;
        }
    }

    if (url->len == 0) {
        return 0;
    }

    if (url->data[0] == '/') {
        return 1;
    }

    return ngx_strncasecmp(url->data, (u_char *) "https://", 8) == 0
           || ngx_strncasecmp(url->data, (u_char *) "http://", 7) == 0
           || ngx_strncasecmp(url->data, (u_char *) "mailto:", 7) == 0;
}


char *
ngx_http_consent_set_link(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    ngx_str_t                *value;
    ngx_http_consent_link_t  *link;

    ngx_http_consent_note(cf);

    value = cf->args->elts;

    if (value[1].len == 0) {
        return ngx_http_consent_error(cf, "a link's text", &value[1]);
    }

    if (!ngx_http_consent_safe_url(&value[2])) {
        return ngx_http_consent_error(cf, "a path of this site or an "
                                      "http(s) or mailto URL, without blanks",
                                      &value[2]);
    }

    if (clcf->links == NGX_CONF_UNSET_PTR) {
        clcf->links = ngx_array_create(cf->pool, 2,
                                       sizeof(ngx_http_consent_link_t));
        if (clcf->links == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    link = ngx_array_push(clcf->links);
    if (link == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(link, sizeof(ngx_http_consent_link_t));

    link->text = value[1];
    link->url = value[2];

    if (cf->args->nelts == 3) {
        return NGX_CONF_OK;
    }

    link->rel.data = value[3].data + 4;
    link->rel.len = value[3].len - 4;

    if (ngx_strncmp(value[3].data, "rel=", 4) != 0
        || !ngx_http_consent_is(&link->rel, NGX_HTTP_CONSENT_LOWER
                                NGX_HTTP_CONSENT_DIGIT ".-", 64))
    {
        return ngx_http_consent_error(cf, "\"rel=privacy-policy\", "
                                      "\"rel=terms-of-service\" or another "
                                      "link relation", &value[3]);
    }

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_language(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    ngx_str_t                         *value;
    ngx_http_compile_complex_value_t   ccv;

    ngx_http_consent_note(cf);

    if (clcf->language != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "auto") == 0) {
        clcf->language = NULL;
        return NGX_CONF_OK;
    }

    clcf->language = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (clcf->language == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[1];
    ccv.complex_value = clcf->language;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    ngx_http_consent_place(cf, &clcf->language_place);

    if (clcf->language->lengths == NULL
        && !ngx_http_consent_is(&value[1], NGX_HTTP_CONSENT_ALNUM "-", 35))
    {
        return ngx_http_consent_error(cf, "\"auto\", a language tag as "
                                      "\"en\" or \"zh-Hant\", or have "
                                      "variables", &value[1]);
    }

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_csp(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    ngx_str_t   *value, *source;
    ngx_uint_t   i;

    ngx_http_consent_note(cf);

    if (clcf->csp != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        clcf->csp = NGX_HTTP_CONSENT_CSP_OFF;

    } else if (ngx_strcmp(value[1].data, "enforce") == 0) {
        clcf->csp = NGX_HTTP_CONSENT_CSP_ENFORCE;

    } else if (ngx_strcmp(value[1].data, "report-only") == 0) {
        clcf->csp = NGX_HTTP_CONSENT_CSP_REPORT;

    } else {
        return ngx_http_consent_error(cf, "\"off\", \"enforce\" or "
                                      "\"report-only\"", &value[1]);
    }

    clcf->csp_sources = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));
    if (clcf->csp_sources == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {

        if (!ngx_http_consent_is(&value[i], NGX_HTTP_CONSENT_ALNUM
                                 ":/.*-_~%'+=?&[]", 512))
        {
            return ngx_http_consent_error(cf, "a source expression, as "
                                          "\"https://cdn.example.com\"",
                                          &value[i]);
        }

        source = ngx_array_push(clcf->csp_sources);
        if (source == NULL) {
            return NGX_CONF_ERROR;
        }

        *source = value[i];
    }

    return NGX_CONF_OK;
}
