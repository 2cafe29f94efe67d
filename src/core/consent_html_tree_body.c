
/*
 * Tree construction: the insertion mode "in body".
 * https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inbody
 */

#include "consent_html_tree_int.h"


static void
tree_format_start(consent_tree_t *t, unsigned id)
{
    consent_tree_reconstruct(t);

    if (consent_tree_push(t, id) == CONSENT_OK) {
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


consent_html_state_e
consent_tree_start_body(consent_tree_t *t, unsigned id, uint32_t hash)
{
    int       i;
    uint32_t  e;

    switch (id) {

    case TREE_SECTION_TAGS:
    case CONSENT_TAG_HTML:
    case CONSENT_TAG_FRAME:
    case CONSENT_TAG_HEAD:
    case CONSENT_TAG_TD:
    case CONSENT_TAG_TH:
    case CONSENT_TAG_TR:
        return S_DATA;

    case TREE_HEAD_TAGS:
        return consent_tree_start_head(t, id);

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

    case TREE_BLOCK_TAGS:
    case CONSENT_TAG_P:
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


void
consent_tree_end_body(consent_tree_t *t, unsigned id, uint32_t hash)
{
    uint32_t  i, e;

    switch (id) {

    case CONSENT_TAG_TEMPLATE:
        consent_tree_end_template(t);
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

    case TREE_BLOCK_TAGS:
    case CONSENT_TAG_BUTTON:
    case CONSENT_TAG_LISTING:
    case CONSENT_TAG_PRE:
    case CONSENT_TAG_SELECT:
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
