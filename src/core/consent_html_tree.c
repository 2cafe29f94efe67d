
/*
 * Tree construction: the insertion modes, start and end tags and text.
 * https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inhtml
 *
 * Elements whose content is raw text are not pushed: nothing can happen
 * until the tokenizer has found their end tag.  Foster parenting moves nodes,
 * not open elements, and is left out.  <select> is read as the standard has
 * it since customizable select: like any other element.
 */

#include "consent_html_tree.h"

#define S_DATA       CONSENT_HTML_S_DATA
#define S_RCDATA     CONSENT_HTML_S_RCDATA
#define S_RAWTEXT    CONSENT_HTML_S_RAWTEXT
#define S_SCRIPT     CONSENT_HTML_S_SCRIPT
#define S_PLAINTEXT  CONSENT_HTML_S_PLAINTEXT

#define in_scope(t, id)  consent_tree_in_scope(t, id, CONSENT_SCOPE_DEFAULT)
#define in_table(t, id)  consent_tree_in_scope(t, id, CONSENT_SCOPE_TABLE)

static int tree_start_foreign(consent_tree_t *t, unsigned id, uint32_t hash);
static consent_html_state_e tree_start_mode(consent_tree_t *t, unsigned id,
    uint32_t hash);
static consent_html_state_e tree_start_head(consent_tree_t *t, unsigned id);
static consent_html_state_e tree_start_body(consent_tree_t *t, unsigned id,
    uint32_t hash);
static int tree_start_table(consent_tree_t *t, unsigned id,
    consent_html_state_e *state);
static void tree_end_mode(consent_tree_t *t, unsigned id, uint32_t hash);
static void tree_end_body(consent_tree_t *t, unsigned id, uint32_t hash);
static int tree_end_table(consent_tree_t *t, unsigned id);
static void tree_end_template(consent_tree_t *t);
static void tree_clear_to(consent_tree_t *t, unsigned a, unsigned b,
    unsigned c);


static void
tree_html(consent_tree_t *t)
{
    consent_tree_push(t, CONSENT_TAG_HTML);
    t->seen |= CONSENT_TREE_HTML;
    t->mode = CONSENT_TREE_BEFORE_HEAD;
}


static void
tree_head(consent_tree_t *t)
{
    consent_tree_push(t, CONSENT_TAG_HEAD);
    t->seen |= CONSENT_TREE_HEAD;
    t->mode = CONSENT_TREE_IN_HEAD;
}


static void
tree_body(consent_tree_t *t)
{
    consent_tree_push(t, CONSENT_TAG_BODY);
    t->seen |= CONSENT_TREE_BODY;
    t->mode = CONSENT_TREE_IN_BODY;
}


/* "close a p element" if one is in button scope */

static void
tree_close_p(consent_tree_t *t)
{
    if (t->paragraphs
        && consent_tree_in_scope(t, CONSENT_TAG_P, CONSENT_SCOPE_BUTTON))
    {
        consent_tree_pop_until(t, CONSENT_TAG_P);
    }
}


static int
tree_has_template(const consent_tree_t *t)
{
    return t->ntemplates;
}


void
consent_tree_doctype(consent_tree_t *t, int quirks)
{
    if (t->mode == CONSENT_TREE_INITIAL) {
        t->quirks = quirks;
        t->mode = CONSENT_TREE_BEFORE_HTML;
    }
}


int
consent_tree_wants_text(const consent_tree_t *t)
{
    if (t->frameset_ok) {
        return 1;
    }

    switch (t->mode) {

    case CONSENT_TREE_IN_BODY:
    case CONSENT_TREE_IN_TABLE:
    case CONSENT_TREE_IN_CAPTION:
    case CONSENT_TREE_IN_TBODY:
    case CONSENT_TREE_IN_ROW:
    case CONSENT_TREE_IN_CELL:
        return t->nformats && t->formats[t->nformats - 1].entry
               && t->formats[t->nformats - 1].at < 0;
    }

    return 1;
}


consent_html_state_e
consent_tree_start(consent_tree_t *t, unsigned id, uint32_t hash,
    unsigned flags, uint32_t attrs)
{
    t->flags = flags;
    t->attrs = attrs;

    if (t->foreign && tree_start_foreign(t, id, hash)) {
        return S_DATA;
    }

    if (t->old_select && consent_tree_in_old_select(t)
        && id != CONSENT_TAG_SCRIPT && id != CONSENT_TAG_TEMPLATE
        && consent_tree_old_select_start(t, id))
    {
        return S_DATA;
    }

    return tree_start_mode(t, id, hash);
}


/* 1 if this entry is a MathML text or an HTML integration point */

int
consent_tree_point(uint32_t e)
{
    if ((e & CONSENT_NS_MASK) == CONSENT_NS_HTML) {
        return 0;
    }

    if (consent_tree_id(e) == CONSENT_TAG_ANNOTATION_XML) {
        return (e & CONSENT_NS_POINT) != 0;
    }

    return consent_tree_barrier(e);
}


static void
tree_leave_foreign(consent_tree_t *t)
{
    uint32_t  e;

    for ( ;; ) {
        e = consent_tree_top(t);

        if ((e & CONSENT_NS_MASK) == CONSENT_NS_HTML || consent_tree_point(e)) {
            return;
        }

        consent_tree_pop(t);
    }
}


/* 0 if the tag is to be read by the rules for HTML */

static int
tree_start_foreign(consent_tree_t *t, unsigned id, uint32_t hash)
{
    uint32_t  e, ns;

    e = consent_tree_top(t);
    ns = e & CONSENT_NS_MASK;

    if (ns == CONSENT_NS_HTML) {
        return 0;
    }

    if (consent_tree_point(e)) {
        if (ns != CONSENT_NS_MATH
            || consent_tree_id(e) == CONSENT_TAG_ANNOTATION_XML
            || (id != CONSENT_TAG_MGLYPH && id != CONSENT_TAG_MALIGNMARK))
        {
            return 0;
        }
    }

    if (id == CONSENT_TAG_SVG && ns == CONSENT_NS_MATH
        && consent_tree_id(e) == CONSENT_TAG_ANNOTATION_XML)
    {
        return 0;
    }

    if ((consent_html_tags[id].flags & CONSENT_TAG_F_BREAKOUT)
        || (id == CONSENT_TAG_FONT && (t->flags & CONSENT_TAG_FONT_ATTRS)))
    {
        tree_leave_foreign(t);
        return 0;
    }

    if (t->flags & CONSENT_TAG_SELF_CLOSING) {
        return 1;
    }

    e = consent_tree_entry(id, hash) | ns;

    if (id == CONSENT_TAG_ANNOTATION_XML && ns == CONSENT_NS_MATH
        && (t->flags & CONSENT_TAG_HTML_POINT))
    {
        e |= CONSENT_NS_POINT;
    }

    consent_tree_push(t, e);

    return 1;
}


static consent_html_state_e
tree_start_mode(consent_tree_t *t, unsigned id, uint32_t hash)
{
    uint32_t              e;
    consent_html_state_e  state;

again:

    switch (t->mode) {

    case CONSENT_TREE_INITIAL:
        t->quirks = 1;
        t->mode = CONSENT_TREE_BEFORE_HTML;

        /* fall through */

    case CONSENT_TREE_BEFORE_HTML:
        tree_html(t);

        if (id == CONSENT_TAG_HTML) {
            return S_DATA;
        }

        /* fall through */

    case CONSENT_TREE_BEFORE_HEAD:
        if (id == CONSENT_TAG_HTML) {
            return S_DATA;
        }

        tree_head(t);

        if (id == CONSENT_TAG_HEAD) {
            return S_DATA;
        }

        /* fall through */

    case CONSENT_TREE_IN_HEAD:
        switch (id) {

        case CONSENT_TAG_HTML:
        case CONSENT_TAG_HEAD:
            return S_DATA;

        case CONSENT_TAG_BASE:
        case CONSENT_TAG_BASEFONT:
        case CONSENT_TAG_BGSOUND:
        case CONSENT_TAG_LINK:
        case CONSENT_TAG_META:
        case CONSENT_TAG_TITLE:
        case CONSENT_TAG_NOFRAMES:
        case CONSENT_TAG_STYLE:
        case CONSENT_TAG_SCRIPT:
        case CONSENT_TAG_TEMPLATE:
            return tree_start_head(t, id);

        case CONSENT_TAG_NOSCRIPT:
            if (t->scripting) {
                return S_RAWTEXT;
            }

            consent_tree_push(t, CONSENT_TAG_NOSCRIPT);
            t->mode = CONSENT_TREE_IN_HEAD_NOSCRIPT;
            return S_DATA;
        }

        consent_tree_pop(t);
        t->mode = CONSENT_TREE_AFTER_HEAD;
        goto again;

    case CONSENT_TREE_IN_HEAD_NOSCRIPT:
        switch (id) {

        case CONSENT_TAG_HTML:
        case CONSENT_TAG_HEAD:
        case CONSENT_TAG_NOSCRIPT:
            return S_DATA;

        case CONSENT_TAG_BASEFONT:
        case CONSENT_TAG_BGSOUND:
        case CONSENT_TAG_LINK:
        case CONSENT_TAG_META:
        case CONSENT_TAG_NOFRAMES:
        case CONSENT_TAG_STYLE:
            return tree_start_head(t, id);
        }

        consent_tree_pop(t);
        t->mode = CONSENT_TREE_IN_HEAD;
        goto again;

    case CONSENT_TREE_AFTER_HEAD:
        switch (id) {

        case CONSENT_TAG_HTML:
        case CONSENT_TAG_HEAD:
            return S_DATA;

        case CONSENT_TAG_BODY:
            tree_body(t);
            t->frameset_ok = 0;
            return S_DATA;

        case CONSENT_TAG_FRAMESET:
            consent_tree_push(t, CONSENT_TAG_FRAMESET);
            t->seen |= CONSENT_TREE_FRAMESET;
            t->mode = CONSENT_TREE_IN_FRAMESET;
            return S_DATA;

        case CONSENT_TAG_BASE:
        case CONSENT_TAG_BASEFONT:
        case CONSENT_TAG_BGSOUND:
        case CONSENT_TAG_LINK:
        case CONSENT_TAG_META:
        case CONSENT_TAG_TITLE:
        case CONSENT_TAG_NOFRAMES:
        case CONSENT_TAG_STYLE:
        case CONSENT_TAG_SCRIPT:
        case CONSENT_TAG_TEMPLATE:
            return tree_start_head(t, id);
        }

        tree_body(t);
        goto again;

    case CONSENT_TREE_IN_TABLE:
    case CONSENT_TREE_IN_TBODY:
    case CONSENT_TREE_IN_ROW:
    case CONSENT_TREE_IN_CELL:
    case CONSENT_TREE_IN_CAPTION:
        switch (id) {

        case CONSENT_TAG_CAPTION:
        case CONSENT_TAG_COLGROUP:
        case CONSENT_TAG_COL:
        case CONSENT_TAG_TBODY:
        case CONSENT_TAG_TFOOT:
        case CONSENT_TAG_THEAD:
        case CONSENT_TAG_TR:
        case CONSENT_TAG_TD:
        case CONSENT_TAG_TH:
        case CONSENT_TAG_TABLE:
        case CONSENT_TAG_STYLE:
        case CONSENT_TAG_SCRIPT:
        case CONSENT_TAG_TEMPLATE:
        case CONSENT_TAG_INPUT:
        case CONSENT_TAG_FORM:
            state = S_DATA;

            if (tree_start_table(t, id, &state)) {
                return state;
            }

            /* another mode may have been entered */

            if (t->mode == CONSENT_TREE_IN_BODY
                || t->mode == CONSENT_TREE_IN_TEMPLATE
                || t->mode == CONSENT_TREE_IN_COLGROUP)
            {
                goto again;
            }
        }

        return tree_start_body(t, id, hash);

    case CONSENT_TREE_IN_COLGROUP:
        switch (id) {

        case CONSENT_TAG_HTML:
        case CONSENT_TAG_COL:
            return S_DATA;

        case CONSENT_TAG_TEMPLATE:
            return tree_start_head(t, id);
        }

        if (consent_tree_top(t) != CONSENT_TAG_COLGROUP) {
            return S_DATA;
        }

        consent_tree_pop(t);
        t->mode = CONSENT_TREE_IN_TABLE;
        goto again;

    case CONSENT_TREE_IN_TEMPLATE:
        switch (id) {

        case CONSENT_TAG_BASE:
        case CONSENT_TAG_BASEFONT:
        case CONSENT_TAG_BGSOUND:
        case CONSENT_TAG_LINK:
        case CONSENT_TAG_META:
        case CONSENT_TAG_TITLE:
        case CONSENT_TAG_NOFRAMES:
        case CONSENT_TAG_STYLE:
        case CONSENT_TAG_SCRIPT:
        case CONSENT_TAG_TEMPLATE:
            return tree_start_head(t, id);

        case CONSENT_TAG_CAPTION:
        case CONSENT_TAG_COLGROUP:
        case CONSENT_TAG_TBODY:
        case CONSENT_TAG_TFOOT:
        case CONSENT_TAG_THEAD:
            t->mode = CONSENT_TREE_IN_TABLE;
            break;

        case CONSENT_TAG_COL:
            t->mode = CONSENT_TREE_IN_COLGROUP;
            break;

        case CONSENT_TAG_TR:
            t->mode = CONSENT_TREE_IN_TBODY;
            break;

        case CONSENT_TAG_TD:
        case CONSENT_TAG_TH:
            t->mode = CONSENT_TREE_IN_ROW;
            break;

        default:
            t->mode = CONSENT_TREE_IN_BODY;
        }

        if (t->ntemplates) {
            t->templates[t->ntemplates - 1] = t->mode;
        }

        goto again;

    case CONSENT_TREE_IN_FRAMESET:
        if (id == CONSENT_TAG_FRAMESET) {
            consent_tree_push(t, CONSENT_TAG_FRAMESET);
            return S_DATA;
        }

        /* fall through */

    case CONSENT_TREE_AFTER_FRAMESET:
    case CONSENT_TREE_AFTER_AFTER_FRAMESET:
        return (id == CONSENT_TAG_NOFRAMES) ? S_RAWTEXT : S_DATA;

    case CONSENT_TREE_AFTER_BODY:
    case CONSENT_TREE_AFTER_AFTER_BODY:
        if (id != CONSENT_TAG_HTML) {
            t->mode = CONSENT_TREE_IN_BODY;
        }

        break;
    }

    e = consent_tree_top(t);
    (void) e;

    return tree_start_body(t, id, hash);
}


/* what "in head" does with the elements that belong there */

static consent_html_state_e
tree_start_head(consent_tree_t *t, unsigned id)
{
    switch (id) {

    case CONSENT_TAG_TITLE:
        return S_RCDATA;

    case CONSENT_TAG_STYLE:
    case CONSENT_TAG_NOFRAMES:
        return S_RAWTEXT;

    case CONSENT_TAG_SCRIPT:
        return S_SCRIPT;

    case CONSENT_TAG_TEMPLATE:
        if (t->ntemplates == CONSENT_TREE_TEMPLATES) {
            t->lost = 1;
            return S_DATA;
        }

        consent_tree_push(t, CONSENT_TAG_TEMPLATE
                          | ((t->flags & CONSENT_TAG_LIVE)
                             ? 0 : CONSENT_NS_INERT));
        consent_tree_marker(t);
        t->frameset_ok = 0;
        t->mode = CONSENT_TREE_IN_TEMPLATE;
        t->templates[t->ntemplates++] = CONSENT_TREE_IN_TEMPLATE;
        return S_DATA;
    }

    return S_DATA;
}


static void
tree_format_start(consent_tree_t *t, unsigned id)
{
    consent_tree_reconstruct(t);
    consent_tree_push(t, id);

    if (!t->lost) {
        consent_tree_format(t, id);
    }
}


/* li, dd, dt */

static void
tree_start_item(consent_tree_t *t, unsigned id)
{
    uint32_t  i, e, n;

    t->frameset_ok = 0;

    for (i = t->depth; i > 0; i--) {
        e = t->stack[i - 1];
        n = consent_tree_id(e);

        if ((e & CONSENT_NS_MASK) == CONSENT_NS_HTML
            && (n == id || (id != CONSENT_TAG_LI
                            && (n == CONSENT_TAG_DD || n == CONSENT_TAG_DT))))
        {
            consent_tree_implied(t, n, 0);
            consent_tree_pop_until(t, n);
            break;
        }

        if (consent_tree_special(e) && e != CONSENT_TAG_ADDRESS
            && e != CONSENT_TAG_DIV && e != CONSENT_TAG_P)
        {
            break;
        }
    }

    tree_close_p(t);
    consent_tree_push(t, id);
}


static void
tree_start_option(consent_tree_t *t, unsigned id)
{
    if (in_scope(t, CONSENT_TAG_SELECT)) {
        consent_tree_implied(t, (id == CONSENT_TAG_OPTION)
                                ? CONSENT_TAG_OPTGROUP : 0xff, 0);

    } else if (consent_tree_top(t) == CONSENT_TAG_OPTION) {
        consent_tree_pop(t);
    }

    consent_tree_reconstruct(t);
    consent_tree_push(t, id);
}


static consent_html_state_e
tree_start_body(consent_tree_t *t, unsigned id, uint32_t hash)
{
    int       i;
    uint32_t  e;

    switch (id) {

    case CONSENT_TAG_HTML:
    case CONSENT_TAG_CAPTION:
    case CONSENT_TAG_COL:
    case CONSENT_TAG_COLGROUP:
    case CONSENT_TAG_FRAME:
    case CONSENT_TAG_HEAD:
    case CONSENT_TAG_TBODY:
    case CONSENT_TAG_TD:
    case CONSENT_TAG_TFOOT:
    case CONSENT_TAG_TH:
    case CONSENT_TAG_THEAD:
    case CONSENT_TAG_TR:
        return S_DATA;

    case CONSENT_TAG_BASE:
    case CONSENT_TAG_BASEFONT:
    case CONSENT_TAG_BGSOUND:
    case CONSENT_TAG_LINK:
    case CONSENT_TAG_META:
    case CONSENT_TAG_NOFRAMES:
    case CONSENT_TAG_SCRIPT:
    case CONSENT_TAG_STYLE:
    case CONSENT_TAG_TEMPLATE:
    case CONSENT_TAG_TITLE:
        return tree_start_head(t, id);

    case CONSENT_TAG_BODY:
        if (t->depth > 1 && t->stack[1] == CONSENT_TAG_BODY
            && !tree_has_template(t))
        {
            t->frameset_ok = 0;
        }

        return S_DATA;

    case CONSENT_TAG_FRAMESET:
        if (t->depth < 2 || t->stack[1] != CONSENT_TAG_BODY
            || !t->frameset_ok)
        {
            return S_DATA;
        }

        while (t->depth > 1) {
            consent_tree_pop(t);
        }

        consent_tree_push(t, CONSENT_TAG_FRAMESET);
        t->seen |= CONSENT_TREE_FRAMESET;
        t->mode = CONSENT_TREE_IN_FRAMESET;
        return S_DATA;

    case CONSENT_TAG_ADDRESS:
    case CONSENT_TAG_ARTICLE:
    case CONSENT_TAG_ASIDE:
    case CONSENT_TAG_BLOCKQUOTE:
    case CONSENT_TAG_CENTER:
    case CONSENT_TAG_DETAILS:
    case CONSENT_TAG_DIALOG:
    case CONSENT_TAG_DIR:
    case CONSENT_TAG_DIV:
    case CONSENT_TAG_DL:
    case CONSENT_TAG_FIELDSET:
    case CONSENT_TAG_FIGCAPTION:
    case CONSENT_TAG_FIGURE:
    case CONSENT_TAG_FOOTER:
    case CONSENT_TAG_HEADER:
    case CONSENT_TAG_HGROUP:
    case CONSENT_TAG_MAIN:
    case CONSENT_TAG_MENU:
    case CONSENT_TAG_NAV:
    case CONSENT_TAG_OL:
    case CONSENT_TAG_P:
    case CONSENT_TAG_SEARCH:
    case CONSENT_TAG_SECTION:
    case CONSENT_TAG_SUMMARY:
    case CONSENT_TAG_UL:
        tree_close_p(t);
        consent_tree_push(t, id);
        return S_DATA;

    case CONSENT_TAG_H1:
    case CONSENT_TAG_H2:
    case CONSENT_TAG_H3:
    case CONSENT_TAG_H4:
    case CONSENT_TAG_H5:
    case CONSENT_TAG_H6:
        tree_close_p(t);
        e = consent_tree_top(t);

        if (e >= CONSENT_TAG_H1 && e <= CONSENT_TAG_H6) {
            consent_tree_pop(t);
        }

        consent_tree_push(t, id);
        return S_DATA;

    case CONSENT_TAG_PRE:
    case CONSENT_TAG_LISTING:
        tree_close_p(t);
        consent_tree_push(t, id);
        t->frameset_ok = 0;
        return S_DATA;

    case CONSENT_TAG_FORM:
        if (t->form != -1 && !tree_has_template(t)) {
            return S_DATA;
        }

        tree_close_p(t);
        consent_tree_push(t, id);

        if (!tree_has_template(t)) {
            t->form = (int32_t) t->depth - 1;
        }

        return S_DATA;

    case CONSENT_TAG_LI:
    case CONSENT_TAG_DD:
    case CONSENT_TAG_DT:
        tree_start_item(t, id);
        return S_DATA;

    case CONSENT_TAG_PLAINTEXT:
        tree_close_p(t);
        consent_tree_push(t, id);
        return S_PLAINTEXT;

    case CONSENT_TAG_BUTTON:
        if (in_scope(t, CONSENT_TAG_BUTTON)) {
            consent_tree_pop_until(t, CONSENT_TAG_BUTTON);
        }

        consent_tree_reconstruct(t);
        consent_tree_push(t, id);
        t->frameset_ok = 0;
        return S_DATA;

    case CONSENT_TAG_A:
        i = consent_tree_format_find(t, id);

        if (i >= 0) {
            consent_tree_adopt(t, id);
            i = consent_tree_format_find(t, id);

            if (i >= 0) {
                if (t->formats[i].at >= 0) {
                    consent_tree_remove(t, t->formats[i].at);
                }

                consent_tree_format_remove(t, i);
            }
        }

        tree_format_start(t, id);
        return S_DATA;

    case CONSENT_TAG_B:
    case CONSENT_TAG_BIG:
    case CONSENT_TAG_CODE:
    case CONSENT_TAG_EM:
    case CONSENT_TAG_FONT:
    case CONSENT_TAG_I:
    case CONSENT_TAG_S:
    case CONSENT_TAG_SMALL:
    case CONSENT_TAG_STRIKE:
    case CONSENT_TAG_STRONG:
    case CONSENT_TAG_TT:
    case CONSENT_TAG_U:
        tree_format_start(t, id);
        return S_DATA;

    case CONSENT_TAG_NOBR:
        consent_tree_reconstruct(t);

        if (in_scope(t, id)) {
            consent_tree_adopt(t, id);
        }

        tree_format_start(t, id);
        return S_DATA;

    case CONSENT_TAG_APPLET:
    case CONSENT_TAG_MARQUEE:
    case CONSENT_TAG_OBJECT:
        consent_tree_reconstruct(t);
        consent_tree_push(t, id);
        consent_tree_marker(t);
        t->frameset_ok = 0;
        return S_DATA;

    case CONSENT_TAG_TABLE:
        if (!t->quirks) {
            tree_close_p(t);
        }

        consent_tree_push(t, id);
        t->frameset_ok = 0;
        t->mode = CONSENT_TREE_IN_TABLE;
        return S_DATA;

    case CONSENT_TAG_INPUT:
        if (in_scope(t, CONSENT_TAG_SELECT)) {
            consent_tree_pop_until(t, CONSENT_TAG_SELECT);
        }

        consent_tree_reconstruct(t);

        if (!(t->flags & CONSENT_TAG_HIDDEN)) {
            t->frameset_ok = 0;
        }

        return S_DATA;

    case CONSENT_TAG_AREA:
    case CONSENT_TAG_BR:
    case CONSENT_TAG_EMBED:
    case CONSENT_TAG_IMG:
    case CONSENT_TAG_IMAGE:
    case CONSENT_TAG_KEYGEN:
    case CONSENT_TAG_WBR:
        consent_tree_reconstruct(t);
        t->frameset_ok = 0;
        return S_DATA;

    case CONSENT_TAG_PARAM:
    case CONSENT_TAG_SOURCE:
    case CONSENT_TAG_TRACK:
        return S_DATA;

    case CONSENT_TAG_HR:
        tree_close_p(t);

        if (in_scope(t, CONSENT_TAG_SELECT)) {
            consent_tree_implied(t, 0xff, 0);
        }

        t->frameset_ok = 0;
        return S_DATA;

    case CONSENT_TAG_TEXTAREA:
        t->frameset_ok = 0;
        return S_RCDATA;

    case CONSENT_TAG_XMP:
        tree_close_p(t);
        consent_tree_reconstruct(t);
        t->frameset_ok = 0;
        return S_RAWTEXT;

    case CONSENT_TAG_IFRAME:
        t->frameset_ok = 0;
        return S_RAWTEXT;

    case CONSENT_TAG_NOEMBED:
        return S_RAWTEXT;

    case CONSENT_TAG_NOSCRIPT:
        if (t->scripting) {
            return S_RAWTEXT;
        }

        break;

    case CONSENT_TAG_SELECT:
        if (in_scope(t, CONSENT_TAG_SELECT)) {
            consent_tree_pop_until(t, CONSENT_TAG_SELECT);
            return S_DATA;
        }

        consent_tree_reconstruct(t);
        consent_tree_push(t, id);
        t->frameset_ok = 0;
        return S_DATA;

    case CONSENT_TAG_OPTGROUP:
    case CONSENT_TAG_OPTION:
        tree_start_option(t, id);
        return S_DATA;

    case CONSENT_TAG_RB:
    case CONSENT_TAG_RTC:
        if (in_scope(t, CONSENT_TAG_RUBY)) {
            consent_tree_implied(t, 0xff, 0);
        }

        consent_tree_push(t, id);
        return S_DATA;

    case CONSENT_TAG_RP:
    case CONSENT_TAG_RT:
        if (in_scope(t, CONSENT_TAG_RUBY)) {
            consent_tree_implied(t, CONSENT_TAG_RTC, 0);
        }

        consent_tree_push(t, id);
        return S_DATA;

    case CONSENT_TAG_MATH:
    case CONSENT_TAG_SVG:
        consent_tree_reconstruct(t);

        if (!(t->flags & CONSENT_TAG_SELF_CLOSING)) {
            consent_tree_push(t, id | ((id == CONSENT_TAG_SVG)
                                       ? CONSENT_NS_SVG : CONSENT_NS_MATH));
        }

        return S_DATA;
    }

    consent_tree_reconstruct(t);
    consent_tree_push(t, consent_tree_entry(id, hash));

    return S_DATA;
}


/*
 * Start tags in tables.  0: the tag is to be read by the rules of the mode
 * that t->mode now names, or of the body.
 */

static int
tree_start_table(consent_tree_t *t, unsigned id, consent_html_state_e *state)
{
    unsigned  section;

    for ( ;; ) {

        switch (t->mode) {

        case CONSENT_TREE_IN_TABLE:
            switch (id) {

            case CONSENT_TAG_CAPTION:
                tree_clear_to(t, CONSENT_TAG_TABLE, 0, 0);
                consent_tree_marker(t);
                consent_tree_push(t, id);
                t->mode = CONSENT_TREE_IN_CAPTION;
                return 1;

            case CONSENT_TAG_COLGROUP:
            case CONSENT_TAG_COL:
                tree_clear_to(t, CONSENT_TAG_TABLE, 0, 0);
                consent_tree_push(t, CONSENT_TAG_COLGROUP);
                t->mode = CONSENT_TREE_IN_COLGROUP;
                return 1;

            case CONSENT_TAG_TBODY:
            case CONSENT_TAG_TFOOT:
            case CONSENT_TAG_THEAD:
                tree_clear_to(t, CONSENT_TAG_TABLE, 0, 0);
                consent_tree_push(t, id);
                t->mode = CONSENT_TREE_IN_TBODY;
                return 1;

            case CONSENT_TAG_TR:
            case CONSENT_TAG_TD:
            case CONSENT_TAG_TH:
                tree_clear_to(t, CONSENT_TAG_TABLE, 0, 0);
                consent_tree_push(t, CONSENT_TAG_TBODY);
                t->mode = CONSENT_TREE_IN_TBODY;
                continue;

            case CONSENT_TAG_TABLE:
                if (!in_table(t, CONSENT_TAG_TABLE)) {
                    return 1;
                }

                consent_tree_pop_until(t, CONSENT_TAG_TABLE);
                consent_tree_reset(t);
                continue;

            case CONSENT_TAG_STYLE:
            case CONSENT_TAG_SCRIPT:
            case CONSENT_TAG_TEMPLATE:
                *state = tree_start_head(t, id);
                return 1;

            case CONSENT_TAG_INPUT:
                return (t->flags & CONSENT_TAG_HIDDEN) ? 1 : 0;

            case CONSENT_TAG_FORM:
                if (t->form == -1 && !tree_has_template(t)) {
                    t->form = -2;
                }

                return 1;
            }

            return 0;

        case CONSENT_TREE_IN_TBODY:
            switch (id) {

            case CONSENT_TAG_TR:
                tree_clear_to(t, CONSENT_TAG_TBODY, CONSENT_TAG_TFOOT,
                              CONSENT_TAG_THEAD);
                consent_tree_push(t, id);
                t->mode = CONSENT_TREE_IN_ROW;
                return 1;

            case CONSENT_TAG_TH:
            case CONSENT_TAG_TD:
                tree_clear_to(t, CONSENT_TAG_TBODY, CONSENT_TAG_TFOOT,
                              CONSENT_TAG_THEAD);
                consent_tree_push(t, CONSENT_TAG_TR);
                t->mode = CONSENT_TREE_IN_ROW;
                continue;

            case CONSENT_TAG_CAPTION:
            case CONSENT_TAG_COL:
            case CONSENT_TAG_COLGROUP:
            case CONSENT_TAG_TBODY:
            case CONSENT_TAG_TFOOT:
            case CONSENT_TAG_THEAD:
                section = in_table(t, CONSENT_TAG_TBODY)
                          || in_table(t, CONSENT_TAG_THEAD)
                          || in_table(t, CONSENT_TAG_TFOOT);

                if (!section) {
                    return 1;
                }

                tree_clear_to(t, CONSENT_TAG_TBODY, CONSENT_TAG_TFOOT,
                              CONSENT_TAG_THEAD);
                consent_tree_pop(t);
                t->mode = CONSENT_TREE_IN_TABLE;
                continue;
            }

            break;

        case CONSENT_TREE_IN_ROW:
            switch (id) {

            case CONSENT_TAG_TH:
            case CONSENT_TAG_TD:
                tree_clear_to(t, CONSENT_TAG_TR, 0, 0);
                consent_tree_push(t, id);
                t->mode = CONSENT_TREE_IN_CELL;
                consent_tree_marker(t);
                return 1;

            case CONSENT_TAG_CAPTION:
            case CONSENT_TAG_COL:
            case CONSENT_TAG_COLGROUP:
            case CONSENT_TAG_TBODY:
            case CONSENT_TAG_TFOOT:
            case CONSENT_TAG_THEAD:
            case CONSENT_TAG_TR:
                if (!in_table(t, CONSENT_TAG_TR)) {
                    return 1;
                }

                tree_clear_to(t, CONSENT_TAG_TR, 0, 0);
                consent_tree_pop(t);
                t->mode = CONSENT_TREE_IN_TBODY;
                continue;
            }

            break;

        case CONSENT_TREE_IN_CELL:
        case CONSENT_TREE_IN_CAPTION:
            switch (id) {

            case CONSENT_TAG_CAPTION:
            case CONSENT_TAG_COL:
            case CONSENT_TAG_COLGROUP:
            case CONSENT_TAG_TBODY:
            case CONSENT_TAG_TD:
            case CONSENT_TAG_TFOOT:
            case CONSENT_TAG_TH:
            case CONSENT_TAG_THEAD:
            case CONSENT_TAG_TR:
                break;

            default:
                return 0;
            }

            if (t->mode == CONSENT_TREE_IN_CAPTION) {
                if (!in_table(t, CONSENT_TAG_CAPTION)) {
                    return 1;
                }

                consent_tree_pop_until(t, CONSENT_TAG_CAPTION);
                consent_tree_clear_formats(t);
                t->mode = CONSENT_TREE_IN_TABLE;
                continue;
            }

            if (in_table(t, CONSENT_TAG_TD)) {
                consent_tree_pop_until(t, CONSENT_TAG_TD);

            } else if (in_table(t, CONSENT_TAG_TH)) {
                consent_tree_pop_until(t, CONSENT_TAG_TH);

            } else {
                return 1;
            }

            consent_tree_clear_formats(t);
            t->mode = CONSENT_TREE_IN_ROW;
            continue;

        default:
            return 0;
        }

        /* "in table" has the rest, whatever the mode */

        switch (id) {

        case CONSENT_TAG_TABLE:
            if (t->mode == CONSENT_TREE_IN_ROW) {
                if (!in_table(t, CONSENT_TAG_TR)) {
                    return 1;
                }

                tree_clear_to(t, CONSENT_TAG_TR, 0, 0);
                consent_tree_pop(t);
                t->mode = CONSENT_TREE_IN_TBODY;
            }

            if (!in_table(t, CONSENT_TAG_TABLE)) {
                return 1;
            }

            consent_tree_pop_until(t, CONSENT_TAG_TABLE);
            consent_tree_reset(t);
            continue;

        case CONSENT_TAG_STYLE:
        case CONSENT_TAG_SCRIPT:
        case CONSENT_TAG_TEMPLATE:
            *state = tree_start_head(t, id);
            return 1;

        case CONSENT_TAG_INPUT:
            return (t->flags & CONSENT_TAG_HIDDEN) ? 1 : 0;

        case CONSENT_TAG_FORM:
            if (t->form == -1 && !tree_has_template(t)) {
                t->form = -2;
            }

            return 1;
        }

        return 0;
    }
}


void
consent_tree_end(consent_tree_t *t, unsigned id, uint32_t hash)
{
    uint32_t  i, e, want;

    if (t->old_select && consent_tree_in_old_select(t)
        && id != CONSENT_TAG_TEMPLATE && consent_tree_old_select_end(t, id))
    {
        return;
    }

    e = consent_tree_top(t);

    if ((e & CONSENT_NS_MASK) == CONSENT_NS_HTML) {
        tree_end_mode(t, id, hash);
        return;
    }

    if (id == CONSENT_TAG_BR || id == CONSENT_TAG_P) {
        tree_leave_foreign(t);
        tree_end_mode(t, id, hash);
        return;
    }

    want = consent_tree_entry(id, hash);

    for (i = t->depth; i > 1; i--) {
        e = t->stack[i - 1];

        if ((e & CONSENT_NS_MASK) == CONSENT_NS_HTML) {
            tree_end_mode(t, id, hash);
            return;
        }

        if ((e & ~(uint32_t) (CONSENT_NS_MASK|CONSENT_NS_POINT)) == want) {
            while (t->depth >= i) {
                consent_tree_pop(t);
            }

            return;
        }
    }
}


static void
tree_end_mode(consent_tree_t *t, unsigned id, uint32_t hash)
{
again:

    switch (t->mode) {

    case CONSENT_TREE_INITIAL:
        t->quirks = 1;
        t->mode = CONSENT_TREE_BEFORE_HTML;

        /* fall through */

    case CONSENT_TREE_BEFORE_HTML:
    case CONSENT_TREE_BEFORE_HEAD:
    case CONSENT_TREE_AFTER_HEAD:
        switch (id) {

        case CONSENT_TAG_HEAD:
            if (t->mode == CONSENT_TREE_AFTER_HEAD) {
                return;
            }

            break;

        case CONSENT_TAG_BODY:
        case CONSENT_TAG_HTML:
        case CONSENT_TAG_BR:
            break;

        case CONSENT_TAG_TEMPLATE:
            if (t->mode == CONSENT_TREE_AFTER_HEAD) {
                tree_end_template(t);
            }

            return;

        default:
            return;
        }

        if (t->mode == CONSENT_TREE_BEFORE_HTML) {
            tree_html(t);

        } else if (t->mode == CONSENT_TREE_BEFORE_HEAD) {
            tree_head(t);

        } else {
            tree_body(t);
        }

        goto again;

    case CONSENT_TREE_IN_HEAD:
        switch (id) {

        case CONSENT_TAG_HEAD:
            consent_tree_pop(t);
            t->mode = CONSENT_TREE_AFTER_HEAD;
            return;

        case CONSENT_TAG_BODY:
        case CONSENT_TAG_HTML:
        case CONSENT_TAG_BR:
            consent_tree_pop(t);
            t->mode = CONSENT_TREE_AFTER_HEAD;
            goto again;

        case CONSENT_TAG_TEMPLATE:
            tree_end_template(t);
        }

        return;

    case CONSENT_TREE_IN_HEAD_NOSCRIPT:
        if (id == CONSENT_TAG_NOSCRIPT) {
            consent_tree_pop(t);
            t->mode = CONSENT_TREE_IN_HEAD;
            return;
        }

        if (id == CONSENT_TAG_BR) {
            consent_tree_pop(t);
            t->mode = CONSENT_TREE_IN_HEAD;
            goto again;
        }

        return;

    case CONSENT_TREE_IN_TABLE:
    case CONSENT_TREE_IN_TBODY:
    case CONSENT_TREE_IN_ROW:
    case CONSENT_TREE_IN_CELL:
    case CONSENT_TREE_IN_CAPTION:
        if (tree_end_table(t, id)) {
            return;
        }

        break;

    case CONSENT_TREE_IN_COLGROUP:
        switch (id) {

        case CONSENT_TAG_COLGROUP:
            if (consent_tree_top(t) == CONSENT_TAG_COLGROUP) {
                consent_tree_pop(t);
                t->mode = CONSENT_TREE_IN_TABLE;
            }

            return;

        case CONSENT_TAG_COL:
            return;

        case CONSENT_TAG_TEMPLATE:
            tree_end_template(t);
            return;
        }

        if (consent_tree_top(t) != CONSENT_TAG_COLGROUP) {
            return;
        }

        consent_tree_pop(t);
        t->mode = CONSENT_TREE_IN_TABLE;
        goto again;

    case CONSENT_TREE_IN_TEMPLATE:
        if (id == CONSENT_TAG_TEMPLATE) {
            tree_end_template(t);
        }

        return;

    case CONSENT_TREE_AFTER_BODY:
        if (id == CONSENT_TAG_HTML) {
            t->seen |= CONSENT_TREE_HTML_END;
            t->mode = CONSENT_TREE_AFTER_AFTER_BODY;
            return;
        }

        /* fall through */

    case CONSENT_TREE_AFTER_AFTER_BODY:
        t->mode = CONSENT_TREE_IN_BODY;
        break;

    case CONSENT_TREE_IN_FRAMESET:
        if (id == CONSENT_TAG_FRAMESET && t->depth > 1) {
            consent_tree_pop(t);

            if (consent_tree_top(t) != CONSENT_TAG_FRAMESET) {
                t->mode = CONSENT_TREE_AFTER_FRAMESET;
            }
        }

        return;

    case CONSENT_TREE_AFTER_FRAMESET:
        if (id == CONSENT_TAG_HTML) {
            t->mode = CONSENT_TREE_AFTER_AFTER_FRAMESET;
        }

        return;

    case CONSENT_TREE_AFTER_AFTER_FRAMESET:
        return;
    }

    tree_end_body(t, id, hash);
}


static void
tree_end_body(consent_tree_t *t, unsigned id, uint32_t hash)
{
    uint32_t  i, e;

    switch (id) {

    case CONSENT_TAG_TEMPLATE:
        tree_end_template(t);
        return;

    case CONSENT_TAG_BODY:
    case CONSENT_TAG_HTML:
        if (in_scope(t, CONSENT_TAG_BODY)) {
            t->mode = CONSENT_TREE_AFTER_BODY;
            t->seen |= CONSENT_TREE_BODY_END;

            if (id == CONSENT_TAG_HTML) {
                t->seen |= CONSENT_TREE_HTML_END;
                t->mode = CONSENT_TREE_AFTER_AFTER_BODY;
            }
        }

        return;

    case CONSENT_TAG_ADDRESS:
    case CONSENT_TAG_ARTICLE:
    case CONSENT_TAG_ASIDE:
    case CONSENT_TAG_BLOCKQUOTE:
    case CONSENT_TAG_BUTTON:
    case CONSENT_TAG_CENTER:
    case CONSENT_TAG_DETAILS:
    case CONSENT_TAG_DIALOG:
    case CONSENT_TAG_DIR:
    case CONSENT_TAG_DIV:
    case CONSENT_TAG_DL:
    case CONSENT_TAG_FIELDSET:
    case CONSENT_TAG_FIGCAPTION:
    case CONSENT_TAG_FIGURE:
    case CONSENT_TAG_FOOTER:
    case CONSENT_TAG_HEADER:
    case CONSENT_TAG_HGROUP:
    case CONSENT_TAG_LISTING:
    case CONSENT_TAG_MAIN:
    case CONSENT_TAG_MENU:
    case CONSENT_TAG_NAV:
    case CONSENT_TAG_OL:
    case CONSENT_TAG_PRE:
    case CONSENT_TAG_SEARCH:
    case CONSENT_TAG_SECTION:
    case CONSENT_TAG_SELECT:
    case CONSENT_TAG_SUMMARY:
    case CONSENT_TAG_UL:
    case CONSENT_TAG_DD:
    case CONSENT_TAG_DT:
        if (consent_tree_top(t) == id) {
            consent_tree_pop(t);

        } else if (in_scope(t, id)) {
            consent_tree_pop_until(t, id);
        }

        return;

    case CONSENT_TAG_FORM:
        if (tree_has_template(t)) {
            if (in_scope(t, id)) {
                consent_tree_pop_until(t, id);
            }

            return;
        }

        i = (uint32_t) t->form;

        if (t->form < 0) {
            t->form = -1;
            return;
        }

        t->form = -1;

        for (e = t->depth - 1; e > i; e--) {
            if (consent_tree_barrier(t->stack[e])) {
                return;
            }
        }

        consent_tree_implied(t, 0xff, 0);
        consent_tree_remove(t, i);
        return;

    case CONSENT_TAG_P:
        if (!t->paragraphs
            || !consent_tree_in_scope(t, id, CONSENT_SCOPE_BUTTON))
        {
            return;
        }

        consent_tree_pop_until(t, id);
        return;

    case CONSENT_TAG_LI:
        if (consent_tree_in_scope(t, id, CONSENT_SCOPE_LIST)) {
            consent_tree_pop_until(t, id);
        }

        return;

    case CONSENT_TAG_H1:
    case CONSENT_TAG_H2:
    case CONSENT_TAG_H3:
    case CONSENT_TAG_H4:
    case CONSENT_TAG_H5:
    case CONSENT_TAG_H6:
        for (i = t->depth; i > 0; i--) {
            e = t->stack[i - 1];

            if (e >= CONSENT_TAG_H1 && e <= CONSENT_TAG_H6) {
                while (t->depth >= i) {
                    consent_tree_pop(t);
                }

                return;
            }

            if (consent_tree_barrier(e)) {
                return;
            }
        }

        return;

    case CONSENT_TAG_A:
    case CONSENT_TAG_B:
    case CONSENT_TAG_BIG:
    case CONSENT_TAG_CODE:
    case CONSENT_TAG_EM:
    case CONSENT_TAG_FONT:
    case CONSENT_TAG_I:
    case CONSENT_TAG_NOBR:
    case CONSENT_TAG_S:
    case CONSENT_TAG_SMALL:
    case CONSENT_TAG_STRIKE:
    case CONSENT_TAG_STRONG:
    case CONSENT_TAG_TT:
    case CONSENT_TAG_U:
        consent_tree_adopt(t, id);
        return;

    case CONSENT_TAG_APPLET:
    case CONSENT_TAG_MARQUEE:
    case CONSENT_TAG_OBJECT:
        if (in_scope(t, id)) {
            consent_tree_pop_until(t, id);
            consent_tree_clear_formats(t);
        }

        return;

    case CONSENT_TAG_BR:
        consent_tree_reconstruct(t);
        t->frameset_ok = 0;
        return;
    }

    consent_tree_end_other(t, id, hash);
}


/* 1 if done with the tag, 0: the rules of the body, or of t->mode, go on */

static int
tree_end_table(consent_tree_t *t, unsigned id)
{
    unsigned  cell;

    for ( ;; ) {

        switch (t->mode) {

        case CONSENT_TREE_IN_CELL:
            switch (id) {

            case CONSENT_TAG_TD:
            case CONSENT_TAG_TH:
                if (in_table(t, id)) {
                    consent_tree_pop_until(t, id);
                    consent_tree_clear_formats(t);
                    t->mode = CONSENT_TREE_IN_ROW;
                }

                return 1;

            case CONSENT_TAG_BODY:
            case CONSENT_TAG_CAPTION:
            case CONSENT_TAG_COL:
            case CONSENT_TAG_COLGROUP:
            case CONSENT_TAG_HTML:
                return 1;

            case CONSENT_TAG_TABLE:
            case CONSENT_TAG_TBODY:
            case CONSENT_TAG_TFOOT:
            case CONSENT_TAG_THEAD:
            case CONSENT_TAG_TR:
                if (!in_table(t, id)) {
                    return 1;
                }

                cell = in_table(t, CONSENT_TAG_TD) ? CONSENT_TAG_TD
                                                   : CONSENT_TAG_TH;
                consent_tree_pop_until(t, cell);
                consent_tree_clear_formats(t);
                t->mode = CONSENT_TREE_IN_ROW;
                continue;
            }

            return 0;

        case CONSENT_TREE_IN_CAPTION:
            switch (id) {

            case CONSENT_TAG_CAPTION:
            case CONSENT_TAG_TABLE:
                if (!in_table(t, CONSENT_TAG_CAPTION)) {
                    return 1;
                }

                consent_tree_pop_until(t, CONSENT_TAG_CAPTION);
                consent_tree_clear_formats(t);
                t->mode = CONSENT_TREE_IN_TABLE;

                if (id == CONSENT_TAG_CAPTION) {
                    return 1;
                }

                continue;

            case CONSENT_TAG_BODY:
            case CONSENT_TAG_COL:
            case CONSENT_TAG_COLGROUP:
            case CONSENT_TAG_HTML:
            case CONSENT_TAG_TBODY:
            case CONSENT_TAG_TD:
            case CONSENT_TAG_TFOOT:
            case CONSENT_TAG_TH:
            case CONSENT_TAG_THEAD:
            case CONSENT_TAG_TR:
                return 1;
            }

            return 0;

        case CONSENT_TREE_IN_ROW:
            switch (id) {

            case CONSENT_TAG_TBODY:
            case CONSENT_TAG_TFOOT:
            case CONSENT_TAG_THEAD:
                if (!in_table(t, id)) {
                    return 1;
                }

                /* fall through */

            case CONSENT_TAG_TR:
            case CONSENT_TAG_TABLE:
                if (!in_table(t, CONSENT_TAG_TR)) {
                    return 1;
                }

                tree_clear_to(t, CONSENT_TAG_TR, 0, 0);
                consent_tree_pop(t);
                t->mode = CONSENT_TREE_IN_TBODY;

                if (id == CONSENT_TAG_TR) {
                    return 1;
                }

                continue;

            case CONSENT_TAG_TD:
            case CONSENT_TAG_TH:
                return 1;
            }

            break;

        case CONSENT_TREE_IN_TBODY:
            switch (id) {

            case CONSENT_TAG_TBODY:
            case CONSENT_TAG_TFOOT:
            case CONSENT_TAG_THEAD:
                if (!in_table(t, id)) {
                    return 1;
                }

                tree_clear_to(t, CONSENT_TAG_TBODY, CONSENT_TAG_TFOOT,
                              CONSENT_TAG_THEAD);
                consent_tree_pop(t);
                t->mode = CONSENT_TREE_IN_TABLE;
                return 1;

            case CONSENT_TAG_TABLE:
                if (!in_table(t, CONSENT_TAG_TBODY)
                    && !in_table(t, CONSENT_TAG_THEAD)
                    && !in_table(t, CONSENT_TAG_TFOOT))
                {
                    return 1;
                }

                tree_clear_to(t, CONSENT_TAG_TBODY, CONSENT_TAG_TFOOT,
                              CONSENT_TAG_THEAD);
                consent_tree_pop(t);
                t->mode = CONSENT_TREE_IN_TABLE;
                continue;

            case CONSENT_TAG_TD:
            case CONSENT_TAG_TH:
            case CONSENT_TAG_TR:
                return 1;
            }

            break;

        default:
            break;
        }

        switch (id) {

        case CONSENT_TAG_TABLE:
            if (in_table(t, CONSENT_TAG_TABLE)) {
                consent_tree_pop_until(t, CONSENT_TAG_TABLE);
                consent_tree_reset(t);
            }

            return 1;

        case CONSENT_TAG_BODY:
        case CONSENT_TAG_CAPTION:
        case CONSENT_TAG_COL:
        case CONSENT_TAG_COLGROUP:
        case CONSENT_TAG_HTML:
        case CONSENT_TAG_TBODY:
        case CONSENT_TAG_TD:
        case CONSENT_TAG_TFOOT:
        case CONSENT_TAG_TH:
        case CONSENT_TAG_THEAD:
        case CONSENT_TAG_TR:
            return 1;
        }

        return 0;
    }
}


static void
tree_end_template(consent_tree_t *t)
{
    if (t->ntemplates == 0) {
        return;
    }

    consent_tree_pop_until(t, CONSENT_TAG_TEMPLATE);
    consent_tree_clear_formats(t);
    t->ntemplates--;
    consent_tree_reset(t);
}


/* "reset the insertion mode appropriately" */

void
consent_tree_reset(consent_tree_t *t)
{
    uint32_t  i;

    for (i = t->depth; i > 0; i--) {

        switch (t->stack[i - 1] & ~(uint32_t) CONSENT_NS_INERT) {

        case CONSENT_TAG_TD:
        case CONSENT_TAG_TH:
            t->mode = CONSENT_TREE_IN_CELL;
            return;

        case CONSENT_TAG_TR:
            t->mode = CONSENT_TREE_IN_ROW;
            return;

        case CONSENT_TAG_TBODY:
        case CONSENT_TAG_THEAD:
        case CONSENT_TAG_TFOOT:
            t->mode = CONSENT_TREE_IN_TBODY;
            return;

        case CONSENT_TAG_CAPTION:
            t->mode = CONSENT_TREE_IN_CAPTION;
            return;

        case CONSENT_TAG_COLGROUP:
            t->mode = CONSENT_TREE_IN_COLGROUP;
            return;

        case CONSENT_TAG_TABLE:
            t->mode = CONSENT_TREE_IN_TABLE;
            return;

        case CONSENT_TAG_TEMPLATE:
            t->mode = t->ntemplates ? t->templates[t->ntemplates - 1]
                                    : CONSENT_TREE_IN_BODY;
            return;

        case CONSENT_TAG_HEAD:
            t->mode = CONSENT_TREE_IN_HEAD;
            return;

        case CONSENT_TAG_BODY:
            t->mode = CONSENT_TREE_IN_BODY;
            return;

        case CONSENT_TAG_FRAMESET:
            t->mode = CONSENT_TREE_IN_FRAMESET;
            return;

        case CONSENT_TAG_HTML:
            t->mode = (t->seen & CONSENT_TREE_HEAD)
                      ? CONSENT_TREE_AFTER_HEAD : CONSENT_TREE_BEFORE_HEAD;
            return;
        }
    }

    t->mode = CONSENT_TREE_IN_BODY;
}


/* "clear the stack back to a table (body, row) context" */

static void
tree_clear_to(consent_tree_t *t, unsigned a, unsigned b, unsigned c)
{
    uint32_t  e;

    while (t->depth > 1) {
        e = consent_tree_top(t) & ~(uint32_t) CONSENT_NS_INERT;

        if (e == a || e == CONSENT_TAG_TEMPLATE || e == CONSENT_TAG_HTML
            || (b && (e == b || e == c)))
        {
            return;
        }

        consent_tree_pop(t);
    }
}


void
consent_tree_text(consent_tree_t *t, consent_tree_text_e kind)
{
    uint32_t  e;

    e = consent_tree_top(t);

    if ((e & CONSENT_NS_MASK) != CONSENT_NS_HTML && !consent_tree_point(e)) {
        if (kind == CONSENT_TEXT_OTHER) {
            t->frameset_ok = 0;
        }

        return;
    }

    for ( ;; ) {

        switch (t->mode) {

        case CONSENT_TREE_INITIAL:
            if (kind == CONSENT_TEXT_SPACE) {
                return;
            }

            t->quirks = 1;
            t->mode = CONSENT_TREE_BEFORE_HTML;

            /* fall through */

        case CONSENT_TREE_BEFORE_HTML:
            if (kind == CONSENT_TEXT_SPACE) {
                return;
            }

            tree_html(t);

            /* fall through */

        case CONSENT_TREE_BEFORE_HEAD:
            if (kind == CONSENT_TEXT_SPACE) {
                return;
            }

            tree_head(t);

            /* fall through */

        case CONSENT_TREE_IN_HEAD:
        case CONSENT_TREE_IN_HEAD_NOSCRIPT:
            if (kind == CONSENT_TEXT_SPACE) {
                return;
            }

            if (t->mode == CONSENT_TREE_IN_HEAD_NOSCRIPT) {
                consent_tree_pop(t);
            }

            consent_tree_pop(t);

            /* fall through */

        case CONSENT_TREE_AFTER_HEAD:
            if (kind == CONSENT_TEXT_SPACE) {
                return;
            }

            tree_body(t);
            continue;

        case CONSENT_TREE_IN_COLGROUP:
            if (kind == CONSENT_TEXT_SPACE
                || consent_tree_top(t) != CONSENT_TAG_COLGROUP)
            {
                return;
            }

            consent_tree_pop(t);
            t->mode = CONSENT_TREE_IN_TABLE;
            continue;

        case CONSENT_TREE_IN_TABLE:
        case CONSENT_TREE_IN_TBODY:
        case CONSENT_TREE_IN_ROW:
            if (kind == CONSENT_TEXT_OTHER) {
                consent_tree_reconstruct(t);
                t->frameset_ok = 0;
            }

            return;

        case CONSENT_TREE_AFTER_BODY:
        case CONSENT_TREE_AFTER_AFTER_BODY:
            if (kind == CONSENT_TEXT_SPACE) {
                return;
            }

            t->mode = CONSENT_TREE_IN_BODY;
            continue;

        case CONSENT_TREE_IN_FRAMESET:
        case CONSENT_TREE_AFTER_FRAMESET:
        case CONSENT_TREE_AFTER_AFTER_FRAMESET:
            return;

        default:
            if (kind == CONSENT_TEXT_NUL) {
                return;
            }

            consent_tree_reconstruct(t);

            if (kind == CONSENT_TEXT_OTHER) {
                t->frameset_ok = 0;
            }

            return;
        }
    }
}
