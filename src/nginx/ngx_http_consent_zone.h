
/*
 * What is in consent_zone, for those who write it (_zone.c) and read it
 * (_status.c).
 */

#ifndef _NGX_HTTP_CONSENT_ZONE_H_INCLUDED_
#define _NGX_HTTP_CONSENT_ZONE_H_INCLUDED_


#include "ngx_http_consent_module.h"
#include "consent_inventory.h"


/* changes whenever the structures below or consent_inventory_row_t do */

#define NGX_HTTP_CONSENT_ZONE_LAYOUT      1

#define NGX_HTTP_CONSENT_ZONE_DAYS        32     /* 30 are shown */
#define NGX_HTTP_CONSENT_ZONE_DEFAULT     (1024 * 1024)

#define NGX_HTTP_CONSENT_ZONE_CATEGORIES  24     /* of all servers; then
                                                    "other" */

/* consent_type_e, and two more */

#define NGX_HTTP_CONSENT_ZONE_INLINE      (CONSENT_TYPE_CONNECT + 1)
#define NGX_HTTP_CONSENT_ZONE_COOKIE      (CONSENT_TYPE_CONNECT + 2)
#define NGX_HTTP_CONSENT_ZONE_TYPES       (CONSENT_TYPE_CONNECT + 3)


/* consent_state_choose()'s events */

typedef enum {
    NGX_HTTP_CONSENT_EV_GIVEN = 0,
    NGX_HTTP_CONSENT_EV_REFUSED,
    NGX_HTTP_CONSENT_EV_CHANGED,
    NGX_HTTP_CONSENT_EV_WITHDRAWN,
    NGX_HTTP_CONSENT_EV_ACKNOWLEDGED,
    NGX_HTTP_CONSENT_EV_MAX
} ngx_http_consent_event_e;


/* statuses with which the endpoint refuses */

#define NGX_HTTP_CONSENT_ZONE_REFUSALS    8


typedef struct {
    ngx_atomic_t       day;                /* since 1970, UTC */
    ngx_atomic_t       n[NGX_HTTP_CONSENT_EV_MAX];
} ngx_http_consent_day_t;


typedef struct {
    ngx_uint_t         len;
    u_char             name[CONSENT_INVENTORY_CATEGORY_MAX];
} ngx_http_consent_zone_category_t;


typedef struct {
    ngx_uint_t         layout;
    time_t             start;

    ngx_atomic_t       counters[NGX_HTTP_CONSENT_N_MAX];

    /* [0]: on, [1]: report */
    ngx_atomic_t       pages[2][CONSENT_MODE_NONE + 1]
                            [CONSENT_BASIS_EXEMPT + 1];
    ngx_atomic_t       blocked[2][NGX_HTTP_CONSENT_ZONE_CATEGORIES + 1]
                              [NGX_HTTP_CONSENT_ZONE_TYPES];

    ngx_atomic_t       choices[NGX_HTTP_CONSENT_EV_MAX];
    ngx_atomic_t       refusals[NGX_HTTP_CONSENT_ZONE_REFUSALS];

    /* under the zone's lock */

    ngx_http_consent_day_t  days[NGX_HTTP_CONSENT_ZONE_DAYS];

    /* only grows; a new one is written before it is counted */

    ngx_http_consent_zone_category_t
                       categories[NGX_HTTP_CONSENT_ZONE_CATEGORIES];
    ngx_atomic_t       ncategories;

    /* the inventory's address is the same in all processes */

    consent_inventory_t  *inventory;
} ngx_http_consent_shared_t;


#define ngx_http_consent_shared(mcf)                                         \
    ((ngx_http_consent_shared_t *) (mcf)->zone->data)

#define ngx_http_consent_zone_pool(mcf)                                      \
    ((ngx_slab_pool_t *) (mcf)->zone->shm.addr)

#define ngx_http_consent_zone_lock(mcf)                                      \
    ngx_shmtx_lock(&ngx_http_consent_zone_pool(mcf)->mutex)

#define ngx_http_consent_zone_unlock(mcf)                                    \
    ngx_shmtx_unlock(&ngx_http_consent_zone_pool(mcf)->mutex)


extern const ngx_str_t   ngx_http_consent_event_names[];
extern const ngx_str_t   ngx_http_consent_type_names[];
extern const ngx_uint_t  ngx_http_consent_refusal_statuses[];


#endif /* _NGX_HTTP_CONSENT_ZONE_H_INCLUDED_ */
