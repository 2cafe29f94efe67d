
/*
 * What leaves the rewriter: edits in order, spans between them.  What has to be
 * seen again, an unfinished tag or an inline script not yet judged, is copied
 * into a buffer when a piece of input ends, and only then.
 */

#include "consent_rewrite_int.h"

#define HOLD_START     1024
#define EDITS_START    16
#define EDITS_LARGE    256       /* more grow slowly */
#define EDIT_MAX       0x1fffffff    /* bytes */
#define SCRATCH_START  512
#define ROOM_START     512

/* what is larger does not grow by doubling */
#define ROOM_LARGE     4096


static int rw_emit(consent_rewrite_t *cr, uint64_t upto);
static int rw_put(consent_rewrite_t *cr, consent_span_e kind,
    const consent_u8 *data, size_t len);
static void rw_give_back(consent_rewrite_t *cr, consent_u8 *p);


/*
 * Emits input and edits up to a place, or less of it where emit() says that it
 * is full.  An edit at the place itself waits: another may come that is to
 * stand before it.
 */

int
consent_rw_flush(consent_rewrite_t *cr, uint64_t upto, int all)
{
    int              rc;
    uint32_t         i;
    uint64_t         pos;
    consent_edit_t  *e;

    for (i = 0; i < cr->nedits; i++) {
        e = &cr->edits[i];
        pos = cr->out + (uint32_t) (e->pos - cr->out);

        if (pos > upto || (pos == upto && !all)) {
            break;
        }

        if (cr->full && !cr->whole) {
            upto = cr->out;
            break;
        }

        rc = rw_emit(cr, pos);

        if (rc == CONSENT_OK && !cr->conf->report) {
            rc = rw_put(cr, CONSENT_SPAN_OWN, e->data, e->len);
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

        if (cr->scratch_old) {
            rw_give_back(cr, cr->scratch_old);
            cr->scratch_old = NULL;
        }
    }

    return rw_emit(cr, upto);
}


static int
rw_put(consent_rewrite_t *cr, consent_span_e kind, const consent_u8 *data,
    size_t len)
{
    int  rc;

    rc = cr->conf->emit(cr->conf->arg, kind, data, len);

    if (rc == CONSENT_FULL) {
        cr->full = 1;
        return CONSENT_OK;
    }

    return rc;
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

        rc = rw_put(cr, CONSENT_SPAN_HELD, cr->hold + (cr->out - cr->hold_pos),
                    n);

        if (rc != CONSENT_OK) {
            return rc;
        }

        cr->out += n;
    }

    if (upto > cr->out) {
        n = (size_t) (upto - cr->out);

        rc = rw_put(cr, cr->from_head ? CONSENT_SPAN_HELD : CONSENT_SPAN_INPUT,
                    cr->chunk + (cr->out - cr->chunk_pos), n);

        if (rc != CONSENT_OK) {
            return rc;
        }

        cr->out = upto;
    }

    return CONSENT_OK;
}


/*
 * A buffer that a larger one has taken the place of.  What was read in it is in
 * use until the input at hand is read; what there is no place to note is given
 * back with the request.
 */

static void
rw_give_back(consent_rewrite_t *cr, consent_u8 *p)
{
    if (p && cr->conf->free && cr->ngone < CONSENT_GONE_MAX) {
        cr->gone[cr->ngone++] = p;
    }
}


void
consent_rw_gone(consent_rewrite_t *cr)
{
    while (cr->ngone) {
        cr->conf->free(cr->conf->alloc.ctx, cr->gone[--cr->ngone]);
    }
}


/* by doubling, up to what a script or tag may have with what came behind it */

static size_t
rw_hold_size(const consent_rewrite_t *cr, size_t n)
{
    size_t  size, most;

    most = (cr->conf->inline_max > cr->conf->hold_max) ? cr->conf->inline_max
                                                       : cr->conf->hold_max;
    most += most / 4;
    size = cr->hold_size ? cr->hold_size : HOLD_START;

    while (size < n) {
        size *= 2;
    }

    /* what is hardly larger would only leave the first behind */

    return (size * 2 > most && n <= most) ? most : size;
}


/* the hold has input up to "to"; what lies before "from" may go */

int
consent_rw_keep(consent_rewrite_t *cr, uint64_t from, uint64_t to)
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
        size = rw_hold_size(cr, n);
        p = cr->conf->alloc.alloc(cr->conf->alloc.ctx, size);

        if (p == NULL) {
            return CONSENT_ERROR;
        }

        if (cr->hold_len) {
            memcpy(p, cr->hold, cr->hold_len);
        }

        rw_give_back(cr, cr->hold);

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
        if (consent_rw_keep(cr, cr->hold_pos, end) != CONSENT_OK) {
            return NULL;
        }
    }

    return cr->hold + (pos - cr->hold_pos);
}


/*
 * Room for one edit more.  What can be given back is before the new room is
 * taken, and what is in it waits in the work memory meanwhile: a page with very
 * many never has both.
 */

static int
rw_edits_grow(consent_rewrite_t *cr)
{
    size_t               had, size;
    consent_edit_t      *old;
    consent_work_mark_t  mark;

    had = cr->edits_size;
    size = (had == 0) ? EDITS_START
           : (had < EDITS_LARGE) ? had * 4 : had + EDITS_LARGE / 4 + had / 8;

    old = cr->edits;
    mark = consent_work_mark(cr->work);

    if (had && cr->conf->free) {
        old = consent_work_alloc(cr->work, had * sizeof(consent_edit_t));

        if (old == NULL) {
            return CONSENT_ERROR;
        }

        memcpy(old, cr->edits, had * sizeof(consent_edit_t));
        cr->conf->free(cr->conf->alloc.ctx, cr->edits);
    }

    cr->edits = cr->conf->alloc.alloc(cr->conf->alloc.ctx,
                                      size * sizeof(consent_edit_t));

    if (cr->edits && had) {
        memcpy(cr->edits, old, had * sizeof(consent_edit_t));
    }

    /* where nothing is given back, the new room may be the work memory's */

    if (cr->conf->free) {
        consent_work_release(cr->work, mark);
    }

    cr->edits_size = cr->edits ? (uint32_t) size : 0;
    cr->nedits = cr->edits ? cr->nedits : 0;

    return cr->edits ? CONSENT_OK : CONSENT_ERROR;
}


/* an insertion; what another machine wants too is made once */

int
consent_rw_edit(consent_rewrite_t *cr, uint64_t pos, unsigned order,
    const consent_u8 *data, size_t len)
{
    int              cmp;
    uint32_t         i, at, had;
    consent_edit_t  *e;

    if (len == 0) {
        return CONSENT_OK;
    }

    if (len > EDIT_MAX) {
        return CONSENT_ERROR;
    }

    if (cr->nedits == cr->edits_size && rw_edits_grow(cr) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    at = (uint32_t) (pos - cr->out);

    for (i = cr->nedits; i > 0; i--) {
        e = &cr->edits[i - 1];
        had = (uint32_t) (e->pos - cr->out);

        if (had < at) {
            break;
        }

        if (had > at || e->order > order) {
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
    e->pos = (uint32_t) pos;
    e->order = order & 7;
    e->data = data;
    e->len = (unsigned) len & EDIT_MAX;
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

        if (size < len) {
            size = len;
        }

        p = cr->conf->alloc.alloc(cr->conf->alloc.ctx, size);

        if (p == NULL) {
            return CONSENT_ERROR;
        }

        /* what points into the old one stays valid */

        if (cr->scratch_old == NULL) {
            cr->scratch_old = cr->scratch;
        }

        cr->scratch = p;
        cr->scratch_size = size;
        cr->scratch_len = 0;
    }

    p = cr->scratch + cr->scratch_len;
    memcpy(p, data, len);
    cr->scratch_len += len;

    return consent_rw_edit(cr, pos, order, p, len);
}


/* one of the buffers, at least of this size; what was read in a smaller one
 * stays where it is.  NULL: no memory */

consent_u8 *
consent_rw_room(consent_rewrite_t *cr, unsigned room, size_t size)
{
    size_t  n;

    if (size > cr->room_size[room]) {
        n = cr->room_size[room] ? cr->room_size[room] : ROOM_START;

        while (n < size) {
            n *= 2;
        }

        if (n > ROOM_LARGE) {
            n = (size + ROOM_LARGE - 1) & ~(size_t) (ROOM_LARGE - 1);
        }

        cr->room[room] = consent_work_alloc(cr->work, n);
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

    if (cr->conf->found == NULL || cr->quiet) {
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


/* what cannot be judged, mostly for its size: closed, and told of */

int
consent_rw_limit(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_type_e type, consent_verdict_t *v)
{
    int  blocked;

    v->category = CONSENT_MARKETING;
    v->source = CONSENT_SOURCE_LIMIT;
    blocked = consent_rw_blocked(cr, v);

    if (blocked) {
        consent_rw_found(cr, tag, a, type, v, NULL, blocked);
    }

    return blocked;
}
