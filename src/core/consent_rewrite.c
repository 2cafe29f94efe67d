
/*
 * The rewriter's frame: input in pieces, machines in step, and how far what
 * was read can leave.
 */

#include "consent_rewrite_int.h"


static int rw_begin(consent_rewrite_t *cr, const consent_u8 *data, size_t n,
    int last);
static int rw_feed(consent_rewrite_t *cr, const consent_u8 *data, size_t n,
    int last);
static int rw_run(consent_rewrite_t *cr);
static uint64_t rw_safe(const consent_rewrite_t *cr);


consent_rewrite_t *
consent_rewrite_create(const consent_rewrite_conf_t *conf)
{
    consent_machine_t  *m;
    consent_rewrite_t  *cr;

    cr = conf->alloc.alloc(conf->alloc.ctx, sizeof(consent_rewrite_t));

    if (cr == NULL) {
        return NULL;
    }

    memset(cr, 0, sizeof(consent_rewrite_t));

    cr->conf = conf;
    cr->work = consent_match_work(conf->match);

    m = &cr->first;

    consent_html_init(&m->tok);
    m->tok.limit = (uint32_t) (conf->hold_max ? conf->hold_max : 16384);
    m->tok.xml = (conf->markup == CONSENT_MARKUP_XHTML);

    consent_tree_init(&m->tree, &conf->alloc, 1);

    m->readers = m->tok.xml ? CONSENT_READ_JS
                            : (CONSENT_READ_TREE|CONSENT_READ_SCANNERS);
    m->within = UINT64_MAX;
    m->part_id = 0xff;

    cr->machines[0] = m;
    cr->nmachines = 1;

    return cr;
}


size_t
consent_rewrite_held(const consent_rewrite_t *cr)
{
    return cr->started ? (size_t) (cr->chunk_pos + cr->chunk_len - cr->out)
                       : cr->head_len;
}


int
consent_rewrite_more(const consent_rewrite_t *cr, size_t *left)
{
    *left = cr->left;

    return cr->more || cr->left;
}


/* what is needed only while this piece is read is the work memory's */

int
consent_rewrite_feed(consent_rewrite_t *cr, const consent_u8 *data, size_t n,
    int last)
{
    int                   rc;
    consent_work_mark_t   mark;

    mark = consent_work_mark(cr->work);

    /* documents within this one borrow where it does */

    if (cr->nest == 0) {
        cr->work->lender = &cr->conf->alloc;
        cr->work->free = cr->conf->free;
    }

    cr->url_buf = consent_work_alloc(cr->work, CONSENT_URL_MAX);

    if (cr->url_buf == NULL) {
        return CONSENT_ERROR;
    }

    cr->full = 0;
    cr->more = 0;
    cr->left = 0;

    rc = cr->started ? rw_feed(cr, data, n, last == CONSENT_LAST)
                     : rw_begin(cr, data, n, last);

    consent_work_release(cr->work, mark);

    memset(cr->room, 0, sizeof(cr->room));
    memset(cr->room_size, 0, sizeof(cr->room_size));
    memset(cr->css, 0, sizeof(cr->css));
    cr->url_buf = NULL;

    return rc;
}


static int
rw_feed(consent_rewrite_t *cr, const consent_u8 *data, size_t n, int last)
{
    int       rc;
    uint64_t  safe, end;

    cr->chunk = data;
    cr->chunk_len = n;
    cr->whole = (last || cr->from_head);

    if (!cr->pass) {
        rc = consent_rw_flush(cr, rw_safe(cr), 0);

        if (rc == CONSENT_OK) {
            rc = rw_run(cr);
        }

        if (rc != CONSENT_OK) {
            return rc;
        }

        cr->left = n - cr->chunk_len;
        n = cr->chunk_len;
    }

    if (last && !cr->pass) {
        rc = consent_rw_eof(cr);

        if (rc != CONSENT_OK) {
            return rc;
        }
    }

    consent_rw_gone(cr);

    if (last || cr->pass) {
        cr->whole = 1;
        rc = consent_rw_flush(cr, cr->chunk_pos + n, 1);

    } else {
        safe = rw_safe(cr);
        rc = consent_rw_flush(cr, safe, 0);

        if (cr->out < safe) {

            /* the rest comes again, so that it need not be held */

            safe = cr->out;
            end = (safe > cr->chunk_pos) ? safe : cr->chunk_pos;
            cr->left += (size_t) (cr->chunk_pos + n - end);
            cr->more = 1;
            n = (size_t) (end - cr->chunk_pos);
        }

        if (rc == CONSENT_OK) {
            rc = consent_rw_keep(cr, safe, cr->chunk_pos + n);
            consent_rw_gone(cr);
        }
    }

    if (rc != CONSENT_OK) {
        return rc;
    }

    cr->chunk_pos += n;
    cr->chunk = NULL;
    cr->chunk_len = 0;

    return CONSENT_OK;
}


consent_str_t
consent_rewrite_charset(const consent_rewrite_t *cr)
{
    consent_str_t  name;

    name.data = NULL;
    name.len = 0;

    if (cr->named && cr->charset) {
        name.data = (const consent_u8 *) cr->charset->labels;
        name.len = strcspn(cr->charset->labels, " ");
    }

    return name;
}


/*
 * The first bytes wait until it is known which charset they are in: a byte
 * order mark's, else the header's, else one that the first 1024 bytes name,
 * for which browsers wait, too.  What cannot be read is declined, and XML of
 * which these bytes are not enough.
 */

static int
rw_begin(consent_rewrite_t *cr, const consent_u8 *data, size_t n, int last)
{
    int                        rc, xml;
    size_t                     len, add, have;
    const consent_u8          *p;
    const consent_str_t       *cs;
    consent_charset_source_e   source;

    cs = &cr->conf->charset;
    len = cr->head_len;
    add = 0;
    p = data;

    if (len || (n < CONSENT_CHARSET_PRESCAN && !last)) {

        if (cr->head == NULL) {
            cr->head = cr->conf->alloc.alloc(cr->conf->alloc.ctx,
                                             CONSENT_CHARSET_PRESCAN);

            if (cr->head == NULL) {
                return CONSENT_ERROR;
            }
        }

        add = CONSENT_CHARSET_PRESCAN - len;
        add = (n < add) ? n : add;

        if (add) {
            memcpy(cr->head + len, data, add);
        }

        p = cr->head;
    }

    source = consent_charset_sniff(p, (p == data) ? n : len + add, last,
                                   cs->len ? consent_charset_find(cs->data,
                                                                  cs->len)
                                           : NULL,
                                   &cr->charset);

    xml = (cr->conf->markup == CONSENT_MARKUP_XHTML);
    have = (p == data) ? n : len + add;

    if (source == CONSENT_CHARSET_MORE
        || (xml && have < CONSENT_CHARSET_PRESCAN && !last))
    {
        cr->head_len += add;
        return CONSENT_OK;
    }

    if ((cr->charset && cr->charset->closed)
        || (xml && !consent_rw_prolog(p, (have < CONSENT_CHARSET_PRESCAN)
                                         ? have : CONSENT_CHARSET_PRESCAN)))
    {
        return CONSENT_DECLINED;
    }

    cr->started = 1;
    cr->named = (source == CONSENT_CHARSET_META);
    cr->late = (source != CONSENT_CHARSET_MARK
                && source != CONSENT_CHARSET_HEADER);

    if (len) {
        cr->from_head = 1;
        rc = rw_feed(cr, cr->head, len, 0);
        cr->from_head = 0;

        if (rc != CONSENT_OK) {
            return rc;
        }
    }

    return rw_feed(cr, data, n, last == CONSENT_LAST);
}


/*
 * Goes on with one machine, to its next event or the end of the input.  An
 * inline script of which enough was held back is judged by what there is.
 */

static int
rw_step(consent_rewrite_t *cr, consent_machine_t *m, uint64_t end)
{
    uint64_t           stop;
    const consent_u8  *p;

    stop = end;

    if (m->inl.kind) {
        stop = consent_rw_inline_stop(cr, m);

        if (m->tok.pos >= stop) {
            return consent_rw_inline_full(cr, m);
        }

        stop = (stop < end) ? stop : end;
    }

    p = cr->chunk + (m->tok.pos - cr->chunk_pos);

    m->event = consent_html_next(&m->tok, &p,
                                 cr->chunk + (stop - cr->chunk_pos));

    if (m->inl.kind == CONSENT_INLINE_STYLE) {
        return consent_rw_css_text(cr, m, &m->inl,
                                   consent_html_from(&m->tok), 0);
    }

    return CONSENT_OK;
}


static int
rw_event(consent_rewrite_t *cr, consent_machine_t *m)
{
    int                   rc;
    consent_html_event_e  ev;

    ev = m->event;
    m->event = CONSENT_HTML_NONE;

    rc = consent_rw_event(cr, m, ev);

    if (cr->failed) {
        return CONSENT_ERROR;
    }

    if (rc == CONSENT_OK && !cr->pass && cr->nedits > 8) {
        rc = consent_rw_flush(cr, rw_safe(cr), 0);
    }

    return rc;
}


/* the notice waits for the next tag, which may be one; not for a long one */

static int
rw_banner(consent_rewrite_t *cr)
{
    unsigned  i;

    for (i = 0; i < cr->nmachines && cr->banner_wait; i++) {

        if ((cr->machines[i]->readers & CONSENT_READ_JS)
            && cr->machines[i]->tok.pos > cr->banner_at + CONSENT_OURS_MAX)
        {
            return consent_rw_place_banner(cr, NULL);
        }
    }

    return CONSENT_OK;
}


/* the piece ends where the last of the machines is; others go on from where
 * they are when the rest of it comes again */

static void
rw_stop(consent_rewrite_t *cr)
{
    unsigned  i;
    uint64_t  end;

    end = cr->chunk_pos + cr->chunk_len;

    for (i = 0; i < cr->nmachines; i++) {
        if (cr->machines[i]->tok.pos < end) {
            end = cr->machines[i]->tok.pos;
        }
    }

    cr->chunk_len = (size_t) (end - cr->chunk_pos);
}


/*
 * Every machine gets to the end of the input.  Where there are several, each
 * goes to its next event first; then the earliest is dealt with, by all that
 * found the same as one.  So it does not hang on where the input was cut who
 * sees a tag alone and who together.
 */

static int
rw_run(consent_rewrite_t *cr)
{
    int                 rc;
    unsigned            i;
    uint64_t            end;
    consent_machine_t  *m, *first, *behind;

    end = cr->chunk_pos + cr->chunk_len;

    for ( ;; ) {

        if (cr->full && !cr->whole) {
            rw_stop(cr);
            return CONSENT_OK;
        }

        rc = consent_rw_quick(cr);

        if (rc == CONSENT_OK && cr->nedits > 8) {
            rc = consent_rw_flush(cr, rw_safe(cr), 0);
        }

        if (rc != CONSENT_OK) {
            return rc;
        }

        first = NULL;
        behind = NULL;

        for (i = 0; i < cr->nmachines; i++) {
            m = cr->machines[i];

            if (m->event) {
                if (first == NULL || m->tok.pos < first->tok.pos) {
                    first = m;
                }

            } else if (m->tok.pos < end) {
                behind = m;
            }
        }

        if (behind) {
            rc = rw_step(cr, behind, end);

            if (rc == CONSENT_OK && cr->nmachines == 1 && behind->event) {
                rc = rw_event(cr, behind);
            }

        } else if (first) {
            consent_rw_join(cr);

            /* it may have been joined to another */

            for (i = 0; i < cr->nmachines; i++) {
                m = cr->machines[i];

                if (m->event && m->tok.pos == first->tok.pos) {
                    break;
                }
            }

            rc = rw_event(cr, cr->machines[i]);

        } else {
            return rw_banner(cr);
        }

        if (rc != CONSENT_OK || cr->pass) {
            return rc;
        }

        if (cr->nmachines > 1 && !behind) {
            consent_rw_join(cr);
        }
    }
}


/* the first byte before which something may still go in */

static uint64_t
rw_safe(const consent_rewrite_t *cr)
{
    unsigned                  i;
    uint64_t                  safe, from, held;
    const consent_machine_t  *m;

    safe = UINT64_MAX;

    for (i = 0; i < cr->nmachines; i++) {
        m = cr->machines[i];

        if (m->event == CONSENT_HTML_TEXT) {
            from = m->tok.pos - m->tok.text_start;

        } else {
            from = m->event ? m->tok.mark : consent_html_from(&m->tok);
        }

        if (m->inl.kind) {
            held = m->nouter ? m->outer[0].tag : m->inl.tag;

            /* the end tag of what is held may be found, but not dealt with */

            from = (m->event && from < held) ? from : held;
        }

        if (from < safe) {
            safe = from;
        }
    }

    if (cr->banner_wait && cr->banner_at < safe) {
        safe = cr->banner_at;
    }

    return safe;
}
