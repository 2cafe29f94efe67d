
/* made by generate_names.mjs */

#ifndef CONSENT_HTML_NAMES_H
#define CONSENT_HTML_NAMES_H

#include "consent_core.h"

typedef enum {
    CONSENT_TAG_UNKNOWN = 0,
    CONSENT_TAG_HTML,
    CONSENT_TAG_HEAD,
    CONSENT_TAG_BODY,
    CONSENT_TAG_BASE,
    CONSENT_TAG_BASEFONT,
    CONSENT_TAG_BGSOUND,
    CONSENT_TAG_LINK,
    CONSENT_TAG_META,
    CONSENT_TAG_TITLE,
    CONSENT_TAG_STYLE,
    CONSENT_TAG_SCRIPT,
    CONSENT_TAG_NOSCRIPT,
    CONSENT_TAG_NOFRAMES,
    CONSENT_TAG_NOEMBED,
    CONSENT_TAG_IFRAME,
    CONSENT_TAG_XMP,
    CONSENT_TAG_TEXTAREA,
    CONSENT_TAG_PLAINTEXT,
    CONSENT_TAG_TEMPLATE,
    CONSENT_TAG_FRAMESET,
    CONSENT_TAG_FRAME,
    CONSENT_TAG_ADDRESS,
    CONSENT_TAG_ARTICLE,
    CONSENT_TAG_ASIDE,
    CONSENT_TAG_BLOCKQUOTE,
    CONSENT_TAG_CENTER,
    CONSENT_TAG_DETAILS,
    CONSENT_TAG_DIALOG,
    CONSENT_TAG_DIR,
    CONSENT_TAG_DIV,
    CONSENT_TAG_DL,
    CONSENT_TAG_FIELDSET,
    CONSENT_TAG_FIGCAPTION,
    CONSENT_TAG_FIGURE,
    CONSENT_TAG_FOOTER,
    CONSENT_TAG_HEADER,
    CONSENT_TAG_HGROUP,
    CONSENT_TAG_MAIN,
    CONSENT_TAG_MENU,
    CONSENT_TAG_NAV,
    CONSENT_TAG_OL,
    CONSENT_TAG_P,
    CONSENT_TAG_SEARCH,
    CONSENT_TAG_SECTION,
    CONSENT_TAG_SUMMARY,
    CONSENT_TAG_UL,
    CONSENT_TAG_H1,
    CONSENT_TAG_H2,
    CONSENT_TAG_H3,
    CONSENT_TAG_H4,
    CONSENT_TAG_H5,
    CONSENT_TAG_H6,
    CONSENT_TAG_PRE,
    CONSENT_TAG_LISTING,
    CONSENT_TAG_FORM,
    CONSENT_TAG_LI,
    CONSENT_TAG_DD,
    CONSENT_TAG_DT,
    CONSENT_TAG_BUTTON,
    CONSENT_TAG_A,
    CONSENT_TAG_B,
    CONSENT_TAG_BIG,
    CONSENT_TAG_CODE,
    CONSENT_TAG_EM,
    CONSENT_TAG_FONT,
    CONSENT_TAG_I,
    CONSENT_TAG_NOBR,
    CONSENT_TAG_S,
    CONSENT_TAG_SMALL,
    CONSENT_TAG_STRIKE,
    CONSENT_TAG_STRONG,
    CONSENT_TAG_TT,
    CONSENT_TAG_U,
    CONSENT_TAG_APPLET,
    CONSENT_TAG_MARQUEE,
    CONSENT_TAG_OBJECT,
    CONSENT_TAG_TABLE,
    CONSENT_TAG_CAPTION,
    CONSENT_TAG_COLGROUP,
    CONSENT_TAG_COL,
    CONSENT_TAG_TBODY,
    CONSENT_TAG_TFOOT,
    CONSENT_TAG_THEAD,
    CONSENT_TAG_TR,
    CONSENT_TAG_TD,
    CONSENT_TAG_TH,
    CONSENT_TAG_AREA,
    CONSENT_TAG_BR,
    CONSENT_TAG_EMBED,
    CONSENT_TAG_IMG,
    CONSENT_TAG_IMAGE,
    CONSENT_TAG_INPUT,
    CONSENT_TAG_KEYGEN,
    CONSENT_TAG_WBR,
    CONSENT_TAG_PARAM,
    CONSENT_TAG_SOURCE,
    CONSENT_TAG_TRACK,
    CONSENT_TAG_HR,
    CONSENT_TAG_SELECT,
    CONSENT_TAG_OPTION,
    CONSENT_TAG_OPTGROUP,
    CONSENT_TAG_RB,
    CONSENT_TAG_RP,
    CONSENT_TAG_RT,
    CONSENT_TAG_RTC,
    CONSENT_TAG_RUBY,
    CONSENT_TAG_SPAN,
    CONSENT_TAG_SUB,
    CONSENT_TAG_SUP,
    CONSENT_TAG_VAR,
    CONSENT_TAG_SVG,
    CONSENT_TAG_MATH,
    CONSENT_TAG_MI,
    CONSENT_TAG_MO,
    CONSENT_TAG_MN,
    CONSENT_TAG_MS,
    CONSENT_TAG_MTEXT,
    CONSENT_TAG_ANNOTATION_XML,
    CONSENT_TAG_MGLYPH,
    CONSENT_TAG_MALIGNMARK,
    CONSENT_TAG_FOREIGNOBJECT,
    CONSENT_TAG_DESC,
    CONSENT_TAG_VIDEO,
    CONSENT_TAG_AUDIO,
    CONSENT_TAG_PICTURE,
    CONSENT_TAG_PORTAL,
    CONSENT_TAG_FENCEDFRAME,
    CONSENT_TAG_USE,
    CONSENT_TAG_FEIMAGE,
    CONSENT_TAG_ANIMATE,
    CONSENT_TAG_SET,
    CONSENT_TAG_ANIMATEMOTION,
    CONSENT_TAG_ANIMATETRANSFORM,
    CONSENT_TAG_MPATH,
    CONSENT_TAG_TEXTPATH,
    CONSENT_TAG_LINEARGRADIENT,
    CONSENT_TAG_RADIALGRADIENT,
    CONSENT_TAG_PATTERN,
    CONSENT_TAG_FILTER,
    CONSENT_TAG_MASK,
    CONSENT_TAG_TREF,
    CONSENT_TAG_CURSOR,
    CONSENT_TAG_FONT_FACE_URI,
    CONSENT_TAG_COLOR_PROFILE,
    CONSENT_TAG_GLYPHREF,
    CONSENT_TAG_XML,
    CONSENT_TAG_SELECTEDCONTENT,
    CONSENT_TAG_DISCARD
} consent_tag_e;

typedef enum {
    CONSENT_ATTR_UNKNOWN = 0,
    CONSENT_ATTR_SRC,
    CONSENT_ATTR_SRCSET,
    CONSENT_ATTR_HREF,
    CONSENT_ATTR_XLINK_HREF,
    CONSENT_ATTR_DATA,
    CONSENT_ATTR_POSTER,
    CONSENT_ATTR_BACKGROUND,
    CONSENT_ATTR_SRCDOC,
    CONSENT_ATTR_STYLE,
    CONSENT_ATTR_IMAGESRCSET,
    CONSENT_ATTR_CONTENT,
    CONSENT_ATTR_PING,
    CONSENT_ATTR_ACTION,
    CONSENT_ATTR_FORMACTION,
    CONSENT_ATTR_TYPE,
    CONSENT_ATTR_LANGUAGE,
    CONSENT_ATTR_REL,
    CONSENT_ATTR_AS,
    CONSENT_ATTR_HTTP_EQUIV,
    CONSENT_ATTR_ENCODING,
    CONSENT_ATTR_COLOR,
    CONSENT_ATTR_FACE,
    CONSENT_ATTR_SIZE,
    CONSENT_ATTR_SHADOWROOTMODE,
    CONSENT_ATTR_FOR,
    CONSENT_ATTR_NONCE,
    CONSENT_ATTR_LANG,
    CONSENT_ATTR_DATA_CATEGORY,
    CONSENT_ATTR_DATA_CONSENT,
    CONSENT_ATTR_DATA_TYPE,
    CONSENT_ATTR_DATA_SRC,
    CONSENT_ATTR_ID,
    CONSENT_ATTR_VALUES,
    CONSENT_ATTR_TO,
    CONSENT_ATTR_FROM,
    CONSENT_ATTR_BY,
    CONSENT_ATTR_FILL,
    CONSENT_ATTR_STROKE,
    CONSENT_ATTR_MASK,
    CONSENT_ATTR_CLIP_PATH,
    CONSENT_ATTR_FILTER,
    CONSENT_ATTR_MARKER_START,
    CONSENT_ATTR_MARKER_MID,
    CONSENT_ATTR_MARKER_END,
    CONSENT_ATTR_CURSOR,
    CONSENT_ATTR_AMP,
    CONSENT_ATTR_CHARSET,
    CONSENT_ATTR_SANDBOX,
    CONSENT_ATTR_AMP_SIGN,
    CONSENT_ATTR_ON              /* any event handler */
} consent_attr_e;

#define CONSENT_TAG_F_SPECIAL   0x01
#define CONSENT_TAG_F_FORMAT    0x02
#define CONSENT_TAG_F_SCOPE     0x04
#define CONSENT_TAG_F_IMPLIED   0x08
#define CONSENT_TAG_F_THOROUGH  0x10
#define CONSENT_TAG_F_BREAKOUT  0x20

/* the hash of names, over lower case: h = h * 31 + c */

typedef struct {
    const char  *name;
    uint32_t     hash;
    uint8_t      len;
    uint8_t      flags;
} consent_html_name_t;

extern const consent_html_name_t  consent_html_tags[];
extern const consent_html_name_t  consent_html_attrs[];
extern const uint8_t              consent_html_tag_slots[];
extern const uint8_t              consent_html_attr_slots[];
extern const uint32_t             consent_html_attr_first[16];
extern const consent_u8           consent_html_lower[256];

/* candidates by hash; the name itself is to be compared where it counts */

static inline unsigned
consent_html_tag_find(uint32_t hash, size_t len)
{
    unsigned  id;

    id = consent_html_tag_slots[(hash * 2288799665u) >> 22];

    return (consent_html_tags[id].hash == hash
            && consent_html_tags[id].len == len) ? id : 0;
}

static inline unsigned
consent_html_attr_find(uint32_t hash, size_t len)
{
    unsigned  id;

    id = consent_html_attr_slots[(hash * 3781345303u) >> 24];

    return (consent_html_attrs[id].hash == hash
            && consent_html_attrs[id].len == len) ? id : 0;
}

/* 0: a name of n bytes, from 2 to 15, that begins so is none of these */

static inline unsigned
consent_html_attr_may(const consent_u8 *p, size_t n)
{
    return consent_html_attr_first[n] >> ((p[0] + 3 * p[1]) & 31) & 1;
}

/* 1 if the n bytes at p are this name, in any case; lower is lower case */

static inline int
consent_html_name_is(const consent_u8 *p, size_t n, const char *lower)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (consent_html_lower[p[i]] != (consent_u8) lower[i]
            || lower[i] == '\0')
        {
            return 0;
        }
    }

    return lower[n] == '\0';
}

#endif /* CONSENT_HTML_NAMES_H */
