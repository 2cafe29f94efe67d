
/*
 * consentctl erase: one id goes, the chain stays.
 *
 * For each line with the id, first a line "erased" is appended that tells
 * both hashes, the one it has and the one it will have; then its id is
 * overwritten in place.  Killed between the two, the ledger is whole and the
 * id is still there: run it again.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "consent_ledger_file.h"
#include "consentctl.h"

#define CTL_PATH_MAX  4096


typedef struct {
    consent_keys_t         keys;
    consent_str_t          id;
    consent_ledger_file_t  file;         /* the one in use */
    consent_ledger_end_t   end;
    uint64_t               erased;
    char                   instance[256];
} ctl_erase_t;


/* "erased", with ref, was and now, at the end of the ledger in use */

static int
ctl_erase_say(ctl_erase_t *e, uint64_t seq, const consent_u8 was[32],
    const consent_u8 now[32])
{
    int                     n;
    char                    extra[256], old[64], new[64];
    struct timespec         ts;
    consent_ledger_event_t  ev;

    consent_hex32(was, old);
    consent_hex32(now, new);

    n = snprintf(extra, sizeof(extra),
                 "\"ref\":%llu,\"was\":\"%.64s\",\"now\":\"%.64s\"",
                 (unsigned long long) seq, old, new);

    (void) clock_gettime(CLOCK_REALTIME, &ts);

    memset(&ev, 0, sizeof(ev));
    ev.time_ms = (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
    ev.instance = ctl_str(e->instance);
    ev.event = ctl_str("erased");
    ev.extra.data = (const consent_u8 *) extra;
    ev.extra.len = (size_t) n;

    if (consent_ledger_append(&e->file, &ev) != CONSENT_OK) {
        (void) ctl_fail("%s: %s: %s", e->file.path, e->file.failed,
                        strerror(e->file.error));
        return -1;
    }

    return 0;
}


static int
ctl_erase_line(ctl_erase_t *e, int fd, const char *name, uint64_t offset,
    consent_str_t line, const consent_ledger_entry_t *entry)
{
    off_t          at;
    consent_u8     was[32], now[32], *copy;
    consent_str_t  new;

    new = ctl_copy(line);
    copy = (consent_u8 *) new.data + (entry->id.data - line.data);
    memset(copy, '-', entry->id.len);

    if (consent_sha256(line.data, line.len, was) != CONSENT_OK
        || consent_sha256(new.data, new.len, now) != CONSENT_OK)
    {
        (void) ctl_fail("%s: a hash could not be had", name);
        return -1;
    }

    if (ctl_erase_say(e, entry->seq, was, now) != 0) {
        return -1;
    }

    at = (off_t) offset + (entry->id.data - line.data);

    if (pwrite(fd, copy, entry->id.len, at) != (ssize_t) entry->id.len
        || fsync(fd) == -1)
    {
        (void) ctl_fail("%s: %s", name, strerror(errno));
        return -1;
    }

    e->erased++;

    return 0;
}


static int
ctl_erase_file(ctl_erase_t *e, const char *name)
{
    int                     fd, rc, has_lf;
    ctl_lines_t             lines;
    struct stat             st;
    consent_str_t           line;
    consent_ledger_entry_t  entry;

    fd = open(name, O_WRONLY|O_CLOEXEC);

    if (fd == -1 || fstat(fd, &st) == -1) {
        (void) ctl_fail("%s: %s", name, strerror(errno));
        return -1;
    }

    /* not past today's end: the lines that are added below have no id */

    if (ctl_lines_open(&lines, name, (uint64_t) st.st_size) != 0) {
        close(fd);
        return -1;
    }

    if (lines.left == UINT64_MAX) {
        (void) ctl_fail("%s: is packed; unpack it first", name);
        rc = -1;

    } else {
        while ((rc = ctl_lines_next(&lines, &line, &has_lf)) == 1) {

            if (has_lf && consent_ledger_read(&entry, line) == CONSENT_OK
                && entry.id.len == e->id.len
                && memcmp(entry.id.data, e->id.data, e->id.len) == 0
                && ctl_erase_line(e, fd, name, lines.offset, line, &entry)
                   != 0)
            {
                rc = -1;
                break;
            }
        }
    }

    ctl_lines_close(&lines);

    if (close(fd) == -1 && rc == 0) {
        (void) ctl_fail("%s: %s", name, strerror(errno));
        return -1;
    }

    return rc;
}


/* LEDGER.head is nginx's: it is used if it is there, and never made here */

static int
ctl_erase_open(ctl_erase_t *e, const char *name)
{
    int          n;
    char         head[CTL_PATH_MAX];
    struct stat  st;

    e->file.path = name;
    e->file.head_fd = -1;
    e->file.sync = 1;
    e->file.keys = &e->keys;
    e->file.end = &e->end;

    e->file.fd = open(name, O_WRONLY|O_APPEND|O_CLOEXEC);

    if (e->file.fd == -1 || fstat(e->file.fd, &st) == -1) {
        (void) ctl_fail("%s: %s", name, strerror(errno));
        return -1;
    }

    if (!S_ISREG(st.st_mode)) {
        (void) ctl_fail("%s: is no file", name);
        return -1;
    }

    n = snprintf(head, sizeof(head), "%s.head", name);

    if (n > 0 && (size_t) n < sizeof(head) && stat(head, &st) == 0) {
        e->file.head_fd = consent_ledger_head_open(name);

        if (e->file.head_fd == -1) {
            (void) ctl_fail("%s: %s", head, strerror(errno));
            return -1;
        }
    }

    if (gethostname(e->instance, sizeof(e->instance) - 1) == -1) {
        strcpy(e->instance, "localhost");
    }

    return 0;
}


static int
ctl_erase_all(ctl_erase_t *e, const char **files, int n)
{
    int  i, rc;

    rc = ctl_erase_open(e, files[n - 1]);

    for (i = 0; i < n && rc == 0; i++) {
        rc = ctl_erase_file(e, files[i]);
    }

    if (e->file.head_fd > 0) {
        close(e->file.head_fd);
    }

    if (e->file.fd > 0) {
        close(e->file.fd);
    }

    if (e->erased || rc == 0) {
        printf("erased in %llu line%s\n", (unsigned long long) e->erased,
               e->erased == 1 ? "" : "s");
    }

    if (rc != 0) {
        return CTL_USAGE;
    }

    return e->erased ? CTL_GOOD : CTL_FINDING;
}


int
ctl_erase(ctl_args_t *args)
{
    int                 n;
    const char        **files, *value;
    static ctl_erase_t  e;

    files = ctl_get((size_t) args->argc * sizeof(char *));
    n = 0;

    while (args->at < args->argc) {

        if (ctl_option(args, "--secret", &value)) {
            if (ctl_keys(value, &e.keys) != 0) {
                return CTL_USAGE;
            }

        } else if (ctl_option(args, "--id", &value)) {
            e.id = ctl_str(value);

        } else if (ctl_unknown(args)) {
            return CTL_USAGE;

        } else if (args->at < args->argc) {
            files[n++] = ctl_next(args);
        }
    }

    if (e.keys.n == 0) {
        return ctl_fail("erase takes --secret FILE: the lines that it adds "
                        "are signed");
    }

    /* all of '-' is what an id was overwritten by */

    if (e.id.len != CONSENT_ID_LEN
        || strspn((const char *) e.id.data, "-") == CONSENT_ID_LEN)
    {
        return ctl_fail("erase takes --id ID, %d characters as in the ledger",
                        CONSENT_ID_LEN);
    }

    if (n == 0) {
        return ctl_fail("erase takes a ledger, or several, the oldest first");
    }

    return ctl_erase_all(&e, files, n);
}
