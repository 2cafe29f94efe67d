
/*
 * The insertions that make a start tag inert, or bring back what a page had
 * made inert itself.  An attribute is renamed by "data-" before its name, one
 * is added straight after the tag's name; under a reading that takes the place
 * for something else, both are harmless.
 */

#include "consent_rewrite_int.h"


static int rw_mark(consent_rewrite_t *cr, consent_tag_t *tag, int category);
static int rw_taken(const consent_tag_t *tag, const consent_html_attr_t *a,
    size_t prefix);


/* what <script type> may say; https://mimesniff.spec.whatwg.org/ */

static const char  *js_types[] = {
    "text/javascript", "application/javascript", "application/ecmascript",
    "application/x-ecmascript", "application/x-javascript",
    "text/ecmascript", "text/javascript1.0", "text/javascript1.1",
    "text/javascript1.2", "text/javascript1.3", "text/javascript1.4",
    "text/javascript1.5", "text/jscript", "text/livescript",
    "text/x-ecmascript", "text/x-javascript", "module", NULL
};


static const consent_u8  rw_data[] = "data-consent-";


static const consent_str_t  rw_plain[] = {
    consent_string(" type=\"text/plain\""),
    consent_string(" type=text/plain")
};


static int
rw_same_name(const consent_u8 *p, size_t n, const consent_u8 *q, size_t m)
{
    size_t  i;

    for (i = 0; i < n && i < m; i++) {
        if (consent_html_lower[p[i]] != consent_html_lower[q[i]]) {
            return 0;
        }
    }

    return n == m;
}


/* all of this name: without the first the second would count */

int
consent_rw_rename(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a)
{
    size_t                      n;
    const consent_u8           *colon;
    const consent_html_attr_t  *b, *end;

    end = tag->m->tok.attrs + tag->m->tok.nattrs;

    for (b = a; b < end; b++) {

        if (b->id != a->id
            || (a->id == CONSENT_ATTR_ON
                && !rw_same_name(tag->p + a->name, a->name_len,
                                 tag->p + b->name, b->name_len)))
        {
            continue;
        }

        n = 0;

        if (tag->m->tok.xml) {

            /* a prefix stays in front: it stands for a namespace */

            colon = b->name_len ? memchr(tag->p + b->name, ':',
                                         b->name_len - 1)
                                : NULL;
            n = colon ? (size_t) (colon + 1 - (tag->p + b->name)) : 0;
        }

        if (consent_rw_edit(cr, tag->m->tok.mark + b->name + n,
                            CONSENT_ORDER_RENAME, rw_data,
                            rw_taken(tag, b, n) ? sizeof(rw_data) - 1 : 5)
            != CONSENT_OK)
        {
            return CONSENT_ERROR;
        }
    }

    return CONSENT_OK;
}


/* in XML, where there may be none twice: is there an attribute "data-NAME"? */

static int
rw_taken(const consent_tag_t *tag, const consent_html_attr_t *a, size_t prefix)
{
    size_t             i, n, len;
    const consent_u8  *name;

    if (!tag->m->tok.xml) {
        return 0;
    }

    name = tag->p + a->name + prefix;
    n = a->name_len - prefix;
    len = (size_t) (tag->m->tok.pos - tag->m->tok.mark);

    for (i = 0; i + 5 + n < len; i++) {
        if (memcmp(tag->p + i, rw_data, 5) == 0
            && memcmp(tag->p + i + 5, name, n) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* data-consent and data-category; for a script its type as well */

int
consent_rw_mark(consent_rewrite_t *cr, consent_tag_t *tag, int category)
{
    unsigned                    i;
    const consent_html_attr_t  *a;

    if (tag->marked || tag->nomark || tag->more) {
        return CONSENT_OK;
    }

    tag->marked = 1;

    if (tag->m->tok.xml
        && (consent_rw_attr(tag, CONSENT_ATTR_DATA_CATEGORY)
            || consent_rw_attr(tag, CONSENT_ATTR_DATA_CONSENT)))
    {
        /* there may be none twice */

        tag->nomark = 1;
    }

    if (tag->id != CONSENT_TAG_SCRIPT) {
        return rw_mark(cr, tag, category);
    }

    for (i = 0; i < tag->m->tok.nattrs; i++) {
        a = &tag->m->tok.attrs[i];

        if (a->id == CONSENT_ATTR_TYPE
            && consent_rw_rename(cr, tag, a) != CONSENT_OK)
        {
            return CONSENT_ERROR;
        }
    }

    return consent_rw_mark_script(cr, tag, category);
}


int
consent_rw_mark_script(consent_rewrite_t *cr, consent_tag_t *tag, int category)
{
    if (consent_rw_edit(cr, tag->name_end, CONSENT_ORDER_TYPE,
                        rw_plain[tag->bare].data, rw_plain[tag->bare].len)
        != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    return rw_mark(cr, tag, category);
}


static int
rw_mark(consent_rewrite_t *cr, consent_tag_t *tag, int category)
{
    consent_str_t  *s;

    if (tag->nomark) {
        return CONSENT_OK;
    }

    s = consent_rw_mark_text(cr, category, tag->bare);

    if (s == NULL) {
        return CONSENT_ERROR;
    }

    return consent_rw_edit(cr, tag->name_end, CONSENT_ORDER_MARK, s->data,
                           s->len);
}


/* what a blocked frame shows: a page of ours that says so */

int
consent_rw_frame(consent_rewrite_t *cr, consent_tag_t *tag, int category,
    const consent_u8 *href, size_t len)
{
    size_t                i, n;
    consent_u8           *p;
    consent_u8            c;
    const consent_str_t  *name, *ep, *origin;
    static const char     hex[] = "0123456789ABCDEF";
    static const consent_str_t  none = consent_null_string;

    ep = &cr->conf->endpoint;
    origin = cr->elsewhere ? &cr->conf->origin : &none;
    name = &cr->conf->categories[category];

    p = consent_rw_room(cr, CONSENT_ROOM_TEXT,
                        origin->len + ep->len + name->len + len * 3 + 32);

    if (p == NULL) {
        return CONSENT_ERROR;
    }

    n = tag->bare ? 5 : 6;
    memcpy(p, " src=\"", n);

    if (origin->len) {
        memcpy(p + n, origin->data, origin->len);
        n += origin->len;
    }

    memcpy(p + n, ep->data, ep->len);
    n += ep->len;
    memcpy(p + n, "frame?c=", 8);
    n += 8;
    memcpy(p + n, name->data, name->len);
    n += name->len;
    memcpy(p + n, "&amp;u=", 7);
    n += 7;

    for (i = 0; i < len; i++) {
        c = href[i];

        if ((unsigned) ((c | 0x20) - 'a') < 26 || (unsigned) (c - '0') < 10
            || c == '-' || c == '.' || c == '_' || c == '~')
        {
            p[n++] = c;
            continue;
        }

        p[n++] = '%';
        p[n++] = (consent_u8) hex[c >> 4];
        p[n++] = (consent_u8) hex[c & 15];
    }

    if (!tag->bare) {
        p[n++] = '"';
    }

    return consent_rw_edit_copy(cr, tag->name_end, CONSENT_ORDER_ATTR, p, n);
}


/*
 * Is this script JavaScript?  The tree's reader goes by the first type
 * attribute, the preload scanner by the last.
 */

static int
rw_is_js(consent_str_t v, int language)
{
    size_t  i, n;

    if (!language) {
        while (v.len && is_blank(v.data[0])) {
            v.data++;
            v.len--;
        }

        while (v.len && is_blank(v.data[v.len - 1])) {
            v.len--;
        }
    }

    for (i = 0; js_types[i]; i++) {

        if (!language) {
            if (consent_html_name_is(v.data, v.len, js_types[i])) {
                return 1;
            }

            continue;
        }

        n = strlen("text/");

        if (memcmp(js_types[i], "text/", n) == 0
            && consent_html_name_is(v.data, v.len, js_types[i] + n))
        {
            return 1;
        }
    }

    return 0;
}


void
consent_rw_script_type(consent_rewrite_t *cr, consent_tag_t *tag)
{
    int                         js;
    unsigned                    i;
    consent_str_t               v;
    const consent_html_attr_t  *a, *b, *first[2], *last[2];

    first[0] = first[1] = last[0] = last[1] = NULL;

    for (i = 0; i < tag->m->tok.nattrs; i++) {
        a = &tag->m->tok.attrs[i];

        if (a->id == CONSENT_ATTR_TYPE || a->id == CONSENT_ATTR_LANGUAGE) {
            js = (a->id == CONSENT_ATTR_LANGUAGE);

            if (first[js] == NULL) {
                first[js] = a;
            }

            last[js] = a;
        }
    }

    tag->script = 0;
    tag->map = 0;

    if (tag->part || tag->more) {
        tag->script = 3;
        return;
    }

    for (i = 0; i < 2; i++) {
        a = i ? last[0] : first[0];
        b = i ? last[1] : first[1];

        if (a == NULL) {
            js = 1;

            if (b && b->value_len) {
                v = consent_rw_decode(cr, tag->p + b->value, b->value_len);
                js = rw_is_js(v, 1);
            }

        } else if (a->value_len == 0) {
            js = 1;

        } else {
            v = consent_rw_decode(cr, tag->p + a->value, a->value_len);
            js = rw_is_js(v, 0);

            if (!js && i == 0
                && (consent_html_name_is(v.data, v.len, "importmap")
                    || consent_html_name_is(v.data, v.len, "webbundle")
                    || consent_html_name_is(v.data, v.len,
                                            "speculationrules")))
            {
                tag->map = 1;
            }
        }

        if (js) {
            tag->script |= i + 1;
        }
    }

    if (!(tag->live & CONSENT_READ_SCANNERS)) {
        tag->script &= 1;
    }

    if (!(tag->live & CONSENT_READ_TREE)) {
        tag->script &= 2;
    }
}


/*
 * A script that the page itself keeps inert, type="text/plain" with a
 * category: where that may run, the type and the src that count are put
 * before those that were written.
 */

int
consent_rw_restore(consent_rewrite_t *cr, consent_tag_t *tag)
{
    unsigned                    i;
    consent_str_t               v;
    const consent_html_attr_t  *type, *cat, *a, *dt, *ds;

    type = consent_rw_attr(tag, CONSENT_ATTR_TYPE);
    cat = consent_rw_attr(tag, CONSENT_ATTR_DATA_CATEGORY);

    if (type == NULL || cat == NULL || tag->m->tok.xml) {
        return CONSENT_OK;
    }

    v = consent_rw_decode(cr, tag->p + type->value, type->value_len);

    if (!consent_html_name_is(v.data, v.len, "text/plain")) {
        return CONSENT_OK;
    }

    v = consent_rw_decode(cr, tag->p + cat->value, cat->value_len);

    for (i = 0; i < CONSENT_CATEGORIES_MAX; i++) {
        if (v.len && cr->conf->categories[i].len == v.len
            && memcmp(cr->conf->categories[i].data, v.data, v.len) == 0)
        {
            break;
        }
    }

    if (i == CONSENT_CATEGORIES_MAX
        || !((cr->conf->allowed | 1) & consent_bit(i)))
    {
        return CONSENT_OK;
    }

    dt = consent_rw_attr(tag, CONSENT_ATTR_DATA_TYPE);
    ds = consent_rw_attr(tag, CONSENT_ATTR_DATA_SRC);
    a = consent_rw_attr(tag, CONSENT_ATTR_SRC);

    if (consent_rw_copy_attr(cr, tag, " type=", dt, "text/javascript")
        != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    if (a == NULL && ds) {
        return consent_rw_copy_attr(cr, tag, " src=", ds, NULL);
    }

    return CONSENT_OK;
}
