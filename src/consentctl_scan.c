
/*
 * consentctl scan: a page goes through the rewriter in report mode, and what
 * it finds is shown.
 */

#include <stdlib.h>

#include "consent_rewrite.h"
#include "consentctl.h"

#define CTL_CHUNK       16384
#define CTL_INLINE_MAX  (128 * 1024)


typedef struct {
    uint64_t           offset;
    uint64_t           order;        /* of two at one place */
    uint64_t           line;
    uint64_t           column;
    consent_str_t      element;
    consent_str_t      attribute;
    consent_str_t      url;
    consent_type_e     type;
    consent_verdict_t  verdict;
    unsigned           blocked:1;
} ctl_found_t;

typedef struct {
    const char   *name;
    ctl_rules_t  *rules;
    ctl_found_t  *found;
    size_t        n;
    size_t        size;
    size_t        blocked;
    unsigned      json:1;
    unsigned      all:1;
    unsigned      xhtml:1;
    unsigned      unread:1;          /* nothing that can be read */
    const char   *charset;
} ctl_scan_t;


static void
ctl_scan_found(void *arg, const consent_finding_t *f)
{
    ctl_found_t  *more, *one;
    ctl_scan_t   *scan = arg;

    if (!f->blocked && !scan->all) {
        return;
    }

    if (scan->n == scan->size) {
        scan->size = scan->size ? scan->size * 2 : 64;
        more = ctl_get(scan->size * sizeof(ctl_found_t));

        if (scan->n) {
            memcpy(more, scan->found, scan->n * sizeof(ctl_found_t));
        }

        scan->found = more;
    }

    one = &scan->found[scan->n];

    memset(one, 0, sizeof(ctl_found_t));
    one->offset = f->offset;
    one->order = scan->n++;
    one->element = ctl_copy(f->element);
    one->attribute = ctl_copy(f->attribute);
    one->type = f->type;
    one->verdict = f->verdict;
    one->blocked = f->blocked;

    if (f->url) {
        one->url = ctl_copy(f->url->href);
    }

    if (one->blocked) {
        scan->blocked++;
    }
}


static int
ctl_scan_emit(void *arg, consent_span_e kind, const consent_u8 *data,
    size_t len)
{
    (void) arg;
    (void) kind;
    (void) data;
    (void) len;

    return CONSENT_OK;
}


static consent_str_t
ctl_scan_insert(void *arg, const consent_insert_t *in)
{
    (void) arg;
    (void) in;

    return ctl_str("");
}


static int
ctl_scan_page(ctl_scan_t *scan, consent_str_t text)
{
    int                     rc, last;
    size_t                  at, n;
    consent_rewrite_t      *cr;
    consent_rewrite_conf_t  conf;

    memset(&conf, 0, sizeof(conf));

    conf.rules = scan->rules->rules;
    conf.match = scan->rules->match;
    conf.page = &scan->rules->page;
    conf.allowed = consent_bit(CONSENT_NECESSARY);
    conf.categories = scan->rules->names;
    conf.endpoint = ctl_str("/_consent/");
    conf.charset = ctl_str(scan->charset);
    conf.markup = scan->xhtml ? CONSENT_MARKUP_XHTML : CONSENT_MARKUP_HTML;
    conf.gate = 1;
    conf.guard = 1;
    conf.report = 1;
    conf.inline_max = CTL_INLINE_MAX;
    conf.hold_max = CTL_INLINE_MAX;
    conf.alloc = ctl_alloc;
    conf.emit = ctl_scan_emit;
    conf.insert = ctl_scan_insert;
    conf.found = ctl_scan_found;
    conf.arg = scan;

    cr = consent_rewrite_create(&conf);

    if (cr == NULL) {
        return ctl_fail("out of memory");
    }

    for (at = 0, last = 0; !last; at += n) {

        n = text.len - at;
        n = (n > CTL_CHUNK) ? CTL_CHUNK : n;
        last = (at + n == text.len);

        rc = consent_rewrite_feed(cr, text.data + at, n, last);

        if (rc == CONSENT_DECLINED) {
            scan->unread = 1;
            return CTL_GOOD;
        }

        if (rc != CONSENT_OK) {
            return ctl_fail("out of memory");
        }
    }

    return CTL_GOOD;
}


static int
ctl_scan_compare(const void *a, const void *b)
{
    const ctl_found_t *x = a;
    const ctl_found_t *y = b;

    if (x->offset != y->offset) {
        return x->offset < y->offset ? -1 : 1;
    }

    return x->order < y->order ? -1 : 1;
}


/* lines and columns from 1; a column is a character, as UTF-8 has it */

static void
ctl_scan_places(ctl_scan_t *scan, consent_str_t text)
{
    size_t    i, at;
    uint64_t  line, column;

    if (scan->n == 0) {
        return;
    }

    qsort(scan->found, scan->n, sizeof(ctl_found_t), ctl_scan_compare);

    line = 1;
    column = 1;
    at = 0;

    for (i = 0; i < scan->n; i++) {

        for ( /* void */ ; at < scan->found[i].offset && at < text.len; at++) {

            if (text.data[at] == '\n') {
                line++;
                column = 1;

            } else if ((text.data[at] & 0xc0) != 0x80) {
                column++;
            }
        }

        scan->found[i].line = line;
        scan->found[i].column = column;
    }
}


static void
ctl_scan_member(const char *name, consent_str_t value, const char *before)
{
    printf("%s\"%s\":", before, name);
    ctl_json(stdout, value);
}


static void
ctl_scan_json_list(const ctl_scan_t *scan, unsigned blocked)
{
    size_t              i;
    const char         *comma;
    const ctl_found_t  *f;

    comma = "";

    for (i = 0; i < scan->n; i++) {
        f = &scan->found[i];

        if (f->blocked != blocked) {
            continue;
        }

        printf("%s\n{\"line\":%llu,\"column\":%llu", comma,
               (unsigned long long) f->line, (unsigned long long) f->column);

        ctl_scan_member("element", f->element, ",");
        ctl_scan_member("attribute", f->attribute, ",");
        ctl_scan_member("type", ctl_str(ctl_types[f->type]), ",");

        if (f->verdict.category != CONSENT_CATEGORY_NONE) {
            ctl_scan_member("category",
                            scan->rules->names[f->verdict.category], ",");
        }

        ctl_scan_member("source", ctl_str(ctl_sources[f->verdict.source]),
                        ",");
        ctl_scan_member("rule", f->verdict.rule, ",");

        if (f->url.len) {
            ctl_scan_member("url", f->url, ",");
        }

        putchar('}');
        comma = ",";
    }
}


static void
ctl_scan_json(const ctl_scan_t *scan)
{
    ctl_scan_member("file", ctl_str(scan->name), "{");
    ctl_scan_member("page", scan->rules->page.href, ",");

    if (scan->unread) {
        fputs(",\"undecodable\":true", stdout);
    }

    fputs(",\"blocked\":[", stdout);
    ctl_scan_json_list(scan, 1);
    putchar(']');

    if (scan->all) {
        fputs(",\"third_parties\":[", stdout);
        ctl_scan_json_list(scan, 0);
        putchar(']');
    }

    puts("}");
}


static void
ctl_scan_row(const ctl_scan_t *scan, const ctl_found_t *f)
{
    int   n;
    char  where[48];

    snprintf(where, sizeof(where), "%llu:%llu", (unsigned long long) f->line,
             (unsigned long long) f->column);
    printf("%-10s  ", where);

    n = (int) (f->element.len + f->attribute.len) + 1;
    ctl_text(stdout, f->element);
    putchar(' ');
    ctl_text(stdout, f->attribute);
    printf("%*s  ", n < 16 ? 16 - n : 0, "");

    n = 1;

    if (f->verdict.category == CONSENT_CATEGORY_NONE) {
        putchar('-');

    } else {
        n = (int) scan->rules->names[f->verdict.category].len;
        ctl_text(stdout, scan->rules->names[f->verdict.category]);
    }

    printf("%*s  ", n < 10 ? 10 - n : 0, "");
    n = printf("%s ", ctl_sources[f->verdict.source]);
    ctl_text(stdout, f->verdict.rule);
    n += (int) f->verdict.rule.len;

    if (f->url.len) {
        printf("%*s  ", n < 34 ? 34 - n : 0, "");
        ctl_text(stdout, f->url);
    }

    putchar('\n');
}


static void
ctl_scan_table(const ctl_scan_t *scan)
{
    int     c;
    size_t  i, n;

    if (scan->n) {
        printf("%-10s  %-16s  %-10s  %-34s  %s\n", "WHERE", "WHAT",
               "CATEGORY", "RULE", "URL");
    }

    for (i = 0; i < scan->n; i++) {
        ctl_scan_row(scan, &scan->found[i]);
    }

    ctl_text(stdout, ctl_str(scan->name));

    if (scan->unread) {
        puts(": its encoding or prolog cannot be read; \"consent on\" closes "
             "such a page by a policy");
        return;
    }

    if (scan->blocked == 0) {
        puts(": nothing would be blocked");
        return;
    }

    printf(": %llu would be blocked", (unsigned long long) scan->blocked);

    for (c = 0; c < (int) scan->rules->ncategories; c++) {

        for (i = 0, n = 0; i < scan->n; i++) {
            n += scan->found[i].blocked && scan->found[i].verdict.category == c;
        }

        if (n) {
            printf(", %s %llu", (const char *) scan->rules->names[c].data,
                   (unsigned long long) n);
        }
    }

    putchar('\n');
}


static int
ctl_scan_read(ctl_scan_t *scan, ctl_args_t *args)
{
    int  rc;

    while (args->at < args->argc) {

        if (ctl_flag(args, "--json")) {
            scan->json = 1;
            continue;
        }

        if (ctl_flag(args, "--all")) {
            scan->all = 1;
            continue;
        }

        if (ctl_flag(args, "--xhtml")) {
            scan->xhtml = 1;
            continue;
        }

        if (ctl_option(args, "--charset", &scan->charset)) {
            continue;
        }

        rc = ctl_rules_option(scan->rules, args);

        if (rc < 0 || (rc == 0 && ctl_unknown(args))) {
            return CTL_USAGE;
        }

        if (rc == 0) {
            if (scan->name) {
                return ctl_fail("scan takes one file");
            }

            scan->name = ctl_next(args);
        }
    }

    if (scan->name == NULL) {
        return ctl_fail("scan takes a file, or - for standard input");
    }

    return ctl_rules_done(scan->rules) == 0 ? CTL_GOOD : CTL_USAGE;
}


static int
ctl_scan_file(ctl_scan_t *scan, ctl_args_t *args)
{
    consent_str_t  text;

    if (ctl_scan_read(scan, args) != CTL_GOOD
        || ctl_slurp(scan->name, &text) != 0
        || ctl_scan_page(scan, text) != CTL_GOOD)
    {
        return CTL_USAGE;
    }

    ctl_scan_places(scan, text);

    if (scan->json) {
        ctl_scan_json(scan);

    } else {
        ctl_scan_table(scan);
    }

    return (scan->blocked || scan->unread) ? CTL_FINDING : CTL_GOOD;
}


int
ctl_scan(ctl_args_t *args)
{
    int                 rc;
    ctl_scan_t          scan;
    static ctl_rules_t  rules;

    memset(&scan, 0, sizeof(scan));
    scan.rules = &rules;
    scan.charset = "";

    rc = ctl_rules_init(&rules) == 0 ? ctl_scan_file(&scan, args) : CTL_USAGE;

    ctl_rules_free(&rules);

    return rc;
}
