
/*
 * The ledger: one record -> one line of JSON, chained to the line before;
 * and the reading of such a line.
 *
 *     {"v":1,"seq":42,"t":"2026-11-23T19:16:35.458Z","inst":"web1",
 *      "ev":"given","id":"...","cats":{"functional":true,...},
 *      "mode":"opt-in","lang":"en","revision":"1","notice":"HEX",
 *      "valid":"P180D","via":"form","gesture":true,"host":"example.com",
 *      "kid":"0a1b2c3d","prev":"HEX","mac":"HEX"}
 *
 * prev is the SHA-256 of the line before without its LF, 64 zeros in the
 * first line of all.  mac is HMAC-SHA256 under the ledger key "kid" over the
 * line's bytes before ,"mac" and so covers prev too.
 *
 * An id is erased by overwriting it with as many '-': the line keeps its
 * length.  A line "erased" says which it was (ref, its seq), which hash it
 * had (was) and which it has now (now), so that the chain stays whole.
 *
 * Nothing in here knows of files: consent_ledger_file.h does.
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
    consent_str_t  event;           /* given refused withdrawn changed
                                       acknowledged; resumed erased */
    consent_str_t  id;              /* grants only */
    consent_mask_t allowed;
    const consent_str_t *names;
    unsigned       ncategories;     /* 0: the line has no "cats" */
    consent_str_t  mode;
    consent_str_t  lang;
    consent_str_t  revision;
    consent_str_t  notice;          /* hex SHA-256 of the notice snapshot */
    int64_t        valid;           /* seconds; 0: none */
    consent_str_t  via;             /* form fetch */
    unsigned       gesture:1;       /* Sec-Fetch-User: ?1 */
    consent_str_t  host;
    consent_str_t  extra;           /* more members, ready JSON, as
                                       "torn":12; or empty */
} consent_ledger_event_t;

/*
 * Formats the next line (with LF) after head and moves head on.  Returns its
 * length, or 0 if it would not fit or the HMAC failed; head is then as it
 * was.
 */

size_t consent_ledger_format(consent_ledger_head_t *head,
    const consent_key_t *key, const consent_ledger_event_t *ev,
    consent_u8 *buf, size_t size);

/* a line as read; strings point into it, and are as they stand there */

typedef struct {
    uint64_t       seq;
    consent_str_t  time;
    consent_str_t  instance;
    consent_str_t  event;
    consent_str_t  id;
    consent_str_t  cats;            /* {...} */
    consent_str_t  mode;
    consent_str_t  lang;
    consent_str_t  revision;
    consent_str_t  notice;
    consent_str_t  host;
    consent_str_t  kid;
    uint64_t       torn;
    uint64_t       ref;
    unsigned       gesture:1;
    consent_u8     was[32];
    consent_u8     now[32];
    consent_u8     prev[32];
    consent_u8     mac[32];
    size_t         mac_covers;      /* bytes from the line's start */
} consent_ledger_entry_t;

/* line without LF.  CONSENT_DECLINED: not a ledger line, or a torn one */

int consent_ledger_read(consent_ledger_entry_t *entry, consent_str_t line);

/* CONSENT_OK: the mac is right; CONSENT_DECLINED: it is not;
 * CONSENT_ERROR: no key has this kid */

int consent_ledger_authentic(const consent_ledger_entry_t *entry,
    consent_str_t line, const consent_keys_t *keys);

/* head after an existing last line (without LF); CONSENT_DECLINED if it is
 * no ledger line (torn) */

int consent_ledger_resume(consent_ledger_head_t *head, consent_str_t line);

/* the next member of a JSON object "cats": name and truth; 0 at the end */

int consent_ledger_next_cat(consent_str_t cats, size_t *pos,
    consent_str_t *name, int *on);

/* 2 * 32 digits */
void consent_hex32(const consent_u8 hash[32], char hex[64]);

#endif /* CONSENT_LEDGER_H */
