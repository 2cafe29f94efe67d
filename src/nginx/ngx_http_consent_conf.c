
/*
 * Directives: reading their arguments.  Each error says what was found and
 * what is allowed; nginx adds the file and the line.
 */

#include "ngx_http_consent_module.h"


#define NGX_HTTP_CONSENT_FILE_MAX   (64 * 1024 * 1024)


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


ngx_http_consent_file_t *
ngx_http_consent_read_file(ngx_conf_t *cf, ngx_str_t *name, ngx_uint_t secret)
{
    off_t                           size;
    ssize_t                         n;
    ngx_uint_t                      i;
    ngx_file_t                      file;
    ngx_file_info_t                 fi;
    ngx_http_consent_file_t        *f, **fp;
    ngx_http_consent_main_conf_t   *mcf;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_consent_module);

    ngx_memzero(&file, sizeof(ngx_file_t));

    file.name = *name;

    if (ngx_conf_full_name(cf->cycle, &file.name, 1) != NGX_OK) {
        return NULL;
    }

    fp = mcf->files.elts;

    for (i = 0; i < mcf->files.nelts; i++) {
        if (fp[i]->name.len == file.name.len
            && ngx_strcmp(fp[i]->name.data, file.name.data) == 0)
        {
            return fp[i];
        }
    }

    file.log = cf->log;
    file.fd = ngx_open_file(file.name.data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (file.fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", &file.name);
        return NULL;
    }

    f = NULL;

    if (ngx_fd_info(file.fd, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\" failed", &file.name);
        goto done;
    }

    size = ngx_file_size(&fi);

    if (!ngx_is_file(&fi) || size > NGX_HTTP_CONSENT_FILE_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" must be a regular file of at most 64m",
                           &file.name);
        goto done;
    }

    if (secret && (ngx_file_access(&fi) & 0007)) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "secret file \"%V\" is open to everyone (mode "
                           "%04uo), it should be 0600", &file.name,
                           (ngx_uint_t) ngx_file_access(&fi));
    }

    f = ngx_pcalloc(cf->pool, sizeof(ngx_http_consent_file_t));
    if (f == NULL) {
        goto done;
    }

    f->name = file.name;
    f->text.data = ngx_pnalloc(cf->pool, (size_t) size + 1);

    if (f->text.data == NULL) {
        f = NULL;
        goto done;
    }

    n = ngx_read_file(&file, f->text.data, (size_t) size, 0);

    if (n != (ssize_t) size) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, n == NGX_ERROR ? ngx_errno : 0,
                           ngx_read_file_n " \"%V\" failed", &file.name);
        f = NULL;
        goto done;
    }

    f->text.data[size] = '\0';
    f->text.len = (size_t) size;

    ngx_http_consent_place(cf, &f->place);

    if (!secret) {
        ngx_http_consent_fingerprint(cf, f->text.data, f->text.len);
    }

    fp = ngx_array_push(&mcf->files);
    if (fp == NULL) {
        f = NULL;
        goto done;
    }

    *fp = f;

done:

    if (ngx_close_file(file.fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, cf->log, ngx_errno,
                      ngx_close_file_n " \"%V\" failed", &file.name);
    }

    return f;
}


char *
ngx_http_consent_set_text(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    int                       rc;
    char                      err[256];
    ngx_str_t                *value;
    const char               *phrase;
    consent_str_t             lang, key;
    consent_alloc_t           alloc;
    ngx_http_consent_file_t  *file;

    ngx_http_consent_note(cf);

    if (clcf->text != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    file = ngx_http_consent_read_file(cf, &value[1], 0);
    if (file == NULL) {
        return NGX_CONF_ERROR;
    }

    alloc = ngx_http_consent_alloc(cf->pool);
    err[0] = '\0';

    rc = consent_ui_own_parse(&clcf->text, &alloc,
                              ngx_http_consent_str(&file->text), err,
                              sizeof(err));

    if (rc != CONSENT_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\": %s",
                           &file->name, err[0] ? err : "no memory");
        return NGX_CONF_ERROR;
    }

    phrase = consent_ui_own_warning(clcf->text, &lang, &key);

    if (phrase != NULL) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"%V\": text \"%*s\" of language \"%*s\" says "
                           "\"%s\": to go on reading is not consent (EDPB "
                           "Guidelines 05/2020, paragraph 86)",
                           &file->name, key.len, key.data, lang.len,
                           lang.data, phrase);
    }

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_style(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    int                             rc;
    char                            err[256];
    ngx_str_t                      *value;
    consent_alloc_t                 alloc;
    consent_ui_asset_t            **asset;
    ngx_http_consent_file_t        *file;
    ngx_http_consent_main_conf_t   *mcf;

    ngx_http_consent_note(cf);

    if (clcf->style != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    file = ngx_http_consent_read_file(cf, &value[1], 0);
    if (file == NULL) {
        return NGX_CONF_ERROR;
    }

    clcf->style = ngx_pcalloc(cf->pool, sizeof(consent_ui_asset_t));
    if (clcf->style == NULL) {
        return NGX_CONF_ERROR;
    }

    alloc = ngx_http_consent_alloc(cf->pool);
    err[0] = '\0';

    rc = consent_ui_style(clcf->style, &alloc,
                          ngx_http_consent_str(&file->text), err,
                          sizeof(err));

    if (rc != CONSENT_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\": %s",
                           &file->name, err[0] ? err : "no memory");
        return NGX_CONF_ERROR;
    }

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_consent_module);

    asset = ngx_array_push(&mcf->assets);
    if (asset == NULL) {
        return NGX_CONF_ERROR;
    }

    *asset = clcf->style;

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


/* a link's address goes into pages: nothing that runs there */

static ngx_uint_t
ngx_http_consent_safe_url(ngx_str_t *url)
{
    size_t  i;

    for (i = 0; i < url->len; i++) {
        if (url->data[i] <= ' ' || url->data[i] == 0x7f
            || url->data[i] == '<' || url->data[i] == '>'
            || url->data[i] == '"' || url->data[i] == '\\')
        {
            return 0;
        }
    }

    if (url->len == 0) {
        return 0;
    }

    if (url->data[0] == '/') {
        return 1;
    }

    return ngx_strncasecmp(url->data, (u_char *) "https://", 8) == 0
           || ngx_strncasecmp(url->data, (u_char *) "http://", 7) == 0
           || ngx_strncasecmp(url->data, (u_char *) "mailto:", 7) == 0;
}


char *
ngx_http_consent_set_link(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    ngx_str_t                *value;
    ngx_http_consent_link_t  *link;

    ngx_http_consent_note(cf);

    value = cf->args->elts;

    if (value[1].len == 0) {
        return ngx_http_consent_error(cf, "a link's text", &value[1]);
    }

    if (!ngx_http_consent_safe_url(&value[2])) {
        return ngx_http_consent_error(cf, "a path of this site or an "
                                      "http(s) or mailto URL, without blanks",
                                      &value[2]);
    }

    if (clcf->links == NGX_CONF_UNSET_PTR) {
        clcf->links = ngx_array_create(cf->pool, 2,
                                       sizeof(ngx_http_consent_link_t));
        if (clcf->links == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    link = ngx_array_push(clcf->links);
    if (link == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(link, sizeof(ngx_http_consent_link_t));

    link->text = value[1];
    link->url = value[2];

    if (cf->args->nelts == 3) {
        return NGX_CONF_OK;
    }

    link->rel.data = value[3].data + 4;
    link->rel.len = value[3].len - 4;

    if (ngx_strncmp(value[3].data, "rel=", 4) != 0
        || !ngx_http_consent_is(&link->rel, NGX_HTTP_CONSENT_LOWER
                                NGX_HTTP_CONSENT_DIGIT ".-", 64))
    {
        return ngx_http_consent_error(cf, "\"rel=privacy-policy\", "
                                      "\"rel=terms-of-service\" or another "
                                      "link relation", &value[3]);
    }

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_language(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    ngx_str_t                         *value;
    ngx_http_compile_complex_value_t   ccv;

    ngx_http_consent_note(cf);

    if (clcf->language != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "auto") == 0) {
        clcf->language = NULL;
        return NGX_CONF_OK;
    }

    clcf->language = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (clcf->language == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[1];
    ccv.complex_value = clcf->language;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    ngx_http_consent_place(cf, &clcf->language_place);

    if (clcf->language->lengths == NULL
        && !ngx_http_consent_is(&value[1], NGX_HTTP_CONSENT_ALNUM "-", 35))
    {
        return ngx_http_consent_error(cf, "\"auto\", a language tag as "
                                      "\"en\" or \"zh-Hant\", or have "
                                      "variables", &value[1]);
    }

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_csp(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_loc_conf_t *clcf = conf;

    ngx_str_t   *value, *source;
    ngx_uint_t   i;

    ngx_http_consent_note(cf);

    if (clcf->csp != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        clcf->csp = NGX_HTTP_CONSENT_CSP_OFF;

    } else if (ngx_strcmp(value[1].data, "enforce") == 0) {
        clcf->csp = NGX_HTTP_CONSENT_CSP_ENFORCE;

    } else if (ngx_strcmp(value[1].data, "report-only") == 0) {
        clcf->csp = NGX_HTTP_CONSENT_CSP_REPORT;

    } else {
        return ngx_http_consent_error(cf, "\"off\", \"enforce\" or "
                                      "\"report-only\"", &value[1]);
    }

    clcf->csp_sources = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));
    if (clcf->csp_sources == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {

        if (!ngx_http_consent_is(&value[i], NGX_HTTP_CONSENT_ALNUM
                                 ":/.*-_~%'+=?&[]", 512))
        {
            return ngx_http_consent_error(cf, "a source expression, as "
                                          "\"https://cdn.example.com\"",
                                          &value[i]);
        }

        source = ngx_array_push(clcf->csp_sources);
        if (source == NULL) {
            return NGX_CONF_ERROR;
        }

        *source = value[i];
    }

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
