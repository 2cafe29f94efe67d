
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
#define QUICK_ROOM  (QUICK_NAME + 4)

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
    QUICK_NONE                   /* nothing happens */
} quick_e;

static const uint8_t  quick_tags[256] = {
    [CONSENT_TAG_UNKNOWN] = QUICK_OTHER,

    [CONSENT_TAG_ADDRESS] = QUICK_BLOCK, [CONSENT_TAG_ARTICLE] = QUICK_BLOCK,
    [CONSENT_TAG_ASIDE] = QUICK_BLOCK, [CONSENT_TAG_BLOCKQUOTE] = QUICK_BLOCK,
    [CONSENT_TAG_CENTER] = QUICK_BLOCK, [CONSENT_TAG_DETAILS] = QUICK_BLOCK,
    [CONSENT_TAG_DIV] = QUICK_BLOCK, [CONSENT_TAG_DL] = QUICK_BLOCK,
    [CONSENT_TAG_FIELDSET] = QUICK_BLOCK,
    [CONSENT_TAG_FIGCAPTION] = QUICK_BLOCK,
    [CONSENT_TAG_FIGURE] = QUICK_BLOCK, [CONSENT_TAG_FOOTER] = QUICK_BLOCK,
    [CONSENT_TAG_HEADER] = QUICK_BLOCK, [CONSENT_TAG_MAIN] = QUICK_BLOCK,
    [CONSENT_TAG_OL] = QUICK_BLOCK, [CONSENT_TAG_UL] = QUICK_BLOCK,
    [CONSENT_TAG_SUMMARY] = QUICK_BLOCK,

    [CONSENT_TAG_SECTION] = QUICK_PLACE, [CONSENT_TAG_NAV] = QUICK_PLACE,

    [CONSENT_TAG_P] = QUICK_P,

    [CONSENT_TAG_LI] = QUICK_ITEM, [CONSENT_TAG_DD] = QUICK_ITEM,
    [CONSENT_TAG_DT] = QUICK_ITEM,

    [CONSENT_TAG_H1] = QUICK_HEADING, [CONSENT_TAG_H2] = QUICK_HEADING,
    [CONSENT_TAG_H3] = QUICK_HEADING, [CONSENT_TAG_H4] = QUICK_HEADING,
    [CONSENT_TAG_H5] = QUICK_HEADING, [CONSENT_TAG_H6] = QUICK_HEADING,

    [CONSENT_TAG_A] = QUICK_FORMAT, [CONSENT_TAG_B] = QUICK_FORMAT,
    [CONSENT_TAG_BIG] = QUICK_FORMAT, [CONSENT_TAG_CODE] = QUICK_FORMAT,
    [CONSENT_TAG_EM] = QUICK_FORMAT, [CONSENT_TAG_FONT] = QUICK_FORMAT,
    [CONSENT_TAG_I] = QUICK_FORMAT, [CONSENT_TAG_S] = QUICK_FORMAT,
    [CONSENT_TAG_SMALL] = QUICK_FORMAT, [CONSENT_TAG_STRIKE] = QUICK_FORMAT,
    [CONSENT_TAG_STRONG] = QUICK_FORMAT, [CONSENT_TAG_TT] = QUICK_FORMAT,
    [CONSENT_TAG_U] = QUICK_FORMAT,

    [CONSENT_TAG_SPAN] = QUICK_OTHER, [CONSENT_TAG_SUB] = QUICK_OTHER,
    [CONSENT_TAG_SUP] = QUICK_OTHER, [CONSENT_TAG_VAR] = QUICK_OTHER,
    [CONSENT_TAG_PICTURE] = QUICK_OTHER,

    [CONSENT_TAG_BR] = QUICK_VOID, [CONSENT_TAG_IMG] = QUICK_VOID,
    [CONSENT_TAG_WBR] = QUICK_VOID, [CONSENT_TAG_AREA] = QUICK_VOID,

    [CONSENT_TAG_SOURCE] = QUICK_NONE
};

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
    [CONSENT_ATTR_DATA_SRC] = 1, [CONSENT_ATTR_DATA_HREF] = 1,
    [CONSENT_ATTR_DATA_CATEGORY] = 1, [CONSENT_ATTR_ID] = 1,
    [CONSENT_ATTR_NAME] = 1, [CONSENT_ATTR_VALUE] = 1,
    [CONSENT_ATTR_ASYNC] = 1, [CONSENT_ATTR_DEFER] = 1,
    [CONSENT_ATTR_ICON] = 1, [CONSENT_ATTR_EVENT] = 1
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

        if (consent_scan_either(p, end, '(', '&') == end) {
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


/*
 * The attributes of a start tag, from behind its name to behind its ">";
 * NULL if that is not before "stop", or too much.  The states are those of
 * next_tag() in consent_html_tokenizer.c.
 */

static const consent_u8 *
quick_attrs(consent_html_tokenizer_t *t, const consent_u8 *tag,
    const consent_u8 *q, const consent_u8 *stop, int keep)
{
    size_t                len;
    consent_u8            c;
    const consent_u8     *name, *value;
    consent_html_attr_t   attr;

    attr.open = 0;

    for ( ;; ) {

        if (q == stop) {
            return NULL;
        }

        c = *q;

        if (c <= '>') {

            if (c == '>') {
                return q + 1;
            }

            if (quick_space(c)) {
                q++;
                continue;
            }

            if (c == '/') {
                q++;

                if (q < stop && *q == '>') {
                    t->self_closing = 1;
                    return q + 1;
                }

                continue;
            }
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
            continue;
        }

        do {
            q++;

            if (q == stop) {
                return NULL;
            }

            c = *q;

        } while (quick_space(c));

        if (c == '"' || c == '\'') {
            value = q + 1;
            q = consent_scan_byte(value, stop, c);

            if (q == stop) {
                return NULL;
            }

            attr.quote = c;
            attr.value_len = (uint32_t) (q - value);
            q++;

        } else {
            value = q;

            while (q < stop && *q != '>' && !quick_space(*q)) {
                q++;
            }

            attr.quote = 0;
            attr.value_len = (uint32_t) (q - value);
        }

        if (keep && (len < 24 ? quick_names[len] >> (*name & 31) & 1
                              : (*name | 0x20) == 'o'))
        {
            if (len > UINT16_MAX) {
                return NULL;
            }

            attr.name = (uint32_t) (name - tag);
            attr.name_len = (uint16_t) len;
            attr.value = (uint32_t) (value - tag);
            attr.assigned = 1;

            if (!quick_keep(t, &attr, tag)) {
                return NULL;
            }
        }
    }
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
    uint32_t  top;

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
            || (entry == CONSENT_TAG_A
                && consent_tree_format_find(tree, entry) >= 0))
        {
            return 0;
        }

        tree->stack[tree->depth++] = entry;
        consent_tree_format(tree, entry);
        return 1;

    default:
        return 1;
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
        f = &tree->formats[tree->nformats - 1];

        if (tree->nformats == 0 || f->entry != entry
            || f->at != (int32_t) tree->depth - 1)
        {
            return 0;
        }

        tree->nformats--;
        break;

    case QUICK_VOID:
    case QUICK_NONE:
        return 0;
    }

    tree->depth--;

    return 1;
}


/* the name at p, which ends within QUICK_NAME bytes; 0: it does not */

static inline size_t
quick_name(const consent_u8 *p, unsigned *id, uint32_t *hash)
{
    size_t      n;
    uint32_t    h;
    consent_u8  c;

    h = 0;

    for (n = 0; n < QUICK_NAME; n++) {
        c = p[n];

        if (c == '>' || c == '/' || quick_space(c)) {
            *hash = h;
            *id = consent_html_tag_find(h, n);

            if (*id && !consent_html_name_is(p, n,
                                             consent_html_tags[*id].name))
            {
                *id = 0;
            }

            return n;
        }

        h = h * 31 + consent_html_lower[c];
    }

    return 0;
}


/* may this machine go the quick way? */

static int
quick_may(const consent_rewrite_t *cr, const consent_machine_t *m)
{
    const consent_tree_t  *tree;

    tree = &m->tree;

    return cr->nmachines == 1 && m->tok.state == CONSENT_HTML_S_DATA
           && !m->tok.xml && m->inl.kind == CONSENT_INLINE_NONE
           && !cr->banner_wait && m->tok.raw[0] == '\0'
           && (m->readers & CONSENT_READ_JS) && !m->tok.parting
           && tree->mode >= CONSENT_TREE_IN_BODY
           && tree->mode <= CONSENT_TREE_IN_CELL
           && tree->mode != CONSENT_TREE_IN_COLGROUP
           && !tree->foreign && !tree->lost && tree->depth > 1;
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


int
consent_rw_quick(consent_rewrite_t *cr)
{
    int                        rc, done, end_tag;
    size_t                     n;
    unsigned                   id, cls, mode, flags;
    uint32_t                   hash, entry, attrs;
    consent_tree_t            *tree;
    const consent_u8          *p, *q, *end, *stop, *name;
    consent_machine_t         *m;
    consent_html_tokenizer_t  *t;

    m = cr->machines[0];

    if (!quick_may(cr, m)) {
        return CONSENT_OK;
    }

    t = &m->tok;
    tree = &m->tree;
    mode = tree->mode;
    rc = CONSENT_OK;

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

        if ((unsigned) ((*name | 0x20) - 'a') >= 26) {
            break;
        }

        n = quick_name(name, &id, &hash);

        if (n == 0) {
            break;
        }

        cls = quick_tags[id];

        if (cls == QUICK_NO) {
            break;
        }

        entry = consent_tree_entry(id, hash);

        if (end_tag) {

            if (name[n] != '>') {
                break;
            }

            q = name + n + 1;
            done = quick_end(tree, cls, entry);
            t->nattrs = 0;

        } else {

            if (cls == QUICK_PLACE && name[n] != '>') {
                break;
            }

            stop = ((size_t) (end - p) < t->limit) ? end : p + t->limit - 1;
            t->nattrs = 0;
            t->self_closing = 0;

            q = name + n;
            q = (*q == '>') ? q + 1
                            : quick_attrs(t, p, q, stop, cr->conf->gate);

            if (q == NULL) {
                break;
            }

            if (cls == QUICK_FORMAT) {
                tree->attrs = consent_scan_hash(name + n, (size_t)
                                                (q - 1 - name - n));
            }

            tree->flags = t->self_closing ? CONSENT_TAG_SELF_CLOSING : 0;
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
            t->mark = cr->chunk_pos + (uint64_t) (p - cr->chunk);
            t->pos = cr->chunk_pos + (uint64_t) (q - cr->chunk);
            t->end_tag = 0;
            t->parted = 0;

            rc = quick_element(cr, m, id, p, n, hash);

            if (rc != CONSENT_OK) {
                return rc;
            }
        }

        p = q;

        if (tree->mode != mode || tree->lost || tree->depth < 2
            || cr->nedits > 8)
        {
            break;
        }
    }

    t->pos = cr->chunk_pos + (uint64_t) (p - cr->chunk);
    t->nattrs = 0;
    t->want_text = consent_tree_wants_text(tree);
    m->part_id = 0xff;

    return rc;
}
