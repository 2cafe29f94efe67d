
/*
 * The ledger: one record -> one line of JSON, chained to the line before;
 * and the verification of such a chain.  Knows nothing of files or locks:
 * src/nginx and consentctl have those.
 */

#ifndef CONSENT_LEDGER_H
#define CONSENT_LEDGER_H

#include "consent_core.h"
#include "consent_cookie.h"

#define CONSENT_LEDGER_LINE_MAX  4096

typedef struct {
    uint64_t     seq;               /* of the last line; 0: none yet */
    consent_u8   prev[32];          /* SHA-256 of the last line, without LF */
} consent_ledger_head_t;

typedef struct {
    int64_t        time_ms;
    consent_str_t  instance;        /* host name of the machine */
    consent_str_t  event;           /* given refused withdrawn changed gpc
                                       acknowledged erased */
    consent_str_t  id;              /* grants only */
    consent_mask_t allowed;
    const consent_str_t *names;
    unsigned       ncategories;
    consent_str_t  mode;
    consent_str_t  lang;
    consent_str_t  revision;
    consent_str_t  notice;          /* hex SHA-256 of the notice snapshot */
    int64_t        valid;           /* seconds */
    consent_str_t  via;             /* form fetch signal */
    unsigned       gesture:1;       /* Sec-Fetch-User: ?1 */
    consent_str_t  host;
} consent_ledger_event_t;

/*
 * Formats the next line (with LF) after head and moves head on.  Returns its
 * length, or 0 if it would not fit or the HMAC failed; head is then as it
 * was.  mac is HMAC-SHA256 under key->ledger over prev and the line.
 */

size_t consent_ledger_format(consent_ledger_head_t *head,
    const consent_key_t *key, const consent_ledger_event_t *ev,
    consent_u8 *buf, size_t size);

/* head after an existing last line (without LF); CONSENT_DECLINED if it is
 * no ledger line (torn) */

int consent_ledger_resume(consent_ledger_head_t *head, consent_str_t line);

#endif /* CONSENT_LEDGER_H */
