
/*
 * The configuration: its structures, by level, as they are read and as they are
 * after merging.
 */

#ifndef _NGX_HTTP_CONSENT_SETTINGS_H_INCLUDED_
#define _NGX_HTTP_CONSENT_SETTINGS_H_INCLUDED_


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


/* of pages that came before, for each worker */

#define NGX_HTTP_CONSENT_PAGES      (8 * 1024 * 1024)

/* a Content-Type and what was made of it */

#define NGX_HTTP_CONSENT_TYPES      8
#define NGX_HTTP_CONSENT_TYPE_MAX   55

typedef struct {
    uint64_t                       key;        /* its length, and in the upper
                                                  half what kind it is:
                                                  ngx_http_consent_kind_e */
    u_char                         type[NGX_HTTP_CONSENT_TYPE_MAX + 1];
} ngx_http_consent_type_t;

/* a cookie that was found to be signed by us, with all that is signed */

#define NGX_HTTP_CONSENT_KNOWN      256
#define NGX_HTTP_CONSENT_SCOPE_MAX  64
#define NGX_HTTP_CONSENT_TEXT_MAX   (CONSENT_COOKIE_MAX + 64)

typedef struct {
    size_t                         len;        /* of "text" */
    size_t                         scope_len;
    ngx_str_t                     *name;       /* which server's, too */
    struct ngx_http_consent_loc_conf_s
                                  *conf;       /* "state" is by it */
    consent_state_t                state;
    consent_record_t               record;
    u_char                         scope[NGX_HTTP_CONSENT_SCOPE_MAX];
    u_char                         text[NGX_HTTP_CONSENT_TEXT_MAX];
                                               /* "name=value" */
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


/* a place in the configuration, for errors found when levels are merged */

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
    consent_pages_t               *pages;      /* the same */
    struct ngx_http_consent_kept_s *kept;      /* _insert.c's, this worker's */
    ngx_http_consent_known_t      *known;      /* _state.c's, this worker's */
    ngx_http_consent_host_t       *hosts;      /* _host.c's, this worker's */
    ngx_http_consent_spoken_t     *spoken;     /* _language.c's, the same */

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


#endif /* _NGX_HTTP_CONSENT_SETTINGS_H_INCLUDED_ */
