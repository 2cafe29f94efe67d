
/*
 * Host names on standard input: how many of them, or of what they are under,
 * does the page's guard take for one of the catalog's, by its fingerprints,
 * and they are none?
 */

#include <stdio.h>
#include <stdlib.h>

#include "consent_rules_int.h"
#include "consent_guard.h"

typedef struct {
    uint64_t     print;
    const char  *name;
} host_t;


static int
compare(const void *one, const void *two)
{
    const host_t  *a = one, *b = two;

    return (a->print > b->print) - (a->print < b->print);
}


static uint64_t
print_of(const char *name)
{
    return consent_guard_print((const consent_u8 *) name, strlen(name),
                               CONSENT_GUARD_HOST_BITS);
}


int
main(void)
{
    char          *line, *s;
    host_t        *hosts, *h, key;
    size_t         n, size;
    ssize_t        len;
    uint32_t       i;
    unsigned       right, wrong;
    unsigned long  names, known, mistaken;

    hosts = malloc(consent_catalog_nhosts * sizeof(host_t));
    if (hosts == NULL) {
        return 2;
    }

    for (n = 0, i = 0; i < consent_catalog_nhosts; i++) {
        if (consent_catalog_hosts[i].cls != CONSENT_CLASS_NONE) {
            hosts[n].name = consent_catalog_strings
                            + consent_catalog_hosts[i].name;
            hosts[n].print = print_of(hosts[n].name);
            n++;
        }
    }

    qsort(hosts, n, sizeof(host_t), compare);

    line = NULL;
    size = 0;
    names = known = mistaken = 0;

    while ((len = getline(&line, &size, stdin)) > 1) {
        line[len - 1] = '\0';
        right = wrong = 0;

        for (s = line; s; s = strchr(s, '.')) {
            s += (*s == '.');
            key.print = print_of(s);
            h = bsearch(&key, hosts, n, sizeof(host_t), compare);

            if (h && strcmp(h->name, s) == 0) {
                right = 1;

            } else if (h) {
                wrong = 1;
                fprintf(stderr, "%s is taken for %s\n", line, h->name);
            }
        }

        names++;
        known += right;
        mistaken += wrong;
    }

    printf("%lu names, %lu of the catalog, %lu mistaken\n", names, known,
           mistaken);

    free(line);
    free(hosts);

    return 0;
}
