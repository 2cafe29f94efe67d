
/*
 * What a style sheet or style attribute loads: the tokenizer of CSS Syntax
 * Level 3 as far as URLs go.  https://www.w3.org/TR/css-syntax-3/
 *
 * Reported are url(), src() and the strings of image-set() and @import, in
 * all their spellings; and, since a custom property may end in image-set(),
 * strings there that are absolute URLs.  Not reported: what stands in
 * comments and other strings, @namespace, fragments, and data: but for the
 * sheets that @import makes of it.
 */

#ifndef CONSENT_CSS_H
#define CONSENT_CSS_H

#include "consent_core.h"

#define CONSENT_CSS_URL_MAX  512

/* an URL is not waited for longer: it is reported by what there is */
#define CONSENT_CSS_HELD     1024

typedef enum {
    CONSENT_CSS_IMAGE = 0,
    CONSENT_CSS_FONT,
    CONSENT_CSS_SHEET
} consent_css_kind_e;

typedef struct {
    uint64_t            start;     /* of the URL in the text, after "url(" and
                                      quote: where a prefix may be put */
    uint64_t            end;       /* after its last byte */
    consent_str_t       url;       /* escapes decoded; gone after the call */
    consent_css_kind_e  kind;
    unsigned            cut:1;     /* longer than CONSENT_CSS_URL_MAX */
    unsigned            unsure:1;  /* and so that its host is not told, or
                                      what is in its data: */
    unsigned            plain:1;   /* a string that may be one by way of
                                      var() */
    unsigned            raw:1;     /* the value of an @import as a preload
                                      scanner sees it: "url" is empty, see
                                      consent_css_import() */
} consent_css_url_t;

/* CONSENT_OK; anything else ends consent_css_feed() with it */

typedef int (*consent_css_found_pt)(void *arg, const consent_css_url_t *u);

/* how far one preload scanner is */

typedef struct {
    consent_u8       state;
    consent_u8       names;        /* that a rule's may be */
    consent_u8       at;           /* in them */
    consent_u8       close;        /* what ends the value */
    consent_u8       last;
    consent_u8       prev;         /* before that */
    uint16_t         len;          /* of the value, so far */
} consent_css_scan_t;

#define CONSENT_CSS_SCANS  3

typedef struct {
    consent_css_found_pt  found;
    void                 *arg;

    uint64_t         pos;          /* of the next byte to come */
    uint64_t         start;
    uint64_t         end;

    consent_u8       state;
    consent_u8       from;         /* state an escape goes back to */
    consent_u8       quote;
    consent_u8       kind;         /* of the name being read */
    consent_u8       lead;         /* of a charset's two-byte characters */
    consent_u8       name_len;
    consent_u8       escape_len;
    uint32_t         escape;

    uint32_t         depth;        /* of { */
    uint32_t         font;         /* depth of @font-face's block */
    uint32_t         parens;
    uint64_t         strings;      /* a bit for each "(": strings are URLs */

    unsigned         attribute:1;
    unsigned         collect:1;    /* into url */
    unsigned         cut:1;
    unsigned         import:1;     /* after "@import" */
    unsigned         space:1;      /* @namespace, to its ";" */
    unsigned         font_face:1;  /* after "@font-face" */
    unsigned         property:1;   /* after "--name" */
    unsigned         custom:1;     /* in its value */
    unsigned         trail:1;      /* the second byte of a character */
    unsigned         scanned:1;    /* preload scanners have not given up */

    consent_css_scan_t  scan[CONSENT_CSS_SCANS];
    uint64_t         import_at;    /* behind the first byte of the last URL that
                                      an @import has */
    uint64_t         import_raw;   /* the same of the last told of as raw */

    consent_u8       name[20];
    size_t           url_len;
    consent_u8       url[CONSENT_CSS_URL_MAX];
} consent_css_t;

/*
 * attribute: the text is a declaration list, not a sheet.  lead: as
 * consent_charset_t has it, 0 for UTF-8 and single bytes.
 */

void consent_css_init(consent_css_t *css, int attribute, unsigned lead,
    consent_css_found_pt found, void *arg);

/* any chunking of the text gives the same reports; last: it ends here */

int consent_css_feed(consent_css_t *css, const consent_u8 *data, size_t len,
    int last);

/*
 * A sheet that preload scanners look at: called behind consent_css_init().  It
 * has reports that are raw, too, which may lie before others.
 */

void consent_css_scan(consent_css_t *css);

/*
 * Makes of a raw report one like others; value: the bytes that it has, in which
 * the URL stands then.  0: there is none, or it was reported before, being the
 * same to CSS.
 */

int consent_css_import(consent_css_t *css, consent_css_url_t *u,
    const consent_u8 *value);

/* bytes before this offset are decided: no report will name them */

uint64_t consent_css_decided(const consent_css_t *css);

#endif /* CONSENT_CSS_H */
