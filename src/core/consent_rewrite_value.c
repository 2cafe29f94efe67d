
/*
 * Values: references decoded, documents in srcdoc and data: URLs, <meta>'s
 * refresh, and texts that are put into tags.
 */

#include "consent_rewrite_int.h"


int
consent_rw_blocked(const consent_rewrite_t *cr, const consent_verdict_t *v)
{
    if (cr->by_rule && v->source != CONSENT_SOURCE_BLOCK) {
        return 0;
    }

    return v->category > CONSENT_NECESSARY
           && !(cr->conf->allowed & consent_bit(v->category));
}


int
consent_rw_ascii(consent_str_t s)
{
    size_t  i;

    for (i = 0; i < s.len; i++) {
        if (s.data[i] >= 0x80) {
            return 0;
        }
    }

    return 1;
}


/* what is in the page's charset in UTF-8, where that can be done */

consent_str_t
consent_rw_utf8(consent_rewrite_t *cr, const consent_charset_t *charset,
    consent_str_t s)
{
    int          memory;
    size_t       n;
    consent_u8  *out;

    out = consent_rw_room(cr, CONSENT_ROOM_CHARSET, s.len * 3);

    if (out == NULL) {
        return s;
    }

    memory = 0;
    n = consent_charset_decode(charset, s.data, s.len, out, s.len * 3,
                               &memory);
    cr->failed |= (memory != 0);

    if (n) {
        s.data = out;
        s.len = n;
    }

    return s;
}


/* the value as the browser has it; in a buffer that the next call reuses */

consent_str_t
consent_rw_decode(consent_rewrite_t *cr, const consent_u8 *p, size_t len)
{
    size_t          size;
    consent_u8     *out;
    consent_str_t   v;

    v.data = p;
    v.len = len;

    if (cr->charset && cr->charset != consent_charset_utf8()
        && !consent_rw_ascii(v))
    {
        v = consent_rw_utf8(cr, cr->charset, v);
    }

    if (v.len == 0 || !consent_ref_needed(v.data, v.len)) {
        return v;
    }

    size = consent_ref_size(v.data, v.len);
    out = consent_rw_room(cr, CONSENT_ROOM_VALUE, size);

    if (out == NULL) {
        return v;
    }

    v.len = consent_ref_decode(v.data, v.len, out, size, NULL, NULL);
    v.data = out;

    return v;
}


static int
rw_swallow(void *arg, consent_span_e kind, const consent_u8 *data, size_t len)
{
    (void) arg;
    (void) kind;
    (void) data;
    (void) len;

    return CONSENT_OK;
}


/* reads as its document does and changes nothing; work memory alone */

static consent_rewrite_t *
rw_inner(consent_rewrite_t *cr, consent_markup_e markup)
{
    consent_rewrite_t       *in;
    consent_rewrite_conf_t  *conf;

    conf = consent_work_alloc(cr->work, sizeof(consent_rewrite_conf_t));

    if (conf == NULL) {
        return NULL;
    }

    *conf = *cr->conf;
    conf->markup = markup;
    conf->emit = rw_swallow;
    conf->found = NULL;
    conf->insert = NULL;
    conf->report = 1;
    conf->gate = 1;
    conf->document = 0;
    conf->frame = 0;
    conf->marker = 0;
    conf->hold_max = 65536;
    conf->charset.len = 0;
    conf->alloc.alloc = consent_work_alloc;
    conf->alloc.ctx = cr->work;
    conf->free = NULL;

    in = consent_rewrite_create(conf);

    if (in == NULL) {
        return NULL;
    }

    in->nest = cr->nest + 1;
    in->opaque = consent_rw_opaque(cr);

    if (cr->base_set && !in->opaque) {
        in->base = cr->base;
        in->base_set = 1;
        in->elsewhere = cr->elsewhere;
    }

    in->started = 1;
    in->charset = cr->charset ? consent_charset_utf8() : NULL;

    return in;
}


/*
 * A document within a document, in srcdoc or a data: URL: read as any other,
 * changing nothing.  Deeper than anyone nests, it is closed.
 */

int
consent_rw_judge_html(consent_rewrite_t *cr, consent_str_t html,
    consent_markup_e markup, consent_verdict_t *v)
{
    int                   hit;
    consent_rewrite_t    *in;
    consent_work_mark_t   mark;

    memset(v, 0, sizeof(consent_verdict_t));
    v->category = CONSENT_CATEGORY_NONE;
    cr->inner_runs = 0;

    if (memchr(html.data, '<', html.len) == NULL) {
        return 0;
    }

    if (cr->nest == CONSENT_NEST_MAX
        || (markup == CONSENT_MARKUP_XHTML
            && !consent_rw_prolog(html.data, html.len)))
    {
        v->category = CONSENT_MARKETING;
        v->source = CONSENT_SOURCE_LIMIT;
        return consent_rw_blocked(cr, v);
    }

    mark = consent_work_mark(cr->work);
    hit = CONSENT_ERROR;
    in = rw_inner(cr, markup);

    if (in && consent_rewrite_feed(in, html.data, html.len, CONSENT_LAST)
              == CONSENT_OK)
    {
        hit = in->hit;
        cr->inner_runs = in->runs;

        if (hit) {
            v->category = in->category;
            v->source = CONSENT_SOURCE_CATALOG;
        }
    }

    consent_work_release(cr->work, mark);

    return hit;
}


/* the length of the word that begins at i, of a list with blanks between */

size_t
consent_rw_word(consent_str_t v, size_t i)
{
    size_t  n;

    for (n = 0; i + n < v.len && !is_blank(v.data[i + n]); n++) { /* void */ }

    return n;
}


/*
 * The URL of <meta http-equiv=refresh>.
 * https://html.spec.whatwg.org/#shared-declarative-refresh-steps
 */

consent_str_t
consent_rw_refresh(consent_str_t v)
{
    size_t         i, n, digits;
    consent_u8     quote;
    consent_str_t  url;

    url.data = v.data;
    url.len = 0;
    n = v.len;

    for (i = 0; i < n && is_blank(v.data[i]); i++) { /* void */ }

    digits = i;

    while (i < n && (unsigned) (v.data[i] - '0') < 10) {
        i++;
    }

    if (i == digits && (i == n || v.data[i] != '.')) {
        return url;
    }

    while (i < n && ((unsigned) (v.data[i] - '0') < 10 || v.data[i] == '.')) {
        i++;
    }

    if (i == n || !(is_blank(v.data[i]) || v.data[i] == ';'
                    || v.data[i] == ','))
    {
        return url;
    }

    while (i < n && is_blank(v.data[i])) {
        i++;
    }

    if (i < n && (v.data[i] == ';' || v.data[i] == ',')) {
        i++;
    }

    while (i < n && is_blank(v.data[i])) {
        i++;
    }

    if (i + 3 <= n && consent_html_name_is(v.data + i, 3, "url")) {
        size_t  j;

        for (j = i + 3; j < n && is_blank(v.data[j]); j++) { /* void */ }

        if (j < n && v.data[j] == '=') {
            for (j++; j < n && is_blank(v.data[j]); j++) { /* void */ }

            i = j;
        }
    }

    quote = 0;

    if (i < n && (v.data[i] == '"' || v.data[i] == '\'')) {
        quote = v.data[i++];
    }

    url.data = v.data + i;
    url.len = n - i;

    if (quote) {
        const consent_u8  *q;

        q = memchr(url.data, quote, url.len);

        if (q) {
            url.len = (size_t) (q - url.data);
        }
    }

    return url;
}


/*
 * ` data-consent="blocked" data-category="NAME"`, made once a category; bare:
 * without the quotes, which a name does not need.
 */

consent_str_t *
consent_rw_mark_text(consent_rewrite_t *cr, int category, int bare)
{
    size_t                n;
    consent_u8           *p;
    consent_str_t        *s;
    const consent_str_t  *name;

    static const char    *text[] = {
        " data-consent=\"blocked\" data-category=\"",
        " data-consent=blocked data-category="
    };

    s = &cr->marks[category][bare];

    if (s->data) {
        return s;
    }

    name = &cr->conf->categories[category];
    n = strlen(text[bare]);
    p = cr->conf->alloc.alloc(cr->conf->alloc.ctx, n + name->len + 1);

    if (p == NULL) {
        return NULL;
    }

    memcpy(p, text[bare], n);
    memcpy(p + n, name->data, name->len);
    p[n + name->len] = '"';

    s->data = p;
    s->len = n + name->len + !bare;

    return s;
}


/* an attribute of another's value, first in the tag */

int
consent_rw_copy_attr(consent_rewrite_t *cr, consent_tag_t *tag,
    const char *name, const consent_html_attr_t *a, const char *otherwise)
{
    size_t       n, len;
    consent_u8  *p;
    consent_u8   quote;

    len = a ? a->value_len : strlen(otherwise);
    n = strlen(name);
    quote = (a && a->quote) ? a->quote : '"';

    p = consent_rw_room(cr, CONSENT_ROOM_TEXT, n + len + 2);

    if (p == NULL) {
        return CONSENT_ERROR;
    }

    if (a && !a->quote && memchr(tag->p + a->value, '"', len)) {
        quote = '\'';

        if (memchr(tag->p + a->value, '\'', len)) {
            return CONSENT_OK;
        }
    }

    memcpy(p, name, n);
    p[n] = quote;
    memcpy(p + n + 1, a ? (const char *) tag->p + a->value : otherwise, len);
    p[n + 1 + len] = quote;

    return consent_rw_edit_copy(cr, tag->name_end, CONSENT_ORDER_TYPE, p,
                                n + len + 2);
}
