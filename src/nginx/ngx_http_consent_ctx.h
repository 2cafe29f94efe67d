
/*
 * What is known of a request: its context, and the state that a visitor is in.
 */

#ifndef _NGX_HTTP_CONSENT_CTX_H_INCLUDED_
#define _NGX_HTTP_CONSENT_CTX_H_INCLUDED_


/*
 * Of r->main.  It may be gone and made again when nginx redirects a request
 * internally: nothing here cannot be had a second time, but for "blocked".
 */

typedef struct {
    ngx_http_consent_loc_conf_t   *conf;       /* state was decided by it */
    consent_state_t                state;
    consent_record_t               record;

    /* bytes, as most requests set them */

    u_char                         decided;
    u_char                         read;       /* cookie was looked at */
    u_char                         valid;      /* and record is good */
    u_char                         heard;      /* signal is known */
    u_char                         signal;     /* Sec-GPC: 1 */
    u_char                         shared;     /* the same for everyone */
    u_char                         html;       /* early filter: is a page */
    u_char                         rewrite;    /* and goes through us */

    unsigned                       endpoint:1; /* request is the endpoint's */
    unsigned                       gpc_json:1; /* is /.well-known/gpc.json */

    unsigned                       asked:1;    /* whether it may be a */
    unsigned                       document:1; /* document: it may */

    unsigned                       marked:1;   /* variant is in the ETag */
    unsigned                       revalidated:1;
                                               /* upstream was asked with
                                                  validators of this variant */
    unsigned                       hidden:1;   /* validators were hidden from
                                                  the upstream */
    unsigned                       hidden_inm:1;
    unsigned                       hidden_ims:1;

    unsigned                       undecodable:1;
    unsigned                       policy:1;   /* response has a CSP */
    unsigned                       no_inline_style:1;
    unsigned                       no_style:1;

    ngx_uint_t                     kind;       /* of "type", for both header
                                                  filters */
    ngx_str_t                      type;

    ngx_str_t                      uri;        /* endpoint: as it was asked */
    ngx_str_t                      nonce;      /* of the response's CSP */
    ngx_uint_t                     blocked;    /* elements made inert */
    u_char                        *report_body;    /* in Consent-Report */

    consent_url_t                 *url;        /* the page's own */
    ngx_http_consent_body_t       *body;
} ngx_http_consent_ctx_t;


/*
 * _state.c.  The request's state, decided at the first call and kept; works
 * in every phase, for subrequests too (they share their main request's).
 * NULL: no memory.
 */

ngx_http_consent_ctx_t *ngx_http_consent_decide_anew(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_loc_conf_t *conf);

/* of a main request, with its context (NULL if there is none yet) and its
 * location's configuration */

static ngx_inline ngx_http_consent_ctx_t *
ngx_http_consent_decide_main(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_loc_conf_t *conf)
{
    if (ctx && ctx->decided && ctx->conf == conf) {
        return ctx;
    }

    return ngx_http_consent_decide_anew(r, ctx, conf);
}


static ngx_inline ngx_http_consent_ctx_t *
ngx_http_consent_decide(ngx_http_request_t *r)
{
    return ngx_http_consent_decide_main(r->main,
               ngx_http_get_module_ctx(r->main, ngx_http_consent_module),
               ngx_http_get_module_loc_conf(r->main,
                                            ngx_http_consent_module));
}


/* the context alone, made if there is none; state may be undecided */
ngx_http_consent_ctx_t *ngx_http_consent_get_ctx(ngx_http_request_t *r);

/* fills what consent_cookie_format() and _parse() want for this request;
 * cc->cookie_name has its "__Host-" where it should */
ngx_int_t ngx_http_consent_cookie_conf(ngx_http_request_t *r,
    consent_cookie_conf_t *cc);

/* 1 if the visitor's connection to us is TLS */
ngx_uint_t ngx_http_consent_is_tls(ngx_http_request_t *r);

/* the first request header of that name (lower case), or NULL */
ngx_table_elt_t *ngx_http_consent_request_header(ngx_http_request_t *r,
    const char *name, size_t len);

#define ngx_http_consent_header_in(r, name)                                  \
    ngx_http_consent_request_header(r, name, sizeof(name) - 1)

/* Sec-Purpose, Purpose or X-Moz: nobody is looking yet */
ngx_uint_t ngx_http_consent_is_prefetch(ngx_http_request_t *r);

/* _language.c: the language's number for consent_ui, of consent_language, or of
 * the page's own <html lang>, else of Accept-Language, else English */
int ngx_http_consent_language(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, consent_str_t page);

/* of r->main's location; for the endpoint, of the first that is on */
ngx_http_consent_loc_conf_t *ngx_http_consent_get_conf(ngx_http_request_t *r);


#endif /* _NGX_HTTP_CONSENT_CTX_H_INCLUDED_ */
