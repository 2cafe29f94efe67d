
/*
 * What the guard's files ask of each other.
 */

#ifndef CONSENT_GUARD_INT_H
#define CONSENT_GUARD_INT_H

#include "consent_guard.h"
#include "consent_list.h"

/*
 * One pass counts, the next writes.  The bits of all fingerprints stand
 * together, after the text: they compress as what they are.
 */

typedef struct {
    consent_u8             *p;           /* NULL: only count */
    size_t                  n;

    consent_u8             *letters;     /* six bits each */
    size_t                  nletters;
    uint32_t                bits;        /* that are not written yet */
    unsigned                nbits;
} consent_guard_out_t;

/* what is known by its fingerprint */

typedef struct {
    uint32_t                print;
    uint32_t                of;          /* which one that is */
} consent_guard_key_t;

void consent_guard_put(consent_guard_out_t *o, const void *data, size_t len);
void consent_guard_number(consent_guard_out_t *o, int64_t n);
void consent_guard_text(consent_guard_out_t *o, const consent_u8 *s,
    size_t len);
void consent_guard_quote(consent_guard_out_t *o, consent_str_t s);

#define consent_guard_lit(o, s)  consent_guard_put(o, s, sizeof(s) - 1)

/* sorts them, and leaves each once; their number */

size_t consent_guard_unique(consent_guard_key_t *keys, size_t n);

/* "number,k", and their bits; sorts them */

void consent_guard_prints(consent_guard_out_t *o, consent_guard_key_t *keys,
    size_t n);

/* the same as a list that begins with what they are of; nothing if n is 0 */

void consent_guard_set(consent_guard_out_t *o, int of,
    consent_guard_key_t *keys, size_t n);
void consent_guard_prints_end(consent_guard_out_t *o);

/* keys: room for consent_guard_ncookies() */

void consent_guard_cookies(consent_guard_out_t *o,
    const consent_guard_conf_t *conf, consent_guard_key_t *keys);
size_t consent_guard_ncookies(void);

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
