
/*
 * cookie + mode + signal + revision -> what is allowed.
 */

#include "consent_state.h"


const consent_str_t  consent_mode_names[] = {
    consent_string("opt-in"),
    consent_string("opt-out"),
    consent_string("notice"),
    consent_string("none")
};


const consent_str_t  consent_basis_names[] = {
    consent_string("none"),
    consent_string("grant"),
    consent_string("deny"),
    consent_string("partial"),
    consent_string("notice"),
    consent_string("objection"),
    consent_string("signal"),
    consent_string("exempt")
};


int
consent_mode_parse(consent_str_t s, consent_mode_e *mode)
{
    unsigned  i;

    for (i = 0; i <= CONSENT_MODE_NONE; i++) {
        if (s.len == consent_mode_names[i].len
            && memcmp(s.data, consent_mode_names[i].data, s.len) == 0)
        {
            *mode = (consent_mode_e) i;
            return CONSENT_OK;
        }
    }

    return CONSENT_DECLINED;
}


static consent_mask_t
consent_state_all(const consent_state_in_t *in)
{
    if (in->ncategories >= CONSENT_CATEGORIES_MAX) {
        return consent_bit(CONSENT_CATEGORIES_MAX) - 1;
    }

    return (consent_bit(in->ncategories) - 1) | consent_bit(CONSENT_NECESSARY);
}


/* categories that have any of the flags */

static consent_mask_t
consent_state_flagged(const consent_state_in_t *in, unsigned flags)
{
    unsigned        i;
    consent_mask_t  mask;

    mask = 0;

    for (i = 1; i < in->ncategories && i < CONSENT_CATEGORIES_MAX; i++) {
        if (in->flags[i] & flags) {
            mask |= consent_bit(i);
        }
    }

    return mask;
}


static int
consent_state_revision(const consent_state_in_t *in)
{
    return strlen(in->record->revision) == in->revision.len
           && memcmp(in->record->revision, in->revision.data,
                     in->revision.len)
              == 0;
}


/*
 * The kind of choice that a record is.  What "accept all" never covered does
 * not make a grant partial.
 */

static consent_basis_e
consent_state_basis(const consent_state_in_t *in, consent_mask_t asked,
    consent_mask_t allowed)
{
    consent_mask_t  necessary, covered;

    necessary = consent_bit(CONSENT_NECESSARY);
    asked &= ~necessary;
    allowed &= ~necessary;

    if (allowed == 0) {
        return in->mode == CONSENT_MODE_OPT_IN ? CONSENT_BASIS_DENY
                                               : CONSENT_BASIS_OBJECTION;
    }

    covered = asked & ~consent_state_flagged(in, CONSENT_CAT_EXPLICIT);

    if ((allowed & covered) == covered) {
        return CONSENT_BASIS_GRANT;
    }

    return CONSENT_BASIS_PARTIAL;
}


/* nothing was chosen yet */

static void
consent_state_default(const consent_state_in_t *in, consent_state_t *out)
{
    out->ask = 1;

    if (in->mode == CONSENT_MODE_OPT_IN) {
        out->basis = CONSENT_BASIS_NONE;
        return;
    }

    out->basis = CONSENT_BASIS_NOTICE;
    out->allowed |= consent_state_flagged(in, CONSENT_CAT_DEFAULT_ON)
                    & ~consent_state_flagged(in, CONSENT_CAT_EXPLICIT);
}


static void
consent_state_recorded(const consent_state_in_t *in, consent_state_t *out)
{
    consent_mask_t           asked;
    const consent_record_t  *rec;

    rec = in->record;
    asked = rec->asked & out->all;

    out->allowed |= rec->allowed & asked;
    out->ask = (asked | consent_bit(CONSENT_NECESSARY)) != out->all
               || !consent_state_revision(in);

    if (rec->acknowledged || in->mode == CONSENT_MODE_NOTICE) {
        out->basis = (out->allowed & ~consent_bit(CONSENT_NECESSARY))
                     ? CONSENT_BASIS_NOTICE : CONSENT_BASIS_OBJECTION;
        return;
    }

    out->basis = consent_state_basis(in, asked, out->allowed);
}


void
consent_state_decide(const consent_state_in_t *in, consent_state_t *out)
{
    consent_mask_t  sale;

    out->mode = in->mode;
    out->basis = CONSENT_BASIS_NONE;
    out->all = consent_state_all(in);
    out->allowed = consent_bit(CONSENT_NECESSARY);
    out->ask = 0;
    out->gpc = in->gpc;

    if (in->mode == CONSENT_MODE_NONE) {
        return;
    }

    if (in->record == NULL
        || (in->record->acknowledged && in->mode == CONSENT_MODE_OPT_IN))
    {
        consent_state_default(in, out);

        if (in->gpc) {
            out->basis = CONSENT_BASIS_SIGNAL;
        }

    } else {
        consent_state_recorded(in, out);
    }

    if (!in->gpc) {
        return;
    }

    sale = consent_state_flagged(in, CONSENT_CAT_SALE);

    if (out->allowed & sale) {
        out->allowed &= ~sale;
        out->basis = CONSENT_BASIS_SIGNAL;
    }

    /* where the signal has answered all there is to ask, nobody is asked */

    if (in->record == NULL
        && (sale | consent_bit(CONSENT_NECESSARY)) == out->all)
    {
        out->ask = 0;
    }
}


static int
consent_state_withdraws(const consent_record_t *before,
    const consent_record_t *rec)
{
    return before
           && (before->allowed & ~rec->allowed
               & ~consent_bit(CONSENT_NECESSARY))
              != 0;
}


consent_str_t
consent_state_choose(const consent_state_in_t *in, consent_choice_e choice,
    consent_mask_t ticked, consent_record_t *rec)
{
    static const consent_str_t  given = consent_string("given");
    static const consent_str_t  refused = consent_string("refused");
    static const consent_str_t  changed = consent_string("changed");
    static const consent_str_t  withdrawn = consent_string("withdrawn");
    static const consent_str_t  acknowledged = consent_string("acknowledged");

    size_t          n;
    consent_mask_t  all, wanted;

    all = consent_state_all(in);

    switch (choice) {

    case CONSENT_CHOICE_ACCEPT:

        /* what was ticked beside the button was asked for by itself */

        wanted = (all & ~consent_state_flagged(in, CONSENT_CAT_EXPLICIT))
                 | ticked;
        break;

    case CONSENT_CHOICE_SAVE:
        wanted = ticked;
        break;

    default:
        wanted = 0;
    }

    if (in->gpc) {
        wanted &= ~consent_state_flagged(in, CONSENT_CAT_SALE);
    }

    if (in->mode == CONSENT_MODE_NONE) {
        wanted = 0;
    }

    rec->asked = all;
    rec->allowed = (wanted & all) | consent_bit(CONSENT_NECESSARY);
    rec->acknowledged = 0;

    n = in->revision.len;
    if (n > CONSENT_REVISION_MAX) {
        n = CONSENT_REVISION_MAX;
    }

    memcpy(rec->revision, in->revision.data, n);
    rec->revision[n] = '\0';

    if (rec->allowed == consent_bit(CONSENT_NECESSARY)) {
        return consent_state_withdraws(in->record, rec) ? withdrawn : refused;
    }

    if (in->mode == CONSENT_MODE_NOTICE) {
        rec->acknowledged = 1;
        return acknowledged;
    }

    if (in->record
        && !in->record->acknowledged
        && in->record->allowed != consent_bit(CONSENT_NECESSARY))
    {
        return changed;
    }

    return given;
}


static consent_u8 *
consent_put(consent_u8 *p, consent_str_t s)
{
    if (s.len) {
        memcpy(p, s.data, s.len);
    }

    return p + s.len;
}


static consent_u8 *
consent_puts(consent_u8 *p, const char *s)
{
    size_t  n;

    n = strlen(s);
    memcpy(p, s, n);

    return p + n;
}


size_t
consent_state_header(const consent_state_t *state,
    const consent_str_t *names, unsigned ncategories, consent_str_t revision,
    consent_u8 *buf)
{
    unsigned     i;
    consent_u8  *p;

    p = consent_puts(buf, "mode=");
    p = consent_put(p, consent_mode_names[state->mode]);
    p = consent_puts(p, ", basis=");
    p = consent_put(p, consent_basis_names[state->basis]);

    for (i = 1; i < ncategories && i < CONSENT_CATEGORIES_MAX; i++) {
        p = consent_puts(p, ", ");
        p = consent_put(p, names[i]);
        p = consent_puts(p, state->allowed & consent_bit(i) ? "=?1" : "=?0");
    }

    p = consent_puts(p, state->gpc ? ", gpc=?1" : ", gpc=?0");

    p = consent_puts(p, ", revision=\"");
    p = consent_put(p, revision);
    *p++ = '"';

    return (size_t) (p - buf);
}


size_t
consent_state_json(const consent_state_t *state, const consent_str_t *names,
    unsigned ncategories, consent_str_t revision, consent_str_t id,
    consent_u8 *buf)
{
    unsigned     i;
    consent_u8  *p;

    p = consent_puts(buf, "{\"mode\":\"");
    p = consent_put(p, consent_mode_names[state->mode]);
    p = consent_puts(p, "\",\"basis\":\"");
    p = consent_put(p, consent_basis_names[state->basis]);
    p = consent_puts(p, "\",\"ask\":");
    p = consent_puts(p, state->ask ? "true" : "false");
    p = consent_puts(p, ",\"gpc\":");
    p = consent_puts(p, state->gpc ? "true" : "false");
    p = consent_puts(p, ",\"revision\":\"");
    p = consent_put(p, revision);
    p = consent_puts(p, "\",\"categories\":{\"necessary\":true");

    for (i = 1; i < ncategories && i < CONSENT_CATEGORIES_MAX; i++) {
        p = consent_puts(p, ",\"");
        p = consent_put(p, names[i]);
        p = consent_puts(p, "\":");
        p = consent_puts(p, state->allowed & consent_bit(i) ? "true"
                                                            : "false");
    }

    *p++ = '}';

    if (id.len) {
        p = consent_puts(p, ",\"id\":\"");
        p = consent_put(p, id);
        *p++ = '"';
    }

    *p++ = '}';

    return (size_t) (p - buf);
}
