
/*
 * The second look, at "nginx -t", when all is read: what is right by itself,
 * and not beside the rest of the configuration.  It warns and stops nothing.
 */

#include "ngx_http_consent_module.h"


typedef struct {
    ngx_conf_t                   *cf;

    /* the server that is looked at */
    ngx_http_core_srv_conf_t     *server;
    ngx_http_consent_srv_conf_t  *conf;
    ngx_uint_t                    root;        /* it has a "location /" */
    ngx_uint_t                    missing;     /* a page has no policy */

    ngx_http_complex_value_t     *language;    /* warned of */

    /* the first of its kind is named, the others are counted */
    ngx_http_core_srv_conf_t     *unlinked;
    ngx_uint_t                    nunlinked;
    ngx_http_core_srv_conf_t     *plain;
    ngx_uint_t                    nplain;
} ngx_http_consent_look_t;


/* by what visitors reach a server */

#define NGX_HTTP_CONSENT_BY_PLAIN    1
#define NGX_HTTP_CONSENT_BY_TLS      2


static void ngx_http_consent_look_server(ngx_http_consent_look_t *look);
static void ngx_http_consent_look_below(ngx_http_consent_look_t *look,
    ngx_http_core_loc_conf_t *clcf);
static void ngx_http_consent_look_tree(ngx_http_consent_look_t *look,
    ngx_http_location_tree_node_t *node);
static void ngx_http_consent_look_location(ngx_http_consent_look_t *look,
    ngx_http_core_loc_conf_t *clcf);
static void ngx_http_consent_look_settings(ngx_http_consent_look_t *look,
    ngx_http_consent_loc_conf_t *conf);
static void ngx_http_consent_look_language(ngx_http_consent_look_t *look,
    ngx_http_consent_loc_conf_t *conf);
static ngx_uint_t ngx_http_consent_has_policy(ngx_array_t *links);
static ngx_uint_t ngx_http_consent_is_hidden(ngx_http_consent_look_t *look,
    ngx_http_core_loc_conf_t *clcf);
static ngx_uint_t ngx_http_consent_is_plain(ngx_http_consent_look_t *look);
static ngx_uint_t ngx_http_consent_reached_by(ngx_conf_t *cf,
    ngx_http_core_srv_conf_t *server);
static ngx_uint_t ngx_http_consent_listens_by(ngx_http_listen_opt_t *opt);
static ngx_uint_t ngx_http_consent_is_loopback(struct sockaddr *sa);
static ngx_uint_t ngx_http_consent_same_site(ngx_http_core_srv_conf_t *a,
    ngx_http_core_srv_conf_t *b);
static void ngx_http_consent_look_say(ngx_conf_t *cf,
    ngx_http_core_srv_conf_t *server, ngx_uint_t n, const char *what);


void
ngx_http_consent_second_look(ngx_conf_t *cf)
{
    ngx_uint_t                   i;
    ngx_http_consent_look_t      look;
    ngx_http_core_srv_conf_t   **server;
    ngx_http_core_main_conf_t   *cmcf;

    ngx_memzero(&look, sizeof(ngx_http_consent_look_t));

    look.cf = cf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    server = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {
        look.server = server[i];
        look.conf = server[i]->ctx->srv_conf[ngx_http_consent_module.ctx_index];

        if (look.conf->active) {
            ngx_http_consent_look_server(&look);
        }
    }

    ngx_http_consent_look_say(cf, look.unlinked, look.nunlinked,
        "\"consent on\" and no \"consent_link\" with \"rel=privacy-policy\": "
        "the notice cannot say where the privacy policy is");

    ngx_http_consent_look_say(cf, look.plain, look.nplain,
        "\"consent on\" and plain http only: anyone on the way can read and "
        "change what is chosen; add \"listen ... ssl\" or, where TLS ends in "
        "front of nginx, \"consent_trusted_origin https://...\"");
}


static void
ngx_http_consent_look_server(ngx_http_consent_look_t *look)
{
    void  **loc_conf;

    loc_conf = look->server->ctx->loc_conf;

    look->root = 0;
    look->missing = 0;

    ngx_http_consent_look_below(look,
                                loc_conf[ngx_http_core_module.ctx_index]);

    if (!look->root) {
        ngx_http_consent_look_settings(look,
                                 loc_conf[ngx_http_consent_module.ctx_index]);
    }

    if (look->missing && look->nunlinked++ == 0) {
        look->unlinked = look->server;
    }

    if (ngx_http_consent_is_plain(look) && look->nplain++ == 0) {
        look->plain = look->server;
    }
}


static void
ngx_http_consent_look_below(ngx_http_consent_look_t *look,
    ngx_http_core_loc_conf_t *clcf)
{
#if (NGX_PCRE)
    ngx_http_core_loc_conf_t  **regex;

    if (clcf->regex_locations) {
        for (regex = clcf->regex_locations; *regex; regex++) {
            ngx_http_consent_look_location(look, *regex);
        }
    }
#endif

    ngx_http_consent_look_tree(look, clcf->static_locations);
}


static void
ngx_http_consent_look_tree(ngx_http_consent_look_t *look,
    ngx_http_location_tree_node_t *node)
{
    if (node == NULL) {
        return;
    }

    ngx_http_consent_look_tree(look, node->left);

    if (node->exact) {
        ngx_http_consent_look_location(look, node->exact);
    }

    if (node->inclusive) {
        ngx_http_consent_look_location(look, node->inclusive);
    }

    ngx_http_consent_look_tree(look, node->tree);
    ngx_http_consent_look_tree(look, node->right);
}


static void
ngx_http_consent_look_location(ngx_http_consent_look_t *look,
    ngx_http_core_loc_conf_t *clcf)
{
    ngx_http_consent_loc_conf_t  *conf;

    conf = clcf->loc_conf[ngx_http_consent_module.ctx_index];

    if (clcf->name.len == 1 && clcf->name.data[0] == '/'
        && !clcf->exact_match)
    {
        look->root = 1;
    }

    if (ngx_http_consent_is_hidden(look, clcf)) {
        ngx_log_error(NGX_LOG_WARN, look->cf->log, 0,
                      "location \"%V\" is not reached: \"consent_endpoint "
                      "%V\" answers for all that is below that path in %V:%ui",
                      &clcf->name, &look->conf->endpoint, &conf->place.file,
                      conf->place.line);
    }

    ngx_http_consent_look_settings(look, conf);
    ngx_http_consent_look_below(look, clcf);
}


static void
ngx_http_consent_look_settings(ngx_http_consent_look_t *look,
    ngx_http_consent_loc_conf_t *conf)
{
    if (conf->enable != NGX_HTTP_CONSENT_ON) {
        return;
    }

    if (conf->banner && !ngx_http_consent_has_policy(conf->links)) {
        look->missing = 1;
    }

    if (conf->language && conf->language->lengths == NULL
        && conf->language != look->language)
    {
        ngx_http_consent_look_language(look, conf);
    }
}


/* a language that there are no words for is as good as "auto" */

static void
ngx_http_consent_look_language(ngx_http_consent_look_t *look,
    ngx_http_consent_loc_conf_t *conf)
{
    int            i, n;
    u_char        *p, *last;
    u_char         known[NGX_MAX_CONF_ERRSTR];
    consent_str_t  tag;

    if (consent_ui_lang(conf->ui, ngx_http_consent_str(&conf->language->value))
        >= 0)
    {
        return;
    }

    look->language = conf->language;

    p = known;
    last = known + NGX_MAX_CONF_ERRSTR;
    n = (int) consent_ui_nlangs(conf->ui);

    for (i = 0; i < n; i++) {
        tag = consent_ui_lang_tag(conf->ui, i);
        p = ngx_slprintf(p, last, " %*s", tag.len, tag.data);
    }

    ngx_log_error(NGX_LOG_WARN, look->cf->log, 0,
                  "\"consent_language %V\": there are no words in that "
                  "language, visitors get the one they ask for; there are"
                  "%*s, and those of \"consent_text\", in %V:%ui",
                  &conf->language->value, (size_t) (p - known), known,
                  &conf->language_place.file, conf->language_place.line);
}


static ngx_uint_t
ngx_http_consent_has_policy(ngx_array_t *links)
{
    ngx_uint_t                i;
    ngx_http_consent_link_t  *link;

    static ngx_str_t  policy = ngx_string("privacy-policy");

    if (links == NULL) {
        return 0;
    }

    link = links->elts;

    for (i = 0; i < links->nelts; i++) {
        if (link[i].rel.len == policy.len
            && ngx_strncasecmp(link[i].rel.data, policy.data, policy.len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/*
 * Whether a location's content is where the endpoint is.  One that has none
 * of its own may be there for what it says of access or of rates.
 */

static ngx_uint_t
ngx_http_consent_is_hidden(ngx_http_consent_look_t *look,
    ngx_http_core_loc_conf_t *clcf)
{
    ngx_str_t  *name, *endpoint;

    name = &clcf->name;
    endpoint = &look->conf->endpoint;

    if (clcf->handler == NULL && clcf->alias == 0) {
        return 0;
    }

#if (NGX_PCRE)
    if (clcf->regex) {
        return ngx_strnstr(name->data, (char *) endpoint->data, name->len)
               != NULL;
    }
#endif

    if (name->len == endpoint->len - 1 && !clcf->exact_match) {

        /* "location /x" is for "/x/", too */

        return ngx_memcmp(name->data, endpoint->data, name->len) == 0;
    }

    return name->len >= endpoint->len
           && ngx_memcmp(name->data, endpoint->data, endpoint->len) == 0;
}


/*
 * Plain http is what a server is reached by, from elsewhere, and none of the
 * same names by TLS, to which this one may redirect.
 */

static ngx_uint_t
ngx_http_consent_is_plain(ngx_http_consent_look_t *look)
{
    ngx_str_t                   *origin;
    ngx_uint_t                   i;
    ngx_http_core_srv_conf_t   **server;
    ngx_http_core_main_conf_t   *cmcf;

    if (ngx_http_consent_reached_by(look->cf, look->server)
        != NGX_HTTP_CONSENT_BY_PLAIN)
    {
        return 0;
    }

    if (look->conf->origins) {
        origin = look->conf->origins->elts;

        for (i = 0; i < look->conf->origins->nelts; i++) {
            if (ngx_strncmp(origin[i].data, "https:", 6) == 0) {
                return 0;
            }
        }
    }

    cmcf = ngx_http_conf_get_module_main_conf(look->cf, ngx_http_core_module);
    server = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {
        if (ngx_http_consent_same_site(look->server, server[i])
            && (ngx_http_consent_reached_by(look->cf, server[i])
                & NGX_HTTP_CONSENT_BY_TLS))
        {
            return 0;
        }
    }

    return 1;
}


static ngx_uint_t
ngx_http_consent_reached_by(ngx_conf_t *cf, ngx_http_core_srv_conf_t *server)
{
    ngx_uint_t                   p, a, s, by;
    ngx_http_conf_port_t        *port;
    ngx_http_conf_addr_t        *addr;
    ngx_http_core_srv_conf_t   **of;
    ngx_http_core_main_conf_t   *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    if (cmcf->ports == NULL) {
        return 0;
    }

    by = 0;
    port = cmcf->ports->elts;

    for (p = 0; p < cmcf->ports->nelts; p++) {
        addr = port[p].addrs.elts;

        for (a = 0; a < port[p].addrs.nelts; a++) {
            of = addr[a].servers.elts;

            for (s = 0; s < addr[a].servers.nelts; s++) {
                if (of[s] == server) {
                    by |= ngx_http_consent_listens_by(&addr[a].opt);
                    break;
                }
            }
        }
    }

    return by;
}


static ngx_uint_t
ngx_http_consent_listens_by(ngx_http_listen_opt_t *opt)
{
#if (NGX_HTTP_SSL)
    if (opt->ssl) {
        return NGX_HTTP_CONSENT_BY_TLS;
    }
#endif

#if (NGX_HTTP_V3)
    if (opt->quic) {
        return NGX_HTTP_CONSENT_BY_TLS;
    }
#endif

    return ngx_http_consent_is_loopback(opt->sockaddr)
           ? 0 : NGX_HTTP_CONSENT_BY_PLAIN;
}


/* reached from this machine alone: by a browser on it, or a proxy in front */

static ngx_uint_t
ngx_http_consent_is_loopback(struct sockaddr *sa)
{
    struct sockaddr_in   *sin;
#if (NGX_HAVE_INET6)
    struct sockaddr_in6  *sin6;
#endif

    switch (sa->sa_family) {

#if (NGX_HAVE_INET6)
    case AF_INET6:
        sin6 = (struct sockaddr_in6 *) sa;
        return IN6_IS_ADDR_LOOPBACK(&sin6->sin6_addr);
#endif

    case AF_INET:
        sin = (struct sockaddr_in *) sa;
        return ntohl(sin->sin_addr.s_addr) >> 24 == 127;

    default: /* AF_UNIX */
        return 1;
    }
}


/* 1 if two servers have a name in common, or the first is for any name */

static ngx_uint_t
ngx_http_consent_same_site(ngx_http_core_srv_conf_t *a,
    ngx_http_core_srv_conf_t *b)
{
    ngx_uint_t               i, j;
    ngx_http_server_name_t  *x, *y;

    x = a->server_names.elts;
    y = b->server_names.elts;

    for (i = 0; i < a->server_names.nelts; i++) {

        if (x[i].name.len == 0
            || (x[i].name.len == 1 && x[i].name.data[0] == '_'))
        {
            return 1;
        }

        for (j = 0; j < b->server_names.nelts; j++) {
            if (x[i].name.len == y[j].name.len
                && ngx_memcmp(x[i].name.data, y[j].name.data, x[i].name.len)
                   == 0)
            {
                return 1;
            }
        }
    }

    return 0;
}


static void
ngx_http_consent_look_say(ngx_conf_t *cf, ngx_http_core_srv_conf_t *server,
    ngx_uint_t n, const char *what)
{
    if (n == 0) {
        return;
    }

    if (n > 1) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "%s, in server in %s:%ui, and in %ui more", what,
                      server->file_name, server->line, n - 1);
        return;
    }

    ngx_log_error(NGX_LOG_WARN, cf->log, 0, "%s, in server in %s:%ui", what,
                  server->file_name, server->line);
}
