
/*
 * What may be a URL in a style sheet: kept as far as need be, and told of.
 */

#include "consent_css_int.h"


/* what is shorter may be the beginning of any */
#define CSS_ABSOLUTE  (sizeof("https:") - 1)

#define consent_css_slash(c)  ((c) == '/' || (c) == '\\')


#define consent_css_data(url, len)  consent_css_prefix(url, len, "data:")


int
consent_css_unsure(const consent_u8 *url, size_t len)
{
    size_t  i;

    if (consent_css_data(url, len)) {
        return 1;
    }

    /* a path of the page's own host, or the base's */

    if (len > 1 && consent_css_slash(url[0]) && !consent_css_slash(url[1])) {
        return 0;
    }

    for (i = 0; i < len && url[i] != ':'; i++) {
        if (consent_css_slash(url[i])) {
            break;
        }
    }

    for (i++; i < len; i++) {
        if (!consent_css_slash(url[i])) {
            break;
        }
    }

    for ( /* void */ ; i < len; i++) {
        if (consent_css_slash(url[i]) || url[i] == '?' || url[i] == '#') {
            return 0;
        }
    }

    return 1;
}


void
consent_css_collect(consent_css_t *css, uint64_t start)
{
    css->collect = 1;
    css->cut = 0;
    css->url_len = 0;
    css->start = start;
}


/* what a URL parser passes over is not kept, so that it cannot fill the
 * buffer; a picture or font that is all there is not waited for, but a sheet
 * may load more */

void
consent_css_byte(consent_css_t *css, unsigned c)
{
    if (!css->collect || c == '\t' || c == '\n' || c == '\r'
        || (c <= 0x20 && css->url_len == 0))
    {
        return;
    }

    if (css->url_len == CONSENT_CSS_URL_MAX) {
        css->cut = 1;
        return;
    }

    css->url[css->url_len++] = (consent_u8) c;

    if (css->url_len == 5 && !css->import
        && consent_css_data(css->url, css->url_len)) {
        css->collect = 0;
    }
}


int
consent_css_report(consent_css_t *css, uint64_t end, int plain)
{
    consent_css_url_t  u;

    if (!css->collect) {
        css->import = 0;
        return CONSENT_OK;
    }

    css->collect = 0;

    u.kind = css->import ? CONSENT_CSS_SHEET
             : css->font ? CONSENT_CSS_FONT : CONSENT_CSS_IMAGE;

    if (css->import) {
        css->import = 0;
        css->import_at = css->start + 1;
    }

    /* nothing is known of one that is only escapes as far as was waited */

    if ((css->url_len == 0 && !css->cut)
        || (css->url_len && css->url[0] == '#') || css->space)
    {
        return CONSENT_OK;
    }

    /* a string that may be one by way of var(): absolute ones only */

    if (plain
        && !(css->cut && css->url_len < CSS_ABSOLUTE)
        && !consent_css_prefix(css->url, css->url_len, "http")
        && !(css->url_len > 1 && consent_css_slash(css->url[0])
             && consent_css_slash(css->url[1])))
    {
        return CONSENT_OK;
    }

    u.start = css->start;
    u.end = end;
    u.url.data = css->url;
    u.url.len = css->url_len;
    u.cut = css->cut;
    u.unsure = css->cut && consent_css_unsure(css->url, css->url_len);
    u.plain = (plain != 0);
    u.raw = 0;

    return css->found(css->arg, &u);
}


void
consent_css_open(consent_css_t *css, int strings)
{
    uint64_t  bit;

    css->import = 0;
    css->property = 0;

    if (css->parens < 64) {
        bit = (uint64_t) 1 << css->parens;
        css->strings = strings ? css->strings | bit : css->strings & ~bit;
    }

    if (css->parens < UINT32_MAX) {
        css->parens++;
    }
}


/* one byte in url( */

int
consent_css_url(consent_css_t *css, unsigned c)
{
    switch (css->state) {

    case CSS_URL_SPACE:

        if (consent_css_space(c)) {
            return CONSENT_OK;
        }

        if (c == '"' || c == '\'') {

            /* a function with a string in it */

            css->state = CSS_STRING;
            css->quote = (consent_u8) c;

            if (css->parens < 64) {
                css->strings |= (uint64_t) 1 << css->parens;
            }

            css->parens += (css->parens < UINT32_MAX);
            consent_css_collect(css, css->pos + 1);

            return CONSENT_OK;
        }

        css->state = CSS_URL;
        consent_css_collect(css, css->pos);

        /* fall through */

    case CSS_URL:

        if (c == ')') {
            css->state = CSS_TOP;
            return consent_css_report(css, css->pos, 0);
        }

        if (consent_css_space(c)) {
            css->state = CSS_URL_END;
            css->end = css->pos;
            return CONSENT_OK;
        }

        if (c == '\\') {
            css->from = CSS_URL;
            css->state = CSS_ESCAPE;
            return CONSENT_OK;
        }

        if (c == '"' || c == '\'' || c == '(' || c == 0x7f
            || (c < 0x20 && c != 0))
        {
            break;
        }

        consent_css_byte(css, c);

        return CONSENT_OK;

    case CSS_URL_END:

        if (consent_css_space(c)) {
            return CONSENT_OK;
        }

        if (c == ')') {
            css->state = CSS_TOP;
            return consent_css_report(css, css->end, 0);
        }

        if (c == '\\') {
            css->collect = 0;
            css->from = CSS_BAD_URL;
            css->state = CSS_ESCAPE;
            return CONSENT_OK;
        }

        break;

    default: /* CSS_BAD_URL */

        if (c == ')') {
            css->state = CSS_TOP;
            css->import = 0;

        } else if (c == '\\') {
            css->from = CSS_BAD_URL;
            css->state = CSS_ESCAPE;
        }

        return CONSENT_OK;
    }

    css->collect = 0;
    css->state = CSS_BAD_URL;

    return CONSENT_OK;
}
