
/*
 * The quick way through a page.  Most tags are of elements that neither
 * change how what follows is read nor load anything: <div>, <a>, <span>.
 * While the page's readers agree and are in the body, such tags are taken
 * here whole, their attributes passed over by sixteen bytes, and the tree is
 * changed by hand where that is a push or a pop.  Whatever is not as usual,
 * and all that does not end in the piece at hand, is left to the tokenizer
 * and to rw_start_tag(), rw_end_tag(), which do the same, only slower.
 */

#include "consent_rewrite_quick_table.h"
#include "consent_html_scan.h"

#if defined __x86_64__ && defined __GNUC__ && !defined CONSENT_NO_AVX2
#include <immintrin.h>
#define QUICK_AVX2  1
#endif

/* inlined into each way */

#if defined __GNUC__
#define QUICK_INLINE  static inline __attribute__((always_inline))
#else
#define QUICK_INLINE  static inline
#endif

/* what a tag needs at most before its attributes: "</", a name, its end */

#define QUICK_NAME  12
#define QUICK_ROOM  18

/* tab, LF, FF, CR and the blank, of all up to it */

#define quick_space(c)                                                        \
    ((c) <= ' ' && ((uint64_t) 0x100003600 >> (c) & 1))

static const uint32_t  quick_nothing[24];

#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

static const uint64_t  quick_first[9] = {
    0, 0xff, 0xffff, 0xffffff, 0xffffffff, 0xffffffffff, 0xffffffffffff,
    0xffffffffffffff, 0xffffffffffffffff
};

#endif


/*
 * One attribute, its name at q.  Returns where to go on, NULL if
 * that is not before "stop", or too much.  The states are those of next_tag()
 * in consent_html_tokenizer.c.
 */

static const consent_u8 *
quick_attr(consent_html_tokenizer_t *t, const consent_u8 *tag,
    const consent_u8 *q, const consent_u8 *stop, const uint32_t *names)
{
    size_t                len;
    consent_u8            c;
    const consent_u8     *name, *value;
    consent_html_attr_t   attr;

    name = q;
    q = consent_scan_name(q + 1, stop);
    len = (size_t) (q - name);

    while (q < stop && quick_space(*q)) {
        q++;
    }

    if (q == stop) {
        return NULL;
    }

    if (*q != '=') {

        /* no value, but the first of its name all the same */

        if (quick_matters(names, name, len)) {

            if (len > UINT16_MAX) {
                return NULL;
            }

            attr.name = (uint32_t) (name - tag);
            attr.name_len = (uint16_t) len;
            attr.value = attr.name;
            attr.value_len = 0;
            attr.quote = 0;
            attr.assigned = 0;
            attr.open = 0;

            if (!consent_rw_quick_keep(t, &attr, tag)) {
                return NULL;
            }
        }

        return q;
    }

    do {
        q++;

        if (q == stop) {
            return NULL;
        }

        c = *q;

    } while (quick_space(c));

    value = q;
    attr.quote = 0;

    if (c == '"' || c == '\'') {
        value = q + 1;
        q = consent_scan_byte(value, stop, c);

        if (q == stop) {
            return NULL;
        }

        attr.quote = c;

    } else {
        while (q < stop && *q != '>' && !quick_space(*q)) {
            q++;
        }
    }

    if (quick_matters(names, name, len)) {

        if (len > UINT16_MAX) {
            return NULL;
        }

        attr.name = (uint32_t) (name - tag);
        attr.name_len = (uint16_t) len;
        attr.value = (uint32_t) (value - tag);
        attr.value_len = (uint32_t) (q - value);
        attr.assigned = 1;
        attr.open = 0;

        if (!consent_rw_quick_keep(t, &attr, tag)) {
            return NULL;
        }
    }

    return attr.quote ? q + 1 : q;
}


/* formatting elements are all open: nothing is to be reconstructed */

QUICK_INLINE int
quick_settled(const consent_tree_t *tree)
{
    const consent_tree_format_t  *f;

    if (tree->nformats == 0) {
        return 1;
    }

    f = &tree->formats[tree->nformats - 1];

    return f->entry == 0 || f->at >= 0;
}


/* 0: it takes more than a push */

QUICK_INLINE int
quick_start(consent_tree_t *tree, unsigned cls, uint32_t entry)
{
    uint32_t                top;
    consent_tree_format_t  *f;

    if (tree->depth == tree->size) {
        return 0;
    }

    top = tree->stack[tree->depth - 1];

    switch (cls) {

    case QUICK_P:
    case QUICK_BLOCK:
    case QUICK_PLACE:
        if (tree->paragraphs) {
            return 0;
        }

        tree->paragraphs += (cls == QUICK_P);
        break;

    case QUICK_ITEM:
        if (tree->paragraphs
            || (top != CONSENT_TAG_UL && top != CONSENT_TAG_OL
                && top != CONSENT_TAG_DL))
        {
            return 0;
        }

        tree->frameset_ok = 0;
        break;

    case QUICK_HEADING:
        if (tree->paragraphs
            || (top >= CONSENT_TAG_H1 && top <= CONSENT_TAG_H6))
        {
            return 0;
        }

        break;

    case QUICK_OTHER:
        if (!quick_settled(tree)) {
            return 0;
        }

        break;

    case QUICK_VOID:
        if (!quick_settled(tree)) {
            return 0;
        }

        tree->frameset_ok = 0;
        return 1;

    case QUICK_FORMAT:
        if (!quick_settled(tree)
            || (entry == CONSENT_TAG_A && tree->nformats
                && consent_tree_format_find(tree, entry) >= 0))
        {
            return 0;
        }

        tree->stack[tree->depth++] = (uint16_t) entry;

        if (entry == CONSENT_TAG_A && tree->nformats < CONSENT_TREE_FORMATS)
        {
            /* there is no other, so none too many */

            f = &tree->formats[tree->nformats++];
            f->entry = (uint16_t) entry;
            f->attrs = 0;
            f->at = (int16_t) (tree->depth - 1);

            return 1;
        }

        consent_tree_format(tree, entry);
        return 1;

    case QUICK_NONE:
        return 1;

    default:
        return 0;
    }

    tree->stack[tree->depth++] = (uint16_t) entry;

    return 1;
}


/* 0: it is not the end of the current node, or takes more than a pop */

QUICK_INLINE int
quick_end(consent_tree_t *tree, unsigned cls, uint32_t entry)
{
    consent_tree_format_t  *f;

    if (tree->stack[tree->depth - 1] != entry || tree->depth < 3) {
        return 0;
    }

    switch (cls) {

    case QUICK_P:
        tree->paragraphs--;
        break;

    case QUICK_FORMAT:
        if (tree->nformats == 0) {
            return 0;
        }

        f = &tree->formats[tree->nformats - 1];

        if (f->entry != entry || f->at != (int32_t) tree->depth - 1) {
            return 0;
        }

        tree->nformats--;
        break;

    case QUICK_VOID:
    case QUICK_NONE:
    case QUICK_TREE:
        return 0;
    }

    tree->depth--;

    if (tree->firm > tree->depth) {
        tree->firm = tree->depth;
    }

    return 1;
}


/* an element of another name: of no one that is known, or QUICK_NO */

static unsigned
quick_other(const consent_u8 *p, size_t *len, unsigned *id, uint32_t *hash)
{
    size_t      n;
    uint32_t    h;
    consent_u8  c;

    if ((unsigned) ((*p | 0x20) - 'a') >= 26) {
        return QUICK_NO;
    }

    h = 0;

    for (n = 0; n < QUICK_NAME; n++) {
        c = p[n];

        if (c == '>' || c == '/' || quick_space(c)) {
            *len = n;
            *hash = h;
            *id = CONSENT_TAG_UNKNOWN;

            return consent_html_tag_find(h, n) ? QUICK_NO : QUICK_OTHER;
        }

        h = h * 31 + consent_html_lower[c];
    }

    return QUICK_NO;
}


/* the first n of the 8 bytes at p in lower case, as a number */

QUICK_INLINE uint64_t
quick_key(const consent_u8 *p, size_t n)
{
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

    uint64_t  v;

    memcpy(&v, p, 8);

    return (v & quick_first[n]) | (quick_first[n] & 0x2020202020202020u);

#else

    return consent_scan_word(p, n) | (0x2020202020202020u >> (64 - n * 8));

#endif
}


/* what the name of n bytes at p, of which QUICK_ROOM can be read, is */

QUICK_INLINE unsigned
quick_name(const consent_u8 *p, size_t n, size_t *len, unsigned *id,
    uint32_t *hash)
{
    uint64_t            key;
    const quick_tag_t  *tag;

    if (n - 1 < 8) {
        key = quick_key(p, n);
        tag = &consent_rw_quick_tags[quick_slot(key)];

        if (tag->key == key && (p[n] > ' ' || quick_space(p[n]))) {
            *len = n;
            *id = tag->id;
            *hash = 0;

            return tag->cls;
        }
    }

    return quick_other(p, len, id, hash);
}


#define quick_mode(t)                                                         \
    ((t)->mode >= CONSENT_TREE_IN_BODY && (t)->mode <= CONSENT_TREE_IN_CELL   \
     && (t)->mode != CONSENT_TREE_IN_COLGROUP)


/* may this machine go the quick way? */

static int
quick_may(const consent_rewrite_t *cr, const consent_machine_t *m)
{
    const consent_tree_t  *tree;

    tree = &m->tree;

    return cr->nmachines == 1 && m->tok.state == CONSENT_HTML_S_DATA
           && !m->tok.xml && m->inl.kind == CONSENT_INLINE_NONE
           && !cr->banner_wait && m->tok.raw[0] == '\0' && !m->event
           && (m->readers & CONSENT_READ_JS) && !m->tok.parting
           && quick_mode(tree)
           && !tree->foreign && !tree->lost && !tree->old_select
           && tree->depth > 1;
}


static int
quick_element(consent_rewrite_t *cr, consent_machine_t *m, unsigned id,
    const consent_u8 *p, size_t n, uint32_t hash)
{
    consent_tag_t  tag;

    memset(&tag, 0, sizeof(consent_tag_t));

    tag.m = m;
    tag.p = p;
    tag.mark = m->tok.mark;
    tag.name_end = m->tok.mark + 1 + n;
    tag.id = id;
    tag.hash = hash;
    tag.live = m->readers;

    if (m->tree.inert) {
        tag.live &= ~(unsigned) CONSENT_READ_TREE;
    }

    if (m->templates) {
        tag.live &= ~(unsigned) CONSENT_READ_SCANNERS;
    }

    return tag.live ? consent_rw_element(cr, &tag) : CONSENT_OK;
}


/* behind the comment at p, of which QUICK_ROOM bytes can be read; NULL: it
 * does not end here, or is not as most are */

static const consent_u8 *
quick_comment(const consent_u8 *p, const consent_u8 *end)
{
    if (p[1] != '!' || p[2] != '-' || p[3] != '-' || p[4] == '>'
        || p[4] == '-')
    {
        return NULL;
    }

    for (p += 4; /* void */ ; p++) {
        p = consent_scan_pair(p, end, '-', '-');

        if (end - p < 3 || p[2] == '!') {
            return NULL;
        }

        if (p[2] == '>') {
            return p + 3;
        }
    }
}


/* by what every processor of its kind has */

#define QUICK(x)  quick_##x
#define quick_find  consent_scan_byte
#define quick_open(p, end)  consent_scan_byte(p, end, '<')
#define quick_tag_len  consent_scan_tag
#define quick_attr_len  consent_scan_attr

#include "consent_rewrite_quick_run.h"

#undef QUICK


#if QUICK_AVX2

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2"))),                 \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif

#define QUICK(x)  quick_avx2_##x

/* from memory: made by instructions they would be made anew for each tag */

#define quick_bytes(n)                                                        \
    _mm_loadu_si128((const __m128i *) (const void *)                          \
                    consent_rw_quick_bytes[n])


QUICK_INLINE const consent_u8 *
quick_avx2_seek(const consent_u8 *p, const consent_u8 *end, __m256i v,
    consent_u8 c)
{
    uint32_t  m;

    for ( /* void */ ; end - p >= 32; p += 32) {
        m = (uint32_t) _mm256_movemask_epi8(_mm256_cmpeq_epi8(
                _mm256_loadu_si256((const __m256i *) (const void *) p), v));

        if (m) {
            return p + __builtin_ctz(m);
        }
    }

    return consent_scan_byte_plain(p, end, c);
}


QUICK_INLINE const consent_u8 *
quick_avx2_find(const consent_u8 *p, const consent_u8 *end, consent_u8 c)
{
    return quick_avx2_seek(p, end, _mm256_set1_epi8((char) c), c);
}


QUICK_INLINE const consent_u8 *
quick_avx2_open(const consent_u8 *p, const consent_u8 *end)
{
    return quick_avx2_seek(p, end, _mm256_broadcastsi128_si256(quick_bytes(0)),
                           '<');
}


/* as consent_scan_tag(), consent_scan_attr() */

QUICK_INLINE size_t
quick_avx2_tag_len(const consent_u8 *p)
{
    __m128i  x, y;

    x = _mm_loadu_si128((const __m128i *) (const void *) p);

    y = _mm_or_si128(_mm_cmpeq_epi8(x, quick_bytes(1)),
                     _mm_cmpeq_epi8(x, quick_bytes(2)));
    y = _mm_or_si128(y, _mm_cmpeq_epi8(_mm_min_epu8(x, quick_bytes(3)), x));

    return (size_t) __builtin_ctz((unsigned) _mm_movemask_epi8(y) | 0x10000);
}


QUICK_INLINE size_t
quick_avx2_attr_len(const consent_u8 *p)
{
    __m128i  x, y;

    x = _mm_loadu_si128((const __m128i *) (const void *) p);

    y = _mm_or_si128(_mm_cmpeq_epi8(x, quick_bytes(1)),
                     _mm_cmpeq_epi8(x, quick_bytes(2)));
    y = _mm_or_si128(y, _mm_cmpeq_epi8(x, quick_bytes(4)));
    y = _mm_or_si128(y, _mm_cmpeq_epi8(_mm_min_epu8(x, quick_bytes(3)), x));

    return (size_t) __builtin_ctz((unsigned) _mm_movemask_epi8(y) | 0x10000);
}

#include "consent_rewrite_quick_run.h"

#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif


int
consent_rw_quick(consent_rewrite_t *cr)
{
    consent_machine_t  *m;

    m = cr->machines[0];

    if (!quick_may(cr, m)) {
        return CONSENT_OK;
    }

#if QUICK_AVX2

    if (__builtin_cpu_supports("avx2")) {
        return quick_avx2_run(cr, m);
    }

#endif

    return quick_run(cr, m);
}
