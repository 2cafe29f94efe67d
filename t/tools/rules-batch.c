
/*
 * Rules asked in batches, for tests: lines on standard input,
 *
 *     url TYPE PAGE URL            -> verdict of an URL
 *     inline PAGE LENGTH\nTEXT\n   -> verdict of a script
 *
 * fields with tabs between.  Answers a line each: category, source, rule.
 * Options: --list FILE (repeatable), --no-catalog, --block P, --allow P.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "consent_rules.h"
#include "../unit/str.h"


static void *
arena(void *ctx, size_t size)
{
    (void) ctx;

    return malloc(size);
}


static char *
slurp(const char *name, size_t *len)
{
    char  *p;
    FILE  *f;
    long   n;

    f = fopen(name, "rb");
    if (f == NULL) {
        perror(name);
        exit(2);
    }

    (void) fseek(f, 0, SEEK_END);
    n = ftell(f);
    (void) fseek(f, 0, SEEK_SET);

    p = malloc((size_t) n + 1);
    if (p == NULL) {
        exit(2);
    }

    *len = fread(p, 1, (size_t) n, f);
    (void) fclose(f);

    return p;
}


static int
type_of(const char *name)
{
    int                 i;
    static const char  *names[] = {
        "other", "document", "subdocument", "script", "stylesheet", "image",
        "media", "font", "object", "xhr", "ping", "websocket", "connect"
    };

    for (i = 0; i < 13; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }

    return 0;
}


static void
answer(const consent_verdict_t *v)
{
    static const char  *sources[] = {
        "none", "first-party", "allow", "block", "never", "catalog", "list",
        "third-party", "markup", "limit"
    };

    printf("%d\t%s\t%.*s\t%x\n", v->category, sources[v->source],
           (int) v->rule.len, (const char *) v->rule.data, v->stubs);
}


int
main(int argc, char **argv)
{
    int                     i, rc;
    char                   *line, *type, *page, *s, err[1024];
    size_t                  size, len;
    ssize_t                 n;
    clock_t                 t;
    consent_url_t           u, p;
    consent_match_t        *m;
    consent_list_t         *list;
    consent_rules_t        *rules;
    consent_verdict_t       v;
    consent_list_stats_t    st;
    consent_rules_build_t   b;
    static consent_u8       ubuf[CONSENT_URL_MAX], pbuf[CONSENT_URL_MAX];

    b.alloc.alloc = arena;
    b.alloc.ctx = NULL;
    b.err = err;
    b.err_size = sizeof(err);

    rules = consent_rules_create(&b.alloc);
    m = consent_match_create(&b.alloc);

    if (rules == NULL || m == NULL) {
        return 2;
    }

    for (i = 1; i < argc; i++) {
        rc = CONSENT_OK;
        err[0] = '\0';

        if (strcmp(argv[i], "--no-catalog") == 0) {
            consent_rules_catalog(rules, 0);

        } else if (i + 1 < argc && strcmp(argv[i], "--list") == 0) {
            s = slurp(argv[++i], &len);
            t = clock();

            list = consent_list_compile(&b, str(argv[i]),
                                        (consent_u8 *) s, len,
                                        CONSENT_MARKETING);
            if (list == NULL) {
                rc = CONSENT_ERROR;

            } else {
                consent_list_stats(list, &st);
                fprintf(stderr, "%s: %u rules, %u exceptions, %u regexes, "
                        "%u cosmetic, %u unsupported, %u invalid, %.0f ms\n",
                        argv[i], st.rules, st.exceptions, st.regexes,
                        st.cosmetic, st.unsupported, st.invalid,
                        1e3 * (double) (clock() - t) / CLOCKS_PER_SEC);

                rc = consent_rules_list(rules, &b, list);
            }

            free(s);

        } else if (i + 1 < argc && strcmp(argv[i], "--block") == 0) {
            rc = consent_rules_block(rules, &b, CONSENT_MARKETING,
                                     str(argv[++i]));

        } else if (i + 1 < argc && strcmp(argv[i], "--allow") == 0) {
            rc = consent_rules_allow(rules, &b, str(argv[++i]));
        }

        if (rc != CONSENT_OK) {
            fprintf(stderr, "%s\n", err);
            return 2;
        }
    }

    if (consent_rules_done(rules, &b) != CONSENT_OK) {
        return 2;
    }

    line = NULL;
    size = 0;

    while ((n = getline(&line, &size, stdin)) > 0) {

        if (line[n - 1] == '\n') {
            line[n - 1] = '\0';
        }

        s = line;
        type = strsep(&s, "\t");

        if (strcmp(type, "url") == 0) {
            type = strsep(&s, "\t");
            page = strsep(&s, "\t");

            if (s == NULL
                || consent_url_parse(&p, NULL, (consent_u8 *) page,
                                     strlen(page), pbuf, sizeof(pbuf))
                   != CONSENT_OK
                || consent_url_parse(&u, &p, (consent_u8 *) s, strlen(s),
                                     ubuf, sizeof(ubuf))
                   != CONSENT_OK)
            {
                printf("-1\tinvalid\t\t0\n");
                continue;
            }

            consent_rules_url(rules, m, &u, &p,
                              (consent_type_e) type_of(type), &v);

        } else {
            page = strsep(&s, "\t");
            len = strtoul(s, NULL, 10);
            s = malloc(len + 1);

            if (s == NULL || fread(s, 1, len + 1, stdin) != len + 1
                || consent_url_parse(&p, NULL, (consent_u8 *) page,
                                     strlen(page), pbuf, sizeof(pbuf))
                   != CONSENT_OK)
            {
                return 2;
            }

            consent_rules_inline(rules, m, &p, (consent_u8 *) s, len, &v);
            free(s);
        }

        answer(&v);
    }

    free(line);
    consent_rules_destroy(rules);
    consent_match_destroy(m);

    return 0;
}
