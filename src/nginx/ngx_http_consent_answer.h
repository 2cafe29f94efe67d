
/*
 * What the files that make an answer call in each other.
 */

#ifndef _NGX_HTTP_CONSENT_ANSWER_H_INCLUDED_
#define _NGX_HTTP_CONSENT_ANSWER_H_INCLUDED_


/*
 * _page.c
 */

typedef enum {
    NGX_HTTP_CONSENT_OTHER = 0,
    NGX_HTTP_CONSENT_HTML,
    NGX_HTTP_CONSENT_XHTML,                    /* and is in consent_types */
    NGX_HTTP_CONSENT_XML,                      /* can run scripts, we cannot
                                                  read it */
    NGX_HTTP_CONSENT_SNIFFED                   /* browsers look at the body */
} ngx_http_consent_kind_e;

/* of a type that is not remembered */
ngx_http_consent_kind_e ngx_http_consent_new_kind(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf);

/* the place where a type of 8 bytes and more is remembered */

#define ngx_http_consent_type_place(conf, type)                              \
    (&(conf)->known[((type)->len ^ (type)->data[(type)->len - 1])            \
                    % NGX_HTTP_CONSENT_TYPES])

/* 1: it is known to be of a type that is nothing to us; one comparison tells
 * length and kind, as this kind is 0 */

static ngx_inline ngx_uint_t
ngx_http_consent_is_other(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf)
{
    ngx_str_t                *type;
    ngx_http_consent_type_t  *t;

    type = &r->headers_out.content_type;

    if (type->len < 8) {
        return 0;
    }

    t = ngx_http_consent_type_place(conf, type);

    return t->key == type->len
           && ngx_http_consent_same_text(t->type, type->data, type->len);
}


static ngx_inline ngx_http_consent_kind_e
ngx_http_consent_kind(ngx_http_request_t *r, ngx_http_consent_loc_conf_t *conf)
{
    ngx_str_t                *type;
    ngx_http_consent_type_t  *t;

    type = &r->headers_out.content_type;

    if (type->len >= 8) {
        t = ngx_http_consent_type_place(conf, type);

        if ((uint32_t) t->key == type->len
            && ngx_http_consent_same_text(t->type, type->data, type->len))
        {
            return (ngx_http_consent_kind_e) (t->key >> 32);
        }
    }

    return ngx_http_consent_new_kind(r, conf);
}

ngx_str_t ngx_http_consent_charset(ngx_http_request_t *r);
ngx_uint_t ngx_http_consent_is_document(ngx_http_request_t *r);
ngx_uint_t ngx_http_consent_is_context(ngx_http_request_t *r);
ngx_uint_t ngx_http_consent_is_navigation(ngx_http_request_t *r);
consent_type_e ngx_http_consent_request_type(ngx_http_request_t *r);


/*
 * _host.c
 */

ngx_str_t ngx_http_consent_host(ngx_http_request_t *r);
ngx_int_t ngx_http_consent_page_url(ngx_http_request_t *r,
    consent_url_t *url);
consent_str_t ngx_http_consent_page_origin(ngx_http_request_t *r,
    ngx_http_consent_srv_conf_t *conf, consent_url_t *url);

/* in _guard.c's words; see there */
consent_str_t ngx_http_consent_page_site(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, consent_url_t *url);


/*
 * _validators.c
 */

#define NGX_HTTP_CONSENT_VARIANT_LEN     16

void ngx_http_consent_variant(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, u_char *buf);
ngx_int_t ngx_http_consent_hide_validators(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_uint_t context);
ngx_int_t ngx_http_consent_hide_if_match(ngx_http_request_t *r);
ngx_int_t ngx_http_consent_hide_range(ngx_http_request_t *r);
ngx_int_t ngx_http_consent_unlink_header(ngx_http_request_t *r,
    ngx_table_elt_t *h);
ngx_int_t ngx_http_consent_mark_etag(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
void ngx_http_consent_own_validators(ngx_http_request_t *r);


/*
 * _csp.c
 */

void ngx_http_consent_read_csp(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
ngx_int_t ngx_http_consent_close(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, const char *why);
ngx_int_t ngx_http_consent_add_csp(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
ngx_int_t ngx_http_consent_add_worker_csp(ngx_http_request_t *r);
ngx_int_t ngx_http_consent_add_frame_ancestors(ngx_http_request_t *r);


/*
 * Does anything go into a page, or come out of it?  Once everything is
 * allowed, only the links (and what comes with them) are left.
 */

static ngx_inline ngx_uint_t
ngx_http_consent_rewrites(ngx_http_consent_ctx_t *ctx)
{
    return ctx->state.allowed != ctx->state.all || ctx->conf->adds
           || (ctx->state.ask && ctx->conf->asks);
}


/*
 * _headers.c
 */

/* adds a response header; value must live as long as the request */
ngx_table_elt_t *ngx_http_consent_push_header(ngx_http_request_t *r,
    const char *key, size_t len, ngx_str_t *value);

#define ngx_http_consent_add_header(r, key, value)                           \
    ngx_http_consent_push_header(r, key, ngx_strlen(key), value)

/* Consent-State from the context's state; the endpoint calls it too, after
 * it has changed the state */
ngx_int_t ngx_http_consent_add_state(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);

/* Consent-State, Link, Vary and Cache-Control */
ngx_int_t ngx_http_consent_page_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);

#define ngx_http_consent_key_is(h, name)                                     \
    ((h)->key.len == sizeof(name) - 1                                        \
     && ngx_http_consent_same_name((h)->key.data, (u_char *) name,           \
                                   sizeof(name) - 1))


/* takes out what is not allowed now; also of 103 Early Hints */
ngx_int_t ngx_http_consent_clean_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);

int ngx_http_consent_cookie_category(ngx_http_consent_loc_conf_t *conf,
    consent_str_t name);
ngx_uint_t ngx_http_consent_cookie_denied(ngx_http_consent_ctx_t *ctx,
    consent_str_t name);


/*
 * _endpoint.c: a content handler.  ctx->uri is the path as asked; for
 * ctx->gpc_json it is /.well-known/gpc.json.
 */

ngx_int_t ngx_http_consent_endpoint_handler(ngx_http_request_t *r);


/*
 * _zone.c: counters and the inventory, in shared memory.  Where there is no
 * consent_zone each of these tests one pointer and returns.
 */

typedef enum {
    NGX_HTTP_CONSENT_N_LIMIT = 0,      /* a bound was hit: closed */
    NGX_HTTP_CONSENT_N_UNDECODABLE,    /* answers that could not be read */
    NGX_HTTP_CONSENT_N_LEDGER_ERROR,   /* lines that were not written */
    NGX_HTTP_CONSENT_N_MAX
} ngx_http_consent_counter_e;

char *ngx_http_consent_zone_add(ngx_conf_t *cf,
    ngx_http_consent_main_conf_t *mcf);

void ngx_http_consent_count(ngx_http_consent_main_conf_t *mcf,
    ngx_http_consent_counter_e n);

/* once for each page, on or report, by the main header filter; ctx must be
 * decided */
void ngx_http_consent_count_page(ngx_http_consent_ctx_t *ctx);

/* for each finding of the rewriter, also of a page in report, and for what is
 * taken out of headers (element, attribute and offset are not read).  One by
 * CONSENT_SOURCE_LIMIT counts as NGX_HTTP_CONSENT_N_LIMIT, too */
void ngx_http_consent_count_found(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, const consent_finding_t *f);

/* for each response cookie that is removed, or in report would be */
void ngx_http_consent_count_csp(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, const consent_url_t *url,
    consent_type_e type, const consent_verdict_t *v, consent_str_t page);
void ngx_http_consent_count_cookie(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, ngx_str_t *name, int category);

/* for each choice that was recorded: consent_state_choose()'s event */
void ngx_http_consent_count_choice(ngx_http_consent_main_conf_t *mcf,
    consent_str_t event);

/* for each answer of the endpoint with a status of 400 or more */
void ngx_http_consent_count_refusal(ngx_http_consent_main_conf_t *mcf,
    ngx_uint_t status);


/*
 * _report.c: consent report.
 */

/* the headers as under "on", counted and put back as they were */
ngx_int_t ngx_http_consent_report_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_uint_t *headers, ngx_uint_t *cookies);

/* the same, and Consent-Report */
ngx_int_t ngx_http_consent_report(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);

/* the body will be read; before the header leaves */
void ngx_http_consent_report_body(ngx_http_consent_ctx_t *ctx);

/* a page that could not be read, and under "on" would be closed */
void ngx_http_consent_report_unread(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, const char *what);

void ngx_http_consent_report_found(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, const consent_finding_t *f);


/*
 * _status.c: consent_status.
 */

ngx_int_t ngx_http_consent_status_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CONSENT_ANSWER_H_INCLUDED_ */
