
/*
 * document.write(): what a script writes is read before what follows it.  If
 * that leaves the tokenizer in another state than it was, in a comment or in
 * raw text that what follows may end, a reader of its own goes on from there.
 *
 * The strings given to write() are taken as they stand, whatever else is put
 * between them: it is the script that is guessed at, not run.
 *
 * Where the guard is, it keeps half a tag until the rest of it is written, by
 * whichever script.  What stands between them is read as if there were none.
 */

#include "consent_rewrite_int.h"
#include "consent_inline_lex.h"

static size_t rw_write_string(consent_js_t *js, consent_u8 *out, size_t size);
static int rw_write_read(consent_machine_t *w, const consent_u8 *p,
    size_t len);
static int rw_write_tag(consent_machine_t *w, const consent_u8 *p);
static int rw_write_keep(consent_rewrite_t *cr, consent_machine_t *w,
    const consent_u8 *p, size_t len);


/* a name is written as it is read */

static int
rw_write_may(consent_str_t text)
{
    const consent_u8  *p, *end;

    end = text.data + text.len;

    for (p = text.data; (p = consent_scan_pair(p, end, 'w', 'r')) != end; p++)
    {
        if (end - p >= 5 && memcmp(p, "write", 5) == 0) {
            return 1;
        }
    }

    return 0;
}


/*
 * The text that a script writes, into ROOM_WRITTEN, behind what the guard has
 * kept, and its length.  Nothing where none of it can matter.
 */

size_t
consent_rw_written(consent_rewrite_t *cr, consent_str_t text)
{
    size_t         n;
    unsigned       depth, call;
    consent_u8    *out;
    consent_js_t   js;
    consent_js_e   kind, before;

    n = 0;
    out = NULL;
    call = 0;
    depth = 0;
    before = CONSENT_JS_END;

    if (!rw_write_may(text)) {
        return 0;
    }

    consent_js_init(&js, text.data, text.len);

    while ((kind = consent_js_next(&js)) != CONSENT_JS_END) {

        if (kind == CONSENT_JS_PUNCT && js.token.data[0] == '<'
            && before == CONSENT_JS_END)
        {
            /* nothing that runs begins so */
            return 0;
        }

        if (kind == CONSENT_JS_PUNCT && js.token.data[0] == '(') {
            depth++;

            if (call == 0 && before == CONSENT_JS_WORD) {
                call = depth;
            }

            before = kind;
            continue;
        }

        if (kind == CONSENT_JS_PUNCT && js.token.data[0] == ')') {
            call = (call == depth) ? 0 : call;
            depth -= (depth > 0);
        }

        if (kind == CONSENT_JS_STRING && call && depth >= call) {

            if (out == NULL) {
                out = consent_rw_room(cr, CONSENT_ROOM_WRITTEN,
                                      CONSENT_WRITTEN_MAX);

                if (out == NULL) {
                    return 0;
                }

                n = cr->nkept;

                if (n) {
                    memcpy(out, cr->kept, n);
                }
            }

            n += rw_write_string(&js, out + n, CONSENT_WRITTEN_MAX - n);
        }

        /* for the next: was this the name of a function that writes? */

        before = CONSENT_JS_PUNCT;

        if (kind == CONSENT_JS_WORD && call == 0
            && ((js.token.len == 5
                 && memcmp(js.token.data, "write", 5) == 0)
                || (js.token.len == 7
                    && memcmp(js.token.data, "writeln", 7) == 0)))
        {
            before = CONSENT_JS_WORD;
        }
    }

    return (n && memchr(out, '<', n)) ? n : 0;
}


/* escapes of the string undone, and those of unescape(), if it is its */

static size_t
rw_write_string(consent_js_t *js, consent_u8 *out, size_t size)
{
    size_t         i, n;
    consent_str_t  s;

    s = consent_js_text(js, out, size);
    n = (s.len < size) ? s.len : size;

    if (s.data != out) {
        memcpy(out, s.data, n);
    }

    for (i = 0; i + 2 < n; i++) {
        if (out[i] == '%' && out[i + 1] == '3'
            && (out[i + 2] | 0x20) == 'c')
        {
            return consent_rw_unpercent(out, out, n);
        }
    }

    return n;
}


/* after the end tag of a script that wrote n bytes */

int
consent_rw_write(consent_rewrite_t *cr, consent_machine_t *m, size_t n)
{
    uint64_t            pos;
    unsigned            foreign;
    consent_machine_t  *w;

    if (n == 0 || !(m->readers & CONSENT_READ_WRITE) || m->inl.kind) {
        return CONSENT_OK;
    }

    w = m;

    if (m->readers & (CONSENT_READ_JS|CONSENT_READ_OLD)) {
        w = consent_rw_fork(cr, m, CONSENT_READ_WRITE);

        if (w == NULL) {
            return CONSENT_ERROR;
        }
    }

    pos = w->tok.pos;
    foreign = w->tree.foreign;

    if (rw_write_read(w, cr->room[CONSENT_ROOM_WRITTEN], n) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    if (cr->conf->guard && (cr->head_done || cr->conf->insert == NULL)
        && rw_write_keep(cr, w, cr->room[CONSENT_ROOM_WRITTEN], n)
           != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    consent_html_resume_at(&w->tok, pos);

    if (w != m && w->tok.state == CONSENT_HTML_S_DATA
        && w->tree.foreign == foreign)
    {
        /* it is as good as unwritten */

        m->readers |= CONSENT_READ_WRITE;
        cr->nmachines--;
    }

    return CONSENT_OK;
}


static int
rw_write_read(consent_machine_t *w, const consent_u8 *p, size_t len)
{
    const consent_u8      *start, *end;
    consent_html_event_e   ev;

    start = p;
    end = p + len;

    w->tok.pos = 0;
    w->tok.mark = 0;
    w->tok.tag = len;                    /* none yet */
    w->tok.want_text = 0;

    while ((ev = consent_html_next(&w->tok, &p, end)) != CONSENT_HTML_NONE) {

        switch (ev) {

        case CONSENT_HTML_TAG:
            if (rw_write_tag(w, start + w->tok.mark) != CONSENT_OK) {
                return CONSENT_ERROR;
            }

            break;

        case CONSENT_HTML_CDATA:
            consent_html_cdata(&w->tok, consent_tree_foreign(&w->tree));
            break;

        default:
            break;
        }
    }

    if (w->tok.state > CONSENT_HTML_S_TAG_NAME
        && w->tok.state <= CONSENT_HTML_S_SELF_CLOSING)
    {
        /* a tag that what follows will end */

        w->part_id = (uint8_t) consent_html_tag_find(w->tok.name_hash,
                                                     w->tok.name_len);
    }

    w->tok.want_text = consent_tree_wants_text(&w->tree);

    return CONSENT_OK;
}


static int
rw_write_tag(consent_machine_t *w, const consent_u8 *p)
{
    unsigned              id;
    consent_html_state_e  state;

    id = consent_html_tag_find(w->tok.name_hash, w->tok.name_len);

    if (id && !consent_html_name_is(p + 1 + w->tok.end_tag, w->tok.name_len,
                                    consent_html_tags[id].name))
    {
        id = 0;
    }

    if (w->tok.end_tag) {

        if (w->tok.raw[0] != '\0') {
            w->tok.raw = "";

        } else {
            consent_tree_end(&w->tree, id, w->tok.name_hash);
        }

        return w->tree.error ? CONSENT_ERROR : CONSENT_OK;
    }

    state = consent_tree_start(&w->tree, id, w->tok.name_hash,
                               w->tok.self_closing ? CONSENT_TAG_SELF_CLOSING
                                                   : 0, 0);

    consent_html_content(&w->tok, state, (state == CONSENT_HTML_S_DATA)
                                         ? "" : consent_html_tags[id].name);

    return w->tree.error ? CONSENT_ERROR : CONSENT_OK;
}


/* is this the beginning of something that the guard would keep? */

static int
rw_write_half(const consent_machine_t *w, const consent_u8 *p, size_t len)
{
    static const char  cdata[] = "<![CDATA[";

    switch (w->tok.state) {

    case CONSENT_HTML_S_MARKUP:
    case CONSENT_HTML_S_DOCTYPE:
        return 1;

    case CONSENT_HTML_S_BOGUS_COMMENT:
        return len < sizeof(cdata) - 1
               || memcmp(p, cdata, sizeof(cdata) - 1) != 0;

    default:
        return w->tok.state >= CONSENT_HTML_S_TAG_OPEN
               && w->tok.state <= CONSENT_HTML_S_SELF_CLOSING;
    }
}


/* of what was written the guard keeps the end, if that is half a tag */

static int
rw_write_keep(consent_rewrite_t *cr, consent_machine_t *w, const consent_u8 *p,
    size_t len)
{
    size_t  start;

    /* of a tag that is told in parts the mark is in the last of them */

    start = (size_t) ((w->tok.state >= CONSENT_HTML_S_TAG_NAME
                       && w->tok.state <= CONSENT_HTML_S_SELF_CLOSING)
                      ? w->tok.tag : w->tok.mark);
    cr->nkept = 0;

    if (start >= len || p[start] != '<'
        || !rw_write_half(w, p + start, len - start))
    {
        return CONSENT_OK;
    }

    if (cr->kept == NULL) {
        cr->kept = cr->conf->alloc.alloc(cr->conf->alloc.ctx,
                                         CONSENT_WRITTEN_MAX);

        if (cr->kept == NULL) {
            return CONSENT_ERROR;
        }
    }

    cr->nkept = len - start;
    memcpy(cr->kept, p + start, cr->nkept);

    w->tok.state = w->tok.content;
    w->tok.pending = 0;
    w->part_id = 0xff;

    return CONSENT_OK;
}
