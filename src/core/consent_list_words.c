
/*
 * The words of an URL that lists have filters for.
 *
 * An URL has a dozen words, and hardly ever one that a filter is filed under;
 * that has to cost little, since it is asked of every URL of every page.  So
 * the runs of letters and digits are found by blocks of 64 bytes, a word's
 * key is made of its first and last bytes alone, and one bit in a set, which
 * all lists share, tells that there is no filter.  Most filters are filed
 * under two words, one after the other.
 */

#include "consent_list.h"
#include "consent_catalog.h"

#if defined __SSE2__
#include <emmintrin.h>
#define LIST_SSE2  1
#endif

#define LIST_BLOCK  64

#if defined __GNUC__
#define list_inline  static inline __attribute__((always_inline))
#else
#define list_inline  static inline
#endif

/* words of the catalog's paths: some hundreds */

#define LIST_PATHS  512

/* what goes from word to word of an URL */

typedef struct {
    consent_match_t  *m;
    const uint32_t   *bits;
    const uint32_t   *paths;               /* which are among these bits */
    uint32_t          mask;
    uint32_t          before;              /* the key of the word before */
    uint32_t          n;                   /* of hits */
    uint32_t          path;                /* the catalog has rules for one */
} list_words_t;


static inline uint32_t
list_load(const consent_u8 *p)
{
    return (uint32_t) p[0] | (uint32_t) p[1] << 8 | (uint32_t) p[2] << 16
           | (uint32_t) p[3] << 24;
}


/* of a word whose first and last four bytes these are */

static inline uint32_t
list_key(uint32_t first, uint32_t last, size_t len)
{
    uint64_t  x;

    x = ((uint64_t) last << 32 | first) ^ len * 0x9e3779b97f4a7c15u;

    return (uint32_t) ((x * 0xd6e8feb86659fd93u) >> 32);
}


/* the same for letters of either case, which differ in this bit alone;
 * digits have it set */

uint32_t
consent_list_word_key(const consent_u8 *s, size_t len)
{
    size_t      i;
    consent_u8  b[4];

    if (len >= 4) {
        return list_key(list_load(s) | 0x20202020u,
                        list_load(s + len - 4) | 0x20202020u, len);
    }

    memset(b, 0, sizeof(b));

    for (i = 0; i < len; i++) {
        b[i] = s[i] | 0x20;
    }

    return list_key(list_load(b), list_load(b), len);
}


#if LIST_SSE2

/* where letters and digits are; in lower case from now on */

static inline uint64_t
list_block(consent_u8 *p)
{
    int       i;
    __m128i   x, y, a, d;
    uint64_t  m;

    for (m = 0, i = 0; i < LIST_BLOCK; i += 16) {
        x = _mm_loadu_si128((const __m128i *) (const void *) (p + i));
        y = _mm_or_si128(x, _mm_set1_epi8(0x20));

        a = _mm_sub_epi8(y, _mm_set1_epi8('a'));
        a = _mm_cmpeq_epi8(_mm_min_epu8(a, _mm_set1_epi8(25)), a);
        d = _mm_sub_epi8(x, _mm_set1_epi8('0'));
        d = _mm_cmpeq_epi8(_mm_min_epu8(d, _mm_set1_epi8(9)), d);

        x = _mm_or_si128(x, _mm_and_si128(a, _mm_set1_epi8(0x20)));
        _mm_storeu_si128((__m128i *) (void *) (p + i), x);

        m |= (uint64_t) (unsigned) _mm_movemask_epi8(_mm_or_si128(a, d)) << i;
    }

    return m;
}

#else

static inline uint64_t
list_block(consent_u8 *p)
{
    int       i;
    uint64_t  m;

    for (m = 0, i = 0; i < LIST_BLOCK; i++) {
        p[i] = (p[i] >= 'A' && p[i] <= 'Z') ? p[i] | 0x20 : p[i];
        m |= (uint64_t) consent_list_letter(p[i]) << i;
    }

    return m;
}

#endif


list_inline int
list_hit(list_words_t *w, uint32_t key, size_t at, size_t len)
{
    consent_token_t  *t;

    if (!consent_list_bits_have(w->bits, w->mask, key)) {
        return 0;
    }

    t = &w->m->hit[w->n++];
    t->hash = key;
    t->at = (uint16_t) at;
    t->len = (uint16_t) len;

    return 1;
}


/* a word is not first in an URL: there are four bytes before its end */

list_inline void
list_word(list_words_t *w, size_t start, size_t end)
{
    size_t             len;
    uint32_t           first, last, key;
    const consent_u8  *p;

    p = w->m->lower;
    len = end - start;
    first = list_load(p + start);
    last = list_load(p + end - 4);

    if (len < 4) {
        last >>= 8 * (4 - len);
        first = last;
    }

    key = list_key(first, last, len);

    if (list_hit(w, key, start, len)) {
        w->path |= consent_list_bits_have(w->paths, LIST_PATHS - 1, key);
    }

    (void) list_hit(w, consent_list_pair_key(w->before, key), start, len);
    w->before = key;
}


list_inline void
list_words(list_words_t *w, size_t from)
{
    size_t    i, start, len;
    uint64_t  m, in, turn;

    in = 0;
    start = from;
    len = w->m->lower_len;

    for (i = from; i < len; i += LIST_BLOCK) {
        m = list_block(w->m->lower + i);
        turn = m ^ (m << 1 | in);

        if (in && turn) {
            list_word(w, start, i + (size_t) __builtin_ctzll(turn));
            turn &= turn - 1;
        }

        while (turn) {
            start = i + (size_t) __builtin_ctzll(turn);
            turn &= turn - 1;

            if (turn == 0) {
                break;
            }

            list_word(w, start, i + (size_t) __builtin_ctzll(turn));
            turn &= turn - 1;
        }

        in = m >> 63;
    }

    if (in) {
        list_word(w, start, len);
    }
}


/* the page's host is the same for all of its URLs: hashed once */

static void
list_page_host(consent_match_t *m, const consent_url_t *page)
{
    size_t         cut;
    consent_str_t  host, site;

    host.data = NULL;
    host.len = 0;

    if (page) {
        host = page->host;
    }

    if (host.len == 0 || host.len > sizeof(m->page)) {
        m->page_len = 0;
        m->npage = 0;
        m->nentity = 0;
        return;
    }

    if (m->page_len == host.len && memcmp(m->page, host.data, host.len) == 0)
    {
        return;
    }

    memcpy(m->page, host.data, host.len);
    m->page_len = host.len;
    m->npage = consent_host_suffixes(m->page, m->page_len, m->page_suffix,
                                     NULL);

    /* "google.*" is a name without its public suffix */

    site = consent_url_site(host);

    for (cut = 0; cut < site.len && site.data[cut] != '.'; cut++) {
        /* void */
    }

    cut = site.len - cut;
    m->nentity = 0;

    if (cut < host.len) {
        m->nentity = consent_host_suffixes(m->page, m->page_len - cut,
                                           m->page_entity, NULL);
    }
}


void
consent_list_hits(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *url, const consent_url_t *page)
{
    size_t        len, host;
    uint32_t      i;
    list_words_t  w;

    m->asked = 1;
    m->paths = 0;
    m->nhits = 0;
    m->lower_len = 0;

    len = url->href.len;
    host = (size_t) (url->host.data - url->href.data);

    if (url->host.data < url->href.data || host < 4
        || len > CONSENT_URL_MAX || host + url->host.len > len)
    {
        return;
    }

    list_page_host(m, page);

    memcpy(m->lower, url->href.data, len);
    memset(m->lower + len, 0, LIST_BLOCK);
    m->lower_len = len;

    w.m = m;
    w.bits = rules->list_bits;
    w.mask = rules->list_mask;
    w.paths = rules->path_bits;
    w.before = 0;
    w.n = 0;
    w.path = 0;

    for (i = 0; i < m->nsuffixes; i++) {
        (void) list_hit(&w, m->suffix[i] ^ CONSENT_KEY_HOST, 0, 0);
    }

    /* before the host there is a scheme, which is no word of any filter */

    list_words(&w, host);

    for (i = 0; i < m->npage && rules->list_pages; i++) {
        (void) list_hit(&w, m->page_suffix[i] ^ CONSENT_KEY_PAGE, 0, 0);
    }

    for (i = 0; i < m->nentity && rules->list_pages; i++) {
        (void) list_hit(&w, m->page_entity[i] ^ CONSENT_KEY_ENTITY, 0, 0);
    }

    m->nhits = w.n;
    m->paths = w.path & 1;
}


/* the words that the catalog's rules for paths are filed under */

static void
list_add_paths(uint32_t *bits, uint32_t mask)
{
    uint32_t                       i, n;
    const char                    *key;
    const consent_catalog_path_t  *p;

    for (i = 0; i <= consent_catalog_site_mask; i++) {
        n = consent_catalog_site_slots[i];

        if (n) {
            p = &consent_catalog_site[n - 1];
            key = consent_catalog_strings + p->pattern + p->key;
            n = consent_list_word_key((const consent_u8 *) key, p->key_len);
            consent_list_bits_add(bits, mask, n);
        }
    }
}


int
consent_list_join(consent_rules_t *rules, const consent_list_t *list,
    consent_alloc_t *alloc)
{
    size_t     n;
    uint32_t   i, mask, *bits, *paths;

    mask = rules->list_mask | list->bits_mask;
    n = (size_t) mask + 1;

    bits = alloc->alloc(alloc->ctx, (n + LIST_PATHS) * sizeof(uint32_t));
    if (bits == NULL) {
        return CONSENT_ERROR;
    }

    for (i = 0; i < n; i++) {
        bits[i] = list->bits[i & list->bits_mask];

        if (rules->list_bits) {
            bits[i] |= rules->list_bits[i & rules->list_mask];
        }
    }

    paths = bits + n;
    memset(paths, 0, LIST_PATHS * sizeof(uint32_t));

    list_add_paths(paths, LIST_PATHS - 1);
    list_add_paths(bits, mask);

    rules->list_bits = bits;
    rules->list_mask = mask;
    rules->path_bits = paths;
    rules->list_pages |= list->pages;

    return CONSENT_OK;
}
