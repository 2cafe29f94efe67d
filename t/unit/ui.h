
/*
 * What the tests of the user interface share: a site with hostile words in
 * all that it can say, and each part rendered for it.
 */

#ifndef TEST_UI_H
#define TEST_UI_H

#include "consent_ui_out.h"
#include "consent_cookie.h"
#include "room.h"
#include "str.h"
#include "tap.h"


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


static const consent_alloc_t  alloc = { room_keep, NULL };


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

#endif /* TEST_UI_H */
