
/*
 * The tokenizer: WHATWG's states, resumable at every byte.  What it keeps of
 * a tag are offsets; the bytes are the caller's, who holds an unfinished tag
 * until it has all of it.  Only attributes that may matter are kept, in the
 * order of the page, duplicates and all.
 */

#include "consent_html.h"
#include "consent_html_scan.h"

#define OFF(p)   ((uint32_t) (((p) - p0) + d))

/* character classes */

#define C_SPACE   1              /* tab, LF, FF, CR, space */
#define C_NAME    2              /* ends a tag name or attribute name */
#define C_UNQ     4              /* ends an unquoted value */

static const uint8_t  classes[256] = {
    ['\t'] = C_SPACE|C_NAME|C_UNQ,
    ['\n'] = C_SPACE|C_NAME|C_UNQ,
    ['\f'] = C_SPACE|C_NAME|C_UNQ,
    ['\r'] = C_SPACE|C_NAME|C_UNQ,
    [' '] = C_SPACE|C_NAME|C_UNQ,
    ['/'] = C_NAME,
    ['>'] = C_NAME|C_UNQ,
};

#define is_space(c)  (classes[c] & C_SPACE)
#define is_alpha(c)  ((unsigned) (((c) | 0x20) - 'a') < 26)

static void tag_begin(consent_html_tokenizer_t *t, int end_tag);
static void tag_done(consent_html_tokenizer_t *t);
static int attr_done(consent_html_tokenizer_t *t);
static void part_resume(consent_html_tokenizer_t *t);
static consent_html_event_e next_tag(consent_html_tokenizer_t *t,
    const consent_u8 **pp, const consent_u8 *end);
static consent_html_event_e next_raw(consent_html_tokenizer_t *t,
    const consent_u8 **pp, const consent_u8 *end);
static consent_html_event_e next_script(consent_html_tokenizer_t *t,
    const consent_u8 **pp, const consent_u8 *end);
static consent_html_event_e next_markup(consent_html_tokenizer_t *t,
    const consent_u8 **pp, const consent_u8 *end);
static consent_html_event_e next_comment(consent_html_tokenizer_t *t,
    const consent_u8 **pp, const consent_u8 *end);
static consent_html_event_e next_doctype(consent_html_tokenizer_t *t,
    const consent_u8 **pp, const consent_u8 *end);


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
        part_resume(t);
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
            ev = next_raw(t, pp, end);
            break;

        case CONSENT_HTML_S_CDATA:
        case CONSENT_HTML_S_CDATA_BRACKET:
        case CONSENT_HTML_S_CDATA_END:
        case CONSENT_HTML_S_MARKUP:
        case CONSENT_HTML_S_BOGUS_COMMENT:
            ev = next_markup(t, pp, end);
            break;

        case CONSENT_HTML_S_DOCTYPE:
            ev = next_doctype(t, pp, end);
            break;

        default:
            if (t->state < CONSENT_HTML_S_RAW_LT
                && t->state >= CONSENT_HTML_S_TAG_OPEN)
            {
                ev = next_tag(t, pp, end);

            } else if (t->state >= CONSENT_HTML_S_COMMENT_START) {
                ev = next_comment(t, pp, end);

            } else {
                ev = next_script(t, pp, end);
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
    t->tag = pos;
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


static void
tag_begin(consent_html_tokenizer_t *t, int end_tag)
{
    t->tag = t->mark;
    t->end_tag = end_tag;
    t->self_closing = 0;
    t->parted = 0;
    t->skipping = 0;
    t->pending = 0;
    t->parting = 0;
    t->nattrs = 0;
    t->hash = 0;
    t->name_len = 0;
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

static void
part_resume(consent_html_tokenizer_t *t)
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


static consent_html_event_e
next_tag(consent_html_tokenizer_t *t, const consent_u8 **pp,
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
                tag_begin(t, 0);
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
                tag_begin(t, 1);
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

            for (q = p; q < stop && !(classes[*q] & C_NAME); q++) {
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

                if ((classes[c] & C_NAME) || c == '=') {
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
            while (p < stop && !(classes[*p] & C_UNQ)) {
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


/* "<" in RCDATA and RAWTEXT, and the names of end tags there and in script */

static consent_html_event_e
next_raw(consent_html_tokenizer_t *t, const consent_u8 **pp,
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

        if (t->count == 0 || !(classes[c] & C_NAME)) {
            t->state = t->hash;
            break;
        }

        tag_begin(t, 1);
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


static consent_html_event_e
next_script(consent_html_tokenizer_t *t, const consent_u8 **pp,
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
            if (classes[c] & C_NAME) {
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


/* what comes after "<!", bogus comments and CDATA sections */

static consent_html_event_e
next_markup(consent_html_tokenizer_t *t, const consent_u8 **pp,
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


static consent_html_event_e
next_comment(consent_html_tokenizer_t *t, const consent_u8 **pp,
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

static consent_html_event_e
next_doctype(consent_html_tokenizer_t *t, const consent_u8 **pp,
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
