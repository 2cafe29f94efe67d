
/*
 * What rules cost a page: reads lists (-list FILE) and the catalog
 * (-catalog), then puts a page (its file, on the command line) through the
 * rewriter -n times.  Measured by who runs it, under callgrind with two
 * values of -n, so that reading the lists cancels.
 */

#include <stdio.h>
#include <stdlib.h>

#include "consent_rewrite.h"


typedef struct block_s {
    struct block_s  *next;
    long             align;
} block_t;

static block_t        *blocks;
static unsigned long   blocked;


static void *
page_alloc(void *ctx, size_t size)
{
    block_t  *b;

    (void) ctx;

    b = malloc(sizeof(block_t) + size);

    if (b == NULL) {
        return NULL;
    }

    b->next = blocks;
    blocks = b;

    return b + 1;
}


static void *
keep_alloc(void *ctx, size_t size)
{
    (void) ctx;

    return malloc(size);
}


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
found(void *arg, const consent_finding_t *f)
{
    (void) arg;

    blocked += f->blocked;
}


static unsigned char *
slurp(const char *name, size_t *len)
{
    FILE           *f;
    unsigned char  *p;

    f = fopen(name, "rb");
    p = malloc(16 * 1024 * 1024);

    if (f == NULL || p == NULL) {
        perror(name);
        exit(2);
    }

    *len = fread(p, 1, 16 * 1024 * 1024, f);
    (void) fclose(f);

    return p;
}


static void
once(consent_rewrite_conf_t *conf, const unsigned char *page, size_t len)
{
    block_t            *b;
    consent_rewrite_t  *cr;

    cr = consent_rewrite_create(conf);

    if (cr == NULL || consent_rewrite_feed(cr, page, len, 1) != CONSENT_OK)
    {
        exit(2);
    }

    while (blocks) {
        b = blocks;
        blocks = b->next;
        free(b);
    }
}


int
main(int argc, char **argv)
{
    int                     i, n, times;
    char                    err[256];
    size_t                  len;
    consent_str_t           name;
    consent_u8             *text;
    consent_url_t           url;
    consent_list_t         *list;
    consent_rules_t        *rules;
    consent_list_stats_t    st;
    consent_rules_build_t   b;
    consent_rewrite_conf_t  conf;
    static consent_u8       buf[CONSENT_URL_MAX];

    static const consent_str_t  categories[CONSENT_CATEGORIES_MAX] = {
        consent_string("necessary"), consent_string("functional"),
        consent_string("analytics"), consent_string("marketing")
    };

    b.alloc.alloc = keep_alloc;
    b.err = err;
    b.err_size = sizeof(err);
    times = 1;

    rules = consent_rules_create(&b.alloc);
    consent_rules_catalog(rules, 0);

    for (i = 1; i < argc && argv[i][0] == '-'; i++) {

        if (strcmp(argv[i], "-catalog") == 0) {
            consent_rules_catalog(rules, 1);

        } else if (strcmp(argv[i], "-n") == 0) {
            times = atoi(argv[++i]);

        } else {
            name.data = (const consent_u8 *) argv[++i];
            name.len = strlen(argv[i]);
            text = slurp(argv[i], &len);

            list = consent_list_compile(&b, name, text, len,
                                        CONSENT_MARKETING);

            if (list == NULL
                || consent_rules_list(rules, &b, list) != CONSENT_OK)
            {
                return 2;
            }

            consent_list_stats(list, &st);
            fprintf(stderr, "%u rules\n", st.rules);
            free(text);
        }
    }

    if (consent_rules_done(rules, &b) != CONSENT_OK
        || consent_url_parse(&url, NULL,
                             (const consent_u8 *) "https://page.example/", 21,
                             buf, sizeof(buf)) != CONSENT_OK)
    {
        return 2;
    }

    memset(&conf, 0, sizeof(conf));
    conf.rules = rules;
    conf.match = consent_match_create(&b.alloc);
    conf.page = &url;
    conf.allowed = consent_bit(CONSENT_NECESSARY);
    conf.categories = categories;
    conf.gate = 1;
    conf.emit = emit;
    conf.found = found;
    conf.inline_max = 131072;
    conf.hold_max = 16384;
    conf.alloc.alloc = page_alloc;

    for ( /* void */ ; i < argc; i++) {
        text = slurp(argv[i], &len);

        for (n = 0; n < times; n++) {
            once(&conf, text, len);
        }

        free(text);
    }

    printf("%lu blocked\n", blocked);

    return 0;
}
