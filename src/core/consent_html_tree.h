
/*
 * Tree construction, as much of it as decides how the tokenizer goes on and
 * where a document's parts begin: the stack of open elements by name, the
 * list of active formatting elements, insertion modes.  There is no tree.
 * https://html.spec.whatwg.org/multipage/parsing.html#tree-construction
 */

#ifndef CONSENT_HTML_TREE_H
#define CONSENT_HTML_TREE_H

#include "consent_html.h"

typedef enum {
    CONSENT_TREE_INITIAL = 0,
    CONSENT_TREE_BEFORE_HTML,
    CONSENT_TREE_BEFORE_HEAD,
    CONSENT_TREE_IN_HEAD,
    CONSENT_TREE_IN_HEAD_NOSCRIPT,
    CONSENT_TREE_AFTER_HEAD,
    CONSENT_TREE_IN_BODY,
    CONSENT_TREE_IN_TABLE,
    CONSENT_TREE_IN_CAPTION,
    CONSENT_TREE_IN_COLGROUP,
    CONSENT_TREE_IN_TBODY,
    CONSENT_TREE_IN_ROW,
    CONSENT_TREE_IN_CELL,
    CONSENT_TREE_IN_TEMPLATE,
    CONSENT_TREE_AFTER_BODY,
    CONSENT_TREE_IN_FRAMESET,
    CONSENT_TREE_AFTER_FRAMESET,
    CONSENT_TREE_AFTER_AFTER_BODY,
    CONSENT_TREE_AFTER_AFTER_FRAMESET
} consent_tree_mode_e;

/*
 * An open element, in 16 bits, as each of a page's readers may have many: the
 * tag's number; in bits 8 and 9 the namespace.  Of a tag that has no number a
 * hash of its name, in all bits but the highest and those of the namespace.
 */

#define CONSENT_TREE_UNKNOWN  0x8000u

#define CONSENT_NS_HTML   0x000u
#define CONSENT_NS_SVG    0x100u
#define CONSENT_NS_MATH   0x200u
#define CONSENT_NS_MASK   0x300u
#define CONSENT_NS_POINT  0x400u     /* annotation-xml that holds HTML */
#define CONSENT_NS_INERT  0x400u     /* template whose content is inert */

#define consent_tree_id(e)       (((e) & CONSENT_TREE_UNKNOWN) ? 0 : (e) & 0xff)

#define CONSENT_TREE_FORMATS     48
#define CONSENT_TREE_TEMPLATES   16
#define CONSENT_TREE_DEPTH_MAX   512

/* what a start tag says beside its name */

#define CONSENT_TAG_FONT_ATTRS   1   /* color, face or size */
#define CONSENT_TAG_HTML_POINT   2   /* encoding="text/html" or XHTML */
#define CONSENT_TAG_HIDDEN       4   /* type="hidden" */
#define CONSENT_TAG_SELF_CLOSING 8
#define CONSENT_TAG_LIVE        16   /* a template that is not inert */

/* what has been seen */

#define CONSENT_TREE_HTML        1
#define CONSENT_TREE_HEAD        2
#define CONSENT_TREE_BODY        4
#define CONSENT_TREE_FRAMESET    8
#define CONSENT_TREE_BODY_END   16
#define CONSENT_TREE_HTML_END   32

typedef enum {
    CONSENT_TEXT_SPACE = 0,
    CONSENT_TEXT_NUL,
    CONSENT_TEXT_OTHER
} consent_tree_text_e;

typedef struct {
    uint16_t                entry;       /* 0: a marker */
    int16_t                 at;          /* in the stack, or -1 */
    uint32_t                attrs;       /* a hash of them */
} consent_tree_format_t;

typedef struct {
    uint8_t                 mode;
    uint8_t                 seen;
    uint8_t                 nformats;
    uint8_t                 ntemplates;
    unsigned                scripting:1;
    unsigned                frameset_ok:1;
    unsigned                quirks:1;
    unsigned                error:1;     /* memory ran out */
    unsigned                lost:1;      /* deeper than is remembered */
    unsigned                forgot:1;    /* as deep that some was forgotten */
    unsigned                unsure:1;    /* whether the current node is of
                                            foreign content: the caller is to
                                            end it */
    unsigned                old_select:1; /* in one, read as of old */
    uint8_t                 flags;       /* of the start tag at hand */
    uint32_t                firm;        /* under this none of the stack can
                                            be forgotten */
    int32_t                 form;        /* the form pointer: place in the
                                            stack, -1: null, -2: elsewhere */
    uint32_t                attrs;       /* of the start tag at hand */
    uint32_t                depth;
    uint32_t                size;
    uint32_t                paragraphs;  /* open p elements */
    uint32_t                selects;
    uint32_t                inert;       /* open templates that are */
    uint32_t                foreign;     /* open elements not of HTML */
    uint16_t               *stack;
    const consent_alloc_t  *alloc;
    uint8_t                 templates[CONSENT_TREE_TEMPLATES];
    consent_tree_format_t   formats[CONSENT_TREE_FORMATS];
} consent_tree_t;

void consent_tree_init(consent_tree_t *t, const consent_alloc_t *alloc,
    int scripting);
int consent_tree_copy(consent_tree_t *to, const consent_tree_t *from);
int consent_tree_equal(const consent_tree_t *a, const consent_tree_t *b);

/* each returns nothing but changes the state; start: how the tokenizer reads
 * what follows.  hash is of the name, attrs any hash of the attributes */

consent_html_state_e consent_tree_start(consent_tree_t *t, unsigned id,
    uint32_t hash, unsigned flags, uint32_t attrs);
void consent_tree_end(consent_tree_t *t, unsigned id, uint32_t hash);
void consent_tree_text(consent_tree_t *t, consent_tree_text_e kind);
void consent_tree_doctype(consent_tree_t *t, int quirks);

/* whether text can change anything at present */
int consent_tree_wants_text(const consent_tree_t *t);

/*
 * Until 2025 the standard ignored in <select> all but a few elements, and
 * some browsers still do.  From here to the end of the select this tree does.
 */
void consent_tree_old_select(consent_tree_t *t);
void consent_tree_old_select_done(consent_tree_t *t);
int consent_tree_old_select_start(consent_tree_t *t, unsigned id);
int consent_tree_old_select_end(consent_tree_t *t, unsigned id);

/* and not in a template in it */
#define consent_tree_in_old_select(t)                                         \
    (consent_tree_top(t) == CONSENT_TAG_SELECT                                \
     || consent_tree_top(t) == CONSENT_TAG_OPTION                             \
     || consent_tree_top(t) == CONSENT_TAG_OPTGROUP)

/* the adjusted current node is not HTML's: CDATA sections exist */
#define consent_tree_foreign(t)                                               \
    ((t)->foreign                                                             \
     && ((t)->stack[(t)->depth - 1] & CONSENT_NS_MASK) != CONSENT_NS_HTML)

#define consent_tree_top(t)   ((t)->depth ? (t)->stack[(t)->depth - 1] : 0)

/* between the two halves: the stack, and the rules for foreign content */

/* a MathML text or an HTML integration point */
int consent_tree_point(uint32_t entry);

/* as a start tag does that cannot stand in foreign content */
void consent_tree_leave_foreign(consent_tree_t *t);

void consent_tree_reset(consent_tree_t *t);

/* CONSENT_DECLINED: it is not there, as there are too many */
int consent_tree_push(consent_tree_t *t, uint32_t entry);
void consent_tree_pop(consent_tree_t *t);
void consent_tree_remove(consent_tree_t *t, uint32_t at);
void consent_tree_pop_until(consent_tree_t *t, unsigned id);
void consent_tree_implied(consent_tree_t *t, unsigned except, int thorough);
int consent_tree_in_scope(const consent_tree_t *t, unsigned id, int kind);
int consent_tree_barrier(uint32_t entry);
int consent_tree_special(uint32_t entry);
void consent_tree_marker(consent_tree_t *t);
void consent_tree_clear_formats(consent_tree_t *t);
void consent_tree_reconstruct(consent_tree_t *t);
void consent_tree_format(consent_tree_t *t, uint32_t entry);
int consent_tree_format_find(const consent_tree_t *t, unsigned id);
void consent_tree_format_remove(consent_tree_t *t, int i);
void consent_tree_adopt(consent_tree_t *t, unsigned id);
void consent_tree_end_other(consent_tree_t *t, unsigned id, uint32_t hash);

#define CONSENT_SCOPE_DEFAULT  0
#define CONSENT_SCOPE_LIST     1
#define CONSENT_SCOPE_BUTTON   2
#define CONSENT_SCOPE_TABLE    3

/* in a table, or a part of one */
#define consent_tree_in_table(t)                                              \
    ((t)->mode >= CONSENT_TREE_IN_TABLE && (t)->mode <= CONSENT_TREE_IN_CELL)

#define consent_tree_entry(id, hash)                                          \
    ((id) ? (uint32_t) (id) : CONSENT_TREE_UNKNOWN | ((hash) & 0x78ff))

#endif /* CONSENT_HTML_TREE_H */
