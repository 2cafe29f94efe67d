
/*
 * Where in a script does an address stand?  Read backwards from it, as far as
 * that goes without reading the script; in doubt it is where it may be loaded.
 */

#include "consent_rules_int.h"
#include "consent_inline_scan_int.h"
#include "consent_inline_url.h"


/* back over blanks; to where a comment may have stood, NULL */

const consent_u8 *
consent_inline_scan_unblank(const consent_inline_look_t *sc,
    const consent_u8 *p)
{
    const consent_u8  *q;

    while (p > sc->text && scan_blank(p[-1])) {
        p--;

        if (*p != '\n' && *p != '\r') {
            continue;
        }

        /* is there a comment in the line that ends here? */

        for (q = p; q - sc->text > 1 && q[-1] != '\n' && q[-1] != '\r'; q--) {
            if (scan_pair(q[-2], q[-1])) {
                return NULL;
            }
        }
    }

    if (p - sc->text > 1 && (scan_pair(p[-2], p[-1]) || p[-1] == '\\')) {
        return NULL;
    }

    return p;
}


/* one "/" before p, as it may be written: "/", "\/" or "\u002F"; or p */

static const consent_u8 *
scan_slash(const consent_inline_look_t *sc, const consent_u8 *p)
{
    if (p > sc->text && p[-1] == '/') {
        p--;

        return (p > sc->text && p[-1] == '\\') ? p - 1 : p;
    }

    if (p - sc->text >= 6 && memcmp(p - 6, "\\u002", 5) == 0
        && (p[-1] | 0x20) == 'f')
    {
        return p - 6;
    }

    return p;
}


/* the property that a value which begins before p is given to is none that
 * loads, as consent_inline_place() sees it */

static int
scan_property(const consent_inline_look_t *sc, const consent_u8 *p)
{
    consent_u8         quote;
    consent_str_t      key;
    const consent_u8  *end;

    p = consent_inline_scan_unblank(sc, p);

    if (p == NULL || p == sc->text) {
        return 0;
    }

    quote = p[-1];

    if (scan_quote(quote)) {
        end = --p;

        while (p > sc->text && p[-1] != quote && p[-1] != '\n') {
            p--;
        }

        if (p == sc->text || p[-1] != quote) {
            return 0;
        }

        key.data = p;
        key.len = (size_t) (end - p);
        p--;

    } else {
        end = p;

        while (p > sc->text && scan_part(p[-1])) {
            p--;
        }

        key.data = p;
        key.len = (size_t) (end - p);
    }

    if (key.len == 0 || memchr(key.data, '\\', key.len)
        || consent_inline_loads_by(key))
    {
        return 0;
    }

    p = consent_inline_scan_unblank(sc, p);

    return p && p > sc->text && (p[-1] == '{' || p[-1] == ',');
}


/*
 * A string that begins with a host: 1 if that is all of it, 0 if there is a
 * path, -1 if it is another text.
 */

static int
scan_bare(const consent_inline_look_t *sc, const consent_u8 *p,
    consent_u8 quote)
{
    consent_u8  first;

    first = (p < sc->end) ? *p : 0;

    while (p < sc->end && (*p == '.' || *p == ':' || *p == '/')) {
        p++;
    }

    while (p < sc->end && (scan_alnum(*p) || *p == '-' || *p == '.'
                           || *p == '_'))
    {
        p++;
    }

    if (p == sc->end || *p == '/' || *p == '\\' || p[-1] == quote) {
        return 0;
    }

    if (*p != quote || p[-1] == '.') {
        return -1;
    }

    /* the end of a name that something is put before counts as a path does */

    return first != '.';
}


/*
 * An address begins at p: can what is done with it matter?  Only of what is
 * surely data, or in the midst of a text, the answer is that it cannot.
 */

int
consent_inline_scan_place(const consent_inline_look_t *sc, const consent_u8 *p)
{
    int                whole;
    unsigned           slashes;
    consent_u8         c;
    const consent_u8  *q;

    for (slashes = 0; (q = scan_slash(sc, p)) != p; p = q) {
        slashes++;
    }

    if (slashes == 1) {
        return 1;
    }

    if (slashes && p > sc->text && p[-1] == ':') {
        q = p - 1;

        if (q - sc->text >= 5 && memcmp(q - 5, "https", 5) == 0) {
            p = q - 5;

        } else if (q - sc->text >= 4 && memcmp(q - 4, "http", 4) == 0) {
            p = q - 4;

        } else {
            return 1;
        }
    }

    if (p == sc->text) {
        return 1;
    }

    c = p[-1];

    if (!scan_quote(c)) {

        /* a quote in a string, markup; or not the begin of an address */

        return c == '=' || c == '\\' || c == ' ' || c == '.' || c == ':'
               || c == '@' || slashes == 0;
    }

    p--;

    if (p > sc->text && p[-1] == '\\') {

        /* in a string, where only "src=" and "href=" count */

        while (p > sc->text && (p[-1] == '\\' || p[-1] == ' ')) {
            p--;
        }

        return p == sc->text || p[-1] == '=' || scan_quote(p[-1]);
    }

    whole = (slashes == 0) ? scan_bare(sc, p + 1, c) : 0;

    if (whole < 0) {
        return 0;
    }

    p = consent_inline_scan_unblank(sc, p);

    if (p == NULL || p == sc->text) {
        return 1;
    }

    switch (p[-1]) {

    case ':':
        return !scan_property(sc, p - 1);

    case '[':
        p = consent_inline_scan_unblank(sc, p - 1);

        return p == NULL || p == sc->text || p[-1] == '=';

    case '=':
    case '?':
        return 1;

    case ',':
    case '(':
    case '+':
    case '|':
    case '&':
        return !whole;

    default:

        /* "return", a string that goes on; but no value of its own */

        return !whole && scan_part(p[-1]);
    }
}
