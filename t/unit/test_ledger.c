
/*
 * The ledger: its lines, the chain, and that what is changed in it is found.
 */

#include "ledger.h"


static void
fill(unsigned n)
{
    size_t                  len;
    unsigned                i;
    consent_ledger_head_t   head;
    consent_ledger_event_t  ev;

    memset(&head, 0, sizeof(head));
    event(&ev, "given");

    for (i = 0; i < n; i++) {
        ev.time_ms++;
        len = consent_ledger_format(&head, &keys.key[0], &ev,
                                    (consent_u8 *) text[i], sizeof(text[i]));
        text[i][len - 1] = '\0';
    }

    ntext = n;
}


static void
test_line(void)
{
    int                     on;
    size_t                  pos;
    consent_str_t           line, name;
    consent_ledger_entry_t  e;

    fill(2);
    line.data = (const consent_u8 *) text[1];
    line.len = strlen(text[1]);

    ok(strncmp(text[0], "{\"v\":1,\"seq\":1,\"t\":\"2026-11-23T19:13:54.568Z\","
               "\"ev\":\"given\",\"id\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"cats\":"
               "{\"functional\":false,\"analytics\":true,\"marketing\":false},"
               "\"mode\":\"opt-in\",\"valid\":\"P180D\",\"via\":\"form\","
               "\"gesture\":true,\"host\":\"example.com\",\"kid\":\"", 60) == 0,
       "a line: %s", text[0]);
    ok(consent_ledger_read(&e, line) == CONSENT_OK && e.seq == 2
       && e.gesture && e.id.len == 22, "is read back");
    ok(consent_ledger_authentic(&e, line, &keys) == CONSENT_OK
       && consent_ledger_authentic(&e, line, &other) == CONSENT_ERROR,
       "and is of the key that wrote it");

    pos = 0;
    ok(consent_ledger_next_cat(e.cats, &pos, &name, &on) && name.len == 10
       && !on
       && consent_ledger_next_cat(e.cats, &pos, &name, &on) && on
       && consent_ledger_next_cat(e.cats, &pos, &name, &on) && !on
       && !consent_ledger_next_cat(e.cats, &pos, &name, &on),
       "categories are read back");
    ok(verify(&keys, NULL) == 0, "a chain of two is whole");
}


static void
test_changes(void)
{
    char       keep[CONSENT_LEDGER_LINE_MAX], where[16], *p;
    unsigned   i, j, n, missed, wrong;

    static const struct {
        const char  *from;
        const char  *to;
    } edits[] = {
        { "given", "giveN" },
        { "AAAA", "BBBB" },
        { "\"analytics\":true", "\"analytics\":fals" },
        { "2026", "2025" },
        { "P180D", "P999D" },
        { "\"gesture\":true", "\"gesture\":falsy" },
    };

    fill(8);
    missed = wrong = 0;

    for (i = 0; i < 8; i++) {
        for (j = 0; j < sizeof(edits) / sizeof(edits[0]); j++) {
            strcpy(keep, text[i]);
            p = strstr(text[i], edits[j].from);
            memcpy(p, edits[j].to, strlen(edits[j].to));
            sprintf(where, "L:%u ", i + 1);

            missed += verify(&keys, NULL) == 0;
            wrong += strstr(said, where) == NULL;

            /* the chain alone sees all but the last line */

            if (i < 7) {
                missed += verify(NULL, NULL) == 0;
                wrong += strstr(said, where) == NULL;
            }

            strcpy(text[i], keep);
        }
    }

    ok(missed == 0, "R64: every changed line is found");
    ok(wrong == 0, "R64: and it is said which");

    /* a byte at a time */

    fill(3);
    missed = 0;
    strcpy(keep, text[1]);

    for (i = 0; i < strlen(keep); i++) {
        strcpy(text[1], keep);
        text[1][i] ^= 1;
        missed += verify(NULL, NULL) == 0;
    }

    strcpy(text[1], keep);
    ok(missed == 0, "R64: no bit of a line can be turned");

    missed = wrong = 0;

    for (n = 0; n < 7; n++) {
        fill(8);
        memmove(text[n], text[n + 1], (7 - n) * sizeof(text[0]));
        ntext = 7;

        if (n == 0) {
            continue;           /* what came before may be in another file */
        }

        missed += verify(NULL, NULL) == 0;
        wrong += strstr(said, "is missing") == NULL;
    }

    ok(missed == 0 && wrong == 0, "R64: a missing line is found");

    fill(8);
    strcpy(keep, text[3]);
    strcpy(text[3], text[5]);
    strcpy(text[5], keep);
    ok(verify(NULL, NULL) && strstr(said, "L:5 has seq 5 after 6")
       && strstr(said, "out of order"), "R64: reordered lines are found");

    fill(4);
    strcpy(text[4], text[3]);
    ntext = 5;
    ok(verify(NULL, NULL) == 1 && strstr(said, "L:5"),
       "R64: a repeated line is found");

    fill(4);
    text[3][strlen(text[3]) - 20] = '\0';
    ok(verify(NULL, NULL) && strstr(said, "L:4 is no ledger line"),
       "R64: a truncated line is found");

    fill(4);
    ok(verify(&other, NULL) == 4 && strstr(said, "not in the secret file"),
       "R64: lines of a key that is not ours are found");
}


static void
test_head(void)
{
    consent_str_t          line;
    consent_ledger_head_t  head;

    fill(5);
    line.data = (const consent_u8 *) text[4];
    line.len = strlen(text[4]);
    consent_ledger_resume(&head, line);

    ok(verify(NULL, &head) == 0, "the head fits");
    ntext = 3;
    ok(verify(NULL, &head) == 1
       && strstr(said, "L:3 is the last one there is, but lines 4 to 5"),
       "R64: lines taken from the end are found");
    ntext = 5;
    text[4][20]++;
    ok(verify(NULL, &head) == 1 && strstr(said, "L:5"),
       "R64: a changed last line is found without the secret");
    ntext = 0;
    ok(verify(NULL, &head) == 1, "R64: an emptied ledger is found");
}


int
main(void)
{
    ledger_keys();

    test_line();
    test_changes();
    test_head();

    return tap_done();
}
