
/*
 * Directives: reading their arguments.  Each error says what was found and
 * what is allowed; nginx adds the file and the line.
 */

#include "ngx_http_consent_module.h"


static char *ngx_http_consent_set_patterns(ngx_conf_t *cf,
    ngx_array_t **list, ngx_uint_t categories);


/*
 * FNV-1a, 64 bits: what is hashed is the operator's own, nobody attacks it.
 */

void
ngx_http_consent_fingerprint(ngx_conf_t *cf, u_char *data, size_t len)
{
    size_t                         i;
    uint64_t                       h;
    ngx_http_consent_main_conf_t  *mcf;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_consent_module);

    h = mcf->fingerprint ? mcf->fingerprint : 0xcbf29ce484222325ull;

    for (i = 0; i < len; i++) {
        h = (h ^ data[i]) * 0x100000001b3ull;
    }

    mcf->fingerprint = (h ^ 0xff) * 0x100000001b3ull;
}


/* a directive goes into the fingerprint with its place and its arguments */

void
ngx_http_consent_note(ngx_conf_t *cf)
{
    ngx_str_t   *value;
    ngx_uint_t   i;

    value = cf->args->elts;

    ngx_http_consent_fingerprint(cf, (u_char *) &cf->conf_file->line,
                                 sizeof(cf->conf_file->line));

    for (i = 0; i < cf->args->nelts; i++) {
        ngx_http_consent_fingerprint(cf, value[i].data, value[i].len);
    }
}


void
ngx_http_consent_place(ngx_conf_t *cf, ngx_http_consent_place_t *place)
{
    place->file = cf->conf_file->file.name;
    place->line = cf->conf_file->line;
}


void
ngx_http_consent_conf_error(ngx_conf_t *cf, ngx_http_consent_place_t *place,
    const char *fmt, ...)
{
    u_char   errstr[NGX_MAX_CONF_ERRSTR], *p, *last;
    va_list  args;

    last = errstr + NGX_MAX_CONF_ERRSTR;

    va_start(args, fmt);
    p = ngx_vslprintf(errstr, last, fmt, args);
    va_end(args);

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "%*s in %V:%ui",
                  p - errstr, errstr, &place->file, place->line);
}


char *
ngx_http_consent_error(ngx_conf_t *cf, const char *allowed, ngx_str_t *found)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid value \"%V\" in \"%V\" directive, it must be "
                       "%s", found, &value[0], allowed);

    return NGX_CONF_ERROR;
}


/* 1 if value is not empty, not too long and has only these characters */

ngx_uint_t
ngx_http_consent_is(ngx_str_t *value, const char *chars, size_t max)
{
    size_t  i;

    if (value->len == 0 || value->len > max) {
        return 0;
    }

    for (i = 0; i < value->len; i++) {
        if (value->data[i] == '\0'
            || ngx_strchr(chars, value->data[i]) == NULL)
        {
            return 0;
        }
    }

    return 1;
}


char *
ngx_http_consent_set_flag(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    ngx_str_t   *value;
    ngx_flag_t  *fp;

    ngx_http_consent_note(cf);

    fp = (ngx_flag_t *) (p + cmd->offset);

    if (*fp != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "on") == 0) {
        *fp = 1;

    } else if (ngx_strcmp(value[1].data, "off") == 0) {
        *fp = 0;

    } else {
        return ngx_http_consent_error(cf, "\"on\" or \"off\"", &value[1]);
    }

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_enum(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    u_char           *q, allowed[128];
    ngx_str_t        *value;
    ngx_uint_t       *np, i;
    ngx_conf_enum_t  *e;

    ngx_http_consent_note(cf);

    np = (ngx_uint_t *) (p + cmd->offset);

    if (*np != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;
    e = cmd->post;
    q = allowed;

    for (i = 0; e[i].name.len; i++) {
        if (e[i].name.len == value[1].len
            && ngx_strcmp(e[i].name.data, value[1].data) == 0)
        {
            *np = e[i].value;
            return NGX_CONF_OK;
        }

        q = ngx_slprintf(q, allowed + sizeof(allowed) - 1, "%s\"%V\"",
                         i == 0 ? "" : e[i + 1].name.len ? ", " : " or ",
                         &e[i].name);
    }

    *q = '\0';

    return ngx_http_consent_error(cf, (char *) allowed, &value[1]);
}


char *
ngx_http_consent_set_size(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    size_t     *sp;
    ssize_t     size;
    ngx_str_t  *value;

    ngx_http_consent_note(cf);

    sp = (size_t *) (p + cmd->offset);

    if (*sp != NGX_CONF_UNSET_SIZE) {
        return "is duplicate";
    }

    value = cf->args->elts;
    size = ngx_parse_size(&value[1]);

    if (size < 1024 || size > 16 * 1024 * 1024) {
        return ngx_http_consent_error(cf, "a size from 1k to 16m", &value[1]);
    }

    *sp = size;

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_types(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t   *value;
    ngx_uint_t   i, n;

    ngx_http_consent_note(cf);

    value = cf->args->elts;
    n = 1;

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_strlchr(value[i].data, value[i].data + value[i].len, '/')
            == NULL
            || ngx_strlchr(value[i].data, value[i].data + value[i].len, ';'))
        {
            return ngx_http_consent_error(cf, "a MIME type without "
                                          "parameters, as \"text/html\"",
                                          &value[i]);
        }

        /* always in the list: to name it is right, and no duplicate */

        if (ngx_strcasecmp(value[i].data, (u_char *) "text/html") != 0) {
            value[n++] = value[i];
        }
    }

    cf->args->nelts = n;

    return ngx_http_types_slot(cf, cmd, conf);
}


char *
ngx_http_consent_set_mode(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    ngx_str_t                         *value;
    consent_mode_e                     mode;
    ngx_http_compile_complex_value_t   ccv;

    ngx_http_consent_note(cf);

    if (clcf->mode != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    clcf->mode = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (clcf->mode == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[1];
    ccv.complex_value = clcf->mode;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (clcf->mode->lengths) {
        return NGX_CONF_OK;
    }

    if (consent_mode_parse(ngx_http_consent_str(&value[1]), &mode)
        != CONSENT_OK)
    {
        return ngx_http_consent_error(cf, "\"opt-in\", \"opt-out\", "
                                      "\"notice\", \"none\", or have "
                                      "variables", &value[1]);
    }

    if (mode == CONSENT_MODE_NOTICE) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"consent_mode notice\" loads trackers before any "
                           "choice: browsing on is no consent where the law "
                           "asks for one (EDPB Guidelines 05/2020, 86; PIPL "
                           "14)");
    }

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_revision(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    ngx_str_t  *value;

    ngx_http_consent_note(cf);

    if (clcf->revision.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (!ngx_http_consent_is(&value[1], NGX_HTTP_CONSENT_ALNUM "_-",
                             CONSENT_REVISION_MAX))
    {
        return ngx_http_consent_error(cf, "1 to 32 letters, digits, \"_\" "
                                      "or \"-\"", &value[1]);
    }

    clcf->revision = value[1];

    return NGX_CONF_OK;
}


static char *
ngx_http_consent_set_patterns(ngx_conf_t *cf, ngx_array_t **list,
    ngx_uint_t categories)
{
    ngx_str_t                   *value;
    ngx_uint_t                   i;
    ngx_http_consent_pattern_t  *p;

    ngx_http_consent_note(cf);

    if (*list == NGX_CONF_UNSET_PTR) {
        *list = ngx_array_create(cf->pool, 4,
                                 sizeof(ngx_http_consent_pattern_t));
        if (*list == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    value = cf->args->elts;

    for (i = categories ? 2 : 1; i < cf->args->nelts; i++) {

        if (value[i].len == 0) {
            return ngx_http_consent_error(cf, "not empty", &value[i]);
        }

        p = ngx_array_push(*list);
        if (p == NULL) {
            return NGX_CONF_ERROR;
        }

        ngx_memzero(p, sizeof(ngx_http_consent_pattern_t));

        if (categories) {
            p->category = value[1];
        }

        p->pattern = value[i];
        ngx_http_consent_place(cf, &p->place);
    }

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_block(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    return ngx_http_consent_set_patterns(cf, &clcf->block, 1);
}


char *
ngx_http_consent_set_allow(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    return ngx_http_consent_set_patterns(cf, &clcf->allow, 0);
}


char *
ngx_http_consent_set_cookies(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    size_t       n;
    ngx_str_t   *value, s;
    ngx_uint_t   i;

    value = cf->args->elts;

    for (i = 2; i < cf->args->nelts; i++) {
        s = value[i];
        n = s.len;

        if (n > 1 && s.data[n - 1] == '*') {
            s.len--;
        }

        if (!ngx_http_consent_is(&s, NGX_HTTP_CONSENT_ALNUM
                                 "!#$%&'+-.^_`|~", 128))
        {
            return ngx_http_consent_error(cf, "a cookie's name, as \"_ga\", "
                                          "or its beginning, as \"_ga_*\"",
                                          &value[i]);
        }
    }

    return ngx_http_consent_set_patterns(cf, &clcf->cookies, 1);
}


char *
ngx_http_consent_set_third_party(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    ngx_str_t  *value;

    ngx_http_consent_note(cf);

    if (clcf->third_party.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    clcf->third_party = value[1];
    ngx_http_consent_place(cf, &clcf->third_party_place);

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    ngx_http_core_loc_conf_t  *core;

    ngx_http_consent_note(cf);

    if (clcf->status) {
        return "is duplicate";
    }

    clcf->status = 1;

    core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    core->handler = ngx_http_consent_status_handler;

    return NGX_CONF_OK;
}
