
/*
 * consent_status for programs: JSON, and Prometheus' text format.
 */

#include "ngx_http_consent_status.h"


typedef struct {
    const char  *name;
    const char  *help;
    const char  *type;
} ngx_http_consent_metric_t;


static void ngx_http_consent_json_pages(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);
static void ngx_http_consent_json_blocked(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);
static void ngx_http_consent_json_choices(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);
static void ngx_http_consent_json_inventory(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);
static void ngx_http_consent_json_row(ngx_http_consent_writer_t *w,
    consent_inventory_row_t *row);
static void ngx_http_consent_metric(ngx_http_consent_writer_t *w,
    const char *name, const char *type, const char *help);
static void ngx_http_consent_metric_pages(ngx_http_consent_writer_t *w,
    ngx_http_consent_shared_t *sh);
static void ngx_http_consent_metric_blocked(ngx_http_consent_writer_t *w,
    ngx_http_consent_shared_t *sh);
static void ngx_http_consent_metric_inventory(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st);


static const char  *ngx_http_consent_enables[] = { "on", "report" };

static const char  *ngx_http_consent_kinds[] = { "host", "inline", "cookie" };


void
ngx_http_consent_status_json(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    ngx_http_consent_w_print(w, "{\"version\":\"%s\",\"nginx\":\"%s\","
                             "\"since\":\"", NGX_HTTP_CONSENT_VERSION,
                             NGINX_VERSION);
    ngx_http_consent_w_time(w, st->sh->start);
    ngx_http_consent_w_lit(w, "\",\"now\":\"");
    ngx_http_consent_w_time(w, st->now);
    ngx_http_consent_w_lit(w, "\",\n\"pages\":[");

    ngx_http_consent_json_pages(w, st);

    ngx_http_consent_w_lit(w, "],\n");

    ngx_http_consent_json_choices(w, st);

    ngx_http_consent_w_lit(w, ",\n\"blocked\":[");

    ngx_http_consent_json_blocked(w, st);

    ngx_http_consent_w_print(w, "],\n\"limits\":%uA,\"undecodable\":%uA,"
                             "\"ledger_errors\":%uA,\n",
                             st->sh->counters[NGX_HTTP_CONSENT_N_LIMIT],
                             st->sh->counters[NGX_HTTP_CONSENT_N_UNDECODABLE],
                             st->sh->counters[
                                            NGX_HTTP_CONSENT_N_LEDGER_ERROR]);

    ngx_http_consent_json_inventory(w, st);

    ngx_http_consent_w_lit(w, "}\n");
}


static void
ngx_http_consent_json_pages(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    ngx_uint_t     i, mode, basis;
    const char    *comma;
    ngx_atomic_t   n;

    comma = "";

    for (i = 0; i < 2; i++) {
        for (mode = 0; mode <= CONSENT_MODE_NONE; mode++) {
            for (basis = 0; basis <= CONSENT_BASIS_EXEMPT; basis++) {

                n = st->sh->pages[i][mode][basis];

                if (n == 0) {
                    continue;
                }

                ngx_http_consent_w_print(w, "%s{\"consent\":\"%s\","
                                         "\"mode\":\"%s\",\"basis\":\"%s\","
                                         "\"count\":%uA}", comma,
                                         ngx_http_consent_enables[i],
                                         consent_mode_names[mode].data,
                                         consent_basis_names[basis].data, n);
                comma = ",";
            }
        }
    }
}


static void
ngx_http_consent_json_choices(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    ngx_uint_t  i, j;

    ngx_http_consent_w_lit(w, "\"choices\":{");

    for (i = 0; i < NGX_HTTP_CONSENT_EV_MAX; i++) {
        ngx_http_consent_w_print(w, "%s\"%V\":%uA", i ? "," : "",
                                 &ngx_http_consent_event_names[i],
                                 st->sh->choices[i]);
    }

    ngx_http_consent_w_lit(w, "},\n\"days\":[");

    for (i = 0; i < NGX_HTTP_CONSENT_STATUS_DAYS; i++) {
        ngx_http_consent_w_print(w, "%s{\"day\":\"", i ? "," : "");
        ngx_http_consent_w_day(w, st->days[i].day);
        ngx_http_consent_w_lit(w, "\"");

        for (j = 0; j < NGX_HTTP_CONSENT_EV_MAX; j++) {
            ngx_http_consent_w_print(w, ",\"%V\":%uA",
                                     &ngx_http_consent_event_names[j],
                                     st->days[i].n[j]);
        }

        ngx_http_consent_w_lit(w, "}");
    }

    ngx_http_consent_w_lit(w, "],\n\"refusals\":{");

    for (i = 0; i < NGX_HTTP_CONSENT_ZONE_REFUSALS - 1; i++) {
        ngx_http_consent_w_print(w, "\"%ui\":%uA,",
                                 ngx_http_consent_refusal_statuses[i],
                                 st->sh->refusals[i]);
    }

    ngx_http_consent_w_print(w, "\"other\":%uA}", st->sh->refusals[i]);
}


static void
ngx_http_consent_json_blocked(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    ngx_str_t      name;
    ngx_uint_t     i, cat, type;
    const char    *comma;
    ngx_atomic_t   n;

    comma = "";

    for (i = 0; i < 2; i++) {
        for (cat = 0; cat <= NGX_HTTP_CONSENT_ZONE_CATEGORIES; cat++) {
            for (type = 0; type < NGX_HTTP_CONSENT_ZONE_TYPES; type++) {

                n = st->sh->blocked[i][cat][type];

                if (n == 0) {
                    continue;
                }

                name = ngx_http_consent_status_category(st->sh, cat);

                ngx_http_consent_w_print(w, "%s{\"consent\":\"%s\","
                                         "\"category\":\"", comma,
                                         ngx_http_consent_enables[i]);
                ngx_http_consent_w_json(w, name.data, name.len);
                ngx_http_consent_w_print(w, "\",\"type\":\"%V\","
                                         "\"count\":%uA}",
                                         &ngx_http_consent_type_names[type],
                                         n);
                comma = ",";
            }
        }
    }
}


static void
ngx_http_consent_json_inventory(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    ngx_uint_t  i;

    ngx_http_consent_w_print(w, "\"inventory\":{\"capacity\":%uz,"
                             "\"rows\":%ui,\"unknown\":%ui,"
                             "\"evicted\":%uL,\"entries\":[",
                             consent_inventory_capacity(st->sh->inventory),
                             st->nrows, st->nunknown, st->evicted);

    for (i = 0; i < st->nrows; i++) {
        ngx_http_consent_w_print(w, "%s\n", i ? "," : "");
        ngx_http_consent_json_row(w, &st->rows[i]);
    }

    ngx_http_consent_w_lit(w, "]}");
}


static void
ngx_http_consent_json_row(ngx_http_consent_writer_t *w,
    consent_inventory_row_t *row)
{
    ngx_uint_t   type;
    const char  *comma;

    ngx_http_consent_w_print(w, "{\"kind\":\"%s\",\"name\":\"",
                             ngx_http_consent_kinds[row->kind % 3]);
    ngx_http_consent_w_json(w, row->name, row->name_len);
    ngx_http_consent_w_print(w, "\",\"cut\":%s,\"known\":%s,\"category\":",
                             row->cut ? "true" : "false",
                             consent_inventory_unknown(row) ? "false"
                                                            : "true");

    if (row->category_len) {
        ngx_http_consent_w_lit(w, "\"");
        ngx_http_consent_w_json(w, row->category, row->category_len);
        ngx_http_consent_w_lit(w, "\"");

    } else {
        ngx_http_consent_w_lit(w, "null");
    }

    ngx_http_consent_w_print(w, ",\"source\":\"%s\",\"rule\":\"",
                             ngx_http_consent_status_source(row));
    ngx_http_consent_w_json(w, row->rule, row->rule_len);
    ngx_http_consent_w_lit(w, "\",\"types\":[");

    comma = "";

    for (type = 0; type <= CONSENT_TYPE_CONNECT; type++) {
        if (row->types & ((uint32_t) 1 << type)) {
            ngx_http_consent_w_print(w, "%s\"%V\"", comma,
                                     &ngx_http_consent_type_names[type]);
            comma = ",";
        }
    }

    ngx_http_consent_w_lit(w, "],\"page\":\"");
    ngx_http_consent_w_json(w, row->page, row->page_len);
    ngx_http_consent_w_print(w, "\",\"count\":%uL,\"blocked\":%uL,"
                             "\"first\":\"", row->count, row->blocked);
    ngx_http_consent_w_time(w, row->first);
    ngx_http_consent_w_lit(w, "\",\"last\":\"");
    ngx_http_consent_w_time(w, row->last);
    ngx_http_consent_w_lit(w, "\"}");
}


/*
 * Prometheus, text format 0.0.4.  No host is a label: what a page links to
 * must not decide how many time series there are.
 */

void
ngx_http_consent_status_prometheus(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    ngx_uint_t                  i;
    ngx_http_consent_shared_t  *sh;

    static const ngx_http_consent_metric_t  counters[] = {
        { "limits_total", "Elements blocked because a bound of size or "
          "matching was hit.", NULL },
        { "undecodable_total", "Answers whose coding or charset could not be "
          "read.", NULL },
        { "ledger_errors_total", "Ledger lines that could not be written.",
          NULL }
    };

    sh = st->sh;

    ngx_http_consent_metric(w, "build_info", "gauge",
                            "Versions, as labels; the value is always 1.");
    ngx_http_consent_w_print(w, "nginx_consent_build_info{version=\"%s\","
                             "nginx=\"%s\"} 1\n", NGX_HTTP_CONSENT_VERSION,
                             NGINX_VERSION);

    ngx_http_consent_metric(w, "start_time_seconds", "gauge",
                            "When counting began, Unix time.");
    ngx_http_consent_w_print(w, "nginx_consent_start_time_seconds %T\n",
                             sh->start);

    ngx_http_consent_metric_pages(w, sh);

    ngx_http_consent_metric(w, "choices_total", "counter",
                            "Choices recorded, by event.");

    for (i = 0; i < NGX_HTTP_CONSENT_EV_MAX; i++) {
        ngx_http_consent_w_print(w, "nginx_consent_choices_total"
                                 "{event=\"%V\"} %uA\n",
                                 &ngx_http_consent_event_names[i],
                                 sh->choices[i]);
    }

    ngx_http_consent_metric_blocked(w, sh);

    for (i = 0; i < NGX_HTTP_CONSENT_N_MAX; i++) {
        ngx_http_consent_metric(w, counters[i].name, "counter",
                                counters[i].help);
        ngx_http_consent_w_print(w, "nginx_consent_%s %uA\n",
                                 counters[i].name, sh->counters[i]);
    }

    ngx_http_consent_metric(w, "endpoint_errors_total", "counter",
                            "Requests that the endpoint refused, by status.");

    for (i = 0; i < NGX_HTTP_CONSENT_ZONE_REFUSALS - 1; i++) {
        ngx_http_consent_w_print(w, "nginx_consent_endpoint_errors_total"
                                 "{status=\"%ui\"} %uA\n",
                                 ngx_http_consent_refusal_statuses[i],
                                 sh->refusals[i]);
    }

    ngx_http_consent_w_print(w, "nginx_consent_endpoint_errors_total"
                             "{status=\"other\"} %uA\n", sh->refusals[i]);

    ngx_http_consent_metric_inventory(w, st);
}


static void
ngx_http_consent_metric(ngx_http_consent_writer_t *w, const char *name,
    const char *type, const char *help)
{
    ngx_http_consent_w_print(w, "# HELP nginx_consent_%s %s\n"
                             "# TYPE nginx_consent_%s %s\n",
                             name, help, name, type);
}


static void
ngx_http_consent_metric_pages(ngx_http_consent_writer_t *w,
    ngx_http_consent_shared_t *sh)
{
    ngx_uint_t  i, mode, basis;

    ngx_http_consent_metric(w, "pages_total", "counter",
                            "Pages answered, by \"consent\", mode and what "
                            "the visitor's state rests on.");

    for (i = 0; i < 2; i++) {
        for (mode = 0; mode <= CONSENT_MODE_NONE; mode++) {
            for (basis = 0; basis <= CONSENT_BASIS_EXEMPT; basis++) {

                if (sh->pages[i][mode][basis] == 0) {
                    continue;
                }

                ngx_http_consent_w_print(w, "nginx_consent_pages_total"
                                         "{consent=\"%s\",mode=\"%s\","
                                         "basis=\"%s\"} %uA\n",
                                         ngx_http_consent_enables[i],
                                         consent_mode_names[mode].data,
                                         consent_basis_names[basis].data,
                                         sh->pages[i][mode][basis]);
            }
        }
    }
}


static void
ngx_http_consent_metric_blocked(ngx_http_consent_writer_t *w,
    ngx_http_consent_shared_t *sh)
{
    ngx_str_t   name;
    ngx_uint_t  i, cat, type;

    ngx_http_consent_metric(w, "blocked_total", "counter",
                            "Elements, headers and cookies withheld "
                            "(consent=\"on\"), or that would have been "
                            "(consent=\"report\").");

    for (i = 0; i < 2; i++) {
        for (cat = 0; cat <= NGX_HTTP_CONSENT_ZONE_CATEGORIES; cat++) {

            name = ngx_http_consent_status_category(sh, cat);

            for (type = 0; type < NGX_HTTP_CONSENT_ZONE_TYPES; type++) {

                if (sh->blocked[i][cat][type] == 0) {
                    continue;
                }

                ngx_http_consent_w_print(w, "nginx_consent_blocked_total"
                                         "{consent=\"%s\",category=\"",
                                         ngx_http_consent_enables[i]);
                ngx_http_consent_w_label(w, name.data, name.len);
                ngx_http_consent_w_print(w, "\",type=\"%V\"} %uA\n",
                                         &ngx_http_consent_type_names[type],
                                         sh->blocked[i][cat][type]);
            }
        }
    }
}


static void
ngx_http_consent_metric_inventory(ngx_http_consent_writer_t *w,
    ngx_http_consent_status_t *st)
{
    ngx_http_consent_metric(w, "inventory_rows", "gauge",
                            "Hosts, inline scripts and cookies in the "
                            "inventory, by whether a rule names them.");
    ngx_http_consent_w_print(w, "nginx_consent_inventory_rows"
                             "{known=\"true\"} %ui\n"
                             "nginx_consent_inventory_rows"
                             "{known=\"false\"} %ui\n",
                             st->nrows - st->nunknown, st->nunknown);

    ngx_http_consent_metric(w, "inventory_capacity_rows", "gauge",
                            "Rows there is room for.");
    ngx_http_consent_w_print(w, "nginx_consent_inventory_capacity_rows %uz\n",
                             consent_inventory_capacity(st->sh->inventory));

    ngx_http_consent_metric(w, "inventory_evicted_total", "counter",
                            "Rows given up for others.");
    ngx_http_consent_w_print(w, "nginx_consent_inventory_evicted_total %uL\n",
                             st->evicted);
}
