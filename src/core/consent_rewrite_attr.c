
/*
 * One start tag: which of its attributes load something, and what the rules
 * say of them.
 */

#include "consent_rewrite_int.h"


static int rw_judge(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, rw_kind_e kind, consent_type_e type);
static int rw_repeated(consent_rewrite_t *cr, const consent_tag_t *tag,
    const consent_html_attr_t *a);


const consent_html_attr_t *
consent_rw_attr(const consent_tag_t *tag, unsigned id)
{
    unsigned                    i;
    const consent_html_attr_t  *a;

    for (i = 0; i < tag->m->tok.nattrs; i++) {
        a = &tag->m->tok.attrs[i];

        if (a->id == id) {
            return a;
        }
    }

    return NULL;
}


int
consent_rw_element(consent_rewrite_t *cr, consent_tag_t *tag)
{
    unsigned                    i;
    rw_kind_e                   kind;
    consent_str_t               v;
    consent_type_e              type;
    const consent_html_attr_t  *a;

    if (tag->m->tok.nattrs == 0) {

        if (tag->id == CONSENT_TAG_SCRIPT) {
            tag->script = 3;
            cr->runs = 1;
        }

        return CONSENT_OK;
    }

    /* candidates were found by their hash */

    for (i = 0; i < tag->m->tok.nattrs; i++) {
        a = &tag->m->tok.attrs[i];

        if (a->id != CONSENT_ATTR_ON
            && !consent_html_name_is(tag->p + a->name, a->name_len,
                                     consent_html_attrs[a->id].name))
        {
            tag->m->tok.attrs[i].id = CONSENT_ATTR_UNKNOWN;
        }
    }

    a = consent_rw_attr(tag, CONSENT_ATTR_DATA_CONSENT);

    if (a) {
        v = consent_rw_decode(cr, tag->p + a->value, a->value_len);

        if (consent_html_name_is(v.data, v.len, "ignore")) {
            return CONSENT_OK;
        }
    }

    switch (tag->id) {

    case CONSENT_TAG_SCRIPT:
        consent_rw_script_type(cr, tag);
        cr->runs |= (tag->script != 0);

        /* of a file, Chromium asks for it whatever its type, in SVG */

        if (!tag->script && !tag->map && !tag->part
            && !((tag->foreign || tag->m->tok.xml)
                 && (consent_rw_attr(tag, CONSENT_ATTR_HREF)
                     || consent_rw_attr(tag, CONSENT_ATTR_XLINK_HREF))))
        {
            return consent_rw_restore(cr, tag);
        }

        if (!cr->conf->gate) {
            return CONSENT_OK;
        }

        break;

    case CONSENT_TAG_BASE:
        return consent_rw_base(cr, tag);

    case CONSENT_TAG_META:
        if (cr->late && consent_rw_meta_charset(cr, tag) != CONSENT_OK) {
            return CONSENT_ERROR;
        }
    }

    for (i = 0; i < tag->m->tok.nattrs; i++) {
        a = &tag->m->tok.attrs[i];

        type = CONSENT_TYPE_OTHER;
        kind = consent_rw_kind(cr, tag, a, &type);

        if (kind == RW_NONE || a->value_len == 0
            || rw_repeated(cr, tag, a))
        {
            continue;
        }

        if (rw_judge(cr, tag, a, kind, type) != CONSENT_OK) {
            return CONSENT_ERROR;
        }
    }

    return CONSENT_OK;
}


/*
 * The first of attributes of one name is the parser's.  The preload scanner
 * takes the first that is not empty, but for images; and Chromium's the last
 * href in SVG and of a link to an image, and a srcset of <source> that has a
 * candidate.
 */

static int
rw_repeated(consent_rewrite_t *cr, const consent_tag_t *tag,
    const consent_html_attr_t *a)
{
    size_t                      i;
    int                         found;
    consent_str_t               v;
    const consent_html_attr_t  *b;

    if (a->id == CONSENT_ATTR_ON) {
        return 0;
    }

    found = 0;

    for (b = tag->m->tok.attrs; b < a; b++) {

        if (b->id != a->id) {
            continue;
        }

        found = 1;

        if (!(tag->live & CONSENT_READ_SCANNERS)) {
            return 1;
        }

        if (a->id == CONSENT_ATTR_HREF || a->id == CONSENT_ATTR_XLINK_HREF
            || (a->id == CONSENT_ATTR_SRCSET && tag->id == CONSENT_TAG_SOURCE))
        {
            return 0;
        }

        v = consent_rw_decode(cr, tag->p + b->value, b->value_len);

        for (i = 0; i < v.len; i++) {
            if (v.data[i] > ' ') {
                return 1;
            }
        }
    }

    if (!found) {
        return 0;
    }

    switch (tag->id) {
    case CONSENT_TAG_SCRIPT:
    case CONSENT_TAG_INPUT:
    case CONSENT_TAG_VIDEO:
        return 0;
    }

    return 1;
}


/* data that is looked at or listened to, of any length: it loads nothing */

static int
rw_picture(consent_type_e type, consent_str_t v)
{
    return (type == CONSENT_TYPE_IMAGE || type == CONSENT_TYPE_MEDIA)
           && v.len > 5 && consent_html_name_is(v.data, 5, "data:");
}


static int
rw_judge(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, rw_kind_e kind, consent_type_e type)
{
    int                blocked;
    size_t             i, n;
    consent_str_t      v, u;
    consent_verdict_t  verdict;

    memset(&verdict, 0, sizeof(consent_verdict_t));
    verdict.category = CONSENT_CATEGORY_NONE;
    blocked = 0;

    if (kind == RW_CSS) {
        blocked = consent_rw_css_attr(cr, tag, a, type, &verdict);

        if (blocked >= 0 && a->open) {
            blocked = consent_rw_limit(cr, tag, a, type, &verdict);

            if (blocked && consent_rw_rename(cr, tag, a) != CONSENT_OK) {
                return CONSENT_ERROR;
            }
        }

        if (blocked > 0 && consent_rw_mark(cr, tag, verdict.category)
                           != CONSENT_OK)
        {
            return CONSENT_ERROR;
        }

        return (blocked < 0) ? CONSENT_ERROR : CONSENT_OK;
    }

    v = consent_rw_decode(cr, tag->p + a->value, a->value_len);

    switch (kind) {

    case RW_URL:
        blocked = consent_rw_judge_url(cr, tag, a, v, type, &verdict);
        break;

    case RW_PLACE:
        tag->nomark = 1;
        cr->by_rule = (a->id != CONSENT_ATTR_PING);

        for (i = 0; i < v.len && blocked == 0; i += n + 1) {

            /* ping is a list */

            n = (a->id == CONSENT_ATTR_PING) ? consent_rw_word(v, i) : v.len;
            u.data = v.data + i;
            u.len = n;

            if (n) {
                blocked = consent_rw_judge_url(cr, tag, a, u, type,
                                               &verdict);
            }
        }

        cr->by_rule = 0;
        break;

    case RW_SRCSET:
        i = 0;

        while (i < v.len && blocked == 0) {

            while (i < v.len && (v.data[i] <= ' ' || v.data[i] == ',')) {
                i++;
            }

            u.data = v.data + i;

            while (i < v.len && v.data[i] > ' ') {
                i++;
            }

            u.len = (size_t) (v.data + i - u.data);
            n = u.len;

            while (u.len && u.data[u.len - 1] == ',') {
                u.len--;
            }

            if (u.len) {
                blocked = consent_rw_judge_url(cr, tag, a, u, type,
                                               &verdict);
            }

            if (n != u.len) {
                continue;
            }

            /* descriptors, up to a comma outside of parentheses */

            n = 0;

            while (i < v.len && (v.data[i] != ',' || n)) {
                if (v.data[i] == '(') {
                    n++;

                } else if (v.data[i] == ')' && n) {
                    n--;
                }

                i++;
            }
        }

        break;

    case RW_VALUES:
        for (i = 0; i < v.len && blocked == 0; i += n + 1) {
            u.data = v.data + i;

            for (n = 0; i + n < v.len && u.data[n] != ';'; n++) { /* void */ }

            u.len = n;

            if (n) {
                blocked = consent_rw_judge_url(cr, tag, a, u, type,
                                               &verdict);
            }
        }

        if (blocked == 0) {
            blocked = consent_rw_judge_url(cr, tag, a, v, type, &verdict);
        }

        /* of a mask, a clip-path or a marker they are CSS */

        if (blocked == 0) {
            blocked = consent_rw_css_judge(cr, tag, a, v, &verdict);
        }

        break;

    case RW_TEXT:
        cr->runs = 1;
        blocked = consent_rw_judge_text(cr, tag, a, v, &verdict);
        break;

    case RW_HTML:
        blocked = consent_rw_judge_html(cr, v, CONSENT_MARKUP_HTML,
                                        &verdict);

        if (blocked > 0) {
            consent_rw_found(cr, tag, a, type, &verdict, NULL, 1);

        } else if (blocked == 0 && !a->open && cr->inner_runs) {
            cr->runs = 1;
            return consent_rw_place_frame(cr, tag, a);
        }

        break;

    case RW_REFRESH:
        u = consent_rw_refresh(v);

        if (u.len) {
            blocked = consent_rw_judge_url(cr, tag, a, u, type, &verdict);
        }

        break;

    default:
        break;
    }

    /* too long to be held: what is still to come is not known */

    if (blocked == 0 && a->open && !(kind == RW_URL && rw_picture(type, v))) {
        blocked = consent_rw_limit(cr, tag, a, type, &verdict);
    }

    if (blocked < 0) {
        return CONSENT_ERROR;
    }

    if (!blocked) {
        return CONSENT_OK;
    }

    if (consent_rw_rename(cr, tag, a) != CONSENT_OK
        || consent_rw_mark(cr, tag, verdict.category) != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    if (tag->id == CONSENT_TAG_SCRIPT && verdict.stubs && !tag->more
        && (tag->live & CONSENT_READ_JS))
    {
        return consent_rw_place_stub(cr, tag->mark, verdict.stubs,
                                     NULL, 0);
    }

    if (a->id == CONSENT_ATTR_SRC && !tag->more && type ==
        CONSENT_TYPE_SUBDOCUMENT && cr->conf->endpoint.len
        && (tag->id == CONSENT_TAG_IFRAME || tag->id == CONSENT_TAG_FRAME)
        && cr->judged.len)
    {
        return consent_rw_frame(cr, tag, verdict.category, cr->judged.data,
                                cr->judged.len);
    }

    return CONSENT_OK;
}
