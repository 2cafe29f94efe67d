
/*
 * What the nginx side of the module shares, by subject: texts, configuration,
 * a request's context, and what its files call in each other.
 *
 *     _module.c       the two modules, and start-up checks
 *     _directives.c   the table of directives
 *     _levels.c       the configuration's levels: made, merged
 *     _conf.c         directives of locations, and what all of them need
 *     _conf_file.c    those that name a file
 *     _conf_page.c    those of links, language and policy
 *     _conf_server.c  directives of http and server
 *     _merge.c        what is made when levels are merged
 *     _merge_rules.c  what is compiled then
 *     _look.c         warnings, when all is read
 *     _host.c         a page's own URL and site
 *     _state.c        cookie, mode and signal of a request -> its state
 *     _language.c     and its language
 *     _early.c        phases before the content, and the early header filter
 *     _filter.c       main header filter
 *     _filter_body.c  body filter
 *     _body*.c        a body through the rewriter
 *     _headers.c      response headers
 *     _validators.c   ETag and conditional requests
 *     _csp.c          Content-Security-Policy
 *     _decode.c       content codings
 *     _variables.c    $consent_...
 *     _endpoint.c     everything under the endpoint's prefix
 *     _ledger.c       the ledger file
 *     _copy.c         its copy to syslog
 *     _zone.c         shared memory: counters and the inventory
 *     _status*.c      the status page
 *     _report.c       consent report
 */

#ifndef _NGX_HTTP_CONSENT_MODULE_H_INCLUDED_
#define _NGX_HTTP_CONSENT_MODULE_H_INCLUDED_


#include "ngx_http_consent_compat.h"
#include "ngx_http_consent_fields.h"

#include "consent_core.h"
#include "consent_cookie.h"
#include "consent_page.h"
#include "consent_rewrite.h"
#include "consent_rules.h"
#include "consent_state.h"
#include "consent_url.h"
#include "consent_ui.h"


#define NGX_HTTP_CONSENT_VERSION         "0.1.0"


/*
 * Nobody outside of the module calls these, or may take their place: so they
 * are called and read directly, not by the tables of a shared object.
 */

#pragma GCC visibility push(hidden)

#include "ngx_http_consent_text.h"
#include "ngx_http_consent_settings.h"
#include "ngx_http_consent_conf.h"
#include "ngx_http_consent_ctx.h"
#include "ngx_http_consent_answer.h"

#pragma GCC visibility pop


#endif /* _NGX_HTTP_CONSENT_MODULE_H_INCLUDED_ */
