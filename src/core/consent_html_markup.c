
/*
 * The tokenizer's states behind "<!" and "<?": comments, DOCTYPE, CDATA.
 * https://html.spec.whatwg.org/#markup-declaration-open-state
 */

#include "consent_html_int.h"
#include "consent_html_scan.h"


/* what comes after "<!", bogus comments and CDATA sections */

consent_html_event_e
consent_html_next_markup(consent_html_tokenizer_t *t, const consent_u8 **pp,
    const consent_u8 *end)
{
    consent_u8         c;
    const consent_u8  *p, *p0;

    static const char  doctype[] = "doctype";
    static const char  cdata[] = "[CDATA[";

    p = p0 = *pp;

    while (p < end) {

        c = *p;

        switch (t->state) {

        case CONSENT_HTML_S_MARKUP:

            /* t->count: matched; 0x10 more: of "doctype", 0x20: "[CDATA[" */

            if (t->count == 0) {
                if (c == '-') {
                    t->count = 1;
                    p++;
                    break;
                }

                if ((c | 0x20) == 'd') {
                    t->count = 0x11;
                    p++;
                    break;
                }

                if (c == '[') {
                    t->count = 0x21;
                    p++;
                    break;
                }

            } else if (t->count == 1) {
                if (c == '-') {
                    p++;
                    t->state = CONSENT_HTML_S_COMMENT_START;
                    goto done;
                }

            } else if (t->count & 0x10) {
                if ((c | 0x20) == doctype[t->count & 0xf]) {
                    p++;

                    if ((++t->count & 0xf) == 7) {
                        t->count = 0;
                        t->hash = 0;
                        t->xml_subset = 0;
                        t->state = CONSENT_HTML_S_DOCTYPE;
                        goto done;
                    }

                    break;
                }

            } else if (c == (consent_u8) cdata[t->count & 0xf]) {
                p++;

                if ((++t->count & 0xf) == 7) {
                    t->pos += p - p0;
                    *pp = p;
                    return CONSENT_HTML_CDATA;
                }

                break;
            }

            t->pending = 0;
            t->state = CONSENT_HTML_S_BOGUS_COMMENT;
            break;

        case CONSENT_HTML_S_BOGUS_COMMENT:
            if (t->pending) {

                /* a processing instruction in XML */

                if (c == '>' && t->count == '?') {
                    p++;
                    goto comment;
                }

                t->count = c;
                p++;
                break;
            }

            p = memchr(p, '>', end - p);

            if (p == NULL) {
                p = end;
                goto done;
            }

            p++;
            goto comment;

        case CONSENT_HTML_S_CDATA:
            p = memchr(p, ']', end - p);

            if (p == NULL) {
                p = end;
                goto done;
            }

            p++;
            t->state = CONSENT_HTML_S_CDATA_BRACKET;
            break;

        case CONSENT_HTML_S_CDATA_BRACKET:
            if (c == ']') {
                p++;
                t->state = CONSENT_HTML_S_CDATA_END;
                break;
            }

            t->state = CONSENT_HTML_S_CDATA;
            break;

        case CONSENT_HTML_S_CDATA_END:
            if (c == '>') {
                p++;
                t->state = CONSENT_HTML_S_DATA;
                goto done;
            }

            if (c == ']') {
                p++;
                break;
            }

            t->state = CONSENT_HTML_S_CDATA;
            break;

        default:
            goto done;
        }
    }

done:

    t->pos += p - p0;
    *pp = p;

    return CONSENT_HTML_NONE;

comment:

    t->pos += p - p0;
    *pp = p;
    t->state = CONSENT_HTML_S_DATA;

    return CONSENT_HTML_COMMENT;
}


consent_html_event_e
consent_html_next_comment(consent_html_tokenizer_t *t, const consent_u8 **pp,
    const consent_u8 *end)
{
    consent_u8         c;
    const consent_u8  *p, *p0, *q;

    p = p0 = *pp;

    while (p < end) {

        c = *p;

        switch (t->state) {

        case CONSENT_HTML_S_COMMENT_START:
            if (c == '-') {
                p++;
                t->state = CONSENT_HTML_S_COMMENT_START_DASH;
                break;
            }

            if (c == '>' && !t->xml) {
                goto comment;
            }

            t->state = CONSENT_HTML_S_COMMENT;
            break;

        case CONSENT_HTML_S_COMMENT_START_DASH:
            if (c == '-') {
                p++;
                t->state = CONSENT_HTML_S_COMMENT_END;
                break;
            }

            if (c == '>' && !t->xml) {
                goto comment;
            }

            t->state = CONSENT_HTML_S_COMMENT;
            break;

        case CONSENT_HTML_S_COMMENT:

            /* "<" decides nothing but what "<!--" and "<!-->" end */

            q = consent_scan_either(p, end, '-', '<');

            p = q;

            if (p < end) {
                t->state = (*p == '-') ? CONSENT_HTML_S_COMMENT_END_DASH
                                       : CONSENT_HTML_S_COMMENT_LT;
                p++;
            }

            break;

        case CONSENT_HTML_S_COMMENT_LT:
            if (c == '!') {
                p++;
                t->state = CONSENT_HTML_S_COMMENT_LT_BANG;
                break;
            }

            if (c == '<') {
                p++;
                break;
            }

            t->state = CONSENT_HTML_S_COMMENT;
            break;

        case CONSENT_HTML_S_COMMENT_LT_BANG:
            if (c == '-') {
                p++;
                t->state = CONSENT_HTML_S_COMMENT_LT_BANG_DASH;
                break;
            }

            t->state = CONSENT_HTML_S_COMMENT;
            break;

        case CONSENT_HTML_S_COMMENT_LT_BANG_DASH:
            if (c == '-') {
                p++;
                t->state = CONSENT_HTML_S_COMMENT_LT_BANG_DASH_DASH;
                break;
            }

            t->state = CONSENT_HTML_S_COMMENT_END_DASH;
            break;

        case CONSENT_HTML_S_COMMENT_LT_BANG_DASH_DASH:
            t->state = CONSENT_HTML_S_COMMENT_END;
            break;

        case CONSENT_HTML_S_COMMENT_END_DASH:
            if (c == '-') {
                p++;
                t->state = CONSENT_HTML_S_COMMENT_END;
                break;
            }

            t->state = CONSENT_HTML_S_COMMENT;
            break;

        case CONSENT_HTML_S_COMMENT_END:
            if (c == '>') {
                goto comment;
            }

            if (c == '!' && !t->xml) {
                p++;
                t->state = CONSENT_HTML_S_COMMENT_END_BANG;
                break;
            }

            if (c == '-') {
                p++;
                break;
            }

            t->state = CONSENT_HTML_S_COMMENT;
            break;

        case CONSENT_HTML_S_COMMENT_END_BANG:
            if (c == '-') {
                p++;
                t->state = CONSENT_HTML_S_COMMENT_END_DASH;
                break;
            }

            if (c == '>') {
                goto comment;
            }

            t->state = CONSENT_HTML_S_COMMENT;
            break;
        }
    }

    t->pos += p - p0;
    *pp = p;

    return CONSENT_HTML_NONE;

comment:

    p++;
    t->pos += p - p0;
    *pp = p;
    t->state = CONSENT_HTML_S_DATA;

    return CONSENT_HTML_COMMENT;
}


/*
 * A doctype ends at the first ">", whatever the quotes; in XML at the ">"
 * outside of quotes and of the internal subset.
 */

consent_html_event_e
consent_html_next_doctype(consent_html_tokenizer_t *t, const consent_u8 **pp,
    const consent_u8 *end)
{
    consent_u8         c;
    const consent_u8  *p;

    for (p = *pp; p < end; p++) {
        c = *p;

        if (t->xml) {
            if (t->count) {
                if (c == t->count) {
                    t->count = 0;
                }

                continue;
            }

            if (c == '"' || c == '\'') {
                t->count = c;
                continue;
            }

            if (c == '[') {
                t->xml_subset = 1;

            } else if (c == ']') {
                t->xml_subset = 0;
            }

            if (t->xml_subset) {
                continue;
            }
        }

        if (c == '>') {
            p++;
            t->pos += p - *pp;
            *pp = p;
            t->state = CONSENT_HTML_S_DATA;

            return CONSENT_HTML_DOCTYPE;
        }
    }

    t->pos += p - *pp;
    *pp = p;

    return CONSENT_HTML_NONE;
}
