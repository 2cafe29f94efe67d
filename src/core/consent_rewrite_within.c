
/*
 * Tags that to another reader stand in a tag of its own, wholly or in part: a
 * script has written half a tag, perhaps.  What is inserted into such a tag
 * has to leave the other's reading as it is.
 */

#include "consent_rewrite_int.h"


static int
rw_is_in_tag(const consent_machine_t *m)
{
    return m->event == CONSENT_HTML_TAG
           || (m->tok.state >= CONSENT_HTML_S_TAG_NAME
               && m->tok.state <= CONSENT_HTML_S_SELF_CLOSING);
}


/*
 * Does m's tag, which ends here, begin in a tag of another machine?  If that
 * one has ended, it was noted here then; and so it is now for the tags that
 * others are in, if they began in this one.
 */

int
consent_rw_within(consent_rewrite_t *cr, const consent_machine_t *m)
{
    int                 within;
    unsigned            i;
    consent_machine_t  *o;

    within = (m->within == m->tok.tag);

    for (i = 0; i < cr->nmachines; i++) {
        o = cr->machines[i];

        if (o == m || !rw_is_in_tag(o)) {
            continue;
        }

        if (o->tok.tag < m->tok.tag && o->tok.pos > m->tok.tag) {
            within = 1;
        }

        if (o->tok.tag > m->tok.tag && o->tok.tag < m->tok.pos) {
            o->within = o->tok.tag;
        }
    }

    return within;
}


static size_t
rw_blanks(const consent_u8 *p, size_t i, size_t len)
{
    while (i < len && is_blank(p[i])) {
        i++;
    }

    return i;
}


/* i: where an attribute begins that is not "/"; behind it */

static size_t
rw_attr_end(const consent_u8 *p, size_t i, size_t len)
{
    size_t      n;
    consent_u8  quote;

    for (i++; i < len && !is_blank(p[i]) && p[i] != '=' && p[i] != '/'; i++) {
        /* void */
    }

    n = rw_blanks(p, i, len);

    if (n == len || p[n] != '=') {
        return i;
    }

    i = rw_blanks(p, n + 1, len);

    if (i < len && (p[i] == '"' || p[i] == '\'')) {
        quote = p[i++];

        while (i < len && p[i] != quote) {
            i++;
        }

        return (i < len) ? i + 1 : len;
    }

    while (i < len && !is_blank(p[i])) {
        i++;
    }

    return i;
}


/*
 * Where attributes may be inserted into m's tag at p, whose name ends at
 * name_end: behind that, but where no "=" follows, which to the other reader
 * stands behind a name of its own, nor a quote with which a value may begin.
 * In a part of a tag that may be nowhere, and then it is name_end.
 */

size_t
consent_rw_clear(const consent_machine_t *m, const consent_u8 *p,
    size_t name_end)
{
    size_t  at, i, len;

    at = name_end;
    len = (size_t) (m->tok.pos - m->tok.mark) - !m->tok.parting;

    for (i = rw_blanks(p, at, len);
         i < len && (p[i] == '=' || p[i] == '"' || p[i] == '\'');
         i = rw_blanks(p, at, len))
    {
        at = rw_attr_end(p, i, len);
    }

    return (i < len || !m->tok.parting) ? at : name_end;
}
