
/*
 * One page: read by a rewriter, or that and written down, or compared with
 * what is written down.
 */

#include "consent_page_int.h"

/* pieces in which a page is read that is written down: it leaves again as far
 * as a piece was read */

#define PAGE_PIECE  1024


/* a rewriter of the page's own; what it says goes through here */

static int
page_rewriter(consent_page_t *page)
{
    consent_rewrite_conf_t  *own;

    own = page->conf->alloc.alloc(page->conf->alloc.ctx,
                                  sizeof(consent_rewrite_conf_t));

    if (own == NULL) {
        return CONSENT_ERROR;
    }

    *own = *page->conf;
    own->arg = page;
    own->emit = consent_page_emit;
    own->insert = page->conf->insert ? consent_page_insert : NULL;
    own->found = page->conf->found ? consent_page_found : NULL;

    page->rewrite = consent_rewrite_create(own);

    return page->rewrite ? CONSENT_OK : CONSENT_ERROR;
}


consent_page_t *
consent_page_create(const consent_rewrite_conf_t *conf, consent_pages_t *pages,
    const void *owner)
{
    int                  write;
    consent_page_t      *page;
    consent_page_key_t   key;

    page = conf->alloc.alloc(conf->alloc.ctx, sizeof(consent_page_t));

    if (page == NULL) {
        return NULL;
    }

    memset(page, 0, sizeof(consent_page_t));

    page->conf = conf;
    page->pages = pages;

    if (pages && conf->page && !conf->report) {
        consent_page_key(&key, conf, owner);
        page->log = consent_page_find(pages, &key, &write);

        if (page->log) {
            return page;
        }

        if (write) {
            page->log = consent_page_log(pages, &key);
            page->writes = (page->log != NULL);
        }
    }

    if (page->writes) {
        return page_rewriter(page) == CONSENT_OK ? page : NULL;
    }

    page->rewrite = consent_rewrite_create(conf);

    return page->rewrite ? page : NULL;
}


void
consent_page_done(consent_page_t *page)
{
    if (page->log) {
        consent_page_drop(page->pages, page->log);
        page->log = NULL;
        page->writes = 0;
    }
}


consent_str_t
consent_page_charset(const consent_page_t *page)
{
    return page->rewrite ? consent_rewrite_charset(page->rewrite)
                         : page->log->charset;
}


static int
page_feed(consent_page_t *page, const consent_u8 *data, size_t n, int last)
{
    int  rc;

    rc = consent_rewrite_feed(page->rewrite, data, n, last);
    page->more = (unsigned) consent_rewrite_more(page->rewrite, &page->left);

    return rc;
}


/*
 * What comes is not what is written down: a rewriter reads the page from its
 * beginning, which is in the log, and tells what was not told yet.
 */

static int
page_fall_back(consent_page_t *page, const consent_u8 *data, size_t n,
    int last)
{
    int       rc;
    unsigned  whole;

    page->skip_out = page->out;
    page->skip_own = page->nown;
    page->skip_found = page->nfound;
    page->again = 0;

    rc = page_rewriter(page);

    if (rc == CONSENT_OK && page->chunk_pos) {
        whole = page->whole;
        page->foreign = 1;
        page->whole = 1;
        rc = consent_rewrite_feed(page->rewrite, page->log->text.data,
                                  page->chunk_pos, 0);
        page->whole = whole;
        page->foreign = 0;
    }

    consent_page_done(page);

    return (rc == CONSENT_OK) ? page_feed(page, data, n, last) : rc;
}


/* what was left is known */

static int
page_differs(consent_page_t *page, const consent_u8 *data, size_t n)
{
    size_t  k;

    k = page->known - page->matched;

    if (n <= k) {
        return 0;
    }

    page->known += n - k;

    return memcmp(page->log->text.data + page->matched + k, data + k, n - k)
           != 0;
}


static int
page_compare(consent_page_t *page, const consent_u8 *data, size_t n, int last)
{
    int                  rc;
    consent_page_log_t  *log;

    log = page->log;

    page->chunk = data;
    page->chunk_pos = page->matched;

    if (last == CONSENT_CUT || n > log->text.len - page->matched
        || (n && page_differs(page, data, n))
        || (last && page->matched + n != log->text.len))
    {
        if (last != CONSENT_CUT) {
            consent_page_missed(page->pages, log);
        }

        return page_fall_back(page, data, n, last);
    }

    page->matched += n;

    rc = consent_page_replay(page, last);

    if (rc == CONSENT_DECLINED) {
        return page_fall_back(page, data, n, last);
    }

    if (rc == CONSENT_OK && last) {
        log->hits++;
        log->misses = 0;
    }

    return rc;
}


/* what came since the last piece of the log is not to wait for the next */

int
consent_page_flush(consent_page_t *page)
{
    if (page->rewrite || page->reached == page->matched) {
        return CONSENT_OK;
    }

    page->chunk_pos = page->matched;
    page->whole = 1;

    return page_fall_back(page, (const consent_u8 *) "", 0, 0);
}


/* a piece, and how far it is */

static int
page_note(consent_page_t *page, const consent_u8 *data, size_t n)
{
    uint32_t              at;
    consent_page_room_t  *text;

    text = &page->log->text;
    at = consent_page_room(page->pages, text, n, 1);

    if (at == CONSENT_PAGE_NONE) {
        consent_page_fail(page);
        return CONSENT_ERROR;
    }

    memcpy(text->data + at, data, n);
    (void) consent_page_write(page, CONSENT_PAGE_READ, text->len, NULL, 0, 0);

    return CONSENT_OK;
}


/* in pieces; the first may be what is left of one, or nothing but what waits
 * to leave */

static int
page_read(consent_page_t *page, const consent_u8 *data, size_t n, int last)
{
    int       rc;
    size_t    k;
    unsigned  fed;

    fed = (n != 0);

    for ( /* void */ ; n && page->writes; data += k, n -= k) {

        if (page->ahead) {
            k = (n < page->ahead) ? n : page->ahead;

        } else {
            k = (n < PAGE_PIECE) ? n : PAGE_PIECE;

            if (page_note(page, data, k) != CONSENT_OK) {
                break;
            }
        }

        rc = page_feed(page, data, k, 0);

        if (rc != CONSENT_OK) {
            if (page->writes) {
                consent_page_fail(page);
            }

            return rc;
        }

        page->ahead = page->left;

        if (page->more) {
            page->left += n - k;
            return CONSENT_OK;
        }
    }

    if (page->writes && last) {
        if (last == CONSENT_CUT) {
            consent_page_done(page);

        } else {
            (void) consent_page_write(page, CONSENT_PAGE_END, 0, NULL, 0, 0);
        }
    }

    if (n == 0 && fed && !last) {
        return CONSENT_OK;
    }

    rc = page_feed(page, data, n, last);

    if (page->writes && last && rc == CONSENT_OK) {
        page->log->charset = consent_rewrite_charset(page->rewrite);
        consent_page_keep(page->pages, page->log);
    }

    if (page->writes && (last || rc != CONSENT_OK)) {
        consent_page_done(page);
    }

    return rc;
}


int
consent_page_feed(consent_page_t *page, const consent_u8 *data, size_t n,
    int last)
{
    page->full = 0;
    page->whole = (last != 0);
    page->more = 0;
    page->left = 0;

    if (page->rewrite == NULL) {
        return page_compare(page, data, n, last);
    }

    if (page->writes) {
        return page_read(page, data, n, last);
    }

    return page_feed(page, data, n, last);
}


int
consent_page_more(const consent_page_t *page, size_t *left)
{
    *left = page->left;

    return page->more;
}


int
consent_page_put(consent_page_t *page, consent_span_e kind,
    const consent_u8 *data, size_t len)
{
    int  rc;

    rc = page->conf->emit(page->conf->arg, kind, data, len);

    if (rc == CONSENT_FULL) {
        page->full = 1;
        return CONSENT_OK;
    }

    return rc;
}
