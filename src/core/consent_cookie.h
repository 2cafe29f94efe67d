
/*
 * The consent record in its cookie: format, sign, parse, verify; and the
 * splitting of Cookie and Set-Cookie (RFC 6265bis) as far as we need it.
 *
 * Value: v1.KEYID.REVISION.ALLOWED.TIME.ID.MAC, cookie-octets only, at most
 * CONSENT_COOKIE_MAX bytes.  MAC is HMAC-SHA256 cut to 128 bits over all
 * before it, the cookie's name and the host scope.  A refusal has an empty
 * ID and its TIME is cut to the day, so that it names nobody.
 *
 * ALLOWED lists every category that the visitor was asked of, so that one
 * that was added later is told from one that was refused: 'f', 'a', 'm' for
 * functional, analytics and marketing, in upper case where allowed; any other
 * name as '-' or '+' (allowed) and three characters of its hash.  An 'n' in
 * front says that a notice was acknowledged, which is no consent.
 */

#ifndef CONSENT_COOKIE_H
#define CONSENT_COOKIE_H

#include "consent_core.h"

#define CONSENT_COOKIE_MAX      160
#define CONSENT_KEY_LEN          32
#define CONSENT_KEYS_MAX          8
#define CONSENT_REVISION_MAX     32     /* bytes, [A-Za-z0-9_-] */
#define CONSENT_ID_LEN           22     /* 128 bits, base64url */
#define CONSENT_MAC_LEN          22
#define CONSENT_CLOCK_SKEW    86400     /* seconds that a record may be ahead:
                                           machines differ, refusals do not
                                           tell the hour */

/* keys as derived from the secret file (HKDF-SHA256, label "cookie" or
 * "ledger"); the first signs, all verify */

typedef struct {
    consent_u8   cookie[CONSENT_KEY_LEN];
    consent_u8   ledger[CONSENT_KEY_LEN];
    char         id[9];                  /* 8 characters and NUL: truncated
                                            hash of the secret */
} consent_key_t;

typedef struct {
    consent_key_t  key[CONSENT_KEYS_MAX];
    unsigned       n;
} consent_keys_t;

/*
 * Reads a secret file's text: one key a line, 64 hex digits; blank lines and
 * lines starting with '#' are passed over.  On CONSENT_DECLINED err says the
 * line and what is wrong.
 */

int consent_keys_parse(consent_keys_t *keys, const consent_u8 *text,
    size_t len, char *err, size_t err_size);

/* one random key (RAND_bytes); CONSENT_ERROR if there is no randomness */
int consent_keys_random(consent_keys_t *keys);

typedef struct {
    char            revision[CONSENT_REVISION_MAX + 1];
    consent_mask_t  allowed;          /* by the operator's numbering; bit 0
                                         is set */
    consent_mask_t  asked;            /* categories the visitor was asked of */
    int64_t         time;             /* seconds; a day's start for refusals */
    char            id[CONSENT_ID_LEN + 1];   /* empty for a refusal */
    char            key_id[9];
    unsigned        acknowledged:1;   /* of a notice: "allowed" is what was
                                         told, not what was agreed to */
} consent_record_t;

/*
 * Names, not numbers, go into a cookie's MAC scope: "names" are the
 * categories' names by number, so that a reordered configuration reads an
 * older cookie right.  A name may carry more text that makes a new purpose
 * of it when it changes (the recipients, say): the cookie then no longer
 * knows it, and the visitor is asked again for this category alone.
 */

typedef struct {
    const consent_keys_t  *keys;
    consent_str_t          cookie_name;
    consent_str_t          scope;         /* host, or the domain set */
    const consent_str_t   *names;         /* of categories */
    unsigned               ncategories;
    int64_t                max_age;       /* seconds */
} consent_cookie_conf_t;

/* for nginx -t: two names that the cookie could not tell apart, or a value
 * that would get too long with "revision_len"; the sentence is put into err */
int consent_cookie_check(const consent_str_t *names, unsigned ncategories,
    size_t revision_len, char *err, size_t err_size);

/* fills in a random id; CONSENT_ERROR if there is no randomness */
int consent_record_id(consent_record_t *rec);

/* writes at most CONSENT_COOKIE_MAX bytes; returns the length, or 0.  What
 * is not to be known is taken off here: a record that allows nothing, or that
 * only acknowledges, goes without id and with its day */
size_t consent_cookie_format(const consent_cookie_conf_t *conf,
    const consent_record_t *rec, consent_u8 *buf);

/* CONSENT_OK, or CONSENT_DECLINED for whatever is not exactly right: forged,
 * cut, too long, from the future, too old, unknown key */
int consent_cookie_parse(const consent_cookie_conf_t *conf,
    const consent_u8 *value, size_t len, int64_t now, consent_record_t *rec);

/*
 * Walks the pairs of one Cookie header (RFC 6265bis 5.8: split at ';').
 * *pos starts at 0.  Returns 1 and the pair, trimmed, with its place
 * [start, end) in the header for whoever removes it; 0 at the end.
 */
int consent_cookie_next(consent_str_t header, size_t *pos,
    consent_str_t *name, consent_str_t *value, size_t *start, size_t *end);

/*
 * How often a cookie of that name is in one Cookie header, and the value it
 * has there last: what the walk above finds, with less to do for the others.
 */
unsigned consent_cookie_find(consent_str_t header, consent_str_t name,
    consent_str_t *value);

/* name of a Set-Cookie value; empty for a nameless one */
consent_str_t consent_set_cookie_name(consent_str_t header);

/* the hours, minutes and seconds taken off, as in a refusal */
#define consent_day(t)  ((t) - (t) % 86400)

/* its 64 characters, and base64url without padding; returns the length
 * written */
extern const char  consent_b64[];
size_t consent_base64url(const consent_u8 *data, size_t len, consent_u8 *buf);

/* HKDF-SHA256 and HMAC-SHA256 by OpenSSL; used by the ledger too */
int consent_hmac(const consent_u8 *key, size_t key_len,
    const consent_u8 *data, size_t len, consent_u8 mac[32]);
int consent_hkdf(const consent_u8 *secret, size_t len, const char *label,
    consent_u8 key[CONSENT_KEY_LEN]);
int consent_sha256(const consent_u8 *data, size_t len, consent_u8 md[32]);

#endif /* CONSENT_COOKIE_H */
