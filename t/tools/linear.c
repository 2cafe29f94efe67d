
/*
 * Whether what is done is in proportion to the bytes it is done for: inputs of
 * many kinds, each at one size and at twice that, with measured() around each,
 * for callgrind to count the instructions in (--toggle-collect=measured,
 * --dump-after=measured).  On standard output a line for each, in that order:
 * its name and its length.
 *
 *     linear BYTES [NAME]
 */

#include <stdio.h>
#include <stdlib.h>

#include "consent_cookie.h"
#include "consent_css.h"
#include "consent_form.h"
#include "consent_ledger_verify.h"
#include "consent_link.h"
#include "consent_rewrite.h"
#include "consent_ui.h"
#include "../unit/room.h"

#define PIECE  32768                 /* as nginx reads files */

typedef struct input_s input_t;

typedef void (*task_pt)(const consent_u8 *data, size_t len);

struct input_s {
    const char  *name;
    task_pt      task;
    const char  *first;
    const char  *unit;               /* over and over; "%d": the number of it */
    const char  *last;
};


static consent_rewrite_conf_t   conf;
static consent_rules_t         *rules;
static char                     err[1024];


static int
emit(void *arg, consent_span_e kind, const consent_u8 *data, size_t len)
{
    (void) arg;
    (void) kind;
    (void) data;
    (void) len;

    return CONSENT_OK;
}


static void
page_of(const consent_u8 *data, size_t len, consent_markup_e markup)
{
    size_t              at, n;
    consent_rewrite_t  *cr;

    conf.markup = markup;
    cr = consent_rewrite_create(&conf);

    for (at = 0; cr && at < len; at += n) {
        n = (len - at < PIECE) ? len - at : PIECE;

        if (consent_rewrite_feed(cr, data + at, n, at + n == len)
            != CONSENT_OK)
        {
            abort();
        }
    }
}


static void
page(const consent_u8 *data, size_t len)
{
    page_of(data, len, CONSENT_MARKUP_HTML);
}


static void
xhtml(const consent_u8 *data, size_t len)
{
    page_of(data, len, CONSENT_MARKUP_XHTML);
}


static int
found(void *arg, const consent_css_url_t *url)
{
    (void) arg;
    (void) url;

    return CONSENT_OK;
}


static void
css(const consent_u8 *data, size_t len)
{
    static consent_css_t  sheet;

    consent_css_init(&sheet, 0, 0, found, NULL);
    (void) consent_css_feed(&sheet, data, len, 1);
}


static void
script(const consent_u8 *data, size_t len)
{
    consent_verdict_t  v;

    consent_rules_inline(rules, conf.match, conf.page, data, len, &v);
}


static void
url(const consent_u8 *data, size_t len)
{
    consent_url_t      u;
    consent_verdict_t  v;

    static consent_u8  buf[CONSENT_URL_MAX];

    if (consent_url_parse(&u, conf.page, data, len, buf, sizeof(buf))
        == CONSENT_OK)
    {
        consent_rules_url(rules, conf.match, &u, conf.page,
                          CONSENT_TYPE_IMAGE, &v);
    }
}


static void
list(const consent_u8 *data, size_t len)
{
    consent_list_t         *l;
    consent_str_t           name = consent_string("list");
    consent_rules_build_t   b = { { room_alloc, NULL }, err, sizeof(err) };

    l = consent_list_compile(&b, name, data, len, CONSENT_MARKETING);

    if (l) {
        consent_list_destroy(l);
    }
}


static void
cookies(const consent_u8 *data, size_t len)
{
    size_t         pos, start, end;
    unsigned       n;
    consent_str_t  header = { data, len }, name, value;
    consent_str_t  ours = consent_string("ngx_consent");

    n = consent_cookie_find(header, ours, &value);
    pos = 0;

    while (consent_cookie_next(header, &pos, &name, &value, &start, &end)) {
        n += consent_rules_cookie(name) > 0;
    }

    if (n > len) {
        abort();
    }
}


static void
links(const consent_u8 *data, size_t len)
{
    consent_str_t          rest = { data, len }, set, candidate;
    static consent_link_t  l;

    l.open = NULL;

    while (consent_link_next(&rest, &l)) {
        set = l.srcset;

        while (consent_link_candidate(&set, &candidate)) {
            /* void */
        }
    }
}


static void
form(const consent_u8 *data, size_t len)
{
    const char        *why;
    consent_form_t     f;
    consent_str_t      body = { data, len };
    static consent_u8  buf[CONSENT_FORM_SIZE];

    (void) consent_form_parse(&f, body, conf.categories, 4, buf, &why);
}


static void
told(void *arg, const char *file, uint64_t line, const char *text)
{
    (void) arg;
    (void) file;
    (void) line;
    (void) text;
}


static void
ledger(const consent_u8 *data, size_t len)
{
    const consent_u8  *p, *end, *lf;
    consent_str_t      line;
    consent_alloc_t    a = { room_alloc, NULL };
    consent_verify_t   v;

    consent_verify_init(&v, NULL, &a, told, NULL);
    consent_verify_file(&v, "x");

    for (p = data, end = data + len; p < end; p = lf + 1) {
        lf = memchr(p, '\n', (size_t) (end - p));

        if (lf == NULL) {
            lf = end;
        }

        line.data = p;
        line.len = (size_t) (lf - p);
        consent_verify_line(&v, line, lf != end);
    }

    (void) consent_verify_done(&v, NULL);
}


static void
texts(const consent_u8 *data, size_t len)
{
    consent_str_t      s = { data, len };
    consent_alloc_t    a = { room_alloc, NULL };
    consent_ui_own_t  *own;

    (void) consent_ui_own_parse(&own, &a, s, err, sizeof(err));
}


#define T  "https://tracker.test/"

static const input_t  inputs[] = {

    { "text", page, "<body>", "Words, one after the other. ", "" },
    { "text of \"<\"", page, "<body>", "<", "" },
    { "text of \"&\"", page, "<body>", "&", "" },
    { "entities", page, "<p>", "&lt;&amp;&notin;&#x26;&none;", "" },
    { "tags", page, "", "<p class=a>x</p><br/>", "" },
    { "tags that load", page, "", "<img src=\"" T "%d\" alt>", "" },
    { "own tags that load", page, "", "<img src=\"/own/%d\" alt>", "" },
    { "scripts", page, "", "<script src=" T "%d.js></script>", "" },
    { "attributes", page, "<p", " a=b onload=\"x()\" style=\"c:d\"", ">" },
    { "attributes, all short", page, "<p", " a", ">" },
    { "attributes, each another", page, "<p", " a%d=b", ">" },
    { "attributes, never ended", page, "<p", " a='b'", "" },
    { "attributes that load", page, "<img", " src=" T, ">" },
    { "a tag", page, "<p title=\"", "abc &amp; def > ghi ", "\">" },
    { "a tag, never ended", page, "<p title=\"", "abc def ", "" },
    { "a tag's name", page, "<", "abcdefgh", ">" },
    { "an attribute's name", page, "<p ", "abcdefgh", ">" },
    { "tags, none ended", page, "", "<p a=\"", "" },
    { "tags, none ended, no quotes", page, "", "<p a=b ", "" },
    { "end tags alone", page, "", "</p></div></a>", "" },
    { "nesting", page, "", "<div><b><i><span>", "" },
    { "nesting, of many kinds", page, "", "<a><b><p><i><table><tr><td>", "" },
    { "nesting of formats", page, "", "<b><p>x</b>", "" },
    { "nesting of SVG", page, "", "<svg><g><desc><math><mi>", "" },
    { "nesting of templates", page, "", "<template><select>", "" },
    { "nesting of noscript", page, "", "<noscript><p>", "" },
    { "nesting of tables", page, "", "<table><caption>", "" },
    { "comments", page, "", "<!-- a -- b --><!-->-->", "" },
    { "a comment", page, "<!--", " a -- b --! ", "-->" },
    { "comments, none ended", page, "", "<!--", "" },
    { "bogus comments", page, "", "<!x><?y></ z>", "" },
    { "CDATA", page, "<svg>", "<![CDATA[a]]b]]>", "" },
    { "CDATA, never ended", page, "<svg>", "<![CDATA[", "" },
    { "a script", page, "<script>",
      "var a = 'b', c = /[/]\"d/g, e = `f${a}`; // text\n", "</script>" },
    { "a script with a tracker's words", page,
      "<script>_gaq.push(['_setAccount']);",
      "var a = 'b', c = /[/]\"d/g, e = `f${a}`; // text\n", "</script>" },
    { "a script, never ended", page, "<script>", "f(a < b, '</p>');\n", "" },
    { "a script of comments", page, "<script>", "<!--<script>", "" },
    { "scripts in the page", page, "",
      "<script>var a%d = document.createElement('script');</script>", "" },
    { "scripts, none ended", page, "", "<script>", "" },
    { "scripts in SVG", page, "<svg>", "<script>f(&#49;)</script>", "" },
    { "a style sheet", page, "<style>",
      ".a { color: red; background: url(/x.png) }\n", "</style>" },
    { "a style sheet that loads", page, "<style>",
      ".a { background: url(" T "x.png) }\n", "</style>" },
    { "a style sheet, never ended", page, "<style>", "a{b:url(", "" },
    { "style sheets", page, "",
      "<style>@import '" T "%d.css';</style>", "" },
    { "styles", page, "", "<p style=\"background:url(&quot;/a)\">", "" },
    { "a style", page, "<p style=\"", "background:url(" T ");", "\">" },
    { "handlers", page, "", "<p onclick=\"f('" T "')\">", "" },
    { "a handler", page, "<p onclick=\"", "f('" T "');", "\">" },
    { "a srcset", page, "<img srcset=\"", "/a%d 1x, " T " 2x, ", "\">" },
    { "a frame's own page", page, "<iframe srcdoc=\"",
      "&lt;img src=" T "&gt;", "\"></iframe>" },
    { "frames' own pages", page, "",
      "<iframe srcdoc='<p srcdoc=\"&lt;p&gt;\">'></iframe>", "" },
    { "a data: URL", page, "<iframe src=\"data:text/html,",
      "%%3Cimg src=" T ">", "\"></iframe>" },
    { "bases", page, "", "<base href=\"/a%d/\"><img src=x>", "" },
    { "policies", page, "",
      "<meta http-equiv=refresh content='9;url=/%d'>", "" },
    { "a text area", page, "<textarea>", "</textare ", "" },
    { "plain text", page, "<plaintext>", "<p>", "" },
    { "white space", page, "<p", " \n", ">" },
    { "zero bytes", page, "<body>", "\001<p \001>", "" },
    { "XHTML", xhtml, "<?xml version=\"1.0\"?><html>",
      "<p a=\"b\"><img src=\"" T "\"/></p>", "</html>" },
    { "XHTML, nesting", xhtml, "<html>", "<a><b c='d'>", "" },

    { "css: a sheet", css, "", ".a { background: url(" T ") }\n", "" },
    { "css: blocks, none ended", css, "", "a{(", "" },
    { "css: escapes", css, "", "a{b:\\75 \\72 l(x)}", "" },
    { "css: strings, none ended", css, "", "a{b:\"c\n", "" },
    { "css: variables", css, "", "a{--b%d:'c';d:var(--b%d)}", "" },

    { "inline: code", script, "",
      "var a = 'b', c = /[/]\"d/g, e = `f${a}`; // text\n", "" },
    { "inline: a tracker's words", script, "_gaq.push(",
      "'a' + \"" T "\" + ", "0)" },
    { "inline: brackets", script, "fbq(", "([{", "" },
    { "inline: brackets, all ended", script, "fbq(", "(a)[b]{c}", "" },
    { "inline: strings", script, "fbq(", "'\\'", "" },
    { "inline: templates", script, "fbq(", "`${", "" },
    { "inline: comments", script, "fbq(", "/* /* ", "" },
    { "inline: divisions", script, "fbq(", "a/b/", "" },
    { "inline: names", script, "fbq(", "createElement.src=", "" },
    { "inline: addresses in a string", script, "fbq('", "//a.test/ ", "')" },

    { "url: a path", url, "https://a.test", "/a/../b", "" },
    { "url: a query", url, "https://a.test/?", "a=%%41&", "" },
    { "url: a host", url, "https://", "a.b.", "test/" },
    { "url: white space", url, "https://a.test/", "\t\n", "" },
    { "url: slashes", url, "", "/\\", "" },

    { "list: hosts", list, "",
      "||host%d.test^$third-party,domain=a%d.test|b.test\n", "" },
    { "list: words", list, "", "/banner/%d/*\n&ad_id%d=\n", "" },
    { "list: one word", list, "", "-banner-\n", "" },
    { "list: expressions", list, "", "/track%d[a-z]+\\.js/$script\n", "" },
    { "list: taken back", list, "", "||a%d.test^\n||a%d.test^$badfilter\n",
      "" },
    { "list: domains", list, "||a.test^$domain=", "b%d.test|", "c.test" },
    { "list: a line", list, "", "abc*", "" },
    { "list: comments", list, "", "! text\nexample.com##.ad\n", "" },

    { "cookies", cookies, "", "a%d=b; ", "" },
    { "cookies: of its name", cookies, "", "ngx_consent=a; ", "" },
    { "cookies: semicolons", cookies, "", ";=", "" },
    { "links", links, "", "<" T "%d>; rel=preload; as=script, ", "" },
    { "links, none ended", links, "", "<a;\"b,", "" },
    { "links: quotes, none ended", links, "", "<a>;b=\\\",", "" },
    { "links: a quote of quotes", links, "<a>;b=\"", "\\\"", "" },
    { "links: parameters", links, "<a>", ";a=\"b\\\"\"", "" },
    { "links: a srcset", links, "<a>;rel=preload;as=image;imagesrcset=\"",
      "a 1x,", "\"" },
    { "form", form, "choice=save", "&category=marketing", "" },
    { "form: a return address", form, "choice=save&return=", "/a%%2f..", "" },
    { "ledger", ledger, "",
      "{\"v\":1,\"t\":\"2026-01-01T00:00:%dZ\",\"ev\":\"given\"}\n", "" },
    { "ledger: a line", ledger, "{", "\"a\":[", "" },
    { "texts", texts, "{\"en\":{", "\"a%d\":\"b\\u0041\",", "\"c\":\"\"}}" },
    { "texts: nesting", texts, "", "{\"en\":", "" },
};


/* not inlined, and what it calls is known at run time alone */

void __attribute__((noinline))
measured(task_pt task, const consent_u8 *data, size_t len)
{
    task(data, len);
    __asm__ volatile ("" ::: "memory");
}


static consent_u8 *
made(const input_t *in, size_t size, size_t *len)
{
    int          n, i;
    size_t       at, room;
    consent_u8  *p;

    room = size + strlen(in->first) + strlen(in->last) + 256;
    p = malloc(room);

    if (p == NULL) {
        abort();
    }

    at = (size_t) sprintf((char *) p, "%s", in->first);

    for (i = 0; at < size; i++) {
        n = snprintf((char *) p + at, 256, in->unit, i, i);
        at += (size_t) n;
    }

    at += (size_t) sprintf((char *) p + at, "%s", in->last);

    for (i = 0; (size_t) i < at; i++) {
        if (p[i] == '\001') {
            p[i] = '\0';
        }
    }

    *len = at;

    return p;
}


static void
prepare(void)
{
    consent_rules_build_t      b = { { room_keep, NULL }, err, sizeof(err) };

    static consent_url_t       here;
    static consent_u8          buf[CONSENT_URL_MAX];
    static const char          at[] = "https://case.test/a/b";
    static const consent_str_t host = consent_string("tracker.test");
    static const consent_str_t text = consent_string("inline:~TRACK");
    static const consent_str_t names[CONSENT_CATEGORIES_MAX] = {
        consent_string("necessary"), consent_string("functional"),
        consent_string("analytics"), consent_string("marketing")
    };

    rules = consent_rules_create(&b.alloc);

    if (rules == NULL
        || consent_rules_block(rules, &b, CONSENT_MARKETING, host)
           != CONSENT_OK
        || consent_rules_block(rules, &b, CONSENT_MARKETING, text)
           != CONSENT_OK)
    {
        abort();
    }

    consent_rules_catalog(rules, 1);

    if (consent_rules_done(rules, &b) != CONSENT_OK
        || consent_url_parse(&here, NULL, (const consent_u8 *) at,
                             sizeof(at) - 1, buf, sizeof(buf)) != CONSENT_OK)
    {
        abort();
    }

    conf.rules = rules;
    conf.match = consent_match_create(&b.alloc);
    conf.page = &here;
    conf.allowed = 1;
    conf.categories = names;
    conf.gate = 1;
    conf.inline_max = 131072;
    conf.hold_max = 16384;
    conf.alloc.alloc = room_alloc;
    conf.emit = emit;
}


int
main(int argc, char **argv)
{
    size_t          i, size, len, twice;
    consent_u8     *p;
    const input_t  *in;

    if (argc < 2) {
        return 2;
    }

    size = (size_t) strtoul(argv[1], NULL, 10);
    prepare();

    for (i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        in = &inputs[i];

        if (argc > 2 && strcmp(argv[2], in->name) != 0) {
            continue;
        }

        for (twice = 1; twice <= 2; twice++) {
            p = made(in, size * twice, &len);
            measured(in->task, p, len);
            free(p);
            room_release();
            printf("%s\t%zu\n", in->name, len);
        }
    }

    return 0;
}
