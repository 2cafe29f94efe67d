
/*
 * consent_status for people: one page without a script.  Charts are SVG whose
 * numbers are in the page as text, too; the style sheet comes from the same
 * location, so that the page's CSP allows nothing else.
 */

#include "ngx_http_consent_status.h"


/* rows of the inventory that are shown; JSON has all of them */

#define NGX_HTTP_CONSENT_STATUS_ROWS  200


static void ngx_http_consent_html_summary(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);
static void ngx_http_consent_html_tile(ngx_http_consent_writer_t *w,
    const char *name, uint64_t n, const char *note);
static void ngx_http_consent_html_attention(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);
static void ngx_http_consent_html_unknown(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);
static void ngx_http_consent_html_snippet(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);
static ngx_uint_t ngx_http_consent_html_is_host(consent_inventory_row_t *row);
static void ngx_http_consent_html_blocked(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st, ngx_uint_t report);
static void ngx_http_consent_html_pages(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);
static void ngx_http_consent_html_known(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);
static void ngx_http_consent_html_name(ngx_http_consent_writer_t *w,
    consent_inventory_row_t *row);
static void ngx_http_consent_html_seen(ngx_http_consent_writer_t *w,
    consent_inventory_row_t *row);
static uint64_t ngx_http_consent_status_blocked(ngx_http_consent_shared_t *sh,
    ngx_uint_t report, ngx_uint_t cat);


void
ngx_http_consent_status_html(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    ngx_http_consent_w_print(w, "<!doctype html>\n<html lang=\"en\">\n"
        "<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\">\n<title>Consent status</title>\n"
        "<link rel=\"stylesheet\" href=\"?format=css&amp;v=%s\">\n</head>\n"
        "<body>\n<header>\n<h1>Consent status</h1>\n<p>Counted since <time>",
        NGX_HTTP_CONSENT_VERSION);
    ngx_http_consent_w_time(w, st->sh->start);
    ngx_http_consent_w_lit(w, "</time>, over reloads, of all servers of this "
        "nginx. Nothing here names a visitor.</p>\n<nav>"
        "<a href=\"?format=json\">JSON</a> "
        "<a href=\"?format=prometheus\">Prometheus</a></nav>\n</header>\n"
        "<main>\n");

    ngx_http_consent_html_summary(w, st);
    ngx_http_consent_html_attention(w, st);
    ngx_http_consent_html_unknown(w, st);
    ngx_http_consent_html_days(w, st);
    ngx_http_consent_html_blocked(w, st, 0);
    ngx_http_consent_html_blocked(w, st, 1);
    ngx_http_consent_html_pages(w, st);
    ngx_http_consent_html_known(w, st);

    ngx_http_consent_w_print(w, "</main>\n<footer><p>"
        "ngx_http_consent_module %s, nginx %s</p></footer>\n</body>\n"
        "</html>\n", NGX_HTTP_CONSENT_VERSION, NGINX_VERSION);
}


static void
ngx_http_consent_html_summary(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    uint64_t    pages[2], blocked[2], choices;
    ngx_uint_t  i, mode, basis, cat;

    choices = 0;

    for (i = 0; i < 2; i++) {
        pages[i] = 0;
        blocked[i] = 0;

        for (mode = 0; mode <= CONSENT_MODE_NONE; mode++) {
            for (basis = 0; basis <= CONSENT_BASIS_EXEMPT; basis++) {
                pages[i] += st->sh->pages[i][mode][basis];
            }
        }

        for (cat = 0; cat <= NGX_HTTP_CONSENT_ZONE_CATEGORIES; cat++) {
            blocked[i] += ngx_http_consent_status_blocked(st->sh, i, cat);
        }
    }

    for (i = 0; i < NGX_HTTP_CONSENT_EV_MAX; i++) {
        choices += st->sh->choices[i];
    }

    ngx_http_consent_w_lit(w, "<dl class=\"tiles\">\n");

    ngx_http_consent_html_tile(w, "Pages", pages[0], "under consent on");

    if (pages[1]) {
        ngx_http_consent_html_tile(w, "Pages", pages[1],
                                   "under consent report");
    }

    ngx_http_consent_html_tile(w, "Withheld", blocked[0],
                               "elements, headers, cookies");

    if (blocked[1]) {
        ngx_http_consent_html_tile(w, "Would be withheld", blocked[1],
                                   "under consent report");
    }

    ngx_http_consent_html_tile(w, "Choices", choices, "recorded");
    ngx_http_consent_html_tile(w, "Unknown hosts", st->nunknown,
                               "no rule names them");

    ngx_http_consent_w_lit(w, "</dl>\n");
}


static void
ngx_http_consent_html_tile(ngx_http_consent_writer_t *w, const char *name,
    uint64_t n, const char *note)
{
    ngx_http_consent_w_print(w, "<div><dt>%s</dt><dd><b>", name);
    ngx_http_consent_html_number(w, n);
    ngx_http_consent_w_print(w, "</b> %s</dd></div>\n", note);
}


/* what an operator should look into; nothing if all is well */

static void
ngx_http_consent_html_attention(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    ngx_uint_t    i, any;
    ngx_atomic_t  n;

    static const struct {
        ngx_uint_t   counter;
        const char  *text;
    } lines[] = {
        { NGX_HTTP_CONSENT_N_LEDGER_ERROR,
          "ledger lines could not be written: grants were answered with 503. "
          "See the error log." },
        { NGX_HTTP_CONSENT_N_UNDECODABLE,
          "answers could not be read, for their coding or charset. See "
          "consent_undecodable." },
        { NGX_HTTP_CONSENT_N_LIMIT,
          "elements were blocked because they exceed a bound. See "
          "consent_inline_max." }
    };

    any = 0;

    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {

        n = st->sh->counters[lines[i].counter];

        if (n == 0) {
            continue;
        }

        if (!any) {
            any = 1;
            ngx_http_consent_w_lit(w, "<section class=\"attention\">"
                                   "<h2>Needs attention</h2>\n<ul>\n");
        }

        ngx_http_consent_w_lit(w, "<li><b>");
        ngx_http_consent_html_number(w, n);
        ngx_http_consent_w_print(w, "</b> %s</li>\n", lines[i].text);
    }

    n = 0;

    for (i = 0; i < NGX_HTTP_CONSENT_ZONE_REFUSALS; i++) {
        n += st->sh->refusals[i];
    }

    if (n) {
        if (!any) {
            any = 1;
            ngx_http_consent_w_lit(w, "<section class=\"attention\">"
                                   "<h2>Needs attention</h2>\n<ul>\n");
        }

        ngx_http_consent_w_lit(w, "<li><b>");
        ngx_http_consent_html_number(w, n);
        ngx_http_consent_w_lit(w, "</b> requests were refused by the "
                               "endpoint:");

        for (i = 0; i < NGX_HTTP_CONSENT_ZONE_REFUSALS; i++) {

            if (st->sh->refusals[i] == 0) {
                continue;
            }

            if (ngx_http_consent_refusal_statuses[i]) {
                ngx_http_consent_w_print(w, " %uA with %ui;",
                                         st->sh->refusals[i],
                                         ngx_http_consent_refusal_statuses[i]);

            } else {
                ngx_http_consent_w_print(w, " %uA with another status;",
                                         st->sh->refusals[i]);
            }
        }

        ngx_http_consent_w_lit(w, " a few are the web's background noise."
                               "</li>\n");
    }

    if (any) {
        ngx_http_consent_w_lit(w, "</ul></section>\n");
    }
}


static void
ngx_http_consent_html_unknown(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    ngx_uint_t  i, n;

    ngx_http_consent_w_lit(w, "<section id=\"unknown\">"
                           "<h2>Unknown third-party hosts</h2>\n");

    if (st->nunknown == 0) {
        ngx_http_consent_w_lit(w, "<p>None: rules name every third-party host "
                               "that was seen.</p></section>\n");
        return;
    }

    ngx_http_consent_w_lit(w, "<p>Pages load from these and no rule names "
                           "them, so they pass. Whether they may before a "
                           "choice is for you to say.</p>\n"
                           "<div class=\"scroll\"><table>\n<thead><tr>"
                           "<th>Host</th><th>Asked for as</th>"
                           "<th class=\"n\">Seen</th><th>First</th>"
                           "<th>Last</th><th>First on</th></tr></thead>\n"
                           "<tbody>\n");

    n = ngx_min(st->nunknown, NGX_HTTP_CONSENT_STATUS_ROWS);

    for (i = 0; i < n; i++) {
        ngx_http_consent_w_lit(w, "<tr>");
        ngx_http_consent_html_name(w, &st->rows[i]);
        ngx_http_consent_html_seen(w, &st->rows[i]);
        ngx_http_consent_w_lit(w, "</tr>\n");
    }

    ngx_http_consent_w_lit(w, "</tbody></table></div>\n");

    if (n < st->nunknown) {
        ngx_http_consent_w_print(w, "<p>And %ui more, in JSON.</p>\n",
                                 st->nunknown - n);
    }

    ngx_http_consent_html_snippet(w, st);

    ngx_http_consent_w_lit(w, "</section>\n");
}


/*
 * Lines for nginx.conf.  A host may hold what means something there, such as
 * ';' (URL Standard, forbidden host code points): a page must not be able to
 * write configuration, so those hosts are left out.
 */

static void
ngx_http_consent_html_snippet(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    ngx_uint_t                i, n;
    consent_inventory_row_t  *row;

    n = ngx_min(st->nunknown, NGX_HTTP_CONSENT_STATUS_ROWS);

    ngx_http_consent_w_lit(w, "<h3>For nginx.conf</h3>\n<p>To block until "
                           "the category is allowed, with the category it "
                           "is for; or, the second of each pair, never."
                           "</p>\n<pre><code>");

    for (i = 0; i < n; i++) {
        row = &st->rows[i];

        if (!ngx_http_consent_html_is_host(row)) {
            continue;
        }

        ngx_http_consent_w_print(w, "consent_block  marketing  %*s;\n"
                                 "#consent_allow  %*s;\n",
                                 (size_t) row->name_len, row->name,
                                 (size_t) row->name_len, row->name);
    }

    ngx_http_consent_w_lit(w, "</code></pre>\n");
}


static ngx_uint_t
ngx_http_consent_html_is_host(consent_inventory_row_t *row)
{
    u_char      c;
    ngx_uint_t  i;

    if (row->kind != CONSENT_INVENTORY_HOST) {
        return 0;
    }

    for (i = 0; i < row->name_len; i++) {
        c = row->name[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
              || c == '.' || c == '-' || c == '_'))
        {
            return 0;
        }
    }

    return 1;
}


static uint64_t
ngx_http_consent_status_blocked(ngx_http_consent_shared_t *sh,
    ngx_uint_t report, ngx_uint_t cat)
{
    uint64_t    n;
    ngx_uint_t  type;

    n = 0;

    for (type = 0; type < NGX_HTTP_CONSENT_ZONE_TYPES; type++) {
        n += sh->blocked[report][cat][type];
    }

    return n;
}


static void
ngx_http_consent_html_blocked(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st, ngx_uint_t report)
{
    uint64_t    n, max;
    ngx_str_t   name;
    ngx_uint_t  cat, type;

    max = 0;

    for (cat = 0; cat <= NGX_HTTP_CONSENT_ZONE_CATEGORIES; cat++) {
        n = ngx_http_consent_status_blocked(st->sh, report, cat);
        max = ngx_max(max, n);
    }

    if (max == 0 && report) {
        return;
    }

    ngx_http_consent_w_print(w, "<section id=\"%s\"><h2>%s, by category</h2>"
                             "\n", report ? "reported" : "blocked",
                             report ? "Would be withheld (consent report)"
                                    : "Withheld");

    if (max == 0) {
        ngx_http_consent_w_lit(w, "<p>Nothing yet.</p></section>\n");
        return;
    }

    ngx_http_consent_w_lit(w, "<div class=\"scroll\"><table>\n<thead><tr>"
                           "<th>Category</th><th class=\"n\">Number</th>"
                           "<th class=\"wide\">Share</th><th>Of these</th>"
                           "</tr></thead>\n<tbody>\n");

    for (cat = 0; cat <= NGX_HTTP_CONSENT_ZONE_CATEGORIES; cat++) {

        n = ngx_http_consent_status_blocked(st->sh, report, cat);

        if (n == 0) {
            continue;
        }

        name = ngx_http_consent_status_category(st->sh, cat);

        ngx_http_consent_w_lit(w, "<tr><td>");
        ngx_http_consent_w_html(w, name.data, name.len);
        ngx_http_consent_w_lit(w, "</td><td class=\"n\">");
        ngx_http_consent_html_number(w, n);
        ngx_http_consent_w_lit(w, "</td><td>");
        ngx_http_consent_html_bar(w, n, max);
        ngx_http_consent_w_lit(w, "</td><td>");

        for (type = 0; type < NGX_HTTP_CONSENT_ZONE_TYPES; type++) {

            n = st->sh->blocked[report][cat][type];

            if (n == 0) {
                continue;
            }

            ngx_http_consent_w_print(w, "<span>%V ",
                                     &ngx_http_consent_type_names[type]);
            ngx_http_consent_html_number(w, n);
            ngx_http_consent_w_lit(w, "</span> ");
        }

        ngx_http_consent_w_lit(w, "</td></tr>\n");
    }

    ngx_http_consent_w_lit(w, "</tbody></table></div></section>\n");
}


static void
ngx_http_consent_html_pages(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    uint64_t    n, max;
    ngx_uint_t  i, mode, basis;

    max = 0;

    for (i = 0; i < 2; i++) {
        for (mode = 0; mode <= CONSENT_MODE_NONE; mode++) {
            for (basis = 0; basis <= CONSENT_BASIS_EXEMPT; basis++) {
                max = ngx_max(max, st->sh->pages[i][mode][basis]);
            }
        }
    }

    ngx_http_consent_w_lit(w, "<section id=\"pages\"><h2>Pages, by state</h2>"
                           "\n");

    if (max == 0) {
        ngx_http_consent_w_lit(w, "<p>None yet.</p></section>\n");
        return;
    }

    ngx_http_consent_w_lit(w, "<div class=\"scroll\"><table>\n<thead><tr>"
                           "<th>consent</th><th>Mode</th><th>Basis</th>"
                           "<th class=\"n\">Pages</th>"
                           "<th class=\"wide\">Share</th></tr></thead>\n"
                           "<tbody>\n");

    for (i = 0; i < 2; i++) {
        for (mode = 0; mode <= CONSENT_MODE_NONE; mode++) {
            for (basis = 0; basis <= CONSENT_BASIS_EXEMPT; basis++) {

                n = st->sh->pages[i][mode][basis];

                if (n == 0) {
                    continue;
                }

                ngx_http_consent_w_print(w, "<tr><td>%s</td><td>%s</td>"
                                         "<td>%s</td><td class=\"n\">",
                                         i ? "report" : "on",
                                         consent_mode_names[mode].data,
                                         consent_basis_names[basis].data);
                ngx_http_consent_html_number(w, n);
                ngx_http_consent_w_lit(w, "</td><td>");
                ngx_http_consent_html_bar(w, n, max);
                ngx_http_consent_w_lit(w, "</td></tr>\n");
            }
        }
    }

    ngx_http_consent_w_lit(w, "</tbody></table></div></section>\n");
}


static void
ngx_http_consent_html_known(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    ngx_uint_t                i, last;
    consent_inventory_row_t  *row;

    ngx_http_consent_w_lit(w, "<section id=\"known\"><h2>Known: hosts, inline "
                           "scripts and cookies</h2>\n");

    if (st->nrows == st->nunknown) {
        ngx_http_consent_w_lit(w, "<p>None yet.</p></section>\n");
        return;
    }

    ngx_http_consent_w_lit(w, "<div class=\"scroll\"><table>\n<thead><tr>"
                           "<th>Name</th><th>Category</th><th>Rule</th>"
                           "<th>Asked for as</th><th class=\"n\">Seen</th>"
                           "<th>First</th><th>Last</th><th>First on</th>"
                           "</tr></thead>\n<tbody>\n");

    last = ngx_min(st->nrows, st->nunknown + NGX_HTTP_CONSENT_STATUS_ROWS);

    for (i = st->nunknown; i < last; i++) {
        row = &st->rows[i];

        ngx_http_consent_w_lit(w, "<tr>");
        ngx_http_consent_html_name(w, row);
        ngx_http_consent_w_lit(w, "<td>");

        if (row->category_len) {
            ngx_http_consent_w_html(w, row->category, row->category_len);

        } else {
            ngx_http_consent_w_lit(w, "passes");
        }

        ngx_http_consent_w_print(w, "</td><td>%s",
                                 ngx_http_consent_status_source(row));

        if (row->rule_len) {
            ngx_http_consent_w_lit(w, "<br><code>");
            ngx_http_consent_w_html(w, row->rule, row->rule_len);
            ngx_http_consent_w_lit(w, "</code>");
        }

        ngx_http_consent_w_lit(w, "</td>");
        ngx_http_consent_html_seen(w, row);
        ngx_http_consent_w_lit(w, "</tr>\n");
    }

    ngx_http_consent_w_lit(w, "</tbody></table></div>\n");

    if (last < st->nrows) {
        ngx_http_consent_w_print(w, "<p>And %ui more, in JSON.</p>\n",
                                 st->nrows - last);
    }

    if (st->evicted) {
        ngx_http_consent_w_print(w, "<p>The inventory has room for %uz rows "
                                 "and gave up %uL for others: a larger "
                                 "consent_zone keeps more.</p>\n",
                                 consent_inventory_capacity(
                                                        st->sh->inventory),
                                 st->evicted);
    }

    ngx_http_consent_w_lit(w, "</section>\n");
}


static void
ngx_http_consent_html_name(ngx_http_consent_writer_t *w,
    consent_inventory_row_t *row)
{
    ngx_http_consent_w_lit(w, "<td><code>");

    if (row->cut && row->kind == CONSENT_INVENTORY_HOST) {
        ngx_http_consent_w_lit(w, "&#8230;.");
    }

    ngx_http_consent_w_html(w, row->name, row->name_len);
    ngx_http_consent_w_lit(w, "</code></td>");
}


static void
ngx_http_consent_html_seen(ngx_http_consent_writer_t *w,
    consent_inventory_row_t *row)
{
    ngx_uint_t  type;

    ngx_http_consent_w_lit(w, "<td>");

    if (row->kind == CONSENT_INVENTORY_INLINE) {
        ngx_http_consent_w_lit(w, "inline");

    } else if (row->kind == CONSENT_INVENTORY_COOKIE) {
        ngx_http_consent_w_lit(w, "cookie");
    }

    for (type = 0; type <= CONSENT_TYPE_CONNECT; type++) {
        if (row->types & ((uint32_t) 1 << type)) {
            ngx_http_consent_w_print(w, "<span>%V</span> ",
                                     &ngx_http_consent_type_names[type]);
        }
    }

    ngx_http_consent_w_lit(w, "</td><td class=\"n\">");
    ngx_http_consent_html_number(w, row->count);
    ngx_http_consent_w_lit(w, "</td><td class=\"t\">");
    ngx_http_consent_w_time(w, row->first);
    ngx_http_consent_w_lit(w, "</td><td class=\"t\">");
    ngx_http_consent_w_time(w, row->last);
    ngx_http_consent_w_lit(w, "</td><td><code>");
    ngx_http_consent_w_html(w, row->page, row->page_len);
    ngx_http_consent_w_lit(w, "</code></td>");
}
