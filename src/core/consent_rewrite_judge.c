
/*
 * An attribute's value judged: an URL against each base it may have, a script
 * in a javascript: URL, what is in a data: URL, an import map.
 */

#include "consent_rewrite_int.h"
#include "consent_inline_lex.h"
#include "consent_memo.h"


static int rw_judge_by(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_str_t value, consent_type_e type,
    consent_verdict_t *v, const consent_url_t *base);
static int rw_judged(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_type_e type, consent_verdict_t *v,
    const consent_url_t *url);
static int rw_judge_script(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_str_t value, consent_type_e type,
    consent_verdict_t *v);
static int rw_judge_data(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_str_t value,
    const consent_url_t *url, consent_type_e type, consent_verdict_t *v);
static int rw_judge_host(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_str_t value, consent_type_e type,
    consent_verdict_t *v, const consent_url_t *base);
static size_t rw_base64(consent_u8 *out, const consent_u8 *p, size_t len);


/*
 * 1: to be blocked, 0: not, CONSENT_ERROR.  By each base that some reader may
 * have; and by the page's own where that gives no URL, since another reader
 * may not have seen it, and since Chromium takes url() in a style sheet of a
 * data: URL so.
 */

int
consent_rw_judge_url(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_str_t value, consent_type_e type,
    consent_verdict_t *v)
{
    int                   blocked, again;
    consent_verdict_t     other;
    const consent_url_t  *url, *base;

    memset(v, 0, sizeof(consent_verdict_t));
    v->category = CONSENT_CATEGORY_NONE;
    cr->judged.len = 0;

    cr->keep = 0;

    if (!cr->base_set && !cr->nojs_set && !consent_rw_opaque(cr)) {
        url = consent_match_address(cr->conf->match, cr->conf->rules,
                                    cr->conf->page, value, type, v, &again);

        if (url) {
            return rw_judged(cr, tag, a, type, v, url);
        }

        cr->keep = (again != 0);
    }

    base = consent_rw_base_url(cr);
    blocked = rw_judge_by(cr, tag, a, value, type, v, base);

    if (blocked == CONSENT_DECLINED && base != cr->conf->page) {
        blocked = rw_judge_by(cr, tag, a, value, type, v, cr->conf->page);
    }

    if (blocked == CONSENT_DECLINED) {
        blocked = 0;
    }

    if (blocked == 0 && cr->nojs_set) {
        other = *v;
        blocked = rw_judge_by(cr, tag, a, value, type, &other, &cr->nojs);

        if (blocked > 0) {
            *v = other;

        } else if (blocked == CONSENT_DECLINED) {
            blocked = 0;
        }
    }

    return blocked;
}


static int
rw_judge_by(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_str_t value, consent_type_e type,
    consent_verdict_t *v, const consent_url_t *base)
{
    int            blocked, keep;
    uint64_t       limits;
    consent_url_t  url;

    keep = cr->keep;
    cr->keep = 0;

    if (consent_url_parse(&url, base, value.data, value.len, cr->url_buf,
                          CONSENT_URL_MAX)
        != CONSENT_OK)
    {
        return CONSENT_DECLINED;
    }

    switch (url.scheme) {

    case CONSENT_SCHEME_JAVASCRIPT:

        /* run where a frame is made of it; a link or form waits for a click */

        return (type == CONSENT_TYPE_SUBDOCUMENT
                || type == CONSENT_TYPE_OBJECT)
               ? rw_judge_script(cr, tag, a, value, type, v) : 0;

    case CONSENT_SCHEME_DATA:

        if (cr->data == CONSENT_DATA_MAX) {

            /* deeper than anyone nests */

            return consent_rw_limit(cr, tag, a, type, v);
        }

        cr->data++;
        blocked = rw_judge_data(cr, tag, a, value, &url, type, v);
        cr->data--;

        return blocked;

    default:
        break;
    }

    limits = keep ? consent_match_limits(cr->conf->match) : 0;

    consent_rules_url(cr->conf->rules, cr->conf->match, &url, cr->conf->page,
                      type, v);

    blocked = rw_judged(cr, tag, a, type, v, &url);

    if (blocked == 0 && url.host.len && memchr(url.host.data, '%',
                                               url.host.len))
    {
        return rw_judge_host(cr, tag, a, value, type, v, base);
    }

    if (keep && consent_match_limits(cr->conf->match) == limits) {
        consent_match_keep(cr->conf->match, cr->conf->rules, cr->conf->page,
                           value, type, v, &url);
    }

    return blocked;
}


static int
rw_judged(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_type_e type, consent_verdict_t *v,
    const consent_url_t *url)
{
    int  blocked;

    blocked = consent_rw_blocked(cr, v);
    cr->judged = url->href;

    if (blocked || (url->host.len
                    && v->source != CONSENT_SOURCE_FIRST_PARTY))
    {
        consent_rw_found(cr, tag, a, type, v, url, blocked);
    }

    return blocked;
}


/*
 * A host of bytes that are no UTF-8.  In the page's charset, or in one that
 * browsers guess, it may be another one: full-width letters and the like are
 * ASCII to IDNA.
 */

static int
rw_judge_host(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_str_t value, consent_type_e type,
    consent_verdict_t *v, const consent_url_t *base)
{
    int                       blocked;
    unsigned                  i;
    consent_str_t             text;
    consent_url_t             url;
    consent_verdict_t         other;
    const consent_charset_t  *charset;

    if (cr->charset == consent_charset_utf8() || consent_rw_ascii(value)) {
        return 0;
    }

    value.len = (value.len < CONSENT_URL_MAX) ? value.len : CONSENT_URL_MAX;

    for (i = 0; (charset = consent_charset_guess(i)) != NULL; i++) {

        if (cr->charset) {
            charset = cr->charset;
        }

        text = consent_rw_utf8(cr, charset, value);

        if (consent_url_parse(&url, base, text.data, text.len, cr->url_buf,
                              CONSENT_URL_MAX)
            == CONSENT_OK)
        {
            consent_rules_url(cr->conf->rules, cr->conf->match, &url,
                              cr->conf->page, type, &other);
            blocked = consent_rw_blocked(cr, &other);

            if (blocked) {
                *v = other;
                cr->judged = url.href;
                consent_rw_found(cr, tag, a, type, v, &url, blocked);
                return blocked;
            }
        }

        if (cr->charset) {
            break;
        }
    }

    return 0;
}


/* the URL as written: normalising may have cut it */

static int
rw_judge_script(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_str_t value, consent_type_e type,
    consent_verdict_t *v)
{
    int             blocked;
    consent_u8     *p;
    consent_str_t   text;

    cr->runs = 1;
    text = value;

    if (memchr(value.data, '%', value.len)) {
        p = consent_rw_room(cr, CONSENT_ROOM_TEXT, value.len);

        if (p == NULL) {
            return CONSENT_ERROR;
        }

        text.data = p;
        text.len = consent_rw_unpercent(p, value.data, value.len);
    }

    blocked = consent_rw_judge_text(cr, tag, a, text, v);

    if (blocked == 0) {

        /* a string it gives is a document */

        blocked = consent_rw_judge_html(cr, text, CONSENT_MARKUP_HTML, v);

        if (blocked > 0) {
            consent_rw_found(cr, tag, a, type, v, NULL, 1);

        } else if (blocked == 0
                   && ((cr->inner_runs && cr->conf->guard)
                       || !consent_rw_plain(text)))
        {
            return consent_rw_limit(cr, tag, a, type, v);
        }
    }

    return blocked;
}


/* what is behind "data:" in a URL as written, without what is stripped */

static size_t
rw_data_written(consent_u8 *out, consent_str_t value)
{
    size_t             n;
    const consent_u8  *p, *end;

    n = 0;
    end = value.data + value.len;
    p = memchr(value.data, ':', value.len);

    for (p = p ? p + 1 : end; p < end && *p != '#'; p++) {
        if (*p != '\t' && *p != '\n' && *p != '\r') {
            out[n++] = *p;
        }
    }

    return n;
}


/* can a document of this type load something? */

static int
rw_data_loads(const consent_u8 *d, size_t len)
{
    return !((len >= 6 && consent_html_name_is(d, 6, "image/")
              && !(len >= 9 && consent_html_name_is(d, 9, "image/svg")))
             || (len >= 6 && (consent_html_name_is(d, 6, "video/")
                              || consent_html_name_is(d, 6, "audio/"))));
}


/* text/xml, application/xml, what ends in "+xml", and text/xsl, which is XML to
 * Chromium */

static consent_markup_e
rw_data_markup(const consent_u8 *d, size_t len)
{
    size_t  i;

    for (i = 0; i < len && d[i] != ';'; i++) { /* void */ }

    return (i >= 4 && (d[i - 4] == '/' || d[i - 4] == '+')
            && (consent_html_name_is(d + i - 3, 3, "xml")
                || consent_html_name_is(d + i - 3, 3, "xsl")))
           ? CONSENT_MARKUP_XHTML : CONSENT_MARKUP_HTML;
}


/*
 * Text of a charset in which ASCII may be something else: UTF-16, whether it is
 * named or has a byte order mark, ISO-2022-JP, or one named with bytes in it
 * that a "\\" may belong to.
 */

static int
rw_data_unread(const consent_u8 *d, size_t len, consent_str_t text)
{
    size_t  i, n;

    if (memchr(text.data, '\0', text.len) || memchr(text.data, 0x1b, text.len))
    {
        return 1;
    }

    for (i = 0; i + 8 < len; i++) {

        if (!consent_html_name_is(d + i, 8, "charset=")) {
            continue;
        }

        i += 8;

        for (n = 0; i + n < len && d[i + n] != ';'; n++) { /* void */ }

        return !consent_rw_ascii(text)
               && !consent_html_name_is(d + i, n, "utf-8");
    }

    return 0;
}


/* data:[type][;base64],text; images and the like load nothing */

static int
rw_judge_data(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_str_t value,
    const consent_url_t *url, consent_type_e type, consent_verdict_t *v)
{
    int                blocked, base64;
    size_t             i, j, n;
    consent_u8        *p;
    consent_str_t      text;
    const consent_u8  *d;
    consent_markup_e   markup;

    if (type == CONSENT_TYPE_IMAGE || type == CONSENT_TYPE_MEDIA
        || type == CONSENT_TYPE_FONT || type == CONSENT_TYPE_CONNECT
        || type == CONSENT_TYPE_PING)
    {
        return 0;
    }

    n = url->truncated ? value.len : url->href.len;
    p = consent_rw_room(cr, CONSENT_ROOM_DATA + cr->data - 1u, n);

    if (p == NULL) {
        return CONSENT_ERROR;
    }

    if (url->truncated) {
        n = rw_data_written(p, value);
        d = p;

    } else {
        d = url->href.data + 5;
        n -= 5;
    }

    for (i = 0; i < n && d[i] != ','; i++) { /* void */ }

    if (i == n || (type != CONSENT_TYPE_SCRIPT
                   && type != CONSENT_TYPE_STYLESHEET
                   && !rw_data_loads(d, i)))
    {
        return 0;
    }

    for (j = i; j > 0 && d[j - 1] == ' '; j--) { /* void */ }

    base64 = (j >= 6 && consent_html_name_is(d + j - 6, 6, "base64"));

    text.data = p;
    text.len = consent_rw_unpercent(p, d + i + 1, n - i - 1);

    if (base64) {
        text.len = rw_base64(p, p, text.len);
    }

    markup = rw_data_markup(d, i);

    if ((type == CONSENT_TYPE_SCRIPT || type == CONSENT_TYPE_STYLESHEET
         || markup == CONSENT_MARKUP_XHTML
         || (i >= 5 && consent_html_name_is(d, 5, "text/")))
        && rw_data_unread(d, i, text))
    {
        return consent_rw_limit(cr, tag, a, type, v);
    }

    switch (type) {

    case CONSENT_TYPE_SCRIPT:
        return consent_rw_judge_text(cr, tag, a, text, v);

    case CONSENT_TYPE_STYLESHEET:
        return consent_rw_css_judge(cr, tag, a, text, v);

    default:
        blocked = consent_rw_judge_html(cr, text, markup, v);

        /* a document of an origin of its own: nobody watches its scripts */

        if (blocked == 0 && cr->inner_runs && cr->conf->guard
            && (type == CONSENT_TYPE_SUBDOCUMENT
                || type == CONSENT_TYPE_OBJECT))
        {
            return consent_rw_limit(cr, tag, a, type, v);
        }
    }

    if (blocked > 0) {
        consent_rw_found(cr, tag, a, type, v, NULL, 1);
    }

    return blocked;
}


size_t
consent_rw_unpercent(consent_u8 *out, const consent_u8 *p, size_t len)
{
    size_t  i, n;

    n = 0;

    for (i = 0; i < len; i++) {

        if (p[i] == '%' && i + 2 < len && consent_hex(p[i + 1]) >= 0
            && consent_hex(p[i + 2]) >= 0)
        {
            out[n++] = (consent_u8) (consent_hex(p[i + 1]) << 4
                                     | consent_hex(p[i + 2]));
            i += 2;
            continue;
        }

        out[n++] = p[i];
    }

    return n;
}


static size_t
rw_base64(consent_u8 *out, const consent_u8 *p, size_t len)
{
    int         c;
    size_t      i, n;
    uint32_t    bits;
    unsigned    have;

    n = 0;
    bits = 0;
    have = 0;

    for (i = 0; i < len; i++) {
        c = p[i];

        if ((unsigned) (c - 'A') < 26) {
            c -= 'A';

        } else if ((unsigned) (c - 'a') < 26) {
            c = c - 'a' + 26;

        } else if ((unsigned) (c - '0') < 10) {
            c = c - '0' + 52;

        } else if (c == '+') {
            c = 62;

        } else if (c == '/') {
            c = 63;

        } else {
            continue;
        }

        bits = bits << 6 | (uint32_t) c;
        have += 6;

        if (have >= 8) {
            have -= 8;
            out[n++] = (consent_u8) (bits >> have);
        }
    }

    return n;
}


int
consent_rw_judge_text(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_str_t text, consent_verdict_t *v)
{
    int  blocked;

    consent_rules_inline(cr->conf->rules, cr->conf->match, cr->conf->page,
                         text.data, text.len, v);

    blocked = consent_rw_blocked(cr, v);

    if (blocked) {
        consent_rw_found(cr, tag, a, CONSENT_TYPE_SCRIPT, v, NULL, 1);
    }

    return blocked;
}


/* the strings of an import map or of speculation rules: URLs, in JSON */

/*
 * Speculation rules may be of the links that a page has, wherever they lead to,
 * if no pattern says which of them.
 * https://html.spec.whatwg.org/multipage/speculative-loading.html
 */

typedef struct {
    unsigned  depth;                     /* of "{" */
    unsigned  but;                       /* depth of what "not" is given */
    unsigned  links:1;
    unsigned  some:1;                    /* of these only some */
} rw_spec_t;


static void
rw_spec(rw_spec_t *spec, consent_js_e kind, consent_str_t token)
{
    if (kind == CONSENT_JS_PUNCT && token.data[0] == '{') {
        spec->depth++;

    } else if (kind == CONSENT_JS_PUNCT && token.data[0] == '}') {
        spec->but = (spec->but == spec->depth) ? 0 : spec->but;
        spec->depth -= (spec->depth > 0);

    } else if (kind != CONSENT_JS_STRING) {
        return;

    } else if (consent_html_name_is(token.data, token.len, "not")) {
        spec->but = spec->but ? spec->but : spec->depth + 1;

    } else if (consent_html_name_is(token.data, token.len, "where")
               || consent_html_name_is(token.data, token.len, "document"))
    {
        spec->links = 1;

    } else if (consent_html_name_is(token.data, token.len, "href_matches")) {
        spec->some |= (spec->but == 0);
    }
}


int
consent_rw_judge_map(consent_rewrite_t *cr, consent_tag_t *tag,
    consent_str_t text, consent_verdict_t *v)
{
    int            blocked;
    rw_spec_t      spec;
    consent_js_t   js;
    consent_js_e   kind;
    consent_u8    *buf;

    /* what an operator says of inline text holds for this, too */

    blocked = consent_rw_judge_text(cr, tag, NULL, text, v);
    buf = consent_rw_room(cr, CONSENT_ROOM_TEXT, CONSENT_URL_MAX);

    if (buf == NULL) {
        return CONSENT_ERROR;
    }

    memset(&spec, 0, sizeof(rw_spec_t));
    consent_js_init(&js, text.data, text.len);

    while (blocked == 0 && (kind = consent_js_next(&js)) != CONSENT_JS_END) {

        rw_spec(&spec, kind, js.token);

        if (kind == CONSENT_JS_STRING && js.token.len) {
            blocked = consent_rw_judge_url(cr, tag, NULL,
                                           consent_js_text(&js, buf,
                                                           CONSENT_URL_MAX),
                                           CONSENT_TYPE_SCRIPT, v);
        }
    }

    if (blocked == 0 && spec.links && !spec.some) {
        return consent_rw_limit(cr, tag, NULL, CONSENT_TYPE_DOCUMENT, v);
    }

    return blocked;
}
