
/*
 * Texts: those of the core and of nginx, and short ones compared at once,
 * inline, as each request comes past here.
 */

#ifndef _NGX_HTTP_CONSENT_TEXT_H_INCLUDED_
#define _NGX_HTTP_CONSENT_TEXT_H_INCLUDED_


/* strings of the core and of nginx */

static ngx_inline consent_str_t
ngx_http_consent_str(ngx_str_t *s)
{
    consent_str_t  c;

    c.data = s->data;
    c.len = s->len;

    return c;
}


static ngx_inline ngx_str_t
ngx_http_consent_ngx_str(consent_str_t c)
{
    ngx_str_t  s;

    s.data = (u_char *) c.data;
    s.len = c.len;

    return s;
}


/*
 * Names of headers, whatever their case.  What has no case in them ("-",
 * digits) has the bit already, and what loses it by this is a control
 * character, which cannot be in a name.
 */

static ngx_inline ngx_uint_t
ngx_http_consent_same_name(const u_char *a, const u_char *b, size_t n)
{
    uint16_t  a2, b2;
    uint32_t  a4, b4;
    uint64_t  a8, b8, differ;

    differ = 0;

    for ( /* void */ ; n >= 8; n -= 8) {
        ngx_memcpy(&a8, a, 8);
        ngx_memcpy(&b8, b, 8);
        differ |= (a8 ^ b8) & 0xdfdfdfdfdfdfdfdfull;
        a += 8;
        b += 8;
    }

    if (n & 4) {
        ngx_memcpy(&a4, a, 4);
        ngx_memcpy(&b4, b, 4);
        differ |= (a4 ^ b4) & 0xdfdfdfdf;
        a += 4;
        b += 4;
    }

    if (n & 2) {
        ngx_memcpy(&a2, a, 2);
        ngx_memcpy(&b2, b, 2);
        differ |= (a2 ^ b2) & 0xdfdf;
        a += 2;
        b += 2;
    }

    if (n & 1) {
        differ |= (*a ^ *b) & 0xdf;
    }

    return differ == 0;
}


/*
 * Short texts of 8 bytes and more, in a time that does not tell where they
 * differ.
 */

static ngx_inline ngx_uint_t
ngx_http_consent_same_text(const u_char *a, const u_char *b, size_t n)
{
    size_t                    i;
    uint64_t                  x[2], y[2];
    ngx_http_consent_block_t  p, q, differ;

    if (n <= 16) {
        ngx_memcpy(&x[0], a, 8);
        ngx_memcpy(&y[0], b, 8);
        ngx_memcpy(&x[1], a + n - 8, 8);
        ngx_memcpy(&y[1], b + n - 8, 8);

        return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
    }

    /* the last block may have been in the one before */

    ngx_memcpy(&p, a + n - 16, 16);
    ngx_memcpy(&q, b + n - 16, 16);
    differ = p ^ q;

    for (i = 0; i < n - 16; i += 16) {
        ngx_memcpy(&p, a + i, 16);
        ngx_memcpy(&q, b + i, 16);
        differ |= p ^ q;
    }

    return (differ[0] | differ[1]) == 0;
}


/* an allocator for the core over a pool */

consent_alloc_t ngx_http_consent_alloc(ngx_pool_t *pool);
void ngx_http_consent_pool_free(void *ctx, void *p);


#endif /* _NGX_HTTP_CONSENT_TEXT_H_INCLUDED_ */
