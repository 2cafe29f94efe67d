
/*
 * cookie + mode + signal + revision -> what is allowed.  A pure function: no
 * clock, no memory, no input but its arguments; the cases are a table in
 * t/unit.
 */

#ifndef CONSENT_STATE_H
#define CONSENT_STATE_H

#include "consent_core.h"
#include "consent_cookie.h"

typedef enum {
    CONSENT_MODE_OPT_IN = 0,
    CONSENT_MODE_OPT_OUT,
    CONSENT_MODE_NOTICE,
    CONSENT_MODE_NONE
} consent_mode_e;

typedef enum {
    CONSENT_BASIS_NONE = 0,
    CONSENT_BASIS_GRANT,
    CONSENT_BASIS_DENY,
    CONSENT_BASIS_PARTIAL,
    CONSENT_BASIS_NOTICE,
    CONSENT_BASIS_OBJECTION,
    CONSENT_BASIS_SIGNAL,
    CONSENT_BASIS_EXEMPT
} consent_basis_e;

/*
 * Flags of a category.  DEFAULT_ON is what every category has unless
 * "default=off" was written.  What "accept all" does not cover is off before
 * a choice in every mode, too.
 */

#define CONSENT_CAT_DEFAULT_ON   0x01   /* on before a choice in opt-out and
                                           notice modes only; an opt-in needs
                                           an act */
#define CONSENT_CAT_SEPARATE     0x02   /* "accept all" does not cover it */
#define CONSENT_CAT_OVERSEAS     0x04
#define CONSENT_CAT_MINOR        0x08
#define CONSENT_CAT_SALE         0x10   /* GPC turns it off (marketing and
                                           analytics by default) */

typedef struct {
    consent_mode_e           mode;
    const consent_record_t  *record;       /* NULL: none, or not valid */
    unsigned                 gpc:1;        /* Sec-GPC: 1 and consent_gpc on */
    consent_str_t            revision;
    const uint8_t           *flags;        /* of categories */
    unsigned                 ncategories;
} consent_state_in_t;

#define CONSENT_CAT_EXPLICIT                                                  \
    (CONSENT_CAT_SEPARATE | CONSENT_CAT_OVERSEAS | CONSENT_CAT_MINOR)

typedef struct {
    consent_mode_e    mode;
    consent_basis_e   basis;
    consent_mask_t    allowed;     /* bit 0 always */
    consent_mask_t    all;         /* every category there is */
    unsigned          ask:1;       /* the notice is shown */
    unsigned          gpc:1;
} consent_state_t;

/*
 * The rules, in the order of what overrides what:
 *
 *  - a record counts for the categories it was asked of.  One that came later
 *    (or whose recipients changed) is off, and the notice asks for it;
 *  - a record under another revision keeps what it says, and the notice is
 *    shown again;
 *  - an acknowledged notice is no consent: a record of one means nothing in
 *    opt-in mode;
 *  - GPC turns off what is sold or shared, in every mode, over every record;
 *  - mode "none" lets nothing but the necessary load, and does not ask.
 */

void consent_state_decide(const consent_state_in_t *in, consent_state_t *out);

/* what a choice becomes: "wanted" is every category for "accept", the ticked
 * ones for "save", nothing for "reject".  Fills in allowed, asked,
 * acknowledged and revision of rec; returns the event's name for the ledger,
 * "before" being the visitor's record until now or NULL */

typedef enum {
    CONSENT_CHOICE_REJECT = 0,
    CONSENT_CHOICE_ACCEPT,
    CONSENT_CHOICE_SAVE
} consent_choice_e;

consent_str_t consent_state_choose(const consent_state_in_t *in,
    consent_choice_e choice, consent_mask_t ticked, consent_record_t *rec);

/* "opt-in" -> CONSENT_MODE_OPT_IN; CONSENT_DECLINED if it is no mode */
int consent_mode_parse(consent_str_t s, consent_mode_e *mode);

extern const consent_str_t  consent_mode_names[];
extern const consent_str_t  consent_basis_names[];

/*
 * Consent-State, an RFC 9651 dictionary.  Returns the length written to buf,
 * which must have CONSENT_STATE_HEADER_MAX bytes.
 */

#define CONSENT_STATE_HEADER_MAX  (128 + CONSENT_CATEGORIES_MAX * 72)

size_t consent_state_header(const consent_state_t *state,
    const consent_str_t *names, unsigned ncategories, consent_str_t revision,
    consent_u8 *buf);

/*
 * The same as JSON, for the state endpoint and window.ngxConsent; without id
 * if that is empty.  Names must have been checked to be [a-z0-9_-].
 */

#define CONSENT_STATE_JSON_MAX    (256 + CONSENT_CATEGORIES_MAX * 72)

size_t consent_state_json(const consent_state_t *state,
    const consent_str_t *names, unsigned ncategories, consent_str_t revision,
    consent_str_t id, consent_u8 *buf);

#endif /* CONSENT_STATE_H */
