
/*
 * What was judged before.  A server sends the same pages again and again,
 * and all pages of a site have scripts and addresses in common: reading one
 * costs far more than comparing it with what was read.
 *
 * A text is compared whole, byte for byte, so it never gets what was found
 * out about another.  The memory is of one size; what has come first goes
 * first.  Only what comes a second time is remembered.
 */

#ifndef CONSENT_MEMO_H
#define CONSENT_MEMO_H

#include "consent_rules.h"

#define CONSENT_MEMO_SCRIPT   64     /* addresses: consent_type_e */

typedef struct consent_memo_s  consent_memo_t;

/* whose judgement is meant: under which rules, for which page */

typedef struct {
    const consent_rules_t  *rules;
    consent_str_t           page;
    unsigned                kind;
} consent_memo_key_t;

typedef struct {
    consent_verdict_t       verdict;
    unsigned                known;   /* bits, the caller's */
    size_t                  room;    /* for data, whose address is good for
                                        any type */
    size_t                  len;
    consent_u8             *data;
} consent_memo_found_t;

/* NULL: no memory */
consent_memo_t *consent_memo_create(consent_alloc_t *alloc, size_t size);

/*
 * NULL: not known.  Else what is, which the caller may add to; until the next
 * consent_memo_put().  "again" is set where it was asked for before, so that
 * it is worth remembering.
 */

consent_memo_found_t *consent_memo_get(consent_memo_t *memo,
    const consent_memo_key_t *key, consent_str_t text, int *again);

/* a place for what is known of a text, with room for data; NULL: too much */

consent_memo_found_t *consent_memo_put(consent_memo_t *memo,
    const consent_memo_key_t *key, consent_str_t text, size_t room);

/*
 * What is known of a script that was judged, if anything: what was found out
 * of it elsewhere is kept there, too.  Of one that is withheld there is room
 * for CONSENT_MEMO_ROOM bytes.
 */

#define CONSENT_MEMO_ROOM    1024

#define CONSENT_MEMO_NAMES   1       /* the names it declares are the data */
#define CONSENT_MEMO_SILENT  2       /* it writes nothing that matters */

consent_memo_found_t *consent_match_known(consent_match_t *m,
    const consent_rules_t *rules, const consent_url_t *page,
    consent_str_t text);

void consent_memo_key_script(const consent_rules_t *rules,
    const consent_url_t *page, consent_memo_key_t *key);

/*
 * An address as it stands in a page, without another base, asked for as
 * "type": the URL, and v, as they were judged, or NULL.  If again is set then
 * what comes out is worth keeping: where nothing but these decided.
 */

const consent_url_t *consent_match_address(consent_match_t *m,
    const consent_rules_t *rules, const consent_url_t *page,
    consent_str_t text, consent_type_e type, consent_verdict_t *v,
    int *again);
void consent_match_keep(consent_match_t *m, const consent_rules_t *rules,
    const consent_url_t *page, consent_str_t text, consent_type_e type,
    const consent_verdict_t *v, const consent_url_t *url);

#endif /* CONSENT_MEMO_H */
