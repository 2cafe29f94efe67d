
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
    ngx_table_elt_t  *next;
    ngx_table_elt_t  *end;                     /* of the part, as last seen */
} ngx_http_consent_fields_t;


static ngx_inline void
ngx_http_consent_fields(ngx_http_consent_fields_t *walk, ngx_list_t *list)
{
    walk->part = &list->part;
    walk->next = list->part.elts;
    walk->end = walk->next + list->part.nelts;
}


/* the next field, or NULL */

static ngx_inline ngx_table_elt_t *
ngx_http_consent_next_field(ngx_http_consent_fields_t *walk)
{
    while (walk->next == walk->end) {

        walk->end = (ngx_table_elt_t *) walk->part->elts + walk->part->nelts;

        if (walk->next < walk->end) {

            /* put in meanwhile */

            break;
        }

        if (walk->part->next == NULL) {
            walk->end = walk->next;
            return NULL;
        }

        walk->part = walk->part->next;
        walk->next = walk->part->elts;
        walk->end = walk->next + walk->part->nelts;
    }

    return walk->next++;
}


#endif /* _NGX_HTTP_CONSENT_FIELDS_H_INCLUDED_ */
