
/*
 * Who is involved: a table for each purpose, a page of them, and the same as
 * JSON.
 */

#include "consent_ui_out.h"


static void
consent_ui_cell(consent_ui_out_t *o, consent_str_t s)
{
    consent_ui_lit(o, "<td>");

    if (s.len) {
        consent_ui_lit(o, "<bdi>");
        consent_ui_esc(o, s);
        consent_ui_lit(o, "</bdi>");
    }

    consent_ui_lit(o, "</td>");
}


static void
consent_ui_column(consent_ui_out_t *o, consent_ui_text_e key)
{
    consent_ui_lit(o, "<th scope=\"col\">");
    consent_ui_say(o, key, NULL);
    consent_ui_lit(o, "</th>");
}


/* "_ga (730 days), _gid (1 day)" */

static void
consent_ui_cookies(consent_ui_out_t *o, const consent_ui_vendor_t *v)
{
    unsigned       i;
    consent_str_t  name;

    consent_ui_lit(o, "<td>");

    for (i = 0; i < v->ncookies; i++) {

        if (i) {
            consent_ui_say(o, CONSENT_UI_T_LIST, NULL);
        }

        name.data = (const consent_u8 *) v->cookies[i].name;
        name.len = strlen(v->cookies[i].name);

        consent_ui_lit(o, "<bdi>");
        consent_ui_esc(o, name);
        consent_ui_lit(o, "</bdi>");

        if (v->cookies[i].days) {
            consent_ui_lit(o, " (");
            consent_ui_days(o, v->cookies[i].days);
            consent_ui_lit(o, ")");
        }
    }

    consent_ui_lit(o, "</td>");
}


/* the next one of this category; 0: there is none */

static int
consent_ui_next(const consent_ui_vendors_t *vendors, unsigned category,
    consent_ui_vendor_t *v)
{
    do {
        memset(v, 0, sizeof(consent_ui_vendor_t));

        if (!vendors->next(vendors->arg, v)) {
            return 0;
        }

    } while (v->category < 0 || (unsigned) v->category != category);

    return 1;
}


/* Who is behind one category, a line a recipient.  Tables may be wider than a
 * phone: the region scrolls, and can be reached by keyboard */

void
consent_ui_table(consent_ui_out_t *o, const consent_ui_vendors_t *vendors,
    unsigned category)
{
    int                  same, more;
    consent_ui_vendor_t  v, next;

    vendors->rewind(vendors->arg);

    if (!consent_ui_next(vendors, category, &v)) {
        return;
    }

    consent_ui_lit(o, "<div class=\"table\" role=\"region\" tabindex=\"0\" "
                   "aria-label=\"");
    consent_ui_say(o, CONSENT_UI_T_VENDORS, NULL);
    consent_ui_lit(o, ": ");
    consent_ui_category(o, category, 1);
    consent_ui_lit(o, "\"><table><thead><tr>");
    consent_ui_column(o, CONSENT_UI_T_HOST);
    consent_ui_column(o, CONSENT_UI_T_RECIPIENT);
    consent_ui_column(o, CONSENT_UI_T_COOKIES);
    consent_ui_lit(o, "</tr></thead><tbody>");

    same = 0;

    do {
        consent_ui_put(o, same ? "<br>" : "<tr><td>", same ? 4 : 8);
        consent_ui_lit(o, "<bdi>");
        consent_ui_esc(o, v.host);
        consent_ui_lit(o, "</bdi>");

        more = consent_ui_next(vendors, category, &next);

        same = more && v.recipient.len && v.recipient.len == next.recipient.len
               && memcmp(v.recipient.data, next.recipient.data,
                         v.recipient.len) == 0;

        if (!same) {
            consent_ui_lit(o, "</td>");
            consent_ui_cell(o, v.recipient);
            consent_ui_cookies(o, &v);
            consent_ui_lit(o, "</tr>");
        }

        v = next;

    } while (more);

    consent_ui_lit(o, "</tbody></table></div>");
}


int
consent_ui_has_vendors(const consent_ui_vendors_t *vendors, unsigned category)
{
    consent_ui_vendor_t  v;

    vendors->rewind(vendors->arg);

    return consent_ui_next(vendors, category, &v);
}


size_t
consent_ui_vendors(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx, const consent_ui_vendors_t *vendors)
{
    unsigned          i;
    consent_ui_out_t  o;

    consent_ui_out_init(&o, dst, ui, ctx, 1);

    consent_ui_page_open(&o, CONSENT_UI_T_VENDORS, "vendors", 1);
    consent_ui_page_header(&o, CONSENT_UI_T_VENDORS,
                           CONSENT_UI_T_VENDORS_TEXT);

    for (i = 1; vendors != NULL && i < ui->ncategories; i++) {

        if (!consent_ui_has_vendors(vendors, i)) {
            continue;
        }

        consent_ui_lit(&o, "<h2 id=\"");
        consent_ui_esc(&o, ui->category[i].name);
        consent_ui_lit(&o, "\">");
        consent_ui_category(&o, i, 1);
        consent_ui_lit(&o, "</h2><p>");
        consent_ui_say(&o, CONSENT_UI_T_PURPOSE, NULL);
        consent_ui_lit(&o, ": ");
        consent_ui_category(&o, i, 0);
        consent_ui_lit(&o, "</p>");
        consent_ui_table(&o, vendors, i);
    }

    consent_ui_page_close(&o, 0);

    return o.n;
}


/* a JSON string; what is not UTF-8 was never let in by the rules, and goes
 * out as it is */

static void
consent_ui_json(consent_ui_out_t *o, const char *key, consent_str_t s)
{
    size_t      i;
    consent_u8  c, buf[2];

    static const char  hex[] = "0123456789abcdef";

    consent_ui_put(o, key, strlen(key));
    consent_ui_lit(o, "\"");

    for (i = 0; i < s.len; i++) {
        c = s.data[i];

        if (c < 0x20 || c == '"' || c == '\\' || c == '<') {
            buf[0] = (consent_u8) hex[c >> 4];
            buf[1] = (consent_u8) hex[c & 15];
            consent_ui_lit(o, "\\u00");
            consent_ui_put(o, buf, 2);

        } else {
            consent_ui_put(o, &s.data[i], 1);
        }
    }

    consent_ui_lit(o, "\"");
}


size_t
consent_ui_vendors_json(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx, const consent_ui_vendors_t *vendors)
{
    unsigned             i, n;
    consent_str_t        name;
    consent_ui_out_t     o;
    consent_ui_vendor_t  v;

    consent_ui_out_init(&o, dst, ui, ctx, 1);

    consent_ui_json(&o, "{\"controller\":", ui->controller);
    consent_ui_json(&o, ",\"revision\":", ui->revision);
    consent_ui_lit(&o, ",\"vendors\":[");

    n = 0;

    if (vendors != NULL) {
        vendors->rewind(vendors->arg);

        for ( ;; ) {
            memset(&v, 0, sizeof(consent_ui_vendor_t));

            if (!vendors->next(vendors->arg, &v)) {
                break;
            }

            if (v.category < 0 || (unsigned) v.category >= ui->ncategories) {
                continue;
            }

            if (n++) {
                consent_ui_lit(&o, ",");
            }

            consent_ui_json(&o, "\n{\"host\":", v.host);
            consent_ui_json(&o, ",\"recipient\":", v.recipient);
            consent_ui_json(&o, ",\"category\":",
                            ui->category[v.category].name);
            consent_ui_json(&o, ",\"source\":", v.source);
            consent_ui_lit(&o, ",\"cookies\":[");

            for (i = 0; i < v.ncookies; i++) {
                name.data = (const consent_u8 *) v.cookies[i].name;
                name.len = strlen(v.cookies[i].name);

                consent_ui_json(&o, i ? ",{\"name\":" : "{\"name\":", name);
                consent_ui_lit(&o, ",\"days\":");
                consent_ui_number(&o, v.cookies[i].days);
                consent_ui_lit(&o, "}");
            }

            consent_ui_lit(&o, "]}");
        }
    }

    consent_ui_lit(&o, "]}\n");

    return o.n;
}
