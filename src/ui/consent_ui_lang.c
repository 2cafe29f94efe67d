
/*
 * Which language: BCP 47 tags, Accept-Language, and plural rules.
 */

#include "consent_ui_out.h"


/* what else our tags go by: old codes, macrolanguages, and Chinese by place
 * where no script is given */

static const struct {
    const char  *prefix;
    const char  *tag;
} consent_ui_aliases[] = {
    { "zh-hant", "zh-Hant" },
    { "zh-tw",   "zh-Hant" },
    { "zh-hk",   "zh-Hant" },
    { "zh-mo",   "zh-Hant" },
    { "yue",     "zh-Hant" },
    { "zh",      "zh-Hans" },
    { "cmn",     "zh-Hans" },
    { "no",      "nb" },
    { "nn",      "nb" },
    { "iw",      "he" },
    { "in",      "id" },
    { "sh",      "sr" },
    { "fil",     "en" }
};


/* POSIX writes "zh_TW" */

static consent_u8
consent_ui_lower(consent_u8 c)
{
    if (c == '_') {
        return '-';
    }

    return (c >= 'A' && c <= 'Z') ? (consent_u8) (c | 0x20) : c;
}


/* tag is "want", or "want-..." */

static int
consent_ui_prefix(consent_str_t tag, const consent_u8 *want, size_t len)
{
    size_t  i;

    if (tag.len < len) {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if (consent_ui_lower(tag.data[i]) != consent_ui_lower(want[i])) {
            return 0;
        }
    }

    return tag.len == len || tag.data[len] == '-' || tag.data[len] == '_';
}


static int
consent_ui_lang_exact(const consent_ui_t *ui, consent_str_t tag)
{
    unsigned       i, n;
    consent_str_t  have;

    n = consent_ui_nlangs(ui);

    /* an operator's own come last, and may be longer ("de-CH") */

    for (i = n; i-- > 0; /* void */ ) {
        have = consent_ui_lang_tag(ui, (int) i);

        if (have.len == tag.len
            && consent_ui_prefix(tag, have.data, have.len))
        {
            return (int) i;
        }
    }

    return -1;
}


/* one tag: itself, then with subtags cut from its end, then by alias */

static int
consent_ui_lang_tag_match(const consent_ui_t *ui, consent_str_t tag)
{
    int            lang;
    unsigned       i;
    consent_str_t  cut, alias;

    if (tag.len == 0 || tag.len > 64) {
        return -1;
    }

    cut = tag;

    for ( ;; ) {
        lang = consent_ui_lang_exact(ui, cut);
        if (lang >= 0) {
            return lang;
        }

        while (cut.len && cut.data[cut.len - 1] != '-'
               && cut.data[cut.len - 1] != '_')
        {
            cut.len--;
        }

        if (cut.len == 0) {
            break;
        }

        cut.len--;
    }

    for (i = 0;
         i < sizeof(consent_ui_aliases) / sizeof(consent_ui_aliases[0]);
         i++)
    {
        if (consent_ui_prefix(tag,
                        (const consent_u8 *) consent_ui_aliases[i].prefix,
                        strlen(consent_ui_aliases[i].prefix)))
        {
            alias.data = (const consent_u8 *) consent_ui_aliases[i].tag;
            alias.len = strlen(consent_ui_aliases[i].tag);

            return consent_ui_lang_exact(ui, alias);
        }
    }

    return -1;
}


/* ";q=0.8" in thousandths; RFC 9110 12.4.2.  What is malformed counts as 0 */

static unsigned
consent_ui_quality(const consent_u8 *p, const consent_u8 *end)
{
    unsigned  q, scale;

    while (p < end && (*p == ' ' || *p == '\t' || *p == ';')) {
        p++;
    }

    if (p == end) {
        return 1000;
    }

    if (end - p < 3 || (*p | 0x20) != 'q' || p[1] != '=') {
        return 0;
    }

    p += 2;

    if (*p == '1') {
        return 1000;
    }

    if (*p != '0') {
        return 0;
    }

    q = 0;
    scale = 100;

    for (p += 2; p < end && *p >= '0' && *p <= '9' && scale; p++) {
        q += (unsigned) (*p - '0') * scale;
        scale /= 10;
    }

    return q;
}


int
consent_ui_lang(const consent_ui_t *ui, consent_str_t tag)
{
    int                best, lang;
    unsigned           q, best_q, items;
    consent_str_t      one;
    const consent_u8  *p, *end, *comma, *stop;

    best = -1;
    best_q = 0;
    p = tag.data;
    end = tag.data + tag.len;

    for (items = 0; p != NULL && p < end && items < 32; items++) {

        for (comma = p; comma < end && *comma != ','; comma++) {
            /* void */
        }

        while (p < comma && (*p == ' ' || *p == '\t')) {
            p++;
        }

        for (stop = p;
             stop < comma && *stop != ';' && *stop != ' ' && *stop != '\t';
             stop++)
        {
            /* void */
        }

        one.data = p;
        one.len = (size_t) (stop - p);

        q = consent_ui_quality(stop, comma);

        if (q > best_q) {
            lang = consent_ui_lang_tag_match(ui, one);

            if (lang >= 0) {
                best = lang;
                best_q = q;
            }
        }

        p = comma + 1;
    }

    return best;
}


unsigned
consent_ui_nlangs(const consent_ui_t *ui)
{
    return CONSENT_UI_NLANGS
           + (ui != NULL && ui->own != NULL
              ? consent_ui_own_nlangs(ui->own) : 0);
}


consent_str_t
consent_ui_lang_tag(const consent_ui_t *ui, int lang)
{
    if (lang >= CONSENT_UI_NLANGS && ui != NULL && ui->own != NULL
        && (unsigned) lang < consent_ui_nlangs(ui))
    {
        return consent_ui_own_tag(ui->own,
                                  (unsigned) lang - CONSENT_UI_NLANGS);
    }

    if (lang < 0 || lang >= CONSENT_UI_NLANGS) {
        lang = 0;
    }

    return consent_ui_langs[lang].tag;
}


int
consent_ui_lang_rtl(const consent_ui_t *ui, int lang)
{
    if (lang >= CONSENT_UI_NLANGS && ui != NULL && ui->own != NULL
        && (unsigned) lang < consent_ui_nlangs(ui))
    {
        return consent_ui_own_rtl(ui->own,
                                  (unsigned) lang - CONSENT_UI_NLANGS);
    }

    if (lang < 0 || lang >= CONSENT_UI_NLANGS) {
        lang = 0;
    }

    return (int) consent_ui_langs[lang].rtl;
}


/*
 * Plural categories of whole numbers, https://cldr.unicode.org/ (the rules
 * for cardinals), for the languages of src/ui/lang.
 */

static consent_ui_plural_e
consent_ui_plural_slavic(const consent_u8 *t, uint64_t n)
{
    unsigned  d, h;

    d = (unsigned) (n % 10);
    h = (unsigned) (n % 100);

    if (t[0] == 'c' || (t[0] == 's' && t[1] == 'k')) {          /* cs sk */
        return n == 1 ? CONSENT_UI_P_ONE
               : n >= 2 && n <= 4 ? CONSENT_UI_P_FEW : CONSENT_UI_P_OTHER;
    }

    if (t[0] == 's' && t[1] == 'l') {
        return h == 1 ? CONSENT_UI_P_ONE
               : h == 2 ? CONSENT_UI_P_TWO
               : h == 3 || h == 4 ? CONSENT_UI_P_FEW : CONSENT_UI_P_OTHER;
    }

    if (d >= 2 && d <= 4 && (h < 12 || h > 14)) {
        return CONSENT_UI_P_FEW;
    }

    if (t[0] == 'p') {                                          /* pl */
        return n == 1 ? CONSENT_UI_P_ONE : CONSENT_UI_P_MANY;
    }

    if (d == 1 && h != 11) {
        return CONSENT_UI_P_ONE;
    }

    return t[0] == 'r' || t[0] == 'u'                           /* ru uk */
           ? CONSENT_UI_P_MANY : CONSENT_UI_P_OTHER;            /* hr sr */
}


static consent_ui_plural_e
consent_ui_plural_baltic(const consent_u8 *t, uint64_t n)
{
    unsigned  d, h;

    d = (unsigned) (n % 10);
    h = (unsigned) (n % 100);

    if (t[1] == 'v') {
        return d == 0 || (h >= 11 && h <= 19) ? CONSENT_UI_P_ZERO
               : d == 1 ? CONSENT_UI_P_ONE : CONSENT_UI_P_OTHER;
    }

    if (h >= 11 && h <= 19) {
        return CONSENT_UI_P_OTHER;
    }

    return d == 1 ? CONSENT_UI_P_ONE
           : d >= 2 ? CONSENT_UI_P_FEW : CONSENT_UI_P_OTHER;
}


static consent_ui_plural_e
consent_ui_plural_many(const consent_u8 *t, uint64_t n)
{
    unsigned  h;

    h = (unsigned) (n % 100);

    switch (t[0]) {

    case 'a':                                                   /* ar */
        return n == 0 ? CONSENT_UI_P_ZERO
               : n == 1 ? CONSENT_UI_P_ONE
               : n == 2 ? CONSENT_UI_P_TWO
               : h >= 3 && h <= 10 ? CONSENT_UI_P_FEW
               : h >= 11 ? CONSENT_UI_P_MANY : CONSENT_UI_P_OTHER;

    case 'g':                                                   /* ga */
        return n == 1 ? CONSENT_UI_P_ONE
               : n == 2 ? CONSENT_UI_P_TWO
               : n >= 3 && n <= 6 ? CONSENT_UI_P_FEW
               : n >= 7 && n <= 10 ? CONSENT_UI_P_MANY : CONSENT_UI_P_OTHER;

    case 'm':                                                   /* mt */
        return n == 1 ? CONSENT_UI_P_ONE
               : n == 2 ? CONSENT_UI_P_TWO
               : n == 0 || (h >= 3 && h <= 10) ? CONSENT_UI_P_FEW
               : h >= 11 && h <= 19 ? CONSENT_UI_P_MANY : CONSENT_UI_P_OTHER;

    default:                                                    /* ro */
        return n == 1 ? CONSENT_UI_P_ONE
               : n == 0 || (h >= 1 && h <= 19) ? CONSENT_UI_P_FEW
               : CONSENT_UI_P_OTHER;
    }
}


consent_ui_plural_e
consent_ui_plural(consent_str_t tag, uint64_t n)
{
    const consent_u8  *t;

    t = tag.data;

    if (tag.len < 2) {
        return n == 1 ? CONSENT_UI_P_ONE : CONSENT_UI_P_OTHER;
    }

#define consent_ui_tag(a, b)  (((a) << 8) | (b))

    switch (consent_ui_tag(t[0], t[1])) {

    case consent_ui_tag('i', 'd'):
    case consent_ui_tag('j', 'a'):
    case consent_ui_tag('k', 'o'):
    case consent_ui_tag('t', 'h'):
    case consent_ui_tag('v', 'i'):
    case consent_ui_tag('z', 'h'):
        return CONSENT_UI_P_OTHER;

    case consent_ui_tag('f', 'r'):
    case consent_ui_tag('h', 'i'):
    case consent_ui_tag('p', 't'):
        return n <= 1 ? CONSENT_UI_P_ONE : CONSENT_UI_P_OTHER;

    case consent_ui_tag('i', 's'):
        return n % 10 == 1 && n % 100 != 11
               ? CONSENT_UI_P_ONE : CONSENT_UI_P_OTHER;

    case consent_ui_tag('h', 'e'):
        return n == 1 ? CONSENT_UI_P_ONE
               : n == 2 ? CONSENT_UI_P_TWO : CONSENT_UI_P_OTHER;

    case consent_ui_tag('c', 's'):
    case consent_ui_tag('h', 'r'):
    case consent_ui_tag('p', 'l'):
    case consent_ui_tag('r', 'u'):
    case consent_ui_tag('s', 'k'):
    case consent_ui_tag('s', 'l'):
    case consent_ui_tag('s', 'r'):
    case consent_ui_tag('u', 'k'):
        return consent_ui_plural_slavic(t, n);

    case consent_ui_tag('l', 't'):
    case consent_ui_tag('l', 'v'):
        return consent_ui_plural_baltic(t, n);

    case consent_ui_tag('a', 'r'):
    case consent_ui_tag('g', 'a'):
    case consent_ui_tag('m', 't'):
    case consent_ui_tag('r', 'o'):
        return consent_ui_plural_many(t, n);

    default:
        return n == 1 ? CONSENT_UI_P_ONE : CONSENT_UI_P_OTHER;
    }

#undef consent_ui_tag
}
