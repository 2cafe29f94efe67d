
/*
 * A browser's report of what a Content-Security-Policy has, or would have,
 * stopped: CSP Level 3, 5.3 ("application/csp-report").
 */

#ifndef CONSENT_CSP_REPORT_H
#define CONSENT_CSP_REPORT_H

#include "consent_rules.h"

#define CONSENT_CSP_REPORT_MAX  8192     /* bytes of a report */

typedef struct {
    consent_str_t   document;            /* slices of the caller's buffer */
    consent_str_t   blocked;
    consent_str_t   directive;
    consent_type_e  type;                /* by the directive */
} consent_csp_report_t;

/*
 * Reads text, and undoes escapes in it in place.  CONSENT_DECLINED: it is no
 * such report, or what was blocked is no address ("inline", "eval").
 */

int consent_csp_report(consent_csp_report_t *report, consent_u8 *text,
    size_t len);

#endif /* CONSENT_CSP_REPORT_H */
