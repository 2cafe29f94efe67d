
/*
 * Events of the tokenizer: tags, texts, doctypes, CDATA sections, and the end.
 */

#include "consent_rewrite_int.h"


static int rw_text(consent_rewrite_t *cr, consent_machine_t *m);
static int rw_doctype(consent_rewrite_t *cr, consent_machine_t *m);
static int rw_cdata(consent_rewrite_t *cr, consent_machine_t *m);


/* in XML, whatever the prefix: the namespace it stands for is not followed */

static unsigned
rw_local_name(const consent_u8 *p, size_t len)
{
    size_t             i;
    unsigned           id;
    uint32_t           hash;
    const consent_u8  *colon;

    colon = memchr(p, ':', len);

    if (colon) {
        len -= (size_t) (colon + 1 - p);
        p = colon + 1;
    }

    hash = 0;

    for (i = 0; i < len; i++) {
        hash = hash * 31 + consent_html_lower[p[i]];
    }

    id = consent_html_tag_find(hash, (uint32_t) len);

    return (id && consent_html_name_is(p, len, consent_html_tags[id].name))
           ? id : 0;
}


void
consent_rw_tag(consent_rewrite_t *cr, consent_machine_t *m, consent_tag_t *tag,
    const consent_u8 *p)
{
    size_t    n;
    unsigned  id;

    tag->m = m;
    tag->p = p;
    tag->mark = m->tok.mark;
    tag->hash = m->tok.name_hash;
    tag->part = 0;
    tag->more = 0;
    tag->marked = 0;
    tag->nomark = 0;
    tag->foreign = 0;
    tag->script = 0;
    tag->map = 0;
    tag->live = 0;
    tag->bare = cr->nmachines > 1 && consent_rw_within(cr, m);

    if (m->tok.parted) {
        /* the name is in a part that has gone */
        tag->id = m->part_id;
        tag->name_end = m->tok.mark;
        tag->more = 1;
        return;
    }

    if (m->tok.xml) {
        tag->id = rw_local_name(p + 1 + m->tok.end_tag, m->tok.name_len);
        tag->name_end = m->tok.mark + 1 + m->tok.end_tag + m->tok.name_len;
        return;
    }

    id = consent_html_tag_find(m->tok.name_hash, m->tok.name_len);

    if (id && !consent_html_name_is(p + 1 + m->tok.end_tag, m->tok.name_len,
                                    consent_html_tags[id].name))
    {
        id = 0;
    }

    tag->id = id;
    n = 1 + m->tok.end_tag + m->tok.name_len;

    if (tag->bare) {
        n = consent_rw_clear(m, p, n);
    }

    tag->name_end = m->tok.mark + n;
}


int
consent_rw_event(consent_rewrite_t *cr, consent_machine_t *m,
    consent_html_event_e ev)
{
    consent_tag_t      tag;
    const consent_u8  *p;

    switch (ev) {

    case CONSENT_HTML_TAG:
        p = consent_rw_view(cr, m->tok.mark,
                            (size_t) (m->tok.pos - m->tok.mark));

        if (p == NULL) {
            return CONSENT_ERROR;
        }

        consent_rw_tag(cr, m, &tag, p);

        return m->tok.end_tag ? consent_rw_end_tag(cr, m, &tag)
                              : consent_rw_start_tag(cr, m, &tag);

    case CONSENT_HTML_PART:
        return consent_rw_part(cr, m);

    case CONSENT_HTML_TEXT:
        return rw_text(cr, m);

    case CONSENT_HTML_DOCTYPE:
        return rw_doctype(cr, m);

    case CONSENT_HTML_CDATA:
        return rw_cdata(cr, m);

    case CONSENT_HTML_COMMENT:
        if ((m->readers & CONSENT_READ_JS) && cr->banner_wait) {
            if (consent_rw_place_banner(cr, NULL) != CONSENT_OK) {
                return CONSENT_ERROR;
            }
        }

        if (cr->conf->marker && (m->readers & CONSENT_READ_JS)) {
            return consent_rw_place_marker(cr, m);
        }

        return CONSENT_OK;

    default:
        return CONSENT_OK;
    }
}


static int
rw_text(consent_rewrite_t *cr, consent_machine_t *m)
{
    size_t                i, n;
    unsigned              seen, mode;
    uint64_t              start;
    const consent_u8     *p;
    consent_tree_text_e   kind, k;

    n = m->tok.text_start;
    start = m->tok.pos - n;
    p = consent_rw_view(cr, start, n);

    if (p == NULL) {
        return CONSENT_ERROR;
    }

    if (cr->banner_wait && (m->readers & CONSENT_READ_JS)) {
        if (consent_rw_place_banner(cr, NULL) != CONSENT_OK) {
            return CONSENT_ERROR;
        }
    }

    if (!(m->readers & CONSENT_READ_TREE)) {
        return CONSENT_OK;
    }

    /* at most three kinds matter, and each but once */

    kind = CONSENT_TEXT_OTHER + 1;

    for (i = 0; i < n; i++) {

        switch (p[i]) {
        case '\t':
        case '\n':
        case '\f':
        case '\r':
        case ' ':
            k = CONSENT_TEXT_SPACE;
            break;

        case '\0':
            k = CONSENT_TEXT_NUL;
            break;

        default:
            k = CONSENT_TEXT_OTHER;
        }

        if (k == kind) {
            continue;
        }

        kind = k;
        seen = m->tree.seen;
        mode = m->tree.mode;

        consent_tree_text(&m->tree, kind);

        if (m->tree.error) {
            return CONSENT_ERROR;
        }

        if ((m->readers & CONSENT_READ_JS)
            && (m->tree.seen != seen || m->tree.mode != mode))
        {
            if (consent_rw_place_after(cr, m, seen, mode, start + i,
                                       start + i, NULL, 0)
                != CONSENT_OK)
            {
                return CONSENT_ERROR;
            }
        }

        if (kind == CONSENT_TEXT_OTHER) {
            break;
        }
    }

    m->tok.want_text = consent_tree_wants_text(&m->tree);

    return CONSENT_OK;
}


static int
rw_doctype(consent_rewrite_t *cr, consent_machine_t *m)
{
    int                quirks;
    size_t             i, n;
    const consent_u8  *p;

    quirks = 0;
    n = (size_t) (m->tok.pos - m->tok.mark);

    if (m->tok.pos - m->tok.mark <= CONSENT_HTML_SHORT) {
        p = consent_rw_view(cr, m->tok.mark, n);

        if (p == NULL) {
            return CONSENT_ERROR;
        }

        /* "<!doctype", blanks, "html": the rest is looked up roughly, since
         * all that hangs on it is whether a table closes a paragraph */

        for (i = 9; i < n && is_blank(p[i]); i++) { /* void */ }

        quirks = (n < i + 5 || !consent_html_name_is(p + i, 4, "html")
                  || (p[i + 4] != '>' && p[i + 4] > ' '));

        for (/* void */; !quirks && i + 10 < n; i++) {
            if (consent_html_name_is(p + i, 10, "html 3.2//")
                || consent_html_name_is(p + i, 9, "html 2.0/")
                || consent_html_name_is(p + i, 9, "html 3.0/"))
            {
                quirks = 1;
            }

            if (i + 17 < n
                && (consent_html_name_is(p + i, 17, "4.01 transitional")
                    || consent_html_name_is(p + i, 13, "4.01 frameset")))
            {
                quirks = 2;
            }

            if (i + 16 < n
                && (consent_html_name_is(p + i, 16, "4.0 transitional")
                    || consent_html_name_is(p + i, 12, "4.0 frameset")))
            {
                quirks = 1;
            }
        }

        if (quirks == 2) {

            /* with a system identifier: limited quirks */

            for (i = 9; i + 7 < n; i++) {
                if (consent_html_name_is(p + i, 7, "http://")) {
                    quirks = 0;
                    break;
                }
            }
        }
    }

    if (m->readers & CONSENT_READ_TREE) {
        consent_tree_doctype(&m->tree, quirks != 0);
    }

    cr->sign = 1;

    return CONSENT_OK;
}


/* CDATA sections exist in foreign content, and not for the scanner */

static int
rw_cdata(consent_rewrite_t *cr, consent_machine_t *m)
{
    int                 allowed;
    consent_machine_t  *f;

    if (m->tok.xml) {
        consent_html_cdata(&m->tok, 1);
        return CONSENT_OK;
    }

    allowed = (m->readers & CONSENT_READ_TREE)
              && consent_tree_foreign(&m->tree);

    if (allowed && (m->readers & CONSENT_READ_SCANNERS)) {
        f = consent_rw_fork(cr, m, m->readers & CONSENT_READ_SCANNERS);

        if (f == NULL) {
            return CONSENT_ERROR;
        }

        consent_html_cdata(&f->tok, 0);
    }

    consent_html_cdata(&m->tok, allowed);

    return CONSENT_OK;
}


int
consent_rw_eof(consent_rewrite_t *cr)
{
    unsigned            i;
    consent_machine_t  *m;

    for (i = 0; i < cr->nmachines; i++) {
        m = cr->machines[i];

        while (m->inl.kind) {
            if (consent_rw_inline_end(cr, m, m->tok.pos) != CONSENT_OK) {
                return CONSENT_ERROR;
            }
        }

        if ((m->readers & CONSENT_READ_JS)
            && consent_rw_place_eof(cr, m) != CONSENT_OK)
        {
            return CONSENT_ERROR;
        }
    }

    return CONSENT_OK;
}
