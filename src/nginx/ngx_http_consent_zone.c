
/*
 * Shared memory: counters by atomic additions, and the inventory, under the
 * zone's lock.  It survives a reload, and a worker that dies: nginx breaks the
 * lock that such a one held, and nothing in here is linked by pointers.
 */

#include "ngx_http_consent_zone.h"


/* what is left to others in the zone, and the least the inventory takes */

#define NGX_HTTP_CONSENT_ZONE_SPARE  1
#define NGX_HTTP_CONSENT_ZONE_LEAST  4


static ngx_int_t ngx_http_consent_zone_init(ngx_shm_zone_t *zone, void *data);
static ngx_int_t ngx_http_consent_zone_inventory(ngx_shm_zone_t *zone,
    ngx_http_consent_shared_t *sh);
static ngx_uint_t ngx_http_consent_zone_category(
    ngx_http_consent_main_conf_t *mcf, consent_str_t name);
static ngx_uint_t ngx_http_consent_zone_category_find(
    ngx_http_consent_shared_t *sh, consent_str_t name);
static void ngx_http_consent_zone_add_seen(ngx_http_request_t *r,
    ngx_http_consent_main_conf_t *mcf, consent_inventory_seen_t *seen);


const ngx_str_t  ngx_http_consent_event_names[] = {
    ngx_string("given"),
    ngx_string("refused"),
    ngx_string("changed"),
    ngx_string("withdrawn"),
    ngx_string("acknowledged"),
    ngx_null_string
};


/* in the order of consent_type_e */

const ngx_str_t  ngx_http_consent_type_names[] = {
    ngx_string("other"),
    ngx_string("document"),
    ngx_string("frame"),
    ngx_string("script"),
    ngx_string("stylesheet"),
    ngx_string("image"),
    ngx_string("media"),
    ngx_string("font"),
    ngx_string("object"),
    ngx_string("fetch"),
    ngx_string("ping"),
    ngx_string("websocket"),
    ngx_string("connect"),
    ngx_string("inline"),
    ngx_string("cookie"),
    ngx_null_string
};


/* 0: any other */

const ngx_uint_t  ngx_http_consent_refusal_statuses[] = {
    400, 403, 404, 405, 413, 415, 503, 0
};


char *
ngx_http_consent_zone_add(ngx_conf_t *cf, ngx_http_consent_main_conf_t *mcf)
{
    if (mcf->zone_name.len == 0) {
        ngx_str_set(&mcf->zone_name, "consent");
        mcf->zone_size = NGX_HTTP_CONSENT_ZONE_DEFAULT;
    }

    mcf->zone = ngx_shared_memory_add(cf, &mcf->zone_name, mcf->zone_size,
                                      &ngx_http_consent_module);
    if (mcf->zone == NULL) {
        return NGX_CONF_ERROR;
    }

    mcf->zone->init = ngx_http_consent_zone_init;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_consent_zone_init(ngx_shm_zone_t *zone, void *data)
{
    ngx_uint_t                  i;
    ngx_slab_pool_t            *pool;
    ngx_http_consent_shared_t  *sh;

    static const ngx_str_t  names[] = {
        ngx_string("necessary"),
        ngx_string("functional"),
        ngx_string("analytics"),
        ngx_string("marketing")
    };

    pool = (ngx_slab_pool_t *) zone->shm.addr;

    sh = data;

    if (sh == NULL && zone->shm.exists) {
        sh = pool->data;
    }

    if (sh) {

        if (sh->layout != NGX_HTTP_CONSENT_ZONE_LAYOUT) {
            ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                          "consent_zone \"%V\" was filled by another version "
                          "of ngx_http_consent_module: restart nginx instead "
                          "of reloading it", &zone->shm.name);
            return NGX_ERROR;
        }

        zone->data = sh;

        return NGX_OK;
    }

    pool->log_nomem = 0;

    sh = ngx_slab_calloc(pool, sizeof(ngx_http_consent_shared_t));

    if (sh == NULL || ngx_http_consent_zone_inventory(zone, sh) != NGX_OK) {
        ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                      "consent_zone \"%V\" of %uz bytes is too small: "
                      "counters and an inventory take 64k at the very least, "
                      "\"%V:1m\" has room for some 2500 hosts",
                      &zone->shm.name, zone->shm.size, &zone->shm.name);
        return NGX_ERROR;
    }

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        sh->categories[i].len = names[i].len;
        ngx_memcpy(sh->categories[i].name, names[i].data, names[i].len);
    }

    sh->ncategories = i;
    sh->start = ngx_time();
    sh->layout = NGX_HTTP_CONSENT_ZONE_LAYOUT;

    pool->data = sh;
    zone->data = sh;

    return NGX_OK;
}


/* all the pages that are left, in one piece: nothing was freed yet */

static ngx_int_t
ngx_http_consent_zone_inventory(ngx_shm_zone_t *zone,
    ngx_http_consent_shared_t *sh)
{
    void             *p;
    size_t            size;
    ngx_uint_t        n;
    ngx_slab_pool_t  *pool;

    pool = (ngx_slab_pool_t *) zone->shm.addr;

    n = pool->pfree;

    if (n < NGX_HTTP_CONSENT_ZONE_LEAST + NGX_HTTP_CONSENT_ZONE_SPARE) {
        return NGX_ERROR;
    }

    size = (n - NGX_HTTP_CONSENT_ZONE_SPARE) * ngx_pagesize;

    p = ngx_slab_alloc(pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    sh->inventory = consent_inventory_init(p, size);

    return sh->inventory ? NGX_OK : NGX_ERROR;
}


void
ngx_http_consent_count(ngx_http_consent_main_conf_t *mcf,
    ngx_http_consent_counter_e n)
{
    if (mcf->zone == NULL) {
        return;
    }

    (void) ngx_atomic_fetch_add(&ngx_http_consent_shared(mcf)->counters[n],
                                1);
}


void
ngx_http_consent_count_page(ngx_http_consent_ctx_t *ctx)
{
    ngx_uint_t                     report;
    ngx_http_consent_shared_t     *sh;
    ngx_http_consent_main_conf_t  *mcf;

    mcf = ctx->conf->main;

    if (mcf->zone == NULL) {
        return;
    }

    sh = ngx_http_consent_shared(mcf);
    report = (ctx->conf->enable == NGX_HTTP_CONSENT_REPORT);

    (void) ngx_atomic_fetch_add(&sh->pages[report][ctx->state.mode]
                                          [ctx->state.basis], 1);
}


void
ngx_http_consent_count_found(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, const consent_finding_t *f)
{
    ngx_uint_t                     report, type, category;
    ngx_http_consent_shared_t     *sh;
    ngx_http_consent_main_conf_t  *mcf;
    consent_inventory_seen_t       seen;

    mcf = conf->main;

    if (mcf->zone == NULL) {
        return;
    }

    sh = ngx_http_consent_shared(mcf);

    ngx_memzero(&seen, sizeof(consent_inventory_seen_t));

    seen.type = f->type;
    seen.source = f->verdict.source;
    seen.rule = f->verdict.rule;
    seen.blocked = f->blocked;

    if (f->verdict.category > CONSENT_CATEGORY_NONE
        && (ngx_uint_t) f->verdict.category < conf->srv->categories->n)
    {
        seen.category = conf->srv->categories->names[f->verdict.category];
    }

    type = f->type;

    if (f->url) {
        seen.kind = CONSENT_INVENTORY_HOST;
        seen.name = f->url->host;

    } else {
        seen.kind = CONSENT_INVENTORY_INLINE;
        seen.name = f->verdict.rule;
        type = NGX_HTTP_CONSENT_ZONE_INLINE;
    }

    if (f->verdict.source == CONSENT_SOURCE_LIMIT) {
        (void) ngx_atomic_fetch_add(&sh->counters[NGX_HTTP_CONSENT_N_LIMIT],
                                    1);
    }

    if (f->blocked) {
        report = (conf->enable == NGX_HTTP_CONSENT_REPORT);
        category = ngx_http_consent_zone_category(mcf, seen.category);

        (void) ngx_atomic_fetch_add(&sh->blocked[report][category][type], 1);
    }

    ngx_http_consent_zone_add_seen(r, mcf, &seen);
}


/* what a policy would stop on a page; it was not stopped */

void
ngx_http_consent_count_csp(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, const consent_url_t *url,
    consent_type_e type, const consent_verdict_t *v, consent_str_t page)
{
    consent_inventory_seen_t  seen;

    if (conf->main->zone == NULL) {
        return;
    }

    ngx_memzero(&seen, sizeof(consent_inventory_seen_t));

    seen.kind = CONSENT_INVENTORY_HOST;
    seen.name = url->host;
    seen.type = type;
    seen.source = v->source;
    seen.rule = v->rule;
    seen.page = page;

    if (v->category > CONSENT_CATEGORY_NONE
        && (ngx_uint_t) v->category < conf->srv->categories->n)
    {
        seen.category = conf->srv->categories->names[v->category];
    }

    ngx_http_consent_zone_add_seen(r, conf->main, &seen);
}


void
ngx_http_consent_count_cookie(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, ngx_str_t *name, int category)
{
    ngx_uint_t                     report, n;
    ngx_http_consent_shared_t     *sh;
    ngx_http_consent_main_conf_t  *mcf;
    consent_inventory_seen_t       seen;

    mcf = conf->main;

    if (mcf->zone == NULL) {
        return;
    }

    sh = ngx_http_consent_shared(mcf);
    report = (conf->enable == NGX_HTTP_CONSENT_REPORT);

    ngx_memzero(&seen, sizeof(consent_inventory_seen_t));

    seen.kind = CONSENT_INVENTORY_COOKIE;
    seen.name = ngx_http_consent_str(name);
    seen.source = conf->cookie_names ? CONSENT_SOURCE_BLOCK
                                     : CONSENT_SOURCE_CATALOG;
    seen.blocked = 1;

    if (category > CONSENT_CATEGORY_NONE
        && (ngx_uint_t) category < conf->srv->categories->n)
    {
        seen.category = conf->srv->categories->names[category];
    }

    n = ngx_http_consent_zone_category(mcf, seen.category);

    (void) ngx_atomic_fetch_add(&sh->blocked[report][n]
                                            [NGX_HTTP_CONSENT_ZONE_COOKIE],
                                1);

    ngx_http_consent_zone_add_seen(r, mcf, &seen);
}


static void
ngx_http_consent_zone_add_seen(ngx_http_request_t *r,
    ngx_http_consent_main_conf_t *mcf, consent_inventory_seen_t *seen)
{
    uint32_t  generation;

    if (seen->page.data == NULL) {
        seen->page = ngx_http_consent_str(&r->main->unparsed_uri);
    }

    generation = (uint32_t) (mcf->fingerprint ^ (mcf->fingerprint >> 32));

    ngx_http_consent_zone_lock(mcf);

    consent_inventory_add(ngx_http_consent_shared(mcf)->inventory, seen,
                          generation, ngx_time());

    ngx_http_consent_zone_unlock(mcf);
}


/*
 * Servers number their own categories as they like, so counters go by name.
 * What no category was found for, and what is one too many, is "other".
 */

static ngx_uint_t
ngx_http_consent_zone_category(ngx_http_consent_main_conf_t *mcf,
    consent_str_t name)
{
    ngx_uint_t                  i;
    ngx_http_consent_shared_t  *sh;

    if (name.len == 0 || name.len > CONSENT_INVENTORY_CATEGORY_MAX) {
        return NGX_HTTP_CONSENT_ZONE_CATEGORIES;
    }

    sh = ngx_http_consent_shared(mcf);

    i = ngx_http_consent_zone_category_find(sh, name);

    if (i != NGX_HTTP_CONSENT_ZONE_CATEGORIES
        || sh->ncategories >= NGX_HTTP_CONSENT_ZONE_CATEGORIES)
    {
        return i;
    }

    ngx_http_consent_zone_lock(mcf);

    i = ngx_http_consent_zone_category_find(sh, name);

    if (i == NGX_HTTP_CONSENT_ZONE_CATEGORIES
        && sh->ncategories < NGX_HTTP_CONSENT_ZONE_CATEGORIES)
    {
        i = sh->ncategories;

        sh->categories[i].len = name.len;
        ngx_memcpy(sh->categories[i].name, name.data, name.len);

        ngx_memory_barrier();

        sh->ncategories = i + 1;
    }

    ngx_http_consent_zone_unlock(mcf);

    return i;
}


static ngx_uint_t
ngx_http_consent_zone_category_find(ngx_http_consent_shared_t *sh,
    consent_str_t name)
{
    ngx_uint_t  i, n;

    n = sh->ncategories;

    for (i = 0; i < n; i++) {
        if (sh->categories[i].len == name.len
            && ngx_memcmp(sh->categories[i].name, name.data, name.len) == 0)
        {
            return i;
        }
    }

    return NGX_HTTP_CONSENT_ZONE_CATEGORIES;
}


void
ngx_http_consent_count_choice(ngx_http_consent_main_conf_t *mcf,
    consent_str_t event)
{
    ngx_uint_t                  i, day;
    ngx_http_consent_day_t     *d;
    ngx_http_consent_shared_t  *sh;

    if (mcf->zone == NULL) {
        return;
    }

    for (i = 0; i < NGX_HTTP_CONSENT_EV_MAX; i++) {
        if (ngx_http_consent_event_names[i].len == event.len
            && ngx_memcmp(ngx_http_consent_event_names[i].data, event.data,
                          event.len)
               == 0)
        {
            break;
        }
    }

    if (i == NGX_HTTP_CONSENT_EV_MAX) {
        return;
    }

    sh = ngx_http_consent_shared(mcf);

    (void) ngx_atomic_fetch_add(&sh->choices[i], 1);

    day = ngx_time() / (24 * 60 * 60);
    d = &sh->days[day % NGX_HTTP_CONSENT_ZONE_DAYS];

    ngx_http_consent_zone_lock(mcf);

    if (d->day != day) {
        ngx_memzero(d, sizeof(ngx_http_consent_day_t));
        d->day = day;
    }

    d->n[i]++;

    ngx_http_consent_zone_unlock(mcf);
}


void
ngx_http_consent_count_refusal(ngx_http_consent_main_conf_t *mcf,
    ngx_uint_t status)
{
    ngx_uint_t                  i;
    ngx_http_consent_shared_t  *sh;

    if (mcf->zone == NULL) {
        return;
    }

    for (i = 0; ngx_http_consent_refusal_statuses[i]; i++) {
        if (ngx_http_consent_refusal_statuses[i] == status) {
            break;
        }
    }

    sh = ngx_http_consent_shared(mcf);

    (void) ngx_atomic_fetch_add(&sh->refusals[i], 1);
}
