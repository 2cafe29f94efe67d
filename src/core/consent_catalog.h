
/*
 * The built-in catalog: hosts and paths of known third parties, by class.
 *
 * The tables are generated (src/catalog/generate.mjs) and constant.  Hosts are
 * in an open-addressing hash by name; a lookup of a URL's host asks once for
 * each of its suffixes, whose hashes are computed in one walk from the end.
 */

#ifndef CONSENT_CATALOG_H
#define CONSENT_CATALOG_H

#include "consent_core.h"

typedef enum {
    CONSENT_CLASS_NONE = 0,          /* its path rules alone speak */
    CONSENT_CLASS_PASS,              /* known and harmless: stops the search */
    CONSENT_CLASS_NEVER,             /* captchas, payment, consent providers */
    CONSENT_CLASS_AD,
    CONSENT_CLASS_ANALYTICS,
    CONSENT_CLASS_SOCIAL,
    CONSENT_CLASS_TAG_MANAGER,
    CONSENT_CLASS_MARKETING,
    CONSENT_CLASS_CUSTOMER_SUCCESS,
    CONSENT_CLASS_VIDEO,
    CONSENT_CLASS_EMBED,             /* maps, players, forms: frames alone */
    CONSENT_CLASS_MAX
} consent_class_e;

typedef struct {
    uint32_t  name;                  /* offset into consent_catalog_strings */
    uint32_t  entity;                /* the same: who it is; 0: not known */
    uint32_t  stubs;
    uint16_t  paths;                 /* first path rule */
    uint8_t   npaths;
    uint8_t   len;
    uint8_t   cls;
} consent_catalog_host_t;

typedef struct {
    uint32_t  pattern;               /* a glob on path and query; from the
                                        path's start, any end unless '$' */
    uint32_t  rule;                  /* as written in the overlay */
    uint32_t  stubs;
    uint32_t  types;                 /* mask of consent_type_e */
    uint16_t  key;                   /* site rules: offset and length of the */
    uint8_t   key_len;               /* path segment it is filed under */
    uint8_t   len;
    uint8_t   cls;
    uint8_t   host;                  /* a first label of hosts, not a path */
} consent_catalog_path_t;

extern const char                    consent_catalog_strings[];
extern const consent_catalog_host_t  consent_catalog_hosts[];
extern const uint16_t                consent_catalog_host_slots[];
extern const uint32_t                consent_catalog_host_mask;
extern const uint32_t                consent_catalog_nhosts;
extern const consent_catalog_path_t  consent_catalog_paths[];

/* paths and first labels of hosts that are trackers wherever they are */

extern const consent_catalog_path_t  consent_catalog_site[];
extern const uint16_t                consent_catalog_site_slots[];
extern const uint32_t                consent_catalog_site_mask;

/* the class of a host by name, for lists of vendors; entity may be NULL */

consent_class_e consent_catalog_host(consent_str_t host,
    consent_str_t *entity);

/* 1: something is said of this host, or of paths on it, that withholds */
int consent_catalog_names(const consent_u8 *host, size_t len);

/* a class's category, or CONSENT_CATEGORY_NONE */

int consent_catalog_category(consent_class_e cls);

#endif /* CONSENT_CATALOG_H */
