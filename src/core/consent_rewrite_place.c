
/*
 * Where something of ours goes in: first in <head>, first in <body>, before
 * </body> or at a comment, each but once, and only where the page shows itself
 * to be a document; before a withheld script; first in a frame's document.
 */

#include "consent_rewrite_int.h"

static int rw_place(consent_rewrite_t *cr, consent_place_e place,
    uint64_t pos, uint32_t stubs);
static int rw_wanted(const consent_rewrite_t *cr, const consent_machine_t *m);
static int rw_allows_scripts(consent_str_t v);


static int
rw_place(consent_rewrite_t *cr, consent_place_e place, uint64_t pos,
    uint32_t stubs)
{
    consent_str_t     html;
    consent_insert_t  in;

    in.place = place;
    in.lang = cr->lang;
    in.stubs = stubs;
    in.names = cr->stub_names;
    in.nonce = cr->nonce;
    in.elsewhere = cr->elsewhere;

    if (place == CONSENT_PLACE_FRAME && cr->frame_done) {
        html = cr->frame;

    } else {
        html = cr->conf->insert(cr->conf->arg, &in);
    }

    if (place == CONSENT_PLACE_FRAME) {
        cr->frame_done = 1;
        cr->frame = html;
    }

    return consent_rw_edit(cr, pos, (place == CONSENT_PLACE_STUB)
                           ? CONSENT_ORDER_STUB
                           : CONSENT_ORDER_PLACE, html.data, html.len);
}


static int
rw_wanted(const consent_rewrite_t *cr, const consent_machine_t *m)
{
    return (cr->conf->document || cr->conf->frame) && cr->conf->insert
           && cr->sign && !cr->amp && !cr->conf->report && !m->tok.xml
           && !(m->tree.seen & CONSENT_TREE_FRAMESET);
}


static void
rw_copy(consent_rewrite_t *cr, consent_str_t *to, const consent_tag_t *tag,
    unsigned id)
{
    consent_u8                 *p;
    const consent_html_attr_t  *a;

    a = consent_rw_attr(tag, id);

    if (to->len || a == NULL || a->value_len == 0 || a->value_len > 128) {
        return;
    }

    p = cr->conf->alloc.alloc(cr->conf->alloc.ctx, a->value_len);

    if (p) {
        memcpy(p, tag->p + a->value, a->value_len);
        to->data = p;
        to->len = a->value_len;
    }
}


/* a start tag, before anything is made of it */

void
consent_rw_place_before(consent_rewrite_t *cr, consent_machine_t *m,
    const consent_tag_t *tag, int end_tag)
{
    const consent_html_attr_t  *a;

    (void) end_tag;

    switch (tag->id) {

    case CONSENT_TAG_HTML:
        rw_copy(cr, &cr->lang, tag, CONSENT_ATTR_LANG);

        if (consent_rw_attr(tag, CONSENT_ATTR_AMP)
            || consent_rw_attr(tag, CONSENT_ATTR_AMP_SIGN))
        {
            cr->amp = 1;
        }

        cr->sign = 1;
        break;

    case CONSENT_TAG_HEAD:
    case CONSENT_TAG_BODY:
    case CONSENT_TAG_TITLE:
    case CONSENT_TAG_META:
    case CONSENT_TAG_BASE:
        cr->sign = 1;
        break;

    case CONSENT_TAG_SCRIPT:
        rw_copy(cr, &cr->nonce, tag, CONSENT_ATTR_NONCE);
        break;

    case CONSENT_TAG_SECTION:
    case CONSENT_TAG_NAV:
        a = consent_rw_attr(tag, CONSENT_ATTR_ID);

        if (a == NULL) {
            break;
        }

        /* what went through here before */

        if (consent_html_name_is(tag->p + a->value, a->value_len,
                                 "privacy-choices")
            && !(cr->banner_wait
                 && m->tok.pos - cr->banner_at > CONSENT_OURS_MAX))
        {
            cr->banner_done = 1;
            cr->banner_wait = 0;

        } else if (consent_html_name_is(tag->p + a->value, a->value_len,
                                        "privacy-choices-links"))
        {
            cr->links_done = 1;
        }

        break;
    }
}


/*
 * A tag or text from start to end changed where the tree is.  The head and
 * the body may begin without a tag of theirs: then before this one.
 */

int
consent_rw_place_after(consent_rewrite_t *cr, consent_machine_t *m,
    unsigned seen, unsigned mode, uint64_t start, uint64_t end,
    const consent_tag_t *tag, int end_tag)
{
    int       own;
    unsigned  now;

    (void) mode;

    if (!rw_wanted(cr, m)) {
        return CONSENT_OK;
    }

    now = m->tree.seen & ~seen;

    if ((now & CONSENT_TREE_HEAD) && !cr->head_done) {
        own = (tag && !end_tag && tag->id == CONSENT_TAG_HEAD);
        cr->head_done = 1;

        if (rw_place(cr, CONSENT_PLACE_HEAD, own ? end : start, 0)
            != CONSENT_OK)
        {
            return CONSENT_ERROR;
        }
    }

    own = (tag && !end_tag && tag->id == CONSENT_TAG_BODY);

    if (((now & CONSENT_TREE_BODY) || (own && !m->tree.inert
                                       && m->tree.mode
                                          == CONSENT_TREE_IN_BODY))
        && !cr->banner_done)
    {
        cr->banner_done = 1;

        if (own) {

            /* unless the next tag is the one we would put there */

            cr->banner_wait = 1;
            cr->banner_at = end;
            m->tok.want_text = 1;

        } else if (!(tag && tag->id == CONSENT_TAG_SECTION)
                   || consent_rw_attr(tag, CONSENT_ATTR_ID) == NULL
                   || start == 0)
        {
            if (rw_place(cr, CONSENT_PLACE_BANNER, start, 0) != CONSENT_OK) {
                return CONSENT_ERROR;
            }
        }
    }

    if ((now & CONSENT_TREE_BODY_END) && !cr->links_done
        && !cr->conf->marker)
    {
        cr->links_done = 1;

        return rw_place(cr, CONSENT_PLACE_LINKS, start, 0);
    }

    return CONSENT_OK;
}


/* the byte after <body> is there: banner_wait is still set if it is none of
 * ours */

int
consent_rw_place_banner(consent_rewrite_t *cr, const consent_tag_t *tag)
{
    (void) tag;

    cr->banner_wait = 0;

    return rw_place(cr, CONSENT_PLACE_BANNER, cr->banner_at, 0);
}


/* a comment: the place for the links, if it says so */

int
consent_rw_place_marker(consent_rewrite_t *cr, consent_machine_t *m)
{
    size_t             n;
    const consent_u8  *p, *end;

    static const char  name[] = "privacy-choices";

    if (cr->links_done || m->tree.inert
        || m->tok.pos - m->tok.mark > CONSENT_HTML_SHORT)
    {
        return CONSENT_OK;
    }

    n = (size_t) (m->tok.pos - m->tok.mark);
    p = consent_rw_view(cr, m->tok.mark, n);

    if (p == NULL) {
        return CONSENT_ERROR;
    }

    if (n < 7 + sizeof(name) - 1 || memcmp(p, "<!--", 4) != 0) {
        return CONSENT_OK;
    }

    end = p + n - 3;

    for (p += 4; p < end && *p <= ' '; p++) { /* void */ }

    while (end > p && end[-1] <= ' ') {
        end--;
    }

    if (end - p != sizeof(name) - 1
        || memcmp(p, name, sizeof(name) - 1) != 0)
    {
        return CONSENT_OK;
    }

    cr->sign = 1;

    if (!rw_wanted(cr, m)) {
        return CONSENT_OK;
    }

    cr->links_done = 1;

    return rw_place(cr, CONSENT_PLACE_LINKS, m->tok.pos, 0);
}


/* the page has ended, perhaps before its body did or even began */

int
consent_rw_place_eof(consent_rewrite_t *cr, consent_machine_t *m)
{
    uint64_t  end;

    if (cr->banner_wait && consent_rw_place_banner(cr, NULL) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    if (!rw_wanted(cr, m) || m->tok.state != CONSENT_HTML_S_DATA
        || m->tree.ntemplates || consent_tree_foreign(&m->tree))
    {
        return CONSENT_OK;
    }

    end = m->tok.pos;

    if (!cr->banner_done && !(m->tree.seen & CONSENT_TREE_BODY)) {
        cr->banner_done = 1;

        if (rw_place(cr, CONSENT_PLACE_BANNER, end, 0) != CONSENT_OK) {
            return CONSENT_ERROR;
        }
    }

    if (cr->links_done || cr->conf->marker) {
        return CONSENT_OK;
    }

    cr->links_done = 1;

    return rw_place(cr, CONSENT_PLACE_LINKS, end, 0);
}


/* leaves the names that were not among those of scripts before this one */

static size_t
rw_new_names(consent_rewrite_t *cr, consent_u8 *names, size_t len)
{
    size_t    i, n, left;
    uint32_t  h, at;

    for (left = 0, i = 0; i < len; i += n + 1) {

        h = 2166136261u;

        for (n = 0; i + n < len && names[i + n] != ' '; n++) {
            h = (h ^ names[i + n]) * 16777619u;
        }

        at = h % CONSENT_NAMES_MAX;

        if (cr->names[at] == h) {
            continue;
        }

        cr->names[at] = h;

        if (left) {
            names[left++] = ' ';
        }

        memmove(names + left, names + i, n);
        left += n;
    }

    return left;
}


/* names: of what the script declares, in a buffer that is written to */

int
consent_rw_place_stub(consent_rewrite_t *cr, uint64_t pos, uint32_t stubs,
    consent_u8 *names, size_t len)
{
    int  rc;

    stubs &= ~cr->stubs;

    if (cr->conf->insert == NULL || cr->conf->report || cr->nest) {
        return CONSENT_OK;
    }

    len = rw_new_names(cr, names, len);

    if (stubs == 0 && len == 0) {
        return CONSENT_OK;
    }

    cr->stubs |= stubs;
    cr->stub_names.data = names;
    cr->stub_names.len = len;

    rc = rw_place(cr, CONSENT_PLACE_STUB, pos, stubs);

    cr->stub_names.len = 0;

    return rc;
}


/*
 * a: the srcdoc of a frame whose scripts are to be watched over.  Before a
 * doctype, too: without one such a document is in no-quirks mode, as with any
 * (https://html.spec.whatwg.org/#the-initial-insertion-mode).  Not where the
 * frame forbids scripts, nor where to another reader this is no value.
 */

int
consent_rw_place_frame(consent_rewrite_t *cr, const consent_tag_t *tag,
    const consent_html_attr_t *a)
{
    consent_str_t               v;
    const consent_html_attr_t  *sandbox;

    if (!(cr->conf->document || cr->conf->frame) || cr->conf->insert == NULL
        || cr->conf->report || cr->amp || tag->bare)
    {
        return CONSENT_OK;
    }

    sandbox = consent_rw_attr(tag, CONSENT_ATTR_SANDBOX);

    if (sandbox) {
        v = consent_rw_decode(cr, tag->p + sandbox->value, sandbox->value_len);

        if (!rw_allows_scripts(v)) {
            return CONSENT_OK;
        }
    }

    return rw_place(cr, CONSENT_PLACE_FRAME, tag->m->tok.mark + a->value, 0);
}


/* sandbox: words, in any case */

static int
rw_allows_scripts(consent_str_t v)
{
    size_t  i, n;

    for (i = 0; i < v.len; i += n + 1) {
        n = consent_rw_word(v, i);

        if (consent_html_name_is(v.data + i, n, "allow-scripts")) {
            return 1;
        }
    }

    return 0;
}
