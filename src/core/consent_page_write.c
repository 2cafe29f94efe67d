
/*
 * A page is written down while a rewriter reads it: all that the rewriter says
 * goes through here, on to the caller.
 */

#include "consent_page_int.h"


void
consent_page_fail(consent_page_t *page)
{
    consent_page_give_up(page->pages, page->log);
    page->log = NULL;
    page->writes = 0;
}


/* one line of the log, its data behind it; what cannot be written is no log */

consent_u8 *
consent_page_write(consent_page_t *page, consent_page_op_e op, size_t n,
    const void *data, size_t size, size_t more)
{
    uint32_t            at, line;
    consent_page_op_t  *o;
    consent_page_log_t *log;

    log = page->log;
    at = 0;

    if (size + more) {
        at = consent_page_room(page->pages, &log->data, size + more, 16);
    }

    line = consent_page_room(page->pages, &log->ops, sizeof(consent_page_op_t),
                             sizeof(uint32_t));

    if (at == CONSENT_PAGE_NONE || line == CONSENT_PAGE_NONE
        || n > UINT32_MAX)
    {
        consent_page_fail(page);
        return NULL;
    }

    o = (consent_page_op_t *) (void *) (log->ops.data + line);
    o->op = op;
    o->at = at;
    o->n = (uint32_t) n;

    if (size) {
        memcpy(log->data.data + at, data, size);
    }

    return size ? log->data.data + at + size : (consent_u8 *) o;
}


static void
page_write_bytes(consent_page_t *page, size_t len)
{
    consent_page_op_t    *o;
    consent_page_room_t  *ops;

    ops = &page->log->ops;

    if (ops->len) {
        o = (consent_page_op_t *) (void *)
            (ops->data + ops->len - sizeof(consent_page_op_t));

        if (o->op == CONSENT_PAGE_INPUT && o->n < UINT32_MAX - len) {
            o->n += (uint32_t) len;
            return;
        }
    }

    (void) consent_page_write(page, CONSENT_PAGE_INPUT, len, NULL, 0, 0);
}


static void
page_write_own(consent_page_t *page, const consent_u8 *data, size_t len)
{
    unsigned  i;

    for (i = 0; i < page->ngiven; i++) {
        if (page->given[i].data == data && page->given[i].len == len) {
            (void) consent_page_write(page, CONSENT_PAGE_PUT, i, NULL, 0, 0);
            return;
        }
    }

    (void) consent_page_write(page, CONSENT_PAGE_OWN, len, data, len, 0);
}


static consent_u8 *
page_string(consent_u8 *p, const consent_str_t *s)
{
    if (s->len) {
        memcpy(p, s->data, s->len);
    }

    return p + s->len;
}


static void
page_write_insert(consent_page_t *page, const consent_insert_t *in, int some)
{
    consent_u8             *p;
    consent_page_insert_t   i;

    memset(&i, 0, sizeof(i));
    i.in = *in;

    p = consent_page_write(page, CONSENT_PAGE_INSERT, some, &i, sizeof(i),
                   in->lang.len + in->names.len + in->nonce.len);

    if (p) {
        p = page_string(p, &in->lang);
        p = page_string(p, &in->names);
        (void) page_string(p, &in->nonce);
    }
}


static void
page_write_found(consent_page_t *page, const consent_finding_t *f)
{
    consent_u8            *p;
    consent_page_found_t   found;

    memset(&found, 0, sizeof(found));
    found.f = *f;

    if (f->url) {
        found.url = *f->url;
    }

    p = consent_page_write(page, CONSENT_PAGE_FOUND, 0, &found, sizeof(found),
                   f->attribute.len + found.url.href.len);

    if (p) {
        p = page_string(p, &f->attribute);
        (void) page_string(p, &found.url.href);
    }
}


int
consent_page_emit(void *arg, consent_span_e kind, const consent_u8 *data,
    size_t len)
{
    int             rc;
    size_t          n;
    consent_page_t *page = arg;

    if (kind == CONSENT_SPAN_INPUT || kind == CONSENT_SPAN_HELD) {
        n = (len < page->skip_out) ? len : page->skip_out;
        page->skip_out -= n;
        data += n;
        len -= n;

        if (len == 0) {
            return CONSENT_OK;
        }

        if (page->foreign) {
            kind = CONSENT_SPAN_HELD;
        }

        if (page->writes) {
            page_write_bytes(page, len);
        }

    } else if (page->skip_own) {
        page->skip_own--;
        return CONSENT_OK;

    } else if (page->writes) {
        page_write_own(page, data, len);
    }

    rc = consent_page_put(page, kind, data, len);

    return (rc == CONSENT_OK && page->full && !page->whole) ? CONSENT_FULL : rc;
}


consent_str_t
consent_page_insert(void *arg, const consent_insert_t *in)
{
    consent_str_t   s;
    consent_page_t *page = arg;

    if (page->again < page->ngiven) {
        return page->given[page->again++];
    }

    s = page->conf->insert(page->conf->arg, in);

    if (page->writes) {

        if (page->ngiven == CONSENT_PAGE_GIVEN) {
            consent_page_fail(page);
            return s;
        }

        page->given[page->ngiven++] = s;
        page->again = page->ngiven;
        page_write_insert(page, in, s.len != 0);
    }

    return s;
}


void
consent_page_found(void *arg, const consent_finding_t *f)
{
    consent_page_t *page = arg;

    if (page->skip_found) {
        page->skip_found--;
        return;
    }

    if (page->writes) {
        page_write_found(page, f);
    }

    page->conf->found(page->conf->arg, f);
}
