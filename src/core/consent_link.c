
/*
 * Link header fields.  Where browsers differ, what any of them might act on
 * counts: every "rel" of a link, and a quote that is never closed is none.
 */

#include "consent_link.h"


typedef struct {
    const char      *name;
    consent_type_e   type;
} consent_link_word_t;


static const consent_link_word_t  consent_link_rels[] = {
    { "stylesheet",             CONSENT_TYPE_STYLESHEET },
    { "modulepreload",          CONSENT_TYPE_SCRIPT },
    { "preconnect",             CONSENT_TYPE_CONNECT },
    { "dns-prefetch",           CONSENT_TYPE_CONNECT },
    { "prerender",              CONSENT_TYPE_SUBDOCUMENT },
    { "compression-dictionary", CONSENT_TYPE_OTHER }
};

/* what preload and prefetch load, by "as" */

static const consent_link_word_t  consent_link_as[] = {
    { "script",   CONSENT_TYPE_SCRIPT },
    { "worker",   CONSENT_TYPE_SCRIPT },
    { "style",    CONSENT_TYPE_STYLESHEET },
    { "image",    CONSENT_TYPE_IMAGE },
    { "font",     CONSENT_TYPE_FONT },
    { "fetch",    CONSENT_TYPE_XHR },
    { "audio",    CONSENT_TYPE_MEDIA },
    { "video",    CONSENT_TYPE_MEDIA },
    { "track",    CONSENT_TYPE_MEDIA },
    { "document", CONSENT_TYPE_SUBDOCUMENT },
    { "object",   CONSENT_TYPE_OBJECT },
    { "embed",    CONSENT_TYPE_OBJECT }
};

#define consent_link_n(a)  (sizeof(a) / sizeof((a)[0]))


static int
consent_link_space(consent_u8 c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}


static int
consent_link_is(const consent_u8 *s, size_t len, const char *word)
{
    size_t      i;
    consent_u8  c;

    for (i = 0; i < len && word[i]; i++) {
        c = s[i];

        if (c >= 'A' && c <= 'Z') {
            c |= 0x20;
        }

        if (c != (consent_u8) word[i]) {
            return 0;
        }
    }

    return i == len && word[i] == '\0';
}


/*
 * Past the closing quote, or just past a quote that is never closed: then all
 * that follow it are escaped, so none of them is closed either, and *open
 * says so, else each would be looked for to the end.
 */

static size_t
consent_link_quoted(consent_str_t s, size_t i, const consent_u8 **open)
{
    size_t  end;

    if (*open && s.data + i >= *open) {
        return i + 1;
    }

    for (end = i + 1; end < s.len; end++) {

        if (s.data[end] == '\\') {
            end++;

        } else if (s.data[end] == '"') {
            return end + 1;
        }
    }

    *open = s.data + i;

    return i + 1;
}


/* where the link ends that starts at i: at a comma outside of quotes */

static size_t
consent_link_end(consent_str_t s, size_t i, const consent_u8 **open)
{
    const consent_u8  *p;

    if (s.data[i] == '<') {
        p = memchr(s.data + i, '>', s.len - i);

        /* no address ends any more, so what follows is no link either */

        if (p == NULL) {
            return s.len;
        }

        i = (size_t) (p - s.data);
    }

    while (i < s.len && s.data[i] != ',') {
        i = (s.data[i] == '"') ? consent_link_quoted(s, i, open) : i + 1;
    }

    return i;
}


/* a parameter's value without its quotes; the length, or size + 1 */

static size_t
consent_link_value(consent_str_t v, consent_u8 *buf, size_t size)
{
    int     quoted;
    size_t  i, n;

    quoted = (v.len > 1 && v.data[0] == '"' && v.data[v.len - 1] == '"');

    if (quoted) {
        v.data++;
        v.len -= 2;
    }

    for (i = 0, n = 0; i < v.len; i++) {

        if (n == size) {
            return size + 1;
        }

        if (quoted && v.data[i] == '\\' && i + 1 < v.len) {
            i++;
        }

        buf[n++] = v.data[i];
    }

    return n;
}


/* the words of a "rel"; 1 if one of them goes by "as" */

static int
consent_link_rel(consent_link_t *link, consent_str_t value)
{
    int         as;
    size_t      i, k, n, len;
    consent_u8  rel[512];

    as = 0;
    len = consent_link_value(value, rel, sizeof(rel));

    if (len > sizeof(rel)) {
        link->unread = 1;
        return 0;
    }

    for (i = 0; i < len; i += n + 1) {

        for (n = 0; i + n < len && !consent_link_space(rel[i + n]); n++) {
            /* void */
        }

        if (consent_link_is(rel + i, n, "preload")
            || consent_link_is(rel + i, n, "prefetch"))
        {
            as = 1;
            continue;
        }

        for (k = 0; k < consent_link_n(consent_link_rels); k++) {
            if (consent_link_is(rel + i, n, consent_link_rels[k].name)) {
                link->types |= (uint32_t) 1 << consent_link_rels[k].type;
            }
        }
    }

    return as;
}


static consent_type_e
consent_link_as_type(consent_str_t value)
{
    size_t      k, len;
    consent_u8  as[32];

    len = consent_link_value(value, as, sizeof(as));

    for (k = 0; k < consent_link_n(consent_link_as); k++) {
        if (len <= sizeof(as)
            && consent_link_is(as, len, consent_link_as[k].name))
        {
            return consent_link_as[k].type;
        }
    }

    return CONSENT_TYPE_OTHER;
}


/* one ";name=value" at i: what it is is put into name and value */

static size_t
consent_link_param(consent_str_t s, size_t i, consent_str_t *name,
    consent_str_t *value, const consent_u8 **open)
{
    while (i < s.len && (s.data[i] == ';' || consent_link_space(s.data[i]))) {
        i++;
    }

    name->data = s.data + i;

    while (i < s.len && s.data[i] != '=' && s.data[i] != ';'
           && !consent_link_space(s.data[i]))
    {
        i++;
    }

    name->len = (size_t) (s.data + i - name->data);
    value->data = s.data + i;
    value->len = 0;

    while (i < s.len && consent_link_space(s.data[i])) {
        i++;
    }

    if (i == s.len || s.data[i] != '=') {
        return i;
    }

    for (i++; i < s.len && consent_link_space(s.data[i]); i++) { /* void */ }

    value->data = s.data + i;

    while (i < s.len && s.data[i] != ';') {
        i = (s.data[i] == '"') ? consent_link_quoted(s, i, open) : i + 1;
    }

    value->len = (size_t) (s.data + i - value->data);

    while (value->len && consent_link_space(value->data[value->len - 1])) {
        value->len--;
    }

    return i;
}


static void
consent_link_params(consent_link_t *link, consent_str_t s)
{
    int                as;
    size_t             i, n;
    consent_str_t      name, value;
    consent_type_e     type;
    const consent_u8  *open;

    as = 0;
    open = NULL;
    type = CONSENT_TYPE_OTHER;

    for (i = 0; i < s.len; /* void */ ) {
        i = consent_link_param(s, i, &name, &value, &open);

        if (consent_link_is(name.data, name.len, "rel")) {
            as |= consent_link_rel(link, value);

        } else if (consent_link_is(name.data, name.len, "as")) {
            type = consent_link_as_type(value);

        } else if (consent_link_is(name.data, name.len, "imagesrcset")) {
            n = consent_link_value(value, link->buf, sizeof(link->buf));

            if (n > sizeof(link->buf)) {
                link->unread = 1;

            } else {
                link->srcset.data = link->buf;
                link->srcset.len = n;
            }
        }
    }

    if (as) {
        link->types |= (uint32_t) 1 << type;
    }
}


int
consent_link_next(consent_str_t *rest, consent_link_t *link)
{
    size_t             i, end;
    consent_str_t      s;
    const consent_u8  *p;

    s = *rest;

    for (i = 0; i < s.len && (s.data[i] == ','
                              || consent_link_space(s.data[i])); i++)
    {
        /* void */
    }

    if (i == s.len) {
        return 0;
    }

    end = consent_link_end(s, i, &link->open);

    rest->data = s.data + end;
    rest->len = s.len - end;

    s.data += i;
    s.len = end - i;

    while (s.len && consent_link_space(s.data[s.len - 1])) {
        s.len--;
    }

    link->whole = s;
    link->target.data = s.data;
    link->target.len = 0;
    link->srcset.data = link->buf;
    link->srcset.len = 0;
    link->types = 0;
    link->unread = 0;

    p = (s.data[0] == '<') ? memchr(s.data, '>', s.len) : NULL;

    if (p == NULL) {
        return 1;
    }

    link->target.data = s.data + 1;
    link->target.len = (size_t) (p - s.data) - 1;

    s.len -= (size_t) (p + 1 - s.data);
    s.data = p + 1;

    consent_link_params(link, s);

    return 1;
}


int
consent_link_candidate(consent_str_t *rest, consent_str_t *url)
{
    size_t             i;
    const consent_u8  *s;

    s = rest->data;

    for (i = 0; i < rest->len && (consent_link_space(s[i]) || s[i] == ',');
         i++)
    {
        /* void */
    }

    if (i == rest->len) {
        return 0;
    }

    url->data = s + i;

    while (i < rest->len && !consent_link_space(s[i])) {
        i++;
    }

    url->len = (size_t) (s + i - url->data);

    if (s[i - 1] == ',') {

        while (url->len && url->data[url->len - 1] == ',') {
            url->len--;
        }

    } else {

        /* its descriptors */

        while (i < rest->len && s[i] != ',') {
            i++;
        }
    }

    rest->data = s + i;
    rest->len -= i;

    return 1;
}
