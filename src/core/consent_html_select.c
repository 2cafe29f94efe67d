
/*
 * <select> as it was read until 2025, when the standard let it hold other
 * elements: "in select" and "in select in table", which ignore all tags but a
 * few.  Browsers differ, so both readings are made where it matters.
 */

#include "consent_html_tree.h"


void
consent_tree_old_select(consent_tree_t *t)
{
    uint32_t  i, e;

    /* what the old reading ignored was never open */

    for (i = t->depth; i > 0; i--) {
        if (t->stack[i - 1] == CONSENT_TAG_SELECT) {
            break;
        }
    }

    if (i == 0) {
        return;
    }

    while (t->depth > i) {
        e = consent_tree_top(t);
        consent_tree_pop(t);

        if (e == CONSENT_TAG_TEMPLATE || e == (CONSENT_TAG_TEMPLATE
                                               | CONSENT_NS_INERT))
        {
            t->lost = 1;
        }
    }

    t->old_select = 1;
}


void
consent_tree_old_select_done(consent_tree_t *t)
{
    consent_tree_pop_until(t, CONSENT_TAG_SELECT);
    t->old_select = 0;
    consent_tree_reset(t);
}


/* 1: read; 0: the select is closed by it, and it is to be read again */

int
consent_tree_old_select_start(consent_tree_t *t, unsigned id)
{
    switch (id) {

    case CONSENT_TAG_OPTION:
    case CONSENT_TAG_OPTGROUP:
    case CONSENT_TAG_HR:
        if (consent_tree_top(t) == CONSENT_TAG_OPTION) {
            consent_tree_pop(t);
        }

        if (id != CONSENT_TAG_OPTION
            && consent_tree_top(t) == CONSENT_TAG_OPTGROUP)
        {
            consent_tree_pop(t);
        }

        if (id != CONSENT_TAG_HR) {
            consent_tree_push(t, id);
        }

        return 1;

    case CONSENT_TAG_SELECT:
        consent_tree_old_select_done(t);
        return 1;

    case CONSENT_TAG_INPUT:
    case CONSENT_TAG_KEYGEN:
    case CONSENT_TAG_TEXTAREA:
        consent_tree_old_select_done(t);
        return 0;

    case CONSENT_TAG_CAPTION:
    case CONSENT_TAG_TABLE:
    case CONSENT_TAG_TBODY:
    case CONSENT_TAG_TFOOT:
    case CONSENT_TAG_THEAD:
    case CONSENT_TAG_TR:
    case CONSENT_TAG_TD:
    case CONSENT_TAG_TH:
        if (!consent_tree_in_table(t)) {
            return 1;
        }

        consent_tree_old_select_done(t);
        return 0;
    }

    return 1;
}


/* as for start tags */

int
consent_tree_old_select_end(consent_tree_t *t, unsigned id)
{
    switch (id) {

    case CONSENT_TAG_OPTGROUP:
        if (consent_tree_top(t) == CONSENT_TAG_OPTION && t->depth > 1
            && t->stack[t->depth - 2] == CONSENT_TAG_OPTGROUP)
        {
            consent_tree_pop(t);
        }

        /* fall through */

    case CONSENT_TAG_OPTION:
        if (consent_tree_top(t) == id) {
            consent_tree_pop(t);
        }

        return 1;

    case CONSENT_TAG_SELECT:
        consent_tree_old_select_done(t);
        return 1;

    case CONSENT_TAG_CAPTION:
    case CONSENT_TAG_TABLE:
    case CONSENT_TAG_TBODY:
    case CONSENT_TAG_TFOOT:
    case CONSENT_TAG_THEAD:
    case CONSENT_TAG_TR:
    case CONSENT_TAG_TD:
    case CONSENT_TAG_TH:
        if (!consent_tree_in_table(t)
            || !consent_tree_in_scope(t, id, CONSENT_SCOPE_TABLE))
        {
            return 1;
        }

        consent_tree_old_select_done(t);
        return 0;
    }

    return 1;
}
