
/*
 * A choice: what it says, and what becomes of it.
 *
 * A grant needs a request that this site's own page made, for a person to
 * see, and a line in the ledger before the cookie leaves.  A refusal needs
 * neither: it is taken from wherever it comes and whatever fails.
 */

#include "ngx_http_consent_endpoint.h"


static void ngx_http_consent_post_body(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_post_answer(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_read_body(ngx_http_request_t *r,
    consent_str_t *body);
static ngx_uint_t ngx_http_consent_is_form(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_choose(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, consent_form_t *form);
static ngx_uint_t ngx_http_consent_takes_back(ngx_http_consent_ctx_t *ctx,
    consent_record_t *rec);
static ngx_int_t ngx_http_consent_record(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, consent_form_t *form,
    consent_record_t *rec, consent_str_t event);
static ngx_int_t ngx_http_consent_set_record(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, consent_record_t *rec);


ngx_int_t
ngx_http_consent_post(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    ngx_int_t  rc;

    /* what can be said without the body is said first; the body is then not
       read, and the connection closed if it is long */

    if (!ngx_http_consent_is_form(r)) {
        rc = ngx_http_discard_request_body(r);

        return rc == NGX_OK
               ? ngx_http_consent_refuse(r, ctx,
                                         NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
                                         "A choice is sent as a form: "
                                         "application/x-www-form-urlencoded.")
               : rc;
    }

    if (r->headers_in.content_length_n > CONSENT_FORM_MAX) {
        rc = ngx_http_discard_request_body(r);

        return rc == NGX_OK
               ? ngx_http_consent_refuse(r, ctx,
                                         NGX_HTTP_REQUEST_ENTITY_TOO_LARGE,
                                         "The form is too long.")
               : rc;
    }

    r->request_body_in_single_buf = 1;

    rc = ngx_http_read_client_request_body(r, ngx_http_consent_post_body);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


static void
ngx_http_consent_post_body(ngx_http_request_t *r)
{
    ngx_http_finalize_request(r, ngx_http_consent_post_answer(r));
}


static ngx_int_t
ngx_http_consent_post_answer(ngx_http_request_t *r)
{
    u_char                  *buf;
    ngx_int_t                rc;
    const char              *why;
    consent_str_t            body;
    consent_form_t           form;
    ngx_http_consent_ctx_t  *ctx;

    ctx = ngx_http_consent_decide(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_consent_read_body(r, &body);

    if (rc == NGX_DECLINED) {
        return ngx_http_consent_refuse(r, ctx,
                                       NGX_HTTP_REQUEST_ENTITY_TOO_LARGE,
                                       "The form is too long.");
    }

    buf = ngx_pnalloc(r->pool, CONSENT_FORM_SIZE);

    if (rc != NGX_OK || buf == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (consent_form_parse(&form, body, ctx->conf->srv->categories->names,
                           ctx->conf->srv->categories->n, buf, &why)
        != CONSENT_OK)
    {
        return ngx_http_consent_refuse(r, ctx, NGX_HTTP_BAD_REQUEST, why);
    }

    /* nobody has looked at a page that is only being prefetched */

    if (ngx_http_consent_is_prefetch(r)) {
        return ngx_http_consent_refuse(r, ctx, NGX_HTTP_FORBIDDEN,
                                       "A choice is not made ahead of a "
                                       "visit.");
    }

    if (form.choice != CONSENT_CHOICE_REJECT) {
        why = ngx_http_consent_post_why_not(r, ctx);

        if (why) {
            ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                          "consent: a grant was refused: %s", why);

            if (ngx_http_consent_post_upgraded(r)) {
                return ngx_http_consent_see_other(r, ctx, form.ret);
            }

            return ngx_http_consent_refuse(r, ctx, NGX_HTTP_FORBIDDEN, why);
        }
    }

    return ngx_http_consent_choose(r, ctx, &form);
}


/* NGX_DECLINED: there is more of it than a form can have */

static ngx_int_t
ngx_http_consent_read_body(ngx_http_request_t *r, consent_str_t *body)
{
    u_char       *p, *data;
    size_t        len, n;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    body->data = NULL;
    body->len = 0;

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return NGX_OK;
    }

    len = 0;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        b = cl->buf;

        /* what does not fit client_body_buffer_size is in a file */

        if (b->in_file && !ngx_buf_in_memory(b)) {
            n = (size_t) (b->file_last - b->file_pos);

        } else {
            n = (size_t) (b->last - b->pos);
        }

        if (n > CONSENT_FORM_MAX - len) {
            return NGX_DECLINED;
        }

        len += n;
    }

    data = ngx_pnalloc(r->pool, len + 1);
    if (data == NULL) {
        return NGX_ERROR;
    }

    p = data;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        b = cl->buf;

        if (ngx_buf_in_memory(b)) {
            p = ngx_cpymem(p, b->pos, b->last - b->pos);
            continue;
        }

        n = (size_t) (b->file_last - b->file_pos);

        if (n && ngx_read_file(b->file, p, n, b->file_pos) != (ssize_t) n) {
            return NGX_ERROR;
        }

        p += n;
    }

    body->data = data;
    body->len = p - data;

    return NGX_OK;
}


static ngx_uint_t
ngx_http_consent_is_form(ngx_http_request_t *r)
{
    u_char     *p, *last;
    ngx_str_t  *type;

    static ngx_str_t  form = ngx_string("application/x-www-form-urlencoded");

    if (r->headers_in.content_type == NULL) {
        return 0;
    }

    type = &r->headers_in.content_type->value;

    if (type->len < form.len
        || ngx_strncasecmp(type->data, form.data, form.len) != 0)
    {
        return 0;
    }

    p = type->data + form.len;
    last = type->data + type->len;

    while (p < last && (*p == ' ' || *p == '\t')) {
        p++;
    }

    return p == last || *p == ';';
}


static ngx_int_t
ngx_http_consent_choose(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    consent_form_t *form)
{
    ngx_str_t                     text;
    consent_str_t                 event;
    consent_state_in_t            in;
    consent_record_t              rec, left;
    ngx_http_consent_loc_conf_t  *conf;

    conf = ctx->conf;

    ngx_memzero(&rec, sizeof(consent_record_t));
    ngx_memzero(&in, sizeof(consent_state_in_t));

    in.mode = ctx->state.mode;
    in.record = ctx->valid ? &ctx->record : NULL;
    in.gpc = ctx->state.gpc;
    in.revision = ngx_http_consent_str(&conf->revision);
    in.flags = conf->srv->categories->flags;
    in.ncategories = conf->srv->categories->n;

    event = consent_state_choose(&in, form->choice, form->ticked, &rec);

    rec.time = ngx_time();

    if (rec.allowed != consent_bit(CONSENT_NECESSARY) && !rec.acknowledged) {

        /* one visitor's grants are one story in the ledger */

        if (ctx->valid && ctx->record.id[0]) {
            ngx_memcpy(rec.id, ctx->record.id, sizeof(rec.id));

        } else if (consent_record_id(&rec) != CONSENT_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    /*
     * Without its line nothing is granted, renewed or agreed to in another
     * version.  What is taken back is taken back all the same; what is left
     * of the earlier choice then stays as old as it was.
     */

    if (ngx_http_consent_record(r, ctx, form, &rec, event) != NGX_OK
        && rec.allowed != consent_bit(CONSENT_NECESSARY))
    {
        if (!ngx_http_consent_takes_back(ctx, &rec)) {
            return ngx_http_consent_failed(r, ctx);
        }

        left = ctx->record;
        left.allowed = rec.allowed;
        rec = left;
    }

    if (ngx_http_consent_set_record(r, ctx, &rec) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_consent_count_choice(conf->main, event);

    /* the answer tells of the state as it is from here on */

    ctx->record = rec;
    ctx->valid = 1;

    in.record = &ctx->record;
    consent_state_decide(&in, &ctx->state);

    if (ngx_http_consent_expire_cookies(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_consent_wants_json(r)) {

        if (ngx_http_consent_state_text(r, ctx, &text) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_consent_answer(r, ctx, NGX_HTTP_OK,
                                       NGX_HTTP_CONSENT_JSON, &text);
    }

    return ngx_http_consent_see_other(r, ctx, form->ret);
}


/* less than before, and nothing else */

static ngx_uint_t
ngx_http_consent_takes_back(ngx_http_consent_ctx_t *ctx, consent_record_t *rec)
{
    return ctx->valid
           && rec->allowed != ctx->record.allowed
           && (rec->allowed & ~ctx->record.allowed) == 0
           && rec->acknowledged == ctx->record.acknowledged;
}


/* the choice's line in the ledger; NGX_OK where there is no ledger */

static ngx_int_t
ngx_http_consent_record(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    consent_form_t *form, consent_record_t *rec, consent_str_t event)
{
    int                           lang;
    u_char                        hash[NGX_HTTP_CONSENT_HASH_LEN];
    ngx_str_t                     notice;
    ngx_table_elt_t              *h;
    consent_ledger_event_t        ev;
    ngx_http_consent_loc_conf_t  *conf;

    static const consent_str_t  by_form = consent_string("form");
    static const consent_str_t  by_fetch = consent_string("fetch");

    conf = ctx->conf;

    if (conf->srv->ledger == NULL && conf->srv->copy == NULL) {
        return NGX_OK;
    }

    ngx_memzero(&ev, sizeof(consent_ledger_event_t));

    lang = ngx_http_consent_language(r, conf, form->lang);

    if (ngx_http_consent_notice_text(r, conf, lang, ctx->state.mode,
                                     ctx->state.gpc, &notice, hash)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    h = ngx_http_consent_header_in(r, "sec-fetch-user");

    ev.event = event;
    ev.allowed = rec->allowed;
    ev.names = conf->srv->categories->names;
    ev.ncategories = conf->srv->categories->n;
    ev.mode = consent_mode_names[ctx->state.mode];
    ev.lang = consent_ui_lang_tag(conf->ui, lang);
    ev.revision = ngx_http_consent_str(&conf->revision);
    ev.notice.data = hash;
    ev.notice.len = sizeof(hash);
    ev.valid = conf->srv->cookie_max_age;
    ev.via = ngx_http_consent_wants_json(r) ? by_fetch : by_form;
    ev.gesture = h && ngx_http_consent_value_is(h, "?1");
    ev.host = ngx_http_consent_str(&r->headers_in.server);

    /* a withdrawal belongs to what it withdraws; a refusal to nobody */

    ev.id.data = (u_char *) rec->id;
    ev.id.len = ngx_strlen(rec->id);

    if (ev.id.len == 0 && ctx->valid
        && ctx->record.allowed != consent_bit(CONSENT_NECESSARY))
    {
        ev.id.data = (u_char *) ctx->record.id;
        ev.id.len = ngx_strlen(ctx->record.id);
    }

    return ngx_http_consent_ledger_write(r, conf->srv, &ev, &notice);
}


static ngx_int_t
ngx_http_consent_set_record(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    consent_record_t *rec)
{
    u_char                       *p;
    size_t                        len;
    ngx_str_t                     value;
    consent_cookie_conf_t         cc;
    ngx_http_consent_srv_conf_t  *conf;

    u_char  cookie[CONSENT_COOKIE_MAX];

    conf = ctx->conf->srv;

    if (ngx_http_consent_cookie_conf(r, &cc) != NGX_OK) {
        return NGX_ERROR;
    }

    len = consent_cookie_format(&cc, rec, cookie);

    if (len == 0) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "consent: a cookie could not be made");
        return NGX_ERROR;
    }

    p = ngx_pnalloc(r->pool, cc.cookie_name.len + len
                             + conf->cookie_domain.len
                             + conf->cookie_samesite.len + NGX_TIME_T_LEN
                             + sizeof("=; Path=/; Max-Age=; Domain=; HttpOnly; "
                                      "Secure; SameSite="));
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    p = ngx_sprintf(p, "%*s=%*s; Path=/; Max-Age=%T", cc.cookie_name.len,
                    cc.cookie_name.data, len, cookie, conf->cookie_max_age);

    if (conf->cookie_domain.len) {
        p = ngx_sprintf(p, "; Domain=%V", &conf->cookie_domain);
    }

    p = ngx_sprintf(p, "; HttpOnly%s; SameSite=%V",
                    ngx_http_consent_is_tls(r) ? "; Secure" : "",
                    &conf->cookie_samesite);

    value.len = p - value.data;

    return ngx_http_consent_add_header(r, "Set-Cookie", &value) ? NGX_OK
                                                                : NGX_ERROR;
}
