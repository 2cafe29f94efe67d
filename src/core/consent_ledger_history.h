
/*
 * What the ledger's end says of one id: the choices of one browser, newest
 * first.  The file is read backwards, CONSENT_LEDGER_PAST_BYTES at most, so
 * that asking costs little however long it has grown.
 */

#ifndef CONSENT_LEDGER_HISTORY_H
#define CONSENT_LEDGER_HISTORY_H

#include "consent_ledger.h"

#define CONSENT_LEDGER_PAST_MAX    12
#define CONSENT_LEDGER_PAST_BYTES  (4 * 1024 * 1024)
#define CONSENT_LEDGER_PAST_ROOM   (64 * 1024)

typedef struct {
    char            time[25];        /* "2026-11-23T19:16:35.458Z", and NUL */
    char            notice[65];      /* hash of what was shown; or empty */
    char            revision[CONSENT_REVISION_MAX + 1];
    consent_mask_t  asked;           /* of today's categories */
    consent_mask_t  allowed;
} consent_ledger_past_t;

/*
 * Fills in past[CONSENT_LEDGER_PAST_MAX]; returns how many.  room is memory
 * of CONSENT_LEDGER_PAST_ROOM bytes to read into.  A file that is not there,
 * or cannot be read, has none.
 */

unsigned consent_ledger_history(const char *path, consent_str_t id,
    const consent_str_t *names, unsigned ncategories, consent_u8 *room,
    consent_ledger_past_t *past);

#endif /* CONSENT_LEDGER_HISTORY_H */
