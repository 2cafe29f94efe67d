
/*
 * What the files of the style sheets' reader share.
 */

#ifndef CONSENT_CSS_INT_H
#define CONSENT_CSS_INT_H

#include "consent_css.h"

enum {
    CSS_TOP = 0,
    CSS_SLASH,
    CSS_COMMENT,
    CSS_COMMENT_STAR,
    CSS_CDO,                     /* after "<" */
    CSS_CDO_BANG,
    CSS_CDO_DASH,
    CSS_NAME,
    CSS_STRING,
    CSS_URL_SPACE,               /* after "url(" */
    CSS_URL,
    CSS_URL_END,                 /* white space after it */
    CSS_BAD_URL,
    CSS_ESCAPE,                  /* after "\" */
    CSS_ESCAPE_HEX,
    CSS_ESCAPE_SPACE,            /* after six digits */
    CSS_ESCAPE_CR                /* after CR, which LF belongs to */
};

enum {
    CSS_IDENT = 0,
    CSS_AT,
    CSS_INERT                    /* "#name", the unit of a number */
};

#define consent_css_newline(c)  ((c) == '\n' || (c) == '\r' || (c) == '\f')

#define consent_css_space(c)                                                 \
    ((c) == ' ' || (c) == '\t' || consent_css_newline(c))


/* letters, digits, "-", "_", NUL (it is U+FFFD) and all beyond ASCII */

static const uint32_t  consent_css_name_set[8] = {
    1, 0x03ff2000, 0x87fffffe, 0x07fffffe,
    0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff
};

#define consent_css_name(c)                                                  \
    (consent_css_name_set[(c) >> 5] >> ((c) & 31) & 1)


static inline int
consent_css_prefix(const consent_u8 *p, size_t len, const char *lower)
{
    size_t  i;

    for (i = 0; lower[i]; i++) {
        if (i == len || (p[i] != (consent_u8) lower[i]
                         && !(p[i] >= 'A' && p[i] <= 'Z'
                              && (p[i] | 0x20) == (consent_u8) lower[i])))
        {
            return 0;
        }
    }

    return 1;
}


/* is a string that stands here a URL for sure? */

static inline int
consent_css_wanted(const consent_css_t *css)
{
    return css->import
           || (css->parens
               && (css->parens > 64 || (css->strings >> (css->parens - 1)
                                        & 1)));
}


/* in no name, string, url() or rule of "@" */

static inline int
consent_css_plain(const consent_css_t *css)
{
    return css->state == CSS_TOP && css->lead == 0 && !css->import
           && !css->space && !css->font_face && !css->property;
}


/* consent_css_url.c: what may be a URL is kept from "start" on, byte by byte,
 * and told of */

void consent_css_collect(consent_css_t *css, uint64_t start);
void consent_css_byte(consent_css_t *css, unsigned c);
int consent_css_report(consent_css_t *css, uint64_t end, int plain);

/* of an URL that was cut: does it not say which host it is, or what is in its
 * data:? */
int consent_css_unsure(const consent_u8 *url, size_t len);

/* one byte in url( */
int consent_css_url(consent_css_t *css, unsigned c);

/* a "(": are strings in it URLs by themselves? */
void consent_css_open(consent_css_t *css, int strings);

/* consent_css_import.c: the byte at css->pos, the end of the sheet, how many
 * bytes before css->pos it has yet to tell of, and is this a comment to all? */

int consent_css_scan_byte(consent_css_t *css, unsigned c);
int consent_css_scan_last(consent_css_t *css);
size_t consent_css_scan_held(const consent_css_t *css);
int consent_css_scan_comment(const consent_css_t *css);

/*
 * consent_css_skip.c: most of a sheet says nothing of an URL.  Where nothing
 * is under way it is passed over up to a byte that may begin something; what
 * ends a declaration or a block is marked.  Before such a byte only the
 * declaration that it stands in has to be read, from "p" on.  Returns where
 * to go on; all before "until" is to be read byte by byte.
 */

const consent_u8 *consent_css_skip(consent_css_t *css, const consent_u8 *p,
    const consent_u8 *end, const consent_u8 **until);

#endif /* CONSENT_CSS_INT_H */
