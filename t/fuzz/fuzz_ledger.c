
/*
 * Ledger lines: what is in the file may be anything; reading and verifying
 * ends, and a line made here, of whatever words, is one line that reads back.
 */

#include "arena.h"
#include "consent_ledger_verify.h"


static const consent_u8  secret[] =
    "6b1f0c9d8e7a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c\n";

static consent_keys_t  keys;


static void
report(void *arg, const char *file, uint64_t line, const char *text)
{
    (void) file;
    (void) line;

    must(text[0] != '\0');
    (*(uint64_t *) arg)++;
}


static void
verify(const uint8_t *data, size_t size)
{
    uint64_t           told;
    consent_str_t      line;
    const uint8_t     *p, *end, *lf;
    consent_alloc_t    alloc = { arena_alloc, NULL };
    consent_verify_t   v;

    told = 0;
    consent_verify_init(&v, &keys, &alloc, report, &told);
    consent_verify_file(&v, "x");

    p = data;
    end = data + size;

    while (p < end) {
        lf = memchr(p, '\n', (size_t) (end - p));
        line.data = p;
        line.len = (size_t) ((lf ? lf : end) - p);
        consent_verify_line(&v, line, lf != NULL);
        p += line.len + 1;
    }

    must(consent_verify_done(&v, NULL) == told || v.no_memory);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                  len, cut;
    uint64_t                findings;
    consent_str_t           line;
    consent_alloc_t         alloc = { arena_alloc, NULL };
    consent_verify_t        v;
    consent_ledger_head_t   head;
    consent_ledger_event_t  ev;
    consent_ledger_entry_t  entry;

    static char                 err[128];
    static consent_u8           buf[CONSENT_LEDGER_LINE_MAX];
    static const consent_str_t  names[] = {
        consent_string("necessary"), consent_string("marketing")
    };

    arena_used = 0;

    if (keys.n == 0) {
        must(consent_keys_parse(&keys, secret, sizeof(secret) - 1, err,
                                sizeof(err))
             == CONSENT_OK);
    }

    verify(data, size);

    /* the input as words of an event */

    memset(&ev, 0, sizeof(ev));
    memset(&head, 0, sizeof(head));

    cut = size / 2;
    ev.time_ms = 1795668655123;
    ev.event.data = (const consent_u8 *) "given";
    ev.event.len = 5;
    ev.names = names;
    ev.ncategories = 2;
    ev.host.data = data;
    ev.host.len = cut;
    ev.lang.data = data + cut;
    ev.lang.len = size - cut;

    len = consent_ledger_format(&head, &keys.key[0], &ev, buf, sizeof(buf));
    if (len == 0) {
        return 0;
    }

    must(buf[len - 1] == '\n' && memchr(buf, '\n', len) == buf + len - 1);

    line.data = buf;
    line.len = len - 1;
    must(consent_ledger_read(&entry, line) == CONSENT_OK);
    must(consent_ledger_authentic(&entry, line, &keys) == CONSENT_OK);

    findings = 0;
    consent_verify_init(&v, &keys, &alloc, report, &findings);
    consent_verify_file(&v, "x");
    consent_verify_line(&v, line, 1);
    must(consent_verify_done(&v, NULL) == 0);

    return 0;
}
