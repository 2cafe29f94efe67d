
/*
 * Tree construction: "in table", and the insertion modes of its parts.
 * https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-intable
 */

#include "consent_html_tree_int.h"


static void tree_clear_to(consent_tree_t *t, unsigned a, unsigned b,
    unsigned c);


/*
 * Start tags in tables.  0: the tag is to be read by the rules of the mode
 * that t->mode now names, or of the body.
 */

int
consent_tree_start_table(consent_tree_t *t, unsigned id,
    consent_html_state_e *state)
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
                *state = consent_tree_start_head(t, id);
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
            *state = consent_tree_start_head(t, id);
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


/* 1 if done with the tag, 0: the rules of the body, or of t->mode, go on */

int
consent_tree_end_table(consent_tree_t *t, unsigned id)
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
