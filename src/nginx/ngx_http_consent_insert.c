
/*
 * What the rewriter asks for while it reads a page: what to put in, and who
 * wants to know what was found.
 */

#include "ngx_http_consent_module.h"
#include "ngx_http_consent_body.h"
#include "consent_stubs.h"


#define NGX_HTTP_CONSENT_STUBS_MAX  512


typedef size_t (*ngx_http_consent_render_pt)(consent_u8 *dst,
    const consent_ui_t *ui, const consent_ui_ctx_t *ctx);


static ngx_int_t ngx_http_consent_ui_ctx(ngx_http_consent_body_t *body,
    const consent_insert_t *in, consent_ui_ctx_t *ui);


consent_str_t
ngx_http_consent_insert(void *arg, const consent_insert_t *in)
{
    ngx_http_consent_body_t *body = arg;

    size_t                        n;
    u_char                       *p;
    consent_str_t                 s = consent_null_string;
    consent_ui_ctx_t              ui;
    ngx_http_consent_ctx_t       *ctx;
    ngx_http_consent_loc_conf_t  *conf;
    ngx_http_consent_render_pt    render;

    ctx = body->ctx;
    conf = ctx->conf;

    switch (in->place) {

    case CONSENT_PLACE_HEAD:

        /* with all of it off, pages are gated and otherwise left alone */

        if (!conf->banner && !conf->guard && !conf->google
            && conf->links_place == NGX_HTTP_CONSENT_LINKS_OFF)
        {
            return s;
        }

        render = body->conf.document ? consent_ui_head : consent_ui_head_frame;
        break;

    case CONSENT_PLACE_BANNER:
        if (!conf->banner || !ctx->state.ask || !body->conf.document) {
            return s;
        }

        render = consent_ui_notice;
        break;

    case CONSENT_PLACE_LINKS:
        if (conf->links_place == NGX_HTTP_CONSENT_LINKS_OFF
            || !body->conf.document)
        {
            return s;
        }

        render = consent_ui_links;
        break;

    default: /* CONSENT_PLACE_STUB */
        render = consent_ui_stub;
    }

    if (ngx_http_consent_ui_ctx(body, in, &ui) != NGX_OK) {
        return s;
    }

    n = render(NULL, conf->ui, &ui);

    if (n == 0) {
        return s;
    }

    p = ngx_pnalloc(body->request->pool, n);
    if (p == NULL) {
        return s;
    }

    s.data = p;
    s.len = render(p, conf->ui, &ui);

    return s;
}


static ngx_int_t
ngx_http_consent_ui_ctx(ngx_http_consent_body_t *body,
    const consent_insert_t *in, consent_ui_ctx_t *ui)
{
    u_char                         *p;
    ngx_str_t                       uri;
    ngx_http_request_t             *r;
    ngx_http_consent_ctx_t         *ctx;
    ngx_http_consent_loc_conf_t    *conf;
    ngx_http_consent_categories_t  *cats;
    consent_str_t                   none = consent_null_string;

    r = body->request;
    ctx = body->ctx;
    conf = ctx->conf;
    cats = conf->srv->categories;

    ngx_memzero(ui, sizeof(consent_ui_ctx_t));

    p = ngx_pnalloc(r->pool, CONSENT_STATE_HEADER_MAX);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ui->lang = ngx_http_consent_language(r, conf, in->lang);
    ui->state = &ctx->state;
    ui->state_json.len = consent_state_json(&ctx->state, cats->names, cats->n,
                                          ngx_http_consent_str(&conf->revision),
                                          none, p);
    ui->state_json.data = p;

    /* path and query as the browser has them, for the way back */

    uri = r->unparsed_uri;

    if (uri.len && uri.data[0] == '/') {
        ui->ret = ngx_http_consent_str(&uri);
    }

    if (in->stubs) {
        p = ngx_pnalloc(r->pool, NGX_HTTP_CONSENT_STUBS_MAX);
        if (p == NULL) {
            return NGX_ERROR;
        }

        ui->stubs.len = consent_stubs_names(in->stubs, p,
                                            NGX_HTTP_CONSENT_STUBS_MAX);
        ui->stubs.data = p;
    }

    ui->site = consent_url_site(ctx->url->host);

    if (ui->site.len == ctx->url->host.len) {
        ui->site.len = 0;
    }

    ui->nonce = in->nonce.len ? in->nonce : ngx_http_consent_str(&ctx->nonce);
    ui->gated = (ctx->state.allowed != ctx->state.all);
    ui->inline_css = !ctx->policy && conf->csp == NGX_HTTP_CONSENT_CSP_OFF;
    ui->no_css = ctx->no_style;

    return NGX_OK;
}


void
ngx_http_consent_found(void *arg, const consent_finding_t *f)
{
    ngx_http_consent_body_t *body = arg;

    ngx_http_consent_count_found(body->request, body->ctx->conf, f);

    if (!f->blocked) {
        return;
    }

    body->ctx->blocked++;

    if (body->report) {
        ngx_http_consent_report_found(body->request, body->ctx->conf, f);
    }

    ngx_log_debug5(NGX_LOG_DEBUG_HTTP, body->request->connection->log, 0,
                   "consent: <%*s> at %uL by \"%*s\"",
                   f->element.len, f->element.data, f->offset,
                   f->verdict.rule.len, f->verdict.rule.data);
}
