
/*
 * A pattern costs its text again.  Most have a word in them that is rarely
 * there, so the words of all are looked for at once: each is filed by two
 * bytes of its own that are rare, and where two such bytes stand one after
 * the other, the whole word is compared.  Letters of either case are the
 * same: more may be found than is there, not less.
 */

#include "consent_literal.h"

#if defined __x86_64__ && defined __GNUC__
#include <immintrin.h>
#define LITERAL_X86  1
#endif

#define LITERAL_MIN  3

#define literal_digit(c)  ((unsigned) ((c) - '0') < 10)
#define literal_alpha(c)  ((unsigned) (((c) | 0x20) - 'a') < 26)
#define literal_alnum(c)  (literal_alpha(c) || literal_digit(c))
#define literal_hex(c)                                                        \
    (literal_digit(c) || (unsigned) (((c) | 0x20) - 'a') < 6)
#define literal_lower(c)                                                      \
    ((consent_u8) ((unsigned) ((c) - 'A') < 26 ? (c) | 0x20 : (c)))


/* how seldom it is in pages and scripts */

static unsigned
literal_rare(consent_u8 c)
{
    const char  *p;

    static const char  order[] = "etaoinsrhldcumfpgwybvkxjqz";

    p = strchr(order, literal_lower(c));

    return (p && c) ? (unsigned) (p - order) : 24;
}


/* the run [p, p + n) if it is better than what there is */

static void
literal_take(consent_literal_t *l, const consent_u8 *p, size_t n, int open)
{
    size_t    i;
    unsigned  worth, best, far;

    /* "%7B" comes of an URL's "{": what may be the digits is left out */

    for (i = 0; open && i < 2 && n && literal_hex(*p); i++) {
        p++;
        n--;
    }

    n = (n > CONSENT_LITERAL_LEN) ? CONSENT_LITERAL_LEN : n;

    /* numbers are written in other ways, too, in addresses */

    for (i = 0, far = 0; i < n; i++) {
        far |= literal_alpha(p[i]) && (p[i] | 0x20) > 'f';
    }

    if (n < LITERAL_MIN || n <= l->len || !far) {
        return;
    }

    best = 0;
    l->len = (uint8_t) n;
    l->at = 0;

    for (i = 0; i < n; i++) {
        l->text[i] = literal_lower(p[i]);
    }

    for (i = 0; i + 1 < n; i++) {
        worth = literal_rare(l->text[i]) + literal_rare(l->text[i + 1]);

        if (worth > best) {
            best = worth;
            l->at = (uint8_t) i;
        }
    }
}


/* from behind a "[" to behind its "]"; NULL: not understood */

static const consent_u8 *
literal_class(const consent_u8 *p, const consent_u8 *end)
{
    const consent_u8  *start;

    if (p < end && *p == '^') {
        p++;
    }

    for (start = p; p < end; p++) {

        if (*p == '\\') {
            p++;

        } else if (*p == '[') {

            /* may be "[:alpha:]" */

            return NULL;

        } else if (*p == ']' && p > start) {
            return p + 1;
        }
    }

    return NULL;
}


/* from behind a "(" to behind its ")" */

static const consent_u8 *
literal_group(const consent_u8 *p, const consent_u8 *end)
{
    unsigned  depth;

    for (depth = 1; p < end; /* void */ ) {

        switch (*p++) {

        case '\\':
            p++;
            break;

        case '[':
            p = literal_class(p, end);

            if (p == NULL) {
                return NULL;
            }

            break;

        case '(':
            depth++;
            break;

        case ')':
            if (--depth == 0) {
                return p;
            }
        }
    }

    return NULL;
}


/* what may change how a pattern is read, or end it early, is left alone */

static int
literal_plain(consent_str_t s)
{
    size_t      i;
    consent_u8  c;

    for (i = 0; i < s.len; i++) {
        c = s.data[i];

        if (c == '(' && i + 1 < s.len
            && (s.data[i + 1] == '*'
                || (s.data[i + 1] == '?'
                    && (i + 2 == s.len || s.data[i + 2] != ':'))))
        {
            return 0;
        }

        if (c == '\\') {
            i++;

            if (i < s.len && literal_alnum(s.data[i])
                && !strchr("dDsSwWbBAzZ", s.data[i]))
            {
                return 0;
            }
        }

        /* IDNA makes other letters of what was written */

        if (c >= 0x80 || c == '\0'
            || (s.len - i >= 4 && memcmp(s.data + i, "xn--", 4) == 0))
        {
            return 0;
        }
    }

    return 1;
}


int
consent_literal_regex(consent_str_t pattern, consent_literal_t *l)
{
    int                open;
    consent_u8         c;
    const consent_u8  *p, *q, *end, *run;

    memset(l, 0, sizeof(consent_literal_t));

    if (!literal_plain(pattern)) {
        return 0;
    }

    p = pattern.data;
    end = p + pattern.len;
    run = NULL;
    open = 1;

    while (p < end) {
        c = *p;

        if (literal_alnum(c)) {
            run = run ? run : p;
            p++;
            continue;
        }

        /* the last of a run is not in it if there may be none of it */

        if (run) {
            q = p - (c == '*' || c == '?' || c == '{');
            literal_take(l, run, (size_t) (q - run), open);
            run = NULL;
        }

        p++;
        open = 1;

        switch (c) {

        case '|':
            return 0;

        case '\\':
            if (p == end) {
                return 0;
            }

            open = (literal_alnum(*p) || *p == '%');
            p++;
            break;

        case '[':
            p = literal_class(p, end);
            break;

        case '(':
            p = literal_group(p, end);
            break;

        case '{':
            while (p < end && *p != '}') {
                p++;
            }

            p += (p < end);
            break;

        case '-':
        case '_':
        case '/':
        case '=':
        case '&':
        case ':':
        case ',':
        case ';':
        case '#':
            open = 0;
            break;

        default:
            break;
        }

        if (p == NULL) {
            return 0;
        }
    }

    if (run) {
        literal_take(l, run, (size_t) (p - run), open);
    }

    return l->len > 0;
}


int
consent_literal_host(consent_str_t host, consent_literal_t *l)
{
    size_t  i, start;

    memset(l, 0, sizeof(consent_literal_t));

    if (!literal_plain(host)) {
        return 0;
    }

    for (i = 0; i < host.len; i++) {

        for (start = i; i < host.len && literal_alnum(host.data[i]); i++) {
            /* void */
        }

        literal_take(l, host.data + start, i - start, 0);
    }

    return l->len > 0;
}


unsigned
consent_literals_add(consent_literals_t *set, const consent_literal_t *l)
{
    int         k;
    unsigned    n, bit;
    consent_u8  c;

    n = set->n;

    if (n == CONSENT_LITERALS) {
        return 0;
    }

    set->literal[n] = *l;
    set->n++;
    bit = 1u << (n % 8);

    for (k = 0; k < 4; k++) {
        c = l->text[l->at + k / 2];

        if (k & 1) {
            if (!literal_alpha(c)) {
                continue;
            }

            c &= (consent_u8) ~0x20;
        }

        if (k < 2) {
            set->first[c] |= (uint8_t) bit;

        } else {
            set->second[c] |= (uint8_t) bit;
        }

        set->half[k & 2][c & 15] |= (uint8_t) bit;
        set->half[(k & 2) + 1][c >> 4] |= (uint8_t) bit;
    }

    return n + 1;
}


/* those of which the pair is at p */

static uint64_t
literals_at(const consent_literals_t *set, const consent_u8 *text,
    const consent_u8 *p, const consent_u8 *end, uint64_t found)
{
    size_t                    i;
    unsigned                  bits, n;
    const consent_u8         *start;
    const consent_literal_t  *l;

    bits = set->first[p[0]] & set->second[p[1]];

    for ( /* void */ ; bits; bits &= bits - 1) {

        for (n = (unsigned) __builtin_ctz(bits); n < set->n; n += 8) {
            l = &set->literal[n];

            if ((found >> n & 1) || (size_t) (p - text) < l->at) {
                continue;
            }

            start = p - l->at;

            if ((size_t) (end - start) < l->len) {
                continue;
            }

            for (i = 0; i < l->len && literal_lower(start[i]) == l->text[i];
                 i++)
            {
                /* void */
            }

            if (i == l->len) {
                found |= (uint64_t) 1 << n;
            }
        }
    }

    return found;
}


static uint64_t
literals_rest(const consent_literals_t *set, const consent_u8 *text,
    const consent_u8 *p, const consent_u8 *end, uint64_t found)
{
    for ( /* void */ ; end - p > 1; p++) {
        if (set->first[p[0]] & set->second[p[1]]) {
            found = literals_at(set, text, p, end, found);
        }
    }

    return found;
}


uint64_t
consent_literals_find_plain(const consent_literals_t *set,
    const consent_u8 *text, size_t len)
{
    return literals_rest(set, text, text, text + len, 0);
}


#if LITERAL_X86

__attribute__((target("avx2")))
static uint64_t
literals_avx2(const consent_literals_t *set, const consent_u8 *text,
    const consent_u8 *end)
{
    int                k;
    uint32_t           m;
    __m256i            x, y, low, half[4];
    uint64_t           found;
    const consent_u8  *p;

    low = _mm256_set1_epi8(0x0f);

    for (k = 0; k < 4; k++) {
        half[k] = _mm256_broadcastsi128_si256(
                      _mm_loadu_si128((const __m128i *) (const void *)
                                      set->half[k]));
    }

    found = 0;

    for (p = text; end - p > 32; p += 32) {
        x = _mm256_loadu_si256((const __m256i *) (const void *) p);
        y = _mm256_loadu_si256((const __m256i *) (const void *) (p + 1));

        x = _mm256_and_si256(
                _mm256_shuffle_epi8(half[0], x),
                _mm256_shuffle_epi8(half[1], _mm256_and_si256(
                                                 _mm256_srli_epi16(x, 4),
                                                 low)));
        y = _mm256_and_si256(
                _mm256_shuffle_epi8(half[2], y),
                _mm256_shuffle_epi8(half[3], _mm256_and_si256(
                                                 _mm256_srli_epi16(y, 4),
                                                 low)));

        m = ~(uint32_t) _mm256_movemask_epi8(
                _mm256_cmpeq_epi8(_mm256_and_si256(x, y),
                                  _mm256_setzero_si256()));

        for ( /* void */ ; m; m &= m - 1) {
            found = literals_at(set, text, p + __builtin_ctz(m), end, found);
        }
    }

    return literals_rest(set, text, p, end, found);
}

#endif


uint64_t
consent_literals_find(const consent_literals_t *set, const consent_u8 *text,
    size_t len)
{
#if LITERAL_X86

    if (len > 32 && __builtin_cpu_supports("avx2")) {
        return literals_avx2(set, text, text + len);
    }

#endif

    return consent_literals_find_plain(set, text, len);
}
