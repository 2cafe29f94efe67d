
/*
 * What reads the configuration: directives, merging, what is looked at and
 * installed at the end of it.  None of it is called for a request, but for
 * _copy_send().
 */

#ifndef _NGX_HTTP_CONSENT_CONF_H_INCLUDED_
#define _NGX_HTTP_CONSENT_CONF_H_INCLUDED_


/*
 * _directives.c, and _levels.c for the module's context
 */

extern ngx_command_t  ngx_http_consent_commands[];
extern ngx_str_t  ngx_http_consent_default_types[];

void *ngx_http_consent_create_main_conf(ngx_conf_t *cf);
void *ngx_http_consent_create_srv_conf(ngx_conf_t *cf);
char *ngx_http_consent_merge_srv_conf(ngx_conf_t *cf, void *parent,
    void *child);
void *ngx_http_consent_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_consent_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);


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
 * Installation, called by _module.c when there is something to do.
 */

ngx_int_t ngx_http_consent_filter_init(ngx_conf_t *cf);
ngx_int_t ngx_http_consent_phases_init(ngx_conf_t *cf);
void ngx_http_consent_early_filter_init(ngx_conf_t *cf);


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


#endif /* _NGX_HTTP_CONSENT_CONF_H_INCLUDED_ */
