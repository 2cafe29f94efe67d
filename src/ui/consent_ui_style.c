
/*
 * consent_style: an operator's CSS as an asset of ours.
 *
 * Our own rules are important and stand in the layer "privacy-choices", so
 * that no rule of a site can take a button away.  Among important rules the
 * layer declared first wins: the operator's goes into one before ours, and
 * "!important" is all that it needs there.
 */

#include "consent_ui_out.h"

#include <stdio.h>


/* braces, strings and comments must be closed, or the layer would not be */

static int
consent_ui_style_check(consent_str_t css, char *err, size_t err_size)
{
    size_t         i, line;
    unsigned       depth;
    consent_u8     c, quote;

    depth = 0;
    line = 1;
    quote = 0;

    for (i = 0; i < css.len; i++) {
        c = css.data[i];

        if (c == '\n') {
            line++;
        }

        if (quote) {
            if (c == '\\') {
                i++;

            } else if (c == quote) {
                quote = 0;

            } else if (c == '\n') {
                (void) snprintf(err, err_size, "line %u: the line ends "
                                "inside of a string", (unsigned) line - 1);
                return CONSENT_DECLINED;
            }

            continue;
        }

        if (c == '/' && i + 1 < css.len && css.data[i + 1] == '*') {

            for (i += 2; i + 1 < css.len; i++) {
                if (css.data[i] == '*' && css.data[i + 1] == '/') {
                    break;
                }

                line += css.data[i] == '\n';
            }

            if (i + 1 >= css.len) {
                (void) snprintf(err, err_size, "a comment has no end");
                return CONSENT_DECLINED;
            }

            i++;

        } else if (c == '\\') {
            i++;

        } else if (c == '"' || c == '\'') {
            quote = c;

        } else if (c == '{') {
            depth++;

        } else if (c == '}') {
            if (depth-- == 0) {
                (void) snprintf(err, err_size, "line %u: a \"}\" too many",
                                (unsigned) line);
                return CONSENT_DECLINED;
            }
        }
    }

    if (depth || quote) {
        (void) snprintf(err, err_size, "%s at the end",
                        quote ? "a string is open" : "a \"}\" is missing");
        return CONSENT_DECLINED;
    }

    return CONSENT_OK;
}


int
consent_ui_style(consent_ui_asset_t *asset, const consent_alloc_t *alloc,
    consent_str_t css, char *err, size_t err_size)
{
    int            rc;
    consent_u8    *p;
    consent_str_t  content;

    static const char  head[] = "@layer privacy-choices-own,privacy-choices;\n"
                                "@layer privacy-choices-own{\n";

    if (css.len >= 3 && memcmp(css.data, "\xef\xbb\xbf", 3) == 0) {
        css.data += 3;
        css.len -= 3;
    }

    rc = consent_ui_style_check(css, err, err_size);
    if (rc != CONSENT_OK) {
        return rc;
    }

    content.len = sizeof(head) - 1 + css.len + 3;

    p = alloc->alloc(alloc->ctx, content.len);
    if (p == NULL) {
        return CONSENT_ERROR;
    }

    content.data = p;

    memcpy(p, head, sizeof(head) - 1);
    p += sizeof(head) - 1;

    if (css.len) {
        memcpy(p, css.data, css.len);
        p += css.len;
    }

    memcpy(p, "\n}\n", 3);

    return consent_ui_asset_make(asset, alloc, "style", "css",
                                 "text/css; charset=utf-8", content);
}
