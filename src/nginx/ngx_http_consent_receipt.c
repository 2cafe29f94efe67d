
/*
 * The consent record of this browser's own cookie, for its owner: the fields
 * of ISO/IEC TS 27560 as far as a web server knows them, in the terms of the
 * Data Privacy Vocabulary, as JSON-LD.
 *
 * Storage locations and jurisdictions are the operator's to know, not ours;
 * a field that is not known is left out and not made up.
 */

#include "ngx_http_consent_endpoint.h"


#define NGX_HTTP_CONSENT_RECEIPT_MAX  32768


/* a bounded writer: past the end it only says so */

typedef struct {
    u_char      *start;
    u_char      *p;
    u_char      *end;
    ngx_uint_t   full;
} ngx_http_consent_out_t;


static void ngx_http_consent_out(ngx_http_consent_out_t *o, const char *fmt,
    ...);
static void ngx_http_consent_out_string(ngx_http_consent_out_t *o,
    consent_str_t s);
static void ngx_http_consent_out_time(ngx_http_consent_out_t *o,
    const char *name, time_t t);
static void ngx_http_consent_receipt_head(ngx_http_consent_out_t *o,
    ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx);
static ngx_int_t ngx_http_consent_receipt_notice(ngx_http_consent_out_t *o,
    ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx, ngx_str_t *base);
static void ngx_http_consent_receipt_controller(ngx_http_consent_out_t *o,
    ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx);
static void ngx_http_consent_receipt_purpose(ngx_http_consent_out_t *o,
    ngx_http_consent_ctx_t *ctx, ngx_uint_t i, ngx_str_t *base);
static const char *ngx_http_consent_receipt_status(consent_record_t *rec,
    consent_mask_t mask);
static const char *ngx_http_consent_receipt_broader(ngx_uint_t category);


ngx_int_t
ngx_http_consent_receipt(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    ngx_str_t                       text, base;
    ngx_uint_t                      i, n;
    ngx_http_consent_out_t          o;
    ngx_http_consent_srv_conf_t    *cscf;
    ngx_http_consent_categories_t  *cats;

    if (!ctx->valid) {
        return ngx_http_consent_refuse(r, ctx, NGX_HTTP_NOT_FOUND,
                                       "This browser has no consent record "
                                       "here.");
    }

    cscf = ctx->conf->srv;
    cats = cscf->categories;

    o.start = ngx_pnalloc(r->pool, NGX_HTTP_CONSENT_RECEIPT_MAX);
    base.data = ngx_pnalloc(r->pool, sizeof("https://") - 1
                                     + r->headers_in.server.len
                                     + cscf->endpoint.len);

    if (o.start == NULL || base.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    base.len = ngx_sprintf(base.data, "%s://%V%V",
                           ngx_http_consent_is_tls(r) ? "https" : "http",
                           &r->headers_in.server, &cscf->endpoint)
               - base.data;

    o.p = o.start;
    o.end = o.start + NGX_HTTP_CONSENT_RECEIPT_MAX;
    o.full = 0;

    ngx_http_consent_receipt_head(&o, r, ctx);

    if (ngx_http_consent_receipt_notice(&o, r, ctx, &base) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_consent_receipt_controller(&o, r, ctx);

    ngx_http_consent_out(&o, ",\n  \"dpv:hasWithdrawalMethod\": \"%V\""
                         ",\n  \"dpv:hasRecipient\": "
                         "\"%Vvendors?format=json\""
                         ",\n  \"dpv:hasProcess\": [", &base, &base);

    n = 0;

    for (i = 1; i < cats->n; i++) {

        if (ctx->record.asked & consent_bit(i)) {
            ngx_http_consent_out(&o, n++ ? "," : "");
            ngx_http_consent_receipt_purpose(&o, ctx, i, &base);
        }
    }

    ngx_http_consent_out(&o, "\n  ]\n}\n");

    if (o.full) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    text.data = o.start;
    text.len = o.p - o.start;

    return ngx_http_consent_answer(r, ctx, NGX_HTTP_OK,
                                   NGX_HTTP_CONSENT_JSON_LD, &text);
}


/* ngx_slprintf() stops at the end: then the last byte is taken as lost */

static void
ngx_http_consent_out(ngx_http_consent_out_t *o, const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    o->p = ngx_vslprintf(o->p, o->end, fmt, args);
    va_end(args);

    if (o->p == o->end) {
        o->full = 1;
    }
}


/* RFC 8259 7; "<" for who puts it into a page */

static void
ngx_http_consent_out_string(ngx_http_consent_out_t *o, consent_str_t s)
{
    size_t  i;

    if ((size_t) (o->end - o->p) <= 6 * s.len + 2) {
        o->full = 1;
        return;
    }

    *o->p++ = '"';

    for (i = 0; i < s.len; i++) {

        if (s.data[i] < 0x20 || s.data[i] == '"' || s.data[i] == '\\'
            || s.data[i] == '<' || s.data[i] == 0x7f)
        {
            o->p = ngx_sprintf(o->p, "\\u%04xi", (ngx_int_t) s.data[i]);
            continue;
        }

        *o->p++ = s.data[i];
    }

    *o->p++ = '"';
}


static void
ngx_http_consent_out_time(ngx_http_consent_out_t *o, const char *name,
    time_t t)
{
    ngx_tm_t  tm;

    ngx_gmtime(t, &tm);

    ngx_http_consent_out(o, ",\n  \"%s\": "
                         "\"%4d-%02d-%02dT%02d:%02d:%02dZ\"", name,
                         tm.ngx_tm_year, tm.ngx_tm_mon, tm.ngx_tm_mday,
                         tm.ngx_tm_hour, tm.ngx_tm_min, tm.ngx_tm_sec);
}


/* of which kind, whose, from when until when */

static void
ngx_http_consent_receipt_head(ngx_http_consent_out_t *o,
    ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    ngx_str_t          id;
    consent_record_t  *rec;

    rec = &ctx->record;

    ngx_http_consent_out(o, "{\n  \"@context\": {\n"
                         "    \"dpv\": \"https://w3id.org/dpv#\",\n"
                         "    \"pd\": \"https://w3id.org/dpv/pd#\",\n"
                         "    \"dct\": \"http://purl.org/dc/terms/\",\n"
                         "    \"skos\": "
                         "\"http://www.w3.org/2004/02/skos/core#\",\n"
                         "    \"@vocab\": "
                         "\"https://w3id.org/dpv/schema/dpv-27560#\"\n  },\n"
                         "  \"@type\": \"dpv:ConsentReceipt\",\n"
                         "  \"dct:conformsTo\": "
                         "\"https://w3id.org/dpv/schema/dpv-27560#record\",\n"
                         "  \"schemaVersion\": \"ISO/IEC TS 27560:2023\"");

    /* a refusal has no id: it names nobody, and so does its receipt */

    id.data = (u_char *) rec->id;
    id.len = ngx_strlen(rec->id);

    if (id.len) {
        ngx_http_consent_out(o, ",\n  \"dpv:hasIdentifier\": \"%V\""
                             ",\n  \"dct:identifier\": \"%V\""
                             ",\n  \"dpv:hasDataSubject\": {\"@type\": "
                             "[\"dpv:DataSubject\"], \"dpv:hasIdentifier\": "
                             "\"%V\"}", &id, &id, &id);
    }

    ngx_http_consent_out_time(o, "dct:created", rec->time);
    ngx_http_consent_out_time(o, "dct:date", rec->time);
    ngx_http_consent_out_time(o, "dct:valid",
                              rec->time + ctx->conf->srv->cookie_max_age);

    ngx_http_consent_out(o, ",\n  \"mode\": \"%*s\",\n  \"gpc\": %s"
                         ",\n  \"dpv:hasLegalBasis\": \"%s\""
                         ",\n  \"dpv:hasConsentStatus\": \"%s\"",
                         consent_mode_names[ctx->state.mode].len,
                         consent_mode_names[ctx->state.mode].data,
                         ctx->state.gpc ? "true" : "false",
                         rec->acknowledged ? "dpv:LegalBasis" : "dpv:Consent",
                         ngx_http_consent_receipt_status(rec,
                                        ~consent_bit(CONSENT_NECESSARY)));
}


/*
 * The notice that was shown, in the language that this browser reads.  Of a
 * choice under an older revision it is not known any more: the ledger has it.
 */

static ngx_int_t
ngx_http_consent_receipt_notice(ngx_http_consent_out_t *o,
    ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx, ngx_str_t *base)
{
    int            lang;
    u_char         hash[NGX_HTTP_CONSENT_HASH_LEN];
    ngx_str_t      text;
    consent_str_t  tag;

    static consent_str_t  none = consent_null_string;

    ngx_http_consent_out(o, ",\n  \"noticeRevision\": \"%s\"",
                         ctx->record.revision);

    if (ngx_strlen(ctx->record.revision) != ctx->conf->revision.len
        || ngx_memcmp(ctx->record.revision, ctx->conf->revision.data,
                      ctx->conf->revision.len)
           != 0)
    {
        return NGX_OK;
    }

    lang = ngx_http_consent_language(r, ctx->conf, none);

    if (ngx_http_consent_notice_text(r, ctx->conf, lang, ctx->state.mode,
                                     ctx->state.gpc, &text, hash)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    tag = consent_ui_lang_tag(ctx->conf->ui, lang);

    ngx_http_consent_out(o, ",\n  \"dct:language\": ");
    ngx_http_consent_out_string(o, tag);
    ngx_http_consent_out(o, ",\n  \"dpv:hasNotice\": \"%Vnotice/%*s\"", base,
                         sizeof(hash), hash);

    return NGX_OK;
}


static void
ngx_http_consent_receipt_controller(ngx_http_consent_out_t *o,
    ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    ngx_http_consent_srv_conf_t  *cscf;

    cscf = ctx->conf->srv;

    ngx_http_consent_out(o, ",\n  \"dpv:hasDataController\": {\"@type\": "
                         "[\"dpv:DataController\"], \"dpv:hasName\": ");

    ngx_http_consent_out_string(o, ngx_http_consent_str(
                                       cscf->controller.len
                                       ? &cscf->controller
                                       : &r->headers_in.server));

    if (cscf->contact.len) {
        ngx_http_consent_out(o, ", \"dpv:hasContact\": ");
        ngx_http_consent_out_string(o, ngx_http_consent_str(&cscf->contact));
    }

    ngx_http_consent_out(o, "}");
}


static void
ngx_http_consent_receipt_purpose(ngx_http_consent_out_t *o,
    ngx_http_consent_ctx_t *ctx, ngx_uint_t i, ngx_str_t *base)
{
    ngx_http_consent_categories_t  *cats;

    cats = ctx->conf->srv->categories;

    ngx_http_consent_out(o, "\n    {\"@type\": [\"dpv:Process\"], "
                         "\"dpv:hasPurpose\": {\"@type\": [\"dpv:Purpose\"], "
                         "\"skos:broader\": \"%s\", \"skos:prefLabel\": ",
                         ngx_http_consent_receipt_broader(i));
    ngx_http_consent_out_string(o, cats->names[i]);

    if (cats->titles[i].len) {
        ngx_http_consent_out(o, ", \"skos:altLabel\": ");
        ngx_http_consent_out_string(o, cats->titles[i]);
    }

    if (cats->descriptions[i].len) {
        ngx_http_consent_out(o, ", \"skos:definition\": ");
        ngx_http_consent_out_string(o, cats->descriptions[i]);
    }

    ngx_http_consent_out(o, "},\n     \"dpv:hasPersonalData\": "
                         "[\"pd:IPAddress\", \"pd:DeviceBased\", "
                         "\"pd:BrowsingBehavior\"], "
                         "\"dpv:hasProcessing\": [\"dpv:Collect\", "
                         "\"dpv:Share\"%s],\n     \"dpv:hasRecipient\": ",
                         cats->flags[i] & CONSENT_CAT_OVERSEAS
                         ? ", \"dpv:Transfer\"" : "");

    if (cats->recipients[i].len) {
        ngx_http_consent_out_string(o, cats->recipients[i]);

    } else {
        ngx_http_consent_out(o, "\"%Vvendors?format=json\"", base);
    }

    ngx_http_consent_out(o, ",\n     \"dpv:hasConsentStatus\": \"%s\"}",
                         ngx_http_consent_receipt_status(&ctx->record,
                                                         consent_bit(i)));
}


static const char *
ngx_http_consent_receipt_status(consent_record_t *rec, consent_mask_t mask)
{
    if (rec->acknowledged) {
        return "dpv:ConsentUnknown";
    }

    return (rec->allowed & mask) ? "dpv:ConsentGiven" : "dpv:ConsentRefused";
}


static const char *
ngx_http_consent_receipt_broader(ngx_uint_t category)
{
    switch (category) {

    case CONSENT_FUNCTIONAL:
        return "dpv:ServicePersonalisation";

    case CONSENT_ANALYTICS:
        return "dpv:ServiceUsageAnalytics";

    case CONSENT_MARKETING:
        return "dpv:Marketing";

    default:
        return "dpv:Purpose";
    }
}
