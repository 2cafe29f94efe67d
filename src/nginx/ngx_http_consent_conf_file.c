
/*
 * Directives that name a file: it is read at start, by its full name, once.
 */

#include "ngx_http_consent_module.h"


#define NGX_HTTP_CONSENT_FILE_MAX   (64 * 1024 * 1024)


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
