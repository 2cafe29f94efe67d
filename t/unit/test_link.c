
/*
 * Link fields: each link for itself, whatever the spelling, and what a
 * browser would load of it.
 */

#include "consent_link.h"
#include "str.h"
#include "tap.h"

#define BIT(t)  ((uint32_t) 1 << CONSENT_TYPE_##t)


static int
is(consent_str_t a, const char *b)
{
    return a.len == strlen(b) && memcmp(a.data, b, a.len) == 0;
}


static void
test_types(void)
{
    size_t          i;
    consent_str_t   rest;
    consent_link_t  link;

    static const struct {
        const char  *field;
        uint32_t     types;
    } cases[] = {
        { "<https://t.test/a>; rel=preload; as=script", BIT(SCRIPT) },
        { "<https://t.test/a>;rel=\"preload\";as=\"script\"", BIT(SCRIPT) },
        { "< https://t.test/a >; REL = PreLoad ; AS = Script", BIT(SCRIPT) },
        { "<https://t.test/a>; as=style; rel=preload", BIT(STYLESHEET) },
        { "<https://t.test/a>; rel=preload; as=image", BIT(IMAGE) },
        { "<https://t.test/a>; rel=preload; as=fetch", BIT(XHR) },
        { "<https://t.test/a>; rel=preload", BIT(OTHER) },
        { "<https://t.test/a>; rel=preload; as=unheard-of", BIT(OTHER) },
        { "<https://t.test/a>; rel=prefetch; as=document",
          BIT(SUBDOCUMENT) },
        { "<https://t.test>; rel=preconnect", BIT(CONNECT) },
        { "<https://t.test>; rel=dns-prefetch", BIT(CONNECT) },
        { "<https://t.test/m.js>; rel=modulepreload", BIT(SCRIPT) },
        { "<https://t.test/s.css>; rel=stylesheet", BIT(STYLESHEET) },
        { "<https://t.test/s.css>; rel=\"alternate stylesheet\"",
          BIT(STYLESHEET) },
        { "<https://t.test/s>; rel=\"preconnect preload\"; as=font",
          BIT(CONNECT) | BIT(FONT) },
        { "<https://t.test/s>; rel=next; rel=preconnect", BIT(CONNECT) },
        { "<https://t.test/s>; rel=\"pre\\connect\"", BIT(CONNECT) },
        { "<https://t.test/s>; title=\"a; rel=x\"; rel=preconnect",
          BIT(CONNECT) },
        { "<https://t.test/s>; title=\"; rel=preconnect", BIT(CONNECT) },
        { "<https://t.test/s>; crossorigin; rel=preconnect", BIT(CONNECT) },
        { "<https://t.test/s>; ; ;rel=preconnect", BIT(CONNECT) },
        { "<https://t.test/s>; rel=preload; as=image; nopush", BIT(IMAGE) },
        { "<https://t.test/s>; rel=next", 0 },
        { "<https://t.test/s>; rel=license; title=\"preload\"", 0 },
        { "<https://t.test/s>; rel=preloaded", 0 },
        { "<https://t.test/s>; title=\"rel=preload\"", 0 },
        { "<https://t.test/s>", 0 },
        { "https://t.test/s; rel=preload", 0 },
        { "<https://t.test/s; rel=preload", 0 }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        link.open = NULL;
        rest = str(cases[i].field);

        ok(consent_link_next(&rest, &link) == 1
           && link.types == cases[i].types && rest.len == 0,
           "%s: %x", cases[i].field, cases[i].types);
    }
}


static void
test_many(void)
{
    size_t          i;
    consent_str_t   rest;
    consent_link_t  link;

    static const char  *want[] = {
        "<https://a.test/1,2>; rel=preload", "https://a.test/1,2",
        "</x>; rel=next; title=\"a, <b>\"", "/x",
        "junk", "",
        "<>; rel=preload; as=image; imagesrcset=\"a 1x, b, 2x\"", "",
        "<c>", "c"
    };

    link.open = NULL;
    rest = str(", <https://a.test/1,2>; rel=preload ,,</x>; rel=next; "
               "title=\"a, <b>\",\tjunk ,<>; rel=preload; as=image; "
               "imagesrcset=\"a 1x, b, 2x\",<c>,");

    for (i = 0; i < sizeof(want) / sizeof(want[0]); i += 2) {
        ok(consent_link_next(&rest, &link) == 1 && is(link.whole, want[i])
           && is(link.target, want[i + 1]), "one of many: %s", want[i]);
    }

    ok(consent_link_next(&rest, &link) == 0, "and no more");

    link.open = NULL;
    rest = str("<a>; title=\"never closed, <https://t.test>; rel=preconnect");

    ok(consent_link_next(&rest, &link) && consent_link_next(&rest, &link)
       && is(link.target, "https://t.test") && link.types == BIT(CONNECT),
       "a quote that is never closed hides no link");

    link.open = NULL;
    rest = str("<a>;b=\\\"\",<c>;d=\"e\\\",<f>;g=\\\",<https://t.test>;"
               "rel=preconnect");

    ok(consent_link_next(&rest, &link) && consent_link_next(&rest, &link)
       && consent_link_next(&rest, &link) && consent_link_next(&rest, &link)
       && is(link.target, "https://t.test") && link.types == BIT(CONNECT),
       "nor do many");

    link.open = NULL;
    rest = str("<a>, <b, <c");

    ok(consent_link_next(&rest, &link) && consent_link_next(&rest, &link)
       && link.types == 0 && is(link.whole, "<b, <c")
       && consent_link_next(&rest, &link) == 0,
       "where no address ends, there is no link");
}


static void
test_srcset(void)
{
    int             n;
    char           *long_one;
    consent_str_t   rest, set, url;
    consent_link_t  link;

    static const char  *want[] = { "a.png", "https://t.test/b,c", "d", "e" };

    link.open = NULL;
    rest = str("<x>; rel=preload; as=image; imagesrcset="
               "\"a.png 1x , https://t.test/b,c 2x,d, e\"");

    ok(consent_link_next(&rest, &link) == 1, "a preload with a srcset");

    set = link.srcset;

    for (n = 0; consent_link_candidate(&set, &url); n++) {
        ok(n < 4 && is(url, want[n]), "its candidate %s", want[n & 3]);
    }

    ok(n == 4, "four of them");

    long_one = malloc(8192);

    if (long_one == NULL) {
        return;
    }

    memset(long_one, 'a', 8191);
    memcpy(long_one, "<x>; rel=preload; imagesrcset=", 30);
    long_one[8191] = '\0';
    link.open = NULL;
    rest = str(long_one);

    ok(consent_link_next(&rest, &link) == 1 && link.unread,
       "a srcset that is too long is said to be");

    free(long_one);
}


int
main(void)
{
    test_types();
    test_many();
    test_srcset();

    return tap_done();
}
