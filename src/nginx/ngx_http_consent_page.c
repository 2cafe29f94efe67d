
/*
 * What kind of answer is this: a page, a part of one, something that runs
 * scripts without being HTML, or nothing to us?
 */

#include "ngx_http_consent_module.h"


static ngx_http_consent_kind_e ngx_http_consent_essence(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf);
static ngx_uint_t ngx_http_consent_word(ngx_table_elt_t *h,
    const char **words);
static ngx_uint_t ngx_http_consent_read_document(ngx_http_request_t *r);


/* MIME types which browsers sniff, WHATWG MIME Sniffing 7 */

static const char  *ngx_http_consent_sniffed[] = {
    "*/*", "unknown/unknown", "application/unknown", NULL
};


/* fetch destinations that make a browsing context */

static const char  *ngx_http_consent_documents[] = {
    "document", NULL
};

static const char  *ngx_http_consent_frames[] = {
    "iframe", "frame", "embed", "object", "fencedframe", NULL
};

static const char  *ngx_http_consent_contexts[] = {
    "document", "iframe", "frame", "embed", "object", "fencedframe",
    "empty", NULL
};


static ngx_uint_t
ngx_http_consent_word(ngx_table_elt_t *h, const char **words)
{
    ngx_uint_t  i;

    for (i = 0; words[i]; i++) {
        if (h->value.len == ngx_strlen(words[i])
            && ngx_strncasecmp(h->value.data, (u_char *) words[i],
                               h->value.len)
               == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* a site has few types, so what was said of one is remembered */

ngx_http_consent_kind_e
ngx_http_consent_new_kind(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf)
{
    ngx_str_t                *type;
    ngx_http_consent_type_t  *t;
    ngx_http_consent_kind_e   kind;

    type = &r->headers_out.content_type;
    kind = ngx_http_consent_essence(r, conf);

    if (type->len >= 8 && type->len <= NGX_HTTP_CONSENT_TYPE_MAX) {
        t = ngx_http_consent_type_place(conf, type);

        t->key = (uint64_t) kind << 32 | type->len;
        ngx_memcpy(t->type, type->data, type->len);
    }

    return kind;
}


/*
 * The essence of Content-Type, as browsers extract it (WHATWG Fetch 2.2.6):
 * what is no "type/subtype" of token characters is no type, and is sniffed.
 */

static ngx_http_consent_kind_e
ngx_http_consent_essence(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf)
{
    u_char      *p, *last, *slash, c;
    u_char       essence[64];
    size_t       len, i;
    ngx_uint_t   key;
    ngx_str_t   *type;

    type = &r->headers_out.content_type;

    p = type->len ? type->data : essence;
    last = p + type->len;

    while (p < last && (*p == ' ' || *p == '\t')) {
        p++;
    }

    len = 0;
    slash = NULL;
    key = 0;

    while (p < last && *p != ';') {
        c = ngx_tolower(*p);

        if (c == ' ' || c == '\t') {

            /* only at the end */

            while (p < last && (*p == ' ' || *p == '\t')) {
                p++;
            }

            if (p < last && *p != ';') {
                return NGX_HTTP_CONSENT_SNIFFED;
            }

            break;
        }

        if (c == '/') {
            if (slash || len == 0) {
                return NGX_HTTP_CONSENT_SNIFFED;
            }

            slash = essence + len;

        } else if (c <= ' ' || c >= 0x7f || ngx_strchr("(),:<=>?@[\\]{}\"", c))
        {
            return NGX_HTTP_CONSENT_SNIFFED;
        }

        if (len == sizeof(essence)) {
            return NGX_HTTP_CONSENT_OTHER;
        }

        essence[len++] = c;
        key = ngx_hash(key, c);
        p++;
    }

    if (slash == NULL || slash == essence + len - 1) {
        return NGX_HTTP_CONSENT_SNIFFED;
    }

    if (len == sizeof("application/xhtml+xml") - 1
        && ngx_memcmp(essence, "application/xhtml+xml", len) == 0)
    {
        return ngx_hash_find(&conf->types, key, essence, len)
                   ? NGX_HTTP_CONSENT_XHTML : NGX_HTTP_CONSENT_XML;
    }

    if (conf->types.size == 0
        || ngx_hash_find(&conf->types, key, essence, len))
    {
        return NGX_HTTP_CONSENT_HTML;
    }

    for (i = 0; ngx_http_consent_sniffed[i]; i++) {
        if (len == ngx_strlen(ngx_http_consent_sniffed[i])
            && ngx_memcmp(essence, ngx_http_consent_sniffed[i], len) == 0)
        {
            return NGX_HTTP_CONSENT_SNIFFED;
        }
    }

    if ((len > 4 && ngx_memcmp(essence + len - 4, "+xml", 4) == 0)
        || (len == 8 && ngx_memcmp(essence, "text/xml", 8) == 0)
        || (len == 15 && ngx_memcmp(essence, "application/xml", 15) == 0)
        || (len == 8 && ngx_memcmp(essence, "text/xsl", 8) == 0))
    {
        return NGX_HTTP_CONSENT_XML;
    }

    if (len == sizeof("multipart/x-mixed-replace") - 1
        && ngx_memcmp(essence, "multipart/x-mixed-replace", len) == 0)
    {
        return NGX_HTTP_CONSENT_XML;
    }

    return NGX_HTTP_CONSENT_OTHER;
}


/* the charset parameter, empty if there is none */

ngx_str_t
ngx_http_consent_charset(ngx_http_request_t *r)
{
    u_char     *p, *last;
    ngx_str_t   charset;

    if (r->headers_out.charset.len) {
        return r->headers_out.charset;
    }

    ngx_str_null(&charset);

    if (r->headers_out.content_type.len == 0) {
        return charset;
    }

    p = r->headers_out.content_type.data;
    last = p + r->headers_out.content_type.len;

    p = ngx_strlcasestrn(p, last, (u_char *) "charset=", 8 - 1);

    if (p == NULL) {
        return charset;
    }

    p += 8;

    if (p < last && *p == '"') {
        p++;
    }

    charset.data = p;

    while (p < last && *p != '"' && *p != ';' && *p != ' ') {
        p++;
    }

    charset.len = p - charset.data;

    return charset;
}


/*
 * May the answer become a document with a notice of its own?  A frame or a
 * fragment that a script asked for may not (requirements 4.4).  Without fetch
 * metadata (old browsers, plain http) it may.
 */

ngx_uint_t
ngx_http_consent_is_document(ngx_http_request_t *r)
{
    ngx_http_consent_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_consent_module);

    if (ctx == NULL) {
        return ngx_http_consent_read_document(r->main);
    }

    if (!ctx->asked) {
        ctx->asked = 1;
        ctx->document = ngx_http_consent_read_document(r->main);
    }

    return ctx->document;
}


/* the first header of each name counts */

static ngx_uint_t
ngx_http_consent_read_document(ngx_http_request_t *r)
{
    ngx_uint_t                  part_of_page;
    ngx_table_elt_t            *h, *dest, *mode, *htmx, *boosted, *with;
    ngx_http_consent_fields_t   walk;

    dest = NULL;
    mode = NULL;
    htmx = NULL;
    boosted = NULL;
    with = NULL;
    part_of_page = 0;

    ngx_http_consent_fields(&walk, &r->headers_in.headers);

#define ngx_http_consent_first(to, name)                                     \
    if ((to) == NULL && ngx_http_consent_key_is(h, name)) {                  \
        (to) = h;                                                            \
    }

    while ((h = ngx_http_consent_next_field(&walk)) != NULL) {

        switch (h->key.len) {

        case sizeof("X-PJAX") - 1:
            part_of_page |= ngx_http_consent_key_is(h, "X-PJAX");
            break;

        case sizeof("HX-Request") - 1:    /* and HX-Boosted */
            ngx_http_consent_first(htmx, "HX-Request");
            ngx_http_consent_first(boosted, "HX-Boosted");
            break;

        case sizeof("Turbo-Frame") - 1:    /* and X-Up-Target */
            part_of_page |= ngx_http_consent_key_is(h, "Turbo-Frame")
                            || ngx_http_consent_key_is(h, "X-Up-Target");
            break;

        case sizeof("Sec-Fetch-Dest") - 1:    /* and -Mode */
            ngx_http_consent_first(dest, "Sec-Fetch-Dest");
            ngx_http_consent_first(mode, "Sec-Fetch-Mode");
            break;

        case sizeof("X-Requested-With") - 1:
            ngx_http_consent_first(with, "X-Requested-With");
            break;
        }
    }

    if (part_of_page
        || (htmx && boosted == NULL)   /* a boosted link or a restored page
                                          replaces the whole body */
        || (with && with->value.len == 14
            && ngx_strncasecmp(with->value.data, (u_char *) "XMLHttpRequest",
                               14)
               == 0))
    {
        return 0;
    }

    if (dest == NULL
        || ngx_http_consent_word(dest, ngx_http_consent_documents))
    {
        return 1;
    }

    /* a service worker's fetch(event.request) keeps the mode */

    return mode
           && ngx_strncasecmp(dest->value.data, (u_char *) "empty", 5) == 0
           && ngx_strncasecmp(mode->value.data, (u_char *) "navigate", 8)
              == 0;
}


/* may the answer become a page or a part of one?  1 where nobody says */

ngx_uint_t
ngx_http_consent_is_context(ngx_http_request_t *r)
{
    ngx_table_elt_t  *dest;

    dest = ngx_http_consent_header_in(r, "sec-fetch-dest");

    return dest == NULL
           || ngx_http_consent_word(dest, ngx_http_consent_contexts);
}


/* 1 if the browser says that it is to become a document or a frame */

ngx_uint_t
ngx_http_consent_is_navigation(ngx_http_request_t *r)
{
    ngx_table_elt_t  *dest;

    dest = ngx_http_consent_header_in(r, "sec-fetch-dest");

    return dest != NULL
           && (ngx_http_consent_word(dest, ngx_http_consent_documents)
               || ngx_http_consent_word(dest, ngx_http_consent_frames));
}


/* Sec-Fetch-Dest in the rules' words */

consent_type_e
ngx_http_consent_request_type(ngx_http_request_t *r)
{
    ngx_uint_t        i;
    ngx_table_elt_t  *dest;

    static struct {
        ngx_str_t       name;
        consent_type_e  type;
    } types[] = {
        { ngx_string("iframe"), CONSENT_TYPE_SUBDOCUMENT },
        { ngx_string("frame"), CONSENT_TYPE_SUBDOCUMENT },
        { ngx_string("script"), CONSENT_TYPE_SCRIPT },
        { ngx_string("worker"), CONSENT_TYPE_SCRIPT },
        { ngx_string("style"), CONSENT_TYPE_STYLESHEET },
        { ngx_string("image"), CONSENT_TYPE_IMAGE },
        { ngx_string("audio"), CONSENT_TYPE_MEDIA },
        { ngx_string("video"), CONSENT_TYPE_MEDIA },
        { ngx_string("track"), CONSENT_TYPE_MEDIA },
        { ngx_string("font"), CONSENT_TYPE_FONT },
        { ngx_string("embed"), CONSENT_TYPE_OBJECT },
        { ngx_string("object"), CONSENT_TYPE_OBJECT },
        { ngx_string("empty"), CONSENT_TYPE_XHR }
    };

    dest = ngx_http_consent_header_in(r, "sec-fetch-dest");

    if (dest) {
        for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
            if (dest->value.len == types[i].name.len
                && ngx_strncasecmp(dest->value.data, types[i].name.data,
                                   types[i].name.len)
                   == 0)
            {
                return types[i].type;
            }
        }
    }

    return CONSENT_TYPE_DOCUMENT;
}
