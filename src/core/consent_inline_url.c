
/*
 * URLs in the strings of a script.  A tracker's address in a script says
 * nothing of itself: it stands in settings, in lists of links, in tests of
 * where the visitor came from.  What counts is where the string goes: to a
 * "src", into markup, to a function that loads.
 */

#include "consent_inline_url.h"
#include "consent_html_scan.h"


typedef enum {
    CONSENT_PLACE_DATA = 0,
    CONSENT_PLACE_GO,                /* where to: only an operator's rule */
    CONSENT_PLACE_MAYBE,
    CONSENT_PLACE_SET,               /* as MAYBE, given a name */
    CONSENT_PLACE_LOAD
} consent_inline_place_e;


static const struct {
    const char      *word;
    uint8_t          len;
    uint8_t          says;
} consent_inline_words[] = {
#define consent_word(w, s)  { w, sizeof(w) - 1, s }
    consent_word("src", CONSENT_SAYS_LOAD),
    consent_word("srcset", CONSENT_SAYS_LOAD),
    consent_word("getScript", CONSENT_SAYS_LOAD),
    consent_word("loadScript", CONSENT_SAYS_LOAD),
    consent_word("loadJS", CONSENT_SAYS_LOAD),
    consent_word("loadJs", CONSENT_SAYS_LOAD),
    consent_word("addScript", CONSENT_SAYS_LOAD),
    consent_word("insertScript", CONSENT_SAYS_LOAD),
    consent_word("injectScript", CONSENT_SAYS_LOAD),
    consent_word("importScripts", CONSENT_SAYS_LOAD),
    consent_word("import", CONSENT_SAYS_LOAD),
    consent_word("fetch", CONSENT_SAYS_LOAD),
    consent_word("sendBeacon", CONSENT_SAYS_LOAD),
    consent_word("Worker", CONSENT_SAYS_LOAD),
    consent_word("WebSocket", CONSENT_SAYS_LOAD),
    consent_word("EventSource", CONSENT_SAYS_LOAD),
    consent_word("scriptSrc", CONSENT_SAYS_LOAD),
    consent_word("scriptUrl", CONSENT_SAYS_LOAD),
    consent_word("href", CONSENT_SAYS_HREF),
    consent_word("location", CONSENT_SAYS_LOCATION),
    consent_word("indexOf", CONSENT_SAYS_TEXT),
    consent_word("includes", CONSENT_SAYS_TEXT),
    consent_word("startsWith", CONSENT_SAYS_TEXT),
    consent_word("endsWith", CONSENT_SAYS_TEXT),
    consent_word("search", CONSENT_SAYS_TEXT),
    consent_word("match", CONSENT_SAYS_TEXT),
    consent_word("test", CONSENT_SAYS_TEXT),
    consent_word("split", CONSENT_SAYS_TEXT),
    consent_word("assign", CONSENT_SAYS_GO),
    consent_word("replace", CONSENT_SAYS_GO),
    consent_word("log", CONSENT_SAYS_TEXT),
    consent_word("postMessage", CONSENT_SAYS_TEXT),
    consent_word("case", CONSENT_SAYS_TEXT),
#undef consent_word
};


consent_says_e
consent_inline_says(consent_str_t token)
{
    size_t  i;

    for (i = 0;
         i < sizeof(consent_inline_words) / sizeof(consent_inline_words[0]);
         i++)
    {
        if (consent_inline_words[i].len == token.len
            && memcmp(consent_inline_words[i].word, token.data, token.len)
               == 0)
        {
            return consent_inline_words[i].says;
        }
    }

    return CONSENT_SAYS_NOTHING;
}


int
consent_inline_loads_by(consent_str_t name)
{
    return consent_inline_says(name) == CONSENT_SAYS_LOAD;
}


void
consent_inline_ctx_init(consent_inline_ctx_t *ctx)
{
    size_t  i;

    memset(ctx, 0, sizeof(consent_inline_ctx_t));

    for (i = 0;
         i < sizeof(consent_inline_words) / sizeof(consent_inline_words[0]);
         i++)
    {
        ctx->says[consent_inline_words[i].len % CONSENT_INLINE_SAYS]
            |= 1u << (consent_inline_words[i].word[0] & 31);
    }
}


void
consent_inline_ctx_token(consent_inline_ctx_t *ctx, consent_js_e kind,
    consent_str_t token)
{
    uint32_t               d;
    consent_inline_prev_t  p;

    p.unused = 0;
    p.kind = (uint8_t) kind;
    p.c = (kind == CONSENT_JS_PUNCT) ? token.data[0] : 0;
    p.says = CONSENT_SAYS_NOTHING;

    if (kind != CONSENT_JS_PUNCT && token.len < CONSENT_INLINE_SAYS
        && token.len
        && (ctx->says[token.len] >> (token.data[0] & 31) & 1))
    {
        p.says = (uint8_t) consent_inline_says(token);
    }

    if (p.c == '(' || p.c == '[' || p.c == '{') {
        d = ctx->depth++;

        if (d < CONSENT_INLINE_DEPTH) {
            ctx->open[d] = p.c;
            ctx->callee[d] = (ctx->prev[0].kind == CONSENT_JS_WORD)
                             ? ctx->prev[0].says
                             : CONSENT_SAYS_NOTHING;
        }

    } else if ((p.c == ')' || p.c == ']' || p.c == '}') && ctx->depth) {
        ctx->depth--;
    }

    for (d = CONSENT_INLINE_PREV - 1; d; d--) {
        ctx->prev[d] = ctx->prev[d - 1];
    }

    ctx->prev[0] = p;
}


/* where a string goes that follows what came before */

static consent_inline_place_e
consent_inline_place(const consent_inline_ctx_t *ctx)
{
    uint32_t                      n, d;
    consent_u8                    top;
    consent_says_e                callee;
    const consent_inline_prev_t  *p;

    p = ctx->prev;
    d = ctx->depth;
    top = 0;
    callee = CONSENT_SAYS_NOTHING;

    if (d && d <= CONSENT_INLINE_DEPTH) {
        top = ctx->open[d - 1];
        callee = (top == '(') ? ctx->callee[d - 1] : CONSENT_SAYS_NOTHING;
    }

    if (callee == CONSENT_SAYS_TEXT || p[0].says == CONSENT_SAYS_TEXT) {
        return CONSENT_PLACE_DATA;
    }

    if (callee == CONSENT_SAYS_GO) {
        return CONSENT_PLACE_GO;
    }

    switch (p[0].c) {

    case '=':
        if (p[1].c == '=' || p[1].c == '!' || p[1].c == '<'
            || p[1].c == '>')
        {
            return CONSENT_PLACE_DATA;
        }

        n = (p[1].c == '+') ? 2 : 1;

        switch (p[n].says) {

        case CONSENT_SAYS_LOAD:
            return CONSENT_PLACE_LOAD;

        case CONSENT_SAYS_LOCATION:
            return CONSENT_PLACE_GO;

        case CONSENT_SAYS_HREF:
            return p[n + 2].says == CONSENT_SAYS_LOCATION
                   ? CONSENT_PLACE_GO : CONSENT_PLACE_MAYBE;

        default:
            return CONSENT_PLACE_SET;
        }

    case ':':

        /* a property, or the rest of "a ? b : c" */

        if (top == '{' && (p[2].c == '{' || p[2].c == ',')) {
            return (p[1].says == CONSENT_SAYS_LOAD)
                   ? CONSENT_PLACE_MAYBE : CONSENT_PLACE_DATA;
        }

        return CONSENT_PLACE_SET;

    case ',':
        if (top == '(' && p[1].kind == CONSENT_JS_STRING
            && p[1].says == CONSENT_SAYS_LOAD)
        {
            return CONSENT_PLACE_LOAD;
        }

        /* fall through */

    case '(':
        if (top == '[') {
            return CONSENT_PLACE_DATA;
        }

        return (callee == CONSENT_SAYS_LOAD) ? CONSENT_PLACE_LOAD
                                             : CONSENT_PLACE_MAYBE;

    case '[':

        /* src = ["//host/", ...].join() */

        return (p[1].c == '=' && p[2].says == CONSENT_SAYS_LOAD)
               ? CONSENT_PLACE_LOAD : CONSENT_PLACE_DATA;

    case '?':
        return CONSENT_PLACE_SET;

    case '+':
    case '|':
    case '&':
        return (callee == CONSENT_SAYS_LOAD) ? CONSENT_PLACE_LOAD
                                             : CONSENT_PLACE_MAYBE;

    default:
        return (p[0].kind == CONSENT_JS_WORD) ? CONSENT_PLACE_MAYBE
                                              : CONSENT_PLACE_DATA;
    }
}


static int
consent_inline_host(consent_u8 c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}


/* blanks, quotes, "<", ">", ")", "\\" and what is not ASCII */

static const uint32_t  consent_inline_ends[8] = {
    0xffffffff, 0x50000285, 0x10000000, 0x80000001,
    0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff
};


static size_t
consent_inline_end(consent_str_t s, size_t i)
{
    consent_u8  c;

    for ( /* void */ ; i < s.len; i++) {
        c = s.data[i];

        if (consent_inline_ends[c >> 5] >> (c & 31) & 1) {
            break;
        }
    }

    return i;
}


static void
consent_inline_say(consent_verdict_t *to, const consent_verdict_t *v)
{
    if (v->category > to->category) {
        to->category = v->category;
        to->source = v->source;
        to->rule = v->rule;
    }

    to->stubs |= v->stubs;
}


/*
 * A player or a map in a script is mostly put into the page when the visitor
 * asks for it; where it is not, what stops it is its frame, not the script of
 * the page that also does other things.
 */

static int
consent_inline_player(const consent_url_t *url, const consent_verdict_t *v)
{
    consent_class_e  cls;

    if (v->category != CONSENT_FUNCTIONAL) {
        return 0;
    }

    cls = consent_catalog_host(url->host, NULL);

    return cls != CONSENT_CLASS_CUSTOMER_SUCCESS;
}


/* is it sure that no list names the URL, loaded as anything but a script? */

static int
consent_inline_quiet(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *url, const consent_url_t *page,
    const consent_verdict_t *v)
{
    if (rules->nlists == 0 || v->source == CONSENT_SOURCE_ALLOW
        || url->host.len == 0 || url->scheme < CONSENT_SCHEME_HTTP
        || url->scheme > CONSENT_SCHEME_WSS)
    {
        return 1;
    }

    return consent_list_quiet(rules, m, url, page,
                              1u << CONSENT_TYPE_IMAGE
                              | 1u << CONSENT_TYPE_XHR,
                              page == NULL
                              || !consent_url_same_site(url->host,
                                                        page->host));
}


/*
 * What an operator blocks by name is blocked in scripts, too, wherever the
 * script may load it or go there.  What an operator allows is not held
 * against a script.
 */

static int
consent_inline_judge(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *page, consent_str_t s, int bare,
    consent_inline_place_e place, consent_inline_found_t *found)
{
    size_t                        n, i;
    consent_u8                    in[1024];
    consent_url_t                 url;
    consent_verdict_t             v;
    static const consent_type_e   types[] = {
        CONSENT_TYPE_SCRIPT, CONSENT_TYPE_IMAGE, CONSENT_TYPE_XHR
    };

    n = 0;

    if (bare) {
        in[n++] = '/';
        in[n++] = '/';
    }

    if (s.len > sizeof(in) - 2) {
        s.len = sizeof(in) - 2;
    }

    memcpy(in + n, s.data, s.len);

    found->relative |= !bare && consent_url_by_path(s);

    if (consent_url_parse(&url, page, in, n + s.len, m->url, sizeof(m->url))
        != CONSENT_OK)
    {
        return 0;
    }

    for (i = 0; i < (rules->nlists ? 3 : 1); i++) {
        consent_rules_url(rules, m, &url, page, types[i], &v);

        if (v.source == CONSENT_SOURCE_BLOCK
            || v.source == CONSENT_SOURCE_LIMIT)
        {
            consent_inline_say(&found->sure, &v);
            return 1;
        }

        if (place == CONSENT_PLACE_GO
            || (place == CONSENT_PLACE_MAYBE && url.path.len <= 1))
        {
            return 0;
        }

        if (v.category != CONSENT_CATEGORY_NONE
            && (v.source == CONSENT_SOURCE_CATALOG
                || v.source == CONSENT_SOURCE_LIST)
            && !consent_inline_player(&url, &v))
        {
            if (v.source == CONSENT_SOURCE_CATALOG
                && consent_catalog_host(url.host, NULL)
                   == CONSENT_CLASS_SOCIAL)
            {
                consent_inline_say(&found->social, &v);

            } else {
                consent_inline_say(place == CONSENT_PLACE_LOAD
                                   ? &found->sure : &found->maybe, &v);
            }

            return 1;
        }

        /* what else a script may load it as is asked of lists alone */

        if (i == 0 && consent_inline_quiet(rules, m, &url, page, &v)) {
            break;
        }
    }

    if (place == CONSENT_PLACE_LOAD) {
        found->harmless = 1;
    }

    return 0;
}


/* an URL that begins in the middle of a string: in markup or in text?  k is
 * behind the last "<" before it; 0: there is none */

static consent_inline_place_e
consent_inline_markup(consent_str_t s, size_t i, size_t k)
{
    while (i && (s.data[i - 1] == '"' || s.data[i - 1] == '\''
                 || s.data[i - 1] == '\\' || s.data[i - 1] == ' '))
    {
        i--;
    }

    if (k == 0 || ((s.data[k] | 0x20) == 'a' && s.data[k + 1] <= ' ')) {
        return CONSENT_PLACE_DATA;
    }

    if (i >= 5 && memcmp(s.data + i - 5, "href=", 5) == 0
        && i - k >= 5 && memcmp(s.data + k, "link", 4) == 0)
    {
        return CONSENT_PLACE_MAYBE;
    }

    return CONSENT_PLACE_GO;
}


/* "src=" in markup: what follows is an URL of whatever form */

static size_t
consent_inline_src(consent_str_t s, size_t i, consent_str_t *url)
{
    size_t  end;

    if (s.len - i < 6 || (s.data[i] | 0x20) != 's'
        || (s.data[i + 1] | 0x20) != 'r' || (s.data[i + 2] | 0x20) != 'c'
        || s.data[i + 3] != '=')
    {
        return 0;
    }

    i += 4;

    while (i < s.len && (s.data[i] == '"' || s.data[i] == '\''
                         || s.data[i] == '\\'))
    {
        i++;
    }

    end = consent_inline_end(s, i);

    url->data = s.data + i;
    url->len = end - i;

    return (url->len > 3) ? end : 0;
}


void
consent_inline_urls(const consent_inline_ctx_t *ctx,
    const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *page, consent_str_t text,
    consent_inline_found_t *found)
{
    int                     dots;
    size_t                  i, k, start, end, open, looked;
    consent_str_t           s;
    consent_inline_place_e  place, here;

    /* an address has a "/" or a ".", markup that loads one a "=" */

    if (text.len < 4
        || (consent_scan_either(text.data, text.data + text.len, '/', '.')
                == text.data + text.len
            && memchr(text.data, '=', text.len) == NULL))
    {
        return;
    }

    place = consent_inline_place(ctx);
    open = 0;
    looked = 0;

    for (i = 0; i + 3 < text.len; i = end) {

        /* only at a "//" or before a "=" is anything to be seen */

        k = i;
        i = (size_t) (consent_scan_either(text.data + k, text.data + text.len,
                                          '/', '=') - text.data);

        if (i < text.len && text.data[i] == '=') {
            end = (i - k >= 3) ? consent_inline_src(text, i - 3, &s) : 0;

            if (end) {
                (void) consent_inline_judge(rules, m, page, s, 0,
                                            CONSENT_PLACE_SET, found);
            } else {
                end = i + 1;
            }

            continue;
        }

        if (i + 3 >= text.len) {
            break;
        }

        end = i + 1;

        if (text.data[i] != '/' || text.data[i + 1] != '/'
            || !consent_inline_host(text.data[i + 2]))
        {
            continue;
        }

        start = i;

        if (i >= 6 && memcmp(text.data + i - 6, "https:", 6) == 0) {
            start = i - 6;

        } else if (i >= 5 && memcmp(text.data + i - 5, "http:", 5) == 0) {
            start = i - 5;

        } else if (i >= 4 && memcmp(text.data + i - 4, "wss:", 4) == 0) {
            start = i - 4;

        } else if (i >= 3 && memcmp(text.data + i - 3, "ws:", 3) == 0) {
            start = i - 3;

        } else if (i && (consent_inline_host(text.data[i - 1])
                         || text.data[i - 1] == '/'))
        {
            continue;
        }

        end = consent_inline_end(text, i);
        s.data = text.data + start;
        s.len = end - start;

        /* what is before was looked at with the address before */

        for (k = start; k > looked && text.data[k - 1] != '<'; k--) {
            /* void */
        }

        open = (k > looked) ? k : open;
        looked = start;

        here = (start == 0) ? place : consent_inline_markup(text, start, open);

        if (here != CONSENT_PLACE_DATA) {
            (void) consent_inline_judge(rules, m, page, s, 0, here,
                                        found);
        }
    }

    if (place == CONSENT_PLACE_DATA || text.data[0] == '<') {
        return;
    }

    /* the rest of an address: "google-analytics.com/ga.js", "://host/..." */

    k = 0;

    while (k < text.len && (text.data[k] == '.' || text.data[k] == ':'
                            || text.data[k] == '/'))
    {
        k++;
    }

    for (i = k, dots = 0; i < text.len && consent_inline_host(text.data[i]);
         i++)
    {
        dots += (text.data[i] == '.');
    }

    s.data = text.data + k;
    s.len = consent_inline_end(text, k) - k;

    if (dots && k < i && text.data[i - 1] != '.'
        && (i == text.len ? (place >= CONSENT_PLACE_SET || text.data[0] == '.')
                          : text.data[i] == '/')
        && (k == 0 || text.data[0] == '.' || text.data[0] == ':'))
    {
        (void) consent_inline_judge(rules, m, page, s, 1, place,
                                    found);
    }

    /* a path of this site, loaded */

    if (place >= CONSENT_PLACE_MAYBE && text.data[0] == '/'
        && text.data[1] != '/')
    {
        s.data = text.data;
        s.len = consent_inline_end(text, 0);

        (void) consent_inline_judge(rules, m, page, s, 0, place,
                                    found);
    }
}
