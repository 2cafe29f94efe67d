
/*
 * What the files of the tokenizer share.
 */

#ifndef CONSENT_HTML_INT_H
#define CONSENT_HTML_INT_H

#include "consent_html.h"

/* in a shared object, too, what is declared here is called and read directly */

#if defined __GNUC__
#pragma GCC visibility push(hidden)
#endif

/* character classes */

#define C_SPACE   1              /* tab, LF, FF, CR, space */
#define C_NAME    2              /* ends a tag name or attribute name */
#define C_UNQ     4              /* ends an unquoted value */

extern const uint8_t  consent_html_classes[256];

#define is_space(c)  (consent_html_classes[c] & C_SPACE)
#define is_alpha(c)  ((unsigned) (((c) | 0x20) - 'a') < 26)

/* each goes on with a state of its own: up to an event, or until another one
 * is to go on */

consent_html_event_e consent_html_next_tag(consent_html_tokenizer_t *t,
    const consent_u8 **pp, const consent_u8 *end);
consent_html_event_e consent_html_next_raw(consent_html_tokenizer_t *t,
    const consent_u8 **pp, const consent_u8 *end);
consent_html_event_e consent_html_next_script(consent_html_tokenizer_t *t,
    const consent_u8 **pp, const consent_u8 *end);
consent_html_event_e consent_html_next_markup(consent_html_tokenizer_t *t,
    const consent_u8 **pp, const consent_u8 *end);
consent_html_event_e consent_html_next_comment(consent_html_tokenizer_t *t,
    const consent_u8 **pp, const consent_u8 *end);
consent_html_event_e consent_html_next_doctype(consent_html_tokenizer_t *t,
    const consent_u8 **pp, const consent_u8 *end);

/* a part of a long tag was seen: it goes on behind it */
void consent_html_part_resume(consent_html_tokenizer_t *t);


#if defined __GNUC__
#pragma GCC visibility pop
#endif


static inline void
consent_html_tag_begin(consent_html_tokenizer_t *t, int end_tag)
{
    t->tag = t->mark;
    t->end_tag = end_tag;
    t->self_closing = 0;
    t->parted = 0;
    t->skipping = 0;
    t->pending = 0;
    t->parting = 0;
    t->nattrs = 0;
    t->hash = 0;
    t->name_len = 0;
}

#endif /* CONSENT_HTML_INT_H */
