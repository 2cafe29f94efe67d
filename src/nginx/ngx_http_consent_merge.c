
/*
 * What is made when levels of the configuration are merged: keys, categories
 * by number, compiled rules, ready-made headers, and what the notice's
 * renderer wants to know.
 */

#include "ngx_http_consent_module.h"


static char *ngx_http_consent_merge_lists(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf, consent_rules_t *rules);
static char *ngx_http_consent_merge_cookies(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf);
static char *ngx_http_consent_merge_link_header(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf);
static void ngx_http_consent_cleanup_rules(void *data);


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


static int
ngx_http_consent_known_category(ngx_conf_t *cf,
    ngx_http_consent_categories_t *cats, ngx_str_t *name,
    ngx_http_consent_place_t *place)
{
    int          n;
    u_char      *p, buf[CONSENT_CATEGORIES_MAX * 36];
    ngx_uint_t   i;

    n = ngx_http_consent_category(cats, name);

    if (n > CONSENT_NECESSARY) {
        return n;
    }

    if (n == CONSENT_NECESSARY) {
        ngx_http_consent_conf_error(cf, place,
                                    "category \"necessary\" is always on, "
                                    "nothing in it can be blocked");
        return CONSENT_CATEGORY_NONE;
    }

    p = buf;

    for (i = 1; i < cats->n; i++) {
        p = ngx_slprintf(p, buf + sizeof(buf), "%s\"%*s\"",
                         i == 1 ? "" : ", ", cats->names[i].len,
                         cats->names[i].data);
    }

    ngx_http_consent_conf_error(cf, place,
                                "unknown category \"%V\", it must be one of "
                                "%*s, or be added by \"consent_category\"",
                                name, p - buf, buf);

    return CONSENT_CATEGORY_NONE;
}


/*
 * Compiles a location's rules, or takes those of another location that were
 * compiled from the same.
 */

char *
ngx_http_consent_merge_rules(ngx_conf_t *cf, ngx_http_consent_loc_conf_t *conf)
{
    int                              n, rc;
    char                             err[1024];
    consent_alloc_t                  alloc;
    ngx_uint_t                       i;
    consent_rules_t                 *rules;
    ngx_pool_cleanup_t              *cln;
    consent_rules_build_t            b;
    ngx_http_consent_set_t          *set, key;
    ngx_http_consent_pattern_t      *p;
    ngx_http_consent_main_conf_t    *mcf;
    ngx_http_consent_categories_t   *cats;

    if (conf->enable == NGX_HTTP_CONSENT_OFF
        && conf->block == NULL && conf->allow == NULL)
    {
        return NGX_CONF_OK;
    }

    mcf = conf->main;
    cats = conf->srv->categories;

    ngx_memzero(&key, sizeof(ngx_http_consent_set_t));

    key.block = conf->block;
    key.allow = conf->allow;
    key.lists = conf->srv->lists;
    key.categories = cats;
    key.catalog = conf->catalog;
    key.third_party = CONSENT_CATEGORY_NONE;

    if (ngx_strcmp(conf->third_party.data, "pass") != 0) {
        key.third_party = ngx_http_consent_known_category(cf, cats,
                                                     &conf->third_party,
                                                     &conf->third_party_place);
        if (key.third_party == CONSENT_CATEGORY_NONE) {
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_http_consent_merge_cookies(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    set = mcf->sets.elts;

    for (i = 0; i < mcf->sets.nelts; i++) {
        if (set[i].block == key.block
            && set[i].allow == key.allow
            && set[i].lists == key.lists
            && set[i].categories == key.categories
            && set[i].catalog == key.catalog
            && set[i].third_party == key.third_party)
        {
            conf->rules = set[i].rules;
            return NGX_CONF_OK;
        }
    }

    alloc = ngx_http_consent_alloc(cf->pool);

    rules = consent_rules_create(&alloc);
    if (rules == NULL) {
        return NGX_CONF_ERROR;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        consent_rules_destroy(rules);
        return NGX_CONF_ERROR;
    }

    cln->handler = ngx_http_consent_cleanup_rules;
    cln->data = rules;

    b.alloc = alloc;
    b.err = err;
    b.err_size = sizeof(err);

    consent_rules_catalog(rules, conf->catalog);
    consent_rules_third_party(rules, key.third_party);

    if (conf->block) {
        p = conf->block->elts;

        for (i = 0; i < conf->block->nelts; i++) {
            n = ngx_http_consent_known_category(cf, cats, &p[i].category,
                                                &p[i].place);
            if (n == CONSENT_CATEGORY_NONE) {
                return NGX_CONF_ERROR;
            }

            err[0] = '\0';

            rc = consent_rules_block(rules, &b, n,
                                     ngx_http_consent_str(&p[i].pattern));
            if (rc != CONSENT_OK) {
                ngx_http_consent_conf_error(cf, &p[i].place,
                                            "\"consent_block\" \"%V\": %s",
                                            &p[i].pattern,
                                            err[0] ? err : "no memory");
                return NGX_CONF_ERROR;
            }
        }
    }

    if (conf->allow) {
        p = conf->allow->elts;

        for (i = 0; i < conf->allow->nelts; i++) {
            err[0] = '\0';

            rc = consent_rules_allow(rules, &b,
                                     ngx_http_consent_str(&p[i].pattern));
            if (rc != CONSENT_OK) {
                ngx_http_consent_conf_error(cf, &p[i].place,
                                            "\"consent_allow\" \"%V\": %s",
                                            &p[i].pattern,
                                            err[0] ? err : "no memory");
                return NGX_CONF_ERROR;
            }
        }
    }

    if (ngx_http_consent_merge_lists(cf, conf, rules) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    err[0] = '\0';

    if (consent_rules_done(rules, &b) != CONSENT_OK) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "consent rules: %s",
                      err[0] ? err : "no memory");
        return NGX_CONF_ERROR;
    }

    set = ngx_array_push(&mcf->sets);
    if (set == NULL) {
        return NGX_CONF_ERROR;
    }

    *set = key;
    set->rules = rules;

    conf->rules = rules;

    return NGX_CONF_OK;
}


static void
ngx_http_consent_cleanup_rules(void *data)
{
    consent_rules_destroy(data);
}


static void
ngx_http_consent_cleanup_list(void *data)
{
    consent_list_destroy(data);
}


/* what was kept of a list, and what was passed over: a notice at start */

static void
ngx_http_consent_say_list(ngx_conf_t *cf, ngx_http_consent_list_t *l,
    consent_list_t *list)
{
    consent_list_stats_t  st;

    consent_list_stats(list, &st);

    if (st.rules + st.exceptions == 0) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"consent_list\" \"%V\" has no rule that can be used "
                      "in %V:%ui", &l->file->name, &l->place.file,
                      l->place.line);
        return;
    }

    ngx_log_error(NGX_LOG_NOTICE, cf->log, 0,
                  "consent_list \"%V\": %uD rules, %uD exceptions; passed "
                  "over: %uD cosmetic, %uD with options not supported, "
                  "%uD invalid", &l->file->name, st.rules, st.exceptions,
                  st.cosmetic, st.unsupported, st.invalid);
}


/* one for all servers that name the file for this category */

static consent_list_t *
ngx_http_consent_compile_list(ngx_conf_t *cf,
    ngx_http_consent_main_conf_t *mcf, consent_rules_build_t *b,
    ngx_http_consent_list_t *l, int category)
{
    ngx_uint_t                         i;
    consent_list_t                    *list;
    ngx_pool_cleanup_t                *cln;
    ngx_http_consent_compiled_list_t  *cl;

    cl = mcf->lists.elts;

    for (i = 0; i < mcf->lists.nelts; i++) {
        if (cl[i].file == l->file && cl[i].category == category) {
            return cl[i].list;
        }
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    cl = ngx_array_push(&mcf->lists);

    if (cln == NULL || cl == NULL) {
        return NULL;
    }

    list = consent_list_compile(b, ngx_http_consent_str(&l->file->name),
                                l->file->text.data, l->file->text.len,
                                category);

    cl->file = l->file;
    cl->category = category;
    cl->list = list;

    if (list) {
        cln->handler = ngx_http_consent_cleanup_list;
        cln->data = list;

        ngx_http_consent_say_list(cf, l, list);
    }

    return list;
}


static char *
ngx_http_consent_merge_lists(ngx_conf_t *cf, ngx_http_consent_loc_conf_t *conf,
    consent_rules_t *rules)
{
    int                                n;
    char                               err[1024];
    ngx_uint_t                         i;
    consent_list_t                    *list;
    consent_rules_build_t              b;
    ngx_http_consent_list_t           *l;

    if (conf->srv->lists == NULL) {
        return NGX_CONF_OK;
    }

    b.alloc = ngx_http_consent_alloc(cf->pool);
    b.err = err;
    b.err_size = sizeof(err);

    l = conf->srv->lists->elts;

    for (i = 0; i < conf->srv->lists->nelts; i++) {

        n = ngx_http_consent_known_category(cf, conf->srv->categories,
                                            &l[i].category, &l[i].place);
        if (n == CONSENT_CATEGORY_NONE) {
            return NGX_CONF_ERROR;
        }

        err[0] = '\0';
        list = ngx_http_consent_compile_list(cf, conf->main, &b, &l[i], n);

        if (list == NULL
            || consent_rules_list(rules, &b, list) != CONSENT_OK)
        {
            ngx_http_consent_conf_error(cf, &l[i].place,
                                        "\"consent_list\" \"%V\": %s",
                                        &l[i].file->name,
                                        err[0] ? err : "no memory");
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_consent_merge_cookies(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf)
{
    ngx_uint_t                       i;
    ngx_http_consent_pattern_t      *p;
    ngx_http_consent_cookie_name_t  *name;

    if (conf->cookies == NULL) {
        return NGX_CONF_OK;
    }

    conf->cookie_names = ngx_array_create(cf->pool, conf->cookies->nelts,
                                      sizeof(ngx_http_consent_cookie_name_t));
    if (conf->cookie_names == NULL) {
        return NGX_CONF_ERROR;
    }

    p = conf->cookies->elts;

    for (i = 0; i < conf->cookies->nelts; i++) {

        name = ngx_array_push(conf->cookie_names);
        if (name == NULL) {
            return NGX_CONF_ERROR;
        }

        name->category = ngx_http_consent_category(conf->srv->categories,
                                                   &p[i].category);

        /* cookies, unlike what loads, can be named necessary: never touched
         */

        if (name->category != CONSENT_NECESSARY) {
            name->category = ngx_http_consent_known_category(cf,
                                                        conf->srv->categories,
                                                        &p[i].category,
                                                        &p[i].place);
        }

        if (name->category == CONSENT_CATEGORY_NONE) {
            return NGX_CONF_ERROR;
        }

        name->name = p[i].pattern;
        name->prefix = 0;

        if (name->name.data[name->name.len - 1] == '*') {
            name->name.len--;
            name->prefix = 1;
        }
    }

    return NGX_CONF_OK;
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
