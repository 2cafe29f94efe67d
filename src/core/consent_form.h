
/*
 * The body of a choice, application/x-www-form-urlencoded, and the path to
 * go back to.
 */

#ifndef CONSENT_FORM_H
#define CONSENT_FORM_H

#include "consent_core.h"
#include "consent_state.h"

#define CONSENT_FORM_MAX     4096     /* of a body */
#define CONSENT_RETURN_MAX   2048     /* of a path, before it is encoded */

/* for each byte of a path at most three come out */
#define CONSENT_RETURN_SIZE  (3 * CONSENT_RETURN_MAX)

typedef struct {
    consent_choice_e  choice;
    consent_mask_t    ticked;
    consent_str_t     ret;          /* for Location; "/" where none was given,
                                       or one that could lead elsewhere */
    consent_str_t     lang;         /* of the notice; not vetted */
} consent_form_t;

/*
 * Fields that are not ours are passed over.  buf keeps what ret and lang
 * point to and must have CONSENT_FORM_SIZE bytes.  CONSENT_DECLINED: err is a
 * sentence for the answer.  With choice=reject nothing else can make a form
 * wrong: a refusal is taken.
 */

#define CONSENT_FORM_SIZE    (CONSENT_FORM_MAX + CONSENT_RETURN_SIZE)

int consent_form_parse(consent_form_t *form, consent_str_t body,
    const consent_str_t *names, unsigned ncategories, consent_u8 *buf,
    const char **err);

/*
 * A path of this site, ready for Location, or "/": starts with one slash, no
 * backslash and no control byte, no segment "." or "..", raw or
 * percent-encoded.  buf:
 * CONSENT_RETURN_SIZE bytes.
 */

consent_str_t consent_form_return(consent_str_t path, consent_u8 *buf);

#endif /* CONSENT_FORM_H */
