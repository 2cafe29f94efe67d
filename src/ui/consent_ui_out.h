
/*
 * How the renderers write: one pass counts, the next writes, both by the same
 * code.  Not for use outside src/ui.
 */

#ifndef CONSENT_UI_OUT_H
#define CONSENT_UI_OUT_H

#include "consent_ui.h"

typedef struct {
    consent_u8              *p;      /* NULL: only count */
    size_t                   n;
    const consent_ui_t      *ui;
    const consent_ui_ctx_t  *ctx;
    unsigned                 utf8:1; /* else numeric references */
    unsigned                 value:1;    /* of an attribute, unquoted perhaps:
                                            markup is put in references */
} consent_ui_out_t;

/* what the placeholders of a text stand for */

typedef struct {
    consent_mask_t           purposes;   /* {purposes}: these titles */
    consent_str_t            host;       /* {host} */
} consent_ui_args_t;

void consent_ui_out_init(consent_ui_out_t *o, consent_u8 *dst,
    const consent_ui_t *ui, const consent_ui_ctx_t *ctx, int utf8);

/* bytes as they are, and the same for literals */

void consent_ui_put(consent_ui_out_t *o, const void *data, size_t len);

#define consent_ui_lit(o, s)  consent_ui_put(o, s, sizeof(s) - 1)
#define consent_ui_str(o, s)  consent_ui_put(o, (s).data, (s).len)

/* text or attribute value from UTF-8: what means something in HTML, and,
 * unless o->utf8, all beyond ASCII as references */

void consent_ui_esc(consent_ui_out_t *o, consent_str_t s);

/* one of our texts, placeholders filled in; args may be NULL where the text
 * has none but {time}, {choices} and {accept} */

void consent_ui_say(consent_ui_out_t *o, consent_ui_text_e key,
    const consent_ui_args_t *args);

/* title or description of a category, escaped */

void consent_ui_category(consent_ui_out_t *o, unsigned category, int title);

void consent_ui_number(consent_ui_out_t *o, uint64_t n);

/* "180 days", by the language's plural rules */

void consent_ui_days(consent_ui_out_t *o, uint64_t n);

/* name="value"-attributes that several parts share */

void consent_ui_lang_attrs(consent_ui_out_t *o);
void consent_ui_url(consent_ui_out_t *o, consent_str_t name);
void consent_ui_asset_url(consent_ui_out_t *o,
    const consent_ui_asset_t *asset);

/* <p>: the two buttons; withdraw: the first is named so */

void consent_ui_buttons(consent_ui_out_t *o, int withdraw);

/* <ul>: the categories with their boxes; each: called inside of each item,
 * or NULL; ticked: which boxes are */

void consent_ui_boxes(consent_ui_out_t *o, consent_mask_t ticked,
    void (*each)(consent_ui_out_t *o, unsigned category, void *arg),
    void *arg);

/* <a> for each link of the operator's, between them "sep" */

void consent_ui_own_links(consent_ui_out_t *o);

/* "Responsible: NAME. Contact: ..."; nothing without a controller */

void consent_ui_controller(consent_ui_out_t *o);

void consent_ui_status(consent_ui_out_t *o);

/* the frame of our own pages; vendors: the page names those in its footer,
 * else the preferences */

void consent_ui_page_open(consent_ui_out_t *o, consent_ui_text_e title,
    const char *kind, int script);
void consent_ui_page_header(consent_ui_out_t *o, consent_ui_text_e title,
    consent_ui_text_e text);
void consent_ui_page_close(consent_ui_out_t *o, int vendors);

/* who is behind a category: a table, and whether there is anybody */

void consent_ui_table(consent_ui_out_t *o,
    const consent_ui_vendors_t *vendors, unsigned category);
int consent_ui_has_vendors(const consent_ui_vendors_t *vendors,
    unsigned category);

/* own texts by language and key; empty if there is none */

consent_str_t consent_ui_own_text(const consent_ui_t *ui, int lang,
    consent_str_t key);

unsigned consent_ui_own_nlangs(const consent_ui_own_t *own);
consent_str_t consent_ui_own_tag(const consent_ui_own_t *own, unsigned i);
int consent_ui_own_rtl(const consent_ui_own_t *own, unsigned i);

/* a phrase that makes consent of what is none, or NULL */

const char *consent_ui_lint(consent_str_t text);

/* the plural category of n in a language */

consent_ui_plural_e consent_ui_plural(consent_str_t tag, uint64_t n);

#endif /* CONSENT_UI_OUT_H */
