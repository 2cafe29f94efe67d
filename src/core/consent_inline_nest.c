
/*
 * Most of a script is nested in brackets, and of what is there hardly a token
 * matters to some.  Where they close again is found without reading tokens:
 * only strings, comments and regular expressions are told apart, which begin
 * at a quote, a "/" or "<!--", by what consent_js_next() goes by as well.
 */

#include "consent_inline_nest.h"
#include "consent_html_scan.h"
#include "consent_scan_block.h"

typedef struct {
    consent_js_t      *js;
    const consent_u8  *text;
    const consent_u8  *end;
    const consent_u8  *low;      /* code has begun here */
    int                divides;  /* would a "/" right there? */
} nest_t;

#define nest_blank(c)  ((c) == ' ' || ((c) >= '\t' && (c) <= '\r'))


/* does a "/" at p divide?  No bracket is between "low" and it */

static int
nest_divides(const nest_t *n, const consent_u8 *p)
{
    const consent_u8  *q;

    while (p > n->low && nest_blank(p[-1])) {
        p--;
    }

    if (p == n->low) {
        return n->divides;
    }

    for (q = p; q > n->low && consent_js_word(q[-1]); q--) { /* void */ }

    return q < p && !consent_js_operator(q, (size_t) (p - q));
}


static const consent_u8 *
nest_string(const nest_t *n, const consent_u8 *p)
{
    int                url;
    consent_u8         quote;
    const consent_u8  *q;

    quote = *p;
    url = 0;

    for (q = p + 1; /* void */ ; q += 2) {
        q = consent_scan_string(q, n->end, quote,
                                (quote == '`') ? '`' : '\n', &url);

        if (q == n->end || *q != '\\') {
            break;
        }

        if (n->end - q < 2) {
            return n->end;
        }
    }

    return (q < n->end) ? q + 1 : q;
}


/* a quote, "/" or "<": where what it begins ends; p: it begins nothing */

static const consent_u8 *
nest_thing(nest_t *n, const consent_u8 *p)
{
    int                value;
    size_t             left;
    const consent_u8  *q;

    if (*p != '/' && *p != '<') {
        n->divides = 1;
        return nest_string(n, p);
    }

    left = (size_t) (n->end - p);
    value = nest_divides(n, p);

    if ((*p == '<' && left > 3 && memcmp(p, "<!--", 4) == 0)
        || (*p == '/' && left > 1 && p[1] == '/'))
    {
        q = consent_scan_either(p, n->end, '\n', '\r');

    } else if (*p == '/' && left > 1 && p[1] == '*') {
        q = consent_scan_pair(p + 2, n->end, '*', '/');
        q = (q < n->end) ? q + 2 : q;

    } else if (*p == '/' && !value) {
        q = n->text + consent_js_regex(n->js, (size_t) (p - n->text));
        value = 1;

    } else {
        return p;
    }

    n->divides = value;

    return q;
}


/* 1: it is a bracket that ends it */

static inline int
nest_bracket(nest_t *n, const consent_u8 *p, uint32_t *depth, uint32_t stop)
{
    if (*p == '(' || *p == '[' || *p == '{') {
        *depth += 1;
        n->divides = 0;

    } else {
        if (*depth == stop + 1) {
            return 1;
        }

        *depth -= 1;
        n->divides = (*p != '}');
    }

    n->low = p + 1;

    return 0;
}


static int
nest_window(const nest_t *n, const consent_u8 *p)
{
    return n->end - p >= 6 && memcmp(p, "window", 6) == 0
           && (n->end - p == 6 || !consent_js_word(p[6]))
           && (p == n->low || !consent_js_word(p[-1]));
}


/* the marks of one block, its first byte at "base"; NULL: found at js->pos */

static const consent_u8 *
nest_block(nest_t *n, const consent_u8 *base, uint64_t marks, uint64_t words,
    uint32_t *depth, uint32_t stop)
{
    uint64_t           m, bit;
    const consent_u8  *p, *q;

    for (m = marks | words; m; m &= m - 1) {
        bit = m & -m;
        p = base + __builtin_ctzll(m);

        if (words & bit) {

            if (!nest_window(n, p)) {
                continue;
            }

        } else if (*p == '"' || *p == '\'' || *p == '`' || *p == '/'
                   || *p == '<')
        {
            q = nest_thing(n, p);

            if (q == p) {
                continue;
            }

            n->low = q;

            if (q - base >= CONSENT_BLOCK) {
                return q;
            }

            m = (m & ~(uint64_t) 0 << (q - base)) | bit;
            continue;

        } else if (!nest_bracket(n, p, depth, stop)) {
            continue;
        }

        n->js->pos = (size_t) (p - n->text);

        return NULL;
    }

    return base + CONSENT_BLOCK;
}


void
consent_js_leave(consent_js_t *js, uint32_t *depth, uint32_t stop, int window)
{
    size_t             left;
    nest_t             n;
    consent_u8         last[CONSENT_BLOCK];
    consent_block_t    b;
    consent_block_pt   block;
    const consent_u8  *p, *q;

    n.js = js;
    n.text = js->text;
    n.end = js->text + js->len;
    n.low = js->text + js->pos;
    n.divides = consent_js_divides(js);

    block = consent_block_way();
    p = n.low;

    while (p < n.end) {
        left = (size_t) (n.end - p);
        q = p;

        if (left < CONSENT_BLOCK) {
            memcpy(last, p, left);
            memset(last + left, 0, CONSENT_BLOCK - left);
            q = last;
        }

        block(q, window ? 'w' : 0, &b);
        b.one = window ? b.one & ~(b.word << 1) : 0;

        p = nest_block(&n, p, b.mark, b.one, depth, stop);

        if (p == NULL) {
            return;
        }
    }

    js->pos = js->len;
}
