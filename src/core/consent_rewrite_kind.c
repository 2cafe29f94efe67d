
/*
 * What an attribute's value is: an URL, several, a style sheet, a document, or
 * nothing that loads.
 */

#include "consent_rewrite_int.h"


static rw_kind_e rw_kind_link(consent_rewrite_t *cr,
    const consent_tag_t *tag, consent_type_e *type);


/* what an attribute is to this element, for the readers at hand */

rw_kind_e
consent_rw_kind(consent_rewrite_t *cr, const consent_tag_t *tag,
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
        case CONSENT_TAG_COL:
        case CONSENT_TAG_COLGROUP:
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
            n = consent_rw_word(v, i);

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
                       || consent_html_name_is(w, n, "fluid-icon")
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
