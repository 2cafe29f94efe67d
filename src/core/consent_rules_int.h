
/*
 * What the files of the rules share among themselves.
 */

#ifndef CONSENT_RULES_INT_H
#define CONSENT_RULES_INT_H

#include "consent_rules.h"
#include "consent_catalog.h"
#include "consent_inline_scan.h"
#include "consent_memo.h"
#include "consent_literal.h"

#define CONSENT_SUFFIXES_MAX  32     /* labels of a host that are looked at */
#define CONSENT_TOKENS_MAX    4200   /* words of an URL of the longest kind */
#define CONSENT_HITS_MAX                                                      \
    (2 * CONSENT_TOKENS_MAX + 3 * CONSENT_SUFFIXES_MAX)

#define CONSENT_HASH_INIT     2166136261u
#define CONSENT_HASH_PRIME    16777619u

#define consent_hash_step(h, c)  (((h) ^ (c)) * CONSENT_HASH_PRIME)

/* a pattern of PCRE2; all of a set are freed with it */

typedef struct consent_regex_s  consent_regex_t;

struct consent_regex_s {
    void              *code;         /* pcre2_code */
    consent_regex_t   *next;
};

/* rules by host, and what was asked for by them */

typedef struct {
    consent_str_t      host;         /* in lower case; empty: any */
    consent_str_t      path;         /* prefix; empty: any */
    consent_str_t      rule;         /* as written */
    consent_regex_t   *regex;        /* instead of host and path */
    uint32_t           hash;
    int32_t            next;         /* of the same host, in order; -1: none */
    int                category;     /* NECESSARY in the list of allowed */
    uint16_t           port;
    uint8_t            literal;      /* it does not match without; 0: none */
    unsigned           inline_text:1;
} consent_own_rule_t;

typedef struct {
    consent_own_rule_t  *elts;
    uint32_t             n;
    uint32_t             size;       /* 0 with n > 0: another set's, copy
                                        before adding */
    uint32_t            *slots;      /* index + 1 of a host's first rule */
    uint32_t             mask;
    uint32_t            *regexes;    /* indexes of rules that are patterns */
    uint32_t             nregexes;
    uint32_t            *inlines;
    uint32_t             ninlines;
    consent_literals_t  *url_words;  /* of rules for addresses */
    consent_literals_t  *text_words; /* of those for scripts; NULL: none */
    unsigned             worded:1;   /* each rule for addresses has one */
    unsigned             indexed:1;
} consent_own_t;

struct consent_rules_s {
    consent_alloc_t      alloc;
    consent_own_t        allow;
    consent_own_t        block;
    consent_list_t     **lists;
    uint32_t             nlists;
    uint32_t             lists_size;
    const uint32_t      *list_bits;  /* of the keys of all of them */
    uint32_t             list_mask;
    const uint32_t      *path_bits;  /* of words of the catalog's paths,
                                        which are among these, too */
    unsigned             list_pages:1;  /* some have keys that are pages */
    int                  third_party;
    unsigned             catalog:1;
    consent_regex_t     *regexes;    /* compiled by this set alone */
};

/* a word of an URL: where, and its hash in lower case */

typedef struct {
    uint32_t             hash;
    uint16_t             at;
    uint16_t             len;
} consent_token_t;

struct consent_match_s {
    void                *data;       /* pcre2_match_data */
    void                *context;    /* pcre2_match_context */
    void                *stack;      /* pcre2_jit_stack */
    uint64_t             limits;     /* how often a limit was hit */

    consent_memo_t      *memo;       /* of scripts; NULL: all is read anew */
    consent_memo_t      *addresses;

    /* of the URL in hand */

    const consent_u8    *host;
    size_t               host_len;
    uint32_t             nsuffixes;  /* shortest first */
    uint32_t             suffix[CONSENT_SUFFIXES_MAX];
    uint16_t             suffix_at[CONSENT_SUFFIXES_MAX];

    consent_token_t      token[CONSENT_TOKENS_MAX];
    uint32_t             ntokens;
    consent_u8           lower[CONSENT_URL_MAX + 64];
    size_t               lower_len;

    consent_token_t      hit[CONSENT_HITS_MAX];  /* that lists may know;
                                                    no word: of length 0 */
    uint32_t             nhits;
    unsigned             asked:1;    /* the hits are of this URL */
    unsigned             paths:1;    /* and a rule of the catalog for paths
                                        may fit it */

    /* of the page it is asked for by */

    consent_u8           page[256];  /* host the hashes are of */
    size_t               page_len;
    uint32_t             npage;
    uint32_t             page_suffix[CONSENT_SUFFIXES_MAX];
    uint32_t             nentity;    /* without the public suffix */
    uint32_t             page_entity[CONSENT_SUFFIXES_MAX];

    consent_inline_scan_t  scan;

    consent_u8           text[4096]; /* a script's string, unescaped */
    consent_u8           url[CONSENT_URL_MAX];
    consent_work_t       work;
};

/* consent_rules_regex.c */

#define CONSENT_REGEX_NOCASE  1

int consent_regex_compile(consent_regex_t **re, consent_rules_build_t *b,
    consent_str_t written, consent_str_t pattern, int flags);
void consent_regex_free(consent_regex_t *re);

/* 1 matches, 0 does not, -1 a limit was hit */

int consent_regex_match(consent_match_t *m, const consent_regex_t *re,
    const consent_u8 *s, size_t len);

/* consent_rules_own.c: an operator's rules */

int consent_own_add(consent_rules_t *rules, consent_own_t *own,
    consent_rules_build_t *b, int category, consent_str_t pattern);
int consent_own_index(consent_own_t *own, consent_alloc_t *alloc);
const consent_own_rule_t *consent_own_url(const consent_own_t *own,
    consent_match_t *m, const consent_url_t *url,
    const consent_own_rule_t **limit);
const consent_own_rule_t *consent_own_inline(const consent_own_t *own,
    consent_match_t *m, const consent_u8 *text, size_t len,
    const consent_own_rule_t **limit);

/* 0: what addresses a script has are not named by any of these rules, if no
 * letter of them is hidden in an escape */
int consent_own_may(const consent_own_t *own, const consent_url_t *page,
    const consent_u8 *text, size_t len);

/* consent_rules_catalog.c */

int consent_class_wants(consent_class_e cls, consent_type_e type);
int consent_class_own(consent_class_e cls);
int consent_catalog_url(consent_match_t *m, const consent_url_t *url,
    consent_type_e type, int third, consent_verdict_t *v);

/* consent_rules_url.c: an URL taken apart for all of them */

void consent_match_suffixes(consent_match_t *m, consent_str_t host);
uint32_t consent_host_suffixes(const consent_u8 *host, size_t len,
    uint32_t *hashes, uint16_t *at);
void consent_match_tokens(consent_match_t *m, const consent_url_t *url);
consent_str_t consent_url_target(const consent_url_t *url);
int consent_glob_at(const consent_u8 *pattern, size_t plen,
    const consent_u8 *s, size_t len, int end, int anywhere);
int consent_glob(const consent_u8 *pattern, size_t plen, const consent_u8 *s,
    size_t len);

/* consent_list_match.c */

int consent_list_quiet(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *url, const consent_url_t *page, uint32_t types,
    int third);

int consent_list_match(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *url, const consent_url_t *page, consent_type_e type,
    int third, consent_verdict_t *v);

/* consent_list_words.c: takes an URL apart for both of these */
void consent_list_hits(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *url, const consent_url_t *page);

/* the keys of this list as well as those that there are */
int consent_list_join(consent_rules_t *rules, const consent_list_t *list,
    consent_alloc_t *alloc);

/* consent_inline.c */

int consent_inline_match(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *page, const consent_u8 *text, size_t len,
    consent_verdict_t *v);

void consent_rules_error(consent_rules_build_t *b, const char *fmt, ...)
#if defined __GNUC__
    __attribute__((format(printf, 2, 3)))
#endif
    ;

#endif /* CONSENT_RULES_INT_H */
