
/*
 * Blocks of 64 bytes into masks, by each processor's means.
 *
 * With a table look-up for each half of a byte (AVX2, NEON): the bits of both
 * are combined by "and", so each bit stands for a product of two sets.
 *
 *     bit   high half   low half      stands for
 *     0     2           2 7 8 9 f     " ' ( ) /
 *     1     5 7         b d           [ ] { }
 *     2     3           c             <
 *     3     6           0             `
 *     4     3           0-9           digits
 *     5     4 6         1-f           A-O a-o
 *     6     5 7         0-a           P-Z p-z
 *     7     2 5         4 f           $ _ T, and "/", which bit 0 takes out
 */

#include "consent_scan_block.h"
#include "consent_html_scan.h"

#if defined __x86_64__ && defined __GNUC__
#include <immintrin.h>
#define BLOCK_X86  1
#elif defined __aarch64__ && defined __GNUC__
#include <arm_neon.h>
#define BLOCK_NEON  1
#endif

#define BLOCK_MARKS  0x0f
#define BLOCK_WORDS  0xf0

#define block_alpha(c)  ((unsigned) (((c) | 0x20) - 'a') < 26)
#define block_digit(c)  ((unsigned) ((c) - '0') < 10)


static void
block_plain(const consent_u8 *p, consent_u8 one, consent_block_t *b)
{
    int         i;
    uint64_t    bit;
    consent_u8  c;

    memset(b, 0, sizeof(consent_block_t));

    for (i = 0; i < CONSENT_BLOCK; i++) {
        c = p[i];
        bit = (uint64_t) 1 << i;

        if (c == one) {
            b->one |= bit;
        }

        if (c >= 0x80) {
            b->high |= bit;

        } else if (block_alpha(c) || block_digit(c) || c == '_' || c == '$') {
            b->word |= bit;

        } else if (c == '"' || c == '\'' || c == '`' || c == '/' || c == '<'
                   || c == '(' || c == ')' || c == '[' || c == ']'
                   || c == '{' || c == '}')
        {
            b->mark |= bit;
        }
    }
}


#if defined BLOCK_X86 || defined BLOCK_NEON

static const consent_u8  block_low[16] = {
    0x58, 0x70, 0x71, 0x70, 0xf0, 0x70, 0x70, 0x71,
    0x71, 0x71, 0x60, 0x22, 0x24, 0x22, 0x20, 0xa1
};

static const consent_u8  block_high[16] = {
    0, 0, 0x81, 0x14, 0x20, 0xc2, 0x28, 0x42, 0, 0, 0, 0, 0, 0, 0, 0
};

#endif


#ifdef BLOCK_X86

static void
block_sse2(const consent_u8 *p, consent_u8 one, consent_block_t *b)
{
    int      i;
    __m128i  x, a, d, m;

    b->word = b->high = b->mark = b->one = 0;

    for (i = 0; i < CONSENT_BLOCK; i += 16) {
        x = _mm_loadu_si128((const __m128i *) (const void *) (p + i));

        a = _mm_sub_epi8(_mm_or_si128(x, _mm_set1_epi8(0x20)),
                         _mm_set1_epi8('a'));
        a = _mm_cmpeq_epi8(_mm_min_epu8(a, _mm_set1_epi8(25)), a);
        d = _mm_sub_epi8(x, _mm_set1_epi8('0'));
        d = _mm_cmpeq_epi8(_mm_min_epu8(d, _mm_set1_epi8(9)), d);
        a = _mm_or_si128(a, d);
        a = _mm_or_si128(a, _mm_cmpeq_epi8(x, _mm_set1_epi8('_')));
        a = _mm_or_si128(a, _mm_cmpeq_epi8(x, _mm_set1_epi8('$')));

        /* "'", "(", ")"; "[" and "{", "]" and "}" differ by one bit */

        m = _mm_sub_epi8(x, _mm_set1_epi8('\''));
        m = _mm_cmpeq_epi8(_mm_min_epu8(m, _mm_set1_epi8(2)), m);
        d = _mm_or_si128(x, _mm_set1_epi8(0x20));
        m = _mm_or_si128(m, _mm_cmpeq_epi8(d, _mm_set1_epi8('{')));
        m = _mm_or_si128(m, _mm_cmpeq_epi8(d, _mm_set1_epi8('}')));
        m = _mm_or_si128(m, _mm_cmpeq_epi8(x, _mm_set1_epi8('"')));
        m = _mm_or_si128(m, _mm_cmpeq_epi8(x, _mm_set1_epi8('`')));
        m = _mm_or_si128(m, _mm_cmpeq_epi8(x, _mm_set1_epi8('/')));
        m = _mm_or_si128(m, _mm_cmpeq_epi8(x, _mm_set1_epi8('<')));

        b->word |= (uint64_t) (unsigned) _mm_movemask_epi8(a) << i;
        b->high |= (uint64_t) (unsigned) _mm_movemask_epi8(x) << i;
        b->mark |= (uint64_t) (unsigned) _mm_movemask_epi8(m) << i;
        b->one |= (uint64_t) (unsigned) _mm_movemask_epi8(
                      _mm_cmpeq_epi8(x, _mm_set1_epi8((char) one))) << i;
    }
}


__attribute__((target("avx2")))
static void
block_avx2(const consent_u8 *p, consent_u8 one, consent_block_t *b)
{
    __m256i   x, y, zero, half, low, high, v;
    uint64_t  mark, word;

    zero = _mm256_setzero_si256();
    half = _mm256_set1_epi8(0x0f);
    v = _mm256_set1_epi8((char) one);

    low = _mm256_broadcastsi128_si256(
              _mm_loadu_si128((const __m128i *) (const void *) block_low));
    high = _mm256_broadcastsi128_si256(
              _mm_loadu_si128((const __m128i *) (const void *) block_high));

    x = _mm256_loadu_si256((const __m256i *) (const void *) p);
    y = _mm256_and_si256(
            _mm256_shuffle_epi8(low, x),
            _mm256_shuffle_epi8(high, _mm256_and_si256(
                                          _mm256_srli_epi16(x, 4), half)));

    mark = (uint32_t) _mm256_movemask_epi8(
               _mm256_cmpeq_epi8(_mm256_and_si256(y, half), zero));
    word = (uint32_t) _mm256_movemask_epi8(
               _mm256_cmpeq_epi8(_mm256_andnot_si256(half, y), zero));
    b->high = (uint32_t) _mm256_movemask_epi8(x);
    b->one = (uint32_t) _mm256_movemask_epi8(_mm256_cmpeq_epi8(x, v));

    x = _mm256_loadu_si256((const __m256i *) (const void *) (p + 32));
    y = _mm256_and_si256(
            _mm256_shuffle_epi8(low, x),
            _mm256_shuffle_epi8(high, _mm256_and_si256(
                                          _mm256_srli_epi16(x, 4), half)));

    mark |= (uint64_t) (uint32_t) _mm256_movemask_epi8(
                _mm256_cmpeq_epi8(_mm256_and_si256(y, half), zero)) << 32;
    word |= (uint64_t) (uint32_t) _mm256_movemask_epi8(
                _mm256_cmpeq_epi8(_mm256_andnot_si256(half, y), zero)) << 32;
    b->high |= (uint64_t) (uint32_t) _mm256_movemask_epi8(x) << 32;
    b->one |= (uint64_t) (uint32_t) _mm256_movemask_epi8(
                  _mm256_cmpeq_epi8(x, v)) << 32;

    b->mark = ~mark;
    b->word = ~word & mark;
}

#endif


#ifdef BLOCK_NEON

/* a bit of each of 64 bytes that are all ones or all zeros */

static uint64_t
block_bits(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d)
{
    static const consent_u8  bits[16] = {
        1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128
    };

    uint8x16_t  m;

    m = vld1q_u8(bits);

    a = vpaddq_u8(vandq_u8(a, m), vandq_u8(b, m));
    c = vpaddq_u8(vandq_u8(c, m), vandq_u8(d, m));
    a = vpaddq_u8(a, c);
    a = vpaddq_u8(a, a);

    return vgetq_lane_u64(vreinterpretq_u64_u8(a), 0);
}


static void
block_neon(const consent_u8 *p, consent_u8 one, consent_block_t *b)
{
    int         i;
    uint8x16_t  x, y, low, high, mark[4], word[4], beyond[4], it[4];

    low = vld1q_u8(block_low);
    high = vld1q_u8(block_high);

    for (i = 0; i < 4; i++) {
        x = vld1q_u8(p + 16 * i);
        y = vandq_u8(vqtbl1q_u8(low, vandq_u8(x, vdupq_n_u8(0x0f))),
                     vqtbl1q_u8(high, vshrq_n_u8(x, 4)));

        mark[i] = vtstq_u8(y, vdupq_n_u8(BLOCK_MARKS));
        word[i] = vbicq_u8(vtstq_u8(y, vdupq_n_u8(BLOCK_WORDS)), mark[i]);
        beyond[i] = vcgeq_u8(x, vdupq_n_u8(0x80));
        it[i] = vceqq_u8(x, vdupq_n_u8(one));
    }

    b->mark = block_bits(mark[0], mark[1], mark[2], mark[3]);
    b->word = block_bits(word[0], word[1], word[2], word[3]);
    b->high = block_bits(beyond[0], beyond[1], beyond[2], beyond[3]);
    b->one = block_bits(it[0], it[1], it[2], it[3]);
}

#endif


static const consent_block_way_t  block_ways[] = {
#ifdef BLOCK_X86
    { "avx2", block_avx2 },
    { "sse2", block_sse2 },
#elif defined BLOCK_NEON
    { "neon", block_neon },
#endif
    { "plain", block_plain }
};


unsigned
consent_block_ways(const consent_block_way_t **ways)
{
    unsigned  n;

    n = sizeof(block_ways) / sizeof(block_ways[0]);
    *ways = block_ways;

#ifdef BLOCK_X86

    __builtin_cpu_init();

    if (!__builtin_cpu_supports("avx2")) {
        *ways = block_ways + 1;
        n--;
    }

#endif

    return n;
}


consent_block_pt
consent_block_way(void)
{
    const consent_block_way_t  *ways;

    (void) consent_block_ways(&ways);

    return ways[0].block;
}


/*
 * Style sheets.  The halves, as above:
 *
 *     bit   high half   low half      stands for
 *     0     2           2 7 8 9 f     " ' ( ) /
 *     1     3           b             ;
 *     2     4           0             @
 *     3     5           c             \
 *     4     7           b c d         { | }
 */

static uint64_t
css_plain(const consent_u8 *p)
{
    int         i;
    uint64_t    m;
    consent_u8  c;

    for (i = 0, m = 0; i < CONSENT_BLOCK; i++) {
        c = p[i];
        m |= (uint64_t) (c == '"' || (c >= '\'' && c <= ')') || c == '\\'
                         || c == '/' || c == ';' || c == '@'
                         || (c >= '{' && c <= '}')) << i;
    }

    return m;
}


#if BLOCK_X86 || BLOCK_NEON

static const consent_u8  css_low[16] = {
    4, 0, 1, 0, 0, 0, 0, 1, 1, 1, 0, 18, 24, 16, 0, 1
};

static const consent_u8  css_high[16] = {
    0, 0, 1, 2, 4, 8, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0
};

#endif


#if BLOCK_X86

static uint64_t
css_sse2(const consent_u8 *p)
{
    int       i;
    uint64_t  m;

    for (i = 0, m = 0; i < CONSENT_BLOCK; i += 16) {
        m |= (uint64_t) consent_scan_css_16(p + i) << i;
    }

    return m;
}


__attribute__((target("avx2")))
static uint64_t
css_avx2(const consent_u8 *p)
{
    __m256i   x, y, half, low, high;
    uint64_t  m;

    half = _mm256_set1_epi8(0x0f);

    low = _mm256_broadcastsi128_si256(
              _mm_loadu_si128((const __m128i *) (const void *) css_low));
    high = _mm256_broadcastsi128_si256(
              _mm_loadu_si128((const __m128i *) (const void *) css_high));

    x = _mm256_loadu_si256((const __m256i *) (const void *) p);
    y = _mm256_loadu_si256((const __m256i *) (const void *) (p + 32));

    x = _mm256_and_si256(
            _mm256_shuffle_epi8(low, x),
            _mm256_shuffle_epi8(high, _mm256_and_si256(
                                          _mm256_srli_epi16(x, 4), half)));
    y = _mm256_and_si256(
            _mm256_shuffle_epi8(low, y),
            _mm256_shuffle_epi8(high, _mm256_and_si256(
                                          _mm256_srli_epi16(y, 4), half)));

    m = (uint32_t) _mm256_movemask_epi8(
            _mm256_cmpeq_epi8(x, _mm256_setzero_si256()));
    m |= (uint64_t) (uint32_t) _mm256_movemask_epi8(
             _mm256_cmpeq_epi8(y, _mm256_setzero_si256())) << 32;

    return ~m;
}

#elif BLOCK_NEON

static uint64_t
css_neon(const consent_u8 *p)
{
    int         i;
    uint8x16_t  x, low, high, v[4];

    low = vld1q_u8(css_low);
    high = vld1q_u8(css_high);

    for (i = 0; i < 4; i++) {
        x = vld1q_u8(p + 16 * i);
        v[i] = vtstq_u8(vqtbl1q_u8(low, vandq_u8(x, vdupq_n_u8(0x0f))),
                        vqtbl1q_u8(high, vshrq_n_u8(x, 4)));
    }

    return block_bits(v[0], v[1], v[2], v[3]);
}

#endif


static const consent_block_css_pt  css_ways[] = {
#if BLOCK_X86
    css_avx2,
    css_sse2,
#elif BLOCK_NEON
    css_neon,
#endif
    css_plain
};


unsigned
consent_block_css_ways(const consent_block_css_pt **ways)
{
    unsigned  n;

    n = sizeof(css_ways) / sizeof(css_ways[0]);
    *ways = css_ways;

#if BLOCK_X86

    if (!__builtin_cpu_supports("avx2")) {
        *ways = css_ways + 1;
        n--;
    }

#endif

    return n;
}
