
/*
 * Verification of a ledger.
 *
 * What the chain proves: line N holds the hash of line N - 1, so a changed
 * line does not fit the one after it, and a missing or moved one leaves its
 * number.  What it cannot prove alone, the mac does (who wrote a line: one
 * could compute all hashes anew) and LEDGER.head does (that the end is the
 * end).
 */

#include <stdio.h>

#include "consent_ledger_verify.h"


#define consent_say(v, file, line, ...)                                       \
    do {                                                                      \
        char  text_[256];                                                     \
                                                                              \
        snprintf(text_, sizeof(text_), __VA_ARGS__);                          \
        (v)->report((v)->arg, file, line, text_);                             \
        (v)->findings++;                                                      \
    } while (0)


void
consent_verify_init(consent_verify_t *v, const consent_keys_t *keys,
    consent_alloc_t *alloc, consent_verify_report_pt report, void *arg)
{
    memset(v, 0, sizeof(consent_verify_t));

    v->keys = keys;
    v->alloc = *alloc;
    v->report = report;
    v->arg = arg;
    v->tail = &v->doubts;
}


void
consent_verify_file(consent_verify_t *v, const char *name)
{
    v->file = name;
    v->line = 0;
}


static consent_doubt_t *
consent_verify_doubt(consent_verify_t *v, const char *file, uint64_t line,
    uint64_t seq, const consent_u8 now[32])
{
    consent_doubt_t  *d;

    d = v->alloc.alloc(v->alloc.ctx, sizeof(consent_doubt_t));

    if (d == NULL) {
        v->no_memory = 1;
        return NULL;
    }

    memset(d, 0, sizeof(consent_doubt_t));

    d->file = file;
    d->line = line;
    d->seq = seq;
    memcpy(d->now, now, 32);

    *v->tail = d;
    v->tail = &d->next;

    return d;
}


static int
consent_verify_is(consent_str_t s, const char *text)
{
    size_t  n;

    n = strlen(text);

    return s.len == n && memcmp(s.data, text, n) == 0;
}


/* a line that is none: it may be torn, and then the next one says so */

static void
consent_verify_garbage(consent_verify_t *v)
{
    if (v->torn_pending) {
        consent_say(v, v->torn_file, v->torn_line, "is no ledger line");
        v->torn_pending = 0;
    }
}


static void
consent_verify_order(consent_verify_t *v, const consent_ledger_entry_t *e)
{
    if (e->seq > v->last.seq + 2) {
        consent_say(v, v->file, v->line, "has seq %llu after %llu: lines "
                    "%llu to %llu are missing",
                    (unsigned long long) e->seq,
                    (unsigned long long) v->last.seq,
                    (unsigned long long) v->last.seq + 1,
                    (unsigned long long) e->seq - 1);

    } else if (e->seq == v->last.seq + 2) {
        consent_say(v, v->file, v->line, "has seq %llu after %llu: line %llu "
                    "is missing", (unsigned long long) e->seq,
                    (unsigned long long) v->last.seq,
                    (unsigned long long) v->last.seq + 1);

    } else {
        consent_say(v, v->file, v->line, "has seq %llu after %llu: it is out "
                    "of order, or there twice",
                    (unsigned long long) e->seq,
                    (unsigned long long) v->last.seq);
    }
}


static void
consent_verify_chain(consent_verify_t *v, const consent_ledger_entry_t *e)
{
    if (!v->started) {

        static const consent_u8  zeros[32];

        if (e->seq == 1 && memcmp(e->prev, zeros, 32) != 0) {
            consent_say(v, v->file, v->line, "is the first of all, and names "
                        "a line before it");
        }

        return;
    }

    if (e->seq != v->last.seq + 1) {
        consent_verify_order(v, e);
        return;
    }

    if (memcmp(e->prev, v->last.prev, 32) == 0) {
        return;
    }

    /* the line before is not what it was, or this line's prev is not */

    if (v->last_doubt == NULL) {
        v->last_doubt = consent_verify_doubt(v, v->last_file, v->last_line,
                                             v->last.seq, v->last.prev);
        if (v->last_doubt == NULL) {
            return;
        }
    }

    v->last_doubt->by_next = 1;
    memcpy(v->last_doubt->was, e->prev, 32);
}


/* a line "erased" that is authentic (or whose chain is) explains a doubt */

static void
consent_verify_erased(consent_verify_t *v, const consent_ledger_entry_t *e)
{
    consent_doubt_t  *d;

    for (d = v->doubts; d; d = d->next) {

        if (d->seq == e->ref && !d->explained
            && memcmp(d->now, e->now, 32) == 0
            && (!d->by_next || memcmp(d->was, e->was, 32) == 0))
        {
            d->explained = 1;
            v->erased++;
            return;
        }
    }

    /* erased in a file that is not here: nothing to explain */
}


void
consent_verify_line(consent_verify_t *v, consent_str_t line, int has_lf)
{
    int                     authentic;
    consent_u8              md[32];
    consent_doubt_t        *doubt;
    consent_ledger_entry_t  e;

    v->line++;
    v->lines++;

    if (consent_ledger_read(&e, line) != CONSENT_OK
        || consent_sha256(line.data, line.len, md) != CONSENT_OK)
    {
        consent_verify_garbage(v);

        if (!has_lf) {
            consent_say(v, v->file, v->line, "is cut off");
            return;
        }

        v->torn_pending = 1;
        v->torn_len = line.len;
        v->torn_line = v->line;
        v->torn_file = v->file;
        return;
    }

    doubt = NULL;
    authentic = 1;

    if (v->keys) {
        switch (consent_ledger_authentic(&e, line, v->keys)) {

        case CONSENT_OK:
            break;

        case CONSENT_DECLINED:
            authentic = 0;
            doubt = consent_verify_doubt(v, v->file, v->line, e.seq, md);
            if (doubt) {
                doubt->by_mac = 1;
            }
            break;

        default:
            authentic = 0;
            v->unknown_keys++;
            consent_say(v, v->file, v->line, "was written under a key (%.*s) "
                        "that is not in the secret file",
                        e.kid.len > 16 ? 16 : (int) e.kid.len, e.kid.data);
        }
    }

    if (v->torn_pending) {

        if (authentic && e.torn == v->torn_len
            && consent_verify_is(e.event, "resumed"))
        {
            v->torn++;
            v->torn_pending = 0;

        } else {
            consent_verify_garbage(v);
        }
    }

    consent_verify_chain(v, &e);

    if (authentic && consent_verify_is(e.event, "erased")) {
        consent_verify_erased(v, &e);
    }

    v->started = 1;
    v->last.seq = e.seq;
    memcpy(v->last.prev, md, 32);
    v->last_file = v->file;
    v->last_line = v->line;
    v->last_doubt = doubt;
}


uint64_t
consent_verify_done(consent_verify_t *v, const consent_ledger_head_t *head)
{
    consent_doubt_t  *d;

    consent_verify_garbage(v);

    for (d = v->doubts; d; d = d->next) {

        if (d->explained) {
            continue;
        }

        if (d->by_mac && d->by_next) {
            consent_say(v, d->file, d->line, "was changed: neither its mac "
                        "nor the line after it fits");

        } else if (d->by_mac) {
            consent_say(v, d->file, d->line, "was changed, or not written by "
                        "a holder of the secret: its mac is wrong");

        } else {
            consent_say(v, d->file, d->line, "was changed, or the \"prev\" of "
                        "the line after it: they do not fit");
        }
    }

    if (head == NULL) {
        return v->findings;
    }

    if (!v->started) {
        if (head->seq) {
            consent_say(v, v->file, 0, "is cut: %llu lines are gone from the "
                        "end", (unsigned long long) head->seq);
        }

    } else if (head->seq > v->last.seq) {
        consent_say(v, v->last_file, v->last_line, "is the last one there is, "
                    "but lines %llu to %llu were written after it",
                    (unsigned long long) v->last.seq + 1,
                    (unsigned long long) head->seq);

    } else if (head->seq == v->last.seq
               && memcmp(head->prev, v->last.prev, 32) != 0
               && (v->last_doubt == NULL || v->last_doubt->explained))
    {
        consent_say(v, v->last_file, v->last_line, "was changed: it is not "
                    "the last line that was written");
    }

    return v->findings;
}
