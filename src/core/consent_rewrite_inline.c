
/*
 * Inline scripts and style sheets: held from the start tag until the rules
 * can say, or until inline_max bytes of text are there, which then decide
 * alone.  What is harmless so far is not held for what may come.
 *
 * In SVG, and in XML, their text is markup.  An element that is open there
 * may hold another one; the outer ones wait in m->outer.
 */

#include "consent_rewrite_int.h"
#include "consent_inline_names.h"
#include "consent_memo.h"

static int rw_inline_kind(const consent_tag_t *tag);
static int rw_style_early(consent_rewrite_t *cr, consent_machine_t *m,
    const consent_inline_t *inl);
static int rw_judge_script(consent_rewrite_t *cr, consent_machine_t *m,
    const consent_inline_t *inl, uint64_t end);
static int rw_inline_judge(consent_rewrite_t *cr, consent_machine_t *m,
    consent_inline_t *inl, uint64_t end);
static consent_str_t rw_foreign_text(consent_rewrite_t *cr,
    const consent_u8 *p, size_t len, int map, int deep, int *nested);


int
consent_rw_inline_start(consent_rewrite_t *cr, consent_tag_t *tag)
{
    int                         kind;
    unsigned                    i;
    consent_machine_t          *m;
    consent_inline_t           *inl;
    const consent_html_attr_t  *a;

    m = tag->m;

    if ((tag->id != CONSENT_TAG_SCRIPT && tag->id != CONSENT_TAG_STYLE)
        || cr->conf->inline_max == 0)
    {
        return CONSENT_OK;
    }

    kind = rw_inline_kind(tag);

    if (kind == CONSENT_INLINE_NONE) {
        return CONSENT_OK;
    }

    if (m->inl.kind) {

        if (m->nouter == CONSENT_OUTER_MAX) {

            /* deeper than anyone nests: the outermost cannot be waited for */

            m->outer[0].early = 1;

            if (rw_inline_judge(cr, m, &m->outer[0], tag->mark)
                != CONSENT_OK)
            {
                return CONSENT_ERROR;
            }

            m->nouter--;
            memmove(&m->outer[0], &m->outer[1],
                    m->nouter * sizeof(consent_inline_t));
        }

        m->outer[m->nouter++] = m->inl;
    }

    inl = &m->inl;
    inl->kind = (uint8_t) kind;
    inl->id = (uint8_t) tag->id;
    inl->depth = m->tree.depth;
    inl->start = tag->mark;
    inl->tag = (kind == CONSENT_INLINE_STYLE) ? m->tok.pos : tag->mark;
    inl->early = 0;
    inl->begun = 0;
    inl->bare = tag->bare;
    inl->map = tag->map;
    inl->marked = tag->marked;
    inl->nomark = m->tok.xml
                  && (consent_rw_attr(tag, CONSENT_ATTR_DATA_CATEGORY)
                      || consent_rw_attr(tag, CONSENT_ATTR_DATA_CONSENT));
    inl->name_end = tag->name_end;
    inl->text = m->tok.pos;
    inl->ntypes = 0;

    for (i = 0; i < m->tok.nattrs; i++) {
        a = &m->tok.attrs[i];

        if (a->id == CONSENT_ATTR_TYPE && inl->ntypes < CONSENT_TYPES_MAX) {
            inl->types[inl->ntypes++] = tag->mark + a->name;
        }
    }

    return CONSENT_OK;
}


static int
rw_inline_kind(const consent_tag_t *tag)
{
    int                         markup;
    const consent_machine_t    *m;
    const consent_html_attr_t  *a;

    m = tag->m;
    markup = (tag->foreign && (m->readers & CONSENT_READ_TREE))
             || m->tok.xml;

    if (markup && m->tok.self_closing) {
        return CONSENT_INLINE_NONE;
    }

    if (tag->id == CONSENT_TAG_STYLE) {
        return markup ? CONSENT_INLINE_SVG_STYLE
                      : (m->tok.state == CONSENT_HTML_S_RAWTEXT)
                            ? CONSENT_INLINE_STYLE : CONSENT_INLINE_NONE;
    }

    /* the preload scanner looks into style sheets, not into scripts */

    if (!(tag->live & CONSENT_READ_TREE)
        || (!(tag->script & 1) && !tag->map)
        || (!markup && m->tok.state != CONSENT_HTML_S_SCRIPT))
    {
        return CONSENT_INLINE_NONE;
    }

    a = consent_rw_attr(tag, CONSENT_ATTR_DATA_CONSENT);

    if (a && consent_html_name_is(tag->p + a->value, a->value_len, "ignore")) {
        return CONSENT_INLINE_NONE;
    }

    if (markup && (consent_rw_attr(tag, CONSENT_ATTR_HREF)
                   || consent_rw_attr(tag, CONSENT_ATTR_XLINK_HREF)))
    {
        return m->tok.xml ? CONSENT_INLINE_SVG_SCRIPT : CONSENT_INLINE_NONE;
    }

    if (!tag->foreign && consent_rw_attr(tag, CONSENT_ATTR_SRC)) {
        return CONSENT_INLINE_NONE;
    }

    return markup ? CONSENT_INLINE_SVG_SCRIPT : CONSENT_INLINE_SCRIPT;
}


/* the innermost ends here */

int
consent_rw_inline_end(consent_rewrite_t *cr, consent_machine_t *m,
    uint64_t end)
{
    consent_inline_t  inl;

    inl = m->inl;
    m->inl.kind = CONSENT_INLINE_NONE;

    if (m->nouter) {
        m->inl = m->outer[--m->nouter];
    }

    return rw_inline_judge(cr, m, &inl, end);
}


/* markup: those whose element is no longer open */

int
consent_rw_inline_popped(consent_rewrite_t *cr, consent_machine_t *m,
    uint64_t end)
{
    while (m->inl.kind == CONSENT_INLINE_SVG_SCRIPT
           || m->inl.kind == CONSENT_INLINE_SVG_STYLE)
    {
        if (m->tree.depth >= m->inl.depth
            && (m->tok.xml || (m->tree.stack[m->inl.depth - 1]
                               & CONSENT_NS_MASK) != CONSENT_NS_HTML))
        {
            break;
        }

        if (consent_rw_inline_end(cr, m, end) != CONSENT_OK) {
            return CONSENT_ERROR;
        }
    }

    return CONSENT_OK;
}


/* how far input may be read before the outermost has to be judged */

uint64_t
consent_rw_inline_stop(const consent_rewrite_t *cr,
    const consent_machine_t *m)
{
    const consent_inline_t  *inl;

    inl = m->nouter ? &m->outer[0] : &m->inl;

    if (inl->kind == CONSENT_INLINE_NONE || inl->kind == CONSENT_INLINE_STYLE)
    {
        return UINT64_MAX;
    }

    return inl->text + cr->conf->inline_max;
}


/* the outermost has had all it may hold */

int
consent_rw_inline_full(consent_rewrite_t *cr, consent_machine_t *m)
{
    int  rc;

    if (m->nouter == 0) {
        return consent_rw_inline_end(cr, m, m->tok.pos);
    }

    rc = rw_inline_judge(cr, m, &m->outer[0], m->tok.pos);

    m->nouter--;
    memmove(&m->outer[0], &m->outer[1], m->nouter * sizeof(consent_inline_t));

    return rc;
}


static int
rw_inline_judge(consent_rewrite_t *cr, consent_machine_t *m,
    consent_inline_t *inl, uint64_t end)
{
    int                nested;
    unsigned           deep;
    consent_str_t      text;
    const consent_u8  *p;

    switch (inl->kind) {

    case CONSENT_INLINE_SCRIPT:
    case CONSENT_INLINE_SVG_SCRIPT:
        return rw_judge_script(cr, m, inl, end);

    case CONSENT_INLINE_STYLE:
        return consent_rw_css_text(cr, m, inl, end, 1);

    default:
        break;
    }

    if (end <= inl->text) {
        return CONSENT_OK;
    }

    /* a sheet is what stands in the element itself; all the same, what is in
     * others is looked at, too: where they end is not sure */

    nested = 0;

    for (deep = 0; deep <= (unsigned) nested; deep++) {
        p = consent_rw_view(cr, inl->text, (size_t) (end - inl->text));

        if (p == NULL) {
            return CONSENT_ERROR;
        }

        text = rw_foreign_text(cr, p, (size_t) (end - inl->text), 1,
                               (int) deep, &nested);

        if (text.data == NULL
            || consent_rw_css_markup(cr, m, inl, text) != CONSENT_OK)
        {
            return CONSENT_ERROR;
        }
    }

    return inl->early ? rw_style_early(cr, m, inl) : CONSENT_OK;
}


/* what of a sheet is still to come is not known: of this type it is none */

static int
rw_style_early(consent_rewrite_t *cr, consent_machine_t *m,
    const consent_inline_t *inl)
{
    consent_tag_t      tag;
    consent_verdict_t  v;

    memset(&tag, 0, sizeof(consent_tag_t));
    tag.m = m;
    tag.id = inl->id;
    tag.mark = inl->start;
    tag.name_end = inl->name_end;
    tag.bare = inl->bare;
    tag.nomark = inl->nomark;

    memset(&v, 0, sizeof(consent_verdict_t));
    v.category = CONSENT_MARKETING;
    v.source = CONSENT_SOURCE_LIMIT;

    if (!consent_rw_blocked(cr, &v)) {
        return CONSENT_OK;
    }

    consent_rw_found(cr, &tag, NULL, CONSENT_TYPE_STYLESHEET, &v, NULL, 1);

    return consent_rw_mark_script(cr, &tag, v.category);
}


/* the names it declares, and whether it writes: as was found out before */

static size_t
rw_names(consent_rewrite_t *cr, consent_str_t text, consent_u8 *names,
    size_t size)
{
    size_t                 n;
    consent_memo_found_t  *known;

    known = consent_match_known(cr->conf->match, cr->conf->rules,
                                cr->conf->page, text);

    if (known && (known->known & CONSENT_MEMO_NAMES)) {
        memcpy(names, known->data, known->len);
        return known->len;
    }

    n = consent_inline_names(text, names, size);

    if (known && n <= known->room) {
        memcpy(known->data, names, n);
        known->len = n;
        known->known |= CONSENT_MEMO_NAMES;
    }

    return n;
}


static size_t
rw_written(consent_rewrite_t *cr, consent_str_t text)
{
    size_t                 n;
    consent_memo_found_t  *known;

    known = consent_match_known(cr->conf->match, cr->conf->rules,
                                cr->conf->page, text);

    if (known && (known->known & CONSENT_MEMO_SILENT) && cr->nkept == 0) {
        return 0;
    }

    n = consent_rw_written(cr, text);

    if (known && n == 0 && cr->nkept == 0) {
        known->known |= CONSENT_MEMO_SILENT;
    }

    return n;
}


static int
rw_judge_script(consent_rewrite_t *cr, consent_machine_t *m,
    const consent_inline_t *inl, uint64_t end)
{
    int                 nested, blocked;
    size_t              n, nnames;
    unsigned            i, deep;
    consent_u8          names[CONSENT_INLINE_NAMES_SIZE];
    consent_tag_t       tag;
    consent_str_t       text;
    const consent_u8   *p;
    consent_verdict_t   v;

    if (end <= inl->text) {
        return CONSENT_OK;
    }

    n = (size_t) (end - inl->text);

    memset(&tag, 0, sizeof(consent_tag_t));
    tag.m = m;
    tag.id = inl->id;
    tag.mark = inl->start;
    tag.name_end = inl->name_end;
    tag.bare = inl->bare;
    tag.nomark = inl->nomark;

    nested = 0;
    blocked = 0;

    for (deep = 0; deep <= (unsigned) nested && !blocked; deep++) {
        p = consent_rw_view(cr, inl->text, n);

        if (p == NULL) {
            return CONSENT_ERROR;
        }

        text.data = p;
        text.len = n;

        if (inl->kind == CONSENT_INLINE_SVG_SCRIPT) {
            text = rw_foreign_text(cr, p, n, 0, (int) deep, &nested);

            if (text.data == NULL) {
                return CONSENT_ERROR;
            }
        }

        blocked = inl->map ? consent_rw_judge_map(cr, &tag, text, &v)
                           : consent_rw_judge_text(cr, &tag, NULL, text, &v);
    }

    if (blocked == 0 && inl->early) {

        /* what is still to come is not known */

        memset(&v, 0, sizeof(consent_verdict_t));
        v.category = CONSENT_MARKETING;
        v.source = CONSENT_SOURCE_LIMIT;
        blocked = consent_rw_blocked(cr, &v);

        if (blocked) {
            consent_rw_found(cr, &tag, NULL, CONSENT_TYPE_SCRIPT, &v, NULL, 1);
        }
    }

    if (blocked <= 0) {
        if (blocked == 0 && !inl->map && !inl->marked && !m->tok.xml) {
            cr->written = rw_written(cr, text);
        }

        return blocked;
    }

    nnames = inl->map ? 0 : rw_names(cr, text, names, sizeof(names));

    if (consent_rw_mark_script(cr, &tag, v.category) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    for (i = 0; i < inl->ntypes; i++) {
        if (consent_rw_edit(cr, inl->types[i], CONSENT_ORDER_RENAME,
                            (const consent_u8 *) "data-", 5)
            != CONSENT_OK)
        {
            return CONSENT_ERROR;
        }
    }

    if ((m->readers & CONSENT_READ_JS) && !inl->bare) {
        return consent_rw_place_stub(cr, inl->start, v.stubs, names, nnames);
    }

    return CONSENT_OK;
}


/*
 * The text of a script or sheet that is markup, with references decoded and
 * (map) where each byte came from: without what is in elements of its own, or
 * (deep) with it.
 */

static consent_str_t
rw_foreign_text(consent_rewrite_t *cr, const consent_u8 *p, size_t len,
    int map, int deep, int *nested)
{
    int                        depth;
    size_t                     n, got, size, i;
    uint32_t                  *raw;
    consent_u8                *out;
    consent_str_t              text;
    const consent_u8          *q, *from, *end;
    consent_html_event_e       ev;
    consent_html_tokenizer_t   tok;

    text.data = NULL;
    text.len = 0;

    size = consent_ref_size(p, len);
    out = consent_rw_room(cr, CONSENT_ROOM_VALUE, size);
    raw = NULL;

    if (map) {
        raw = (uint32_t *) (void *) consent_rw_room(cr, CONSENT_ROOM_MAP,
                                           (size + 1) * sizeof(uint32_t));
    }

    if (out == NULL || (map && raw == NULL)) {
        return text;
    }

    consent_html_init(&tok);
    tok.want_text = 1;

    n = 0;
    depth = 0;
    q = p;
    end = p + len;

    while (q < end) {
        ev = consent_html_next(&tok, &q, end);

        if (ev == CONSENT_HTML_TEXT) {
            from = q - tok.text_start;

        } else if (ev == CONSENT_HTML_CDATA) {
            consent_html_cdata(&tok, 1);
            from = q;

            for (i = (size_t) (end - q); i >= 3; i--, q++) {
                if (memcmp(q, "]]>", 3) == 0) {
                    break;
                }
            }

            q = (i >= 3) ? q : end;
            tok.pos += (uint64_t) (q - from);

        } else {
            if (ev == CONSENT_HTML_TAG) {
                *nested = 1;

                if (tok.end_tag) {
                    depth -= (depth > 0);

                } else {
                    depth += !tok.self_closing;
                }
            }

            continue;
        }

        if (depth && !deep) {
            continue;
        }

        if (ev == CONSENT_HTML_CDATA) {
            got = (size_t) (q - from);
            memcpy(out + n, from, got);

            for (i = 0; map && i < got; i++) {
                raw[n + i] = (uint32_t) (from - p + (ptrdiff_t) i);
            }

        } else {
            got = consent_ref_text(from, (size_t) (q - from), out + n,
                                   size - n, map ? raw + n : NULL);

            for (i = 0; map && i < got; i++) {
                raw[n + i] += (uint32_t) (from - p);
            }
        }

        n += got;
    }

    if (map) {
        raw[n] = (uint32_t) len;
    }

    text.data = out;
    text.len = n;

    return text;
}
