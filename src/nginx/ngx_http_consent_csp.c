
/*
 * Content-Security-Policy: what a page's own policy lets us do, and policies
 * of ours beside it.  Several policies intersect, so one of ours can take
 * away and never give (CSP Level 3, 8.1).
 */

#include "ngx_http_consent_module.h"


/* the directives that matter to what is put into a page */

enum {
    NGX_HTTP_CONSENT_DEFAULT_SRC = 0,
    NGX_HTTP_CONSENT_SCRIPT_SRC,
    NGX_HTTP_CONSENT_SCRIPT_SRC_ELEM,
    NGX_HTTP_CONSENT_STYLE_SRC,
    NGX_HTTP_CONSENT_STYLE_SRC_ELEM,
    NGX_HTTP_CONSENT_CONNECT_SRC,
    NGX_HTTP_CONSENT_FORM_ACTION,
    NGX_HTTP_CONSENT_SANDBOX,
    NGX_HTTP_CONSENT_DIRECTIVES
};


typedef struct {
    ngx_uint_t   found;
    ngx_uint_t   self;       /* lets our own origin through */
    ngx_uint_t   inline_ok;
    ngx_uint_t   forms;      /* sandbox: allow-forms */
    ngx_str_t    nonce;
} ngx_http_consent_directive_t;


static ngx_uint_t ngx_http_consent_same_nonce(ngx_http_consent_ctx_t *ctx,
    ngx_http_consent_directive_t *d);
static void ngx_http_consent_read_policy(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_str_t *policy);
static void ngx_http_consent_check_policy(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_directive_t *d);
static void ngx_http_consent_read_sources(ngx_http_request_t *r,
    ngx_http_consent_directive_t *d, u_char *p, u_char *last);
static ngx_uint_t ngx_http_consent_is_own_host(ngx_http_request_t *r,
    u_char *p, u_char *last);
static ngx_int_t ngx_http_consent_add_policy(ngx_http_request_t *r,
    const char *name, ngx_str_t *hosts);


/*
 * Reads the policies of the response: the nonce that its scripts carry, and
 * whether our form, our style and our scripts would work.
 */

void
ngx_http_consent_read_csp(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    u_char                     *p, *last, *end;
    ngx_str_t                   policy;
    ngx_table_elt_t            *h;
    ngx_http_consent_fields_t   walk;

    ngx_http_consent_fields(&walk, &r->headers_out.headers);

    while ((h = ngx_http_consent_next_field(&walk)) != NULL) {

        if (h->hash == 0
            || !ngx_http_consent_key_is(h, "Content-Security-Policy"))
        {
            continue;
        }

        ctx->policy = 1;

        p = h->value.data;
        last = p + h->value.len;

        while (p < last) {
            end = ngx_strlchr(p, last, ',');

            if (end == NULL) {
                end = last;
            }

            policy.data = p;
            policy.len = end - p;

            ngx_http_consent_read_policy(r, ctx, &policy);

            p = end + 1;
        }
    }
}


static void
ngx_http_consent_read_policy(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_str_t *policy)
{
    u_char                        *p, *last, *end, *name;
    size_t                         len;
    ngx_uint_t                     i;
    ngx_http_consent_directive_t   d[NGX_HTTP_CONSENT_DIRECTIVES];

    static ngx_str_t  names[] = {
        ngx_string("default-src"),
        ngx_string("script-src"),
        ngx_string("script-src-elem"),
        ngx_string("style-src"),
        ngx_string("style-src-elem"),
        ngx_string("connect-src"),
        ngx_string("form-action"),
        ngx_string("sandbox")
    };

    ngx_memzero(d, sizeof(d));

    p = policy->data;
    last = p + policy->len;

    while (p < last) {
        end = ngx_strlchr(p, last, ';');

        if (end == NULL) {
            end = last;
        }

        while (p < end && (*p == ' ' || *p == '\t')) {
            p++;
        }

        name = p;

        while (p < end && *p != ' ' && *p != '\t') {
            p++;
        }

        len = p - name;

        for (i = 0; i < NGX_HTTP_CONSENT_DIRECTIVES; i++) {
            if (names[i].len == len && !d[i].found
                && ngx_strncasecmp(name, names[i].data, len) == 0)
            {
                d[i].found = 1;
                ngx_http_consent_read_sources(r, &d[i], p, end);
            }
        }

        p = end + 1;
    }

    ngx_http_consent_check_policy(r, ctx, d);
}


/* what the policy forbids of ours; said once, with what to add */

static void
ngx_http_consent_check_policy(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_directive_t *d)
{
    ngx_http_consent_loc_conf_t   *conf;
    ngx_http_consent_directive_t  *base, *script, *style, *connect, *form;

#define ngx_http_consent_first(n, other)                                     \
    (d[n].found ? &d[n] : (other))

    base = &d[NGX_HTTP_CONSENT_DEFAULT_SRC];

    script = ngx_http_consent_first(NGX_HTTP_CONSENT_SCRIPT_SRC, base);
    script = ngx_http_consent_first(NGX_HTTP_CONSENT_SCRIPT_SRC_ELEM, script);

    style = ngx_http_consent_first(NGX_HTTP_CONSENT_STYLE_SRC, base);
    style = ngx_http_consent_first(NGX_HTTP_CONSENT_STYLE_SRC_ELEM, style);

    connect = ngx_http_consent_first(NGX_HTTP_CONSENT_CONNECT_SRC, base);
    form = &d[NGX_HTTP_CONSENT_FORM_ACTION];

    conf = ctx->conf;

    if (script->nonce.len && ctx->nonce.len == 0) {
        ctx->nonce = script->nonce;
    }

    if (script->found && !script->self
        && !ngx_http_consent_same_nonce(ctx, script)
        && !conf->logged_script)
    {
        conf->logged_script = 1;
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "the page's Content-Security-Policy forbids the "
                      "notice's scripts, it works without them; add 'self' "
                      "to its script-src (logged once)");
    }

    if (style->found && !style->inline_ok) {
        ctx->no_inline_style = 1;
    }

    if (style->found && !style->self
        && !ngx_http_consent_same_nonce(ctx, style))
    {
        ctx->no_style = 1;

        if (!conf->logged_style) {
            conf->logged_style = 1;
            ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                          "the page's Content-Security-Policy forbids the "
                          "notice's style, it is shown without; add 'self' "
                          "to its style-src (logged once)");
        }
    }

    if (connect->found && !connect->self && !conf->logged_connect) {
        conf->logged_connect = 1;
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "the page's Content-Security-Policy forbids to ask for "
                      "the state again when the page is come back to; add "
                      "'self' to its connect-src (logged once)");
    }

    if (form->found && !form->self && !conf->logged_form) {
        conf->logged_form = 1;
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "the page's Content-Security-Policy forbids the "
                      "notice's form: a choice can be made only on the page "
                      "that its link leads to; add 'self' to its "
                      "form-action (logged once)");
    }

    if (d[NGX_HTTP_CONSENT_SANDBOX].found
        && !d[NGX_HTTP_CONSENT_SANDBOX].forms
        && !conf->logged_form)
    {
        conf->logged_form = 1;
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "the page's Content-Security-Policy forbids the "
                      "notice's form: a choice can be made only on the page "
                      "that its link leads to; add allow-forms to its "
                      "sandbox (logged once)");
    }
}


/* does what we put in, which carries the first nonce, get through by it? */

static ngx_uint_t
ngx_http_consent_same_nonce(ngx_http_consent_ctx_t *ctx,
    ngx_http_consent_directive_t *d)
{
    return d->nonce.len && d->nonce.len == ctx->nonce.len
           && ngx_memcmp(d->nonce.data, ctx->nonce.data, ctx->nonce.len) == 0;
}


static void
ngx_http_consent_read_sources(ngx_http_request_t *r,
    ngx_http_consent_directive_t *d, u_char *p, u_char *last)
{
    u_char      *start;
    size_t       len;
    ngx_uint_t   strict;

    strict = 0;

    while (p < last) {

        while (p < last && (*p == ' ' || *p == '\t')) {
            p++;
        }

        start = p;

        while (p < last && *p != ' ' && *p != '\t') {
            p++;
        }

        len = p - start;

        if (len == 0) {
            break;
        }

#define ngx_http_consent_source(s)                                           \
    (len == sizeof(s) - 1                                                    \
     && ngx_strncasecmp(start, (u_char *) (s), sizeof(s) - 1) == 0)

        if (ngx_http_consent_source("'self'")
            || ngx_http_consent_source("*")
            || ngx_http_consent_source("https:")
            || ngx_http_consent_source("http:"))
        {
            d->self = 1;
            continue;
        }

        if (ngx_http_consent_source("'unsafe-inline'")) {
            d->inline_ok = 1;
            continue;
        }

        if (ngx_http_consent_source("'strict-dynamic'")) {
            strict = 1;
            continue;
        }

        if (len > sizeof("'nonce-'") - 1
            && ngx_strncasecmp(start, (u_char *) "'nonce-",
                               sizeof("'nonce-") - 1)
               == 0)
        {
            d->nonce.data = start + sizeof("'nonce-") - 1;
            d->nonce.len = len - sizeof("'nonce-'") + 1;
            continue;
        }

        if (ngx_http_consent_source("allow-forms")) {
            d->forms = 1;
            continue;
        }

        if (ngx_http_consent_is_own_host(r, start, p)) {
            d->self = 1;
        }
    }

    if (d->nonce.len) {
        d->inline_ok = 0;
    }

    if (strict) {

        /* hosts count for nothing then */

        d->self = 0;
    }
}


/* a host-source (CSP Level 3, 2.3.1) that our own host matches */

static ngx_uint_t
ngx_http_consent_is_own_host(ngx_http_request_t *r, u_char *p, u_char *last)
{
    size_t      len;
    u_char     *host, *end;
    ngx_str_t   server;

    server = r->headers_in.server;

    if (server.len == 0) {
        return 0;
    }

    host = ngx_strlcasestrn(p, last, (u_char *) "://", 3 - 1);
    host = host ? host + 3 : p;

    for (end = host; end < last && *end != ':' && *end != '/'; end++) {
        /* void */
    }

    /* with a path it is for something else */

    if (end < last && *end == '/' && end + 1 < last) {
        return 0;
    }

    len = end - host;

    if (len > 2 && host[0] == '*' && host[1] == '.') {
        host++;
        len--;

        if (server.len <= len) {
            return 0;
        }

        server.data += server.len - len;
        server.len = len;
    }

    return len == server.len
           && ngx_strncasecmp(host, server.data, len) == 0;
}


/* nothing of another site may load; what the site itself does still works */

static ngx_int_t
ngx_http_consent_add_policy(ngx_http_request_t *r, const char *name,
    ngx_str_t *hosts)
{
    u_char     *p;
    ngx_str_t   value;

    static const char  base[] = "default-src 'self' 'unsafe-inline' "
                                "'unsafe-eval' data: blob:";

    value.data = (u_char *) base;
    value.len = sizeof(base) - 1;

    if (hosts && hosts->len) {
        p = ngx_pnalloc(r->pool, value.len + hosts->len);
        if (p == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(p, base, value.len);
        ngx_memcpy(p + value.len, hosts->data, hosts->len);

        value.data = p;
        value.len += hosts->len;
    }

    return ngx_http_consent_add_header(r, name, &value) ? NGX_OK : NGX_ERROR;
}


/* a body that cannot be read is shown, and nothing else is asked for */

ngx_int_t
ngx_http_consent_close(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    const char *why)
{
    if (!ctx->conf->logged_undecodable) {
        ctx->conf->logged_undecodable = 1;

        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "%s: %s (logged once)", why,
                      ctx->conf->undecodable == NGX_HTTP_CONSENT_CLOSE
                          ? "sent under a policy that lets nothing of other "
                            "sites load"
                          : "passed as it is, as \"consent_undecodable\" "
                            "says");
    }

    ctx->undecodable = 1;
    ngx_http_consent_count(ctx->conf->main, NGX_HTTP_CONSENT_N_UNDECODABLE);

    if (ctx->conf->undecodable != NGX_HTTP_CONSENT_CLOSE) {
        return NGX_OK;
    }

    return ngx_http_consent_add_policy(r, "Content-Security-Policy", NULL);
}


/* consent_csp, until everything is agreed to */

ngx_int_t
ngx_http_consent_add_csp(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx)
{
    ngx_uint_t                    i;
    ngx_http_consent_loc_conf_t  *conf;
    ngx_http_consent_hosts_t     *hosts;
    ngx_str_t                     value, *endpoint;
    u_char                       *p;
    size_t                        len;

    conf = ctx->conf;
    endpoint = &conf->srv->endpoint;

    if (conf->csp == NGX_HTTP_CONSENT_CSP_OFF) {
        return NGX_OK;
    }

    /* hosts that the operator's rules name come back with their category */

    len = conf->csp_allow.len + sizeof("; report-uri csp") - 1 + endpoint->len;

    hosts = conf->csp_hosts ? conf->csp_hosts->elts : NULL;

    for (i = 0; hosts && i < conf->csp_hosts->nelts; i++) {
        if (ctx->state.allowed & consent_bit(hosts[i].category)) {
            len += hosts[i].sources.len;
        }
    }

    p = ngx_pnalloc(r->pool, len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    p = ngx_cpymem(p, conf->csp_allow.data, conf->csp_allow.len);

    for (i = 0; hosts && i < conf->csp_hosts->nelts; i++) {
        if (ctx->state.allowed & consent_bit(hosts[i].category)) {
            p = ngx_cpymem(p, hosts[i].sources.data, hosts[i].sources.len);
        }
    }

    /* what is only looked at is looked at by somebody: the inventory */

    if (conf->csp == NGX_HTTP_CONSENT_CSP_REPORT && conf->main->zone) {
        p = ngx_sprintf(p, "; report-uri %Vcsp", endpoint);
    }

    value.len = p - value.data;

    return ngx_http_consent_add_policy(r,
                                 conf->csp == NGX_HTTP_CONSENT_CSP_ENFORCE
                                     ? "Content-Security-Policy"
                                     : "Content-Security-Policy-Report-Only",
                                 &value);
}


/*
 * A worker's script comes with a policy of its own (CSP Level 3, 4.2); that
 * of a worker which a page makes of a text is the page's.  No copy of it is
 * kept: it would outlive the choice.
 */

ngx_int_t
ngx_http_consent_add_worker_csp(ngx_http_request_t *r)
{
    ngx_table_elt_t              *dest;
    ngx_http_consent_ctx_t       *ctx;
    ngx_http_consent_loc_conf_t  *conf;

    static ngx_str_t  cache = ngx_string("no-store");

    conf = ngx_http_get_module_loc_conf(r, ngx_http_consent_module);

    if (conf->enable != NGX_HTTP_CONSENT_ON
        || conf->csp != NGX_HTTP_CONSENT_CSP_ENFORCE)
    {
        return NGX_OK;
    }

    dest = ngx_http_consent_header_in(r, "sec-fetch-dest");

    if (dest == NULL || dest->value.len < 6
        || ngx_strncasecmp(dest->value.data + dest->value.len - 6,
                           (u_char *) "worker", 6)
           != 0)
    {
        return NGX_OK;
    }

    ctx = ngx_http_consent_decide(r);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    if (ctx->state.allowed == ctx->state.all) {
        return NGX_OK;
    }

    ngx_http_clear_etag(r);
    ngx_http_clear_last_modified(r);

    if (ngx_http_consent_add_header(r, "Cache-Control", &cache) == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_consent_add_csp(r, ctx);
}


/* a page that asks must not be asked through another site's frame */

ngx_int_t
ngx_http_consent_add_frame_ancestors(ngx_http_request_t *r)
{
    ngx_str_t  value = ngx_string("frame-ancestors 'self'");

    return ngx_http_consent_add_header(r, "Content-Security-Policy", &value)
               ? NGX_OK : NGX_ERROR;
}
