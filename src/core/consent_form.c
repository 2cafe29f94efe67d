
/*
 * The body of a choice and the path to go back to.
 */

#include "consent_form.h"


/* the byte of "%xx", or -1 */

static int
consent_form_escape(const consent_u8 *p, const consent_u8 *end)
{
    int  hi, lo;

    if (end - p < 3 || *p != '%') {
        return -1;
    }

    hi = consent_hex(p[1]);
    lo = consent_hex(p[2]);

    return (hi < 0 || lo < 0) ? -1 : hi << 4 | lo;
}


/* https://url.spec.whatwg.org/#urlencoded-parsing; what comes out is never
 * longer */

static consent_str_t
consent_form_decode(const consent_u8 *p, const consent_u8 *end,
    consent_u8 **buf)
{
    int            ch;
    consent_u8    *q;
    consent_str_t  s;

    q = *buf;
    s.data = q;

    while (p < end) {

        if (*p == '+') {
            *q++ = ' ';
            p++;
            continue;
        }

        ch = consent_form_escape(p, end);

        if (ch >= 0) {
            *q++ = (consent_u8) ch;
            p += 3;
            continue;
        }

        *q++ = *p++;
    }

    s.len = (size_t) (q - s.data);
    *buf = q;

    return s;
}


static int
consent_form_is(consent_str_t s, const char *text)
{
    size_t  n;

    n = strlen(text);

    return s.len == n && memcmp(s.data, text, n) == 0;
}


/* what stands in a path or query as it is; '%' has been looked at */

static int
consent_form_plain(consent_u8 ch)
{
    if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
        || (ch >= '0' && ch <= '9'))
    {
        return 1;
    }

    return ch != '\0' && strchr("-._~!$&'()*+,;=:@/?#%[]|", ch) != NULL;
}


/*
 * Is this byte, raw or decoded, one that some client reads as a separator, or
 * drops and then sees another URL?  In a query an encoded one is data.
 */

static int
consent_form_bad(int ch, int encoded, int query)
{
    if (encoded && query) {
        return 0;
    }

    return ch < 0x20 || ch == 0x7f || ch == '\\';
}


/*
 * Has it a segment "." or "..", raw or encoded (URL, 4.4, path state)?  With
 * those taken out, "/.//host" reads as "//host" to who does not know where
 * the path began.
 */

static int
consent_form_dots(consent_str_t path)
{
    int                ch;
    unsigned           dots, others;
    const consent_u8  *p, *end;

    p = path.data + 1;
    end = path.data + path.len;
    dots = 0;
    others = 0;

    for ( ;; ) {

        if (p == end || *p == '/' || *p == '?' || *p == '#') {

            if (!others && (dots == 1 || dots == 2)) {
                return 1;
            }

            if (p == end || *p != '/') {
                return 0;
            }

            dots = 0;
            others = 0;
            p++;
            continue;
        }

        ch = consent_form_escape(p, end);
        p += (ch >= 0) ? 3 : 1;

        if (ch == '.' || (ch < 0 && p[-1] == '.')) {
            dots++;

        } else {
            others++;
        }
    }
}


consent_str_t
consent_form_return(consent_str_t path, consent_u8 *buf)
{
    int                ch, decoded, query;
    consent_u8        *q;
    consent_str_t      ret;
    const consent_u8  *p, *end;

    static const char  hex[] = "0123456789ABCDEF";
    static const consent_str_t  root = consent_string("/");

    if (path.len == 0 || path.len > CONSENT_RETURN_MAX
        || path.data[0] != '/' || consent_form_dots(path))
    {
        return root;
    }

    p = path.data;
    end = p + path.len;
    q = buf;
    query = 0;

    while (p < end) {

        decoded = consent_form_escape(p, end);
        ch = decoded >= 0 ? decoded : *p;

        /* the second byte must not make "//host" of it */

        if (consent_form_bad(ch, decoded >= 0, query)
            || (p == path.data + 1 && ch == '/'))
        {
            return root;
        }

        if (*p == '?' || *p == '#') {
            query = 1;
        }

        if (consent_form_plain(*p)) {
            *q++ = *p++;
            continue;
        }

        *q++ = '%';
        *q++ = (consent_u8) hex[*p >> 4];
        *q++ = (consent_u8) hex[*p & 15];
        p++;
    }

    ret.data = buf;
    ret.len = (size_t) (q - buf);

    return ret;
}


typedef struct {
    consent_form_t       *form;
    const consent_str_t  *names;
    unsigned              ncategories;
    consent_str_t         ret;
    unsigned              chosen:1;
    unsigned              unknown_choice:1;
    unsigned              unknown_category:1;
} consent_form_parser_t;


static void
consent_form_field(consent_form_parser_t *fp, consent_str_t name,
    consent_str_t value)
{
    unsigned          i;
    consent_choice_e  choice;

    if (consent_form_is(name, "choice")) {

        if (consent_form_is(value, "reject")) {
            choice = CONSENT_CHOICE_REJECT;

        } else if (consent_form_is(value, "accept")) {
            choice = CONSENT_CHOICE_ACCEPT;

        } else if (consent_form_is(value, "save")) {
            choice = CONSENT_CHOICE_SAVE;

        } else {
            fp->unknown_choice = 1;
            return;
        }

        /* of several the one that allows least: reject, save, accept */

        if (!fp->chosen || choice == CONSENT_CHOICE_REJECT
            || (choice == CONSENT_CHOICE_SAVE
                && fp->form->choice == CONSENT_CHOICE_ACCEPT))
        {
            fp->form->choice = choice;
        }

        fp->chosen = 1;
        return;
    }

    if (consent_form_is(name, "category")) {

        for (i = 0; i < fp->ncategories; i++) {
            if (fp->names[i].len == value.len
                && memcmp(fp->names[i].data, value.data, value.len) == 0)
            {
                fp->form->ticked |= consent_bit(i);
                return;
            }
        }

        fp->unknown_category = 1;
        return;
    }

    if (consent_form_is(name, "return")) {
        fp->ret = value;
        return;
    }

    if (consent_form_is(name, "lang")) {
        fp->form->lang = value;
    }
}


int
consent_form_parse(consent_form_t *form, consent_str_t body,
    const consent_str_t *names, unsigned ncategories, consent_u8 *buf,
    const char **err)
{
    consent_u8            *out;
    consent_str_t          name, value;
    const consent_u8      *p, *end, *amp, *eq;
    consent_form_parser_t  fp;

    memset(form, 0, sizeof(consent_form_t));
    memset(&fp, 0, sizeof(consent_form_parser_t));

    fp.form = form;
    fp.names = names;
    fp.ncategories = ncategories;

    if (body.len > CONSENT_FORM_MAX) {
        *err = "The form is too long.";
        return CONSENT_DECLINED;
    }

    out = buf;
    p = body.len ? body.data : buf;
    end = p + body.len;

    while (p < end) {

        amp = memchr(p, '&', (size_t) (end - p));
        if (amp == NULL) {
            amp = end;
        }

        eq = (amp > p) ? memchr(p, '=', (size_t) (amp - p)) : NULL;

        if (eq) {
            name = consent_form_decode(p, eq, &out);
            value = consent_form_decode(eq + 1, amp, &out);
            consent_form_field(&fp, name, value);
        }

        p = amp + 1;
    }

    form->ret = consent_form_return(fp.ret, buf + CONSENT_FORM_MAX);

    if (fp.chosen && form->choice == CONSENT_CHOICE_REJECT) {
        form->ticked = 0;
        return CONSENT_OK;
    }

    if (!fp.chosen || fp.unknown_choice) {
        *err = "The field \"choice\" must be \"accept\", \"reject\" or "
               "\"save\".";
        return CONSENT_DECLINED;
    }

    if (fp.unknown_category) {
        *err = "A field \"category\" names a category that this site does "
               "not have.";
        return CONSENT_DECLINED;
    }

    return CONSENT_OK;
}
