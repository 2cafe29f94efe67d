
/*
 * Where readers of a page part, and where they meet again.
 */

#include "consent_rewrite_int.h"


/* some of a machine's readers go their own way */

consent_machine_t *
consent_rw_fork(consent_rewrite_t *cr, consent_machine_t *m, unsigned readers)
{
    unsigned            i, j;
    uint16_t           *stack;
    uint32_t            size;
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
    f->within = m->within;
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

        f->tree.scripting = consent_rw_scripting(readers);

    } else {
        f->tok.want_text = 0;
    }

    m->readers &= ~readers;
    m->tree.scripting = consent_rw_scripting(m->readers);

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
            keep->tree.scripting = consent_rw_scripting(keep->readers);
            cr->machines[i] = keep;
            cr->nmachines--;
            cr->machines[j] = cr->machines[cr->nmachines];
            cr->machines[cr->nmachines] = b;

            goto again;
        }
    }
}


/* for elements whose tag is longer than is held */

int
consent_rw_part(consent_rewrite_t *cr, consent_machine_t *m)
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

    consent_rw_tag(cr, m, &tag, p);
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

    return tag.live ? consent_rw_element(cr, &tag) : CONSENT_OK;
}
