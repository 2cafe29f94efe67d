
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

static int rw_start(consent_rewrite_t *cr);
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
    cr->base_set = 0;
    cr->pass = 0;
    cr->sign = 0;
    cr->hit = 0;

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
    m->part_id = 0;
    m->inl.kind = CONSENT_INLINE_NONE;

    /* machines of an earlier document are kept for later ones */

    for (i = 1; i < CONSENT_MACHINES; i++) {
        if (cr->machines[i] == m) {
            cr->machines[i] = cr->machines[0];
        }
    }

    cr->machines[0] = m;
    cr->nmachines = 1;

    if (cr->url_buf == NULL) {
        cr->url_buf = conf->alloc.alloc(conf->alloc.ctx, CONSENT_URL_MAX);

        if (cr->url_buf == NULL) {
            return CONSENT_ERROR;
        }
    }

    if (!conf->gate && !conf->document) {
        cr->pass = 1;
    }

    return CONSENT_OK;
}


size_t
consent_rewrite_held(const consent_rewrite_t *cr)
{
    return (size_t) (cr->chunk_pos + cr->chunk_len - cr->out);
}


int
consent_rewrite_feed(consent_rewrite_t *cr, const consent_u8 *data, size_t n,
    int last)
{
    int       rc;
    uint64_t  safe;

    cr->chunk = data;
    cr->chunk_len = n;

    if (!cr->started) {
        rc = rw_start(cr);

        if (rc != CONSENT_OK) {
            return rc;
        }
    }

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


/*
 * What cannot be read as ASCII with something beside is declined: UTF-16 by
 * its mark or by the header, ISO-2022-JP by the header.  A mark of UTF-8
 * overrides the header.  A first piece of one byte is taken for half a mark.
 */

static int
rw_start(consent_rewrite_t *cr)
{
    size_t                i, n;
    const consent_u8     *p;
    const consent_str_t  *cs;

    static const char    *closed[] = {
        "utf-16", "utf-16le", "utf-16be", "unicode", "ucs-2",
        "iso-10646-ucs-2", "unicodefeff", "unicodefffe", "csunicode",
        "iso-2022-jp", "csiso2022jp", NULL
    };

    p = cr->chunk;
    n = cr->chunk_len;

    if (n == 0) {
        return CONSENT_OK;
    }

    cr->started = 1;

    if ((p[0] == 0xff && (n == 1 || p[1] == 0xfe))
        || (p[0] == 0xfe && (n == 1 || p[1] == 0xff)))
    {
        return CONSENT_DECLINED;
    }

    if (n >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) {
        return CONSENT_OK;
    }

    cs = &cr->conf->charset;

    for (i = 0; closed[i]; i++) {
        if (cs->len && consent_html_name_is(cs->data, cs->len, closed[i])) {
            return CONSENT_DECLINED;
        }
    }

    return CONSENT_OK;
}


/*
 * Every machine gets to the end of the input, the one behind first, so that
 * those that come to the same place in the same state can be joined.
 */

static int
rw_run(consent_rewrite_t *cr)
{
    int                    rc;
    unsigned               i;
    uint64_t               end, stop;
    const consent_u8      *p;
    consent_machine_t     *m;
    consent_html_event_e   ev;

    end = cr->chunk_pos + cr->chunk_len;

    for ( ;; ) {

        rc = consent_rw_quick(cr);

        if (rc == CONSENT_OK && cr->nedits > 8) {
            rc = rw_flush(cr, rw_safe(cr), 0);
        }

        if (rc != CONSENT_OK) {
            return rc;
        }

        m = cr->machines[0];

        for (i = 1; i < cr->nmachines; i++) {
            if (cr->machines[i]->tok.pos < m->tok.pos) {
                m = cr->machines[i];
            }
        }

        if (m->tok.pos == end) {
            return CONSENT_OK;
        }

        stop = end;

        if (m->inl.kind && m->inl.kind != CONSENT_INLINE_STYLE
            && stop > m->inl.text + cr->conf->inline_max)
        {
            stop = m->inl.text + cr->conf->inline_max;

            if (m->tok.pos >= stop) {

                /* enough has been held back: judged by what there is */

                rc = consent_rw_inline_end(cr, m, m->tok.pos);

                if (rc != CONSENT_OK) {
                    return rc;
                }

                continue;
            }
        }

        p = cr->chunk + (m->tok.pos - cr->chunk_pos);
        ev = consent_html_next(&m->tok, &p,
                               cr->chunk + (stop - cr->chunk_pos));

        if (ev != CONSENT_HTML_NONE) {
            rc = consent_rw_event(cr, m, ev);

            if (rc != CONSENT_OK || cr->failed) {
                return cr->failed ? CONSENT_ERROR : rc;
            }

            if (cr->pass) {
                return CONSENT_OK;
            }

            if (cr->nedits > 8) {
                rc = rw_flush(cr, rw_safe(cr), 0);

                if (rc != CONSENT_OK) {
                    return rc;
                }
            }
        }

        if (m->inl.kind == CONSENT_INLINE_STYLE) {
            rc = consent_rw_css_text(cr, m, consent_html_from(&m->tok), 0);

            if (rc != CONSENT_OK) {
                return rc;
            }
        }

        if (cr->nmachines > 1) {
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

        from = m->inl.kind ? m->inl.tag : consent_html_from(&m->tok);

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
            rc = cr->conf->emit(cr->conf->arg, CONSENT_SPAN_HELD, e->data,
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

        rc = cr->conf->emit(cr->conf->arg, CONSENT_SPAN_INPUT,
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


/* room for a decoded value */

consent_u8 *
consent_rw_value(consent_rewrite_t *cr, size_t size)
{
    size_t  n;

    if (size > cr->value_size) {
        n = cr->value_size ? cr->value_size : 512;

        while (n < size) {
            n *= 2;
        }

        cr->value = cr->conf->alloc.alloc(cr->conf->alloc.ctx, n);
        cr->value_size = cr->value ? n : 0;
        cr->failed |= (cr->value == NULL);
    }

    return cr->value;
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
