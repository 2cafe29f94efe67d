
/*
 * What is compiled of rules, lists and cookies' names when levels are merged:
 * once for all locations that have the same.
 */

#include "ngx_http_consent_module.h"


static char *ngx_http_consent_merge_lists(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf, consent_rules_t *rules);
static char *ngx_http_consent_merge_cookies(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf);
static void ngx_http_consent_cleanup_rules(void *data);


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
