
/*
 * The quick look at a script must not miss what the slow one would find:
 * every signature, host and path of the catalog, in whatever dress.
 */

#include <ctype.h>
#include <stdlib.h>
#include "tap.h"
#include "consent_rules_int.h"
#include "consent_inline.h"

static consent_inline_scan_t  scan;
static char                   text[4096];
static size_t                 len;
static uint32_t               seed = 7;


static unsigned
below(unsigned n)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % n;
}


static void
add(const char *s, size_t n)
{
    memcpy(text + len, s, n);
    len += n;
}


/* code that says nothing, of a length that puts what follows anywhere */

static void
filler(void)
{
    unsigned  n;

    for (n = below(80); n; n--) {
        add(&"a(b,c);x=\"q\";\n"[below(14)], 1);
    }

    add(";\n", 2);
}


static void
blank(void)
{
    static const char  *blanks[] = {
        "", "", "", " ", "\n", "\t ", "/* . */", " // it's (\n", "\r\n"
    };

    const char  *b = blanks[below(9)];

    add(b, strlen(b));
}


static int
seen(void)
{
    return consent_inline_scan(&scan, (const consent_u8 *) text, len);
}


static void
term(const consent_inline_term_t *t)
{
    uint32_t                      i;
    const char                   *q;
    const consent_inline_elem_t  *e;

    q = below(2) ? "\"" : "'";

    for (i = 0; i < t->n; i++) {
        e = &consent_inline_elems[t->first + i];

        if (i) {
            if (e->kind == CONSENT_INLINE_WORD
                && e[-1].kind == CONSENT_INLINE_WORD)
            {
                add(" ", 1);
            }

            blank();
        }

        switch (e->kind) {

        case CONSENT_INLINE_STRING:
            add(q, 1);
            add(e->text, e->len);
            add(q, 1);
            break;

        case CONSENT_INLINE_PART:
            add(q, 1);
            add("//", 2);
            add(e->text, e->len);
            add("?x", 2);
            add(q, 1);
            break;

        default:
            add(e->text, e->len);
        }
    }
}


static unsigned
signatures(void)
{
    int       k;
    unsigned  missed;
    uint32_t  i;

    missed = 0;

    for (i = 0; i < consent_inline_nsigs; i++) {

        if (consent_inline_sigs[i].cls == CONSENT_CLASS_NONE) {
            continue;
        }

        len = 0;
        filler();

        for (k = 0; k < 3 && consent_inline_sigs[i].yes[k] >= 0; k++) {
            term(&consent_inline_terms[consent_inline_sigs[i].yes[k]]);
            add(";", 1);
            filler();
        }

        if (!seen()) {
            missed++;
            diag("missed %s: %.*s", consent_inline_sigs[i].name, (int) len,
                 text);
        }
    }

    return missed;
}


static unsigned
hosts(void)
{
    size_t                         at;
    uint32_t                       i;
    unsigned                       missed;
    const char                    *name;
    const consent_catalog_host_t  *h;

    static const char  *before[] = {
        "\"//", "'https://www.", "\"https:\\/\\/x.", "'", "`http://u@",
        "\"?u=https%3A%2F%2Fwww."
    };
    static const char  *after[] = { "/x.js'", "\"", ":8080/", "\\/x", "?a" };

    missed = 0;

    for (i = 0; i < consent_catalog_nhosts; i++) {
        h = &consent_catalog_hosts[i];

        if (h->npaths == 0 && h->cls <= CONSENT_CLASS_NEVER) {
            continue;
        }

        name = consent_catalog_strings + h->name;
        len = 0;
        filler();
        add("s.src = ", 8);
        add(before[i % 6], strlen(before[i % 6]));

        for (at = 0; at < h->len; at++) {
            text[len++] = (i % 7 == 0) ? (char) toupper((unsigned char)
                                                        name[at])
                                       : name[at];
        }

        /* a host that stands bare is one by what follows it */

        at = (i % 6 == 3) ? i % 2 : i % 5;
        add((i % 6 == 3 && at) ? "'" : after[at],
            (i % 6 == 3 && at) ? 1 : strlen(after[at]));
        filler();

        if (!seen()) {
            missed++;
            diag("missed %.*s", (int) len, text);
        }
    }

    return missed;
}


static unsigned
hidden(void)
{
    size_t    i;
    unsigned  missed;

    static const char  *ways[] = {
        "'//www.google-analytics\\x2ecom/ga.js'",
        "\"//www.goo\\u0067le-analytics.com/ga.js\"",
        "'//www.google\\-analytics.com/ga.js'",
        "'//www.google-analytics\\.com/ga.js'",
        "'//www.google-analytics.co%6d/ga.js'",
        "'//www.goo%67le-analytics.com/ga.js'",
        "'//www.google-analytic\\s.com/ga.js'",
        "'//www.google-\\\nanalytics.com/ga.js'",
        "gtag('\\x63onfig')"
    };

    missed = 0;

    for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        len = 0;
        filler();
        add("s.src=", 6);
        add(ways[i], strlen(ways[i]));
        filler();

        if (!seen()) {
            missed++;
            diag("missed %s", ways[i]);
        }
    }

    return missed;
}


static unsigned
quiet(void)
{
    size_t    i;
    unsigned  found;

    static const char  *own[] = {
        "var a = [1, 2, 3].map(function (x) { return x * 2; });",
        "document.getElementById('menu').addEventListener('click', open);",
        "{\"@context\":\"https://schema.org\",\"name\":\"A page\"}",
        "if (/^[\\w\\d]+\\s*$/.test(v)) { new Thing().init(); }",
        "window.config = {\"img\": \"https:\\/\\/cdn.example.com\\/a.jpg\"};",
        "var links = {a: 1, fb: \"https:\\/\\/www.facebook.com\\/us\"};",
        "x = {\"https://www.facebook.com/us\": 1, \"ads.page\": 2};"
    };

    found = 0;

    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        len = 0;
        add(own[i], strlen(own[i]));

        if (seen()) {
            found++;
            diag("found in %s", own[i]);
        }
    }

    return found;
}


int
main(void)
{
    unsigned  i, missed;

    consent_inline_scan_init(&scan);

    ok(!scan.off, "there is a word for every rule");

    for (i = 0, missed = 0; i < 40; i++) {
        missed += signatures();
    }

    ok(missed == 0, "no signature is missed, whatever is between its words");

    for (i = 0, missed = 0; i < 10; i++) {
        missed += hosts();
    }

    ok(missed == 0, "no host is missed, wherever it stands");
    ok(hidden() == 0, "letters in escapes are not taken for nothing");
    ok(quiet() == 0, "a page's own scripts are let go");

    return tap_done();
}
