
/*
 * @import at the beginning of a style sheet, as the browsers' preload scanners
 * see it.  They know neither escapes nor all of the syntax of CSS, each has
 * rules of its own, and each asks for what it takes for an URL: "/\host/" is
 * another host's to them, where to CSS it is a path.  So what each takes for
 * the value of an @import is told of, byte by byte as it was written.
 *
 * Modelled on what Blink's CSSPreloadScanner, the same in WebKit and Gecko's
 * ImportScanner do, as there is no standard for it; where one of them gives up
 * for a reason that hangs on more than this, it is read on.
 */

#include "consent_css_int.h"

enum {
    SCAN_START = 0,              /* where a rule may begin */
    SCAN_SLASH,
    SCAN_COMMENT,
    SCAN_STAR,
    SCAN_AT,
    SCAN_NAME,                   /* of a rule */
    SCAN_SPACE,                  /* behind it */
    SCAN_URL,                    /* Gecko: in "url(" */
    SCAN_VALUE,
    SCAN_REST,                   /* to ";" */
    SCAN_DONE
};

enum {
    SCAN_BLINK = 0,
    SCAN_WEBKIT,
    SCAN_GECKO                   /* CONSENT_CSS_SCANS of them */
};

#define SCAN_NAMES   3
#define SCAN_IMPORT  1           /* a bit for each; of the first */
#define SCAN_ALL     7

static const char *const  scan_names[SCAN_NAMES] = {
    "import", "charset", "layer"
};


#define scan_letter(c)  (((c) | 0x20) >= 'a' && ((c) | 0x20) <= 'z')
#define scan_quote(c)   ((c) == '"' || (c) == '\'')


size_t
consent_css_scan_held(const consent_css_t *css)
{
    size_t    len;
    unsigned  i;

    len = 0;

    for (i = 0; i < CONSENT_CSS_SCANS; i++) {
        if (css->scan[i].len > len) {
            len = css->scan[i].len;
        }
    }

    return len;
}


int
consent_css_scan_comment(const consent_css_t *css)
{
    unsigned  i;

    for (i = 0; i < CONSENT_CSS_SCANS; i++) {
        if (css->scan[i].state != SCAN_COMMENT
            && css->scan[i].state != SCAN_DONE)
        {
            return 0;
        }
    }

    return 1;
}


/* one letter more of a rule's name; its case was folded */

static void
scan_name(consent_css_scan_t *s, unsigned c)
{
    unsigned  i;

    for (i = 0; i < SCAN_NAMES; i++) {
        if ((s->names >> i & 1)
            && (c == '\0' || (unsigned char) scan_names[i][s->at] != c))
        {
            s->names &= (consent_u8) ~(1u << i);
        }
    }

    /* not beyond the end of any that is left: no byte of a name is NUL */

    s->at += (s->names != 0);
}


/* is it one of those before which an @import may stand? */

static int
scan_named(consent_css_scan_t *s)
{
    unsigned  i;

    for (i = 0; i < SCAN_NAMES; i++) {
        if ((s->names >> i & 1) && scan_names[i][s->at] == '\0') {
            s->names = (consent_u8) (1u << i);
            return 1;
        }
    }

    return 0;
}


/* told of as far as it is there; cut: it is longer than is waited for */

static int
scan_value(consent_css_t *css, consent_css_scan_t *s, uint64_t end, int cut)
{
    consent_css_url_t  u;

    s->state = SCAN_REST;

    if (s->len == 0) {
        return CONSENT_OK;
    }

    memset(&u, 0, sizeof(consent_css_url_t));
    u.start = end - s->len;
    u.end = end;
    u.kind = CONSENT_CSS_SHEET;
    u.raw = 1;
    u.cut = (cut != 0);

    s->len = 0;

    return css->found(css->arg, &u);
}


/* where a rule may begin, and in comments */

static void
scan_between(consent_css_scan_t *s, unsigned c, int gecko)
{
    switch (s->state) {

    case SCAN_START:
        if (c == '@') {
            s->state = SCAN_AT;
            s->names = SCAN_ALL;
            s->at = 0;

        } else if (c == '/') {
            s->state = SCAN_SLASH;

        } else if (!consent_css_space(c)) {
            s->state = SCAN_DONE;
        }

        break;

    case SCAN_SLASH:
        s->state = (c == '*') ? SCAN_COMMENT : gecko ? SCAN_DONE : SCAN_START;
        break;

    case SCAN_COMMENT:
        if (c == '*') {
            s->state = SCAN_STAR;
        }

        break;

    default: /* SCAN_STAR; to Gecko that of "**" begins anew */
        if (c == '/') {
            s->state = SCAN_START;

        } else if (c != '*' || gecko) {
            s->state = SCAN_COMMENT;
        }
    }
}


/* Blink: a ";" ends the value only where that is a whole string or url() */

static int
scan_whole(const consent_css_scan_t *s)
{
    return s->len > 1 && s->prev != '\\' && s->last == s->close;
}


static int
scan_blink(consent_css_t *css, consent_css_scan_t *s, unsigned c, int webkit)
{
    int  rc;

    switch (s->state) {

    case SCAN_AT:
        s->state = SCAN_START;

        if (scan_letter(c)) {
            s->state = SCAN_NAME;
            scan_name(s, c | 0x20);
        }

        return CONSENT_OK;

    case SCAN_NAME:
        if (consent_css_space(c)) {
            s->state = SCAN_SPACE;

        } else if (c == ';') {
            s->state = SCAN_START;

        } else {
            scan_name(s, scan_letter(c) ? c | 0x20 : c);
        }

        return CONSENT_OK;

    case SCAN_SPACE:
        if (consent_css_space(c)) {
            return CONSENT_OK;
        }

        if (c == ';') {
            s->state = SCAN_START;

        } else if (c == '{' || !scan_named(s)) {
            s->state = SCAN_DONE;

        } else {
            s->state = SCAN_VALUE;
            s->len = (s->names == SCAN_IMPORT);
            s->close = (consent_u8) (scan_quote(c) ? c : ')');
        }

        break;

    case SCAN_VALUE:
        if (consent_css_space(c)) {
            return scan_value(css, s, css->pos, 0);
        }

        if (c == ';'
            && (webkit || s->names != SCAN_IMPORT || scan_whole(s)))
        {
            rc = scan_value(css, s, css->pos, 0);
            s->state = SCAN_START;
            return rc;
        }

        s->len += (s->names == SCAN_IMPORT);
        break;

    default: /* SCAN_REST; Blink gives up at some "{", which an edit may move */
        s->state = (c == ';') ? SCAN_START : SCAN_REST;
        return CONSENT_OK;
    }

    s->prev = s->last;
    s->last = (consent_u8) c;

    return CONSENT_OK;
}


static int
scan_gecko(consent_css_t *css, consent_css_scan_t *s, unsigned c)
{
    switch (s->state) {

    case SCAN_AT:
    case SCAN_NAME:
        if (scan_letter(c)) {
            s->state = SCAN_NAME;
            scan_name(s, c | 0x20);

        } else if (!consent_css_space(c) || !scan_named(s)) {
            s->state = SCAN_DONE;

        } else {
            s->state = (s->names == SCAN_IMPORT) ? SCAN_SPACE : SCAN_REST;
            s->at = 0;
        }

        break;

    case SCAN_SPACE:
        if (scan_quote(c)) {
            s->state = SCAN_VALUE;
            s->close = (consent_u8) c;

        } else if ((c | 0x20) == 'u') {
            s->state = SCAN_URL;

        } else if (!consent_css_space(c)) {
            s->state = SCAN_DONE;
        }

        break;

    case SCAN_URL:
        /* whatever stands between "ur" and "l" */
        if (s->at == 2 && c == '(') {
            s->state = SCAN_VALUE;
            s->close = ')';

        } else if ((c | 0x20) == (s->at == 0 ? 'r' : 'l') && s->at < 2) {
            s->at++;

        } else if (s->at != 1) {
            s->state = SCAN_DONE;
        }

        break;

    case SCAN_VALUE:
        if (c == s->close) {
            return scan_value(css, s, css->pos, 0);
        }

        if (s->len == 0 && s->close == ')') {

            if (consent_css_space(c)) {
                break;
            }

            if (scan_quote(c)) {
                s->close = (consent_u8) c;
                break;
            }
        }

        s->len++;
        break;

    default: /* SCAN_REST */
        s->state = (c == ';') ? SCAN_START : SCAN_REST;
    }

    return CONSENT_OK;
}


/* one byte, that at css->pos */

int
consent_css_scan_byte(consent_css_t *css, unsigned c)
{
    int                  rc;
    unsigned             i, done;
    consent_css_scan_t  *s;

    done = 0;

    for (i = 0; i < CONSENT_CSS_SCANS; i++) {
        s = &css->scan[i];
        rc = CONSENT_OK;

        if (s->state <= SCAN_STAR) {
            scan_between(s, c, i == SCAN_GECKO);

        } else if (s->state != SCAN_DONE) {
            rc = (i == SCAN_GECKO) ? scan_gecko(css, s, c)
                                   : scan_blink(css, s, c, i == SCAN_WEBKIT);
        }

        if (rc == CONSENT_OK && s->len == CONSENT_CSS_HELD) {
            rc = scan_value(css, s, css->pos + 1, 1);
        }

        if (rc != CONSENT_OK) {
            return rc;
        }

        done += (s->state == SCAN_DONE);
    }

    css->scanned = (done < CONSENT_CSS_SCANS);

    return CONSENT_OK;
}


/* Blink asks for what is not ended, too */

int
consent_css_scan_last(consent_css_t *css)
{
    int       rc;
    unsigned  i;

    rc = CONSENT_OK;

    for (i = 0; i < CONSENT_CSS_SCANS && rc == CONSENT_OK; i++) {
        rc = scan_value(css, &css->scan[i], css->pos, 0);
    }

    css->scanned = 0;

    return rc;
}


/* how far "url(" and a quote go */

static size_t
scan_before(const consent_u8 *p, size_t len)
{
    size_t  n;

    n = 0;

    if (consent_css_prefix(p, len, "url(")) {
        n = sizeof("url(") - 1;

        while (n < len && consent_css_space(p[n])) {
            n++;
        }
    }

    return n + (n < len && scan_quote(p[n]));
}


int
consent_css_import(consent_css_t *css, consent_css_url_t *u,
    const consent_u8 *value)
{
    size_t  n, len;

    len = (size_t) (u->end - u->start);
    n = scan_before(value, len);
    len -= n;
    value += n;

    if (!u->cut) {
        len -= (len && value[len - 1] == ')');

        while (len && consent_css_space(value[len - 1])) {
            len--;
        }

        len -= (len && scan_quote(value[len - 1]));
    }

    u->start += n;
    u->end = u->start + len;
    u->url.data = value;
    u->url.len = len;
    u->unsure = u->cut && consent_css_unsure(value, len);

    return len
           && (u->start + 1 != css->import_at
               || memchr(value, '\\', len) != NULL);
}
