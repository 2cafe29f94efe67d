
/*
 * Content codings: see ngx_http_consent_decode.c.
 */

#ifndef _NGX_HTTP_CONSENT_DECODE_H_INCLUDED_
#define _NGX_HTTP_CONSENT_DECODE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


typedef struct ngx_http_consent_decode_s  ngx_http_consent_decode_t;


ngx_http_consent_decode_t *ngx_http_consent_decode_create(ngx_pool_t *pool,
    ngx_str_t *codings, ngx_uint_t *identity);
ngx_int_t ngx_http_consent_decode(ngx_http_consent_decode_t *d, ngx_buf_t *in,
    ngx_buf_t *out);


#endif /* _NGX_HTTP_CONSENT_DECODE_H_INCLUDED_ */
