
/*
 * What the parts of the rewriter share.
 *
 * Several readers may look at one page: a browser with scripting, one
 * without, the preload scanner of either, which knows no tree, a browser that
 * reads <select> as of old, and one that has read what scripts write.  As
 * long as they agree one machine stands for all; where they part it is
 * forked, and joined again where they meet.  All edits are insertions at
 * places of the input, so the union of what the machines want is a merge by
 * place.
 */

#ifndef CONSENT_REWRITE_INT_H
#define CONSENT_REWRITE_INT_H

#include "consent_rewrite.h"
#include "consent_html_tree.h"
#include "consent_html_scan.h"
#include "consent_css.h"
#include "consent_charset.h"
#include "consent_ref.h"
#include "consent_work.h"

#define CONSENT_READ_JS        1
#define CONSENT_READ_NOJS      2
#define CONSENT_READ_SCAN      4     /* preload scanner, scripting on */
#define CONSENT_READ_SCAN_NOJS 8
#define CONSENT_READ_OLD       16    /* <select> as it was until 2025 */
#define CONSENT_READ_WRITE     32    /* with what scripts write */

#define CONSENT_READ_TREE                                                     \
    (CONSENT_READ_JS|CONSENT_READ_NOJS|CONSENT_READ_OLD|CONSENT_READ_WRITE)
#define CONSENT_READ_SCANNERS  (CONSENT_READ_SCAN|CONSENT_READ_SCAN_NOJS)

#define CONSENT_MACHINES       6
#define CONSENT_TYPES_MAX      4     /* type attributes of one script */
#define CONSENT_OUTER_MAX      3     /* inline elements around another */
#define CONSENT_NAMES_MAX     64     /* that are remembered as inserted */
#define CONSENT_NEST_MAX       3     /* documents in attributes */
#define CONSENT_DATA_MAX       3     /* data: URLs in sheets in data: URLs */
#define CONSENT_OURS_MAX       1024  /* of a start tag that may be ours */
#define CONSENT_WRITTEN_MAX    4096  /* of what one script writes */
#define CONSENT_GONE_MAX       8     /* buffers to be given back */

/* buffers for while a piece is read, that grow as needed */

#define CONSENT_ROOM_VALUE     0     /* a decoded value */
#define CONSENT_ROOM_MAP       1     /* where its bytes came from */
#define CONSENT_ROOM_TEXT      2     /* an attribute of ours */
#define CONSENT_ROOM_WRITTEN   3     /* by document.write() */
#define CONSENT_ROOM_CHARSET   4     /* a value in UTF-8 */
#define CONSENT_ROOM_DATA      5     /* of a data: URL; one for each level */
#define CONSENT_ROOMS          (CONSENT_ROOM_DATA + CONSENT_DATA_MAX)

/* an insertion; a page may have hundreds wait */

typedef struct {
    uint32_t                  pos;       /* its low bits: none lies before what
                                            was emitted, or far behind it */
    unsigned                  len:29;
    unsigned                  order:3;   /* among those at one place */
    const consent_u8         *data;
} consent_edit_t;

/* an element whose text is being held or watched */

typedef enum {
    CONSENT_INLINE_NONE = 0,
    CONSENT_INLINE_SCRIPT,           /* raw text */
    CONSENT_INLINE_SVG_SCRIPT,       /* markup; ends when it is popped */
    CONSENT_INLINE_STYLE,
    CONSENT_INLINE_SVG_STYLE
} consent_inline_e;

typedef struct {
    uint8_t                   kind;      /* consent_inline_e */
    uint8_t                   ntypes;
    uint8_t                   id;
    unsigned                  early:1;   /* judged before all of it is there */
    unsigned                  begun:1;   /* style: fed already */
    unsigned                  bare:1;    /* as consent_tag_t has it */
    unsigned                  map:1;
    unsigned                  nomark:1;  /* as consent_tag_t has it */
    unsigned                  marked:1;  /* as consent_tag_t has it */
    uint32_t                  depth;     /* SVG: of the open element */
    uint64_t                  start;     /* where "<script" stands */
    uint64_t                  tag;       /* the first byte still needed */
    uint64_t                  fed;       /* style: up to here */
    uint64_t                  name_end;  /* behind the tag's name */
    uint64_t                  text;      /* where the text begins */
    uint64_t                  types[CONSENT_TYPES_MAX];
} consent_inline_t;

typedef struct {
    consent_html_tokenizer_t  tok;
    consent_tree_t            tree;
    uint8_t                   readers;
    uint64_t                  within;    /* where a tag began, in another's */
    uint8_t                   part_id;   /* tag of which parts were seen */
    uint16_t                  templates; /* inert ones, for scanners */
    consent_html_event_e      event;     /* found, and not dealt with yet */
    uint8_t                   nouter;
    consent_inline_t          inl;
    consent_inline_t          outer[CONSENT_OUTER_MAX];
    consent_css_t            *css;
} consent_machine_t;

/* what is known of the tag at hand */

typedef struct {
    consent_machine_t        *m;
    const consent_u8         *p;         /* the tag, from "<" */
    uint64_t                  mark;
    uint64_t                  name_end;
    unsigned                  id;
    uint32_t                  hash;
    unsigned                  live;      /* readers for whom it is */
    unsigned                  foreign:1; /* an SVG or MathML element */
    unsigned                  part:1;    /* not all of it is known */
    unsigned                  more:1;    /* its name is gone already */
    unsigned                  bare:1;    /* to another reader this stands in
                                            a tag, in a value perhaps: so no
                                            quotes are inserted */
    unsigned                  marked:1;  /* data-consent was inserted */
    unsigned                  nomark:1;
    unsigned                  script:2;  /* JavaScript: 1 tree, 2 scanner */
    unsigned                  map:1;     /* importmap, speculationrules,
                                            webbundle */
} consent_tag_t;

struct consent_rewrite_s {
    const consent_rewrite_conf_t  *conf;
    const consent_u8         *chunk;
    uint64_t                  chunk_pos;
    size_t                    chunk_len;

    consent_u8               *head;      /* the first bytes, until it is */
    size_t                    head_len;  /* known how to read them */
    const consent_charset_t  *charset;

    uint64_t                  out;       /* all before has been emitted */

    consent_u8               *hold;      /* [hold_pos, hold_pos + hold_len) */
    size_t                    hold_size;
    size_t                    hold_len;
    uint64_t                  hold_pos;

    consent_edit_t           *edits;
    uint32_t                  nedits;
    uint32_t                  edits_size;

    consent_u8               *scratch;   /* text of edits */
    size_t                    scratch_size;
    size_t                    scratch_len;
    consent_u8               *scratch_old;       /* some edit may be there */

    consent_u8               *kept;      /* half a tag, that the guard keeps */
    size_t                    nkept;

    consent_u8               *gone[CONSENT_GONE_MAX];    /* not at once */
    uint32_t                  ngone;

    /* up to "css" it is the work memory's, and gone when the piece is read */

    consent_work_t           *work;
    consent_u8               *room[CONSENT_ROOMS];
    size_t                    room_size[CONSENT_ROOMS];
    consent_u8               *url_buf;   /* CONSENT_URL_MAX */
    consent_css_t            *css[1 + CONSENT_DATA_MAX];
    consent_url_t             base;
    consent_u8               *base_buf;
    consent_url_t             nojs;      /* the base without scripting, where
                                            it is another */
    consent_u8               *nojs_buf;
    uint32_t                  stubs;     /* inserted already */
    uint32_t                  names[CONSENT_NAMES_MAX];  /* hashes of those
                                            inserted */
    consent_str_t             stub_names;        /* to be inserted now */

    consent_str_t             lang;
    consent_str_t             nonce;
    consent_str_t             judged;    /* the URL last judged */
    consent_str_t             frame;     /* CONSENT_PLACE_FRAME's */
    int                       category;  /* nested: of what was blocked */
    consent_str_t             marks[CONSENT_CATEGORIES_MAX][2];

    unsigned                  started:1;
    unsigned                  base_set:1;
    unsigned                  nojs_set:1;
    unsigned                  elsewhere:1;   /* base is of another host */
    unsigned                  pass:1;    /* nothing left to do */
    unsigned                  sign:1;    /* shows itself as a document */
    unsigned                  amp:1;
    unsigned                  head_done:1;
    unsigned                  banner_done:1;
    unsigned                  links_done:1;
    unsigned                  banner_wait:1;
    unsigned                  by_rule:1; /* only an operator's rule counts */
    unsigned                  named:1;   /* the page names its charset */
    unsigned                  late:1;    /* a <meta> may name the charset */
    unsigned                  from_head:1; /* the input at hand is "head" */
    unsigned                  failed:1;  /* no memory for a value: what was
                                            judged since is not known */
    unsigned                  hit:1;     /* nested: something is blocked */
    unsigned                  runs:1;    /* has scripts */
    unsigned                  inner_runs:1;  /* the document in a value that
                                            was read last has */
    unsigned                  frame_done:1;  /* "frame" was asked for */
    unsigned                  keep:1;    /* the address in hand came before */
    unsigned                  quiet:1;   /* what is found is told elsewhere */
    unsigned                  opaque:1;  /* nested: in a data: URL */
    unsigned                  full:1;    /* emit() said so */
    unsigned                  whole:1;   /* all of the piece is read and leaves
                                            all the same */
    unsigned                  more:1;    /* waits to leave */

    size_t                    left;      /* of the last piece */

    size_t                    written;   /* by the script just read */

    uint64_t                  told;      /* 1 + where the inline script told
                                            of last stands */
    uint64_t                  banner_at;

    uint8_t                   nest;
    uint8_t                   data;      /* data: URLs being read */
    uint8_t                   nmachines;
    consent_machine_t        *machines[CONSENT_MACHINES];
    consent_machine_t         first;
};

/* consent_rewrite_out.c */
const consent_u8 *consent_rw_view(consent_rewrite_t *cr, uint64_t pos,
    size_t len);
int consent_rw_edit(consent_rewrite_t *cr, uint64_t pos, unsigned order,
    const consent_u8 *data, size_t len);
int consent_rw_edit_copy(consent_rewrite_t *cr, uint64_t pos, unsigned order,
    const consent_u8 *data, size_t len);
consent_u8 *consent_rw_room(consent_rewrite_t *cr, unsigned room,
    size_t size);
void consent_rw_found(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_type_e type,
    const consent_verdict_t *v, const consent_url_t *url, int blocked);
int consent_rw_limit(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_type_e type, consent_verdict_t *v);
int consent_rw_flush(consent_rewrite_t *cr, uint64_t upto, int all);
int consent_rw_keep(consent_rewrite_t *cr, uint64_t from, uint64_t to);
void consent_rw_gone(consent_rewrite_t *cr);

/* consent_rewrite_event.c */
int consent_rw_event(consent_rewrite_t *cr, consent_machine_t *m,
    consent_html_event_e ev);
int consent_rw_eof(consent_rewrite_t *cr);
void consent_rw_tag(consent_rewrite_t *cr, consent_machine_t *m,
    consent_tag_t *tag, const consent_u8 *p);

/* consent_rewrite_fork.c */
void consent_rw_join(consent_rewrite_t *cr);
consent_machine_t *consent_rw_fork(consent_rewrite_t *cr,
    consent_machine_t *m, unsigned readers);
int consent_rw_part(consent_rewrite_t *cr, consent_machine_t *m);

#define consent_rw_scripting(readers)                                         \
    (((readers) & ~(unsigned) CONSENT_READ_NOJS & CONSENT_READ_TREE) != 0)

/* consent_rewrite_tag.c */
int consent_rw_start_tag(consent_rewrite_t *cr, consent_machine_t *m,
    consent_tag_t *tag);
int consent_rw_end_tag(consent_rewrite_t *cr, consent_machine_t *m,
    consent_tag_t *tag);

/* consent_rewrite_quick.c */
int consent_rw_quick(consent_rewrite_t *cr);

/*
 * What Noah's ark clause compares of a formatting element's attributes.  Of
 * <a> there is never more than one after a marker, so it is not asked.
 * https://html.spec.whatwg.org/#the-list-of-active-formatting-elements
 */

static inline uint32_t
consent_rw_attrs(unsigned id, const consent_u8 *p, size_t len)
{
    if (id == CONSENT_TAG_A
        || !(consent_html_tags[id].flags & CONSENT_TAG_F_FORMAT))
    {
        return 0;
    }

    return consent_scan_hash(p, len);
}

/* what an attribute's value is */

typedef enum {
    RW_NONE = 0,
    RW_URL,
    RW_SRCSET,
    RW_CSS,
    RW_TEXT,
    RW_HTML,
    RW_REFRESH,
    RW_VALUES,                   /* URLs with ";" between them */
    RW_PLACE                     /* an URL a click leads to: by rule only */
} rw_kind_e;

/* consent_rewrite_attr.c */
int consent_rw_element(consent_rewrite_t *cr, consent_tag_t *tag);
const consent_html_attr_t *consent_rw_attr(const consent_tag_t *tag,
    unsigned id);

/* consent_rewrite_kind.c */
rw_kind_e consent_rw_kind(consent_rewrite_t *cr, const consent_tag_t *tag,
    const consent_html_attr_t *a, consent_type_e *type);

/* consent_rewrite_mark.c */
int consent_rw_mark(consent_rewrite_t *cr, consent_tag_t *tag, int category);
int consent_rw_mark_script(consent_rewrite_t *cr, consent_tag_t *tag,
    int category);
int consent_rw_rename(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a);
int consent_rw_frame(consent_rewrite_t *cr, consent_tag_t *tag, int category,
    const consent_u8 *href, size_t len);
int consent_rw_restore(consent_rewrite_t *cr, consent_tag_t *tag);
void consent_rw_script_type(consent_rewrite_t *cr, consent_tag_t *tag);

/* consent_rewrite_base.c; what URLs are relative to: in what a data: URL holds
 * nothing, unless it says so itself, and NULL then */
#define consent_rw_opaque(cr)  ((cr)->opaque || (cr)->data)
const consent_url_t *consent_rw_base_url(const consent_rewrite_t *cr);
int consent_rw_base(consent_rewrite_t *cr, consent_tag_t *tag);
int consent_rw_meta_charset(consent_rewrite_t *cr, consent_tag_t *tag);

/* consent_rewrite_judge.c */
int consent_rw_judge_url(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_str_t value, consent_type_e type,
    consent_verdict_t *v);
int consent_rw_judge_text(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_str_t text, consent_verdict_t *v);
size_t consent_rw_unpercent(consent_u8 *out, const consent_u8 *p, size_t len);
int consent_rw_judge_map(consent_rewrite_t *cr, consent_tag_t *tag,
    consent_str_t text, consent_verdict_t *v);

/* consent_rewrite_value.c */
consent_str_t consent_rw_decode(consent_rewrite_t *cr, const consent_u8 *p,
    size_t len);
int consent_rw_judge_html(consent_rewrite_t *cr, consent_str_t html,
    consent_markup_e markup, consent_verdict_t *v);
size_t consent_rw_word(consent_str_t v, size_t i);
consent_str_t consent_rw_refresh(consent_str_t value);
consent_str_t *consent_rw_mark_text(consent_rewrite_t *cr, int category,
    int bare);
int consent_rw_copy_attr(consent_rewrite_t *cr, consent_tag_t *tag,
    const char *name, const consent_html_attr_t *a, const char *otherwise);
int consent_rw_blocked(const consent_rewrite_t *cr,
    const consent_verdict_t *v);
int consent_rw_ascii(consent_str_t s);
consent_str_t consent_rw_utf8(consent_rewrite_t *cr,
    const consent_charset_t *charset, consent_str_t s);

/* consent_rewrite_prolog.c; 0: XML that is not read as it is, or that has no
 * root element in these bytes */
int consent_rw_prolog(const consent_u8 *p, size_t len);

/* consent_rewrite_plain.c; 1: a javascript: URL that gives nothing, or one
 * string as it stands */
int consent_rw_plain(consent_str_t text);

/* consent_rewrite_css.c */
int consent_rw_css_attr(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_type_e type, consent_verdict_t *v);
int consent_rw_css_text(consent_rewrite_t *cr, consent_machine_t *m,
    consent_inline_t *inl, uint64_t upto, int last);
int consent_rw_css_markup(consent_rewrite_t *cr, consent_machine_t *m,
    const consent_inline_t *inl, consent_str_t text);
int consent_rw_css_judge(consent_rewrite_t *cr, consent_tag_t *tag,
    const consent_html_attr_t *a, consent_str_t text, consent_verdict_t *v);

/* consent_rewrite_write.c */
size_t consent_rw_written(consent_rewrite_t *cr, consent_str_t text);
int consent_rw_write(consent_rewrite_t *cr, consent_machine_t *m, size_t n);

/* consent_rewrite_inline.c */
int consent_rw_inline_start(consent_rewrite_t *cr, consent_tag_t *tag);
int consent_rw_inline_end(consent_rewrite_t *cr, consent_machine_t *m,
    uint64_t end);
int consent_rw_inline_popped(consent_rewrite_t *cr, consent_machine_t *m,
    uint64_t end);
uint64_t consent_rw_inline_stop(const consent_rewrite_t *cr,
    const consent_machine_t *m);
int consent_rw_inline_full(consent_rewrite_t *cr, consent_machine_t *m);

/* consent_rewrite_place.c */
void consent_rw_place_before(consent_rewrite_t *cr, consent_machine_t *m,
    const consent_tag_t *tag, int end_tag);
int consent_rw_place_after(consent_rewrite_t *cr, consent_machine_t *m,
    unsigned seen, unsigned mode, uint64_t start, uint64_t end,
    const consent_tag_t *tag, int end_tag);
int consent_rw_place_banner(consent_rewrite_t *cr, const consent_tag_t *tag);
int consent_rw_place_marker(consent_rewrite_t *cr, consent_machine_t *m);
int consent_rw_place_eof(consent_rewrite_t *cr, consent_machine_t *m);
int consent_rw_place_stub(consent_rewrite_t *cr, uint64_t pos,
    uint32_t stubs, consent_u8 *names, size_t len);
int consent_rw_place_frame(consent_rewrite_t *cr, const consent_tag_t *tag,
    const consent_html_attr_t *a);

/* consent_rewrite_within.c */
int consent_rw_within(consent_rewrite_t *cr, const consent_machine_t *m);
size_t consent_rw_clear(const consent_machine_t *m, const consent_u8 *p,
    size_t name_end);

/* order of edits at one place; consent_edit_t has three bits for it */
#define CONSENT_ORDER_PLACE   0
#define CONSENT_ORDER_STUB    1
#define CONSENT_ORDER_TYPE    2
#define CONSENT_ORDER_MARK    3
#define CONSENT_ORDER_ATTR    4
#define CONSENT_ORDER_RENAME  5

/* ASCII whitespace */
#define is_blank(c)  ((c) == ' ' || (c) == '\t' || (c) == '\n'                \
                      || (c) == '\f' || (c) == '\r')

#endif /* CONSENT_REWRITE_INT_H */
