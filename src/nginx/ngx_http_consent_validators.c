
/*
 * Validators: one URL has several variants, and none may answer for another.
 *
 * A page's ETag "abc" goes out as W/"abc;c=VARIANT", VARIANT being a hash of
 * all that the variant depends on; W/"abc", which was weak before, as
 * W/"abc;w=VARIANT".  A conditional request that carries it is shown to the
 * upstream as it was, and only if the variant is still the one the visitor
 * would get; any other validator on what may be a page is hidden from the
 * upstream, since it may be from before the module was there.
 * nginx's own not_modified filter goes on to see what the client sent, and
 * what the client got.
 */

#include "ngx_http_consent_module.h"


/* ";c=" or ";w=" */

#define NGX_HTTP_CONSENT_MARK_LEN  (sizeof(";c=") - 1)

#define ngx_http_consent_is_mark(p)                                          \
    ((p)[0] == ';' && ((p)[1] == 'c' || (p)[1] == 'w') && (p)[2] == '=')


static void ngx_http_consent_hash(uint64_t *h, const void *data, size_t len);
static uint64_t ngx_http_consent_hash_location(
    ngx_http_consent_loc_conf_t *conf);
static ngx_int_t ngx_http_consent_strip_etags(ngx_http_request_t *r,
    ngx_str_t *value, u_char *variant, ngx_uint_t all, ngx_str_t *out,
    ngx_uint_t *foreign);
static ngx_table_elt_t *ngx_http_consent_keep(ngx_http_request_t *r,
    ngx_table_elt_t *h);


static void
ngx_http_consent_hash(uint64_t *h, const void *data, size_t len)
{
    size_t         i;
    const u_char  *p = data;

    for (i = 0; i < len; i++) {
        *h = (*h ^ p[i]) * 0x100000001b3ull;
    }

    *h = (*h ^ 0xff) * 0x100000001b3ull;
}


/*
 * All that is configured and compiled in, and what the page's location has
 * of its own: one URL may be served by one or another, by "if", "try_files"
 * or a rewrite.  It is the same for every visitor, so it is hashed once.
 */

static uint64_t
ngx_http_consent_hash_location(ngx_http_consent_loc_conf_t *conf)
{
    uint64_t                 h;
    uint32_t                 word[10];
    ngx_uint_t               i;
    ngx_http_consent_set_t  *set;

    if (conf->variant) {
        return conf->variant;
    }

    h = 0xcbf29ce484222325ull;

    ngx_http_consent_hash(&h, NGX_HTTP_CONSENT_VERSION,
                          sizeof(NGX_HTTP_CONSENT_VERSION) - 1);
    ngx_http_consent_hash(&h, &conf->main->fingerprint, sizeof(uint64_t));
    ngx_http_consent_hash(&h, &conf->main->build, sizeof(uint64_t));

    set = conf->main->sets.elts;

    for (i = 0; i < conf->main->sets.nelts; i++) {
        if (set[i].rules == conf->rules) {
            break;
        }
    }

    word[0] = conf->enable;
    word[1] = i;
    word[2] = conf->links_place;
    word[3] = conf->banner;
    word[4] = conf->guard;
    word[5] = conf->google;
    word[6] = conf->activation;
    word[7] = conf->csp;
    word[8] = conf->inline_max;
    word[9] = conf->delivery;

    ngx_http_consent_hash(&h, word, sizeof(word));
    ngx_http_consent_hash(&h, conf->revision.data, conf->revision.len);
    ngx_http_consent_hash(&h, conf->links_header.data,
                          conf->links_header.len);

    conf->variant = h;

    return h;
}


/* writes NGX_HTTP_CONSENT_VARIANT_LEN hex digits */

void
ngx_http_consent_variant(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    u_char *buf)
{
    int                           lang;
    uint32_t                      word[7];
    uint64_t                      h;
    ngx_uint_t                    i;
    consent_str_t                 none = consent_null_string;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ctx->conf;
    lang = ngx_http_consent_language(r, conf, none);

    h = ngx_http_consent_hash_location(conf);

    word[0] = ctx->state.mode;
    word[1] = ctx->state.basis;
    word[2] = ctx->state.allowed;
    word[3] = ctx->state.ask;
    word[4] = ctx->state.gpc;
    word[5] = lang;
    word[6] = ngx_http_consent_is_document(r);

    ngx_http_consent_hash(&h, word, sizeof(word));

    for (i = NGX_HTTP_CONSENT_VARIANT_LEN; i; i--) {
        buf[i - 1] = "0123456789abcdef"[h & 0xf];
        h >>= 4;
    }
}


/*
 * Entity tags of "value": those that end in our mark and this variant are
 * written to "out" as the upstream knows them; with "all", those of any
 * variant.  "foreign" is set if there is one that was not ours.
 */

static ngx_int_t
ngx_http_consent_strip_etags(ngx_http_request_t *r, ngx_str_t *value,
    u_char *variant, ngx_uint_t all, ngx_str_t *out, ngx_uint_t *foreign)
{
    u_char  *p, *last, *end, *q, *tail;
    size_t   n;

    n = NGX_HTTP_CONSENT_MARK_LEN + NGX_HTTP_CONSENT_VARIANT_LEN;

    *foreign = 0;

    q = ngx_pnalloc(r->pool, value->len + 1);
    if (q == NULL) {
        return NGX_ERROR;
    }

    out->data = q;

    p = value->data;
    last = p + value->len;

    while (p < last) {

        if (*p == ' ' || *p == '\t' || *p == ',') {
            p++;
            continue;
        }

        if (last - p > 2 && p[0] == 'W' && p[1] == '/') {
            p += 2;
        }

        if (*p != '"') {

            /* "*", or no entity tag at all */

            *foreign = 1;
            break;
        }

        end = ngx_strlchr(p + 1, last, '"');

        if (end == NULL) {
            *foreign = 1;
            break;
        }

        tail = end - n;

        if ((size_t) (end - p - 1) < n || !ngx_http_consent_is_mark(tail)) {
            *foreign = 1;
            p = end + 1;
            continue;
        }

        if (all
            || ngx_memcmp(tail + NGX_HTTP_CONSENT_MARK_LEN, variant,
                          NGX_HTTP_CONSENT_VARIANT_LEN)
               == 0)
        {
            if (q != out->data) {
                *q++ = ',';
                *q++ = ' ';
            }

            /* all of ours are weak: was it before? */

            if (tail[1] == 'w') {
                *q++ = 'W';
                *q++ = '/';
            }

            q = ngx_cpymem(q, p, tail - p);
            *q++ = '"';
        }

        p = end + 1;
    }

    out->len = q - out->data;

    return NGX_OK;
}


/* a copy of a header that is going to be taken out of the list: nginx's own
 * filters look at it through a pointer */

static ngx_table_elt_t *
ngx_http_consent_keep(ngx_http_request_t *r, ngx_table_elt_t *h)
{
    ngx_table_elt_t  *copy;

    copy = ngx_palloc(r->pool, sizeof(ngx_table_elt_t));

    if (copy) {
        *copy = *h;
        ngx_http_consent_header_init(copy);
    }

    return copy;
}


/*
 * Request side, before any content handler.  "context": the answer may be a
 * page; only then can a validator that is not ours be one of a page.
 */

ngx_int_t
ngx_http_consent_hide_validators(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_uint_t context)
{
    u_char            variant[NGX_HTTP_CONSENT_VARIANT_LEN];
    ngx_str_t         value;
    ngx_uint_t        foreign;
    ngx_table_elt_t  *h, *copy;

    h = r->headers_in.if_none_match;

    if (h && !ctx->hidden_inm) {
        ngx_http_consent_variant(r, ctx, variant);

        if (ngx_http_consent_strip_etags(r, &h->value, variant, 0, &value,
                                         &foreign)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (value.len || !foreign || context) {
            copy = ngx_http_consent_keep(r, h);
            if (copy == NULL) {
                return NGX_ERROR;
            }

            if (value.len) {
                h->value = value;
                ctx->revalidated = 1;

            } else if (ngx_http_consent_unlink_header(r, h) != NGX_OK) {
                return NGX_ERROR;
            }

            r->headers_in.if_none_match = copy;
            ctx->hidden = 1;
            ctx->hidden_inm = 1;
        }
    }

    h = r->headers_in.if_modified_since;

    if (h && context && !ctx->hidden_ims) {
        copy = ngx_http_consent_keep(r, h);

        if (copy == NULL || ngx_http_consent_unlink_header(r, h) != NGX_OK) {
            return NGX_ERROR;
        }

        r->headers_in.if_modified_since = copy;
        ctx->hidden = 1;
        ctx->hidden_ims = 1;
    }

    return NGX_OK;
}


/*
 * If-Match of a PUT or a DELETE names the resource, in whatever variant its
 * author saw it.
 */

ngx_int_t
ngx_http_consent_hide_if_match(ngx_http_request_t *r)
{
    ngx_str_t         value;
    ngx_uint_t        foreign;
    ngx_table_elt_t  *h;

    h = r->headers_in.if_match;

    if (h == NULL) {
        return NGX_OK;
    }

    if (ngx_http_consent_strip_etags(r, &h->value, NULL, 1, &value, &foreign)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (value.len && !foreign) {
        h->value = value;
    }

    return NGX_OK;
}


/* no part of a page can be rewritten: ask for the whole */

ngx_int_t
ngx_http_consent_hide_range(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    h = r->headers_in.if_range;

    if (h) {
        r->headers_in.if_range = ngx_http_consent_keep(r, h);

        if (r->headers_in.if_range == NULL
            || ngx_http_consent_unlink_header(r, h) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    h = r->headers_in.range;

    if (h) {
        r->headers_in.range = ngx_http_consent_keep(r, h);

        if (r->headers_in.range == NULL
            || ngx_http_consent_unlink_header(r, h) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/*
 * Takes a request header out of its list for good: proxy and fastcgi walk
 * the list and do not look at "hash".  Other elements stay where they are,
 * for headers_in points at them; so a part of the list is cut in two.
 */

ngx_int_t
ngx_http_consent_unlink_header(ngx_http_request_t *r, ngx_table_elt_t *h)
{
    ngx_uint_t        i;
    ngx_list_t       *list;
    ngx_list_part_t  *part, *prev, *rest;
    ngx_table_elt_t  *elts;

    list = &r->headers_in.headers;
    prev = NULL;

    for (part = &list->part; part; prev = part, part = part->next) {
        elts = part->elts;

        if (h >= elts && h < elts + part->nelts) {
            break;
        }
    }

    if (part == NULL) {
        return NGX_OK;
    }

    i = h - elts;

    if (part->nelts == 1) {

        if (prev) {
            prev->next = part->next;

            if (list->last == part) {
                list->last = prev;
                list->nalloc = prev->nelts;
            }

            return NGX_OK;
        }

        if (part->next) {
            rest = part->next;
            list->part = *rest;

            if (list->last == rest) {
                list->last = &list->part;
            }

            return NGX_OK;
        }

        part->nelts = 0;

        return NGX_OK;
    }

    if (i == part->nelts - 1) {
        part->nelts--;

        /* nothing may be pushed over the element that was here: it can still
         * be pointed at */

        if (list->last == part) {
            list->nalloc = part->nelts;
        }

        return NGX_OK;
    }

    if (i == 0) {
        part->elts = elts + 1;
        part->nelts--;

        if (list->last == part) {
            list->nalloc--;
        }

        return NGX_OK;
    }

    rest = ngx_palloc(r->pool, sizeof(ngx_list_part_t));
    if (rest == NULL) {
        return NGX_ERROR;
    }

    rest->elts = elts + i + 1;
    rest->nelts = part->nelts - i - 1;
    rest->next = part->next;

    if (list->last == part) {
        list->last = rest;
        list->nalloc -= i + 1;
    }

    part->nelts = i;
    part->next = rest;

    return NGX_OK;
}


/*
 * Response side: the variant goes into the ETag, and Last-Modified, which
 * cannot carry it, goes.
 */

ngx_int_t
ngx_http_consent_mark_etag(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    u_char           *p, *q;
    ngx_str_t         value;
    ngx_uint_t        weak;
    ngx_table_elt_t  *h;

    ngx_http_clear_last_modified(r);

    h = r->headers_out.etag;

    if (h == NULL || h->hash == 0) {
        return NGX_OK;
    }

    value = h->value;
    weak = 0;

    if (value.len > 2 && value.data[0] == 'W' && value.data[1] == '/') {
        value.data += 2;
        value.len -= 2;
        weak = 1;
    }

    if (value.len < 2 || value.data[0] != '"'
        || value.data[value.len - 1] != '"')
    {
        h->hash = 0;
        r->headers_out.etag = NULL;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, sizeof("W/") - 1 + value.len
                             + NGX_HTTP_CONSENT_MARK_LEN
                             + NGX_HTTP_CONSENT_VARIANT_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    q = p;
    q = ngx_cpymem(q, "W/", sizeof("W/") - 1);
    q = ngx_cpymem(q, value.data, value.len - 1);
    q = ngx_cpymem(q, weak ? ";w=" : ";c=", NGX_HTTP_CONSENT_MARK_LEN);

    ngx_http_consent_variant(r, ctx, q);
    q += NGX_HTTP_CONSENT_VARIANT_LEN;

    *q++ = '"';

    h->value.data = p;
    h->value.len = q - p;

    return NGX_OK;
}


/*
 * What not_modified compares next with the headers of a marked page.  The
 * page has no date, so one that comes beside a tag would decide against the
 * tag (RFC 9110, 13.1.3 has it ignored), and the conditions of writers would
 * end in a 412; "*" is said by nobody who has this variant.
 */

void
ngx_http_consent_own_validators(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    h = r->headers_in.if_none_match;

    if (h && h->value.len == 1 && h->value.data[0] == '*') {
        r->headers_in.if_none_match = NULL;

    } else if (h) {
        r->headers_in.if_modified_since = NULL;
    }

    r->headers_in.if_unmodified_since = NULL;
    r->headers_in.if_match = NULL;
}
