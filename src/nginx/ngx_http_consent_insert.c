
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


/*
 * What is put in is the same for most pages: it is rendered once for each
 * language and state and kept as long as the configuration.  What is kept is
 * never written again, so that answers under way may point at it; when all
 * places are taken the others are rendered each time.
 */

#define NGX_HTTP_CONSENT_KEPT      64
#define NGX_HTTP_CONSENT_SITE_MAX  64

/* stands for the way back, which is each page's own */

#define NGX_HTTP_CONSENT_BACK      "/consent-back-to-this-page"
#define NGX_HTTP_CONSENT_BACK_LEN  (sizeof(NGX_HTTP_CONSENT_BACK) - 1)

typedef struct {
    ngx_http_consent_render_pt     render;
    ngx_http_consent_loc_conf_t   *conf;
    consent_mask_t                 allowed;
    uint32_t                       stubs;
    int                            lang;
    u_char                         basis;
    u_char                         mode;
    u_char                         flags;
    u_char                         site_len;
    u_char                         site[NGX_HTTP_CONSENT_SITE_MAX];
} ngx_http_consent_key_t;

typedef struct {
    ngx_http_consent_key_t         key;
    ngx_str_t                      text;
    size_t                         back;       /* where the way back goes;
                                                  0: nowhere */
} ngx_http_consent_kept_t;

struct ngx_http_consent_kept_s {
    ngx_http_consent_kept_t        elts[NGX_HTTP_CONSENT_KEPT];
};


static void ngx_http_consent_ui_ctx(ngx_http_consent_body_t *body,
    const consent_insert_t *in, consent_ui_ctx_t *ui);
static ngx_int_t ngx_http_consent_ui_texts(ngx_http_consent_body_t *body,
    const consent_insert_t *in, consent_ui_ctx_t *ui);
static ngx_int_t ngx_http_consent_render(ngx_http_consent_body_t *body,
    ngx_pool_t *pool, ngx_http_consent_render_pt render,
    const consent_insert_t *in, consent_ui_ctx_t *ui, ngx_str_t *text);
static ngx_http_consent_kept_t *ngx_http_consent_kept(
    ngx_http_consent_body_t *body, ngx_http_consent_render_pt render,
    const consent_insert_t *in, consent_ui_ctx_t *ui);
static ngx_http_consent_kept_t *ngx_http_consent_kept_place(
    struct ngx_http_consent_kept_s *kept, ngx_http_consent_key_t *key);
static ngx_uint_t ngx_http_consent_plain(consent_str_t s);


consent_str_t
ngx_http_consent_insert(void *arg, const consent_insert_t *in)
{
    ngx_http_consent_body_t *body = arg;

    ngx_str_t                     text;
    consent_str_t                 s = consent_null_string;
    consent_ui_ctx_t              ui;
    ngx_http_consent_ctx_t       *ctx;
    ngx_http_consent_kept_t      *kept;
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
        if (!body->conf.notice) {
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

    case CONSENT_PLACE_FRAME:
        if (!conf->guard) {
            return s;
        }

        render = consent_ui_srcdoc;
        break;

    default: /* CONSENT_PLACE_STUB */

        /* what a withheld script is for is the catalog's to know */

        if (!ctx->conf->catalog) {
            return s;
        }

        render = consent_ui_stub;
    }

    ngx_http_consent_ui_ctx(body, in, &ui);

    kept = ngx_http_consent_kept(body, render, in, &ui);

    if (kept
        && ngx_http_consent_body_inserted(body, &kept->text, kept->back,
                                          kept->back ? NGX_HTTP_CONSENT_BACK_LEN
                                                     : 0,
                                          ui.ret)
           == NGX_OK)
    {
        return ngx_http_consent_str(&kept->text);
    }

    if (ngx_http_consent_render(body, body->request->pool, render, in, &ui,
                                &text)
        != NGX_OK)
    {
        return s;
    }

    /* where there is no room for this, it is copied */

    (void) ngx_http_consent_body_inserted(body, &text, 0, 0, s);

    return ngx_http_consent_str(&text);
}


static ngx_int_t
ngx_http_consent_render(ngx_http_consent_body_t *body, ngx_pool_t *pool,
    ngx_http_consent_render_pt render, const consent_insert_t *in,
    consent_ui_ctx_t *ui, ngx_str_t *text)
{
    u_char                         *p;
    ngx_http_request_t             *r;
    ngx_http_consent_ctx_t         *ctx;
    ngx_http_consent_loc_conf_t    *conf;
    ngx_http_consent_categories_t  *cats;
    consent_str_t                   none = consent_null_string;

    r = body->request;
    ctx = body->ctx;
    conf = ctx->conf;
    cats = conf->srv->categories;

    if (ngx_http_consent_ui_texts(body, in, ui) != NGX_OK) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(r->pool, CONSENT_STATE_HEADER_MAX);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ui->state_json.len = consent_state_json(&ctx->state, cats->names, cats->n,
                                          ngx_http_consent_str(&conf->revision),
                                          none, p);
    ui->state_json.data = p;

    text->len = render(NULL, conf->ui, ui);

    text->data = ngx_pnalloc(pool, text->len + 1);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->len = render(text->data, conf->ui, ui);

    return NGX_OK;
}


/* a place for what this page needs, filled; NULL: it is this page's alone */

static ngx_http_consent_kept_t *
ngx_http_consent_kept(ngx_http_consent_body_t *body,
    ngx_http_consent_render_pt render, const consent_insert_t *in,
    consent_ui_ctx_t *ui)
{
    u_char                        *p;
    consent_str_t                  ret;
    ngx_http_consent_key_t         key;
    ngx_http_consent_ctx_t        *ctx;
    ngx_http_consent_kept_t       *k;
    ngx_http_consent_main_conf_t  *cmcf;

    ctx = body->ctx;

    /* names of a withheld script are that page's own */

    if (in->names.len || ui->nonce.len || ui->origin.len
        || ui->site.len > NGX_HTTP_CONSENT_SITE_MAX
        || !ngx_http_consent_plain(ui->ret))
    {
        return NULL;
    }

    cmcf = ctx->conf->main;

    if (cmcf->kept == NULL) {
        cmcf->kept = ngx_pcalloc(ngx_cycle->pool,
                                 sizeof(struct ngx_http_consent_kept_s));
        if (cmcf->kept == NULL) {
            return NULL;
        }
    }

    ngx_memzero(&key, sizeof(ngx_http_consent_key_t));

    key.render = render;
    key.conf = ctx->conf;
    key.allowed = ctx->state.allowed;
    key.stubs = in->stubs;
    key.lang = ui->lang;
    key.basis = (u_char) ctx->state.basis;
    key.mode = (u_char) ctx->state.mode;
    key.flags = (u_char) (ctx->state.ask | ctx->state.gpc << 1
                          | ui->gated << 2 | ui->inline_css << 3
                          | ui->no_css << 4 | ui->shared << 5);
    key.site_len = (u_char) ui->site.len;

    if (ui->site.len) {
        ngx_memcpy(key.site, ui->site.data, ui->site.len);
    }

    k = ngx_http_consent_kept_place(cmcf->kept, &key);

    if (k == NULL || k->key.render) {
        return k;
    }

    ret = ui->ret;
    ui->ret.data = (u_char *) NGX_HTTP_CONSENT_BACK;
    ui->ret.len = NGX_HTTP_CONSENT_BACK_LEN;

    if (ngx_http_consent_render(body, ngx_cycle->pool, render, in, ui,
                                &k->text)
        != NGX_OK)
    {
        ui->ret = ret;
        return NULL;
    }

    ui->ret = ret;

    /* with a zero at its end it can be searched as a string */

    k->text.data[k->text.len] = '\0';
    p = (u_char *) ngx_strstr(k->text.data, NGX_HTTP_CONSENT_BACK);

    k->back = p ? (size_t) (p - k->text.data) : 0;
    k->key = key;

    return k;
}


/* where it is, or would be; NULL: all places are taken */

static ngx_http_consent_kept_t *
ngx_http_consent_kept_place(struct ngx_http_consent_kept_s *kept,
    ngx_http_consent_key_t *key)
{
    ngx_uint_t                i, n;
    ngx_http_consent_kept_t  *k;

    i = (uintptr_t) key->render / 16 + (uintptr_t) key->conf / 64
        + key->lang * 7 + key->allowed * 5 + key->stubs * 3 + key->basis
        + key->flags + key->site_len;

    for (n = 0; n < NGX_HTTP_CONSENT_KEPT; n++) {
        k = &kept->elts[(i + n) % NGX_HTTP_CONSENT_KEPT];

        if (k->key.render == NULL
            || ngx_memcmp(&k->key, key, sizeof(ngx_http_consent_key_t)) == 0)
        {
            return k;
        }
    }

    return NULL;
}


/* needs no reference in an attribute's value */

static ngx_uint_t
ngx_http_consent_plain(consent_str_t s)
{
    size_t  i;
    u_char  c;

    for (i = 0; i < s.len; i++) {
        c = s.data[i];

        if (c <= ' ' || c >= 0x7f || c == '"' || c == '&' || c == '\''
            || c == '<' || c == '>' || c == '`')
        {
            return 0;
        }
    }

    return s.len != 0;
}


/* all that what is put in depends on, but for texts that take making */

static void
ngx_http_consent_ui_ctx(ngx_http_consent_body_t *body,
    const consent_insert_t *in, consent_ui_ctx_t *ui)
{
    u_char                       *p;
    ngx_str_t                     uri;
    ngx_http_request_t           *r;
    ngx_http_consent_ctx_t       *ctx;
    ngx_http_consent_loc_conf_t  *conf;

    r = body->request;
    ctx = body->ctx;
    conf = ctx->conf;

    ngx_memzero(ui, sizeof(consent_ui_ctx_t));

    if (!body->language) {
        body->language = 1;
        body->lang = ngx_http_consent_language(r, conf, in->lang);
    }

    ui->lang = body->lang;
    ui->state = &ctx->state;

    /* path and query as the browser has them, for the way back */

    uri = r->unparsed_uri;

    if (ctx->shared) {

        /* a query may be one visitor's own */

        p = ngx_strlchr(uri.data, uri.data + uri.len, '?');
        uri.len = p ? (size_t) (p - uri.data) : uri.len;
    }

    if (uri.len && uri.data[0] == '/') {
        ui->ret = ngx_http_consent_str(&uri);
    }

    if (in->place == CONSENT_PLACE_HEAD || in->place == CONSENT_PLACE_FRAME) {
        ui->site = ngx_http_consent_page_site(r, conf, ctx->url);
    }

    if (in->elsewhere) {
        ui->origin = body->conf.origin;
    }

    ui->nonce = in->nonce.len ? in->nonce : ngx_http_consent_str(&ctx->nonce);
    ui->shared = ctx->shared;
    ui->gated = (ctx->state.allowed != ctx->state.all);
    ui->inline_css = !ctx->policy && conf->csp == NGX_HTTP_CONSENT_CSP_OFF;
    ui->no_css = ctx->no_style;
}


static ngx_int_t
ngx_http_consent_ui_texts(ngx_http_consent_body_t *body,
    const consent_insert_t *in, consent_ui_ctx_t *ui)
{
    u_char              *p;
    ngx_http_request_t  *r;

    r = body->request;

    if (ui->site.len) {
        ui->hosts = ngx_http_consent_guard_hosts(r, body->ctx->conf, ui->site);
    }

    if (in->stubs == 0 && in->names.len == 0) {
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_HTTP_CONSENT_STUBS_MAX + in->names.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ui->stubs.data = p;
    ui->stubs.len = consent_stubs_names(in->stubs, p,
                                        NGX_HTTP_CONSENT_STUBS_MAX - 1);
    p += ui->stubs.len;

    if (in->names.len) {

        if (ui->stubs.len) {
            *p++ = ' ';
        }

        p = ngx_cpymem(p, in->names.data, in->names.len);
    }

    ui->stubs.len = p - ui->stubs.data;

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

    if (f->verdict.source == CONSENT_SOURCE_LIMIT && !body->limit) {
        body->limit = 1;

        ngx_log_error(NGX_LOG_WARN, body->request->connection->log, 0,
                      "consent: <%*s> at byte %uL is withheld: a limit of "
                      "size or of matching was hit, or what it runs cannot "
                      "be seen through, rule \"%*s\"",
                      f->element.len, f->element.data, f->offset,
                      f->verdict.rule.len, f->verdict.rule.data);
    }

    if (body->report) {
        ngx_http_consent_report_found(body->request, body->ctx->conf, f);
    }

    ngx_log_debug5(NGX_LOG_DEBUG_HTTP, body->request->connection->log, 0,
                   "consent: <%*s> at %uL by \"%*s\"",
                   f->element.len, f->element.data, f->offset,
                   f->verdict.rule.len, f->verdict.rule.data);
}
