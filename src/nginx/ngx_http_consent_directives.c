
/*
 * The table of directives: where each may stand, and what reads it.
 */

#include "ngx_http_consent_module.h"


static ngx_conf_enum_t  ngx_http_consent_enables[] = {
    { ngx_string("on"), NGX_HTTP_CONSENT_ON },
    { ngx_string("off"), NGX_HTTP_CONSENT_OFF },
    { ngx_string("report"), NGX_HTTP_CONSENT_REPORT },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_consent_links_places[] = {
    { ngx_string("footer"), NGX_HTTP_CONSENT_LINKS_FOOTER },
    { ngx_string("marker"), NGX_HTTP_CONSENT_LINKS_MARKER },
    { ngx_string("off"), NGX_HTTP_CONSENT_LINKS_OFF },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_consent_activations[] = {
    { ngx_string("reload"), NGX_HTTP_CONSENT_RELOAD },
    { ngx_string("inplace"), NGX_HTTP_CONSENT_INPLACE },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_consent_deliveries[] = {
    { ngx_string("visitor"), NGX_HTTP_CONSENT_VISITOR },
    { ngx_string("shared"), NGX_HTTP_CONSENT_SHARED },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_consent_undecodables[] = {
    { ngx_string("close"), NGX_HTTP_CONSENT_CLOSE },
    { ngx_string("pass"), NGX_HTTP_CONSENT_PASS },
    { ngx_null_string, 0 }
};


#define NGX_HTTP_CONSENT_ALL   (NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF          \
                                |NGX_HTTP_LOC_CONF)
#define NGX_HTTP_CONSENT_SRV   (NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF)


ngx_command_t  ngx_http_consent_commands[] = {

    { ngx_string("consent"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_enum,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, enable),
      &ngx_http_consent_enables },

    { ngx_string("consent_mode"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_mode,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_endpoint"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_TAKE1,
      ngx_http_consent_set_endpoint,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_secret_file"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_TAKE1,
      ngx_http_consent_set_secret,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_cookie"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_1MORE,
      ngx_http_consent_set_cookie,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_revision"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_revision,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_category"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_1MORE,
      ngx_http_consent_set_category,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_block"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_2MORE,
      ngx_http_consent_set_block,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_allow"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_1MORE,
      ngx_http_consent_set_allow,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_catalog"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_flag,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, catalog),
      NULL },

    { ngx_string("consent_list"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_TAKE12,
      ngx_http_consent_set_list,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_third_party"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_third_party,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_controller"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_TAKE12,
      ngx_http_consent_set_controller,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_link"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE23,
      ngx_http_consent_set_link,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_links"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_enum,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, links_place),
      &ngx_http_consent_links_places },

    { ngx_string("consent_banner"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_flag,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, banner),
      NULL },

    { ngx_string("consent_language"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_language,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_text"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_text,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_style"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_style,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_delivery"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_enum,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, delivery),
      &ngx_http_consent_deliveries },

    { ngx_string("consent_activation"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_enum,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, activation),
      &ngx_http_consent_activations },

    { ngx_string("consent_guard"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_flag,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, guard),
      NULL },

    { ngx_string("consent_csp"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_1MORE,
      ngx_http_consent_set_csp,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_google_consent_mode"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_flag,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, google),
      NULL },

    { ngx_string("consent_require_gesture"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_flag,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, gesture),
      NULL },

    { ngx_string("consent_gpc"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_flag,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, gpc),
      NULL },

    { ngx_string("consent_cookies"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_2MORE,
      ngx_http_consent_set_cookies,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_trusted_origin"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_1MORE,
      ngx_http_consent_set_origin,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_log"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_1MORE,
      ngx_http_consent_set_log,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_log_copy"),
      NGX_HTTP_CONSENT_SRV|NGX_CONF_TAKE1,
      ngx_http_consent_set_log_copy,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_types"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_1MORE,
      ngx_http_consent_set_types,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, types_keys),
      &ngx_http_consent_default_types[0] },

    { ngx_string("consent_inline_max"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_size,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, inline_max),
      NULL },

    { ngx_string("consent_undecodable"),
      NGX_HTTP_CONSENT_ALL|NGX_CONF_TAKE1,
      ngx_http_consent_set_enum,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_consent_loc_conf_t, undecodable),
      &ngx_http_consent_undecodables },

    { ngx_string("consent_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_consent_set_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("consent_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_consent_set_status,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};
