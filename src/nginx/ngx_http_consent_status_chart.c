
/*
 * Charts of consent_status: choices by day, bars, numbers.
 */

#include "ngx_http_consent_status.h"


#define NGX_HTTP_CONSENT_CHART_W  720
#define NGX_HTTP_CONSENT_CHART_H  180


static void ngx_http_consent_html_chart(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);
static void ngx_http_consent_html_acceptance(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);


void
ngx_http_consent_html_days(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    ngx_uint_t    i, j;
    ngx_atomic_t  n;

    ngx_http_consent_w_print(w, "<section id=\"choices\"><h2>Choices by day"
                             "</h2>\n<p>The last %d days, UTC.</p>\n",
                             NGX_HTTP_CONSENT_STATUS_DAYS);

    ngx_http_consent_html_chart(w, st);

    ngx_http_consent_w_lit(w, "<ul class=\"legend\">");

    for (i = 0; i < NGX_HTTP_CONSENT_EV_MAX; i++) {
        ngx_http_consent_w_print(w, "<li><svg class=\"c%ui\" width=\"12\" "
                                 "height=\"12\" aria-hidden=\"true\">"
                                 "<rect width=\"12\" height=\"12\"/></svg> "
                                 "%V</li>", i,
                                 &ngx_http_consent_event_names[i]);
    }

    ngx_http_consent_w_lit(w, "</ul>\n");

    ngx_http_consent_html_acceptance(w, st);

    ngx_http_consent_w_lit(w, "<details><summary>As a table</summary>\n"
                           "<div class=\"scroll\"><table>\n<thead><tr>"
                           "<th>Day</th>");

    for (i = 0; i < NGX_HTTP_CONSENT_EV_MAX; i++) {
        ngx_http_consent_w_print(w, "<th class=\"n\">%V</th>",
                                 &ngx_http_consent_event_names[i]);
    }

    ngx_http_consent_w_lit(w, "</tr></thead>\n<tbody>\n");

    for (i = NGX_HTTP_CONSENT_STATUS_DAYS; i-- > 0; /* void */ ) {
        ngx_http_consent_w_lit(w, "<tr><td>");
        ngx_http_consent_w_day(w, st->days[i].day);
        ngx_http_consent_w_lit(w, "</td>");

        for (j = 0; j < NGX_HTTP_CONSENT_EV_MAX; j++) {
            n = st->days[i].n[j];
            ngx_http_consent_w_lit(w, "<td class=\"n\">");
            ngx_http_consent_html_number(w, n);
            ngx_http_consent_w_lit(w, "</td>");
        }

        ngx_http_consent_w_lit(w, "</tr>\n");
    }

    ngx_http_consent_w_lit(w, "</tbody></table></div></details></section>\n");
}


static void
ngx_http_consent_html_chart(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    uint64_t    max, sum;
    ngx_uint_t  i, j, x, y, h, step;

    max = 1;

    for (i = 0; i < NGX_HTTP_CONSENT_STATUS_DAYS; i++) {
        sum = 0;

        for (j = 0; j < NGX_HTTP_CONSENT_EV_MAX; j++) {
            sum += st->days[i].n[j];
        }

        max = ngx_max(max, sum);
    }

    step = NGX_HTTP_CONSENT_CHART_W / NGX_HTTP_CONSENT_STATUS_DAYS;

    ngx_http_consent_w_print(w, "<svg class=\"chart\" viewBox=\"0 0 %d %d\" "
                             "role=\"img\" aria-label=\"Choices by day; the "
                             "table below has the numbers\">\n",
                             NGX_HTTP_CONSENT_CHART_W,
                             NGX_HTTP_CONSENT_CHART_H + 40);

    ngx_http_consent_w_print(w, "<line x1=\"0\" y1=\"%d\" x2=\"%d\" "
                             "y2=\"%d\"/><text x=\"0\" y=\"12\">%uL</text>\n",
                             NGX_HTTP_CONSENT_CHART_H + 20,
                             NGX_HTTP_CONSENT_CHART_W,
                             NGX_HTTP_CONSENT_CHART_H + 20, max);

    for (i = 0; i < NGX_HTTP_CONSENT_STATUS_DAYS; i++) {

        x = i * step;
        y = NGX_HTTP_CONSENT_CHART_H + 20;

        ngx_http_consent_w_lit(w, "<g><title>");
        ngx_http_consent_w_day(w, st->days[i].day);

        for (j = 0; j < NGX_HTTP_CONSENT_EV_MAX; j++) {
            if (st->days[i].n[j]) {
                ngx_http_consent_w_print(w, ", %V %uA",
                                         &ngx_http_consent_event_names[j],
                                         st->days[i].n[j]);
            }
        }

        ngx_http_consent_w_lit(w, "</title>");

        for (j = 0; j < NGX_HTTP_CONSENT_EV_MAX; j++) {

            if (st->days[i].n[j] == 0) {
                continue;
            }

            h = (ngx_uint_t) ((double) st->days[i].n[j]
                              * NGX_HTTP_CONSENT_CHART_H / max);
            h = ngx_max(h, 1);
            h = ngx_min(h, y);
            y -= h;

            ngx_http_consent_w_print(w, "<rect class=\"c%ui\" x=\"%ui\" "
                                     "y=\"%ui\" width=\"%ui\" "
                                     "height=\"%ui\"/>",
                                     j, x + 2, y, step - 4, h);
        }

        ngx_http_consent_w_lit(w, "</g>\n");
    }

    ngx_http_consent_w_print(w, "<text x=\"0\" y=\"%d\">",
                             NGX_HTTP_CONSENT_CHART_H + 36);
    ngx_http_consent_w_day(w, st->days[0].day);
    ngx_http_consent_w_print(w, "</text><text x=\"%d\" y=\"%d\" "
                             "text-anchor=\"end\">",
                             NGX_HTTP_CONSENT_CHART_W,
                             NGX_HTTP_CONSENT_CHART_H + 36);
    ngx_http_consent_w_day(w,
                           st->days[NGX_HTTP_CONSENT_STATUS_DAYS - 1].day);
    ngx_http_consent_w_lit(w, "</text>\n</svg>\n");
}


/*
 * Of those who chose for the first time; who changes or withdraws later was
 * counted then.
 */

static void
ngx_http_consent_html_acceptance(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    uint64_t    given, refused;
    ngx_uint_t  i;

    given = 0;
    refused = 0;

    for (i = 0; i < NGX_HTTP_CONSENT_STATUS_DAYS; i++) {
        given += st->days[i].n[NGX_HTTP_CONSENT_EV_GIVEN];
        refused += st->days[i].n[NGX_HTTP_CONSENT_EV_REFUSED];
    }

    if (given + refused == 0) {
        ngx_http_consent_w_lit(w, "<p>Nobody has chosen yet.</p>\n");
        return;
    }

    ngx_http_consent_w_print(w, "<h3>Acceptance</h3>\n<p><b>%uL&#8239;%%</b> "
                             "of first choices allowed at least one category "
                             "(", given * 100 / (given + refused));
    ngx_http_consent_html_number(w, given);
    ngx_http_consent_w_lit(w, " of ");
    ngx_http_consent_html_number(w, given + refused);
    ngx_http_consent_w_lit(w, ").</p>\n");

    ngx_http_consent_html_bar(w, given, given + refused);
}


/* in groups of three, with narrow spaces that do not break */

void
ngx_http_consent_html_number(ngx_http_consent_writer_t *w, uint64_t n)
{
    u_char  buf[NGX_INT64_LEN], *p, *last;

    last = ngx_sprintf(buf, "%uL", n);

    for (p = buf; p < last; p++) {

        if (p != buf && (last - p) % 3 == 0) {
            ngx_http_consent_w_lit(w, "&#8239;");
        }

        ngx_http_consent_w_put(w, p, 1);
    }
}


void
ngx_http_consent_html_bar(ngx_http_consent_writer_t *w, uint64_t n,
    uint64_t max)
{
    ngx_uint_t  percent;

    percent = (ngx_uint_t) ((double) n * 100 / max);

    ngx_http_consent_w_print(w, "<svg class=\"bar\" width=\"100%%\" "
                             "height=\"12\" aria-hidden=\"true\">"
                             "<rect width=\"%ui%%\" height=\"12\"/></svg>",
                             ngx_max(percent, 1));
}
