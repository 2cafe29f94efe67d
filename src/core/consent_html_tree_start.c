
/*
 * Tree construction: start tags, by insertion mode, and in foreign content.
 * What is "in body" and in tables has files of its own.
 * https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inhtml
 */

#include "consent_html_tree_int.h"


void
consent_tree_leave_foreign(consent_tree_t *t)
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

int
consent_tree_start_foreign(consent_tree_t *t, unsigned id, uint32_t hash)
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
        consent_tree_leave_foreign(t);
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


consent_html_state_e
consent_tree_start_mode(consent_tree_t *t, unsigned id, uint32_t hash)
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

        case TREE_HEAD_TAGS:
            return consent_tree_start_head(t, id);

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
            return consent_tree_start_head(t, id);
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

        case TREE_HEAD_TAGS:
            return consent_tree_start_head(t, id);
        }

        tree_body(t);
        goto again;

    case CONSENT_TREE_IN_TABLE:
    case CONSENT_TREE_IN_TBODY:
    case CONSENT_TREE_IN_ROW:
    case CONSENT_TREE_IN_CELL:
    case CONSENT_TREE_IN_CAPTION:
        switch (id) {

        case TREE_SECTION_TAGS:
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

            if (consent_tree_start_table(t, id, &state)) {
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

        return consent_tree_start_body(t, id, hash);

    case CONSENT_TREE_IN_COLGROUP:
        switch (id) {

        case CONSENT_TAG_HTML:
        case CONSENT_TAG_COL:
            return S_DATA;

        case CONSENT_TAG_TEMPLATE:
            return consent_tree_start_head(t, id);
        }

        if (consent_tree_top(t) != CONSENT_TAG_COLGROUP) {
            return S_DATA;
        }

        consent_tree_pop(t);
        t->mode = CONSENT_TREE_IN_TABLE;
        goto again;

    case CONSENT_TREE_IN_TEMPLATE:
        switch (id) {

        case TREE_HEAD_TAGS:
            return consent_tree_start_head(t, id);

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

    return consent_tree_start_body(t, id, hash);
}


/* what "in head" does with the elements that belong there */

consent_html_state_e
consent_tree_start_head(consent_tree_t *t, unsigned id)
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
