
/*
 * A JSON reader (RFC 8259) of objects and strings, which is all that
 * consent_text has, and which says where it stopped.  Not for use outside
 * src/ui.
 */

#ifndef CONSENT_UI_JSON_H
#define CONSENT_UI_JSON_H

#include "consent_core.h"

typedef struct {
    const consent_u8       *start;
    const consent_u8       *p;
    const consent_u8       *end;
    const consent_alloc_t  *alloc;
    char                   *err;
    size_t                  err_size;
} consent_ui_json_t;

/* puts "line L, column C: ..." into err; its value is CONSENT_DECLINED */

#define consent_ui_json_fail(...)                                             \
    (consent_ui_json_say(__VA_ARGS__), CONSENT_DECLINED)

void consent_ui_json_say(consent_ui_json_t *j, const consent_u8 *at,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

void consent_ui_json_space(consent_ui_json_t *j);

/* after white space: this character */

int consent_ui_json_expect(consent_ui_json_t *j, char c);

/* after white space: a string, decoded, of at most max bytes as written */

int consent_ui_json_string(consent_ui_json_t *j, consent_str_t *s,
    size_t max);

/* after a member: 1 if there is another, 0 at the closing brace */

int consent_ui_json_more(consent_ui_json_t *j);

#endif /* CONSENT_UI_JSON_H */
