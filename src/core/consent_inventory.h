
/*
 * The inventory: third-party hosts, signatures of inline scripts and cookies
 * that were seen in real traffic, in a table of fixed size.
 *
 * The caller lends the memory, and a lock where several write.  There is no
 * pointer in the table and no list, so a writer that dies in the middle of a
 * change leaves at worst one row that is wrong.  Nothing of a visitor is kept:
 * of the page only its path, with what looks like an identifier masked.
 */

#ifndef CONSENT_INVENTORY_H
#define CONSENT_INVENTORY_H

#include "consent_core.h"
#include "consent_rules.h"

#define CONSENT_INVENTORY_NAME_MAX      112
#define CONSENT_INVENTORY_RULE_MAX       72
#define CONSENT_INVENTORY_PAGE_MAX      104
#define CONSENT_INVENTORY_CATEGORY_MAX   32

typedef enum {
    CONSENT_INVENTORY_HOST = 0,
    CONSENT_INVENTORY_INLINE,        /* name is the rule */
    CONSENT_INVENTORY_COOKIE
} consent_inventory_kind_e;

/* what was seen */

typedef struct {
    consent_inventory_kind_e  kind;
    consent_str_t             name;
    consent_type_e            type;       /* of a host */
    consent_str_t             category;   /* empty: none */
    consent_source_e          source;
    consent_str_t             rule;
    consent_str_t             page;       /* a path; cut at '?' */
    unsigned                  blocked:1;
} consent_inventory_seen_t;

typedef struct {
    uint64_t    count;                    /* 0: this row is free */
    uint64_t    blocked;                  /* of count */
    int64_t     first;
    int64_t     last;
    uint32_t    hash;                     /* of kind and name */
    uint32_t    generation;
    uint32_t    types;                    /* bits of consent_type_e */
    uint8_t     kind;
    uint8_t     source;
    uint8_t     cut;                      /* name is the end of a longer one */
    uint8_t     name_len;
    uint8_t     rule_len;
    uint8_t     page_len;
    uint8_t     category_len;
    consent_u8  name[CONSENT_INVENTORY_NAME_MAX];
    consent_u8  rule[CONSENT_INVENTORY_RULE_MAX];
    consent_u8  page[CONSENT_INVENTORY_PAGE_MAX];
    consent_u8  category[CONSENT_INVENTORY_CATEGORY_MAX];
} consent_inventory_row_t;

typedef struct {
    uint32_t                 nsets;
    uint64_t                 evicted;     /* rows given up for others */
    consent_inventory_row_t  rows[];
} consent_inventory_t;

/*
 * Makes a table in size bytes, aligned for uint64_t; NULL if that is too
 * little for any.
 */

consent_inventory_t *consent_inventory_init(void *mem, size_t size);

/* how many rows there are, used or not */

size_t consent_inventory_capacity(const consent_inventory_t *inv);

/*
 * Adds to a row or makes one.  "generation" names the configuration that
 * judged: under another one, a row of the same name is judged anew, and
 * keeps its counts; under the same, a host that is a tracker under one path
 * and unknown under another has a row for each.
 */

void consent_inventory_add(consent_inventory_t *inv,
    const consent_inventory_seen_t *seen, uint32_t generation, int64_t now);

/* nothing named it: the operator has to */

int consent_inventory_unknown(const consent_inventory_row_t *row);

/* for qsort(): unknown first, then by count, then by name */

int consent_inventory_compare(const void *one, const void *two);

/*
 * A path without query, as many whole segments as fit, and each that may name
 * a visitor replaced by "*": with '@' or "%40", '=', ';' or ':', with five
 * digits or more, of more than 48 characters, or with 16 letters and digits
 * mixed.  Returns the length.
 */

size_t consent_inventory_page(consent_str_t path,
    consent_u8 buf[CONSENT_INVENTORY_PAGE_MAX]);

#endif /* CONSENT_INVENTORY_H */
