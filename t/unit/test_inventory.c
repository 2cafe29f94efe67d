
/*
 * The inventory: what it keeps, what it gives up, and that it keeps nothing
 * of a visitor.
 */

#include "../../src/core/consent_inventory.h"
#include "str.h"
#include "tap.h"


#define DAY   (24 * 60 * 60)
#define WAYS  16                          /* rows that go together */

static uint64_t  mem[400 * 1024 / sizeof(uint64_t)];


static void
see(consent_inventory_t *inv, const char *host, const char *category,
    const char *rule, const char *page, uint32_t generation, int64_t now)
{
    consent_inventory_seen_t  seen;

    memset(&seen, 0, sizeof(seen));

    seen.kind = CONSENT_INVENTORY_HOST;
    seen.name = str(host);
    seen.type = CONSENT_TYPE_SCRIPT;
    seen.category = str(category);
    seen.source = *category ? CONSENT_SOURCE_CATALOG : CONSENT_SOURCE_NONE;
    seen.rule = str(rule);
    seen.page = str(page);
    seen.blocked = *category != '\0';

    consent_inventory_add(inv, &seen, generation, now);
}


static unsigned
rows(consent_inventory_t *inv, const char *name,
    consent_inventory_row_t **row)
{
    size_t                    i;
    unsigned                  n;
    consent_inventory_row_t  *r;

    n = 0;

    for (i = 0; i < consent_inventory_capacity(inv); i++) {
        r = &inv->rows[i];

        if (r->count
            && (name == NULL
                || (r->name_len == strlen(name)
                    && memcmp(r->name, name, r->name_len) == 0)))
        {
            n++;

            if (row) {
                *row = r;
            }
        }
    }

    return n;
}


static void
test_rows(void)
{
    consent_str_t             name;
    consent_inventory_t      *inv;
    consent_inventory_row_t  *row;
    consent_inventory_seen_t  seen;
    static char               host[254], tail[254];
    size_t                    i;

    inv = consent_inventory_init(mem, 64 * 1024);
    ok(inv != NULL, "64k are enough");
    ok(consent_inventory_capacity(inv) >= 100, "for a hundred rows");

    see(inv, "t.test", "analytics", "t.test", "/a?b=c", 1, 1000);
    see(inv, "t.test", "analytics", "t.test", "/later", 1, 2000);

    ok(rows(inv, "t.test", &row) == 1, "a host has one row");
    ok(row->count == 2 && row->blocked == 2, "that counts");
    ok(row->first == 1000 && row->last == 2000, "first and last time");
    ok(row->types == 1u << CONSENT_TYPE_SCRIPT, "what asked for it");
    is_mem(row->page, row->page_len, "/a", 2, "an example page, no query");
    is_mem(row->category, row->category_len, "analytics", 9, "the category");
    is_mem(row->rule, row->rule_len, "t.test", 6, "and the rule");

    see(inv, "t.test", "", "", "/", 1, 3000);
    ok(rows(inv, "t.test", NULL) == 2, "another row where no rule names it");

    memset(&seen, 0, sizeof(seen));
    seen.kind = CONSENT_INVENTORY_COOKIE;
    seen.name = str("t.test");
    seen.category = str("analytics");
    seen.source = CONSENT_SOURCE_CATALOG;
    consent_inventory_add(inv, &seen, 1, 4000);
    ok(rows(inv, "t.test", NULL) == 3, "a cookie of that name is another");

    seen.name = str("");
    consent_inventory_add(inv, &seen, 1, 4000);
    ok(rows(inv, NULL, NULL) == 3, "what has no name has no row");

    /* a.aaaa(...).aaaa, 253 bytes */

    for (i = 0; i < 253; i++) {
        host[i] = i % 10 == 9 ? '.' : 'a';
    }

    seen.kind = CONSENT_INVENTORY_HOST;
    seen.name = str(host);
    consent_inventory_add(inv, &seen, 1, 4000);

    strcpy(tail, host + 150);
    ok(rows(inv, tail, &row) == 1 && row->cut,
       "of a host that is too long, the last labels that fit");

    memset(host, 'b', 253);
    name = str(host);
    seen.name = name;
    consent_inventory_add(inv, &seen, 1, 4000);
    ok(rows(inv, NULL, NULL) == 4, "no row for one label that does not fit");
}


static void
test_judged_anew(void)
{
    consent_inventory_t      *inv;
    consent_inventory_row_t  *row;

    inv = consent_inventory_init(mem, 64 * 1024);

    see(inv, "new.test", "", "", "/", 1, 1000);
    (void) rows(inv, "new.test", &row);
    ok(consent_inventory_unknown(row), "unknown at first");

    see(inv, "new.test", "marketing", "new.test", "/", 2, 2000);
    ok(rows(inv, "new.test", &row) == 1 && !consent_inventory_unknown(row),
       "a rule for an unknown host moves its row, under a new configuration");
    ok(row->first == 1000 && row->count == 2, "which keeps its counts");
}


static void
test_eviction(void)
{
    char                      host[32];
    size_t                    cap, i, n;
    consent_inventory_t      *inv;
    consent_inventory_row_t   sorted[3];

    ok(consent_inventory_init(mem, 1000) == NULL, "1000 bytes are too few");

    inv = consent_inventory_init(mem, sizeof(mem));
    cap = consent_inventory_capacity(inv);

    for (i = 0; i < cap * 8 / 10; i++) {
        snprintf(host, sizeof(host), "h%zu.test", i);
        see(inv, host, "marketing", "r", "/", 1, 1000);
    }

    ok(inv->evicted == 0, "it fills to four fifths before a row goes");

    /* frequent, and unknown, among a hundred times its size of others */

    inv = consent_inventory_init(mem, sizeof(mem));

    for (i = 0; i < 20; i++) {
        snprintf(host, sizeof(host), "unknown%zu.test", i);

        for (n = 0; n < 3; n++) {
            see(inv, host, "", "", "/", 1, 1000);
        }

        snprintf(host, sizeof(host), "often%zu.test", i);

        for (n = 0; n < 50; n++) {
            see(inv, host, "marketing", "r", "/", 1, 1000);
        }
    }

    for (i = 0; i < cap * 100; i++) {
        snprintf(host, sizeof(host), "h%zu.test", i);
        see(inv, host, "marketing", "r", "/", 1, 1000);
    }

    n = 0;

    for (i = 0; i < 20; i++) {
        snprintf(host, sizeof(host), "unknown%zu.test", i);
        n += rows(inv, host, NULL);
        snprintf(host, sizeof(host), "often%zu.test", i);
        n += rows(inv, host, NULL);
    }

    ok(n == 40, "a flood of known hosts takes no unknown, no frequent one");
    ok(inv->evicted > cap * 90, "and what went is counted");
    ok(rows(inv, NULL, NULL) <= cap, "within its bounds");

    snprintf(host, sizeof(host), "h%zu.test", cap * 100 - 1);
    ok(rows(inv, host, NULL) == 1, "what came last is there");

    /* what was frequent long ago goes at last */

    for (i = 0; i < cap * 20; i++) {
        snprintf(host, sizeof(host), "g%zu.test", i);
        see(inv, host, "marketing", "r", "/", 1, 1000 + 60 * DAY);
    }

    n = 0;

    for (i = 0; i < 20; i++) {
        snprintf(host, sizeof(host), "often%zu.test", i);
        n += rows(inv, host, NULL);
    }

    ok(n == 0, "what was frequent two months ago goes");

    inv = consent_inventory_init(mem, 64 * 1024);
    see(inv, "b.test", "marketing", "r", "/", 1, 1);
    see(inv, "b.test", "marketing", "r", "/", 1, 1);
    see(inv, "u.test", "", "", "/", 1, 1);
    see(inv, "a.test", "marketing", "r", "/", 1, 1);

    n = 0;

    for (i = 0; i < consent_inventory_capacity(inv); i++) {
        if (inv->rows[i].count) {
            sorted[n++] = inv->rows[i];
        }
    }

    qsort(sorted, n, sizeof(consent_inventory_row_t),
          consent_inventory_compare);

    ok(n == 3 && sorted[0].name[0] == 'u', "unknown first");
    ok(sorted[1].name[0] == 'b' && sorted[2].name[0] == 'a',
       "then the most frequent");
}


/* what is too long is cut; what was not seen for a year goes first */

static void
test_long(void)
{
    char                       name[200], rule[100];
    consent_inventory_t       *inv;
    consent_inventory_row_t   *row;
    consent_inventory_seen_t   seen;

    inv = consent_inventory_init(mem, sizeof(consent_inventory_t)
                                      + WAYS
                                        * sizeof(consent_inventory_row_t));
    ok(consent_inventory_init(mem, sizeof(consent_inventory_t)) == NULL
       && inv != NULL, "a row has to fit");

    memset(name, 'n', sizeof(name));
    memset(rule, 'r', sizeof(rule));
    memset(&seen, 0, sizeof(seen));
    seen.kind = CONSENT_INVENTORY_COOKIE;
    seen.name.data = (const consent_u8 *) name;
    seen.name.len = sizeof(name);
    seen.rule.data = (const consent_u8 *) rule;
    seen.rule.len = sizeof(rule);

    consent_inventory_add(inv, &seen, 1, 1000 * DAY);
    row = NULL;
    ok(rows(inv, NULL, &row) == 1 && row
       && row->name_len == CONSENT_INVENTORY_NAME_MAX && row->cut
       && row->rule_len == CONSENT_INVENTORY_RULE_MAX,
       "a cookie's name and a rule are cut");

    seen.name.len = 0;
    consent_inventory_add(inv, &seen, 1, 1000 * DAY);
    ok(rows(inv, NULL, NULL) == 1, "what has no name is not kept");
}


static void
test_years(void)
{
    char                  host[32];
    size_t                cap, i;
    consent_inventory_t  *inv;

    inv = consent_inventory_init(mem, sizeof(consent_inventory_t)
                                      + WAYS
                                        * sizeof(consent_inventory_row_t));
    cap = consent_inventory_capacity(inv);

    for (i = 0; i < 10000; i++) {
        see(inv, "old.test", "marketing", "r", "/", 1, 1000 * DAY);
    }

    for (i = 1; i <= cap; i++) {
        snprintf(host, sizeof(host), "h%zu.test", i);
        see(inv, host, "marketing", "r", "/", 1, 1000 * DAY + 500 * DAY);
    }

    ok(rows(inv, "old.test", NULL) == 0,
       "ten thousand times, more than a year ago: it makes room");
}


static void
test_page(void)
{
    size_t       i, n;
    consent_u8   buf[CONSENT_INVENTORY_PAGE_MAX];
    static char  path[600];

    static const struct {
        const char  *path;
        const char  *want;
    } cases[] = {
        { "/", "/" },
        { "/index.html?utm_source=x", "/index.html" },
        { "/a/b/", "/a/b/" },
        { "/2024/05/news", "/2024/05/news" },
        { "/user/jane@example.com/mail", "/user/*/mail" },
        { "/user/jane%40example.com", "/user/*" },
        { "/order/1234567", "/order/*" },
        { "/reset/9f8a7c6d5e4b3a2f1c0d", "/reset/*" },
        { "/reset/ab1cdefgh2ijklmnop", "/reset/*" },
        { "/a;jsessionid=0123/b", "/*/b" },
        { "/documentation/installation", "/documentation/installation" },
        { "/%E9%9A%90%E7%A7%81/%E6%94%BF%E7%AD%96",
          "/%E9%9A%90%E7%A7%81/%E6%94%BF%E7%AD%96" },
        { "", "" },
        { "x/y", "x/y" },
        { "/a%4", "/a%4" },
        { "/a#b", "/a" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        n = consent_inventory_page(str(cases[i].path), buf);
        is_mem(buf, n, cases[i].want, strlen(cases[i].want), cases[i].path);
    }

    for (i = 0; i < 103; i++) {
        path[i] = (i % 17) ? 'b' : '/';
    }

    strcpy(path + i, "/12345678/x");
    n = consent_inventory_page(str(path), buf);
    ok(n == 103 && memcmp(buf, path, n) == 0,
       "nor is there room for a star: it is cut before");

    memset(path, 0, sizeof(path));

    for (i = 0; i + 5 < sizeof(path); i += 5) {
        memcpy(path + i, "/abcd", 5);
    }

    n = consent_inventory_page(str(path), buf);
    ok(n > 90 && n <= sizeof(buf) && n % 5 == 0,
       "a long path is cut behind a segment");
}


int
main(void)
{
    test_rows();
    test_judged_anew();
    test_eviction();
    test_long();
    test_years();
    test_page();

    return tap_done();
}
