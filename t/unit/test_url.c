
/*
 * URLs: one case a line, what a browser makes of it.  With the argument
 * "--say" it reads "BASE IN" in hex from its input, a pair a line, and says
 * what it makes of each, for the comparison with another implementation.
 */

#include "consent_host.h"
#include "consent_url.h"
#include "str.h"
#include "tap.h"


#define PAGE  "https://www.site.test/dir/page.html?q=1"

static const struct {
    const char  *in;
    const char  *want;             /* href, or NULL: no request */
} cases[] = {

    /* plain ones */

    { "https://tracker.test/t.js", "https://tracker.test/t.js" },
    { "//tracker.test/t.js", "https://tracker.test/t.js" },
    { "/a/b", "https://www.site.test/a/b" },
    { "a/b", "https://www.site.test/dir/a/b" },
    { "", "https://www.site.test/dir/page.html?q=1" },
    { "#f", "https://www.site.test/dir/page.html?q=1" },
    { "?x#f", "https://www.site.test/dir/page.html?x" },
    { "../../../x", "https://www.site.test/x" },
    { "./a/./b/../c", "https://www.site.test/dir/a/c" },
    { "a/%2e%2E/b", "https://www.site.test/dir/b" },
    { "a/.%2e", "https://www.site.test/dir/" },
    { "http://h", "http://h/" },
    { "http://h?q", "http://h/?q" },
    { "http://h/a b\"<>`{}c?d e\"<>'#f", "http://h/a%20b%22%3C%3E%60%7B%7Dc"
      "?d%20e%22%3C%3E%27" },
    { "http://h/\xc3\xa9", "http://h/%C3%A9" },

    /* white space and controls */

    { " \t\n\x01https://tracker.test/ \x1f", "https://tracker.test/" },
    { "ht\ntp\ts:\r//tra\ncker.te\tst/a\nb", "https://tracker.test/ab" },
    { "/\t/tracker.test/", "https://tracker.test/" },

    /* slashes */

    { "https:\\\\tracker.test\\a\\b?\\", "https://tracker.test/a/b?\\" },
    { "\\\\tracker.test/", "https://tracker.test/" },
    { "/\\tracker.test/", "https://tracker.test/" },
    { "/////tracker.test/", "https://tracker.test/" },
    { "https:////\\//tracker.test", "https://tracker.test/" },
    { "http:tracker.test/x", "http://tracker.test/x" },
    { "http:/tracker.test/x", "http://tracker.test/x" },
    { "https:tracker.test/x", "https://www.site.test/dir/tracker.test/x" },
    { "https:/tracker.test/x", "https://www.site.test/tracker.test/x" },

    /* userinfo and ports */

    { "https://site.test@tracker.test/", "https://tracker.test/" },
    { "https://a:b@c@tracker.test:443/", "https://tracker.test/" },
    { "https://www.site.test\\@tracker.test/",
      "https://www.site.test/@tracker.test/" },
    { "https://tracker.test:8443/", "https://tracker.test:8443/" },
    { "https://tracker.test:0443/", "https://tracker.test/" },
    { "https://tracker.test:/", "https://tracker.test/" },
    { "http://tracker.test:443/", "http://tracker.test:443/" },
    { "https://tracker.test:65536/", NULL },
    { "https://tracker.test:a/", NULL },
    { "https:///:80/", NULL },

    /* numbers */

    { "http://[::1\n]/", "http://[::1]/" },
    { "http://[:1]/", NULL },
    { "http://[::1::2]/", NULL },
    { "http://[1:2:3:4:5:6:7:8:9]/", NULL },
    { "http://[1:2:3:4:5:6:7:1.2.3.4]/", NULL },
    { "http://[::.2]/", NULL },
    { "http://[::1.2.3]/", NULL },
    { "http://[::1.2.3.4.5]/", NULL },
    { "http://[::1..2.3]/", NULL },
    { "http://[::01.2.3.4]/", NULL },
    { "http://[::256.2.3.4]/", NULL },
    { "http://[1111111111111111111111111111111111111111111111111111111111111"
      "11111111]/", NULL },

    /* hosts */

    { "http://tr\xc3\xa4\nck\ter.test/", "http://xn--trcker-cua.test/" },

    { "HTTPS://TRACKER.Test/A", "https://tracker.test/A" },
    { "https://tracker.test./", "https://tracker.test/" },
    { "https://%74racker%2etest/", "https://tracker.test/" },
    { "https://tr%0acker.test/", NULL },
    { "https://a%25b/", NULL },
    { "https://a b/", NULL },
    { "https://a%20b/", NULL },
    { "https://a<b/", NULL },
    { "https://a_b.test/", "https://a_b.test/" },
    { "https://./", NULL },

    /* full width, ideographic stop, soft hyphen, circled, ligature */

    { "https://\xef\xbd\x94racker\xe3\x80\x82test/",
      "https://tracker.test/" },
    { "https://tra\xc2\xad\xe2\x80\x8b" "cker.test/",
      "https://tracker.test/" },
    { "https://%EF%BD%94racker.test/", "https://tracker.test/" },
    { "https://\xe2\x93\xa3racker.test/", "https://tracker.test/" },
    { "https://o\xef\xac\x83" "ce.test/", "https://office.test/" },
    { "https://B\xc3\xbc" "cher.test/", "https://xn--bcher-kva.test/" },
    { "https://fa\xc3\x9f.test/", "https://xn--fa-hia.test/" },
    { "https://XN--bcher-kva.test/", "https://xn--bcher-kva.test/" },
    { "https://\xef\xbc\x85\x34\x31.test/", NULL },

    /* addresses */

    { "http://127.1/", "http://127.0.0.1/" },
    { "http://0x7f.1/", "http://127.0.0.1/" },
    { "http://0177.0.0.01/", "http://127.0.0.1/" },
    { "http://2130706433/", "http://127.0.0.1/" },
    { "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.1/",
      "http://127.0.0.1/" },
    { "http://1.2.3.4.5/", NULL },
    { "http://256.1.1.1/", NULL },
    { "http://1.2.3.256/", NULL },
    { "http://1.2.3.08/", NULL },
    { "http://4294967296/", NULL },
    { "http://0x/", "http://0.0.0.0/" },
    { "http://a.1/", NULL },
    { "http://1.a/", "http://1.a/" },
    { "http://[::1]:8080/", "http://[::1]:8080/" },
    { "http://[2001:DB8:0:0:1:0:0:1]/", "http://[2001:db8::1:0:0:1]/" },
    { "http://[1:2::3]/", "http://[1:2::3]/" },
    { "http://[::ffff:1.2.3.4]/", "http://[::ffff:102:304]/" },
    { "http://[0:0:0:0:0:0:0:0]/", "http://[::]/" },
    { "http://[1::2::3]/", NULL },
    { "http://[::1/", NULL },
    { "http://[1:2:3]/", NULL },
    { "http://[::1%25eth0]/", NULL },

    /* what loads nothing, or from itself */

    { "data:text/html,<p>#x", "data:text/html,<p>" },
    { "JavaScript:alert(1)", "javascript:alert(1)" },
    { "java\nscript:x", "javascript:x" },
    { "mailto:a@b.test", "mailto:a@b.test" },
    { "about:blank", "about:blank" },
    { "blob:https://tracker.test/1-2", "blob:https://tracker.test/1-2" },
    { "wss://tracker.test", "wss://tracker.test/" },
    { "x-y+z.1://H/../p", "x-y+z.1://H/p" },
};


static consent_url_t  page, base, url;
static consent_u8     page_buf[CONSENT_URL_MAX], buf[CONSENT_URL_MAX];


static int
parse(const char *in, const consent_url_t *b)
{
    return consent_url_parse(&url, b, (const consent_u8 *) in, strlen(in),
                             buf, sizeof(buf));
}


static void
test_cases(void)
{
    size_t  i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {

        if (parse(cases[i].in, &page) != CONSENT_OK) {
            ok(cases[i].want == NULL, "no request: %s", cases[i].in);
            continue;
        }

        if (cases[i].want == NULL) {
            ok(0, "no request: %s", cases[i].in);
            tap_show("got", url.href.data, url.href.len);
            continue;
        }

        is_mem(url.href.data, url.href.len, cases[i].want,
               strlen(cases[i].want), cases[i].want);
    }
}


static void
test_parts(void)
{
    parse("https://u@Tracker.Test:8443/a/b.js?c=d#e", NULL);

    is_mem(url.host.data, url.host.len, "tracker.test", 12, "host");
    is_mem(url.path.data, url.path.len, "/a/b.js", 7, "path");
    is_mem(url.query.data, url.query.len, "c=d", 3, "query");
    ok(url.port == 8443 && url.scheme == CONSENT_SCHEME_HTTPS && url.special
       && !url.ip && !url.truncated, "port, scheme, flags");

    ok(parse("a", NULL) == CONSENT_DECLINED, "a relative URL needs a base");

    parse("blob:https://tracker.test:81/1-2", &page);
    is_mem(url.host.data, url.host.len, "tracker.test", 12,
           "a blob's host is that of its origin");
    ok(url.scheme == CONSENT_SCHEME_BLOB && url.port == 81, "and its port");

    parse("http://0x7f.1/", NULL);
    ok(url.ip, "an address is one however it is written");
}


static void
test_long(void)
{
    char    *in;
    size_t   i, n;

    n = 200000;
    in = malloc(n + 64);

    strcpy(in, "https://tracker.test/a/../");
    i = strlen(in);
    memset(in + i, 'x', n);
    in[i + n] = '\0';

    ok(parse(in, &page) == CONSENT_OK && url.truncated
       && url.href.len == CONSENT_URL_MAX
       && memcmp(url.host.data, "tracker.test", url.host.len) == 0,
       "a long path is cut, the host stays");

    ok(consent_url_parse(&url, &page, (const consent_u8 *) in, strlen(in),
                         buf, 100)
       == CONSENT_OK && url.truncated && url.href.len == 100,
       "to what the caller's buffer holds");

    memset(in, '\n', n);
    strcpy(in + n, "//tracker.test/");

    ok(parse(in, &page) == CONSENT_OK && url.host.len == 12,
       "a host behind any number of newlines");

    memcpy(in, "https://", 8);
    memset(in + 8, 'u', n - 8);
    strcpy(in + n, "@tracker.test/");

    ok(parse(in, &page) == CONSENT_OK && url.host.len == 12,
       "a host behind any length of userinfo");

    for (i = 8; i + 2 < n; i += 2) {
        memcpy(in + i, "\xc2\xad", 2);
    }

    strcpy(in + i, "tracker.test/");

    ok(parse(in, &page) == CONSENT_OK && url.host.len == 12,
       "a host behind any number of soft hyphens");

    memset(in + 8, '/', n - 8);
    strcpy(in + n, "tracker.test/");

    ok(parse(in, &page) == CONSENT_OK && url.host.len == 12,
       "a host behind any number of slashes");

    memset(in + 8, 'a', n - 8);

    ok(parse(in, &page) == CONSENT_DECLINED,
       "a host that no resolver takes is none");

    strcpy(in, "data:text/html,");
    memset(in + 15, 'x', n);
    in[15 + n] = '\0';

    ok(parse(in, &page) == CONSENT_OK && url.truncated
       && url.scheme == CONSENT_SCHEME_DATA, "a long data: URL");

    free(in);
}


static void
test_base(void)
{
    static consent_u8  b[CONSENT_URL_MAX];

    consent_url_parse(&base, NULL, (const consent_u8 *) "data:,x", 7, b,
                      sizeof(b));
    ok(parse("x", &base) == CONSENT_DECLINED, "no path against data:");
    ok(parse("//tracker.test/", &base) == CONSENT_DECLINED,
       "nor a host");
    ok(parse("https://tracker.test/", &base) == CONSENT_OK,
       "but a whole URL");

    consent_url_parse(&base, NULL, (const consent_u8 *) "about:blank", 11, b,
                      sizeof(b));
    ok(parse("#x", &base) == CONSENT_OK && url.href.len == 11,
       "a fragment of about:blank");

    consent_url_parse(&base, NULL,
                      (const consent_u8 *) "http://tracker.test:81", 22, b,
                      sizeof(b));
    parse("a", &base);
    is_mem(url.href.data, url.href.len, "http://tracker.test:81/a", 24,
           "port and root of the base");
    parse("//h:80/", &base);
    is_mem(url.href.data, url.href.len, "http://h/", 9, "the base's scheme");
}


static void
test_local(void)
{
    size_t  i;

    static const char  *yes[] = {
        "/a", "/", "", "?a:b", "#//", "a.html", "a/b:c", "../a", "img/x.png"
    };

    static const char  *no[] = {
        "//h", "/\\h", "\\\\h", "\\/h", "/\t/h", " //h", "http:", "a:b",
        "\x01//h", "h\n:", "\xef\xbd\x94"
    };

    for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        ok(consent_url_local((const consent_u8 *) yes[i], strlen(yes[i])),
           "plainly on this host: \"%s\"", yes[i]);
    }

    for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        ok(!consent_url_local((const consent_u8 *) no[i], strlen(no[i])),
           "not plainly on this host: case %d", (int) i);
    }
}


static void
test_site(void)
{
    size_t         i;
    consent_str_t  s;

    static const struct {
        const char  *host;
        const char  *site;
    } sites[] = {
        { "www.example.com", "example.com" },
        { "example.com", "example.com" },
        { "a.b.example.co.uk", "example.co.uk" },
        { "co.uk", "co.uk" },
        { "me.github.io", "me.github.io" },
        { "localhost", "localhost" },
        { "127.0.0.1", "127.0.0.1" },
        { "[::1]", "[::1]" },
        { "x.y.unlisted", "y.unlisted" },
        { "www.xn--55qx5d.cn", "www.xn--55qx5d.cn" },
    };

    for (i = 0; i < sizeof(sites) / sizeof(sites[0]); i++) {
        s = consent_url_site(str(sites[i].host));
        is_mem(s.data, s.len, sites[i].site, strlen(sites[i].site),
               sites[i].host);
    }

    ok(consent_url_same_site(str("a.example.com"), str("b.example.com")),
       "hosts of one site");
    ok(!consent_url_same_site(str("a.github.io"), str("b.github.io")),
       "neighbours under a public suffix are strangers");
    ok(!consent_url_same_site(str("127.0.0.1"), str("127.0.1.1")),
       "addresses have no site");
    ok(!consent_url_same_site(str("example.com"), str("anexample.com")),
       "a longer name is another");
}


static int
unhex(char **p, char *out)
{
    int       n;
    unsigned  v;

    for (n = 0; sscanf(*p, "%2x", &v) == 1 && **p != ' '; n++) {
        out[n] = (char) v;
        *p += 2;
    }

    while (**p == ' ') {
        (*p)++;
    }

    return n;
}


static int
say(void)
{
    int                n, rc;
    char              *p;
    static char        line[65536], in[32768];
    static consent_u8  b[CONSENT_URL_MAX];

    while (fgets(line, sizeof(line), stdin)) {
        p = line;

        if (*p == '-') {
            p += 2;
            n = 0;
            rc = CONSENT_DECLINED;

        } else {
            n = unhex(&p, in);
            rc = consent_url_parse(&base, NULL, (consent_u8 *) in,
                                   (size_t) n, b, sizeof(b));
        }

        n = unhex(&p, in);

        rc = consent_url_parse(&url, rc == CONSENT_OK ? &base : NULL,
                               (consent_u8 *) in, (size_t) n, buf,
                               sizeof(buf));

        if (rc == CONSENT_OK) {
            printf("%.*s %.*s\n", (int) url.href.len,
                   (const char *) url.href.data, (int) url.host.len,
                   (const char *) url.host.data);

        } else {
            printf("-\n");
        }
    }

    return 0;
}


int
main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--say") == 0) {
        return say();
    }

    consent_url_parse(&page, NULL, (const consent_u8 *) PAGE,
                      sizeof(PAGE) - 1, page_buf, sizeof(page_buf));

    test_cases();
    test_parts();
    test_long();
    test_base();
    test_local();
    test_site();

    return tap_done();
}
