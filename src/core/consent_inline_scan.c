
/*
 * Most scripts are a page's own code and data, and large; reading them token
 * by token costs twenty times what looking for a word does.  Whatever the
 * catalog may say of a script, a certain word must stand in it: one of each
 * signature, the last label of a host, the word that a path is filed under.
 * Only of words that begin like one of these more is looked at.  It must not
 * miss anything: where letters may be hidden in escapes, and wherever there
 * is doubt, the answer is that there may be something.
 *
 * "Words" are runs of ASCII letters and digits.
 */

#include "consent_rules_int.h"
#include "consent_inline.h"
#include "consent_inline_scan.h"
#include "consent_inline_url.h"
#include "consent_html_scan.h"

#define SCAN_BLOCK  64

/* what an entry stands for; the rest of its bits are a number */

#define SCAN_TERM   0x1000       /* of a term, its element in "at" */
#define SCAN_SITE   0x2000
#define SCAN_TOP    0x3000       /* a top-level domain */
#define SCAN_KIND   0xf000

#define scan_three  consent_scan_three

#define scan_digit(c)  ((unsigned) ((c) - '0') < 10)
#define scan_alpha(c)  ((unsigned) (((c) | 0x20) - 'a') < 26)
#define scan_alnum(c)  (scan_alpha(c) || scan_digit(c))
#define scan_lower(c)                                                         \
    ((consent_u8) ((unsigned) ((c) - 'A') < 26 ? (c) | 0x20 : (c)))

#define scan_part(c)                                                          \
    (scan_alnum(c) || (c) == '_' || (c) == '$' || (c) >= 0x80)

typedef struct {
    uint64_t  word;              /* letters and digits */
    uint64_t  one;               /* the letter that is a word */
    uint64_t  escape;            /* "\" and "%" */
} scan_mask_t;

typedef struct {
    const consent_inline_scan_t  *s;
    const consent_u8             *text;
    const consent_u8             *end;
    int                           address;  /* no script: an URL */
} scan_t;


/* words of a program that say nothing about whose it is */

static int
scan_common(const char *word, size_t len)
{
    size_t             i;
    static const char  *words[] = {
        "push", "init", "load", "create", "config", "window", "document",
        "track", "start", "display", "set", "options", "call", "cmd", "boot",
        "new", "code"
    };

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0) {
            return 1;
        }
    }

    return 0;
}


static uint32_t
scan_hash(const consent_u8 *p, size_t len)
{
    size_t    i;
    uint32_t  h;

    h = CONSENT_HASH_INIT;

    for (i = 0; i < len; i++) {
        h = consent_hash_step(h, scan_lower(p[i]));
    }

    return h;
}


static void
scan_add(consent_inline_scan_t *s, const char *word, size_t len,
    unsigned what, size_t at)
{
    uint32_t           i, h, w;
    const consent_u8  *p;

    p = (const consent_u8 *) word;

    if (len == 0 || at > UINT8_MAX || (len == 1 && s->one && s->one != *p)) {
        s->off = 1;
        return;
    }

    if (len == 1) {
        s->one = *p;

    } else if (len == 2) {
        i = (uint32_t) (p[0] & 31) << 5 | (p[1] & 31);

        if (what == SCAN_TOP) {
            s->top[i / 32] |= 1u << (i % 32);

        } else {
            s->two[i / 32] |= 1u << (i % 32);
        }

    } else {
        w = (p[0] | 0x20u) << 8 | (p[1] | 0x20u) << 16 | (p[2] | 0x20u) << 24;
        i = scan_three(w);
        s->three[i / 32] |= 1u << (i % 32);

        if ((what & SCAN_KIND) == SCAN_SITE) {
            s->paths[i / 32] |= 1u << (i % 32);
        }
    }

    h = scan_hash(p, len);

    for (i = h % CONSENT_SCAN_WORDS; s->what[i];
         i = (i + 1) % CONSENT_SCAN_WORDS)
    {
        if (s->hash[i] == h && s->what[i] == what) {
            return;
        }
    }

    s->hash[i] = h;
    s->what[i] = (uint16_t) what;
    s->at[i] = (uint8_t) at;
}


/* the longest word in p[from, to): its place, its length */

static size_t
scan_longest(const char *p, size_t from, size_t to, size_t *len)
{
    size_t  i, start, at;

    *len = 0;
    at = from;

    for (i = from; i < to; i++) {

        for (start = i; i < to && scan_alnum(p[i]); i++) { /* void */ }

        if (i - start > *len) {
            *len = i - start;
            at = start;
        }
    }

    return at;
}


/* the best of a signature's words */

static void
scan_signature(consent_inline_scan_t *s, const consent_inline_sig_t *sig)
{
    int                           k, best, worth;
    size_t                        i, at, len, from, to, best_at, best_len;
    unsigned                      term;
    const char                   *text, *best_text;
    const consent_inline_elem_t  *e;
    const consent_inline_term_t  *t;

    best = 0;
    best_at = best_len = 0;
    best_text = NULL;
    term = 0;

    for (k = 0; k < 3 && sig->yes[k] >= 0; k++) {
        t = &consent_inline_terms[sig->yes[k]];

        for (i = 0; i < t->n; i++) {
            e = &consent_inline_elems[t->first + i];
            text = e->text;
            from = 0;
            to = e->len;

            if (e->kind == CONSENT_INLINE_PUNCT) {
                continue;
            }

            if (e->kind == CONSENT_INLINE_PART) {

                /* the word it is found by; what is around may go on */

                for (from = to = t->at; to < e->len
                     && (scan_alnum(text[to]) || text[to] == '_'
                         || text[to] == '$'); to++)
                {
                    /* void */
                }
            }

            at = scan_longest(text, from, to, &len);

            worth = (len < 3) ? (int) len
                    : scan_common(text + at, len) ? 3 : (int) len + 1;

            if (worth > best || (worth == 1 && best == 1)) {
                best = worth;
                best_at = at;
                best_len = len;
                best_text = text;
                term = (unsigned) (t->first + i);
            }
        }
    }

    if (best == 0 || term > 0xfff) {
        s->off = 1;
        return;
    }

    scan_add(s, best_text + best_at, best_len, SCAN_TERM | term, best_at);
}


/* by which of its words a term is filed */

static void
scan_begin(consent_inline_scan_t *s, const consent_inline_term_t *t)
{
    size_t                        at, len;
    uint32_t                      w, *bits;
    const char                   *p;
    const consent_inline_elem_t  *e;

    e = &consent_inline_elems[t->first];
    e += (e->kind == CONSENT_INLINE_PUNCT);

    p = e->text;
    len = e->len;
    bits = s->begin;

    if (e->kind == CONSENT_INLINE_PART) {
        bits = s->part;
        p += t->at;

        for (len = 0; scan_alnum(p[len]) || p[len] == '_' || p[len] == '$';
             len++)
        {
            /* void */
        }
    }

    if (len < 64) {
        bits[len] |= 1u << (p[0] & 31);
    }

    /* and for who goes from word to word */

    w = (consent_u8) p[0];

    if (len == 1 && (s->letter == 0 || s->letter == w)) {
        s->letter = (uint8_t) w;

    } else if (len == 2) {
        w = (w & 31) << 5 | (p[1] & 31);
        s->pair[w / 32] |= 1u << (w % 32);

    } else if (len > 2) {
        w = w << 8 | (uint32_t) (consent_u8) p[1] << 16
            | (uint32_t) (consent_u8) p[2] << 24;
        w = scan_three(w);
        s->first[w / 32] |= 1u << (w % 32);

    } else {
        s->slow = 1;
    }

    for (at = 0; at < 3 && at < len; at++) {
        if (!scan_part((consent_u8) p[at])) {
            s->slow |= (e->kind != CONSENT_INLINE_STRING);
        }
    }
}


void
consent_inline_scan_init(consent_inline_scan_t *s)
{
    size_t                         at, len;
    uint32_t                       i, k;
    const char                    *p;
    const consent_catalog_host_t  *h;
    const consent_catalog_path_t  *r;

    memset(s, 0, sizeof(consent_inline_scan_t));
    s->block = consent_block_way();

    for (i = 0; i < consent_inline_nsigs; i++) {
        if (consent_inline_sigs[i].cls != CONSENT_CLASS_NONE) {
            scan_signature(s, &consent_inline_sigs[i]);
        }
    }

    for (i = 0; i < consent_inline_nterms; i++) {
        scan_begin(s, &consent_inline_terms[i]);
    }

    for (i = 0; i < consent_catalog_nhosts; i++) {
        h = &consent_catalog_hosts[i];
        p = consent_catalog_strings + h->name;

        for (at = h->len; at && p[at - 1] != '.'; at--) { /* void */ }

        (void) scan_longest(p, at, h->len, &len);

        if (len != h->len - at) {
            s->off = 1;
        }

        scan_add(s, p + at, len, SCAN_TOP, 0);
    }

    for (i = 0; i <= consent_catalog_site_mask; i++) {
        k = consent_catalog_site_slots[i];

        if (k == 0) {
            continue;
        }

        r = &consent_catalog_site[k - 1];
        p = consent_catalog_strings + r->pattern + r->key;
        (void) scan_longest(p, 0, r->key_len, &len);

        if (len != r->key_len || k > 0xfff) {
            s->off = 1;
        }

        scan_add(s, p, len, SCAN_SITE | (k - 1), 0);
    }
}


#define scan_blank(c)  ((c) == ' ' || ((c) >= '\t' && (c) <= '\r'))
#define scan_quote(c)  ((c) == '"' || (c) == '\'' || (c) == '`')

/* a comment may begin, or end, here, or it is an escape: not looked into */

#define scan_pair(a, b)                                                       \
    (((a) == '/' && ((b) == '/' || (b) == '*'))                               \
     || ((a) == '*' && (b) == '/')                                            \
     || ((a) == '<' && (b) == '!') || ((a) == '-' && (b) == '-'))

/* back over blanks; to where a comment may have stood, NULL */

static const consent_u8 *
scan_unblank(const scan_t *sc, const consent_u8 *p)
{
    const consent_u8  *q;

    while (p > sc->text && scan_blank(p[-1])) {
        p--;

        if (*p != '\n' && *p != '\r') {
            continue;
        }

        /* is there a comment in the line that ends here? */

        for (q = p; q - sc->text > 1 && q[-1] != '\n' && q[-1] != '\r'; q--) {
            if (scan_pair(q[-2], q[-1])) {
                return NULL;
            }
        }
    }

    if (p - sc->text > 1 && (scan_pair(p[-2], p[-1]) || p[-1] == '\\')) {
        return NULL;
    }

    return p;
}


/* does element e end at p?  start: where it began; 0: no, 1: yes, 2: doubt */

static int
scan_back(const scan_t *sc, const consent_inline_elem_t *e,
    const consent_u8 *p, const consent_u8 **start)
{
    p = scan_unblank(sc, p);

    if (p == NULL || e->kind == CONSENT_INLINE_STRING) {
        return 2;
    }

    if (p - sc->text < e->len || memcmp(p - e->len, e->text, e->len) != 0) {
        return 0;
    }

    p -= e->len;
    *start = p;

    return !(e->kind == CONSENT_INLINE_WORD && p > sc->text
             && scan_part(p[-1]));
}


static int
scan_forth(const scan_t *sc, const consent_inline_elem_t *e,
    const consent_u8 *p, const consent_u8 **next)
{
    while (p < sc->end && scan_blank(*p)) {
        p++;
    }

    if (p == sc->end) {
        return 0;
    }

    if (*p == '\\' || e->kind == CONSENT_INLINE_STRING
        || (sc->end - p > 1 && scan_pair(p[0], p[1])))
    {
        return 2;
    }

    if (sc->end - p < e->len || memcmp(p, e->text, e->len) != 0) {
        return 0;
    }

    p += e->len;
    *next = p;

    return !(e->kind == CONSENT_INLINE_WORD && p < sc->end && scan_part(*p));
}


/* the word at p is one of an element's: is that there, and what is around
 * it in its term? */

static int
scan_term(const scan_t *sc, unsigned elem, size_t at, const consent_u8 *p)
{
    int                           rc;
    uint32_t                      i;
    const consent_u8             *start, *next;
    const consent_inline_elem_t  *e;
    const consent_inline_term_t  *t;

    e = &consent_inline_elems[elem];

    if ((size_t) (p - sc->text) < at
        || (size_t) (sc->end - p) < e->len - at
        || memcmp(p - at, e->text, e->len) != 0)
    {
        return 0;
    }

    start = p - at;
    next = start + e->len;

    if (e->kind == CONSENT_INLINE_PART) {
        return 1;
    }

    if (e->kind == CONSENT_INLINE_STRING) {
        return start > sc->text && next < sc->end && scan_quote(start[-1])
               && *next == start[-1];
    }

    if ((start > sc->text && scan_part(start[-1]))
        || (next < sc->end && scan_part(*next)))
    {
        return 0;
    }

    for (t = consent_inline_terms;
         elem < t->first || elem >= (unsigned) t->first + t->n;
         t++)
    {
        /* void */
    }

    for (i = elem; i > t->first; i--) {
        rc = scan_back(sc, &consent_inline_elems[i - 1], start, &start);

        if (rc != 1) {
            if (rc == 0) {
                return 0;
            }

            break;
        }
    }

    for (i = elem + 1; i < (unsigned) t->first + t->n; i++) {
        rc = scan_forth(sc, &consent_inline_elems[i], next, &next);

        if (rc != 1) {
            return rc;
        }
    }

    return 1;
}


/* one "/" before p, as it may be written: "/", "\/" or "\u002F"; or p */

static const consent_u8 *
scan_slash(const scan_t *sc, const consent_u8 *p)
{
    if (p > sc->text && p[-1] == '/') {
        p--;

        return (p > sc->text && p[-1] == '\\') ? p - 1 : p;
    }

    if (p - sc->text >= 6 && memcmp(p - 6, "\\u002", 5) == 0
        && (p[-1] | 0x20) == 'f')
    {
        return p - 6;
    }

    return p;
}


/* the property that a value which begins before p is given to is none that
 * loads, as consent_inline_place() sees it */

static int
scan_property(const scan_t *sc, const consent_u8 *p)
{
    consent_u8         quote;
    consent_str_t      key;
    const consent_u8  *end;

    p = scan_unblank(sc, p);

    if (p == NULL || p == sc->text) {
        return 0;
    }

    quote = p[-1];

    if (scan_quote(quote)) {
        end = --p;

        while (p > sc->text && p[-1] != quote && p[-1] != '\n') {
            p--;
        }

        if (p == sc->text || p[-1] != quote) {
            return 0;
        }

        key.data = p;
        key.len = (size_t) (end - p);
        p--;

    } else {
        end = p;

        while (p > sc->text && scan_part(p[-1])) {
            p--;
        }

        key.data = p;
        key.len = (size_t) (end - p);
    }

    if (key.len == 0 || memchr(key.data, '\\', key.len)
        || consent_inline_loads_by(key))
    {
        return 0;
    }

    p = scan_unblank(sc, p);

    return p && p > sc->text && (p[-1] == '{' || p[-1] == ',');
}


/*
 * A string that begins with a host: 1 if that is all of it, 0 if there is a
 * path, -1 if it is another text.
 */

static int
scan_bare(const scan_t *sc, const consent_u8 *p, consent_u8 quote)
{
    consent_u8  first;

    first = (p < sc->end) ? *p : 0;

    while (p < sc->end && (*p == '.' || *p == ':' || *p == '/')) {
        p++;
    }

    while (p < sc->end && (scan_alnum(*p) || *p == '-' || *p == '.'
                           || *p == '_'))
    {
        p++;
    }

    if (p == sc->end || *p == '/' || *p == '\\' || p[-1] == quote) {
        return 0;
    }

    if (*p != quote || p[-1] == '.') {
        return -1;
    }

    /* the end of a name that something is put before counts as a path does */

    return first != '.';
}


/*
 * An address begins at p: can what is done with it matter?  Only of what is
 * surely data, or in the midst of a text, the answer is that it cannot.
 */

static int
scan_place(const scan_t *sc, const consent_u8 *p)
{
    int                whole;
    unsigned           slashes;
    consent_u8         c;
    const consent_u8  *q;

    for (slashes = 0; (q = scan_slash(sc, p)) != p; p = q) {
        slashes++;
    }

    if (slashes == 1) {
        return 1;
    }

    if (slashes && p > sc->text && p[-1] == ':') {
        q = p - 1;

        if (q - sc->text >= 5 && memcmp(q - 5, "https", 5) == 0) {
            p = q - 5;

        } else if (q - sc->text >= 4 && memcmp(q - 4, "http", 4) == 0) {
            p = q - 4;

        } else {
            return 1;
        }
    }

    if (p == sc->text) {
        return 1;
    }

    c = p[-1];

    if (!scan_quote(c)) {

        /* a quote in a string, markup; or not the begin of an address */

        return c == '=' || c == '\\' || c == ' ' || c == '.' || c == ':'
               || c == '@' || slashes == 0;
    }

    p--;

    if (p > sc->text && p[-1] == '\\') {

        /* in a string, where only "src=" and "href=" count */

        while (p > sc->text && (p[-1] == '\\' || p[-1] == ' ')) {
            p--;
        }

        return p == sc->text || p[-1] == '=' || scan_quote(p[-1]);
    }

    whole = (slashes == 0) ? scan_bare(sc, p + 1, c) : 0;

    if (whole < 0) {
        return 0;
    }

    p = scan_unblank(sc, p);

    if (p == NULL || p == sc->text) {
        return 1;
    }

    switch (p[-1]) {

    case ':':
        return !scan_property(sc, p - 1);

    case '[':
        p = scan_unblank(sc, p - 1);

        return p == NULL || p == sc->text || p[-1] == '=';

    case '=':
    case '?':
        return 1;

    case ',':
    case '(':
    case '+':
    case '|':
    case '&':
        return !whole;

    default:

        /* "return", a string that goes on; but no value of its own */

        return !whole && scan_part(p[-1]);
    }
}


/* a "/" that is not written: first in a string, "src=piwik.js" */

static int
scan_relative(const scan_t *sc, const consent_u8 *p)
{
    return p > sc->text && (scan_quote(p[-1]) || p[-1] == '='
                            || p[-1] == '\\');
}


/*
 * The literal text around the word that a path rule is filed under.  "." after
 * a "/" may be of "/./", which the URL's parser takes out.
 */

static int
scan_site(const scan_t *sc, const consent_catalog_path_t *r,
    const consent_u8 *p)
{
    size_t             i;
    consent_u8         c;
    const char        *glob;
    const consent_u8  *q;

    glob = consent_catalog_strings + r->pattern;

    for (i = r->key, q = p; i < r->len; i++) {
        c = (consent_u8) glob[i];

        if (c == '*' || c == '^' || c == '$') {
            break;
        }

        while (q < sc->end && *q == '\\') {
            q++;
        }

        if (q == sc->end || scan_lower(*q) != c) {
            return q < sc->end && *q == '.' && q[-1] == '/';
        }

        q++;
    }

    for (i = r->key, q = p; i > 0; i--) {
        c = (consent_u8) glob[i - 1];

        if (c == '*' || c == '^') {
            break;
        }

        if (c == '/' && scan_relative(sc, q)) {
            return 1;
        }

        while (q > sc->text && q[-1] == '\\') {
            q--;
        }

        if (q == sc->text || scan_lower(q[-1]) != c) {
            return q > sc->text && q[-1] == '.' && *q == '/';
        }

        q--;
    }

    if (!r->host) {
        return 1;
    }

    /* first in a host, which is first in a string or after "//" */

    if (q > sc->text && q[-1] == '.') {
        q--;
    }

    return q > sc->text
           && (scan_quote(q[-1]) || q[-1] == '/' || q[-1] == '\\'
               || q[-1] == ':' || q[-1] == '.' || q[-1] == '@')
           && (sc->address || scan_place(sc, q));
}


/* the word at p is a top-level domain's, after a ".": whose host is it? */

static int
scan_host(const scan_t *sc, const consent_u8 *p, size_t len)
{
    size_t             i, n;
    consent_u8         c, name[256];
    const consent_u8  *q, *end;

    end = p + len;

    if (p == sc->text) {
        return 0;
    }

    /* written from the end; a backslash before a dot says nothing */

    n = sizeof(name);

    for (q = end; q > sc->text; q--) {
        c = q[-1];

        if (c == '\\') {
            continue;
        }

        if (!scan_alnum(c) && c != '.' && c != '-' && c != '_') {
            break;
        }

        if (n == 0) {
            return 1;
        }

        name[--n] = scan_lower(c);
    }

    if (n == sizeof(name) - len) {
        return 0;
    }

    if (q > sc->text && q[-1] == '%') {

        /* %2Fwww.example.com is usual; other escapes might be letters */

        if (end - q < 3 || q[0] != '2' || (q[1] | 0x20) != 'f') {
            return 1;
        }
    }

    /* "\u002F" looks like a part of the name */

    for (i = 0; i < 2 && end - q > 6 && memcmp(q, "\\u002", 5) == 0
                && (q[5] | 0x20) == 'f'; i++)
    {
        q += 6;
        n += 5;
    }

    return consent_catalog_names(name + n, sizeof(name) - n)
           && scan_place(sc, q);
}


/* a word that begins like one that counts */

static int
scan_word(const scan_t *sc, const consent_u8 *p)
{
    size_t                        len;
    uint32_t                      i, h;
    unsigned                      what;
    const consent_inline_scan_t  *s;

    s = sc->s;
    h = CONSENT_HASH_INIT;

    for (len = 0; p + len < sc->end && scan_alnum(p[len]); len++) {
        h = consent_hash_step(h, scan_lower(p[len]));
    }

    for (i = h % CONSENT_SCAN_WORDS; s->what[i];
         i = (i + 1) % CONSENT_SCAN_WORDS)
    {
        if (s->hash[i] != h) {
            continue;
        }

        what = s->what[i] & ~(unsigned) SCAN_KIND;

        switch (s->what[i] & SCAN_KIND) {

        case SCAN_TERM:
            if (scan_term(sc, what, s->at[i], p)) {
                return 1;
            }

            break;

        case SCAN_SITE:
            if (scan_site(sc, &consent_catalog_site[what], p)) {
                return 1;
            }

            break;

        default:
            if (p > sc->text && p[-1] == '.' && scan_host(sc, p, len)) {
                return 1;
            }
        }
    }

    return 0;
}


static int
scan_class(consent_u8 c)
{
    c |= 0x20;

    return c == 'd' || c == 's' || c == 'w' || c == 'b';
}


/* may this "\" or "%" hide a letter of a word? */

static int
scan_escape(const scan_t *sc, const consent_u8 *p)
{
    int                n, v, k;
    consent_u8         c;
    const consent_u8  *q;

    if (sc->end - p < 2) {
        return 0;
    }

    c = p[1];

    if (*p == '%' || c == 'x' || c == 'u') {
        p += (*p == '%') ? 1 : 2;
        n = (c == 'u') ? 4 : 2;

        if (sc->end - p < n) {
            return 0;
        }

        for (v = 0; n; n--, p++) {
            k = consent_hex(*p);

            if (k < 0) {
                return 0;
            }

            v = v << 4 | k;
        }

        return v < 0x80 && (scan_alnum(v) || v == '_' || v == '$'
                            || v == '-' || v == '.');
    }

    if (c == 'n' || c == 'r' || c == 't') {
        return 0;
    }

    if (c == '\n' || c == '\r' || c == '_' || c == '$') {
        return 1;
    }

    for (q = p; q > sc->text && q[-1] == '\\'; q--) { /* void */ }

    if ((p - q) & 1) {

        /* of two, which stand for one */

        return 0;
    }

    /* a letter written so is part of a word if there is more of it */

    if (!scan_alnum(c)) {
        return 0;
    }

    if (p > sc->text && scan_part(p[-1])
        && !(p - sc->text > 1 && p[-2] == '\\' && scan_class(p[-1])))
    {
        return 1;
    }

    if (sc->end - p < 4 || p[2] != '\\') {
        return sc->end - p > 2 && scan_part(p[2]);
    }

    /* "\s\S" and the like are of regular expressions; of these letters alone
     * no word is made */

    return !(scan_class(c) && scan_class(p[3]));
}


#if CONSENT_SCAN_SSE2

static inline void
scan_classify(const consent_u8 *p, scan_mask_t *m, consent_u8 one)
{
    int       i;
    __m128i   x, a, d;

    m->word = m->one = m->escape = 0;

    for (i = 0; i < SCAN_BLOCK; i += 16) {
        x = _mm_loadu_si128((const __m128i *) (const void *) (p + i));

        a = _mm_sub_epi8(_mm_or_si128(x, _mm_set1_epi8(0x20)),
                         _mm_set1_epi8('a'));
        a = _mm_cmpeq_epi8(_mm_min_epu8(a, _mm_set1_epi8(25)), a);
        d = _mm_sub_epi8(x, _mm_set1_epi8('0'));
        d = _mm_cmpeq_epi8(_mm_min_epu8(d, _mm_set1_epi8(9)), d);

        m->word |= (uint64_t) (unsigned) _mm_movemask_epi8(
                       _mm_or_si128(a, d)) << i;

        m->one |= (uint64_t) (unsigned) _mm_movemask_epi8(
                      _mm_cmpeq_epi8(x, _mm_set1_epi8((char) one))) << i;

        m->escape |= (uint64_t) (unsigned) _mm_movemask_epi8(
                         _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('\\')),
                                      _mm_cmpeq_epi8(x, _mm_set1_epi8('%'))))
                     << i;
    }
}

#else

static void
scan_classify(const consent_u8 *p, scan_mask_t *m, consent_u8 one)
{
    int         i;
    consent_u8  c;

    m->word = m->one = m->escape = 0;

    for (i = 0; i < SCAN_BLOCK; i++) {
        c = p[i];

        m->word |= (uint64_t) scan_alnum(c) << i;
        m->one |= (uint64_t) (c == one) << i;
        m->escape |= (uint64_t) (c == '\\' || c == '%') << i;
    }
}

#endif


/*
 * The words that begin in bytes 1 to 61 of this block: three bytes more may
 * be looked at, and one before.  at: where its first byte is in the text.
 */

static inline int
scan_block(const scan_t *sc, const consent_u8 *block, ptrdiff_t at)
{
    int          i;
    uint32_t     w, k;
    uint64_t     m, start;
    scan_mask_t  mask;

    scan_classify(block, &mask, sc->s->one);

    for (m = mask.escape & 0x3ffffffffffffffeu; m; m &= m - 1) {
        if (scan_escape(sc, sc->text + (at + __builtin_ctzll(m)))) {
            return 1;
        }
    }

    start = mask.word & ~(mask.word << 1) & mask.word >> 1
            & 0x3ffffffffffffffeu;

    for (m = mask.one & ~(mask.word << 1) & ~(mask.word >> 1)
             & 0x3ffffffffffffffeu; m; m &= m - 1)
    {
        i = __builtin_ctzll(m);

        /* it is a property: s.t() */

        if ((block[i - 1] == '.' || scan_blank(block[i - 1])
             || block[i - 1] == '/')
            && scan_word(sc, sc->text + (at + i)))
        {
            return 1;
        }
    }

    for (m = start & mask.word >> 2; m; m &= m - 1) {
        i = __builtin_ctzll(m);
        memcpy(&w, block + i - 1, 4);

#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        w = __builtin_bswap32(w);
#endif

        k = scan_three((w | 0x20202020u) & 0xffffff00u);

        if ((sc->s->three[k / 32] >> (k % 32) & 1)
            && scan_word(sc, sc->text + (at + i)))
        {
            return 1;
        }
    }

    for (m = start & ~(mask.word >> 2); m; m &= m - 1) {
        i = __builtin_ctzll(m);
        k = (uint32_t) (block[i] & 31) << 5 | (block[i + 1] & 31);

        if (((sc->s->top[k / 32] >> (k % 32) & 1 && block[i - 1] == '.')
             || sc->s->two[k / 32] >> (k % 32) & 1)
            && scan_word(sc, sc->text + (at + i)))
        {
            return 1;
        }
    }

    return 0;
}


int
consent_inline_scan(const consent_inline_scan_t *s, const consent_u8 *text,
    size_t len)
{
    size_t             n;
    scan_t             sc;
    consent_u8         block[SCAN_BLOCK];
    const consent_u8  *p, *end;

    if (s->off) {
        return 1;
    }

    sc.s = s;
    sc.address = 0;
    sc.text = text;
    sc.end = text + len;

    /* with a byte of nothing before the first, and some after the last */

    end = text + len;
    n = (len < SCAN_BLOCK - 1) ? len : SCAN_BLOCK - 1;

    memset(block, 0, sizeof(block));
    memcpy(block + 1, text, n);

    if (scan_block(&sc, block, -1)) {
        return 1;
    }

    for (p = text + 60; end - p >= SCAN_BLOCK; p += 61) {
        if (scan_block(&sc, p, p - text)) {
            return 1;
        }
    }

    for ( /* void */ ; p < end && len > 61; p += 61) {
        memset(block, 0, sizeof(block));
        memcpy(block, p, (size_t) (end - p) < SCAN_BLOCK
                         ? (size_t) (end - p) : SCAN_BLOCK);

        if (scan_block(&sc, block, p - text)) {
            return 1;
        }
    }

    return 0;
}


/* is it of a rule for paths? */

static int
scan_path_word(const scan_t *sc, const consent_u8 *p)
{
    size_t                        len;
    uint32_t                      i, h;
    const consent_inline_scan_t  *s;

    s = sc->s;
    h = CONSENT_HASH_INIT;

    for (len = 0; p + len < sc->end && scan_alnum(p[len]); len++) {
        h = consent_hash_step(h, scan_lower(p[len]));
    }

    for (i = h % CONSENT_SCAN_WORDS; s->what[i];
         i = (i + 1) % CONSENT_SCAN_WORDS)
    {
        if (s->hash[i] == h && (s->what[i] & SCAN_KIND) == SCAN_SITE
            && scan_site(sc, &consent_catalog_site[s->what[i] & ~SCAN_KIND],
                         p))
        {
            return 1;
        }
    }

    return 0;
}


/* the same way through an address, in which no escape hides a word */

static int
scan_path_block(const scan_t *sc, const consent_u8 *block,
    const consent_u8 *at)
{
    int                           i;
    uint32_t                      w, k;
    uint64_t                      m, start;
    scan_mask_t                   mask;
    const consent_inline_scan_t  *s;

    s = sc->s;

    scan_classify(block, &mask, s->one);

    start = mask.word & ~(mask.word << 1) & mask.word >> 1
            & 0x3ffffffffffffffeu;

    for (m = start & mask.word >> 2; m; m &= m - 1) {
        i = __builtin_ctzll(m);
        memcpy(&w, block + i - 1, 4);

#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        w = __builtin_bswap32(w);
#endif

        k = scan_three((w | 0x20202020u) & 0xffffff00u);

        if ((s->paths[k / 32] >> (k % 32) & 1)
            && scan_path_word(sc, at + i))
        {
            return 1;
        }
    }

    for (m = start & ~(mask.word >> 2); m; m &= m - 1) {
        i = __builtin_ctzll(m);
        k = (uint32_t) (block[i] & 31) << 5 | (block[i + 1] & 31);

        if ((s->two[k / 32] >> (k % 32) & 1)
            && scan_path_word(sc, at + i))
        {
            return 1;
        }
    }

    return 0;
}


/* its first byte is of a scheme's name, which no rule is filed under */

int
consent_inline_scan_paths(const consent_inline_scan_t *s,
    const consent_u8 *url, size_t len)
{
    scan_t             sc;
    consent_u8         block[SCAN_BLOCK];
    const consent_u8  *p, *end;

    if (s->off) {
        return 1;
    }

    end = url + len;

    sc.s = s;
    sc.address = 1;
    sc.text = url;
    sc.end = end;

    for (p = url; end - p >= SCAN_BLOCK; p += 61) {
        if (scan_path_block(&sc, p, p)) {
            return 1;
        }
    }

    for ( /* void */ ; p < end; p += 61) {
        memset(block, 0, sizeof(block));
        memcpy(block, p, (size_t) (end - p) < SCAN_BLOCK
                         ? (size_t) (end - p) : SCAN_BLOCK);

        if (scan_path_block(&sc, block, p)) {
            return 1;
        }
    }

    return 0;
}
