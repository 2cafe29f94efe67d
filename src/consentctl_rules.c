
/*
 * consentctl check; and rules from a command line, for check and scan.
 */

#include "consentctl.h"


const char *const  ctl_sources[] = {
    "none", "first party", "consent_allow", "consent_block", "never blocked",
    "catalog", "list", "consent_third_party", "markup", "limit"
};

const char *const  ctl_types[] = {
    "other", "document", "subdocument", "script", "stylesheet", "image",
    "media", "font", "object", "xhr", "ping", "websocket", "connect", NULL
};


int
ctl_rules_init(ctl_rules_t *r)
{
    memset(r, 0, sizeof(ctl_rules_t));

    r->names[CONSENT_NECESSARY] = ctl_str("necessary");
    r->names[CONSENT_FUNCTIONAL] = ctl_str("functional");
    r->names[CONSENT_ANALYTICS] = ctl_str("analytics");
    r->names[CONSENT_MARKETING] = ctl_str("marketing");
    r->ncategories = 4;
    r->list_category = CONSENT_MARKETING;
    r->third_party = CONSENT_CATEGORY_NONE;
    r->page_text = "http://localhost/";

    r->build.alloc = ctl_alloc;
    r->build.err = r->err;
    r->build.err_size = sizeof(r->err);

    r->rules = consent_rules_create(&ctl_alloc);
    r->match = consent_match_create(&ctl_alloc);

    if (r->rules == NULL || r->match == NULL) {
        (void) ctl_fail("out of memory");
        return -1;
    }

    return 0;
}


/* a name that is not known is a category of the operator's own */

static int
ctl_category(ctl_rules_t *r, consent_str_t name)
{
    unsigned  i;

    for (i = 0; i < r->ncategories; i++) {
        if (r->names[i].len == name.len
            && memcmp(r->names[i].data, name.data, name.len) == 0)
        {
            return (int) i;
        }
    }

    if (name.len == 0 || r->ncategories == CONSENT_CATEGORIES_MAX) {
        (void) ctl_fail("there can be %d categories, each with a name",
                        CONSENT_CATEGORIES_MAX);
        return CONSENT_CATEGORY_NONE;
    }

    r->names[r->ncategories] = ctl_copy(name);

    return (int) r->ncategories++;
}


/* "marketing example.com": what follows the first space is one pattern */

static int
ctl_rules_block(ctl_rules_t *r, const char *value)
{
    int            category;
    size_t         n;
    consent_str_t  name;

    n = strcspn(value, " \t");

    name.data = (const consent_u8 *) value;
    name.len = n;

    value += n;
    value += strspn(value, " \t");

    if (*value == '\0') {
        (void) ctl_fail("--block takes a category and a pattern, as in "
                        "--block 'marketing example.com'");
        return -1;
    }

    category = ctl_category(r, name);

    if (category == CONSENT_CATEGORY_NONE) {
        return -1;
    }

    if (category == CONSENT_NECESSARY) {
        (void) ctl_fail("--block: \"necessary\" is never blocked");
        return -1;
    }

    r->nblock++;

    return consent_rules_block(r->rules, &r->build, category, ctl_str(value));
}


static int
ctl_rules_list(ctl_rules_t *r, const char *name)
{
    consent_str_t    text;
    consent_list_t  *list;

    if (r->nlists == sizeof(r->lists) / sizeof(r->lists[0])) {
        (void) ctl_fail("more than %u lists", r->nlists);
        return -1;
    }

    if (ctl_slurp(name, &text) != 0) {
        return -1;
    }

    list = consent_list_compile(&r->build, ctl_str(name), text.data, text.len,
                                r->list_category);

    if (list == NULL) {
        return CONSENT_ERROR;
    }

    r->lists[r->nlists++] = list;

    return consent_rules_list(r->rules, &r->build, list);
}


int
ctl_rules_option(ctl_rules_t *r, ctl_args_t *args)
{
    int          rc;
    const char  *value;

    rc = CONSENT_OK;
    r->err[0] = '\0';

    if (ctl_option(args, "--list", &value)) {
        rc = ctl_rules_list(r, value);

    } else if (ctl_option(args, "--list-category", &value)) {
        r->list_category = ctl_category(r, ctl_str(value));
        rc = (r->list_category == CONSENT_CATEGORY_NONE) ? -1 : 0;

    } else if (ctl_option(args, "--block", &value)) {
        rc = ctl_rules_block(r, value);

    } else if (ctl_option(args, "--allow", &value)) {
        r->nallow++;
        rc = consent_rules_allow(r->rules, &r->build, ctl_str(value));

    } else if (ctl_option(args, "--third-party", &value)) {
        r->third_party = (strcmp(value, "pass") == 0)
                         ? CONSENT_CATEGORY_NONE
                         : ctl_category(r, ctl_str(value));
        consent_rules_third_party(r->rules, r->third_party);

    } else if (ctl_flag(args, "--no-catalog")) {
        r->no_catalog = 1;
        consent_rules_catalog(r->rules, 0);

    } else if (ctl_option(args, "--page", &value)
               || ctl_option(args, "--url", &value))
    {
        r->page_text = value;

    } else {
        return 0;
    }

    if (rc == CONSENT_OK) {
        return 1;
    }

    if (r->err[0]) {
        (void) ctl_fail("%s", r->err);
    }

    return -1;
}


int
ctl_rules_done(ctl_rules_t *r)
{
    if (consent_url_parse(&r->page, NULL, (const consent_u8 *) r->page_text,
                          strlen(r->page_text), r->page_buf,
                          sizeof(r->page_buf))
        != CONSENT_OK
        || r->page.host.len == 0)
    {
        (void) ctl_fail("\"%s\" is no page's URL, as in https://example.com/",
                        r->page_text);
        return -1;
    }

    if (consent_rules_done(r->rules, &r->build) != CONSENT_OK) {
        (void) ctl_fail("%s", r->err[0] ? r->err : "out of memory");
        return -1;
    }

    return 0;
}


void
ctl_rules_free(ctl_rules_t *r)
{
    unsigned  i;

    consent_rules_destroy(r->rules);

    for (i = 0; i < r->nlists; i++) {
        consent_list_destroy(r->lists[i]);
    }

    if (r->match) {
        consent_match_destroy(r->match);
    }
}


/* one line on one source: who names the URL, and what comes of that */

static void
ctl_check_source(const ctl_rules_t *r, const consent_verdict_t *v,
    const char *why)
{
    printf("  %s: %s", why, ctl_sources[v->source]);

    if (v->rule.len) {
        fputs(" \"", stdout);
        ctl_text(stdout, v->rule);
        putchar('"');
    }

    if (v->category == CONSENT_CATEGORY_NONE) {
        puts(", loads");
        return;
    }

    fputs(", ", stdout);
    ctl_text(stdout, r->names[v->category]);
    putchar('\n');
}


static int
ctl_same(const consent_verdict_t *a, const consent_verdict_t *b)
{
    return a->source == b->source && a->category == b->category
           && a->rule.len == b->rule.len
           && (a->rule.len == 0
               || memcmp(a->rule.data, b->rule.data, a->rule.len) == 0);
}


/* of the sources that could have decided: those that have nothing to say */

static void
ctl_check_others(const ctl_rules_t *r, const consent_verdict_t *v, size_t n,
    int third)
{
    size_t    i;
    unsigned  said;

    said = 0;

    for (i = 0; i < n; i++) {
        said |= 1u << v[i].source;
    }

#define silent(source)  (!(said & 1u << CONSENT_SOURCE_ ## source))

    if (r->nallow && silent(ALLOW)) {
        puts("  not: consent_allow, no pattern fits");
    }

    if (r->nblock && silent(BLOCK) && silent(LIMIT)) {
        puts("  not: consent_block, no pattern fits");
    }

    if (r->no_catalog) {
        puts("  not: catalog, switched off");

    } else if (silent(CATALOG) && silent(NEVER)) {
        puts("  not: catalog, it does not know this URL");
    }

    if (r->nlists && silent(LIST)) {
        printf("  not: list, no rule of %u list%s fits\n", r->nlists,
               r->nlists == 1 ? "" : "s");
    }

    if (r->third_party != CONSENT_CATEGORY_NONE && silent(THIRD_PARTY)) {
        puts(!third ? "  not: consent_third_party, it is the site's own"
                    : "  not: consent_third_party, which is for scripts and "
                      "frames");
    }

#undef silent
}


static void
ctl_check_print(const ctl_rules_t *r, const consent_url_t *url,
    consent_type_e type, const consent_verdict_t *v)
{
    int                third;
    size_t             i, n;
    consent_verdict_t  all[24];

    third = !consent_url_same_site(url->host, r->page.host);

    ctl_text(stdout, url->href);
    printf("\n  asked for: as %s, by ", ctl_types[type]);
    ctl_text(stdout, r->page.href);
    puts(third ? " (another site)" : " (the same site)");

    if (v->category == CONSENT_CATEGORY_NONE) {
        puts("  loads: at once");

    } else {
        fputs("  waits: until \"", stdout);
        ctl_text(stdout, r->names[v->category]);
        puts("\" is allowed");
    }

    if (v->source == CONSENT_SOURCE_NONE) {
        puts("  decides: nothing names it");

    } else {
        ctl_check_source(r, v, "decides");
    }

    n = consent_rules_explain(r->rules, r->match, url, &r->page, type, all,
                              sizeof(all) / sizeof(all[0]));

    for (i = 0; i < n; i++) {
        if (!ctl_same(v, &all[i])) {
            ctl_check_source(r, &all[i], "comes after that");
        }
    }

    ctl_check_others(r, all, n, third);
}


static int
ctl_type(const char *name)
{
    int  i;

    for (i = 0; ctl_types[i]; i++) {
        if (strcmp(ctl_types[i], name) == 0) {
            return i;
        }
    }

    return -1;
}


static int
ctl_check_url(ctl_rules_t *r, const char *text, int type)
{
    consent_url_t      url;
    consent_verdict_t  v;
    static consent_u8  buf[CONSENT_URL_MAX];

    if (consent_url_parse(&url, &r->page, (const consent_u8 *) text,
                          strlen(text), buf, sizeof(buf))
        != CONSENT_OK)
    {
        return ctl_fail("\"%s\" is nothing that a browser would ask for",
                        text);
    }

    consent_rules_url(r->rules, r->match, &url, &r->page,
                      (consent_type_e) type, &v);

    ctl_check_print(r, &url, (consent_type_e) type, &v);

    return v.category == CONSENT_CATEGORY_NONE ? CTL_GOOD : CTL_FINDING;
}


static int
ctl_check_read(ctl_rules_t *r, ctl_args_t *args)
{
    int          rc, type;
    const char  *value, *url;

    type = CONSENT_TYPE_SCRIPT;
    url = NULL;

    while (args->at < args->argc) {

        if (ctl_option(args, "--type", &value)) {
            type = ctl_type(value);

            if (type < 0) {
                return ctl_fail("there is no type \"%s\"; "
                                "\"consentctl check --help\" lists them",
                                value);
            }

            continue;
        }

        rc = ctl_rules_option(r, args);

        if (rc < 0 || (rc == 0 && ctl_unknown(args))) {
            return CTL_USAGE;
        }

        if (rc == 0) {
            if (url) {
                return ctl_fail("check takes one URL");
            }

            url = ctl_next(args);
        }
    }

    if (url == NULL) {
        return ctl_fail("check takes a URL");
    }

    if (ctl_rules_done(r) != 0) {
        return CTL_USAGE;
    }

    return ctl_check_url(r, url, type);
}


int
ctl_check(ctl_args_t *args)
{
    int                 rc;
    static ctl_rules_t  r;

    rc = ctl_rules_init(&r) == 0 ? ctl_check_read(&r, args) : CTL_USAGE;

    ctl_rules_free(&r);

    return rc;
}
