
/*
 * Attributes: tags made of elements and attributes that load, with values of
 * any bytes.  What leaves has no attribute more to block, gives the page back
 * without our edits, and has as many tags where there is one reading of it.
 * (Scripts are left out of the first: where one reader sees tags another may
 * see a script, which reads differently with our edits in it.)
 */

#include "fuzz.h"
#include "consent_html_tree.h"

static const char  *elements[] = {
    "script", "img", "iframe", "link", "source", "video", "object", "embed",
    "meta", "base", "body", "input", "form", "a", "div", "style", "image",
    "frame", "svg><image", "svg><use", "svg><script", "svg><set", "audio",
    "track", "button", "table", "template", "noscript", "select", "math"
};

/* those whose content may be text to one reader and tags to another */

static const uint8_t  raw[sizeof(elements) / sizeof(elements[0])] = {
    [0] = 1, [2] = 1, [15] = 1, [20] = 1, [27] = 1
};

static const char  *names[] = {
    "src", "href", "xlink:href", "srcset", "srcdoc", "data", "poster",
    "style", "onload", "onerror", "content", "http-equiv", "rel", "type",
    "background", "ping", "action", "formaction", "imagesrcset", "as", "fill",
    "to", "data-consent", "data-category", "data-src", "language", "x"
};

static const char  *values[] = {
    "https://tracker.test/x", "//tracker.test/", "&#x2f;/tracker.test",
    "javascript:TRACK", "data:text/html,<img src=//tracker.test>",
    "data:text/css,@import '//tracker.test'", "0;url=//tracker.test/",
    "background:url(//tracker.test/a)", "<img src=//tracker.test>", "refresh",
    "stylesheet", "module", "text/javascript", "text/plain", "image",
    "a 1x, //tracker.test/b 2x", "new Image().src='//tracker.test/c'",
    "ignore", "marketing", ""
};

#define N(a)  (sizeof(a) / sizeof((a)[0]))


static size_t
put(consent_u8 *out, size_t n, const void *p, size_t len)
{
    if (len > 60000 - n) {
        return n;
    }

    memcpy(out + n, p, len);

    return n + len;
}


/* start tags and their attributes: how many of each */

static void
count(const consent_u8 *p, size_t len, size_t *tags)
{
    const consent_u8          *end;
    consent_html_event_e       ev;
    consent_html_tokenizer_t   tok;

    consent_html_init(&tok);
    tok.limit = 1 << 20;
    *tags = 0;
    end = p + len;

    while ((ev = consent_html_next(&tok, &p, end)) != CONSENT_HTML_NONE) {
        *tags += (ev == CONSENT_HTML_TAG);

        if (ev == CONSENT_HTML_CDATA) {
            consent_html_cdata(&tok, 0);
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                  i, n, len, tags, after, most, has;
    uint8_t                 c, v, readings;
    consent_rewrite_conf_t  conf;
    consent_u8              cut[1];
    static fuzz_page_t      whole, parts;
    static consent_u8       page[65536];

    static const char          quotes[] = "\"' \"";
    static const consent_str_t endpoint = consent_string("/_consent/");

    if (whole.out == NULL) {
        fuzz_page_init(&whole);
        fuzz_page_init(&parts);
    }

    n = 0;
    has = 0;
    most = 0;
    readings = 0;

    for (i = 1; i + 1 < size && n < 50000; /* void */ ) {
        c = data[i++];

        if (c >= 0xf0) {
            n = put(page, n, ">", 1);
            continue;
        }

        if (c >= 0xe0) {
            n = put(page, n, "</", 2);
            n = put(page, n, elements[c % N(elements)],
                    strcspn(elements[c % N(elements)], ">"));
            n = put(page, n, ">", 1);
            continue;
        }

        if (c >= 0xc0) {
            has = 0;
            readings |= raw[(c - 0xc0) % N(elements)];
            n = put(page, n, "><", 2);
            n = put(page, n, elements[(c - 0xc0) % N(elements)],
                    strlen(elements[(c - 0xc0) % N(elements)]));
            continue;
        }

        v = data[i++];
        has++;
        most = (has > most) ? has : most;

        n = put(page, n, " ", 1);
        n = put(page, n, names[c % N(names)], strlen(names[c % N(names)]));

        if (v == 0xff) {
            continue;
        }

        n = put(page, n, "=", 1);
        n = put(page, n, quotes + (c >> 6), quotes[c >> 6] != ' ');

        if (v < 0x80) {
            n = put(page, n, values[v % N(values)],
                    strlen(values[v % N(values)]));

        } else {
            len = (v & 0x1f) < size - i ? (v & 0x1f) : size - i;
            n = put(page, n, data + i, len);
            i += len;
        }

        n = put(page, n, quotes + (c >> 6), quotes[c >> 6] != ' ');
    }

    n = put(page, n, ">", 1);

    fuzz_conf(&conf);
    fuzz_reset();
    conf.charset.data = (const consent_u8 *) "utf-8";
    conf.charset.len = 5;
    conf.hold_max = 1 << 17;
    conf.inline_max = 1 << 17;
    conf.endpoint = endpoint;

    fuzz_page(&whole, &conf, page, n, NULL, 0);

    fuzz_check("without our edits it is the page",
               whole.nback == n && memcmp(whole.back, page, n) == 0);

    /* in what nests deeper than is remembered a <b></b> may be put */

    count(page, n, &tags);

    if (!readings && tags <= CONSENT_TREE_DEPTH_MAX / 2) {
        count(whole.out, whole.n, &after);
        fuzz_check("no edit begins or ends a tag", tags == after);
    }

    /* one or the other, as the first byte says: twice as many are tried */

    if (size && (data[0] & 1)) {
        cut[0] = (data[0] & 2) ? 1 : 1 + (data[0] >> 2);
        parts.full = cut[0] % 3;
        fuzz_page(&parts, &conf, page, n, cut, 1);
        parts.full = 0;
        fuzz_check("in any pieces, the same leaves",
                   whole.n == parts.n
                   && memcmp(whole.out, parts.out, whole.n) == 0);

    } else if (most + 8 < CONSENT_HTML_ATTRS) {

        /* a tag of more is read in parts, which fall elsewhere then */

        fuzz_page(&parts, &conf, whole.out, whole.n, NULL, 0);
        fuzz_check("nothing that loads is left", parts.loads == 0);
    }

    return 0;
}
