
/*
 * Directives of http and server: the endpoint, keys, the cookie, categories,
 * who asks, lists, the ledger.
 */

#include "ngx_http_consent_module.h"


#define NGX_HTTP_CONSENT_AGE_MAX    (400 * 24 * 60 * 60)
#define NGX_HTTP_CONSENT_ZONE_MIN   (64 * 1024)


static char *ngx_http_consent_log_opens(ngx_conf_t *cf, ngx_str_t *name);


char *
ngx_http_consent_set_endpoint(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_srv_conf_t *cscf = conf;

    ngx_str_t  *value, *v;

    ngx_http_consent_note(cf);

    if (cscf->endpoint.data) {
        return "is duplicate";
    }

    value = cf->args->elts;
    v = &value[1];

    if (!ngx_http_consent_is(v, NGX_HTTP_CONSENT_ALNUM "/._~-", 64)
        || v->len < 3
        || v->data[0] != '/'
        || v->data[v->len - 1] != '/'
        || ngx_strstr(v->data, "//")
        || ngx_strstr(v->data, "/./")
        || ngx_strstr(v->data, "/../"))
    {
        return ngx_http_consent_error(cf, "a path of at most 64 letters, "
                                      "digits and \"._~-\" that starts and "
                                      "ends with \"/\", as \"/_consent/\"",
                                      v);
    }

    cscf->endpoint = *v;

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_secret(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_srv_conf_t *cscf = conf;

    char        err[256];
    ngx_int_t   rc;
    ngx_str_t  *value;

    ngx_http_consent_note(cf);

    if (cscf->secret) {
        return "is duplicate";
    }

    value = cf->args->elts;

    cscf->secret = ngx_http_consent_read_file(cf, &value[1], 1);
    if (cscf->secret == NULL) {
        return NGX_CONF_ERROR;
    }

    cscf->keys = ngx_pcalloc(cf->pool, sizeof(consent_keys_t));
    if (cscf->keys == NULL) {
        return NGX_CONF_ERROR;
    }

    err[0] = '\0';

    rc = consent_keys_parse(cscf->keys, cscf->secret->text.data,
                            cscf->secret->text.len, err, sizeof(err));

    if (rc != CONSENT_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "secret file \"%V\": %s", &cscf->secret->name,
                           err[0] ? err : "keys could not be derived");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_cookie(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_srv_conf_t *cscf = conf;

    time_t       age;
    ngx_str_t   *value, s;
    ngx_uint_t   i;

    ngx_http_consent_note(cf);

    if (cscf->cookie.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (!ngx_http_consent_is(&value[1], NGX_HTTP_CONSENT_ALNUM "_.-", 64)
        || ngx_strncmp(value[1].data, "__", 2) == 0)
    {
        return ngx_http_consent_error(cf, "a name of letters, digits and "
                                      "\"_.-\" (\"__Host-\" is put before "
                                      "it over TLS)", &value[1]);
    }

    cscf->cookie = value[1];
    cscf->cookie_max_age = 180 * 24 * 60 * 60;
    ngx_str_set(&cscf->cookie_samesite, "Lax");

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_strncmp(value[i].data, "max_age=", 8) == 0) {
            s.data = value[i].data + 8;
            s.len = value[i].len - 8;

            age = ngx_parse_time(&s, 1);

            if (s.len == 0 || age == (time_t) NGX_ERROR || age == 0
                || age > NGX_HTTP_CONSENT_AGE_MAX)
            {
                return ngx_http_consent_error(cf, "a time of at most 400d, "
                                              "as \"max_age=180d\"",
                                              &value[i]);
            }

            cscf->cookie_max_age = age;
            continue;
        }

        if (ngx_strncmp(value[i].data, "domain=", 7) == 0) {
            s.data = value[i].data + 7;
            s.len = value[i].len - 7;

            if (s.len && s.data[0] == '.') {
                s.data++;
                s.len--;
            }

            if (s.len == 0) {
                continue;
            }

            ngx_strlow(s.data, s.data, s.len);

            if (!ngx_http_consent_is(&s, NGX_HTTP_CONSENT_LOWER
                                     NGX_HTTP_CONSENT_DIGIT ".-", 253)
                || ngx_strchr(s.data, '.') == NULL)
            {
                return ngx_http_consent_error(cf, "a domain, as "
                                              "\"domain=example.com\"",
                                              &value[i]);
            }

            cscf->cookie_domain = s;
            continue;
        }

        if (ngx_strncmp(value[i].data, "samesite=", 9) == 0) {
            s.data = value[i].data + 9;
            s.len = value[i].len - 9;

            if (ngx_strcasecmp(s.data, (u_char *) "lax") == 0) {
                ngx_str_set(&cscf->cookie_samesite, "Lax");
                continue;
            }

            if (ngx_strcasecmp(s.data, (u_char *) "strict") == 0) {
                ngx_str_set(&cscf->cookie_samesite, "Strict");
                continue;
            }

            return ngx_http_consent_error(cf, "\"samesite=Lax\" or "
                                          "\"samesite=Strict\"", &value[i]);
        }

        return ngx_http_consent_error(cf, "\"max_age=\", \"domain=\" or "
                                      "\"samesite=\"", &value[i]);
    }

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_category(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_srv_conf_t *cscf = conf;

    ngx_str_t                    *value;
    ngx_uint_t                    i, j;
    ngx_http_consent_category_t  *c;

    static char  *reserved[] = {
        "mode", "basis", "allowed", "revision", "id", "gpc", "blocked",
        "variant", "headers", "body", "pass", "none", "all", NULL
    };

    static struct {
        ngx_str_t   name;
        ngx_uint_t  flag;
        ngx_uint_t  on;
    } flags[] = {
        { ngx_string("default=on"), CONSENT_CAT_DEFAULT_ON, 1 },
        { ngx_string("default=off"), CONSENT_CAT_DEFAULT_ON, 0 },
        { ngx_string("sale=on"), CONSENT_CAT_SALE, 1 },
        { ngx_string("sale=off"), CONSENT_CAT_SALE, 0 },
        { ngx_string("separate"), CONSENT_CAT_SEPARATE, 1 },
        { ngx_string("overseas"), CONSENT_CAT_OVERSEAS, 1 },
        { ngx_string("minor"), CONSENT_CAT_MINOR, 1 }
    };

    ngx_http_consent_note(cf);

    value = cf->args->elts;

    if (!ngx_http_consent_is(&value[1], NGX_HTTP_CONSENT_LOWER
                             NGX_HTTP_CONSENT_DIGIT "_", 32)
        || value[1].data[0] < 'a')
    {
        return ngx_http_consent_error(cf, "a name of at most 32 lower-case "
                                      "letters, digits and \"_\" that starts "
                                      "with a letter", &value[1]);
    }

    for (i = 0; reserved[i]; i++) {
        if (ngx_strcmp(value[1].data, reserved[i]) == 0) {
            return ngx_http_consent_error(cf, "another name: this one is "
                                          "reserved", &value[1]);
        }
    }

    if (cscf->category == NULL) {
        cscf->category = ngx_array_create(cf->pool, 4,
                                          sizeof(ngx_http_consent_category_t));
        if (cscf->category == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    c = cscf->category->elts;

    for (i = 0; i < cscf->category->nelts; i++) {
        if (ngx_strcmp(c[i].name.data, value[1].data) == 0) {
            return "is duplicate";
        }
    }

    c = ngx_array_push(cscf->category);
    if (c == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(c, sizeof(ngx_http_consent_category_t));

    c->name = value[1];
    ngx_http_consent_place(cf, &c->place);

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_strncmp(value[i].data, "title=", 6) == 0) {
            c->title.data = value[i].data + 6;
            c->title.len = value[i].len - 6;
            continue;
        }

        if (ngx_strncmp(value[i].data, "description=", 12) == 0) {
            c->description.data = value[i].data + 12;
            c->description.len = value[i].len - 12;
            continue;
        }

        if (ngx_strncmp(value[i].data, "recipient=", 10) == 0) {
            c->recipient.data = value[i].data + 10;
            c->recipient.len = value[i].len - 10;
            continue;
        }

        for (j = 0; j < sizeof(flags) / sizeof(flags[0]); j++) {
            if (ngx_strcmp(value[i].data, flags[j].name.data) == 0) {
                break;
            }
        }

        if (j == sizeof(flags) / sizeof(flags[0])) {
            return ngx_http_consent_error(cf, "\"default=on\", "
                                          "\"default=off\", \"title=\", "
                                          "\"description=\", "
                                          "\"recipient=\", \"separate\", "
                                          "\"overseas\", \"minor\", "
                                          "\"sale=on\" or \"sale=off\"",
                                          &value[i]);
        }

        c->set |= flags[j].flag;

        if (flags[j].on) {
            c->flags |= flags[j].flag;
        }
    }

    if (ngx_strcmp(c->name.data, "necessary") == 0
        && (c->set || c->recipient.len))
    {
        return "cannot give \"necessary\" other than a title and a "
               "description: it is always on";
    }

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_list(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_srv_conf_t *cscf = conf;

    ngx_str_t                *value;
    ngx_http_consent_list_t  *l;

    ngx_http_consent_note(cf);

    value = cf->args->elts;

    if (cf->args->nelts == 3
        && (ngx_strncmp(value[2].data, "category=", 9) != 0
            || value[2].len == 9))
    {
        return ngx_http_consent_error(cf, "\"category=NAME\"", &value[2]);
    }

    if (cscf->lists == NGX_CONF_UNSET_PTR) {
        cscf->lists = ngx_array_create(cf->pool, 2,
                                       sizeof(ngx_http_consent_list_t));
        if (cscf->lists == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    l = ngx_array_push(cscf->lists);
    if (l == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_str_set(&l->category, "marketing");

    if (cf->args->nelts == 3) {
        l->category.data = value[2].data + 9;
        l->category.len = value[2].len - 9;
    }

    ngx_http_consent_place(cf, &l->place);

    l->file = ngx_http_consent_read_file(cf, &value[1], 0);

    return l->file ? NGX_CONF_OK : NGX_CONF_ERROR;
}


char *
ngx_http_consent_set_controller(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_consent_srv_conf_t *cscf = conf;

    ngx_str_t  *value;

    ngx_http_consent_note(cf);

    if (cscf->controller.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (value[1].len == 0 || value[1].len > 256) {
        return ngx_http_consent_error(cf, "a name of at most 256 bytes",
                                      &value[1]);
    }

    cscf->controller = value[1];

    if (cf->args->nelts == 3) {

        if (ngx_strncmp(value[2].data, "contact=", 8) != 0
            || value[2].len == 8)
        {
            return ngx_http_consent_error(cf, "\"contact=\" and a mail "
                                          "address or a URL", &value[2]);
        }

        cscf->contact.data = value[2].data + 8;
        cscf->contact.len = value[2].len - 8;
    }

    return NGX_CONF_OK;
}


/* scheme://host[:port], as browsers write it in Origin */

char *
ngx_http_consent_set_origin(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_srv_conf_t *cscf = conf;

    ngx_str_t   *value, *origin, host;
    ngx_uint_t   i;

    ngx_http_consent_note(cf);

    value = cf->args->elts;

    if (cscf->origins == NGX_CONF_UNSET_PTR) {
        cscf->origins = ngx_array_create(cf->pool, 2, sizeof(ngx_str_t));
        if (cscf->origins == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    for (i = 1; i < cf->args->nelts; i++) {

        ngx_strlow(value[i].data, value[i].data, value[i].len);

        ngx_str_null(&host);

        if (ngx_strncmp(value[i].data, "https://", 8) == 0) {
            host.data = value[i].data + 8;
            host.len = value[i].len - 8;

        } else if (ngx_strncmp(value[i].data, "http://", 7) == 0) {
            host.data = value[i].data + 7;
            host.len = value[i].len - 7;
        }

        if (!ngx_http_consent_is(&host, NGX_HTTP_CONSENT_LOWER
                                 NGX_HTTP_CONSENT_DIGIT ".-:[]", 260))
        {
            return ngx_http_consent_error(cf, "an origin without a path, as "
                                          "\"https://www.example.com\"",
                                          &value[i]);
        }

        origin = ngx_array_push(cscf->origins);
        if (origin == NULL) {
            return NGX_CONF_ERROR;
        }

        *origin = value[i];
    }

    return NGX_CONF_OK;
}


char *
ngx_http_consent_set_log(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_srv_conf_t *cscf = conf;

    ngx_str_t   *value;
    ngx_uint_t   i;

    ngx_http_consent_note(cf);

    if (cscf->log.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    cscf->log_sync = 0;

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_strcmp(value[i].data, "sync") == 0) {
            cscf->log_sync = 1;

        } else if (ngx_strcmp(value[i].data, "address") == 0) {
            cscf->log_address = 1;

        } else if (ngx_strcmp(value[i].data, "agent") == 0) {
            cscf->log_agent = 1;

        } else {
            return ngx_http_consent_error(cf, "\"sync\", \"address\", "
                                          "\"agent\" or nothing",
                                          &value[i]);
        }
    }

    cscf->log = value[1];
    ngx_http_consent_place(cf, &cscf->log_place);

    if (ngx_strcmp(value[1].data, "off") == 0) {
        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value[1].data, "syslog:", 7) == 0) {
        return ngx_http_consent_error(cf, "a file or \"off\": syslog loses "
                                      "lines and cannot be the only record, "
                                      "see \"consent_log_copy\"", &value[1]);
    }

    if (ngx_conf_full_name(cf->cycle, &cscf->log, 0) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_consent_log_opens(cf, &cscf->log);
}


/*
 * nginx opens it, and makes it, with all logs, after the configuration is
 * read: then it can no longer say for which line.  So it is tried here, but
 * not made.
 */

static char *
ngx_http_consent_log_opens(ngx_conf_t *cf, ngx_str_t *name)
{
    u_char           *p, *dir;
    ngx_fd_t          fd;
    ngx_err_t         err;
    ngx_file_info_t   fi;

    fd = ngx_open_file(name->data, NGX_FILE_APPEND, NGX_FILE_OPEN, 0);

    if (fd != NGX_INVALID_FILE) {
        (void) ngx_close_file(fd);
        return NGX_CONF_OK;
    }

    err = ngx_errno;

    if (err == NGX_ENOENT) {
        dir = ngx_pstrdup(cf->temp_pool, name);
        if (dir == NULL) {
            return NGX_CONF_ERROR;
        }

        for (p = dir + name->len - 1; p > dir && *p != '/'; p--) {
            /* void */
        }

        *p = '\0';

        if (p == dir || ngx_file_info(dir, &fi) != NGX_FILE_ERROR) {
            return NGX_CONF_OK;
        }

        err = ngx_errno;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, err,
                       "the ledger \"%V\" cannot be opened", name);

    return NGX_CONF_ERROR;
}


char *
ngx_http_consent_set_log_copy(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_srv_conf_t *cscf = conf;

    ngx_str_t          *value;
    ngx_syslog_peer_t  *peer;

    ngx_http_consent_note(cf);

    if (cscf->copy) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strncmp(value[1].data, "syslog:", 7) != 0) {
        return ngx_http_consent_error(cf, "\"syslog:server=ADDRESS\" with "
                                      "nginx's usual parameters", &value[1]);
    }

    peer = ngx_pcalloc(cf->pool, sizeof(ngx_syslog_peer_t));
    if (peer == NULL) {
        return NGX_CONF_ERROR;
    }

    cscf->copy = ngx_http_consent_copy_create(cf, peer);
    if (cscf->copy == NULL) {
        return NGX_CONF_ERROR;
    }

    return ngx_syslog_process_conf(cf, peer);
}


char *
ngx_http_consent_set_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_consent_main_conf_t *mcf = conf;

    u_char     *p;
    ssize_t     size;
    ngx_str_t  *value, s;

    ngx_http_consent_note(cf);

    if (mcf->zone_name.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    p = (u_char *) ngx_strchr(value[1].data, ':');

    if (p == NULL || p == value[1].data) {
        return ngx_http_consent_error(cf, "\"NAME:SIZE\", as "
                                      "\"consent:1m\"", &value[1]);
    }

    s.data = p + 1;
    s.len = value[1].data + value[1].len - s.data;

    size = ngx_parse_size(&s);

    if (size < NGX_HTTP_CONSENT_ZONE_MIN) {
        return ngx_http_consent_error(cf, "\"NAME:SIZE\" with a size of at "
                                      "least 64k", &value[1]);
    }

    mcf->zone_name.data = value[1].data;
    mcf->zone_name.len = p - value[1].data;
    mcf->zone_size = size;

    return ngx_http_consent_zone_add(cf, mcf);
}
