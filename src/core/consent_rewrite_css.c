
/*
 * Style sheets and style attributes: an URL that is not to be loaded gets
 * "about:invalid#" put before it, where it stands.  A browser requests
 * nothing for that, and taking it away again gives the URL back.
 */

#include "consent_rewrite_int.h"

typedef struct {
    consent_rewrite_t          *cr;
    consent_tag_t              *tag;
    consent_css_t              *css;
    const consent_html_attr_t  *a;
    const consent_u8           *text;    /* the whole, or NULL: it comes by
                                            pieces */
    uint64_t                    base;    /* of the text in the page */
    const uint32_t             *raw;     /* places in it, if decoded */
    consent_verdict_t           verdict;
    int                         blocked;
    int                         edit;
    int                         image;   /* an attribute: no sheet */
    unsigned                    quiet:1; /* another tells */
} rw_css_t;

static const consent_u8  rw_invalid[] = "about:invalid#";

/* of two-byte characters that end in ASCII */
#define rw_lead(cr)  ((cr)->charset ? (cr)->charset->lead : 0u)


/* what a preload scanner takes for an URL, told of once: 1 if it is to be
 * judged */

static int
rw_css_import(rw_css_t *c, consent_css_url_t *u)
{
    const consent_u8  *p;

    p = c->text ? c->text + u->start
                : consent_rw_view(c->cr, c->base + u->start,
                                  (size_t) (u->end - u->start));

    if (p == NULL) {
        return CONSENT_ERROR;
    }

    if (!consent_css_import(c->css, u, p)) {
        return 0;
    }

    c->cr->quiet |= (c->css->import_raw == u->start + 1);
    c->css->import_raw = u->start + 1;

    return 1;
}


static int
rw_css_found(void *arg, const consent_css_url_t *u)
{
    int                 blocked;
    rw_css_t           *c;
    uint64_t            pos;
    consent_css_url_t   import;
    consent_verdict_t   v;

    static const consent_type_e  types[] = {
        CONSENT_TYPE_IMAGE, CONSENT_TYPE_FONT, CONSENT_TYPE_STYLESHEET
    };

    c = arg;
    c->cr->quiet = c->quiet;

    if (u->raw) {
        import = *u;
        u = &import;
        blocked = rw_css_import(c, &import);

        if (blocked <= 0) {
            return blocked ? CONSENT_ERROR : CONSENT_OK;
        }
    }

    blocked = consent_rw_judge_url(c->cr, c->tag, c->a, u->url,
                                   types[u->kind], &v);

    if (blocked == 0 && u->unsure) {
        blocked = consent_rw_limit(c->cr, c->tag, c->a, types[u->kind], &v);
    }

    c->cr->quiet = 0;

    if (blocked < 0) {
        return CONSENT_ERROR;
    }

    if (blocked == 0) {
        return CONSENT_OK;
    }

    c->blocked = 1;
    c->verdict = v;

    if (!c->edit) {
        return CONSENT_OK;
    }

    pos = c->base + (c->raw ? c->raw[u->start] : u->start);

    return consent_rw_edit(c->cr, pos, CONSENT_ORDER_RENAME, rw_invalid,
                           sizeof(rw_invalid) - 1);
}


/* a reader of sheets; there may be one in a data: URL in another */

static consent_css_t *
rw_css(consent_rewrite_t *cr)
{
    consent_css_t  **css;

    css = &cr->css[cr->data];

    if (*css == NULL) {
        *css = consent_work_alloc(cr->work, sizeof(consent_css_t));
    }

    return *css;
}


int
consent_rw_css_attr(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_type_e type, consent_verdict_t *v)
{
    size_t             n, size;
    uint32_t          *raw;
    rw_css_t           c;
    consent_u8        *out;
    consent_str_t      text;
    consent_css_t     *css;
    const consent_u8  *p;

    (void) type;

    p = tag->p + a->value;

    /* what has neither "(" nor an escape or reference names no URL */

    if (memchr(p, '(', a->value_len) == NULL
        && memchr(p, '&', a->value_len) == NULL)
    {
        return 0;
    }

    css = rw_css(cr);

    if (css == NULL) {
        return CONSENT_ERROR;
    }

    memset(&c, 0, sizeof(rw_css_t));
    c.cr = cr;
    c.tag = tag;
    c.a = a;
    c.base = tag->m->tok.mark + a->value;
    c.edit = 1;

    text.data = p;
    text.len = a->value_len;

    if (consent_ref_needed(p, a->value_len)) {
        size = consent_ref_size(p, a->value_len);
        out = consent_rw_room(cr, CONSENT_ROOM_VALUE, size);
        raw = (uint32_t *) (void *) consent_rw_room(cr, CONSENT_ROOM_MAP,
                                           (size + 1) * sizeof(uint32_t));

        if (out == NULL || raw == NULL) {
            return CONSENT_ERROR;
        }

        n = consent_ref_decode(p, a->value_len, out, size, NULL, raw);

        text.data = out;
        text.len = n;
        c.raw = raw;
    }

    consent_css_init(css, 1, rw_lead(cr), rw_css_found, &c);

    if (consent_css_feed(css, text.data, text.len, 1) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    *v = c.verdict;

    return c.blocked;
}


/* a sheet in a data: URL, values of an animation: is there anything in it? */

int
consent_rw_css_judge(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_str_t text, consent_verdict_t *v)
{
    rw_css_t        c;
    consent_css_t  *css;

    css = rw_css(cr);

    if (css == NULL) {
        return CONSENT_ERROR;
    }

    memset(&c, 0, sizeof(rw_css_t));
    c.cr = cr;
    c.tag = tag;
    c.a = a;
    c.css = css;
    c.text = text.data;

    consent_css_init(css, 0, rw_lead(cr), rw_css_found, &c);
    consent_css_scan(css);

    if (consent_css_feed(css, text.data, text.len, 1) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    *v = c.verdict;

    if (!c.blocked) {
        v->category = CONSENT_CATEGORY_NONE;
    }

    return c.blocked;
}


/* of readers of one sheet that parted before it one tells what is in it */

static unsigned
rw_css_told(const consent_rewrite_t *cr, const consent_machine_t *m,
    const consent_inline_t *inl)
{
    unsigned                  i;
    const consent_machine_t  *other;

    for (i = 0; i < cr->nmachines; i++) {
        other = cr->machines[i];

        if (other != m && other->inl.kind == inl->kind
            && other->inl.start == inl->start
            && (other->readers & -other->readers)
               < (m->readers & -m->readers))
        {
            return 1;
        }
    }

    return 0;
}


static void
rw_css_inline(rw_css_t *c, consent_tag_t *tag, consent_rewrite_t *cr,
    consent_machine_t *m, const consent_inline_t *inl)
{
    memset(c, 0, sizeof(rw_css_t));
    memset(tag, 0, sizeof(consent_tag_t));

    tag->m = m;
    tag->id = inl->id;
    tag->mark = inl->start;

    c->cr = cr;
    c->tag = tag;
    c->base = inl->text;
    c->edit = 1;
    c->quiet = rw_css_told(cr, m, inl);
}


/*
 * The text of a style element, as far as it has come: it is fed as it comes
 * and only an unfinished URL is held.
 */

int
consent_rw_css_text(consent_rewrite_t *cr, consent_machine_t *m,
    consent_inline_t *inl, uint64_t upto, int last)
{
    size_t             n;
    uint64_t           from, to;
    rw_css_t           c;
    consent_tag_t      tag;
    const consent_u8  *p;

    rw_css_inline(&c, &tag, cr, m, inl);

    if (m->css == NULL) {
        m->css = cr->conf->alloc.alloc(cr->conf->alloc.ctx,
                                       sizeof(consent_css_t));

        if (m->css == NULL) {
            return CONSENT_ERROR;
        }
    }

    if (!inl->begun) {
        inl->begun = 1;
        inl->fed = inl->text;
        consent_css_init(m->css, 0, rw_lead(cr), rw_css_found, &c);
        consent_css_scan(m->css);
    }

    c.css = m->css;
    m->css->arg = &c;

    /* what is in the hold first, so that the rest need not go there */

    while (upto > inl->fed) {
        from = inl->fed;
        to = (from < cr->chunk_pos && upto > cr->chunk_pos) ? cr->chunk_pos
                                                            : upto;
        n = (size_t) (to - from);
        p = consent_rw_view(cr, from, n);

        if (p == NULL || consent_css_feed(m->css, p, n, 0) != CONSENT_OK) {
            return CONSENT_ERROR;
        }

        inl->fed = to;
    }

    if (last && consent_css_feed(m->css, (const consent_u8 *) "", 0, 1)
                != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    inl->tag = inl->text + consent_css_decided(m->css);

    if (inl->tag > inl->fed) {
        inl->tag = inl->fed;
    }

    return CONSENT_OK;
}


/* all the text of one in SVG; ROOM_MAP has where in the markup it stands */

int
consent_rw_css_markup(consent_rewrite_t *cr, consent_machine_t *m,
    const consent_inline_t *inl, consent_str_t text)
{
    rw_css_t        c;
    consent_css_t  *css;
    consent_tag_t   tag;

    rw_css_inline(&c, &tag, cr, m, inl);

    c.raw = (const uint32_t *) (const void *) cr->room[CONSENT_ROOM_MAP];
    css = rw_css(cr);

    if (css == NULL) {
        return CONSENT_ERROR;
    }

    c.css = css;
    c.text = text.data;

    consent_css_init(css, 0, rw_lead(cr), rw_css_found, &c);
    consent_css_scan(css);

    return consent_css_feed(css, text.data, text.len, 1);
}
