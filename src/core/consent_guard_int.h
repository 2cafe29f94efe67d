
/*
 * What the guard's two files ask of a filter list.
 */

#ifndef CONSENT_GUARD_INT_H
#define CONSENT_GUARD_INT_H

#include "consent_list.h"

/* the exceptions of all lists */

typedef struct {
    const consent_filter_t **elts;
    size_t                   n;
} consent_guard_except_t;

int consent_guard_exceptions(consent_guard_except_t *except,
    const consent_rules_t *rules, const consent_alloc_t *alloc);

/* is there one for anything on the host? */

int consent_guard_excepted(const consent_guard_except_t *except,
    const consent_u8 *host, size_t len);

/* a filter that names a host, all of it, and nothing else */

int consent_guard_is_host(const consent_filter_t *f);

/* how many of them a list has */

size_t consent_guard_list_size(const consent_list_t *list);

#endif /* CONSENT_GUARD_INT_H */
