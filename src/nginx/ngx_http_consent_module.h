
/*
 * What the nginx side of the module shares: configuration, the request's
 * context, and the functions that its files call in each other.
 *
 *     _module.c       directives, merging, start-up checks
 *     _conf.c         directives of locations
 *     _conf_server.c  directives of http and server
 *     _merge.c        what is compiled when levels are merged
 *     _look.c         warnings, when all is read
 *     _host.c         a page's own URL and site
 *     _state.c        cookie, mode and signal of a request -> its state
 *     _early.c        phases before the content, and the early header filter
 *     _filter.c       main header filter and body filter
 *     _headers.c      response headers
 *     _validators.c   ETag and conditional requests
 *     _csp.c          Content-Security-Policy
 *     _decode.c       content codings
 *     _variables.c    $consent_...
 *     _endpoint.c     everything under the endpoint's prefix
 *     _ledger.c       the ledger file
 *     _copy.c         its copy to syslog
 *     _zone.c         shared memory: counters and the inventory
 *     _status*.c      the status page
 *     _report.c       consent report
 */

#ifndef _NGX_HTTP_CONSENT_MODULE_H_INCLUDED_
#define _NGX_HTTP_CONSENT_MODULE_H_INCLUDED_


#include "ngx_http_consent_compat.h"
#include "ngx_http_consent_fields.h"

#include "consent_core.h"
#include "consent_cookie.h"
#include "consent_rewrite.h"
#include "consent_rules.h"
#include "consent_state.h"
#include "consent_url.h"
#include "consent_ui.h"


/*
 * Nobody outside of the module calls these, or may take their place: so they
 * are called and read directly, not by the tables of a shared object.
 */

#pragma GCC visibility push(hidden)


#define NGX_HTTP_CONSENT_VERSION         "0.1.0"


/* consent on|off|report */

#define NGX_HTTP_CONSENT_OFF             0
#define NGX_HTTP_CONSENT_ON              1
#define NGX_HTTP_CONSENT_REPORT          2

/* consent_links */

#define NGX_HTTP_CONSENT_LINKS_OFF       0
#define NGX_HTTP_CONSENT_LINKS_FOOTER    1
#define NGX_HTTP_CONSENT_LINKS_MARKER    2

/* consent_activation */

#define NGX_HTTP_CONSENT_RELOAD          0
#define NGX_HTTP_CONSENT_INPLACE         1

/* consent_delivery */

#define NGX_HTTP_CONSENT_VISITOR         0
#define NGX_HTTP_CONSENT_SHARED          1

/* consent_csp */

#define NGX_HTTP_CONSENT_CSP_OFF         0
#define NGX_HTTP_CONSENT_CSP_ENFORCE     1
#define NGX_HTTP_CONSENT_CSP_REPORT      2

/* consent_undecodable */

#define NGX_HTTP_CONSENT_CLOSE           0
#define NGX_HTTP_CONSENT_PASS            1


/* a place in the configuration, for errors found when levels are merged */

/* a Content-Type and what was made of it */

#define NGX_HTTP_CONSENT_TYPES      8
#define NGX_HTTP_CONSENT_TYPE_MAX   47

typedef struct {
    size_t                         len;
    ngx_uint_t                     kind;       /* ngx_http_consent_kind_e */
    u_char                         type[NGX_HTTP_CONSENT_TYPE_MAX + 1];
} ngx_http_consent_type_t;

/* a cookie that was found to be signed by us, with all that is signed */

#define NGX_HTTP_CONSENT_KNOWN      256
#define NGX_HTTP_CONSENT_SCOPE_MAX  64

typedef struct {
    size_t                         len;
    size_t                         scope_len;
    ngx_str_t                     *name;       /* which server's, too */
    struct ngx_http_consent_loc_conf_s
                                  *conf;       /* "state" is by it */
    consent_state_t                state;
    consent_record_t               record;
    u_char                         scope[NGX_HTTP_CONSENT_SCOPE_MAX];
    u_char                         value[CONSENT_COOKIE_MAX];
} ngx_http_consent_known_t;

/* Consent-State as it is written for a state, of this worker */

#define NGX_HTTP_CONSENT_STATES     16

typedef struct {
    consent_mode_e                 mode;
    consent_basis_e                basis;
    consent_mask_t                 allowed;
    ngx_uint_t                     gpc;
    ngx_str_t                      value;
} ngx_http_consent_said_t;


extern ngx_module_t  ngx_http_consent_module;
extern ngx_module_t  ngx_http_consent_early_filter_module;


typedef struct {
    ngx_str_t                      file;
    ngx_uint_t                     line;
} ngx_http_consent_place_t;


/* a file that a directive named, read at start */

typedef struct {
    ngx_str_t                      name;       /* full */
    ngx_str_t                      text;
    ngx_http_consent_place_t       place;
} ngx_http_consent_file_t;


/* one word of consent_block, consent_allow, consent_cookies */

typedef struct {
    ngx_str_t                      category;   /* empty for consent_allow */
    ngx_str_t                      pattern;
    ngx_http_consent_place_t       place;
} ngx_http_consent_pattern_t;


/* consent_cookies after merging */

typedef struct {
    ngx_str_t                      name;
    ngx_uint_t                     prefix;     /* "name*" */
    int                            category;
} ngx_http_consent_cookie_name_t;


/* consent_category as written */

typedef struct {
    ngx_str_t                      name;
    ngx_str_t                      title;
    ngx_str_t                      description;
    ngx_str_t                      recipient;
    ngx_uint_t                     flags;      /* CONSENT_CAT_... */
    ngx_uint_t                     set;        /* which flags are given */
    ngx_http_consent_place_t       place;
} ngx_http_consent_category_t;


/* a server's categories, by number: four built in, then the operator's */

typedef struct {
    ngx_uint_t                     n;
    consent_str_t                  names[CONSENT_CATEGORIES_MAX];
    consent_str_t                  titles[CONSENT_CATEGORIES_MAX];
    consent_str_t                  descriptions[CONSENT_CATEGORIES_MAX];
    consent_str_t                  recipients[CONSENT_CATEGORIES_MAX];
    consent_str_t                  purposes[CONSENT_CATEGORIES_MAX];
                                               /* what the cookie goes by:
                                                  name and recipient */
    uint8_t                        flags[CONSENT_CATEGORIES_MAX];
} ngx_http_consent_categories_t;


/* consent_link */

typedef struct {
    ngx_str_t                      text;
    ngx_str_t                      url;
    ngx_str_t                      rel;
} ngx_http_consent_link_t;


/* consent_list as written; compiled once per file and category */

typedef struct {
    ngx_http_consent_file_t       *file;
    ngx_str_t                      category;
    ngx_http_consent_place_t       place;
} ngx_http_consent_list_t;


typedef struct {
    ngx_http_consent_file_t       *file;
    int                            category;
    consent_list_t                *list;
} ngx_http_consent_compiled_list_t;


/* a compiled rule set and what it was compiled from: locations with the same
 * sources share it */

typedef struct {
    ngx_array_t                   *block;
    ngx_array_t                   *allow;
    ngx_array_t                   *lists;
    ngx_http_consent_categories_t *categories;
    ngx_flag_t                     catalog;
    int                            third_party;

    consent_rules_t               *rules;
} ngx_http_consent_set_t;


/* sources that consent_csp lets through once their category is allowed */

typedef struct {
    int                            category;
    ngx_str_t                      sources;
} ngx_http_consent_hosts_t;


typedef struct ngx_http_consent_loc_conf_s  ngx_http_consent_loc_conf_t;
typedef struct ngx_http_consent_body_s      ngx_http_consent_body_t;
typedef struct ngx_http_consent_copy_s      ngx_http_consent_copy_t;
typedef struct ngx_http_consent_host_s      ngx_http_consent_host_t;
typedef struct ngx_http_consent_spoken_s    ngx_http_consent_spoken_t;


typedef struct {
    ngx_uint_t                     enabled;    /* on or report somewhere */
    ngx_uint_t                     random;     /* a server has random keys */

    consent_keys_t                *keys;       /* random, shared by servers
                                                  that have no file */

    ngx_array_t                    files;      /* ngx_http_consent_file_t * */
    ngx_array_t                    sets;       /* ngx_http_consent_set_t */
    ngx_array_t                    lists;      /* ngx_http_consent_compiled_-
                                                  list_t */

    /* of all directives with their arguments, and the files they name: goes
       into ETags, so that no copy made under another configuration stays */
    uint64_t                       fingerprint;
    uint64_t                       build;      /* the same of what is compiled
                                                  in */

    ngx_str_t                      zone_name;
    size_t                         zone_size;
    ngx_shm_zone_t                *zone;

    consent_match_t               *match;      /* of this worker */
    struct ngx_http_consent_kept_s *kept;      /* _insert.c's, this worker's */
    ngx_http_consent_known_t      *known;      /* _state.c's, this worker's */
    ngx_http_consent_host_t       *hosts;      /* _host.c's, this worker's */
    ngx_http_consent_spoken_t     *spoken;     /* _state.c's, this worker's */

    time_t                         loaded;     /* this configuration */
    ngx_array_t                    assets;     /* consent_ui_asset_t *, made
                                                  at start */
    ngx_array_t                    guards;     /* _guard.c's */
    ngx_array_t                    ledgers;    /* _ledger.c's */
    ngx_array_t                    copies;     /* _copy.c's */
} ngx_http_consent_main_conf_t;


typedef struct {
    ngx_str_t                      endpoint;   /* with both slashes */

    ngx_http_consent_file_t       *secret;
    consent_keys_t                *keys;       /* never NULL once merged */

    ngx_str_t                      cookie;     /* without "__Host-" */
    ngx_str_t                      host_cookie;    /* with it */
    time_t                         cookie_max_age;
    ngx_str_t                      cookie_domain;
    ngx_str_t                      cookie_samesite;

    ngx_array_t                   *category;   /* as written */
    ngx_http_consent_categories_t *categories; /* never NULL once merged */

    ngx_str_t                      controller;
    ngx_str_t                      contact;

    ngx_array_t                   *origins;    /* ngx_str_t, lower case */
    ngx_array_t                   *lists;      /* ngx_http_consent_list_t */

    ngx_str_t                      log;        /* full path; "off": none */
    ngx_flag_t                     log_sync;
    ngx_uint_t                     log_address;    /* cut, if asked for */
    ngx_uint_t                     log_agent;
    ngx_http_consent_copy_t       *copy;       /* consent_log_copy */
    ngx_http_consent_place_t       log_place;
    void                          *ledger;     /* _ledger.c's */

    /* set when a location of this server is on: the endpoint exists, and
       takes its settings from there if the location it lands in is off */
    ngx_http_consent_loc_conf_t   *active;
    u_char                         second;     /* of "endpoint", if active */
} ngx_http_consent_srv_conf_t;


struct ngx_http_consent_loc_conf_s {
    ngx_http_consent_place_t       place;      /* of its block */

    ngx_uint_t                     enable;
    ngx_http_complex_value_t      *mode;       /* NULL: opt-in */
    ngx_str_t                      revision;

    ngx_array_t                   *block;      /* ngx_http_consent_pattern_t */
    ngx_array_t                   *allow;
    ngx_array_t                   *cookies;
    ngx_flag_t                     catalog;
    ngx_str_t                      third_party;    /* "pass" or category */
    ngx_http_consent_place_t       third_party_place;

    consent_rules_t               *rules;      /* NULL where off */
    ngx_array_t                   *cookie_names;   /* ngx_http_consent_cookie_-
                                                      name_t; NULL: curated */

    ngx_array_t                   *links;      /* ngx_http_consent_link_t */
    ngx_uint_t                     links_place;
    ngx_flag_t                     banner;
    ngx_flag_t                     guard;
    ngx_flag_t                     gpc;
    ngx_flag_t                     gesture;    /* a grant takes one */
    ngx_flag_t                     google;
    ngx_uint_t                     activation;
    ngx_uint_t                     delivery;

    ngx_http_complex_value_t      *language;   /* NULL: auto */
    ngx_http_consent_place_t       language_place;
    consent_ui_own_t              *text;
    consent_ui_asset_t            *style;
    consent_ui_t                  *ui;         /* NULL where off */

    /* frames and fragments, too: a script that a page keeps inert until all is
       allowed may be in them; nothing in a report */
    unsigned                       adds:1;     /* something to every page */
    unsigned                       asks:1;     /* by a notice */

    ngx_uint_t                     csp;
    ngx_array_t                   *csp_sources;    /* ngx_str_t */

    ngx_array_t                   *types_keys;
    ngx_hash_t                     types;
    ngx_http_consent_type_t        known[NGX_HTTP_CONSENT_TYPES];
    size_t                         inline_max;
    ngx_uint_t                     undecodable;
    ngx_uint_t                     status;     /* consent_status is here */

    ngx_http_consent_srv_conf_t   *srv;
    ngx_http_consent_main_conf_t  *main;

    uint64_t                       variant;    /* what ETags have of this
                                                  location; 0: unknown yet */
    ngx_str_t                      links_header;   /* of Link, ready made */
    void                          *guard_sites;    /* _guard.c's */
    ngx_str_t                      csp_allow;      /* of CSP, ready made */
    ngx_array_t                   *csp_hosts;  /* ngx_http_consent_hosts_t */

    ngx_http_consent_said_t       *said;       /* _headers.c's, this
                                                  worker's */
    ngx_uint_t                     nsaid;

    /* what was logged once by this worker */
    ngx_uint_t                     logged_mode;
    ngx_uint_t                     logged_form;
    ngx_uint_t                     logged_style;
    ngx_uint_t                     logged_script;
    ngx_uint_t                     logged_connect;
    ngx_uint_t                     logged_undecodable;
};


/*
 * Of r->main.  It may be gone and made again when nginx redirects a request
 * internally: nothing here cannot be had a second time, but for "blocked".
 */

typedef struct {
    ngx_http_consent_loc_conf_t   *conf;       /* state was decided by it */
    consent_state_t                state;
    consent_record_t               record;

    unsigned                       decided:1;
    unsigned                       read:1;     /* cookie was looked at */
    unsigned                       valid:1;    /* and record is good */
    unsigned                       heard:1;    /* signal is known */
    unsigned                       signal:1;   /* Sec-GPC: 1 */

    unsigned                       endpoint:1; /* request is the endpoint's */
    unsigned                       gpc_json:1; /* is /.well-known/gpc.json */

    unsigned                       asked:1;    /* whether it may be a */
    unsigned                       document:1; /* document: it may */

    unsigned                       html:1;     /* early filter: is a page */
    unsigned                       rewrite:1;  /* and goes through us */
    unsigned                       marked:1;   /* variant is in the ETag */
    unsigned                       revalidated:1;
                                               /* upstream was asked with
                                                  validators of this variant */
    unsigned                       hidden:1;   /* validators were hidden from
                                                  the upstream */
    unsigned                       hidden_inm:1;
    unsigned                       hidden_ims:1;

    unsigned                       shared:1;   /* the same for everyone */
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


/* strings of the core and of nginx */

static ngx_inline consent_str_t
ngx_http_consent_str(ngx_str_t *s)
{
    consent_str_t  c;

    c.data = s->data;
    c.len = s->len;

    return c;
}


static ngx_inline ngx_str_t
ngx_http_consent_ngx_str(consent_str_t c)
{
    ngx_str_t  s;

    s.data = (u_char *) c.data;
    s.len = c.len;

    return s;
}


/*
 * Names of headers, whatever their case.  What has no case in them ("-",
 * digits) has the bit already, and what loses it by this is a control
 * character, which cannot be in a name.
 */

static ngx_inline ngx_uint_t
ngx_http_consent_same_name(const u_char *a, const u_char *b, size_t n)
{
    uint16_t  a2, b2;
    uint32_t  a4, b4;
    uint64_t  a8, b8, differ;

    differ = 0;

    for ( /* void */ ; n >= 8; n -= 8) {
        ngx_memcpy(&a8, a, 8);
        ngx_memcpy(&b8, b, 8);
        differ |= (a8 ^ b8) & 0xdfdfdfdfdfdfdfdfull;
        a += 8;
        b += 8;
    }

    if (n & 4) {
        ngx_memcpy(&a4, a, 4);
        ngx_memcpy(&b4, b, 4);
        differ |= (a4 ^ b4) & 0xdfdfdfdf;
        a += 4;
        b += 4;
    }

    if (n & 2) {
        ngx_memcpy(&a2, a, 2);
        ngx_memcpy(&b2, b, 2);
        differ |= (a2 ^ b2) & 0xdfdf;
        a += 2;
        b += 2;
    }

    if (n & 1) {
        differ |= (*a ^ *b) & 0xdf;
    }

    return differ == 0;
}


/*
 * Short texts of 8 bytes and more, in a time that does not tell where they
 * differ.
 */

static ngx_inline ngx_uint_t
ngx_http_consent_same_text(const u_char *a, const u_char *b, size_t n)
{
    size_t                    i;
    uint64_t                  x[2], y[2];
    ngx_http_consent_block_t  p, q, differ;

    if (n <= 16) {
        ngx_memcpy(&x[0], a, 8);
        ngx_memcpy(&y[0], b, 8);
        ngx_memcpy(&x[1], a + n - 8, 8);
        ngx_memcpy(&y[1], b + n - 8, 8);

        return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
    }

    /* the last block may have been in the one before */

    ngx_memcpy(&p, a + n - 16, 16);
    ngx_memcpy(&q, b + n - 16, 16);
    differ = p ^ q;

    for (i = 0; i < n - 16; i += 16) {
        ngx_memcpy(&p, a + i, 16);
        ngx_memcpy(&q, b + i, 16);
        differ |= p ^ q;
    }

    return (differ[0] | differ[1]) == 0;
}


/* an allocator for the core over a pool */

consent_alloc_t ngx_http_consent_alloc(ngx_pool_t *pool);


/*
 * _conf.c, _conf_server.c, _merge.c, _look.c
 */

char *ngx_http_consent_set_flag(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_enum(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_size(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_types(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_mode(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_endpoint(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_secret(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_cookie(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_revision(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_category(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_block(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_allow(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_cookies(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_third_party(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_list(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_controller(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_link(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_language(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_text(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_style(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_csp(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_origin(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_log(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_log_copy(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_zone(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_consent_set_status(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* between the two files of directives */

#define NGX_HTTP_CONSENT_LOWER   "abcdefghijklmnopqrstuvwxyz"
#define NGX_HTTP_CONSENT_DIGIT   "0123456789"
#define NGX_HTTP_CONSENT_ALNUM   NGX_HTTP_CONSENT_LOWER                      \
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"                \
                                 NGX_HTTP_CONSENT_DIGIT

void ngx_http_consent_note(ngx_conf_t *cf);
void ngx_http_consent_place(ngx_conf_t *cf, ngx_http_consent_place_t *place);
char *ngx_http_consent_error(ngx_conf_t *cf, const char *allowed,
    ngx_str_t *found);
ngx_uint_t ngx_http_consent_is(ngx_str_t *value, const char *chars,
    size_t max);
ngx_http_consent_file_t *ngx_http_consent_read_file(ngx_conf_t *cf,
    ngx_str_t *name, ngx_uint_t secret);

/* "[emerg] ... in FILE:LINE" for a place seen before */
void ngx_http_consent_conf_error(ngx_conf_t *cf,
    ngx_http_consent_place_t *place, const char *fmt, ...);

/* adds to the configuration's fingerprint */
void ngx_http_consent_fingerprint(ngx_conf_t *cf, u_char *data, size_t len);

char *ngx_http_consent_merge_keys(ngx_conf_t *cf,
    ngx_http_consent_srv_conf_t *conf);
char *ngx_http_consent_merge_categories(ngx_conf_t *cf,
    ngx_http_consent_srv_conf_t *prev, ngx_http_consent_srv_conf_t *conf);
char *ngx_http_consent_merge_rules(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf);
char *ngx_http_consent_check_cookie(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf);
char *ngx_http_consent_merge_ui(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf);
char *ngx_http_consent_merge_csp(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf);
consent_str_t ngx_http_consent_guard_hosts(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, consent_str_t site);
char *ngx_http_consent_merge_guard(ngx_conf_t *cf,
    ngx_http_consent_loc_conf_t *conf);

void ngx_http_consent_second_look(ngx_conf_t *cf);

/* a category's number in a server, or CONSENT_CATEGORY_NONE */
int ngx_http_consent_category(ngx_http_consent_categories_t *categories,
    ngx_str_t *name);


/*
 * _state.c.  The request's state, decided at the first call and kept; works
 * in every phase, for subrequests too (they share their main request's).
 * NULL: no memory.
 */

ngx_http_consent_ctx_t *ngx_http_consent_decide_anew(ngx_http_request_t *r);

static ngx_inline ngx_http_consent_ctx_t *
ngx_http_consent_decide_main(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_http_consent_loc_conf_t *conf)
{
    if (ctx && ctx->decided && ctx->conf == conf) {
        return ctx;
    }

    return ngx_http_consent_decide_anew(r);
}


static ngx_inline ngx_http_consent_ctx_t *
ngx_http_consent_decide(ngx_http_request_t *r)
{
    return ngx_http_consent_decide_main(r,
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

/* the language's number for consent_ui: of consent_language, or of the page's
 * own <html lang>, else of Accept-Language, else English */
int ngx_http_consent_language(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, consent_str_t page);

/* of r->main's location; for the endpoint, of the first that is on */
ngx_http_consent_loc_conf_t *ngx_http_consent_get_conf(ngx_http_request_t *r);


/*
 * Installation, called by _module.c when there is something to do.
 */

ngx_int_t ngx_http_consent_filter_init(ngx_conf_t *cf);
ngx_int_t ngx_http_consent_phases_init(ngx_conf_t *cf);
void ngx_http_consent_early_filter_init(ngx_conf_t *cf);


/*
 * _page.c
 */

typedef enum {
    NGX_HTTP_CONSENT_OTHER = 0,
    NGX_HTTP_CONSENT_HTML,
    NGX_HTTP_CONSENT_XHTML,                    /* and is in consent_types */
    NGX_HTTP_CONSENT_XML,                      /* can run scripts, we cannot
                                                  read it */
    NGX_HTTP_CONSENT_SNIFFED                   /* browsers look at the body */
} ngx_http_consent_kind_e;

ngx_http_consent_kind_e ngx_http_consent_kind(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf);

/* the place where a type of 8 bytes and more is remembered, and whether it is
 * this one */

#define ngx_http_consent_type_place(conf, type)                              \
    (&(conf)->known[((type)->len ^ (type)->data[(type)->len - 1])            \
                    % NGX_HTTP_CONSENT_TYPES])

#define ngx_http_consent_is_type(t, type)                                    \
    ((t)->len == (type)->len                                                 \
     && ngx_http_consent_same_text((t)->type, (type)->data, (type)->len))

/* 1: it is known to be of a type that is nothing to us */

static ngx_inline ngx_uint_t
ngx_http_consent_is_other(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf)
{
    ngx_str_t                *type;
    ngx_http_consent_type_t  *t;

    type = &r->headers_out.content_type;

    if (type->len < 8) {
        return 0;
    }

    t = ngx_http_consent_type_place(conf, type);

    return t->kind == NGX_HTTP_CONSENT_OTHER
           && ngx_http_consent_is_type(t, type);
}

ngx_str_t ngx_http_consent_charset(ngx_http_request_t *r);
ngx_uint_t ngx_http_consent_is_document(ngx_http_request_t *r);
ngx_uint_t ngx_http_consent_is_context(ngx_http_request_t *r);
ngx_uint_t ngx_http_consent_is_navigation(ngx_http_request_t *r);
consent_type_e ngx_http_consent_request_type(ngx_http_request_t *r);


/*
 * _host.c
 */

ngx_str_t ngx_http_consent_host(ngx_http_request_t *r);
ngx_int_t ngx_http_consent_page_url(ngx_http_request_t *r,
    consent_url_t *url);
consent_str_t ngx_http_consent_page_origin(ngx_http_request_t *r,
    ngx_http_consent_srv_conf_t *conf, consent_url_t *url);

/* in _guard.c's words; see there */
consent_str_t ngx_http_consent_page_site(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, consent_url_t *url);


/*
 * _validators.c
 */

#define NGX_HTTP_CONSENT_VARIANT_LEN     16

void ngx_http_consent_variant(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, u_char *buf);
ngx_int_t ngx_http_consent_hide_validators(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_uint_t context);
ngx_int_t ngx_http_consent_hide_if_match(ngx_http_request_t *r);
ngx_int_t ngx_http_consent_hide_range(ngx_http_request_t *r);
ngx_int_t ngx_http_consent_unlink_header(ngx_http_request_t *r,
    ngx_table_elt_t *h);
ngx_int_t ngx_http_consent_mark_etag(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
void ngx_http_consent_own_validators(ngx_http_request_t *r);


/*
 * _csp.c
 */

void ngx_http_consent_read_csp(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
ngx_int_t ngx_http_consent_close(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, const char *why);
ngx_int_t ngx_http_consent_add_csp(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);
ngx_int_t ngx_http_consent_add_worker_csp(ngx_http_request_t *r);
ngx_int_t ngx_http_consent_add_frame_ancestors(ngx_http_request_t *r);


/*
 * Does anything go into a page, or come out of it?  Once everything is
 * allowed, only the links (and what comes with them) are left.
 */

static ngx_inline ngx_uint_t
ngx_http_consent_rewrites(ngx_http_consent_ctx_t *ctx)
{
    return ctx->state.allowed != ctx->state.all || ctx->conf->adds
           || (ctx->state.ask && ctx->conf->asks);
}


/*
 * _headers.c
 */

/* adds a response header; value must live as long as the request */
ngx_table_elt_t *ngx_http_consent_push_header(ngx_http_request_t *r,
    const char *key, size_t len, ngx_str_t *value);

#define ngx_http_consent_add_header(r, key, value)                           \
    ngx_http_consent_push_header(r, key, ngx_strlen(key), value)

/* Consent-State from the context's state; the endpoint calls it too, after
 * it has changed the state */
ngx_int_t ngx_http_consent_add_state(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);

/* Consent-State, Link, Vary and Cache-Control */
ngx_int_t ngx_http_consent_page_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);

#define ngx_http_consent_key_is(h, name)                                     \
    ((h)->key.len == sizeof(name) - 1                                        \
     && ngx_http_consent_same_name((h)->key.data, (u_char *) name,           \
                                   sizeof(name) - 1))


/* takes out what is not allowed now; also of 103 Early Hints */
ngx_int_t ngx_http_consent_clean_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);

int ngx_http_consent_cookie_category(ngx_http_consent_loc_conf_t *conf,
    consent_str_t name);
ngx_uint_t ngx_http_consent_cookie_denied(ngx_http_consent_ctx_t *ctx,
    consent_str_t name);


/*
 * _endpoint.c: a content handler.  ctx->uri is the path as asked; for
 * ctx->gpc_json it is /.well-known/gpc.json.
 */

ngx_int_t ngx_http_consent_endpoint_handler(ngx_http_request_t *r);


/*
 * _ledger.c: the ledgers of a configuration
 */

ngx_int_t ngx_http_consent_ledger_create(ngx_conf_t *cf,
    ngx_http_consent_main_conf_t *mcf);
char *ngx_http_consent_ledger_add(ngx_conf_t *cf,
    ngx_http_consent_srv_conf_t *conf);
ngx_int_t ngx_http_consent_ledger_init(ngx_cycle_t *cycle);


/*
 * _copy.c: the copy to syslog
 */

ngx_http_consent_copy_t *ngx_http_consent_copy_create(ngx_conf_t *cf,
    ngx_syslog_peer_t *peer);
void ngx_http_consent_copy_send(ngx_http_consent_copy_t *copy, u_char *line,
    size_t len);
void ngx_http_consent_copy_exit(ngx_cycle_t *cycle);


/*
 * _variables.c
 */

ngx_int_t ngx_http_consent_add_variables(ngx_conf_t *cf);


/*
 * _zone.c: counters and the inventory, in shared memory.  Where there is no
 * consent_zone each of these tests one pointer and returns.
 */

typedef enum {
    NGX_HTTP_CONSENT_N_LIMIT = 0,      /* a bound was hit: closed */
    NGX_HTTP_CONSENT_N_UNDECODABLE,    /* answers that could not be read */
    NGX_HTTP_CONSENT_N_LEDGER_ERROR,   /* lines that were not written */
    NGX_HTTP_CONSENT_N_MAX
} ngx_http_consent_counter_e;

char *ngx_http_consent_zone_add(ngx_conf_t *cf,
    ngx_http_consent_main_conf_t *mcf);

void ngx_http_consent_count(ngx_http_consent_main_conf_t *mcf,
    ngx_http_consent_counter_e n);

/* once for each page, on or report, by the main header filter; ctx must be
 * decided */
void ngx_http_consent_count_page(ngx_http_consent_ctx_t *ctx);

/* for each finding of the rewriter, also of a page in report, and for what is
 * taken out of headers (element, attribute and offset are not read).  One by
 * CONSENT_SOURCE_LIMIT counts as NGX_HTTP_CONSENT_N_LIMIT, too */
void ngx_http_consent_count_found(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, const consent_finding_t *f);

/* for each response cookie that is removed, or in report would be */
void ngx_http_consent_count_csp(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, const consent_url_t *url,
    consent_type_e type, const consent_verdict_t *v, consent_str_t page);
void ngx_http_consent_count_cookie(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, ngx_str_t *name, int category);

/* for each choice that was recorded: consent_state_choose()'s event */
void ngx_http_consent_count_choice(ngx_http_consent_main_conf_t *mcf,
    consent_str_t event);

/* for each answer of the endpoint with a status of 400 or more */
void ngx_http_consent_count_refusal(ngx_http_consent_main_conf_t *mcf,
    ngx_uint_t status);


/*
 * _report.c: consent report.
 */

/* the headers as under "on", counted and put back as they were */
ngx_int_t ngx_http_consent_report_headers(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, ngx_uint_t *headers, ngx_uint_t *cookies);

/* the same, and Consent-Report */
ngx_int_t ngx_http_consent_report(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx);

/* the body will be read; before the header leaves */
void ngx_http_consent_report_body(ngx_http_consent_ctx_t *ctx);

/* a page that could not be read, and under "on" would be closed */
void ngx_http_consent_report_unread(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, const char *what);

void ngx_http_consent_report_found(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, const consent_finding_t *f);


/*
 * _status.c: consent_status.
 */

ngx_int_t ngx_http_consent_status_handler(ngx_http_request_t *r);


#pragma GCC visibility pop


#endif /* _NGX_HTTP_CONSENT_MODULE_H_INCLUDED_ */
