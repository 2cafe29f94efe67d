
/*
 * Events of the tokenizer: what a tag means to each reader, where readers
 * part, and where they meet again.
 */

#include "consent_rewrite_int.h"

static int rw_start_tag(consent_rewrite_t *cr, consent_machine_t *m,
    consent_tag_t *tag);
static int rw_old_differs(unsigned id);
static int rw_read_tag(consent_rewrite_t *cr, consent_tag_t *tag);
static int rw_end_tag(consent_rewrite_t *cr, consent_machine_t *m,
    consent_tag_t *tag);
static int rw_part(consent_rewrite_t *cr, consent_machine_t *m);
static int rw_text(consent_rewrite_t *cr, consent_machine_t *m);
static int rw_doctype(consent_rewrite_t *cr, consent_machine_t *m);
static int rw_cdata(consent_rewrite_t *cr, consent_machine_t *m);
static unsigned rw_flags(consent_rewrite_t *cr, const consent_tag_t *tag);


/* in XML, whatever the prefix: the namespace it stands for is not followed */

static unsigned
rw_local_name(const consent_u8 *p, size_t len)
{
    size_t             i;
    unsigned           id;
    uint32_t           hash;
    const consent_u8  *colon;

    colon = memchr(p, ':', len);

    if (colon) {
        len -= (size_t) (colon + 1 - p);
        p = colon + 1;
    }

    hash = 0;

    for (i = 0; i < len; i++) {
        hash = hash * 31 + consent_html_lower[p[i]];
    }

    id = consent_html_tag_find(hash, (uint32_t) len);

    return (id && consent_html_name_is(p, len, consent_html_tags[id].name))
           ? id : 0;
}


/* is this, to another machine, in the middle of a tag? */

static int
rw_in_tag(const consent_rewrite_t *cr, const consent_machine_t *m)
{
    unsigned                         i;
    const consent_html_tokenizer_t  *t;

    for (i = 0; i < cr->nmachines; i++) {
        t = &cr->machines[i]->tok;

        if (t != &m->tok && t->tag < m->tok.tag && t->pos > m->tok.tag
            && (cr->machines[i]->event == CONSENT_HTML_TAG
                || (t->state >= CONSENT_HTML_S_TAG_NAME
                    && t->state <= CONSENT_HTML_S_SELF_CLOSING)))
        {
            return 1;
        }
    }

    return 0;
}


static void
rw_tag(consent_rewrite_t *cr, consent_machine_t *m, consent_tag_t *tag,
    const consent_u8 *p)
{
    unsigned  id;

    tag->m = m;
    tag->p = p;
    tag->mark = m->tok.mark;
    tag->hash = m->tok.name_hash;
    tag->part = 0;
    tag->more = 0;
    tag->marked = 0;
    tag->nomark = 0;
    tag->foreign = 0;
    tag->script = 0;
    tag->map = 0;
    tag->live = 0;
    tag->bare = cr->nmachines > 1 && rw_in_tag(cr, m);

    if (m->tok.parted) {
        /* the name is in a part that has gone */
        tag->id = m->part_id;
        tag->name_end = m->tok.mark;
        tag->more = 1;
        return;
    }

    if (m->tok.xml) {
        tag->id = rw_local_name(p + 1 + m->tok.end_tag, m->tok.name_len);
        tag->name_end = m->tok.mark + 1 + m->tok.end_tag + m->tok.name_len;
        return;
    }

    id = consent_html_tag_find(m->tok.name_hash, m->tok.name_len);

    if (id && !consent_html_name_is(p + 1 + m->tok.end_tag, m->tok.name_len,
                                    consent_html_tags[id].name))
    {
        id = 0;
    }

    tag->id = id;
    tag->name_end = m->tok.mark + 1 + m->tok.end_tag + m->tok.name_len;
}


int
consent_rw_event(consent_rewrite_t *cr, consent_machine_t *m,
    consent_html_event_e ev)
{
    consent_tag_t      tag;
    const consent_u8  *p;

    switch (ev) {

    case CONSENT_HTML_TAG:
        p = consent_rw_view(cr, m->tok.mark,
                            (size_t) (m->tok.pos - m->tok.mark));

        if (p == NULL) {
            return CONSENT_ERROR;
        }

        rw_tag(cr, m, &tag, p);

        return m->tok.end_tag ? rw_end_tag(cr, m, &tag)
                              : rw_start_tag(cr, m, &tag);

    case CONSENT_HTML_PART:
        return rw_part(cr, m);

    case CONSENT_HTML_TEXT:
        return rw_text(cr, m);

    case CONSENT_HTML_DOCTYPE:
        return rw_doctype(cr, m);

    case CONSENT_HTML_CDATA:
        return rw_cdata(cr, m);

    case CONSENT_HTML_COMMENT:
        if ((m->readers & CONSENT_READ_JS) && cr->banner_wait) {
            if (consent_rw_place_banner(cr, NULL) != CONSENT_OK) {
                return CONSENT_ERROR;
            }
        }

        if (cr->conf->marker && (m->readers & CONSENT_READ_JS)) {
            return consent_rw_place_marker(cr, m);
        }

        return CONSENT_OK;

    default:
        return CONSENT_OK;
    }
}


static int
rw_text(consent_rewrite_t *cr, consent_machine_t *m)
{
    size_t                i, n;
    unsigned              seen, mode;
    uint64_t              start;
    const consent_u8     *p;
    consent_tree_text_e   kind, k;

    n = m->tok.text_start;
    start = m->tok.pos - n;
    p = consent_rw_view(cr, start, n);

    if (p == NULL) {
        return CONSENT_ERROR;
    }

    if (cr->banner_wait && (m->readers & CONSENT_READ_JS)) {
        if (consent_rw_place_banner(cr, NULL) != CONSENT_OK) {
            return CONSENT_ERROR;
        }
    }

    if (!(m->readers & CONSENT_READ_TREE)) {
        return CONSENT_OK;
    }

    /* at most three kinds matter, and each but once */

    kind = CONSENT_TEXT_OTHER + 1;

    for (i = 0; i < n; i++) {

        switch (p[i]) {
        case '\t':
        case '\n':
        case '\f':
        case '\r':
        case ' ':
            k = CONSENT_TEXT_SPACE;
            break;

        case '\0':
            k = CONSENT_TEXT_NUL;
            break;

        default:
            k = CONSENT_TEXT_OTHER;
        }

        if (k == kind) {
            continue;
        }

        kind = k;
        seen = m->tree.seen;
        mode = m->tree.mode;

        consent_tree_text(&m->tree, kind);

        if (m->tree.error) {
            return CONSENT_ERROR;
        }

        if ((m->readers & CONSENT_READ_JS)
            && (m->tree.seen != seen || m->tree.mode != mode))
        {
            if (consent_rw_place_after(cr, m, seen, mode, start + i,
                                       start + i, NULL, 0)
                != CONSENT_OK)
            {
                return CONSENT_ERROR;
            }
        }

        if (kind == CONSENT_TEXT_OTHER) {
            break;
        }
    }

    m->tok.want_text = consent_tree_wants_text(&m->tree);

    return CONSENT_OK;
}


static int
rw_doctype(consent_rewrite_t *cr, consent_machine_t *m)
{
    int                quirks;
    size_t             i, n;
    const consent_u8  *p;

    quirks = 0;
    n = (size_t) (m->tok.pos - m->tok.mark);

    if (m->tok.pos - m->tok.mark <= CONSENT_HTML_SHORT) {
        p = consent_rw_view(cr, m->tok.mark, n);

        if (p == NULL) {
            return CONSENT_ERROR;
        }

        /* "<!doctype", blanks, "html": the rest is looked up roughly, since
         * all that hangs on it is whether a table closes a paragraph */

        for (i = 9; i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\n'
                              || p[i] == '\r' || p[i] == '\f'); i++)
        {
            /* void */
        }

        quirks = (n < i + 5 || !consent_html_name_is(p + i, 4, "html")
                  || (p[i + 4] != '>' && p[i + 4] > ' '));

        for (/* void */; !quirks && i + 10 < n; i++) {
            if (consent_html_name_is(p + i, 10, "html 3.2//")
                || consent_html_name_is(p + i, 9, "html 2.0/")
                || consent_html_name_is(p + i, 9, "html 3.0/"))
            {
                quirks = 1;
            }

            if (i + 17 < n
                && (consent_html_name_is(p + i, 17, "4.01 transitional")
                    || consent_html_name_is(p + i, 13, "4.01 frameset")))
            {
                quirks = 2;
            }

            if (i + 16 < n
                && (consent_html_name_is(p + i, 16, "4.0 transitional")
                    || consent_html_name_is(p + i, 12, "4.0 frameset")))
            {
                quirks = 1;
            }
        }

        if (quirks == 2) {

            /* with a system identifier: limited quirks */

            for (i = 9; i + 7 < n; i++) {
                if (consent_html_name_is(p + i, 7, "http://")) {
                    quirks = 0;
                    break;
                }
            }
        }
    }

    if (m->readers & CONSENT_READ_TREE) {
        consent_tree_doctype(&m->tree, quirks != 0);
    }

    cr->sign = 1;

    return CONSENT_OK;
}


/* CDATA sections exist in foreign content, and not for the scanner */

static int
rw_cdata(consent_rewrite_t *cr, consent_machine_t *m)
{
    int                 allowed;
    consent_machine_t  *f;

    if (m->tok.xml) {
        consent_html_cdata(&m->tok, 1);
        return CONSENT_OK;
    }

    allowed = (m->readers & CONSENT_READ_TREE)
              && consent_tree_foreign(&m->tree);

    if (allowed && (m->readers & CONSENT_READ_SCANNERS)) {
        f = consent_rw_fork(cr, m, m->readers & CONSENT_READ_SCANNERS);

        if (f == NULL) {
            return CONSENT_ERROR;
        }

        consent_html_cdata(&f->tok, 0);
    }

    consent_html_cdata(&m->tok, allowed);

    return CONSENT_OK;
}


#define rw_scripting(readers)                                                 \
    (((readers) & ~(unsigned) CONSENT_READ_NOJS & CONSENT_READ_TREE) != 0)


/* some of a machine's readers go their own way */

consent_machine_t *
consent_rw_fork(consent_rewrite_t *cr, consent_machine_t *m, unsigned readers)
{
    unsigned            i, j;
    uint32_t            size, *stack;
    consent_machine_t  *f;

    if (cr->nmachines == CONSENT_MACHINES) {
        return NULL;
    }

    /* one that was used before and left */

    f = NULL;

    for (i = cr->nmachines; i < CONSENT_MACHINES; i++) {
        if (cr->machines[i]) {
            f = cr->machines[i];
            cr->machines[i] = cr->machines[cr->nmachines];
            break;
        }
    }

    if (f == NULL) {
        f = cr->conf->alloc.alloc(cr->conf->alloc.ctx,
                                  sizeof(consent_machine_t));

        if (f == NULL) {
            return NULL;
        }

        f->tree.stack = NULL;
        f->tree.size = 0;
        f->css = NULL;
        j = cr->nmachines;

        if (cr->machines[j]) {
            return NULL;
        }
    }

    cr->machines[cr->nmachines] = f;

    stack = f->tree.stack;
    size = f->tree.size;

    memcpy(&f->tok, &m->tok, offsetof(consent_html_tokenizer_t, attrs));
    memcpy(f->tok.attrs, m->tok.attrs,
           m->tok.nattrs * sizeof(consent_html_attr_t));

    f->templates = m->templates;
    f->part_id = m->part_id;
    f->event = CONSENT_HTML_NONE;
    f->inl = m->inl;
    f->nouter = m->nouter;
    memcpy(f->outer, m->outer, sizeof(f->outer));
    f->readers = readers;
    f->tree.stack = stack;
    f->tree.size = size;

    if (!(readers & CONSENT_READ_TREE)) {
        f->inl.kind = CONSENT_INLINE_NONE;
        f->nouter = 0;
    }

    if (readers & CONSENT_READ_TREE) {
        if (consent_tree_copy(&f->tree, &m->tree) != CONSENT_OK) {
            return NULL;
        }

        f->tree.scripting = rw_scripting(readers);

    } else {
        f->tok.want_text = 0;
    }

    m->readers &= ~readers;
    m->tree.scripting = rw_scripting(m->readers);

    if (!(m->readers & CONSENT_READ_TREE)) {
        m->tok.want_text = 0;
    }

    cr->nmachines++;

    return f;
}


/* a scanner that holds nothing may join one that does */

static int
rw_same_inline(const consent_machine_t *a, const consent_machine_t *b)
{
    if (a->inl.kind == b->inl.kind) {
        return a->inl.kind == 0 || (a->inl.start == b->inl.start
                                    && a->nouter == b->nouter);
    }

    return (b->inl.kind == 0 && !(b->readers & CONSENT_READ_TREE))
           || (a->inl.kind == 0 && !(a->readers & CONSENT_READ_TREE));
}


/* joins machines that are at one place in one state, or found the same */

void
consent_rw_join(consent_rewrite_t *cr)
{
    unsigned            i, j;
    consent_machine_t  *a, *b, *keep;

again:

    for (i = 0; i + 1 < cr->nmachines; i++) {
        a = cr->machines[i];

        if (!a->event && a->tok.state > CONSENT_HTML_S_CDATA) {
            continue;
        }

        for (j = i + 1; j < cr->nmachines; j++) {
            b = cr->machines[j];

            if (a->tok.pos != b->tok.pos || a->tok.state != b->tok.state
                || a->tok.raw != b->tok.raw || a->event != b->event
                || (a->event && (a->tok.mark != b->tok.mark
                                 || a->part_id != b->part_id
                                 || a->tok.parted != b->tok.parted))
                || !rw_same_inline(a, b))
            {
                continue;
            }

            if ((a->readers & CONSENT_READ_TREE)
                && (b->readers & CONSENT_READ_TREE)
                && !consent_tree_equal(&a->tree, &b->tree))
            {
                continue;
            }

            if ((a->readers & CONSENT_READ_SCANNERS)
                && (b->readers & CONSENT_READ_SCANNERS)
                && a->templates != b->templates)
            {
                continue;
            }

            /* the one with the tree that has scripting stays */

            keep = a;

            if (!(a->readers & CONSENT_READ_JS)
                && (b->readers & CONSENT_READ_JS
                    || (!(a->readers & CONSENT_READ_TREE)
                        && (b->readers & CONSENT_READ_TREE))))
            {
                keep = b;
                b = a;
            }

            if (b->readers & CONSENT_READ_SCANNERS) {
                keep->templates = b->templates;
            }

            keep->readers |= b->readers;
            keep->tree.scripting = rw_scripting(keep->readers);
            cr->machines[i] = keep;
            cr->nmachines--;
            cr->machines[j] = cr->machines[cr->nmachines];
            cr->machines[cr->nmachines] = b;

            goto again;
        }
    }
}


/* for elements whose tag is longer than is held */

static int
rw_part(consent_rewrite_t *cr, consent_machine_t *m)
{
    size_t             n;
    unsigned           more;
    consent_tag_t      tag;
    const consent_u8  *p;

    n = (size_t) (m->tok.pos - m->tok.mark);
    p = consent_rw_view(cr, m->tok.mark, n);

    if (p == NULL) {
        return CONSENT_ERROR;
    }

    /* the first part has the name */

    more = (p[0] != '<' || m->part_id != 0xff);

    if (m->tok.state == CONSENT_HTML_S_TAG_NAME) {
        m->part_id = 0;
        return CONSENT_OK;
    }

    if (!more) {
        m->tok.parted = 0;
    }

    rw_tag(cr, m, &tag, p);
    m->tok.parted = 1;
    m->part_id = (uint8_t) tag.id;
    tag.part = 1;

    if (m->tok.end_tag || !cr->conf->gate) {
        return CONSENT_OK;
    }

    tag.live = m->readers;

    if (m->tree.inert && (m->readers & CONSENT_READ_TREE)) {
        tag.live &= ~(unsigned) CONSENT_READ_TREE;
    }

    if (m->templates) {
        tag.live &= ~(unsigned) CONSENT_READ_SCANNERS;
    }

    return consent_rw_element(cr, &tag);
}


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

static int
rw_start_tag(consent_rewrite_t *cr, consent_machine_t *m, consent_tag_t *tag)
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
        && rw_scripting(m->readers)
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
        i = (size_t) (tag->name_end - m->tok.mark);
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

        if (m->tree.error) {
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


static int
rw_end_tag(consent_rewrite_t *cr, consent_machine_t *m, consent_tag_t *tag)
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

    if (m->tree.error) {
        return CONSENT_ERROR;
    }

    m->tok.want_text = consent_tree_wants_text(&m->tree);

    if (m->inl.kind
        && consent_rw_inline_popped(cr, m, tag->mark) != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    if ((m->readers & CONSENT_READ_JS)
        && (m->tree.seen != seen || m->tree.mode != mode))
    {
        return consent_rw_place_after(cr, m, seen, mode, tag->mark,
                                      m->tok.pos, tag, 1);
    }

    return CONSENT_OK;
}


int
consent_rw_eof(consent_rewrite_t *cr)
{
    unsigned            i;
    consent_machine_t  *m;

    for (i = 0; i < cr->nmachines; i++) {
        m = cr->machines[i];

        while (m->inl.kind) {
            if (consent_rw_inline_end(cr, m, m->tok.pos) != CONSENT_OK) {
                return CONSENT_ERROR;
            }
        }

        if ((m->readers & CONSENT_READ_JS)
            && consent_rw_place_eof(cr, m) != CONSENT_OK)
        {
            return CONSENT_ERROR;
        }
    }

    return CONSENT_OK;
}
