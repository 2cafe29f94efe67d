
/*
 * The JSON reader of consent_text.
 */

#include "consent_ui_json.h"

#include <stdarg.h>
#include <stdio.h>


void
consent_ui_json_say(consent_ui_json_t *j, const consent_u8 *at,
    const char *fmt, ...)
{
    int                n;
    va_list            args;
    unsigned           line, column;
    const consent_u8  *p;

    line = 1;
    column = 1;

    for (p = j->start; p < at; p++) {
        if (*p == '\n') {
            line++;
            column = 1;

        } else if ((*p & 0xc0) != 0x80) {
            column++;
        }
    }

    n = snprintf(j->err, j->err_size, "line %u, column %u: ", line, column);

    if (n > 0 && (size_t) n < j->err_size) {
        va_start(args, fmt);
        (void) vsnprintf(j->err + n, j->err_size - (size_t) n, fmt, args);
        va_end(args);
    }
}


void
consent_ui_json_space(consent_ui_json_t *j)
{
    while (j->p < j->end
           && (*j->p == ' ' || *j->p == '\t' || *j->p == '\n'
               || *j->p == '\r'))
    {
        j->p++;
    }
}


int
consent_ui_json_expect(consent_ui_json_t *j, char c)
{
    consent_ui_json_space(j);

    if (j->p == j->end) {
        return consent_ui_json_fail(j, j->p, "the file ends where \"%c\" "
                                    "should be", c);
    }

    if (*j->p != (consent_u8) c) {
        return consent_ui_json_fail(j, j->p, "\"%c\" should be here", c);
    }

    j->p++;

    return CONSENT_OK;
}


/* four hex digits; -1 if they are not */

static int32_t
consent_ui_json_hex(consent_ui_json_t *j)
{
    int      i, d;
    int32_t  v;

    if (j->end - j->p < 4) {
        return -1;
    }

    v = 0;

    for (i = 0; i < 4; i++) {
        d = consent_hex(*j->p++);

        if (d < 0) {
            return -1;
        }

        v = v * 16 + d;
    }

    return v;
}


/* UTF-16 escapes become UTF-8; half a pair is an error */

static consent_u8 *
consent_ui_json_unicode(consent_ui_json_t *j, consent_u8 *d)
{
    int32_t   v, low;
    uint32_t  c;

    v = consent_ui_json_hex(j);

    if (v <= 0 || (v >= 0xdc00 && v < 0xe000)) {
        return NULL;
    }

    c = (uint32_t) v;

    if (v >= 0xd800 && v < 0xdc00) {
        if (j->end - j->p < 6 || j->p[0] != '\\' || j->p[1] != 'u') {
            return NULL;
        }

        j->p += 2;
        low = consent_ui_json_hex(j);

        if (low < 0xdc00 || low >= 0xe000) {
            return NULL;
        }

        c = 0x10000 + ((uint32_t) (v - 0xd800) << 10)
            + (uint32_t) (low - 0xdc00);
    }

    if (c < 0x80) {
        *d++ = (consent_u8) c;

    } else if (c < 0x800) {
        *d++ = (consent_u8) (0xc0 | (c >> 6));
        *d++ = (consent_u8) (0x80 | (c & 0x3f));

    } else if (c < 0x10000) {
        *d++ = (consent_u8) (0xe0 | (c >> 12));
        *d++ = (consent_u8) (0x80 | ((c >> 6) & 0x3f));
        *d++ = (consent_u8) (0x80 | (c & 0x3f));

    } else {
        *d++ = (consent_u8) (0xf0 | (c >> 18));
        *d++ = (consent_u8) (0x80 | ((c >> 12) & 0x3f));
        *d++ = (consent_u8) (0x80 | ((c >> 6) & 0x3f));
        *d++ = (consent_u8) (0x80 | (c & 0x3f));
    }

    return d;
}


static consent_u8 *
consent_ui_json_escape(consent_ui_json_t *j, consent_u8 *d)
{
    switch (*j->p++) {

    case '"':
    case '\\':
    case '/':
        *d++ = j->p[-1];
        return d;

    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        *d++ = ' ';
        return d;

    case 'u':
        return consent_ui_json_unicode(j, d);

    default:
        return NULL;
    }
}


int
consent_ui_json_string(consent_ui_json_t *j, consent_str_t *s, size_t max)
{
    int                rc;
    consent_u8        *d, *buf;
    const consent_u8  *start, *q, *at;

    rc = consent_ui_json_expect(j, '"');
    if (rc != CONSENT_OK) {
        return rc;
    }

    start = j->p;

    for (q = start; q < j->end && *q != '"'; q++) {
        if (*q == '\\') {
            q++;

        } else if (*q < 0x20) {
            return consent_ui_json_fail(j, q, "a control character inside "
                                        "of a string");
        }
    }

    if (q >= j->end) {
        return consent_ui_json_fail(j, start - 1, "this string has no end");
    }

    if ((size_t) (q - start) > max) {
        return consent_ui_json_fail(j, start - 1, "this string is longer "
                                    "than %u bytes", (unsigned) max);
    }

    /* what an escape stands for is never longer than it */

    buf = j->alloc->alloc(j->alloc->ctx, (size_t) (q - start) + 1);
    if (buf == NULL) {
        return CONSENT_ERROR;
    }

    d = buf;

    while (j->p < q) {
        if (*j->p != '\\') {
            *d++ = *j->p++;
            continue;
        }

        at = j->p++;

        d = consent_ui_json_escape(j, d);
        if (d == NULL || j->p > q) {
            return consent_ui_json_fail(j, at, "no such escape in JSON");
        }
    }

    j->p = q + 1;

    s->data = buf;
    s->len = (size_t) (d - buf);

    return CONSENT_OK;
}


int
consent_ui_json_more(consent_ui_json_t *j)
{
    consent_ui_json_space(j);

    if (j->p < j->end && *j->p == ',') {
        j->p++;
        return 1;
    }

    return consent_ui_json_expect(j, '}');
}
