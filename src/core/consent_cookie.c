
/*
 * The consent record in its cookie: format and verification.
 *
 * Whatever is not exactly as consent_cookie_format() writes it is declined
 * before its meaning is looked at: nothing of a value is believed until its
 * MAC is verified, and a value is not measured twice.
 */

#include <stdio.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "consent_cookie.h"


#define CONSENT_TOKEN_LEN    4
#define CONSENT_TOKENS_MAX  (CONSENT_CATEGORIES_MAX * CONSENT_TOKEN_LEN + 1)
#define CONSENT_NAME_MAX    256
#define CONSENT_SCOPE_MAX   256

/* "v1", eight dots less two, key id, time, id, MAC */
#define CONSENT_COOKIE_FIXED                                                  \
    (2 + 6 + 8 + 10 + CONSENT_ID_LEN + CONSENT_MAC_LEN)


typedef struct {
    consent_str_t  key_id;
    consent_str_t  revision;
    consent_str_t  allowed;
    consent_str_t  time;
    consent_str_t  id;
    consent_str_t  mac;
} consent_cookie_fields_t;


int
consent_record_id(consent_record_t *rec)
{
    consent_u8  random[16];

    if (RAND_bytes(random, sizeof(random)) != 1) {
        return CONSENT_ERROR;
    }

    rec->id[consent_base64url(random, sizeof(random), (consent_u8 *) rec->id)]
        = '\0';

    return CONSENT_OK;
}


static int
consent_str_is(consent_str_t s, const char *text)
{
    size_t  n;

    n = strlen(text);

    return s.len == n && memcmp(s.data, text, n) == 0;
}


/*
 * The token of a category, in the form for "refused": one letter, or '-' and
 * 18 bits of the name's hash.
 */

static size_t
consent_token(consent_str_t name, consent_u8 token[CONSENT_TOKEN_LEN])
{
    consent_u8  md[32];

    if (consent_str_is(name, "functional")) {
        token[0] = 'f';
        return 1;
    }

    if (consent_str_is(name, "analytics")) {
        token[0] = 'a';
        return 1;
    }

    if (consent_str_is(name, "marketing")) {
        token[0] = 'm';
        return 1;
    }

    if (consent_sha256(name.data, name.len, md) != CONSENT_OK) {
        return 0;
    }

    token[0] = '-';
    token[1] = (consent_u8) consent_b64[md[0] >> 2];
    token[2] = (consent_u8) consent_b64[md[1] >> 2];
    token[3] = (consent_u8) consent_b64[md[2] >> 2];

    return CONSENT_TOKEN_LEN;
}


int
consent_cookie_check(const consent_str_t *names, unsigned ncategories,
    size_t revision_len, char *err, size_t err_size)
{
    size_t      total, n[CONSENT_CATEGORIES_MAX];
    unsigned    i, j;
    consent_u8  token[CONSENT_CATEGORIES_MAX][CONSENT_TOKEN_LEN];

    if (ncategories > CONSENT_CATEGORIES_MAX) {
        snprintf(err, err_size, "more than %d categories",
                 CONSENT_CATEGORIES_MAX);
        return CONSENT_DECLINED;
    }

    total = 1;                                   /* 'n' */

    for (i = 1; i < ncategories; i++) {
        n[i] = consent_token(names[i], token[i]);
        if (n[i] == 0) {
            snprintf(err, err_size, "a category's name cannot be hashed");
            return CONSENT_ERROR;
        }

        total += n[i];

        for (j = 1; j < i; j++) {
            if (n[i] == n[j] && memcmp(token[i], token[j], n[i]) == 0) {
                snprintf(err, err_size, "categories %u and %u look the same "
                         "in the cookie: rename one", j, i);
                return CONSENT_DECLINED;
            }
        }
    }

    total += CONSENT_COOKIE_FIXED + revision_len;

    if (revision_len > CONSENT_REVISION_MAX || total > CONSENT_COOKIE_MAX) {
        snprintf(err, err_size, "the cookie would have %lu bytes, more "
                 "than %d: a shorter revision or fewer categories are needed",
                 (unsigned long) total, CONSENT_COOKIE_MAX);
        return CONSENT_DECLINED;
    }

    return CONSENT_OK;
}


static size_t
consent_allowed_format(const consent_cookie_conf_t *conf,
    const consent_record_t *rec, consent_u8 *buf)
{
    size_t       n;
    unsigned     i;
    consent_u8  *p;

    p = buf;

    if (rec->acknowledged) {
        *p++ = 'n';
    }

    for (i = 1; i < conf->ncategories; i++) {

        if (!((rec->asked | rec->allowed) & consent_bit(i))) {
            continue;
        }

        n = consent_token(conf->names[i], p);
        if (n == 0) {
            return 0;
        }

        if (rec->allowed & consent_bit(i)) {
            if (n == 1) {
                *p &= (consent_u8) ~0x20;
            } else {
                *p = '+';
            }
        }

        p += n;
    }

    if (p == buf) {
        *p++ = '0';                   /* asked of nothing: never empty */
    }

    return (size_t) (p - buf);
}


static int
consent_allowed_parse(const consent_cookie_conf_t *conf, consent_str_t s,
    consent_record_t *rec)
{
    size_t             n, tn;
    unsigned           i, on;
    const consent_u8  *p, *end;
    consent_u8         ch, token[CONSENT_TOKEN_LEN];

    rec->allowed = consent_bit(CONSENT_NECESSARY);
    rec->asked = consent_bit(CONSENT_NECESSARY);
    rec->acknowledged = 0;

    p = s.data;
    end = s.data + s.len;

    if (s.len == 1 && *p == '0') {
        return CONSENT_OK;
    }

    if (p < end && *p == 'n') {
        rec->acknowledged = 1;
        p++;
    }

    while (p < end) {

        ch = *p;

        if (ch == '-' || ch == '+') {
            n = CONSENT_TOKEN_LEN;
            on = (ch == '+');
            ch = '-';

        } else {
            n = 1;
            on = (ch >= 'A' && ch <= 'Z');
            ch |= 0x20;
        }

        if ((size_t) (end - p) < n) {
            return CONSENT_DECLINED;
        }

        /* a category that is no more is passed over */

        for (i = 1; i < conf->ncategories; i++) {
            tn = consent_token(conf->names[i], token);

            if (tn == n && token[0] == ch
                && memcmp(token + 1, p + 1, n - 1) == 0)
            {
                rec->asked |= consent_bit(i);
                if (on) {
                    rec->allowed |= consent_bit(i);
                }
                break;
            }
        }

        p += n;
    }

    return CONSENT_OK;
}


/*
 * What the MAC covers: the value up to its last dot, the cookie's name and
 * the host it is for.  LF cannot stand in any of the three.
 */

static int
consent_cookie_mac(const consent_cookie_conf_t *conf,
    const consent_key_t *key, const consent_u8 *value, size_t len,
    consent_u8 mac[CONSENT_MAC_LEN])
{
    consent_u8  *p, md[32];
    consent_u8   text[CONSENT_COOKIE_MAX + CONSENT_NAME_MAX
                      + CONSENT_SCOPE_MAX + 2];

    if (conf->cookie_name.len > CONSENT_NAME_MAX
        || conf->scope.len > CONSENT_SCOPE_MAX
        || len > CONSENT_COOKIE_MAX)
    {
        return CONSENT_DECLINED;
    }

    p = text;
    memcpy(p, value, len);
    p += len;
    *p++ = '\n';

    if (conf->cookie_name.len) {
        memcpy(p, conf->cookie_name.data, conf->cookie_name.len);
        p += conf->cookie_name.len;
    }

    *p++ = '\n';

    if (conf->scope.len) {
        memcpy(p, conf->scope.data, conf->scope.len);
        p += conf->scope.len;
    }

    if (consent_hmac(key->cookie, CONSENT_KEY_LEN, text, (size_t) (p - text),
                     md)
        != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    consent_base64url(md, 16, mac);

    return CONSENT_OK;
}


static int
consent_revision_valid(const consent_u8 *p, size_t len)
{
    size_t  i;

    if (len == 0 || len > CONSENT_REVISION_MAX) {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if (p[i] == '\0' || strchr(consent_b64, p[i]) == NULL) {
            return 0;
        }
    }

    return 1;
}


size_t
consent_cookie_format(const consent_cookie_conf_t *conf,
    const consent_record_t *rec, consent_u8 *buf)
{
    int            n;
    size_t         len, alen;
    int64_t        time;
    const char    *id;
    consent_u8     value[2 * CONSENT_COOKIE_MAX];
    consent_u8     allowed[CONSENT_TOKENS_MAX + CONSENT_TOKEN_LEN];
    consent_str_t  revision;

    if (conf->keys->n == 0
        || conf->ncategories == 0
        || conf->ncategories > CONSENT_CATEGORIES_MAX)
    {
        return 0;
    }

    revision.data = (const consent_u8 *) rec->revision;
    revision.len = strlen(rec->revision);

    if (!consent_revision_valid(revision.data, revision.len)) {
        return 0;
    }

    alen = consent_allowed_format(conf, rec, allowed);
    if (alen == 0) {
        return 0;
    }

    if (rec->acknowledged
        || !(rec->allowed & ~consent_bit(CONSENT_NECESSARY)))
    {
        time = consent_day(rec->time);
        id = "";

    } else {
        time = rec->time;
        id = rec->id;

        if (strlen(id) != CONSENT_ID_LEN) {
            return 0;
        }
    }

    n = snprintf((char *) value, sizeof(value), "v1.%s.%s.%.*s.%lld.%s",
                 conf->keys->key[0].id, rec->revision, (int) alen,
                 (char *) allowed, (long long) time, id);

    if (n < 0 || time < 0) {
        return 0;
    }

    len = (size_t) n;

    if (len + 1 + CONSENT_MAC_LEN > CONSENT_COOKIE_MAX) {
        return 0;
    }

    memcpy(buf, value, len);

    if (consent_cookie_mac(conf, &conf->keys->key[0], buf, len,
                           buf + len + 1)
        != CONSENT_OK)
    {
        return 0;
    }

    buf[len] = '.';

    return len + 1 + CONSENT_MAC_LEN;
}


/* v1 and six fields between dots, no more and no less */

static int
consent_cookie_split(const consent_u8 *value, size_t len,
    consent_cookie_fields_t *f)
{
    unsigned           i;
    consent_str_t     *field[6];
    const consent_u8  *p, *end, *dot;

    field[0] = &f->key_id;
    field[1] = &f->revision;
    field[2] = &f->allowed;
    field[3] = &f->time;
    field[4] = &f->id;
    field[5] = &f->mac;

    if (len < 3 || memcmp(value, "v1.", 3) != 0) {
        return CONSENT_DECLINED;
    }

    p = value + 3;
    end = value + len;

    for (i = 0; i < 6; i++) {

        dot = memchr(p, '.', (size_t) (end - p));

        if ((dot == NULL) != (i == 5)) {
            return CONSENT_DECLINED;
        }

        field[i]->data = p;
        field[i]->len = (size_t) ((dot ? dot : end) - p);

        p = dot ? dot + 1 : end;
    }

    return CONSENT_OK;
}


static int
consent_cookie_verify(const consent_cookie_conf_t *conf,
    const consent_u8 *value, const consent_cookie_fields_t *f)
{
    unsigned    i;
    consent_u8  mac[CONSENT_MAC_LEN];

    if (f->mac.len != CONSENT_MAC_LEN) {
        return CONSENT_DECLINED;
    }

    for (i = 0; i < conf->keys->n; i++) {

        if (!consent_str_is(f->key_id, conf->keys->key[i].id)) {
            continue;
        }

        if (consent_cookie_mac(conf, &conf->keys->key[i], value,
                               (size_t) (f->mac.data - 1 - value), mac)
            == CONSENT_OK
            && CRYPTO_memcmp(mac, f->mac.data, CONSENT_MAC_LEN) == 0)
        {
            return CONSENT_OK;
        }
    }

    return CONSENT_DECLINED;
}


static int
consent_time_parse(consent_str_t s, int64_t *time)
{
    size_t   i;
    int64_t  t;

    if (s.len == 0 || s.len > 12) {
        return CONSENT_DECLINED;
    }

    t = 0;

    for (i = 0; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9') {
            return CONSENT_DECLINED;
        }

        t = t * 10 + (s.data[i] - '0');
    }

    *time = t;

    return CONSENT_OK;
}


int
consent_cookie_parse(const consent_cookie_conf_t *conf,
    const consent_u8 *value, size_t len, int64_t now, consent_record_t *rec)
{
    unsigned                 grant;
    consent_cookie_fields_t  f;

    if (len > CONSENT_COOKIE_MAX
        || conf->ncategories > CONSENT_CATEGORIES_MAX
        || consent_cookie_split(value, len, &f) != CONSENT_OK
        || consent_cookie_verify(conf, value, &f) != CONSENT_OK)
    {
        return CONSENT_DECLINED;
    }

    /* from here on it is what one of our keys has signed */

    memset(rec, 0, sizeof(consent_record_t));

    if (!consent_revision_valid(f.revision.data, f.revision.len)
        || consent_time_parse(f.time, &rec->time) != CONSENT_OK
        || consent_allowed_parse(conf, f.allowed, rec) != CONSENT_OK
        || (f.id.len != 0 && f.id.len != CONSENT_ID_LEN))
    {
        return CONSENT_DECLINED;
    }

    if (rec->time > now + CONSENT_CLOCK_SKEW
        || rec->time + conf->max_age < now)
    {
        return CONSENT_DECLINED;
    }

    /* what was granted may be a category that is no more, so an id can stand
     * with nothing allowed; a grant without id was never written */

    grant = (rec->allowed & ~consent_bit(CONSENT_NECESSARY)) != 0;

    if (grant && !rec->acknowledged && f.id.len == 0) {
        return CONSENT_DECLINED;
    }

    memcpy(rec->revision, f.revision.data, f.revision.len);
    memcpy(rec->id, f.id.data, f.id.len);
    memcpy(rec->key_id, f.key_id.data, 8);

    return CONSENT_OK;
}
