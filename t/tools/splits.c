
/*
 * Pages cut at every place, for t/26-splits.t.  Reads documents from standard
 * input, each a line "length charset step" and that many bytes, and says for
 * each whether the same leaves whole, byte by byte, with a client that takes
 * one span at a time, or three, or two of a page that comes byte by byte, and in
 * two pieces cut at every step-th place: "ok N", N the number of cuts, or "cut
 * AT".
 */

#include "../fuzz/fuzz.h"

#define SIZE  (1 << 21)


/* as fuzz_page(), in two pieces */

static int
same(fuzz_page_t *p, const fuzz_page_t *whole, consent_rewrite_conf_t *conf,
    const consent_u8 *data, size_t size, size_t at)
{
    int                 rc;
    consent_rewrite_t  *cr;

    p->n = 0;
    p->nback = 0;
    p->edits = 0;
    conf->arg = p;
    fuzz_reset();

    cr = consent_rewrite_create(conf);
    fuzz_check("there is memory", cr != NULL);

    rc = consent_rewrite_feed(cr, data, at, 0);

    if (rc == CONSENT_OK) {
        rc = consent_rewrite_feed(cr, data + at, size - at, 1);
    }

    if (rc == CONSENT_DECLINED) {
        return whole->declined;
    }

    return rc == CONSENT_OK && !whole->declined && p->n == whole->n
           && memcmp(p->out, whole->out, p->n) == 0;
}


int
main(void)
{
    char                    charset[64];
    size_t                  size, step, at, n;
    fuzz_page_t             whole, part;
    consent_rewrite_conf_t  conf;
    static consent_u8       data[SIZE];

    static const consent_u8  one[] = { 1 };

    fuzz_page_init(&whole);
    fuzz_page_init(&part);
    fuzz_conf(&conf);

    while (scanf("%zu %63s %zu", &size, charset, &step) == 3) {
        (void) getchar();

        if (size > SIZE || step == 0 || fread(data, 1, size, stdin) != size) {
            return 2;
        }

        conf.charset.data = (const consent_u8 *) charset;
        conf.charset.len = strcmp(charset, "-") ? strlen(charset) : 0;
        conf.inline_max = 1 << 17;
        conf.hold_max = 1 << 17;

        fuzz_reset();
        fuzz_page(&whole, &conf, data, size, NULL, 0);

        if (whole.nback != size && !whole.declined) {
            printf("lost bytes\n");
            continue;
        }

        fuzz_reset();
        fuzz_page(&part, &conf, data, size, one, 1);

        if (part.declined != whole.declined
            || (!part.declined
                && (part.n != whole.n
                    || memcmp(part.out, whole.out, part.n) != 0)))
        {
            printf("cut bytes\n");
            continue;
        }

        for (part.full = 1; part.full < 4; part.full++) {
            fuzz_reset();
            fuzz_page(&part, &conf, data, size, one, part.full == 2);

            if (part.declined != whole.declined
                || (!part.declined
                    && (part.n != whole.n
                        || memcmp(part.out, whole.out, part.n) != 0)))
            {
                break;
            }
        }

        if (part.full < 4) {
            printf("stopped after %u\n", part.full);
            continue;
        }

        part.full = 0;

        for (at = 1, n = 0; at < size; at += step, n++) {
            if (!same(&part, &whole, &conf, data, size, at)) {
                break;
            }
        }

        if (at < size) {
            printf("cut %zu\n", at);

        } else {
            printf("ok %zu\n", n);
        }
    }

    return 0;
}
