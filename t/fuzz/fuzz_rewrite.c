
/*
 * The scanner: a page of any bytes.  Without our edits it is the page; the
 * same leaves whatever the pieces it came in; and read again there is no
 * attribute more to block.  The last byte says which of the last two is
 * tried, and how: what a fuzzer is worth is how often it tries.
 */

#include "fuzz.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                  ncut;
    uint8_t                 flags;
    const uint8_t          *cut;
    consent_rewrite_conf_t  conf;
    static fuzz_page_t      whole, parts;

    static const consent_u8     one[] = { 1 };
    static const consent_str_t  charsets[] = {
        consent_null_string, consent_string("utf-8"),
        consent_string("windows-1252"), consent_string("shift_jis")
    };

    if (size < 2) {
        return 0;
    }

    if (whole.out == NULL) {
        fuzz_page_init(&whole);
        fuzz_page_init(&parts);
    }

    /* the last bytes say how: the page itself is first, for the seeds' sake */

    flags = data[--size];
    ncut = flags & 7;
    ncut = (ncut < size) ? ncut : size;
    size -= ncut;
    cut = data + size;

    if (ncut == 7) {
        cut = one;
        ncut = 1;
    }

    fuzz_conf(&conf);
    fuzz_reset();
    conf.charset = charsets[(flags >> 3) & 3];
    conf.markup = (flags & 0x60) == 0x60 ? CONSENT_MARKUP_XHTML
                                         : CONSENT_MARKUP_HTML;
    conf.guard = (flags & 0x60) == 0x40;

    if (flags & 0x80) {
        conf.hold_max = 48;
        conf.inline_max = 40;
    }

    fuzz_page(&whole, &conf, data, size, NULL, 0);

    if (ncut) {
        parts.full = cut[0] % 3;
        fuzz_page(&parts, &conf, data, size, cut, ncut);
        parts.full = 0;
        fuzz_check("in any pieces, the same is declined",
                   whole.declined == parts.declined);
        fuzz_check("in any pieces, the same leaves",
                   whole.n == parts.n
                   && memcmp(whole.out, parts.out, whole.n) == 0);
    }

    if (whole.declined) {
        return 0;
    }

    fuzz_check("without our edits it is the page",
               whole.nback == size && memcmp(whole.back, data, size) == 0);

    /* limits fall elsewhere in what has become longer */

    if (ncut == 0 && size < 2048 && whole.n < 4096 && !(flags & 0x80)) {
        fuzz_page(&parts, &conf, whole.out, whole.n, NULL, 0);
        fuzz_check("nothing that loads is left", parts.loads == 0);
    }

    return 0;
}
