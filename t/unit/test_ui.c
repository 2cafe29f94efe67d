
/*
 * What visitors see: that every part is what it promises in every language
 * and state, and that no text of anybody's can break out of it.
 */

#include "ui.h"

#include <zlib.h>


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
    test_style();
    test_assets();
    test_weight();

    return tap_done();
}
