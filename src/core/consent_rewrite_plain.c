
/*
 * A frame's javascript: URL that hides nothing: the document it gives is none,
 * or stands in it as one string.  All else may take it from anywhere: a name,
 * an attribute, a string in pieces or in code.
 */

#include "consent_rewrite_int.h"


static int
plain_word(const consent_u8 *p, size_t len)
{
    size_t  i;

    static const char *const  words[] = {
        "void", "false", "true", "null", "undefined", "function",
        "document", "open", "close", "domain", "alert", "confirm", "print",
        "focus", "blur", "history", "back", "forward", "go"
    };

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i]) == len && memcmp(words[i], p, len) == 0) {
            return 1;
        }
    }

    return 0;
}


static int
plain_letter(consent_u8 c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '_' || c == '$';
}


/* behind what begins at p; NULL: who knows */

static const consent_u8 *
plain_string(const consent_u8 *p, const consent_u8 *end, unsigned *tags)
{
    const consent_u8  *q, *c;

    q = memchr(p + 1, *p, (size_t) (end - p - 1));

    if (q == NULL || memchr(p, '\\', (size_t) (q - p))
        || (*p == '`' && memchr(p, '$', (size_t) (q - p))))
    {
        return NULL;
    }

    for (c = p; c < q; c++) {
        if (*c < ' ') {
            return NULL;
        }
    }

    /* of two, one could be a comment around the other as they are read */

    *tags += (memchr(p, '<', (size_t) (q - p)) != NULL);

    return (*tags > 1) ? NULL : q + 1;
}


/* of the text in percents; the browser drops line ends that are in none */

int
consent_rw_plain(consent_str_t text)
{
    int                word;
    unsigned           tags;
    const consent_u8  *p, *q, *end;

    end = text.data + text.len;

    while (end > text.data && end[-1] <= ' ') {
        end--;
    }

    p = memchr(text.data, ':', (size_t) (end - text.data));

    for (p = p ? p + 1 : end, tags = 0; p && p < end; /* void */) {

        if (*p == '\'' || *p == '"' || *p == '`') {
            p = plain_string(p, end, &tags);

        } else if (plain_letter(*p)) {

            for (q = p, word = 0; q < end && plain_letter(*q); q++) {
                word |= (*q < '0' || *q > '9');
            }

            if (word && !plain_word(p, (size_t) (q - p))) {
                return 0;
            }

            p = q;

        } else if (*p == '/' && end - p > 1 && p[1] == '/') {

            for (/* void */; p < end; p++) {
                if (*p < ' ' || *p >= 0x80) {
                    return 0;
                }
            }

        } else if (*p && strchr(" ;(){},.!=", *p)) {
            p++;

        } else {
            return 0;
        }
    }

    return p != NULL;
}
