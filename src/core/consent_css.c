
/*
 * URLs in style sheets: a byte-wise state machine, so that a sheet of any
 * length streams through with one URL held at most.
 */

#include "consent_css_int.h"
#include "consent_host.h"
#include "consent_html_scan.h"


void
consent_css_init(consent_css_t *css, int attribute, unsigned lead,
    consent_css_found_pt found, void *arg)
{
    memset(css, 0, offsetof(consent_css_t, name));

    css->url_len = 0;
    css->attribute = (attribute != 0);
    css->lead = (consent_u8) lead;
    css->found = found;
    css->arg = arg;
}


void
consent_css_scan(consent_css_t *css)
{
    css->scanned = 1;
}


uint64_t
consent_css_decided(const consent_css_t *css)
{
    uint64_t  pos;

    pos = css->scanned ? css->pos - consent_css_scan_held(css) : css->pos;

    return (css->collect && css->start < pos) ? css->start : pos;
}


static int
consent_css_is(const consent_css_t *css, const char *name)
{
    size_t  len;

    len = strlen(name);

    return css->name_len == len && memcmp(css->name, name, len) == 0;
}


static void
consent_css_append(consent_css_t *css, unsigned c)
{
    if (c >= 'A' && c <= 'Z') {
        c |= 0x20;
    }

    if (css->name_len < sizeof(css->name)) {
        css->name[css->name_len++] = (consent_u8) c;
    }
}


static void
consent_css_start_name(consent_css_t *css, unsigned kind)
{
    css->state = CSS_NAME;
    css->kind = (consent_u8) kind;
    css->name_len = 0;
}


/* a name has ended before c; 1 if c belongs to it: the "(" of a function */

static int
consent_css_end_name(consent_css_t *css, int c)
{
    css->state = CSS_TOP;

    if (css->kind == CSS_AT) {
        css->import = consent_css_is(css, "import") && css->depth == 0
                      && !css->attribute;
        css->space = consent_css_is(css, "namespace");
        css->font_face = consent_css_is(css, "font-face");
        return 0;
    }

    if (css->kind == CSS_INERT) {
        css->import = 0;
        css->property = 0;
        return 0;
    }

    if (c != '(') {
        css->import = 0;
        css->property = (css->name_len > 2 && css->name[0] == '-'
                         && css->name[1] == '-')
                        || consent_css_is(css, "initial-value")
                        || consent_css_is(css, "result");
        return 0;
    }

    if (consent_css_is(css, "url")) {
        css->state = CSS_URL_SPACE;
        return 1;
    }

    if (consent_css_is(css, "src") || consent_css_is(css, "image-set")
        || consent_css_is(css, "-webkit-image-set")
        || consent_css_is(css, "image"))
    {
        consent_css_open(css, 1);
        return 1;
    }

    consent_css_open(css, consent_css_wanted(css)
                          && !consent_css_is(css, "type"));

    return 1;
}


/* a byte outside of anything */

static void
consent_css_top(consent_css_t *css, unsigned c)
{
    if (consent_css_name(c)) {
        consent_css_start_name(css, (c >= '0' && c <= '9') ? CSS_INERT
                                                           : CSS_IDENT);
        consent_css_append(css, c);
        return;
    }

    switch (c) {

    case ' ': case '\t': case '\n': case '\r': case '\f':
        return;

    case '/':
        css->state = CSS_SLASH;
        return;

    case '"': case '\'':
        css->state = CSS_STRING;
        css->quote = (consent_u8) c;
        css->property = 0;

        if (consent_css_wanted(css) || css->custom) {
            consent_css_collect(css, css->pos + 1);
        }

        return;

    case '(':
        consent_css_open(css, consent_css_wanted(css) && !css->import);
        return;

    case ')':
        if (css->parens) {
            css->parens--;
        }

        break;

    case '{':
        if (css->depth < UINT32_MAX) {
            css->depth++;
        }

        if (css->font_face) {
            css->font_face = 0;
            css->font = css->depth;
        }

        css->space = 0;
        css->custom = 0;
        break;

    case '}':
        if (css->font == css->depth) {
            css->font = 0;
        }

        if (css->depth) {
            css->depth--;
        }

        css->space = 0;
        css->custom = 0;
        break;

    case ';':
        css->space = 0;
        css->font_face = 0;
        css->custom = 0;
        break;

    case ':':
        if (css->property) {
            css->custom = 1;
        }

        break;

    case '@':
        consent_css_start_name(css, CSS_AT);
        break;

    case '#':
        consent_css_start_name(css, CSS_INERT);
        break;

    case '\\':

        /* an escape starts a name, which is seen to be none at a newline */

        consent_css_start_name(css, CSS_IDENT);
        css->from = CSS_NAME;
        css->state = CSS_ESCAPE;
        return;

    case '<':
        css->state = CSS_CDO;
        break;

    default:
        break;
    }

    css->import = 0;
    css->property = 0;
}


/* what an escape stands for goes where the escape was */

static void
consent_css_escaped(consent_css_t *css)
{
    size_t      i, n;
    uint32_t    cp;
    consent_u8  out[4];

    cp = css->escape;
    css->state = css->from;

    if (cp == 0 || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff)) {
        cp = 0xfffd;
    }

    n = consent_utf8_encode(out, cp);

    for (i = 0; i < n; i++) {
        if (css->from == CSS_NAME) {
            consent_css_append(css, out[i]);

        } else if (css->from != CSS_BAD_URL) {
            consent_css_byte(css, out[i]);
        }
    }
}


/* one byte in an escape; 1 if it is to be looked at again after it */

static int
consent_css_escape(consent_css_t *css, unsigned c)
{
    unsigned  d;

    d = (c >= '0' && c <= '9') ? c - '0'
        : ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') ? (c | 0x20) - 'a' + 10
        : 16;

    if (css->state == CSS_ESCAPE) {

        if (d < 16) {
            css->state = CSS_ESCAPE_HEX;
            css->escape = d;
            css->escape_len = 1;
            return 0;
        }

        if (consent_css_newline(c)) {

            /* a string goes on after it; elsewhere it is no escape */

            css->state = css->from;

            if (css->from == CSS_STRING) {
                if (c == '\r') {
                    css->state = CSS_ESCAPE_CR;
                }

                return 0;
            }

            if (css->from == CSS_URL) {
                css->collect = 0;
                css->state = CSS_BAD_URL;
                return 0;
            }

            if (css->from == CSS_NAME) {
                (void) consent_css_end_name(css, ' ');
                css->property = 0;
                css->import = 0;
            }

            return 1;
        }

        css->state = css->from;

        if (css->from == CSS_NAME) {
            consent_css_append(css, c);

        } else if (css->from != CSS_BAD_URL) {
            consent_css_byte(css, c);
        }

        return 0;
    }

    if (css->state == CSS_ESCAPE_CR) {
        css->state = css->from;
        return c != '\n';
    }

    if (css->state == CSS_ESCAPE_HEX && d < 16) {
        css->escape = css->escape << 4 | d;

        if (++css->escape_len == 6) {
            css->state = CSS_ESCAPE_SPACE;
        }

        return 0;
    }

    /* one white space belongs to the escape */

    consent_css_escaped(css);

    if (!consent_css_space(c)) {
        return 1;
    }

    if (c == '\r') {
        css->state = CSS_ESCAPE_CR;
    }

    return 0;
}


static int
consent_css_end_string(consent_css_t *css)
{
    css->state = CSS_TOP;

    return consent_css_report(css, css->pos, !consent_css_wanted(css));
}


/*
 * Is this the first byte of a two-byte character whose second may look like
 * ASCII?  lead 1: Shift_JIS; 2: GBK, Big5, EUC-KR.
 */

static int
consent_css_lead(unsigned lead, unsigned c)
{
    return c >= 0x81 && c <= 0xfe && c != 0xff
           && (lead == 2 || (c <= 0x9f || (c >= 0xe0 && c <= 0xfc)));
}


static int
consent_css_step(consent_css_t *css, unsigned c)
{
    int  rc;

    rc = CONSENT_OK;

again:

    switch (css->state) {

    case CSS_TOP:
        consent_css_top(css, c);
        break;

    case CSS_NAME:
        if (consent_css_name(c)) {
            consent_css_append(css, c);

        } else if (c == '\\') {
            css->from = CSS_NAME;
            css->state = CSS_ESCAPE;

        } else if (!consent_css_end_name(css, (int) c)) {
            goto again;
        }

        break;

    case CSS_SLASH:
        if (c == '*') {
            css->state = CSS_COMMENT;
            break;
        }

        css->state = CSS_TOP;
        css->import = 0;
        css->property = 0;
        goto again;

    case CSS_COMMENT:
        if (c == '*') {
            css->state = CSS_COMMENT_STAR;
        }

        break;

    case CSS_COMMENT_STAR:
        if (c != '*') {
            css->state = (c == '/') ? CSS_TOP : CSS_COMMENT;
        }

        break;

    case CSS_CDO:
        css->state = (c == '!') ? CSS_CDO_BANG : CSS_TOP;

        if (c != '!') {
            goto again;
        }

        break;

    case CSS_CDO_BANG:
        css->state = (c == '-') ? CSS_CDO_DASH : CSS_TOP;

        if (c != '-') {
            goto again;
        }

        break;

    case CSS_CDO_DASH:
        if (c == '-') {
            css->state = CSS_TOP;
            break;
        }

        consent_css_start_name(css, CSS_IDENT);
        consent_css_append(css, '-');
        goto again;

    case CSS_STRING:
        if (c == css->quote) {
            rc = consent_css_end_string(css);

        } else if (c == '\\') {
            css->from = CSS_STRING;
            css->state = CSS_ESCAPE;

        } else if (consent_css_newline(c)) {
            css->collect = 0;
            css->import = 0;
            css->state = CSS_TOP;

        } else {
            consent_css_byte(css, c);
        }

        break;

    case CSS_URL_SPACE:
    case CSS_URL:
    case CSS_URL_END:
    case CSS_BAD_URL:
        rc = consent_css_url(css, c);
        break;

    default:
        if (consent_css_escape(css, c)) {
            goto again;
        }

        break;
    }

    return rc;
}


/* unclosed strings and URLs are whole at the end of a sheet */

static int
consent_css_last(consent_css_t *css)
{
    if (css->state == CSS_ESCAPE_HEX || css->state == CSS_ESCAPE_SPACE) {
        consent_css_escaped(css);

    } else if (css->state == CSS_ESCAPE || css->state == CSS_ESCAPE_CR) {
        css->state = css->from;
    }

    if (css->state == CSS_STRING) {
        return consent_css_end_string(css);
    }

    if (css->state == CSS_URL) {
        return consent_css_report(css, css->pos, 0);
    }

    if (css->state == CSS_URL_END) {
        return consent_css_report(css, css->end, 0);
    }

    return CONSENT_OK;
}


/* the rest of what is not kept: the text of a data: URL, mostly */

static const consent_u8 *
consent_css_unkept(consent_css_t *css, const consent_u8 *p,
    const consent_u8 *end)
{
    const consent_u8  *start;

    start = p;

    if (css->state == CSS_URL) {
        while (p < end && *p > ' ' && *p != ')' && *p != '\\' && *p != '"'
               && *p != '\'' && *p != '(' && *p != 0x7f)
        {
            p++;
        }

    } else if (css->state == CSS_STRING) {
        while (p < end && *p >= ' ' && *p != css->quote && *p != '\\') {
            p++;
        }

    } else if (css->state == CSS_COMMENT) {
        p = consent_scan_byte(p, end, '*');
    }

    css->pos += (uint64_t) (p - start);

    return p;
}


/* what is this long is judged by what there is of it */

static int
consent_css_enough(consent_css_t *css)
{
    unsigned  state;

    state = (css->state >= CSS_ESCAPE) ? css->from : css->state;
    css->cut = 1;

    return consent_css_report(css, css->pos, state == CSS_STRING
                                             && !consent_css_wanted(css));
}


int
consent_css_feed(consent_css_t *css, const consent_u8 *data, size_t len,
    int last)
{
    int                rc;
    unsigned           c;
    const consent_u8  *p, *end, *until;

    end = data + len;
    until = data;

    for (p = data; p < end; p++) {

        if (p >= until && consent_css_plain(css) && !css->scanned) {
            p = consent_css_skip(css, p, end, &until);

            if (p == end) {
                break;
            }
        }

        c = *p;

        if (css->lead) {

            /* the second byte of a character is no CSS */

            if (css->trail) {
                css->trail = 0;

                if (c >= 0x40 && c < 0x7f) {
                    c = 0xff;
                }

            } else {
                css->trail = consent_css_lead(css->lead, c);
            }
        }

        rc = consent_css_step(css, c);

        if (rc == CONSENT_OK && css->scanned) {
            rc = consent_css_scan_byte(css, c);
        }

        if (rc != CONSENT_OK) {
            return rc;
        }

        css->pos++;

        if (css->collect && css->pos - css->start >= CONSENT_CSS_HELD) {
            rc = consent_css_enough(css);

            if (rc != CONSENT_OK) {
                return rc;
            }
        }

        if (css->scanned
            && !(css->state == CSS_COMMENT && consent_css_scan_comment(css)))
        {
            continue;
        }

        if (!css->lead && !css->collect) {
            p = consent_css_unkept(css, p + 1, end) - 1;

        } else if (css->state == CSS_COMMENT) {
            while (p + 1 < end && p[1] != '*') {
                p++;
                css->pos++;
            }
        }
    }

    if (!last) {
        return CONSENT_OK;
    }

    rc = consent_css_last(css);

    return (rc == CONSENT_OK && css->scanned) ? consent_css_scan_last(css)
                                              : rc;
}
