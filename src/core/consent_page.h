
/*
 * A page on its way through the rewriter; or, where the same page came before,
 * compared with that one, and sent as that was.
 *
 * A server sends the same pages again and again.  Of one that is asked for a
 * second time all is written down: the bytes that were read, and in order what
 * the rewriter sent, asked for and told.  Who comes next gets just that, as
 * long as the bytes are the same.  At the first one that is not, a rewriter
 * reads the page from its beginning, in silence up to what has left already,
 * and goes on.  So it never shows, but in time, whether a page was known.
 */

#ifndef CONSENT_PAGE_H
#define CONSENT_PAGE_H

#include "consent_rewrite.h"

typedef struct consent_pages_s  consent_pages_t;
typedef struct consent_page_s  consent_page_t;

/* memory that is given back; alloc() gives NULL if there is none */

typedef struct {
    void  *(*alloc)(void *ctx, size_t size);
    void   (*free)(void *ctx, void *p);
    void   *ctx;
} consent_heap_t;

/*
 * What is remembered, at most "size" bytes together with what is being written
 * down.  NULL: no memory.
 */

consent_pages_t *consent_pages_create(const consent_heap_t *heap, size_t size);
void consent_pages_destroy(consent_pages_t *pages);

/*
 * conf is kept by pointer, as by consent_rewrite_create().  pages may be NULL:
 * nothing is remembered.  What conf->insert() gives may depend on nothing but
 * "owner", an address, and on the conf, as far as there being something goes.
 * NULL: no memory.
 */

consent_page_t *consent_page_create(const consent_rewrite_conf_t *conf,
    consent_pages_t *pages, const void *owner);

/* as consent_rewrite_feed(), consent_rewrite_more() and
 * consent_rewrite_charset() */

int consent_page_feed(consent_page_t *page, const consent_u8 *data, size_t n,
    int last);
int consent_page_more(const consent_page_t *page, size_t *left);
consent_str_t consent_page_charset(const consent_page_t *page);

/* what was fed is to leave as far as it can; of no use but where it may be
 * long until more comes */

int consent_page_flush(consent_page_t *page);

/* the page is over, complete or not; what it allocated is its pool's */

void consent_page_done(consent_page_t *page);

#endif /* CONSENT_PAGE_H */
