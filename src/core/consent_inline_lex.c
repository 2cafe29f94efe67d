
/*
 * Reads a script into tokens.  It need not be a parser: what matters is that
 * a string is never taken for code nor code for a string.  Where "/" may be a
 * division or a regular expression, the token before it decides, as in
 * https://262.ecma-international.org/#sec-ecmascript-language-lexical-grammar
 */

#include "consent_inline_lex.h"
#include "consent_html_scan.h"


const uint32_t  consent_js_word_set[8] = {
    0, 0x03ff0010, 0x87fffffe, 0x07fffffe,
    0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff
};

void
consent_js_init(consent_js_t *js, const consent_u8 *text, size_t len)
{
    memset(js, 0, sizeof(consent_js_t));

    js->text = text;
    js->len = len;
}


/* to the end of the line; LS and PS do not matter here */

static size_t
consent_js_line(const consent_js_t *js, size_t i)
{
    while (i < js->len && js->text[i] != '\n' && js->text[i] != '\r') {
        i++;
    }

    return i;
}


static int
consent_js_at(const consent_js_t *js, size_t i, const char *s, size_t n)
{
    return js->len - i >= n && memcmp(js->text + i, s, n) == 0;
}


/* white space and comments, HTML's among them: B.1.1 of ECMA-262 */

static size_t
consent_js_skip(const consent_js_t *js, size_t i)
{
    consent_u8  c;

    while (i < js->len) {
        c = js->text[i];

        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            i++;

        } else if (c != '/' && c != '<' && c != '-') {
            break;

        } else if (consent_js_at(js, i, "//", 2)
                   || consent_js_at(js, i, "<!--", 4)
                   || (js->kind == CONSENT_JS_END
                       && consent_js_at(js, i, "-->", 3)))
        {
            i = consent_js_line(js, i);

        } else if (consent_js_at(js, i, "/*", 2)) {

            for (i += 2; i < js->len && !consent_js_at(js, i, "*/", 2); i++) {
                /* void */
            }

            i = (i < js->len) ? i + 2 : i;

        } else {
            break;
        }
    }

    return i;
}


size_t
consent_js_start(const consent_js_t *js)
{
    return consent_js_skip(js, 0);
}


/* words after which an expression begins, so that "/" is no division */

int
consent_js_operator(const consent_u8 *s, size_t len)
{
    size_t  i;

    static const struct {
        const char  *word;
        size_t       len;
    } words[] = {
        { "return", 6 }, { "typeof", 6 }, { "case", 4 }, { "in", 2 },
        { "of", 2 }, { "delete", 6 }, { "void", 4 }, { "throw", 5 },
        { "new", 3 }, { "else", 4 }, { "do", 2 }, { "instanceof", 10 },
        { "yield", 5 }, { "await", 5 }
    };

    if (len < 2 || len > 10) {
        return 0;
    }

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (words[i].len == len && memcmp(words[i].word, s, len) == 0) {
            return 1;
        }
    }

    return 0;
}


/* is a "/" here a division? */

int
consent_js_divides(consent_js_t *js)
{
    if (js->value == 2) {
        js->value = !consent_js_operator(js->word, js->word_len);
    }

    return js->value;
}


/* a string: to its quote; one of a line also ends with the line */

static size_t
consent_js_string(consent_js_t *js, size_t i)
{
    size_t             first, start;
    consent_u8         quote, c;
    const consent_u8  *line;

    quote = js->text[i++];
    first = start = i;

    for ( /* void */ ; i < js->len; i++) {

        /* to what may be the end, over what cannot be */

        i = (size_t) (consent_scan_either(js->text + i, js->text + js->len,
                                          quote, '\\') - js->text);

        if (quote != '`') {
            line = memchr(js->text + start, '\n', i - start);

            if (line) {
                i = (size_t) (line - js->text);
                break;
            }
        }

        if (i == js->len) {
            break;
        }

        c = js->text[i];

        if (c == quote) {
            break;
        }

        /* an escape; a line may go on after it */

        js->escaped = 1;
        i++;

        if (quote != '`') {
            start = i + 1;
        }
    }

    start = first;

    if (i > js->len) {
        i = js->len;
    }

    js->token.data = js->text + start;
    js->token.len = i - start;

    return (i < js->len) ? i + 1 : i;
}


/* a regular expression: to a "/" outside of a class; it ends with the line */

size_t
consent_js_regex(const consent_js_t *js, size_t i)
{
    int         cls;
    consent_u8  c;

    cls = 0;

    for (i++; i < js->len; i++) {
        c = js->text[i];

        if (c == '\n' || c == '\r') {
            return i;
        }

        if (c == '\\') {
            i++;

        } else if (c == '[') {
            cls = 1;

        } else if (c == ']') {
            cls = 0;

        } else if (c == '/' && !cls) {
            return i + 1;
        }
    }

    return js->len;
}


consent_js_e
consent_js_next(consent_js_t *js)
{
    size_t      i, start;
    consent_u8  c;

    i = consent_js_skip(js, js->pos);

    js->escaped = 0;

    if (i >= js->len) {
        js->pos = js->len;
        js->token.data = js->text + js->len;
        js->token.len = 0;

        return CONSENT_JS_END;
    }

    c = js->text[i];
    start = i;

    if (c == '\'' || c == '"' || c == '`') {
        js->pos = consent_js_string(js, i);
        js->value = 1;
        js->kind = CONSENT_JS_STRING;

        return js->kind;
    }

    if (consent_js_word(c)) {

        while (i < js->len && consent_js_word(js->text[i])) {
            i++;
        }

        js->kind = CONSENT_JS_WORD;
        js->value = 2;
        js->word = js->text + start;
        js->word_len = i - start;

    } else if (c == '/' && !consent_js_divides(js)) {
        i = consent_js_regex(js, i);
        js->kind = CONSENT_JS_PUNCT;
        js->value = 1;

        /* one token that nothing is made of */

        js->token.data = (const consent_u8 *) "/";
        js->token.len = 1;
        js->pos = i;

        return js->kind;

    } else {
        i++;
        js->kind = CONSENT_JS_PUNCT;
        js->value = (c == ')' || c == ']');
    }

    js->token.data = js->text + start;
    js->token.len = i - start;
    js->pos = i;

    return js->kind;
}


static int
consent_js_hex(const consent_u8 *p, size_t n, uint32_t *value)
{
    int       d;
    uint32_t  v;

    for (v = 0; n; n--, p++) {
        d = consent_hex(*p);

        if (d < 0) {
            return 0;
        }

        v = v << 4 | (uint32_t) d;
    }

    *value = v;

    return 1;
}


/* only ASCII is of interest: what is beyond becomes a byte that no URL has */

consent_str_t
consent_js_text(const consent_js_t *js, consent_u8 *buf, size_t size)
{
    size_t             n;
    uint32_t           v;
    consent_str_t      out;
    const consent_u8  *p, *end;

    if (!js->escaped) {
        return js->token;
    }

    p = js->token.data;
    end = p + js->token.len;
    n = 0;

    while (p < end && n < size) {

        if (*p != '\\' || end - p < 2) {
            buf[n++] = *p++;
            continue;
        }

        p++;

        if (*p == 'x' && end - p >= 3 && consent_js_hex(p + 1, 2, &v)) {
            buf[n++] = (consent_u8) v;
            p += 3;

        } else if (*p == 'u' && end - p >= 5 && consent_js_hex(p + 1, 4, &v))
        {
            buf[n++] = (v < 0x80) ? (consent_u8) v : 0xff;
            p += 5;

        } else if (*p == 'n' || *p == 'r' || *p == 't') {
            buf[n++] = ' ';
            p++;

        } else if (*p == '\n' || *p == '\r') {
            p++;

        } else {
            buf[n++] = *p++;
        }
    }

    out.data = buf;
    out.len = n;

    return out;
}
