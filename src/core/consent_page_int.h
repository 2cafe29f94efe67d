
/*
 * What consent_page.c (a page) and consent_page_log.c (what is written down of
 * pages) share.
 */

#ifndef CONSENT_PAGE_INT_H
#define CONSENT_PAGE_INT_H

#include "consent_page.h"

/* what a page may ask for to be put in */

#define CONSENT_PAGE_GIVEN  12

typedef enum {
    CONSENT_PAGE_READ = 0,     /* "n" bytes were read: then comes this */
    CONSENT_PAGE_END,          /* all were read */
    CONSENT_PAGE_INPUT,        /* "n" bytes of the page leave */
    CONSENT_PAGE_OWN,          /* "n" bytes of the data, from "at" */
    CONSENT_PAGE_PUT,          /* what was given as number "n" */
    CONSENT_PAGE_INSERT,       /* a consent_page_insert_t, at "at"; "n": there
                                  was something */
    CONSENT_PAGE_FOUND         /* a consent_page_found_t, at "at" */
} consent_page_op_e;

typedef struct {
    uint32_t              op;
    uint32_t              at;
    uint32_t              n;
} consent_page_op_t;

/* with their strings behind them; addresses are offsets */

typedef struct {
    consent_insert_t      in;
} consent_page_insert_t;

typedef struct {
    consent_finding_t     f;
    consent_url_t         url;
} consent_page_found_t;

/* what decides what becomes of a page, beside its bytes */

typedef struct {
    const consent_rules_t  *rules;
    const consent_str_t    *categories;
    const consent_u8       *endpoint;
    const void             *owner;
    size_t                  inline_max;
    size_t                  hold_max;
    uint64_t                allowed;
    uint64_t                flags;
} consent_page_fixed_t;

typedef struct {
    consent_page_fixed_t    fixed;
    consent_str_t           part[3];   /* page, origin, charset */
    uint32_t                hash;
} consent_page_key_t;

/* memory that grows */

typedef struct {
    consent_u8             *data;
    size_t                  len;
    size_t                  size;
} consent_page_room_t;

typedef struct {
    consent_page_key_t      key;       /* its strings are in "parts" */
    consent_page_room_t     parts;
    consent_page_room_t     text;
    consent_page_room_t     ops;       /* consent_page_op_t */
    consent_page_room_t     data;
    consent_str_t           charset;
    unsigned                refs;
    unsigned                hits;
    unsigned                misses;    /* since the last hit */
    unsigned                kept:1;    /* can be found */
    unsigned                whole:1;   /* could be, once */
} consent_page_log_t;

struct consent_page_s {
    const consent_rewrite_conf_t  *conf;
    consent_rewrite_t             *rewrite;   /* NULL: compared so far */

    consent_pages_t               *pages;
    consent_page_log_t            *log;       /* held */
    unsigned                       writes:1;  /* into the log */
    unsigned                       foreign:1; /* what is fed is not the
                                                 caller's buffer */
    unsigned                       full:1;    /* as the rewriter has it */
    unsigned                       whole:1;   /* so are these; left: bytes */
    unsigned                       more:1;
    size_t                         left;

    /* what was given to be put in, by number; what has to be so again */

    consent_str_t                  given[CONSENT_PAGE_GIVEN];
    unsigned                       ngiven;
    unsigned                       again;     /* how often it was asked for */

    /* how far it was the same, and how far that has left */

    const consent_u8              *chunk;
    size_t                         chunk_pos;
    size_t                         matched;
    size_t                         known;     /* to be the same, left or not */
    size_t                         ahead;     /* left, and in the log already */
    size_t                         reached;   /* of it, told in the log */
    size_t                         out;
    size_t                         op;
    size_t                         nown;
    size_t                         nfound;

    /* what has left already, and is not to leave again */

    size_t                         skip_out;
    size_t                         skip_own;
    size_t                         skip_found;
};


/* to the caller, who may say that it is full */

int consent_page_put(consent_page_t *page, consent_span_e kind,
    const consent_u8 *data, size_t len);

/* _page_write.c: the rewriter's callbacks, and one line of the log with data
 * and room for more behind it; NULL: it could not be written */

int consent_page_emit(void *arg, consent_span_e kind, const consent_u8 *data,
    size_t len);
consent_str_t consent_page_insert(void *arg, const consent_insert_t *in);
void consent_page_found(void *arg, const consent_finding_t *f);
consent_u8 *consent_page_write(consent_page_t *page, consent_page_op_e op,
    size_t n, const void *data, size_t size, size_t more);
void consent_page_fail(consent_page_t *page);

/*
 * _page_replay.c: all that was done when as much was read as is the same now.
 * CONSENT_DECLINED: what is put in is not as it was.
 */

int consent_page_replay(consent_page_t *page, int last);


/* _page_log.c */

void consent_page_key(consent_page_key_t *key,
    const consent_rewrite_conf_t *conf, const void *owner);

/* the log of that page, held; or NULL, and *write is set if it is worth one */

consent_page_log_t *consent_page_find(consent_pages_t *pages,
    const consent_page_key_t *key, int *write);

/* a new one, held; NULL: no room */

consent_page_log_t *consent_page_log(consent_pages_t *pages,
    const consent_page_key_t *key);

/* it is complete: others may find it */

void consent_page_keep(consent_pages_t *pages, consent_page_log_t *log);

/* a page that should have been this one was another */

void consent_page_missed(consent_pages_t *pages, consent_page_log_t *log);

/* no longer held; and it could not be written down */

void consent_page_give_up(consent_pages_t *pages, consent_page_log_t *log);
void consent_page_drop(consent_pages_t *pages, consent_page_log_t *log);

/*
 * Room for "n" more bytes, counted as used, at an address good for any type:
 * its offset, or CONSENT_PAGE_NONE where there is none.
 */

#define CONSENT_PAGE_NONE  UINT32_MAX

uint32_t consent_page_room(consent_pages_t *pages, consent_page_room_t *room,
    size_t n, size_t align);

#endif /* CONSENT_PAGE_INT_H */
