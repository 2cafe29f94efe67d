
/*
 * The tokenizer's states of a tag: its name and its attributes.
 * https://html.spec.whatwg.org/#tag-open-state
 */

#include "consent_html_int.h"
#include "consent_html_scan.h"

#define OFF(p)   ((uint32_t) (((p) - p0) + d))

const uint8_t  consent_html_classes[256] = {
    ['\t'] = C_SPACE|C_NAME|C_UNQ,
    ['\n'] = C_SPACE|C_NAME|C_UNQ,
    ['\f'] = C_SPACE|C_NAME|C_UNQ,
    ['\r'] = C_SPACE|C_NAME|C_UNQ,
    [' '] = C_SPACE|C_NAME|C_UNQ,
    ['/'] = C_NAME,
    ['>'] = C_NAME|C_UNQ,
};


static void
tag_done(consent_html_tokenizer_t *t)
{
    t->state = CONSENT_HTML_S_DATA;
    t->content = CONSENT_HTML_S_DATA;
}


/* the attribute under way is complete; 1 if there is no room for more */

static int
attr_done(consent_html_tokenizer_t *t)
{
    t->pending = 0;

    if (t->skipping) {
        t->skipping = 0;
        t->mark = t->pos;
        return 0;
    }

    if (t->attr.id == 0 && !t->all) {
        return 0;
    }

    t->attrs[t->nattrs++] = t->attr;

    return t->nattrs == CONSENT_HTML_ATTRS;
}


/*
 * After the caller has seen a part of a long tag: what is judged may go.  The
 * attribute under way stays if its value has not begun; of a value that has,
 * the rest is skipped.
 */

void
consent_html_part_resume(consent_html_tokenizer_t *t)
{
    uint32_t  shift;

    t->parting = 0;
    t->nattrs = 0;

    if (!t->pending) {
        t->mark = t->pos;
        return;
    }

    switch (t->state) {

    case CONSENT_HTML_S_VALUE_DQ:
    case CONSENT_HTML_S_VALUE_SQ:
    case CONSENT_HTML_S_VALUE_UNQ:
        t->skipping = 1;
        t->mark = t->pos;
        return;

    default:
        shift = t->attr.name;

        if (shift == 0) {
            /* nothing but its name: longer than any that matters */
            t->attr.id = CONSENT_ATTR_UNKNOWN;
            t->attr.name_len = 0;
            t->skipping = 1;
            t->mark = t->pos;
            return;
        }

        t->mark += shift;
        t->attr.name = 0;
    }
}


/*
 * Most attributes are a blank, a name and =, and a value in quotes: all of it
 * is taken at once, if it ends before "stop", else 0.  1: it is of no
 * interest, 2: it is t->attr, its places counted from "p0", which is "d".
 */

static inline int
attr_whole(consent_html_tokenizer_t *t, const consent_u8 **pp,
    const consent_u8 *stop, const consent_u8 *p0, ptrdiff_t d)
{
    size_t             i, n;
    uint32_t           hash;
    consent_u8         quote;
    const consent_u8  *name, *p, *q;

    name = *pp + (**pp == ' ');

    if (stop - name < 32) {
        return 0;
    }

    n = consent_scan_attr(name);
    p = name + n + 2;
    quote = p[-1];

    if (n < 2 || n > 15 || p[-2] != '=' || (quote != '"' && quote != '\''))
    {
        return 0;
    }

    q = consent_scan_byte(p, stop, quote);

    if (q == stop) {
        return 0;
    }

    *pp = q + 1;

    if (!consent_html_attr_may(name, n)) {
        return 1;
    }

    hash = 0;

    for (i = 0; i < n; i++) {
        hash = hash * 31 + consent_html_lower[name[i]];
    }

    t->attr.name = OFF(name);
    t->attr.name_len = (uint16_t) n;
    t->attr.value = OFF(p);
    t->attr.value_len = (uint32_t) (q - p);
    t->attr.quote = quote;
    t->attr.assigned = 1;
    t->attr.open = 0;
    t->attr.id = consent_html_attr_find(hash, n);

    if (n > 2 && (name[0] | 0x20) == 'o' && (name[1] | 0x20) == 'n') {
        t->attr.id = CONSENT_ATTR_ON;
    }

    return 2;
}


consent_html_event_e
consent_html_next_tag(consent_html_tokenizer_t *t, const consent_u8 **pp,
    const consent_u8 *end)
{
    int                k;
    uint32_t           hash;
    ptrdiff_t          d;
    consent_u8         c;
    const consent_u8  *p, *p0, *q, *stop;

    p = p0 = *pp;
    d = (ptrdiff_t) (t->pos - t->mark);
    stop = end;

    if (t->skipping) {
        t->mark = t->pos;
        d = 0;

    } else if ((size_t) (end - p) > (size_t) t->limit
               || d + (end - p) >= (ptrdiff_t) t->limit)
    {
        stop = ((ptrdiff_t) t->limit > d) ? p + ((ptrdiff_t) t->limit - d) : p;
    }

    while (p < stop) {

        c = *p;

        switch (t->state) {

        case CONSENT_HTML_S_TAG_OPEN:
            if (is_alpha(c)
                || (t->xml && (c == '_' || c == ':' || c >= 0x80)))
            {
                consent_html_tag_begin(t, 0);
                t->state = CONSENT_HTML_S_TAG_NAME;
                break;
            }

            if (c == '/') {
                t->state = CONSENT_HTML_S_END_TAG_OPEN;
                p++;
                break;
            }

            if (c == '!' || c == '?') {
                t->count = 0;
                t->state = (c == '!') ? CONSENT_HTML_S_MARKUP
                                      : CONSENT_HTML_S_BOGUS_COMMENT;
                t->pending = (c == '?' && t->xml);
                p++;
                t->pos += p - p0;
                *pp = p;
                return CONSENT_HTML_NONE;
            }

            /* text after all: the "<", unless a script wrote that; and c is
             * read again */

            t->state = CONSENT_HTML_S_DATA;
            t->pos += p - p0;
            t->text_start = (uint32_t) (t->pos - t->mark);
            *pp = p;

            return t->want_text ? CONSENT_HTML_TEXT : CONSENT_HTML_NONE;

        case CONSENT_HTML_S_END_TAG_OPEN:
            if (is_alpha(c)
                || (t->xml && (c == '_' || c == ':' || c >= 0x80)))
            {
                consent_html_tag_begin(t, 1);
                t->state = CONSENT_HTML_S_TAG_NAME;
                break;
            }

            if (c == '>') {
                t->state = CONSENT_HTML_S_DATA;
                p++;
                t->pos += p - p0;
                *pp = p;
                return CONSENT_HTML_NONE;
            }

            t->state = CONSENT_HTML_S_BOGUS_COMMENT;
            t->pending = 0;
            t->pos += p - p0;
            *pp = p;
            return CONSENT_HTML_NONE;

        case CONSENT_HTML_S_TAG_NAME:
            hash = t->hash;

            for (q = p; q < stop && !(consent_html_classes[*q] & C_NAME); q++) {
                hash = hash * 31 + consent_html_lower[*q];
            }

            t->hash = hash;
            t->name_len += (uint32_t) (q - p);
            p = q;

            if (p < stop) {
                t->name_hash = hash;
                t->state = CONSENT_HTML_S_BEFORE_NAME;
            }

            break;

        case CONSENT_HTML_S_SELF_CLOSING:
            if (c == '>') {
                t->self_closing = 1;
                goto tag;
            }

            t->state = CONSENT_HTML_S_BEFORE_NAME;

            /* fall through */

        case CONSENT_HTML_S_BEFORE_NAME:
        case CONSENT_HTML_S_AFTER_VALUE:
            if (!t->skipping && !t->all) {
                k = attr_whole(t, &p, stop, p0, d);

                if (k) {
                    t->state = CONSENT_HTML_S_AFTER_VALUE;

                    if (k == 2) {
                        goto value;
                    }

                    break;
                }
            }

            if (is_space(c)) {
                t->state = CONSENT_HTML_S_BEFORE_NAME;
                p++;
                break;
            }

            if (c == '>') {
                goto tag;
            }

            if (c == '/') {
                t->state = CONSENT_HTML_S_SELF_CLOSING;
                p++;
                break;
            }

            t->attr.name = OFF(p);
            t->attr.name_len = 0;
            t->attr.value = t->attr.name;
            t->attr.value_len = 0;
            t->attr.quote = 0;
            t->attr.assigned = 0;
            t->attr.open = 0;
            t->attr.id = 0;
            t->pending = 1;
            t->hash = consent_html_lower[c];
            t->count = (t->hash == 'o');
            t->state = CONSENT_HTML_S_NAME;
            p++;
            break;

        case CONSENT_HTML_S_NAME:
            hash = t->hash;

            if (t->count == 1) {
                t->count = ((c | 0x20) == 'n') ? 2 : 0;
            }

            for (q = p; q < stop; q++) {
                c = *q;

                if ((consent_html_classes[c] & C_NAME) || c == '=') {
                    break;
                }

                hash = hash * 31 + consent_html_lower[c];
            }

            t->hash = hash;
            p = q;

            if (p == stop) {
                break;
            }

            if (!t->skipping && OFF(p) - t->attr.name < 0xffff) {
                t->attr.name_len = (uint16_t) (OFF(p) - t->attr.name);
                t->attr.id = consent_html_attr_find(hash, t->attr.name_len);

                if (t->count == 2 && t->attr.name_len > 2) {
                    t->attr.id = CONSENT_ATTR_ON;
                }
            }

            t->state = CONSENT_HTML_S_AFTER_NAME;

            /* fall through */

        case CONSENT_HTML_S_AFTER_NAME:
            c = *p;

            if (is_space(c)) {
                p++;
                break;
            }

            if (c == '=') {
                t->state = CONSENT_HTML_S_BEFORE_VALUE;
                p++;
                break;
            }

            t->state = CONSENT_HTML_S_BEFORE_NAME;
            goto value;

        case CONSENT_HTML_S_BEFORE_VALUE:
            if (is_space(c)) {
                p++;
                break;
            }

            if (c == '>') {
                t->state = CONSENT_HTML_S_BEFORE_NAME;
                t->attr.value = OFF(p);
                t->attr.assigned = 1;
                goto value;
            }

            t->attr.assigned = 1;

            if (c == '"' || c == '\'') {
                t->attr.quote = c;
                t->state = (c == '"') ? CONSENT_HTML_S_VALUE_DQ
                                      : CONSENT_HTML_S_VALUE_SQ;
                p++;

            } else {
                t->state = CONSENT_HTML_S_VALUE_UNQ;
            }

            t->attr.value = OFF(p);
            break;

        case CONSENT_HTML_S_VALUE_DQ:
        case CONSENT_HTML_S_VALUE_SQ:
            q = memchr(p, (t->state == CONSENT_HTML_S_VALUE_DQ) ? '"' : '\'',
                       stop - p);

            if (q == NULL) {
                p = stop;
                break;
            }

            p = q;
            t->attr.value_len = OFF(p) - t->attr.value;
            t->state = CONSENT_HTML_S_AFTER_VALUE;
            p++;
            goto value;

        case CONSENT_HTML_S_VALUE_UNQ:
            while (p < stop && !(consent_html_classes[*p] & C_UNQ)) {
                p++;
            }

            if (p == stop) {
                break;
            }

            t->attr.value_len = OFF(p) - t->attr.value;
            t->state = CONSENT_HTML_S_BEFORE_NAME;

        value:

            t->pos += p - p0;
            *pp = p0 = p;

            if (t->skipping) {
                /* the limit counts again from here */
                (void) attr_done(t);
                return CONSENT_HTML_NONE;
            }

            d = (ptrdiff_t) (t->pos - t->mark);

            if (attr_done(t)) {
                goto part;
            }

            break;
        }
    }

    t->pos += p - p0;
    *pp = p;

    if (t->skipping) {
        t->mark = t->pos;
        return CONSENT_HTML_NONE;
    }

    if (t->pos - t->mark < t->limit) {
        return CONSENT_HTML_NONE;
    }

    /* too long to be held */

    if (t->state >= CONSENT_HTML_S_VALUE_DQ
        && t->state <= CONSENT_HTML_S_VALUE_UNQ && t->attr.id)
    {
        t->attr.value_len = (uint32_t) (t->pos - t->mark) - t->attr.value;
        t->attr.open = 1;
        t->attrs[t->nattrs++] = t->attr;
        t->attr.id = 0;
    }

part:

    t->parting = 1;
    t->parted = 1;

    return CONSENT_HTML_PART;

tag:

    p++;
    t->pos += p - p0;
    *pp = p;
    tag_done(t);

    return CONSENT_HTML_TAG;
}
