
/*
 * A walk through a list of header fields, part by part, as nginx keeps them.
 *
 *     ngx_http_consent_fields(&walk, &r->headers_out.headers);
 *
 *     while ((h = ngx_http_consent_next_field(&walk)) != NULL) {
 *
 * A field that is put in meanwhile comes at its end.
 */

#ifndef _NGX_HTTP_CONSENT_FIELDS_H_INCLUDED_
#define _NGX_HTTP_CONSENT_FIELDS_H_INCLUDED_

typedef struct {
    ngx_list_part_t  *part;
    ngx_uint_t        n;                       /* of the part, passed */
} ngx_http_consent_fields_t;


static ngx_inline void
ngx_http_consent_fields(ngx_http_consent_fields_t *walk, ngx_list_t *list)
{
    walk->part = &list->part;
    walk->n = 0;
}


/* the next field, or NULL */

static ngx_inline ngx_table_elt_t *
ngx_http_consent_next_field(ngx_http_consent_fields_t *walk)
{
    while (walk->n == walk->part->nelts) {

        if (walk->part->next == NULL) {
            return NULL;
        }

        walk->part = walk->part->next;
        walk->n = 0;
    }

    return (ngx_table_elt_t *) walk->part->elts + walk->n++;
}


#endif /* _NGX_HTTP_CONSENT_FIELDS_H_INCLUDED_ */
