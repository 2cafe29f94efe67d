
/*
 * HTML as browsers read it: a tokenizer that stops and goes on at any byte,
 * and as much of tree construction as decides what the tokenizer does next.
 * https://html.spec.whatwg.org/multipage/parsing.html
 *
 * Nothing here knows of rules, categories or edits.
 */

#ifndef CONSENT_HTML_H
#define CONSENT_HTML_H

#include "consent_core.h"
#include "consent_html_names.h"

/* tokenizer states; what is below CONSENT_HTML_S_TAG_OPEN is text, in which
 * no token is under way */

typedef enum {
    CONSENT_HTML_S_DATA = 0,
    CONSENT_HTML_S_RCDATA,
    CONSENT_HTML_S_RAWTEXT,
    CONSENT_HTML_S_SCRIPT,
    CONSENT_HTML_S_SCRIPT_ESC,
    CONSENT_HTML_S_SCRIPT_DBL,
    CONSENT_HTML_S_PLAINTEXT,
    CONSENT_HTML_S_CDATA,

    CONSENT_HTML_S_TAG_OPEN,
    CONSENT_HTML_S_END_TAG_OPEN,
    CONSENT_HTML_S_TAG_NAME,
    CONSENT_HTML_S_BEFORE_NAME,
    CONSENT_HTML_S_NAME,
    CONSENT_HTML_S_AFTER_NAME,
    CONSENT_HTML_S_BEFORE_VALUE,
    CONSENT_HTML_S_VALUE_DQ,
    CONSENT_HTML_S_VALUE_SQ,
    CONSENT_HTML_S_VALUE_UNQ,
    CONSENT_HTML_S_AFTER_VALUE,
    CONSENT_HTML_S_SELF_CLOSING,

    CONSENT_HTML_S_RAW_LT,           /* RCDATA and RAWTEXT */
    CONSENT_HTML_S_RAW_END_NAME,     /* these and script data */
    CONSENT_HTML_S_SCRIPT_LT,
    CONSENT_HTML_S_SCRIPT_ESC_START,
    CONSENT_HTML_S_SCRIPT_ESC_START_DASH,
    CONSENT_HTML_S_SCRIPT_ESC_DASH,
    CONSENT_HTML_S_SCRIPT_ESC_DASH_DASH,
    CONSENT_HTML_S_SCRIPT_ESC_LT,
    CONSENT_HTML_S_SCRIPT_DBL_START,
    CONSENT_HTML_S_SCRIPT_DBL_DASH,
    CONSENT_HTML_S_SCRIPT_DBL_DASH_DASH,
    CONSENT_HTML_S_SCRIPT_DBL_LT,
    CONSENT_HTML_S_SCRIPT_DBL_END,

    CONSENT_HTML_S_MARKUP,           /* after <! */
    CONSENT_HTML_S_BOGUS_COMMENT,
    CONSENT_HTML_S_COMMENT_START,
    CONSENT_HTML_S_COMMENT_START_DASH,
    CONSENT_HTML_S_COMMENT,
    CONSENT_HTML_S_COMMENT_LT,
    CONSENT_HTML_S_COMMENT_LT_BANG,
    CONSENT_HTML_S_COMMENT_LT_BANG_DASH,
    CONSENT_HTML_S_COMMENT_LT_BANG_DASH_DASH,
    CONSENT_HTML_S_COMMENT_END_DASH,
    CONSENT_HTML_S_COMMENT_END,
    CONSENT_HTML_S_COMMENT_END_BANG,
    CONSENT_HTML_S_DOCTYPE,
    CONSENT_HTML_S_CDATA_BRACKET,
    CONSENT_HTML_S_CDATA_END
} consent_html_state_e;

/* what consent_html_next() found */

typedef enum {
    CONSENT_HTML_NONE = 0,       /* the input is used up */
    CONSENT_HTML_TEXT,           /* text in data state, only if wanted */
    CONSENT_HTML_TAG,            /* a start or end tag, whole */
    CONSENT_HTML_PART,           /* a tag longer than the limit: what is known
                                    of it so far */
    CONSENT_HTML_COMMENT,        /* a comment of any kind has ended */
    CONSENT_HTML_DOCTYPE,
    CONSENT_HTML_CDATA           /* "<![CDATA[": the caller says by
                                    consent_html_cdata() what it is */
} consent_html_event_e;

#define CONSENT_HTML_ATTRS  40

/* a comment or doctype is kept to be looked at if no longer */
#define CONSENT_HTML_SHORT  160

/* an attribute of interest; offsets are relative to the token's mark */

typedef struct {
    uint32_t  name;
    uint32_t  value;
    uint32_t  value_len;
    unsigned  name_len:16;
    unsigned  id:8;              /* consent_attr_e */
    unsigned  quote:6;           /* '"', '\'' or 0 */
    unsigned  assigned:1;        /* there is a "=" and a value */
    unsigned  open:1;            /* cut by the limit: value goes on */
} consent_html_attr_t;

typedef struct {
    uint8_t              state;
    uint8_t              content;    /* the text state tags return to */
    uint8_t              count;      /* of the name matched, in raw text */
    uint8_t              nattrs;
    unsigned             end_tag:1;
    unsigned             self_closing:1;
    unsigned             want_text:1;
    unsigned             parted:1;       /* a PART of this tag was told */
    unsigned             parting:1;      /* just now */
    unsigned             skipping:1;     /* inside a value already judged */
    unsigned             pending:1;      /* an attribute is under way */
    unsigned             all:1;          /* attributes of any name are kept;
                                            for tests */
    unsigned             xml:1;
    unsigned             xml_subset:1;   /* in "[...]" of a doctype */

    const char          *raw;        /* element whose end tag ends the text */
    uint64_t             pos;        /* of the next byte */
    uint64_t             mark;       /* where the token under way began */
    uint64_t             tag;        /* and where the last tag did */
    uint32_t             limit;      /* of a tag */
    uint32_t             hash;       /* of the name under way */
    uint32_t             name_len;   /* of the tag */
    uint32_t             name_hash;
    uint32_t             text_start; /* length of the text event */
    consent_html_attr_t  attr;       /* the one under way */
    consent_html_attr_t  attrs[CONSENT_HTML_ATTRS];
} consent_html_tokenizer_t;

void consent_html_init(consent_html_tokenizer_t *t);

/*
 * Goes on at *pp, whose place in the page is t->pos, and returns at the first
 * event.  *pp is then behind what was used.
 */

consent_html_event_e consent_html_next(consent_html_tokenizer_t *t,
    const consent_u8 **pp, const consent_u8 *end);

/* after a start tag: how its content is read */
void consent_html_content(consent_html_tokenizer_t *t,
    consent_html_state_e state, const char *raw);

/* after CONSENT_HTML_CDATA */
void consent_html_cdata(consent_html_tokenizer_t *t, int allowed);

/* what was read so far is gone, and this is where the page goes on */
void consent_html_resume_at(consent_html_tokenizer_t *t, uint64_t pos);

/* the first byte that is still needed: of an unfinished tag, or pos */
uint64_t consent_html_from(const consent_html_tokenizer_t *t);

#define consent_html_in_text(t)                                               \
    ((t)->state < CONSENT_HTML_S_TAG_OPEN)

#endif /* CONSENT_HTML_H */
