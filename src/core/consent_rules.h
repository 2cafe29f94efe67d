
/*
 * Rules: URL or inline text -> category and the rule that decided.
 *
 * A rule set is compiled once, at configuration time, and is immutable after
 * that: workers and locations share it by pointer.  What matching needs to
 * write to is in consent_match_t, of which each worker has one.
 *
 * Order of decision, the first that names the URL wins:
 *     1. the site itself, unless an operator's rule or a path rule names it
 *     2. consent_allow
 *     3. consent_block
 *     4. the hard never-block set (captchas, payment, consent providers)
 *     5. the built-in catalog
 *     6. filter lists (with their own @@ and $important)
 *     7. consent_third_party, for scripts and frames of another site
 */

#ifndef CONSENT_RULES_H
#define CONSENT_RULES_H

#include "consent_core.h"
#include "consent_url.h"
#include "consent_work.h"

typedef enum {
    CONSENT_SOURCE_NONE = 0,
    CONSENT_SOURCE_FIRST_PARTY,
    CONSENT_SOURCE_ALLOW,
    CONSENT_SOURCE_BLOCK,
    CONSENT_SOURCE_NEVER,
    CONSENT_SOURCE_CATALOG,
    CONSENT_SOURCE_LIST,
    CONSENT_SOURCE_THIRD_PARTY,
    CONSENT_SOURCE_MARKUP,       /* the page's own data-category */
    CONSENT_SOURCE_LIMIT         /* a regex or size limit was hit: closed */
} consent_source_e;

typedef struct {
    int               category;  /* CONSENT_CATEGORY_NONE: nothing to block */
    consent_source_e  source;
    consent_str_t     rule;      /* as written, for logs and consentctl; lives
                                    as long as the rule set */
    uint32_t          stubs;     /* bits into consent_stubs[]: functions that
                                    a page may call on what is withheld */
} consent_verdict_t;

typedef struct consent_rules_s  consent_rules_t;
typedef struct consent_match_s  consent_match_t;

/*
 * Building.  Errors are put into err (text, cut to fit, NUL-terminated) in
 * words for nginx -t, with a caret line for patterns.  CONSENT_ERROR: no
 * memory.  CONSENT_DECLINED: the operator's input is wrong, see err.
 */

typedef struct {
    consent_alloc_t   alloc;
    char             *err;
    size_t            err_size;
} consent_rules_build_t;

consent_rules_t *consent_rules_create(consent_alloc_t *alloc);

int consent_rules_block(consent_rules_t *rules, consent_rules_build_t *b,
    int category, consent_str_t pattern);
int consent_rules_allow(consent_rules_t *rules, consent_rules_build_t *b,
    consent_str_t pattern);
void consent_rules_catalog(consent_rules_t *rules, int on);
void consent_rules_third_party(consent_rules_t *rules, int category);

/*
 * A filter list: its text in memory (read by the caller).  Compiled into a
 * consent_list_t that several rule sets may share.
 */

typedef struct consent_list_s  consent_list_t;

consent_list_t *consent_list_compile(consent_rules_build_t *b,
    consent_str_t name, const consent_u8 *text, size_t len, int category);
int consent_rules_list(consent_rules_t *rules, consent_rules_build_t *b,
    consent_list_t *list);

/* closes the set: builds the indexes; call once, after the last addition */
int consent_rules_done(consent_rules_t *rules, consent_rules_build_t *b);

/* frees what no allocator owns (PCRE2 codes); for a pool cleanup */
void consent_rules_destroy(consent_rules_t *rules);

/* frees a list's PCRE2 codes, when no set of rules uses it any more */
void consent_list_destroy(consent_list_t *list);

/* what was read: rules kept, and lines passed over by why */

typedef struct {
    uint32_t  rules;
    uint32_t  exceptions;
    uint32_t  regexes;
    uint32_t  cosmetic;              /* element hiding, scriptlets */
    uint32_t  unsupported;           /* redirect, csp, removeparam ... */
    uint32_t  invalid;
} consent_list_stats_t;

void consent_list_stats(const consent_list_t *list,
    consent_list_stats_t *stats);

/*
 * Working memory of one thread; NULL when memory runs out.  It is the
 * lender's; what PCRE2 holds goes with consent_match_destroy().
 */

consent_match_t *consent_match_create(consent_alloc_t *alloc);
void consent_match_destroy(consent_match_t *m);

/*
 * What is judged with it is remembered from now on, in so many bytes: only
 * where no set of rules is changed or freed before it is.
 */

#define CONSENT_MATCH_MEMORY  (1024 * 1024)

int consent_match_remember(consent_match_t *m, consent_alloc_t *alloc,
    size_t size);

/* for what reads a page with it */
consent_work_t *consent_match_work(consent_match_t *m);

/* how often a limit of a regular expression was hit with this memory */
uint64_t consent_match_limits(const consent_match_t *m);

/*
 * Which rule names this URL, asked for as "type" by a page at "page"?  Always
 * fills in v.  Does not know what the visitor allowed: that is the caller's.
 */

void consent_rules_url(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *url, const consent_url_t *page, consent_type_e type,
    consent_verdict_t *v);

/* the same for the text of an inline script (or event handler) */

void consent_rules_inline(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *page, const consent_u8 *text, size_t len,
    consent_verdict_t *v);

/*
 * All that names the URL, in the order of decision, for consentctl: the first
 * given decides.  Returns how many of the "n" there were place for are filled
 * in.
 */

size_t consent_rules_explain(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *url, const consent_url_t *page, consent_type_e type,
    consent_verdict_t *v, size_t n);

/* what there is to know of a cookie by its name: its category, or
 * CONSENT_CATEGORY_NONE for what must never be removed or is unknown */

int consent_rules_cookie(consent_str_t name);

#endif /* CONSENT_RULES_H */
