
/*
 * The rules for a page's guard: fingerprints of hosts, paths, an operator's
 * own rules, cookie names.  See consent_guard.h, and src/ui/js/guard.js for
 * who reads it.
 */

#include <stdlib.h>

#include "consent_guard.h"
#include "consent_cookies.h"
#include "consent_guard_int.h"


/* one pass counts, the next writes */

typedef struct {
    consent_u8             *p;           /* NULL: only count */
    size_t                  n;
    uint32_t                bits;        /* that are not written yet */
    unsigned                nbits;
} consent_guard_out_t;


/* memory for one group of prints, and the exceptions of all filter lists */

typedef struct {
    uint64_t                *prints;
    consent_guard_except_t   except;
} consent_guard_work_t;


static const char  consent_guard_base64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";


uint64_t
consent_guard_print(const consent_u8 *name, size_t len, unsigned bits)
{
    uint32_t  a, b, h, g;

    a = 0xdeadbeefu;
    b = 0x41c6ce57u;

    while (len--) {
        a = (a ^ name[len]) * 2654435761u;
        b = (b ^ name[len]) * 1597334677u;
    }

    h = ((a ^ (a >> 16)) * 2246822507u) ^ ((b ^ (b >> 13)) * 3266489909u);
    g = ((b ^ (b >> 16)) * 2246822507u) ^ ((a ^ (a >> 13)) * 3266489909u);

    return ((uint64_t) g << 32 | h) & (((uint64_t) 1 << bits) - 1);
}


static void
consent_guard_put(consent_guard_out_t *o, const void *data, size_t len)
{
    if (o->p && len) {
        memcpy(o->p + o->n, data, len);
    }

    o->n += len;
}


#define consent_guard_lit(o, s)  consent_guard_put(o, s, sizeof(s) - 1)


static void
consent_guard_number(consent_guard_out_t *o, int64_t n)
{
    char    buf[24];
    size_t  i;

    i = sizeof(buf);

    if (n < 0) {
        consent_guard_lit(o, "-");
        n = -n;
    }

    do {
        buf[--i] = (char) ('0' + n % 10);
        n /= 10;
    } while (n);

    consent_guard_put(o, buf + i, sizeof(buf) - i);
}


/* nothing in it ends a string, a script or a line */

static void
consent_guard_text(consent_guard_out_t *o, const consent_u8 *s, size_t len)
{
    size_t             i;
    consent_u8         c;
    char               esc[6] = { '\\', 'u', '0', '0' };

    static const char  hex[] = "0123456789abcdef";

    for (i = 0; i < len; i++) {
        c = s[i];

        if (c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '\''
            || c == 0x7f)
        {
            esc[4] = hex[c >> 4];
            esc[5] = hex[c & 15];
            consent_guard_put(o, esc, 6);

        } else {
            consent_guard_put(o, &c, 1);
        }
    }
}


static void
consent_guard_quote(consent_guard_out_t *o, consent_str_t s)
{
    consent_guard_lit(o, "\"");
    consent_guard_text(o, s.data, s.len);
    consent_guard_lit(o, "\"");
}


/* bits, the highest first, six to a letter */

static void
consent_guard_bits(consent_guard_out_t *o, uint64_t value, unsigned n)
{
    while (n--) {
        o->bits = o->bits << 1 | (uint32_t) (value >> n & 1);

        if (++o->nbits == 6) {
            consent_guard_put(o, &consent_guard_base64[o->bits & 63], 1);
            o->nbits = 0;
        }
    }
}


static int
consent_guard_compare(const void *one, const void *two)
{
    const uint64_t  *a = one, *b = two;

    return (*a > *b) - (*a < *b);
}


/*
 * [number, k, "..."]: each difference as its part above k bits, in ones ended
 * by a zero, and those bits.  k is what makes it shortest.
 */

static void
consent_guard_prints(consent_guard_out_t *o, uint64_t *prints, size_t n)
{
    size_t    i;
    uint64_t  d, size, best;
    unsigned  k, at;

    qsort(prints, n, sizeof(uint64_t), consent_guard_compare);

    best = UINT64_MAX;
    at = 0;

    for (k = 8; k < 40; k++) {
        size = 0;

        for (i = 0; i < n && size < best; i++) {
            d = prints[i] - (i ? prints[i - 1] : 0);
            size += (d >> k) + 1 + k;
        }

        if (size < best) {
            best = size;
            at = k;
        }
    }

    consent_guard_number(o, (int64_t) n);
    consent_guard_lit(o, ",");
    consent_guard_number(o, at);
    consent_guard_lit(o, ",\"");

    for (i = 0; i < n; i++) {
        d = prints[i] - (i ? prints[i - 1] : 0);

        for (size = d >> at; size; size--) {
            consent_guard_bits(o, 1, 1);
        }

        consent_guard_bits(o, 0, 1);
        consent_guard_bits(o, d, at);
    }

    if (o->nbits) {
        consent_guard_bits(o, 0, 6 - o->nbits);
    }

    consent_guard_lit(o, "\"");
}


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


static void
consent_guard_catalog_hosts(consent_guard_out_t *o, uint64_t *prints)
{
    int                            cls, first;
    size_t                         n;
    uint32_t                       i;
    const consent_catalog_host_t  *h;

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

        n = 0;

        for (i = 0; i < consent_catalog_nhosts; i++) {
            h = &consent_catalog_hosts[i];

            if (h->cls != CONSENT_CLASS_NONE
                && consent_guard_alike(cls, h->cls))
            {
                prints[n++] = consent_guard_print((const consent_u8 *)
                                                  consent_catalog_strings
                                                  + h->name, h->len,
                                                  CONSENT_GUARD_HOST_BITS);
            }
        }

        if (n) {
            consent_guard_lit(o, "[");
            consent_guard_number(o, cls);
            consent_guard_lit(o, ",");
            consent_guard_prints(o, prints, n);
            consent_guard_lit(o, "],\n");
        }
    }

    consent_guard_lit(o, "],\n");
}


static void
consent_guard_path(consent_guard_out_t *o, const consent_catalog_path_t *p)
{
    consent_guard_number(o, p->cls);

    if (p->types != 0xffffffffu) {
        consent_guard_lit(o, ":");
        consent_guard_number(o, p->types & ((2u << CONSENT_TYPE_CONNECT)
                                            - 1));
    }

    consent_guard_lit(o, " ");
    consent_guard_text(o, (const consent_u8 *) consent_catalog_strings
                       + p->pattern, p->len);
}


/*
 * Paths of hosts, and those that are trackers on whatever site, as lines of
 * text: "class[:types] pattern".
 */

static void
consent_guard_catalog_paths(consent_guard_out_t *o)
{
    int                            host;
    uint32_t                       i, k, n;
    const consent_catalog_host_t  *h;

    consent_guard_lit(o, "paths:{");

    for (i = 0; i < consent_catalog_nhosts; i++) {
        h = &consent_catalog_hosts[i];

        if (h->npaths == 0) {
            continue;
        }

        consent_guard_lit(o, "\"");
        consent_guard_text(o, (const consent_u8 *) consent_catalog_strings
                           + h->name, h->len);
        consent_guard_lit(o, "\":\"");

        for (k = 0; k < h->npaths; k++) {
            if (k) {
                consent_guard_lit(o, "\\n");
            }

            consent_guard_path(o, &consent_catalog_paths[h->paths + k]);
        }

        consent_guard_lit(o, "\",\n");
    }

    for (n = 0, i = 0; i <= consent_catalog_site_mask; i++) {
        if (consent_catalog_site_slots[i] > n) {
            n = consent_catalog_site_slots[i];
        }
    }

    for (host = 0; host < 2; host++) {

        if (host) {
            consent_guard_lit(o, "\",labels:\"");
        } else {
            consent_guard_lit(o, "},\nsite:\"");
        }

        for (k = 0, i = 0; i < n; i++) {
            if (consent_catalog_site[i].host == host) {
                if (k++) {
                    consent_guard_lit(o, "\\n");
                }

                consent_guard_path(o, &consent_catalog_site[i]);
            }
        }
    }

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
            w->prints[n++] = consent_guard_print(f->pattern, f->host_len,
                                                 CONSENT_GUARD_HOST_BITS);
        }
    }

    return n;
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
            consent_guard_prints(o, w->prints, n);
            consent_guard_lit(o, "],\n");
        }
    }

    consent_guard_lit(o, "],\n");
}


static void
consent_guard_own_cookies(consent_guard_out_t *o,
    const consent_guard_conf_t *conf)
{
    size_t  i;

    consent_guard_lit(o, "cookies:[");

    for (i = 0; i < conf->ncookies; i++) {
        consent_guard_lit(o, "[");
        consent_guard_number(o, conf->cookies[i].category);
        consent_guard_lit(o, ",");
        consent_guard_quote(o, conf->cookies[i].name);
        consent_guard_lit(o, "],");
    }

    consent_guard_lit(o, "],\n");
}


static void
consent_guard_names(consent_guard_out_t *o, const consent_cookie_name_t *c,
    uint32_t n, int category)
{
    uint32_t  i, k;

    for (k = 0, i = 0; i < n; i++) {
        if (category == CONSENT_CATEGORY_NONE || c[i].category == category) {
            if (k++) {
                consent_guard_lit(o, " ");
            }

            consent_guard_text(o, (const consent_u8 *) c[i].name, c[i].len);
        }
    }
}


/* whole names as fingerprints, their beginnings as text, and those that must
 * stay whatever a beginning says */

static void
consent_guard_cookies(consent_guard_out_t *o, uint64_t *prints)
{
    int                           category;
    size_t                        n;
    uint32_t                      i, k;
    const consent_cookie_name_t  *c;

    consent_guard_lit(o, "names:[");

    for (category = CONSENT_FUNCTIONAL; category <= CONSENT_MARKETING;
         category++)
    {
        n = 0;

        for (i = 0; i <= consent_cookie_mask; i++) {
            k = consent_cookie_slots[i];
            c = k ? &consent_cookie_names[k - 1] : NULL;

            if (c && c->category == category) {
                prints[n++] = consent_guard_print((const consent_u8 *)
                                                  c->name, c->len,
                                                  CONSENT_GUARD_COOKIE_BITS);
            }
        }

        if (n) {
            consent_guard_lit(o, "[");
            consent_guard_number(o, category);
            consent_guard_lit(o, ",");
            consent_guard_prints(o, prints, n);
            consent_guard_lit(o, "],\n");
        }
    }

    consent_guard_lit(o, "],\nstarts:[\"");

    for (category = CONSENT_FUNCTIONAL; category <= CONSENT_MARKETING;
         category++)
    {
        consent_guard_names(o, consent_cookie_prefixes,
                            consent_cookie_nprefixes, category);

        if (category < CONSENT_MARKETING) {
            consent_guard_lit(o, "\",\"");
        }
    }

    consent_guard_lit(o, "\"],\nnever:\"");
    consent_guard_names(o, consent_cookie_never, consent_cookie_nnever,
                        CONSENT_CATEGORY_NONE);
    consent_guard_lit(o, "\",\n");
}


static void
consent_guard_write(consent_guard_out_t *o, const consent_guard_conf_t *conf,
    const consent_guard_work_t *w)
{
    unsigned  i;

    consent_guard_lit(o, "{categories:[");

    for (i = 0; i < conf->ncategories; i++) {
        consent_guard_quote(o, conf->categories[i]);
        consent_guard_lit(o, ",");
    }

    consent_guard_lit(o, "],\n");

    consent_guard_own(o, "allow", &conf->rules->allow);
    consent_guard_own(o, "block", &conf->rules->block);

    if (conf->rules->catalog) {
        consent_guard_classes(o);
        consent_guard_catalog_paths(o);
        consent_guard_catalog_hosts(o, w->prints);
    }

    consent_guard_lists(o, conf->rules, w);

    if (conf->cookies) {
        consent_guard_own_cookies(o, conf);

    } else {
        consent_guard_cookies(o, w->prints);
    }

    consent_guard_lit(o, "third:");
    consent_guard_number(o, conf->rules->third_party);
    consent_guard_lit(o, "}");
}


static int
consent_guard_prepare(consent_guard_work_t *w, const consent_rules_t *rules,
    const consent_alloc_t *alloc)
{
    size_t  n;

    n = consent_catalog_nhosts > CONSENT_GUARD_LIST_MAX
            ? consent_catalog_nhosts : CONSENT_GUARD_LIST_MAX;

    if (n < consent_cookie_mask + 1) {
        n = consent_cookie_mask + 1;
    }

    w->prints = alloc->alloc(alloc->ctx, n * sizeof(uint64_t));
    if (w->prints == NULL) {
        return CONSENT_ERROR;
    }

    return consent_guard_exceptions(&w->except, rules, alloc);
}


int
consent_guard_data(const consent_guard_conf_t *conf,
    const consent_alloc_t *alloc, consent_str_t *data)
{
    size_t                n;
    consent_guard_out_t   o;
    consent_guard_work_t  w;

    if (consent_guard_prepare(&w, conf->rules, alloc) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    memset(&o, 0, sizeof(consent_guard_out_t));
    consent_guard_write(&o, conf, &w);
    n = o.n;

    memset(&o, 0, sizeof(consent_guard_out_t));

    o.p = alloc->alloc(alloc->ctx, n);
    if (o.p == NULL) {
        return CONSENT_ERROR;
    }

    consent_guard_write(&o, conf, &w);

    data->data = o.p;
    data->len = o.n;

    return CONSENT_OK;
}
