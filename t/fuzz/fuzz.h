
/*
 * What the fuzz targets share: memory that is gone after each input, rules,
 * and a page through the rewriter, in pieces, with its edits marked.
 */

#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "consent_rewrite.h"

#define FUZZ_ARENA  (64u << 20)
#define FUZZ_OUT    (4u << 20)
#define FUZZ_HELD   (1u << 20)       /* more than a rewriter may hold */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* says what does not hold, and stops */

#define fuzz_check(what, cond)                                                \
    do {                                                                      \
        if (!(cond)) {                                                        \
            fprintf(stderr, "%s: does not hold\n", what);                     \
            abort();                                                          \
        }                                                                     \
    } while (0)

static consent_u8  *fuzz_arena;
static size_t       fuzz_used;
static size_t       fuzz_kept;       /* what lives on: the rules */


/* each piece is one of its own to AddressSanitizer: poison lies between */

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif

#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(p, n)    ((void) (p), (void) (n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n)  ((void) (p), (void) (n))
#endif

static void *
fuzz_alloc(void *ctx, size_t size)
{
    consent_u8  *p;

    (void) ctx;

    if (fuzz_arena == NULL) {
        fuzz_arena = malloc(FUZZ_ARENA);
    }

    if (fuzz_arena == NULL || size > FUZZ_ARENA - fuzz_used - 96) {
        return NULL;
    }

    /* its size before it, for fuzz_free() */

    p = fuzz_arena + fuzz_used;
    ASAN_UNPOISON_MEMORY_REGION(p, size + 16);
    memcpy(p, &size, sizeof(size_t));
    ASAN_POISON_MEMORY_REGION(p, 16);
    p += 16;

    memset(p, 0xa5, size < 4096 ? size : 4096);
    ASAN_POISON_MEMORY_REGION(p + size, 32);

    fuzz_used += (size + 48 + 15) & ~(size_t) 15;

    return p;
}


/* not used again, so that who reads there is found */

static inline void
fuzz_free(void *ctx, void *p)
{
    size_t       size;
    consent_u8  *at;

    (void) ctx;

    at = (consent_u8 *) p - 16;
    ASAN_UNPOISON_MEMORY_REGION(at, 16);
    memcpy(&size, at, sizeof(size_t));
    memset(p, 0x5b, size);
    ASAN_POISON_MEMORY_REGION(at, size + 16);
}


static inline consent_alloc_t
fuzz_allocator(void)
{
    consent_alloc_t  a;

    a.alloc = fuzz_alloc;
    a.ctx = NULL;

    return a;
}


static inline void
fuzz_reset(void)
{
    fuzz_used = fuzz_kept;
}


/* the rules that tools of tests use, and a match to go with them */

static inline void
fuzz_rules(const consent_rules_t **rules, consent_match_t **match)
{
    char                      err[128];
    consent_alloc_t           a;
    consent_rules_build_t     b;
    static consent_rules_t   *r;
    static consent_match_t   *m;
    static const consent_str_t  host = consent_string("tracker.test");
    static const consent_str_t  text = consent_string("inline:~TRACK");

    if (r == NULL) {
        a = fuzz_allocator();
        b.alloc = a;
        b.err = err;
        b.err_size = sizeof(err);

        r = consent_rules_create(&a);
        m = consent_match_create(&a);

        if (r == NULL || m == NULL
            || consent_rules_block(r, &b, CONSENT_MARKETING, host)
               != CONSENT_OK
            || consent_rules_block(r, &b, CONSENT_MARKETING, text)
               != CONSENT_OK)
        {
            abort();
        }

        consent_rules_catalog(r, 0);

        if (consent_rules_done(r, &b) != CONSENT_OK) {
            abort();
        }

        fuzz_kept = fuzz_used;
    }

    *rules = r;
    *match = m;
}


typedef struct {
    consent_u8       *out;           /* what leaves */
    size_t            n;
    consent_u8       *back;          /* the same without our edits */
    size_t            nback;
    size_t            edits;
    size_t            blocked;
    size_t            loads;         /* of them attributes, not scripts */
    int               declined;
    size_t            held;          /* the most that was held back */
    unsigned          full;          /* after so many spans no more is taken at
                                        once; 0: never */
    unsigned          spans;
} fuzz_page_t;


static inline int
fuzz_emit(void *arg, consent_span_e kind, const consent_u8 *data, size_t len)
{
    fuzz_page_t  *p = arg;

    if (len > FUZZ_OUT - p->n) {
        return CONSENT_ERROR;
    }

    memcpy(p->out + p->n, data, len);
    p->n += len;

    if (kind == CONSENT_SPAN_OWN) {
        p->edits++;

    } else {
        memcpy(p->back + p->nback, data, len);
        p->nback += len;
    }

    return (p->full && ++p->spans % p->full == 0) ? CONSENT_FULL : CONSENT_OK;
}


static inline void
fuzz_found(void *arg, const consent_finding_t *f)
{
    fuzz_page_t  *p = arg;

    p->blocked += f->blocked;
    p->loads += (f->blocked && f->attribute.len);
}


static inline void
fuzz_conf(consent_rewrite_conf_t *conf)
{
    static consent_u8         buf[CONSENT_URL_MAX];
    static consent_url_t      page;
    static const consent_str_t  names[CONSENT_CATEGORIES_MAX] = {
        consent_string("necessary"), consent_string("functional"),
        consent_string("analytics"), consent_string("marketing")
    };
    static const char         here[] = "https://case.test/a/b";

    if (page.host.len == 0
        && consent_url_parse(&page, NULL, (const consent_u8 *) here,
                             sizeof(here) - 1, buf, sizeof(buf))
           != CONSENT_OK)
    {
        abort();
    }

    memset(conf, 0, sizeof(*conf));
    fuzz_rules(&conf->rules, &conf->match);
    conf->page = &page;
    conf->categories = names;
    conf->gate = 1;
    conf->inline_max = 4096;
    conf->hold_max = 4096;
    conf->alloc = fuzz_allocator();
    conf->free = fuzz_free;
    conf->emit = fuzz_emit;
    conf->found = fuzz_found;
}


/*
 * A piece of input, all that can be read: what lies before and behind it is
 * poisoned, and so is all of it once it was fed.  One place for all, since
 * malloc() for each byte of a page is what a fuzzer would spend its time in.
 */

#define FUZZ_PIECE  (1u << 20)

static consent_u8  *fuzz_room;


static inline consent_u8 *
fuzz_piece(const consent_u8 *data, size_t n)
{
    if (fuzz_room == NULL) {
        fuzz_room = malloc(FUZZ_PIECE + 32);
        fuzz_check("there is memory", fuzz_room != NULL);
        ASAN_POISON_MEMORY_REGION(fuzz_room, FUZZ_PIECE + 32);
    }

    fuzz_check("there is room", n <= FUZZ_PIECE);

    ASAN_UNPOISON_MEMORY_REGION(fuzz_room + 16, n);
    memcpy(fuzz_room + 16, data, n);

    return fuzz_room + 16;
}


static inline void
fuzz_piece_gone(size_t n)
{
    memset(fuzz_room + 16, 0x5a, n);
    ASAN_POISON_MEMORY_REGION(fuzz_room + 16, n);
}


/* a piece, and what is left of it as often as that is so */

static inline int
fuzz_feed(consent_rewrite_t *cr, const consent_u8 *data, size_t n, int last)
{
    int     rc;
    size_t  left, times;

    rc = consent_rewrite_feed(cr, data, n, last);

    for (times = 0; rc == CONSENT_OK && consent_rewrite_more(cr, &left);
         times++)
    {
        fuzz_check("what is left ends", left <= n && times < 1000000);
        data += n - left;
        n = left;

        rc = consent_rewrite_feed(cr, data, n, last);
    }

    return rc;
}


/* the page in pieces of the lengths that "cut" gives, over and over; each is
 * gone before the next comes */

static inline void
fuzz_page(fuzz_page_t *p, consent_rewrite_conf_t *conf,
    const consent_u8 *data, size_t size, const consent_u8 *cut, size_t ncut)
{
    int                 rc;
    size_t              at, n, i;
    consent_u8         *piece;
    consent_rewrite_t  *cr;

    p->n = 0;
    p->nback = 0;
    p->edits = 0;
    p->blocked = 0;
    p->loads = 0;
    p->declined = 0;
    p->held = 0;
    conf->arg = p;

    cr = consent_rewrite_create(conf);
    fuzz_check("there is memory", cr != NULL);

    at = 0;
    i = 0;

    do {
        n = size - at;

        if (ncut) {
            n = (cut[i] < n) ? cut[i] : n;
            i = (i + 1) % ncut;

            if (n == 0 && size > at && i == 0) {
                n = 1;
            }
        }

        piece = fuzz_piece(data + at, n);
        at += n;

        rc = fuzz_feed(cr, piece, n, at == size && !p->full);

        if (rc == CONSENT_OK && at == size && p->full) {
            rc = consent_rewrite_feed(cr, piece, 0, 1);
        }

        fuzz_piece_gone(n);

        if (rc == CONSENT_DECLINED) {
            fuzz_check("nothing went out of what is declined", p->n == 0);
            p->declined = 1;
            return;
        }

        fuzz_check("a page is read", rc == CONSENT_OK);

        if (consent_rewrite_held(cr) > p->held) {
            p->held = consent_rewrite_held(cr);
        }

    } while (at < size);

    fuzz_check("nothing is held at the end", consent_rewrite_held(cr) == 0);
    fuzz_check("little is held", p->held < FUZZ_HELD);
}


static inline void
fuzz_page_init(fuzz_page_t *p)
{
    memset(p, 0, sizeof(*p));
    p->out = malloc(FUZZ_OUT);
    p->back = malloc(FUZZ_OUT);

    if (p->out == NULL || p->back == NULL) {
        abort();
    }
}

#endif /* FUZZ_H */
