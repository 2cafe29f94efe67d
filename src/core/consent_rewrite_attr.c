
/*
 * One start tag: which of its attributes load something, what the rules say,
 * and the insertions that make them inert.  An attribute is renamed by
 * "data-" before its name, one is added straight after the tag's name; under
 * a reading that takes the place for something else, both are harmless.
 */

#include "consent_rewrite_int.h"

typedef enum {
    RW_NONE = 0,
    RW_URL,
    RW_SRCSET,
    RW_CSS,
    RW_TEXT,
    RW_HTML,
    RW_REFRESH,
    RW_VALUES,                   /* URLs with ";" between them */
    RW_PLACE                     /* an URL a click leads to: by rule only */
} rw_kind_e;

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

static rw_kind_e rw_kind(consent_rewrite_t *cr, const consent_tag_t *tag,
    const consent_html_attr_t *a, consent_type_e *type);
static rw_kind_e rw_kind_link(consent_rewrite_t *cr,
    const consent_tag_t *tag, consent_type_e *type);
static int rw_judge(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, rw_kind_e kind, consent_type_e type);
static int rw_repeated(consent_rewrite_t *cr, const consent_tag_t *tag,
    const consent_html_attr_t *a);
static int rw_rename(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a);
static int rw_mark(consent_rewrite_t *cr, consent_tag_t *tag, int category);
static unsigned rw_elsewhere(const consent_url_t *base,
    const consent_url_t *page);
static int rw_base(consent_rewrite_t *cr, consent_tag_t *tag);
static int rw_meta_charset(consent_rewrite_t *cr, consent_tag_t *tag);
static int rw_taken(const consent_tag_t *tag, const consent_html_attr_t *a,
    size_t prefix);
static int rw_frame(consent_rewrite_t *cr, consent_tag_t *tag,
    int category, const consent_u8 *href, size_t len);
static int rw_restore(consent_rewrite_t *cr, consent_tag_t *tag);


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

        if (!tag->script && !tag->map && !tag->part) {
            return rw_restore(cr, tag);
        }

        if (!cr->conf->gate) {
            return CONSENT_OK;
        }

        break;

    case CONSENT_TAG_BASE:
        return rw_base(cr, tag);

    case CONSENT_TAG_META:
        if (cr->late && rw_meta_charset(cr, tag) != CONSENT_OK) {
            return CONSENT_ERROR;
        }
    }

    for (i = 0; i < tag->m->tok.nattrs; i++) {
        a = &tag->m->tok.attrs[i];

        type = CONSENT_TYPE_OTHER;
        kind = rw_kind(cr, tag, a, &type);

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
 * The scheme says nothing: behind a TLS terminator the page's own is not
 * known, and a base of its host is of its origin.
 */

static unsigned
rw_elsewhere(const consent_url_t *base, const consent_url_t *page)
{
    return base->host.len != page->host.len
           || memcmp(base->host.data, page->host.data, page->host.len) != 0
           || base->port != page->port;
}


/*
 * <base href>: of a host that is withheld, it is withheld itself, and with it
 * all that the page has by relative URLs.  Of another, URLs are read by the
 * first there is, and by the first in <noscript>.
 */

static int
rw_base(consent_rewrite_t *cr, consent_tag_t *tag)
{
    int                         blocked, nojs;
    consent_u8                **buf;
    consent_str_t               v;
    consent_url_t               url;
    consent_verdict_t           verdict;
    const consent_html_attr_t  *a;

    a = consent_rw_attr(tag, CONSENT_ATTR_HREF);

    if (a == NULL) {
        return CONSENT_OK;
    }

    v = consent_rw_decode(cr, tag->p + a->value, a->value_len);
    blocked = consent_rw_judge_url(cr, tag, a, v, CONSENT_TYPE_OTHER,
                                   &verdict);

    if (blocked < 0) {
        return CONSENT_ERROR;
    }

    if (blocked) {
        return (rw_rename(cr, tag, a) == CONSENT_OK)
               ? consent_rw_mark(cr, tag, verdict.category) : CONSENT_ERROR;
    }

    nojs = !(tag->live & CONSENT_READ_JS);

    if (cr->base_set || (nojs && cr->nojs_set)
        || !(tag->live & CONSENT_READ_TREE))
    {
        return CONSENT_OK;
    }

    buf = nojs ? &cr->nojs_buf : &cr->base_buf;

    if (*buf == NULL) {
        *buf = cr->conf->alloc.alloc(cr->conf->alloc.ctx, CONSENT_URL_MAX);

        if (*buf == NULL) {
            return CONSENT_ERROR;
        }
    }

    if (consent_url_parse(&url, cr->conf->page, v.data, v.len, *buf,
                          CONSENT_URL_MAX)
        != CONSENT_OK
        || !url.special)
    {
        /* by one of another scheme nothing loads, for those who see it */

        return CONSENT_OK;
    }

    cr->elsewhere |= rw_elsewhere(&url, cr->conf->page);

    if (nojs) {
        cr->nojs = url;
        cr->nojs_set = 1;

    } else {
        cr->base = url;
        cr->base_set = 1;
    }

    return CONSENT_OK;
}


/*
 * A charset that cannot be read here, named too late for the page to be
 * declined: browsers that would change to it are not told of it.
 */

static int
rw_meta_charset(consent_rewrite_t *cr, consent_tag_t *tag)
{
    consent_str_t               v;
    const consent_charset_t    *c;
    const consent_html_attr_t  *a;

    a = consent_rw_attr(tag, CONSENT_ATTR_CHARSET);

    if (a) {
        v = consent_rw_decode(cr, tag->p + a->value, a->value_len);
        c = consent_charset_find(v.data, v.len);

    } else {
        a = consent_rw_attr(tag, CONSENT_ATTR_CONTENT);

        if (a == NULL || consent_rw_attr(tag, CONSENT_ATTR_HTTP_EQUIV) == NULL)
        {
            return CONSENT_OK;
        }

        v = consent_rw_decode(cr, tag->p + a->value, a->value_len);
        c = consent_charset_content(v.data, v.len);
    }

    return (c && c->closed == 1) ? rw_rename(cr, tag, a) : CONSENT_OK;
}


/* what an attribute is to this element, for the readers at hand */

static rw_kind_e
rw_kind(consent_rewrite_t *cr, const consent_tag_t *tag,
    const consent_html_attr_t *a, consent_type_e *type)
{
    unsigned                    tree;
    consent_str_t               v;
    const consent_html_attr_t  *b;

    tree = tag->live & CONSENT_READ_TREE;

    switch (a->id) {

    case CONSENT_ATTR_UNKNOWN:
        return RW_NONE;

    case CONSENT_ATTR_ON:

        /* with a prefix, in XML, it is in a namespace, and no handler */

        if (tag->m->tok.xml && memchr(tag->p + a->name, ':', a->name_len)) {
            return RW_NONE;
        }

        return tree ? RW_TEXT : RW_NONE;

    case CONSENT_ATTR_STYLE:
    case CONSENT_ATTR_FILL:
    case CONSENT_ATTR_STROKE:
    case CONSENT_ATTR_MASK:
    case CONSENT_ATTR_CLIP_PATH:
    case CONSENT_ATTR_FILTER:
    case CONSENT_ATTR_MARKER_START:
    case CONSENT_ATTR_MARKER_MID:
    case CONSENT_ATTR_MARKER_END:
    case CONSENT_ATTR_CURSOR:
        *type = CONSENT_TYPE_IMAGE;
        return (tree && (a->id == CONSENT_ATTR_STYLE
                         || memchr(tag->p + a->value, '(', a->value_len)
                         || memchr(tag->p + a->value, '&', a->value_len)))
               ? RW_CSS : RW_NONE;

    case CONSENT_ATTR_SRC:
        switch (tag->id) {

        case CONSENT_TAG_SCRIPT:
            *type = CONSENT_TYPE_SCRIPT;
            return RW_URL;

        case CONSENT_TAG_IMG:
        case CONSENT_TAG_IMAGE:
            *type = CONSENT_TYPE_IMAGE;
            return RW_URL;

        case CONSENT_TAG_INPUT:
            *type = CONSENT_TYPE_IMAGE;

            if (tag->more) {
                return RW_URL;
            }

            for (b = tag->m->tok.attrs;
                 b < tag->m->tok.attrs + tag->m->tok.nattrs; b++)
            {
                if (b->id == CONSENT_ATTR_TYPE) {
                    v = consent_rw_decode(cr, tag->p + b->value,
                                          b->value_len);

                    if (consent_html_name_is(v.data, v.len, "image")) {
                        return RW_URL;
                    }
                }
            }

            return tag->part ? RW_URL : RW_NONE;

        case CONSENT_TAG_SOURCE:
        case CONSENT_TAG_VIDEO:
        case CONSENT_TAG_AUDIO:
        case CONSENT_TAG_TRACK:
        case CONSENT_TAG_BGSOUND:
            *type = CONSENT_TYPE_MEDIA;
            return tree ? RW_URL : RW_NONE;

        case CONSENT_TAG_IFRAME:
        case CONSENT_TAG_FRAME:
        case CONSENT_TAG_PORTAL:
        case CONSENT_TAG_FENCEDFRAME:
            *type = CONSENT_TYPE_SUBDOCUMENT;
            return tree ? RW_URL : RW_NONE;

        case CONSENT_TAG_EMBED:
            *type = CONSENT_TYPE_OBJECT;
            return tree ? RW_URL : RW_NONE;
        }

        return RW_NONE;

    case CONSENT_ATTR_SRCSET:
        *type = CONSENT_TYPE_IMAGE;
        return (tag->id == CONSENT_TAG_IMG || tag->id == CONSENT_TAG_SOURCE
                || tag->id == CONSENT_TAG_IMAGE) ? RW_SRCSET : RW_NONE;

    case CONSENT_ATTR_IMAGESRCSET:
        *type = CONSENT_TYPE_IMAGE;
        return (tag->id == CONSENT_TAG_LINK) ? RW_SRCSET : RW_NONE;

    case CONSENT_ATTR_POSTER:
        *type = CONSENT_TYPE_IMAGE;
        return (tag->id == CONSENT_TAG_VIDEO) ? RW_URL : RW_NONE;

    case CONSENT_ATTR_DATA:
        *type = CONSENT_TYPE_OBJECT;
        return (tree && tag->id == CONSENT_TAG_OBJECT) ? RW_URL : RW_NONE;

    case CONSENT_ATTR_BACKGROUND:
        *type = CONSENT_TYPE_IMAGE;

        switch (tag->id) {
        case CONSENT_TAG_BODY:
        case CONSENT_TAG_TABLE:
        case CONSENT_TAG_THEAD:
        case CONSENT_TAG_TBODY:
        case CONSENT_TAG_TFOOT:
        case CONSENT_TAG_TR:
        case CONSENT_TAG_TD:
        case CONSENT_TAG_TH:
            return tree ? RW_URL : RW_NONE;
        }

        return RW_NONE;

    case CONSENT_ATTR_SRCDOC:
        *type = CONSENT_TYPE_SUBDOCUMENT;
        return (tree && tag->id == CONSENT_TAG_IFRAME) ? RW_HTML : RW_NONE;

    case CONSENT_ATTR_CONTENT:
        *type = CONSENT_TYPE_DOCUMENT;

        if (tree && tag->id == CONSENT_TAG_META) {
            b = consent_rw_attr(tag, CONSENT_ATTR_HTTP_EQUIV);

            if (b == NULL) {
                return RW_NONE;
            }

            v = consent_rw_decode(cr, tag->p + b->value, b->value_len);

            if (consent_html_name_is(v.data, v.len, "refresh")) {
                return RW_REFRESH;
            }
        }

        return RW_NONE;

    case CONSENT_ATTR_PING:
        *type = CONSENT_TYPE_PING;
        return (tree && (tag->id == CONSENT_TAG_A
                         || tag->id == CONSENT_TAG_AREA))
               ? RW_PLACE : RW_NONE;

    case CONSENT_ATTR_ACTION:
        *type = CONSENT_TYPE_DOCUMENT;
        return (tree && tag->id == CONSENT_TAG_FORM) ? RW_PLACE : RW_NONE;

    case CONSENT_ATTR_FORMACTION:
        *type = CONSENT_TYPE_DOCUMENT;
        return (tree && (tag->id == CONSENT_TAG_BUTTON
                         || tag->id == CONSENT_TAG_INPUT))
               ? RW_PLACE : RW_NONE;

    case CONSENT_ATTR_VALUES:
    case CONSENT_ATTR_TO:
    case CONSENT_ATTR_FROM:
    case CONSENT_ATTR_BY:
        *type = CONSENT_TYPE_IMAGE;
        return (tree && (tag->id == CONSENT_TAG_SET
                         || tag->id == CONSENT_TAG_ANIMATE
                         || tag->id == CONSENT_TAG_ANIMATETRANSFORM
                         || tag->id == CONSENT_TAG_ANIMATEMOTION))
               ? RW_VALUES : RW_NONE;

    case CONSENT_ATTR_HREF:
    case CONSENT_ATTR_XLINK_HREF:
        if (tag->id == CONSENT_TAG_LINK) {
            return (a->id == CONSENT_ATTR_HREF)
                   ? rw_kind_link(cr, tag, type) : RW_NONE;
        }

        *type = CONSENT_TYPE_IMAGE;

        /*
         * Scanners know of two in SVG, and of less than all that ends it:
         * what is HTML to others may be SVG to them.
         */

        switch (tag->id) {

        case CONSENT_TAG_SCRIPT:
            *type = CONSENT_TYPE_SCRIPT;
            return (tag->foreign || tag->m->tok.xml
                    || (tag->live & CONSENT_READ_SCANNERS))
                   ? RW_URL : RW_NONE;

        case CONSENT_TAG_IMAGE:
            return RW_URL;
        }

        if (!tree) {
            return RW_NONE;
        }

        switch (tag->id) {

        case CONSENT_TAG_FEIMAGE:
        case CONSENT_TAG_USE:
        case CONSENT_TAG_SET:
        case CONSENT_TAG_ANIMATE:
        case CONSENT_TAG_ANIMATEMOTION:
        case CONSENT_TAG_ANIMATETRANSFORM:
        case CONSENT_TAG_MPATH:
        case CONSENT_TAG_TEXTPATH:
        case CONSENT_TAG_LINEARGRADIENT:
        case CONSENT_TAG_RADIALGRADIENT:
        case CONSENT_TAG_PATTERN:
        case CONSENT_TAG_FILTER:
        case CONSENT_TAG_MASK:
        case CONSENT_TAG_TREF:
        case CONSENT_TAG_CURSOR:
        case CONSENT_TAG_FONT_FACE_URI:
        case CONSENT_TAG_COLOR_PROFILE:
        case CONSENT_TAG_GLYPHREF:
            return RW_URL;
        }

        return RW_NONE;
    }

    return RW_NONE;
}


/* <link>: what its rel, and as, make of it */

static rw_kind_e
rw_kind_link(consent_rewrite_t *cr, const consent_tag_t *tag,
    consent_type_e *type)
{
    size_t                      i, n;
    rw_kind_e                   kind;
    consent_str_t               v;
    const consent_u8           *w;
    const consent_html_attr_t  *a, *b;

    kind = (tag->part || tag->more) ? RW_URL : RW_NONE;
    *type = CONSENT_TYPE_OTHER;

    for (a = tag->m->tok.attrs; a < tag->m->tok.attrs + tag->m->tok.nattrs;
         a++)
    {
        if (a->id != CONSENT_ATTR_REL) {
            continue;
        }

        v = consent_rw_decode(cr, tag->p + a->value, a->value_len);

        for (i = 0; i < v.len; i += n + 1) {
            w = v.data + i;

            for (n = 0; i + n < v.len && w[n] != ' ' && w[n] != '\t'
                        && w[n] != '\n' && w[n] != '\f' && w[n] != '\r'; n++)
            {
                /* void */
            }

            if (consent_html_name_is(w, n, "stylesheet")) {
                *type = CONSENT_TYPE_STYLESHEET;
                kind = RW_URL;

            } else if (consent_html_name_is(w, n, "preconnect")
                       || consent_html_name_is(w, n, "dns-prefetch"))
            {
                if (kind == RW_NONE) {
                    *type = CONSENT_TYPE_CONNECT;
                }

                kind = RW_URL;

            } else if (consent_html_name_is(w, n, "modulepreload")) {
                *type = CONSENT_TYPE_SCRIPT;
                kind = RW_URL;

            } else if (consent_html_name_is(w, n, "icon")
                       || consent_html_name_is(w, n, "apple-touch-icon")
                       || consent_html_name_is(w, n, "mask-icon")
                       || consent_html_name_is(w, n,
                                              "apple-touch-icon-precomposed")
                       || consent_html_name_is(w, n,
                                              "apple-touch-startup-image"))
            {
                *type = CONSENT_TYPE_IMAGE;
                kind = RW_URL;

            } else if (consent_html_name_is(w, n, "preload")) {
                kind = RW_URL;

                for (b = tag->m->tok.attrs;
                     b < tag->m->tok.attrs + tag->m->tok.nattrs; b++)
                {
                    if (b->id != CONSENT_ATTR_AS) {
                        continue;
                    }

                    w = tag->p + b->value;

                    if (consent_html_name_is(w, b->value_len, "script")) {
                        *type = CONSENT_TYPE_SCRIPT;

                    } else if (consent_html_name_is(w, b->value_len,
                                                    "style"))
                    {
                        *type = CONSENT_TYPE_STYLESHEET;

                    } else if (consent_html_name_is(w, b->value_len,
                                                    "image"))
                    {
                        *type = CONSENT_TYPE_IMAGE;

                    } else if (consent_html_name_is(w, b->value_len, "font"))
                    {
                        *type = CONSENT_TYPE_FONT;

                    } else if (consent_html_name_is(w, b->value_len,
                                                    "fetch"))
                    {
                        *type = CONSENT_TYPE_XHR;
                    }
                }

                /* the value decoded above may have been written over */

                v = consent_rw_decode(cr, tag->p + a->value, a->value_len);

            } else if (consent_html_name_is(w, n, "prefetch")
                       || consent_html_name_is(w, n, "prerender")
                       || consent_html_name_is(w, n, "manifest")
                       || consent_html_name_is(w, n, "import")
                       || consent_html_name_is(w, n, "search")
                       || consent_html_name_is(w, n,
                                              "compression-dictionary"))
            {
                kind = RW_URL;
            }
        }
    }

    return kind;
}


/*
 * The first of attributes of one name is the parser's.  The preload scanner
 * takes the first that is not empty, but for images.
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
    case CONSENT_TAG_LINK:
    case CONSENT_TAG_INPUT:
    case CONSENT_TAG_VIDEO:
        return 0;
    }

    return 1;
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

            u.data = v.data + i;

            for (n = 0; i + n < v.len && (a->id != CONSENT_ATTR_PING
                                          || u.data[n] > ' '); n++)
            {
                /* void */
            }

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

        if (blocked == 0 && a->open
            && !(v.len > 5 && consent_html_name_is(v.data, 5, "data:")))
        {
            verdict.category = CONSENT_MARKETING;
            verdict.source = CONSENT_SOURCE_LIMIT;
            blocked = consent_rw_blocked(cr, &verdict);
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

        break;

    case RW_TEXT:
        blocked = consent_rw_judge_text(cr, tag, a, v, &verdict);
        break;

    case RW_HTML:
        blocked = consent_rw_judge_html(cr, v, &verdict);

        if (blocked > 0) {
            consent_rw_found(cr, tag, a, type, &verdict, NULL, 1);
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

    if (blocked < 0) {
        return CONSENT_ERROR;
    }

    if (!blocked) {
        return CONSENT_OK;
    }

    if (rw_rename(cr, tag, a) != CONSENT_OK
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
        return rw_frame(cr, tag, verdict.category, cr->judged.data,
                        cr->judged.len);
    }

    return CONSENT_OK;
}


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

static int
rw_rename(consent_rewrite_t *cr, consent_tag_t *tag,
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
            && rw_rename(cr, tag, a) != CONSENT_OK)
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

static int
rw_frame(consent_rewrite_t *cr, consent_tag_t *tag, int category,
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
        while (v.len && (v.data[0] == ' ' || (v.data[0] >= '\t'
                                              && v.data[0] <= '\r'
                                              && v.data[0] != '\v')))
        {
            v.data++;
            v.len--;
        }

        while (v.len && (v.data[v.len - 1] == ' '
                         || (v.data[v.len - 1] >= '\t'
                             && v.data[v.len - 1] <= '\r'
                             && v.data[v.len - 1] != '\v')))
        {
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

static int
rw_restore(consent_rewrite_t *cr, consent_tag_t *tag)
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
