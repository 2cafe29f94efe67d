
/*
 * The tokenizer: WHATWG's states, resumable at every byte.  What it keeps of
 * a tag are offsets; the bytes are the caller's, who holds an unfinished tag
 * until it has all of it.  Only attributes that may matter are kept, in the
 * order of the page, duplicates and all.
 */

#include "consent_html_int.h"


void
consent_html_init(consent_html_tokenizer_t *t)
{
    memset(t, 0, offsetof(consent_html_tokenizer_t, attrs));
    t->limit = 16384;
    t->raw = "";
}


void
consent_html_content(consent_html_tokenizer_t *t, consent_html_state_e state,
    const char *raw)
{
    t->state = state;
    t->content = state;
    t->raw = raw;
}


void
consent_html_cdata(consent_html_tokenizer_t *t, int allowed)
{
    t->count = 0;
    t->state = allowed ? CONSENT_HTML_S_CDATA : CONSENT_HTML_S_BOGUS_COMMENT;
}


consent_html_event_e
consent_html_next(consent_html_tokenizer_t *t, const consent_u8 **pp,
    const consent_u8 *end)
{
    const consent_u8      *p, *q;
    consent_html_event_e   ev;

    if (t->parting) {
        consent_html_part_resume(t);
    }

    for ( ;; ) {
        p = *pp;

        if (p == end) {
            return CONSENT_HTML_NONE;
        }

        switch (t->state) {

        case CONSENT_HTML_S_DATA:
            q = memchr(p, '<', end - p);

            if (q == NULL) {
                q = end;
            }

            if (q != p) {
                t->text_start = (uint32_t) (q - p);
                t->pos += q - p;
                *pp = q;

                if (t->want_text) {
                    return CONSENT_HTML_TEXT;
                }

                continue;
            }

            t->mark = t->pos++;
            t->state = CONSENT_HTML_S_TAG_OPEN;
            *pp = p + 1;
            continue;

        case CONSENT_HTML_S_PLAINTEXT:
            t->pos += end - p;
            *pp = end;
            return CONSENT_HTML_NONE;

        case CONSENT_HTML_S_RCDATA:
        case CONSENT_HTML_S_RAWTEXT:
        case CONSENT_HTML_S_SCRIPT:
            q = memchr(p, '<', end - p);

            /* most are of a comparison, or of markup in a string */

            while (q && end - q > 1 && q[1] != '/' && q[1] != '!') {
                q = memchr(q + 1, '<', end - (q + 1));
            }

            if (q == NULL) {
                t->pos += end - p;
                *pp = end;
                return CONSENT_HTML_NONE;
            }

            t->pos += q - p;
            t->mark = t->pos++;
            *pp = q + 1;
            t->count = 0;
            t->state = (t->state == CONSENT_HTML_S_SCRIPT)
                       ? CONSENT_HTML_S_SCRIPT_LT : CONSENT_HTML_S_RAW_LT;
            continue;

        case CONSENT_HTML_S_RAW_LT:
        case CONSENT_HTML_S_RAW_END_NAME:
            ev = consent_html_next_raw(t, pp, end);
            break;

        case CONSENT_HTML_S_CDATA:
        case CONSENT_HTML_S_CDATA_BRACKET:
        case CONSENT_HTML_S_CDATA_END:
        case CONSENT_HTML_S_MARKUP:
        case CONSENT_HTML_S_BOGUS_COMMENT:
            ev = consent_html_next_markup(t, pp, end);
            break;

        case CONSENT_HTML_S_DOCTYPE:
            ev = consent_html_next_doctype(t, pp, end);
            break;

        default:
            if (t->state < CONSENT_HTML_S_RAW_LT
                && t->state >= CONSENT_HTML_S_TAG_OPEN)
            {
                ev = consent_html_next_tag(t, pp, end);

            } else if (t->state >= CONSENT_HTML_S_COMMENT_START) {
                ev = consent_html_next_comment(t, pp, end);

            } else {
                ev = consent_html_next_script(t, pp, end);
            }
        }

        if (ev != CONSENT_HTML_NONE) {
            return ev;
        }
    }
}


void
consent_html_resume_at(consent_html_tokenizer_t *t, uint64_t pos)
{
    t->pos = pos;
    t->mark = pos;
    t->tag = pos - (pos != 0);           /* before what stands here */
    t->nattrs = 0;
    t->parting = 0;
    t->parted = (t->state >= CONSENT_HTML_S_TAG_NAME
                 && t->state <= CONSENT_HTML_S_SELF_CLOSING);

    if (t->parted && t->pending) {
        t->attr.id = CONSENT_ATTR_UNKNOWN;
        t->attr.name = 0;
        t->attr.name_len = 0;
        t->skipping = 1;
    }
}


uint64_t
consent_html_from(const consent_html_tokenizer_t *t)
{
    switch (t->state) {

    case CONSENT_HTML_S_TAG_OPEN:
    case CONSENT_HTML_S_END_TAG_OPEN:
    case CONSENT_HTML_S_TAG_NAME:
    case CONSENT_HTML_S_BEFORE_NAME:
    case CONSENT_HTML_S_NAME:
    case CONSENT_HTML_S_AFTER_NAME:
    case CONSENT_HTML_S_BEFORE_VALUE:
    case CONSENT_HTML_S_VALUE_DQ:
    case CONSENT_HTML_S_VALUE_SQ:
    case CONSENT_HTML_S_VALUE_UNQ:
    case CONSENT_HTML_S_AFTER_VALUE:
    case CONSENT_HTML_S_SELF_CLOSING:
    case CONSENT_HTML_S_RAW_LT:
    case CONSENT_HTML_S_RAW_END_NAME:
    case CONSENT_HTML_S_SCRIPT_LT:
    case CONSENT_HTML_S_SCRIPT_ESC_LT:
    case CONSENT_HTML_S_MARKUP:
        return t->mark;

    default:
        break;
    }

    if (t->state >= CONSENT_HTML_S_BOGUS_COMMENT
        && t->state < CONSENT_HTML_S_CDATA_BRACKET
        && t->pos - t->mark <= CONSENT_HTML_SHORT)
    {
        /* a comment or doctype short enough to be looked at */
        return t->mark;
    }

    return t->pos;
}
