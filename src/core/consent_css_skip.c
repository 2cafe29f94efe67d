
/*
 * The quick way through a style sheet, by blocks of 64 bytes: over names,
 * numbers, most functions, strings, comments and rules.
 */

#include "consent_css_int.h"
#include "consent_html_scan.h"
#include "consent_scan_block.h"


/* in nothing, before a byte that ends whatever stood before it; 1: done */

static int
consent_css_mark(consent_css_t *css, unsigned c)
{
    switch (c) {

    case '{':
        css->depth += (css->depth < UINT32_MAX);
        break;

    case '}':
        if (css->font == css->depth) {
            css->font = 0;
        }

        css->depth -= (css->depth > 0);
        break;

    case ';':
        break;

    default:
        return 0;
    }

    css->custom = 0;

    return 1;
}


/* in [p, q), in which nothing is escaped, quoted or a comment: is there a
 * ":" that may be after the name of a custom property? */

static int
consent_css_custom(const consent_u8 *p, const consent_u8 *q)
{
    size_t             n;
    const consent_u8  *colon, *name;

    for (colon = p; /* void */ ; colon++) {
        colon = consent_scan_byte(colon, q, ':');

        if (colon == q) {
            return 0;
        }

        for (name = colon; name > p && consent_css_space(name[-1]); name--) {
            /* void */
        }

        for (n = 0; name > p && consent_css_name(name[-1]); n++) {
            name--;
        }

        if (n && ((name[0] == '-' && name[1] == '-')
                  || consent_css_prefix(name, n, "initial-value")
                  || consent_css_prefix(name, n, "result")))
        {
            return 1;
        }
    }
}


/*
 * "(" at q, of a declaration that is read up to p: of a function whose strings
 * are no URLs by themselves, as most are?  Then it is opened, as
 * consent_css_end_name() and consent_css_top() do it.
 */

static int
consent_css_function(consent_css_t *css, const consent_u8 *p,
    const consent_u8 *q)
{
    size_t             n;
    const consent_u8  *name;

    for (name = q; name > p && consent_css_name(name[-1]); name--) {
        /* void */
    }

    n = (size_t) (q - name);

    if ((n >= 3 && (consent_css_prefix(name, n, "url")
                    || consent_css_prefix(name, n, "src")
                    || consent_css_prefix(name, n, "image")
                    || consent_css_prefix(name, n, "-webkit-image-set")
                    || consent_css_prefix(name, n, "type")))
        || consent_scan_byte(p, q, '<') < q || consent_css_custom(p, q))
    {
        return 0;
    }

    consent_css_open(css, consent_css_wanted(css));

    return 1;
}


/* behind the string whose quote is at q, of a declaration that is read up to
 * p, if it is none that an URL may be in; or NULL */

static const consent_u8 *
consent_css_text(const consent_css_t *css, const consent_u8 *p,
    const consent_u8 *q, const consent_u8 *end)
{
    consent_u8         quote;
    const consent_u8  *start;

    if (css->custom || consent_css_wanted(css)
        || consent_scan_byte(p, q, '<') < q || consent_css_custom(p, q))
    {
        return NULL;
    }

    quote = *q;
    start = q + 1;
    q = consent_scan_either(start, end, quote, '\\');

    if (q == end || *q != quote) {
        return NULL;
    }

    for (p = start; p < q && !consent_css_newline(*p); p++) { /* void */ }

    return (p == q) ? q + 1 : NULL;
}


/* behind the comment at q, before which there is nothing since p; or NULL */

static const consent_u8 *
consent_css_remark(const consent_u8 *p, const consent_u8 *q,
    const consent_u8 *end)
{
    if (end - q < 2 || q[1] != '*') {
        return NULL;
    }

    while (p < q && consent_css_space(*p)) {
        p++;
    }

    if (p < q) {
        return NULL;
    }

    q = consent_scan_pair(q + 2, end, '*', '/');

    return (q < end) ? q + 2 : NULL;
}


/* where the name of the rule at q, an "@", ends, if nothing hangs on it, nor on
 * what was read since p, as it may be in a value, too */

static const consent_u8 *
consent_css_rule(const consent_u8 *p, const consent_u8 *q,
    const consent_u8 *end)
{
    size_t             n;
    const consent_u8  *name;

    if (consent_scan_byte(p, q, '<') < q || consent_css_custom(p, q)) {
        return NULL;
    }

    name = q + 1;

    for (q = name; q < end && consent_css_name(*q); q++) { /* void */ }

    n = (size_t) (q - name);

    if (q == end || *q == '\\' || consent_css_prefix(name, n, "import")
        || consent_css_prefix(name, n, "namespace")
        || consent_css_prefix(name, n, "font-face"))
    {
        return NULL;
    }

    return q;
}


/* what is to be stopped at, 64 bytes at once */

typedef struct {
    consent_block_css_pt   way;
    const consent_u8      *base;
    const consent_u8      *end;
    uint64_t               mask;
} consent_css_stops_t;


static inline const consent_u8 *
consent_css_stop(consent_css_stops_t *s, const consent_u8 *p,
    const consent_u8 *end)
{
    uint64_t  m;

    if (p < s->end) {
        m = s->mask >> (p - s->base);

        if (m) {
            return p + __builtin_ctzll(m);
        }

        p = s->end;
    }

    for ( /* void */ ; end - p >= CONSENT_BLOCK; p += CONSENT_BLOCK) {
        m = s->way(p);

        if (m) {
            s->base = p;
            s->end = p + CONSENT_BLOCK;
            s->mask = m;

            return p + __builtin_ctzll(m);
        }
    }

    return consent_scan_css(p, end);
}


const consent_u8 *
consent_css_skip(consent_css_t *css, const consent_u8 *p,
    const consent_u8 *end, const consent_u8 **until)
{
    const consent_u8            *q, *start, *next;
    consent_css_stops_t          stops;
    const consent_block_css_pt  *ways;

    start = p;

    (void) consent_block_css_ways(&ways);
    stops.way = ways[0];
    stops.base = p;
    stops.end = p;
    stops.mask = 0;

    for (q = p; /* void */ ; q++) {
        q = consent_css_stop(&stops, q, end);

        if (q == end) {
            break;
        }

        if (consent_css_mark(css, *q)) {
            p = q + 1;
            continue;
        }

        if (*q == ')') {

            if (css->parens == 0) {
                continue;
            }

            /* "--name:" in parentheses would count after them, too */

            if (!consent_css_custom(p, q)) {
                css->parens--;
                p = q + 1;
                continue;
            }

        } else if (*q == '(') {

            if (consent_css_function(css, p, q)) {
                p = q + 1;
                continue;
            }

        } else if (*q == '|') {
            continue;

        } else {
            next = (*q == '"' || *q == '\'') ? consent_css_text(css, p, q, end)
                   : (*q == '/') ? consent_css_remark(p, q, end)
                   : (*q == '@') ? consent_css_rule(p, q, end) : NULL;

            if (next) {
                p = next;
                q = next - 1;
                continue;
            }
        }

        break;
    }

    *until = (q == end) ? end : q + 1;
    css->pos += (uint64_t) (p - start);

    return p;
}
