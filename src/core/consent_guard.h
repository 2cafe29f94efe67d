
/*
 * The rules in a form that a page can carry: for the script that stops
 * trackers which other scripts add (consent_guard, src/ui/js/guard.js).
 *
 * Hosts of the catalog and of short filter lists are fingerprints, sorted, as
 * differences in a Rice code: some 23 bits a host.  A host that no rule names
 * is taken for one that is, if its fingerprint falls on one of n: n in 2^31
 * for each of its suffixes, about one in a million names with the whole
 * catalog.  By the choice of the seed there is none among the names of a large
 * sample of sites (t/46-guard-names.t, t/tools/guard-names.c).  Names of
 * cookies are fingerprints, too; paths, and what an operator wrote, are there
 * in full.
 *
 * What is not: filter lists of more hosts than CONSENT_GUARD_LIST_MAX, and
 * of each list the filters that are more than a host, and hosts that a list
 * has an exception for.  The page's markup is judged by all of them on the
 * server; consent_csp has no such limit.
 */

#ifndef CONSENT_GUARD_H
#define CONSENT_GUARD_H

#include "consent_rules.h"

#define CONSENT_GUARD_SEED         13u
#define CONSENT_GUARD_HOST_BITS    31
#define CONSENT_GUARD_COOKIE_BITS  26
#define CONSENT_GUARD_START_BITS   30
#define CONSENT_GUARD_LIST_MAX     4096

/* what is withheld by the name of a cookie; "*" last: any rest */

typedef struct {
    consent_str_t               name;
    int                         category;    /* CONSENT_NECESSARY: never */
} consent_guard_cookie_t;

typedef struct {
    const consent_rules_t         *rules;
    const consent_str_t           *categories;
    unsigned                       ncategories;
    const consent_guard_cookie_t  *cookies;  /* NULL: the built-in table */
    size_t                         ncookies;
} consent_guard_conf_t;

/*
 * A JavaScript object literal, ASCII but for what patterns have, that is good
 * inside of a script of any kind: the text, the bits of all fingerprints in
 * base64, and CONSENT_GUARD_DATA_END.
 */

typedef struct {
    consent_str_t               text;
    consent_str_t               bits;
} consent_guard_data_t;

#define CONSENT_GUARD_DATA_END  "\"}"

/* CONSENT_OK or CONSENT_ERROR */

int consent_guard_data(const consent_guard_conf_t *conf,
    const consent_alloc_t *alloc, consent_guard_data_t *data);

/*
 * Of lists that are too long for it, the hosts of the page's own site: a
 * site's trackers under its own name are in no catalog.  Made once; NULL: no
 * memory.
 */

typedef struct consent_guard_sites_s  consent_guard_sites_t;

consent_guard_sites_t *consent_guard_sites(const consent_rules_t *rules,
    const consent_alloc_t *alloc);

#define CONSENT_GUARD_HOSTS_MAX  1024

/* "3:t.example.com 3:x.example.com", cut to what fits; returns its length */

size_t consent_guard_hosts(const consent_guard_sites_t *sites,
    consent_str_t site, consent_u8 dst[CONSENT_GUARD_HOSTS_MAX]);

/*
 * The fingerprint that the script computes: of a host's end, or of a
 * cookie's name.
 */

uint32_t consent_guard_print(const consent_u8 *name, size_t len,
    unsigned bits);
uint32_t consent_guard_hash(uint32_t seed, const consent_u8 *name,
    size_t len);

#endif /* CONSENT_GUARD_H */
