
/*
 * The stack of open elements.
 * https://html.spec.whatwg.org/multipage/parsing.html#parse-state
 *
 * Elements are numbers: the tag, or a hash of its name, and the namespace.
 */

#include "consent_html_tree_int.h"

#define STACK_START  112


static int tree_forget(consent_tree_t *t);
static void tree_gone(consent_tree_t *t, uint32_t entry, int sign);
static void tree_moved(consent_tree_t *t, uint32_t at);


void
consent_tree_init(consent_tree_t *t, const consent_alloc_t *alloc,
    int scripting)
{
    memset(t, 0, sizeof(consent_tree_t));

    t->alloc = alloc;
    t->scripting = scripting;
    t->frameset_ok = 1;
    t->form = -1;
}


/* for so many elements: hardly a page has more than the first of these, and
 * what lies between would only be left behind */

static uint32_t
tree_room(uint32_t depth)
{
    return (depth <= STACK_START) ? STACK_START : CONSENT_TREE_DEPTH_MAX;
}


int
consent_tree_copy(consent_tree_t *to, const consent_tree_t *from)
{
    uint32_t   size;
    uint16_t  *stack;

    stack = to->stack;
    size = to->size;

    if (size < from->depth) {
        size = tree_room(from->depth);
        stack = from->alloc->alloc(from->alloc->ctx, size * sizeof(uint16_t));

        if (stack == NULL) {
            return CONSENT_ERROR;
        }
    }

    *to = *from;
    to->stack = stack;
    to->size = size;

    if (to->depth) {
        memcpy(to->stack, from->stack, to->depth * sizeof(uint16_t));
    }

    return CONSENT_OK;
}


/* whether both will do the same with whatever follows, scripting aside */

int
consent_tree_equal(const consent_tree_t *a, const consent_tree_t *b)
{
    unsigned  i;

    if (a->mode != b->mode || a->depth != b->depth
        || a->nformats != b->nformats || a->ntemplates != b->ntemplates
        || a->form != b->form || a->frameset_ok != b->frameset_ok
        || a->seen != b->seen || a->quirks != b->quirks || a->lost != b->lost
        || a->old_select != b->old_select)
    {
        return 0;
    }

    if (a->depth
        && memcmp(a->stack, b->stack, a->depth * sizeof(uint16_t)) != 0)
    {
        return 0;
    }

    if (memcmp(a->templates, b->templates, a->ntemplates) != 0) {
        return 0;
    }

    for (i = 0; i < a->nformats; i++) {
        if (a->formats[i].entry != b->formats[i].entry
            || a->formats[i].at != b->formats[i].at)
        {
            return 0;
        }
    }

    return 1;
}


static void
tree_gone(consent_tree_t *t, uint32_t entry, int sign)
{
    if (entry & CONSENT_NS_MASK) {
        t->foreign += sign;
        return;
    }

    switch (consent_tree_id(entry)) {

    case CONSENT_TAG_P:
        t->paragraphs += sign;
        break;

    case CONSENT_TAG_SELECT:
        t->selects += sign;
        break;

    case CONSENT_TAG_TEMPLATE:
        if (entry & CONSENT_NS_INERT) {
            t->inert += sign;
        }

        break;
    }
}


int
consent_tree_push(consent_tree_t *t, uint32_t entry)
{
    uint32_t   size;
    uint16_t  *stack;

    if (t->depth == t->size) {

        if (t->depth == CONSENT_TREE_DEPTH_MAX) {

            if (tree_forget(t) != CONSENT_OK) {
                t->lost = 1;
                t->unsure |= (entry & CONSENT_NS_MASK) != CONSENT_NS_HTML;
                return CONSENT_DECLINED;
            }

        } else {
            size = tree_room(t->depth + 1);
            stack = t->alloc->alloc(t->alloc->ctx, size * sizeof(uint16_t));

            if (stack == NULL) {
                t->error = 1;
                return CONSENT_ERROR;
            }

            if (t->depth) {
                memcpy(stack, t->stack, t->depth * sizeof(uint16_t));
            }

            t->stack = stack;
            t->size = size;
        }
    }

    t->stack[t->depth++] = (uint16_t) entry;
    tree_gone(t, entry, 1);

    return CONSENT_OK;
}


/* what more than its own end tag looks for in the stack */

static int
tree_needed(const consent_tree_t *t, uint32_t at, uint32_t e)
{
    unsigned  i, flags;

    flags = consent_html_tags[consent_tree_id(e)].flags;

    if ((e & CONSENT_NS_MASK) != CONSENT_NS_HTML || consent_tree_barrier(e)
        || (flags & CONSENT_TAG_F_THOROUGH) || t->form == (int32_t) at)
    {
        return 1;
    }

    for (i = 0; (flags & CONSENT_TAG_F_FORMAT) && i < t->nformats; i++) {
        if (t->formats[i].at == (int32_t) at) {
            return 1;
        }
    }

    return 0;
}


/*
 * Deeper than is kept: up to a third is forgotten, from below, of what decides
 * nothing.  Where none was left the last time, none is looked for again: else
 * each tag would cost what the whole stack does.
 */

static int
tree_forget(consent_tree_t *t)
{
    uint32_t  i, n, e, gone;

    gone = 0;
    n = (t->firm > 2) ? t->firm : 2;

    for (i = n; i < t->depth && gone < (t->depth - gone) / 2; i++) {
        e = t->stack[i];

        if (tree_needed(t, n, e)) {
            t->stack[n++] = (uint16_t) e;
            continue;
        }

        tree_gone(t, e, -1);
        tree_moved(t, n);
        gone++;
    }

    t->firm = n;
    t->forgot |= (gone != 0);
    memmove(&t->stack[n], &t->stack[i], (t->depth - i) * sizeof(uint16_t));
    t->depth -= gone;

    return gone ? CONSENT_OK : CONSENT_DECLINED;
}


void
consent_tree_pop(consent_tree_t *t)
{
    unsigned  i;
    uint32_t  e;

    if (t->depth == 0) {
        return;
    }

    e = t->stack[--t->depth];

    if (t->firm > t->depth) {
        t->firm = t->depth;
    }

    if ((e & CONSENT_NS_MASK)
        || consent_html_tags[consent_tree_id(e)].flags == 0)
    {
        tree_gone(t, e, -1);
        return;
    }

    tree_gone(t, e, -1);

    if (t->form == (int32_t) t->depth) {
        t->form = -2;
    }

    if (consent_html_tags[consent_tree_id(e)].flags & CONSENT_TAG_F_FORMAT) {
        for (i = 0; i < t->nformats; i++) {
            if (t->formats[i].at == (int32_t) t->depth) {
                t->formats[i].at = -1;
            }
        }
    }
}


/* what was at this place is not in the stack any more */

static void
tree_moved(consent_tree_t *t, uint32_t at)
{
    unsigned  i;

    if (t->form == (int32_t) at) {
        t->form = -2;

    } else if (t->form > (int32_t) at) {
        t->form--;
    }

    for (i = 0; i < t->nformats; i++) {
        if (t->formats[i].at == (int32_t) at) {
            t->formats[i].at = -1;

        } else if (t->formats[i].at > (int32_t) at) {
            t->formats[i].at--;
        }
    }
}


void
consent_tree_remove(consent_tree_t *t, uint32_t at)
{
    tree_gone(t, t->stack[at], -1);

    t->depth--;
    memmove(&t->stack[at], &t->stack[at + 1],
            (t->depth - at) * sizeof(uint16_t));

    t->firm -= (t->firm > at);
    tree_moved(t, at);
}


int
consent_tree_insert(consent_tree_t *t, uint32_t at, uint32_t entry)
{
    int       rc;
    unsigned  i;

    rc = consent_tree_push(t, entry);

    if (rc != CONSENT_OK) {
        return rc;
    }

    memmove(&t->stack[at + 1], &t->stack[at],
            (t->depth - 1 - at) * sizeof(uint16_t));
    t->stack[at] = (uint16_t) entry;
    t->firm = (t->firm < at) ? t->firm : at;

    if (t->form >= (int32_t) at) {
        t->form++;
    }

    for (i = 0; i < t->nformats; i++) {
        if (t->formats[i].at >= (int32_t) at) {
            t->formats[i].at++;
        }
    }

    return CONSENT_OK;
}


/* pops an HTML element of this name and all above it */

void
consent_tree_pop_until(consent_tree_t *t, unsigned id)
{
    uint32_t  e;

    while (t->depth > 1) {
        e = consent_tree_top(t);
        consent_tree_pop(t);

        if ((e & CONSENT_NS_MASK) == CONSENT_NS_HTML
            && consent_tree_id(e) == id)
        {
            return;
        }
    }
}


void
consent_tree_implied(consent_tree_t *t, unsigned except, int thorough)
{
    uint32_t  e;
    unsigned  mask;

    mask = CONSENT_TAG_F_IMPLIED | (thorough ? CONSENT_TAG_F_THOROUGH : 0);

    for ( ;; ) {
        e = consent_tree_top(t);

        if ((e & CONSENT_NS_MASK) != CONSENT_NS_HTML
            || consent_tree_id(e) == except
            || !(consent_html_tags[consent_tree_id(e)].flags & mask))
        {
            return;
        }

        consent_tree_pop(t);
    }
}


/* what ends the default scope */

int
consent_tree_barrier(uint32_t e)
{
    switch (e & CONSENT_NS_MASK) {

    case CONSENT_NS_HTML:
        return consent_html_tags[consent_tree_id(e)].flags
               & CONSENT_TAG_F_SCOPE;

    case CONSENT_NS_MATH:
        switch (consent_tree_id(e)) {
        case CONSENT_TAG_MI:
        case CONSENT_TAG_MO:
        case CONSENT_TAG_MN:
        case CONSENT_TAG_MS:
        case CONSENT_TAG_MTEXT:
        case CONSENT_TAG_ANNOTATION_XML:
            return 1;
        }

        return 0;

    default:
        switch (consent_tree_id(e)) {
        case CONSENT_TAG_FOREIGNOBJECT:
        case CONSENT_TAG_DESC:
        case CONSENT_TAG_TITLE:
            return 1;
        }

        return 0;
    }
}


int
consent_tree_special(uint32_t e)
{
    if ((e & CONSENT_NS_MASK) == CONSENT_NS_HTML) {
        return consent_html_tags[consent_tree_id(e)].flags
               & CONSENT_TAG_F_SPECIAL;
    }

    return consent_tree_barrier(e);
}


int
consent_tree_in_scope(const consent_tree_t *t, unsigned id, int kind)
{
    uint32_t  i, e, n;

    for (i = t->depth; i > 0; i--) {
        e = t->stack[i - 1];
        n = consent_tree_id(e);

        if ((e & CONSENT_NS_MASK) == CONSENT_NS_HTML && n == id) {
            return 1;
        }

        if (kind == CONSENT_SCOPE_TABLE) {
            if ((e & CONSENT_NS_MASK) == CONSENT_NS_HTML
                && (n == CONSENT_TAG_HTML || n == CONSENT_TAG_TABLE
                    || n == CONSENT_TAG_TEMPLATE))
            {
                return 0;
            }

            continue;
        }

        if (consent_tree_barrier(e)) {
            return 0;
        }

        if ((e & CONSENT_NS_MASK) != CONSENT_NS_HTML) {
            continue;
        }

        if (kind == CONSENT_SCOPE_BUTTON && n == CONSENT_TAG_BUTTON) {
            return 0;
        }

        if (kind == CONSENT_SCOPE_LIST
            && (n == CONSENT_TAG_OL || n == CONSENT_TAG_UL))
        {
            return 0;
        }
    }

    return 0;
}


/* "any other end tag" in body */

void
consent_tree_end_other(consent_tree_t *t, unsigned id, uint32_t hash)
{
    uint32_t  i, e, want;

    want = consent_tree_entry(id, hash);

    for (i = t->depth; i > 1; i--) {
        e = t->stack[i - 1];

        if ((e & ~(uint32_t) CONSENT_NS_INERT) == want) {

            if (id == 0) {
                consent_tree_implied(t, 0xff, 0);

            } else {
                consent_tree_implied(t, id, 0);
            }

            while (t->depth >= i) {
                consent_tree_pop(t);
            }

            return;
        }

        if (consent_tree_special(e)) {
            return;
        }
    }
}
