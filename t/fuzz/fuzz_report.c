
/*
 * A browser's report of what a policy stopped: whatever the body is, what is
 * taken of it lies in it, and is an address that can be read.
 */

#include "fuzz.h"
#include "consent_csp_report.h"


static int
within(consent_str_t a, const consent_u8 *p, size_t len)
{
    return a.len == 0 || (a.data >= p && a.data + a.len <= p + len);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    consent_u8            *in;
    consent_csp_report_t   report;

    if (size > CONSENT_CSP_REPORT_MAX) {
        return 0;
    }

    in = fuzz_piece(data, size);
    memset(&report, 0, sizeof(report));

    if (consent_csp_report(&report, in, size) == CONSENT_OK) {
        fuzz_check("what was blocked is in the report",
                   report.blocked.len && within(report.blocked, in, size));
        fuzz_check("so is where", within(report.document, in, size));
        fuzz_check("so is by what", within(report.directive, in, size));
        fuzz_check("its type is one", report.type >= CONSENT_TYPE_OTHER
                   && report.type <= CONSENT_TYPE_CONNECT);
    }

    fuzz_piece_gone(size);

    return 0;
}
