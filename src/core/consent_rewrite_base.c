
/*
 * What a start tag says of the page as a whole: <base>, and a <meta> that names
 * the charset.
 */

#include "consent_rewrite_int.h"

/* of a longer one the path is cut */
#define RW_BASE_MAX  1024


static unsigned rw_elsewhere(const consent_url_t *base,
    const consent_url_t *page);


const consent_url_t *
consent_rw_base_url(const consent_rewrite_t *cr)
{
    if (cr->data) {
        return NULL;
    }

    return cr->base_set ? &cr->base : cr->opaque ? NULL : cr->conf->page;
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

int
consent_rw_base(consent_rewrite_t *cr, consent_tag_t *tag)
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
        return (consent_rw_rename(cr, tag, a) == CONSENT_OK)
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
        *buf = cr->conf->alloc.alloc(cr->conf->alloc.ctx, RW_BASE_MAX);

        if (*buf == NULL) {
            return CONSENT_ERROR;
        }
    }

    if (consent_url_parse(&url, consent_rw_opaque(cr) ? NULL : cr->conf->page,
                          v.data, v.len, *buf, RW_BASE_MAX)
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

int
consent_rw_meta_charset(consent_rewrite_t *cr, consent_tag_t *tag)
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

    return (c && c->closed == 1) ? consent_rw_rename(cr, tag, a) : CONSENT_OK;
}
