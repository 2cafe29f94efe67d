
/*
 * One id's lines at the ledger's end.  See consent_ledger_history.h.
 */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "consent_ledger_history.h"


typedef struct {
    consent_str_t           id;
    const consent_str_t    *names;
    unsigned                ncategories;
    consent_ledger_past_t  *past;
    unsigned                n;
} consent_history_t;


/* most lines are of others: nothing of these is read */

static int
consent_history_has(consent_str_t line, consent_str_t id)
{
    const consent_u8  *p, *last;

    if (line.len < id.len) {
        return 0;
    }

    last = line.data + line.len - id.len;

    for (p = line.data; p <= last; p++) {
        p = memchr(p, id.data[0], (size_t) (last - p) + 1);

        if (p == NULL) {
            return 0;
        }

        if (memcmp(p, id.data, id.len) == 0) {
            return 1;
        }
    }

    return 0;
}


static void
consent_history_copy(char *to, size_t size, consent_str_t s)
{
    size_t  n;

    n = s.len < size ? s.len : 0;

    if (n) {
        memcpy(to, s.data, n);
    }

    to[n] = '\0';
}


static void
consent_history_add(consent_history_t *h, consent_str_t line)
{
    int                     on;
    size_t                  pos;
    unsigned                i;
    consent_str_t           name;
    consent_ledger_past_t  *past;
    consent_ledger_entry_t  e;

    if (consent_ledger_read(&e, line) != CONSENT_OK
        || e.id.len != h->id.len
        || memcmp(e.id.data, h->id.data, h->id.len) != 0
        || e.cats.len == 0)
    {
        return;
    }

    past = &h->past[h->n++];
    memset(past, 0, sizeof(consent_ledger_past_t));

    consent_history_copy(past->time, sizeof(past->time), e.time);
    consent_history_copy(past->notice, sizeof(past->notice), e.notice);
    consent_history_copy(past->revision, sizeof(past->revision), e.revision);

    for (pos = 0; consent_ledger_next_cat(e.cats, &pos, &name, &on); ) {

        for (i = 1; i < h->ncategories; i++) {
            if (h->names[i].len == name.len
                && memcmp(h->names[i].data, name.data, name.len) == 0)
            {
                past->asked |= consent_bit(i);
                past->allowed |= on ? consent_bit(i) : 0;
                break;
            }
        }
    }
}


/* whole lines, each with its LF: only where the last ones of the id begin is
 * remembered on the way, and they are read from behind */

static void
consent_history_lines(consent_history_t *h, const consent_u8 *p,
    const consent_u8 *end)
{
    unsigned           n;
    consent_str_t      line;
    const consent_u8  *lf, *newer;
    consent_str_t      last[CONSENT_LEDGER_PAST_MAX];

    n = 0;

    for ( /* void */ ; p < end; p = lf + 1) {
        lf = memchr(p, '\n', (size_t) (end - p));

        if (lf == NULL) {
            break;
        }

        line.data = p;
        line.len = (size_t) (lf - p);

        if (consent_history_has(line, h->id)) {
            last[n++ % CONSENT_LEDGER_PAST_MAX] = line;
        }
    }

    newer = end;

    for ( /* void */ ; n && h->n < CONSENT_LEDGER_PAST_MAX; n--) {
        line = last[(n - 1) % CONSENT_LEDGER_PAST_MAX];

        if (line.data >= newer) {

            /* the places have gone round */

            break;
        }

        newer = line.data;
        consent_history_add(h, line);
    }
}


static int
consent_history_read(int fd, consent_u8 *p, size_t n, off_t at)
{
    ssize_t  got;

    for ( /* void */ ; n; n -= (size_t) got, p += got, at += got) {
        got = pread(fd, p, n, at);

        if (got <= 0) {
            return CONSENT_ERROR;
        }
    }

    return CONSENT_OK;
}


unsigned
consent_ledger_history(const char *path, consent_str_t id,
    const consent_str_t *names, unsigned ncategories, consent_u8 *room,
    consent_ledger_past_t *past)
{
    int                 fd;
    off_t               start, end, stop;
    size_t              len;
    struct stat         st;
    const consent_u8   *p;
    consent_history_t   h;

    if (id.len == 0) {
        return 0;
    }

    fd = open(path, O_RDONLY|O_CLOEXEC|O_NONBLOCK);

    if (fd == -1) {
        return 0;
    }

    h.id = id;
    h.names = names;
    h.ncategories = ncategories;
    h.past = past;
    h.n = 0;

    end = (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) ? st.st_size : 0;
    stop = end > CONSENT_LEDGER_PAST_BYTES ? end - CONSENT_LEDGER_PAST_BYTES
                                           : 0;

    while (end > stop && h.n < CONSENT_LEDGER_PAST_MAX) {

        start = end - stop > CONSENT_LEDGER_PAST_ROOM
                ? end - CONSENT_LEDGER_PAST_ROOM : stop;
        len = (size_t) (end - start);

        if (consent_history_read(fd, room, len, start) != CONSENT_OK) {
            break;
        }

        p = room;

        if (start != 0) {

            /* a line's rest belongs to the piece before */

            p = memchr(room, '\n', len);

            if (p == NULL || p + 1 == room + len) {
                break;
            }

            p++;
        }

        consent_history_lines(&h, p, room + len);

        end = start + (p - room);

        if (start == stop) {
            break;
        }
    }

    (void) close(fd);

    return h.n;
}
