
/*
 * A page goes through here: bytes in, spans out.
 *
 * The rewriter reads HTML as browsers do (consent_html), asks the rules about
 * all that loads (consent_rules), and answers with what to send: ranges of
 * the input as it came, and a few bytes of its own between them.  Each edit
 * is an insertion; nothing is taken away and nothing written again.  Any
 * chunking of the input gives the same bytes out.  What is held back between
 * calls is an unfinished tag, or an inline script not yet judged, and both
 * are bounded.
 */

#ifndef CONSENT_REWRITE_H
#define CONSENT_REWRITE_H

#include "consent_core.h"
#include "consent_rules.h"

typedef struct consent_rewrite_s  consent_rewrite_t;

typedef enum {
    CONSENT_SPAN_INPUT = 0,      /* points into the buffer being fed */
    CONSENT_SPAN_HELD,           /* the rewriter's own memory: gone after the
                                    callback returns, copy it */
    CONSENT_SPAN_OWN,            /* the same, and none of the input: an edit */
    CONSENT_SPAN_CONST           /* lives as long as the request: what insert()
                                    gave, or static text */
} consent_span_e;

/*
 * Returns CONSENT_OK, or CONSENT_FULL: it was taken, but more is not to come
 * before that has left.  Anything else ends consent_rewrite_feed() with it.
 */

#define CONSENT_FULL  1

typedef int (*consent_emit_pt)(void *arg, consent_span_e kind,
    const consent_u8 *data, size_t len);

/* something that was, or (report mode) would be, made inert */

typedef struct {
    consent_type_e      type;
    consent_verdict_t   verdict;
    consent_str_t       element;     /* "script", lower case */
    consent_str_t       attribute;   /* "src"; empty for inline text */
    const consent_url_t *url;        /* NULL for inline text */
    uint64_t            offset;      /* of the tag in the page, bytes from 0 */
    unsigned            blocked:1;   /* 0: a third-party URL that passes, told
                                        for the inventory */
} consent_finding_t;

/* places where something of ours can go in */

typedef enum {
    CONSENT_PLACE_HEAD = 0,      /* first in <head>, before any script */
    CONSENT_PLACE_BANNER,        /* first in <body> */
    CONSENT_PLACE_LINKS,         /* before </body>, or in place of the marker
                                    comment */
    CONSENT_PLACE_STUB,          /* before the first withheld script whose
                                    functions a page may call */
    CONSENT_PLACE_FRAME          /* first in the value of an <iframe srcdoc>
                                    whose document has scripts: in
                                    references, it may stand unquoted */
} consent_place_e;

typedef struct {
    consent_place_e    place;
    consent_str_t      lang;         /* of <html lang>, as written; may be
                                        empty */
    uint32_t           stubs;        /* CONSENT_PLACE_STUB: which */
    consent_str_t      names;        /* and what a script would have declared,
                                        see consent_inline_names.h */
    consent_str_t      nonce;        /* of the page's first script that has
                                        one; may be empty */
    unsigned           elsewhere:1;  /* <base> is of another host: what is
                                        not absolute goes there */
} consent_insert_t;

/* what to put there: HTML in ASCII, empty for nothing; must live as long as
 * the request.  Called at most once a place (once per stub set); what it
 * gave for CONSENT_PLACE_FRAME goes into each such frame */

typedef consent_str_t (*consent_insert_pt)(void *arg,
    const consent_insert_t *in);

typedef enum {
    CONSENT_MARKUP_HTML = 0,
    CONSENT_MARKUP_XHTML         /* application/xhtml+xml: XML's rules */
} consent_markup_e;

typedef struct {
    const consent_rules_t  *rules;
    consent_match_t        *match;
    const consent_url_t    *page;        /* the page's own URL */
    consent_mask_t          allowed;     /* categories that may load */
    const consent_str_t    *categories;  /* names, for data-category */
    consent_str_t           endpoint;    /* "/_consent/" */
    consent_str_t           origin;      /* "https://example.com", of the page
                                            itself; put before the endpoint
                                            where <base> leads elsewhere */
    consent_str_t           charset;     /* of Content-Type; empty: unknown */
    consent_markup_e        markup;

    unsigned                gate:1;      /* judge and make inert; 0: only
                                            insertions */
    unsigned                guard:1;     /* scripts are watched over: a
                                            document whose scripts cannot be is
                                            withheld */
    unsigned                report:1;    /* judge, tell, change nothing */
    unsigned                document:1;  /* may get notice and links; 0 for
                                            frames and fragments asked for by
                                            script */
    unsigned                frame:1;     /* no document, but its head is
                                            asked for: the guard */
    unsigned                marker:1;    /* links go where the comment is */
    unsigned                notice:1;    /* insert() has a notice to give */

    size_t                  inline_max;  /* of one inline script */
    size_t                  hold_max;    /* of one tag; beyond: closed */

    consent_alloc_t         alloc;       /* the request's pool */
    void                  (*free)(void *ctx, void *p);
                                         /* what of it is not needed any more,
                                            if that can be given back before
                                            the end; or NULL */
    consent_emit_pt         emit;
    consent_insert_pt       insert;
    void                  (*found)(void *arg, const consent_finding_t *f);
    void                   *arg;         /* of the callbacks */
} consent_rewrite_conf_t;

/* the conf is kept by pointer and must outlive the rewriter; NULL: no memory */
consent_rewrite_t *consent_rewrite_create(const consent_rewrite_conf_t *conf);

/*
 * Feeds n bytes; last: the document ends here, or (CONSENT_CUT) no more may
 * come, so that the first bytes do not wait for others to tell the charset.
 * All that is decided goes out through emit() before it returns.
 * CONSENT_OK, CONSENT_ERROR, or what emit() returned.  CONSENT_DECLINED, only
 * on the first bytes: this cannot be read (UTF-16, ISO-2022-JP ...) and
 * nothing was emitted; the caller closes the response as consent_undecodable
 * says.
 */

#define CONSENT_LAST  1
#define CONSENT_CUT   2

int consent_rewrite_feed(consent_rewrite_t *cr, const consent_u8 *data,
    size_t n, int last);

/*
 * 1: as emit() said CONSENT_FULL, so many bytes at the end of the piece were
 * not read, or less left than could: feed these bytes again, if only none.
 * Never after a last piece.
 */
int consent_rewrite_more(const consent_rewrite_t *cr, size_t *left);

/*
 * The charset that the page names in its first 1024 bytes, by its name in the
 * Encoding Standard; empty if it names none, or none had to be looked for.
 * What is put into <head> pushes that <meta> out of the bytes in which
 * browsers look for it, so the header has to say it from then on.
 */

consent_str_t consent_rewrite_charset(const consent_rewrite_t *cr);

/* bytes held back at present; for tests and for flush decisions */
size_t consent_rewrite_held(const consent_rewrite_t *cr);

#endif /* CONSENT_REWRITE_H */
