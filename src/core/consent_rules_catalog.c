
/*
 * The built-in catalog's answer for an URL.
 */

#include "consent_rules_int.h"


/*
 * Classes to categories.  A tag manager loads what it is told to, so that it
 * needs the widest consent (VG Hannover, 10 A 5385/22: it is not necessary);
 * overlay.txt files the loaders of plain statistics as such.
 */

int
consent_catalog_category(consent_class_e cls)
{
    switch (cls) {

    case CONSENT_CLASS_AD:
    case CONSENT_CLASS_SOCIAL:
    case CONSENT_CLASS_TAG_MANAGER:
    case CONSENT_CLASS_MARKETING:
        return CONSENT_MARKETING;

    case CONSENT_CLASS_ANALYTICS:
        return CONSENT_ANALYTICS;

    case CONSENT_CLASS_CUSTOMER_SUCCESS:
    case CONSENT_CLASS_VIDEO:
    case CONSENT_CLASS_EMBED:
        return CONSENT_FUNCTIONAL;

    default:
        return CONSENT_CATEGORY_NONE;
    }
}


/*
 * What a class is blocked as.  A page that a visitor goes to is blocked where
 * it counts or sells only: a link or a form to a network, a film, a chat is
 * the visitor's own act.  Stills and styles of players carry the page's
 * content.  Embeds are other sites' pages: their frame is what tells on the
 * visitor; their API in a script draws the map the visitor came for, and is
 * asked for in the same breath, so it counts as well.
 */

int
consent_class_wants(consent_class_e cls, consent_type_e type)
{
    switch (cls) {

    case CONSENT_CLASS_AD:
    case CONSENT_CLASS_ANALYTICS:
    case CONSENT_CLASS_TAG_MANAGER:
        return 1;

    case CONSENT_CLASS_VIDEO:
        return type != CONSENT_TYPE_DOCUMENT && type != CONSENT_TYPE_IMAGE
               && type != CONSENT_TYPE_FONT;

    case CONSENT_CLASS_EMBED:
        return type == CONSENT_TYPE_SUBDOCUMENT || type == CONSENT_TYPE_OBJECT
               || type == CONSENT_TYPE_SCRIPT;

    default:
        return type != CONSENT_TYPE_DOCUMENT;
    }
}


int
consent_class_own(consent_class_e cls)
{
    return cls == CONSENT_CLASS_AD || cls == CONSENT_CLASS_ANALYTICS
           || cls == CONSENT_CLASS_TAG_MANAGER;
}


static const consent_catalog_host_t *
consent_catalog_find(uint32_t hash, const consent_u8 *name, size_t len)
{
    uint32_t                       at, i;
    const consent_catalog_host_t  *h;

    for (at = hash & consent_catalog_host_mask;
         (i = consent_catalog_host_slots[at]) != 0;
         at = (at + 1) & consent_catalog_host_mask)
    {
        h = &consent_catalog_hosts[i - 1];

        if (h->len == len
            && memcmp(consent_catalog_strings + h->name, name, len) == 0)
        {
            return h;
        }
    }

    return NULL;
}


static int
consent_catalog_say(consent_class_e cls, consent_type_e type, uint32_t rule,
    uint32_t stubs, consent_verdict_t *v)
{
    v->rule.data = (const consent_u8 *) consent_catalog_strings + rule;
    v->rule.len = strlen(consent_catalog_strings + rule);

    if (cls == CONSENT_CLASS_NEVER) {
        v->category = CONSENT_CATEGORY_NONE;
        v->source = CONSENT_SOURCE_NEVER;

        return 1;
    }

    if (cls == CONSENT_CLASS_PASS || !consent_class_wants(cls, type)) {
        v->rule.len = 0;
        return 0;
    }

    v->category = consent_catalog_category(cls);
    v->source = CONSENT_SOURCE_CATALOG;
    v->stubs = stubs;

    return 1;
}


/*
 * The most specific host that says anything decides.  A company's sites are
 * its own, but for those of its hosts that are there to count and to sell:
 * hm.baidu.com is that on baidu.com too.
 */

static int
consent_catalog_hosts_url(consent_match_t *m, const consent_url_t *url,
    consent_type_e type, int third, consent_verdict_t *v)
{
    size_t                         len, site;
    uint32_t                       i, n;
    consent_str_t                  t;
    const consent_u8              *name, *glob;
    const consent_catalog_host_t  *h;
    const consent_catalog_path_t  *p;

    t = consent_url_target(url);
    site = 0;

    for (i = m->nsuffixes; i-- > 0; /* void */ ) {
        name = m->host + m->suffix_at[i];
        len = m->host_len - m->suffix_at[i];

        h = consent_catalog_find(m->suffix[i], name, len);

        if (h == NULL) {
            continue;
        }

        if (!third) {
            if (site == 0) {
                site = consent_url_site(url->host).len;
            }

            if (len <= site) {
                continue;
            }
        }

        /* a connection hint has no path: it is judged by the host alone */

        n = (type == CONSENT_TYPE_CONNECT) ? 0 : h->npaths;

        for (p = &consent_catalog_paths[h->paths]; n; n--, p++) {

            if (!(p->types & (1u << type))) {
                continue;
            }

            glob = (const consent_u8 *) consent_catalog_strings + p->pattern;

            if (consent_glob(glob, p->len, t.data, t.len)) {

                if (!third && !consent_class_own(p->cls)) {
                    return 0;
                }

                return consent_catalog_say(p->cls, type, p->rule, p->stubs,
                                           v);
            }
        }

        if (h->cls != CONSENT_CLASS_NONE) {

            if (!third && !consent_class_own(h->cls)) {
                return 0;
            }

            return consent_catalog_say(h->cls, type, h->name, h->stubs, v);
        }
    }

    return 0;
}


/* paths and first labels that are trackers on whatever site: by their words */

static int
consent_catalog_site_url(consent_match_t *m, const consent_url_t *url,
    consent_type_e type, consent_verdict_t *v)
{
    size_t                         from, host, path;
    uint32_t                       i, at, k;
    const consent_u8              *key, *glob;
    const consent_catalog_path_t  *p;

    if (type == CONSENT_TYPE_DOCUMENT || url->path.data == NULL) {
        return 0;
    }

    host = (size_t) (url->host.data - url->href.data);
    path = (size_t) (url->path.data - url->href.data);

    if (path > m->lower_len || host > path) {
        return 0;
    }

    for (i = 0; i < m->ntokens; i++) {

        from = (m->token[i].at < path) ? host : path;

        if (m->token[i].at < host || (from == host && m->token[i].at != host))
        {
            continue;
        }

        for (at = m->token[i].hash & consent_catalog_site_mask;
             (k = consent_catalog_site_slots[at]) != 0;
             at = (at + 1) & consent_catalog_site_mask)
        {
            p = &consent_catalog_site[k - 1];
            glob = (const consent_u8 *) consent_catalog_strings + p->pattern;
            key = glob + p->key;

            if (p->key_len != m->token[i].len
                || memcmp(key, m->lower + m->token[i].at, p->key_len) != 0
                || p->host != (from == host)
                || (!(p->types & (1u << type))
                    && type != CONSENT_TYPE_CONNECT))
            {
                continue;
            }

            /* the widest consent of those that fit: gtm.js of "sgtm." */

            if (consent_catalog_category(p->cls) > v->category
                && consent_glob(glob, p->len, m->lower + from,
                                m->lower_len - from))
            {
                (void) consent_catalog_say(p->cls, type, p->rule, p->stubs,
                                           v);
            }
        }
    }

    return v->category != CONSENT_CATEGORY_NONE;
}


int
consent_catalog_url(consent_match_t *m, const consent_url_t *url,
    consent_type_e type, int third, consent_verdict_t *v)
{
    if (consent_catalog_hosts_url(m, url, type, third, v)) {
        return 1;
    }

    return consent_catalog_site_url(m, url, type, v);
}


consent_class_e
consent_catalog_host(consent_str_t host, consent_str_t *entity)
{
    uint32_t                       n, hashes[CONSENT_SUFFIXES_MAX];
    uint16_t                       at[CONSENT_SUFFIXES_MAX];
    const consent_catalog_host_t  *h;

    if (host.len > UINT16_MAX) {
        return CONSENT_CLASS_NONE;
    }

    n = consent_host_suffixes(host.data, host.len, hashes, at);

    while (n-- > 0) {
        h = consent_catalog_find(hashes[n], host.data + at[n],
                                 host.len - at[n]);

        if (h && (h->cls != CONSENT_CLASS_NONE || h->entity)) {

            if (entity) {
                entity->data = (const consent_u8 *) consent_catalog_strings
                               + h->entity;
                entity->len = strlen(consent_catalog_strings + h->entity);
            }

            return h->cls;
        }
    }

    return CONSENT_CLASS_NONE;
}


int
consent_catalog_names(const consent_u8 *host, size_t len)
{
    uint32_t                       n, hashes[CONSENT_SUFFIXES_MAX];
    uint16_t                       at[CONSENT_SUFFIXES_MAX];
    const consent_catalog_host_t  *h;

    if (len > UINT16_MAX) {
        return 1;
    }

    n = consent_host_suffixes(host, len, hashes, at);

    while (n-- > 0) {
        h = consent_catalog_find(hashes[n], host + at[n], len - at[n]);

        if (h && (h->npaths || h->cls > CONSENT_CLASS_NEVER)) {
            return 1;
        }
    }

    return 0;
}
