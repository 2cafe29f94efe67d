
/*
 * What is taken out of response headers until the visitor allows it: cookies,
 * links, redirects and reports to trackers.
 */

#include "ngx_http_consent_module.h"
#include "consent_link.h"


static ngx_uint_t ngx_http_consent_blocks(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, u_char *data, size_t len,
    consent_type_e type, ngx_uint_t own, consent_verdict_t *v);
static void ngx_http_consent_clean_cookie(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h);
static ngx_int_t ngx_http_consent_clean_link(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h);
static ngx_uint_t ngx_http_consent_blocks_link(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, consent_link_t *link);
static ngx_int_t ngx_http_consent_clean_refresh(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h);
static ngx_int_t ngx_http_consent_clean_location(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h);
static ngx_uint_t ngx_http_consent_blocks_any(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_str_t *text);


/* the category of a cookie, by its name: the operator's own names come first
 */

int
ngx_http_consent_cookie_category(ngx_http_consent_loc_conf_t *conf,
    consent_str_t name)
{
    ngx_uint_t                       i;
    ngx_http_consent_cookie_name_t  *c;

    if (name.len == 0) {
        return CONSENT_CATEGORY_NONE;
    }

    if (conf->cookie_names) {
        c = conf->cookie_names->elts;

        for (i = 0; i < conf->cookie_names->nelts; i++) {

            if ((c[i].prefix ? name.len >= c[i].name.len
                             : name.len == c[i].name.len)
                && ngx_memcmp(name.data, c[i].name.data, c[i].name.len) == 0)
            {
                return c[i].category;
            }
        }
    }

    return consent_rules_cookie(name);
}


/* may it not be set or read now? */

ngx_uint_t
ngx_http_consent_cookie_denied(ngx_http_consent_ctx_t *ctx, consent_str_t name)
{
    int  category;

    category = ngx_http_consent_cookie_category(ctx->conf, name);

    return category > CONSENT_NECESSARY
           && !(ctx->state.allowed & consent_bit(category));
}


/*
 * The verdict on a URL in a header: 1 if it must not be asked for now, where
 * "own" is set by an operator's rule only.
 */

static ngx_uint_t
ngx_http_consent_blocks(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    u_char *data, size_t len, consent_type_e type, ngx_uint_t own,
    consent_verdict_t *v)
{
    u_char             *buf;
    size_t              size;
    consent_url_t       url;
    consent_finding_t   found;

    ngx_memzero(v, sizeof(consent_verdict_t));
    v->category = CONSENT_CATEGORY_NONE;

    if (ctx->url == NULL) {
        ctx->url = ngx_palloc(r->pool, sizeof(consent_url_t));

        if (ctx->url == NULL
            || ngx_http_consent_page_url(r, ctx->url) != NGX_OK)
        {
            ctx->url = NULL;
            return 1;
        }
    }

    /* what is escaped takes three bytes, and a host always its place */

    size = len * 3 + ctx->url->href.len + 1200;

    if (size > CONSENT_URL_MAX) {
        size = CONSENT_URL_MAX;
    }

    buf = ngx_pnalloc(r->pool, size);
    if (buf == NULL) {
        return 1;
    }

    if (consent_url_parse(&url, ctx->url, data, len, buf, size)
        != CONSENT_OK)
    {
        return 0;
    }

    consent_rules_url(ctx->conf->rules, ctx->conf->main->match, &url, ctx->url,
                      type, v);

    if (url.scheme == CONSENT_SCHEME_DATA && type == CONSENT_TYPE_STYLESHEET) {

        /* what it would load is not read here */

        v->category = CONSENT_MARKETING;
        v->source = CONSENT_SOURCE_LIMIT;
    }

    if (v->category <= CONSENT_NECESSARY
        || (ctx->state.allowed & consent_bit(v->category))
        || (own && v->source != CONSENT_SOURCE_BLOCK))
    {
        return 0;
    }

    ngx_memzero(&found, sizeof(consent_finding_t));

    found.type = type;
    found.verdict = *v;
    found.url = &url;
    found.blocked = 1;

    ngx_http_consent_count_found(r, ctx->conf, &found);

    ctx->blocked++;

    return 1;
}


/*
 * Takes out of the response what would make a browser turn to a tracker, or
 * a tracker remember it, without the page's help.  For every answer, whatever
 * its type.
 */

ngx_int_t
ngx_http_consent_clean_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_table_elt_t            *h;
    ngx_http_consent_fields_t   walk;

    ngx_http_consent_fields(&walk, &r->headers_out.headers);

    while ((h = ngx_http_consent_next_field(&walk)) != NULL) {

        if (h->hash == 0 || h->key.len < 3) {
            continue;
        }

        rc = NGX_OK;

        switch (h->key.data[0] | 0x20) {

        case 's':
            if (ngx_http_consent_key_is(h, "Set-Cookie")) {
                ngx_http_consent_clean_cookie(r, ctx, h);
            }
            break;

        case 'l':
            if (ngx_http_consent_key_is(h, "Location")) {
                rc = ngx_http_consent_clean_location(r, ctx, h);

            } else if (ngx_http_consent_key_is(h, "Link")) {
                rc = ngx_http_consent_clean_link(r, ctx, h);
            }
            break;

        case 'r':
            if (ngx_http_consent_key_is(h, "Refresh")) {
                rc = ngx_http_consent_clean_refresh(r, ctx, h);

            } else if ((ngx_http_consent_key_is(h, "Report-To")
                        || ngx_http_consent_key_is(h,
                                                   "Reporting-Endpoints"))
                       && ngx_http_consent_blocks_any(r, ctx, &h->value))
            {
                h->hash = 0;
            }
            break;

        case 'a':

            /* the browser would tell more of itself than it has to */

            if (ngx_http_consent_key_is(h, "Accept-CH")) {
                h->hash = 0;
            }
            break;

        case 'c':
            if (ngx_http_consent_key_is(h, "Critical-CH")) {
                h->hash = 0;
            }
            break;

        case 'n':

            /* reports on every request of the visitor's */

            if (ngx_http_consent_key_is(h, "NEL")) {
                h->hash = 0;
            }
            break;
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static void
ngx_http_consent_clean_cookie(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h)
{
    int            category;
    ngx_str_t      s;
    consent_str_t  name;

    name = consent_set_cookie_name(ngx_http_consent_str(&h->value));

    if (!ngx_http_consent_cookie_denied(ctx, name)) {
        return;
    }

    h->hash = 0;

    s = ngx_http_consent_ngx_str(name);
    category = ngx_http_consent_cookie_category(ctx->conf, name);

    ngx_http_consent_count_cookie(r, ctx->conf, &s, category);
}


/* is any of what the link loads, as any of what it is, a tracker's? */

static ngx_uint_t
ngx_http_consent_blocks_link(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, consent_link_t *link)
{
    ngx_uint_t          type;
    consent_str_t       set, url;
    consent_verdict_t   v;

    if (link->unread) {
        return 1;
    }

    for (type = 0; link->types >> type; type++) {

        if (!(link->types & (1u << type))) {
            continue;
        }

        if (link->target.len
            && ngx_http_consent_blocks(r, ctx, (u_char *) link->target.data,
                                       link->target.len, type, 0, &v))
        {
            return 1;
        }
    }

    set = link->srcset;

    while (link->types && consent_link_candidate(&set, &url)) {

        if (ngx_http_consent_blocks(r, ctx, (u_char *) url.data, url.len,
                                    CONSENT_TYPE_IMAGE, 0, &v))
        {
            return 1;
        }
    }

    return 0;
}


/* one link at a time: what is left stays as it is */

static ngx_int_t
ngx_http_consent_clean_link(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h)
{
    u_char           *p;
    ngx_str_t         left;
    ngx_uint_t        removed;
    consent_str_t     rest;
    consent_link_t   *link;

    /* "a,b" may become "a, b" */

    left.data = ngx_pnalloc(r->pool, h->value.len * 2);
    link = ngx_palloc(r->pool, sizeof(consent_link_t));

    if (left.data == NULL || link == NULL) {
        return NGX_ERROR;
    }

    p = left.data;
    removed = 0;
    link->open = NULL;
    rest = ngx_http_consent_str(&h->value);

    while (consent_link_next(&rest, link)) {

        if (ngx_http_consent_blocks_link(r, ctx, link)) {
            removed++;
            continue;
        }

        if (p != left.data) {
            *p++ = ',';
            *p++ = ' ';
        }

        p = ngx_cpymem(p, link->whole.data, link->whole.len);
    }

    if (removed == 0) {
        return NGX_OK;
    }

    left.len = p - left.data;

    if (left.len == 0) {
        h->hash = 0;

    } else {
        h->value = left;
    }

    return NGX_OK;
}


/* "5; url=https://..." */

static ngx_int_t
ngx_http_consent_clean_refresh(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h)
{
    u_char             *p, *last;
    consent_verdict_t   v;

    p = h->value.data;
    last = p + h->value.len;

    while (p < last && *p != ';' && *p != ',' && *p != ' ') {
        p++;
    }

    while (p < last && (*p == ';' || *p == ',' || *p == ' ' || *p == '\t')) {
        p++;
    }

    if (last - p > 3 && ngx_strncasecmp(p, (u_char *) "url", 3) == 0) {
        p += 3;

        while (p < last && (*p == ' ' || *p == '=')) {
            p++;
        }
    }

    if (p < last && (*p == '"' || *p == '\'')) {
        p++;
    }

    while (last > p && (last[-1] == '"' || last[-1] == '\''
                        || last[-1] == ' '))
    {
        last--;
    }

    if (p < last
        && ngx_http_consent_blocks(r, ctx, p, last - p, CONSENT_TYPE_DOCUMENT,
                                   0, &v))
    {
        h->hash = 0;
    }

    return NGX_OK;
}


/*
 * A redirect to a tracker.  Where a person is taken somewhere, a page of ours
 * says where to and why not, with a way on; a mere subresource gets nothing.
 * A catalog or a list knows what hosts serve, not what their pages are for
 * (signing in with a social network is such a redirect), so a person is only
 * stopped by the operator's own rules.
 */

static ngx_int_t
ngx_http_consent_clean_location(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_table_elt_t *h)
{
    u_char             *p;
    u_char             *q;
    size_t              len;
    ngx_str_t          *endpoint;
    consent_str_t      *name;
    consent_type_e      type;
    consent_verdict_t   v;

    type = ngx_http_consent_request_type(r);

    if (!ngx_http_consent_blocks(r, ctx, h->value.data, h->value.len, type,
                                 type == CONSENT_TYPE_DOCUMENT, &v))
    {
        return NGX_OK;
    }

    if (type != CONSENT_TYPE_DOCUMENT && type != CONSENT_TYPE_SUBDOCUMENT) {
        h->hash = 0;

        if (r->headers_out.location == h) {
            r->headers_out.location = NULL;
        }

        return NGX_OK;
    }

    endpoint = &ctx->conf->srv->endpoint;
    name = &ctx->conf->srv->categories->names[v.category];

    len = endpoint->len + sizeof("frame?c=&u=") - 1 + name->len
          + h->value.len * 3;

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    q = ngx_sprintf(p, "%Vframe?c=%*s&u=", endpoint, name->len, name->data);
    q = (u_char *) ngx_escape_uri(q, h->value.data, h->value.len,
                                  NGX_ESCAPE_URI_COMPONENT);

    h->value.data = p;
    h->value.len = q - p;

    /* relative: nginx would put its own idea of scheme and port before it */

    if (r->headers_out.location == h) {
        r->headers_out.location = NULL;
    }

    return NGX_OK;
}


/* does any absolute URL in a quoted string lead to a blocked host? */

static ngx_uint_t
ngx_http_consent_blocks_any(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    ngx_str_t *text)
{
    u_char             *p, *last, *end;
    consent_verdict_t   v;

    p = text->data;
    last = p + text->len;

    for ( ;; ) {
        p = ngx_strlchr(p, last, '"');

        if (p == NULL) {
            return 0;
        }

        p++;
        end = ngx_strlchr(p, last, '"');

        if (end == NULL) {
            return 0;
        }

        if (ngx_strlcasestrn(p, end, (u_char *) "//", 2 - 1)
            && ngx_http_consent_blocks(r, ctx, p, end - p, CONSENT_TYPE_PING, 0,
                                       &v))
        {
            return 1;
        }

        p = end;
    }
}
