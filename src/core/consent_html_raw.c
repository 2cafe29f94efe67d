
/*
 * The tokenizer's states in text that is no markup: in RCDATA and RAWTEXT,
 * and in scripts, with what "<!--" does there.
 * https://html.spec.whatwg.org/#script-data-state
 */

#include "consent_html_int.h"


/* "<" in RCDATA and RAWTEXT, and the names of end tags there and in script */

consent_html_event_e
consent_html_next_raw(consent_html_tokenizer_t *t, const consent_u8 **pp,
    const consent_u8 *end)
{
    consent_u8         c;
    const consent_u8  *p;

    p = *pp;

    if (t->state == CONSENT_HTML_S_RAW_LT) {

        if (*p != '/') {
            t->state = t->content;
            return CONSENT_HTML_NONE;
        }

        t->pos++;
        *pp = p + 1;
        t->count = 0;
        t->hash = t->content;
        t->state = CONSENT_HTML_S_RAW_END_NAME;

        return CONSENT_HTML_NONE;
    }

    /* t->hash: the text state to go back to */

    while (p < end) {
        c = *p;

        if (t->raw[t->count] != '\0') {

            if (consent_html_lower[c] != (consent_u8) t->raw[t->count]) {
                t->state = t->hash;
                break;
            }

            t->count++;
            p++;
            t->pos++;
            continue;
        }

        if (t->count == 0 || !(consent_html_classes[c] & C_NAME)) {
            t->state = t->hash;
            break;
        }

        consent_html_tag_begin(t, 1);
        t->name_len = t->count;

        for (c = 0; c < t->count; c++) {
            t->hash = t->hash * 31 + (consent_u8) t->raw[c];
        }

        t->name_hash = t->hash;
        t->state = CONSENT_HTML_S_BEFORE_NAME;
        break;
    }

    *pp = p;
    return CONSENT_HTML_NONE;
}


consent_html_event_e
consent_html_next_script(consent_html_tokenizer_t *t, const consent_u8 **pp,
    const consent_u8 *end)
{
    consent_u8         c;
    const consent_u8  *p, *p0;
    static const char  script[] = "script";

    p = p0 = *pp;

    while (p < end) {

        c = *p;

        switch (t->state) {

        case CONSENT_HTML_S_SCRIPT_LT:
            if (c == '/') {
                p++;
                t->count = 0;
                t->hash = CONSENT_HTML_S_SCRIPT;
                t->state = CONSENT_HTML_S_RAW_END_NAME;
                goto done;
            }

            if (c == '!') {
                p++;
                t->state = CONSENT_HTML_S_SCRIPT_ESC_START;
                break;
            }

            t->state = CONSENT_HTML_S_SCRIPT;
            goto done;

        case CONSENT_HTML_S_SCRIPT_ESC_START:
            if (c != '-') {
                t->state = CONSENT_HTML_S_SCRIPT;
                goto done;
            }

            p++;
            t->state = CONSENT_HTML_S_SCRIPT_ESC_START_DASH;
            break;

        case CONSENT_HTML_S_SCRIPT_ESC_START_DASH:
            if (c != '-') {
                t->state = CONSENT_HTML_S_SCRIPT;
                goto done;
            }

            p++;
            t->state = CONSENT_HTML_S_SCRIPT_ESC_DASH_DASH;
            break;

        case CONSENT_HTML_S_SCRIPT_ESC:
        case CONSENT_HTML_S_SCRIPT_ESC_DASH:
        case CONSENT_HTML_S_SCRIPT_ESC_DASH_DASH:
            p++;

            if (c == '-') {
                t->state = (t->state == CONSENT_HTML_S_SCRIPT_ESC)
                           ? CONSENT_HTML_S_SCRIPT_ESC_DASH
                           : CONSENT_HTML_S_SCRIPT_ESC_DASH_DASH;

            } else if (c == '<') {
                t->mark = t->pos + (p - 1 - p0);
                t->state = CONSENT_HTML_S_SCRIPT_ESC_LT;

            } else if (c == '>'
                       && t->state == CONSENT_HTML_S_SCRIPT_ESC_DASH_DASH)
            {
                t->state = CONSENT_HTML_S_SCRIPT;
                goto done;

            } else {
                t->state = CONSENT_HTML_S_SCRIPT_ESC;
            }

            break;

        case CONSENT_HTML_S_SCRIPT_ESC_LT:
            if (c == '/') {
                p++;
                t->count = 0;
                t->hash = CONSENT_HTML_S_SCRIPT_ESC;
                t->state = CONSENT_HTML_S_RAW_END_NAME;
                goto done;
            }

            if (is_alpha(c)) {
                t->count = 0;
                t->state = CONSENT_HTML_S_SCRIPT_DBL_START;
                break;
            }

            t->state = CONSENT_HTML_S_SCRIPT_ESC;
            break;

        case CONSENT_HTML_S_SCRIPT_DBL_START:
        case CONSENT_HTML_S_SCRIPT_DBL_END:
            if (consent_html_classes[c] & C_NAME) {
                p++;
                t->state = ((t->count == 6)
                            == (t->state == CONSENT_HTML_S_SCRIPT_DBL_START))
                           ? CONSENT_HTML_S_SCRIPT_DBL
                           : CONSENT_HTML_S_SCRIPT_ESC;
                break;
            }

            if (!is_alpha(c)) {
                t->state = (t->state == CONSENT_HTML_S_SCRIPT_DBL_START)
                           ? CONSENT_HTML_S_SCRIPT_ESC
                           : CONSENT_HTML_S_SCRIPT_DBL;
                break;
            }

            t->count = (t->count < 6 && (c | 0x20) == script[t->count])
                       ? t->count + 1 : 7;
            p++;
            break;

        case CONSENT_HTML_S_SCRIPT_DBL:
        case CONSENT_HTML_S_SCRIPT_DBL_DASH:
        case CONSENT_HTML_S_SCRIPT_DBL_DASH_DASH:
            p++;

            if (c == '-') {
                t->state = (t->state == CONSENT_HTML_S_SCRIPT_DBL)
                           ? CONSENT_HTML_S_SCRIPT_DBL_DASH
                           : CONSENT_HTML_S_SCRIPT_DBL_DASH_DASH;

            } else if (c == '<') {
                t->state = CONSENT_HTML_S_SCRIPT_DBL_LT;

            } else if (c == '>'
                       && t->state == CONSENT_HTML_S_SCRIPT_DBL_DASH_DASH)
            {
                t->state = CONSENT_HTML_S_SCRIPT;
                goto done;

            } else {
                t->state = CONSENT_HTML_S_SCRIPT_DBL;
            }

            break;

        case CONSENT_HTML_S_SCRIPT_DBL_LT:
            if (c == '/') {
                p++;
                t->count = 0;
                t->state = CONSENT_HTML_S_SCRIPT_DBL_END;
                break;
            }

            t->state = CONSENT_HTML_S_SCRIPT_DBL;
            break;

        default:
            goto done;
        }
    }

done:

    t->pos += p - p0;
    *pp = p;

    return CONSENT_HTML_NONE;
}
