
/*
 * The tags that the quick way through a page knows, and the attributes that
 * matter on them.
 */

#ifndef CONSENT_REWRITE_QUICK_TABLE_H
#define CONSENT_REWRITE_QUICK_TABLE_H

#include "consent_rewrite_int.h"

/* in a shared object, too, they are where they are: not looked up for each
 * use */

#if defined __GNUC__
#pragma GCC visibility push(hidden)
#endif

typedef enum {
    QUICK_NO = 0,
    QUICK_BLOCK,                 /* closes a paragraph, is pushed */
    QUICK_PLACE,                 /* as it, but its id may be ours */
    QUICK_P,
    QUICK_ITEM,                  /* li, dd, dt */
    QUICK_HEADING,
    QUICK_FORMAT,
    QUICK_OTHER,                 /* "any other start tag" */
    QUICK_VOID,
    QUICK_NONE,                  /* nothing happens */
    QUICK_TREE                   /* tree construction knows */
} quick_e;

/*
 * They are found by their names as numbers, eight bytes, in a perfect hash.
 * A name that is not there is of an element that the standard knows nothing
 * special about, or is not for here.
 */

typedef struct {
    uint64_t  key;
    uint8_t   id;
    uint8_t   cls;
} quick_tag_t;

#define quick_slot(key)  (((key) * 0xcc5dcd5fd17f17d3u) >> 56)

extern const quick_tag_t  consent_rw_quick_tags[256];

/*
 * By length and first letter: could this be the name of an attribute that
 * matters on one of them?
 */

extern const uint32_t  consent_rw_quick_names[24];

#define quick_matters(names, name, len)                                       \
    ((len) < 24 ? (names)[len] >> (*(name) & 31) & 1                          \
                : (names) == consent_rw_quick_names                           \
                  && (*(name) | 0x20) == 'o')

/* "<", ">", "/", blanks, "=" */
extern const consent_u8  consent_rw_quick_bytes[5][16];

/* keeps an attribute that may matter; 0: no room for it */
int consent_rw_quick_keep(consent_html_tokenizer_t *t,
    const consent_html_attr_t *attr, const consent_u8 *tag);

#if defined __GNUC__
#pragma GCC visibility pop
#endif

#endif /* CONSENT_REWRITE_QUICK_TABLE_H */
