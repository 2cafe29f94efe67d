
/*
 * Between the files of tree construction: consent_html_tree.c has what all
 * tags and texts come through, _start.c start tags of the first insertion
 * modes and of foreign content, _body.c "in body", _table.c tables; the stack
 * of open elements is in consent_html_stack.c, and the list of active
 * formatting elements in consent_html_formats.c.
 */

#ifndef CONSENT_HTML_TREE_INT_H
#define CONSENT_HTML_TREE_INT_H

#include "consent_html_tree.h"

#define S_DATA       CONSENT_HTML_S_DATA
#define S_RCDATA     CONSENT_HTML_S_RCDATA
#define S_RAWTEXT    CONSENT_HTML_S_RAWTEXT
#define S_SCRIPT     CONSENT_HTML_S_SCRIPT
#define S_PLAINTEXT  CONSENT_HTML_S_PLAINTEXT

#define in_scope(t, id)  consent_tree_in_scope(t, id, CONSENT_SCOPE_DEFAULT)
#define in_table(t, id)  consent_tree_in_scope(t, id, CONSENT_SCOPE_TABLE)

/* tags that the standard names together, for "case" */

/* "in head" reads them, in whatever mode they come */

#define TREE_HEAD_TAGS                                                       \
    CONSENT_TAG_BASE: case CONSENT_TAG_BASEFONT: case CONSENT_TAG_BGSOUND:   \
    case CONSENT_TAG_LINK: case CONSENT_TAG_META:                            \
    case CONSENT_TAG_NOFRAMES: case CONSENT_TAG_SCRIPT:                      \
    case CONSENT_TAG_STYLE: case CONSENT_TAG_TEMPLATE:                       \
    case CONSENT_TAG_TITLE

/* they end a paragraph, and their end tags all that is open in them */

#define TREE_BLOCK_TAGS                                                      \
    CONSENT_TAG_ADDRESS: case CONSENT_TAG_ARTICLE: case CONSENT_TAG_ASIDE:   \
    case CONSENT_TAG_BLOCKQUOTE: case CONSENT_TAG_CENTER:                    \
    case CONSENT_TAG_DETAILS: case CONSENT_TAG_DIALOG:                       \
    case CONSENT_TAG_DIR: case CONSENT_TAG_DIV: case CONSENT_TAG_DL:         \
    case CONSENT_TAG_FIELDSET: case CONSENT_TAG_FIGCAPTION:                  \
    case CONSENT_TAG_FIGURE: case CONSENT_TAG_FOOTER:                        \
    case CONSENT_TAG_HEADER: case CONSENT_TAG_HGROUP:                        \
    case CONSENT_TAG_MAIN: case CONSENT_TAG_MENU: case CONSENT_TAG_NAV:      \
    case CONSENT_TAG_OL: case CONSENT_TAG_SEARCH: case CONSENT_TAG_SECTION:  \
    case CONSENT_TAG_SUMMARY: case CONSENT_TAG_UL

/* parts of a table that are not in a row */

#define TREE_SECTION_TAGS                                                    \
    CONSENT_TAG_CAPTION: case CONSENT_TAG_COL: case CONSENT_TAG_COLGROUP:    \
    case CONSENT_TAG_TBODY: case CONSENT_TAG_TFOOT: case CONSENT_TAG_THEAD

int consent_tree_start_foreign(consent_tree_t *t, unsigned id, uint32_t hash);
consent_html_state_e consent_tree_start_mode(consent_tree_t *t, unsigned id,
    uint32_t hash);
consent_html_state_e consent_tree_start_head(consent_tree_t *t, unsigned id);
consent_html_state_e consent_tree_start_body(consent_tree_t *t, unsigned id,
    uint32_t hash);
int consent_tree_start_table(consent_tree_t *t, unsigned id,
    consent_html_state_e *state);
void consent_tree_end_body(consent_tree_t *t, unsigned id, uint32_t hash);
int consent_tree_end_table(consent_tree_t *t, unsigned id);
void consent_tree_end_template(consent_tree_t *t);

int consent_tree_insert(consent_tree_t *t, uint32_t at, uint32_t entry);

static inline void
tree_html(consent_tree_t *t)
{
    consent_tree_push(t, CONSENT_TAG_HTML);
    t->seen |= CONSENT_TREE_HTML;
    t->mode = CONSENT_TREE_BEFORE_HEAD;
}


static inline void
tree_head(consent_tree_t *t)
{
    consent_tree_push(t, CONSENT_TAG_HEAD);
    t->seen |= CONSENT_TREE_HEAD;
    t->mode = CONSENT_TREE_IN_HEAD;
}


static inline void
tree_body(consent_tree_t *t)
{
    consent_tree_push(t, CONSENT_TAG_BODY);
    t->seen |= CONSENT_TREE_BODY;
    t->mode = CONSENT_TREE_IN_BODY;
}


/* "close a p element" if one is in button scope */

static inline void
tree_close_p(consent_tree_t *t)
{
    if (t->paragraphs
        && consent_tree_in_scope(t, CONSENT_TAG_P, CONSENT_SCOPE_BUTTON))
    {
        consent_tree_pop_until(t, CONSENT_TAG_P);
    }
}


static inline int
tree_has_template(const consent_tree_t *t)
{
    return t->ntemplates;
}


#endif /* CONSENT_HTML_TREE_INT_H */
