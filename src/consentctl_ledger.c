
/*
 * consentctl verify and stats; and the lines of a ledger.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "consent_ledger_file.h"
#include "consent_ledger_verify.h"
#include "consentctl.h"

#define CTL_LINES_START  65536
#define CTL_LINE_MAX     (1024 * 1024)
#define CTL_PATH_MAX     4096


int
ctl_lines_open(ctl_lines_t *l, const char *name, uint64_t limit)
{
    int  fd;

    memset(l, 0, sizeof(ctl_lines_t));

    fd = strcmp(name, "-") == 0 ? dup(STDIN_FILENO)
                                : open(name, O_RDONLY|O_CLOEXEC);

    if (fd == -1) {
        (void) ctl_fail("%s: %s", name, strerror(errno));
        return -1;
    }

    l->gz = gzdopen(fd, "rb");

    if (l->gz == NULL) {
        close(fd);
        (void) ctl_fail("%s: out of memory", name);
        return -1;
    }

    l->name = name;
    l->size = CTL_LINES_START;
    l->buf = ctl_get(l->size);
    l->left = gzdirect(l->gz) ? limit : UINT64_MAX;

    return 0;
}


/* more of the file behind what is there; 0 at its end */

static int
ctl_lines_fill(ctl_lines_t *l)
{
    int          n, err;
    size_t       room;
    consent_u8  *more;

    if (l->start) {
        memmove(l->buf, l->buf + l->start, l->end - l->start);
        l->end -= l->start;
        l->start = 0;
    }

    if (l->end == l->size) {

        /* no line of ours is so long: what does not fit is cut */

        if (l->size >= CTL_LINE_MAX) {
            l->end = l->size / 2;
            l->cut += l->size - l->end;

        } else {
            more = ctl_get(l->size * 2);
            memcpy(more, l->buf, l->end);
            l->buf = more;
            l->size *= 2;
        }
    }

    room = l->size - l->end;
    room = (room > l->left) ? (size_t) l->left : room;

    n = room ? gzread(l->gz, l->buf + l->end, (unsigned) room) : 0;

    if (n < 0) {
        (void) ctl_fail("%s: %s", l->name, gzerror(l->gz, &err));
        return -1;
    }

    /* zlib tells of a packed file that was cut off in this way alone */

    if (n == 0 && room && (gzerror(l->gz, &err), err == Z_BUF_ERROR)) {
        (void) ctl_fail("%s: is cut off", l->name);
        return -1;
    }

    l->end += (size_t) n;
    l->left -= (uint64_t) n;
    l->eof = (n == 0);

    return n > 0;
}


int
ctl_lines_next(ctl_lines_t *l, consent_str_t *line, int *has_lf)
{
    int                rc;
    size_t             from;
    const consent_u8  *p;

    from = 0;

    for ( ;; ) {

        p = NULL;

        if (l->end > l->start + from) {
            p = memchr(l->buf + l->start + from, '\n',
                       l->end - l->start - from);
        }

        if (p || (l->eof && l->end > l->start)) {
            break;
        }

        if (l->eof) {
            return 0;
        }

        from = l->end - l->start;
        rc = ctl_lines_fill(l);

        if (rc < 0) {
            return -1;
        }

        from = (from > l->end) ? l->end : from;
    }

    line->data = l->buf + l->start;
    line->len = (p ? p : l->buf + l->end) - line->data;
    *has_lf = (p != NULL);

    l->offset = l->next;
    l->next += line->len + l->cut + (p ? 1 : 0);
    l->cut = 0;
    l->start += line->len + (p ? 1 : 0);

    return 1;
}


void
ctl_lines_close(ctl_lines_t *l)
{
    if (l->gz) {
        (void) gzclose(l->gz);
        l->gz = NULL;
    }
}


typedef struct {
    consent_keys_t         keys;
    unsigned               secret:1;
    consent_ledger_head_t  head;
    unsigned               has_head:1;
    unsigned               bad_head:1;
    uint64_t               limit;        /* of the last file */
    uint64_t               first;
    uint64_t               last;
} ctl_verify_t;


static void
ctl_verify_report(void *arg, const char *file, uint64_t line,
    const char *text)
{
    (void) arg;

    if (line) {
        printf("%s:%llu: %s\n", file, (unsigned long long) line, text);

    } else {
        printf("%s: %s\n", file, text);
    }
}


/*
 * Where does the chain stand?  nginx may be writing: how long the file was
 * at the moment when LEDGER.head said so is found out under its lock.
 */

static void
ctl_verify_head(ctl_verify_t *v, const char *name)
{
    int          n, fd, locked;
    char         path[CTL_PATH_MAX];
    uint64_t     size;
    struct stat  st;

    v->limit = UINT64_MAX;

    n = snprintf(path, sizeof(path), "%s.head", name);

    if (n < 0 || (size_t) n >= sizeof(path)) {
        return;
    }

    locked = 1;
    fd = open(path, O_RDWR|O_CLOEXEC);

    if (fd == -1) {
        locked = 0;
        fd = open(path, O_RDONLY|O_CLOEXEC);
    }

    if (fd == -1) {
        return;
    }

    locked = locked && consent_ledger_lock(fd) == CONSENT_OK;

    v->has_head = consent_ledger_head_read(fd, v->secret ? &v->keys : NULL,
                                           &v->head, &size)
                  == CONSENT_OK;

    if (locked && stat(name, &st) == 0 && S_ISREG(st.st_mode)) {
        v->limit = (uint64_t) st.st_size;
    }

    v->bad_head = !v->has_head && fstat(fd, &st) == 0 && st.st_size > 0;

    if (locked) {
        consent_ledger_unlock(fd);
    }

    close(fd);
}


static int
ctl_verify_file(ctl_verify_t *v, consent_verify_t *verify, const char *name,
    int last)
{
    int            rc, has_lf;
    ctl_lines_t    lines;
    consent_str_t  line;

    if (ctl_lines_open(&lines, name, last ? v->limit : UINT64_MAX) != 0) {
        return -1;
    }

    consent_verify_file(verify, name);

    while ((rc = ctl_lines_next(&lines, &line, &has_lf)) == 1) {

        consent_verify_line(verify, line, has_lf);

        if (v->first == 0 && verify->started) {
            v->first = verify->last.seq;
        }
    }

    ctl_lines_close(&lines);

    return rc;
}


static void
ctl_verify_print(const ctl_verify_t *v, const consent_verify_t *verify)
{
    printf("%llu line%s", (unsigned long long) verify->lines,
           verify->lines == 1 ? "" : "s");

    if (verify->started) {
        printf(", seq %llu to %llu", (unsigned long long) v->first,
               (unsigned long long) verify->last.seq);
    }

    if (verify->erased) {
        printf(", %llu erased", (unsigned long long) verify->erased);
    }

    if (verify->torn) {
        printf(", %llu torn and closed", (unsigned long long) verify->torn);
    }

    if (verify->findings || v->bad_head) {
        printf(": %llu finding%s\n",
               (unsigned long long) verify->findings + v->bad_head,
               verify->findings + v->bad_head == 1 ? "" : "s");
        return;
    }

    printf(": the chain is whole, %s\n",
           v->secret ? "every line is by a holder of the secret"
                     : "who wrote it was not verified (--secret)");

    if (v->first > 1) {
        printf("it starts at seq %llu: older lines are in other files\n",
               (unsigned long long) v->first);
    }

    if (!v->has_head) {
        puts("there is no LEDGER.head: lines gone from the end would not be "
             "noticed");
    }
}


int
ctl_verify(ctl_args_t *args)
{
    int                  i, n;
    const char         **files, *value;
    consent_verify_t     verify;
    static ctl_verify_t  v;

    files = ctl_get((size_t) args->argc * sizeof(char *));
    n = 0;

    while (args->at < args->argc) {

        if (ctl_option(args, "--secret", &value)) {
            v.secret = 1;

            if (ctl_keys(value, &v.keys) != 0) {
                return CTL_USAGE;
            }

        } else if (ctl_unknown(args)) {
            return CTL_USAGE;

        } else if (args->at < args->argc) {
            files[n++] = ctl_next(args);
        }
    }

    if (n == 0) {
        return ctl_fail("verify takes a ledger, or several, the oldest first");
    }

    ctl_verify_head(&v, files[n - 1]);

    consent_verify_init(&verify, v.secret ? &v.keys : NULL, &ctl_alloc,
                        ctl_verify_report, NULL);

    for (i = 0; i < n; i++) {
        if (ctl_verify_file(&v, &verify, files[i], i == n - 1) != 0) {
            return CTL_USAGE;
        }
    }

    (void) consent_verify_done(&verify, v.has_head ? &v.head : NULL);

    if (verify.no_memory) {
        return ctl_fail("out of memory");
    }

    if (v.bad_head) {
        printf("%s.head: was changed, or not written by a holder of the "
               "secret\n", files[n - 1]);
    }

    ctl_verify_print(&v, &verify);

    return (verify.findings || v.bad_head) ? CTL_FINDING : CTL_GOOD;
}
