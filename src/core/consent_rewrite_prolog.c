
/*
 * What stands before an XML document's root element.  A style sheet may be
 * named there, and entities that stand for anything; neither is read here.
 * https://www.w3.org/TR/xml/#sec-prolog-dtd
 */

#include "consent_rewrite_int.h"


static const consent_u8 *
prolog_find(const consent_u8 *p, const consent_u8 *end, const char *what)
{
    size_t  n;

    for (n = strlen(what); (size_t) (end - p) >= n; p++) {
        if (memcmp(p, what, n) == 0) {
            return p + n;
        }
    }

    return NULL;
}


/* behind a doctype; NULL: it declares something, or does not end here */

static const consent_u8 *
prolog_doctype(const consent_u8 *p, const consent_u8 *end)
{
    consent_u8  quote;

    for (quote = 0; p < end; p++) {

        if (quote) {
            quote = (*p == quote) ? 0 : quote;

        } else if (*p == '"' || *p == '\'') {
            quote = *p;

        } else if (*p == '[') {
            return NULL;

        } else if (*p == '>') {
            return p + 1;
        }
    }

    return NULL;
}


int
consent_rw_prolog(const consent_u8 *p, size_t len)
{
    const consent_u8  *end;

    end = p + len;

    while (p && (p = memchr(p, '<', (size_t) (end - p))) != NULL) {

        if (end - p < 2) {
            return 0;
        }

        if (p[1] == '?') {
            if (end - p >= 16 && memcmp(p, "<?xml-stylesheet", 16) == 0) {
                return 0;
            }

            p = prolog_find(p, end, "?>");

        } else if (p[1] != '!') {
            return 1;

        } else if (end - p >= 4 && p[2] == '-' && p[3] == '-') {
            p = prolog_find(p + 4, end, "-->");

        } else {
            p = prolog_doctype(p, end);
        }
    }

    return 0;
}
