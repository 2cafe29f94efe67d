
/*
 * Labels, byte order marks, and the prescan for <meta charset>.
 * https://encoding.spec.whatwg.org/#names-and-labels
 * https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding
 */

#include <errno.h>
#include <iconv.h>

#include "consent_charset.h"
#include "consent_html_names.h"

/* an attribute as the prescan reads it: cut, but no name of ours is longer */

typedef struct {
    size_t      name_len;
    size_t      value_len;
    consent_u8  name[16];
    consent_u8  value[64];
} charset_attr_t;

static const consent_charset_t *charset_meta(const consent_u8 *p,
    const consent_u8 *end, const consent_u8 **next);
static const consent_u8 *charset_attr(const consent_u8 *p,
    const consent_u8 *end, charset_attr_t *a);
static const consent_charset_t *charset_prescan(const consent_u8 *p,
    const consent_u8 *end);
static const consent_charset_t *charset_xml(const consent_u8 *p,
    const consent_u8 *end);


/* what decodes to nothing but U+FFFD, "replacement", loads nothing */

static const consent_charset_t  charsets[] = {
    { "UTF-8", 0, 0,
      "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 "
      "x-unicode20utf8" },
    { "CP1252", 0, 0,
      "windows-1252 iso-8859-1 latin1 ascii us-ascii ansi_x3.4-1968 cp1252 "
      "cp819 csisolatin1 ibm819 iso-ir-100 iso8859-1 iso88591 iso_8859-1 "
      "iso_8859-1:1987 l1 x-cp1252 x-user-defined" },
    { "CP1250", 0, 0, "windows-1250 cp1250 x-cp1250" },
    { "CP1251", 0, 0, "windows-1251 cp1251 x-cp1251" },
    { "CP1253", 0, 0, "windows-1253 cp1253 x-cp1253" },
    { "CP1254", 0, 0,
      "windows-1254 cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 "
      "iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 x-cp1254" },
    { "CP1255", 0, 0, "windows-1255 cp1255 x-cp1255" },
    { "CP1256", 0, 0, "windows-1256 cp1256 x-cp1256" },
    { "CP1257", 0, 0, "windows-1257 cp1257 x-cp1257" },
    { "CP1258", 0, 0, "windows-1258 cp1258 x-cp1258" },
    { "CP874", 0, 0,
      "windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620" },
    { "ISO-8859-2", 0, 0,
      "iso-8859-2 csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 "
      "iso_8859-2:1987 l2 latin2" },
    { "ISO-8859-3", 0, 0,
      "iso-8859-3 csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 "
      "iso_8859-3:1988 l3 latin3" },
    { "ISO-8859-4", 0, 0,
      "iso-8859-4 csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 "
      "iso_8859-4:1988 l4 latin4" },
    { "ISO-8859-5", 0, 0,
      "iso-8859-5 csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 "
      "iso_8859-5 iso_8859-5:1988" },
    { "ISO-8859-6", 0, 0,
      "iso-8859-6 arabic asmo-708 csiso88596e csiso88596i csisolatinarabic "
      "ecma-114 iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 "
      "iso_8859-6 iso_8859-6:1987" },
    { "ISO-8859-7", 0, 0,
      "iso-8859-7 csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 "
      "iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek" },
    { "ISO-8859-8", 0, 0,
      "iso-8859-8 csiso88598e csisolatinhebrew hebrew iso-8859-8-e "
      "iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual "
      "csiso88598i iso-8859-8-i logical" },
    { "ISO-8859-10", 0, 0,
      "iso-8859-10 csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6" },
    { "ISO-8859-13", 0, 0, "iso-8859-13 iso8859-13 iso885913" },
    { "ISO-8859-14", 0, 0, "iso-8859-14 iso8859-14 iso885914" },
    { "ISO-8859-15", 0, 0,
      "iso-8859-15 csisolatin9 iso8859-15 iso885915 iso_8859-15 l9" },
    { "ISO-8859-16", 0, 0, "iso-8859-16" },
    { "IBM866", 0, 0, "ibm866 866 cp866 csibm866" },
    { "KOI8-R", 0, 0, "koi8-r cskoi8r koi koi8 koi8_r" },
    { "KOI8-U", 0, 0, "koi8-u koi8-ru" },
    { "MACINTOSH", 0, 0, "macintosh csmacintosh mac x-mac-roman" },
    { "MAC-CYRILLIC", 0, 0, "x-mac-cyrillic x-mac-ukrainian" },
    { "GB18030", 2, 0,
      "gbk chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 "
      "iso-ir-58 x-gbk gb18030" },
    { "BIG5-HKSCS", 2, 0, "big5 big5-hkscs cn-big5 csbig5 x-x-big5" },
    { "EUC-JP-MS", 0, 0, "euc-jp cseucpkdfmtjapanese x-euc-jp" },
    { "CP932", 1, 0,
      "shift_jis csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis" },
    { "CP949", 2, 0,
      "euc-kr cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 "
      "ks_c_5601-1989 ksc5601 ksc_5601 windows-949" },
    { "UTF-16BE", 0, 2, "utf-16be unicodefffe" },
    { "UTF-16LE", 0, 2,
      "utf-16le utf-16 csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff" },
    { "ISO-2022-JP", 0, 1, "iso-2022-jp csiso2022jp" },
    { NULL, 0, 0,
      "replacement csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext "
      "iso-2022-kr" }
};

#define CHARSETS   (sizeof(charsets) / sizeof(charsets[0]))

#define is_space(c)                                                           \
    ((c) == ' ' || (c) == '\t' || (c) == '\n' || (c) == '\f' || (c) == '\r')
#define is_alpha(c)  ((unsigned) (((c) | 0x20) - 'a') < 26)


const consent_charset_t *
consent_charset_find(const consent_u8 *label, size_t len)
{
    size_t       i, n;
    const char  *p;

    while (len && is_space(label[0])) {
        label++;
        len--;
    }

    while (len && is_space(label[len - 1])) {
        len--;
    }

    for (i = 0; len && i < CHARSETS; i++) {

        for (p = charsets[i].labels; *p; p += n + (p[n] == ' ')) {
            n = strcspn(p, " ");

            if (n != len) {
                continue;
            }

            for (n = 0; n < len && consent_html_lower[label[n]]
                                   == (consent_u8) p[n]; n++)
            {
                /* void */
            }

            if (n == len) {
                return &charsets[i];
            }

            n = len;
        }
    }

    return NULL;
}


/* "extract a character encoding from a meta element" */

const consent_charset_t *
consent_charset_content(const consent_u8 *p, size_t len)
{
    size_t             n;
    consent_u8         quote;
    const consent_u8  *end;

    end = p + len;

    for ( ;; ) {

        while (end - p >= 7 && !consent_html_name_is(p, 7, "charset")) {
            p++;
        }

        if (end - p < 7) {
            return NULL;
        }

        for (p += 7; p < end && is_space(*p); p++) { /* void */ }

        if (p < end && *p == '=') {
            break;
        }
    }

    for (p++; p < end && is_space(*p); p++) { /* void */ }

    if (p == end) {
        return NULL;
    }

    if (*p == '"' || *p == '\'') {
        quote = *p++;

        for (n = 0; p + n < end && p[n] != quote; n++) { /* void */ }

        return (p + n < end) ? consent_charset_find(p, n) : NULL;
    }

    for (n = 0; p + n < end && p[n] != ';' && !is_space(p[n]); n++) {
        /* void */
    }

    return consent_charset_find(p, n);
}


consent_charset_source_e
consent_charset_sniff(const consent_u8 *p, size_t len, int last,
    const consent_charset_t *header, const consent_charset_t **found)
{
    size_t  i;

    *found = header;

    if (len == 0 && !last) {
        return CONSENT_CHARSET_MORE;
    }

    if (len && (p[0] == 0xff || p[0] == 0xfe)) {

        if (len == 1 && !last) {
            return CONSENT_CHARSET_MORE;
        }

        if (len > 1 && p[1] == (p[0] == 0xff ? 0xfe : 0xff)) {
            *found = consent_charset_find((const consent_u8 *) "utf-16", 6);
            return CONSENT_CHARSET_MARK;
        }

    } else if (len && p[0] == 0xef) {

        if (len < 3 && !last && (len == 1 || p[1] == 0xbb)) {
            return CONSENT_CHARSET_MORE;
        }

        if (len >= 3 && p[1] == 0xbb && p[2] == 0xbf) {
            *found = &charsets[0];
            return CONSENT_CHARSET_MARK;
        }
    }

    if (header) {
        return CONSENT_CHARSET_HEADER;
    }

    if (len > CONSENT_CHARSET_PRESCAN) {
        len = CONSENT_CHARSET_PRESCAN;
    }

    *found = charset_xml(p, p + len);

    if (*found == NULL) {
        *found = charset_prescan(p, p + len);
    }

    if (*found) {
        return CONSENT_CHARSET_META;
    }

    if (len < CONSENT_CHARSET_PRESCAN && !last) {
        return CONSENT_CHARSET_MORE;
    }

    /* then some browsers guess: what shifts to another set of characters,
     * as ISO-2022-JP does, is taken for it */

    for (i = 0; i + 1 < len; i++) {
        if (p[i] == 0x1b && (p[i + 1] == '$' || p[i + 1] == '(')) {
            *found = consent_charset_find((const consent_u8 *) "iso-2022-jp",
                                          11);
            return CONSENT_CHARSET_META;
        }
    }

    return CONSENT_CHARSET_NONE;
}


/* "get an XML encoding"; two-byte forms of "<?x" are UTF-16 */

static const consent_charset_t *
charset_xml(const consent_u8 *p, const consent_u8 *end)
{
    size_t                    n;
    const consent_u8         *q, *gt;
    const consent_charset_t  *c;

    if (end - p >= 6 && (memcmp(p, "<\0?\0x\0", 6) == 0
                         || memcmp(p, "\0<\0?\0x", 6) == 0))
    {
        return consent_charset_find((const consent_u8 *) "utf-16", 6);
    }

    if (end - p < 5 || memcmp(p, "<?xml", 5) != 0) {
        return NULL;
    }

    gt = memchr(p, '>', (size_t) (end - p));

    if (gt == NULL) {
        return NULL;
    }

    for (q = p + 5; gt - q >= 8 && memcmp(q, "encoding", 8) != 0; q++) {
        /* void */
    }

    if (gt - q < 8) {
        return NULL;
    }

    for (q += 8; q < gt && *q <= ' '; q++) { /* void */ }

    if (q == gt || *q != '=') {
        return NULL;
    }

    for (q++; q < gt && *q <= ' '; q++) { /* void */ }

    if (q == gt || (*q != '"' && *q != '\'')) {
        return NULL;
    }

    for (n = 1; q + n < gt && q[n] != q[0]; n++) { /* void */ }

    if (q + n == gt) {
        return NULL;
    }

    c = consent_charset_find(q + 1, n - 1);

    return (c && c->closed == 2) ? &charsets[0] : c;
}


static const consent_charset_t *
charset_prescan(const consent_u8 *p, const consent_u8 *end)
{
    charset_attr_t            a;
    const consent_u8         *q;
    const consent_charset_t  *c;

    for ( ;; ) {

        p = (p < end) ? memchr(p, '<', (size_t) (end - p)) : NULL;

        if (p == NULL || end - p < 2) {
            return NULL;
        }

        if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {

            /* the dashes that begin it may end it */

            for (q = p + 2; end - q >= 3 && memcmp(q, "-->", 3) != 0; q++) {
                /* void */
            }

            if (end - q < 3) {
                return NULL;
            }

            p = q + 3;
            continue;
        }

        if (end - p >= 6 && consent_html_name_is(p + 1, 4, "meta")
            && (is_space(p[5]) || p[5] == '/'))
        {
            c = charset_meta(p + 5, end, &p);

            if (c) {
                return c;
            }

            continue;
        }

        q = p + 1;

        if (*q == '/') {
            q++;
        }

        if (q < end && is_alpha(*q)) {
            while (q < end && !is_space(*q) && *q != '>') {
                q++;
            }

            while (q && q < end) {
                p = q;
                q = charset_attr(q, end, &a);
            }

            if (q) {
                return NULL;
            }

            continue;
        }

        if (p[1] == '!' || p[1] == '/' || p[1] == '?') {
            p = memchr(p, '>', (size_t) (end - p));

            if (p == NULL) {
                return NULL;
            }
        }

        p++;
    }
}


static const consent_charset_t *
charset_meta(const consent_u8 *p, const consent_u8 *end,
    const consent_u8 **next)
{
    int                       pragma, need, seen;
    charset_attr_t            a;
    const consent_u8         *q;
    const consent_charset_t  *c, *charset;

    pragma = 0;
    need = -1;
    seen = 0;
    charset = NULL;
    *next = p;

    for (q = p; q && q < end; /* void */ ) {
        *next = q;
        q = charset_attr(q, end, &a);

        if (q == NULL) {
            break;
        }

        if (!(seen & 1)
            && consent_html_name_is(a.name, a.name_len, "http-equiv"))
        {
            seen |= 1;
            pragma = consent_html_name_is(a.value, a.value_len,
                                          "content-type");

        } else if (!(seen & 2)
                   && consent_html_name_is(a.name, a.name_len, "content"))
        {
            seen |= 2;
            c = consent_charset_content(a.value, a.value_len);

            if (c && charset == NULL) {
                charset = c;
                need = 1;
            }

        } else if (!(seen & 4)
                   && consent_html_name_is(a.name, a.name_len, "charset"))
        {
            seen |= 4;
            charset = consent_charset_find(a.value, a.value_len);
            need = 0;
        }
    }

    if (q) {

        /* not all there: what is in it is no tag of its own */

        *next = end;
        return NULL;
    }

    if (need == -1 || (need && !pragma) || charset == NULL) {
        return NULL;
    }

    /* UTF-16 could not have said so */

    return (charset->closed == 2) ? &charsets[0] : charset;
}


/*
 * "get an attribute": what follows it, or NULL if there was none.  What is
 * not all there is at the end.
 */

static const consent_u8 *
charset_attr(const consent_u8 *p, const consent_u8 *end, charset_attr_t *a)
{
    consent_u8  quote;

    a->name_len = 0;
    a->value_len = 0;

    while (p < end && (is_space(*p) || *p == '/')) {
        p++;
    }

    if (p == end) {
        return end;
    }

    if (*p == '>') {
        return NULL;
    }

    do {
        if (a->name_len < sizeof(a->name)) {
            a->name[a->name_len++] = *p;
        }

        p++;

    } while (p < end && !is_space(*p) && *p != '/' && *p != '>' && *p != '=');

    while (p < end && is_space(*p)) {
        p++;
    }

    if (p == end || *p != '=') {
        return p;
    }

    for (p++; p < end && is_space(*p); p++) { /* void */ }

    if (p == end || *p == '>') {
        return p;
    }

    quote = (*p == '"' || *p == '\'') ? *p++ : 0;

    while (p < end && (quote ? *p != quote : (!is_space(*p) && *p != '>'))) {
        if (a->value_len < sizeof(a->value)) {
            a->value[a->value_len++] = *p;
        }

        p++;
    }

    return (p < end && quote) ? p + 1 : p;
}


const consent_charset_t *
consent_charset_utf8(void)
{
    return &charsets[0];
}


const consent_charset_t *
consent_charset_guess(unsigned i)
{
    static const char *const  labels[] = {
        "windows-1252", "shift_jis", "gb18030", "euc-jp", "euc-kr", "big5"
    };

    if (i >= sizeof(labels) / sizeof(labels[0])) {
        return NULL;
    }

    return consent_charset_find((const consent_u8 *) labels[i],
                                strlen(labels[i]));
}


size_t
consent_charset_decode(const consent_charset_t *charset, const consent_u8 *in,
    size_t len, consent_u8 *out, size_t size, int *memory)
{
    char     *from, *to;
    size_t    left, room;
    iconv_t   cd;

    if (charset == NULL || charset->iconv == NULL) {
        return 0;
    }

    cd = iconv_open("UTF-8", charset->iconv);

    if (cd == (iconv_t) -1) {
        *memory |= (errno == ENOMEM);
        return 0;
    }

    from = (char *) in;
    left = len;
    to = (char *) out;
    room = size;

    while (left && iconv(cd, &from, &left, &to, &room) == (size_t) -1) {

        if (errno == E2BIG || room < 3 || left == 0) {
            break;
        }

        memcpy(to, "\xef\xbf\xbd", 3);
        to += 3;
        room -= 3;
        from++;
        left--;
    }

    (void) iconv_close(cd);

    return size - room;
}
