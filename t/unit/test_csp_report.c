
/*
 * A browser's report of what a policy would have stopped.
 */

#include "tap.h"
#include "consent_csp_report.h"


static int
test_read(consent_csp_report_t *r, consent_u8 *buf, const char *text)
{
    size_t  len;

    len = strlen(text);
    memcpy(buf, text, len);

    return consent_csp_report(r, buf, len);
}


int
main(void)
{
    size_t                i;
    consent_u8            buf[CONSENT_CSP_REPORT_MAX + 1];
    consent_csp_report_t  r;

    static const char  whole[] = "{\"csp-report\":{\"document-uri\":"
        "\"https:\\/\\/example.com\\/a\",\"referrer\":\"\",\"line-number\":3,"
        "\"effective-directive\" : \"img-src\", \"original-policy\":\"x\","
        "\"blocked-uri\":\"https://t.example/p.gif\",\"status-code\":200}}";

    static const char  *bad[] = {
        "", "[]", "x", "{", "{\"", "{\"blocked-uri\":\"https://a/",
        "{\"csp-report\":{\"blocked-uri\":\"https://a/\"}}",
        "{\"document-uri\":\"https://a/\",\"effective-directive\":\"img-src\","
        "\"blocked-uri\":\"inline\"}",
        "{\"document-uri\":\"https://a/\\u0000\",\"effective-directive\":"
        "\"img-src\",\"blocked-uri\":\"https://b/\"}",
        "{\"document-uri\":\"https://a/\n\",\"effective-directive\":"
        "\"img-src\",\"blocked-uri\":\"https://b/\"}",
        "{\"document-uri\":7,\"effective-directive\":\"img-src\","
        "\"blocked-uri\":\"https://b/\"}"
    };

    ok(test_read(&r, buf, whole) == CONSENT_OK, "a report is read");
    is_mem(r.document.data, r.document.len, "https://example.com/a", 21,
           "the page");
    is_mem(r.blocked.data, r.blocked.len, "https://t.example/p.gif", 23,
           "what it asked for");
    ok(r.type == CONSENT_TYPE_IMAGE, "and as what");

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ok(test_read(&r, buf, bad[i]) == CONSENT_DECLINED, "not: %s", bad[i]);
    }

    memset(buf, ' ', sizeof(buf));
    memcpy(buf, whole, sizeof(whole) - 1);
    ok(consent_csp_report(&r, buf, CONSENT_CSP_REPORT_MAX) == CONSENT_OK,
       "as long as it may be");
    ok(consent_csp_report(&r, buf, sizeof(buf)) == CONSENT_DECLINED,
       "and longer");

    return tap_done();
}
