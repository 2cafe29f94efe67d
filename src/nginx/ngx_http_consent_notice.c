
/*
 * Snapshots of the notice: what was shown, by the hash that the ledger has.
 *
 * What is hashed is the notice as consent_ui renders it for a visitor who has
 * not chosen, on the page "/": by language, mode and signal there is one.  (Who
 * is asked again for something new sees their earlier ticks in it, besides.)
 * Beside a ledger a copy is kept, so that it is found when the configuration
 * has long changed.
 */

#include "ngx_http_consent_endpoint.h"


ngx_int_t
ngx_http_consent_notice_text(ngx_http_request_t *r,
    ngx_http_consent_loc_conf_t *conf, int lang, consent_mode_e mode,
    ngx_uint_t gpc, ngx_str_t *text, u_char *hash)
{
    size_t              n;
    u_char              md[32];
    consent_state_t     state;
    consent_ui_ctx_t    uc;
    consent_state_in_t  in;

    ngx_memzero(&in, sizeof(consent_state_in_t));

    in.mode = mode;
    in.gpc = gpc ? 1 : 0;
    in.revision = ngx_http_consent_str(&conf->revision);
    in.flags = conf->srv->categories->flags;
    in.ncategories = conf->srv->categories->n;

    consent_state_decide(&in, &state);
    state.ask = 1;

    ngx_memzero(&uc, sizeof(consent_ui_ctx_t));

    uc.lang = lang;
    uc.state = &state;

    n = consent_ui_notice(NULL, conf->ui, &uc);

    text->data = ngx_pnalloc(r->pool, n + 1);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->len = consent_ui_notice(text->data, conf->ui, &uc);

    if (consent_sha256(text->data, text->len, md) != CONSENT_OK) {
        return NGX_ERROR;
    }

    consent_hex32(md, (char *) hash);

    return NGX_OK;
}


/*
 * The copy beside the ledger first.  Without one, the notices of today's
 * configuration are tried, those most likely first.
 */

ngx_int_t
ngx_http_consent_notice(ngx_http_request_t *r, ngx_http_consent_ctx_t *ctx,
    ngx_str_t *hash)
{
    int         lang, n;
    u_char      digest[NGX_HTTP_CONSENT_HASH_LEN];
    ngx_int_t   rc;
    ngx_str_t   text;
    ngx_uint_t  i, mode, gpc, nlangs;

    static consent_str_t  none = consent_null_string;

    for (i = 0; i < hash->len; i++) {
        if (ngx_strlchr((u_char *) "0123456789abcdef",
                        (u_char *) "0123456789abcdef" + 16, hash->data[i])
            == NULL)
        {
            goto not_found;
        }
    }

    rc = ngx_http_consent_ledger_snapshot(r, ctx->conf->srv, hash, &text);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_OK) {
        return ngx_http_consent_answer(r, ctx, NGX_HTTP_OK,
                                       NGX_HTTP_CONSENT_SNAPSHOT, &text);
    }

    nlangs = consent_ui_nlangs(ctx->conf->ui);
    lang = ngx_http_consent_language(r, ctx->conf, none);

    for (i = 0; i <= nlangs; i++) {

        n = (i == 0) ? lang : (int) i - 1;

        for (mode = CONSENT_MODE_OPT_IN; mode < CONSENT_MODE_NONE; mode++) {

            for (gpc = 0; gpc < 2; gpc++) {

                if (ngx_http_consent_notice_text(r, ctx->conf, n, mode, gpc,
                                                 &text, digest)
                    != NGX_OK)
                {
                    return NGX_HTTP_INTERNAL_SERVER_ERROR;
                }

                if (ngx_memcmp(digest, hash->data, sizeof(digest)) == 0) {
                    return ngx_http_consent_answer(r, ctx, NGX_HTTP_OK,
                                                   NGX_HTTP_CONSENT_SNAPSHOT,
                                                   &text);
                }

                (void) ngx_pfree(r->pool, text.data);
            }
        }
    }

not_found:

    return ngx_http_consent_refuse(r, ctx, NGX_HTTP_NOT_FOUND,
                                   "No notice of this site has this hash.");
}
