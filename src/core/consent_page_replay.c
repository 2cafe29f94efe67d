
/*
 * What is written down of a page is done again.
 */

#include "consent_page_int.h"


/* n bytes of the page: what of them is not in the caller's buffer any more is
 * in the log */

static int
page_send_bytes(consent_page_t *page, size_t n)
{
    int     rc;
    size_t  k;

    if (page->out < page->chunk_pos) {
        k = page->chunk_pos - page->out;
        k = (n < k) ? n : k;

        rc = consent_page_put(page, CONSENT_SPAN_HELD,
                              page->log->text.data + page->out, k);

        page->out += k;
        n -= k;

        if (rc != CONSENT_OK || n == 0) {
            return rc;
        }
    }

    page->out += n;

    return consent_page_put(page, CONSENT_SPAN_INPUT,
                            page->chunk + (page->out - n - page->chunk_pos),
                            n);
}


static void
page_strings(consent_str_t *s, const consent_u8 **p)
{
    s->data = *p;
    *p += s->len;
}


/* 1 if there is something, or nothing, as there was */

static int
page_ask(consent_page_t *page, const consent_page_op_t *o)
{
    consent_str_t           s;
    const consent_u8       *p;
    consent_page_insert_t   i;

    p = page->log->data.data + o->at;
    memcpy(&i, p, sizeof(i));
    p += sizeof(i);

    page_strings(&i.in.lang, &p);
    page_strings(&i.in.names, &p);
    page_strings(&i.in.nonce, &p);

    s = page->conf->insert(page->conf->arg, &i.in);
    page->given[page->ngiven++] = s;

    return (s.len != 0) == (o->n != 0);
}


static void
page_part(consent_str_t *s, const consent_u8 *from, const consent_u8 *to)
{
    if (s->data) {
        s->data = to + (s->data - from);
    }
}


static void
page_tell(consent_page_t *page, const consent_page_op_t *o)
{
    const consent_u8      *p, *from;
    consent_page_found_t   found;

    p = page->log->data.data + o->at;
    memcpy(&found, p, sizeof(found));
    p += sizeof(found);

    page_strings(&found.f.attribute, &p);

    if (found.f.url) {
        from = found.url.href.data;

        page_part(&found.url.href, from, p);
        page_part(&found.url.host, from, p);
        page_part(&found.url.path, from, p);
        page_part(&found.url.query, from, p);

        found.f.url = &found.url;
    }

    page->nfound++;
    page->conf->found(page->conf->arg, &found.f);
}


/* what was not come to yet of the piece is to be fed again */

static void
page_stop(consent_page_t *page)
{
    size_t  at;

    at = (page->reached > page->chunk_pos) ? page->reached : page->chunk_pos;

    page->more = 1;
    page->left = page->matched - at;
    page->matched = at;
}


/*
 * All that was done when as much was read as is the same now.
 * CONSENT_DECLINED: what is put in is not as it was.
 */

int
consent_page_replay(consent_page_t *page, int last)
{
    int                       rc;
    size_t                    nops;
    consent_str_t            *s;
    const consent_page_op_t  *o;

    nops = page->log->ops.len / sizeof(consent_page_op_t);
    o = (const consent_page_op_t *) (const void *) page->log->ops.data;
    o += page->op;

    for (rc = CONSENT_OK; rc == CONSENT_OK && page->op < nops; o++) {

        if (page->full && !page->whole) {
            page_stop(page);
            return CONSENT_OK;
        }

        switch (o->op) {

        case CONSENT_PAGE_READ:
            if (o->n > page->matched) {
                return CONSENT_OK;
            }

            page->reached = o->n;
            break;

        case CONSENT_PAGE_END:
            if (!last) {
                return CONSENT_OK;
            }
            break;

        case CONSENT_PAGE_INPUT:
            rc = page_send_bytes(page, o->n);
            break;

        case CONSENT_PAGE_OWN:
            page->nown++;
            rc = consent_page_put(page, CONSENT_SPAN_OWN,
                                  page->log->data.data + o->at, o->n);
            break;

        case CONSENT_PAGE_PUT:
            s = &page->given[o->n];

            if (s->len) {
                page->nown++;
                rc = consent_page_put(page, CONSENT_SPAN_OWN, s->data,
                                      s->len);
            }
            break;

        case CONSENT_PAGE_INSERT:
            rc = page_ask(page, o) ? CONSENT_OK : CONSENT_DECLINED;
            break;

        default: /* CONSENT_PAGE_FOUND */
            page_tell(page, o);
        }

        page->op++;
    }

    return rc;
}
