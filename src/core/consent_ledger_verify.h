
/*
 * Verification of a ledger: lines go in one by one, the oldest first, over
 * several files if it was rotated; what is wrong comes out, with the line.
 *
 *     consent_verify_init(&v, keys, alloc, report, arg);
 *     for each file:
 *         consent_verify_file(&v, name);
 *         for each line, without LF:
 *             consent_verify_line(&v, line, has_lf);
 *     consent_verify_done(&v, head);
 */

#ifndef CONSENT_LEDGER_VERIFY_H
#define CONSENT_LEDGER_VERIFY_H

#include "consent_ledger.h"

typedef struct consent_verify_s  consent_verify_t;

/* line: its number in the file, from 1; 0: of the file as a whole */

typedef void (*consent_verify_report_pt)(void *arg, const char *file,
    uint64_t line, const char *text);

/* something that does not fit, and that a later "erased" line may explain */

typedef struct consent_doubt_s  consent_doubt_t;

struct consent_doubt_s {
    consent_doubt_t  *next;
    const char       *file;
    uint64_t          line;
    uint64_t          seq;
    consent_u8        was[32];        /* by the line after it */
    consent_u8        now[32];
    unsigned          by_next:1;      /* "was" is known */
    unsigned          by_mac:1;       /* its mac is wrong */
    unsigned          explained:1;
};

struct consent_verify_s {
    const consent_keys_t      *keys;          /* NULL: the chain alone */
    consent_alloc_t            alloc;
    consent_verify_report_pt   report;
    void                      *arg;

    const char                *file;
    uint64_t                   line;          /* of the present file */
    uint64_t                   lines;         /* of all */
    uint64_t                   findings;
    uint64_t                   erased;
    uint64_t                   torn;
    uint64_t                   unknown_keys;

    consent_ledger_head_t      last;          /* of the last good line */
    const char                *last_file;
    uint64_t                   last_line;
    consent_doubt_t           *last_doubt;    /* about that line */
    unsigned                   started:1;

    uint64_t                   torn_len;      /* of a line not understood */
    uint64_t                   torn_line;
    const char                *torn_file;
    unsigned                   torn_pending:1;
    unsigned                   no_memory:1;

    consent_doubt_t           *doubts;
    consent_doubt_t          **tail;
};

void consent_verify_init(consent_verify_t *v, const consent_keys_t *keys,
    consent_alloc_t *alloc, consent_verify_report_pt report, void *arg);
void consent_verify_file(consent_verify_t *v, const char *name);
void consent_verify_line(consent_verify_t *v, consent_str_t line, int has_lf);

/* head: where the chain is said to stand, or NULL.  Returns the number of
 * findings in all; v->no_memory if it could not be done */

uint64_t consent_verify_done(consent_verify_t *v,
    const consent_ledger_head_t *head);

#endif /* CONSENT_LEDGER_VERIFY_H */
