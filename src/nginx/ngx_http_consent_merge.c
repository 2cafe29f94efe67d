
/*
 * What is made when levels of the configuration are merged: keys, categories
 * by number, ready-made headers, and what the notice's renderer wants to know.
 */

#include "ngx_http_consent_module.h"


static char *ngx_http_consent_merge_link_header(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf);


/*
 * A server without a secret file gets random keys, the same for all of them,
 * so that a cookie is good on every name of one site.
 */

char *
ngx_http_consent_merge_keys(ngx_conf_t *cf, ngx_http_consent_srv_conf_t *conf)
{
    ngx_http_consent_main_conf_t  *mcf;

    if (conf->keys) {
        return NGX_CONF_OK;
    }

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_consent_module);

    if (mcf->keys == NULL) {
        mcf->keys = ngx_pcalloc(cf->pool, sizeof(consent_keys_t));
        if (mcf->keys == NULL) {
            return NGX_CONF_ERROR;
        }

        if (consent_keys_random(mcf->keys) != CONSENT_OK) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "no randomness for a consent key");
            return NGX_CONF_ERROR;
        }
    }

    mcf->random = 1;
    conf->keys = mcf->keys;

    return NGX_CONF_OK;
}


static char *
ngx_http_consent_add_categories(ngx_conf_t *cf,
    ngx_http_consent_categories_t *cats, ngx_array_t *list)
{
    int                           n;
    ngx_uint_t                    i;
    ngx_http_consent_category_t  *c;

    if (list == NULL) {
        return NGX_CONF_OK;
    }

    c = list->elts;

    for (i = 0; i < list->nelts; i++) {

        n = ngx_http_consent_category(cats, &c[i].name);

        if (n == CONSENT_CATEGORY_NONE) {

            if (cats->n == CONSENT_CATEGORIES_MAX) {
                ngx_http_consent_conf_error(cf, &c[i].place,
                                            "too many categories, there can "
                                            "be %d with the four built in",
                                            CONSENT_CATEGORIES_MAX);
                return NGX_CONF_ERROR;
            }

            n = cats->n++;
            cats->names[n] = ngx_http_consent_str(&c[i].name);
            cats->flags[n] = CONSENT_CAT_DEFAULT_ON;
        }

        if (c[i].title.len) {
            cats->titles[n] = ngx_http_consent_str(&c[i].title);
        }

        if (c[i].description.len) {
            cats->descriptions[n] = ngx_http_consent_str(&c[i].description);
        }

        if (c[i].recipient.len) {
            cats->recipients[n] = ngx_http_consent_str(&c[i].recipient);
        }

        cats->flags[n] = (cats->flags[n] & ~c[i].set) | c[i].flags;
    }

    return NGX_CONF_OK;
}


/*
 * Who agrees to a purpose agrees to those who receive its data: with another
 * recipient it is another purpose, which a cookie from before does not know.
 */

static char *
ngx_http_consent_make_purposes(ngx_conf_t *cf,
    ngx_http_consent_categories_t *cats)
{
    u_char         *p;
    ngx_uint_t      i;
    consent_str_t  *name, *recipient;

    for (i = 0; i < cats->n; i++) {
        name = &cats->names[i];
        recipient = &cats->recipients[i];

        cats->purposes[i] = *name;

        if (recipient->len == 0) {
            continue;
        }

        p = ngx_pnalloc(cf->pool, name->len + 1 + recipient->len);
        if (p == NULL) {
            return NGX_CONF_ERROR;
        }

        cats->purposes[i].data = p;
        cats->purposes[i].len = name->len + 1 + recipient->len;

        p = ngx_cpymem(p, name->data, name->len);
        *p++ = LF;
        ngx_memcpy(p, recipient->data, recipient->len);
    }

    return NGX_CONF_OK;
}


/* for locations that are on: can each choice be told in the cookie? */

char *
ngx_http_consent_check_cookie(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf)
{
    char                            err[256];
    ngx_http_consent_categories_t  *cats;

    cats = conf->srv->categories;

    if (consent_cookie_check(cats->purposes, cats->n, conf->revision.len, err,
                             sizeof(err))
        != CONSENT_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the choices of this server do not go into a "
                           "cookie: %s", err);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* a server has the four, then http's, then its own */

char *
ngx_http_consent_merge_categories(ngx_conf_t *cf,
    ngx_http_consent_srv_conf_t *prev, ngx_http_consent_srv_conf_t *conf)
{
    ngx_uint_t                      i;
    ngx_http_consent_categories_t  *cats;

    static struct {
        const char  *name;
        uint8_t      flags;
    } builtin[] = {
        { "necessary", 0 },
        { "functional", CONSENT_CAT_DEFAULT_ON },
        { "analytics", CONSENT_CAT_DEFAULT_ON|CONSENT_CAT_SALE },
        { "marketing", CONSENT_CAT_DEFAULT_ON|CONSENT_CAT_SALE }
    };

    if (conf->category == NULL && prev->categories) {
        conf->categories = prev->categories;
        return NGX_CONF_OK;
    }

    cats = ngx_pcalloc(cf->pool, sizeof(ngx_http_consent_categories_t));
    if (cats == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < sizeof(builtin) / sizeof(builtin[0]); i++) {
        cats->names[i].data = (u_char *) builtin[i].name;
        cats->names[i].len = ngx_strlen(builtin[i].name);
        cats->flags[i] = builtin[i].flags;
    }

    cats->n = i;

    if (ngx_http_consent_add_categories(cf, cats, prev->category)
        != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (conf->category == NULL) {
        prev->categories = cats;

    } else if (ngx_http_consent_add_categories(cf, cats, conf->category)
               != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    conf->categories = cats;

    return ngx_http_consent_make_purposes(cf, cats);
}


int
ngx_http_consent_category(ngx_http_consent_categories_t *cats, ngx_str_t *name)
{
    ngx_uint_t  i;

    for (i = 0; i < cats->n; i++) {
        if (cats->names[i].len == name->len
            && ngx_memcmp(cats->names[i].data, name->data, name->len) == 0)
        {
            return i;
        }
    }

    return CONSENT_CATEGORY_NONE;
}


/* for locations that are on: what the renderer and the headers need */

char *
ngx_http_consent_merge_ui(ngx_conf_t *cf, ngx_http_consent_loc_conf_t *conf)
{
    ngx_uint_t                      i;
    consent_ui_t                   *ui;
    consent_ui_link_t              *link;
    consent_ui_category_t          *cat;
    ngx_http_consent_link_t        *l;
    ngx_http_consent_categories_t  *cats;

    cats = conf->srv->categories;

    ui = ngx_pcalloc(cf->pool, sizeof(consent_ui_t));
    cat = ngx_pcalloc(cf->pool, cats->n * sizeof(consent_ui_category_t));

    if (ui == NULL || cat == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < cats->n; i++) {
        cat[i].name = cats->names[i];
        cat[i].title = cats->titles[i];
        cat[i].description = cats->descriptions[i];
        cat[i].recipient = cats->recipients[i];
        cat[i].flags = cats->flags[i];
    }

    ui->category = cat;
    ui->ncategories = cats->n;

    if (conf->links) {
        link = ngx_pcalloc(cf->pool,
                           conf->links->nelts * sizeof(consent_ui_link_t));
        if (link == NULL) {
            return NGX_CONF_ERROR;
        }

        l = conf->links->elts;

        for (i = 0; i < conf->links->nelts; i++) {
            link[i].text = ngx_http_consent_str(&l[i].text);
            link[i].url = ngx_http_consent_str(&l[i].url);
            link[i].rel = ngx_http_consent_str(&l[i].rel);
        }

        ui->link = link;
        ui->nlinks = conf->links->nelts;
    }

    ui->controller = ngx_http_consent_str(&conf->srv->controller);
    ui->contact = ngx_http_consent_str(&conf->srv->contact);
    ui->endpoint = ngx_http_consent_str(&conf->srv->endpoint);
    ui->revision = ngx_http_consent_str(&conf->revision);
    ui->max_age = conf->srv->cookie_max_age;
    ui->own = conf->text;
    ui->style = conf->style;
    ui->inplace = (conf->activation == NGX_HTTP_CONSENT_INPLACE);
    ui->use_guard = conf->guard;
    ui->google = conf->google;

    conf->ui = ui;

    if (conf->delivery == NGX_HTTP_CONSENT_SHARED
        && conf->csp == NGX_HTTP_CONSENT_CSP_ENFORCE)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"consent_csp enforce\" and \"consent_delivery "
                           "shared\" exclude each other: a policy that a "
                           "cache has handed out cannot be lifted for those "
                           "who agreed; \"consent_guard\" does without");
        return NGX_CONF_ERROR;
    }

    if (ngx_http_consent_merge_guard(cf, conf) != NGX_CONF_OK
        || ngx_http_consent_merge_csp(cf, conf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_consent_merge_link_header(cf, conf);
}


/*
 * "Link: </privacy>; rel="privacy-policy", ..." for the two relations that
 * RFC 6903 registers.
 */

static char *
ngx_http_consent_merge_link_header(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf)
{
    u_char                   *p;
    size_t                    len;
    ngx_uint_t                i;
    ngx_http_consent_link_t  *l;

    if (conf->links == NULL) {
        return NGX_CONF_OK;
    }

    l = conf->links->elts;
    len = 0;

    for (i = 0; i < conf->links->nelts; i++) {
        len += l[i].url.len + l[i].rel.len + sizeof("<>; rel=\"\", ") - 1;
    }

    p = ngx_pnalloc(cf->pool, len);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    conf->links_header.data = p;

    for (i = 0; i < conf->links->nelts; i++) {

        if (l[i].rel.len == 0
            || (ngx_strcmp(l[i].rel.data, "privacy-policy") != 0
                && ngx_strcmp(l[i].rel.data, "terms-of-service") != 0))
        {
            continue;
        }

        p = ngx_sprintf(p, "%s<%V>; rel=\"%V\"",
                        p == conf->links_header.data ? "" : ", ",
                        &l[i].url, &l[i].rel);
    }

    conf->links_header.len = p - conf->links_header.data;

    return NGX_CONF_OK;
}
