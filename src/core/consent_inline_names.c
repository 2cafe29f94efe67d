
/*
 * The names a script declares: at its top level by "var", "function" and
 * their kin or by plain assignment, anywhere by "window.name =".  A value is
 * told by how its expression begins, or by what follows the last "||".
 */

#include "consent_inline_names.h"
#include "consent_inline_lex.h"
#include "consent_inline_nest.h"
#include "consent_html_scan.h"

#define CONSENT_NAMES_LEN    40      /* longer names are not remembered */
#define CONSENT_NAMES_ARGS   8       /* of loaders, that may be names */
#define CONSENT_NAMES_WINDOW 4       /* tokens of "window.name =" */


typedef struct {
    consent_js_e      kind;
    consent_str_t     token;
    unsigned          line:1;        /* begins one */
} consent_names_token_t;

typedef struct {
    consent_names_token_t  now;
    consent_names_token_t  prev[3];  /* the last one first */
    uint32_t               depth;

    consent_str_t          name;     /* whose value is being read */
    const char            *value;
    uint32_t               name_depth;
    unsigned               fresh:1;  /* the value's next token tells it */
    unsigned               list:1;   /* in "var a = 1, b = 2" */

    unsigned               loader:1; /* "...Object" names a function by an
                                        argument */
    uint32_t               call;     /* depth of the call of a function that
                                        was just written; 0: in none */
    consent_str_t          args[CONSENT_NAMES_ARGS];
    uint32_t               nargs;

    consent_u8            *buf;
    size_t                 size;
    size_t                 n;
} consent_names_t;


static int
consent_names_is(const consent_names_token_t *t, const char *word)
{
    return t->kind == CONSENT_JS_WORD && t->token.len == strlen(word)
           && memcmp(t->token.data, word, t->token.len) == 0;
}


static int
consent_names_punct(const consent_names_token_t *t, char c)
{
    return t->kind == CONSENT_JS_PUNCT && t->token.data[0] == (consent_u8) c;
}


static int
consent_names_any(const consent_names_token_t *t, const char *set)
{
    return t->kind == CONSENT_JS_PUNCT && strchr(set, t->token.data[0]);
}


/* a name that can be a property of window, and is worth it */

static int
consent_names_good(consent_str_t s)
{
    size_t      i;
    consent_u8  c;

    if (s.len < 2 || s.len > CONSENT_NAMES_LEN) {
        return 0;
    }

    for (i = 0; i < s.len; i++) {
        c = s.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
              || c == '$' || (i && c >= '0' && c <= '9')))
        {
            return 0;
        }
    }

    return 1;
}


static int
consent_names_had(const consent_names_t *s, consent_str_t name)
{
    size_t             len;
    const consent_u8  *p, *end;

    p = s->buf;
    end = s->buf + s->n;

    for ( /* void */ ; p < end; p += len + 1) {

        for (len = 0; p + len < end && p[len] != ' '; len++) { /* void */ }

        if (len > name.len && memcmp(p, name.data, name.len) == 0
            && strchr("({[=", p[name.len]))
        {
            return 1;
        }
    }

    return 0;
}


static void
consent_names_add(consent_names_t *s, consent_str_t name, const char *value)
{
    size_t  len;

    len = strlen(value);

    if (!consent_names_good(name) || consent_names_had(s, name)
        || s->n + 1 + name.len + len > s->size)
    {
        return;
    }

    if (s->n) {
        s->buf[s->n++] = ' ';
    }

    memcpy(s->buf + s->n, name.data, name.len);
    s->n += name.len;
    memcpy(s->buf + s->n, value, len);
    s->n += len;
}


static void
consent_names_end(consent_names_t *s)
{
    if (s->name.len) {
        consent_names_add(s, s->name, s->value);
        s->name.len = 0;
    }
}


static void
consent_names_start(consent_names_t *s, consent_str_t name)
{
    consent_names_end(s);

    s->name = name;
    s->name_depth = s->depth;
    s->value = "=u";
    s->fresh = 1;
}


/* what a token says of the value it is first in */

static void
consent_names_value(consent_names_t *s)
{
    consent_u8              c;
    consent_names_token_t  *t;

    t = &s->now;
    s->fresh = 0;

    switch (t->kind) {

    case CONSENT_JS_STRING:
        s->value = "=''";
        return;

    case CONSENT_JS_PUNCT:
        c = t->token.data[0];

        if (c == '{') {
            s->value = "{}";

        } else if (c == '[') {
            s->value = "[]";

        } else if (c == '-') {
            s->value = "=0";
        }

        return;

    default:
        break;
    }

    if (t->token.data[0] >= '0' && t->token.data[0] <= '9') {
        s->value = "=0";

    } else if (consent_names_is(t, "function") || consent_names_is(t, "class")
               || consent_names_is(t, "async"))
    {
        s->value = "()";

    } else if (consent_names_is(t, "new")) {
        s->value = "{}";
    }
}


/* may a statement begin here? */

static int
consent_names_statement(const consent_names_t *s)
{
    const consent_names_token_t  *p;

    p = &s->prev[0];

    return p->kind == CONSENT_JS_END || consent_names_any(p, ";}")
           || (s->now.line && !consent_names_any(p, "=(,:!+-~?&|[."));
}


static void
consent_names_word(consent_names_t *s)
{
    size_t                   len;
    consent_names_token_t   *t;

    t = &s->now;
    len = t->token.len;

    if (len > 9 && (memcmp(t->token.data + len - 6, "Object", 6) == 0
                    || memcmp(t->token.data + len - 9, "Namespace", 9) == 0
                    || memcmp(t->token.data + len - 10, "ObjectName", 10)
                       == 0))
    {
        s->loader = 1;
    }

    if (s->depth) {
        return;
    }

    if (consent_names_is(t, "var") || consent_names_is(t, "let")
        || consent_names_is(t, "const"))
    {
        consent_names_end(s);
        s->list = 1;
        return;
    }

    if ((consent_names_is(&s->prev[0], "function")
         || consent_names_is(&s->prev[0], "class"))
        && !consent_names_any(&s->prev[1], "=(,:!+-~?&|["))
    {
        consent_names_end(s);
        consent_names_add(s, t->token, "()");
        s->list = 0;
        return;
    }

    /* the next one of "var a = 1, b" */

    if (s->list && (consent_names_is(&s->prev[0], "var")
                    || consent_names_is(&s->prev[0], "let")
                    || consent_names_is(&s->prev[0], "const")
                    || consent_names_punct(&s->prev[0], ',')))
    {
        consent_names_start(s, t->token);
        s->fresh = 0;
    }
}


/* "=": whose value begins? */

static void
consent_names_assign(consent_names_t *s)
{
    consent_names_token_t  *p;

    p = s->prev;

    if (p[0].kind != CONSENT_JS_WORD) {

        /* "==", "=>", "+=" and so on were not for us */

        return;
    }

    if (s->name.len && s->depth == s->name_depth
        && s->name.data == p[0].token.data)
    {
        s->fresh = 1;
        return;
    }

    if (consent_names_punct(&p[1], '.') && consent_names_is(&p[2], "window"))
    {
        if (s->name.len == 0 || s->depth == s->name_depth) {
            consent_names_start(s, p[0].token);
        }

        return;
    }

    if (s->depth == 0 && s->name.len == 0
        && (p[1].kind == CONSENT_JS_END || consent_names_any(&p[1], ";}")
            || p[0].line)
        && !consent_names_any(&p[1], ".=(,:"))
    {
        consent_names_start(s, p[0].token);
    }
}


static void
consent_names_take(consent_names_t *s)
{
    consent_u8              c;
    consent_names_token_t  *t;

    t = &s->now;

    if (s->name.len && s->depth == 0 && t->kind == CONSENT_JS_WORD
        && t->line && consent_names_statement(s))
    {
        consent_names_end(s);
        s->list = 0;
    }

    if (s->name.len && s->fresh) {

        /* "==" and "=>" are not before a value */

        if (consent_names_any(t, "=>") && consent_names_punct(&s->prev[0],
                                                              '='))
        {
            s->name.len = 0;

        } else {
            consent_names_value(s);
        }

    } else if (s->name.len && s->depth == s->name_depth
               && consent_names_punct(t, '>')
               && consent_names_punct(&s->prev[0], '='))
    {
        s->value = "()";
    }

    if (t->kind == CONSENT_JS_WORD) {
        consent_names_word(s);
        return;
    }

    if (t->kind == CONSENT_JS_STRING) {

        if (s->call && s->depth == s->call && s->nargs < CONSENT_NAMES_ARGS
            && consent_names_good(t->token))
        {
            s->args[s->nargs++] = t->token;
        }

        return;
    }

    c = t->token.data[0];

    switch (c) {

    case '(':

        /* "}(" and "})(" */

        if (consent_names_punct(&s->prev[0], '}')
            || (consent_names_punct(&s->prev[0], ')')
                && consent_names_punct(&s->prev[1], '}')))
        {
            s->call = s->depth + 1;
        }

        /* fall through */

    case '{':
    case '[':
        s->depth++;
        return;

    case '}':
    case ')':
    case ']':
        if (s->depth == s->call) {
            s->call = 0;
        }

        s->depth -= (s->depth > 0);

        if (s->name.len && s->depth < s->name_depth) {
            consent_names_end(s);
        }

        return;

    case '=':
        consent_names_assign(s);
        return;

    case ';':
        if (s->depth <= s->name_depth) {
            consent_names_end(s);
        }

        s->list = (s->depth > 0) && s->list;
        return;

    case ',':
        if (s->name.len && s->depth == s->name_depth) {
            consent_names_end(s);
        }

        return;

    case '|':

        /* "a || {}": the end of it tells */

        if (s->name.len && s->depth == s->name_depth
            && consent_names_punct(&s->prev[0], '|'))
        {
            s->fresh = 1;
        }

        return;
    }
}


/* may there be a word that consent_names_word() takes for a loader's? */

static int
consent_names_loader(consent_str_t text)
{
    size_t             len;
    const consent_u8  *p, *q, *end;

    end = text.data + text.len;

    for (p = text.data; end - p >= 6; p++) {
        p = consent_scan_pair(p, end, 'O', 'b');

        if (end - p < 6 || memcmp(p, "Object", 6) != 0) {
            continue;
        }

        /* last in a word, or before "Name" */

        for (q = p, len = 0; q > text.data && len < 10
             && consent_js_word(q[-1]); q--)
        {
            len++;
        }

        q = p + 6;
        len += 6;

        if (end - q >= 4 && memcmp(q, "Name", 4) == 0) {
            q += 4;
            len += 4;
        }

        if (len > 9 && (q == end || !consent_js_word(*q))) {
            return 1;
        }
    }

    for (p = text.data; end - p >= 9; p++) {
        p = consent_scan_pair(p, end, 'N', 'a');

        if (end - p >= 9 && memcmp(p, "Namespace", 9) == 0) {
            return 1;
        }
    }

    return 0;
}


/*
 * Deeper than the name whose value is being read, or with none, in brackets:
 * but for "window.name =" and, in a loader's script, what is called and with
 * what, only where that ends matters.
 */

static int
consent_names_nested(const consent_names_t *s)
{
    return s->depth && !s->fresh
           && !(s->name.len && s->depth == s->name_depth);
}


size_t
consent_inline_names(consent_str_t text, consent_u8 *buf, size_t size)
{
    int                loader;
    uint32_t           i, exact;
    consent_js_t       js;
    consent_names_t    s;
    const consent_u8  *p, *end;

    loader = consent_names_loader(text);
    exact = 0;

    memset(&s, 0, sizeof(s));
    s.buf = buf;
    s.size = size;

    consent_js_init(&js, text.data, text.len);
    end = text.data;

    while ((s.now.kind = consent_js_next(&js)) != CONSENT_JS_END) {
        s.now.token = js.token;
        s.now.line = 0;

        /* the one token that is not in the text: a regular expression */

        if (js.token.data >= text.data
            && js.token.data <= text.data + text.len)
        {
            for (p = end; p < js.token.data; p++) {
                s.now.line |= (*p == '\n' || *p == '\r');
            }
        }

        end = text.data + js.pos;

        consent_names_take(&s);

        s.prev[2] = s.prev[1];
        s.prev[1] = s.prev[0];
        s.prev[0] = s.now;

        if (consent_names_is(&s.now, "window")) {
            exact = CONSENT_NAMES_WINDOW;
        }

        if (exact) {
            exact--;

        } else if (!loader && consent_names_nested(&s)) {
            consent_js_leave(&js, &s.depth, s.name.len ? s.name_depth : 0,
                             s.name.len == 0);
            end = text.data + js.pos;
        }
    }

    consent_names_end(&s);

    for (i = 0; s.loader && i < s.nargs; i++) {
        if (s.args[i].len != 6 || memcmp(s.args[i].data, "script", 6) != 0) {
            consent_names_add(&s, s.args[i], "()");
        }
    }

    return s.n;
}
