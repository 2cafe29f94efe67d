
/*
 * What goes into a page: the snippet for <head>, the notice, the links.
 */

#include "consent_ui_out.h"


static const consent_ui_asset_t *
consent_ui_guard(const consent_ui_t *ui)
{
    return ui->guard != NULL ? ui->guard
                             : &consent_ui_assets[CONSENT_UI_GUARD_JS];
}


/* names of the categories that may load, for scripts that run before any
 * other and have no time for JSON */

static void
consent_ui_allowed(consent_ui_out_t *o)
{
    unsigned  i, n;

    consent_ui_lit(o, " data-allowed=\"");

    n = 0;

    for (i = 1; i < o->ui->ncategories; i++) {
        if (o->ctx->state->allowed & consent_bit(i)) {
            if (n++) {
                consent_ui_lit(o, " ");
            }

            consent_ui_esc(o, o->ui->category[i].name);
        }
    }

    consent_ui_lit(o, "\"");
}


/* what the page's policy knows its own by: a sheet's link takes it, too */

static void
consent_ui_nonce(consent_ui_out_t *o)
{
    if (o->ctx->nonce.len) {
        consent_ui_lit(o, " nonce=\"");
        consent_ui_esc(o, o->ctx->nonce);
        consent_ui_lit(o, "\"");
    }
}


static void
consent_ui_script(consent_ui_out_t *o, const consent_ui_asset_t *asset)
{
    consent_ui_lit(o, "<script src=\"");
    consent_ui_asset_url(o, asset);
    consent_ui_lit(o, "\"");

    consent_ui_nonce(o);
}


static void
consent_ui_stylesheet(consent_ui_out_t *o, const consent_ui_asset_t *asset)
{
    consent_ui_lit(o, "<link data-privacy-choices=\"\" rel=\"stylesheet\" "
                   "href=\"");
    consent_ui_asset_url(o, asset);
    consent_ui_lit(o, "\"");
    consent_ui_nonce(o);
    consent_ui_lit(o, "/>");
}


/* An operator's sheet comes first: among important declarations the earlier
 * layer wins.  Our sheets have nothing that <style> in XML would mind. */

static void
consent_ui_style_put(consent_ui_out_t *o)
{
    if (o->ctx->no_css) {
        return;
    }

    if (o->ui->style != NULL) {
        consent_ui_stylesheet(o, o->ui->style);
    }

    if (!o->ctx->inline_css) {
        consent_ui_stylesheet(o, &consent_ui_assets[CONSENT_UI_NOTICE_CSS]);
        return;
    }

    consent_ui_lit(o, "<style data-privacy-choices=\"\"");

    consent_ui_nonce(o);

    consent_ui_lit(o, ">");
    consent_ui_str(o, consent_ui_assets[CONSENT_UI_NOTICE_CSS].raw);
    consent_ui_lit(o, "</style>");
}


/* only while something is withheld: else no function of the browser is
 * touched */

static void
consent_ui_put_guard(consent_ui_out_t *o)
{
    if (!o->ctx->gated || !o->ui->use_guard
        || consent_ui_guard(o->ui)->file.len == 0)
    {
        return;
    }

    consent_ui_script(o, consent_ui_guard(o->ui));
    consent_ui_allowed(o);
    if (o->ctx->site.len) {
        consent_ui_lit(o, " data-site=\"");
        consent_ui_esc(o, o->ctx->site);
        consent_ui_lit(o, "\"");
    }

    if (o->ctx->hosts.len) {
        consent_ui_lit(o, " data-hosts=\"");
        consent_ui_esc(o, o->ctx->hosts);
        consent_ui_lit(o, "\"");
    }

    consent_ui_lit(o, " data-endpoint=\"");
    consent_ui_esc(o, o->ui->endpoint);
    consent_ui_lit(o, "\"></script>");
}


size_t
consent_ui_head_frame(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx)
{
    consent_ui_out_t  o;

    consent_ui_out_init(&o, dst, ui, ctx, 0);
    consent_ui_put_guard(&o);

    return o.n;
}


size_t
consent_ui_srcdoc(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx)
{
    consent_ui_out_t  o;

    consent_ui_out_init(&o, dst, ui, ctx, 0);
    o.value = 1;
    consent_ui_put_guard(&o);

    return o.n;
}


size_t
consent_ui_head(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx)
{
    consent_ui_out_t  o;

    consent_ui_out_init(&o, dst, ui, ctx, 0);

    /* Consent Mode's defaults must stand before any Google tag runs, the
     * guard before anything else does: neither may be deferred */

    if (ui->google) {
        consent_ui_script(&o, &consent_ui_assets[CONSENT_UI_GOOGLE_JS]);
        consent_ui_allowed(&o);
        consent_ui_lit(&o, "></script>");
    }

    consent_ui_put_guard(&o);

    if (ctx->state->ask) {
        consent_ui_style_put(&o);
    }

    consent_ui_script(&o, &consent_ui_assets[ctx->shared
                                             ? CONSENT_UI_SHARED_JS
                                             : ctx->gated || ctx->state->ask
                                               ? CONSENT_UI_CONSENT_JS
                                               : CONSENT_UI_STATE_JS]);

    consent_ui_lit(&o, " defer=\"defer\" data-endpoint=\"");
    consent_ui_esc(&o, ui->endpoint);
    consent_ui_lit(&o, "\" data-state=\"");
    consent_ui_esc(&o, ctx->state_json);
    consent_ui_lit(&o, "\"");

    if (ui->inplace) {
        consent_ui_lit(&o, " data-activation=\"inplace\"");
    }

    consent_ui_lit(&o, "></script>");

    return o.n;
}


void
consent_ui_controller(consent_ui_out_t *o)
{
    consent_str_t  c;

    if (o->ui->controller.len) {
        consent_ui_say(o, CONSENT_UI_T_RESPONSIBLE, NULL);
        consent_ui_lit(o, ": <bdi>");
        consent_ui_esc(o, o->ui->controller);
        consent_ui_lit(o, "</bdi>");
    }

    c = o->ui->contact;

    if (c.len) {
        consent_ui_lit(o, " <a href=\"");

        if (memchr(c.data, '@', c.len) != NULL
            && memchr(c.data, ':', c.len) == NULL)
        {
            consent_ui_lit(o, "mailto:");
        }

        consent_ui_esc(o, c);
        consent_ui_lit(o, "\">");
        consent_ui_say(o, CONSENT_UI_T_CONTACT, NULL);
        consent_ui_lit(o, "</a>");
    }
}


void
consent_ui_own_links(consent_ui_out_t *o)
{
    unsigned                  i;
    consent_u8                key[8];
    consent_str_t             name, text;
    const consent_ui_link_t  *link;

    static const consent_str_t  link_key = consent_string("link_");

    for (i = 0; i < o->ui->nlinks; i++) {
        link = &o->ui->link[i];
        text = link->text;

        if (o->ui->own != NULL && i < 9) {
            memcpy(key, link_key.data, link_key.len);
            key[link_key.len] = (consent_u8) ('1' + i);

            name.data = key;
            name.len = link_key.len + 1;

            name = consent_ui_own_text(o->ui, o->ctx->lang, name);
            if (name.len) {
                text = name;
            }
        }

        consent_ui_lit(o, "<a href=\"");

        if (link->url.data[0] == '/'
            && (link->url.len == 1 || link->url.data[1] != '/'))
        {
            consent_ui_esc(o, o->ctx->origin);
        }

        consent_ui_esc(o, link->url);
        consent_ui_lit(o, "\"");

        if (link->rel.len) {
            consent_ui_lit(o, " rel=\"");
            consent_ui_esc(o, link->rel);
            consent_ui_lit(o, "\"");
        }

        consent_ui_lit(o, ">");
        consent_ui_esc(o, text);
        consent_ui_lit(o, "</a> ");
    }
}


/* Refusing comes first and is what the Enter key does; both buttons are of
 * one kind. */

void
consent_ui_buttons(consent_ui_out_t *o, int withdraw)
{
    consent_ui_lit(o, "<button type=\"submit\" name=\"choice\" "
                   "value=\"reject\" data-role=\"necessary\">");
    consent_ui_say(o, withdraw ? CONSENT_UI_T_WITHDRAW : CONSENT_UI_T_REJECT,
                   NULL);
    consent_ui_lit(o, "</button><button type=\"submit\" name=\"choice\" "
                   "value=\"accept\" data-role=\"all\">");
    consent_ui_say(o, o->ctx->state->mode == CONSENT_MODE_OPT_IN
                      ? CONSENT_UI_T_ACCEPT : CONSENT_UI_T_OK, NULL);
    consent_ui_lit(o, "</button>");
}


void
consent_ui_boxes(consent_ui_out_t *o, consent_mask_t ticked,
    void (*each)(consent_ui_out_t *o, unsigned category, void *arg),
    void *arg)
{
    unsigned  i, flags;

    consent_ui_lit(o, "<ul>");

    for (i = 0; i < o->ui->ncategories; i++) {
        flags = o->ui->category[i].flags;

        consent_ui_lit(o, "<li>");

        if (i == CONSENT_NECESSARY) {
            consent_ui_lit(o, "<p><strong>");
            consent_ui_category(o, i, 1);
            consent_ui_lit(o, "</strong> <em>");
            consent_ui_say(o, CONSENT_UI_T_ALWAYS_ON, NULL);
            consent_ui_lit(o, "</em></p>");

        } else {
            consent_ui_lit(o, "<label><input type=\"checkbox\" "
                           "name=\"category\" value=\"");
            consent_ui_esc(o, o->ui->category[i].name);

            if (ticked & consent_bit(i)) {
                consent_ui_lit(o, "\" checked=\"checked");
            }

            consent_ui_lit(o, "\"/> <strong>");
            consent_ui_category(o, i, 1);
            consent_ui_lit(o, "</strong></label>");
        }

        consent_ui_lit(o, "<p>");
        consent_ui_category(o, i, 0);

        if (o->ui->category[i].recipient.len) {
            consent_ui_lit(o, " ");
            consent_ui_say(o, CONSENT_UI_T_RECIPIENT, NULL);
            consent_ui_lit(o, ": ");
            consent_ui_esc(o, o->ui->category[i].recipient);
        }

        if (flags & CONSENT_CAT_OVERSEAS) {
            consent_ui_lit(o, " ");
            consent_ui_say(o, CONSENT_UI_T_OVERSEAS, NULL);
        }

        /* each of the flags keeps a category out of "accept all" */

        if (flags & CONSENT_CAT_EXPLICIT) {
            consent_ui_lit(o, " ");
            consent_ui_say(o, CONSENT_UI_T_SEPARATE, NULL);
        }

        consent_ui_lit(o, "</p>");

        if (each != NULL) {
            each(o, i, arg);
        }

        consent_ui_lit(o, "</li>");
    }

    consent_ui_lit(o, "</ul>");
}


static void
consent_ui_notice_text(consent_ui_out_t *o)
{
    consent_ui_args_t  args;

    args.purposes = o->ctx->state->all;
    args.host.data = NULL;
    args.host.len = 0;

    if (o->ctx->failed) {
        consent_ui_lit(o, "<p role=\"alert\">");
        consent_ui_say(o, CONSENT_UI_T_ERROR_SAVE, NULL);
        consent_ui_lit(o, "</p>");
    }

    /* a paragraph a sentence: none is so large a block of text that it
     * would be the page's largest paint */

    consent_ui_lit(o, "<p>");

    if (o->ctx->state->mode == CONSENT_MODE_OPT_IN) {
        consent_ui_say(o, CONSENT_UI_T_TEXT, &args);
        consent_ui_lit(o, "</p> <p>");
        consent_ui_say(o, CONSENT_UI_T_UNTIL, &args);

    } else {
        consent_ui_say(o, CONSENT_UI_T_TEXT_ON, &args);
    }

    consent_ui_lit(o, "</p> <p>");
    consent_ui_say(o, CONSENT_UI_T_KEPT, NULL);
    consent_ui_lit(o, "</p>");

    if (o->ctx->state->gpc) {
        consent_ui_lit(o, "<p>");
        consent_ui_say(o, CONSENT_UI_T_GPC, NULL);
        consent_ui_lit(o, "</p>");
    }
}


/*
 * No box is ticked for who has not chosen.  Who is asked again, for something
 * new, finds what they have agreed to as they left it, or saving the one new
 * tick would take back all others.
 */

static consent_mask_t
consent_ui_ticked(const consent_state_t *state)
{
    if (state->basis == CONSENT_BASIS_GRANT
        || state->basis == CONSENT_BASIS_PARTIAL)
    {
        return state->allowed;
    }

    return 0;
}


size_t
consent_ui_notice(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx)
{
    consent_ui_out_t  o;

    static const consent_str_t  vendors = consent_string("vendors");
    static const consent_str_t  root = consent_string("/");

    if (!ctx->state->ask) {
        return 0;
    }

    consent_ui_out_init(&o, dst, ui, ctx, 0);

    consent_ui_lit(&o, "<section id=\"privacy-choices\"");

    if (ctx->shared) {
        consent_ui_lit(&o, " hidden=\"hidden\"");
    }

    consent_ui_lit(&o, " data-state=\"");
    consent_ui_str(&o, consent_basis_names[ctx->state->basis]);
    consent_ui_lit(&o, "\"");
    consent_ui_lang_attrs(&o);
    consent_ui_lit(&o, " aria-labelledby=\"privacy-choices-title\" "
                   "data-nosnippet=\"\"><form method=\"post\" action=\"");
    consent_ui_esc(&o, ctx->origin);
    consent_ui_esc(&o, ui->endpoint);
    consent_ui_lit(&o, "\"><input type=\"hidden\" name=\"return\" value=\"");
    consent_ui_esc(&o, ctx->ret.len ? ctx->ret : root);

    /* the ledger is to know which notice was read */

    consent_ui_lit(&o, "\"/><input type=\"hidden\" name=\"lang\" value=\"");
    consent_ui_esc(&o, consent_ui_lang_tag(ui, ctx->lang));
    consent_ui_lit(&o, "\"/><div id=\"privacy-choices-text\">"
                   "<h2 id=\"privacy-choices-title\">");
    consent_ui_say(&o, CONSENT_UI_T_TITLE, NULL);
    consent_ui_lit(&o, "</h2>");

    consent_ui_notice_text(&o);

    if (ui->nlinks) {
        consent_ui_lit(&o, "<p>");
        consent_ui_own_links(&o);
        consent_ui_lit(&o, "</p>");
    }

    consent_ui_lit(&o, "</div><div id=\"privacy-choices-buttons\">");
    consent_ui_buttons(&o, 0);
    consent_ui_lit(&o, "</div><details><summary data-role=\"show\">");
    consent_ui_say(&o, CONSENT_UI_T_SETTINGS, NULL);
    consent_ui_lit(&o, "</summary>");

    consent_ui_boxes(&o, consent_ui_ticked(ctx->state), NULL, NULL);

    consent_ui_lit(&o, "<p>");
    consent_ui_controller(&o);
    consent_ui_lit(&o, " <a href=\"");
    consent_ui_url(&o, vendors);
    consent_ui_lit(&o, "\">");
    consent_ui_say(&o, CONSENT_UI_T_VENDORS, NULL);
    consent_ui_lit(&o, "</a></p><button type=\"submit\" name=\"choice\" "
                   "value=\"save\" data-role=\"save\">");
    consent_ui_say(&o, CONSENT_UI_T_SAVE, NULL);
    consent_ui_lit(&o, "</button></details></form></section>");

    return o.n;
}


/* empty; a script says there what has come of a choice */

void
consent_ui_status(consent_ui_out_t *o)
{
    consent_ui_lit(o, " <span role=\"status\" data-saved=\"");
    consent_ui_say(o, CONSENT_UI_T_SAVED, NULL);
    consent_ui_lit(o, "\"></span>");
}


size_t
consent_ui_links(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx)
{
    consent_ui_out_t  o;

    static const consent_str_t  none = consent_null_string;

    consent_ui_out_init(&o, dst, ui, ctx, 0);

    /* with the notice its sheet has these rules too */

    if (!ctx->state->ask && !ctx->no_css) {
        consent_ui_stylesheet(&o, &consent_ui_assets[CONSENT_UI_LINKS_CSS]);
    }

    consent_ui_lit(&o, "<nav id=\"privacy-choices-links\"");
    consent_ui_lang_attrs(&o);
    consent_ui_lit(&o, " aria-label=\"");
    consent_ui_say(&o, CONSENT_UI_T_LINKS, NULL);
    consent_ui_lit(&o, "\" data-lost=\"");
    consent_ui_say(&o, CONSENT_UI_T_FORM_LOST, NULL);
    consent_ui_lit(&o, "\">");

    consent_ui_own_links(&o);

    consent_ui_lit(&o, "<a data-role=\"show\" href=\"");
    consent_ui_url(&o, none);
    consent_ui_lit(&o, "\">");
    consent_ui_say(&o, CONSENT_UI_T_CHOICES, NULL);
    consent_ui_lit(&o, "</a>");

    if (ctx->state->gpc) {
        consent_ui_lit(&o, " <span>");
        consent_ui_say(&o, CONSENT_UI_T_GPC, NULL);
        consent_ui_lit(&o, "</span>");
    }

    consent_ui_status(&o);
    consent_ui_lit(&o, "</nav>");

    return o.n;
}


size_t
consent_ui_stub(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx)
{
    consent_ui_out_t  o;

    if (consent_ui_assets[CONSENT_UI_STUBS_JS].file.len == 0
        || ctx->stubs.len == 0)
    {
        return 0;
    }

    consent_ui_out_init(&o, dst, ui, ctx, 0);

    consent_ui_script(&o, &consent_ui_assets[CONSENT_UI_STUBS_JS]);
    consent_ui_lit(&o, " data-stubs=\"");
    consent_ui_esc(&o, ctx->stubs);
    consent_ui_lit(&o, "\"></script>");

    return o.n;
}
