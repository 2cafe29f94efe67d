
/*
 * The list of active formatting elements, and the adoption agency algorithm.
 * https://html.spec.whatwg.org/multipage/parsing.html#adoption-agency-algorithm
 */

#include "consent_html_tree_int.h"


void
consent_tree_marker(consent_tree_t *t)
{
    consent_tree_format(t, 0);
}


void
consent_tree_clear_formats(consent_tree_t *t)
{
    while (t->nformats) {
        if (t->formats[--t->nformats].entry == 0) {
            return;
        }
    }
}


/* the last push() is to be remembered; 0: a marker.  Three of a kind are
 * enough; where there is no room the oldest is forgotten */

void
consent_tree_format(consent_tree_t *t, uint32_t entry)
{
    int                     i, same, first;
    consent_tree_format_t  *f;

    if (entry) {
        same = 0;
        first = 0;

        for (i = t->nformats - 1; i >= 0 && t->formats[i].entry; i--) {
            if (t->formats[i].entry == entry
                && t->formats[i].attrs == t->attrs)
            {
                same++;
                first = i;
            }
        }

        if (same >= 3) {
            consent_tree_format_remove(t, first);
        }
    }

    if (t->nformats == CONSENT_TREE_FORMATS) {
        consent_tree_format_remove(t, 0);
    }

    f = &t->formats[t->nformats++];
    f->entry = (uint16_t) entry;
    f->attrs = t->attrs;
    f->at = entry ? (int16_t) (t->depth - 1) : -1;
}


void
consent_tree_format_remove(consent_tree_t *t, int i)
{
    t->nformats--;
    memmove(&t->formats[i], &t->formats[i + 1],
            (t->nformats - i) * sizeof(consent_tree_format_t));
}


/* the last of this name after the last marker, or -1 */

int
consent_tree_format_find(const consent_tree_t *t, unsigned id)
{
    int  i;

    for (i = t->nformats - 1; i >= 0 && t->formats[i].entry; i--) {
        if (consent_tree_id(t->formats[i].entry) == id) {
            return i;
        }
    }

    return -1;
}


void
consent_tree_reconstruct(consent_tree_t *t)
{
    int  i;

    i = t->nformats;

    if (i == 0) {
        return;
    }

    while (i > 0 && t->formats[i - 1].entry && t->formats[i - 1].at < 0) {
        i--;
    }

    for (/* void */; i < t->nformats; i++) {
        if (consent_tree_push(t, t->formats[i].entry) != CONSENT_OK) {
            return;
        }

        t->formats[i].at = (int16_t) (t->depth - 1);
    }
}


/* the adoption agency algorithm, as far as stack and list go */

void
consent_tree_adopt(consent_tree_t *t, unsigned id)
{
    int        fi, ni, bookmark, outer, inner, moved;
    int32_t    fe, fb, node, i;
    uint32_t   e, attrs;

    e = consent_tree_top(t);

    if (e == id && consent_tree_format_find(t, id) < 0) {
        consent_tree_pop(t);
        return;
    }

    if (e == id) {
        for (fi = t->nformats - 1; fi >= 0; fi--) {
            if (t->formats[fi].at == (int32_t) t->depth - 1) {
                break;
            }
        }

        if (fi < 0) {
            consent_tree_pop(t);
            return;
        }
    }

    for (outer = 0; outer < 8; outer++) {

        fi = consent_tree_format_find(t, id);

        if (fi < 0) {
            if (outer == 0) {
                consent_tree_end_other(t, id, 0);
            }

            return;
        }

        fe = t->formats[fi].at;

        if (fe < 0) {
            consent_tree_format_remove(t, fi);
            return;
        }

        fb = -1;

        for (i = (int32_t) t->depth - 1; i > fe; i--) {
            if (consent_tree_barrier(t->stack[i])) {
                return;
            }

            if (consent_tree_special(t->stack[i])) {
                fb = i;
            }
        }

        if (fb < 0) {
            while ((int32_t) t->depth > fe) {
                consent_tree_pop(t);
            }

            consent_tree_format_remove(t, fi);
            return;
        }

        bookmark = fi;
        moved = 0;
        node = fb;

        for (inner = 1; ; inner++) {

            node--;

            if (node <= fe) {
                break;
            }

            for (ni = t->nformats - 1; ni >= 0; ni--) {
                if (t->formats[ni].at == node) {
                    break;
                }
            }

            if (ni >= 0 && inner > 3) {
                consent_tree_format_remove(t, ni);

                if (ni < bookmark) {
                    bookmark--;
                }

                ni = -1;
            }

            if (ni < 0) {
                consent_tree_remove(t, node);
                fb--;
                continue;
            }

            if (!moved) {
                bookmark = ni + 1;
                moved = 1;
            }
        }

        /* the element moves behind the furthest block, its entry to the
         * bookmark */

        fi = consent_tree_format_find(t, id);

        if (fi < 0) {
            return;
        }

        e = t->formats[fi].entry;
        attrs = t->formats[fi].attrs;

        consent_tree_format_remove(t, fi);

        if (fi < bookmark) {
            bookmark--;
        }

        consent_tree_remove(t, fe);
        fb--;

        memmove(&t->formats[bookmark + 1], &t->formats[bookmark],
                (t->nformats - bookmark) * sizeof(consent_tree_format_t));
        t->nformats++;
        t->formats[bookmark].entry = (uint16_t) e;
        t->formats[bookmark].attrs = attrs;
        t->formats[bookmark].at = -1;

        if (consent_tree_insert(t, fb + 1, e) != CONSENT_OK) {
            return;
        }

        t->formats[bookmark].at = (int16_t) (fb + 1);
    }
}
