
/*
 * What a page's guard is given: every host of the catalog is in it, paths and
 * an operator's rules are, and it stays small.
 */

#include <stdlib.h>
#include <zlib.h>

#include "tap.h"
#include "consent_guard.h"
#include "consent_list.h"


static void *
test_alloc(void *ctx, size_t size)
{
    (void) ctx;

    return malloc(size ? size : 1);
}


static consent_alloc_t  alloc = { test_alloc, NULL };

static const consent_str_t  categories[] = {
    consent_string("necessary"), consent_string("functional"),
    consent_string("analytics"), consent_string("marketing")
};


static char *
test_data(const consent_rules_t *rules, const consent_guard_cookie_t *cookies,
    size_t n)
{
    char                  *text;
    consent_str_t          data;
    consent_guard_conf_t   conf;

    conf.rules = rules;
    conf.categories = categories;
    conf.ncategories = 4;
    conf.cookies = cookies;
    conf.ncookies = n;

    if (consent_guard_data(&conf, &alloc, &data) != CONSENT_OK) {
        return NULL;
    }

    text = malloc(data.len + 1);
    memcpy(text, data.data, data.len);
    text[data.len] = '\0';

    return text;
}


static size_t
test_size(const char *from, const char *to)
{
    uLong           len, size;
    unsigned char  *p;
    z_stream        zs;

    memset(&zs, 0, sizeof(zs));

    len = (uLong) (to - from);

    if (deflateInit2(&zs, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
        return SIZE_MAX;
    }

    size = deflateBound(&zs, len);
    p = malloc(size);

    zs.next_in = (Bytef *) (uintptr_t) from;
    zs.avail_in = (uInt) len;
    zs.next_out = p;
    zs.avail_out = (uInt) size;

    size = deflate(&zs, Z_FINISH) == Z_STREAM_END ? zs.total_out : SIZE_MAX;

    (void) deflateEnd(&zs);
    free(p);

    return size;
}


static int
test_letter(char c)
{
    const char         *at;
    static const char   letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
                                    "nopqrstuvwxyz0123456789-_";

    at = strchr(letters, c);

    return (c && at) ? (int) (at - letters) : -1;
}


/* reads "n,k,\"...\"" at p; returns the number of prints, 0 if it is none */

static size_t
test_prints(const char *p, uint64_t *prints)
{
    char      *end;
    size_t     i, n;
    uint64_t   v, last;
    unsigned   k, bit, left;

    n = (size_t) strtoul(p, &end, 10);
    k = (unsigned) strtoul(end + 1, &end, 10);
    p = end + 2;

    last = 0;
    bit = 0;

#define next()  (test_letter(p[bit / 6]) >> (5 - bit % 6) & 1)

    for (i = 0; i < n; i++) {

        for (v = 0; next(); bit++) {
            v++;
        }

        bit++;

        for (left = k; left; left--, bit++) {
            v = v << 1 | (uint64_t) next();
        }

        last += v;
        prints[i] = last;
    }

    return p[(bit + 5) / 6] == '"' ? n : 0;
}


static void
test_catalog(void)
{
    char             *text, *at, *hosts, *end;
    size_t            k, n, missing;
    uint32_t          i;
    uint64_t         *prints, print;
    const char       *name;
    consent_rules_t  *rules;

    rules = consent_rules_create(&alloc);
    text = test_data(rules, NULL, 0);

    hosts = strstr(text, "hosts:[");
    end = strstr(hosts, "lists:[");

    ok(hosts && end, "the catalog is in it");

    prints = malloc(8192 * sizeof(uint64_t));
    n = 0;

    for (at = hosts + 7; *at == '['; at = strchr(at, '\n') + 1) {
        at = strchr(at, ',') + 1;
        i = (uint32_t) test_prints(at, prints + n);
        ok(i != 0, "a class of hosts ends where it says");
        n += i;
    }

    missing = 0;

    for (i = 0; i < consent_catalog_nhosts; i++) {

        if (consent_catalog_hosts[i].cls == CONSENT_CLASS_NONE) {
            continue;
        }

        name = consent_catalog_strings + consent_catalog_hosts[i].name;
        print = consent_guard_print((const consent_u8 *) name, strlen(name),
                                    CONSENT_GUARD_HOST_BITS);

        for (k = 0; k < n && prints[k] != print; k++) { /* void */ }

        missing += (k == n);
    }

    ok(missing == 0, "each of its hosts is there");

    ok(test_size(strstr(text, "classes:["), end) < 12 * 1024,
       "hosts and paths of all the catalog: less than 12 KB compressed");
    ok(test_size(text, text + strlen(text)) < 16 * 1024,
       "with the names of cookies: less than 16 KB");
    ok(strstr(text, "\"www.facebook.com\":\"3 /tr") != NULL,
       "paths are there as they are written");
    ok(strstr(text, "'") == NULL && strstr(text, "<") == NULL,
       "nothing in it ends a string or a script");
}


static void
test_own(void)
{
    char                    *text, err[256];
    consent_rules_t         *rules;
    consent_rules_build_t    b;
    consent_guard_cookie_t   cookie = { consent_string("mine*"), 2 };

    static const consent_str_t  host = consent_string("Stats.Example");
    static const consent_str_t  path = consent_string("a.example:8080/x'\"<");
    static const consent_str_t  re = consent_string("~*\\.track\\.");
    static const consent_str_t  in = consent_string("inline:~fbq");
    static const consent_str_t  yes = consent_string("good.example");

    rules = consent_rules_create(&alloc);
    consent_rules_catalog(rules, 0);
    consent_rules_third_party(rules, 3);

    b.alloc = alloc;
    b.err = err;
    b.err_size = sizeof(err);

    ok(consent_rules_block(rules, &b, 2, host) == CONSENT_OK
       && consent_rules_block(rules, &b, 3, path) == CONSENT_OK
       && consent_rules_block(rules, &b, 3, re) == CONSENT_OK
       && consent_rules_block(rules, &b, 3, in) == CONSENT_OK
       && consent_rules_allow(rules, &b, yes) == CONSENT_OK
       && consent_rules_done(rules, &b) == CONSENT_OK, "an operator's rules");

    text = test_data(rules, &cookie, 1);

    ok(strstr(text, "allow:[[0,\"good.example\"],],") != NULL,
       "what is allowed");
    ok(strstr(text, "block:[[2,\"stats.example\"],[3,\"a.example\","
              "\"/x\\u0027%22%3C\",8080],[3,\"~*\\u005c.track\\u005c.\"],],")
       != NULL, "what is blocked, in order; no text of a page's scripts");
    ok(strstr(text, "cookies:[[2,\"mine*\"],],") != NULL, "names of cookies");
    ok(strstr(text, "third:3}") != NULL, "what becomes of others");
    ok(strstr(text, "hosts:") == NULL, "without the catalog, none of it");
}


static void
test_list(void)
{
    char                   *text, err[256];
    size_t                  n;
    uint64_t                prints[8];
    consent_list_t         *list;
    consent_rules_t        *rules;
    consent_rules_build_t   b;

    static const char  filters[] = "||one.example^\n"
                                   "||two.example^$third-party\n"
                                   "||three.example/path\n"
                                   "||four.example^$script\n"
                                   "||five.example^\n"
                                   "||six.example^$domain=a.example\n"
                                   "@@||www.five.example/x\n";
    static const consent_str_t  name = consent_string("list");

    rules = consent_rules_create(&alloc);
    consent_rules_catalog(rules, 0);

    b.alloc = alloc;
    b.err = err;
    b.err_size = sizeof(err);

    list = consent_list_compile(&b, name, (const consent_u8 *) filters,
                                sizeof(filters) - 1, 3);

    ok(list && consent_rules_list(rules, &b, list) == CONSENT_OK
       && consent_rules_done(rules, &b) == CONSENT_OK, "a list");

    text = strstr(test_data(rules, NULL, 0), "lists:[");

    n = test_prints(strstr(text, "[3,0,") + 5, prints);

    ok(n == 1 && prints[0] == consent_guard_print((const consent_u8 *)
                                                  "one.example", 11,
                                                  CONSENT_GUARD_HOST_BITS),
       "hosts that it names whole, without those it has an exception for");

    n = test_prints(strstr(text, "[3,1,") + 5, prints);

    ok(n == 1 && prints[0] == consent_guard_print((const consent_u8 *)
                                                  "two.example", 11,
                                                  CONSENT_GUARD_HOST_BITS),
       "those for other sites' pages by themselves");
}


static void
test_sites(void)
{
    int                     i, n;
    char                    err[256], *text;
    size_t                  len;
    consent_u8              dst[CONSENT_GUARD_HOSTS_MAX];
    consent_list_t         *list;
    consent_rules_t        *rules;
    consent_rules_build_t   b;
    consent_guard_sites_t  *sites;

    static const char  own[] = "||t.site.example^\n||site.example.net^\n"
                               "||othersite.example^\n||b.a.site.example^\n"
                               "||third.site.example^$third-party\n"
                               "||e.site.example^\n@@||e.site.example/x\n";
    static const consent_str_t  name = consent_string("list");
    static const consent_str_t  site = consent_string("site.example");
    static const consent_str_t  none = consent_string("zzz.example");
    static const consent_str_t  big = consent_string("big.example");

    text = malloc(sizeof(own) + (CONSENT_GUARD_LIST_MAX + 1) * 32);
    n = sprintf(text, "%s", own);

    for (i = 0; i <= CONSENT_GUARD_LIST_MAX; i++) {
        n += sprintf(text + n, "||h%d.big.example^\n", i);
    }

    rules = consent_rules_create(&alloc);

    b.alloc = alloc;
    b.err = err;
    b.err_size = sizeof(err);

    list = consent_list_compile(&b, name, (const consent_u8 *) text,
                                (size_t) n, 3);

    ok(list && consent_rules_list(rules, &b, list) == CONSENT_OK
       && consent_rules_done(rules, &b) == CONSENT_OK, "a long list");
    ok(strstr(test_data(rules, NULL, 0), "lists:[],") != NULL,
       "is not in the script");

    sites = consent_guard_sites(rules, &alloc);
    len = consent_guard_hosts(sites, site, dst);

    is_mem(dst, len, "3:b.a.site.example 3:t.site.example", 35,
           "but hosts of the page's own site are in the page");
    ok(consent_guard_hosts(sites, none, dst) == 0, "a site may have none");

    len = consent_guard_hosts(sites, big, dst);

    ok(len > CONSENT_GUARD_HOSTS_MAX - 32 && len <= CONSENT_GUARD_HOSTS_MAX
       && memcmp(dst + len - 12, ".big.example", 12) == 0,
       "a site with many has as many as fit");
}


int
main(void)
{
    test_catalog();
    test_own();
    test_list();
    test_sites();

    return tap_done();
}
