
/*
 * The rules for a page's guard: fingerprints of hosts, paths, an operator's
 * own rules.  See consent_guard.h, and src/ui/js/guard.js for who reads it.
 */

#include "consent_guard_int.h"


/* memory for one group of prints, and the exceptions of all filter lists */

typedef struct {
    consent_guard_key_t     *keys;
    consent_guard_except_t   except;
} consent_guard_work_t;


/*
 * Classes of the catalog as the script asks for them: category, kinds of
 * requests, and whether it counts on the company's own sites.
 */

static void
consent_guard_classes(consent_guard_out_t *o)
{
    int       cls, type;
    uint32_t  types;

    consent_guard_lit(o, "classes:[");

    for (cls = 0; cls < CONSENT_CLASS_MAX; cls++) {
        types = 0;

        for (type = 0; type <= CONSENT_TYPE_CONNECT; type++) {
            if (consent_class_wants((consent_class_e) cls,
                                    (consent_type_e) type))
            {
                types |= 1u << type;
            }
        }

        consent_guard_lit(o, "[");
        consent_guard_number(o, cls == CONSENT_CLASS_NEVER ? -2
                             : consent_catalog_category(
                                   (consent_class_e) cls));
        consent_guard_lit(o, ",");
        consent_guard_number(o, types);
        consent_guard_lit(o, ",");
        consent_guard_number(o, consent_class_own((consent_class_e) cls));
        consent_guard_lit(o, "],");
    }

    consent_guard_lit(o, "],\n");
}


/* the script is told the same of both */

static int
consent_guard_alike(int one, int two)
{
    int  type;

    if (one < CONSENT_CLASS_AD || two < CONSENT_CLASS_AD) {
        return one == two;
    }

    for (type = 0; type <= CONSENT_TYPE_CONNECT; type++) {
        if (!consent_class_wants((consent_class_e) one, (consent_type_e) type)
            != !consent_class_wants((consent_class_e) two,
                                    (consent_type_e) type))
        {
            return 0;
        }
    }

    return consent_catalog_category((consent_class_e) one)
           == consent_catalog_category((consent_class_e) two)
           && consent_class_own((consent_class_e) one)
              == consent_class_own((consent_class_e) two);
}


static consent_guard_key_t
consent_guard_host_key(uint32_t i)
{
    consent_guard_key_t            key;
    const consent_catalog_host_t  *h;

    h = &consent_catalog_hosts[i];

    key.of = i;
    key.print = consent_guard_print((const consent_u8 *)
                                    consent_catalog_strings + h->name,
                                    h->len, CONSENT_GUARD_HOST_BITS);

    return key;
}


static void
consent_guard_catalog_hosts(consent_guard_out_t *o, consent_guard_key_t *keys)
{
    int       cls, first;
    size_t    n;
    uint32_t  i;

    consent_guard_lit(o, "hosts:[");

    for (cls = CONSENT_CLASS_PASS; cls < CONSENT_CLASS_MAX; cls++) {
        for (first = CONSENT_CLASS_PASS; !consent_guard_alike(first, cls);
             first++)
        {
            /* void */
        }

        if (first < cls) {
            continue;
        }

        for (n = 0, i = 0; i < consent_catalog_nhosts; i++) {
            if (consent_catalog_hosts[i].cls != CONSENT_CLASS_NONE
                && consent_guard_alike(cls, consent_catalog_hosts[i].cls))
            {
                keys[n++] = consent_guard_host_key(i);
            }
        }

        consent_guard_set(o, cls, keys, n);
    }

    consent_guard_lit(o, "],\n");
}


/* "class[:types]", and then what is of that kind */

static void
consent_guard_kind(consent_guard_out_t *o, const consent_catalog_path_t *p)
{
    consent_guard_number(o, p->cls);

    if (p->types != 0xffffffffu) {
        consent_guard_lit(o, ":");
        consent_guard_number(o, p->types & ((2u << CONSENT_TYPE_CONNECT)
                                            - 1));
    }
}


static int
consent_guard_kin(const consent_catalog_path_t *a,
    const consent_catalog_path_t *b)
{
    return a->cls == b->cls && a->types == b->types;
}


/*
 * Paths of hosts: the hosts as fingerprints, and for each of them, in their
 * order, a line "kind /path /path kind /path".
 */

static void
consent_guard_catalog_paths(consent_guard_out_t *o, consent_guard_key_t *keys)
{
    size_t                         n, i;
    uint32_t                       k;
    const consent_catalog_host_t  *h;
    const consent_catalog_path_t  *p;

    for (n = 0, k = 0; k < consent_catalog_nhosts; k++) {
        if (consent_catalog_hosts[k].npaths) {
            keys[n++] = consent_guard_host_key(k);
        }
    }

    consent_guard_lit(o, "paths:[");
    consent_guard_prints(o, keys, n);
    consent_guard_lit(o, "],\nunder:\"");

    for (i = 0; i < n; i++) {
        h = &consent_catalog_hosts[keys[i].of];

        if (i) {
            consent_guard_lit(o, "\\n");
        }

        for (k = 0; k < h->npaths; k++) {
            p = &consent_catalog_paths[h->paths + k];

            if (k == 0 || !consent_guard_kin(p, p - 1)) {
                if (k) {
                    consent_guard_lit(o, " ");
                }

                consent_guard_kind(o, p);
            }

            consent_guard_lit(o, " ");
            consent_guard_text(o, (const consent_u8 *)
                               consent_catalog_strings + p->pattern, p->len);
        }
    }

    consent_guard_lit(o, "\",\n");
}


/*
 * Those that are trackers on whatever site, by kind: paths, without the "*"
 * that they begin with, or first labels of hosts, with a slash before them.
 */

static void
consent_guard_catalog_site(consent_guard_out_t *o, uint32_t n, int host)
{
    uint32_t                       i, k;
    unsigned                       some;
    const consent_u8              *text;
    const consent_catalog_path_t  *s;

    s = consent_catalog_site;

    for (some = 0, i = 0; i < n; i++) {

        for (k = 0; k < i; k++) {
            if (s[k].host == host && consent_guard_kin(&s[k], &s[i])) {
                break;
            }
        }

        if (s[i].host != host || k < i) {
            continue;
        }

        if (some++) {
            consent_guard_lit(o, " ");
        }

        consent_guard_kind(o, &s[i]);

        for (k = i; k < n; k++) {
            if (s[k].host != host || !consent_guard_kin(&s[k], &s[i])) {
                continue;
            }

            text = (const consent_u8 *) consent_catalog_strings
                   + s[k].pattern;

            consent_guard_put(o, host ? " /" : " ", 1 + (size_t) host);
            consent_guard_text(o, text + !host, (size_t) s[k].len - !host);
        }
    }
}


static void
consent_guard_catalog_sites(consent_guard_out_t *o)
{
    uint32_t  i, n;

    for (n = 0, i = 0; i <= consent_catalog_site_mask; i++) {
        if (consent_catalog_site_slots[i] > n) {
            n = consent_catalog_site_slots[i];
        }
    }

    consent_guard_lit(o, "site:\"");
    consent_guard_catalog_site(o, n, 0);
    consent_guard_lit(o, "\",\nlabels:\"");
    consent_guard_catalog_site(o, n, 1);
    consent_guard_lit(o, "\",\n");
}


/* what an operator wrote: [category, host, path, port], and expressions as
 * [category, "~..."] */

static void
consent_guard_own(consent_guard_out_t *o, const char *name,
    const consent_own_t *own)
{
    uint32_t                   i;
    const consent_own_rule_t  *r;

    consent_guard_put(o, name, strlen(name));
    consent_guard_lit(o, ":[");

    for (i = 0; i < own->n; i++) {
        r = &own->elts[i];

        if (r->inline_text) {
            continue;
        }

        consent_guard_lit(o, "[");
        consent_guard_number(o, r->category);
        consent_guard_lit(o, ",");

        if (r->regex) {
            consent_guard_quote(o, r->rule);

        } else {
            consent_guard_quote(o, r->host);

            if (r->path.len || r->port) {
                consent_guard_lit(o, ",");
                consent_guard_quote(o, r->path);
                consent_guard_lit(o, ",");
                consent_guard_number(o, r->port);
            }
        }

        consent_guard_lit(o, "],");
    }

    consent_guard_lit(o, "],\n");
}


int
consent_guard_is_host(const consent_filter_t *f)
{
    return f->host_len && f->domains == NULL && f->deny == NULL
           && !(f->flags & (CONSENT_FILTER_REGEX | CONSENT_FILTER_EXCEPT
                            | CONSENT_FILTER_FIRST | CONSENT_FILTER_BAD
                            | CONSENT_FILTER_CASE))
           && (f->types & CONSENT_FILTER_TYPES) == CONSENT_FILTER_TYPES
           && (f->len == f->host_len
               || (f->len == f->host_len + 1
                   && f->pattern[f->host_len] == '^'));
}


size_t
consent_guard_list_size(const consent_list_t *list)
{
    size_t    n;
    uint32_t  i;

    for (n = 0, i = 0; i < list->nfilters; i++) {
        n += (size_t) consent_guard_is_host(&list->filters[i]);
    }

    return n;
}


int
consent_guard_exceptions(consent_guard_except_t *except,
    const consent_rules_t *rules, const consent_alloc_t *alloc)
{
    size_t                   n;
    uint32_t                 i, k;
    const consent_filter_t  *f;

    /* counted, then kept */

    for (except->elts = NULL, n = 1; n; /* void */ ) {
        except->n = 0;

        for (i = 0; i < rules->nlists; i++) {
            for (k = 0; k < rules->lists[i]->nfilters; k++) {
                f = &rules->lists[i]->filters[k];

                if (!(f->flags & CONSENT_FILTER_EXCEPT)) {
                    continue;
                }

                if (except->elts) {
                    except->elts[except->n] = f;
                }

                except->n++;
            }
        }

        n = except->elts ? 0 : except->n;

        if (n) {
            except->elts = alloc->alloc(alloc->ctx,
                                   n * sizeof(const consent_filter_t *));
            if (except->elts == NULL) {
                return CONSENT_ERROR;
            }
        }
    }

    return CONSENT_OK;
}


int
consent_guard_excepted(const consent_guard_except_t *except,
    const consent_u8 *host, size_t len)
{
    size_t                   i;
    const consent_filter_t  *e;

    for (i = 0; i < except->n; i++) {
        e = except->elts[i];

        if (e->host_len >= len
            && memcmp(e->pattern + e->host_len - len, host, len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* hosts of a list that is not too long; those it names for other sites'
 * pages by themselves */

static size_t
consent_guard_list_hosts(const consent_guard_work_t *w,
    const consent_list_t *list, unsigned third)
{
    size_t                   n;
    uint32_t                 i;
    const consent_filter_t  *f;

    if (consent_guard_list_size(list) > CONSENT_GUARD_LIST_MAX) {
        return 0;
    }

    for (n = 0, i = 0; i < list->nfilters; i++) {
        f = &list->filters[i];

        if (consent_guard_is_host(f)
            && ((f->flags & CONSENT_FILTER_THIRD) != 0) == third
            && !consent_guard_excepted(&w->except, f->pattern, f->host_len))
        {
            w->keys[n++].print = consent_guard_print(f->pattern, f->host_len,
                                                    CONSENT_GUARD_HOST_BITS);
        }
    }

    return consent_guard_unique(w->keys, n);
}


static void
consent_guard_lists(consent_guard_out_t *o, const consent_rules_t *rules,
    const consent_guard_work_t *w)
{
    size_t    n;
    uint32_t  i;
    unsigned  third;

    consent_guard_lit(o, "lists:[");

    for (i = 0; i < rules->nlists; i++) {
        for (third = 0; third < 2; third++) {

            n = consent_guard_list_hosts(w, rules->lists[i], third);

            if (n == 0) {
                continue;
            }

            consent_guard_lit(o, "[");
            consent_guard_number(o, rules->lists[i]->category);
            consent_guard_lit(o, ",");
            consent_guard_number(o, third);
            consent_guard_lit(o, ",");
            consent_guard_prints(o, w->keys, n);
            consent_guard_lit(o, "],\n");
        }
    }

    consent_guard_lit(o, "],\n");
}


static void
consent_guard_write(consent_guard_out_t *o, const consent_guard_conf_t *conf,
    const consent_guard_work_t *w)
{
    unsigned  i;

    consent_guard_lit(o, "{seed:");
    consent_guard_number(o, CONSENT_GUARD_SEED);
    consent_guard_lit(o, ",categories:[");

    for (i = 0; i < conf->ncategories; i++) {
        consent_guard_quote(o, conf->categories[i]);
        consent_guard_lit(o, ",");
    }

    consent_guard_lit(o, "],\n");

    consent_guard_own(o, "allow", &conf->rules->allow);
    consent_guard_own(o, "block", &conf->rules->block);

    if (conf->rules->catalog) {
        consent_guard_classes(o);
        consent_guard_catalog_paths(o, w->keys);
        consent_guard_catalog_sites(o);
        consent_guard_catalog_hosts(o, w->keys);
    }

    consent_guard_lists(o, conf->rules, w);

    consent_guard_cookies(o, conf, w->keys);

    consent_guard_lit(o, "third:");
    consent_guard_number(o, conf->rules->third_party);
    consent_guard_lit(o, ",\nbits:\"");
    consent_guard_prints_end(o);
}


static int
consent_guard_prepare(consent_guard_work_t *w, const consent_rules_t *rules,
    const consent_alloc_t *alloc)
{
    size_t  n;

    n = consent_catalog_nhosts > CONSENT_GUARD_LIST_MAX
            ? consent_catalog_nhosts : CONSENT_GUARD_LIST_MAX;

    if (n < consent_guard_ncookies()) {
        n = consent_guard_ncookies();
    }

    w->keys = alloc->alloc(alloc->ctx, n * sizeof(consent_guard_key_t));
    if (w->keys == NULL) {
        return CONSENT_ERROR;
    }

    return consent_guard_exceptions(&w->except, rules, alloc);
}


int
consent_guard_data(const consent_guard_conf_t *conf,
    const consent_alloc_t *alloc, consent_guard_data_t *data)
{
    consent_u8            *p;
    consent_guard_out_t   o;
    consent_guard_work_t  w;

    if (consent_guard_prepare(&w, conf->rules, alloc) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    memset(&o, 0, sizeof(consent_guard_out_t));
    consent_guard_write(&o, conf, &w);

    p = alloc->alloc(alloc->ctx, o.n + o.nletters);
    if (p == NULL) {
        return CONSENT_ERROR;
    }

    data->text.data = p;
    data->text.len = o.n;
    data->bits.data = p + o.n;
    data->bits.len = o.nletters;

    memset(&o, 0, sizeof(consent_guard_out_t));
    o.p = p;
    o.letters = p + data->text.len;
    consent_guard_write(&o, conf, &w);

    return CONSENT_OK;
}
