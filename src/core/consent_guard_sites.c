
/*
 * Hosts of long filter lists by the site they are of: sorted from the end of
 * the name, so that all of a site stand together.
 */

#include <stdlib.h>

#include "consent_guard.h"
#include "consent_guard_int.h"


typedef struct {
    const consent_u8        *host;
    uint16_t                 len;
    uint16_t                 category;
} consent_guard_site_t;

struct consent_guard_sites_s {
    consent_guard_site_t    *elts;
    size_t                   n;
    consent_guard_except_t   except;
};


/* from the end; what is shorter comes first */

static int
consent_guard_order(const consent_u8 *a, size_t alen, const consent_u8 *b,
    size_t blen)
{
    while (alen && blen) {
        if (a[--alen] != b[--blen]) {
            return (a[alen] > b[blen]) - (a[alen] < b[blen]);
        }
    }

    return (alen > blen) - (alen < blen);
}


static int
consent_guard_site_compare(const void *one, const void *two)
{
    const consent_guard_site_t  *a = one, *b = two;

    return consent_guard_order(a->host, a->len, b->host, b->len);
}


consent_guard_sites_t *
consent_guard_sites(const consent_rules_t *rules, const consent_alloc_t *alloc)
{
    size_t                   n;
    uint32_t                 i, k;
    const consent_list_t    *list;
    const consent_filter_t  *f;
    consent_guard_sites_t   *sites;

    sites = alloc->alloc(alloc->ctx, sizeof(consent_guard_sites_t));
    if (sites == NULL) {
        return NULL;
    }

    for (n = 0, i = 0; i < rules->nlists; i++) {
        n += consent_guard_list_size(rules->lists[i]);
    }

    if (consent_guard_exceptions(&sites->except, rules, alloc)
        != CONSENT_OK)
    {
        return NULL;
    }

    sites->n = 0;
    sites->elts = alloc->alloc(alloc->ctx,
                               (n + 1) * sizeof(consent_guard_site_t));
    if (sites->elts == NULL) {
        return NULL;
    }

    for (i = 0; i < rules->nlists; i++) {
        list = rules->lists[i];

        if (consent_guard_list_size(list) <= CONSENT_GUARD_LIST_MAX) {
            continue;
        }

        for (k = 0; k < list->nfilters; k++) {
            f = &list->filters[k];

            if (consent_guard_is_host(f)
                && !(f->flags & CONSENT_FILTER_THIRD))
            {
                sites->elts[sites->n].host = f->pattern;
                sites->elts[sites->n].len = f->host_len;
                sites->elts[sites->n].category = (uint16_t) list->category;
                sites->n++;
            }
        }
    }

    qsort(sites->elts, sites->n, sizeof(consent_guard_site_t),
          consent_guard_site_compare);

    return sites;
}


size_t
consent_guard_hosts(const consent_guard_sites_t *sites, consent_str_t site,
    consent_u8 dst[CONSENT_GUARD_HOSTS_MAX])
{
    size_t                       n, low, high, mid;
    const consent_guard_site_t  *s;

    low = 0;
    high = sites->n;

    while (low < high) {
        mid = low + (high - low) / 2;
        s = &sites->elts[mid];

        if (consent_guard_order(s->host, s->len, site.data, site.len) < 0) {
            low = mid + 1;

        } else {
            high = mid;
        }
    }

    for (n = 0; low < sites->n; low++) {
        s = &sites->elts[low];

        if (s->len < site.len
            || memcmp(s->host + s->len - site.len, site.data, site.len) != 0)
        {
            break;
        }

        if ((s->len > site.len && s->host[s->len - site.len - 1] != '.')
            || consent_guard_excepted(&sites->except, s->host, s->len))
        {
            continue;
        }

        if (n + s->len + 4 > CONSENT_GUARD_HOSTS_MAX) {
            break;
        }

        if (n) {
            dst[n++] = ' ';
        }

        if (s->category > 9) {
            dst[n++] = (consent_u8) ('0' + s->category / 10);
        }

        dst[n++] = (consent_u8) ('0' + s->category % 10);
        dst[n++] = ':';

        memcpy(dst + n, s->host, s->len);
        n += s->len;
    }

    return n;
}
