
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
#include "consent_inline_scan_int.h"
#include "consent_html_scan.h"

#define SCAN_BLOCK  64

typedef struct {
    uint64_t  word;              /* letters and digits */
    uint64_t  one;               /* the letter that is a word */
    uint64_t  escape;            /* "\" and "%" */
} scan_mask_t;


static int
scan_class(consent_u8 c)
{
    c |= 0x20;

    return c == 'd' || c == 's' || c == 'w' || c == 'b';
}


/* may this "\" or "%" hide a letter of a word? */

static int
scan_escape(const consent_inline_look_t *sc, const consent_u8 *p)
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
scan_block(const consent_inline_look_t *sc, const consent_u8 *block,
    ptrdiff_t at)
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
            && consent_inline_scan_word(sc, sc->text + (at + i)))
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
            && consent_inline_scan_word(sc, sc->text + (at + i)))
        {
            return 1;
        }
    }

    for (m = start & ~(mask.word >> 2); m; m &= m - 1) {
        i = __builtin_ctzll(m);
        k = (uint32_t) (block[i] & 31) << 5 | (block[i + 1] & 31);

        if (((sc->s->top[k / 32] >> (k % 32) & 1 && block[i - 1] == '.')
             || sc->s->two[k / 32] >> (k % 32) & 1)
            && consent_inline_scan_word(sc, sc->text + (at + i)))
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
    consent_inline_look_t             sc;
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


/* the same way through an address, in which no escape hides a word */

static int
scan_path_block(const consent_inline_look_t *sc, const consent_u8 *block,
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
            && consent_inline_scan_path_word(sc, at + i))
        {
            return 1;
        }
    }

    for (m = start & ~(mask.word >> 2); m; m &= m - 1) {
        i = __builtin_ctzll(m);
        k = (uint32_t) (block[i] & 31) << 5 | (block[i + 1] & 31);

        if ((s->two[k / 32] >> (k % 32) & 1)
            && consent_inline_scan_path_word(sc, at + i))
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
    consent_inline_look_t             sc;
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
