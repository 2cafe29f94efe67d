
/*
 * Our own pages: preferences, who is involved, in place of a frame, errors.
 */

#include "consent_ui_out.h"
#include "consent_url.h"


/* nothing from elsewhere, no inline code, forms only to ourselves.  Pictures:
 * the site's icon, which browsers ask for unasked, and an operator's style */

const consent_str_t  consent_ui_policy = consent_string(
    "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'");


static const consent_str_t  consent_ui_none = consent_null_string;
static const consent_str_t  consent_ui_root = consent_string("/");
static const consent_str_t  consent_ui_vendors_name =
    consent_string("vendors");


void
consent_ui_page_open(consent_ui_out_t *o, consent_ui_text_e title,
    const char *kind, int script)
{
    consent_ui_lit(o, "<!DOCTYPE html>\n<html");
    consent_ui_lang_attrs(o);
    consent_ui_lit(o, "><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                   "content=\"width=device-width, initial-scale=1\">"
                   "<meta name=\"robots\" content=\"noindex\">"
                   "<meta name=\"color-scheme\" content=\"light dark\">"
                   "<title>");
    consent_ui_say(o, title, NULL);

    if (o->ui->controller.len) {
        consent_ui_lit(o, " \xe2\x80\x93 ");
        consent_ui_esc(o, o->ui->controller);
    }

    consent_ui_lit(o, "</title>");

    if (o->ui->style != NULL) {
        consent_ui_lit(o, "<link rel=\"stylesheet\" href=\"");
        consent_ui_asset_url(o, o->ui->style);
        consent_ui_lit(o, "\">");
    }

    consent_ui_lit(o, "<link rel=\"stylesheet\" href=\"");
    consent_ui_asset_url(o, &consent_ui_assets[CONSENT_UI_PAGE_CSS]);
    consent_ui_lit(o, "\">");

    if (script) {
        consent_ui_lit(o, "<script src=\"");
        consent_ui_asset_url(o, &consent_ui_assets[CONSENT_UI_STATE_JS]);
        consent_ui_lit(o, "\" defer data-endpoint=\"");
        consent_ui_esc(o, o->ui->endpoint);
        consent_ui_lit(o, "\" data-state=\"");
        consent_ui_esc(o, o->ctx->state_json);
        consent_ui_lit(o, "\"></script>");
    }

    consent_ui_lit(o, "</head>\n<body id=\"privacy-choices-page\" class=\"");
    consent_ui_put(o, kind, strlen(kind));
    consent_ui_lit(o, "\"><main>");
}


void
consent_ui_page_header(consent_ui_out_t *o, consent_ui_text_e title,
    consent_ui_text_e text)
{
    consent_ui_lit(o, "<header>");

    if (o->ui->controller.len) {
        consent_ui_lit(o, "<p>");
        consent_ui_esc(o, o->ui->controller);
        consent_ui_lit(o, "</p>");
    }

    consent_ui_lit(o, "<h1>");
    consent_ui_say(o, title, NULL);
    consent_ui_lit(o, "</h1><p>");
    consent_ui_say(o, text, NULL);
    consent_ui_lit(o, "</p></header>");
}


void
consent_ui_page_close(consent_ui_out_t *o, int vendors)
{
    consent_ui_lit(o, "</main><footer><p>");
    consent_ui_controller(o);
    consent_ui_lit(o, "</p><nav aria-label=\"");
    consent_ui_say(o, CONSENT_UI_T_LINKS, NULL);
    consent_ui_lit(o, "\"><a href=\"");
    consent_ui_esc(o, o->ctx->ret.len ? o->ctx->ret : consent_ui_root);
    consent_ui_lit(o, "\">");
    consent_ui_say(o, CONSENT_UI_T_BACK, NULL);
    consent_ui_lit(o, "</a> <a href=\"");

    if (vendors) {
        consent_ui_url(o, consent_ui_vendors_name);
        consent_ui_lit(o, "\">");
        consent_ui_say(o, CONSENT_UI_T_VENDORS, NULL);

    } else {
        consent_ui_url(o, consent_ui_none);
        consent_ui_lit(o, "\">");
        consent_ui_say(o, CONSENT_UI_T_CHOICES, NULL);
    }

    consent_ui_lit(o, "</a> ");
    consent_ui_own_links(o);
    consent_ui_status(o);
    consent_ui_lit(o, "</nav></footer></body></html>\n");
}


/* a day as ISO 8601 writes it: right in every language */

static void
consent_ui_date(consent_ui_out_t *o, int64_t t)
{
    int64_t     z, era, doe, yoe, doy, mp, y, m, d;
    consent_u8  s[10];

    /* days to date, shifted so that a year begins in March */

    z = t / 86400 + 719468;
    era = z / 146097;
    doe = z - era * 146097;
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    d = doy - (153 * mp + 2) / 5 + 1;
    m = mp < 10 ? mp + 3 : mp - 9;
    y = yoe + era * 400 + (m <= 2);

    s[0] = (consent_u8) ('0' + y / 1000 % 10);
    s[1] = (consent_u8) ('0' + y / 100 % 10);
    s[2] = (consent_u8) ('0' + y / 10 % 10);
    s[3] = (consent_u8) ('0' + y % 10);
    s[4] = '-';
    s[5] = (consent_u8) ('0' + m / 10);
    s[6] = (consent_u8) ('0' + m % 10);
    s[7] = '-';
    s[8] = (consent_u8) ('0' + d / 10);
    s[9] = (consent_u8) ('0' + d % 10);

    consent_ui_lit(o, "<time datetime=\"");
    consent_ui_put(o, s, sizeof(s));
    consent_ui_lit(o, "\">");
    consent_ui_put(o, s, sizeof(s));
    consent_ui_lit(o, "</time>");
}


static void
consent_ui_term(consent_ui_out_t *o, consent_ui_text_e key)
{
    consent_ui_lit(o, "<div><dt>");
    consent_ui_say(o, key, NULL);
    consent_ui_lit(o, "</dt><dd>");
}


static void
consent_ui_current(consent_ui_out_t *o)
{
    consent_ui_text_e         key;
    consent_ui_args_t         args;
    const consent_state_t    *st;

    static const consent_str_t  receipt = consent_string("receipt");

    st = o->ctx->state;

    args.purposes = st->allowed;
    args.host = consent_ui_none;

    switch (st->basis) {

    case CONSENT_BASIS_GRANT:
        key = CONSENT_UI_T_STATE_GRANT;
        break;

    case CONSENT_BASIS_PARTIAL:
        key = CONSENT_UI_T_STATE_PARTIAL;
        break;

    case CONSENT_BASIS_DENY:
    case CONSENT_BASIS_OBJECTION:
        key = CONSENT_UI_T_STATE_DENY;
        break;

    default:
        key = (st->allowed & ~consent_bit(CONSENT_NECESSARY))
              ? CONSENT_UI_T_STATE_ON : CONSENT_UI_T_STATE_NONE;
    }

    /* "everything" is not said of less: a signal may have turned some off */

    if (key == CONSENT_UI_T_STATE_GRANT && st->allowed != st->all) {
        key = (st->allowed & ~consent_bit(CONSENT_NECESSARY))
              ? CONSENT_UI_T_STATE_PARTIAL : CONSENT_UI_T_STATE_DENY;
    }

    consent_ui_lit(o, "<section aria-labelledby=\"current\">"
                   "<h2 id=\"current\">");
    consent_ui_say(o, CONSENT_UI_T_CURRENT, NULL);
    consent_ui_lit(o, "</h2><p role=\"status\">");
    consent_ui_say(o, key, &args);
    consent_ui_lit(o, "</p>");

    if (st->gpc) {
        consent_ui_lit(o, "<p>");
        consent_ui_say(o, CONSENT_UI_T_GPC, NULL);
        consent_ui_lit(o, "</p>");
    }

    consent_ui_lit(o, "<dl>");

    if (o->ctx->time > 0) {
        consent_ui_term(o, CONSENT_UI_T_DATE);
        consent_ui_date(o, o->ctx->time);
        consent_ui_lit(o, "</dd></div>");
    }

    consent_ui_term(o, CONSENT_UI_T_VERSION);
    consent_ui_esc(o, o->ui->revision);
    consent_ui_lit(o, "</dd></div>");

    if (o->ctx->id.len) {
        consent_ui_term(o, CONSENT_UI_T_ID);
        consent_ui_lit(o, "<a href=\"");
        consent_ui_url(o, receipt);
        consent_ui_lit(o, "\"><code>");
        consent_ui_esc(o, o->ctx->id);
        consent_ui_lit(o, "</code></a></dd></div>");
    }

    consent_ui_lit(o, "</dl></section>");
}


/* each category that was asked of, and what was said to it */

static void
consent_ui_past_choice(consent_ui_out_t *o, const consent_ledger_past_t *past)
{
    unsigned  i, n;

    n = 0;

    for (i = 1; i < o->ui->ncategories; i++) {

        if (!(past->asked & consent_bit(i))) {
            continue;
        }

        if (n++) {
            consent_ui_lit(o, "<br>");
        }

        if (past->allowed & consent_bit(i)) {
            consent_ui_lit(o, "\xe2\x9c\x93 ");

        } else {
            consent_ui_lit(o, "\xe2\x9c\x97 ");
        }

        consent_ui_category(o, i, 1);
    }
}


/* what the ledger has of this browser's id, with the notice that was shown:
 * of who refused there is no id, and so no history */

static void
consent_ui_history(consent_ui_out_t *o)
{
    unsigned                      i;
    consent_str_t                 day, clock, s;
    const consent_ledger_past_t  *past;

    static const consent_str_t  notice = consent_string("notice/");

    if (o->ctx->npast == 0) {
        return;
    }

    consent_ui_lit(o, "<section aria-labelledby=\"history\">"
                   "<h2 id=\"history\">");
    consent_ui_say(o, CONSENT_UI_T_HISTORY, NULL);
    consent_ui_lit(o, "</h2><div class=\"table\" tabindex=\"0\" role=\"region\""
                   " aria-labelledby=\"history\"><table><thead><tr><th "
                   "scope=\"col\">");
    consent_ui_say(o, CONSENT_UI_T_DATE, NULL);
    consent_ui_lit(o, "</th><th scope=\"col\">");
    consent_ui_say(o, CONSENT_UI_T_PURPOSE, NULL);
    consent_ui_lit(o, "</th><th scope=\"col\">");
    consent_ui_say(o, CONSENT_UI_T_VERSION, NULL);
    consent_ui_lit(o, "</th></tr></thead><tbody>");

    for (i = 0; i < o->ctx->npast; i++) {
        past = &o->ctx->past[i];

        /* "2026-11-23T19:16:35.458Z" */

        s.data = (const consent_u8 *) past->time;
        s.len = strlen(past->time);

        day = s;
        clock = consent_ui_none;

        if (s.len > 16) {
            day.len = 10;
            clock.data = s.data + 11;
            clock.len = 5;
        }

        consent_ui_lit(o, "<tr><td><time datetime=\"");
        consent_ui_esc(o, s);
        consent_ui_lit(o, "\">");
        consent_ui_esc(o, day);
        consent_ui_lit(o, " <span>");
        consent_ui_esc(o, clock);
        consent_ui_lit(o, " UTC</span></time></td><td>");
        consent_ui_past_choice(o, past);
        consent_ui_lit(o, "</td><td>");

        s.data = (const consent_u8 *) past->notice;
        s.len = strlen(past->notice);

        if (s.len) {
            consent_ui_lit(o, "<a href=\"");
            consent_ui_url(o, notice);
            consent_ui_esc(o, s);
            consent_ui_lit(o, "\">");
        }

        s.data = (const consent_u8 *) past->revision;
        s.len = strlen(past->revision);

        consent_ui_esc(o, s);

        if (past->notice[0]) {
            consent_ui_lit(o, "</a>");
        }

        consent_ui_lit(o, "</td></tr>");
    }

    consent_ui_lit(o, "</tbody></table></div></section>");
}


/* the site's own rules here, all there may be on a page of its own */

static void
consent_ui_details(consent_ui_out_t *o, unsigned category, void *arg)
{
    const consent_ui_vendors_t  *vendors = arg;

    if (vendors == NULL || category == CONSENT_NECESSARY) {
        return;
    }

    /* no empty box to open */

    if (consent_ui_has_vendors(vendors, category)) {
        consent_ui_lit(o, "<details><summary>");
        consent_ui_say(o, CONSENT_UI_T_DETAILS, NULL);
        consent_ui_lit(o, "</summary>");
        consent_ui_table(o, vendors, category);
        consent_ui_lit(o, "</details>");
    }

    consent_ui_lit(o, "<p><a href=\"");
    consent_ui_url(o, consent_ui_vendors_name);
    consent_ui_lit(o, "#");
    consent_ui_esc(o, o->ui->category[category].name);
    consent_ui_lit(o, "\">");
    consent_ui_say(o, CONSENT_UI_T_VENDORS, NULL);
    consent_ui_lit(o, ": ");
    consent_ui_category(o, category, 1);
    consent_ui_lit(o, "</a></p>");
}


static void
consent_ui_form_open(consent_ui_out_t *o, int top)
{
    consent_ui_lit(o, "<form method=\"post\" action=\"");
    consent_ui_esc(o, o->ui->endpoint);

    if (top) {
        consent_ui_lit(o, "\" target=\"_top");
    }

    consent_ui_lit(o, "\"><input type=\"hidden\" name=\"return\" value=\"");
    consent_ui_esc(o, o->ctx->ret.len ? o->ctx->ret : consent_ui_root);
    consent_ui_lit(o, "\"><input type=\"hidden\" name=\"lang\" value=\"");
    consent_ui_esc(o, consent_ui_lang_tag(o->ui, o->ctx->lang));
    consent_ui_lit(o, "\">");
}


size_t
consent_ui_preferences(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx, const consent_ui_vendors_t *vendors)
{
    int                given;
    consent_mask_t     ticked;
    consent_ui_out_t   o;

    consent_ui_out_init(&o, dst, ui, ctx, 1);

    consent_ui_page_open(&o, CONSENT_UI_T_CHOICES, "preferences", 1);
    consent_ui_page_header(&o, CONSENT_UI_T_CHOICES, CONSENT_UI_T_PAGE_TEXT);

    if (ctx->failed) {
        consent_ui_lit(&o, "<p role=\"alert\">");
        consent_ui_say(&o, CONSENT_UI_T_ERROR_SAVE, NULL);
        consent_ui_lit(&o, "</p>");
    }

    consent_ui_current(&o);

    /* a box is ticked only where the visitor ticked it */

    given = ctx->state->basis == CONSENT_BASIS_GRANT
            || ctx->state->basis == CONSENT_BASIS_PARTIAL;

    ticked = given ? ctx->state->allowed : 0;

    consent_ui_form_open(&o, 0);
    consent_ui_lit(&o, "<div class=\"choices\">");
    consent_ui_boxes(&o, ticked, consent_ui_details, (void *) vendors);
    consent_ui_lit(&o, "</div><p>");
    consent_ui_say(&o, CONSENT_UI_T_KEPT, NULL);
    consent_ui_lit(&o, "</p><div class=\"buttons\">");
    consent_ui_buttons(&o, given);
    consent_ui_lit(&o, "<button type=\"submit\" name=\"choice\" "
                   "value=\"save\" data-role=\"save\">");
    consent_ui_say(&o, CONSENT_UI_T_SAVE, NULL);
    consent_ui_lit(&o, "</button></div></form>");

    consent_ui_history(&o);

    consent_ui_page_close(&o, 1);

    return o.n;
}


/*
 * "Show once" is a plain link: the visitor goes there, in the frame alone,
 * and nothing is kept.  "Always" adds the category to those agreed to; it
 * leaves the frame, so that the choice is made in the page itself.
 */

size_t
consent_ui_frame(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx, int category, consent_str_t url)
{
    int                web;
    unsigned           i;
    consent_u8         buf[CONSENT_URL_MAX];
    consent_url_t      u;
    consent_ui_out_t   o;
    consent_ui_args_t  args;

    if (category <= CONSENT_NECESSARY
        || (unsigned) category >= ui->ncategories)
    {
        return 0;
    }

    memset(&u, 0, sizeof(consent_url_t));

    web = consent_url_parse(&u, NULL, url.data, url.len, buf, sizeof(buf))
              == CONSENT_OK
          && !u.truncated
          && (u.scheme == CONSENT_SCHEME_HTTP
              || u.scheme == CONSENT_SCHEME_HTTPS);

    args.purposes = consent_bit(category);
    args.host = web ? u.host : consent_ui_none;

    consent_ui_out_init(&o, dst, ui, ctx, 1);

    consent_ui_page_open(&o, CONSENT_UI_T_TITLE, "frame", 0);
    consent_ui_lit(&o, "<h1><bdi>");
    consent_ui_esc(&o, args.host);
    consent_ui_lit(&o, "</bdi></h1><p>");
    consent_ui_say(&o, CONSENT_UI_T_FRAME_TEXT, &args);
    consent_ui_lit(&o, "</p>");

    consent_ui_form_open(&o, 1);

    for (i = 1; i < ui->ncategories; i++) {
        if ((ctx->state->allowed & consent_bit(i)) || i == (unsigned) category)
        {
            consent_ui_lit(&o, "<input type=\"hidden\" name=\"category\" "
                           "value=\"");
            consent_ui_esc(&o, ui->category[i].name);
            consent_ui_lit(&o, "\">");
        }
    }

    if (web) {
        consent_ui_lit(&o, "<a class=\"button\" href=\"");
        consent_ui_esc(&o, u.href);
        consent_ui_lit(&o, "\">");
        consent_ui_say(&o, CONSENT_UI_T_FRAME_ONCE, NULL);
        consent_ui_lit(&o, "</a>");
    }

    consent_ui_lit(&o, "<button type=\"submit\" name=\"choice\" "
                   "value=\"save\">");
    consent_ui_say(&o, CONSENT_UI_T_FRAME_ALWAYS, NULL);
    consent_ui_lit(&o, "</button></form></main></body></html>\n");

    return o.n;
}


size_t
consent_ui_error(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx, consent_str_t text)
{
    consent_ui_out_t  o;

    consent_ui_out_init(&o, dst, ui, ctx, 1);

    consent_ui_page_open(&o, CONSENT_UI_T_CHOICES, "error", 0);
    consent_ui_lit(&o, "<header><h1>");
    consent_ui_say(&o, CONSENT_UI_T_CHOICES, NULL);
    consent_ui_lit(&o, "</h1><p role=\"alert\">");

    if (text.len) {
        consent_ui_esc(&o, text);

    } else {
        consent_ui_say(&o, CONSENT_UI_T_ERROR_SAVE, NULL);
    }

    consent_ui_lit(&o, "</p></header>");
    consent_ui_page_close(&o, 1);

    return o.n;
}
