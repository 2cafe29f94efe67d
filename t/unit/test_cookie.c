
/*
 * The cookie: what is signed is read back, whatever else is declined.
 */

#include <stdlib.h>

#include "../../src/core/consent_cookie.h"
#include "tap.h"


#define is_text(data, len, want, name)                                       \
    is_mem(data, len, want, strlen(want), name)


#define KEY1  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY2  "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

#define NOW   1795461234

#define STR(s)  { (const consent_u8 *) (s), sizeof(s) - 1 }


static const consent_str_t  names[] = {
    STR("necessary"), STR("functional"), STR("analytics"), STR("marketing"),
    STR("chat"), STR("maps")
};

static consent_keys_t         keys1, keys2, keys21;
static consent_cookie_conf_t  conf;


static void
setup(void)
{
    char  err[256];

    consent_keys_parse(&keys1, (const consent_u8 *) KEY1 "\n", 65, err,
                       sizeof(err));
    consent_keys_parse(&keys2, (const consent_u8 *) KEY2 "\n", 65, err,
                       sizeof(err));
    consent_keys_parse(&keys21, (const consent_u8 *) KEY2 "\n" KEY1, 129,
                       err, sizeof(err));

    conf.keys = &keys1;
    conf.cookie_name.data = (const consent_u8 *) "ngx_consent";
    conf.cookie_name.len = 11;
    conf.scope.data = (const consent_u8 *) "www.example.com";
    conf.scope.len = 15;
    conf.names = names;
    conf.ncategories = 6;
    conf.max_age = 180 * 86400;
}


static size_t
make(consent_mask_t asked, consent_mask_t allowed, int64_t time,
    consent_u8 *buf)
{
    consent_record_t  rec;

    memset(&rec, 0, sizeof(rec));
    strcpy(rec.revision, "2026-11");
    rec.asked = asked;
    rec.allowed = allowed;
    rec.time = time;
    consent_record_id(&rec);

    return consent_cookie_format(&conf, &rec, buf);
}


static void
test_keys(void)
{
    size_t          i;
    char            err[256];
    consent_keys_t  keys;

    static const struct {
        const char  *text;
        int          rc;
        unsigned     n;
        const char  *err;
        const char  *name;
    } cases[] = {
        { KEY1, CONSENT_OK, 1, "", "one key without LF" },
        { KEY1 "\r\n\r\n" KEY2 "\r\n", CONSENT_OK, 2, "", "CRLF" },
        { "# a comment\n\n  " KEY1 " \n", CONSENT_OK, 1, "",
          "comment, blank line, spaces" },
        { "", CONSENT_DECLINED, 0, "no key", "empty" },
        { "# only\n", CONSENT_DECLINED, 0, "no key", "only a comment" },
        { "abcd\n", CONSENT_DECLINED, 0, "line 1 has 4", "short" },
        { KEY1 "\n" KEY1 "0\n", CONSENT_DECLINED, 0, "line 2 has 65",
          "long second" },
        { "g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
          CONSENT_DECLINED, 0, "line 1, column 1", "no hex" },
        { KEY1 "\n" KEY1 "\n" KEY1 "\n" KEY1 "\n" KEY1 "\n" KEY1 "\n" KEY1
          "\n" KEY1 "\n" KEY1 "\n", CONSENT_DECLINED, 0, "line 9: more",
          "nine keys" },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        err[0] = '\0';

        ok(consent_keys_parse(&keys, (const consent_u8 *) cases[i].text,
                              strlen(cases[i].text), err, sizeof(err))
           == cases[i].rc
           && (cases[i].rc != CONSENT_OK || keys.n == cases[i].n)
           && strstr(err, cases[i].err) != NULL
           && strstr(err, "0607") == NULL,
           "secret file: %s", cases[i].name);
    }

    ok(memcmp(keys1.key[0].cookie, keys1.key[0].ledger, 32) != 0,
       "cookie and ledger have different keys");
    ok(consent_keys_random(&keys) == CONSENT_OK && keys.n == 1
       && strlen(keys.key[0].id) == 8, "random keys");
}


/* RFC 5869 A.3 has no info, which HKDF here always has; the expected value
 * was computed with openssl kdf (HKDF, SHA256, salt of 32 zeros) */

static void
test_hkdf(void)
{
    unsigned           i;
    consent_u8         secret[32], mac[32];
    static const char  data[] = "what do ya want for nothing?";

    static const consent_u8  rfc4231_2[] = {
        0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e
    };

    consent_hmac((const consent_u8 *) "Jefe", 4, (const consent_u8 *) data,
                 sizeof(data) - 1, mac);
    ok(memcmp(mac, rfc4231_2, 8) == 0, "HMAC-SHA256 is RFC 4231 case 2");

    for (i = 0; i < 32; i++) {
        secret[i] = (consent_u8) i;
    }

    consent_hkdf(secret, 32, "cookie", mac);
    ok(memcmp(mac, keys1.key[0].cookie, 32) == 0, "the cookie's key is HKDF "
       "with the label \"cookie\"");
    consent_hkdf(secret, 32, "ledger", mac);
    ok(memcmp(mac, keys1.key[0].ledger, 32) == 0, "the ledger's key is HKDF "
       "with the label \"ledger\"");
    ok(mac[0] == 0xc3 && mac[31] == 0x5c,
       "HKDF agrees with openssl kdf");
}


static void
test_round_trip(void)
{
    size_t            len;
    consent_u8        buf[CONSENT_COOKIE_MAX + 1];
    consent_mask_t    allowed;
    consent_record_t  rec, in;
    unsigned          good;

    good = 1;

    for (allowed = 0; allowed < 64; allowed++) {
        len = make(0x3f, allowed | 1, NOW, buf);

        if (len == 0 || len > CONSENT_COOKIE_MAX
            || consent_cookie_parse(&conf, buf, len, NOW, &rec) != CONSENT_OK
            || rec.allowed != (allowed | 1) || rec.asked != 0x3f
            || strcmp(rec.revision, "2026-11") != 0
            || (rec.id[0] == '\0') != (rec.allowed == 1))
        {
            good = 0;
        }
    }

    ok(good, "every set of categories is read back");

    len = make(0x3f, 1, NOW, buf);
    buf[len] = '\0';
    ok(strstr((char *) buf, ".1795392000..") != NULL,
       "a refusal has a day and no id");
    {
        consent_u8  other[CONSENT_COOKIE_MAX];

        ok(make(0x3f, 1, NOW + 3600, other) == len
           && memcmp(buf, other, len) == 0,
           "R28: refusals of one day are all the same");
    }

    conf.ncategories = 4;
    len = make(0xf, 9, NOW, buf);
    buf[len] = '\0';
    ok(strstr((char *) buf, ".2026-11.faM.1795461234.") != NULL,
       "a grant reads v1.KEYID.REVISION.ALLOWED.TIME.ID.MAC: %s",
       (char *) buf);
    conf.ncategories = 6;

    ok(consent_cookie_parse(&conf, buf, len, NOW, &rec) == CONSENT_OK
       && rec.asked == 0xf && rec.allowed == 9,
       "categories added since were not asked for");

    memset(&in, 0, sizeof(in));
    strcpy(in.revision, "1");
    in.time = NOW;
    in.allowed = 0xf;
    in.asked = 0xf;
    ok(consent_cookie_format(&conf, &in, buf) == 0,
       "a grant without id is not written");
    in.acknowledged = 1;
    strcpy(in.id, "AAAAAAAAAAAAAAAAAAAAAA");
    len = consent_cookie_format(&conf, &in, buf);
    ok(len && consent_cookie_parse(&conf, buf, len, NOW, &rec) == CONSENT_OK
       && rec.acknowledged && rec.id[0] == '\0'
       && rec.time == consent_day(NOW),
       "an acknowledged notice is told from consent, and has no id");
}


static void
test_reordered(void)
{
    size_t            len;
    consent_u8        buf[CONSENT_COOKIE_MAX];
    consent_record_t  rec;

    static const consent_str_t  other[] = {
        STR("necessary"), STR("functional"), STR("analytics"),
        STR("marketing"), STR("maps"), STR("survey"), STR("chat")
    };

    static const consent_str_t  changed[] = {
        STR("necessary"), STR("functional"), STR("analytics"),
        STR("marketing\nnew recipient"), STR("chat"), STR("maps")
    };

    len = make(0x3f, 1 | 1 << 4 | 1 << 3, NOW, buf);    /* chat, marketing */

    conf.names = other;
    conf.ncategories = 7;
    ok(consent_cookie_parse(&conf, buf, len, NOW, &rec) == CONSENT_OK
       && rec.allowed == (1 | 1 << 6 | 1 << 3)
       && rec.asked == (0x3f & ~(1 << 5)) + (1 << 6),
       "R12: a cookie is read right when categories change places");

    conf.names = changed;
    conf.ncategories = 6;
    ok(consent_cookie_parse(&conf, buf, len, NOW, &rec) == CONSENT_OK
       && rec.allowed == (1 | 1 << 4) && !(rec.asked & 1 << 3),
       "R12: a category with other recipients was not asked for");

    conf.names = names;
    conf.ncategories = 3;
    ok(consent_cookie_parse(&conf, buf, len, NOW, &rec) == CONSENT_OK
       && rec.allowed == 1 && rec.id[0] != '\0',
       "a cookie whose granted categories are no more is still read");
    conf.ncategories = 6;
}


static void
test_forged(void)
{
    size_t                 i, len, taken;
    unsigned               n;
    consent_u8             buf[CONSENT_COOKIE_MAX + 64], copy[512];
    consent_record_t       rec;
    consent_cookie_conf_t  other;

    len = make(0x3f, 0x3f, NOW, buf);

    taken = 0;
    for (i = 0; i < len; i++) {
        for (n = 0; n < 256; n++) {
            if (n == buf[i]) {
                continue;
            }
            memcpy(copy, buf, len);
            copy[i] = (consent_u8) n;
            taken += consent_cookie_parse(&conf, copy, len, NOW, &rec)
                     == CONSENT_OK;
        }
    }
    ok(taken == 0, "R26: no byte of a cookie can be changed");

    taken = 0;
    for (i = 0; i < len; i++) {
        taken += consent_cookie_parse(&conf, buf, i, NOW, &rec) == CONSENT_OK;
        taken += consent_cookie_parse(&conf, buf + i + 1, len - i - 1, NOW,
                                      &rec)
                 == CONSENT_OK;
    }
    ok(taken == 0, "R26: no cut cookie is taken");

    taken = 0;
    for (i = 0; i < 256; i++) {
        memcpy(copy, buf, len);
        copy[len] = (consent_u8) i;
        taken += consent_cookie_parse(&conf, copy, len + 1, NOW, &rec)
                 == CONSENT_OK;
    }
    ok(taken == 0, "R26: nothing can be added to a cookie");

    memset(copy, 'a', sizeof(copy));
    ok(consent_cookie_parse(&conf, copy, sizeof(copy), NOW, &rec)
       == CONSENT_DECLINED, "R26: an oversize value is declined");

    srand(1);
    taken = 0;
    for (n = 0; n < 10000; n++) {
        memcpy(copy, buf, len);
        for (i = 0; i < 1 + n % 5; i++) {
            copy[(size_t) rand() % len] ^= (consent_u8) (1 << rand() % 8);
        }
        taken += memcmp(copy, buf, len) != 0
                 && consent_cookie_parse(&conf, copy, (size_t) rand() % 170,
                                         NOW, &rec)
                    == CONSENT_OK;
    }
    ok(taken == 0, "R26: 10,000 garbled cookies, none taken");

    other = conf;
    other.scope.data = (const consent_u8 *) "www.example.net";
    ok(consent_cookie_parse(&other, buf, len, NOW, &rec) != CONSENT_OK,
       "R26: a cookie of another host is declined");

    other = conf;
    other.cookie_name.data = (const consent_u8 *) "ngx_consenu";
    ok(consent_cookie_parse(&other, buf, len, NOW, &rec) != CONSENT_OK,
       "R26: a cookie of another name is declined");

    other = conf;
    other.keys = &keys2;
    ok(consent_cookie_parse(&other, buf, len, NOW, &rec) != CONSENT_OK,
       "R26: a cookie of an unknown key is declined");

    other.keys = &keys21;
    ok(consent_cookie_parse(&other, buf, len, NOW, &rec) == CONSENT_OK
       && strcmp(rec.key_id, keys1.key[0].id) == 0,
       "R27: a cookie of the old key is good after rotation");

    conf.keys = &keys21;
    len = make(0x3f, 0x3f, NOW, buf);
    ok(consent_cookie_parse(&conf, buf, len, NOW, &rec) == CONSENT_OK
       && strcmp(rec.key_id, keys2.key[0].id) == 0,
       "R27: the first key signs");
    conf.keys = &keys1;
}


static void
test_time(void)
{
    size_t            len;
    consent_u8        buf[CONSENT_COOKIE_MAX];
    consent_record_t  rec;

    len = make(0x3f, 0x3f, NOW, buf);

    ok(consent_cookie_parse(&conf, buf, len, NOW + conf.max_age, &rec)
       == CONSENT_OK, "a cookie is good to its last second");
    ok(consent_cookie_parse(&conf, buf, len, NOW + conf.max_age + 1, &rec)
       != CONSENT_OK, "and not after");
    ok(consent_cookie_parse(&conf, buf, len, NOW - CONSENT_CLOCK_SKEW, &rec)
       == CONSENT_OK, "a machine whose clock is a day behind takes it");
    ok(consent_cookie_parse(&conf, buf, len, NOW - CONSENT_CLOCK_SKEW - 1,
                            &rec)
       != CONSENT_OK, "R26: a cookie from the future is declined");
}


static void
test_check(void)
{
    char           err[256];
    unsigned       i;
    consent_str_t  many[CONSENT_CATEGORIES_MAX];
    static char    text[CONSENT_CATEGORIES_MAX][8];

    ok(consent_cookie_check(names, 6, 32, err, sizeof(err)) == CONSENT_OK,
       "six categories and a revision of 32 bytes fit");

    memcpy(many, names, sizeof(names));
    for (i = 4; i < CONSENT_CATEGORIES_MAX; i++) {
        sprintf(text[i], "own%u", i);
        many[i].data = (consent_u8 *) text[i];
        many[i].len = strlen(text[i]);
    }

    ok(consent_cookie_check(many, CONSENT_CATEGORIES_MAX, 32, err,
                            sizeof(err))
       == CONSENT_OK, "so do sixteen");

    many[7] = many[9];
    ok(consent_cookie_check(many, 16, 1, err, sizeof(err))
       == CONSENT_DECLINED && strstr(err, "7 and 9"),
       "two names of one token are refused");
    ok(consent_cookie_check(names, 6, 33, err, sizeof(err))
       == CONSENT_DECLINED, "a long revision is refused");
}


static void
test_cookie_header(void)
{
    int            n;
    size_t         i, pos, start, end;
    char           got[512], *p;
    consent_str_t  header, name, value;

    static const struct {
        const char  *header;
        const char  *pairs;
    } cases[] = {
        { "", "" },
        { "a=1", "[a|1]" },
        { "a=1; b=2", "[a|1][b|2]" },
        { "a=1;b=2;", "[a|1][b|2]" },
        { ";;; ;a=1", "[a|1]" },
        { " a = 1 2 ;\tb=\t", "[a|1 2][b|]" },
        { "a=b=c", "[a|b=c]" },
        { "novalue; a=1", "[|novalue][a|1]" },
        { "=x", "[|x]" },
        { "a=\"1; b=2\"", "[a|\"1][b|2\"]" },
        { "a=1, b=2", "[a|1, b=2]" },
        { "A=1; a=2", "[A|1][a|2]" },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        header.data = (const consent_u8 *) cases[i].header;
        header.len = strlen(cases[i].header);
        pos = 0;
        p = got;
        n = 0;

        while (consent_cookie_next(header, &pos, &name, &value, &start,
                                   &end))
        {
            p += sprintf(p, "[%.*s|%.*s]", (int) name.len, name.data,
                         (int) value.len, value.data);
            n += start > end || end > header.len;
        }
        *p = '\0';

        ok(n == 0, "places lie in the header");
        is_text(got, (size_t) (p - got), cases[i].pairs, cases[i].header);
    }

    static const struct {
        const char  *header;
        const char  *name;
    } set[] = {
        { "a=1; Path=/", "a" },
        { " sid = 2", "sid" },
        { "nameless; Path=/", "" },
        { "; a=1", "" },
        { "", "" },
        { "=v", "" },
    };

    for (i = 0; i < sizeof(set) / sizeof(set[0]); i++) {
        header.data = (const consent_u8 *) set[i].header;
        header.len = strlen(set[i].header);
        name = consent_set_cookie_name(header);
        is_text(name.data, name.len, set[i].name, set[i].header);
    }
}


/* consent_cookie_find() is the walk with its name and its value kept */

static void
test_cookie_find(void)
{
    size_t         i, pos, start, end, len;
    unsigned       n, walked, differ, found;
    uint32_t       seed;
    consent_str_t  header, want, name, value, first, last;
    consent_u8     text[64];

    static const char  chars[] = "ab=; \tx\"a=b;";

    want.data = (const consent_u8 *) "ab";
    want.len = 2;

    seed = 7;
    differ = 0;
    found = 0;

    for (i = 0; i < 200000; i++) {

        seed = seed * 1103515245u + 12345u;
        len = (seed >> 16) % sizeof(text);

        for (n = 0; n < len; n++) {
            seed = seed * 1103515245u + 12345u;
            text[n] = (consent_u8) chars[(seed >> 16) % (sizeof(chars) - 1)];
        }

        header.data = text;
        header.len = len;

        pos = 0;
        walked = 0;
        first.data = NULL;
        first.len = 0;
        last = first;

        while (consent_cookie_next(header, &pos, &name, &value, &start, &end))
        {
            if (name.len == 2 && memcmp(name.data, "ab", 2) == 0) {
                last = value;
                walked++;
            }
        }

        n = consent_cookie_find(header, want, &first);
        found += (n != 0);

        if (n != walked || first.len != last.len
            || (last.len && first.data != last.data))
        {
            differ++;
        }
    }

    ok(found > 1000 && differ == 0,
       "a cookie is found where a walk through all of them finds it");
}


/* what does not fit into a cookie is not made, nor read */

static void
test_bounds(void)
{
    char                    err[256];
    unsigned                i;
    consent_u8              buf[CONSENT_COOKIE_MAX + 1], text[8];
    consent_str_t           many[CONSENT_CATEGORIES_MAX + 1];
    consent_record_t        rec, got;
    consent_cookie_conf_t   was;
    static const char       label[] = "01234567890123456789012345678901234567"
                                      "89012345678901234567890123";
    static consent_u8       scope[512];

    was = conf;
    memset(&rec, 0, sizeof(rec));
    strcpy(rec.revision, "1");
    rec.time = NOW;

    ok(consent_cookie_format(&conf, &rec, buf) > 0, "a refusal is made");

    conf.ncategories = 0;
    ok(consent_cookie_format(&conf, &rec, buf) == 0, "without categories");
    conf.ncategories = CONSENT_CATEGORIES_MAX + 1;
    ok(consent_cookie_format(&conf, &rec, buf) == 0, "with too many");
    conf = was;

    memset(scope, 'a', sizeof(scope));
    conf.scope.data = scope;
    conf.scope.len = sizeof(scope);
    ok(consent_cookie_format(&conf, &rec, buf) == 0, "for too long a host");
    conf = was;

    rec.time = -100000;
    ok(consent_cookie_format(&conf, &rec, buf) == 0, "before 1970");
    rec.time = NOW;

    rec.allowed = consent_bit(CONSENT_MARKETING);
    strcpy(rec.id, "short");
    ok(consent_cookie_format(&conf, &rec, buf) == 0, "a grant without an id");

    strcpy(rec.revision, "a b");
    rec.allowed = 0;
    ok(consent_cookie_format(&conf, &rec, buf) == 0, "an odd revision");
    strcpy(rec.revision, "1");

    /* asked of nothing, allowed nothing: it can be told from no cookie */

    i = (unsigned) consent_cookie_format(&conf, &rec, buf);
    memset(&got, 0xff, sizeof(got));
    ok(i && consent_cookie_parse(&conf, buf, i, NOW, &got)
       == CONSENT_OK && (got.allowed | got.asked) <= 1,
       "of nothing: read back");

    for (i = 0; i <= CONSENT_CATEGORIES_MAX; i++) {
        many[i] = names[1];
    }

    ok(consent_cookie_check(many, CONSENT_CATEGORIES_MAX + 1, 1, err,
                            sizeof(err)) == CONSENT_DECLINED
       && strstr(err, "more than 16 categories"), "17 categories: said");

    ok(consent_hkdf(buf, 32, label, buf) == CONSENT_OK
       || strlen(label) >= 63, "a label that is as long as can be");
    ok(consent_hkdf(buf, 32, "0123456789012345678901234567890123456789"
                             "0123456789012345678901234", buf)
       == CONSENT_ERROR, "a longer one is an error");

    is_mem(text, consent_base64url((const consent_u8 *) "fo", 2, text),
           "Zm8", 3, "two bytes in base64 (RFC 4648, 10)");
    is_mem(text, consent_base64url((const consent_u8 *) "f", 1, text),
           "Zg", 2, "one");
}


int
main(void)
{
    setup();

    test_keys();
    test_hkdf();
    test_round_trip();
    test_reordered();
    test_forged();
    test_time();
    test_check();
    test_cookie_header();
    test_cookie_find();

    test_bounds();

    return tap_done();
}
