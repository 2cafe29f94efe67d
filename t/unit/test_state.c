
/*
 * cookie + mode + signal + revision -> what is allowed, as a table.
 *
 * A record is written as in the cookie, 'F' allowed, 'f' refused, for
 * functional, analytics, marketing and "survey", the fourth; '=' in front:
 * under an older revision; '!': an acknowledged notice; NULL: none.
 */

#include "../../src/core/consent_state.h"
#include "str.h"
#include "tap.h"


#define is_text(data, len, want, name)                                       \
    is_mem(data, len, want, strlen(want), name)


#define STR(s)  { (const consent_u8 *) (s), sizeof(s) - 1 }


static const consent_str_t  names[] = {
    STR("necessary"), STR("functional"), STR("analytics"), STR("marketing"),
    STR("survey")
};

/* survey is never covered by "accept all" */

static const uint8_t  flags[] = {
    0,
    CONSENT_CAT_DEFAULT_ON,
    CONSENT_CAT_DEFAULT_ON | CONSENT_CAT_SALE,
    CONSENT_CAT_DEFAULT_ON | CONSENT_CAT_SALE,
    CONSENT_CAT_DEFAULT_ON | CONSENT_CAT_SEPARATE
};

static const struct {
    const char  *mode;
    const char  *record;
    int          gpc;
    const char  *allowed;
    const char  *basis;
    int          ask;
    const char  *name;
} cases[] = {

    /* opt-in */

    { "opt-in", NULL, 0, "fams", "none", 1, "nothing before a choice" },
    { "opt-in", "FAMs", 0, "FAMs", "grant", 0, "accept all" },
    { "opt-in", "FAMS", 0, "FAMS", "grant", 0, "everything" },
    { "opt-in", "fams", 0, "fams", "deny", 0, "R11: a refusal, not asked "
      "again" },
    { "opt-in", "fAms", 0, "fAms", "partial", 0, "one of them" },
    { "opt-in", "famS", 0, "famS", "partial", 0, "the separate one alone" },
    { "opt-in", "FAM", 0, "FAMs", "grant", 1, "R12: a new category is off, "
      "and asked for" },
    { "opt-in", "fam", 0, "fams", "deny", 1, "R12: after a refusal too" },
    { "opt-in", "FM", 0, "FaMs", "grant", 1, "R12: two are new" },
    { "opt-in", "=FAMs", 0, "FAMs", "grant", 1, "R12: another revision asks "
      "again and keeps what was said" },
    { "opt-in", "=fams", 0, "fams", "deny", 1, "R11: another revision asks "
      "who refused" },
    { "opt-in", "!FAMs", 0, "fams", "none", 1, "R17: an acknowledged notice "
      "is no consent" },

    /* the signal */

    { "opt-in", NULL, 1, "fams", "signal", 1, "GPC before a choice" },
    { "opt-in", "FAMs", 1, "Fams", "signal", 0, "R13: GPC over a grant" },
    { "opt-in", "Fams", 1, "Fams", "partial", 0, "GPC with nothing to turn "
      "off" },
    { "opt-in", "fams", 1, "fams", "deny", 0, "GPC and a refusal" },
    { "opt-out", NULL, 1, "Fams", "signal", 1, "R13: GPC in opt-out" },
    { "opt-out", "FAMs", 1, "Fams", "signal", 0, "R13: over a grant there" },
    { "notice", NULL, 1, "Fams", "signal", 1, "R13: GPC in notice" },
    { "notice", "!FAMs", 1, "Fams", "signal", 0, "R13: over an "
      "acknowledgement" },
    { "none", NULL, 1, "fams", "none", 0, "GPC in none" },

    /* opt-out */

    { "opt-out", NULL, 0, "FAMs", "notice", 1, "opt-out: on, but for what "
      "is asked separately" },
    { "opt-out", "fams", 0, "fams", "objection", 0, "an objection" },
    { "opt-out", "fAms", 0, "fAms", "partial", 0, "a partial one" },
    { "opt-out", "FAMs", 0, "FAMs", "grant", 0, "a grant" },
    { "opt-out", "!FAMs", 0, "FAMs", "notice", 0, "acknowledged" },
    { "opt-out", "fam", 0, "fams", "objection", 1, "a new category stays "
      "off for who has chosen" },

    /* notice */

    { "notice", NULL, 0, "FAMs", "notice", 1, "notice: on at once" },
    { "notice", "!FAMs", 0, "FAMs", "notice", 0, "acknowledged: not asked "
      "again, never a grant" },
    { "notice", "FAMs", 0, "FAMs", "notice", 0, "R17: a grant made elsewhere "
      "is not called one here" },
    { "notice", "fams", 0, "fams", "objection", 0, "an objection holds" },

    /* none */

    { "none", NULL, 0, "fams", "none", 0, "none: shut, nobody asked" },
    { "none", "FAMS", 0, "fams", "none", 0, "none: shut over a grant" },
};


static consent_record_t *
record(const char *s, consent_record_t *rec)
{
    unsigned     i;
    const char  *p;

    static const char  letters[] = " fams";

    if (s == NULL) {
        return NULL;
    }

    memset(rec, 0, sizeof(consent_record_t));
    strcpy(rec->revision, "2");
    rec->asked = 1;
    rec->allowed = 1;

    for (p = s; *p; p++) {
        if (*p == '=') {
            strcpy(rec->revision, "1");
            continue;
        }

        if (*p == '!') {
            rec->acknowledged = 1;
            continue;
        }

        i = (unsigned) (strchr(letters, *p | 0x20) - letters);
        rec->asked |= consent_bit(i);

        if (!(*p & 0x20)) {
            rec->allowed |= consent_bit(i);
        }
    }

    return rec;
}


static void
input(consent_state_in_t *in, const char *mode, const char *rec, int gpc,
    consent_record_t *r)
{
    memset(in, 0, sizeof(consent_state_in_t));
    consent_mode_parse(str(mode), &in->mode);
    in->record = record(rec, r);
    in->gpc = gpc & 1;
    in->revision = str("2");
    in->flags = flags;
    in->ncategories = 5;
}


static void
letters_of(consent_mask_t mask, char *buf)
{
    strcpy(buf, mask & 2 ? "F" : "f");
    strcat(buf, mask & 4 ? "A" : "a");
    strcat(buf, mask & 8 ? "M" : "m");
    strcat(buf, mask & 16 ? "S" : "s");
}


static void
test_table(void)
{
    size_t              i;
    char                got[8], name[256];
    consent_state_t     out;
    consent_record_t    rec;
    consent_state_in_t  in;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        input(&in, cases[i].mode, cases[i].record, cases[i].gpc, &rec);
        consent_state_decide(&in, &out);
        letters_of(out.allowed, got);

        snprintf(name, sizeof(name), "%s, %s%s: %s", cases[i].mode,
                 cases[i].record ? cases[i].record : "no record",
                 cases[i].gpc ? ", GPC" : "", cases[i].name);

        is_text(got, strlen(got), cases[i].allowed, name);
        is_text(consent_basis_names[out.basis].data,
               consent_basis_names[out.basis].len, cases[i].basis, name);
        ok(out.ask == (unsigned) cases[i].ask
           && out.gpc == (unsigned) cases[i].gpc
           && (out.allowed & 1) && out.all == 0x1f, "%s", name);
    }
}


/* whatever the record: what was not asked for is off, and what GPC is for */

static void
test_invariants(void)
{
    unsigned            mode, asked, allowed, gpc, ack, bad;
    consent_state_t     out;
    consent_record_t    rec;
    consent_state_in_t  in;

    bad = 0;

    for (mode = 0; mode < 4; mode++)
    for (asked = 0; asked < 64; asked++)
    for (allowed = 0; allowed < 64; allowed++)
    for (gpc = 0; gpc < 2; gpc++)
    for (ack = 0; ack < 2; ack++) {
        input(&in, "opt-in", "f", (int) gpc, &rec);
        in.mode = (consent_mode_e) mode;
        rec.asked = asked;
        rec.allowed = allowed;
        rec.acknowledged = ack & 1;
        consent_state_decide(&in, &out);

        bad += !(out.allowed & 1);
        bad += (out.allowed & ~out.all) != 0;
        bad += gpc && (out.allowed & 0x0c);
        bad += mode == CONSENT_MODE_OPT_IN
               && (out.allowed & ~(asked & allowed) & ~1u);
        bad += mode == CONSENT_MODE_OPT_IN && ack && out.allowed != 1;
        bad += mode == CONSENT_MODE_NOTICE && out.basis == CONSENT_BASIS_GRANT;
        bad += mode == CONSENT_MODE_NONE && out.allowed != 1;
    }

    ok(bad == 0, "no record allows what was not asked, nor what GPC forbids");
}


static const struct {
    const char        *mode;
    const char        *before;
    int                gpc;
    consent_choice_e   choice;
    consent_mask_t     ticked;
    const char        *allowed;
    int                acknowledged;
    const char        *event;
    const char        *name;
} choices[] = {
    { "opt-in", NULL, 0, CONSENT_CHOICE_ACCEPT, 0, "FAMs", 0, "given",
      "R21: accept all leaves the separate one" },
    { "opt-in", NULL, 0, CONSENT_CHOICE_ACCEPT, 16, "FAMS", 0, "given",
      "unless it is ticked itself" },
    { "opt-in", NULL, 0, CONSENT_CHOICE_REJECT, 2, "fams", 0, "refused",
      "reject is reject, whatever is ticked" },
    { "opt-in", NULL, 0, CONSENT_CHOICE_SAVE, 4, "fAms", 0, "given",
      "R9: one purpose" },
    { "opt-in", NULL, 0, CONSENT_CHOICE_SAVE, 0, "fams", 0, "refused",
      "saving nothing is refusing" },
    { "opt-in", "FAMs", 0, CONSENT_CHOICE_REJECT, 0, "fams", 0, "withdrawn",
      "a grant is withdrawn" },
    { "opt-in", "fams", 0, CONSENT_CHOICE_REJECT, 0, "fams", 0, "refused",
      "nothing to withdraw" },
    { "opt-in", "FAMs", 0, CONSENT_CHOICE_SAVE, 2, "Fams", 0, "changed",
      "a grant is changed" },
    { "opt-in", "fams", 0, CONSENT_CHOICE_ACCEPT, 0, "FAMs", 0, "given",
      "a refusal becomes a grant" },
    { "opt-in", NULL, 1, CONSENT_CHOICE_ACCEPT, 0, "Fams", 0, "given",
      "R13: a grant under GPC leaves out what it forbids" },
    { "notice", NULL, 0, CONSENT_CHOICE_ACCEPT, 0, "FAMs", 1, "acknowledged",
      "R17: a notice is acknowledged, not granted" },
    { "notice", NULL, 0, CONSENT_CHOICE_REJECT, 0, "fams", 0, "refused",
      "and can be objected to" },
    { "opt-out", NULL, 0, CONSENT_CHOICE_REJECT, 0, "fams", 0, "refused",
      "an objection in opt-out" },
    { "none", NULL, 0, CONSENT_CHOICE_ACCEPT, 0, "fams", 0, "refused",
      "there is nothing to accept in none" },
};


static void
test_choices(void)
{
    size_t              i;
    char                got[8];
    consent_str_t       event;
    consent_record_t    before, rec;
    consent_state_in_t  in;

    for (i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
        input(&in, choices[i].mode, choices[i].before, choices[i].gpc,
              &before);
        memset(&rec, 0, sizeof(rec));

        event = consent_state_choose(&in, choices[i].choice,
                                     choices[i].ticked, &rec);
        letters_of(rec.allowed, got);

        is_text(got, strlen(got), choices[i].allowed, choices[i].name);
        is_text(event.data, event.len, choices[i].event, choices[i].name);
        ok(rec.acknowledged == (unsigned) choices[i].acknowledged
           && rec.asked == 0x1f && strcmp(rec.revision, "2") == 0,
           "%s", choices[i].name);
    }
}


static void
test_text(void)
{
    size_t              i, len;
    consent_u8          buf[CONSENT_STATE_JSON_MAX];
    consent_state_t     out;
    consent_mode_e      mode;
    consent_record_t    rec;
    consent_state_in_t  in;

    static const char  *bad[] = {
        "", "opt", "optin", "OPT-IN", "opt-in ", "opt-inn", "exempt"
    };

    input(&in, "opt-in", NULL, 0, &rec);
    consent_state_decide(&in, &out);

    len = consent_state_header(&out, names, 4, str("1"), buf);
    is_text(buf, len, "mode=opt-in, basis=none, functional=?0, analytics=?0, "
           "marketing=?0, gpc=?0, revision=\"1\"",
           "R22: Consent-State is what the interface says");

    len = consent_state_json(&out, names, 4, str("1"), str(""), buf);
    is_text(buf, len, "{\"mode\":\"opt-in\",\"basis\":\"none\",\"ask\":true,"
           "\"gpc\":false,\"revision\":\"1\",\"categories\":{"
           "\"necessary\":true,\"functional\":false,\"analytics\":false,"
           "\"marketing\":false}}", "the state as JSON");

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ok(consent_mode_parse(str(bad[i]), &mode) == CONSENT_DECLINED,
           "R16: \"%s\" is no mode", bad[i]);
    }
}


int
main(void)
{
    test_table();
    test_invariants();
    test_choices();
    test_text();

    return tap_done();
}
