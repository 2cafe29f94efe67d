
/*
 * Ledger lines: writing, reading, authenticating.
 */

#include <stdio.h>
#include <openssl/crypto.h>

#include "consent_ledger.h"


#define CONSENT_MAC_MEMBER      ",\"mac\":\""
#define CONSENT_MAC_MEMBER_LEN  (sizeof(CONSENT_MAC_MEMBER) - 1)

/* ,"mac":"HEX"} */
#define CONSENT_MAC_TAIL        (CONSENT_MAC_MEMBER_LEN + 64 + 2)


/* a bounded writer: past the end it only says so */

typedef struct {
    consent_u8  *p;
    consent_u8  *end;
    unsigned     full;
} consent_out_t;

/* a reader of the JSON that is written here: no more is understood */

typedef struct {
    const consent_u8  *p;
    const consent_u8  *end;
} consent_in_t;


static void
consent_out(consent_out_t *o, const void *data, size_t len)
{
    if ((size_t) (o->end - o->p) < len) {
        o->full = 1;
        return;
    }

    if (len) {
        memcpy(o->p, data, len);
        o->p += len;
    }
}


static void
consent_out_text(consent_out_t *o, const char *s)
{
    consent_out(o, s, strlen(s));
}


static void
consent_out_number(consent_out_t *o, uint64_t n)
{
    char  buf[24];

    snprintf(buf, sizeof(buf), "%llu", (unsigned long long) n);
    consent_out_text(o, buf);
}


/*
 * A JSON string.  Bytes of more than ASCII may not be UTF-8 (a Host header
 * can hold anything): they are written as the Latin-1 characters of the same
 * number, so that a line is always valid JSON.
 */

static void
consent_out_string(consent_out_t *o, consent_str_t s)
{
    char    buf[8];
    size_t  i;

    consent_out(o, "\"", 1);

    for (i = 0; i < s.len; i++) {

        if (s.data[i] < 0x20 || s.data[i] >= 0x7f
            || s.data[i] == '"' || s.data[i] == '\\')
        {
            snprintf(buf, sizeof(buf), "\\u%04x", s.data[i]);
            consent_out(o, buf, 6);
            continue;
        }

        consent_out(o, &s.data[i], 1);
    }

    consent_out(o, "\"", 1);
}


static void
consent_out_member(consent_out_t *o, const char *name, consent_str_t s)
{
    if (s.len == 0) {
        return;
    }

    consent_out_text(o, ",\"");
    consent_out_text(o, name);
    consent_out_text(o, "\":");
    consent_out_string(o, s);
}


void
consent_hex32(const consent_u8 hash[32], char hex[64])
{
    unsigned  i;

    static const char  digits[] = "0123456789abcdef";

    for (i = 0; i < 32; i++) {
        hex[2 * i] = digits[hash[i] >> 4];
        hex[2 * i + 1] = digits[hash[i] & 15];
    }
}


/*
 * The day by the civil calendar, counted from 1 March of year 0 so that leap
 * days come last.
 */

static void
consent_out_time(consent_out_t *o, int64_t ms)
{
    int      n;
    char     buf[64];
    int64_t  s, days, era, doe, yoe, doy, mp, y, m, d;

    s = ms / 1000;
    days = s / 86400 + 719468;
    era = days / 146097;
    doe = days % 146097;
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    d = doy - (153 * mp + 2) / 5 + 1;
    m = mp < 10 ? mp + 3 : mp - 9;
    y = yoe + era * 400 + (m <= 2);

    n = snprintf(buf, sizeof(buf),
                 ",\"t\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\"",
                 (int) y, (int) m, (int) d, (int) (s / 3600 % 24),
                 (int) (s / 60 % 60), (int) (s % 60), (int) (ms % 1000));

    consent_out(o, buf, (size_t) n);
}


static void
consent_out_cats(consent_out_t *o, const consent_ledger_event_t *ev)
{
    unsigned  i;

    if (ev->ncategories == 0) {
        return;
    }

    consent_out_text(o, ",\"cats\":{");

    for (i = 1; i < ev->ncategories && i < CONSENT_CATEGORIES_MAX; i++) {
        if (i > 1) {
            consent_out(o, ",", 1);
        }

        consent_out_string(o, ev->names[i]);
        consent_out_text(o, ev->allowed & consent_bit(i) ? ":true"
                                                         : ":false");
    }

    consent_out(o, "}", 1);
}


/* ISO 8601, in days where it is whole days */

static void
consent_out_valid(consent_out_t *o, int64_t seconds)
{
    int   n;
    char  buf[48];

    if (seconds <= 0) {
        return;
    }

    n = seconds % 86400
        ? snprintf(buf, sizeof(buf), ",\"valid\":\"PT%lldS\"",
                   (long long) seconds)
        : snprintf(buf, sizeof(buf), ",\"valid\":\"P%lldD\"",
                   (long long) (seconds / 86400));

    consent_out(o, buf, (size_t) n);
}


static int
consent_str_is(consent_str_t s, const char *text)
{
    size_t  n;

    n = strlen(text);

    return s.len == n && memcmp(s.data, text, n) == 0;
}


size_t
consent_ledger_format(consent_ledger_head_t *head, const consent_key_t *key,
    const consent_ledger_event_t *ev, consent_u8 *buf, size_t size)
{
    char           hex[64];
    size_t         len;
    consent_u8     mac[32], md[32];
    consent_str_t  kid;
    consent_out_t  o;

    o.p = buf;
    o.end = buf + size;
    o.full = 0;

    kid.data = (const consent_u8 *) key->id;
    kid.len = strlen(key->id);

    consent_out_text(&o, "{\"v\":1,\"seq\":");
    consent_out_number(&o, head->seq + 1);
    consent_out_time(&o, ev->time_ms);
    consent_out_member(&o, "inst", ev->instance);
    consent_out_member(&o, "ev", ev->event);
    consent_out_member(&o, "id", ev->id);
    consent_out_cats(&o, ev);
    consent_out_member(&o, "mode", ev->mode);
    consent_out_member(&o, "lang", ev->lang);
    consent_out_member(&o, "revision", ev->revision);
    consent_out_member(&o, "notice", ev->notice);
    consent_out_valid(&o, ev->valid);
    consent_out_member(&o, "via", ev->via);

    if (ev->via.len) {
        consent_out_text(&o, ev->gesture ? ",\"gesture\":true"
                                         : ",\"gesture\":false");
    }

    consent_out_member(&o, "host", ev->host);

    if (ev->extra.len) {
        consent_out(&o, ",", 1);
        consent_out(&o, ev->extra.data, ev->extra.len);
    }

    consent_out_member(&o, "kid", kid);

    consent_hex32(head->prev, hex);
    consent_out_text(&o, ",\"prev\":\"");
    consent_out(&o, hex, 64);
    consent_out_text(&o, "\"");

    if (o.full
        || consent_hmac(key->ledger, CONSENT_KEY_LEN, buf,
                        (size_t) (o.p - buf), mac)
           != CONSENT_OK)
    {
        return 0;
    }

    consent_hex32(mac, hex);
    consent_out_text(&o, CONSENT_MAC_MEMBER);
    consent_out(&o, hex, 64);
    consent_out_text(&o, "\"}\n");

    len = (size_t) (o.p - buf);

    if (o.full || len > CONSENT_LEDGER_LINE_MAX
        || consent_sha256(buf, len - 1, md) != CONSENT_OK)
    {
        return 0;
    }

    memcpy(head->prev, md, 32);
    head->seq++;

    return len;
}


/* "text", with escapes left as they are */

static int
consent_in_string(consent_in_t *in, consent_str_t *s)
{
    if (in->p == in->end || *in->p != '"') {
        return CONSENT_DECLINED;
    }

    s->data = ++in->p;

    while (in->p < in->end && *in->p != '"') {

        if (*in->p < 0x20) {
            return CONSENT_DECLINED;
        }

        if (*in->p == '\\') {
            in->p++;
            if (in->p == in->end) {
                return CONSENT_DECLINED;
            }
        }

        in->p++;
    }

    if (in->p == in->end) {
        return CONSENT_DECLINED;
    }

    s->len = (size_t) (in->p - s->data);
    in->p++;

    return CONSENT_OK;
}


/* {...} as it stands; strings in it may hold braces */

static int
consent_in_object(consent_in_t *in, consent_str_t *s)
{
    unsigned       depth;
    consent_str_t  skipped;

    s->data = in->p;
    depth = 0;

    while (in->p < in->end) {

        switch (*in->p) {

        case '"':
            if (consent_in_string(in, &skipped) != CONSENT_OK) {
                return CONSENT_DECLINED;
            }
            continue;

        case '{':
        case '[':
            depth++;
            break;

        case '}':
        case ']':
            depth--;
            break;

        default:
            break;
        }

        in->p++;

        if (depth == 0) {
            s->len = (size_t) (in->p - s->data);
            return CONSENT_OK;
        }
    }

    return CONSENT_DECLINED;
}


/* a number, true, false, null */

static int
consent_in_word(consent_in_t *in, consent_str_t *s)
{
    s->data = in->p;

    while (in->p < in->end
           && ((*in->p >= '0' && *in->p <= '9')
               || (*in->p >= 'a' && *in->p <= 'z')
               || *in->p == '-' || *in->p == '.'))
    {
        in->p++;
    }

    s->len = (size_t) (in->p - s->data);

    return s->len ? CONSENT_OK : CONSENT_DECLINED;
}


static int
consent_in_value(consent_in_t *in, consent_str_t *s, consent_u8 *kind)
{
    if (in->p == in->end) {
        return CONSENT_DECLINED;
    }

    *kind = *in->p;

    switch (*kind) {

    case '"':
        return consent_in_string(in, s);

    case '{':
    case '[':
        return consent_in_object(in, s);

    default:
        *kind = 'w';
        return consent_in_word(in, s);
    }
}


static int
consent_to_number(consent_str_t s, uint64_t *n)
{
    size_t    i;
    uint64_t  v;

    if (s.len == 0 || s.len > 18) {
        return CONSENT_DECLINED;
    }

    v = 0;

    for (i = 0; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9') {
            return CONSENT_DECLINED;
        }

        v = v * 10 + (uint64_t) (s.data[i] - '0');
    }

    *n = v;

    return CONSENT_OK;
}


static int
consent_to_hash(consent_str_t s, consent_u8 hash[32])
{
    size_t      i;
    consent_u8  ch, v;

    if (s.len != 64) {
        return CONSENT_DECLINED;
    }

    for (i = 0; i < 64; i++) {
        ch = s.data[i];

        if (ch >= '0' && ch <= '9') {
            v = (consent_u8) (ch - '0');

        } else if (ch >= 'a' && ch <= 'f') {
            v = (consent_u8) (ch - 'a' + 10);

        } else {
            return CONSENT_DECLINED;
        }

        hash[i / 2] = (consent_u8) (i & 1 ? hash[i / 2] | v : v << 4);
    }

    return CONSENT_OK;
}


/* bits of what a line must have */

#define CONSENT_HAS_SEQ    0x01
#define CONSENT_HAS_EVENT  0x02
#define CONSENT_HAS_PREV   0x04
#define CONSENT_HAS_MAC    0x08
#define CONSENT_HAS_TIME   0x10
#define CONSENT_HAS_ALL    0x1f


static int
consent_ledger_string(consent_ledger_entry_t *e, consent_str_t name,
    consent_str_t value, unsigned *has)
{
    if (consent_str_is(name, "t")) {
        e->time = value;
        *has |= CONSENT_HAS_TIME;

    } else if (consent_str_is(name, "ev")) {
        e->event = value;
        *has |= CONSENT_HAS_EVENT;

    } else if (consent_str_is(name, "inst")) {
        e->instance = value;

    } else if (consent_str_is(name, "id")) {
        e->id = value;

    } else if (consent_str_is(name, "mode")) {
        e->mode = value;

    } else if (consent_str_is(name, "lang")) {
        e->lang = value;

    } else if (consent_str_is(name, "revision")) {
        e->revision = value;

    } else if (consent_str_is(name, "notice")) {
        e->notice = value;

    } else if (consent_str_is(name, "host")) {
        e->host = value;

    } else if (consent_str_is(name, "kid")) {
        e->kid = value;

    } else if (consent_str_is(name, "was")) {
        return consent_to_hash(value, e->was);

    } else if (consent_str_is(name, "now")) {
        return consent_to_hash(value, e->now);

    } else if (consent_str_is(name, "prev")) {
        *has |= CONSENT_HAS_PREV;
        return consent_to_hash(value, e->prev);

    } else if (consent_str_is(name, "mac")) {
        *has |= CONSENT_HAS_MAC;
        return consent_to_hash(value, e->mac);
    }

    return CONSENT_OK;
}


static int
consent_ledger_word(consent_ledger_entry_t *e, consent_str_t name,
    consent_str_t value, unsigned *has)
{
    if (consent_str_is(name, "seq")) {
        *has |= CONSENT_HAS_SEQ;
        return consent_to_number(value, &e->seq);
    }

    if (consent_str_is(name, "torn")) {
        return consent_to_number(value, &e->torn);
    }

    if (consent_str_is(name, "ref")) {
        return consent_to_number(value, &e->ref);
    }

    if (consent_str_is(name, "gesture")) {
        e->gesture = consent_str_is(value, "true");
    }

    return CONSENT_OK;
}


int
consent_ledger_read(consent_ledger_entry_t *e, consent_str_t line)
{
    int            rc;
    unsigned       has;
    consent_u8     kind;
    consent_in_t   in;
    consent_str_t  name, value;

    memset(e, 0, sizeof(consent_ledger_entry_t));

    if (line.len <= CONSENT_MAC_TAIL || line.data[0] != '{') {
        return CONSENT_DECLINED;
    }

    in.p = line.data;
    in.end = line.data + line.len;
    has = 0;

    do {
        in.p++;                           /* '{' or ',' */

        if (consent_in_string(&in, &name) != CONSENT_OK
            || in.p == in.end || *in.p++ != ':'
            || consent_in_value(&in, &value, &kind) != CONSENT_OK)
        {
            return CONSENT_DECLINED;
        }

        rc = CONSENT_OK;

        if (kind == '"') {
            rc = consent_ledger_string(e, name, value, &has);

        } else if (kind == 'w') {
            rc = consent_ledger_word(e, name, value, &has);

        } else if (consent_str_is(name, "cats")) {
            e->cats = value;
        }

        if (rc != CONSENT_OK) {
            return rc;
        }

    } while (in.p < in.end && *in.p == ',');

    /* nothing after the brace, and mac is the last member */

    if (in.p + 1 != in.end || *in.p != '}' || has != CONSENT_HAS_ALL) {
        return CONSENT_DECLINED;
    }

    e->mac_covers = line.len - CONSENT_MAC_TAIL;

    if (memcmp(line.data + e->mac_covers, CONSENT_MAC_MEMBER,
               CONSENT_MAC_MEMBER_LEN)
        != 0)
    {
        return CONSENT_DECLINED;
    }

    return CONSENT_OK;
}


int
consent_ledger_authentic(const consent_ledger_entry_t *e, consent_str_t line,
    const consent_keys_t *keys)
{
    unsigned    i, found;
    consent_u8  mac[32];

    found = 0;

    for (i = 0; i < keys->n; i++) {

        if (!consent_str_is(e->kid, keys->key[i].id)) {
            continue;
        }

        found = 1;

        if (consent_hmac(keys->key[i].ledger, CONSENT_KEY_LEN, line.data,
                         e->mac_covers, mac)
            == CONSENT_OK
            && CRYPTO_memcmp(mac, e->mac, 32) == 0)
        {
            return CONSENT_OK;
        }
    }

    return found ? CONSENT_DECLINED : CONSENT_ERROR;
}


int
consent_ledger_resume(consent_ledger_head_t *head, consent_str_t line)
{
    consent_u8              md[32];
    consent_ledger_entry_t  entry;

    if (consent_ledger_read(&entry, line) != CONSENT_OK
        || consent_sha256(line.data, line.len, md) != CONSENT_OK)
    {
        return CONSENT_DECLINED;
    }

    head->seq = entry.seq;
    memcpy(head->prev, md, 32);

    return CONSENT_OK;
}


int
consent_ledger_next_cat(consent_str_t cats, size_t *pos, consent_str_t *name,
    int *on)
{
    consent_u8     kind;
    consent_in_t   in;
    consent_str_t  value;

    if (*pos + 2 >= cats.len) {
        return 0;
    }

    in.p = cats.data + *pos + 1;          /* '{' or ',' */
    in.end = cats.data + cats.len;

    if (consent_in_string(&in, name) != CONSENT_OK
        || in.p == in.end || *in.p++ != ':'
        || consent_in_value(&in, &value, &kind) != CONSENT_OK)
    {
        return 0;
    }

    *on = consent_str_is(value, "true");
    *pos = (size_t) (in.p - cats.data);

    return 1;
}
