
/*
 * Tables of consent_rewrite_quick.c: two tags in one place would not compile.
 */

#include "consent_rewrite_quick_table.h"
#include "consent_html_scan.h"

#define QUICK_KEY(a, b, c, d, e, f, g, h)                                     \
    ((uint64_t) (a) | (uint64_t) (b) << 8 | (uint64_t) (c) << 16              \
     | (uint64_t) (d) << 24 | (uint64_t) (e) << 32 | (uint64_t) (f) << 40     \
     | (uint64_t) (g) << 48 | (uint64_t) (h) << 56)

#define T(a, b, c, d, e, f, g, h, id, cls)                                    \
    [quick_slot(QUICK_KEY(a, b, c, d, e, f, g, h))]                           \
        = { QUICK_KEY(a, b, c, d, e, f, g, h), CONSENT_TAG_##id, cls }

const quick_tag_t  consent_rw_quick_tags[256] = {
    T('a', 'd', 'd', 'r', 'e', 's', 's', 0, ADDRESS,
      QUICK_BLOCK),
    T('a', 'r', 't', 'i', 'c', 'l', 'e', 0, ARTICLE,
      QUICK_BLOCK),
    T('a', 's', 'i', 'd', 'e', 0, 0, 0, ASIDE,
      QUICK_BLOCK),
    T('c', 'e', 'n', 't', 'e', 'r', 0, 0, CENTER,
      QUICK_BLOCK),
    T('d', 'e', 't', 'a', 'i', 'l', 's', 0, DETAILS,
      QUICK_BLOCK),
    T('d', 'i', 'v', 0, 0, 0, 0, 0, DIV,
      QUICK_BLOCK),
    T('d', 'l', 0, 0, 0, 0, 0, 0, DL,
      QUICK_BLOCK),
    T('f', 'i', 'e', 'l', 'd', 's', 'e', 't', FIELDSET,
      QUICK_BLOCK),
    T('f', 'i', 'g', 'u', 'r', 'e', 0, 0, FIGURE,
      QUICK_BLOCK),
    T('f', 'o', 'o', 't', 'e', 'r', 0, 0, FOOTER,
      QUICK_BLOCK),
    T('h', 'e', 'a', 'd', 'e', 'r', 0, 0, HEADER,
      QUICK_BLOCK),
    T('m', 'a', 'i', 'n', 0, 0, 0, 0, MAIN,
      QUICK_BLOCK),
    T('o', 'l', 0, 0, 0, 0, 0, 0, OL,
      QUICK_BLOCK),
    T('u', 'l', 0, 0, 0, 0, 0, 0, UL,
      QUICK_BLOCK),
    T('s', 'u', 'm', 'm', 'a', 'r', 'y', 0, SUMMARY,
      QUICK_BLOCK),
    T('s', 'e', 'c', 't', 'i', 'o', 'n', 0, SECTION,
      QUICK_PLACE),
    T('n', 'a', 'v', 0, 0, 0, 0, 0, NAV,
      QUICK_PLACE),
    T('p', 0, 0, 0, 0, 0, 0, 0, P,
      QUICK_P),
    T('l', 'i', 0, 0, 0, 0, 0, 0, LI,
      QUICK_ITEM),
    T('d', 'd', 0, 0, 0, 0, 0, 0, DD,
      QUICK_ITEM),
    T('d', 't', 0, 0, 0, 0, 0, 0, DT,
      QUICK_ITEM),
    T('h', '1', 0, 0, 0, 0, 0, 0, H1,
      QUICK_HEADING),
    T('h', '2', 0, 0, 0, 0, 0, 0, H2,
      QUICK_HEADING),
    T('h', '3', 0, 0, 0, 0, 0, 0, H3,
      QUICK_HEADING),
    T('h', '4', 0, 0, 0, 0, 0, 0, H4,
      QUICK_HEADING),
    T('h', '5', 0, 0, 0, 0, 0, 0, H5,
      QUICK_HEADING),
    T('h', '6', 0, 0, 0, 0, 0, 0, H6,
      QUICK_HEADING),
    T('a', 0, 0, 0, 0, 0, 0, 0, A,
      QUICK_FORMAT),
    T('b', 0, 0, 0, 0, 0, 0, 0, B,
      QUICK_FORMAT),
    T('b', 'i', 'g', 0, 0, 0, 0, 0, BIG,
      QUICK_FORMAT),
    T('c', 'o', 'd', 'e', 0, 0, 0, 0, CODE,
      QUICK_FORMAT),
    T('e', 'm', 0, 0, 0, 0, 0, 0, EM,
      QUICK_FORMAT),
    T('f', 'o', 'n', 't', 0, 0, 0, 0, FONT,
      QUICK_FORMAT),
    T('i', 0, 0, 0, 0, 0, 0, 0, I,
      QUICK_FORMAT),
    T('s', 0, 0, 0, 0, 0, 0, 0, S,
      QUICK_FORMAT),
    T('s', 'm', 'a', 'l', 'l', 0, 0, 0, SMALL,
      QUICK_FORMAT),
    T('s', 't', 'r', 'i', 'k', 'e', 0, 0, STRIKE,
      QUICK_FORMAT),
    T('s', 't', 'r', 'o', 'n', 'g', 0, 0, STRONG,
      QUICK_FORMAT),
    T('t', 't', 0, 0, 0, 0, 0, 0, TT,
      QUICK_FORMAT),
    T('u', 0, 0, 0, 0, 0, 0, 0, U,
      QUICK_FORMAT),
    T('s', 'p', 'a', 'n', 0, 0, 0, 0, SPAN,
      QUICK_OTHER),
    T('s', 'u', 'b', 0, 0, 0, 0, 0, SUB,
      QUICK_OTHER),
    T('s', 'u', 'p', 0, 0, 0, 0, 0, SUP,
      QUICK_OTHER),
    T('v', 'a', 'r', 0, 0, 0, 0, 0, VAR,
      QUICK_OTHER),
    T('p', 'i', 'c', 't', 'u', 'r', 'e', 0, PICTURE,
      QUICK_OTHER),
    T('b', 'r', 0, 0, 0, 0, 0, 0, BR,
      QUICK_VOID),
    T('i', 'm', 'g', 0, 0, 0, 0, 0, IMG,
      QUICK_VOID),
    T('w', 'b', 'r', 0, 0, 0, 0, 0, WBR,
      QUICK_VOID),
    T('a', 'r', 'e', 'a', 0, 0, 0, 0, AREA,
      QUICK_VOID),
    T('s', 'o', 'u', 'r', 'c', 'e', 0, 0, SOURCE,
      QUICK_NONE),
    T('t', 'a', 'b', 'l', 'e', 0, 0, 0, TABLE,
      QUICK_TREE),
    T('t', 'b', 'o', 'd', 'y', 0, 0, 0, TBODY,
      QUICK_TREE),
    T('t', 'h', 'e', 'a', 'd', 0, 0, 0, THEAD,
      QUICK_TREE),
    T('t', 'f', 'o', 'o', 't', 0, 0, 0, TFOOT,
      QUICK_TREE),
    T('t', 'r', 0, 0, 0, 0, 0, 0, TR,
      QUICK_TREE),
    T('t', 'd', 0, 0, 0, 0, 0, 0, TD,
      QUICK_TREE),
    T('t', 'h', 0, 0, 0, 0, 0, 0, TH,
      QUICK_TREE),
    T('b', 'u', 't', 't', 'o', 'n', 0, 0, BUTTON,
      QUICK_TREE),
    T('s', 'e', 'l', 'e', 'c', 't', 0, 0, SELECT,
      QUICK_TREE),
    T('o', 'p', 't', 'i', 'o', 'n', 0, 0, OPTION,
      QUICK_TREE),
    T('o', 'p', 't', 'g', 'r', 'o', 'u', 'p', OPTGROUP,
      QUICK_TREE),
    T('h', 'r', 0, 0, 0, 0, 0, 0, HR,
      QUICK_TREE),
    T('f', 'o', 'r', 'm', 0, 0, 0, 0, FORM,
      QUICK_TREE)
};

#undef T

#define B(c)  { c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c }

const consent_u8  consent_rw_quick_bytes[5][16] = {
    B('<'), B('>'), B('/'), B(' '), B('=')
};

#undef B

/*
 * Attributes that matter on none of these: a link leads somewhere, it does
 * not load.  consent_rewrite_attr.c has what the others mean.
 */

static const uint8_t  quick_skip[256] = {
    [CONSENT_ATTR_HREF] = 1, [CONSENT_ATTR_XLINK_HREF] = 1,
    [CONSENT_ATTR_CONTENT] = 1, [CONSENT_ATTR_LANGUAGE] = 1,
    [CONSENT_ATTR_REL] = 1, [CONSENT_ATTR_AS] = 1,
    [CONSENT_ATTR_HTTP_EQUIV] = 1, [CONSENT_ATTR_ENCODING] = 1,
    [CONSENT_ATTR_COLOR] = 1, [CONSENT_ATTR_FACE] = 1,
    [CONSENT_ATTR_SIZE] = 1, [CONSENT_ATTR_FOR] = 1,
    [CONSENT_ATTR_NONCE] = 1, [CONSENT_ATTR_LANG] = 1,
    [CONSENT_ATTR_TYPE] = 1, [CONSENT_ATTR_DATA_TYPE] = 1,
    [CONSENT_ATTR_DATA_SRC] = 1, [CONSENT_ATTR_DATA_CATEGORY] = 1,
    [CONSENT_ATTR_ID] = 1, [CONSENT_ATTR_CHARSET] = 1,
    [CONSENT_ATTR_AMP] = 1
};

#define L(c)  (1u << ((c) & 31))

const uint32_t  consent_rw_quick_names[24] = {
    0, 0,
    L('t')|L('b'),                                      /* to, by */
    L('o')|L('s'),                                      /* on*, src */
    L('o')|L('p')|L('f')|L('m')|L('d')|L('c'),
    L('o')|L('s'),                                      /* style */
    L('o')|L('s')|L('f')|L('m')|L('c')|L('p')|L('l')|L('d')|L('v')|L('a'),
    L('o')|L('a')|L('c'),
    L('o')|L('c')|L('m')|L('l'),
    L('o')|L('c'),                                      /* clip-path */
    L('o')|L('b')|L('m')|L('f'),                        /* background */
    L('o')|L('i'),
    L('o')|L('m')|L('d'),                               /* data-consent */
    L('o')|L('a'),
    L('o')|L('a')|L('b')|L('s'),                        /* attributionsrc */
    L('o'), L('o'), L('o'), L('o'), L('o'), L('o'), L('o'), L('o'), L('o')
};

int
consent_rw_quick_keep(consent_html_tokenizer_t *t,
    const consent_html_attr_t *attr, const consent_u8 *tag)
{
    size_t             i, len;
    unsigned           id;
    uint8_t            bit;
    uint32_t           hash;
    const consent_u8  *p, *end, *name;

    name = tag + attr->name;
    len = attr->name_len;
    hash = 0;

    for (i = 0; i < len; i++) {
        hash = hash * 31 + consent_html_lower[name[i]];
    }

    id = consent_html_attr_find(hash, len);

    if (len > 2 && (name[0] | 0x20) == 'o' && (name[1] | 0x20) == 'n') {
        id = CONSENT_ATTR_ON;
    }

    switch (id) {

    case CONSENT_ATTR_UNKNOWN:
        return 1;

    case CONSENT_ATTR_STYLE:
    case CONSENT_ATTR_FILL:
    case CONSENT_ATTR_STROKE:

        /* as consent_rw_css_attr() */

        p = tag + attr->value;
        end = p + attr->value_len;

        bit = (id == CONSENT_ATTR_STYLE) ? 1
              : (id == CONSENT_ATTR_FILL) ? 2 : 4;

        if (consent_scan_either(p, end, '(', '&') == end) {
            t->count |= bit;
            return 1;
        }

        if (t->count & bit) {

            /* not the first of its name */

            return 1;
        }

        break;

    default:
        if (quick_skip[id]) {
            return 1;
        }
    }

    if (t->nattrs + 1 == CONSENT_HTML_ATTRS) {
        return 0;
    }

    t->attrs[t->nattrs] = *attr;
    t->attrs[t->nattrs++].id = (uint8_t) id;

    return 1;
}
