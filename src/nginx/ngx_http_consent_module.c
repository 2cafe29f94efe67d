
/*
 * The two modules, and the checks at start.
 */

#include "ngx_http_consent_module.h"


static ngx_int_t ngx_http_consent_preconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_consent_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_consent_early_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_consent_check_order(ngx_conf_t *cf);
static ngx_int_t ngx_http_consent_init_process(ngx_cycle_t *cycle);
static ngx_int_t ngx_http_consent_remember_pages(ngx_cycle_t *cycle,
    ngx_http_consent_main_conf_t *mcf);
static void *ngx_http_consent_heap_alloc(void *ctx, size_t size);
static void ngx_http_consent_heap_free(void *ctx, void *p);
static void ngx_http_consent_forget_pages(void *data);


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


void
ngx_http_consent_pool_free(void *ctx, void *p)
{
    (void) ngx_pfree(ctx, p);
}


consent_alloc_t
ngx_http_consent_alloc(ngx_pool_t *pool)
{
    consent_alloc_t  alloc;

    alloc.alloc = ngx_http_consent_pool_alloc;
    alloc.ctx = pool;

    return alloc;
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

    return ngx_http_consent_remember_pages(cycle, mcf);
}


static ngx_int_t
ngx_http_consent_remember_pages(ngx_cycle_t *cycle,
    ngx_http_consent_main_conf_t *mcf)
{
    consent_heap_t       heap;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cycle->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    heap.alloc = ngx_http_consent_heap_alloc;
    heap.free = ngx_http_consent_heap_free;
    heap.ctx = cycle->log;

    mcf->pages = consent_pages_create(&heap, NGX_HTTP_CONSENT_PAGES);
    if (mcf->pages == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_consent_forget_pages;
    cln->data = mcf->pages;

    return NGX_OK;
}


static void *
ngx_http_consent_heap_alloc(void *ctx, size_t size)
{
    return ngx_alloc(size, ctx);
}


static void
ngx_http_consent_heap_free(void *ctx, void *p)
{
    ngx_free(p);
}


static void
ngx_http_consent_forget_pages(void *data)
{
    consent_pages_destroy(data);
}
