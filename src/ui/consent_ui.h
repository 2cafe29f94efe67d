
/*
 * What a visitor sees: the notice, the privacy links, the snippet for <head>,
 * the pages under the endpoint, and the files they use.
 *
 * Everything here is a renderer: it writes into memory that the caller gives,
 * or, with dst == NULL, only counts.  Call twice, with the same arguments:
 *
 *     n = consent_ui_notice(NULL, ui, ctx);
 *     p = ngx_pnalloc(pool, n);
 *     (void) consent_ui_notice(p, ui, ctx);
 *
 * What goes into a page is ASCII (other characters are numeric references,
 * right in every charset), has no inline script and no inline style (but
 * where ctx->inline_css asks for the latter), and is well-formed XML as well
 * as HTML.  Plain C, no nginx, no allocation but by a borrowed allocator.
 */

#ifndef CONSENT_UI_H
#define CONSENT_UI_H

#include "consent_core.h"
#include "consent_ledger_history.h"
#include "consent_state.h"
#include "consent_vendor_cookies.h"
#include "consent_ui_texts.h"    /* generated: consent_ui_text_e */

/* files under the endpoint: immutable, the name has the content's hash */

typedef enum {
    CONSENT_UI_NOTICE_CSS = 0,   /* pages with the notice */
    CONSENT_UI_LINKS_CSS,        /* pages with only the links */
    CONSENT_UI_PAGE_CSS,         /* our own pages */
    CONSENT_UI_CONSENT_JS,       /* pages with something withheld */
    CONSENT_UI_SHARED_JS,        /* the same, of a page for everyone */
    CONSENT_UI_STATE_JS,         /* pages with nothing withheld */
    CONSENT_UI_GOOGLE_JS,        /* consent_google_consent_mode */
    CONSENT_UI_GUARD_JS,         /* consent_guard; may be absent */
    CONSENT_UI_STUBS_JS,         /* stand-ins for withheld functions; may be
                                    absent */
    CONSENT_UI_NASSETS
} consent_ui_asset_e;

typedef struct {
    consent_str_t  file;         /* "notice-0123456789abcdef.css"; empty: this
                                    build has none */
    consent_str_t  type;         /* Content-Type */
    consent_str_t  raw;
    consent_str_t  gzip;         /* as it goes out under Content-Encoding */
    consent_str_t  br;           /* the same; may be empty */
} consent_ui_asset_t;

extern const consent_ui_asset_t  consent_ui_assets[CONSENT_UI_NASSETS];

/* by the last part of the path; NULL if there is none.  Looks through the
 * built-in ones only */

const consent_ui_asset_t *consent_ui_asset(consent_str_t file);

/* an asset made at start, of an operator's style or a table of rules: the
 * name becomes "stem-HASH.ext".  gzip and br stay empty */

int consent_ui_asset_make(consent_ui_asset_t *asset,
    const consent_alloc_t *alloc, const char *stem, const char *ext,
    const char *type, consent_str_t content);

/* an operator's own texts (consent_text), see below */

typedef struct consent_ui_own_s  consent_ui_own_t;

typedef struct {
    consent_str_t  name;
    consent_str_t  title;        /* operator's; empty: by language */
    consent_str_t  description;
    consent_str_t  recipient;    /* may be empty */
    uint8_t        flags;        /* CONSENT_CAT_* */
} consent_ui_category_t;

typedef struct {
    consent_str_t  text;
    consent_str_t  url;
    consent_str_t  rel;
} consent_ui_link_t;

/* what does not change from request to request; zeroed, then filled in at
 * configuration time; one a location */

typedef struct {
    const consent_ui_category_t  *category;     /* by number, 0: necessary */
    unsigned                      ncategories;
    const consent_ui_link_t      *link;
    unsigned                      nlinks;
    consent_str_t                 controller;
    consent_str_t                 contact;      /* mail address or URL */
    consent_str_t                 endpoint;     /* "/_consent/" */
    consent_str_t                 revision;
    int64_t                       max_age;      /* of a choice, seconds */
    const consent_ui_own_t       *own;          /* or NULL */
    const consent_ui_asset_t     *style;        /* consent_style, made by
                                                   consent_ui_style(); NULL */
    const consent_ui_asset_t     *guard;        /* instead of the built-in
                                                   guard; NULL */
    unsigned                      inplace:1;    /* consent_activation */
    unsigned                      use_guard:1;  /* consent_guard */
    unsigned                      google:1;     /* Consent Mode */
} consent_ui_t;

/* what belongs to the request; zeroed, then filled in */

typedef struct {
    int                      lang;       /* by consent_ui_lang() */
    const consent_state_t   *state;      /* never NULL */
    consent_str_t            state_json; /* by consent_state_json(), without
                                            the id; for the scripts */
    consent_str_t            ret;        /* where to come back to: path and
                                            query; empty: "/" */
    consent_str_t            origin;     /* "https://example.com", only where
                                            <base> names another host; else
                                            empty */
    consent_str_t            nonce;      /* of the page's scripts */
    consent_str_t            hosts;      /* "3:t.example.com": what the
                                            guard's file has not */
    consent_str_t            site;       /* registrable domain of the page,
                                            where its host is more */
    consent_str_t            stubs;      /* data for stubs.js: a list of
                                            names or numbers, ASCII */

    /* for the page's own record; only the preference page looks at these */
    consent_str_t            id;
    int64_t                  time;       /* of the choice; 0: none */
    const consent_ledger_past_t  *past;  /* what the ledger has of this id */
    unsigned                 npast;

    unsigned                 gated:1;    /* something may be withheld on this
                                            page: not all is allowed */
    unsigned                 shared:1;   /* the page is the same for everyone:
                                            its script asks who is there */
    unsigned                 inline_css:1;  /* the notice's style goes into
                                            <style>: saves a request, where
                                            no policy header forbids it */
    unsigned                 no_css:1;   /* a policy forbids even ours */
    unsigned                 utf8:1;     /* write UTF-8, not references; our
                                            own pages always do */
    unsigned                 failed:1;   /* the choice could not be kept: say
                                            so (503) */
} consent_ui_ctx_t;

/*
 * Languages.  consent_ui_lang() takes a BCP 47 tag or the value of an
 * Accept-Language field and gives the best match's number, or -1.  ui may be
 * NULL; with it, languages of consent_text that we have not count too.
 * 0 is English.
 */

int consent_ui_lang(const consent_ui_t *ui, consent_str_t tag);
unsigned consent_ui_nlangs(const consent_ui_t *ui);
consent_str_t consent_ui_lang_tag(const consent_ui_t *ui, int lang);
int consent_ui_lang_rtl(const consent_ui_t *ui, int lang);

/*
 * consent_text: {"en": {"accept": "I Agree", ...}, "*": {...}}.  "*" is for
 * all languages that do not have the key themselves.  Keys: those of
 * src/ui/lang/en.json; NAME_title and NAME_text for a category; link_1,
 * link_2 ... for the links; dir.  CONSENT_DECLINED: err says line, column
 * and what is wrong.
 */

int consent_ui_own_parse(consent_ui_own_t **own, const consent_alloc_t *alloc,
    consent_str_t json, char *err, size_t err_size);

/*
 * Words that take going on reading for consent, which they are not: "By
 * continuing to browse ... you agree".  The first text that has some, its
 * language and key; or NULL.
 */

const char *consent_ui_own_warning(const consent_ui_own_t *own,
    consent_str_t *lang, consent_str_t *key);

/* consent_style: the file's text becomes a style sheet that goes before ours
 * in the cascade of important declarations.  CONSENT_DECLINED: unbalanced */

int consent_ui_style(consent_ui_asset_t *asset, const consent_alloc_t *alloc,
    consent_str_t css, char *err, size_t err_size);

/*
 * Parts of a page: CONSENT_PLACE_HEAD, _BANNER, _LINKS, _STUB and _FRAME.  An
 * empty result (0) means there is nothing to insert.
 */

size_t consent_ui_head(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx);
/* of a frame's page: the guard, or nothing */
size_t consent_ui_head_frame(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx);
size_t consent_ui_notice(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx);
size_t consent_ui_links(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx);
size_t consent_ui_stub(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx);
/* the guard again, as part of an attribute's value */
size_t consent_ui_srcdoc(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx);

/*
 * Who is behind a category: an address.  The caller walks its rules; next()
 * returns 1 and fills v in, or 0 at the end, and must give the same in both
 * passes (rewind() starts a pass).  Addresses of one recipient that follow
 * each other share a line.
 */

typedef struct {
    consent_str_t  host;         /* or pattern; UTF-8 */
    consent_str_t  recipient;    /* company; may be empty */
    consent_str_t  source;       /* "catalog", "site", "list" ...; may be
                                    empty */
    int            category;

    const consent_vendor_cookie_t  *cookies;
    unsigned                        ncookies;
} consent_ui_vendor_t;

typedef struct {
    void   (*rewind)(void *arg);
    int    (*next)(void *arg, consent_ui_vendor_t *v);
    void    *arg;
} consent_ui_vendors_t;

/* our own pages: whole documents in UTF-8, text/html; charset=utf-8.  vendors
 * may be NULL */

size_t consent_ui_preferences(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx, const consent_ui_vendors_t *vendors);
size_t consent_ui_vendors(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx, const consent_ui_vendors_t *vendors);
size_t consent_ui_vendors_json(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx, const consent_ui_vendors_t *vendors);

/*
 * In place of a blocked frame.  url: what the frame asked for; shown by its
 * host, and offered as a link where it is http(s).  category: which one it
 * needs.  ctx->ret: the page that holds the frame (of Referer), or empty.
 */

size_t consent_ui_frame(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx, int category, consent_str_t url);

/* a short page that says why something did not work: title and text are the
 * caller's, or with an empty text, the "could not be saved" one */

size_t consent_ui_error(consent_u8 *dst, const consent_ui_t *ui,
    const consent_ui_ctx_t *ctx, consent_str_t text);

/* value for the Content-Security-Policy of our own pages */

extern const consent_str_t  consent_ui_policy;

#endif /* CONSENT_UI_H */
