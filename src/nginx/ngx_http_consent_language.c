
/*
 * The language in which a visitor is spoken to: that of consent_language or of
 * the page, else the visitor's own.
 */

#include "ngx_http_consent_module.h"


/* what visitors and pages say of languages, and which that is for a site */

#define NGX_HTTP_CONSENT_SPOKEN    64
#define NGX_HTTP_CONSENT_TAGS_MAX  64

struct ngx_http_consent_spoken_s {
    const consent_ui_t  *ui;
    size_t               len;
    int                  lang;
    u_char               tags[NGX_HTTP_CONSENT_TAGS_MAX];
};


/*
 * The number of the best of some tags, or -1.  Browsers say the same few
 * things.
 */

static int
ngx_http_consent_best_language(ngx_http_request_t *r, const consent_ui_t *ui,
    consent_str_t tags)
{
    ngx_http_consent_spoken_t     *s;
    ngx_http_consent_main_conf_t  *cmcf;

    if (tags.len == 0 || tags.len > NGX_HTTP_CONSENT_TAGS_MAX) {
        return consent_ui_lang(ui, tags);
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_consent_module);

    if (cmcf->spoken == NULL) {
        cmcf->spoken = ngx_pcalloc(ngx_cycle->pool, NGX_HTTP_CONSENT_SPOKEN
                                   * sizeof(ngx_http_consent_spoken_t));
        if (cmcf->spoken == NULL) {
            return consent_ui_lang(ui, tags);
        }
    }

    s = &cmcf->spoken[(tags.len * 5 + tags.data[0] * 3
                       + tags.data[tags.len / 2])
                      % NGX_HTTP_CONSENT_SPOKEN];

    if (s->len != tags.len || s->ui != ui
        || ngx_memcmp(s->tags, tags.data, tags.len) != 0)
    {
        s->lang = consent_ui_lang(ui, tags);
        s->ui = ui;
        s->len = tags.len;
        ngx_memcpy(s->tags, tags.data, tags.len);
    }

    return s->lang;
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
            lang = ngx_http_consent_best_language(r, conf->ui,
                                               ngx_http_consent_str(&value));

            if (lang >= 0) {
                return lang;
            }
        }

    } else if (page.len) {
        lang = ngx_http_consent_best_language(r, conf->ui, page);

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
        lang = ngx_http_consent_best_language(r, conf->ui,
                                            ngx_http_consent_str(&h->value));

        if (lang >= 0) {
            return lang;
        }
    }

    return 0;
}
