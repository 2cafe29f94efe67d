
/*
 * Tags: what one means to each reader, and what of it is written anew.
 */

#include "consent_rewrite_int.h"


static int rw_old_differs(unsigned id);
static int rw_read_tag(consent_rewrite_t *cr, consent_tag_t *tag);
static unsigned rw_flags(consent_rewrite_t *cr, const consent_tag_t *tag);
static int rw_settle(consent_rewrite_t *cr, consent_tag_t *tag);


/* what tree construction wants to know of a start tag's attributes */

static unsigned
rw_flags(consent_rewrite_t *cr, const consent_tag_t *tag)
{
    unsigned                    flags;
    consent_str_t               v;
    const consent_html_attr_t  *a;

    flags = tag->m->tok.self_closing ? CONSENT_TAG_SELF_CLOSING : 0;

    switch (tag->id) {

    case CONSENT_TAG_FONT:
        if (consent_rw_attr(tag, CONSENT_ATTR_COLOR)
            || consent_rw_attr(tag, CONSENT_ATTR_FACE)
            || consent_rw_attr(tag, CONSENT_ATTR_SIZE))
        {
            flags |= CONSENT_TAG_FONT_ATTRS;
        }

        break;

    case CONSENT_TAG_INPUT:
        a = consent_rw_attr(tag, CONSENT_ATTR_TYPE);

        if (a) {
            v = consent_rw_decode(cr, tag->p + a->value, a->value_len);

            if (consent_html_name_is(v.data, v.len, "hidden")) {
                flags |= CONSENT_TAG_HIDDEN;
            }
        }

        break;

    case CONSENT_TAG_ANNOTATION_XML:
        a = consent_rw_attr(tag, CONSENT_ATTR_ENCODING);

        if (a) {
            v = consent_rw_decode(cr, tag->p + a->value, a->value_len);

            if (consent_html_name_is(v.data, v.len, "text/html")
                || consent_html_name_is(v.data, v.len,
                                        "application/xhtml+xml"))
            {
                flags |= CONSENT_TAG_HTML_POINT;
            }
        }

        break;

    case CONSENT_TAG_TEMPLATE:
        a = consent_rw_attr(tag, CONSENT_ATTR_SHADOWROOTMODE);

        if (a) {
            v = consent_rw_decode(cr, tag->p + a->value, a->value_len);

            if (consent_html_name_is(v.data, v.len, "open")
                || consent_html_name_is(v.data, v.len, "closed"))
            {
                flags |= CONSENT_TAG_LIVE;
            }
        }

        if (consent_rw_attr(tag, CONSENT_ATTR_FOR)) {
            flags |= CONSENT_TAG_LIVE;
        }

        break;
    }

    return flags;
}


/* how the scanner, to whom all is HTML, reads what follows */

static consent_html_state_e
rw_scan_state(unsigned id, int scripting)
{
    switch (id) {

    case CONSENT_TAG_TITLE:
    case CONSENT_TAG_TEXTAREA:
        return CONSENT_HTML_S_RCDATA;

    case CONSENT_TAG_STYLE:
    case CONSENT_TAG_XMP:
    case CONSENT_TAG_IFRAME:
    case CONSENT_TAG_NOEMBED:
    case CONSENT_TAG_NOFRAMES:
        return CONSENT_HTML_S_RAWTEXT;

    case CONSENT_TAG_NOSCRIPT:
        return scripting ? CONSENT_HTML_S_RAWTEXT : CONSENT_HTML_S_DATA;

    case CONSENT_TAG_SCRIPT:
        return CONSENT_HTML_S_SCRIPT;

    case CONSENT_TAG_PLAINTEXT:
        return CONSENT_HTML_S_PLAINTEXT;
    }

    return CONSENT_HTML_S_DATA;
}


/*
 * Where readers part: at <noscript> those with scripting and without, and in
 * <select> those of old at what they ignore and others read as raw text or
 * as SVG.
 */

int
consent_rw_start_tag(consent_rewrite_t *cr, consent_machine_t *m,
    consent_tag_t *tag)
{
    unsigned            n, i;
    consent_machine_t  *part[3];

    n = 1;
    part[0] = m;

    if (m->tree.selects && (m->readers & CONSENT_READ_OLD)
        && !m->tree.old_select && rw_old_differs(tag->id))
    {
        if (m->readers & CONSENT_READ_TREE & ~(unsigned) CONSENT_READ_OLD) {
            m = consent_rw_fork(cr, m, CONSENT_READ_OLD);

            if (m == NULL) {
                return CONSENT_ERROR;
            }

            part[n++] = m;
        }

        consent_tree_old_select(&m->tree);
        m = part[0];
    }

    if (tag->id == CONSENT_TAG_NOSCRIPT
        && (m->readers & CONSENT_READ_NOJS)
        && consent_rw_scripting(m->readers)
        && !(consent_tree_foreign(&m->tree)
             && !consent_tree_point(consent_tree_top(&m->tree))))
    {
        m = consent_rw_fork(cr, m, m->readers & (CONSENT_READ_NOJS
                                         |CONSENT_READ_SCAN_NOJS));

        if (m == NULL) {
            return CONSENT_ERROR;
        }

        part[n++] = m;
    }

    for (i = 0; i < n; i++) {
        tag->m = part[i];

        if (rw_read_tag(cr, tag) != CONSENT_OK) {
            return CONSENT_ERROR;
        }
    }

    return CONSENT_OK;
}


static int
rw_old_differs(unsigned id)
{
    switch (id) {

    case CONSENT_TAG_TITLE:
    case CONSENT_TAG_STYLE:
    case CONSENT_TAG_XMP:
    case CONSENT_TAG_IFRAME:
    case CONSENT_TAG_NOEMBED:
    case CONSENT_TAG_NOFRAMES:
    case CONSENT_TAG_NOSCRIPT:
    case CONSENT_TAG_PLAINTEXT:
    case CONSENT_TAG_SVG:
    case CONSENT_TAG_MATH:
        return 1;
    }

    return 0;
}


static int
rw_read_tag(consent_rewrite_t *cr, consent_tag_t *tag)
{
    size_t                 i, n;
    unsigned               flags, seen, mode, inert, templates, foreign;
    uint32_t               attrs;
    consent_machine_t     *m, *g;
    consent_html_state_e   state, scan;

    m = tag->m;
    flags = 0;

    if (m->tok.nattrs || m->tok.self_closing) {
        flags = rw_flags(cr, tag);
    }

    attrs = 0;

    if (consent_html_tags[tag->id].flags & CONSENT_TAG_F_FORMAT) {
        i = m->tok.parted ? 0 : 1 + m->tok.name_len;
        n = (size_t) (m->tok.pos - m->tok.mark) - 1;
        attrs = consent_rw_attrs(tag->id, tag->p + i, (n > i) ? n - i : 0);
    }

    if (m->readers & CONSENT_READ_JS) {
        consent_rw_place_before(cr, m, tag, 0);

        if (cr->banner_wait
            && consent_rw_place_banner(cr, tag) != CONSENT_OK)
        {
            return CONSENT_ERROR;
        }
    }

    if (m->tok.xml) {
        tag->live = m->readers;
        tag->foreign = 0;

        if (cr->conf->gate && consent_rw_element(cr, tag) != CONSENT_OK) {
            return CONSENT_ERROR;
        }

        m->part_id = 0xff;
        m->tree.depth += !m->tok.self_closing;

        return cr->conf->gate ? consent_rw_inline_start(cr, tag)
                              : CONSENT_OK;
    }

    foreign = 0;
    state = CONSENT_HTML_S_DATA;
    inert = m->tree.inert;
    templates = m->templates;

    if (m->readers & CONSENT_READ_TREE) {
        seen = m->tree.seen;
        mode = m->tree.mode;

        state = consent_tree_start(&m->tree, tag->id, tag->hash, flags,
                                   attrs);

        if (m->tree.error
            || (m->tree.unsure && rw_settle(cr, tag) != CONSENT_OK))
        {
            return CONSENT_ERROR;
        }

        m->tok.want_text = consent_tree_wants_text(&m->tree);

        if (m->inl.kind
            && consent_rw_inline_popped(cr, m, tag->mark) != CONSENT_OK)
        {
            return CONSENT_ERROR;
        }

        foreign = (state == CONSENT_HTML_S_DATA)
                  && consent_tree_foreign(&m->tree);

        if ((m->readers & CONSENT_READ_JS)
            && (m->tree.seen != seen || m->tree.mode != mode
                || tag->id == CONSENT_TAG_BODY))
        {
            if (consent_rw_place_after(cr, m, seen, mode, tag->mark,
                                       m->tok.pos, tag, 0)
                != CONSENT_OK)
            {
                return CONSENT_ERROR;
            }
        }
    }

    tag->live = m->readers;
    tag->foreign = foreign;

    if (inert) {
        tag->live &= ~(unsigned) CONSENT_READ_TREE;
    }

    if (templates) {
        tag->live &= ~(unsigned) CONSENT_READ_SCANNERS;
    }

    /* where all may load, what the page itself keeps inert until then */

    if (tag->live && (cr->conf->gate || tag->id == CONSENT_TAG_SCRIPT)) {
        if (consent_rw_element(cr, tag) != CONSENT_OK) {
            return CONSENT_ERROR;
        }
    }

    m->part_id = 0xff;

    /* the scanners' reading of it */

    g = NULL;

    if (m->readers & CONSENT_READ_SCANNERS) {

        if (tag->id == CONSENT_TAG_TEMPLATE && !(flags & CONSENT_TAG_LIVE)
            && m->templates < 0xffff)
        {
            m->templates++;
        }

        scan = rw_scan_state(tag->id, m->readers & CONSENT_READ_SCAN);

        if (tag->id == CONSENT_TAG_NOSCRIPT
            && (m->readers & CONSENT_READ_SCANNERS) == CONSENT_READ_SCANNERS)
        {
            g = consent_rw_fork(cr, m, CONSENT_READ_SCAN_NOJS);

            if (g == NULL) {
                return CONSENT_ERROR;
            }

            g->part_id = 0xff;
            consent_html_content(&g->tok, CONSENT_HTML_S_DATA, "");
        }

        if (!(m->readers & CONSENT_READ_TREE)) {
            state = scan;

        } else if (scan != state) {
            g = consent_rw_fork(cr, m, m->readers & CONSENT_READ_SCANNERS);

            if (g == NULL) {
                return CONSENT_ERROR;
            }

            g->part_id = 0xff;
            consent_html_content(&g->tok, scan,
                                 consent_html_tags[tag->id].name);

            /* it alone may see a style sheet there */

            if (cr->conf->gate && tag->id == CONSENT_TAG_STYLE
                && (tag->live & CONSENT_READ_SCANNERS))
            {
                tag->m = g;

                if (consent_rw_inline_start(cr, tag) != CONSENT_OK) {
                    return CONSENT_ERROR;
                }

                tag->m = m;
            }
        }
    }

    consent_html_content(&m->tok, state, (state == CONSENT_HTML_S_DATA)
                                       ? "" : consent_html_tags[tag->id].name);

    if (cr->conf->gate && tag->live
        && consent_rw_inline_start(cr, tag) != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    return CONSENT_OK;
}


/*
 * Elements nest deeper than is remembered, and so it is not known if this
 * stands in SVG or MathML: whether what follows is text, a comment or markup.
 * Behind a <b> it does not, wherever it stood.
 */

static int
rw_settle(consent_rewrite_t *cr, consent_tag_t *tag)
{
    consent_machine_t        *m;
    consent_verdict_t         v;
    static const consent_u8   end[] = "<b></b>";

    m = tag->m;

    m->tree.unsure = 0;
    consent_tree_leave_foreign(&m->tree);

    if (cr->nest) {

        /* of a document in an attribute nothing is written anew */

        return (consent_rw_limit(cr, tag, NULL, CONSENT_TYPE_DOCUMENT, &v) < 0)
               ? CONSENT_ERROR : CONSENT_OK;
    }

    if (!cr->conf->gate || cr->conf->report || tag->bare) {
        return CONSENT_OK;
    }

    return consent_rw_edit(cr, m->tok.pos, CONSENT_ORDER_PLACE, end,
                           sizeof(end) - 1);
}


int
consent_rw_end_tag(consent_rewrite_t *cr, consent_machine_t *m,
    consent_tag_t *tag)
{
    unsigned  seen, mode;

    m->part_id = 0xff;
    cr->written = 0;

    if (m->inl.kind == CONSENT_INLINE_SCRIPT
        || m->inl.kind == CONSENT_INLINE_STYLE)
    {
        /* raw text: no other end tag is one */

        if (consent_rw_inline_end(cr, m, tag->mark) != CONSENT_OK) {
            return CONSENT_ERROR;
        }
    }

    if (m->tok.xml) {
        m->tree.depth -= (m->tree.depth > 0);

        return consent_rw_inline_popped(cr, m, tag->mark);
    }

    if (m->readers & CONSENT_READ_JS) {
        if (cr->banner_wait
            && consent_rw_place_banner(cr, NULL) != CONSENT_OK)
        {
            return CONSENT_ERROR;
        }
    }

    if ((m->readers & CONSENT_READ_SCANNERS)
        && tag->id == CONSENT_TAG_TEMPLATE && m->templates)
    {
        m->templates--;
    }

    if (!(m->readers & CONSENT_READ_TREE)) {
        return CONSENT_OK;
    }

    /* raw text elements were never pushed */

    if (m->tok.raw[0] != '\0') {
        m->tok.raw = "";

        return cr->written ? consent_rw_write(cr, m, cr->written)
                           : CONSENT_OK;
    }

    seen = m->tree.seen;
    mode = m->tree.mode;

    consent_tree_end(&m->tree, tag->id, tag->hash);

    if (m->tree.error
        || (m->tree.unsure && rw_settle(cr, tag) != CONSENT_OK))
    {
        return CONSENT_ERROR;
    }

    m->tok.want_text = consent_tree_wants_text(&m->tree);

    if (m->inl.kind
        && consent_rw_inline_popped(cr, m, tag->mark) != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    if ((m->readers & CONSENT_READ_JS)
        && (m->tree.seen != seen || m->tree.mode != mode)
        && consent_rw_place_after(cr, m, seen, mode, tag->mark,
                                  m->tok.pos, tag, 1)
           != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    /* by a script in SVG, which has run now */

    return cr->written ? consent_rw_write(cr, m, cr->written) : CONSENT_OK;
}
