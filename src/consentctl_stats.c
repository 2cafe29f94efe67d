
/*
 * consentctl stats: what a ledger has, counted.  No id is looked at.
 */

#include <stdlib.h>

#include "consent_ledger.h"
#include "consentctl.h"

/* a host that is a visitor's invention is counted, but not kept without end */

#define CTL_COUNTS_MAX  4096


typedef struct {
    consent_str_t  name;
    uint64_t       n;
} ctl_count_t;

typedef struct {
    const char   *what;
    ctl_count_t  *count;
    size_t        n;
    size_t        size;
    uint64_t      other;
} ctl_counts_t;

typedef struct {
    ctl_counts_t   events;
    ctl_counts_t   allowed;            /* by category */
    ctl_counts_t   refused;
    ctl_counts_t   days;
    ctl_counts_t   languages;
    ctl_counts_t   modes;
    ctl_counts_t   hosts;
    ctl_counts_t   revisions;
    consent_str_t  first;
    consent_str_t  last;
    uint64_t       lines;
    uint64_t       unread;
    uint64_t       gestures;
    unsigned       json:1;
} ctl_stats_t;


static void
ctl_count(ctl_counts_t *c, consent_str_t name)
{
    size_t        i;
    ctl_count_t  *more;

    /* the one that came last is often the one that comes next */

    for (i = c->n; i > 0; i--) {
        if (c->count[i - 1].name.len == name.len
            && (name.len == 0
                || memcmp(c->count[i - 1].name.data, name.data, name.len)
                   == 0))
        {
            c->count[i - 1].n++;
            return;
        }
    }

    if (c->n == CTL_COUNTS_MAX) {
        c->other++;
        return;
    }

    if (c->n == c->size) {
        c->size = c->size ? c->size * 2 : 16;
        more = ctl_get(c->size * sizeof(ctl_count_t));

        if (c->n) {
            memcpy(more, c->count, c->n * sizeof(ctl_count_t));
        }

        c->count = more;
    }

    c->count[c->n].name = ctl_copy(name);
    c->count[c->n++].n = 1;
}


static uint64_t
ctl_counted(const ctl_counts_t *c, const char *name)
{
    size_t         i;
    consent_str_t  s;

    s = ctl_str(name);

    for (i = 0; i < c->n; i++) {
        if (c->count[i].name.len == s.len
            && memcmp(c->count[i].name.data, s.data, s.len) == 0)
        {
            return c->count[i].n;
        }
    }

    return 0;
}


static void
ctl_stats_line(ctl_stats_t *s, consent_str_t line)
{
    int                     on;
    size_t                  pos;
    consent_str_t           name, day;
    consent_ledger_entry_t  e;

    s->lines++;

    if (consent_ledger_read(&e, line) != CONSENT_OK) {
        s->unread++;
        return;
    }

    if (s->first.len == 0) {
        s->first = ctl_copy(e.time);
    }

    /* kept in place: all times have one length */

    if (s->last.len == e.time.len) {
        memcpy((consent_u8 *) s->last.data, e.time.data, e.time.len);

    } else {
        s->last = ctl_copy(e.time);
    }

    ctl_count(&s->events, e.event);

    if (ctl_is(e.event, "resumed") || ctl_is(e.event, "erased")) {
        return;
    }

    day = e.time;
    day.len = day.len > 10 ? 10 : day.len;

    ctl_count(&s->days, day);
    ctl_count(&s->languages, e.lang);
    ctl_count(&s->modes, e.mode);
    ctl_count(&s->hosts, e.host);
    ctl_count(&s->revisions, e.revision);
    s->gestures += e.gesture;

    for (pos = 0; consent_ledger_next_cat(e.cats, &pos, &name, &on); ) {
        ctl_count(on ? &s->allowed : &s->refused, name);
    }
}


static int
ctl_count_compare(const void *a, const void *b)
{
    int                 rc;
    size_t              n;
    const ctl_count_t  *x = a;
    const ctl_count_t  *y = b;

    n = x->name.len < y->name.len ? x->name.len : y->name.len;
    rc = n ? memcmp(x->name.data, y->name.data, n) : 0;

    if (rc == 0) {
        rc = (x->name.len > y->name.len) - (x->name.len < y->name.len);
    }

    return rc;
}


static void
ctl_stats_table(ctl_counts_t *c)
{
    size_t  i;

    if (c->n == 0) {
        return;
    }

    printf("\n%s\n", c->what);

    for (i = 0; i < c->n; i++) {
        printf("%10llu  ", (unsigned long long) c->count[i].n);
        ctl_text(stdout, c->count[i].name.len ? c->count[i].name
                                              : ctl_str("-"));
        putchar('\n');
    }

    if (c->other) {
        printf("%10llu  (others)\n", (unsigned long long) c->other);
    }
}


static void
ctl_stats_object(ctl_counts_t *c)
{
    size_t  i;

    putchar(',');
    ctl_json(stdout, ctl_str(c->what));
    fputs(":{", stdout);

    for (i = 0; i < c->n; i++) {
        if (i) {
            putchar(',');
        }

        ctl_json(stdout, c->count[i].name);
        printf(":%llu", (unsigned long long) c->count[i].n);
    }

    putchar('}');
}


static void
ctl_stats_print(ctl_stats_t *s)
{
    size_t         i;
    double         share;
    uint64_t       given, first;
    ctl_counts_t  *all[8];

    all[0] = &s->events;
    all[1] = &s->allowed;
    all[2] = &s->refused;
    all[3] = &s->days;
    all[4] = &s->modes;
    all[5] = &s->languages;
    all[6] = &s->revisions;
    all[7] = &s->hosts;

    given = ctl_counted(&s->events, "given");
    first = given + ctl_counted(&s->events, "refused");
    share = first ? (double) given / (double) first : 0;

    if (s->json) {
        printf("{\"lines\":%llu,\"unread\":%llu,\"gestures\":%llu,"
               "\"acceptance\":%.4f,\"first\":",
               (unsigned long long) s->lines, (unsigned long long) s->unread,
               (unsigned long long) s->gestures, share);
        ctl_json(stdout, s->first);
        fputs(",\"last\":", stdout);
        ctl_json(stdout, s->last);

    } else {
        printf("%llu lines", (unsigned long long) s->lines);

        if (s->first.len) {
            fputs(", ", stdout);
            ctl_text(stdout, s->first);
            fputs(" to ", stdout);
            ctl_text(stdout, s->last);
        }

        if (first) {
            printf("; of %llu first choices %.1f %% were grants",
                   (unsigned long long) first, share * 100);
        }

        putchar('\n');
    }

    for (i = 0; i < 8; i++) {

        if (all[i]->n) {
            qsort(all[i]->count, all[i]->n, sizeof(ctl_count_t),
                  ctl_count_compare);
        }

        if (s->json) {
            ctl_stats_object(all[i]);

        } else {
            ctl_stats_table(all[i]);
        }
    }

    if (s->json) {
        puts("}");

    } else if (s->unread) {
        printf("\n%llu lines could not be read: see \"consentctl verify\"\n",
               (unsigned long long) s->unread);
    }
}


static int
ctl_stats_file(ctl_stats_t *s, const char *name)
{
    int            rc, has_lf;
    ctl_lines_t    lines;
    consent_str_t  line;

    if (ctl_lines_open(&lines, name, UINT64_MAX) != 0) {
        return -1;
    }

    while ((rc = ctl_lines_next(&lines, &line, &has_lf)) == 1) {
        ctl_stats_line(s, line);
    }

    ctl_lines_close(&lines);

    return rc;
}


int
ctl_stats(ctl_args_t *args)
{
    int                 i, n;
    const char        **files;
    static ctl_stats_t  s;

    s.events.what = "events";
    s.allowed.what = "allowed";
    s.refused.what = "refused";
    s.days.what = "days";
    s.modes.what = "modes";
    s.languages.what = "languages";
    s.revisions.what = "revisions";
    s.hosts.what = "hosts";

    files = ctl_get((size_t) args->argc * sizeof(char *));
    n = 0;

    while (args->at < args->argc) {

        if (ctl_flag(args, "--json")) {
            s.json = 1;

        } else if (ctl_unknown(args)) {
            return CTL_USAGE;

        } else if (args->at < args->argc) {
            files[n++] = ctl_next(args);
        }
    }

    if (n == 0) {
        return ctl_fail("stats takes a ledger, or several");
    }

    for (i = 0; i < n; i++) {
        if (ctl_stats_file(&s, files[i]) != 0) {
            return CTL_USAGE;
        }
    }

    ctl_stats_print(&s);

    return s.unread ? CTL_FINDING : CTL_GOOD;
}
