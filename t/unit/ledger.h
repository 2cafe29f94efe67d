
/*
 * What the tests of the ledger share: keys, lines, and what verifying them
 * says.
 */

#ifndef TEST_LEDGER_H
#define TEST_LEDGER_H

#include <stdlib.h>
#include <unistd.h>

#include "consent_ledger_verify.h"
#include "tap.h"

#define KEY1  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY2  "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

#define STR(s)  { (const consent_u8 *) (s), sizeof(s) - 1 }

#define LINES_MAX  64


static const consent_str_t  names[] = {
    STR("necessary"), STR("functional"), STR("analytics"), STR("marketing")
};

static consent_keys_t  keys, other;

/* a ledger in memory, and what verify said of it */

static char      text[LINES_MAX][CONSENT_LEDGER_LINE_MAX];
static unsigned  ntext;
static char      said[8192];


static void
event(consent_ledger_event_t *ev, const char *name)
{
    static const consent_str_t  id = STR("AAAAAAAAAAAAAAAAAAAAAA");
    static const consent_str_t  form = STR("form");
    static const consent_str_t  mode = STR("opt-in");
    static const consent_str_t  host = STR("example.com");

    memset(ev, 0, sizeof(consent_ledger_event_t));

    ev->time_ms = 1795461234567;
    ev->event.data = (const consent_u8 *) name;
    ev->event.len = strlen(name);
    ev->id = id;
    ev->allowed = 5;
    ev->names = names;
    ev->ncategories = 4;
    ev->mode = mode;
    ev->valid = 180 * 86400;
    ev->via = form;
    ev->gesture = 1;
    ev->host = host;
}


static void
report(void *arg, const char *file, uint64_t line, const char *what)
{
    (void) arg;

    sprintf(said + strlen(said), "%s:%u %s\n", file, (unsigned) line, what);
}


static void *
lend(void *ctx, size_t size)
{
    static char    pool[65536] __attribute__((aligned(16)));
    static size_t  used;
    void          *p;

    (void) ctx;

    if (used + size > sizeof(pool)) {
        used = 0;
    }

    p = pool + used;
    used += (size + 15) & ~(size_t) 15;

    return p;
}


static unsigned
verify(const consent_keys_t *k, const consent_ledger_head_t *head)
{
    unsigned          i;
    consent_str_t     line;
    consent_alloc_t   alloc;
    consent_verify_t  v;

    said[0] = '\0';
    alloc.alloc = lend;
    alloc.ctx = NULL;

    consent_verify_init(&v, k, &alloc, report, NULL);
    consent_verify_file(&v, "L");

    for (i = 0; i < ntext; i++) {
        line.data = (const consent_u8 *) text[i];
        line.len = strlen(text[i]);
        consent_verify_line(&v, line, 1);
    }

    return (unsigned) consent_verify_done(&v, head);
}


static void
ledger_keys(void)
{
    char  err[256];

    consent_keys_parse(&keys, (const consent_u8 *) KEY1, 64, err,
                       sizeof(err));
    consent_keys_parse(&other, (const consent_u8 *) KEY2, 64, err,
                       sizeof(err));
}

#endif /* TEST_LEDGER_H */
