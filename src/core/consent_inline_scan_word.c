
/*
 * A word that counts was found in a script: is what it stands for around it,
 * a signature's term, a tracker's host or path?
 */

#include "consent_rules_int.h"
#include "consent_inline.h"
#include "consent_inline_scan_int.h"


/* does element e end at p?  start: where it began; 0: no, 1: yes, 2: doubt */

static int
scan_back(const consent_inline_look_t *sc, const consent_inline_elem_t *e,
    const consent_u8 *p, const consent_u8 **start)
{
    p = consent_inline_scan_unblank(sc, p);

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
scan_forth(const consent_inline_look_t *sc, const consent_inline_elem_t *e,
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
scan_term(const consent_inline_look_t *sc, unsigned elem, size_t at,
    const consent_u8 *p)
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


/* a "/" that is not written: first in a string, "src=piwik.js" */

static int
scan_relative(const consent_inline_look_t *sc, const consent_u8 *p)
{
    return p > sc->text && (scan_quote(p[-1]) || p[-1] == '='
                            || p[-1] == '\\');
}


/*
 * The literal text around the word that a path rule is filed under.  "." after
 * a "/" may be of "/./", which the URL's parser takes out.
 */

static int
scan_site(const consent_inline_look_t *sc, const consent_catalog_path_t *r,
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
           && (sc->address || consent_inline_scan_place(sc, q));
}


/* the word at p is a top-level domain's, after a ".": whose host is it? */

static int
scan_host(const consent_inline_look_t *sc, const consent_u8 *p, size_t len)
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
           && consent_inline_scan_place(sc, q);
}


static inline uint32_t
scan_word_hash(const consent_inline_look_t *sc, const consent_u8 *p,
    size_t *len)
{
    size_t    n;
    uint32_t  h;

    h = CONSENT_HASH_INIT;

    for (n = 0; p + n < sc->end && scan_alnum(p[n]); n++) {
        h = consent_hash_step(h, scan_lower(p[n]));
    }

    *len = n;

    return h;
}


/* a word that begins like one that counts */

int
consent_inline_scan_word(const consent_inline_look_t *sc, const consent_u8 *p)
{
    size_t                        len;
    uint32_t                      i, h;
    unsigned                      what;
    const consent_inline_scan_t  *s;

    s = sc->s;
    h = scan_word_hash(sc, p, &len);

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


/* is it of a rule for paths? */

int
consent_inline_scan_path_word(const consent_inline_look_t *sc,
    const consent_u8 *p)
{
    size_t                        len;
    uint32_t                      i, h;
    const consent_inline_scan_t  *s;

    s = sc->s;
    h = scan_word_hash(sc, p, &len);

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
