
/*
 * Erasure of one id.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "consent_ledger_erase.h"


typedef struct {
    consent_ledger_file_t  *into;
    int                     fd;          /* of the file looked through */
    consent_str_t           id;
    int64_t                 time_ms;
    consent_str_t           instance;
    uint64_t                erased;
} consent_erase_t;


static int
consent_erase_failed(consent_erase_t *e, const char *what)
{
    e->into->failed = what;
    e->into->error = errno;

    return CONSENT_ERROR;
}


/*
 * The line that says so first, then the change: if it all ends in between,
 * a line is spoken of that was not changed yet, which is no finding.  The
 * other way round it would be one.
 */

static int
consent_erase_line(consent_erase_t *e, consent_u8 *line, size_t len,
    off_t offset)
{
    int                     n;
    char                    was[65], now[65], extra[192];
    size_t                  at;
    consent_u8              md[32];
    consent_str_t           s;
    consent_ledger_entry_t  entry;
    consent_ledger_event_t  ev;

    static const consent_str_t  name = consent_string("erased");

    s.data = line;
    s.len = len;

    if (consent_ledger_read(&entry, s) != CONSENT_OK
        || entry.id.len != e->id.len
        || memcmp(entry.id.data, e->id.data, e->id.len) != 0)
    {
        return CONSENT_OK;
    }

    at = (size_t) (entry.id.data - line);

    if (consent_sha256(line, len, md) != CONSENT_OK) {
        return consent_erase_failed(e, "hashing");
    }

    consent_hex32(md, was);
    memset(line + at, '-', e->id.len);

    if (consent_sha256(line, len, md) != CONSENT_OK) {
        return consent_erase_failed(e, "hashing");
    }

    consent_hex32(md, now);

    n = snprintf(extra, sizeof(extra),
                 "\"ref\":%llu,\"was\":\"%.64s\",\"now\":\"%.64s\"",
                 (unsigned long long) entry.seq, was, now);

    memset(&ev, 0, sizeof(consent_ledger_event_t));

    ev.time_ms = e->time_ms;
    ev.instance = e->instance;
    ev.event = name;
    ev.extra.data = (const consent_u8 *) extra;
    ev.extra.len = (size_t) n;

    if (consent_ledger_append(e->into, &ev) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    if (pwrite(e->fd, line + at, e->id.len, offset + (off_t) at)
        != (ssize_t) e->id.len)
    {
        return consent_erase_failed(e, "overwriting");
    }

    e->erased++;

    return CONSENT_OK;
}


/* what was appended since it was opened has no id that is not known */

static int
consent_erase_lines(consent_erase_t *e, off_t size)
{
    off_t        offset;
    size_t       want;
    ssize_t      n;
    consent_u8  *lf;
    consent_u8   buf[2 * CONSENT_LEDGER_LINE_MAX];

    offset = 0;

    while (offset < size) {

        want = sizeof(buf);
        if ((off_t) want > size - offset) {
            want = (size_t) (size - offset);
        }

        n = pread(e->fd, buf, want, offset);

        if (n <= 0) {
            return n == 0 ? CONSENT_OK : consent_erase_failed(e, "reading");
        }

        lf = memchr(buf, '\n', (size_t) n);

        if (lf == NULL) {

            /* too long for a line of ours, or torn */

            offset += n;
            continue;
        }

        if (consent_erase_line(e, buf, (size_t) (lf - buf), offset)
            != CONSENT_OK)
        {
            return CONSENT_ERROR;
        }

        offset += lf + 1 - buf;
    }

    return CONSENT_OK;
}


int
consent_ledger_erase(consent_ledger_file_t *into, const char *path,
    consent_str_t id, int64_t time_ms, consent_str_t instance,
    uint64_t *erased)
{
    int              rc;
    struct stat      st;
    consent_erase_t  e;

    *erased = 0;

    memset(&e, 0, sizeof(consent_erase_t));

    e.into = into;
    e.id = id;
    e.time_ms = time_ms;
    e.instance = instance;

    /* an id of ours, and not what an erased one looks like */

    if (id.len != CONSENT_ID_LEN
        || memcmp(id.data, "----------------------", CONSENT_ID_LEN) == 0)
    {
        errno = EINVAL;
        return consent_erase_failed(&e, "the id");
    }

    /* not for appending: what is written goes where it belongs */

    e.fd = open(path, O_RDWR|O_CLOEXEC);

    if (e.fd == -1) {
        return consent_erase_failed(&e, "opening");
    }

    if (fstat(e.fd, &st) == -1 || !S_ISREG(st.st_mode)) {
        rc = consent_erase_failed(&e, "fstat()");

    } else {
        rc = consent_erase_lines(&e, st.st_size);

        if (rc == CONSENT_OK && e.erased && fdatasync(e.fd) == -1) {
            rc = consent_erase_failed(&e, "fdatasync()");
        }
    }

    (void) close(e.fd);

    *erased = e.erased;

    return rc;
}
