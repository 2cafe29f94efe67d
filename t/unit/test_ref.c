
/*
 * Character references in attribute values.  With "--say" it reads values in
 * hex, one a line, and says what they are, in hex.
 */

#include "consent_ref.h"
#include "consent_ref_table.h"
#include "tap.h"


static const struct {
    const char  *in;
    const char  *want;
} cases[] = {
    { "plain", "plain" },
    { "&", "&" },
    { "&&amp;&", "&&&" },
    { "a&amp", "a&" },
    { "a&amp;b", "a&b" },
    { "?a=1&copy=2", "?a=1&copy=2" },
    { "?a=1&copyb", "?a=1&copyb" },
    { "?a=1&copy;=2", "?a=1\xc2\xa9=2" },
    { "?a=1&copy&", "?a=1\xc2\xa9&" },
    { "&copy/x", "\xc2\xa9/x" },
    { "&notit;", "&notit;" },
    { "&not;it", "\xc2\xacit" },
    { "&notin;", "\xe2\x88\x89" },
    { "&not-", "\xc2\xac-" },
    { "&Tab;&NewLine;&colon;&sol;&bsol;&period;&commat;&num;&lpar;",
      "\t\n:/\\.@#(" },
    { "&colon", "&colon" },
    { "&nGg;&acE;&fjlig;", "\xe2\x8b\x99\xcc\xb8\xe2\x88\xbe\xcc\xb3" "fj" },
    { "&#104;&#x74;&#X74;&#112", "http" },
    { "&#0000000000104;&#x0000000068", "hh" },
    { "&#104ttp", "http" },
    { "&#x6;&#x;&#;&#", "\x06&#x;&#;&#" },
    { "&#0;&#xD800;&#1114112;&#99999999999999999999;",
      "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
    { "&#128;&#x99;&#129;", "\xe2\x82\xac\xe2\x84\xa2\xc2\x81" },
    { "&#x1F600;", "\xf0\x9f\x98\x80" },
    { "a\r\nb\rc", "a\nb\nc" },
    { "&CounterClockwiseContourIntegral;", "\xe2\x88\xb3" },
    { "&CounterClockwiseContourIntegra", "&CounterClockwiseContourIntegra" },
    { "&zwnj;&zwj", "\xe2\x80\x8c&zwj" },
    { "&zzzzz;&AAAA;&~;& amp;", "&zzzzz;&AAAA;&~;& amp;" },
};


static int
say(void)
{
    int                n;
    char              *p;
    size_t             len, i;
    unsigned           v;
    static char        line[65536];
    static consent_u8  in[32768], out[3 * 32768];

    while (fgets(line, sizeof(line), stdin)) {

        for (p = line, n = 0; sscanf(p, "%2x", &v) == 1; p += 2) {
            in[n++] = (consent_u8) v;
        }

        len = consent_ref_decode(in, (size_t) n, out, sizeof(out), NULL,
                                 NULL);

        for (i = 0; i < len; i++) {
            printf("%02x", out[i]);
        }

        printf("\n");
    }

    return 0;
}


/* of all that gives more than it is, five in a row have the room they need */

static unsigned
short_of_room(void)
{
    size_t             i, j, n, len, size;
    unsigned           bad;
    const consent_u8  *name;
    static consent_u8  in[1024], out[1024];

    bad = 0;

    for (i = 0; i < CONSENT_REF_NAMES + 2; i++) {
        name = (const consent_u8 *) (i == CONSENT_REF_NAMES ? "#0" : "\0");
        len = (i == CONSENT_REF_NAMES) ? 2 : 1;

        if (i < CONSENT_REF_NAMES) {
            name = consent_ref_pool + consent_ref_start[i];
            len = (size_t) (consent_ref_start[i + 1] - consent_ref_start[i]);
        }

        for (n = 0, j = 0; j < 5; j++) {
            in[n] = '&';
            n += (i <= CONSENT_REF_NAMES);
            memcpy(in + n, name, len);
            n += len;
        }

        size = consent_ref_size(in, n);

        bad += (consent_ref_text(in, n, out, sizeof(out), NULL)
                > size - CONSENT_REF_MAX);
    }

    return bad;
}


int
main(int argc, char **argv)
{
    size_t      i, n, used;
    uint32_t    raw[64];
    consent_u8  out[256];

    if (argc > 1 && strcmp(argv[1], "--say") == 0) {
        return say();
    }

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        n = consent_ref_decode((const consent_u8 *) cases[i].in,
                               strlen(cases[i].in), out, sizeof(out), &used,
                               NULL);
        is_mem(out, n, cases[i].want, strlen(cases[i].want), cases[i].in);
    }

    n = consent_ref_decode((const consent_u8 *) "a\0b", 3, out, sizeof(out),
                           NULL, NULL);
    is_mem(out, n, "a\xef\xbf\xbd" "b", 5, "NUL is a replacement character");

    n = consent_ref_decode((const consent_u8 *) "a&lt;b&copy;\r\nc", 15, out,
                           sizeof(out), &used, raw);
    ok(n == 7 && used == 15 && raw[0] == 0 && raw[1] == 1 && raw[2] == 5
       && raw[3] == 6 && raw[4] == 6 && raw[5] == 12 && raw[6] == 14
       && raw[7] == 15, "where each byte stood");

    n = consent_ref_decode((const consent_u8 *) "abc&copy;d", 10, out, 4,
                           &used, raw);
    ok(n == 3 && used == 3 && raw[3] == 3,
       "a full buffer cuts no character in two");

    ok(short_of_room() == 0, "what decoding gives fits where it should");

    ok(consent_ref_needed((const consent_u8 *) "a&b", 3)
       && consent_ref_needed((const consent_u8 *) "a\rb", 3)
       && !consent_ref_needed((const consent_u8 *) "a\nb", 3),
       "what needs decoding");

    return tap_done();
}
