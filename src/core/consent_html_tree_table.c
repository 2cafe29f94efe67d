
/*
 * Tree construction: "in table", and the insertion modes of its parts.
 * https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-intable
 */

#include "consent_html_tree_int.h"


/* what became of a tag */

typedef enum {
    TREE_OTHER = 0,            /* nothing: another mode's rules are for it */
    TREE_DONE,
    TREE_AGAIN                 /* the mode is another, whose turn it is */
} tree_table_e;


static void tree_clear_to(consent_tree_t *t, unsigned a, unsigned b,
    unsigned c);


static void
tree_end_row(consent_tree_t *t)
{
    tree_clear_to(t, CONSENT_TAG_TR, 0, 0);
    consent_tree_pop(t);
    t->mode = CONSENT_TREE_IN_TBODY;
}


static void
tree_clear_section(consent_tree_t *t)
{
    tree_clear_to(t, CONSENT_TAG_TBODY, CONSENT_TAG_TFOOT, CONSENT_TAG_THEAD);
}


static int
tree_has_section(consent_tree_t *t)
{
    return in_table(t, CONSENT_TAG_TBODY) || in_table(t, CONSENT_TAG_THEAD)
           || in_table(t, CONSENT_TAG_TFOOT);
}


static void
tree_end_section(consent_tree_t *t)
{
    tree_clear_section(t);
    consent_tree_pop(t);
    t->mode = CONSENT_TREE_IN_TABLE;
}


/* a cell, or the caption */

static void
tree_end_inner(consent_tree_t *t, unsigned id)
{
    consent_tree_pop_until(t, id);
    consent_tree_clear_formats(t);
    t->mode = (id == CONSENT_TAG_CAPTION) ? CONSENT_TREE_IN_TABLE
                                          : CONSENT_TREE_IN_ROW;
}


/* what "in table" has for all modes of its parts */

static tree_table_e
tree_start_any(consent_tree_t *t, unsigned id, consent_html_state_e *state)
{
    switch (id) {

    case CONSENT_TAG_TABLE:
        if (!in_table(t, CONSENT_TAG_TABLE)) {
            return TREE_DONE;
        }

        consent_tree_pop_until(t, CONSENT_TAG_TABLE);
        consent_tree_reset(t);
        return TREE_AGAIN;

    case CONSENT_TAG_STYLE:
    case CONSENT_TAG_SCRIPT:
    case CONSENT_TAG_TEMPLATE:
        *state = consent_tree_start_head(t, id);
        return TREE_DONE;

    case CONSENT_TAG_INPUT:
        return (t->flags & CONSENT_TAG_HIDDEN) ? TREE_DONE : TREE_OTHER;

    case CONSENT_TAG_FORM:
        if (t->form == -1 && !tree_has_template(t)) {
            t->form = -2;
        }

        return TREE_DONE;
    }

    return TREE_OTHER;
}


static tree_table_e
tree_start_table(consent_tree_t *t, unsigned id, consent_html_state_e *state)
{
    switch (id) {

    case CONSENT_TAG_CAPTION:
        tree_clear_to(t, CONSENT_TAG_TABLE, 0, 0);
        consent_tree_marker(t);
        consent_tree_push(t, id);
        t->mode = CONSENT_TREE_IN_CAPTION;
        return TREE_DONE;

    case CONSENT_TAG_COLGROUP:
    case CONSENT_TAG_COL:
        tree_clear_to(t, CONSENT_TAG_TABLE, 0, 0);
        consent_tree_push(t, CONSENT_TAG_COLGROUP);
        t->mode = CONSENT_TREE_IN_COLGROUP;
        return TREE_DONE;

    case CONSENT_TAG_TBODY:
    case CONSENT_TAG_TFOOT:
    case CONSENT_TAG_THEAD:
        tree_clear_to(t, CONSENT_TAG_TABLE, 0, 0);
        consent_tree_push(t, id);
        t->mode = CONSENT_TREE_IN_TBODY;
        return TREE_DONE;

    case CONSENT_TAG_TR:
    case CONSENT_TAG_TD:
    case CONSENT_TAG_TH:
        tree_clear_to(t, CONSENT_TAG_TABLE, 0, 0);
        consent_tree_push(t, CONSENT_TAG_TBODY);
        t->mode = CONSENT_TREE_IN_TBODY;
        return TREE_AGAIN;
    }

    return tree_start_any(t, id, state);
}


static tree_table_e
tree_start_tbody(consent_tree_t *t, unsigned id, consent_html_state_e *state)
{
    switch (id) {

    case CONSENT_TAG_TR:
        tree_clear_section(t);
        consent_tree_push(t, id);
        t->mode = CONSENT_TREE_IN_ROW;
        return TREE_DONE;

    case CONSENT_TAG_TH:
    case CONSENT_TAG_TD:
        tree_clear_section(t);
        consent_tree_push(t, CONSENT_TAG_TR);
        t->mode = CONSENT_TREE_IN_ROW;
        return TREE_AGAIN;

    case TREE_SECTION_TAGS:
        if (!tree_has_section(t)) {
            return TREE_DONE;
        }

        tree_end_section(t);
        return TREE_AGAIN;
    }

    return tree_start_any(t, id, state);
}


static tree_table_e
tree_start_row(consent_tree_t *t, unsigned id, consent_html_state_e *state)
{
    switch (id) {

    case CONSENT_TAG_TH:
    case CONSENT_TAG_TD:
        tree_clear_to(t, CONSENT_TAG_TR, 0, 0);
        consent_tree_push(t, id);
        t->mode = CONSENT_TREE_IN_CELL;
        consent_tree_marker(t);
        return TREE_DONE;

    case TREE_SECTION_TAGS:
    case CONSENT_TAG_TR:
    case CONSENT_TAG_TABLE:
        if (!in_table(t, CONSENT_TAG_TR)) {
            return TREE_DONE;
        }

        tree_end_row(t);

        return (id == CONSENT_TAG_TABLE) ? tree_start_any(t, id, state)
                                         : TREE_AGAIN;
    }

    return tree_start_any(t, id, state);
}


/* a part of the table ends the caption, or the cell */

static tree_table_e
tree_start_inner(consent_tree_t *t, unsigned id)
{
    unsigned  cell;

    switch (id) {

    case TREE_SECTION_TAGS:
    case CONSENT_TAG_TD:
    case CONSENT_TAG_TH:
    case CONSENT_TAG_TR:
        break;

    default:
        return TREE_OTHER;
    }

    if (t->mode == CONSENT_TREE_IN_CAPTION) {
        cell = CONSENT_TAG_CAPTION;

    } else {
        cell = in_table(t, CONSENT_TAG_TD) ? CONSENT_TAG_TD : CONSENT_TAG_TH;
    }

    if (!in_table(t, cell)) {
        return TREE_DONE;
    }

    tree_end_inner(t, cell);

    return TREE_AGAIN;
}


/*
 * Start tags in tables.  0: the tag is to be read by the rules of the mode
 * that t->mode now names, or of the body.
 */

int
consent_tree_start_table(consent_tree_t *t, unsigned id,
    consent_html_state_e *state)
{
    tree_table_e  rc;

    do {
        switch (t->mode) {

        case CONSENT_TREE_IN_TABLE:
            rc = tree_start_table(t, id, state);
            break;

        case CONSENT_TREE_IN_TBODY:
            rc = tree_start_tbody(t, id, state);
            break;

        case CONSENT_TREE_IN_ROW:
            rc = tree_start_row(t, id, state);
            break;

        case CONSENT_TREE_IN_CELL:
        case CONSENT_TREE_IN_CAPTION:
            rc = tree_start_inner(t, id);
            break;

        default:
            rc = TREE_OTHER;
        }

    } while (rc == TREE_AGAIN);

    return rc == TREE_DONE;
}


/* end tags: what "in table" has for all modes of its parts */

static tree_table_e
tree_end_any(consent_tree_t *t, unsigned id)
{
    switch (id) {

    case CONSENT_TAG_TABLE:
        if (in_table(t, CONSENT_TAG_TABLE)) {
            consent_tree_pop_until(t, CONSENT_TAG_TABLE);
            consent_tree_reset(t);
        }

        return TREE_DONE;

    case TREE_SECTION_TAGS:
    case CONSENT_TAG_BODY:
    case CONSENT_TAG_HTML:
    case CONSENT_TAG_TD:
    case CONSENT_TAG_TH:
    case CONSENT_TAG_TR:
        return TREE_DONE;
    }

    return TREE_OTHER;
}


static tree_table_e
tree_end_in_cell(consent_tree_t *t, unsigned id)
{
    switch (id) {

    case CONSENT_TAG_TD:
    case CONSENT_TAG_TH:
        if (in_table(t, id)) {
            tree_end_inner(t, id);
        }

        return TREE_DONE;

    case CONSENT_TAG_BODY:
    case CONSENT_TAG_CAPTION:
    case CONSENT_TAG_COL:
    case CONSENT_TAG_COLGROUP:
    case CONSENT_TAG_HTML:
        return TREE_DONE;

    case CONSENT_TAG_TABLE:
    case CONSENT_TAG_TBODY:
    case CONSENT_TAG_TFOOT:
    case CONSENT_TAG_THEAD:
    case CONSENT_TAG_TR:
        if (!in_table(t, id)) {
            return TREE_DONE;
        }

        tree_end_inner(t, in_table(t, CONSENT_TAG_TD) ? CONSENT_TAG_TD
                                                      : CONSENT_TAG_TH);
        return TREE_AGAIN;
    }

    return TREE_OTHER;
}


static tree_table_e
tree_end_in_caption(consent_tree_t *t, unsigned id)
{
    switch (id) {

    case CONSENT_TAG_CAPTION:
    case CONSENT_TAG_TABLE:
        if (!in_table(t, CONSENT_TAG_CAPTION)) {
            return TREE_DONE;
        }

        tree_end_inner(t, CONSENT_TAG_CAPTION);

        return (id == CONSENT_TAG_CAPTION) ? TREE_DONE : TREE_AGAIN;

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
        return TREE_DONE;
    }

    return TREE_OTHER;
}


static tree_table_e
tree_end_in_row(consent_tree_t *t, unsigned id)
{
    switch (id) {

    case CONSENT_TAG_TBODY:
    case CONSENT_TAG_TFOOT:
    case CONSENT_TAG_THEAD:
        if (!in_table(t, id)) {
            return TREE_DONE;
        }

        /* fall through */

    case CONSENT_TAG_TR:
    case CONSENT_TAG_TABLE:
        if (!in_table(t, CONSENT_TAG_TR)) {
            return TREE_DONE;
        }

        tree_end_row(t);

        return (id == CONSENT_TAG_TR) ? TREE_DONE : TREE_AGAIN;

    case CONSENT_TAG_TD:
    case CONSENT_TAG_TH:
        return TREE_DONE;
    }

    return tree_end_any(t, id);
}


static tree_table_e
tree_end_in_tbody(consent_tree_t *t, unsigned id)
{
    switch (id) {

    case CONSENT_TAG_TBODY:
    case CONSENT_TAG_TFOOT:
    case CONSENT_TAG_THEAD:
        if (in_table(t, id)) {
            tree_end_section(t);
        }

        return TREE_DONE;

    case CONSENT_TAG_TABLE:
        if (!tree_has_section(t)) {
            return TREE_DONE;
        }

        tree_end_section(t);
        return TREE_AGAIN;

    case CONSENT_TAG_TD:
    case CONSENT_TAG_TH:
    case CONSENT_TAG_TR:
        return TREE_DONE;
    }

    return tree_end_any(t, id);
}


/* 1 if done with the tag, 0: the rules of the body, or of t->mode, go on */

int
consent_tree_end_table(consent_tree_t *t, unsigned id)
{
    tree_table_e  rc;

    do {
        switch (t->mode) {

        case CONSENT_TREE_IN_CELL:
            rc = tree_end_in_cell(t, id);
            break;

        case CONSENT_TREE_IN_CAPTION:
            rc = tree_end_in_caption(t, id);
            break;

        case CONSENT_TREE_IN_ROW:
            rc = tree_end_in_row(t, id);
            break;

        case CONSENT_TREE_IN_TBODY:
            rc = tree_end_in_tbody(t, id);
            break;

        default:
            rc = tree_end_any(t, id);
        }

    } while (rc == TREE_AGAIN);

    return rc == TREE_DONE;
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
