
/*
 * A compiled filter list, as its files share it: consent_list.c reads lines,
 * consent_list_options.c what they say after "$", consent_list_index.c files
 * them, consent_list_words.c finds their words in an URL, and
 * consent_list_match.c asks.
 */

#ifndef CONSENT_LIST_H
#define CONSENT_LIST_H

#include "consent_rules_int.h"

#define CONSENT_FILTER_HOST        0x001   /* "||" */
#define CONSENT_FILTER_START       0x002   /* "|" before */
#define CONSENT_FILTER_END         0x004   /* "|" after */
#define CONSENT_FILTER_CASE        0x008
#define CONSENT_FILTER_REGEX       0x010
#define CONSENT_FILTER_THIRD       0x020   /* only by another site */
#define CONSENT_FILTER_FIRST       0x040
#define CONSENT_FILTER_EXCEPT      0x080   /* "@@" */
#define CONSENT_FILTER_IMPORTANT   0x100
#define CONSENT_FILTER_BAD         0x200   /* taken back by $badfilter */

/* a set of keys, in which others may seem to be */

#define consent_list_bits_add(bits, mask, key)                                \
    ((bits)[(key) >> 5 & (mask)] |= (uint32_t) 1 << ((key) & 31))
#define consent_list_bits_have(bits, mask, key)                               \
    ((bits)[(key) >> 5 & (mask)] >> ((key) & 31) & 1)

/* the key of two words that stand one after the other */

#define consent_list_pair_key(a, b)  (((a) << 7 | (a) >> 25) ^ (b) * 5)

/* that word may be anywhere: a "*" is before it, or there is none */

#define CONSENT_FILTER_AFLOAT      UINT16_MAX

#define CONSENT_FILTER_TYPES  (0xffffffffu & ~(1u << CONSENT_TYPE_DOCUMENT))

/* keys of hosts and of pages are told apart from those of words */

#define CONSENT_KEY_HOST      0x9e3779b9u
#define CONSENT_KEY_PAGE      0x7f4a7c15u
#define CONSENT_KEY_ENTITY    0x2545f491u
#define CONSENT_KEY_ANY       0x00000001u

/* hashes of domains, sorted: yes, no, and those that end in ".*" */

typedef struct {
    const uint32_t      *hashes;
    uint32_t             yes;
    uint32_t             no;
    uint32_t             entity_yes;
    uint32_t             entity_no;
} consent_domains_t;

typedef struct {
    const consent_u8    *pattern;
    const consent_u8    *rule;
    consent_domains_t   *domains;          /* of the page; NULL: any */
    consent_domains_t   *deny;             /* of the URL: not these */
    consent_regex_t     *regex;
    uint32_t             types;
    uint32_t             rule_len;
    uint16_t             len;
    uint16_t             flags;
    uint16_t             host_len;         /* of "||host": of the pattern */
    uint16_t             key_at;           /* of the word it is filed under;
                                              or CONSENT_FILTER_AFLOAT */
} consent_filter_t;

/*
 * A filter under a key, with what most URLs that have its word fail by: the
 * bytes that must stand beside the word.
 */

#define CONSENT_ENTRY_BYTES      0x07  /* how many */
#define CONSENT_ENTRY_THIRD      0x08
#define CONSENT_ENTRY_FIRST      0x10
#define CONSENT_ENTRY_EXCEPT     0x20
#define CONSENT_ENTRY_IMPORTANT  0x40

typedef struct {
    uint32_t             key;
    uint32_t             filter;
    uint32_t             bytes;            /* in lower case */
    uint16_t             types;
    int8_t               off;              /* of the bytes, from the word */
    uint8_t              how;
} consent_filter_entry_t;

typedef struct {
    uint32_t             key;
    uint32_t             first;            /* index + 1 into the entries */
    uint32_t             n;
} consent_filter_slot_t;

struct consent_list_s {
    consent_str_t            name;
    int                      category;
    consent_filter_t        *filters;
    uint32_t                 nfilters;
    consent_filter_entry_t  *entries;
    uint32_t                 nentries;
    consent_filter_slot_t   *slots;
    uint32_t                 mask;
    uint32_t                *bits;         /* of keys: most words of an URL
                                              go no further */
    uint32_t                 bits_mask;
    uint32_t                 any;          /* those without a key */
    uint32_t                 nany;
    consent_regex_t         *regexes;
    unsigned                 flags;        /* of all filters */
    unsigned                 pages:1;      /* some are filed under pages */
    consent_list_stats_t     stats;
};

typedef struct {
    consent_rules_build_t  *b;
    consent_list_t         *list;
    uint16_t               *count;         /* of words, by a part of the hash */
    consent_filter_t       *bad;           /* past those of $badfilter */
    uint32_t                nbad;
    int                     failed;        /* no memory */
} consent_list_read_t;

#define consent_list_letter(c)                                                \
    (((c) >= 'a' && (c) <= 'z') || ((c) >= '0' && (c) <= '9')                 \
     || ((c) >= 'A' && (c) <= 'Z'))

/* consent_list.c */

void *consent_list_alloc(consent_list_read_t *r, size_t size);
int consent_list_is(const consent_u8 *s, size_t len, const char *word);

/* of numbers, or what begins with one */
int consent_list_compare(const void *a, const void *b);

uint32_t consent_list_hash(const consent_u8 *s, size_t len);

/* as the suffixes of a host are hashed: from its end */
uint32_t consent_list_hash_back(const consent_u8 *s, size_t len);

/* consent_list_options.c; 0: the filter is none that can be used */

int consent_list_options(consent_list_read_t *r, consent_filter_t *f,
    const consent_u8 *s, size_t len);

/* consent_list_index.c */

int consent_list_index(consent_list_read_t *r);

/* consent_list_words.c */

uint32_t consent_list_word_key(const consent_u8 *s, size_t len);

#endif /* CONSENT_LIST_H */
