
/*
 * The ledger's file: POSIX, no nginx.  Several processes append to one file;
 * each line is whole, in the chain, and on disk (or in the kernel's hands,
 * without sync) when consent_ledger_append() returns CONSENT_OK.
 *
 * Beside the ledger stands LEDGER.head, one line of fixed length that is
 * overwritten with each append: how far the chain has got.  It tells a file
 * that was cut short, and carries the chain over a rotation during which
 * nothing ran.  Its lock (fcntl) keeps out other programs, consentctl's
 * erasing for one; the caller's own lock keeps out its other processes.
 *
 * What is known of the end (consent_ledger_end_t) is only believed if the file
 * still has the size that it had then: a process may have been killed between
 * writing and remembering.  Else the file's end is read again.
 */

#ifndef CONSENT_LEDGER_FILE_H
#define CONSENT_LEDGER_FILE_H

#include "consent_ledger.h"

/* in memory that all writers share, under the caller's lock; zeroed once */

typedef struct {
    consent_ledger_head_t  head;
    uint64_t               dev;
    uint64_t               ino;
    uint64_t               size;
    unsigned               known;
} consent_ledger_end_t;

typedef struct {
    const char             *path;       /* of the ledger, NUL-terminated */
    int                     fd;         /* O_WRONLY|O_APPEND; its number
                                           stays when the file is opened
                                           anew after a rotation */
    int                     head_fd;    /* of LEDGER.head, O_RDWR; or -1 */
    unsigned                sync:1;     /* fdatasync() */
    const consent_keys_t   *keys;       /* the first signs */
    consent_ledger_end_t   *end;
    consent_u8             *line;       /* CONSENT_LEDGER_LINE_MAX bytes
                                           that get the line written, or
                                           NULL */
    size_t                  line_len;   /* without LF */
    const char             *failed;     /* after CONSENT_ERROR: what, and */
    int                     error;      /* errno */
} consent_ledger_file_t;

/* opens LEDGER.head, creating it; -1 */
int consent_ledger_head_open(const char *path);

/* one event, one line.  On CONSENT_ERROR nothing of it stays in the file, as
 * far as that can be had */

int consent_ledger_append(consent_ledger_file_t *file,
    const consent_ledger_event_t *ev);

/* LEDGER.head as read: CONSENT_OK; CONSENT_DECLINED: empty, or not one of
 * ours (keys may be NULL: then its mac is not looked at) */

int consent_ledger_head_read(int fd, const consent_keys_t *keys,
    consent_ledger_head_t *head, uint64_t *size);

/* the lock of LEDGER.head, for who rewrites ids */
int consent_ledger_lock(int head_fd);
void consent_ledger_unlock(int head_fd);

#endif /* CONSENT_LEDGER_FILE_H */
