
/*
 * The ledger's files: opened with the configuration, written by all workers
 * under one lock in shared memory, opened anew on USR1 as all of nginx's
 * logs.
 */

#include "ngx_http_consent_endpoint.h"
#include "consent_client.h"
#include "consent_ledger_file.h"
#include "consent_ledger_history.h"


typedef struct {
    ngx_str_t               path;
    ngx_open_file_t        *file;
    ngx_shm_zone_t         *zone;
    int                     head_fd;
} ngx_http_consent_ledger_t;


static ngx_int_t ngx_http_consent_ledger_init_zone(ngx_shm_zone_t *zone,
    void *data);
static void ngx_http_consent_ledger_cleanup(void *data);
static void ngx_http_consent_ledger_client(ngx_http_request_t *r,
    ngx_http_consent_srv_conf_t *conf, consent_ledger_event_t *ev,
    u_char *buf);
static ngx_int_t ngx_http_consent_ledger_keep(ngx_http_request_t *r,
    ngx_http_consent_ledger_t *ledger, consent_str_t hash, ngx_str_t *text,
    ngx_uint_t sync);
static ngx_str_t ngx_http_consent_ledger_name(ngx_http_request_t *r,
    ngx_http_consent_ledger_t *ledger, consent_str_t hash,
    const char *suffix);


ngx_int_t
ngx_http_consent_ledger_create(ngx_conf_t *cf,
    ngx_http_consent_main_conf_t *mcf)
{
    if (ngx_array_init(&mcf->copies, cf->pool, 2,
                       sizeof(ngx_http_consent_copy_t *))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_array_init(&mcf->ledgers, cf->pool, 2,
                          sizeof(ngx_http_consent_ledger_t *));
}


char *
ngx_http_consent_ledger_add(ngx_conf_t *cf, ngx_http_consent_srv_conf_t *conf)
{
    u_char                         *p;
    ngx_str_t                       name;
    ngx_uint_t                      i;
    ngx_http_consent_ledger_t      *ledger, **list;
    ngx_http_consent_main_conf_t   *mcf;

    if (ngx_strcmp(conf->log.data, "off") == 0) {
        return NGX_CONF_OK;
    }

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_consent_module);
    list = mcf->ledgers.elts;

    for (i = 0; i < mcf->ledgers.nelts; i++) {
        if (list[i]->path.len == conf->log.len
            && ngx_memcmp(list[i]->path.data, conf->log.data, conf->log.len)
               == 0)
        {
            conf->ledger = list[i];
            return NGX_CONF_OK;
        }
    }

    ledger = ngx_pcalloc(cf->pool, sizeof(ngx_http_consent_ledger_t));
    list = ngx_array_push(&mcf->ledgers);

    if (ledger == NULL || list == NULL) {
        return NGX_CONF_ERROR;
    }

    *list = ledger;
    ledger->path = conf->log;
    ledger->head_fd = -1;

    ledger->file = ngx_conf_open_file(cf->cycle, &ledger->path);
    if (ledger->file == NULL) {
        return NGX_CONF_ERROR;
    }

    name.len = sizeof("consent_ledger:") - 1 + ledger->path.len;
    name.data = ngx_pnalloc(cf->pool, name.len + 1);
    if (name.data == NULL) {
        return NGX_CONF_ERROR;
    }

    p = ngx_cpymem(name.data, "consent_ledger:",
                   sizeof("consent_ledger:") - 1);
    ngx_cpystrn(p, ledger->path.data, ledger->path.len + 1);

    ledger->zone = ngx_shared_memory_add(cf, &name, 8 * ngx_pagesize,
                                         &ngx_http_consent_module);
    if (ledger->zone == NULL) {
        return NGX_CONF_ERROR;
    }

    ledger->zone->init = ngx_http_consent_ledger_init_zone;
    ledger->zone->data = ledger;

    conf->ledger = ledger;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_consent_ledger_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ngx_slab_pool_t  *shpool;

    shpool = (ngx_slab_pool_t *) zone->shm.addr;

    if (data || zone->shm.exists) {

        /* of the configuration before: old workers still write */

        return NGX_OK;
    }

    shpool->data = ngx_slab_calloc(shpool, sizeof(consent_ledger_end_t));

    return shpool->data ? NGX_OK : NGX_ERROR;
}


static void
ngx_http_consent_ledger_cleanup(void *data)
{
    ngx_http_consent_ledger_t *ledger = data;

    if (ledger->head_fd != -1) {
        (void) close(ledger->head_fd);
        ledger->head_fd = -1;
    }
}


/*
 * In the master, as root: LEDGER.head and the directory of snapshots are made
 * for the workers, who may not.
 */

ngx_int_t
ngx_http_consent_ledger_init(ngx_cycle_t *cycle)
{
    u_char                         dir[NGX_MAX_PATH];
    ngx_uid_t                      user;
    ngx_uint_t                     i;
    struct stat                    st;
    ngx_core_conf_t               *ccf;
    ngx_pool_cleanup_t            *cln;
    ngx_http_consent_ledger_t    **list, *ledger;
    ngx_http_consent_main_conf_t  *mcf;

    mcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_consent_module);

    if (mcf == NULL || ngx_test_config) {
        return NGX_OK;
    }

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);
    user = (geteuid() == 0) ? ccf->user : (ngx_uid_t) NGX_CONF_UNSET_UINT;

    list = mcf->ledgers.elts;

    for (i = 0; i < mcf->ledgers.nelts; i++) {
        ledger = list[i];

        if (fstat(ledger->file->fd, &st) == -1 || !S_ISREG(st.st_mode)) {
            continue;
        }

        ledger->head_fd = consent_ledger_head_open((char *)
                                                   ledger->path.data);

        if (ledger->head_fd == -1) {
            ngx_log_error(NGX_LOG_WARN, cycle->log, ngx_errno,
                          "\"%V.head\" cannot be opened: a ledger cut short "
                          "will not be noticed", &ledger->path);
        }

        cln = ngx_pool_cleanup_add(cycle->pool, 0);
        if (cln == NULL) {
            return NGX_ERROR;
        }

        cln->handler = ngx_http_consent_ledger_cleanup;
        cln->data = ledger;

        (void) ngx_snprintf(dir, sizeof(dir), "%V.notices%Z", &ledger->path);

        if (mkdir((char *) dir, 0750) == -1 && ngx_errno != NGX_EEXIST) {
            ngx_log_error(NGX_LOG_WARN, cycle->log, ngx_errno,
                          "\"%s\" cannot be made: notices are not kept",
                          dir);
        }

        if (user == (ngx_uid_t) NGX_CONF_UNSET_UINT) {
            continue;
        }

        /* the workers read the end of the file, and are who writes it */

        if (fchown(ledger->file->fd, user, -1) == -1
            || chown((char *) dir, user, -1) == -1
            || (ledger->head_fd != -1
                && fchown(ledger->head_fd, user, -1) == -1))
        {
            ngx_log_error(NGX_LOG_WARN, cycle->log, ngx_errno,
                          "\"%V\" cannot be given to the workers",
                          &ledger->path);
        }

        if (st.st_size == 0) {
            (void) fchmod(ledger->file->fd, 0640);
        }
    }

    return NGX_OK;
}


/* "net":"...","agent":"..." */

#define NGX_HTTP_CONSENT_CLIENT_SIZE                                          \
    (sizeof("\"net\":\"\",\"agent\":\"\"") + CONSENT_ADDRESS_SIZE              \
     + 2 * CONSENT_AGENT_SIZE)


/*
 * Network and browser, where the operator asks for them and the line is
 * somebody's: a refusal names nobody, whatever is asked for.
 */

static void
ngx_http_consent_ledger_client(ngx_http_request_t *r,
    ngx_http_consent_srv_conf_t *conf, consent_ledger_event_t *ev,
    u_char *buf)
{
    u_char               *p;
    size_t                i, n;
    struct sockaddr_in   *sin;
#if (NGX_HAVE_INET6)
    struct sockaddr_in6  *sin6;
#endif

    u_char  address[CONSENT_ADDRESS_SIZE], agent[CONSENT_AGENT_SIZE];

    if (ev->id.len == 0) {
        return;
    }

    p = buf;
    n = 0;

    if (conf->log_address) {

        switch (r->connection->sockaddr->sa_family) {

        case AF_INET:
            sin = (struct sockaddr_in *) r->connection->sockaddr;
            n = consent_client_address((u_char *) &sin->sin_addr, 4, address);
            break;

#if (NGX_HAVE_INET6)
        case AF_INET6:
            sin6 = (struct sockaddr_in6 *) r->connection->sockaddr;
            n = consent_client_address(sin6->sin6_addr.s6_addr, 16, address);
            break;
#endif

        default:
            break;
        }
    }

    if (n) {
        p = ngx_sprintf(p, "\"net\":\"%*s\"", n, address);
    }

    if (conf->log_agent && r->headers_in.user_agent) {
        n = consent_client_agent(ngx_http_consent_str(
                                     &r->headers_in.user_agent->value), agent);

        p = ngx_sprintf(p, "%s\"agent\":\"", p == buf ? "" : ",");

        for (i = 0; i < n; i++) {
            if (agent[i] == '"' || agent[i] == '\\') {
                *p++ = '\\';
            }

            *p++ = agent[i];
        }

        *p++ = '"';
    }

    ev->extra.data = buf;
    ev->extra.len = p - buf;
}


ngx_int_t
ngx_http_consent_ledger_write(ngx_http_request_t *r,
    ngx_http_consent_srv_conf_t *conf, consent_ledger_event_t *ev,
    ngx_str_t *notice)
{
    int                         rc;
    u_char                      line[CONSENT_LEDGER_LINE_MAX];
    u_char                      client[NGX_HTTP_CONSENT_CLIENT_SIZE];
    size_t                      len;
    ngx_time_t                 *tp;
    ngx_slab_pool_t            *shpool;
    consent_ledger_file_t       file;
    consent_ledger_head_t       head;
    ngx_http_consent_ledger_t  *ledger;

    tp = ngx_timeofday();

    ev->time_ms = (int64_t) tp->sec * 1000 + tp->msec;
    ev->instance = ngx_http_consent_str((ngx_str_t *) &ngx_cycle->hostname);

    ngx_http_consent_ledger_client(r, conf, ev, client);

    ledger = conf->ledger;

    if (ledger == NULL) {

        /* consent_log_copy alone: lines without a chain */

        ngx_memzero(&head, sizeof(consent_ledger_head_t));

        len = consent_ledger_format(&head, &conf->keys->key[0], ev, line,
                                    sizeof(line));
        if (len) {
            ngx_http_consent_copy_send(conf->copy, line, len - 1);
        }

        return NGX_OK;
    }

    if (ngx_http_consent_ledger_keep(r, ledger, ev->notice, notice,
                                     conf->log_sync)
        != NGX_OK)
    {
        ngx_http_consent_count(ngx_http_get_module_main_conf(r,
                                               ngx_http_consent_module),
                               NGX_HTTP_CONSENT_N_LEDGER_ERROR);
        return NGX_ERROR;
    }

    shpool = (ngx_slab_pool_t *) ledger->zone->shm.addr;

    ngx_memzero(&file, sizeof(consent_ledger_file_t));

    file.path = (char *) ledger->path.data;
    file.fd = ledger->file->fd;
    file.head_fd = ledger->head_fd;
    file.sync = conf->log_sync ? 1 : 0;
    file.keys = conf->keys;
    file.end = shpool->data;

    file.line = conf->copy ? line : NULL;

    /* a worker that is killed in here is let go of by the master */

    ngx_shmtx_lock(&shpool->mutex);

    rc = consent_ledger_append(&file, ev);

    if (rc == CONSENT_OK && conf->copy) {
        ngx_http_consent_copy_send(conf->copy, line, file.line_len);
    }

    ngx_shmtx_unlock(&shpool->mutex);

    if (rc != CONSENT_OK) {
        ngx_log_error(NGX_LOG_ALERT, r->connection->log, file.error,
                      "consent ledger \"%V\": %s failed, the choice is not "
                      "recorded", &ledger->path, file.failed);

        ngx_http_consent_count(ngx_http_get_module_main_conf(r,
                                               ngx_http_consent_module),
                               NGX_HTTP_CONSENT_N_LEDGER_ERROR);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_str_t
ngx_http_consent_ledger_name(ngx_http_request_t *r,
    ngx_http_consent_ledger_t *ledger, consent_str_t hash, const char *suffix)
{
    ngx_str_t  name;

    name.len = 0;
    name.data = ngx_pnalloc(r->pool, ledger->path.len + hash.len + 64);

    if (name.data) {
        name.len = ngx_sprintf(name.data, "%V.notices/%*s.html%s%Z",
                               &ledger->path, hash.len, hash.data, suffix)
                   - name.data - 1;
    }

    return name;
}


/* the notice itself is kept once, before the first line that names it */

static ngx_int_t
ngx_http_consent_ledger_keep(ngx_http_request_t *r,
    ngx_http_consent_ledger_t *ledger, consent_str_t hash, ngx_str_t *text,
    ngx_uint_t sync)
{
    int          fd, err;
    char         pid[32];
    ngx_str_t    name, temp;
    struct stat  st;

    /* a ledger that is no file has nothing beside it */

    if (fstat(ledger->file->fd, &st) == 0 && !S_ISREG(st.st_mode)) {
        return NGX_OK;
    }

    (void) ngx_sprintf((u_char *) pid, ".%P%Z", ngx_pid);

    name = ngx_http_consent_ledger_name(r, ledger, hash, "");
    temp = ngx_http_consent_ledger_name(r, ledger, hash, pid);

    if (name.data == NULL || temp.data == NULL) {
        return NGX_ERROR;
    }

    if (stat((char *) name.data, &st) == 0
        && st.st_size == (off_t) text->len)
    {
        return NGX_OK;
    }

    fd = open((char *) temp.data, O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0640);

    if (fd == -1) {
        goto failed;
    }

    if (write(fd, text->data, text->len) != (ssize_t) text->len
        || (sync && fsync(fd) == -1)
        || rename((char *) temp.data, (char *) name.data) == -1)
    {
        err = ngx_errno;
        (void) close(fd);
        (void) unlink((char *) temp.data);
        ngx_set_errno(err);
        goto failed;
    }

    (void) close(fd);

    return NGX_OK;

failed:

    ngx_log_error(NGX_LOG_ALERT, r->connection->log, ngx_errno,
                  "consent ledger: the notice \"%V\" cannot be kept, the "
                  "choice is not recorded", &name);

    return NGX_ERROR;
}


ngx_int_t
ngx_http_consent_ledger_snapshot(ngx_http_request_t *r,
    ngx_http_consent_srv_conf_t *conf, ngx_str_t *hash, ngx_str_t *text)
{
    int                         fd;
    ssize_t                     n;
    ngx_str_t                   name;
    struct stat                 st;
    ngx_http_consent_ledger_t  *ledger;

    ledger = conf->ledger;

    if (ledger == NULL) {
        return NGX_DECLINED;
    }

    name = ngx_http_consent_ledger_name(r, ledger, ngx_http_consent_str(hash),
                                        "");
    if (name.data == NULL) {
        return NGX_ERROR;
    }

    fd = open((char *) name.data, O_RDONLY|O_CLOEXEC);

    if (fd == -1) {
        return NGX_DECLINED;
    }

    n = -1;

    if (fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size < 1024 * 1024) {

        text->data = ngx_pnalloc(r->pool, st.st_size);

        if (text->data) {
            n = read(fd, text->data, st.st_size);
            text->len = st.st_size;
        }
    }

    (void) close(fd);

    return (n > 0 && n == (ssize_t) text->len) ? NGX_OK : NGX_DECLINED;
}


/* what the ledger has of this browser's own id; without memory, nothing */

void
ngx_http_consent_ledger_history(ngx_http_request_t *r,
    ngx_http_consent_ctx_t *ctx, consent_ui_ctx_t *uc)
{
    u_char                         *room;
    consent_ledger_past_t          *past;
    ngx_http_consent_ledger_t      *ledger;
    ngx_http_consent_categories_t  *cats;

    ledger = ctx->conf->srv->ledger;

    if (ledger == NULL || uc->id.len == 0) {
        return;
    }

    room = ngx_palloc(r->pool, CONSENT_LEDGER_PAST_ROOM);
    past = ngx_palloc(r->pool, CONSENT_LEDGER_PAST_MAX
                               * sizeof(consent_ledger_past_t));

    if (room == NULL || past == NULL) {
        return;
    }

    cats = ctx->conf->srv->categories;

    uc->past = past;
    uc->npast = consent_ledger_history((char *) ledger->path.data,
                                       uc->id, cats->names, cats->n, room,
                                       past);
}
