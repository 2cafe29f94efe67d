
/*
 * What differs between nginx 1.22 and today's: every test of nginx_version in
 * the project is in this file.
 */

#ifndef _NGX_HTTP_CONSENT_COMPAT_H_INCLUDED_
#define _NGX_HTTP_CONSENT_COMPAT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * Since 1.23.0 headers of one name are linked by "next"; a header that was
 * pushed on a list by hand has that field uninitialised.
 */

#if (nginx_version >= 1023000)
#define ngx_http_consent_header_init(h)   (h)->next = NULL
#else
#define ngx_http_consent_header_init(h)
#endif


/*
 * What seldom runs is kept out of what each request runs through, which then
 * has no registers to save.
 */

#if (__GNUC__)
#define NGX_HTTP_CONSENT_NOINLINE  __attribute__((noinline))
#define NGX_HTTP_CONSENT_INLINE    ngx_inline __attribute__((always_inline))
#else
#define NGX_HTTP_CONSENT_NOINLINE
#define NGX_HTTP_CONSENT_INLINE    ngx_inline
#endif


/* 16 bytes at a time */

typedef uint64_t  ngx_http_consent_block_t __attribute__((vector_size(16)));


/* 103 Early Hints have a filter chain of their own since 1.29.0 */

#if (nginx_version >= 1029000)
#define NGX_HTTP_CONSENT_EARLY_HINTS  1
#else
#define NGX_HTTP_CONSENT_EARLY_HINTS  0
#endif


/*
 * The output buffers' links are given back to the pool since 1.27.0 (ticket
 * 2614); doing so is right with every version.
 */

#define ngx_http_consent_free_chain(pool, cl)  ngx_free_chain(pool, cl)


/*
 * Request cookies: an array of pointers, or a linked list.  The header is
 * about to leave the list of headers; nothing may find it here.
 */

static ngx_inline void
ngx_http_consent_forget_cookie(ngx_http_request_t *r, ngx_table_elt_t *h)
{
#if (nginx_version >= 1023000)
    ngx_table_elt_t  **p;

    for (p = &r->headers_in.cookie; *p; p = &(*p)->next) {
        if (*p == h) {
            *p = h->next;
            return;
        }
    }
#else
    ngx_uint_t         i;
    ngx_table_elt_t  **cookies;

    cookies = r->headers_in.cookies.elts;

    for (i = 0; i < r->headers_in.cookies.nelts; i++) {
        if (cookies[i] == h) {
            ngx_memmove(&cookies[i], &cookies[i + 1],
                        (r->headers_in.cookies.nelts - i - 1)
                        * sizeof(ngx_table_elt_t *));
            r->headers_in.cookies.nelts--;
            return;
        }
    }
#endif
}


#if (nginx_version >= 1023000)
#define ngx_http_consent_cookies(r)  ((uintptr_t) (r)->headers_in.cookie)
#else
#define ngx_http_consent_cookies(r)  ((r)->headers_in.cookies.nelts)
#endif


/* the header, if there is one only */

static ngx_inline ngx_table_elt_t *
ngx_http_consent_only_cookies(ngx_http_request_t *r)
{
#if (nginx_version >= 1023000)
    ngx_table_elt_t  *h;

    h = r->headers_in.cookie;

    return h && h->next == NULL ? h : NULL;
#else
    ngx_table_elt_t  **h;

    h = r->headers_in.cookies.elts;

    return r->headers_in.cookies.nelts == 1 ? h[0] : NULL;
#endif
}


/* a walk through them */

#if (nginx_version >= 1023000)

typedef struct {
    ngx_table_elt_t   *next;
} ngx_http_consent_cookies_t;

#define ngx_http_consent_cookie_fields(walk, r)                              \
    (walk)->next = (r)->headers_in.cookie

static ngx_inline ngx_table_elt_t *
ngx_http_consent_next_cookie(ngx_http_consent_cookies_t *walk)
{
    ngx_table_elt_t  *h;

    h = walk->next;

    if (h) {
        walk->next = h->next;
    }

    return h;
}

#else

typedef struct {
    ngx_table_elt_t  **next;
    ngx_table_elt_t  **end;
} ngx_http_consent_cookies_t;

#define ngx_http_consent_cookie_fields(walk, r)                              \
    (walk)->next = (r)->headers_in.cookies.elts;                             \
    (walk)->end = (walk)->next + (r)->headers_in.cookies.nelts

static ngx_inline ngx_table_elt_t *
ngx_http_consent_next_cookie(ngx_http_consent_cookies_t *walk)
{
    return walk->next == walk->end ? NULL : *walk->next++;
}

#endif


/* where "listen ... quic" may be built in */

#if (NGX_HTTP_V3)
#define ngx_http_consent_is_quic(r)                                          \
    ((r)->http_version == NGX_HTTP_VERSION_30)
#else
#define ngx_http_consent_is_quic(r)  0
#endif


#endif /* _NGX_HTTP_CONSENT_COMPAT_H_INCLUDED_ */
