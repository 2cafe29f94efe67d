
/*
 * What a withheld script would have declared, so that a page that asks for it
 * finds something of its kind.
 */

#include "consent_inline_names.h"
#include "tap.h"


int
main(void)
{
    size_t         i, n;
    consent_u8     buf[CONSENT_INLINE_NAMES_SIZE];
    consent_str_t  text;

    static const struct {
        const char  *text;
        const char  *names;
    } cases[] = {

        /* by declaration */

        { "var queue = queue || [];", "queue[]" },
        { "var conf = {a: 1, bb: [2]}, n1 = 0, text = 'x', neg = -1",
          "conf{} n1=0 text='' neg=0" },
        { "var later;", "later=u" },
        { "var one, two\nvar three", "one=u two=u three=u" },
        { "let aa = 1; const bb = () => 2; class CC {}",
          "aa=0 bb() CC()" },
        { "function show(a, b) { var inner = 1; function deep() {} }",
          "show()" },
        { "async function load() {}", "load()" },
        { "var mobile = (/Android/i.test(navigator.userAgent)) ? 1 : 0;",
          "mobile=u" },
        { "var made = new Thing(1), ff = function () {}, gg = function x() {}",
          "made{} ff() gg()" },
        { "var tag = tag || {};\ntag.cmd = tag.cmd || [];", "tag{}" },
        { "var aa = b ? {} : [], cc = d && e", "aa=u cc=u" },
        { "for (var ii = 0; ii < 3; ii++) {}", "" },

        /* by assignment */

        { "window.flux = { a: {}, b: function () {} };", "flux{}" },
        { "(function () { window.HPGam = window.HPGam || {}; })();",
          "HPGam{}" },
        { "window.cmd = window.cmd || [], window.go = function(){}",
          "cmd[] go()" },
        { "_q = _q || []; _q.push(1)", "_q[]" },
        { "(function () { local = {}; w.other = 1; a.window.no = 2 })()",
          "no=0" },
        { "if (window.aa == 1) {}", "" },
        { "x1 == 2; y1 === 3; z1 => 4; aa += 5", "" },

        /* nothing of it */

        { "", "" },
        { "!function (a) { var b = a }(window);", "" },
        { "!function named() {}();", "" },
        { "// var no = 1\n'var no = 2'; `var no = 3`; /var no = 4/", "" },
        { "{\"json\": {\"a\": 1}}", "" },

        /* a loader that is told the name of what it makes */

        { "(function (i, s, o, g, r) { i['XObject'] = r; i.IMAGlobalObject "
          "= r; })(window, document, 'script', '//x.test/a.js', 'ima');",
          "ima()" },
        { "void function(a,b,c,d,e){a.alogObjectName=e}(window,document,"
          "\"script\",\"/alog.min.js\",\"alog\"),void function(){f('no')}();",
          "alog()" },
        { "(function (a, b, c) {})(window, 'script', 'dataLayer');", "" },

        /* each once, and none that is too long */

        { "var dup = 1; var dup = {}; window.dup = []", "dup=0" },
        { "var aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = 1;",
          "" },
        { "var i = 0, \xc3\xa4 = 1", "" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        text.data = (const consent_u8 *) cases[i].text;
        text.len = strlen(cases[i].text);

        n = consent_inline_names(text, buf, sizeof(buf));

        ok(n == strlen(cases[i].names)
           && memcmp(buf, cases[i].names, n) == 0,
           "case %u: %s", (unsigned) i,
           cases[i].names[0] ? cases[i].names : "none");

        if (n != strlen(cases[i].names)
            || memcmp(buf, cases[i].names, n) != 0)
        {
            tap_show("got", buf, n);
        }
    }

    text.data = (const consent_u8 *) "var aa1 = 1, bb2 = 2, cc3 = 3";
    text.len = 29;
    n = consent_inline_names(text, buf, 12);

    ok(n == 11 && memcmp(buf, "aa1=0 bb2=0", n) == 0,
       "no more than there is place for");

    return tap_done();
}
