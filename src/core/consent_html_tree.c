
/*
 * Tree construction: the insertion modes, start and end tags and text.
 * https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inhtml
 *
 * Elements whose content is raw text are not pushed: nothing can happen
 * until the tokenizer has found their end tag.  Foster parenting moves nodes,
 * not open elements, and is left out.  <select> is read as the standard has
 * it since customizable select: like any other element.
 */

#include "consent_html_tree_int.h"


static void tree_end_mode(consent_tree_t *t, unsigned id, uint32_t hash);


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

    if (t->foreign && consent_tree_start_foreign(t, id, hash)) {
        return S_DATA;
    }

    if (t->old_select && consent_tree_in_old_select(t)
        && id != CONSENT_TAG_SCRIPT && id != CONSENT_TAG_TEMPLATE
        && consent_tree_old_select_start(t, id))
    {
        return S_DATA;
    }

    return consent_tree_start_mode(t, id, hash);
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
        consent_tree_leave_foreign(t);
        tree_end_mode(t, id, hash);
        return;
    }

    want = consent_tree_entry(id, hash);

    for (i = t->depth; i > 1; i--) {
        e = t->stack[i - 1];

        if ((e & CONSENT_NS_MASK) == CONSENT_NS_HTML) {
            i = t->depth;
            tree_end_mode(t, id, hash);

            /* what it is the end of may have been forgotten */

            t->unsure |= t->forgot && t->depth == i;
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
                consent_tree_end_template(t);
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
            consent_tree_end_template(t);
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
        if (consent_tree_end_table(t, id)) {
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
            consent_tree_end_template(t);
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
            consent_tree_end_template(t);
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

    consent_tree_end_body(t, id, hash);
}


void
consent_tree_end_template(consent_tree_t *t)
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
