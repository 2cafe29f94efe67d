
/*
 * URLs in style sheets: a byte-wise state machine, so that a sheet of any
 * length streams through with one URL held at most.
 */

#include "consent_css.h"
#include "consent_host.h"
#include "consent_html_scan.h"
#include "consent_scan_block.h"


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


uint64_t
consent_css_decided(const consent_css_t *css)
{
    return css->collect ? css->start : css->pos;
}


static int
consent_css_is(const consent_css_t *css, const char *name)
{
    size_t  len;

    len = strlen(name);

    return css->name_len == len && memcmp(css->name, name, len) == 0;
}


static int
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


/* does the part that was kept say which host it is? */

static int
consent_css_unsure(const consent_css_t *css)
{
    size_t  i;

    for (i = 0; i < css->url_len && css->url[i] != ':'; i++) {
        if (css->url[i] == '/' || css->url[i] == '\\') {
            break;
        }
    }

    for (i++; i < css->url_len; i++) {
        if (css->url[i] != '/' && css->url[i] != '\\') {
            break;
        }
    }

    for ( /* void */ ; i < css->url_len; i++) {
        if (css->url[i] == '/' || css->url[i] == '?' || css->url[i] == '#'
            || css->url[i] == '\\')
        {
            return 0;
        }
    }

    return 1;
}


static void
consent_css_collect(consent_css_t *css, uint64_t start)
{
    css->collect = 1;
    css->cut = 0;
    css->url_len = 0;
    css->start = start;
}


/* what a URL parser passes over is not kept, so that it cannot fill the
 * buffer; what loads nothing is not waited for */

static void
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

    if (css->url_len == 5
        && consent_css_prefix(css->url, css->url_len, "data:"))
    {
        css->collect = 0;
    }
}


static int
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

    css->import = 0;

    if (css->url_len == 0 || css->url[0] == '#' || css->space) {
        return CONSENT_OK;
    }

    /* a string that may be one by way of var(): absolute ones only */

    if (plain
        && !consent_css_prefix(css->url, css->url_len, "http")
        && !(css->url_len > 1
             && (css->url[0] == '/' || css->url[0] == '\\')
             && (css->url[1] == '/' || css->url[1] == '\\')))
    {
        return CONSENT_OK;
    }

    u.start = css->start;
    u.end = end;
    u.url.data = css->url;
    u.url.len = css->url_len;
    u.cut = css->cut;
    u.unsure = css->cut && consent_css_unsure(css);
    u.plain = (plain != 0);

    return css->found(css->arg, &u);
}


/* is a string that stands here a URL for sure? */

static int
consent_css_wanted(const consent_css_t *css)
{
    return css->import
           || (css->parens
               && (css->parens > 64 || (css->strings >> (css->parens - 1)
                                        & 1)));
}


static void
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


/* one byte in url( */

static int
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


/* in no name, string, url() or rule of "@" */

static int
consent_css_plain(const consent_css_t *css)
{
    return css->state == CSS_TOP && css->lead == 0 && !css->import
           && !css->space && !css->font_face && !css->property;
}


/* in nothing, before a byte that ends whatever stood before it; 1: done */

static int
consent_css_mark(consent_css_t *css, unsigned c)
{
    switch (c) {

    case '{':
        css->depth += (css->depth < UINT32_MAX);
        break;

    case '}':
        if (css->font == css->depth) {
            css->font = 0;
        }

        css->depth -= (css->depth > 0);
        break;

    case ';':
        break;

    default:
        return 0;
    }

    css->custom = 0;

    return 1;
}


/* in [p, q), in which nothing is escaped, quoted or a comment: is there a
 * ":" that may be after the name of a custom property? */

static int
consent_css_custom(const consent_u8 *p, const consent_u8 *q)
{
    size_t             n;
    const consent_u8  *colon, *name;

    for (colon = p; /* void */ ; colon++) {
        colon = consent_scan_byte(colon, q, ':');

        if (colon == q) {
            return 0;
        }

        for (name = colon; name > p && consent_css_space(name[-1]); name--) {
            /* void */
        }

        for (n = 0; name > p && consent_css_name(name[-1]); n++) {
            name--;
        }

        if (n && ((name[0] == '-' && name[1] == '-')
                  || consent_css_prefix(name, n, "initial-value")
                  || consent_css_prefix(name, n, "result")))
        {
            return 1;
        }
    }
}


/*
 * "(" at q, of a declaration that is read up to p: of a function whose strings
 * are no URLs by themselves, as most are?  Then it is opened, as
 * consent_css_end_name() and consent_css_top() do it.
 */

static int
consent_css_function(consent_css_t *css, const consent_u8 *p,
    const consent_u8 *q)
{
    size_t             n;
    const consent_u8  *name;

    for (name = q; name > p && consent_css_name(name[-1]); name--) {
        /* void */
    }

    n = (size_t) (q - name);

    if ((n >= 3 && (consent_css_prefix(name, n, "url")
                    || consent_css_prefix(name, n, "src")
                    || consent_css_prefix(name, n, "image")
                    || consent_css_prefix(name, n, "-webkit-image-set")
                    || consent_css_prefix(name, n, "type")))
        || consent_scan_byte(p, q, '<') < q || consent_css_custom(p, q))
    {
        return 0;
    }

    consent_css_open(css, consent_css_wanted(css));

    return 1;
}


/* behind the string whose quote is at q, of a declaration that is read up to
 * p, if it is none that an URL may be in; or NULL */

static const consent_u8 *
consent_css_text(const consent_css_t *css, const consent_u8 *p,
    const consent_u8 *q, const consent_u8 *end)
{
    consent_u8         quote;
    const consent_u8  *start;

    if (css->custom || consent_css_wanted(css)
        || consent_scan_byte(p, q, '<') < q || consent_css_custom(p, q))
    {
        return NULL;
    }

    quote = *q;
    start = q + 1;
    q = consent_scan_either(start, end, quote, '\\');

    if (q == end || *q != quote) {
        return NULL;
    }

    for (p = start; p < q && !consent_css_newline(*p); p++) { /* void */ }

    return (p == q) ? q + 1 : NULL;
}


/* behind the comment at q, before which there is nothing since p; or NULL */

static const consent_u8 *
consent_css_remark(const consent_u8 *p, const consent_u8 *q,
    const consent_u8 *end)
{
    if (end - q < 2 || q[1] != '*') {
        return NULL;
    }

    while (p < q && consent_css_space(*p)) {
        p++;
    }

    if (p < q) {
        return NULL;
    }

    q = consent_scan_pair(q + 2, end, '*', '/');

    return (q < end) ? q + 2 : NULL;
}


/* where the name of the rule at q, an "@", ends, if nothing hangs on it */

static const consent_u8 *
consent_css_rule(const consent_u8 *q, const consent_u8 *end)
{
    size_t             n;
    const consent_u8  *name;

    name = q + 1;

    for (q = name; q < end && consent_css_name(*q); q++) { /* void */ }

    n = (size_t) (q - name);

    if (q == end || *q == '\\' || consent_css_prefix(name, n, "import")
        || consent_css_prefix(name, n, "namespace")
        || consent_css_prefix(name, n, "font-face"))
    {
        return NULL;
    }

    return q;
}


/* what is to be stopped at, 64 bytes at once */

typedef struct {
    consent_block_css_pt   way;
    const consent_u8      *base;
    const consent_u8      *end;
    uint64_t               mask;
} consent_css_stops_t;


static inline const consent_u8 *
consent_css_stop(consent_css_stops_t *s, const consent_u8 *p,
    const consent_u8 *end)
{
    uint64_t  m;

    if (p < s->end) {
        m = s->mask >> (p - s->base);

        if (m) {
            return p + __builtin_ctzll(m);
        }

        p = s->end;
    }

    for ( /* void */ ; end - p >= CONSENT_BLOCK; p += CONSENT_BLOCK) {
        m = s->way(p);

        if (m) {
            s->base = p;
            s->end = p + CONSENT_BLOCK;
            s->mask = m;

            return p + __builtin_ctzll(m);
        }
    }

    return consent_scan_css(p, end);
}


/*
 * Most of a sheet says nothing of an URL.  Where nothing is under way it is
 * passed over up to a byte that may begin something; what ends a declaration
 * or a block is marked.  Before such a byte only the declaration that it
 * stands in has to be read, from "p" on.  Returns where to go on; all before
 * "until" is to be read byte by byte.
 */

static const consent_u8 *
consent_css_skip(consent_css_t *css, const consent_u8 *p,
    const consent_u8 *end, const consent_u8 **until)
{
    const consent_u8            *q, *start, *next;
    consent_css_stops_t          stops;
    const consent_block_css_pt  *ways;

    start = p;

    (void) consent_block_css_ways(&ways);
    stops.way = ways[0];
    stops.base = p;
    stops.end = p;
    stops.mask = 0;

    for (q = p; /* void */ ; q++) {
        q = consent_css_stop(&stops, q, end);

        if (q == end) {
            break;
        }

        if (consent_css_mark(css, *q)) {
            p = q + 1;
            continue;
        }

        if (*q == ')') {

            if (css->parens == 0) {
                continue;
            }

            /* "--name:" in parentheses would count after them, too */

            if (!consent_css_custom(p, q)) {
                css->parens--;
                p = q + 1;
                continue;
            }

        } else if (*q == '(') {

            if (consent_css_function(css, p, q)) {
                p = q + 1;
                continue;
            }

        } else if (*q == '|') {
            continue;

        } else {
            next = (*q == '"' || *q == '\'') ? consent_css_text(css, p, q, end)
                   : (*q == '/') ? consent_css_remark(p, q, end)
                   : (*q == '@') ? consent_css_rule(q, end) : NULL;

            if (next) {
                p = next;
                q = next - 1;
                continue;
            }
        }

        break;
    }

    *until = (q == end) ? end : q + 1;
    css->pos += (uint64_t) (p - start);

    return p;
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

        if (p >= until && consent_css_plain(css)) {
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

        if (!css->lead && !css->collect) {
            p = consent_css_unkept(css, p + 1, end) - 1;

        } else if (css->state == CSS_COMMENT) {
            while (p + 1 < end && p[1] != '*') {
                p++;
                css->pos++;
            }
        }
    }

    return last ? consent_css_last(css) : CONSENT_OK;
}
