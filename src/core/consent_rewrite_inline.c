
/*
 * Inline scripts and style sheets: held from the start tag until the rules
 * can say, or until inline_max bytes of text are there, which then decide
 * alone.  What is harmless so far is not held for what may come.
 */

#include "consent_rewrite_int.h"

static int rw_judge_script(consent_rewrite_t *cr, consent_machine_t *m,
    uint64_t end);


int
consent_rw_inline_start(consent_rewrite_t *cr, consent_tag_t *tag)
{
    unsigned                    i;
    consent_machine_t          *m;
    consent_inline_t           *inl;
    const consent_html_attr_t  *a;

    m = tag->m;

    if (m->inl.kind || (tag->id != CONSENT_TAG_SCRIPT
                        && tag->id != CONSENT_TAG_STYLE))
    {
        return CONSENT_OK;
    }

    inl = &m->inl;

    if (tag->id == CONSENT_TAG_STYLE) {
        if (tag->foreign) {
            if (m->tok.self_closing) {
                return CONSENT_OK;
            }

            inl->kind = CONSENT_INLINE_SVG_STYLE;

        } else if (m->tok.state == CONSENT_HTML_S_RAWTEXT) {
            inl->kind = CONSENT_INLINE_STYLE;

        } else {
            return CONSENT_OK;
        }

    } else {

        if (!(tag->script & 1) && !tag->map) {
            return CONSENT_OK;
        }

        if (tag->foreign) {
            if (m->tok.self_closing
                || consent_rw_attr(tag, CONSENT_ATTR_HREF)
                || consent_rw_attr(tag, CONSENT_ATTR_XLINK_HREF))
            {
                return CONSENT_OK;
            }

            inl->kind = CONSENT_INLINE_SVG_SCRIPT;

        } else if (m->tok.state == CONSENT_HTML_S_SCRIPT) {

            if (consent_rw_attr(tag, CONSENT_ATTR_SRC)) {
                return CONSENT_OK;
            }

            inl->kind = CONSENT_INLINE_SCRIPT;

        } else {
            return CONSENT_OK;
        }

        a = consent_rw_attr(tag, CONSENT_ATTR_DATA_CONSENT);

        if (a && consent_html_name_is(tag->p + a->value, a->value_len,
                                      "ignore"))
        {
            inl->kind = CONSENT_INLINE_NONE;
            return CONSENT_OK;
        }
    }

    inl->id = (uint8_t) tag->id;
    inl->depth = m->tree.depth;
    inl->start = tag->mark;
    inl->tag = (inl->kind == CONSENT_INLINE_STYLE) ? m->tok.pos : tag->mark;
    inl->begun = 0;
    inl->name_end = tag->name_end;
    inl->text = m->tok.pos;
    inl->ntypes = 0;
    inl->live = !tag->more;

    for (i = 0; i < m->tok.nattrs; i++) {
        a = &m->tok.attrs[i];

        if (a->id == CONSENT_ATTR_TYPE && inl->ntypes < CONSENT_TYPES_MAX) {
            inl->types[inl->ntypes++] = tag->mark + a->name;
        }
    }

    if (cr->conf->inline_max == 0) {
        inl->kind = CONSENT_INLINE_NONE;
    }

    return CONSENT_OK;
}


int
consent_rw_inline_end(consent_rewrite_t *cr, consent_machine_t *m,
    uint64_t end)
{
    int  rc;

    switch (m->inl.kind) {

    case CONSENT_INLINE_SCRIPT:
    case CONSENT_INLINE_SVG_SCRIPT:
        rc = rw_judge_script(cr, m, end);
        break;

    default:
        rc = consent_rw_css_text(cr, m, end, 1);
    }

    m->inl.kind = CONSENT_INLINE_NONE;

    return rc;
}


static int
rw_judge_script(consent_rewrite_t *cr, consent_machine_t *m, uint64_t end)
{
    size_t              n;
    unsigned            i;
    consent_u8         *out;
    consent_tag_t       tag;
    consent_str_t       text, *s;
    const consent_u8   *p;
    consent_verdict_t   v;

    static const consent_u8  plain[] = " type=\"text/plain\"";

    if (end <= m->inl.text) {
        return CONSENT_OK;
    }

    n = (size_t) (end - m->inl.text);
    p = consent_rw_view(cr, m->inl.text, n);

    if (p == NULL) {
        return CONSENT_ERROR;
    }

    text.data = p;
    text.len = n;

    if (m->inl.kind == CONSENT_INLINE_SVG_SCRIPT) {
        out = consent_rw_value(cr, n * 3 + CONSENT_REF_MAX);

        if (out == NULL) {
            return CONSENT_ERROR;
        }

        text.data = out;
        text.len = consent_rw_svg_text(p, n, out, n * 3 + CONSENT_REF_MAX,
                                       NULL);
    }

    memset(&tag, 0, sizeof(consent_tag_t));
    tag.m = m;
    tag.id = m->inl.id;
    tag.mark = m->inl.start;

    if (consent_rw_judge_text(cr, &tag, NULL, text, &v) == 0) {
        return CONSENT_OK;
    }

    s = consent_rw_mark_text(cr, v.category);

    if (s == NULL
        || consent_rw_edit(cr, m->inl.name_end, CONSENT_ORDER_TYPE, plain,
                           sizeof(plain) - 1) != CONSENT_OK
        || consent_rw_edit(cr, m->inl.name_end, CONSENT_ORDER_MARK, s->data,
                           s->len) != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    for (i = 0; i < m->inl.ntypes; i++) {
        if (consent_rw_edit(cr, m->inl.types[i], CONSENT_ORDER_RENAME,
                            (const consent_u8 *) "data-", 5)
            != CONSENT_OK)
        {
            return CONSENT_ERROR;
        }
    }

    if (v.stubs && (m->readers & CONSENT_READ_JS)) {
        return consent_rw_place_stub(cr, m->inl.start, v.stubs);
    }

    return CONSENT_OK;
}


/*
 * The text of a script in SVG, where it is markup: references decoded,
 * comments and tags left out, CDATA sections as they are.
 */

size_t
consent_rw_svg_text(const consent_u8 *p, size_t len, consent_u8 *out,
    size_t size, uint32_t *raw)
{
    size_t             i, n, got;
    const consent_u8  *start, *end, *q;

    n = 0;
    start = p;
    end = p + len;

    while (p < end) {

        if (*p == '<') {

            if (end - p >= 9 && memcmp(p, "<![CDATA[", 9) == 0) {
                for (p += 9; p < end; p++) {
                    if (end - p >= 3 && memcmp(p, "]]>", 3) == 0) {
                        p += 3;
                        break;
                    }

                    if (raw) {
                        raw[n] = (uint32_t) (p - start);
                    }

                    out[n++] = *p;
                }

                continue;
            }

            if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
                for (q = p + 4; q < end; q++) {
                    if (end - q >= 3 && memcmp(q, "-->", 3) == 0) {
                        q += 3;
                        break;
                    }
                }

                p = q;
                continue;
            }

            if (end - p >= 2 && (((unsigned) ((p[1] | 0x20) - 'a') < 26)
                                 || p[1] == '/' || p[1] == '!'))
            {
                q = memchr(p, '>', end - p);
                p = q ? q + 1 : end;
                continue;
            }
        }

        for (q = p + 1; q < end && *q != '<'; q++) { /* void */ }

        got = consent_ref_decode(p, (size_t) (q - p), out + n, size - n, NULL,
                                 raw ? raw + n : NULL);

        for (i = n; raw && i < n + got; i++) {
            raw[i] += (uint32_t) (p - start);
        }

        n += got;
        p = q;
    }

    return n;
}
