
/*
 * A choice: who may make it, what it says, what becomes of it.
 *
 * A grant needs a request that this site's own page made, for a person to
 * see, and a line in the ledger before the cookie leaves.  A refusal needs
 * neither: it is taken from wherever it comes and whatever fails.
 */

#include "ngx_http_consent_endpoint.h"


#define NGX_HTTP_CONSENT_EXPIRED_MAX  64


static void ngx_http_consent_post_body(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_post_answer(ngx_http_request_t *r);
static ngx_int_t ngx_http_consent_read_body(ngx_http_request_t *r,
    consent_str_t *body);
static ngx_uint_t ngx_http_consent_is_form(ngx_http_request_t *r);
static const char *ngx_http_consent_post_why_not(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
static ngx_uint_t ngx_http_consent_own_origin(ngx_http_request_t *r,
    ngx_str_t *origin);
static ngx_uint_t ngx_http_consent_trusted_origin(
    ngx_http_consent_srv_conf_t *conf, ngx_str_t *origin);
static ngx_int_t ngx_http_consent_choose(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, consent_form_t *form);
static ngx_uint_t ngx_http_consent_takes_back(ngx_http_consent_ctx_t *ctx,
    consent_record_t *rec);
static ngx_int_t ngx_http_consent_record(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, consent_form_t *form,
    consent_record_t *rec, consent_str_t event);
static ngx_int_t ngx_http_consent_set_record(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, consent_record_t *rec);
static ngx_int_t ngx_http_consent_expire_cookies(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
static ngx_int_t ngx_http_consent_expire_cookie(ngx_http_request_t *r,
    consent_str_t name, ngx_uint_t *n);
static ngx_int_t ngx_http_consent_add_expired(ngx_http_request_t *r,
    consent_str_t name, consent_str_t domain, ngx_uint_t *n);


#define ngx_http_consent_value_is(h, text)                                   \
    ((h)->value.len == sizeof(text) - 1                                      \
     && ngx_strncasecmp((h)->value.data, (u_char *) text, sizeof(text) - 1)  \
        == 0)


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


/*
 * Is this a request that a page of this site made?  Sec-Fetch-Site says so
 * where the browser sends it: a form on a page with "no-referrer" has Origin
 * "null" and still is same-origin.  Without it Origin must be this host's,
 * or one that the operator trusts.  NULL: it is.
 */

static const char *
ngx_http_consent_post_why_not(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    ngx_table_elt_t  *site, *origin, *dest, *user;

    site = ngx_http_consent_header_in(r, "sec-fetch-site");
    origin = ngx_http_consent_header_in(r, "origin");
    dest = ngx_http_consent_header_in(r, "sec-fetch-dest");

    if (dest
        && !ngx_http_consent_value_is(dest, "document")
        && !ngx_http_consent_value_is(dest, "empty"))
    {
        return "Consent is not given inside a frame.";
    }

    /* a person pressed a button: no script of the page can say so */

    if (ctx->conf->gesture) {
        user = ngx_http_consent_header_in(r, "sec-fetch-user");

        if (user == NULL || !ngx_http_consent_value_is(user, "?1")) {
            return "This choice was not made by a person's click.";
        }
    }

    if (origin
        && ngx_http_consent_trusted_origin(ctx->conf->srv, &origin->value))
    {
        return NULL;
    }

    if (site) {
        return ngx_http_consent_value_is(site, "same-origin")
               ? NULL : "This choice was sent by another site.";
    }

    if (origin == NULL) {
        return "It is not known which page sent this choice: neither "
               "Sec-Fetch-Site nor Origin is there.";
    }

    if (ngx_http_consent_own_origin(r, &origin->value)) {
        return NULL;
    }

    return "This choice was sent by another site.";
}


/*
 * Over TLS the scheme must be, too.  Else it is not compared: behind a TLS
 * terminator nginx does not know the browser's.
 */

static ngx_uint_t
ngx_http_consent_own_origin(ngx_http_request_t *r, ngx_str_t *origin)
{
    u_char     *p;
    size_t      len;
    ngx_str_t  *host;

    if (r->headers_in.host == NULL) {
        return 0;
    }

    p = origin->data;
    len = origin->len;

    if (len > 8 && ngx_strncasecmp(p, (u_char *) "https://", 8) == 0) {
        p += 8;
        len -= 8;

    } else if (len > 7 && ngx_strncasecmp(p, (u_char *) "http://", 7) == 0
               && !ngx_http_consent_is_tls(r))
    {
        p += 7;
        len -= 7;

    } else {
        return 0;
    }

    host = &r->headers_in.host->value;

    return host->len == len && ngx_strncasecmp(host->data, p, len) == 0;
}


static ngx_uint_t
ngx_http_consent_trusted_origin(ngx_http_consent_srv_conf_t *conf,
    ngx_str_t *origin)
{
    ngx_str_t   *o;
    ngx_uint_t   i;

    if (conf->origins == NULL) {
        return 0;
    }

    o = conf->origins->elts;

    for (i = 0; i < conf->origins->nelts; i++) {
        if (o[i].len == origin->len
            && ngx_strncasecmp(o[i].data, origin->data, origin->len) == 0)
        {
            return 1;
        }
    }

    return 0;
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


/*
 * Cookies of what is not allowed, as far as this request shows them: each is
 * expired for the host, and for each domain above it that it may be of.
 */

static ngx_int_t
ngx_http_consent_expire_cookies(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx)
{
    size_t            pos, start, end;
    ngx_uint_t        i, n;
    consent_str_t     name, value;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    if (ctx->state.allowed == ctx->state.all) {
        return NGX_OK;
    }

    n = 0;
    part = &r->headers_in.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return NGX_OK;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].key.len != sizeof("Cookie") - 1
            || ngx_strncasecmp(h[i].key.data, (u_char *) "Cookie",
                               sizeof("Cookie") - 1)
               != 0)
        {
            continue;
        }

        pos = 0;

        while (consent_cookie_next(ngx_http_consent_str(&h[i].value), &pos,
                                   &name, &value, &start, &end))
        {
            if (!ngx_http_consent_cookie_denied(ctx, name)) {
                continue;
            }

            if (ngx_http_consent_expire_cookie(r, name, &n) != NGX_OK) {
                return NGX_ERROR;
            }
        }
    }
}


static ngx_int_t
ngx_http_consent_expire_cookie(ngx_http_request_t *r, consent_str_t name,
    ngx_uint_t *n)
{
    u_char         *dot;
    size_t          i;
    consent_str_t   domain, site;

    /* what is said back in a header; no browser has such a cookie */

    for (i = 0; i < name.len; i++) {
        if (name.data[i] <= 0x20 || name.data[i] == 0x7f) {
            return NGX_OK;
        }
    }

    /* without a domain first, then for each from the host itself up to the
       registrable domain; an address has no domain above it */

    domain.data = NULL;
    domain.len = 0;

    if (ngx_http_consent_add_expired(r, name, domain, n) != NGX_OK) {
        return NGX_ERROR;
    }

    domain = ngx_http_consent_str(&r->headers_in.server);

    if (domain.len == 0
        || ngx_strlchr((u_char *) domain.data,
                       (u_char *) domain.data + domain.len, '.')
           == NULL
        || (domain.data[domain.len - 1] >= '0'
            && domain.data[domain.len - 1] <= '9')
        || domain.data[0] == '[')
    {
        return NGX_OK;
    }

    site = consent_url_site(domain);

    while (domain.len >= site.len) {

        if (ngx_http_consent_add_expired(r, name, domain, n) != NGX_OK) {
            return NGX_ERROR;
        }

        dot = ngx_strlchr((u_char *) domain.data,
                          (u_char *) domain.data + domain.len, '.');
        if (dot == NULL) {
            break;
        }

        domain.len -= dot + 1 - domain.data;
        domain.data = dot + 1;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_consent_add_expired(ngx_http_request_t *r, consent_str_t name,
    consent_str_t domain, ngx_uint_t *n)
{
    u_char     *p;
    ngx_str_t   value;

    if (++*n > NGX_HTTP_CONSENT_EXPIRED_MAX) {
        return NGX_OK;
    }

    value.data = ngx_pnalloc(r->pool, name.len + domain.len
                             + sizeof("=; Path=/; Max-Age=0; Domain=; "
                                      "Secure"));
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(value.data, "%*s=; Path=/; Max-Age=0", name.len,
                    name.data);

    if (domain.len) {
        p = ngx_sprintf(p, "; Domain=%*s", domain.len, domain.data);
    }

    if (ngx_http_consent_is_tls(r)) {
        p = ngx_cpymem(p, "; Secure", sizeof("; Secure") - 1);
    }

    value.len = p - value.data;

    return ngx_http_consent_add_header(r, "Set-Cookie", &value) ? NGX_OK
                                                                : NGX_ERROR;
}
