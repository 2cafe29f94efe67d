
/*
 * Who is behind the categories: the operator's own rules, then the built-in
 * catalog.
 */

#include "ngx_http_consent_endpoint.h"
#include "consent_catalog.h"


typedef struct {
    ngx_http_consent_loc_conf_t  *conf;
    ngx_uint_t                    own;
    uint32_t                      catalog;
    ngx_uint_t                    full;
} ngx_http_consent_walk_t;


static void ngx_http_consent_walk_rewind(void *arg);
static int ngx_http_consent_walk_next(void *arg, consent_ui_vendor_t *v);


ngx_int_t
ngx_http_consent_walk_vendors(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_uint_t full,
    consent_ui_vendors_t *vendors)
{
    ngx_http_consent_walk_t  *walk;

    walk = ngx_pcalloc(r->pool, sizeof(ngx_http_consent_walk_t));
    if (walk == NULL) {
        return NGX_ERROR;
    }

    walk->conf = ctx->conf;
    walk->full = full && ctx->conf->catalog;

    vendors->rewind = ngx_http_consent_walk_rewind;
    vendors->next = ngx_http_consent_walk_next;
    vendors->arg = walk;

    return NGX_OK;
}


static void
ngx_http_consent_walk_rewind(void *arg)
{
    ngx_http_consent_walk_t *walk = arg;

    walk->own = 0;
    walk->catalog = 0;
}


static int
ngx_http_consent_walk_next(void *arg, consent_ui_vendor_t *v)
{
    ngx_http_consent_walk_t *walk = arg;

    int                            category;
    const char                    *entity;
    ngx_array_t                   *block;
    ngx_http_consent_pattern_t    *p;
    const consent_catalog_host_t  *h;

    static const consent_str_t  site = consent_string("site");
    static const consent_str_t  catalog = consent_string("catalog");

    block = walk->conf->block;

    if (block && walk->own < block->nelts) {
        p = block->elts;
        p += walk->own++;

        v->host = ngx_http_consent_str(&p->pattern);
        v->source = site;
        v->category = ngx_http_consent_category(walk->conf->srv->categories,
                                                &p->category);
        return 1;
    }

    while (walk->full && walk->catalog < consent_catalog_nhosts) {
        h = &consent_catalog_hosts[walk->catalog++];
        category = consent_catalog_category(h->cls);

        if (category <= CONSENT_NECESSARY) {
            continue;
        }

        v->host.data = (u_char *) consent_catalog_strings + h->name;
        v->host.len = h->len;

        entity = consent_catalog_strings + h->entity;

        if (h->entity) {
            v->recipient.data = (u_char *) entity;
            v->recipient.len = ngx_strlen(entity);
        }

        v->source = catalog;
        v->category = category;

        return 1;
    }

    return 0;
}
