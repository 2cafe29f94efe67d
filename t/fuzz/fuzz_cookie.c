
/*
 * Cookie headers and values: no value but what was signed is a record, what
 * was read is written again the same, and the pairs of a header lie in it.
 */

#include "arena.h"
#include "consent_cookie.h"


static const consent_str_t  names[] = {
    consent_string("necessary"), consent_string("functional"),
    consent_string("analytics"), consent_string("marketing"),
    consent_string("maps")
};

#define NOW  1795668655


/* a key that is not in any input: whatever passes was made here */

static const consent_u8  secret[] =
    "6b1f0c9d8e7a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c\n";


static void
pairs(consent_str_t header)
{
    size_t         pos, start, end, before;
    consent_str_t  name, value;

    pos = 0;
    before = 0;

    while (consent_cookie_next(header, &pos, &name, &value, &start, &end)) {
        must(start >= before && start <= end && end <= header.len);
        must(pos <= header.len + 1);
        must(name.len + value.len <= end - start);
        before = end;
    }

    name = consent_set_cookie_name(header);
    must(name.len <= header.len);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                 len;
    consent_u8             value[CONSENT_COOKIE_MAX];
    consent_record_t       rec, again;
    consent_str_t          header = { data, size };

    static char                   err[128];
    static consent_keys_t         keys;
    static consent_cookie_conf_t  conf = {
        &keys, consent_string("ngx_consent"), consent_string("localhost"),
        names, 5, 180 * 86400
    };

    if (keys.n == 0) {
        must(consent_keys_parse(&keys, secret, sizeof(secret) - 1, err,
                                sizeof(err))
             == CONSENT_OK);
    }

    pairs(header);

    must(consent_cookie_parse(&conf, data, size, NOW, &rec)
         == CONSENT_DECLINED);

    /* the input as a record: signed, read, and one bit of it turned */

    memset(&rec, 0, sizeof(rec));

    rec.allowed = (size ? data[0] & 31 : 0) | 1;
    rec.asked = 31;
    rec.time = NOW - (size > 1 ? data[1] * 1000 : 0);
    rec.acknowledged = size > 2 && (data[2] & 1);
    strcpy(rec.revision, "7");
    must(consent_record_id(&rec) == CONSENT_OK);

    len = consent_cookie_format(&conf, &rec, value);
    must(len && len <= CONSENT_COOKIE_MAX);
    must(consent_cookie_parse(&conf, value, len, NOW, &again) == CONSENT_OK);
    must(again.allowed == rec.allowed);
    must(again.acknowledged == rec.acknowledged);

    if (size > 4) {
        value[data[3] % len] ^= (consent_u8) (1 << (data[4] & 7));
        must(consent_cookie_parse(&conf, value, len, NOW, &again)
             == CONSENT_DECLINED);
    }

    return 0;
}
