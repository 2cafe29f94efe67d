
/*
 * Keys: read from a secret file, or made; and what is computed with them.
 */

#define OPENSSL_SUPPRESS_DEPRECATED

#include <stdio.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "consent_cookie.h"

#define CONSENT_SECRET_LEN  32


const char  consent_b64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";


/*
 * SHA-256 is called by its plain functions, not through EVP: a cookie is
 * verified with every request, and fetching an EVP method costs more than the
 * hash itself.
 */

int
consent_sha256(const consent_u8 *data, size_t len, consent_u8 md[32])
{
    SHA256_CTX  ctx;

    if (!SHA256_Init(&ctx)
        || !SHA256_Update(&ctx, data, len)
        || !SHA256_Final(md, &ctx))
    {
        return CONSENT_ERROR;
    }

    return CONSENT_OK;
}


/* RFC 2104 */

int
consent_hmac(const consent_u8 *key, size_t key_len, const consent_u8 *data,
    size_t len, consent_u8 mac[32])
{
    size_t      i;
    SHA256_CTX  ctx;
    consent_u8  block[64], hash[32];

    memset(block, 0, sizeof(block));

    if (key_len > sizeof(block)) {
        if (consent_sha256(key, key_len, block) != CONSENT_OK) {
            return CONSENT_ERROR;
        }

    } else if (key_len) {
        memcpy(block, key, key_len);
    }

    for (i = 0; i < sizeof(block); i++) {
        block[i] ^= 0x36;
    }

    if (!SHA256_Init(&ctx)
        || !SHA256_Update(&ctx, block, sizeof(block))
        || !SHA256_Update(&ctx, data, len)
        || !SHA256_Final(hash, &ctx))
    {
        return CONSENT_ERROR;
    }

    for (i = 0; i < sizeof(block); i++) {
        block[i] ^= 0x36 ^ 0x5c;
    }

    if (!SHA256_Init(&ctx)
        || !SHA256_Update(&ctx, block, sizeof(block))
        || !SHA256_Update(&ctx, hash, sizeof(hash))
        || !SHA256_Final(mac, &ctx))
    {
        return CONSENT_ERROR;
    }

    return CONSENT_OK;
}


/*
 * RFC 5869 with no salt and one block of output: 32 bytes are all that is
 * ever asked for.
 */

int
consent_hkdf(const consent_u8 *secret, size_t len, const char *label,
    consent_u8 key[CONSENT_KEY_LEN])
{
    size_t      n;
    consent_u8  salt[32], prk[32], info[64];

    memset(salt, 0, sizeof(salt));

    n = strlen(label);
    if (n >= sizeof(info)) {
        return CONSENT_ERROR;
    }

    memcpy(info, label, n);
    info[n] = 0x01;

    if (consent_hmac(salt, sizeof(salt), secret, len, prk) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    return consent_hmac(prk, sizeof(prk), info, n + 1, key);
}


size_t
consent_base64url(const consent_u8 *data, size_t len, consent_u8 *buf)
{
    size_t       i;
    uint32_t     v;
    consent_u8  *p;

    p = buf;

    for (i = 0; i + 2 < len; i += 3) {
        v = (uint32_t) data[i] << 16 | (uint32_t) data[i + 1] << 8
            | data[i + 2];
        *p++ = (consent_u8) consent_b64[v >> 18];
        *p++ = (consent_u8) consent_b64[v >> 12 & 63];
        *p++ = (consent_u8) consent_b64[v >> 6 & 63];
        *p++ = (consent_u8) consent_b64[v & 63];
    }

    if (len - i == 1) {
        *p++ = (consent_u8) consent_b64[data[i] >> 2];
        *p++ = (consent_u8) consent_b64[(data[i] & 3) << 4];

    } else if (len - i == 2) {
        v = (uint32_t) data[i] << 8 | data[i + 1];
        *p++ = (consent_u8) consent_b64[v >> 10];
        *p++ = (consent_u8) consent_b64[v >> 4 & 63];
        *p++ = (consent_u8) consent_b64[(v & 15) << 2];
    }

    return (size_t) (p - buf);
}


static int
consent_key_derive(consent_key_t *key, const consent_u8 *secret)
{
    unsigned    i;
    consent_u8  id[CONSENT_KEY_LEN];

    if (consent_hkdf(secret, CONSENT_SECRET_LEN, "cookie", key->cookie)
        != CONSENT_OK
        || consent_hkdf(secret, CONSENT_SECRET_LEN, "ledger", key->ledger)
        != CONSENT_OK
        || consent_hkdf(secret, CONSENT_SECRET_LEN, "id", id) != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    for (i = 0; i < 4; i++) {
        snprintf(key->id + 2 * i, 3, "%02x", id[i]);
    }

    return CONSENT_OK;
}


/*
 * One line of a secret file.  The line's text is never put into a message:
 * it may be a key with a slip of the pen.
 */

static int
consent_keys_line(consent_keys_t *keys, const consent_u8 *p, size_t len,
    unsigned line, char *err, size_t err_size)
{
    int         hi, lo;
    size_t      i;
    consent_u8  secret[CONSENT_SECRET_LEN];

    if (len != 2 * CONSENT_SECRET_LEN) {
        snprintf(err, err_size, "line %u has %lu characters, "
                 "a key has 64 hexadecimal digits", line, (unsigned long) len);
        return CONSENT_DECLINED;
    }

    if (keys->n == CONSENT_KEYS_MAX) {
        snprintf(err, err_size, "line %u: more than %d keys", line,
                 CONSENT_KEYS_MAX);
        return CONSENT_DECLINED;
    }

    for (i = 0; i < CONSENT_SECRET_LEN; i++) {
        hi = consent_hex(p[2 * i]);
        lo = consent_hex(p[2 * i + 1]);

        if (hi < 0 || lo < 0) {
            snprintf(err, err_size, "line %u, column %lu: "
                     "not a hexadecimal digit", line,
                     (unsigned long) (2 * i + (hi < 0 ? 1 : 2)));
            return CONSENT_DECLINED;
        }

        secret[i] = (consent_u8) (hi << 4 | lo);
    }

    i = (size_t) consent_key_derive(&keys->key[keys->n], secret);
    OPENSSL_cleanse(secret, sizeof(secret));

    if (i != CONSENT_OK) {
        snprintf(err, err_size, "a key could not be derived");
        return CONSENT_ERROR;
    }

    keys->n++;

    return CONSENT_OK;
}


int
consent_keys_parse(consent_keys_t *keys, const consent_u8 *text, size_t len,
    char *err, size_t err_size)
{
    int                rc;
    unsigned           line;
    const consent_u8  *p, *end, *eol, *last;

    memset(keys, 0, sizeof(consent_keys_t));

    p = text;
    end = text + len;

    for (line = 1; p < end; line++) {

        eol = memchr(p, '\n', (size_t) (end - p));
        if (eol == NULL) {
            eol = end;
        }

        last = eol;

        while (p < last && (*p == ' ' || *p == '\t')) {
            p++;
        }

        while (last > p
               && (last[-1] == ' ' || last[-1] == '\t' || last[-1] == '\r'))
        {
            last--;
        }

        if (p < last && *p != '#') {
            rc = consent_keys_line(keys, p, (size_t) (last - p), line, err,
                                   err_size);
            if (rc != CONSENT_OK) {
                return rc;
            }
        }

        p = eol + 1;
    }

    if (keys->n == 0) {
        snprintf(err, err_size, "there is no key in it; "
                 "\"consentctl keygen\" makes one");
        return CONSENT_DECLINED;
    }

    return CONSENT_OK;
}


int
consent_keys_random(consent_keys_t *keys)
{
    int         rc;
    consent_u8  secret[CONSENT_SECRET_LEN];

    memset(keys, 0, sizeof(consent_keys_t));

    if (RAND_bytes(secret, sizeof(secret)) != 1) {
        return CONSENT_ERROR;
    }

    rc = consent_key_derive(&keys->key[0], secret);
    OPENSSL_cleanse(secret, sizeof(secret));

    if (rc == CONSENT_OK) {
        keys->n = 1;
    }

    return rc;
}
