
/*
 * What the endpoint's files share.
 *
 *     _endpoint.c          which resource, which method; small resources
 *     _endpoint_answer.c   building and sending an answer
 *     _endpoint_post.c     a choice
 *     _endpoint_origin.c   who may agree
 *     _endpoint_expire.c   cookies that go with a refusal
 *     _csp_report.c        what consent_csp would have stopped
 *     _endpoint_pages.c    preferences, vendors, frame, notice
 *     _receipt.c           the consent record as JSON-LD
 *     _notice.c            snapshots of the notice
 *     _ledger.c            the ledger's file, its lock
 */

#ifndef _NGX_HTTP_CONSENT_ENDPOINT_H_INCLUDED_
#define _NGX_HTTP_CONSENT_ENDPOINT_H_INCLUDED_


#include "ngx_http_consent_module.h"
#include "consent_form.h"
#include "consent_ledger.h"
#include "consent_ui.h"


#define NGX_HTTP_CONSENT_HASH_LEN  64

/* an answer's kind: which headers it goes with */

#define NGX_HTTP_CONSENT_TEXT      0
#define NGX_HTTP_CONSENT_PAGE      1     /* HTML of ours */
#define NGX_HTTP_CONSENT_JSON      2
#define NGX_HTTP_CONSENT_JSON_LD   3
#define NGX_HTTP_CONSENT_SNAPSHOT  4     /* HTML, nothing in it works */


/* sends a body; ctx->state goes out as Consent-State */

ngx_int_t ngx_http_consent_answer(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_uint_t status, ngx_uint_t kind,
    ngx_str_t *body);

/* a short text that says why; no cookie */

ngx_int_t ngx_http_consent_refuse(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_uint_t status, const char *why);

/* 405 */

ngx_int_t ngx_http_consent_not_allowed(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, const char *allow);

/* 303 to a path of this site, never made absolute by nginx */

ngx_int_t ngx_http_consent_see_other(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, consent_str_t location);

/* the headers before, the body's way after */

ngx_int_t ngx_http_consent_send(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *type, ngx_str_t *body);

/* 1 if the client wants JSON rather than a page */

ngx_uint_t ngx_http_consent_wants_json(ngx_http_request_t *r);

/* body of an answer as the state says it */

ngx_int_t ngx_http_consent_state_text(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_str_t *text);


/* _post.c: a POST of a choice.  Takes the request over: the caller returns
 * what it returns */

ngx_int_t ngx_http_consent_post(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);


/* _csp_report.c: the same */

ngx_int_t ngx_http_consent_csp_report(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);


#define ngx_http_consent_value_is(h, text)                                   \
    ((h)->value.len == sizeof(text) - 1                                      \
     && ngx_strncasecmp((h)->value.data, (u_char *) text, sizeof(text) - 1)  \
        == 0)

/* _endpoint_origin.c: why this request cannot agree; NULL: it can */

const char *ngx_http_consent_post_why_not(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);

/* it cannot, but may be led to where it is asked again */

ngx_uint_t ngx_http_consent_post_upgraded(ngx_http_request_t *r);


/* _endpoint_expire.c */

ngx_int_t ngx_http_consent_expire_cookies(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);


/* _endpoint_pages.c */

ngx_int_t ngx_http_consent_preferences(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
ngx_int_t ngx_http_consent_vendors(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
ngx_int_t ngx_http_consent_frame(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
ngx_int_t ngx_http_consent_failed(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);

/* ctx of the renderer for this request; ret from Referer, if that is a page
 * of this site */

ngx_int_t ngx_http_consent_ui_ctx(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, consent_ui_ctx_t *uc);

/* walks who is behind the categories; full: the built-in catalog, too */

ngx_int_t ngx_http_consent_walk_vendors(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_uint_t full,
    consent_ui_vendors_t *vendors);


/* _receipt.c */

ngx_int_t ngx_http_consent_receipt(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);


/*
 * _notice.c.  The notice as the visitor met it before choosing, by language,
 * mode and signal; hash is 64 hexadecimal digits.
 */

ngx_int_t ngx_http_consent_notice_text(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, int lang, consent_mode_e mode,
    ngx_uint_t gpc, ngx_str_t *text, u_char *hash);

ngx_int_t ngx_http_consent_notice(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_str_t *hash);


/*
 * _ledger.c
 */

/* NGX_OK: the line is on disk.  NGX_ERROR: it is not, and that is logged */
ngx_int_t ngx_http_consent_ledger_write(ngx_http_request_t *r,
    ngx_http_consent_srv_conf_t *conf, consent_ledger_event_t *ev,
    ngx_str_t *notice);

/* what the ledger has of this browser's id, for the preference page */
void ngx_http_consent_ledger_history(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, consent_ui_ctx_t *uc);

/* a snapshot kept beside the ledger; NGX_DECLINED: there is none */
ngx_int_t ngx_http_consent_ledger_snapshot(ngx_http_request_t *r,
    ngx_http_consent_srv_conf_t *conf, ngx_str_t *hash, ngx_str_t *text);


#endif /* _NGX_HTTP_CONSENT_ENDPOINT_H_INCLUDED_ */
