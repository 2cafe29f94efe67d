
/*
 * The rewriter's frame: input in pieces, machines in step, edits in order,
 * spans out.  What has to be seen again, an unfinished tag or an inline
 * script not yet judged, is copied into a buffer when a piece of input ends,
 * and only then.
 */

#include "consent_rewrite_int.h"

#define HOLD_START     1024
#define EDITS_START    16
#define SCRATCH_START  512

static int rw_begin(consent_rewrite_t *cr, const consent_u8 *data, size_t n,
    int last);
static int rw_feed(consent_rewrite_t *cr, const consent_u8 *data, size_t n,
    int last);
static int rw_run(consent_rewrite_t *cr);
static int rw_flush(consent_rewrite_t *cr, uint64_t upto, int all);
static int rw_emit(consent_rewrite_t *cr, uint64_t upto);
static uint64_t rw_safe(const consent_rewrite_t *cr);
static int rw_keep(consent_rewrite_t *cr, uint64_t from, uint64_t to);


consent_rewrite_t *
consent_rewrite_create(const consent_rewrite_conf_t *conf)
{
    consent_rewrite_t  *cr;

    cr = conf->alloc.alloc(conf->alloc.ctx, sizeof(consent_rewrite_t));

    if (cr == NULL) {
        return NULL;
    }

    memset(cr, 0, sizeof(consent_rewrite_t));

    if (consent_rw_init(cr, conf) != CONSENT_OK) {
        return NULL;
    }

    return cr;
}


/* also for a nested document, after another: what was allocated stays */

int
consent_rw_init(consent_rewrite_t *cr, const consent_rewrite_conf_t *conf)
{
    unsigned             i;
    uint32_t             size;
    uint32_t            *stack;
    consent_machine_t   *m;

    cr->conf = conf;
    cr->chunk = NULL;
    cr->chunk_pos = 0;
    cr->chunk_len = 0;
    cr->out = 0;
    cr->hold_len = 0;
    cr->hold_pos = 0;
    cr->nedits = 0;
    cr->scratch_len = 0;
    cr->started = 0;
    cr->late = 0;
    cr->head_len = 0;
    cr->charset = NULL;
    cr->base_set = 0;
    cr->nojs_set = 0;
    cr->elsewhere = 0;
    cr->pass = 0;
    cr->sign = 0;
    cr->hit = 0;
    cr->told = 0;

    m = &cr->first;
    stack = m->tree.stack;
    size = m->tree.size;

    consent_html_init(&m->tok);
    m->tok.limit = (uint32_t) (conf->hold_max ? conf->hold_max : 16384);
    m->tok.xml = (conf->markup == CONSENT_MARKUP_XHTML);

    consent_tree_init(&m->tree, &conf->alloc, 1);
    m->tree.stack = stack;
    m->tree.size = size;

    m->readers = m->tok.xml ? CONSENT_READ_JS
                            : (CONSENT_READ_TREE|CONSENT_READ_SCANNERS);
    m->templates = 0;
    m->part_id = 0xff;
    m->event = CONSENT_HTML_NONE;
    m->inl.kind = CONSENT_INLINE_NONE;
    m->nouter = 0;

    /* machines of an earlier document are kept for later ones */

    for (i = 1; i < CONSENT_MACHINES; i++) {
        if (cr->machines[i] == m) {
            cr->machines[i] = cr->machines[0];
        }
    }

    cr->machines[0] = m;
    cr->nmachines = 1;

    /* nothing is kept in it from one call to the next */

    if (cr->url_buf == NULL) {
        cr->url_buf = consent_match_room(conf->match, cr->nest);
    }

    if (cr->url_buf == NULL) {
        cr->url_buf = conf->alloc.alloc(conf->alloc.ctx, CONSENT_URL_MAX);

        if (cr->url_buf == NULL) {
            return CONSENT_ERROR;
        }
    }

    return CONSENT_OK;
}


size_t
consent_rewrite_held(const consent_rewrite_t *cr)
{
    return cr->started ? (size_t) (cr->chunk_pos + cr->chunk_len - cr->out)
                       : cr->head_len;
}


int
consent_rewrite_feed(consent_rewrite_t *cr, const consent_u8 *data, size_t n,
    int last)
{
    return cr->started ? rw_feed(cr, data, n, last == CONSENT_LAST)
                       : rw_begin(cr, data, n, last);
}


static int
rw_feed(consent_rewrite_t *cr, const consent_u8 *data, size_t n, int last)
{
    int       rc;
    uint64_t  safe;

    cr->chunk = data;
    cr->chunk_len = n;

    if (!cr->pass) {
        rc = rw_run(cr);

        if (rc != CONSENT_OK) {
            return rc;
        }
    }

    if (last && !cr->pass) {
        rc = consent_rw_eof(cr);

        if (rc != CONSENT_OK) {
            return rc;
        }
    }

    if (last || cr->pass) {
        rc = rw_flush(cr, cr->chunk_pos + n, 1);

    } else {
        safe = rw_safe(cr);
        rc = rw_flush(cr, safe, 0);

        if (rc == CONSENT_OK) {
            rc = rw_keep(cr, safe, cr->chunk_pos + n);
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
 * for which browsers wait, too.  What cannot be read is declined.
 */

static int
rw_begin(consent_rewrite_t *cr, const consent_u8 *data, size_t n, int last)
{
    int                        rc;
    size_t                     len, add;
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

    if (source == CONSENT_CHARSET_MORE) {
        cr->head_len += add;
        return CONSENT_OK;
    }

    if (cr->charset && cr->charset->closed) {
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
        rc = rw_flush(cr, rw_safe(cr), 0);
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

        rc = consent_rw_quick(cr);

        if (rc == CONSENT_OK && cr->nedits > 8) {
            rc = rw_flush(cr, rw_safe(cr), 0);
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
    uint64_t                  safe, from;
    const consent_machine_t  *m;

    safe = UINT64_MAX;

    for (i = 0; i < cr->nmachines; i++) {
        m = cr->machines[i];

        if (m->inl.kind) {
            from = m->nouter ? m->outer[0].tag : m->inl.tag;

        } else if (m->event == CONSENT_HTML_TEXT) {
            from = m->tok.pos - m->tok.text_start;

        } else {
            from = m->event ? m->tok.mark : consent_html_from(&m->tok);
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


/*
 * Emits input and edits up to a place.  An edit at the place itself waits:
 * another may come that is to stand before it.
 */

static int
rw_flush(consent_rewrite_t *cr, uint64_t upto, int all)
{
    int              rc;
    uint32_t         i;
    consent_edit_t  *e;

    for (i = 0; i < cr->nedits; i++) {
        e = &cr->edits[i];

        if (e->pos > upto || (e->pos == upto && !all)) {
            break;
        }

        rc = rw_emit(cr, e->pos);

        if (rc == CONSENT_OK && !cr->conf->report) {
            rc = cr->conf->emit(cr->conf->arg, CONSENT_SPAN_OWN, e->data,
                                e->len);
        }

        if (rc != CONSENT_OK) {
            return rc;
        }
    }

    if (i) {
        cr->nedits -= i;
        memmove(cr->edits, cr->edits + i,
                cr->nedits * sizeof(consent_edit_t));
    }

    if (cr->nedits == 0) {
        cr->scratch_len = 0;
    }

    return rw_emit(cr, upto);
}


static int
rw_emit(consent_rewrite_t *cr, uint64_t upto)
{
    int     rc;
    size_t  n;

    if (upto <= cr->out) {
        return CONSENT_OK;
    }

    if (cr->out < cr->chunk_pos) {
        n = (size_t) ((upto < cr->chunk_pos ? upto : cr->chunk_pos)
                      - cr->out);

        rc = cr->conf->emit(cr->conf->arg, CONSENT_SPAN_HELD,
                            cr->hold + (cr->out - cr->hold_pos), n);

        if (rc != CONSENT_OK) {
            return rc;
        }

        cr->out += n;
    }

    if (upto > cr->out) {
        n = (size_t) (upto - cr->out);

        rc = cr->conf->emit(cr->conf->arg,
                            cr->from_head ? CONSENT_SPAN_HELD
                                          : CONSENT_SPAN_INPUT,
                            cr->chunk + (cr->out - cr->chunk_pos), n);

        if (rc != CONSENT_OK) {
            return rc;
        }

        cr->out = upto;
    }

    return CONSENT_OK;
}


/* the hold has input up to "to"; what lies before "from" may go */

static int
rw_keep(consent_rewrite_t *cr, uint64_t from, uint64_t to)
{
    size_t       n, size;
    uint64_t     have;
    consent_u8  *p;

    have = cr->hold_pos + cr->hold_len;

    if (cr->hold_len == 0 || from >= have) {
        cr->hold_pos = from;
        cr->hold_len = 0;
        have = from;

    } else if (from > cr->hold_pos) {
        n = (size_t) (from - cr->hold_pos);
        cr->hold_len -= n;
        memmove(cr->hold, cr->hold + n, cr->hold_len);
        cr->hold_pos = from;
    }

    if (to <= have) {
        return CONSENT_OK;
    }

    n = cr->hold_len + (size_t) (to - have);

    if (n > cr->hold_size) {
        size = cr->hold_size ? cr->hold_size : HOLD_START;

        while (size < n) {
            size *= 2;
        }

        p = cr->conf->alloc.alloc(cr->conf->alloc.ctx, size);

        if (p == NULL) {
            return CONSENT_ERROR;
        }

        if (cr->hold_len) {
            memcpy(p, cr->hold, cr->hold_len);
        }

        cr->hold = p;
        cr->hold_size = size;
    }

    memcpy(cr->hold + cr->hold_len, cr->chunk + (have - cr->chunk_pos),
           (size_t) (to - have));
    cr->hold_len = n;

    return CONSENT_OK;
}


/* input in one piece: where it lies, or in the hold; NULL: no memory */

const consent_u8 *
consent_rw_view(consent_rewrite_t *cr, uint64_t pos, size_t len)
{
    uint64_t  end;

    if (pos >= cr->chunk_pos) {
        return cr->chunk + (pos - cr->chunk_pos);
    }

    end = pos + len;

    if (end > cr->hold_pos + cr->hold_len) {
        if (rw_keep(cr, cr->hold_pos, end) != CONSENT_OK) {
            return NULL;
        }
    }

    return cr->hold + (pos - cr->hold_pos);
}


/* an insertion; what another machine wants too is made once */

int
consent_rw_edit(consent_rewrite_t *cr, uint64_t pos, unsigned order,
    const consent_u8 *data, size_t len)
{
    int              cmp;
    uint32_t         i, size;
    consent_edit_t  *e;

    if (len == 0) {
        return CONSENT_OK;
    }

    if (cr->nedits == cr->edits_size) {
        size = cr->edits_size ? cr->edits_size * 2 : EDITS_START;
        e = cr->conf->alloc.alloc(cr->conf->alloc.ctx,
                                  size * sizeof(consent_edit_t));

        if (e == NULL) {
            return CONSENT_ERROR;
        }

        if (cr->nedits) {
            memcpy(e, cr->edits, cr->nedits * sizeof(consent_edit_t));
        }

        cr->edits = e;
        cr->edits_size = size;
    }

    for (i = cr->nedits; i > 0; i--) {
        e = &cr->edits[i - 1];

        if (e->pos < pos) {
            break;
        }

        if (e->pos > pos || e->order > order) {
            continue;
        }

        if (e->order < order) {
            break;
        }

        cmp = memcmp(e->data, data, e->len < len ? e->len : len);

        if (cmp == 0 && e->len == len) {
            return CONSENT_OK;
        }

        if (cmp < 0 || (cmp == 0 && e->len < len)) {
            break;
        }
    }

    memmove(&cr->edits[i + 1], &cr->edits[i],
            (cr->nedits - i) * sizeof(consent_edit_t));

    e = &cr->edits[i];
    e->pos = pos;
    e->order = order;
    e->data = data;
    e->len = (uint32_t) len;
    cr->nedits++;

    return CONSENT_OK;
}


int
consent_rw_edit_copy(consent_rewrite_t *cr, uint64_t pos, unsigned order,
    const consent_u8 *data, size_t len)
{
    size_t       size;
    consent_u8  *p;

    if (cr->scratch_size - cr->scratch_len < len) {
        size = cr->scratch_size ? cr->scratch_size * 2 : SCRATCH_START;

        while (size < len) {
            size *= 2;
        }

        p = cr->conf->alloc.alloc(cr->conf->alloc.ctx, size);

        if (p == NULL) {
            return CONSENT_ERROR;
        }

        /* what points into the old one stays valid */

        cr->scratch = p;
        cr->scratch_size = size;
        cr->scratch_len = 0;
    }

    p = cr->scratch + cr->scratch_len;
    memcpy(p, data, len);
    cr->scratch_len += len;

    return consent_rw_edit(cr, pos, order, p, len);
}


/* one of the buffers, at least of this size; NULL: no memory */

consent_u8 *
consent_rw_room(consent_rewrite_t *cr, unsigned room, size_t size)
{
    size_t  n;

    if (size > cr->room_size[room]) {
        n = cr->room_size[room] ? cr->room_size[room] : 512;

        while (n < size) {
            n *= 2;
        }

        cr->room[room] = cr->conf->alloc.alloc(cr->conf->alloc.ctx, n);
        cr->room_size[room] = cr->room[room] ? n : 0;
        cr->failed |= (cr->room[room] == NULL);
    }

    return cr->room[room];
}


void
consent_rw_found(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_type_e type,
    const consent_verdict_t *v, const consent_url_t *url, int blocked)
{
    consent_finding_t  f;

    if (blocked) {
        cr->hit = 1;
        cr->category = v->category;
    }

    if (cr->conf->found == NULL) {
        return;
    }

    /* an inline script is judged by each reading that comes to it, and told
       once; attributes are judged once for all */

    if (a == NULL && url == NULL) {
        if (cr->told == tag->mark + 1) {
            return;
        }

        cr->told = tag->mark + 1;
    }

    f.type = type;
    f.verdict = *v;
    f.element.data = (const consent_u8 *) consent_html_tags[tag->id].name;
    f.element.len = tag->id ? consent_html_tags[tag->id].len : 0;
    f.attribute.data = NULL;
    f.attribute.len = 0;

    if (a) {
        f.attribute.data = tag->p + a->name;
        f.attribute.len = a->name_len;
    }

    f.url = url;
    f.offset = tag->mark;
    f.blocked = blocked;

    cr->conf->found(cr->conf->arg, &f);
}
