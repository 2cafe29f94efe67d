
/*
 * The ground that the renderers stand on: writing, escaping, texts with
 * placeholders, assets by name.
 */

#include "consent_ui_out.h"
#include "consent_cookie.h"


static int consent_ui_bare(consent_u8 c);


static const consent_str_t  consent_ui_category_names[] = {
    consent_string("necessary"),
    consent_string("functional"),
    consent_string("analytics"),
    consent_string("marketing")
};


void
consent_ui_out_init(consent_ui_out_t *o, consent_u8 *dst,
    const consent_ui_t *ui, const consent_ui_ctx_t *ctx, int utf8)
{
    o->p = dst;
    o->n = 0;
    o->ui = ui;
    o->ctx = ctx;
    o->utf8 = utf8 || ctx->utf8;
    o->value = 0;
}


void
consent_ui_put(consent_ui_out_t *o, const void *data, size_t len)
{
    size_t             i;
    const consent_u8  *p;

    if (o->value) {
        p = data;
        o->value = 0;

        for (i = 0; i < len; i++) {
            if (consent_ui_bare(p[i])) {
                consent_ui_put(o, p + i, 1);

            } else {
                consent_ui_lit(o, "&#");
                consent_ui_number(o, p[i]);
                consent_ui_lit(o, ";");
            }
        }

        o->value = 1;
        return;
    }

    if (o->p != NULL && len != 0) {
        memcpy(o->p + o->n, data, len);
    }

    o->n += len;
}


/* what ends no value, and begins no reference, wherever it stands */

static int
consent_ui_bare(consent_u8 c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9')
           || c == '/' || c == '.' || c == '-' || c == '_' || c == ':';
}


void
consent_ui_number(consent_ui_out_t *o, uint64_t n)
{
    size_t      i;
    consent_u8  buf[20];

    i = sizeof(buf);

    do {
        buf[--i] = (consent_u8) ('0' + n % 10);
        n /= 10;
    } while (n);

    consent_ui_put(o, buf + i, sizeof(buf) - i);
}


/* one character of UTF-8; U+FFFD and one byte for what is none */

static uint32_t
consent_ui_decode(const consent_u8 *p, size_t len, size_t *used)
{
    size_t    i, n;
    uint32_t  c, min;

    *used = 1;

    if (p[0] < 0x80) {
        return p[0];
    }

    if (p[0] >= 0xc2 && p[0] < 0xe0) {
        n = 2; c = p[0] & 0x1f; min = 0x80;

    } else if (p[0] >= 0xe0 && p[0] < 0xf0) {
        n = 3; c = p[0] & 0x0f; min = 0x800;

    } else if (p[0] >= 0xf0 && p[0] < 0xf5) {
        n = 4; c = p[0] & 0x07; min = 0x10000;

    } else {
        return 0xfffd;
    }

    if (len < n) {
        return 0xfffd;
    }

    for (i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0xfffd;
        }

        c = (c << 6) | (p[i] & 0x3f);
    }

    if (c < min || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
        return 0xfffd;
    }

    *used = n;

    return c;
}


/* "&#N;" */

static void
consent_ui_ref(consent_ui_out_t *o, uint32_t c)
{
    size_t      i;
    consent_u8  buf[10];

    i = sizeof(buf);
    buf[--i] = ';';

    do {
        buf[--i] = (consent_u8) ('0' + c % 10);
        c /= 10;
    } while (c);

    buf[--i] = '#';
    buf[--i] = '&';

    consent_ui_put(o, buf + i, sizeof(buf) - i);
}


/* what stays as it is */

static int
consent_ui_plain(consent_u8 c)
{
    return c >= 0x20 && c < 0x7f && c != '<' && c != '>' && c != '&'
           && c != '"' && c != '\'';
}


/* pages are written for each visitor: plain runs go out in one piece */

void
consent_ui_esc(consent_ui_out_t *o, consent_str_t s)
{
    size_t    i, run, used;
    uint32_t  c;

    for (i = 0; i < s.len; i += used) {

        for (run = i; run < s.len && consent_ui_plain(s.data[run]); run++) {
            /* void */
        }

        if (run > i) {
            consent_ui_put(o, s.data + i, run - i);
            used = run - i;
            continue;
        }

        c = consent_ui_decode(s.data + i, s.len - i, &used);

        switch (c) {

        case '<':
            consent_ui_lit(o, "&lt;");
            break;

        case '>':
            consent_ui_lit(o, "&gt;");
            break;

        case '&':
            consent_ui_lit(o, "&amp;");
            break;

        case '"':
            consent_ui_lit(o, "&#34;");
            break;

        default:
            if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
                consent_ui_lit(o, " ");

            } else if (o->utf8 && used > 1) {
                consent_ui_put(o, s.data + i, used);

            } else {
                consent_ui_ref(o, c);
            }
        }
    }
}


/* one of our texts; 1: the operator's own, not yet escaped */

static int
consent_ui_text(const consent_ui_out_t *o, consent_ui_text_e key,
    consent_str_t *s)
{
    int  lang;

    lang = o->ctx->lang;

    if (o->ui->own != NULL) {
        *s = consent_ui_own_text(o->ui, lang, consent_ui_keys[key]);
        if (s->len) {
            return 1;
        }
    }

    if (lang < 0 || lang >= CONSENT_UI_NLANGS) {
        lang = 0;
    }

    *s = consent_ui_langs[lang].text[key];

    return 0;
}


static void
consent_ui_part(consent_ui_out_t *o, consent_str_t s, int own)
{
    if (own) {
        consent_ui_esc(o, s);

    } else {
        consent_ui_str(o, s);
    }
}


/* title and description: the operator's for this language, else by
 * consent_category, else ours, else the name */

void
consent_ui_category(consent_ui_out_t *o, unsigned category, int title)
{
    unsigned                      i;
    consent_u8                    buf[128];
    consent_str_t                 s, key;
    const consent_ui_category_t  *cat;

    cat = &o->ui->category[category];

    if (o->ui->own != NULL && cat->name.len + 6 <= sizeof(buf)) {
        memcpy(buf, cat->name.data, cat->name.len);
        memcpy(buf + cat->name.len, title ? "_title" : "_text", title ? 6 : 5);

        key.data = buf;
        key.len = cat->name.len + (title ? 6 : 5);

        s = consent_ui_own_text(o->ui, o->ctx->lang, key);
        if (s.len) {
            consent_ui_esc(o, s);
            return;
        }
    }

    s = title ? cat->title : cat->description;
    if (s.len) {
        consent_ui_esc(o, s);
        return;
    }

    for (i = 0; i < 4; i++) {
        if (cat->name.len == consent_ui_category_names[i].len
            && memcmp(cat->name.data, consent_ui_category_names[i].data,
                      cat->name.len) == 0)
        {
            consent_ui_say(o, (consent_ui_text_e)
                              (CONSENT_UI_T_NECESSARY_TITLE + 2 * i
                               + (title ? 0 : 1)), NULL);
            return;
        }
    }

    if (title) {
        consent_ui_esc(o, cat->name);
    }
}


static void
consent_ui_purposes(consent_ui_out_t *o, consent_mask_t mask)
{
    unsigned  i, n;

    n = 0;

    for (i = 1; i < o->ui->ncategories; i++) {

        if (!(mask & consent_bit(i))) {
            continue;
        }

        if (n++) {
            consent_ui_say(o, CONSENT_UI_T_LIST, NULL);
        }

        consent_ui_category(o, i, 1);
    }
}


void
consent_ui_days(consent_ui_out_t *o, uint64_t n)
{
    int            lang;
    size_t         i;
    consent_str_t  s, head, tail;

    lang = o->ctx->lang;
    if (lang < 0 || lang >= CONSENT_UI_NLANGS) {
        lang = 0;
    }

    s = consent_ui_langs[lang].days[
                         consent_ui_plural(consent_ui_langs[lang].tag, n)];

    for (i = 0; i + 3 <= s.len; i++) {
        if (memcmp(s.data + i, "{n}", 3) == 0) {
            head.data = s.data;
            head.len = i;
            tail.data = s.data + i + 3;
            tail.len = s.len - i - 3;

            consent_ui_str(o, head);
            consent_ui_number(o, n);
            consent_ui_str(o, tail);
            return;
        }
    }

    consent_ui_str(o, s);
}


static void
consent_ui_placeholder(consent_ui_out_t *o, consent_str_t name,
    const consent_ui_args_t *args)
{
    int                own;
    consent_str_t      s;
    consent_ui_text_e  key;

#define consent_ui_is(s)                                                      \
    (name.len == sizeof(s) - 1 && memcmp(name.data, s, sizeof(s) - 1) == 0)

    if (consent_ui_is("time")) {
        consent_ui_days(o, o->ui->max_age > 0
                           ? (uint64_t) o->ui->max_age / 86400 : 0);
        return;
    }

    if (consent_ui_is("purposes")) {
        if (args != NULL) {
            consent_ui_purposes(o, args->purposes);
        }
        return;
    }

    if (consent_ui_is("host")) {
        if (args != NULL) {
            consent_ui_lit(o, "<bdi>");
            consent_ui_esc(o, args->host);
            consent_ui_lit(o, "</bdi>");
        }
        return;
    }

    if (consent_ui_is("who")) {
        consent_ui_esc(o, o->ui->controller);
        return;
    }

    if (consent_ui_is("choices")) {
        key = CONSENT_UI_T_CHOICES;

    } else if (consent_ui_is("accept")) {
        key = o->ctx->state->mode == CONSENT_MODE_OPT_IN
              ? CONSENT_UI_T_ACCEPT : CONSENT_UI_T_OK;

    } else {
        return;
    }

#undef consent_ui_is

    own = consent_ui_text(o, key, &s);
    consent_ui_part(o, s, own);
}


void
consent_ui_say(consent_ui_out_t *o, consent_ui_text_e key,
    const consent_ui_args_t *args)
{
    int                own;
    consent_str_t      s, part;
    const consent_u8  *p, *end, *open, *close;

    own = consent_ui_text(o, key, &s);

    p = s.data;
    end = s.data + s.len;

    for ( ;; ) {
        open = memchr(p, '{', (size_t) (end - p));
        close = open != NULL ? memchr(open, '}', (size_t) (end - open))
                             : NULL;

        part.data = p;
        part.len = (size_t) ((close != NULL ? open : end) - p);
        consent_ui_part(o, part, own);

        if (close == NULL) {
            return;
        }

        part.data = open + 1;
        part.len = (size_t) (close - open - 1);
        consent_ui_placeholder(o, part, args);

        p = close + 1;
    }
}


void
consent_ui_lang_attrs(consent_ui_out_t *o)
{
    consent_ui_lit(o, " lang=\"");
    consent_ui_esc(o, consent_ui_lang_tag(o->ui, o->ctx->lang));

    if (consent_ui_lang_rtl(o->ui, o->ctx->lang)) {
        consent_ui_lit(o, "\" dir=\"rtl\"");

    } else {
        consent_ui_lit(o, "\" dir=\"ltr\"");
    }
}


void
consent_ui_url(consent_ui_out_t *o, consent_str_t name)
{
    consent_ui_esc(o, o->ctx->origin);
    consent_ui_esc(o, o->ui->endpoint);
    consent_ui_esc(o, name);
}


void
consent_ui_asset_url(consent_ui_out_t *o, const consent_ui_asset_t *asset)
{
    consent_ui_url(o, asset->file);
}


const consent_ui_asset_t *
consent_ui_asset(consent_str_t file)
{
    unsigned                   i;
    const consent_ui_asset_t  *a;

    for (i = 0; i < CONSENT_UI_NASSETS; i++) {
        a = &consent_ui_assets[i];

        if (file.len && a->file.len == file.len
            && memcmp(a->file.data, file.data, file.len) == 0)
        {
            return a;
        }
    }

    return NULL;
}


int
consent_ui_asset_make(consent_ui_asset_t *asset, const consent_alloc_t *alloc,
    const char *stem, const char *ext, const char *type,
    consent_str_t content)
{
    char        *p;
    size_t       i, n, size;
    consent_u8   md[32];

    static const char  hex[] = "0123456789abcdef";

    if (consent_sha256(content.data, content.len, md) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    memset(asset, 0, sizeof(consent_ui_asset_t));

    n = strlen(stem);
    size = n + 1 + 16 + 1 + strlen(ext) + 1;

    p = alloc->alloc(alloc->ctx, size);
    if (p == NULL) {
        return CONSENT_ERROR;
    }

    asset->file.data = (consent_u8 *) p;
    asset->file.len = size - 1;

    memcpy(p, stem, n);
    p += n;
    *p++ = '-';

    for (i = 0; i < 8; i++) {
        *p++ = hex[md[i] >> 4];
        *p++ = hex[md[i] & 15];
    }

    *p++ = '.';
    memcpy(p, ext, strlen(ext) + 1);

    asset->type.data = (const consent_u8 *) type;
    asset->type.len = strlen(type);
    asset->raw = content;

    return CONSENT_OK;
}
