
/*
 * The consent record of this browser's own cookie, for its owner: the fields
 * of ISO/IEC TS 27560 in the terms of the Data Privacy Vocabulary.
 */

#include "ngx_http_consent_endpoint.h"


static u_char *ngx_http_consent_receipt_text(u_char *p, u_char *end,
    ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx, u_char *notice);
static u_char *ngx_http_consent_json_string(u_char *p, u_char *end,
    consent_str_t s);
static u_char *ngx_http_consent_json_member(u_char *p, u_char *end,
    const char *name, consent_str_t s);
static u_char *ngx_http_consent_json_time(u_char *p, u_char *end,
    const char *name, time_t t);
static const char *ngx_http_consent_receipt_status(
    ngx_http_consent_ctx_t *ctx);


#define NGX_HTTP_CONSENT_RECEIPT_MAX  16384


ngx_int_t
ngx_http_consent_receipt(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    int         lang;
    u_char     *p, notice[NGX_HTTP_CONSENT_HASH_LEN];
    ngx_str_t   text;

    static consent_str_t  none = consent_null_string;

    if (!ctx->valid) {
        return ngx_http_consent_refuse(r, ctx, NGX_HTTP_NOT_FOUND,
                                       "This browser has no consent record "
                                       "here.");
    }

    lang = ngx_http_consent_language(r, ctx->conf, none);

    if (ngx_http_consent_notice_text(r, ctx->conf, lang, ctx->state.mode,
                                     ctx->state.gpc, &text, notice)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    text.data = ngx_pnalloc(r->pool, NGX_HTTP_CONSENT_RECEIPT_MAX);
    if (text.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    p = ngx_http_consent_receipt_text(text.data,
                                      text.data + NGX_HTTP_CONSENT_RECEIPT_MAX,
                                      r, ctx, notice);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    text.len = p - text.data;

    return ngx_http_consent_answer(r, ctx, NGX_HTTP_OK,
                                   NGX_HTTP_CONSENT_JSON_LD, &text);
}


static const char *
ngx_http_consent_receipt_status(ngx_http_consent_ctx_t *ctx)
{
    if (ctx->record.acknowledged) {
        return "dpv:ConsentUnknown";
    }

    return (ctx->record.allowed & ~consent_bit(CONSENT_NECESSARY))
           ? "dpv:ConsentGiven" : "dpv:ConsentRefused";
}


static u_char *
ngx_http_consent_json_string(u_char *p, u_char *end, consent_str_t s)
{
    size_t  i;

    if (p == NULL || (size_t) (end - p) < 6 * s.len + 2) {
        return NULL;
    }

    *p++ = '"';

    for (i = 0; i < s.len; i++) {

        if (s.data[i] < 0x20 || s.data[i] == '"' || s.data[i] == '\\'
            || s.data[i] == '<' || s.data[i] == 0x7f)
        {
            p = ngx_sprintf(p, "\\u%04xi", (ngx_int_t) s.data[i]);
            continue;
        }

        *p++ = s.data[i];
    }

    *p++ = '"';

    return p;
}


static u_char *
ngx_http_consent_json_member(u_char *p, u_char *end, const char *name,
    consent_str_t s)
{
    if (p == NULL || (size_t) (end - p) < ngx_strlen(name) + 8) {
        return NULL;
    }

    p = ngx_sprintf(p, ",\n  \"%s\": ", name);

    return ngx_http_consent_json_string(p, end, s);
}


static u_char *
ngx_http_consent_json_time(u_char *p, u_char *end, const char *name,
    time_t t)
{
    ngx_tm_t  tm;

    if (p == NULL || (size_t) (end - p) < ngx_strlen(name) + 40) {
        return NULL;
    }

    ngx_gmtime(t, &tm);

    return ngx_sprintf(p, ",\n  \"%s\": \"%4d-%02d-%02dT%02d:%02d:%02dZ\"",
                       name, tm.ngx_tm_year, tm.ngx_tm_mon, tm.ngx_tm_mday,
                       tm.ngx_tm_hour, tm.ngx_tm_min, tm.ngx_tm_sec);
}


static u_char *
ngx_http_consent_receipt_text(u_char *p, u_char *end, ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, u_char *notice)
{
    ngx_uint_t                      i, first;
    const char                     *scheme;
    consent_str_t                   s;
    consent_record_t               *rec;
    ngx_http_consent_srv_conf_t    *cscf;
    ngx_http_consent_categories_t  *cats;

    rec = &ctx->record;
    cscf = ctx->conf->srv;
    cats = cscf->categories;
    scheme = ngx_http_consent_is_tls(r) ? "https" : "http";

    p = ngx_snprintf(p, end - p,
                     "{\n  \"@context\": {\n"
                     "    \"dpv\": \"https://w3id.org/dpv#\",\n"
                     "    \"dct\": \"http://purl.org/dc/terms/\"\n  },\n"
                     "  \"@type\": \"dpv:ConsentReceipt\",\n"
                     "  \"dct:conformsTo\": "
                     "\"https://w3id.org/dpv/schema/dpv-27560#receipt\",\n"
                     "  \"schemaVersion\": \"ISO/IEC TS 27560:2023\",\n"
                     "  \"dpv:hasConsentStatus\": \"%s\",\n"
                     "  \"dpv:hasLegalBasis\": \"%s\",\n"
                     "  \"dpv:hasNotice\": \"%s://%V%Vnotice/%*s\",\n"
                     "  \"dpv:hasWithdrawalMethod\": \"%s://%V%V\"",
                     ngx_http_consent_receipt_status(ctx),
                     rec->acknowledged ? "dpv:LegalBasis" : "dpv:Consent",
                     scheme, &r->headers_in.server, &cscf->endpoint,
                     (size_t) NGX_HTTP_CONSENT_HASH_LEN, notice,
                     scheme, &r->headers_in.server, &cscf->endpoint);

    /* a refusal has no id: it names nobody, and so does its receipt */

    s.data = (u_char *) rec->id;
    s.len = ngx_strlen(rec->id);

    if (s.len) {
        p = ngx_http_consent_json_member(p, end, "dct:identifier", s);
        p = ngx_http_consent_json_member(p, end, "dpv:hasDataSubject", s);
    }

    p = ngx_http_consent_json_time(p, end, "dct:date", rec->time);
    p = ngx_http_consent_json_time(p, end, "dct:valid",
                                   rec->time + cscf->cookie_max_age);

    s.data = (u_char *) rec->revision;
    s.len = ngx_strlen(rec->revision);
    p = ngx_http_consent_json_member(p, end, "noticeRevision", s);

    p = ngx_http_consent_json_member(p, end, "mode",
                                     consent_mode_names[ctx->state.mode]);

    if (p == NULL || end - p < 512) {
        return NULL;
    }

    p = ngx_sprintf(p, ",\n  \"dpv:hasDataController\": {\"@type\": "
                    "\"dpv:DataController\", \"dpv:hasName\": ");
    s = ngx_http_consent_str(cscf->controller.len ? &cscf->controller
                                                  : &r->headers_in.server);
    p = ngx_http_consent_json_string(p, end, s);

    if (cscf->contact.len && p && end - p > 64) {
        p = ngx_sprintf(p, ", \"dpv:hasContact\": ");
        p = ngx_http_consent_json_string(p, end,
                                         ngx_http_consent_str(&cscf->contact));
    }

    if (p == NULL || end - p < 512) {
        return NULL;
    }

    p = ngx_sprintf(p, "},\n  \"dpv:hasRecipient\": \"%s://%V%Vvendors?"
                    "format=json\",\n  \"dpv:hasProcess\": [",
                    scheme, &r->headers_in.server, &cscf->endpoint);

    first = 1;

    for (i = 1; i < cats->n; i++) {

        if (!(rec->asked & consent_bit(i))) {
            continue;
        }

        if (p == NULL || end - p < 256) {
            return NULL;
        }

        p = ngx_sprintf(p, "%s\n    {\"dpv:hasPurpose\": ", first ? "" : ",");
        first = 0;

        p = ngx_http_consent_json_string(p, end, cats->names[i]);
        if (p == NULL || end - p < 256) {
            return NULL;
        }

        p = ngx_sprintf(p, ", \"dpv:hasConsentStatus\": \"%s\"}",
                        rec->acknowledged ? "dpv:ConsentUnknown"
                        : rec->allowed & consent_bit(i)
                        ? "dpv:ConsentGiven" : "dpv:ConsentRefused");
    }

    return ngx_cpymem(p, "\n  ]\n}\n", sizeof("\n  ]\n}\n") - 1);
}
