
/*
 * What the tokenizer makes of a text, for t/25-tokenizer.t.  Reads lines
 *
 *     state lastStartTag hex
 *
 * and answers each with a line of tokens, as the html5lib tests have them:
 * S (start tag: name, 1 if self-closing, attributes), E (end tag: name), C
 * (comment), D (doctype), T (text); strings are in hex.  Fed whole and byte by
 * byte; "?" is where the two differ.
 */

#include <stdio.h>
#include <stdlib.h>

#include "consent_html.h"
#include "consent_ref.h"

#define SIZE  (1 << 16)

typedef struct {
    consent_html_tokenizer_t  tok;
    const consent_u8         *in;
    size_t                    len;
    char                     *out;
    size_t                    n;
    size_t                    text;      /* where text not told yet began */
    size_t                    end;       /* and ends; 0: there is none */
    int                       refs;      /* it may have references */
} reader_t;


static void
put(reader_t *r, const char *s)
{
    while (*s) {
        r->out[r->n++] = *s++;
    }

    r->out[r->n] = '\0';
}


static void
put_hex(reader_t *r, const consent_u8 *p, size_t len)
{
    size_t  i;

    r->out[r->n++] = ' ';

    for (i = 0; i < len; i++) {
        r->n += (size_t) sprintf(r->out + r->n, "%02x", p[i]);
    }

    if (len == 0) {
        put(r, "-");
    }
}


static void
put_name(reader_t *r, const consent_u8 *p, size_t len)
{
    size_t      i, n;
    consent_u8  name[SIZE];

    for (i = n = 0; i < len; i++) {

        if (p[i] == '\0') {
            memcpy(name + n, "\xef\xbf\xbd", 3);
            n += 3;
            continue;
        }

        name[n++] = consent_html_lower[p[i]];
    }

    put_hex(r, name, n);
}


static void
put_text(reader_t *r)
{
    size_t              n, i, len;
    const consent_u8   *p;
    static consent_u8   text[SIZE * 3];

    if (r->end > r->text) {
        p = r->in + r->text;
        len = r->end - r->text;

        if (r->refs) {
            n = consent_ref_text(p, len, text, sizeof(text), NULL);

        } else {

            /* NUL and CR as the input stream has them */

            for (i = n = 0; i < len; i++) {
                if (p[i] == '\0') {
                    memcpy(text + n, "\xef\xbf\xbd", 3);
                    n += 3;

                } else if (p[i] != '\r') {
                    text[n++] = p[i];

                } else if (i + 1 == len || p[i + 1] != '\n') {
                    text[n++] = '\n';
                }
            }
        }

        put(r, "T");
        put_hex(r, text, n);
        put(r, " ");
    }

    r->end = 0;
}


/* more text, which may go on with what there was */

static void
add_text(reader_t *r, size_t from, size_t to, int refs)
{
    if (r->end != from || r->end == 0 || r->refs != refs) {
        put_text(r);
        r->text = from;
        r->refs = refs;
    }

    r->end = to;
}


static void
put_tag(reader_t *r)
{
    size_t                      n;
    unsigned                    i;
    const consent_u8           *p;
    const consent_html_attr_t  *a;
    static consent_u8           value[SIZE * 3];

    p = r->in + r->tok.mark;

    put(r, r->tok.end_tag ? "E" : "S");
    put_name(r, p + 1 + r->tok.end_tag, r->tok.name_len);

    if (!r->tok.end_tag) {
        put(r, r->tok.self_closing ? " 1" : " 0");

        for (i = 0; i < r->tok.nattrs; i++) {
            a = &r->tok.attrs[i];
            put_name(r, p + a->name, a->name_len);
            n = consent_ref_decode(p + a->value, a->value_len, value,
                                   sizeof(value), NULL, NULL);
            put_hex(r, value, n);
        }
    }

    put(r, " ; ");
}


static int
is_raw(unsigned state)
{
    return (state >= CONSENT_HTML_S_RCDATA && state <= CONSENT_HTML_S_CDATA)
           || (state >= CONSENT_HTML_S_RAW_LT
               && state <= CONSENT_HTML_S_SCRIPT_DBL_END)
           || state == CONSENT_HTML_S_CDATA_BRACKET
           || state == CONSENT_HTML_S_CDATA_END;
}


/* text of a kind that is not told of: up to a place, or a token's mark */

static void
raw_text(reader_t *r, size_t *from, size_t to, unsigned content)
{
    if (to > *from) {
        add_text(r, *from, to, content == CONSENT_HTML_S_RCDATA);
    }
}


static void
feed(reader_t *r, unsigned state, const char *last, size_t step)
{
    size_t                 from, upto;
    unsigned               was;
    const consent_u8      *p;
    consent_html_event_e   ev;

    r->n = 0;
    r->end = 0;
    r->out[0] = '\0';

    consent_html_init(&r->tok);
    r->tok.want_text = 1;
    r->tok.all = 1;
    consent_html_content(&r->tok, state, last);

    from = 0;
    p = r->in;

    if (state == CONSENT_HTML_S_CDATA) {

        /* its end is not told: tokens that follow show where it was */

        for (from = 0; from < r->len; from++) {
            if (r->len - from >= 3 && memcmp(p + from, "]]>", 3) == 0) {
                break;
            }
        }

        add_text(r, 0, from, 0);
        from += 3;
    }

    for (upto = step < r->len ? step : r->len; /* void */ ;
         upto = upto + step < r->len ? upto + step : r->len)
    {
        for ( ;; ) {
            was = r->tok.content;
            ev = consent_html_next(&r->tok, &p, r->in + upto);

            if (ev == CONSENT_HTML_NONE) {
                break;
            }

            if (ev == CONSENT_HTML_TEXT) {
                add_text(r, r->tok.pos - r->tok.text_start, r->tok.pos, 1);
                from = r->tok.pos;
                continue;
            }

            if (ev == CONSENT_HTML_CDATA) {
                consent_html_cdata(&r->tok, 0);
                continue;
            }

            if (was != CONSENT_HTML_S_DATA) {
                raw_text(r, &from, r->tok.mark, was);
            }

            put_text(r);

            if (ev == CONSENT_HTML_TAG) {
                put_tag(r);

            } else {
                put(r, ev == CONSENT_HTML_COMMENT ? "C ; " : "D ; ");
            }

            from = r->tok.pos;
        }

        if (upto == r->len) {
            break;
        }
    }

    if (is_raw(r->tok.state)) {
        raw_text(r, &from, r->len, r->tok.content);

    } else if (r->tok.content != CONSENT_HTML_S_DATA
               && r->tok.content != CONSENT_HTML_S_CDATA)
    {
        /* an end tag that did not come to its end */

        raw_text(r, &from, r->tok.mark, r->tok.content);

    } else if (r->tok.state == CONSENT_HTML_S_TAG_OPEN
               || r->tok.state == CONSENT_HTML_S_END_TAG_OPEN)
    {
        add_text(r, r->tok.mark, r->len, 0);
    }

    put_text(r);

    if (r->tok.state >= CONSENT_HTML_S_MARKUP
        && r->tok.state < CONSENT_HTML_S_CDATA_BRACKET)
    {
        put(r, r->tok.state == CONSENT_HTML_S_DOCTYPE ? "D ; " : "C ; ");
    }
}


int
main(void)
{
    char               state[32], last[64];
    size_t             n, i;
    unsigned           s, c;
    reader_t           r;
    static char        line[SIZE * 2 + 128], one[SIZE * 16], two[SIZE * 16];
    static char        hex[SIZE * 2];
    static consent_u8  in[SIZE];

    static const char *states[] = {
        "Data", "RCDATA", "RAWTEXT", "Script", "", "", "PLAINTEXT", "CDATA",
        NULL
    };

    while (fgets(line, sizeof(line), stdin)) {

        if (sscanf(line, "%31s %63s %131071s", state, last, hex) != 3) {
            return 2;
        }

        for (n = 0, i = 0; hex[0] != '-' && hex[i]; i += 2) {
            if (sscanf(hex + i, "%2x", &c) != 1) {
                return 2;
            }

            in[n++] = (consent_u8) c;
        }

        for (s = 0; states[s] && strcmp(states[s], state) != 0; s++) {
            /* void */
        }

        memset(&r, 0, sizeof(r));
        r.in = in;
        r.len = n;

        r.out = one;
        feed(&r, s, last[0] == '-' ? "" : last, n ? n : 1);
        r.out = two;
        feed(&r, s, last[0] == '-' ? "" : last, 1);

        printf("%s%s\n", strcmp(one, two) == 0 ? "" : "? ", one);
    }

    return 0;
}
