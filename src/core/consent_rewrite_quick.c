
/*
 * The quick way through a page.  Most tags are of elements that neither
 * change how what follows is read nor load anything: <div>, <a>, <span>.
 * While the page's readers agree and are in the body, such tags are taken
 * here whole, their attributes passed over by sixteen bytes, and the tree is
 * changed by hand where that is a push or a pop.  Whatever is not as usual,
 * and all that does not end in the piece at hand, is left to the tokenizer
 * and to rw_start_tag(), rw_end_tag(), which do the same, only slower.
 */

#include "consent_rewrite_int.h"
#include "consent_html_scan.h"

/* what a tag needs at most before its attributes: "</", a name, its end */

#define QUICK_NAME  12
#define QUICK_ROOM  18

typedef enum {
    QUICK_NO = 0,
    QUICK_BLOCK,                 /* closes a paragraph, is pushed */
    QUICK_PLACE,                 /* as it, but its id may be ours */
    QUICK_P,
    QUICK_ITEM,                  /* li, dd, dt */
    QUICK_HEADING,
    QUICK_FORMAT,
    QUICK_OTHER,                 /* "any other start tag" */
    QUICK_VOID,
    QUICK_NONE,                  /* nothing happens */
    QUICK_TREE                   /* tree construction knows */
} quick_e;

/*
 * They are found by their names as numbers, eight bytes, in a perfect hash;
 * two in one place would not compile.  A name that is not there is of an
 * element that the standard knows nothing special about, or is not for here.
 */

typedef struct {
    uint64_t  key;
    uint8_t   id;
    uint8_t   cls;
} quick_tag_t;

#define QUICK_KEY(a, b, c, d, e, f, g, h)                                     \
    ((uint64_t) (a) | (uint64_t) (b) << 8 | (uint64_t) (c) << 16              \
     | (uint64_t) (d) << 24 | (uint64_t) (e) << 32 | (uint64_t) (f) << 40     \
     | (uint64_t) (g) << 48 | (uint64_t) (h) << 56)

#define quick_slot(key)  (((key) * 0xcc5dcd5fd17f17d3u) >> 56)

#define T(a, b, c, d, e, f, g, h, id, cls)                                    \
    [quick_slot(QUICK_KEY(a, b, c, d, e, f, g, h))]                           \
        = { QUICK_KEY(a, b, c, d, e, f, g, h), CONSENT_TAG_##id, cls }

static const quick_tag_t  quick_tags[256] = {
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

/* by length and first letter: could this be the name of one that matters? */

#define L(c)  (1u << ((c) & 31))

static const uint32_t  quick_names[24] = {
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

#define quick_space(c)                                                        \
    ((c) == ' ' || (c) == '\n' || (c) == '\t' || (c) == '\r' || (c) == '\f')


/* an attribute that may matter; 0: no room for it */

static int
quick_keep(consent_html_tokenizer_t *t, const consent_html_attr_t *attr,
    const consent_u8 *tag)
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


static inline int
quick_matters(const consent_u8 *name, size_t len)
{
    return len < 24 ? quick_names[len] >> (*name & 31) & 1
                    : (*name | 0x20) == 'o';
}


/*
 * One attribute, or what is between two.  Returns where to go on, NULL if
 * that is not before "stop", or too much.  The states are those of next_tag()
 * in consent_html_tokenizer.c.
 */

static const consent_u8 *
quick_attr(consent_html_tokenizer_t *t, const consent_u8 *tag,
    const consent_u8 *q, const consent_u8 *stop, int keep)
{
    size_t                len;
    consent_u8            c;
    const consent_u8     *name, *value;
    consent_html_attr_t   attr;

    c = *q;

    if (quick_space(c) || c == '/') {
        return q + 1;
    }

    name = q;
    q = consent_scan_name(q + 1, stop);
    len = (size_t) (q - name);

    while (q < stop && quick_space(*q)) {
        q++;
    }

    if (q == stop) {
        return NULL;
    }

    if (*q != '=') {

        /* no value, but the first of its name all the same */

        if (keep && quick_matters(name, len)) {

            if (len > UINT16_MAX) {
                return NULL;
            }

            attr.name = (uint32_t) (name - tag);
            attr.name_len = (uint16_t) len;
            attr.value = attr.name;
            attr.value_len = 0;
            attr.quote = 0;
            attr.assigned = 0;
            attr.open = 0;

            if (!quick_keep(t, &attr, tag)) {
                return NULL;
            }
        }

        return q;
    }

    do {
        q++;

        if (q == stop) {
            return NULL;
        }

        c = *q;

    } while (quick_space(c));

    value = q;
    attr.quote = 0;

    if (c == '"' || c == '\'') {
        value = q + 1;
        q = consent_scan_byte(value, stop, c);

        if (q == stop) {
            return NULL;
        }

        attr.quote = c;

    } else {
        while (q < stop && *q != '>' && !quick_space(*q)) {
            q++;
        }
    }

    if (keep && quick_matters(name, len)) {

        if (len > UINT16_MAX) {
            return NULL;
        }

        attr.name = (uint32_t) (name - tag);
        attr.name_len = (uint16_t) len;
        attr.value = (uint32_t) (value - tag);
        attr.value_len = (uint32_t) (q - value);
        attr.assigned = 1;
        attr.open = 0;

        if (!quick_keep(t, &attr, tag)) {
            return NULL;
        }
    }

    return attr.quote ? q + 1 : q;
}


/* the attributes of a start tag, from behind its name to its ">", or NULL */

static inline const consent_u8 *
quick_attrs(consent_html_tokenizer_t *t, const consent_u8 *tag,
    const consent_u8 *q, const consent_u8 *stop, int keep)
{
    size_t             len;
    unsigned           n;
    consent_u8         c;
    const consent_u8  *p;

    n = 0;

    while (q < stop) {
        c = *q;

        if (++n > CONSENT_HTML_ATTRS) {

            /* the tokenizer would deal with them in parts */

            return NULL;
        }

        if (c == '>') {
            return q;
        }

        /* most are: a blank, a name, =" and what is of no interest */

        if (c == ' ' && stop - q > 32 && q[1] > '>') {

            len = consent_scan_attr(q + 2) + 1;
            p = q + 1 + len;

            if (p[0] == '=' && p[1] == '"'
                && !(keep && quick_matters(q + 1, len)))
            {
                q = consent_scan_byte(p + 2, stop, '"');

                if (q == stop) {
                    return NULL;
                }

                q++;
                continue;
            }

            q++;
        }

        q = quick_attr(t, tag, q, stop, keep);

        if (q == NULL) {
            return NULL;
        }
    }

    return NULL;
}


/* formatting elements are all open: nothing is to be reconstructed */

static inline int
quick_settled(const consent_tree_t *tree)
{
    const consent_tree_format_t  *f;

    if (tree->nformats == 0) {
        return 1;
    }

    f = &tree->formats[tree->nformats - 1];

    return f->entry == 0 || f->at >= 0;
}


/* 0: it takes more than a push */

static inline int
quick_start(consent_tree_t *tree, unsigned cls, uint32_t entry)
{
    uint32_t                top;
    consent_tree_format_t  *f;

    if (tree->depth == tree->size) {
        return 0;
    }

    top = tree->stack[tree->depth - 1];

    switch (cls) {

    case QUICK_P:
    case QUICK_BLOCK:
    case QUICK_PLACE:
        if (tree->paragraphs) {
            return 0;
        }

        tree->paragraphs += (cls == QUICK_P);
        break;

    case QUICK_ITEM:
        if (tree->paragraphs
            || (top != CONSENT_TAG_UL && top != CONSENT_TAG_OL
                && top != CONSENT_TAG_DL))
        {
            return 0;
        }

        tree->frameset_ok = 0;
        break;

    case QUICK_HEADING:
        if (tree->paragraphs
            || (top >= CONSENT_TAG_H1 && top <= CONSENT_TAG_H6))
        {
            return 0;
        }

        break;

    case QUICK_OTHER:
        if (!quick_settled(tree)) {
            return 0;
        }

        break;

    case QUICK_VOID:
        if (!quick_settled(tree)) {
            return 0;
        }

        tree->frameset_ok = 0;
        return 1;

    case QUICK_FORMAT:
        if (!quick_settled(tree)
            || (entry == CONSENT_TAG_A && tree->nformats
                && consent_tree_format_find(tree, entry) >= 0))
        {
            return 0;
        }

        tree->stack[tree->depth++] = entry;

        if (entry == CONSENT_TAG_A && tree->nformats < CONSENT_TREE_FORMATS)
        {
            /* there is no other, so none too many */

            f = &tree->formats[tree->nformats++];
            f->entry = entry;
            f->attrs = 0;
            f->at = (int32_t) tree->depth - 1;

            return 1;
        }

        consent_tree_format(tree, entry);
        return 1;

    case QUICK_NONE:
        return 1;

    default:
        return 0;
    }

    tree->stack[tree->depth++] = entry;

    return 1;
}


/* 0: it is not the end of the current node, or takes more than a pop */

static inline int
quick_end(consent_tree_t *tree, unsigned cls, uint32_t entry)
{
    consent_tree_format_t  *f;

    if (tree->stack[tree->depth - 1] != entry || tree->depth < 3) {
        return 0;
    }

    switch (cls) {

    case QUICK_P:
        tree->paragraphs--;
        break;

    case QUICK_FORMAT:
        if (tree->nformats == 0) {
            return 0;
        }

        f = &tree->formats[tree->nformats - 1];

        if (f->entry != entry || f->at != (int32_t) tree->depth - 1) {
            return 0;
        }

        tree->nformats--;
        break;

    case QUICK_VOID:
    case QUICK_NONE:
    case QUICK_TREE:
        return 0;
    }

    tree->depth--;

    if (tree->firm > tree->depth) {
        tree->firm = tree->depth;
    }

    return 1;
}


/* an element of another name: of no one that is known, or QUICK_NO */

static unsigned
quick_other(const consent_u8 *p, size_t *len, unsigned *id, uint32_t *hash)
{
    size_t      n;
    uint32_t    h;
    consent_u8  c;

    if ((unsigned) ((*p | 0x20) - 'a') >= 26) {
        return QUICK_NO;
    }

    h = 0;

    for (n = 0; n < QUICK_NAME; n++) {
        c = p[n];

        if (c == '>' || c == '/' || quick_space(c)) {
            *len = n;
            *hash = h;
            *id = CONSENT_TAG_UNKNOWN;

            return consent_html_tag_find(h, n) ? QUICK_NO : QUICK_OTHER;
        }

        h = h * 31 + consent_html_lower[c];
    }

    return QUICK_NO;
}


/* what the name at p, of which QUICK_ROOM bytes can be read, is */

static inline unsigned
quick_name(const consent_u8 *p, size_t *len, unsigned *id, uint32_t *hash)
{
    size_t              n;
    uint64_t            key;
    const quick_tag_t  *tag;

    n = consent_scan_tag(p);

    if (n - 1 < 8) {
        key = consent_scan_word(p, n) | (0x2020202020202020u >> (64 - n * 8));
        tag = &quick_tags[quick_slot(key)];

        if (tag->key == key && (p[n] > ' ' || quick_space(p[n]))) {
            *len = n;
            *id = tag->id;
            *hash = 0;

            return tag->cls;
        }
    }

    return quick_other(p, len, id, hash);
}


#define quick_mode(t)                                                         \
    ((t)->mode >= CONSENT_TREE_IN_BODY && (t)->mode <= CONSENT_TREE_IN_CELL   \
     && (t)->mode != CONSENT_TREE_IN_COLGROUP)


/* may this machine go the quick way? */

static int
quick_may(const consent_rewrite_t *cr, const consent_machine_t *m)
{
    const consent_tree_t  *tree;

    tree = &m->tree;

    return cr->nmachines == 1 && m->tok.state == CONSENT_HTML_S_DATA
           && !m->tok.xml && m->inl.kind == CONSENT_INLINE_NONE
           && !cr->banner_wait && m->tok.raw[0] == '\0' && !m->event
           && (m->readers & CONSENT_READ_JS) && !m->tok.parting
           && quick_mode(tree)
           && !tree->foreign && !tree->lost && !tree->old_select
           && tree->depth > 1;
}


static int
quick_element(consent_rewrite_t *cr, consent_machine_t *m, unsigned id,
    const consent_u8 *p, size_t n, uint32_t hash)
{
    consent_tag_t  tag;

    memset(&tag, 0, sizeof(consent_tag_t));

    tag.m = m;
    tag.p = p;
    tag.mark = m->tok.mark;
    tag.name_end = m->tok.mark + 1 + n;
    tag.id = id;
    tag.hash = hash;
    tag.live = m->readers;

    if (m->tree.inert) {
        tag.live &= ~(unsigned) CONSENT_READ_TREE;
    }

    if (m->templates) {
        tag.live &= ~(unsigned) CONSENT_READ_SCANNERS;
    }

    return tag.live ? consent_rw_element(cr, &tag) : CONSENT_OK;
}


/* behind the comment at p, of which QUICK_ROOM bytes can be read; NULL: it
 * does not end here, or is not as most are */

static const consent_u8 *
quick_comment(const consent_u8 *p, const consent_u8 *end)
{
    if (p[1] != '!' || p[2] != '-' || p[3] != '-' || p[4] == '>'
        || p[4] == '-')
    {
        return NULL;
    }

    for (p += 4; /* void */ ; p++) {
        p = consent_scan_pair(p, end, '-', '-');

        if (end - p < 3 || p[2] == '!') {
            return NULL;
        }

        if (p[2] == '>') {
            return p + 3;
        }
    }
}


int
consent_rw_quick(consent_rewrite_t *cr)
{
    int                        rc, done, end_tag, keep;
    size_t                     n;
    unsigned                   id, cls, flags;
    uint32_t                   hash, entry, attrs;
    consent_tree_t            *tree;
    const consent_u8          *p, *q, *end, *name;
    consent_machine_t         *m;
    consent_html_tokenizer_t  *t;

    m = cr->machines[0];

    if (!quick_may(cr, m)) {
        return CONSENT_OK;
    }

    t = &m->tok;
    tree = &m->tree;
    keep = cr->conf->gate;
    rc = CONSENT_OK;
    t->nattrs = 0;

    p = cr->chunk + (t->pos - cr->chunk_pos);
    end = cr->chunk + cr->chunk_len;

    for ( ;; ) {
        q = consent_scan_byte(p, end, '<');

        if (q != p && (tree->frameset_ok || !quick_settled(tree))) {
            break;
        }

        p = q;

        if (end - p < QUICK_ROOM) {
            break;
        }

        end_tag = (p[1] == '/');
        name = p + 1 + end_tag;

        cls = quick_name(name, &n, &id, &hash);

        if (cls == QUICK_NO) {
            q = cr->conf->marker ? NULL : quick_comment(p, end);

            if (q == NULL) {
                break;
            }

            p = q;
            continue;
        }

        entry = consent_tree_entry(id, hash);

        if (end_tag) {

            if (name[n] != '>') {
                break;
            }

            q = name + n + 1;
            done = quick_end(tree, cls, entry);

        } else {

            if (cls == QUICK_PLACE && name[n] != '>') {
                break;
            }

            t->count = 0;
            t->nattrs = 0;
            q = name + n;

            if (*q != '>') {
                q = quick_attrs(t, p, q, end, keep);

                if (q == NULL || (size_t) (q - p) >= t->limit) {
                    break;
                }

                tree->attrs = consent_rw_attrs(id, name + n,
                                               (size_t) (q - name) - n);

            } else {
                tree->attrs = consent_rw_attrs(id, q, 0);
            }

            tree->flags = (q[-1] == '/') ? CONSENT_TAG_SELF_CLOSING : 0;
            q++;
            done = quick_start(tree, cls, entry);
        }

        if (!done) {
            flags = tree->flags;
            attrs = tree->attrs;

            if (end_tag) {
                consent_tree_end(tree, id, hash);

            } else {
                (void) consent_tree_start(tree, id, hash, flags, attrs);
            }

            if (tree->error) {
                return CONSENT_ERROR;
            }
        }

        if (t->nattrs) {
            t->self_closing = (q[-2] == '/');
            t->mark = cr->chunk_pos + (uint64_t) (p - cr->chunk);
            t->pos = cr->chunk_pos + (uint64_t) (q - cr->chunk);
            t->end_tag = 0;
            t->parted = 0;

            rc = quick_element(cr, m, id, p, n, hash);

            if (rc != CONSENT_OK) {
                return rc;
            }
        }

        if (!done || t->nattrs) {
            t->nattrs = 0;

            if (!quick_mode(tree) || tree->lost || tree->depth < 2
                || cr->nedits > 8)
            {
                p = q;
                break;
            }
        }

        p = q;
    }

    t->pos = cr->chunk_pos + (uint64_t) (p - cr->chunk);
    t->nattrs = 0;
    t->want_text = consent_tree_wants_text(tree);
    m->part_id = 0xff;

    return rc;
}
