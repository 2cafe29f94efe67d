
/*
 * The body of a choice: whatever it is, the way back stays on this site, and
 * nothing but "accept" and "save" asks for anything.
 */

#include "arena.h"
#include "consent_form.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t          i;
    const char     *err;
    consent_form_t  form;
    consent_str_t   body = { data, size };

    static consent_u8           buf[CONSENT_FORM_SIZE];
    static const consent_str_t  names[] = {
        consent_string("necessary"), consent_string("functional"),
        consent_string("analytics"), consent_string("marketing")
    };

    err = NULL;

    if (consent_form_parse(&form, body, names, 4, buf, &err) != CONSENT_OK) {
        must(err != NULL);
        return 0;
    }

    must(form.choice != CONSENT_CHOICE_REJECT || form.ticked == 0);
    must((form.ticked & ~15u) == 0);
    must(form.ret.len > 0 && form.ret.data[0] == '/');
    must(form.ret.len <= CONSENT_RETURN_SIZE);
    must(form.ret.len == 1
         || (form.ret.data[1] != '/' && form.ret.data[1] != '\\'));

    for (i = 0; i < form.ret.len; i++) {
        must(form.ret.data[i] > 0x20 && form.ret.data[i] < 0x7f
             && form.ret.data[i] != '\\');
    }

    return 0;
}
