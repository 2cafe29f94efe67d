
/*
 * The ledger's file: appending, and finding the end again.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/crypto.h>

#include "consent_ledger_file.h"


/* what is read of the end to find the last line: the longest line, and what
 * a torn one may have left after it */

#define CONSENT_TAIL_MAX   (4 * CONSENT_LEDGER_LINE_MAX)
#define CONSENT_PATH_MAX   4096

#define CONSENT_HEAD_FORMAT                                                   \
    "{\"seq\":%020llu,\"size\":%020llu,\"hash\":\"%.64s\",\"kid\":\"%.8s\""

/* the above, ,"mac":"HEX"} and LF */
#define CONSENT_HEAD_TEXT  (7 + 20 + 8 + 20 + 9 + 64 + 9 + 8 + 1)
#define CONSENT_HEAD_LEN   (CONSENT_HEAD_TEXT + 8 + 64 + 3)


/* what the end of a file looks like */

typedef struct {
    consent_ledger_head_t  head;
    unsigned               found:1;     /* head is of a line in it */
    unsigned               need_lf:1;   /* the last line lacks its LF */
    uint64_t               torn;        /* bytes of what is no line */
} consent_tail_t;


int
consent_ledger_head_open(const char *path)
{
    int   n;
    char  name[CONSENT_PATH_MAX];

    n = snprintf(name, sizeof(name), "%s.head", path);

    if (n < 0 || (size_t) n >= sizeof(name)) {
        errno = ENAMETOOLONG;
        return -1;
    }

    return open(name, O_RDWR|O_CREAT|O_CLOEXEC, 0640);
}


int
consent_ledger_lock(int head_fd)
{
    struct flock  fl;

    if (head_fd < 0) {
        return CONSENT_OK;
    }

    memset(&fl, 0, sizeof(fl));
    fl.l_type = F_WRLCK;
    fl.l_whence = SEEK_SET;

    while (fcntl(head_fd, F_SETLKW, &fl) == -1) {
        if (errno != EINTR) {
            return CONSENT_ERROR;
        }
    }

    return CONSENT_OK;
}


void
consent_ledger_unlock(int head_fd)
{
    struct flock  fl;

    if (head_fd < 0) {
        return;
    }

    memset(&fl, 0, sizeof(fl));
    fl.l_type = F_UNLCK;
    fl.l_whence = SEEK_SET;

    (void) fcntl(head_fd, F_SETLK, &fl);
}


static int
consent_head_mac(const consent_key_t *key, const char *text, char hex[64])
{
    consent_u8  mac[32];

    if (consent_hmac(key->ledger, CONSENT_KEY_LEN, (const consent_u8 *) text,
                     CONSENT_HEAD_TEXT, mac)
        != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    consent_hex32(mac, hex);

    return CONSENT_OK;
}


/* best effort: without it the end is found by reading */

static void
consent_head_write(consent_ledger_file_t *file)
{
    int                    n;
    char                   hash[64], mac[64], text[CONSENT_HEAD_LEN + 1];
    consent_ledger_end_t  *end;

    if (file->head_fd < 0) {
        return;
    }

    end = file->end;

    consent_hex32(end->head.prev, hash);

    n = snprintf(text, sizeof(text), CONSENT_HEAD_FORMAT,
                 (unsigned long long) end->head.seq,
                 (unsigned long long) end->size, hash,
                 file->keys->key[0].id);

    if (n != CONSENT_HEAD_TEXT
        || consent_head_mac(&file->keys->key[0], text, mac) != CONSENT_OK)
    {
        return;
    }

    snprintf(text + n, sizeof(text) - CONSENT_HEAD_TEXT,
             ",\"mac\":\"%.64s\"}\n", mac);

    if (pwrite(file->head_fd, text, CONSENT_HEAD_LEN, 0)
        == CONSENT_HEAD_LEN
        && file->sync)
    {
        (void) fdatasync(file->head_fd);
    }
}


static int
consent_head_hex(const char *p, consent_u8 hash[32])
{
    int       hi, lo;
    unsigned  i;

    for (i = 0; i < 32; i++) {
        hi = consent_hex((consent_u8) p[2 * i]);
        lo = consent_hex((consent_u8) p[2 * i + 1]);

        if (hi < 0 || lo < 0) {
            return CONSENT_DECLINED;
        }

        hash[i] = (consent_u8) (hi << 4 | lo);
    }

    return CONSENT_OK;
}


/* past what stands before a value in CONSENT_HEAD_FORMAT; NULL: it does not */

static const char *
consent_head_past(const char *p, const char *name)
{
    size_t  len;

    len = strlen(name);

    return (p && strncmp(p, name, len) == 0) ? p + len : NULL;
}


static const char *
consent_head_number(const char *p, const char *name, uint64_t *n)
{
    unsigned  i, digit;

    p = consent_head_past(p, name);
    *n = 0;

    for (i = 0; p && i < 20; i++, p++) {
        digit = (unsigned) (*p - '0');

        if (digit > 9 || *n > (UINT64_MAX - digit) / 10) {
            return NULL;
        }

        *n = *n * 10 + digit;
    }

    return p;
}


int
consent_ledger_head_read(int fd, const consent_keys_t *keys,
    consent_ledger_head_t *head, uint64_t *size)
{
    char         mac[64], text[CONSENT_HEAD_LEN + 1];
    unsigned     i;
    const char  *p, *kid;

    if (fd < 0 || pread(fd, text, CONSENT_HEAD_LEN, 0) != CONSENT_HEAD_LEN) {
        return CONSENT_DECLINED;
    }

    text[CONSENT_HEAD_LEN] = '\0';

    p = consent_head_number(text, "{\"seq\":", &head->seq);
    p = consent_head_number(p, ",\"size\":", size);
    p = consent_head_past(p, ",\"hash\":\"");

    if (p == NULL || consent_head_hex(p, head->prev) != CONSENT_OK) {
        return CONSENT_DECLINED;
    }

    kid = consent_head_past(p + 64, "\",\"kid\":\"");

    if (kid == NULL) {
        return CONSENT_DECLINED;
    }

    if (keys == NULL) {
        return CONSENT_OK;
    }

    for (i = 0; i < keys->n; i++) {
        if (strncmp(keys->key[i].id, kid, 8) == 0
            && consent_head_mac(&keys->key[i], text, mac) == CONSENT_OK
            && CRYPTO_memcmp(mac, text + CONSENT_HEAD_TEXT + 8, 64) == 0)
        {
            return CONSENT_OK;
        }
    }

    return CONSENT_DECLINED;
}


/*
 * Reads the end of a regular file.  The file was opened for appending, so it
 * is opened once more; CONSENT_ERROR if that is not allowed.
 */

static int
consent_tail_read(consent_ledger_file_t *file, const struct stat *st,
    consent_tail_t *tail)
{
    int                rd;
    off_t              from;
    size_t             size;
    ssize_t            n;
    consent_u8         buf[CONSENT_TAIL_MAX];
    struct stat        again;
    consent_str_t      line;
    const consent_u8  *p, *end;

    memset(tail, 0, sizeof(consent_tail_t));

    if (st->st_size <= 0) {
        return CONSENT_OK;
    }

    rd = open(file->path, O_RDONLY|O_CLOEXEC);

    if (rd == -1) {
        return CONSENT_ERROR;
    }

    size = (st->st_size > CONSENT_TAIL_MAX) ? CONSENT_TAIL_MAX
                                            : (size_t) st->st_size;
    from = st->st_size - (off_t) size;

    n = -1;

    if (fstat(rd, &again) == 0 && again.st_ino == st->st_ino
        && again.st_dev == st->st_dev)
    {
        n = pread(rd, buf, size, from);
    }

    close(rd);

    if (n != (ssize_t) size) {
        return CONSENT_ERROR;
    }

    /* the last line first, then those before it until one is a line */

    end = buf + size;
    tail->need_lf = (end[-1] != '\n');

    if (!tail->need_lf) {
        end--;
    }

    for ( ;; ) {

        for (p = end; p > buf && p[-1] != '\n'; p--) { /* void */ }

        line.data = p;
        line.len = (size_t) (end - p);

        if (consent_ledger_resume(&tail->head, line) == CONSENT_OK) {
            tail->found = 1;
            break;
        }

        /* only what has no LF is torn; else somebody has written there, and
           verify will say so */

        if (tail->need_lf && end == buf + size) {
            tail->torn = line.len;
        }

        if (p == buf) {
            break;
        }

        end = p - 1;
    }

    return CONSENT_OK;
}


/*
 * Where does the chain stand?  The later of what the file says and what
 * LEDGER.head or memory say: lines that were taken away leave a gap that is
 * seen, and a new file goes on from the old one's end.
 */

static int
consent_end_find(consent_ledger_file_t *file, const struct stat *st,
    consent_tail_t *tail)
{
    uint64_t                size;
    consent_ledger_head_t   head;
    consent_ledger_end_t   *end;

    end = file->end;

    if (consent_tail_read(file, st, tail) != CONSENT_OK) {

        /* cannot be read: trust what is known, close whatever line there is */

        if (!end->known) {
            file->failed = "reading";
            file->error = errno;
            return CONSENT_ERROR;
        }

        memset(tail, 0, sizeof(consent_tail_t));
        return CONSENT_OK;
    }

    if (tail->found && (!end->known || tail->head.seq >= end->head.seq)) {
        end->head = tail->head;
    }

    if (consent_ledger_head_read(file->head_fd, file->keys, &head, &size)
        == CONSENT_OK
        && head.seq > end->head.seq)
    {
        end->head = head;
    }

    return CONSENT_OK;
}


/*
 * After "mv" nothing changes until a new file stands at the path, by USR1 or
 * by another process: then all go over to it, so that lines stay in order.
 *
 * Rotated twice in a moment, a process may be two files behind, and the one
 * that others write cannot be found any more: a third is begun, where that is
 * allowed, and all go over to it.
 */

static void
consent_file_follow(consent_ledger_file_t *file, struct stat *st)
{
    int                    fd, flags;
    struct stat            now;
    consent_ledger_end_t  *end;

    end = file->end;
    flags = O_WRONLY|O_APPEND|O_CLOEXEC;

    if (stat(file->path, &now) == -1) {

        if (errno != ENOENT || !end->known
            || (end->ino == (uint64_t) st->st_ino
                && end->dev == (uint64_t) st->st_dev))
        {
            return;
        }

        flags |= O_CREAT;

    } else if ((now.st_ino == st->st_ino && now.st_dev == st->st_dev)
               || !S_ISREG(now.st_mode))
    {
        return;
    }

    fd = open(file->path, flags, 0640);

    if (fd == -1) {
        return;
    }

    if (fstat(fd, &now) == 0 && dup2(fd, file->fd) != -1) {
        *st = now;
        (void) fcntl(file->fd, F_SETFD, FD_CLOEXEC);
    }

    close(fd);
}


static int
consent_append_failed(consent_ledger_file_t *file, const char *what, int err)
{
    file->failed = what;
    file->error = err;

    return CONSENT_ERROR;
}


/* the bytes that go into the file: LF after a torn line, the line that says
 * so, the line itself */

static size_t
consent_append_text(consent_ledger_file_t *file, consent_tail_t *tail,
    consent_ledger_head_t *head, const consent_ledger_event_t *ev,
    consent_u8 *buf, size_t size)
{
    int                     n;
    char                    extra[48];
    size_t                  len;
    consent_u8             *p;
    consent_ledger_event_t  resumed;

    static const consent_str_t  name = consent_string("resumed");

    p = buf;

    if (tail->need_lf) {
        *p++ = '\n';
    }

    if (tail->torn) {
        n = snprintf(extra, sizeof(extra), "\"torn\":%llu",
                     (unsigned long long) tail->torn);

        memset(&resumed, 0, sizeof(resumed));
        resumed.time_ms = ev->time_ms;
        resumed.instance = ev->instance;
        resumed.event = name;
        resumed.extra.data = (const consent_u8 *) extra;
        resumed.extra.len = (size_t) n;

        len = consent_ledger_format(head, &file->keys->key[0], &resumed, p,
                                    size - (size_t) (p - buf));
        if (len == 0) {
            return 0;
        }

        p += len;
    }

    len = consent_ledger_format(head, &file->keys->key[0], ev, p,
                                size - (size_t) (p - buf));

    if (len == 0) {
        return 0;
    }

    if (file->line) {
        memcpy(file->line, p, len);
        file->line_len = len - 1;
    }

    return (size_t) (p - buf) + len;
}


static int
consent_append_write(consent_ledger_file_t *file, const struct stat *st,
    const consent_u8 *buf, size_t len)
{
    int      err;
    ssize_t  n;

    do {
        n = write(file->fd, buf, len);
    } while (n == -1 && errno == EINTR);

    if (n == (ssize_t) len) {

        if (!file->sync || !S_ISREG(st->st_mode)
            || fdatasync(file->fd) == 0)
        {
            return CONSENT_OK;
        }

        err = errno;
        file->failed = "fdatasync()";

    } else {
        err = (n == -1) ? errno : ENOSPC;
        file->failed = "writing";
    }

    /* no part of a line stays, nor a line that no answer speaks of */

    if (n > 0 && S_ISREG(st->st_mode)
        && ftruncate(file->fd, st->st_size) == -1)
    {
        file->end->known = 0;
    }

    return consent_append_failed(file, file->failed, err);
}


static int
consent_append_locked(consent_ledger_file_t *file,
    const consent_ledger_event_t *ev)
{
    int                     rc, regular;
    size_t                  len;
    consent_u8              buf[2 * CONSENT_LEDGER_LINE_MAX + 1];
    struct stat             st;
    consent_tail_t          tail;
    consent_ledger_end_t   *end;
    consent_ledger_head_t   head;

    end = file->end;

    if (fstat(file->fd, &st) == -1) {
        return consent_append_failed(file, "fstat()", errno);
    }

    regular = S_ISREG(st.st_mode);

    if (regular) {
        consent_file_follow(file, &st);

        if (st.st_nlink == 0) {
            return consent_append_failed(file, "the file was removed: "
                                         "writing", ENOENT);
        }

        /* an open file can be written whatever its mode; that somebody has
           taken the right away is respected all the same */

        if (!(st.st_mode & (S_IWUSR|S_IWGRP|S_IWOTH))) {
            return consent_append_failed(file, "writing", EACCES);
        }

        /* new, with the mode that logs have: it is nobody else's to read */

        if (st.st_size == 0 && (st.st_mode & (S_IRWXO|S_IWGRP))) {
            (void) fchmod(file->fd, st.st_mode & (S_IRWXU|S_IRGRP));
        }
    }

    memset(&tail, 0, sizeof(tail));

    if (regular
        && (!end->known || end->dev != (uint64_t) st.st_dev
            || end->ino != (uint64_t) st.st_ino
            || end->size != (uint64_t) st.st_size))
    {
        rc = consent_end_find(file, &st, &tail);
        if (rc != CONSENT_OK) {
            return rc;
        }
    }

    head = end->head;

    len = consent_append_text(file, &tail, &head, ev, buf, sizeof(buf));

    if (len == 0) {
        return consent_append_failed(file, "formatting", EOVERFLOW);
    }

    rc = consent_append_write(file, &st, buf, len);
    if (rc != CONSENT_OK) {
        return rc;
    }

    end->head = head;
    end->dev = (uint64_t) st.st_dev;
    end->ino = (uint64_t) st.st_ino;
    end->size = (uint64_t) st.st_size + len;
    end->known = 1;

    if (regular) {
        consent_head_write(file);
    }

    return CONSENT_OK;
}


int
consent_ledger_append(consent_ledger_file_t *file,
    const consent_ledger_event_t *ev)
{
    int  rc;

    file->failed = NULL;
    file->error = 0;

    if (consent_ledger_lock(file->head_fd) != CONSENT_OK) {
        return consent_append_failed(file, "locking", errno);
    }

    rc = consent_append_locked(file, ev);

    consent_ledger_unlock(file->head_fd);

    return rc;
}
