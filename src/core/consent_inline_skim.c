
/*
 * The quick way through a script, which finds what consent_inline_read()
 * does.  Of its tokens only those are looked at that may matter: strings,
 * brackets, which tell where a string goes, and words that a signature may
 * begin with; the rest is passed over by blocks of 64 bytes.
 *
 * What makes it the same: strings, comments and regular expressions begin at
 * a quote, a "/" or "<!--" in code, and nowhere else; between two of these,
 * and brackets, are only words, blanks and single characters, so the token
 * before any place can be told by going back from there.  Where that would
 * be further than what is remembered, the script is read in full.
 */

#include "consent_inline_int.h"
#include "consent_html_scan.h"
#include "consent_scan_block.h"

#define SKIM_RING   16

typedef enum {
    SKIM_CODE = 0,
    SKIM_STRING,
    SKIM_OTHER                   /* comment, regular expression */
} skim_in_e;

typedef enum {
    SKIM_MARK = 0,
    SKIM_TEXT,
    SKIM_REGEX,
    SKIM_COMMENT
} skim_kind_e;

/* what code lies between */

typedef struct {
    const consent_u8       *start;
    const consent_u8       *stop;    /* of a string: its quote */
    const consent_u8       *end;
    uint8_t                 kind;    /* skim_kind_e */
    uint8_t                 escaped;
} skim_thing_t;

/* a bracket that is open */

typedef struct {
    const consent_u8       *at;
    const consent_u8       *low;     /* where the code before it begins */
    uint8_t                 kind;    /* of what is before that */
} skim_open_t;

typedef struct {
    consent_inline_read_t  *r;
    const consent_u8       *text;
    const consent_u8       *low;     /* where the first token is */
    const consent_u8       *end;

    skim_thing_t            ring[SKIM_RING];
    size_t                  n;

    skim_open_t             open[CONSENT_INLINE_DEPTH];
    consent_js_t            js;
    consent_inline_ctx_t    ctx;
    consent_str_t           string;  /* which words are now parts of */
    unsigned                lost:1;
} skim_t;

/* on the way back from a place */

typedef struct {
    const consent_u8       *at;
    size_t                  n;       /* things before it */
} skim_back_t;

#define skim_blank(c)  ((c) == ' ' || ((c) >= '\t' && (c) <= '\r'))


static inline void
skim_thing(skim_t *sk, skim_kind_e kind, const consent_u8 *start,
    const consent_u8 *stop, const consent_u8 *end, int escaped)
{
    skim_thing_t  *t;

    t = &sk->ring[sk->n++ % SKIM_RING];
    t->start = start;
    t->stop = stop;
    t->end = end;
    t->kind = (uint8_t) kind;
    t->escaped = (uint8_t) escaped;
}


/* the token before; of a string, without its quotes */

static consent_js_e
skim_before(skim_t *sk, skim_back_t *b, consent_str_t *token, int *escaped)
{
    const consent_u8    *p, *low;
    const skim_thing_t  *t;

    *escaped = 0;

    for ( ;; ) {
        t = b->n ? &sk->ring[(b->n - 1) % SKIM_RING] : NULL;
        low = t ? t->end : sk->low;

        for (p = b->at; p > low && skim_blank(p[-1]); p--) { /* void */ }

        if (p > low) {
            b->at = p--;

            if (!consent_js_word(*p)) {
                b->at = p;
                token->data = p;
                token->len = 1;

                return CONSENT_JS_PUNCT;
            }

            while (p > low && consent_js_word(p[-1])) {
                p--;
            }

            token->data = p;
            token->len = (size_t) (b->at - p);
            b->at = p;

            return CONSENT_JS_WORD;
        }

        if (t == NULL) {
            token->data = p;
            token->len = 0;

            return CONSENT_JS_END;
        }

        b->at = t->start;
        b->n--;
        token->data = t->start;
        token->len = 1;

        if (sk->n - b->n >= SKIM_RING) {
            sk->lost = 1;
            return CONSENT_JS_END;
        }

        switch (t->kind) {

        case SKIM_MARK:
            return CONSENT_JS_PUNCT;

        case SKIM_REGEX:

            /* the reader's one token for it is "/" */

            return CONSENT_JS_PUNCT;

        case SKIM_TEXT:
            token->data = t->start + 1;
            token->len = (size_t) (t->stop - token->data);
            *escaped = t->escaped;

            return CONSENT_JS_STRING;
        }
    }
}


/* does a "/" at p divide? */

static int
skim_divides(skim_t *sk, const consent_u8 *p)
{
    int            escaped;
    skim_back_t    b;
    consent_str_t  token;

    b.at = p;
    b.n = sk->n;

    switch (skim_before(sk, &b, &token, &escaped)) {

    case CONSENT_JS_STRING:
        return 1;

    case CONSENT_JS_WORD:
        return !consent_js_operator(token.data, token.len);

    case CONSENT_JS_PUNCT:
        return token.data[0] == ')' || token.data[0] == ']'
               || (b.n < sk->n && token.data[0] == '/'
                   && sk->ring[b.n % SKIM_RING].kind == SKIM_REGEX);

    default:
        return 0;
    }
}


/* one token of what consent_inline_place() looks at */

static void
skim_prev(skim_t *sk, skim_back_t *b, consent_inline_prev_t *prev)
{
    int            escaped;
    consent_u8     buf[CONSENT_INLINE_SAYS];
    consent_str_t  token;

    memset(prev, 0, sizeof(consent_inline_prev_t));

    prev->kind = (uint8_t) skim_before(sk, b, &token, &escaped);

    if (prev->kind == CONSENT_JS_PUNCT) {
        prev->c = token.data[0];
        return;
    }

    if (escaped) {
        sk->js.token = token;
        sk->js.escaped = 1;
        token = consent_js_text(&sk->js, buf, sizeof(buf));
    }

    if (token.len && token.len < CONSENT_INLINE_SAYS
        && (sk->ctx.says[token.len] >> (token.data[0] & 31) & 1))
    {
        prev->says = (uint8_t) consent_inline_says(token);
    }
}


/* what the word before a "(" says; of nothing else it matters */

static unsigned
skim_callee(skim_t *sk, const skim_open_t *o)
{
    consent_str_t      word;
    const consent_u8  *p;

    for (p = o->at; p > o->low && skim_blank(p[-1]); p--) { /* void */ }

    if (p == o->low) {
        sk->lost |= (o->kind == SKIM_COMMENT);
        return CONSENT_SAYS_NOTHING;
    }

    word.data = p;
    word.len = 0;

    while (word.data > o->low && consent_js_word(word.data[-1])) {
        word.data--;
        word.len++;
    }

    if (word.len == 0 || word.len >= CONSENT_INLINE_SAYS
        || !(sk->ctx.says[word.len] >> (word.data[0] & 31) & 1))
    {
        return CONSENT_SAYS_NOTHING;
    }

    return consent_inline_says(word);
}


/* where a string that begins at p goes */

static const consent_inline_ctx_t *
skim_ctx(skim_t *sk, const consent_u8 *p)
{
    unsigned               i, n;
    uint32_t               d;
    skim_back_t            b;
    consent_inline_ctx_t  *ctx;

    ctx = &sk->ctx;
    b.at = p;
    b.n = sk->n;

    skim_prev(sk, &b, &ctx->prev[0]);

    switch (ctx->prev[0].c) {

    case '=':
        n = CONSENT_INLINE_PREV;
        break;

    case ':':
    case '[':
        n = 3;
        break;

    case ',':
        n = 2;
        break;

    default:
        n = 1;
    }

    for (i = 1; i < n; i++) {
        skim_prev(sk, &b, &ctx->prev[i]);
    }

    d = ctx->depth;

    if (d && d <= CONSENT_INLINE_DEPTH && ctx->open[d - 1] == '(') {
        ctx->callee[d - 1] = (uint8_t) skim_callee(sk, &sk->open[d - 1]);
    }

    return ctx;
}


/* a word or string that terms may begin with, and what follows it */

static void
skim_begin(skim_t *sk, consent_js_e kind, consent_str_t token,
    const consent_u8 *start, const consent_u8 *next)
{
    int                     escaped;
    consent_u8              before;
    consent_js_t           *js;
    skim_back_t             b;
    consent_js_e            k;
    consent_str_t           t;
    consent_inline_seen_t  *seen;

    seen = &sk->r->seen;
    b.at = start;
    b.n = sk->n;
    before = 0;

    if (skim_before(sk, &b, &t, &escaped) == CONSENT_JS_PUNCT) {
        before = t.data[0];
    }

    consent_inline_begin(seen, kind, token, before);

    if (seen->nruns == 0) {
        return;
    }

    js = &sk->js;
    js->pos = (size_t) (next - sk->text);
    js->kind = kind;
    js->value = 1;

    if (kind == CONSENT_JS_WORD) {
        js->value = 2;
        js->word = token.data;
        js->word_len = token.len;
    }

    while (seen->nruns && (k = consent_js_next(js)) != CONSENT_JS_END) {

        t = js->token;

        if (k == CONSENT_JS_STRING) {
            t = consent_js_text(js, sk->r->m->text, sizeof(sk->r->m->text));
        }

        consent_inline_advance(seen, k, t);
    }

    seen->nruns = 0;
}


/* a word at p, in code or in a string */

static void
skim_word(skim_t *sk, const consent_u8 *p)
{
    consent_str_t      token;
    const consent_u8  *q, *end;

    if (sk->string.data) {
        end = sk->string.data + sk->string.len;

        for (q = p; q < end && *q < 0x80 && consent_js_word(*q); q++) {
            /* void */
        }

        consent_inline_part(&sk->r->seen, sk->string,
                            (size_t) (p - sk->string.data),
                            (size_t) (q - sk->string.data));
        return;
    }

    if (p > sk->text && p[-1] >= 0x80) {
        return;
    }

    for (q = p; q < sk->end && consent_js_word(*q); q++) { /* void */ }

    token.data = p;
    token.len = (size_t) (q - p);

    if (consent_inline_may_begin(&sk->r->seen, token)) {
        skim_begin(sk, CONSENT_JS_WORD, token, p, q);
    }
}


/* a string whose quote is at p; returns where to go on */

static const consent_u8 *
skim_string(skim_t *sk, const consent_u8 *p)
{
    int                            url, escaped;
    uint32_t                       w;
    consent_u8                     line;
    consent_str_t                  s;
    const consent_u8              *q, *next;
    const consent_inline_scan_t   *scan;

    url = 0;
    escaped = 0;
    line = (*p == '`') ? '`' : '\n';

    for (q = p + 1; /* void */ ; q += 2) {
        q = consent_scan_string(q, sk->end, *p, line, &url);

        if (q == sk->end || *q != '\\') {
            break;
        }

        escaped = 1;

        if (sk->end - q < 2) {
            q = sk->end;
            break;
        }
    }

    next = (q < sk->end) ? q + 1 : q;

    s.data = p + 1;
    s.len = (size_t) (q - s.data);
    sk->string = s;

    if (escaped) {
        sk->js.token = s;
        sk->js.escaped = 1;
        s = consent_js_text(&sk->js, sk->r->m->text, sizeof(sk->r->m->text));
        sk->string.len = 0;
        consent_inline_parts(&sk->r->seen, s);
        url = 1;
    }

    if (url && s.len > 3) {
        consent_inline_urls(skim_ctx(sk, p), sk->r->rules, sk->r->m,
                            sk->r->page, s, &sk->r->found);
    }

    scan = sk->r->seen.scan;

    if (consent_inline_may_begin(&sk->r->seen, s)) {
        w = 0;

        if (s.len > 2) {
            w = (uint32_t) s.data[0] << 8 | (uint32_t) s.data[1] << 16
                | (uint32_t) s.data[2] << 24;
            w = consent_scan_three(w);
        }

        if (s.len < 3 || (scan->first[w / 32] >> (w % 32) & 1)) {
            skim_begin(sk, CONSENT_JS_STRING, s, p, next);
        }
    }

    skim_thing(sk, SKIM_TEXT, p, q, next, escaped);

    return next;
}


static void
skim_bracket(skim_t *sk, const consent_u8 *p)
{
    uint32_t             d;
    skim_open_t         *o;
    const skim_thing_t  *t;

    if (*p == '(' || *p == '[' || *p == '{') {
        d = sk->ctx.depth++;

        if (d < CONSENT_INLINE_DEPTH) {
            sk->ctx.open[d] = *p;

            o = &sk->open[d];
            o->at = p;
            o->low = sk->low;
            o->kind = SKIM_MARK;

            if (sk->n) {
                t = &sk->ring[(sk->n - 1) % SKIM_RING];
                o->low = t->end;
                o->kind = t->kind;
            }
        }

    } else {
        sk->ctx.depth -= (sk->ctx.depth > 0);
    }

    skim_thing(sk, SKIM_MARK, p, p, p + 1, 0);
}


/* "/" or "<" at p: where it ends, or p if it is a character */

static const consent_u8 *
skim_slash(skim_t *sk, const consent_u8 *p)
{
    size_t             left;
    const consent_u8  *q;

    left = (size_t) (sk->end - p);

    if ((*p == '<' && left > 3 && memcmp(p, "<!--", 4) == 0)
        || (*p == '/' && left > 1 && p[1] == '/'))
    {
        q = consent_scan_either(p, sk->end, '\n', '\r');

    } else if (*p == '/' && left > 1 && p[1] == '*') {
        q = consent_scan_pair(p + 2, sk->end, '*', '/');
        q = (q < sk->end) ? q + 2 : q;

    } else if (*p == '/' && !skim_divides(sk, p)) {
        q = sk->text + consent_js_regex(&sk->js, (size_t) (p - sk->text));
        skim_thing(sk, SKIM_REGEX, p, q, q, 0);
        return q;

    } else {
        return p;
    }

    skim_thing(sk, SKIM_COMMENT, p, q, q, 0);

    return q;
}


/* where words begin of which more is to be seen */

static inline uint64_t
skim_words(const consent_inline_scan_t *scan, const consent_block_t *b,
    const consent_u8 *p, unsigned before)
{
    int       i;
    uint32_t  w;
    uint64_t  start, m, words;

    start = b->word & ~(b->word << 1 | before);

    /* the last two may go on */

    words = start & 0xc000000000000000u;
    start &= 0x3fffffffffffffffu;

    words |= start & b->one & ~(b->word >> 1);

    for (m = start & b->word >> 1 & b->word >> 2; m; m &= m - 1) {
        i = __builtin_ctzll(m);
        w = (uint32_t) p[i] << 8 | (uint32_t) p[i + 1] << 16
            | (uint32_t) p[i + 2] << 24;
        w = consent_scan_three(w);
        words |= (uint64_t) (scan->first[w / 32] >> (w % 32) & 1) << i;
    }

    for (m = start & b->word >> 1 & ~(b->word >> 2); m; m &= m - 1) {
        i = __builtin_ctzll(m);
        w = (uint32_t) (p[i] & 31) << 5 | (p[i + 1] & 31);
        words |= (uint64_t) (scan->pair[w / 32] >> (w % 32) & 1) << i;
    }

    return words;
}


/* the code and strings of one block, of which "words" are to be looked at;
 * "skip" is where what has begun before ends */

static const consent_u8 *
skim_block(skim_t *sk, const consent_u8 *base, uint64_t words, uint64_t marks,
    const consent_u8 *skip)
{
    size_t             n;
    uint64_t           m, bit;
    const consent_u8  *p, *q;

    for ( ;; ) {

        /* in a string its words are left; elsewhere nothing is */

        n = (skip > base) ? (size_t) (skip - base) : 0;
        m = (n < CONSENT_BLOCK) ? ~(uint64_t) 0 << n : 0;

        if (sk->string.data) {
            for (bit = words & ~m; bit; bit &= bit - 1) {
                p = base + __builtin_ctzll(bit);

                if (p < sk->string.data + sk->string.len) {
                    skim_word(sk, p);
                }
            }
        }

        if (m == 0) {
            return skip;
        }

        sk->string.data = NULL;
        words &= m;
        marks &= m;

        for ( ;; ) {
            m = words | marks;

            if (m == 0) {
                return skip;
            }

            bit = m & -m;
            p = base + __builtin_ctzll(m);

            if (words & bit) {
                skim_word(sk, p);
                words &= ~bit;
                continue;
            }

            marks &= ~bit;

            if (*p == '"' || *p == '\'' || *p == '`') {
                skip = skim_string(sk, p);
                break;
            }

            if (*p != '/' && *p != '<') {
                skim_bracket(sk, p);
                continue;
            }

            q = skim_slash(sk, p);

            if (q > p) {
                skip = q;
                break;
            }
        }
    }
}


int
consent_inline_skim(consent_inline_read_t *r)
{
    size_t             left;
    skim_t             sk;
    unsigned           before;
    consent_u8         last[CONSENT_BLOCK];
    consent_block_t    b;
    consent_block_pt   block;
    const consent_u8  *p, *q, *skip;

    if (r->seen.scan->slow) {
        return 0;
    }

    sk.r = r;
    sk.text = r->text.data;
    sk.end = r->text.data + r->text.len;
    sk.n = 0;
    sk.string.data = NULL;
    sk.string.len = 0;
    sk.lost = 0;

    consent_js_init(&sk.js, r->text.data, r->text.len);
    consent_inline_ctx_init(&sk.ctx);

    sk.low = sk.text + consent_js_start(&sk.js);
    skip = sk.low;
    before = 0;
    block = r->seen.scan->block;

    for (p = sk.text; p < sk.end; p += CONSENT_BLOCK) {
        left = (size_t) (sk.end - p);
        q = p;

        if (left < CONSENT_BLOCK) {
            memcpy(last, p, left);
            memset(last + left, 0, CONSENT_BLOCK - left);
            q = last;
        }

        block(q, r->seen.scan->letter, &b);

        skip = skim_block(&sk, p, skim_words(r->seen.scan, &b, q, before),
                          b.mark, skip);

        if (sk.lost) {
            return 0;
        }

        before = (unsigned) (b.word >> 63);
    }

    return 1;
}
