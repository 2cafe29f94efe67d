
/*
 * The body of a choice, and R32: wherever "return" points, it is this site.
 */

#include "consent_form.h"
#include "tap.h"


#define STR(s)  { (const consent_u8 *) (s), sizeof(s) - 1 }


static const consent_str_t  names[] = {
    STR("necessary"), STR("functional"), STR("analytics"), STR("marketing")
};


static void
test_return(void)
{
    size_t         i;
    consent_u8     buf[CONSENT_RETURN_SIZE];
    consent_str_t  path, ret;

    static const struct {
        const char  *path;
        const char  *ret;
    } cases[] = {

        /* as it is */

        { "/", "/" },
        { "/a/b.html?x=1&y=/z//#top", "/a/b.html?x=1&y=/z//#top" },
        { "/?next=https://e.com", "/?next=https://e.com" },
        { "/a%20b", "/a%20b" },
        { "/%E4%BD%A0", "/%E4%BD%A0" },
        { "/a//b", "/a//b" },
        { "/?q=a%0Ab%5C", "/?q=a%0Ab%5C" },
        { "/100%", "/100%" },
        { "/.well-known/...", "/.well-known/..." },
        { "/?a=/../b", "/?a=/../b" },

        /* made fit for a header */

        { "/\xe4\xbd\xa0", "/%E4%BD%A0" },
        { "/a b\"<>", "/a%20b%22%3C%3E" },

        /* not this site, or not surely so */

        { "", "/" },
        { "a", "/" },
        { "/.//e.com", "/" },
        { "/x/..//e.com", "/" },
        { "/%2E/%2e//e.com", "/" },
        { "/x/%2e.", "/" },
        { "//e.com", "/" },
        { "///e.com", "/" },
        { "/\\e.com", "/" },
        { "\\\\e.com", "/" },
        { "\\/e.com", "/" },
        { "/%5Ce.com", "/" },
        { "/%5ce.com", "/" },
        { "/%2Fe.com", "/" },
        { "/%2f/e.com", "/" },
        { "/%09/e.com", "/" },
        { "/\t/e.com", "/" },
        { "\t//e.com", "/" },
        { " //e.com", "/" },
        { "/\n/e.com", "/" },
        { "/a\\..\\//e.com", "/" },
        { "https:e.com", "/" },
        { "https://e.com/", "/" },
        { "javascript:alert(1)", "/" },
        { "data:text/html,x", "/" },
        { "?x", "/" },
        { "#x", "/" },
        { "%2F%2Fe.com", "/" },
        { "/%0d%0aSet-Cookie:x", "/" },
        { "/\r\nSet-Cookie: x=1", "/" },
        { "/?a\r\nSet-Cookie: x=1", "/" },
        { "/%00", "/" },
        { "/\x7f", "/" },
        { "/a%0", "/a%0" },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        path.data = (const consent_u8 *) cases[i].path;
        path.len = strlen(cases[i].path);
        ret = consent_form_return(path, buf);

        ok(ret.len == strlen(cases[i].ret)
           && memcmp(ret.data, cases[i].ret, ret.len) == 0,
           "R32: return, case %u, gives %s", (unsigned) i, cases[i].ret);
    }

    memset(buf, 'a', sizeof(buf));
    buf[0] = '/';
    path.data = buf;
    path.len = CONSENT_RETURN_MAX + 1;
    {
        consent_u8  out[CONSENT_RETURN_SIZE];

        ret = consent_form_return(path, out);
        ok(ret.len == 1, "R32: a path that is too long is not returned to");

        memset(buf + 1, 0xff, sizeof(buf) - 1);
        path.len = CONSENT_RETURN_MAX;
        ret = consent_form_return(path, out);
        ok(ret.len == 1 + 3 * (CONSENT_RETURN_MAX - 1),
           "R32: the longest there is fits");
    }
}


static void
test_form(void)
{
    size_t          i;
    const char     *err;
    consent_u8      buf[CONSENT_FORM_SIZE];
    consent_str_t   body;
    consent_form_t  form;
    int             rc;

    static const struct {
        const char        *body;
        int                rc;
        consent_choice_e   choice;
        consent_mask_t     ticked;
        const char        *ret;
    } cases[] = {
        { "choice=accept", CONSENT_OK, CONSENT_CHOICE_ACCEPT, 0, "/" },
        { "choice=reject", CONSENT_OK, CONSENT_CHOICE_REJECT, 0, "/" },
        { "choice=reject&category=analytics", CONSENT_OK,
          CONSENT_CHOICE_REJECT, 0, "/" },
        { "choice=reject&category=nosuch", CONSENT_OK,
          CONSENT_CHOICE_REJECT, 0, "/" },
        { "category=marketing&choice=save&category=functional", CONSENT_OK,
          CONSENT_CHOICE_SAVE, 10, "/" },
        { "choice=save", CONSENT_OK, CONSENT_CHOICE_SAVE, 0, "/" },
        { "choice=save&category=nosuch", CONSENT_DECLINED, 0, 0, "/" },
        { "choice=save&category=", CONSENT_DECLINED, 0, 0, "/" },
        { "choice=save&category=Analytics", CONSENT_DECLINED, 0, 0, "/" },
        { "choice=accept&return=%2Fa%3Fb%3D1", CONSENT_OK,
          CONSENT_CHOICE_ACCEPT, 0, "/a?b=1" },
        { "return=%2F%2Fe.com&choice=accept", CONSENT_OK,
          CONSENT_CHOICE_ACCEPT, 0, "/" },
        { "return=/+a&choice=accept", CONSENT_OK, CONSENT_CHOICE_ACCEPT, 0,
          "/%20a" },
        { "&&choice=%61ccept&&x&=&y=", CONSENT_OK, CONSENT_CHOICE_ACCEPT, 0,
          "/" },
        { "choice=accept&choice=reject", CONSENT_OK, CONSENT_CHOICE_REJECT,
          0, "/" },
        { "choice=reject&choice=accept", CONSENT_OK, CONSENT_CHOICE_REJECT,
          0, "/" },
        { "choice=accept&choice=save", CONSENT_OK, CONSENT_CHOICE_SAVE, 0,
          "/" },
        { "", CONSENT_DECLINED, 0, 0, "/" },
        { "choice", CONSENT_DECLINED, 0, 0, "/" },
        { "choice=", CONSENT_DECLINED, 0, 0, "/" },
        { "choice=yes", CONSENT_DECLINED, 0, 0, "/" },
        { "choice=accept&choice=yes", CONSENT_DECLINED, 0, 0, "/" },
        { "choice=ACCEPT", CONSENT_DECLINED, 0, 0, "/" },
        { "{\"choice\":\"accept\"}", CONSENT_DECLINED, 0, 0, "/" },
        { "choice=accept%00", CONSENT_DECLINED, 0, 0, "/" },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        body.data = (const consent_u8 *) cases[i].body;
        body.len = strlen(cases[i].body);
        err = NULL;

        rc = consent_form_parse(&form, body, names, 4, buf, &err);

        ok(rc == cases[i].rc
           && (rc == CONSENT_OK
               ? form.choice == cases[i].choice
                 && form.ticked == cases[i].ticked
                 && form.ret.len == strlen(cases[i].ret)
                 && memcmp(form.ret.data, cases[i].ret, form.ret.len) == 0
               : err != NULL),
           "R33: form \"%s\"", cases[i].body);
    }
}


int
main(void)
{
    test_return();
    test_form();

    return tap_done();
}
