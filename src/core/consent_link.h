
/*
 * Link header fields: which of their links a browser acts on before it has
 * read a byte of the page.  https://www.rfc-editor.org/rfc/rfc8288#appendix-B
 */

#ifndef CONSENT_LINK_H
#define CONSENT_LINK_H

#include "consent_core.h"

#define CONSENT_LINK_SRCSET_MAX  4096

typedef struct {
    consent_str_t  whole;            /* without commas and white space */
    consent_str_t  target;           /* between "<" and ">" */
    consent_str_t  srcset;           /* imagesrcset, quotes undone */
    uint32_t       types;            /* of consent_type_e, a bit each: what it
                                        is loaded as; 0: it is not loaded */
    unsigned       unread:1;         /* more than there is place for */
    const consent_u8  *open;         /* no quote is closed from here on; NULL
                                        before the first link */
    consent_u8     buf[CONSENT_LINK_SRCSET_MAX];
} consent_link_t;

/* the next link of a field; 0: there is none.  "rest" goes on behind it.
 * link->open is NULL at the first. */

int consent_link_next(consent_str_t *rest, consent_link_t *link);

/* the next URL of a srcset; 0: there is none */

int consent_link_candidate(consent_str_t *rest, consent_str_t *url);

#endif /* CONSENT_LINK_H */
