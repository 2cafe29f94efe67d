
/*
 * The main header filter.
 *
 * It and the body filter sit directly before the compressors: what they see
 * is the page as the browser will parse it, of the main request and all its
 * subrequests in one stream.  What is not changed goes out as it came in, as
 * slices of the input's buffers; a page that needs nothing gets no context
 * for its body at all.
 *
 * A page's header is held back until its first bytes are out of the
 * rewriter, for only they tell whether it can be read (a byte order mark, a
 * <meta> that names UTF-16): an answer that cannot is sent under a policy,
 * and that is a header.
 */

#include "ngx_http_consent_module.h"
#include "ngx_http_consent_body.h"


static ngx_int_t ngx_http_consent_header_filter(ngx_http_request_t *r);
static ngx_inline ngx_uint_t ngx_http_consent_passes(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf);
static ngx_inline ngx_uint_t ngx_http_consent_may_tell(ngx_table_elt_t *h);
static ngx_int_t ngx_http_consent_main_header(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_loc_conf_t *conf);
static ngx_int_t ngx_http_consent_by_status(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_loc_conf_t *conf);
static ngx_int_t ngx_http_consent_interim(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_other(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_not_modified(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
static ngx_inline ngx_int_t ngx_http_consent_page(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_kind_e kind);
static ngx_int_t ngx_http_consent_read_page(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_kind_e kind);
static ngx_inline ngx_uint_t ngx_http_consent_has_body(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_decoding(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_body_t *body);
static ngx_int_t ngx_http_consent_codings(ngx_http_request_t *r,
    ngx_str_t *codings, ngx_uint_t clear);


#if (NGX_HTTP_CONSENT_EARLY_HINTS)
static ngx_int_t ngx_http_consent_early_hints_filter(ngx_http_request_t *r);

static ngx_http_output_header_filter_pt  ngx_http_next_early_hints_filter;
#endif

ngx_http_output_header_filter_pt  ngx_http_consent_next_header_filter;
ngx_http_output_body_filter_pt    ngx_http_consent_next_body_filter;


ngx_int_t
ngx_http_consent_filter_init(ngx_conf_t *cf)
{
    ngx_http_consent_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_consent_header_filter;

    ngx_http_consent_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_consent_body_filter;

#if (NGX_HTTP_CONSENT_EARLY_HINTS)

    ngx_http_next_early_hints_filter = ngx_http_top_early_hints_filter;
    ngx_http_top_early_hints_filter = ngx_http_consent_early_hints_filter;

#endif

    return NGX_OK;
}


/* takes out of the headers what the visitor has not allowed */

static ngx_int_t
ngx_http_consent_decide_and_clean(ngx_http_request_t *r)
{
    ngx_http_consent_ctx_t  *ctx;

    ctx = ngx_http_consent_decide(r);

    if (ctx == NULL) {
        return NGX_ERROR;
    }

    return (ctx->state.allowed != ctx->state.all)
           ? ngx_http_consent_clean_headers(r, ctx) : NGX_OK;
}


#if (NGX_HTTP_CONSENT_EARLY_HINTS)

/*
 * 103: what a browser is told to turn to before the answer is there.  Its
 * type is not known yet, nor does it matter.
 */

static ngx_int_t
ngx_http_consent_early_hints_filter(ngx_http_request_t *r)
{
    ngx_http_consent_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_consent_module);

    if (r != r->main || conf->enable != NGX_HTTP_CONSENT_ON) {
        return ngx_http_next_early_hints_filter(r);
    }

    if (ngx_http_consent_decide_and_clean(r) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_next_early_hints_filter(r);
}

#endif


static ngx_int_t
ngx_http_consent_header_filter(ngx_http_request_t *r)
{
    ngx_http_consent_ctx_t       *ctx;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_consent_module);

    if (conf->enable == NGX_HTTP_CONSENT_OFF || r != r->main) {

        /* the body of what is not main is a part of the main request's */

        return ngx_http_consent_next_header_filter(r);
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_consent_module);

    if (ctx == NULL && ngx_http_consent_passes(r, conf)) {
        return ngx_http_consent_next_header_filter(r);
    }

    return ngx_http_consent_main_header(r, ctx, conf);
}


/*
 * Most answers are no pages, and have nothing in their header that we would
 * look at.  Whatever cannot be told at once is not among them.
 */

static ngx_inline ngx_uint_t
ngx_http_consent_passes(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf)
{
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h, *end;

    part = &r->headers_out.headers.part;

    if (conf->enable != NGX_HTTP_CONSENT_ON
        || conf->csp == NGX_HTTP_CONSENT_CSP_ENFORCE
        || r->headers_out.status != NGX_HTTP_OK
        || !ngx_http_consent_is_other(r, conf)
        || part->next != NULL)
    {
        return 0;
    }

    h = part->elts;

    for (end = h + part->nelts; h != end; h++) {
        if (ngx_http_consent_may_tell(h)) {
            return 0;
        }
    }

    return 1;
}


/*
 * As far as length and first letter tell; but not Server, Last-Modified,
 * Accept-Ranges, ETag.
 */

static ngx_inline ngx_uint_t
ngx_http_consent_may_tell(ngx_table_elt_t *h)
{
    /* of each length the letters, whatever their case */

    static const uint32_t  letters[32] = {
        [sizeof("NEL") - 1] = 1u << ('n' & 0x1f),
        [sizeof("Link") - 1] = 1u << ('l' & 0x1f),
        [sizeof("Refresh") - 1] = 1u << ('r' & 0x1f),
        [sizeof("Location") - 1] = 1u << ('l' & 0x1f),
        [sizeof("Report-To") - 1] = 1u << ('r' & 0x1f)
                                    | 1u << ('a' & 0x1f),  /* Accept-CH */
        [sizeof("Set-Cookie") - 1] = 1u << ('s' & 0x1f),
        [sizeof("Critical-CH") - 1] = 1u << ('c' & 0x1f),
        [sizeof("Reporting-Endpoints") - 1] = 1u << ('r' & 0x1f)
    };

    return h->key.len >= sizeof("NEL") - 1 && h->key.len < 32
           && (letters[h->key.len] >> (h->key.data[0] & 0x1f) & 1);
}


static NGX_HTTP_CONSENT_NOINLINE ngx_int_t
ngx_http_consent_main_header(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_loc_conf_t *conf)
{
    ngx_int_t                rc;
    ngx_http_consent_kind_e  kind;

    if (ctx) {

        if (ctx->endpoint) {

            /* our own pages */

            return ngx_http_consent_next_header_filter(r);
        }

        /* an answer that failed before its first byte, and now another */

        ctx->body = NULL;
        ctx->undecodable = 0;
    }

    if (r->headers_out.status != NGX_HTTP_OK) {
        rc = ngx_http_consent_by_status(r, ctx, conf);

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    if (ctx && ctx->type.len
        && ctx->type.data == r->headers_out.content_type.data
        && ctx->type.len == r->headers_out.content_type.len)
    {
        kind = ctx->kind;

    } else {
        kind = ngx_http_consent_kind(r, conf);
    }

    if (kind == NGX_HTTP_CONSENT_OTHER
        || (kind == NGX_HTTP_CONSENT_SNIFFED
            && !ngx_http_consent_has_body(r)))
    {
        return ngx_http_consent_other(r);
    }

    ctx = ngx_http_consent_decide_main(r, ctx, conf);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    if (ctx->state.allowed != ctx->state.all
        && conf->enable == NGX_HTTP_CONSENT_ON
        && ngx_http_consent_clean_headers(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_consent_page(r, ctx, kind);
}


/* NGX_DECLINED: it may be a page like any other */

static NGX_HTTP_CONSENT_NOINLINE ngx_int_t
ngx_http_consent_by_status(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    ngx_http_consent_loc_conf_t *conf)
{
    if (r->headers_out.status == NGX_HTTP_NOT_MODIFIED) {
        return ngx_http_consent_not_modified(r, ctx);
    }

    if (r->headers_out.status == NGX_HTTP_SWITCHING_PROTOCOLS) {

        /* no longer HTTP */

        return ngx_http_consent_next_header_filter(r);
    }

    if (r->headers_out.status < NGX_HTTP_OK
        && r->headers_out.status >= NGX_HTTP_CONTINUE
        && conf->enable == NGX_HTTP_CONSENT_ON)
    {
        return ngx_http_consent_interim(r);
    }

    return NGX_DECLINED;
}


/*
 * An interim answer that nginx took for the answer: the true one would follow
 * as its body, unread, and browsers would show it.
 */

static NGX_HTTP_CONSENT_NOINLINE ngx_int_t
ngx_http_consent_interim(ngx_http_request_t *r)
{
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "upstream sent an interim response (%ui), which this "
                  "nginx cannot tell from a response",
                  r->headers_out.status);

    return NGX_HTTP_BAD_GATEWAY;
}


/* not a page: only what its headers set off */

static NGX_HTTP_CONSENT_NOINLINE ngx_int_t
ngx_http_consent_other(ngx_http_request_t *r)
{
    ngx_uint_t                    headers, cookies;
    ngx_table_elt_t              *h;
    ngx_http_consent_ctx_t       *ctx;
    ngx_http_consent_fields_t     walk;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_consent_module);

    if (conf->enable == NGX_HTTP_CONSENT_REPORT) {

        /* a 304 names no body, and was counted as what it revalidates */

        if (r->headers_out.status != NGX_HTTP_NOT_MODIFIED) {
            ctx = ngx_http_consent_decide(r);

            if (ctx == NULL
                || ngx_http_consent_report_headers(r, ctx, &headers, &cookies)
                   != NGX_OK)
            {
                return NGX_ERROR;
            }
        }

        return ngx_http_consent_next_header_filter(r);
    }

    if (ngx_http_consent_add_worker_csp(r) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_consent_fields(&walk, &r->headers_out.headers);

    while ((h = ngx_http_consent_next_field(&walk)) != NULL) {

        if (ngx_http_consent_may_tell(h)) {

            if (ngx_http_consent_decide_and_clean(r) != NGX_OK) {
                return NGX_ERROR;
            }

            break;
        }
    }

    return ngx_http_consent_next_header_filter(r);
}


/*
 * Made by not_modified, it was a page before; or by the upstream, which was
 * asked with a validator that only a page of this variant can have had.
 */

static NGX_HTTP_CONSENT_NOINLINE ngx_int_t
ngx_http_consent_not_modified(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    if (ctx == NULL || !(ctx->html || ctx->revalidated)) {
        return ngx_http_consent_other(r);
    }

    ctx = ngx_http_consent_decide(r);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    if (ctx->state.allowed != ctx->state.all
        && ctx->conf->enable == NGX_HTTP_CONSENT_ON
        && ngx_http_consent_clean_headers(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ctx->revalidated && !ctx->marked) {
        if (ngx_http_consent_mark_etag(r, ctx) != NGX_OK) {
            return NGX_ERROR;
        }

        ctx->marked = 1;
    }

    if (ngx_http_consent_page_headers(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_consent_next_header_filter(r);
}


static ngx_inline ngx_uint_t
ngx_http_consent_has_body(ngx_http_request_t *r)
{
    if (r->headers_out.content_length_n == 0) {
        return 0;
    }

    if (r->headers_out.status == NGX_HTTP_OK) {
        return 1;
    }

    if (r->headers_out.status == NGX_HTTP_NO_CONTENT) {
        return 0;
    }

    if (r->headers_out.status >= NGX_HTTP_SPECIAL_RESPONSE
        && r->headers_out.status < NGX_HTTP_BAD_REQUEST
        && r->headers_out.location
        && r->headers_out.location->hash)
    {
        /* nobody sees it */

        return 0;
    }

    return 1;
}


/*
 * Early exits, each with its reason; who is left goes through the rewriter.
 */

static ngx_inline ngx_int_t
ngx_http_consent_page(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    ngx_http_consent_kind_e kind)
{
    ctx->html = (kind != NGX_HTTP_CONSENT_XML);

    if (kind != NGX_HTTP_CONSENT_SNIFFED
        && (kind != NGX_HTTP_CONSENT_XML
            || ctx->state.allowed != ctx->state.all))
    {
        if (ngx_http_consent_page_headers(r, ctx) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (ctx->conf->main->zone
        && (kind == NGX_HTTP_CONSENT_HTML || kind == NGX_HTTP_CONSENT_XHTML))
    {
        ngx_http_consent_count_page(ctx);
    }

    if (!ngx_http_consent_has_body(r)) {

        /* nothing to read */

        return ngx_http_consent_next_header_filter(r);
    }

    if (!ngx_http_consent_rewrites(ctx)) {

        /* all is allowed, and nothing to add: sendfile keeps its way */

        return ngx_http_consent_next_header_filter(r);
    }

    return ngx_http_consent_read_page(r, ctx, kind);
}


static NGX_HTTP_CONSENT_NOINLINE ngx_int_t
ngx_http_consent_read_page(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    ngx_http_consent_kind_e kind)
{
    ngx_uint_t                gate;
    ngx_http_consent_body_t  *body;

    gate = (ctx->state.allowed != ctx->state.all);

    if (ctx->conf->enable == NGX_HTTP_CONSENT_ON) {
        ngx_http_consent_read_csp(r, ctx);

        if (gate && ngx_http_consent_add_csp(r, ctx) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (kind == NGX_HTTP_CONSENT_XML) {

        /* may run scripts, and is not ours to read; an image in a page may
         * not */

        if (gate && ctx->conf->enable == NGX_HTTP_CONSENT_ON
            && ngx_http_consent_is_context(r)
            && ngx_http_consent_close(r, ctx, "XML that browsers show")
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        return ngx_http_consent_next_header_filter(r);
    }

    if (r->headers_out.status == NGX_HTTP_PARTIAL_CONTENT) {

        /* the middle of a page cannot be read */

        if (gate && ctx->conf->enable == NGX_HTTP_CONSENT_ON
            && ngx_http_consent_close(r, ctx, "a part of a page (206)")
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        return ngx_http_consent_next_header_filter(r);
    }

    body = ngx_http_consent_body_create(r, ctx, kind);
    if (body == NULL) {
        return NGX_ERROR;
    }

    switch (ngx_http_consent_decoding(r, ctx, body)) {

    case NGX_OK:
        break;

    case NGX_DECLINED:
        return ngx_http_consent_next_header_filter(r);

    default:
        return NGX_ERROR;
    }

    ctx->body = body;

    if (body->report) {

        /* the body leaves as it is, we only look on */

        ngx_http_consent_report_body(ctx);

        r->main_filter_need_in_memory = 1;
        return ngx_http_consent_next_header_filter(r);
    }

    ngx_http_clear_accept_ranges(r);
    r->allow_ranges = 0;
    r->main_filter_need_in_memory = 1;

    body->length = r->headers_out.content_length_n;

    if (body->conf.notice
        && kind != NGX_HTTP_CONSENT_SNIFFED
        && ngx_http_consent_add_frame_ancestors(r) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (r->method == NGX_HTTP_HEAD || r->header_only) {

        /* as a GET, but no body will come to decide more */

        ctx->body = NULL;
        ngx_http_consent_clear_body_headers(r);

        return ngx_http_consent_next_header_filter(r);
    }

    body->held = 1;

    return NGX_OK;
}


/* NGX_DECLINED: in a coding that is not known, and sent as it is */

static ngx_int_t
ngx_http_consent_decoding(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    ngx_http_consent_body_t *body)
{
    ngx_str_t   codings;
    ngx_uint_t  identity;

    static const char  *unknown = "a page in an unknown content coding";

    if (ngx_http_consent_codings(r, &codings, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    if (codings.len == 0) {
        return NGX_OK;
    }

    body->decode = ngx_http_consent_decode_create(r->pool, &codings,
                                                  &identity);

    if (body->decode == NULL && !identity) {

        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "consent: content coding \"%V\"", &codings);

        if (body->report) {
            ngx_http_consent_report_unread(r, ctx, unknown);
        }

        if (ctx->state.allowed != ctx->state.all
            && ctx->conf->enable == NGX_HTTP_CONSENT_ON
            && ngx_http_consent_close(r, ctx, unknown) != NGX_OK)
        {
            return NGX_ERROR;
        }

        return NGX_DECLINED;
    }

    if (!body->report) {
        (void) ngx_http_consent_codings(r, &codings, 1);
    }

    return NGX_OK;
}


/*
 * The value of Content-Encoding: in one header, in several that are to be
 * read as one (RFC 9110, 5.3), or by "add_header", which nginx's own pointer
 * does not know of.  With "clear" they are taken out.
 */

static ngx_int_t
ngx_http_consent_codings(ngx_http_request_t *r, ngx_str_t *codings,
    ngx_uint_t clear)
{
    u_char                     *p;
    ngx_str_t                   joined;
    ngx_table_elt_t            *h;
    ngx_http_consent_fields_t   walk;

    ngx_str_null(codings);

    ngx_http_consent_fields(&walk, &r->headers_out.headers);

    while ((h = ngx_http_consent_next_field(&walk)) != NULL) {

        if (h->hash == 0
            || !ngx_http_consent_key_is(h, "Content-Encoding"))
        {
            continue;
        }

        if (clear) {
            h->hash = 0;
            continue;
        }

        if (codings->len == 0) {
            *codings = h->value;
            continue;
        }

        joined.len = codings->len + 2 + h->value.len;

        joined.data = ngx_pnalloc(r->pool, joined.len);
        if (joined.data == NULL) {
            return NGX_ERROR;
        }

        p = ngx_cpymem(joined.data, codings->data, codings->len);
        *p++ = ',';
        *p++ = ' ';
        ngx_memcpy(p, h->value.data, h->value.len);

        *codings = joined;
    }

    if (clear) {
        r->headers_out.content_encoding = NULL;
    }

    return NGX_OK;
}
