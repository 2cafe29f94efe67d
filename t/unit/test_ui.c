
/*
 * What visitors see: that every part is what it promises in every language
 * and state, and that no text of anybody's can break out of it.
 */

#include "consent_ui_out.h"
#include "consent_cookie.h"
#include "tap.h"

#include <zlib.h>


static const consent_ui_category_t  categories[] = {
    { consent_string("necessary"), consent_null_string, consent_null_string,
      consent_null_string, 0 },
    { consent_string("functional"), consent_null_string, consent_null_string,
      consent_null_string, 0 },
    { consent_string("analytics"), consent_null_string, consent_null_string,
      consent_null_string, 0 },
    { consent_string("marketing"), consent_null_string, consent_null_string,
      consent_null_string, CONSENT_CAT_SEPARATE | CONSENT_CAT_OVERSEAS },
    { consent_string("x-\"<&"), consent_string("A \"<title>\" & more"),
      consent_string("</p><script>alert(1)</script>"),
      consent_string("R & D <Ltd>"), 0 }
};

static const consent_ui_link_t  links[] = {
    { consent_string("Privacy & <b>more</b>"),
      consent_string("/privacy?a=1&b=\"2\""),
      consent_string("privacy-policy") },
    { consent_string("Terms"), consent_string("/terms"),
      consent_null_string }
};

static consent_ui_t      ui;
static consent_ui_ctx_t  ctx;
static consent_state_t   state;


static consent_str_t
str(const char *s)
{
    consent_str_t  r;

    r.data = (const consent_u8 *) s;
    r.len = strlen(s);

    return r;
}


static void *
test_alloc(void *arg, size_t size)
{
    (void) arg;

    return malloc(size);
}


static const consent_alloc_t  alloc = { test_alloc, NULL };


static void
reset(void)
{
    memset(&ui, 0, sizeof(ui));
    memset(&ctx, 0, sizeof(ctx));
    memset(&state, 0, sizeof(state));

    ui.category = categories;
    ui.ncategories = 5;
    ui.link = links;
    ui.nlinks = 2;
    ui.controller = str("M\xc3\xbcller & S\xc3\xb6hne \"<GmbH>\"");
    ui.contact = str("a@example.com");
    ui.endpoint = str("/_consent/");
    ui.revision = str("7");
    ui.max_age = 180 * 86400;
    ui.use_guard = 1;
    ui.google = 1;

    state.all = 0x1f;
    state.allowed = 1;
    state.ask = 1;

    ctx.state = &state;
    ctx.state_json = str("{\"basis\":\"none\",\"x\":\"'<>&\"}");
    ctx.ret = str("/a?b=1&c=\"><script>");
    ctx.nonce = str("abc\"d");
    ctx.stubs = str("ga fbq");
    ctx.gated = 1;
}


/* vendors: one hostile line, one of each category, one of none */

static unsigned  vendor;

static const consent_vendor_cookie_t  cookies[] = {
    { "X & Y", "_a<b>\"", 730 },
    { "X & Y", "_c*", 0 }
};

static void
vendors_rewind(void *arg)
{
    (void) arg;
    vendor = 0;
}


static int
vendors_next(void *arg, consent_ui_vendor_t *v)
{
    (void) arg;

    if (vendor == 6) {
        return 0;
    }

    v->host = str("a.example<script>\"\\");
    v->recipient = vendor & 1 ? str("X & Y") : str("");
    v->cookies = cookies;
    v->ncookies = 2;
    v->source = str("catalog");
    v->category = (int) vendor == 5 ? -1 : (int) vendor;
    vendor++;

    return 1;
}


static const consent_ui_vendors_t  vendors = { vendors_rewind, vendors_next,
                                               NULL };


enum { HEAD, NOTICE, LINKS, STUB, PREFERENCES, VENDORS, JSON, FRAME, ERROR_,
       NPARTS };

static const char  *part_names[] = { "head", "notice", "links", "stub",
    "preferences", "vendors", "vendors' JSON", "frame", "error" };


static size_t
render(int part, consent_u8 *dst)
{
    switch (part) {
    case HEAD:
        return consent_ui_head(dst, &ui, &ctx);
    case NOTICE:
        return consent_ui_notice(dst, &ui, &ctx);
    case LINKS:
        return consent_ui_links(dst, &ui, &ctx);
    case STUB:
        return consent_ui_stub(dst, &ui, &ctx);
    case PREFERENCES:
        return consent_ui_preferences(dst, &ui, &ctx, &vendors);
    case VENDORS:
        return consent_ui_vendors(dst, &ui, &ctx, &vendors);
    case JSON:
        return consent_ui_vendors_json(dst, &ui, &ctx, &vendors);
    case FRAME:
        return consent_ui_frame(dst, &ui, &ctx, 2,
                    str("https://www.example.com/a?b=\"c\"&d"));
    default:
        return consent_ui_error(dst, &ui, &ctx, str("no <b> way"));
    }
}


/* measures, writes, compares; the text with NUL, to be freed, or NULL */

static char *
text_of(int part)
{
    char    *p;
    size_t   n, m;

    n = render(part, NULL);

    p = malloc(n + 16);
    if (p == NULL) {
        exit(2);
    }

    memset(p, 0x7e, n + 16);
    m = render(part, (consent_u8 *) p);

    if (m != n || p[n] != 0x7e || p[n + 15] != 0x7e) {
        diag("%s: measured %u, wrote %u", part_names[part], (unsigned) n,
             (unsigned) m);
        free(p);
        return NULL;
    }

    p[n] = '\0';

    return p;
}


/* every tag closed in order, every attribute quoted: XML's rules */

static int
well_formed(const char *p)
{
    char    stack[64][16];
    int     depth;
    size_t  n;

    depth = 0;

    while ((p = strchr(p, '<')) != NULL) {
        p++;

        if (*p == '/') {
            n = strcspn(p + 1, ">");

            if (depth == 0 || n >= 16
                || strncmp(stack[--depth], p + 1, n) != 0
                || stack[depth][n] != '\0')
            {
                return 0;
            }

            p += n + 2;
            continue;
        }

        n = strcspn(p, " />");
        if (n == 0 || n >= 16 || depth == 64) {
            return 0;
        }

        memcpy(stack[depth], p, n);
        stack[depth++][n] = '\0';
        p += n;

        while (*p == ' ') {
            p += strcspn(p, "=>");

            if (p[0] != '=' || p[1] != '"') {
                return 0;
            }

            p += 2;
            n = strcspn(p, "\"");
            if (memchr(p, '<', n) != NULL) {
                return 0;
            }
            p += n + 1;
        }

        if (*p == '/') {
            depth--;
            p++;
        }

        if (*p != '>') {
            return 0;
        }
    }

    return depth == 0;
}


static int
ascii(const char *p)
{
    for (; *p; p++) {
        if (*p < 0x20 || *p > 0x7e) {
            return 0;
        }
    }

    return 1;
}


/* in all languages and bases; one line of TAP a promise */

static void
test_parts(void)
{
    int    lang, basis, part, same, xml, plain, inert, filled, unticked;
    char  *p, *s;

    same = xml = plain = inert = filled = unticked = 1;

    for (lang = -1; lang <= CONSENT_UI_NLANGS; lang++) {
        for (basis = CONSENT_BASIS_NONE; basis <= CONSENT_BASIS_EXEMPT;
             basis++)
        {
            for (part = 0; part < NPARTS; part++) {
                reset();
                ctx.lang = lang;
                ctx.failed = basis & 1;
                ctx.time = (int64_t) basis * 1000000000;
                ctx.id = str("id<");
                state.gpc = basis & 1;
                state.mode = (consent_mode_e) (basis % 3);
                state.basis = (consent_basis_e) basis;
                state.allowed = basis == CONSENT_BASIS_GRANT ? 0x1f : 5;

                p = text_of(part);
                if (p == NULL) {
                    same = 0;
                    continue;
                }

                if (part <= STUB) {
                    xml &= well_formed(p);
                    plain &= ascii(p);
                }

                if (part != JSON) {
                    for (s = p; (s = strstr(s, "<script")) != NULL; s++) {
                        inert &= strncmp(s, "<script src=\"/_consent/", 23)
                                 == 0;
                    }

                    inert &= strstr(p, " style=") == NULL
                             && strstr(p, "<b>") == NULL;
                }

                for (s = p; part != JSON && (s = strchr(s, '{')); s++) {
                    filled &= s[1] == '&';
                }

                unticked &= strstr(p, "checked") == NULL
                            || basis == CONSENT_BASIS_GRANT
                            || basis == CONSENT_BASIS_PARTIAL;

                free(p);
            }
        }
    }

    ok(same, "what was measured is what is written, to the byte");
    ok(xml, "what goes into a page is well-formed XML too");
    ok(plain, "what goes into a page is ASCII, in every language");
    ok(inert, "nobody's text becomes markup, script or style");
    ok(filled, "no text has a placeholder left");
    ok(unticked, "no box is ticked that the visitor did not tick");
}


static void
test_notice(void)
{
    char  *p, *reject, *accept, *show, *save;

    reset();
    p = text_of(NOTICE);

    reject = strstr(p, "value=\"reject\" data-role=\"necessary\">Reject all<");
    accept = strstr(p, "value=\"accept\" data-role=\"all\">I agree<");
    show = strstr(p, "<summary data-role=\"show\">");
    save = strstr(p, "value=\"save\"");

    ok(reject && accept && show && save && reject < accept && accept < show
       && show < save, "reject, accept, settings, save, in this order");
    ok(strncmp(p, "<section id=\"privacy-choices\" data-state=\"none\" "
               "lang=\"en\" dir=\"ltr\" aria-labelledby=", 74) == 0,
       "the section says its state and language");
    ok(strstr(p, "name=\"return\" value=\"/a?b=1&amp;c=&#34;&gt;&lt;script"
              "&gt;\"") != NULL, "the way back is escaped");
    ok(strstr(p, "for 180 days.") != NULL, "it says how long a choice lasts");
    free(p);

    ctx.ret = str("");
    p = text_of(NOTICE);
    ok(strstr(p, "name=\"return\" value=\"/\"") != NULL, "or back to /");
    free(p);

    state.mode = CONSENT_MODE_NOTICE;
    p = text_of(NOTICE);
    ok(strstr(p, ">OK<") && !strstr(p, "I agree") && !strstr(p, "consent,"),
       "where nothing waits for consent, no button says agree");
    free(p);

    reset();
    state.gpc = 1;
    p = text_of(LINKS);
    ok(strstr(p, "Opt-out request honored") != NULL,
       "a signal that is honoured is shown on every page");
    free(p);

    state.ask = 0;
    ok(consent_ui_notice(NULL, &ui, &ctx) == 0, "no notice once one chose");

    p = text_of(LINKS);
    ok(strstr(p, "<a data-role=\"show\" href=\"/_consent/\">") != NULL,
       "the link to one's choices is there before and after");
    free(p);

    ui.ncategories = 1;
    state.all = 1;
    state.ask = 1;
    p = text_of(NOTICE);
    ok(p != NULL, "no categories at all is no accident");
    free(p);
}


static void
test_frame(void)
{
    char    *p;
    size_t   i, n;
    consent_u8  buf[8192];

    static const char  *bad[] = { "javascript:alert(1)//https://a.example/",
        "data:text/html,<script>alert(1)</script>", "", "https://",
        "\x01\x02", "vbscript:x", "//", "about:blank" };

    reset();
    p = text_of(FRAME);

    ok(strstr(p, "<bdi>www.example.com</bdi>") != NULL, "says whose it is");
    ok(strstr(p, "class=\"button\" href=\"https://www.example.com/a?b=")
       != NULL, "and offers it once");
    ok(strstr(p, "name=\"category\" value=\"analytics\"")
       && !strstr(p, "value=\"marketing\""), "or always, that purpose alone");
    free(p);

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        n = consent_ui_frame(buf, &ui, &ctx, 2, str(bad[i]));
        buf[n] = '\0';
        ok(n && !strstr((char *) buf, "class=\"button\" href"),
           "no link to \"%s\"", i == 4 ? "control bytes" : bad[i]);
    }

    ok(consent_ui_frame(NULL, &ui, &ctx, 0, str("https://a/")) == 0
       && consent_ui_frame(NULL, &ui, &ctx, 99, str("https://a/")) == 0,
       "no frame for what no purpose names");
}


static void
test_languages(void)
{
    size_t  i;
    int     lang;

    static const struct {
        const char  *in;
        const char  *out;
    } cases[] = {
        { "en", "en" }, { "EN-us", "en" }, { "de-AT", "de" },
        { "zh", "zh-Hans" }, { "zh-CN", "zh-Hans" }, { "zh-TW", "zh-Hant" },
        { "zh-Hant-HK", "zh-Hant" }, { "zh-Hans-SG", "zh-Hans" },
        { "zh_TW", "zh-Hant" }, { "no", "nb" }, { "nn-NO", "nb" },
        { "pt-BR", "pt" }, { "sr-Latn", "sr" }, { "iw", "he" },
        { "eo", NULL }, { "", NULL }, { "-", NULL }, { ",,;q", NULL },
        { "*", NULL }, { "deutsch", NULL }, { "e", NULL },
        { "fr;q=0.4, de;q=0.9, en;q=0.5", "de" },
        { "eo, tlh;q=0.9, sv;q=0.1", "sv" },
        { "de;q=0, fr;q=0.001", "fr" }, { "de;q=x, fr;q=0.1", "fr" },
        { " ja ;q=0.8 , ko", "ko" }, { "de;q=0.5, de;q=0.9, fr;q=0.8", "de" }
    };

    reset();

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        lang = consent_ui_lang(&ui, str(cases[i].in));

        if (cases[i].out == NULL) {
            ok(lang == -1, "\"%s\" is none of ours", cases[i].in);
            continue;
        }

        ok(lang >= 0 && strcmp((const char *)
                               consent_ui_lang_tag(&ui, lang).data,
                               cases[i].out) == 0,
           "\"%s\" is %s", cases[i].in, cases[i].out);
    }

    ok(consent_ui_lang(NULL, str("ar")) >= 0
       && consent_ui_lang_rtl(NULL, consent_ui_lang(NULL, str("ar")))
       && !consent_ui_lang_rtl(NULL, 0), "Arabic goes from right to left");
}


static void
test_plurals(void)
{
    size_t       i, k;
    const char  *tag, *end;
    int          pass;

    static const unsigned  n[] = { 0, 1, 2, 3, 4, 5, 7, 10, 11, 12, 14, 19,
        20, 21, 22, 25, 30, 90, 100, 101, 102, 103, 111, 112, 121, 180, 181,
        182, 365, 395 };

    /* what ICU's PluralRules answer for the numbers above */

    static const struct {
        const char  *tags;
        const char  *want;
    } rules[] = {
        { "ar",
          "z12fffffmmmmmmmmmmooofmmmmmmmm" },
        { "bg ca da de el en es et fi hu it nb nl sv tr",
          "o1oooooooooooooooooooooooooooo" },
        { "cs sk",
          "o1fffooooooooooooooooooooooooo" },
        { "fr hi pt",
          "11oooooooooooooooooooooooooooo" },
        { "ga",
          "o12fffmmoooooooooooooooooooooo" },
        { "he",
          "o12ooooooooooooooooooooooooooo" },
        { "hr sr",
          "o1fffoooooooo1foooo1ffoo1o1foo" },
        { "id ja ko th vi zh-Hans zh-Hant",
          "oooooooooooooooooooooooooooooo" },
        { "is",
          "o1ooooooooooo1ooooo1oooo1o1ooo" },
        { "lt",
          "o1fffffoooooo1ffooo1ffoo1o1fff" },
        { "lv",
          "z1ooooozzzzzz1oozzz1oozz1z1ooo" },
        { "mt",
          "f12fffffmmmmooooooooofmmoooooo" },
        { "pl",
          "m1fffmmmmmmmmmfmmmmmffmmmmmfmm" },
        { "ro",
          "f1ffffffffffooooooofffffoooooo" },
        { "ru uk",
          "m1fffmmmmmmmm1fmmmm1ffmm1m1fmm" },
        { "sl",
          "o12ffoooooooooooooo12foooooooo" }
    };

    for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        for (tag = rules[i].tags; *tag; tag = *end ? end + 1 : end) {
            consent_str_t  t;

            end = tag + strcspn(tag, " ");
            t.data = (const consent_u8 *) tag;
            t.len = (size_t) (end - tag);
            pass = 1;

            for (k = 0; k < sizeof(n) / sizeof(n[0]); k++) {
                pass &= "z12fmo"[consent_ui_plural(t, n[k])]
                        == rules[i].want[k];
            }

            ok(pass, "plurals of %.*s", (int) t.len, tag);
        }
    }
}


static int
parse(const char *json, size_t len, consent_ui_own_t **own, char *err,
    size_t size)
{
    consent_str_t  s;

    s.data = (const consent_u8 *) json;
    s.len = len;

    return consent_ui_own_parse(own, &alloc, s, err, size);
}


static void
test_warning(void)
{
    char               err[64];
    consent_str_t      lang, key;
    const char        *phrase;
    consent_ui_own_t  *own;

    static const char  bad[] = "{\"en\": {\"accept\": \"I Agree\"}, \"de\": "
        "{\"text\": \"BY CONTINUING to browse our site you agree\"}}";
    static const char  zh[] = "{\"*\": {\"text\": \"\xe7\xbb\xa7\xe7\xbb\xad"
        "\xe6\xb5\x8f\xe8\xa7\x88\"}}";
    static const char  fine[] = "{\"en\": {\"text\": \"May we?\"}}";

    (void) parse(bad, sizeof(bad) - 1, &own, err, sizeof(err));
    phrase = consent_ui_own_warning(own, &lang, &key);
    ok(phrase && strcmp(phrase, "by continuing") == 0 && lang.len == 2
       && memcmp(lang.data, "de", 2) == 0 && key.len == 4,
       "reading on is not consent: the text that says so is found");

    (void) parse(zh, sizeof(zh) - 1, &own, err, sizeof(err));
    ok(consent_ui_own_warning(own, &lang, &key) != NULL, "in Chinese too");

    (void) parse(fine, sizeof(fine) - 1, &own, err, sizeof(err));
    ok(consent_ui_own_warning(own, &lang, &key) == NULL, "a question is fine");
}


static void
test_own(void)
{
    int                lang, bad;
    char               err[256], *p;
    size_t             i;
    consent_ui_own_t  *own;

    static const char  good[] =
        "{\"en\": {\"accept\": \"I \\u0041gree \\ud83d\\ude00 \\\"<\","
        " \"link_1\": \"Our policy\", \"marketing_title\": \"Ads\"},\n"
        " \"*\": {\"reject\": \"No!\"},\n"
        " \"eo\": {\"title\": \"Privateco\", \"dir\": \"ltr\"},\n"
        " \"fa\": {\"dir\": \"rtl\"}}";

    static const struct {
        const char  *json;
        const char  *err;
    } wrong[] = {
        { "", "line 1, column 1: the file ends" },
        { "[]", "line 1, column 1: \"{\" should be here" },
        { "{\"en\": {\"acept\": \"x\"}}", "line 1, column 9: there is no text "
          "\"acept\"" },
        { "{\"en\":\n {\"accept\": 1}}", "line 2, column 13: \"\"\" should" },
        { "{\"en\": {\"accept\": \"x}}", "line 1, column 19: this string" },
        { "{\"en\": {\"accept\": \"\\q\"}}", "line 1, column 20: no such" },
        { "{\"en\": {\"accept\": \"\\ud800x\"}}", "line 1, column 20: no" },
        { "{\"en\": {\"accept\": \"\"}}", "line 1, column 19: this text is" },
        { "{\"en\": {\"dir\": \"up\"}}", "line 1, column 16: \"dir\" is" },
        { "{\"e n\": {}}", "line 1, column 2: a language tag" },
        { "{\"en\": {},}", "line 1, column 11: \"\"\" should be here" },
        { "{\"en\": {}} x", "line 1, column 12: the file should end" },
        { "{\"en\": {\"accept\": \"a\nb\"}}", "line 1, column 21: a control" }
    };

    ok(parse(good, sizeof(good) - 1, &own, err, sizeof(err)) == CONSENT_OK,
       "own texts are read");

    reset();
    ui.own = own;

    p = text_of(NOTICE);
    ok(strstr(p, ">I Agree &#128512; &#34;&lt;</button>") != NULL,
       "they take the place of ours, and are escaped");
    ok(strstr(p, ">No!</button>") != NULL, "\"*\" is for every language");
    ok(strstr(p, ">Our policy</a>") && strstr(p, ", Ads"),
       "links and categories have texts by language too");
    free(p);

    lang = consent_ui_lang(&ui, str("eo"));
    ok(lang >= CONSENT_UI_NLANGS, "a language that we have not can be added");
    ctx.lang = lang;
    p = text_of(NOTICE);
    ok(strstr(p, "lang=\"eo\"") && strstr(p, ">Privateco<")
       && strstr(p, ">Settings<"), "what it lacks is in English");
    free(p);
    ok(consent_ui_lang_rtl(&ui, consent_ui_lang(&ui, str("fa-IR"))) == 1,
       "with its own direction");

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        err[0] = '\0';
        bad = parse(wrong[i].json, strlen(wrong[i].json), &own, err,
                    sizeof(err));
        ok(bad == CONSENT_DECLINED
           && strncmp(err, wrong[i].err, strlen(wrong[i].err)) == 0,
           "wrong: %s", wrong[i].err);
        if (strncmp(err, wrong[i].err, strlen(wrong[i].err)) != 0) {
            diag("said: %s", err);
        }
    }

    test_warning();

    bad = 0;

    for (i = 0; i < sizeof(good) - 1; i++) {
        p = malloc(i ? i : 1);
        memcpy(p, good, i);
        bad += parse(p, i, &own, err, sizeof(err)) != CONSENT_DECLINED;
        free(p);
    }

    ok(bad == 0, "a file cut anywhere is refused");
}


static void
test_style(void)
{
    char                err[128];
    size_t              i;
    consent_ui_asset_t  a;

    static const char  *bad[] = { "a{", "a}", "a{}}b{", "a{b:\"c}", "/* x",
                                  "a{b:url(\"x\n\")}", "\"" };

    ok(consent_ui_style(&a, &alloc, str("#privacy-choices{color:red "
                        "!important} /* } */ a::before{content:\"}\"}"),
                        err, sizeof(err)) == CONSENT_OK
       && strncmp((const char *) a.raw.data, "@layer privacy-choices-own,", 27)
          == 0
       && a.file.len == strlen("style-0123456789abcdef.css"),
       "an own style goes into the layer that wins");

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ok(consent_ui_style(&a, &alloc, str(bad[i]), err, sizeof(err))
           == CONSENT_DECLINED, "refused: what would leave its layer (%u)",
           (unsigned) i);
    }
}


static void
test_assets(void)
{
    int                        named, same;
    unsigned                   i, k;
    char                       hex[17];
    consent_u8                 md[32], *buf;
    z_stream                   z;
    const consent_ui_asset_t  *a;

    named = same = 1;

    for (i = 0; i < CONSENT_UI_NASSETS; i++) {
        a = &consent_ui_assets[i];

        if (a->file.len == 0) {
            continue;
        }

        (void) consent_sha256(a->raw.data, a->raw.len, md);

        for (k = 0; k < 8; k++) {
            (void) snprintf(hex + 2 * k, 3, "%02x", md[k]);
        }

        named &= strstr((const char *) a->file.data, hex) != NULL
                 && consent_ui_asset(a->file) == a;

        buf = malloc(a->raw.len + 1);
        memset(&z, 0, sizeof(z));
        z.next_in = (consent_u8 *) a->gzip.data;
        z.avail_in = (unsigned) a->gzip.len;
        z.next_out = buf;
        z.avail_out = (unsigned) a->raw.len + 1;

        same &= inflateInit2(&z, 31) == Z_OK
                && inflate(&z, Z_FINISH) == Z_STREAM_END
                && z.total_out == a->raw.len
                && memcmp(buf, a->raw.data, a->raw.len) == 0;

        (void) inflateEnd(&z);
        free(buf);
    }

    ok(named, "the hash in a file's name is that of its content");
    ok(same, "the compressed copy is the same file");
    ok(consent_ui_asset(str("notice.css")) == NULL
       && consent_ui_asset(str("")) == NULL, "no file but these");
}


static void
test_weight(void)
{
    int          lang;
    char        *p;
    uLong        n;
    size_t       len, worst;
    consent_u8  *out, *page;

    const consent_ui_asset_t  *css;

    css = &consent_ui_assets[CONSENT_UI_NOTICE_CSS];
    worst = 0;

    for (lang = 0; lang < CONSENT_UI_NLANGS; lang++) {
        reset();
        ui.ncategories = 4;
        ctx.lang = lang;
        p = text_of(NOTICE);
        len = strlen(p) + css->raw.len;

        page = malloc(len);
        memcpy(page, p, strlen(p));
        memcpy(page + strlen(p), css->raw.data, css->raw.len);

        n = compressBound(len);
        out = malloc(n);
        (void) compress2(out, &n, page, len, 9);

        if (n > worst) {
            worst = n;
        }

        free(out);
        free(page);
        free(p);
    }

    ok(worst < 4096, "notice and style: under 4 KB in every language (%u)",
       (unsigned) worst);
    ok(consent_ui_assets[CONSENT_UI_CONSENT_JS].gzip.len < 3072,
       "script: under 3 KB (%u)",
       (unsigned) consent_ui_assets[CONSENT_UI_CONSENT_JS].gzip.len);
    ok(consent_ui_assets[CONSENT_UI_STATE_JS].gzip.len <= 900,
       "where all is allowed: 900 bytes at most (%u)",
       (unsigned) consent_ui_assets[CONSENT_UI_STATE_JS].gzip.len);
}


int
main(void)
{
    test_parts();
    test_notice();
    test_frame();
    test_languages();
    test_plurals();
    test_own();
    test_style();
    test_assets();
    test_weight();

    return tap_done();
}
