
/*
 * consentctl keygen and cookie.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <openssl/rand.h>

#include "consentctl.h"

#define CTL_KEY_DIGITS  64
#define CTL_PATH_MAX    4096


static int
ctl_key_new(char key[CTL_KEY_DIGITS + 1])
{
    unsigned       i;
    unsigned char  secret[CTL_KEY_DIGITS / 2];

    if (RAND_bytes(secret, sizeof(secret)) != 1) {
        return ctl_fail("there is no randomness");
    }

    for (i = 0; i < sizeof(secret); i++) {
        snprintf(key + 2 * i, 3, "%02x", secret[i]);
    }

    return CTL_GOOD;
}


/* the new key and, of the old text, comments and the first "keep" keys */

static void
ctl_key_lines(FILE *f, const char *key, consent_str_t old, long keep)
{
    size_t             n;
    const consent_u8  *p, *end, *eol, *start;

    fprintf(f, "%s\n", key);

    p = old.data;
    end = p + old.len;

    for ( /* void */ ; p < end; p = eol + 1) {

        eol = memchr(p, '\n', (size_t) (end - p));
        eol = eol ? eol : end;

        for (start = p; start < eol && (*start == ' ' || *start == '\t');
             start++)
        {
            /* void */
        }

        n = (size_t) (eol - start);

        if (n == 0 || *start == '\r') {
            continue;
        }

        if (*start == '#' || --keep > 0) {
            fwrite(start, 1, n, f);
            fputc('\n', f);
        }
    }
}


static int
ctl_key_write(const char *name, int fd, const char *key, consent_str_t old,
    long keep)
{
    int    bad;
    FILE  *f;

    f = fdopen(fd, "w");

    if (f == NULL) {
        close(fd);
        return ctl_fail("%s: %s", name, strerror(errno));
    }

    ctl_key_lines(f, key, old, keep);

    bad = fflush(f) == EOF || fsync(fd) == -1;

    if (fclose(f) == EOF || bad) {
        return ctl_fail("%s: %s", name, strerror(errno));
    }

    return CTL_GOOD;
}


/* written beside it and put into its place: nginx never reads half a file */

static int
ctl_key_rotate(const char *name, const char *key, long keep)
{
    int             fd, rc;
    char            temp[CTL_PATH_MAX];
    struct stat     st;
    consent_str_t   old;
    consent_keys_t  keys;

    if (ctl_keys(name, &keys) != 0 || ctl_slurp(name, &old) != 0) {
        return CTL_USAGE;
    }

    rc = snprintf(temp, sizeof(temp), "%s.new.%ld", name, (long) getpid());

    if (rc < 0 || (size_t) rc >= sizeof(temp)) {
        return ctl_fail("%s: the name is too long", name);
    }

    fd = open(temp, O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC, 0600);

    if (fd == -1) {
        return ctl_fail("%s: %s", temp, strerror(errno));
    }

    /* who could read the old one can read the new one, and nobody else */

    if (stat(name, &st) == -1 || fchown(fd, st.st_uid, st.st_gid) == -1
        || fchmod(fd, st.st_mode & 0777) == -1)
    {
        rc = ctl_fail("%s: %s", temp, strerror(errno));
        close(fd);

    } else {
        rc = ctl_key_write(temp, fd, key, old, keep);
    }

    if (rc == CTL_GOOD && rename(temp, name) == -1) {
        rc = ctl_fail("%s: %s", name, strerror(errno));
    }

    if (rc != CTL_GOOD) {
        (void) unlink(temp);
    }

    return rc;
}


static int
ctl_key_create(const char *name, const char *key)
{
    int            fd, rc;
    consent_str_t  none = consent_null_string;

    fd = open(name, O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC, 0600);

    if (fd == -1 && errno == EEXIST) {
        return ctl_fail("%s is there already; --rotate adds a key to it",
                        name);
    }

    if (fd == -1) {
        return ctl_fail("%s: %s", name, strerror(errno));
    }

    rc = ctl_key_write(name, fd, key, none, 1);

    if (rc != CTL_GOOD) {
        (void) unlink(name);
    }

    return rc;
}


int
ctl_keygen(ctl_args_t *args)
{
    int          rotate;
    long         keep;
    char         key[CTL_KEY_DIGITS + 1], *stop;
    const char  *name, *value;

    name = NULL;
    rotate = 0;
    keep = 3;

    while (args->at < args->argc) {

        if (ctl_flag(args, "--rotate")) {
            rotate = 1;

        } else if (ctl_option(args, "--keep", &value)) {
            keep = strtol(value, &stop, 10);

            if (*stop || keep < 1 || keep > CONSENT_KEYS_MAX) {
                return ctl_fail("--keep takes a number from 1 to %d",
                                CONSENT_KEYS_MAX);
            }

        } else if (ctl_unknown(args)) {
            return CTL_USAGE;

        } else if (name) {
            return ctl_fail("keygen takes one file");

        } else {
            name = ctl_next(args);
        }
    }

    if (rotate && name == NULL) {
        return ctl_fail("--rotate takes a file");
    }

    if (ctl_key_new(key) != CTL_GOOD) {
        return CTL_USAGE;
    }

    if (name == NULL) {
        puts(key);
        return CTL_GOOD;
    }

    return rotate ? ctl_key_rotate(name, key, keep)
                  : ctl_key_create(name, key);
}


typedef struct {
    consent_str_t   value;
    consent_str_t   field[7];            /* v1 KEYID REVISION ... MAC */
    consent_str_t   names[CONSENT_CATEGORIES_MAX];
    unsigned        ncategories;
    const char     *name;                /* the cookie's */
    const char     *host;
    consent_keys_t  keys;
    unsigned        secret:1;
    int64_t         max_age;
} ctl_cookie_t;


static int
ctl_cookie_split(ctl_cookie_t *c)
{
    unsigned           i;
    const consent_u8  *p, *end, *dot;

    p = c->value.data;
    end = p + c->value.len;

    for (i = 0; i < 7; i++) {

        dot = memchr(p, '.', (size_t) (end - p));

        if ((dot == NULL) != (i == 6)) {
            return -1;
        }

        c->field[i].data = p;
        c->field[i].len = (size_t) ((dot ? dot : end) - p);
        p = dot ? dot + 1 : end;
    }

    return ctl_is(c->field[0], "v1") ? 0 : -1;
}


/* the cookie's time as a number, or -1 */

static int64_t
ctl_cookie_time(const ctl_cookie_t *c)
{
    size_t         i;
    int64_t        t;
    consent_str_t  s;

    s = c->field[4];
    t = 0;

    for (i = 0; i < s.len && i < 13; i++) {
        if (s.data[i] < '0' || s.data[i] > '9') {
            return -1;
        }

        t = t * 10 + (s.data[i] - '0');
    }

    return (i && i < 13) ? t : -1;
}


/*
 * Is it signed for this name and host?  Age is looked at apart from that: the
 * time is the cookie's own.
 */

static int
ctl_cookie_signed(const ctl_cookie_t *c, const char *name, const char *host,
    consent_record_t *rec)
{
    consent_cookie_conf_t  conf;

    memset(&conf, 0, sizeof(conf));
    conf.keys = &c->keys;
    conf.cookie_name = ctl_str(name);
    conf.scope = ctl_str(host);
    conf.names = c->names;
    conf.ncategories = c->ncategories;
    conf.max_age = 1;

    return consent_cookie_parse(&conf, c->value.data, c->value.len,
                                ctl_cookie_time(c), rec)
           == CONSENT_OK;
}


static void
ctl_cookie_tokens(const ctl_cookie_t *c, int on)
{
    size_t         i, n;
    unsigned       any, up;
    consent_str_t  s, own;

    s = c->field[3];
    any = 0;

    for (i = 0; i < s.len; i += n) {

        n = (s.data[i] == '-' || s.data[i] == '+') ? 4 : 1;
        up = (n == 4) ? s.data[i] == '+'
                      : s.data[i] >= 'A' && s.data[i] <= 'Z';

        if (s.data[i] == 'n' || s.data[i] == '0' || i + n > s.len
            || up != (unsigned) on)
        {
            continue;
        }

        any = 1;

        if (n == 1) {
            printf(" %s", (s.data[i] | 0x20) == 'f' ? "functional"
                          : (s.data[i] | 0x20) == 'a' ? "analytics"
                          : (s.data[i] | 0x20) == 'm' ? "marketing" : "?");

        } else {
            own.data = s.data + i + 1;
            own.len = 3;
            fputs(" own:", stdout);
            ctl_text(stdout, own);
        }
    }

    puts(any ? "" : " -");
}


static void
ctl_cookie_record(const ctl_cookie_t *c, const consent_record_t *rec, int on)
{
    unsigned        i, any;
    consent_mask_t  mask;

    mask = on ? rec->allowed : rec->asked & ~rec->allowed;
    any = 0;

    for (i = 1; i < c->ncategories; i++) {
        if (mask & consent_bit(i)) {
            printf(" %s", (const char *) c->names[i].data);
            any = 1;
        }
    }

    puts(any ? "" : " -");
}


static void
ctl_cookie_print(const ctl_cookie_t *c, const consent_record_t *rec)
{
    char       date[32];
    time_t     t;
    unsigned   i;
    struct tm  tm;

    fputs("key       ", stdout);
    ctl_text(stdout, c->field[1]);

    if (c->secret) {
        for (i = 0; i < c->keys.n; i++) {
            if (c->field[1].len == 8
                && memcmp(c->field[1].data, c->keys.key[i].id, 8) == 0)
            {
                printf(" (number %u of %u in the secret file)", i + 1,
                       c->keys.n);
                break;
            }
        }

        if (i == c->keys.n) {
            fputs(" (not in the secret file)", stdout);
        }
    }

    fputs("\nrevision  ", stdout);
    ctl_text(stdout, c->field[2]);
    fputs("\nallowed  ", stdout);

    if (rec) {
        ctl_cookie_record(c, rec, 1);
        fputs("refused  ", stdout);
        ctl_cookie_record(c, rec, 0);

    } else {
        ctl_cookie_tokens(c, 1);
        fputs("refused  ", stdout);
        ctl_cookie_tokens(c, 0);
    }

    if (c->field[3].len && c->field[3].data[0] == 'n') {
        puts("notice    acknowledged, which is no consent");
    }

    t = (time_t) ctl_cookie_time(c);

    if (t < 0 || gmtime_r(&t, &tm) == NULL
        || strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
    {
        snprintf(date, sizeof(date), "?");
    }

    printf("time      %s\nid        ", date);

    if (c->field[5].len) {
        ctl_text(stdout, c->field[5]);

    } else {
        fputs("none: a refusal names nobody", stdout);
    }

    putchar('\n');
}


/* by the names and hosts given, or those that are usual */

static int
ctl_cookie_verify(const ctl_cookie_t *c, consent_record_t *rec,
    const char **name, const char **host)
{
    unsigned     i, j;
    const char  *names[3], *hosts[3];

    names[0] = c->name ? c->name : "__Host-ngx_consent";
    names[1] = c->name ? NULL : "ngx_consent";
    names[2] = NULL;
    hosts[0] = c->host ? c->host : "localhost";
    hosts[1] = c->host ? NULL : "127.0.0.1";
    hosts[2] = NULL;

    for (i = 0; names[i]; i++) {
        for (j = 0; hosts[j]; j++) {
            if (ctl_cookie_signed(c, names[i], hosts[j], rec)) {
                *name = names[i];
                *host = hosts[j];
                return 1;
            }
        }
    }

    return 0;
}


static int
ctl_cookie_show(ctl_cookie_t *c)
{
    int                good;
    int64_t            age;
    const char        *name, *host;
    consent_record_t   rec;

    if (c->value.len > CONSENT_COOKIE_MAX || ctl_cookie_split(c) != 0) {
        puts("not a consent cookie: v1 and six fields, with dots between, "
             "in 160 bytes");
        return CTL_FINDING;
    }

    if (!c->secret) {
        ctl_cookie_print(c, NULL);
        puts("mac       not verified: --secret FILE does");
        return CTL_GOOD;
    }

    good = ctl_cookie_verify(c, &rec, &name, &host);

    ctl_cookie_print(c, good ? &rec : NULL);

    if (!good) {
        puts("mac       wrong: forged, or signed by another key or for "
             "another --host or --name");
        return CTL_FINDING;
    }

    printf("mac       right, for %s of %s\n", name, host);

    age = (int64_t) time(NULL) - rec.time;

    if (age > c->max_age) {
        printf("age       expired, %lld days ago\n",
               (long long) ((age - c->max_age) / 86400));
        return CTL_FINDING;
    }

    if (age < -CONSENT_CLOCK_SKEW) {
        puts("age       from the future: not believed");
        return CTL_FINDING;
    }

    return CTL_GOOD;
}


static int
ctl_cookie_option(ctl_cookie_t *c, ctl_args_t *args)
{
    char        *stop;
    const char  *value;

    if (ctl_option(args, "--secret", &value)) {
        c->secret = 1;
        return ctl_keys(value, &c->keys) == 0 ? 1 : -1;
    }

    if (ctl_option(args, "--host", &c->host)
        || ctl_option(args, "--name", &c->name))
    {
        return 1;
    }

    if (ctl_option(args, "--category", &value)) {
        if (c->ncategories == CONSENT_CATEGORIES_MAX) {
            (void) ctl_fail("more than %d categories", CONSENT_CATEGORIES_MAX);
            return -1;
        }

        c->names[c->ncategories++] = ctl_str(value);
        return 1;
    }

    if (ctl_option(args, "--max-age", &value)) {
        c->max_age = strtol(value, &stop, 10);

        if (*stop || c->max_age < 1 || c->max_age > 400) {
            (void) ctl_fail("--max-age takes a number of days, 1 to 400");
            return -1;
        }

        c->max_age *= 86400;
        return 1;
    }

    return 0;
}


int
ctl_cookie(ctl_args_t *args)
{
    int                  rc;
    const char          *value, *eq;
    static ctl_cookie_t  c;

    c.names[0] = ctl_str("necessary");
    c.names[1] = ctl_str("functional");
    c.names[2] = ctl_str("analytics");
    c.names[3] = ctl_str("marketing");
    c.ncategories = 4;
    c.max_age = 180 * 86400;
    value = NULL;

    while (args->at < args->argc) {

        rc = ctl_cookie_option(&c, args);

        if (rc < 0 || (rc == 0 && ctl_unknown(args))) {
            return CTL_USAGE;
        }

        if (rc == 0) {
            if (value) {
                return ctl_fail("cookie takes one value");
            }

            value = ctl_next(args);
        }
    }

    if (value == NULL) {
        return ctl_fail("cookie takes a value");
    }

    /* NAME=VALUE: neither has "=" in it */

    eq = strchr(value, '=');

    if (eq) {
        c.name = c.name ? c.name
                 : (const char *) ctl_copy((consent_str_t) {
                       (const consent_u8 *) value, (size_t) (eq - value)
                   }).data;
        value = eq + 1;
    }

    c.value = ctl_str(value);

    return ctl_cookie_show(&c);
}
