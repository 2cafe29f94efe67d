
/*
 * Which charset a page is in: each way to say it, and each way to say it
 * wrong.
 */

#include "consent_charset.h"
#include "tap.h"


static const char *
name(const consent_charset_t *c)
{
    return c ? c->labels : "none";
}


static int
is(const consent_charset_t *c, const char *label)
{
    return c == (label ? consent_charset_find((const consent_u8 *) label,
                                              strlen(label))
                       : NULL);
}


static void
test_content(void)
{
    size_t                    i;
    const consent_charset_t  *c;

    static const struct {
        const char  *value;
        const char  *label;
    } cases[] = {
        { "text/html; charset=windows-1252", "windows-1252" },
        { "text/html;CHARSET = gbk ; x=y", "gbk" },
        { "charset=\"gbk\"", "gbk" },
        { "charset=' gbk\t'", "gbk" },
        { "charset=\"gbk", NULL },
        { "charset='gbk\"", NULL },
        { "charset=", NULL },
        { "charset= \t", NULL },
        { "charset", NULL },
        { "charset charset=gbk", "gbk" },
        { "xcharset=gbk", "gbk" },
        { "charset=no-such", NULL },
        { "", NULL }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        c = consent_charset_content((const consent_u8 *) cases[i].value,
                                    strlen(cases[i].value));
        ok(is(c, cases[i].label), "%s: %.20s", cases[i].value, name(c));
    }
}


static void
test_sniff(void)
{
    size_t                     i;
    consent_charset_source_e   from;
    const consent_charset_t   *c;

#define S(text)  text, sizeof(text) - 1

    static const struct {
        const char                *text;
        size_t                     len;
        int                        last;
        consent_charset_source_e   from;
        const char                *label;
    } cases[] = {
        { S(""), 0, CONSENT_CHARSET_MORE, NULL },
        { S(""), 1, CONSENT_CHARSET_NONE, NULL },

        { S("\xff"), 0, CONSENT_CHARSET_MORE, NULL },
        { S("\xff"), 1, CONSENT_CHARSET_NONE, NULL },
        { S("\xff\xfe<\0"), 0, CONSENT_CHARSET_MARK, "utf-16" },
        { S("\xfe\xff\0<"), 0, CONSENT_CHARSET_MARK, "utf-16" },
        { S("\xff\xff"), 1, CONSENT_CHARSET_NONE, NULL },
        { S("\xef"), 0, CONSENT_CHARSET_MORE, NULL },
        { S("\xef\xbb"), 0, CONSENT_CHARSET_MORE, NULL },
        { S("\xef\xbb"), 1, CONSENT_CHARSET_NONE, NULL },
        { S("\xef\xbb\xbf<p>"), 0, CONSENT_CHARSET_MARK, "utf-8" },

        { S("<?xml version='1.0' encoding='gbk'?>"), 1, CONSENT_CHARSET_META,
          "gbk" },
        { S("<?xml encoding = \"gbk\"?>"), 1, CONSENT_CHARSET_META, "gbk" },
        { S("<?xml encoding=\"utf-16\"?>"), 1, CONSENT_CHARSET_META,
          "utf-8" },
        { S("<?xml encoding='gbk?>"), 1, CONSENT_CHARSET_NONE, NULL },
        { S("<?xml encoding=gbk?>"), 1, CONSENT_CHARSET_NONE, NULL },
        { S("<?xml encoding 'gbk'?>"), 1, CONSENT_CHARSET_NONE, NULL },
        { S("<?xml encoding=?>"), 1, CONSENT_CHARSET_NONE, NULL },
        { S("<?xml encoding>"), 1, CONSENT_CHARSET_NONE, NULL },
        { S("<?xml version='1.0'?>"), 1, CONSENT_CHARSET_NONE, NULL },
        { S("<?xml encoding='gbk'"), 0, CONSENT_CHARSET_MORE, NULL },
        { S("<\0?\0x\0m\0l\0"), 1, CONSENT_CHARSET_META, "utf-16" },
        { S("\0<\0?\0x\0m\0l"), 1, CONSENT_CHARSET_META, "utf-16" },

        { S("<meta charset=gbk>"), 1, CONSENT_CHARSET_META, "gbk" },
        { S("<meta http-equiv=content-type content='text/html;charset=gbk'>"),
          1, CONSENT_CHARSET_META, "gbk" },
        { S("<meta content='text/html;charset=gbk'>"), 1,
          CONSENT_CHARSET_NONE, NULL },
        { S("<meta charset=utf-16>"), 1, CONSENT_CHARSET_META, "utf-8" },
        { S("<!-- <meta charset=gbk> --><p>"), 1, CONSENT_CHARSET_NONE,
          NULL },

        /* in an attribute whose end is still to come it is no tag */

        { S("<meta content=\"<meta charset=gbk>"), 0, CONSENT_CHARSET_MORE,
          NULL },
        { S("<meta content=\"<meta charset=gbk>"), 1, CONSENT_CHARSET_NONE,
          NULL },
        { S("<p title=\"<meta charset=gbk>"), 0, CONSENT_CHARSET_MORE, NULL },
        { S("<meta content=\"x\"><meta charset=gbk>"), 0,
          CONSENT_CHARSET_META, "gbk" },

        { S("<p>\x1b$B"), 1, CONSENT_CHARSET_META, "iso-2022-jp" },
        { S("<p>\x1b(J"), 1, CONSENT_CHARSET_META, "iso-2022-jp" },
        { S("<p>\x1b[1m"), 1, CONSENT_CHARSET_NONE, NULL }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        from = consent_charset_sniff((const consent_u8 *) cases[i].text,
                                     cases[i].len, cases[i].last, NULL, &c);

        ok(from == cases[i].from && is(c, cases[i].label),
           "page %zu: %d, %.20s", i, (int) from, name(c));
    }

    from = consent_charset_sniff((const consent_u8 *) "<meta charset=gbk>",
                                 18, 1, consent_charset_utf8(), &c);
    ok(from == CONSENT_CHARSET_HEADER && c == consent_charset_utf8(),
       "a header is before <meta>");

    from = consent_charset_sniff((const consent_u8 *) "\xff\xfe", 2, 1,
                                 consent_charset_utf8(), &c);
    ok(from == CONSENT_CHARSET_MARK && is(c, "utf-16"),
       "a byte order mark before the header");
}


static void
test_decode(void)
{
    int                       memory;
    size_t                    n;
    consent_u8                out[64];
    const consent_charset_t  *c;

    memory = 0;
    c = consent_charset_find((const consent_u8 *) " gbk\n", 5);

    n = consent_charset_decode(c, (const consent_u8 *) "\xa3\xf4t", 3, out,
                               sizeof(out), &memory);
    is_mem(out, n, "\xef\xbd\x94t", 4, "a full-width letter of GBK");

    n = consent_charset_decode(c, (const consent_u8 *) "\xff" "a", 2, out,
                               sizeof(out), &memory);
    is_mem(out, n, "\xef\xbf\xbd" "a", 4, "what is no character is a mark");

    n = consent_charset_decode(c, (const consent_u8 *) "\xff\xff\xff\xff", 4,
                               out, 7, &memory);
    ok(n <= 7 && n % 3 == 0, "no more than there is room for");

    ok(consent_charset_decode(NULL, out, 1, out, 3, &memory) == 0 && !memory,
       "no charset, no text");
}


int
main(void)
{
    test_content();
    test_sniff();
    test_decode();

    return tap_done();
}
