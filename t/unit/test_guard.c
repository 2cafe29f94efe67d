
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


/* where the bits are */

static char      *bits;
static unsigned   bit;


/* the script's object as text */

static char *
test_data(const consent_rules_t *rules, const consent_guard_cookie_t *cookies,
    size_t n)
{
    char                  *text;
    size_t                 len;
    consent_guard_data_t   data;
    consent_guard_conf_t   conf;

    conf.rules = rules;
    conf.categories = categories;
    conf.ncategories = 4;
    conf.cookies = cookies;
    conf.ncookies = n;

    if (consent_guard_data(&conf, &alloc, &data) != CONSENT_OK) {
        return NULL;
    }

    len = data.text.len + data.bits.len;

    text = malloc(len + sizeof(CONSENT_GUARD_DATA_END));
    memcpy(text, data.text.data, data.text.len);
    memcpy(text + data.text.len, data.bits.data, data.bits.len);
    memcpy(text + len, CONSENT_GUARD_DATA_END,
           sizeof(CONSENT_GUARD_DATA_END));

    bits = text + data.text.len;
    bit = 0;

    return text;
}


/* as it is sent: what is text, and what has nothing that repeats */

static size_t
test_size(const char *text)
{
    size_t          len;
    unsigned char  *p;
    z_stream        zs;

    memset(&zs, 0, sizeof(zs));

    len = strlen(text);

    if (deflateInit2(&zs, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
        return SIZE_MAX;
    }

    p = malloc(len * 2);

    zs.next_in = (Bytef *) (uintptr_t) text;
    zs.avail_in = (uInt) (bits - text);
    zs.next_out = p;
    zs.avail_out = (uInt) len * 2;

    (void) deflate(&zs, Z_BLOCK);
    (void) deflateParams(&zs, 9, Z_HUFFMAN_ONLY);

    zs.avail_in = (uInt) (len - (size_t) (bits - text));

    len = deflate(&zs, Z_FINISH) == Z_STREAM_END ? zs.total_out : SIZE_MAX;

    (void) deflateEnd(&zs);
    free(p);

    return len;
}


static unsigned
test_bit(void)
{
    const char         *at;
    static const char   letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
                                    "nopqrstuvwxyz0123456789+/";

    at = strchr(letters, bits[bit / 6]);

    if (at == NULL || *at == '\0') {
        return 0;
    }

    return (unsigned) (at - letters) >> (5 - bit++ % 6) & 1;
}


/* the next prints, as "n,k" at p says; returns their number */

static size_t
test_prints(const char *p, uint32_t *prints)
{
    char      *end;
    size_t     i, n;
    uint32_t   v, last;
    unsigned   k, left;

    n = (size_t) strtoul(p, &end, 10);
    k = (unsigned) strtoul(end + 1, &end, 10);

    last = 0;

    for (i = 0; i < n; i++) {

        for (v = 0; test_bit(); v++) { /* void */ }

        for (left = k; left; left--) {
            v = v << 1 | test_bit();
        }

        last += v;
        prints[i] = last;
    }

    return n;
}


/* those of "what:[[...,n,k],...]", of which each begins with some numbers */

static size_t
test_sets(const char *text, const char *what, int numbers, uint32_t *prints)
{
    int          i;
    size_t       n;
    const char  *at;

    at = strstr(text, what) + strlen(what);

    for (n = 0; *at == '['; at = strchr(at, '\n') + 1) {
        for (i = 0; i < numbers; i++) {
            at = strchr(at + 1, ',');
        }

        n += test_prints(at + 1, prints + n);
    }

    return n;
}


static int
test_in(uint32_t print, const uint32_t *prints, size_t n)
{
    while (n && prints[n - 1] != print) {
        n--;
    }

    return n != 0;
}


static int
test_host_in(uint32_t i, const uint32_t *prints, size_t n)
{
    const char  *name;

    name = consent_catalog_strings + consent_catalog_hosts[i].name;

    return test_in(consent_guard_print((const consent_u8 *) name,
                                       strlen(name),
                                       CONSENT_GUARD_HOST_BITS),
                   prints, n);
}


static void
test_catalog(void)
{
    char             *text;
    size_t            n, m, missing;
    uint32_t          i, *paths, *hosts;
    consent_rules_t  *rules;

    rules = consent_rules_create(&alloc);
    text = test_data(rules, NULL, 0);

    paths = malloc(8192 * sizeof(uint32_t));
    hosts = malloc(8192 * sizeof(uint32_t));

    n = test_prints(strstr(text, "paths:[") + 7, paths);
    m = test_sets(text, "hosts:[", 1, hosts);

    for (missing = 0, i = 0; i < consent_catalog_nhosts; i++) {
        missing += consent_catalog_hosts[i].cls != CONSENT_CLASS_NONE
                   && !test_host_in(i, hosts, m);
        missing += consent_catalog_hosts[i].npaths
                   && !test_host_in(i, paths, n);
    }

    ok(n > 50 && m > 2000 && missing == 0,
       "each host of the catalog is there, and each that paths are of");
    ok(test_size(text) < 12 * 1024,
       "all the catalog, with the names of cookies: less than 12 KB");
    ok(strstr(text, "3 /tr /impression.php 1 /sharer") != NULL,
       "paths are there as they are written");
    ok(strstr(text, "site:\"4 /matomo.js^ /matomo.php^") != NULL
       && strstr(text, "labels:\"3 /ads. /adserver.") != NULL,
       "what is a tracker on whatever site, by kind");
    ok(strstr(text, "'") == NULL && strstr(text, "<") == NULL,
       "nothing in it ends a string or a script");

    free(paths);
    free(hosts);
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
    ok(strstr(text, "third:3,") != NULL, "what becomes of others");
    ok(strstr(text, "hosts:") == NULL, "without the catalog, none of it");
}


static void
test_list(void)
{
    char                   *text, err[256];
    uint32_t                prints[8];
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

    text = test_data(rules, NULL, 0);

    ok(strstr(text, "lists:[[3,0,1,") && strstr(text, "[3,1,1,"),
       "hosts that it names whole, without those it has an exception for; "
       "those for other sites' pages by themselves");

    ok(test_sets(text, "lists:[", 2, prints) == 2
       && prints[0] == consent_guard_print((const consent_u8 *)
                                           "one.example", 11,
                                           CONSENT_GUARD_HOST_BITS)
       && prints[1] == consent_guard_print((const consent_u8 *)
                                           "two.example", 11,
                                           CONSENT_GUARD_HOST_BITS),
       "each where the script looks for it");
}


/* a filter list, and nothing after it */

static int
test_filters(consent_rules_t *rules, const char *text, size_t n)
{
    char                    err[256];
    consent_list_t         *list;
    consent_rules_build_t   b;

    static const consent_str_t  name = consent_string("list");

    b.alloc = alloc;
    b.err = err;
    b.err_size = sizeof(err);

    list = consent_list_compile(&b, name, (const consent_u8 *) text, n, 3);

    return list && consent_rules_list(rules, &b, list) == CONSENT_OK
           && consent_rules_done(rules, &b) == CONSENT_OK;
}


static void
test_same(void)
{
    int                     i, n;
    char                   *text;
    uint32_t                prints[8];
    consent_rules_t        *rules;

    text = malloc(200 * 32);

    for (n = 0, i = 0; i < 200; i++) {
        n += sprintf(text + n, "||same.example^\n");
    }

    rules = consent_rules_create(&alloc);
    consent_rules_catalog(rules, 0);

    ok(test_filters(rules, text, (size_t) n), "a line many times");
    ok(test_sets(test_data(rules, NULL, 0), "lists:[", 2, prints) == 1,
       "is in the script once");
}


static void
test_sites(void)
{
    int                     i, n;
    char                   *text;
    size_t                  len;
    consent_u8              dst[CONSENT_GUARD_HOSTS_MAX];
    consent_rules_t        *rules;
    consent_guard_sites_t  *sites;

    static const char  own[] = "||t.site.example^\n||site.example.net^\n"
                               "||othersite.example^\n||b.a.site.example^\n"
                               "||third.site.example^$third-party\n"
                               "||e.site.example^\n@@||e.site.example/x\n";
    static const consent_str_t  site = consent_string("site.example");
    static const consent_str_t  none = consent_string("zzz.example");
    static const consent_str_t  big = consent_string("big.example");

    text = malloc(sizeof(own) + (CONSENT_GUARD_LIST_MAX + 1) * 32);
    n = sprintf(text, "%s", own);

    for (i = 0; i <= CONSENT_GUARD_LIST_MAX; i++) {
        n += sprintf(text + n, "||h%d.big.example^\n", i);
    }

    rules = consent_rules_create(&alloc);

    ok(test_filters(rules, text, (size_t) n), "a long list");
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
    test_same();
    test_sites();

    return tap_done();
}
