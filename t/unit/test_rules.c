
/*
 * Rules: who decides about an URL and a script, and in which order; what an
 * operator may write, and what is said of what does not compile.
 */

#include "consent_rules.h"
#include "str.h"
#include "tap.h"


static char                   err[1024];
static consent_rules_build_t  build;
static consent_match_t       *match;


static void *
lend(void *ctx, size_t size)
{
    (void) ctx;

    return malloc(size);
}


static consent_rules_t *
rules_of(const char *block, const char *allow, const char *list)
{
    consent_list_t   *l;
    consent_rules_t  *rules;

    rules = consent_rules_create(&build.alloc);

    if (rules == NULL
        || (block && consent_rules_block(rules, &build, CONSENT_MARKETING,
                                         str(block)) != CONSENT_OK)
        || (allow && consent_rules_allow(rules, &build, str(allow))
                     != CONSENT_OK))
    {
        printf("Bail out! no rules: %s\n", err);
        exit(1);
    }

    if (list) {
        consent_rules_catalog(rules, 0);
        l = consent_list_compile(&build, str("list.txt"),
                                 (const consent_u8 *) list, strlen(list),
                                 CONSENT_ANALYTICS);

        if (l == NULL || consent_rules_list(rules, &build, l) != CONSENT_OK) {
            printf("Bail out! no list\n");
            exit(1);
        }
    }

    if (consent_rules_done(rules, &build) != CONSENT_OK) {
        printf("Bail out! no index\n");
        exit(1);
    }

    return rules;
}


static consent_verdict_t
ask(const consent_rules_t *rules, const char *page, const char *url,
    consent_type_e type)
{
    consent_url_t      u, p;
    consent_verdict_t  v;
    static consent_u8  ubuf[CONSENT_URL_MAX], pbuf[CONSENT_URL_MAX];

    memset(&v, 0, sizeof(v));

    if (consent_url_parse(&p, NULL, (const consent_u8 *) page, strlen(page),
                          pbuf, sizeof(pbuf)) != CONSENT_OK
        || consent_url_parse(&u, &p, (const consent_u8 *) url, strlen(url),
                             ubuf, sizeof(ubuf)) != CONSENT_OK)
    {
        v.category = -9;
        return v;
    }

    consent_rules_url(rules, match, &u, &p, type, &v);

    return v;
}


static int
blocks(const consent_rules_t *rules, const char *url)
{
    return ask(rules, "https://site.test/", url, CONSENT_TYPE_SCRIPT).category
           > CONSENT_NECESSARY;
}


/* what an operator writes, what it names and what not */

static void
test_patterns(void)
{
    size_t            i;
    consent_rules_t  *rules;

    static const struct {
        const char  *pattern;
        const char  *yes;
        const char  *no;
    } cases[] = {
        { "t.test", "https://t.test/x", "https://nott.test/x" },
        { "t.test", "https://a.b.t.test/x", "https://t.test.evil/x" },
        { "t.test", "https://T.TEST./x", "https://t.tes/x" },
        { "*.t.test", "https://a.t.test/x", "https://xt.test/x" },
        { "t.test/a/b", "https://t.test/a/bc?d", "https://t.test/a/c" },
        { "t.test/a", "https://t.test/%61", "https://t.test/A" },
        { "t.test/?id=", "https://t.test/?id=1", "https://t.test/x?id=1" },
        { "t.test:8443", "https://t.test:8443/", "https://t.test/" },
        { "b\xc3\xbc" "cher.test", "https://xn--bcher-kva.test/",
          "https://bucher.test/" },
        { "192.0.2.1", "https://192.0.2.1/", "https://192.0.2.11/" },
        { "~^https://[^/]*/track", "https://any.test/track",
          "https://any.test/TRACK" },
        { "~*^https://[^/]*/track", "https://any.test/TRACK",
          "https://any.test/x/track" },
        { "~\\.js\\?v=\\d+$", "https://any.test/a.js?v=12",
          "https://any.test/a.js?v=x" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rules = rules_of(cases[i].pattern, NULL, NULL);

        ok(blocks(rules, cases[i].yes), "%s names %s", cases[i].pattern,
           cases[i].yes);
        ok(!blocks(rules, cases[i].no), "%s does not name %s",
           cases[i].pattern, cases[i].no);

        consent_rules_destroy(rules);
    }
}


static void
test_errors(void)
{
    size_t            i, n;
    const char       *caret;
    consent_rules_t  *rules;

    static const struct {
        const char  *pattern;
        const char  *says;
        int          at;             /* of the caret; -1: none */
    } cases[] = {
        { "", "empty pattern", -1 },
        { "~", "empty regular expression", 1 },
        { "~*", "empty regular expression", 2 },
        { "~a(b", "does not compile", 4 },
        { "~*[z-a]", "does not compile", 5 },
        { "~\\", "does not compile", 2 },
        { "inline:foo", "needs a regular expression", 7 },
        { "inline:~a)", "does not compile", 9 },
        { "https://t.test/", "begins with a host, without a scheme", 0 },
        { "t.test@x", "not a host", 6 },
        { "t.*.test", "not a host", 2 },
        { "a b", "not a host", 1 },
        { "/path", "no host in the pattern", 0 },
        { "t.test:99999", "not a host", 0 }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rules = consent_rules_create(&build.alloc);
        err[0] = '\0';

        ok(consent_rules_block(rules, &build, CONSENT_MARKETING,
                               str(cases[i].pattern)) == CONSENT_DECLINED
           && strstr(err, cases[i].says) != NULL,
           "refused: \"%s\": %s", cases[i].pattern, cases[i].says);

        caret = strrchr(err, '\n');
        n = caret ? strlen(caret) : 0;

        /* newer PCRE2 (10.49) is one further where it cannot compile */

        ok(cases[i].at < 0
           ? caret == NULL
           : (n == (size_t) cases[i].at + 6
              || (n == (size_t) cases[i].at + 7
                  && strcmp(cases[i].says, "does not compile") == 0))
             && caret[n - 1] == '^'
             && strstr(err, cases[i].pattern) != NULL,
           "with a caret under the place");

        if (cases[i].at >= 0 && n != (size_t) cases[i].at + 6) {
            tap_show("error", err, strlen(err));
        }

        consent_rules_destroy(rules);
    }
}


/* a regular expression that would take for ever stops, and blocks */

static void
test_limits(void)
{
    uint64_t            before;
    consent_rules_t    *rules;
    consent_verdict_t   v;
    static char         url[2048];

    strcpy(url, "https://x.test/");
    memset(url + 15, 'a', 1500);
    strcpy(url + 1515, "!");

    rules = rules_of("~(a+)+(a+)+(a+)+$", NULL, NULL);
    before = consent_match_limits(match);
    v = ask(rules, "https://site.test/", url, CONSENT_TYPE_SCRIPT);

    ok(v.source == CONSENT_SOURCE_LIMIT && v.category == CONSENT_MARKETING,
       "a block that is not read to its end blocks");
    ok(consent_match_limits(match) == before + 1, "and is counted");
    ok(!blocks(rules, "https://x.test/b"), "that one element alone");
    consent_rules_destroy(rules);

    rules = rules_of("x.test", "~(a+)+(a+)+(a+)+$", NULL);
    v = ask(rules, "https://site.test/", url, CONSENT_TYPE_SCRIPT);

    ok(v.source == CONSENT_SOURCE_BLOCK,
       "an allow that is not read to its end allows nothing");
    consent_rules_destroy(rules);

    rules = rules_of("inline:~(a+)+(a+)+(a+)+$", NULL, NULL);
    consent_rules_inline(rules, match, NULL, (consent_u8 *) url + 15, 1501,
                         &v);
    ok(v.source == CONSENT_SOURCE_LIMIT, "in a script, too");
    consent_rules_destroy(rules);

    rules = rules_of(NULL, NULL, "/(a+)+(a+)+(a+)+$/\n");
    v = ask(rules, "https://site.test/", url, CONSENT_TYPE_SCRIPT);
    ok(v.source == CONSENT_SOURCE_LIMIT, "in a list, too");
    consent_rules_destroy(rules);

    rules = rules_of(NULL, NULL, "||x.test^\n@@/(a+)+(a+)+(a+)+$/\n");
    v = ask(rules, "https://site.test/", url, CONSENT_TYPE_SCRIPT);
    ok(v.source == CONSENT_SOURCE_LIST,
       "an exception that is not read to its end excepts nothing");
    consent_rules_destroy(rules);
}


static void
test_order(void)
{
    consent_rules_t    *rules;
    consent_verdict_t   v;
    const char         *page = "https://www.site.test/";

    rules = rules_of("site.test/own", "site.test/own/fine", NULL);

    ok(ask(rules, page, "/x.js", CONSENT_TYPE_SCRIPT).source
       == CONSENT_SOURCE_FIRST_PARTY, "the site itself passes");
    ok(ask(rules, page, "https://cdn.site.test/x.js", CONSENT_TYPE_SCRIPT)
       .source == CONSENT_SOURCE_FIRST_PARTY, "so do its other hosts");
    ok(ask(rules, page, "https://www.site.test/own/x", CONSENT_TYPE_SCRIPT)
       .source == CONSENT_SOURCE_BLOCK, "but where an operator names it");
    ok(ask(rules, page, "https://www.site.test/own/fine", CONSENT_TYPE_SCRIPT)
       .source == CONSENT_SOURCE_ALLOW, "and what is allowed goes first");
    consent_rules_destroy(rules);

    rules = rules_of(NULL, "www.google-analytics.com", NULL);
    ok(!blocks(rules, "https://www.google-analytics.com/a.js"),
       "an allow speaks before the catalog");
    ok(blocks(rules, "https://ssl.google-analytics.com/a.js"),
       "for what it names alone");
    consent_rules_destroy(rules);

    rules = rules_of("js.stripe.com", NULL, NULL);
    ok(blocks(rules, "https://js.stripe.com/v3/"),
       "what is never blocked is where an operator says so");
    consent_rules_destroy(rules);

    rules = rules_of(NULL, NULL, NULL);
    consent_rules_third_party(rules, CONSENT_FUNCTIONAL);

    v = ask(rules, page, "https://unknown.test/a.js", CONSENT_TYPE_SCRIPT);
    ok(v.source == CONSENT_SOURCE_THIRD_PARTY
       && v.category == CONSENT_FUNCTIONAL,
       "consent_third_party: a script that no rule names");
    ok(ask(rules, page, "https://unknown.test/", CONSENT_TYPE_SUBDOCUMENT)
       .category == CONSENT_FUNCTIONAL, "a frame");
    ok(ask(rules, page, "https://unknown.test/a.png", CONSENT_TYPE_IMAGE)
       .category == CONSENT_CATEGORY_NONE, "but no image");
    ok(ask(rules, page, "https://js.stripe.com/v3/", CONSENT_TYPE_SCRIPT)
       .category == CONSENT_CATEGORY_NONE, "and nothing of the never-blocked");
    ok(ask(rules, page, "/a.js", CONSENT_TYPE_SCRIPT).category
       == CONSENT_CATEGORY_NONE, "nor of the site");
    consent_rules_destroy(rules);
}


/* a word is found wherever it stands in an address */

static void
test_list_words(void)
{
    int               n, missed, wrong;
    char              url[512];
    size_t            len;
    consent_rules_t  *rules;

    rules = rules_of(NULL, NULL, "/adtrack/pixel.\n-bnnr-\n/z/*$image\n"
                                 "/^https?:\\/\\/[a-z]{9}\\.com\\/q/\n"
                                 "|https://begin.\n.end|\n"
                                 "||h.example^*/x^y^\n@@/z/yes/\n"
                                 "/z/yes/now$important\n");

    for (n = 0, missed = 0, wrong = 0; n < 200; n++) {
        len = (size_t) sprintf(url, "https://h.example/%*s", n, "");
        memset(url + 18, 'a', (size_t) n);

        strcpy(url + len, "/adtrack/Pixel.gif");
        missed += !blocks(rules, url);
        strcpy(url + len, "/adtrack-/pixel.gif");
        wrong += blocks(rules, url);
        strcpy(url + len, "-BNNR-1");
        missed += !blocks(rules, url);
        strcpy(url + len, "-bnnrs-1");
        wrong += blocks(rules, url);
        strcpy(url + len, "//x/y");
        missed += !blocks(rules, url);
        strcpy(url + len, "//x/yz");
        wrong += blocks(rules, url);
    }

    ok(missed == 0, "a list's words are found at any place: %d not", missed);
    ok(wrong == 0, "and in nothing else: %d times", wrong);

    ok(blocks(rules, "https://abcdefghi.com/q")
       && !blocks(rules, "https://abcdefghij.com/q"),
       "a regular expression that has a whole word in it");
    ok(blocks(rules, "https://begin.example/")
       && !blocks(rules, "https://h.example/?https://begin.example/"),
       "what an address begins with");
    ok(blocks(rules, "https://h.example/the.end")
       && !blocks(rules, "https://h.example/the.end.js"),
       "and ends with");
    ok(ask(rules, "https://site.test/", "/z/1", CONSENT_TYPE_IMAGE).category
       == CONSENT_ANALYTICS && !blocks(rules, "https://site.test/z/1"),
       "of the type that is named alone");
    ok(ask(rules, "https://site.test/", "/z/yes/1", CONSENT_TYPE_IMAGE)
       .category == CONSENT_CATEGORY_NONE, "but where an exception is");
    ok(ask(rules, "https://site.test/", "/z/yes/now", CONSENT_TYPE_IMAGE)
       .category == CONSENT_ANALYTICS, "which what is important goes before");
    consent_rules_destroy(rules);
}


/* parties by the public suffix list */

static void
test_parties(void)
{
    size_t  i;

    static const struct {
        const char  *a;
        const char  *b;
        int          same;
    } cases[] = {
        { "example.com", "www.example.com", 1 },
        { "a.example.co.uk", "b.example.co.uk", 1 },
        { "one.co.uk", "two.co.uk", 0 },
        { "one.github.io", "two.github.io", 0 },
        { "one.blogspot.com", "two.blogspot.com", 0 },
        { "example.com", "example.org", 0 },
        { "localhost", "localhost", 1 },
        { "192.0.2.1", "192.0.2.1", 1 },
        { "1.192.0.2", "2.192.0.2", 0 },
        { "[2001:db8::1]", "[2001:db8::2]", 0 },
        { "xn--85x722f.xn--55qx5d.cn", "a.xn--85x722f.xn--55qx5d.cn", 1 },
        { "a.kawasaki.jp", "b.kawasaki.jp", 0 },
        { "city.kawasaki.jp", "www.city.kawasaki.jp", 1 }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ok(consent_url_same_site(str(cases[i].a), str(cases[i].b))
           == cases[i].same, "%s and %s: %s", cases[i].a, cases[i].b,
           cases[i].same ? "one site" : "two");
    }
}


/* the catalog: trackers of many countries, and what is not to be touched */

static void
test_catalog(void)
{
    size_t              i;
    consent_rules_t    *rules;
    consent_verdict_t   v;

    static const struct {
        const char      *url;
        consent_type_e   type;
        int              category;
    } cases[] = {
        { "https://www.google-analytics.com/analytics.js",
          CONSENT_TYPE_SCRIPT, CONSENT_ANALYTICS },
        { "https://www.googletagmanager.com/gtm.js?id=GTM-1",
          CONSENT_TYPE_SCRIPT, CONSENT_MARKETING },
        { "https://www.googletagmanager.com/gtag/js?id=G-1",
          CONSENT_TYPE_SCRIPT, CONSENT_ANALYTICS },
        { "https://connect.facebook.net/en_US/fbevents.js",
          CONSENT_TYPE_SCRIPT, CONSENT_MARKETING },
        { "https://www.facebook.com/tr?id=1", CONSENT_TYPE_IMAGE,
          CONSENT_MARKETING },
        { "https://hm.baidu.com/hm.js?1", CONSENT_TYPE_SCRIPT,
          CONSENT_ANALYTICS },
        { "https://s4.cnzz.com/stat.php", CONSENT_TYPE_SCRIPT,
          CONSENT_ANALYTICS },
        { "https://mc.yandex.ru/metrika/tag.js", CONSENT_TYPE_SCRIPT,
          CONSENT_ANALYTICS },
        { "https://wcs.naver.net/wcslog.js", CONSENT_TYPE_SCRIPT,
          CONSENT_ANALYTICS },
        { "https://static.hotjar.com/c/x.js", CONSENT_TYPE_SCRIPT,
          CONSENT_ANALYTICS },
        { "https://www.youtube.com/embed/x", CONSENT_TYPE_SUBDOCUMENT,
          CONSENT_FUNCTIONAL },

        /* copies on the site itself */

        { "/assets/matomo.js", CONSENT_TYPE_SCRIPT, CONSENT_ANALYTICS },
        { "/wp-content/piwik.php?x", CONSENT_TYPE_IMAGE, CONSENT_ANALYTICS },
        { "https://sgtm.site.test/gtm.js?id=GTM-1", CONSENT_TYPE_SCRIPT,
          CONSENT_MARKETING },

        /* never */

        { "https://www.google.com/recaptcha/api.js", CONSENT_TYPE_SCRIPT,
          CONSENT_CATEGORY_NONE },
        { "https://www.gstatic.com/recaptcha/r/x.js", CONSENT_TYPE_SCRIPT,
          CONSENT_CATEGORY_NONE },
        { "https://hcaptcha.com/1/api.js", CONSENT_TYPE_SCRIPT,
          CONSENT_CATEGORY_NONE },
        { "https://challenges.cloudflare.com/turnstile/v0/api.js",
          CONSENT_TYPE_SCRIPT, CONSENT_CATEGORY_NONE },
        { "https://js.stripe.com/v3/", CONSENT_TYPE_SCRIPT,
          CONSENT_CATEGORY_NONE },
        { "https://www.paypal.com/sdk/js?client-id=x", CONSENT_TYPE_SCRIPT,
          CONSENT_CATEGORY_NONE },
        { "https://cdn.cookielaw.org/scripttemplates/otSDKStub.js",
          CONSENT_TYPE_SCRIPT, CONSENT_CATEGORY_NONE },
        { "https://code.jquery.com/jquery.js", CONSENT_TYPE_SCRIPT,
          CONSENT_CATEGORY_NONE },
        { "https://cdnjs.cloudflare.com/ajax/libs/react/1/r.js",
          CONSENT_TYPE_SCRIPT, CONSENT_CATEGORY_NONE },
        { "https://fonts.gstatic.com/s/x.woff2", CONSENT_TYPE_FONT,
          CONSENT_CATEGORY_NONE },
        { "https://www.facebook.com/sharer/sharer.php?u=x",
          CONSENT_TYPE_DOCUMENT, CONSENT_CATEGORY_NONE },
        { "/js/analytics-of-ours.js", CONSENT_TYPE_SCRIPT,
          CONSENT_CATEGORY_NONE },
        { "data:text/javascript,1", CONSENT_TYPE_SCRIPT,
          CONSENT_CATEGORY_NONE }
    };

    rules = rules_of(NULL, NULL, NULL);

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        v = ask(rules, "https://www.site.test/", cases[i].url, cases[i].type);

        ok(v.category == cases[i].category, "catalog: %s: %d", cases[i].url,
           cases[i].category);
    }

    v = ask(rules, "https://www.site.test/",
            "https://www.googletagmanager.com/gtag/js?id=G-1",
            CONSENT_TYPE_SCRIPT);

    ok(v.stubs != 0, "what a page may call of it has a stand-in");

    consent_rules_catalog(rules, 0);
    ok(!blocks(rules, "https://www.google-analytics.com/a.js"),
       "consent_catalog off");

    consent_rules_destroy(rules);
}


static void
test_cookies(void)
{
    size_t  i;

    static const struct {
        const char  *name;
        int          category;
    } cases[] = {
        { "_ga", CONSENT_ANALYTICS },
        { "_ga_ABC", CONSENT_ANALYTICS },
        { "_fbp", CONSENT_MARKETING },
        { "IDE", CONSENT_MARKETING },
        { "Hm_lvt_123", CONSENT_ANALYTICS },
        { "_pk_id.1.2", CONSENT_ANALYTICS },
        { "sessionid", CONSENT_CATEGORY_NONE },
        { "PHPSESSID", CONSENT_CATEGORY_NONE },
        { "csrftoken", CONSENT_CATEGORY_NONE },
        { "XSRF-TOKEN", CONSENT_CATEGORY_NONE },
        { "AWSALBCORS", CONSENT_CATEGORY_NONE },
        { "my_login_state", CONSENT_CATEGORY_NONE },
        { "wordpress_logged_in_x", CONSENT_CATEGORY_NONE },
        { "lang", CONSENT_CATEGORY_NONE },
        { "never_heard_of", CONSENT_CATEGORY_NONE },
        { "", CONSENT_CATEGORY_NONE }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ok(consent_rules_cookie(str(cases[i].name)) == cases[i].category,
           "cookie \"%s\": %d", cases[i].name, cases[i].category);
    }
}


/* scripts: for what they run or load, not for what they mention */

static void
test_inline(void)
{
    size_t              i;
    consent_url_t       page;
    consent_rules_t    *rules;
    consent_verdict_t   v;
    static consent_u8   buf[CONSENT_URL_MAX];

    static const struct {
        const char  *text;
        int          category;
    } cases[] = {
        { "gtag('js', new Date()); gtag('config', 'G-1');",
          CONSENT_ANALYTICS },
        { "(function(w,d,s,l,i){w[l]=w[l]||[];w[l].push({'gtm.start':1});"
          "})(window,document,'script','dataLayer','GTM-1');",
          CONSENT_MARKETING },
        { "var s = document.createElement('script'); s.src = "
          "'https://www.googletagmanager.com/gtag/js?id=' + id; "
          "document.head.appendChild(s)", CONSENT_ANALYTICS },
        { "fbq('init', '1'); fbq('track', 'PageView');", CONSENT_MARKETING },
        { "var hm = document.createElement('script'); hm.src = "
          "'https://hm.baidu.com/hm.js?1'; x.insertBefore(hm, y);",
          CONSENT_ANALYTICS },
        { "_comscore.push({c1: 2})", CONSENT_ANALYTICS },
        { "new Image().src = 'https://pixel.quantserve.com/p.gif'",
          CONSENT_ANALYTICS },
        { "document.write('<script src=\"//static.hotjar.com/x.js\">"
          "<\\/script>')", CONSENT_ANALYTICS },
        { "document.write(unescape('%3Cscript src=x')); "
          "fetch('https://api.mixpanel.com/track')", CONSENT_ANALYTICS },
        { "var a = \"https:\\/\\/static.criteo.net\\/js\\/ld\\/ld.js\"; "
          "var e = document.createElement('script'); e.src = a",
          CONSENT_MARKETING },

        /* mentions */

        { "{\"sameAs\": [\"https://www.facebook.com/x\", "
          "\"https://twitter.com/x\"]}", CONSENT_CATEGORY_NONE },
        { "var links = ['https://www.google-analytics.com/'];",
          CONSENT_CATEGORY_NONE },
        { "if (document.referrer.indexOf('facebook.com') >= 0) { show() }",
          CONSENT_CATEGORY_NONE },
        { "// gtag('config', 'G-1')\nrun();", CONSENT_CATEGORY_NONE },
        { "var help = \"call gtag('config', 'G-1')\";",
          CONSENT_CATEGORY_NONE },
        { "a.href = 'https://twitter.com/intent/tweet'; location = "
          "'https://www.linkedin.com/x'", CONSENT_CATEGORY_NONE },
        { "var s = document.createElement('script'); s.src = '/js/app.js'; "
          "document.body.appendChild(s)", CONSENT_CATEGORY_NONE },
        { "", CONSENT_CATEGORY_NONE }
    };

    rules = rules_of(NULL, NULL, NULL);

    (void) consent_url_parse(&page, NULL,
                             (const consent_u8 *) "https://site.test/", 18,
                             buf, sizeof(buf));

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        consent_rules_inline(rules, match, &page,
                             (const consent_u8 *) cases[i].text,
                             strlen(cases[i].text), &v);

        ok(v.category == cases[i].category, "script %u: %.40s: %d",
           (unsigned) i, cases[i].text[0] == '/' ? "a comment"
                         : cases[i].text, cases[i].category);
    }

    consent_rules_destroy(rules);

    rules = rules_of("inline:~OurTracker\\(", NULL, NULL);
    consent_rules_inline(rules, match, &page,
                         (const consent_u8 *) "x=1;OurTracker()", 16, &v);
    ok(v.category == CONSENT_MARKETING && v.source == CONSENT_SOURCE_BLOCK,
       "an operator's inline: pattern");
    consent_rules_destroy(rules);
}


int
main(void)
{
    build.alloc.alloc = lend;
    build.err = err;
    build.err_size = sizeof(err);

    match = consent_match_create(&build.alloc);

    if (match == NULL) {
        return 2;
    }

    test_patterns();
    test_errors();
    test_limits();
    test_order();
    test_list_words();
    test_parties();
    test_catalog();
    test_cookies();
    test_inline();

    consent_match_destroy(match);

    return tap_done();
}
