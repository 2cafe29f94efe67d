
/*
 * Who is behind the categories: the operator's own rules, then the built-in
 * catalog, by recipient.
 */

#include "ngx_http_consent_endpoint.h"
#include "consent_catalog.h"


typedef struct {
    ngx_http_consent_loc_conf_t    *conf;
    ngx_uint_t                      own;
    ngx_uint_t                      catalog;
    ngx_uint_t                      nhosts;
    const consent_catalog_host_t  **hosts;
} ngx_http_consent_walk_t;


static void ngx_http_consent_walk_rewind(void *arg);
static int ngx_http_consent_walk_next(void *arg, consent_ui_vendor_t *v);
static ngx_int_t ngx_http_consent_sort_catalog(ngx_http_request_t *r,
    ngx_http_consent_walk_t *walk);
static int ngx_libc_cdecl ngx_http_consent_compare_hosts(const void *one,
    const void *two);
static void ngx_http_consent_who(consent_str_t host, consent_str_t *who);
static consent_str_t ngx_http_consent_pattern_host(ngx_str_t *pattern);


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

    if (full && ctx->conf->catalog
        && ngx_http_consent_sort_catalog(r, walk) != NGX_OK)
    {
        return NGX_ERROR;
    }

    vendors->rewind = ngx_http_consent_walk_rewind;
    vendors->next = ngx_http_consent_walk_next;
    vendors->arg = walk;

    return NGX_OK;
}


/* those that wait for an answer, by who they are */

static ngx_int_t
ngx_http_consent_sort_catalog(ngx_http_request_t *r,
    ngx_http_consent_walk_t *walk)
{
    ngx_uint_t                     i;
    const consent_catalog_host_t  *h;

    walk->hosts = ngx_palloc(r->pool, consent_catalog_nhosts
                                      * sizeof(consent_catalog_host_t *));
    if (walk->hosts == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < consent_catalog_nhosts; i++) {
        h = &consent_catalog_hosts[i];

        if (consent_catalog_category(h->cls) > CONSENT_NECESSARY) {
            walk->hosts[walk->nhosts++] = h;
        }
    }

    qsort(walk->hosts, walk->nhosts, sizeof(consent_catalog_host_t *),
          ngx_http_consent_compare_hosts);

    return NGX_OK;
}


static int ngx_libc_cdecl
ngx_http_consent_compare_hosts(const void *one, const void *two)
{
    int  rc;

    const consent_catalog_host_t *a = *(const consent_catalog_host_t **) one;
    const consent_catalog_host_t *b = *(const consent_catalog_host_t **) two;

    rc = strcasecmp(consent_catalog_strings + a->entity,
                    consent_catalog_strings + b->entity);

    return rc ? rc : strcmp(consent_catalog_strings + a->name,
                            consent_catalog_strings + b->name);
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

        ngx_http_consent_who(ngx_http_consent_pattern_host(&p->pattern),
                             &v->recipient);

    } else if (walk->catalog < walk->nhosts) {
        h = walk->hosts[walk->catalog++];

        v->host.data = (u_char *) consent_catalog_strings + h->name;
        v->host.len = h->len;

        ngx_http_consent_who(v->host, &v->recipient);

        v->source = catalog;
        v->category = consent_catalog_category(h->cls);

    } else {
        return 0;
    }

    v->cookies = consent_vendor_cookies_of(v->recipient, &v->ncookies);

    return 1;
}


/* as the catalog names a host, or else those above it */

static void
ngx_http_consent_who(consent_str_t host, consent_str_t *who)
{
    while (host.len) {

        (void) consent_catalog_host(host, who);

        if (who->len) {
            return;
        }

        while (host.len && *host.data != '.') {
            host.data++;
            host.len--;
        }

        if (host.len) {
            host.data++;
            host.len--;
        }
    }
}


/* of "example.com/path"; empty for what is no host */

static consent_str_t
ngx_http_consent_pattern_host(ngx_str_t *pattern)
{
    size_t         n;
    consent_str_t  host;

    host.data = pattern->data;
    host.len = 0;

    for (n = 0; n < pattern->len && pattern->data[n] != '/'; n++) {

        if (pattern->data[n] == '~' || pattern->data[n] == ':') {
            return host;
        }
    }

    host.len = n;

    return host;
}
