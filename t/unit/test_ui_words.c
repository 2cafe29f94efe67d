
/*
 * Words that visitors read: which language, its plurals, and those of
 * consent_text.
 */

#include "ui.h"


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

    static const char  bom[] = "\xef\xbb\xbf{\"en\": {\"accept\": "
        "\"\\u0041\\u00e9\\u20ac\\tb\"}}";

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
        { "{\"en\": {\"accept\": \"\\ud800\\u0041\"}}", "line 1, column 20" },
        { "{\"en\": {\"accept\": \"\\udc00\"}}", "line 1, column 20: no" },
        { "{\"en\": {\"accept\": \"\\u0000\"}}", "line 1, column 20: no" },
        { "{\"en\": {\"accept\": \"\\u12g4\"}}", "line 1, column 20: no" },
        { "{\"en\": {\"accept\": \"\\u1", "line 1, column" },
        { "{\"en\": {\"link_x\": \"a\"}}", "line 1, column 9: there is no" },
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

    ok(parse(bom, sizeof(bom) - 1, &own, err, sizeof(err)) == CONSENT_OK,
       "behind a byte order mark");
    reset();
    ui.own = own;
    p = text_of(NOTICE);
    ok(strstr(p, ">A&#233;&#8364; b</button>") != NULL,
       "escapes are letters, controls are spaces");
    free(p);
    ok(parse("{}", 2, &own, err, sizeof(err)) == CONSENT_OK,
       "no texts are texts");

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


int
main(void)
{
    test_languages();
    test_plurals();
    test_own();

    return tap_done();
}
