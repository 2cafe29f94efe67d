
/*
 * Host names on standard input: how many of them, or of what they are under,
 * does the page's guard take for one of the catalog's, by its fingerprints,
 * and they are none?
 *
 * With a number: which of that many seeds has no such name?
 */

#include <stdio.h>
#include <stdlib.h>

#include "consent_rules_int.h"
#include "consent_guard.h"

typedef struct {
    uint32_t     print;
    const char  *name;
} host_t;

static host_t   *hosts;
static size_t    nhosts;

static char    **names;
static size_t    nnames;


static int
compare(const void *one, const void *two)
{
    const host_t  *a = one, *b = two;

    return (a->print > b->print) - (a->print < b->print);
}


static uint32_t
print_of(uint32_t seed, const char *name)
{
    return consent_guard_hash(seed, (const consent_u8 *) name, strlen(name))
           >> (32 - CONSENT_GUARD_HOST_BITS);
}


static void
catalog(uint32_t seed)
{
    uint32_t  i;

    for (nhosts = 0, i = 0; i < consent_catalog_nhosts; i++) {
        if (consent_catalog_hosts[i].cls != CONSENT_CLASS_NONE) {
            hosts[nhosts].name = consent_catalog_strings
                                 + consent_catalog_hosts[i].name;
            hosts[nhosts].print = print_of(seed, hosts[nhosts].name);
            nhosts++;
        }
    }

    qsort(hosts, nhosts, sizeof(host_t), compare);
}


/* the name or what it is under; NULL: none is known by its fingerprint */

static const host_t *
taken(uint32_t seed, const char *name, const char **end)
{
    host_t         key;
    const host_t  *h;

    for ( ;; ) {
        key.print = print_of(seed, name);
        h = bsearch(&key, hosts, nhosts, sizeof(host_t), compare);

        /* the guard does not ask for a single label */

        if (h && strchr(name, '.')) {
            *end = name;
            return h;
        }

        name = strchr(name, '.');

        if (name == NULL) {
            return NULL;
        }

        name++;
    }
}


static int
seed(uint32_t tries)
{
    size_t         i;
    uint32_t       s;
    const char    *end;
    const host_t  *h;

    for (s = 1; s <= tries; s++) {
        catalog(s);

        for (i = 1; i < nhosts; i++) {
            if (hosts[i].print == hosts[i - 1].print) {
                break;
            }
        }

        if (i < nhosts) {
            continue;
        }

        for (i = 0; i < nnames; i++) {
            h = taken(s, names[i], &end);

            if (h && strcmp(h->name, end) != 0) {
                break;
            }
        }

        if (i == nnames) {
            printf("%lu\n", (unsigned long) s);
            return 0;
        }
    }

    return 1;
}


static int
count(void)
{
    size_t         i;
    const char    *end;
    unsigned long  known, mistaken;
    const host_t  *h;

    known = 0;
    mistaken = 0;
    catalog(CONSENT_GUARD_SEED);

    for (i = 0; i < nnames; i++) {
        h = taken(CONSENT_GUARD_SEED, names[i], &end);

        if (h && strcmp(h->name, end) == 0) {
            known++;

        } else if (h) {
            mistaken++;
            fprintf(stderr, "%s is taken for %s\n", names[i], h->name);
        }
    }

    printf("%lu names, %lu of the catalog, %lu mistaken\n",
           (unsigned long) nnames, known, mistaken);

    return 0;
}


int
main(int argc, char **argv)
{
    char     *line;
    size_t    size, room;
    ssize_t   len;

    hosts = malloc(consent_catalog_nhosts * sizeof(host_t));
    if (hosts == NULL) {
        return 2;
    }

    line = NULL;
    size = 0;
    room = 0;

    while ((len = getline(&line, &size, stdin)) > 1) {
        line[len - 1] = '\0';

        if (nnames == room) {
            room = room ? room * 2 : 1024;
            names = realloc(names, room * sizeof(char *));
            if (names == NULL) {
                return 2;
            }
        }

        names[nnames++] = line;
        line = NULL;
    }

    return argc > 1 ? seed((uint32_t) strtoul(argv[1], NULL, 10)) : count();
}
