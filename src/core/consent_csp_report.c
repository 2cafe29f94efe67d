
/*
 * Reports of a Content-Security-Policy: names and strings of a JSON object,
 * wherever in it they stand.  Anybody can send one; what it says is only
 * counted.
 */

#include "consent_csp_report.h"


static const struct {
    const char      *name;
    consent_type_e   type;
} consent_csp_directives[] = {
    { "script-src", CONSENT_TYPE_SCRIPT },
    { "script-src-elem", CONSENT_TYPE_SCRIPT },
    { "worker-src", CONSENT_TYPE_SCRIPT },
    { "style-src", CONSENT_TYPE_STYLESHEET },
    { "style-src-elem", CONSENT_TYPE_STYLESHEET },
    { "img-src", CONSENT_TYPE_IMAGE },
    { "media-src", CONSENT_TYPE_MEDIA },
    { "font-src", CONSENT_TYPE_FONT },
    { "object-src", CONSENT_TYPE_OBJECT },
    { "connect-src", CONSENT_TYPE_XHR },
    { "frame-src", CONSENT_TYPE_SUBDOCUMENT },
    { "child-src", CONSENT_TYPE_SUBDOCUMENT }
};


/* a string's text, p after its first quote; NULL: it has no end, or more
 * than "\/" and "\"" in it that is escaped */

static consent_u8 *
consent_csp_string(consent_str_t *s, consent_u8 *p, consent_u8 *end)
{
    consent_u8  *to;

    to = p;
    s->data = p;

    while (p < end && *p != '"') {

        if (*p < 0x20) {
            return NULL;
        }

        if (*p == '\\') {
            p++;

            if (p == end || (*p != '/' && *p != '"' && *p != '\\')) {
                return NULL;
            }
        }

        *to++ = *p++;
    }

    if (p == end) {
        return NULL;
    }

    s->len = (size_t) (to - s->data);

    return p + 1;
}


static consent_u8 *
consent_csp_space(consent_u8 *p, consent_u8 *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) {
        p++;
    }

    return p;
}


static int
consent_csp_is(consent_str_t s, const char *name)
{
    return s.len == strlen(name) && memcmp(s.data, name, s.len) == 0;
}


int
consent_csp_report(consent_csp_report_t *report, consent_u8 *text, size_t len)
{
    size_t          i;
    consent_u8     *p, *end;
    consent_str_t   name, value;

    memset(report, 0, sizeof(consent_csp_report_t));

    if (len > CONSENT_CSP_REPORT_MAX) {
        return CONSENT_DECLINED;
    }

    p = text;
    end = text + len;

    p = consent_csp_space(p, end);

    if (p == end || *p != '{') {
        return CONSENT_DECLINED;
    }

    while (p < end) {

        if (*p++ != '"') {
            continue;
        }

        p = consent_csp_string(&name, p, end);
        if (p == NULL) {
            return CONSENT_DECLINED;
        }

        p = consent_csp_space(p, end);

        if (p == end || *p != ':') {
            continue;
        }

        p = consent_csp_space(p + 1, end);

        if (p == end || *p != '"') {
            continue;
        }

        p = consent_csp_string(&value, p + 1, end);
        if (p == NULL) {
            return CONSENT_DECLINED;
        }

        if (consent_csp_is(name, "document-uri")) {
            report->document = value;

        } else if (consent_csp_is(name, "blocked-uri")) {
            report->blocked = value;

        } else if (consent_csp_is(name, "effective-directive")) {
            report->directive = value;
        }
    }

    if (report->document.len == 0 || report->directive.len == 0
        || report->blocked.len == 0
        || memchr(report->blocked.data, ':', report->blocked.len) == NULL)
    {
        return CONSENT_DECLINED;
    }

    for (i = 0;
         i < sizeof(consent_csp_directives) / sizeof(consent_csp_directives[0]);
         i++)
    {
        if (consent_csp_is(report->directive, consent_csp_directives[i].name))
        {
            report->type = consent_csp_directives[i].type;
        }
    }

    return CONSENT_OK;
}
