
/*
 * Each allocation of the core fails in turn: of a page that is read, of rules
 * and lists that are built, of texts of one's own.  What is done either says
 * so or has the result that it has with memory.
 */

#include <stdio.h>
#include <stdlib.h>

#include "consent_guard.h"
#include "consent_memo.h"
#include "consent_rewrite.h"
#include "consent_ui.h"
#include "room.h"
#include "str.h"
#include "tap.h"

static long      left;                   /* allocations that succeed */
static int       failed;


static void *
alloc(void *ctx, size_t size)
{
    if (left-- <= 0) {
        failed = 1;
        return NULL;
    }

    return room_alloc(ctx, size);
}


static int
emit(void *arg, consent_span_e kind, const consent_u8 *data, size_t len)
{
    (void) kind;

    room_append(arg, data, len);

    return CONSENT_OK;
}


static consent_str_t
insert(void *arg, const consent_insert_t *in)
{
    static const consent_str_t  text = consent_string("<i>put in</i>");

    (void) arg;
    (void) in;

    return text;
}


static void
found(void *arg, const consent_finding_t *f)
{
    (void) arg;
    (void) f;
}


#define T  "https://tracker.test/"

static const char  *pages[] = {
    "<!doctype html><html lang=en><head><title>t</title><base href=/x/>"
        "<meta http-equiv=refresh content='0;url=" T "'><link rel=preload "
        "as=script href=" T "><style>a{background:url(" T ")}</style>"
        "<script src=" T "a.js></script></head><body><p style='background:url("
        T ")' onclick=\"f('" T "')\">t<img srcset='" T " 1x, /b 2x'></body>",
    "<body><script>TRACK(1)</script><script>var a = '<!-- <script> ';"
        "document.write('<img src=" T ">')</script><iframe srcdoc=\"&lt;img "
        "src=" T "&gt;&lt;p onload='TRACK()'&gt;\"></iframe><iframe src=" T
        "></iframe><iframe src='data:text/html,<script src=" T "></script>'>"
        "</iframe><object data=" T "></object><a ping=" T " href=/>a</a>",
    "<svg><style>a{b:url(" T ")}</style><script>TR&#65;CK(1)</script><image "
        "href=" T "></image><script href=" T "/><foreignObject><p><b><i></svg>"
        "<math><annotation-xml encoding=text/html><img src=" T "></math>",
    "<noscript><img src=" T "></noscript><select><option><script>TRACK()"
        "</script></select><template shadowrootmode=open><img src=" T ">"
        "</template><table><tr><td><b><p></b><form><input type=image src=" T
        "><textarea></textarea><plaintext>",
    "<!-- <img src=" T "> --!><b><b><b><b><p></p><a><a><nobr><nobr><li><li>"
        "<dd><dt><button><button><h1><h2><frameset><frame src=" T "><video "
        "poster=" T "><track src=" T "><audio src=" T "><embed src=" T ">"
        "<body background=" T "><div data-category=marketing data-src=" T ">",

    /* what the tree builder does in each of its modes */

    "<html><head></head><title>x</title><template></template><style></style>"
        "</head><br><html><body><html class=a><body class=b><img src=" T ">"
        "</body> <!-- c --><p></html> <!-- c --><img src=" T "></html>x",
    "<!--privacy-choices --><p><!-- privacy-choices -->"
        "<!-- privacy-choices -->",
    "</p></br></head></body></html></template><head><head><noscript><link "
        "rel=stylesheet href=" T "><p></noscript></head></br><img src=" T ">",
    "<table><caption><img src=" T "></caption><colgroup><col><template>"
        "</template> x</colgroup><col><img src=" T "><tbody><tr><th><td></th>"
        "<tr></tbody><tfoot><td></tfoot></table></caption></td></html><thead>",
    "<table><table><tr><table></table><td><table><form><input type=hidden>"
        "<input><form></table></td></tr><select><tr></select><style></style>"
        "<script></script><b>x<i></table><img src=" T ">",
    "<table><tr></td></tbody></table></tr><tr></table><caption><td></caption>"
        "<table><tbody></tr></caption></tbody><tr><td></body></tr></table>"
        "<table><caption><table><caption></table><col></table><img src=" T ">",
    "<template><tr><td></template><template><col></template><template>"
        "<caption></template><template><tbody></tbody></template><template><td>"
        "</td></template><template><div></template><template><style></style>"
        "<select></template><template></table></tr><tr></tbody><img src=" T ">",
    "<table><template><tr></template><tr><template><td></template><td>"
        "<template><b></template></table><select><template><option></select>"
        "<img src=" T "></template><img src=" T ">",
    "<head></head> <frameset> x<frameset><frame src=" T "></frameset><noframes>"
        "<img src=" T "></noframes></frameset> <html><noframes></noframes>"
        "</html> <!-- --><frameset><noframes></noframes>x",
    "<p><button><button></button></button><select><select><select><option>"
        "<optgroup><option><hr></optgroup></select><input><select><keygen>"
        "<textarea></textarea></select><select><img src=" T "><p></select>",
    "<table><td><select><tr><td><img src=" T "></select><select></table>"
        "<select><script>TRACK()</script><b></b><table><img src=" T ">",
    "<a><a><nobr><nobr></nobr></a><b><p></b></i><form><form></form></div>"
        "</form><div><form></div></form></p><marquee><b></marquee></b></q>"
        "<b><b><b><b></b></b><div></a></b><aside></b><img src=" T "></aside>",
    "<math><mi><p></mi><mtext><svg></mtext><annotation-xml "
        "encoding='text/html'><p></annotation-xml><annotation-xml><svg></svg>"
        "<p></math><svg><desc><p>"
        "</desc><title><b></svg><svg><font color=a></svg><svg><font></font>"
        "</p></br><svg><![CDATA[x]]><g/><script/></svg><img src=" T ">",
    "<ruby><rb><rt><rp><rtc><rb></ruby><h1><h2></h1><li><li></li></li><dd><dt>"
        "</dt><dl></dl><address><pre>\n<listing>\n<center></pre><xmp></xmp>"
        "<image src=" T "><isindex><wbr><hr><textarea>\n</textarea><noembed>"
        "<img src=" T "></noembed><iframe></iframe><option><rp><option>",
    "x <!doctype html> <p><table>text <b>y</table><!doctype html SYSTEM "
        "'about:legacy-compat'><img src=" T ">",
    "<!doctype html PUBLIC '-//W3C//DTD HTML 4.01 Frameset//' ''><p><table> "
        "<!-- --> <img src=" T ">",
    "<select><optgroup><option>a<option>b<optgroup><option>c<hr></option>"
        "</optgroup><optgroup></optgroup></select><img src=" T "><table><td>"
        "<select><option><tr></select></table><select></tr></table><img src=" T
        "><select><select><svg><select><table></select><img src=" T ">",
    "<select><template><option></select></template><select><b></option>"
        "</optgroup><table></table><input><img src=" T "></select>",
    "<b>1<i>2<u>3<s>4<em>5<a>6<p>7</b>8</i>9</u></p><img src=" T "></s></em>"
        "<nobr><div><nobr></div><b><table><b></table></b></b><img src=" T ">",
    "<b><marquee></b><p></b></marquee><i><b></i></b></b><form><b></form><p>"
        "<form></p></form></b><template><form></form></form><img src=" T
        "></template><img src=" T ">",
    "<head><noscript></br><img src=" T "></noscript></head></template><table>"
        "<colgroup></col></table><table><col></td><caption></col></caption>"
        "<tbody><template></template></thead></tr><td></th></table><img src=" T
        ">",
    "<table></tbody></td></caption></tr></table><table><tr></td></table><table>"
        "<td></table></th></table></tbody><table><tfoot></thead></td><img src="
        T "></tfoot></table><ruby><rtc><rt></rtc></ruby><img src=" T ">",
    "text first <link rel=stylesheet href=\"data:text/css,@import '" T "'\">"
        "<iframe src=\"data:text/html,%3Cimg src=" T "%3E\"></iframe><iframe "
        "src=\"javascript:'%3Cimg src=" T "%3E'\"></iframe><meta http-equiv="
        "refresh content=\"0;url='" T "'\">",
    "<style>@import '" T "';@import url( " T " );a{b:\\75 rl(" T ");c:url(\"" T
        "\");d:u\\rl(x);--e:'" T "';f:url(a b);g:url(a\\)b);h:'x\ny';i:\"\\\n"
        "\";j:image-set('" T "' 1x);k:-\\-x;/* url(" T ") */}"
        "@font-face{src:url(" T ") }@namespace url(" T ");</style>"
        "<p style=\"a:url('" T "'\">",
};

static consent_rewrite_conf_t  conf;


/* 1: said so, 0: as with memory, -1: neither */

static int
page(const char *text, size_t step, out_t *want, long n)
{
    int                 rc;
    size_t              at, len, k;
    out_t               out;
    consent_rewrite_t  *cr;

    memset(&out, 0, sizeof(out));
    conf.arg = &out;
    left = n;
    failed = 0;
    rc = CONSENT_ERROR;
    len = strlen(text);

    cr = consent_rewrite_create(&conf);

    for (at = 0; cr && at < len; at += k) {
        k = (len - at < step) ? len - at : step;
        rc = consent_rewrite_feed(cr, (const consent_u8 *) text + at, k,
                                  at + k == len);

        if (rc != CONSENT_OK) {
            break;
        }
    }

    room_release();

    if (want->data == NULL) {
        *want = out;
        return rc == CONSENT_OK ? 0 : -1;
    }

    rc = (rc != CONSENT_OK) ? (failed ? 1 : -1)
         : (out.len == want->len && memcmp(out.data, want->data, out.len) == 0)
         ? 0 : -1;
    free(out.data);

    return rc;
}


static void
test_pages(void)
{
    int      rc;
    char     doc[4096];
    long     n;
    out_t    want, whole;
    size_t   i, k, bad, said;

    static const size_t  steps[] = { 1 << 20, 7, 1 };

    for (i = 0; i < 2 * sizeof(pages) / sizeof(pages[0]); i++) {

        memset(&whole, 0, sizeof(whole));
        conf.marker = (i / 2) & 1;
        conf.markup = (i & 1) ? CONSENT_MARKUP_XHTML : CONSENT_MARKUP_HTML;

        /* XML has a root element, or is not read */

        (void) snprintf(doc, sizeof(doc), "%s%s", (i & 1) ? "<html>" : "",
                        pages[i / 2]);

        for (k = 0; k < sizeof(steps) / sizeof(steps[0]); k++) {
            memset(&want, 0, sizeof(want));
            bad = page(doc, steps[k], &want, 1 << 20) != 0;
            said = 0;

            for (n = 0; ; n++) {
                rc = page(doc, steps[k], &want, n);
                bad += (rc < 0);
                said += (rc > 0);

                if (!failed) {
                    break;
                }
            }

            ok(bad == 0 && said > 0 && (long) said <= n,
               "page %zu in pieces of %zu: %zu of %ld failures are told, the "
               "others change nothing", i, steps[k], said, n);

            if (k == 0) {
                whole = want;
                continue;
            }

            ok(want.len == whole.len
               && memcmp(want.data, whole.data, want.len) == 0,
               "and in pieces the same leaves");
            free(want.data);
        }

        free(whole.data);
    }
}


/* what pages are given of the rules */

static int
guard(const consent_rules_t *rules, const consent_alloc_t *a)
{
    consent_guard_conf_t  gc;
    consent_guard_data_t  data;

    memset(&gc, 0, sizeof(gc));
    gc.rules = rules;
    gc.categories = conf.categories;
    gc.ncategories = 4;

    if (consent_guard_data(&gc, a, &data) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    return consent_guard_sites(rules, a) ? CONSENT_OK : CONSENT_ERROR;
}


static void
test_rules(void)
{
    long                    n;
    char                    err[256];
    unsigned                told;
    consent_list_t         *list;
    consent_rules_t        *rules;
    consent_match_t        *match;
    consent_rules_build_t   b = { { alloc, NULL }, err, sizeof(err) };

    static const char       text[] =
        "||a.test^$third-party,domain=b.test|~c.b.test,script\n/ads/*\n"
        "@@||d.test^\n||a.test^$badfilter\n/track[0-9]+\\.js/$image\n"
        "||e.*^$important\n|https://f.test/|\nexample.com##.ad\n";

    told = 0;

    for (n = 0; ; n++) {
        left = n;
        failed = 0;
        err[0] = '\0';
        list = NULL;
        match = NULL;

        rules = consent_rules_create(&b.alloc);

        if (rules) {
            list = consent_list_compile(&b, str("list"),
                                        (const consent_u8 *) text,
                                        sizeof(text) - 1, CONSENT_MARKETING);
        }

        if (list
            && consent_rules_list(rules, &b, list) == CONSENT_OK
            && consent_rules_block(rules, &b, CONSENT_MARKETING,
                                   str("tracker.test/x")) == CONSENT_OK
            && consent_rules_block(rules, &b, CONSENT_MARKETING,
                                   str("~*/x(a|b)\\.js$")) == CONSENT_OK
            && consent_rules_block(rules, &b, CONSENT_MARKETING,
                                   str("inline:~TRACK")) == CONSENT_OK
            && consent_rules_allow(rules, &b, str("ok.test")) == CONSENT_OK)
        {
            consent_rules_catalog(rules, 1);

            if (consent_rules_done(rules, &b) == CONSENT_OK
                && guard(rules, &b.alloc) == CONSENT_OK)
            {
                match = consent_match_create(&b.alloc);
            }
        }

        if (match && consent_match_remember(match, &b.alloc, 65536)
                     != CONSENT_OK)
        {
            consent_match_destroy(match);
            match = NULL;
        }

        told += (match == NULL);

        if (match) {
            consent_match_destroy(match);
        }

        if (rules) {
            consent_rules_destroy(rules);
        }

        if (list) {
            consent_list_destroy(list);
        }

        room_release();

        if (!failed) {
            break;
        }
    }

    ok(match != NULL && told > 10 && told <= n,
       "rules: %u of %ld failures are told", told, n);
}


static void
test_texts(void)
{
    int                 rc;
    long                n, told;
    char                err[256];
    consent_alloc_t     a = { alloc, NULL };
    consent_ui_own_t   *own;
    consent_ui_asset_t  style;

    static const char   texts[] =
        "{\"en\":{\"title\":\"T\",\"intro\":\"a \\u00e9 \\\"b\\\"\"},"
        "\"x-own\":{\"dir\":\"rtl\",\"title\":\"U\",\"accept\":\"yes\"}}";

    told = 0;

    for (n = 0; ; n++) {
        left = n;
        failed = 0;
        rc = consent_ui_own_parse(&own, &a, str(texts), err, sizeof(err));

        if (rc == CONSENT_OK || !failed) {
            rc = consent_ui_style(&style, &a, str(".a { color: red }"), err,
                                  sizeof(err));
        }

        told += (rc != CONSENT_OK);
        room_release();

        if (!failed) {
            break;
        }
    }

    ok(told == n && n > 3, "texts: each of %ld failures is told", n);
}


int
main(void)
{
    char                    err[256];
    consent_rules_t        *rules;
    consent_rules_build_t   b = { { room_keep, NULL }, err, sizeof(err) };

    static consent_url_t       here;
    static consent_u8          buf[CONSENT_URL_MAX];
    static const consent_str_t names[CONSENT_CATEGORIES_MAX] = {
        consent_string("necessary"), consent_string("functional"),
        consent_string("analytics"), consent_string("marketing")
    };

    rules = consent_rules_create(&b.alloc);

    if (rules == NULL
        || consent_rules_block(rules, &b, CONSENT_MARKETING,
                               str("tracker.test")) != CONSENT_OK
        || consent_rules_block(rules, &b, CONSENT_MARKETING,
                               str("inline:~TRACK")) != CONSENT_OK
        || consent_rules_done(rules, &b) != CONSENT_OK
        || consent_url_parse(&here, NULL,
                             (const consent_u8 *) "https://case.test/a", 19,
                             buf, sizeof(buf)) != CONSENT_OK)
    {
        abort();
    }

    conf.rules = rules;
    conf.match = consent_match_create(&b.alloc);
    conf.page = &here;
    conf.allowed = 1;
    conf.categories = names;
    conf.endpoint = str("/_consent/");
    conf.gate = 1;
    conf.document = 1;
    conf.inline_max = 4096;
    conf.hold_max = 4096;
    conf.alloc.alloc = alloc;
    conf.emit = emit;
    conf.insert = insert;
    conf.found = found;

    test_pages();
    test_rules();
    test_texts();

    return tap_done();
}
