/*
 * The words that patterns cannot do without: none is taken for one that a
 * match may lack, and all that are in a text are found.
 */

#define PCRE2_CODE_UNIT_WIDTH  8
#include <pcre2.h>

#include "str.h"
#include "tap.h"
#include "consent_literal.h"

static uint32_t  seed = 5;


static unsigned
below(unsigned n)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % n;
}


static void
test_known(void)
{
    size_t             i;
    const char        *got;
    consent_literal_t  l;
    char               text[CONSENT_LITERAL_LEN + 1];

    static const struct {
        const char  *pattern;
        const char  *word;           /* "": none */
    } cases[] = {
        { "/track[0-9]/x", "track" },
        { "/Tracker1[a-z]+\\.(gif|png)\\?id=", "tracker1" },
        { "_tracker\\s*\\(", "tracker" },
        { "^https?://(www\\.)?example\\.org/", "xample" }, /* "e": a digit? */
        { "pixels?", "pixel" },
        { "pixel+more", "pixel" },
        { "pixels*", "pixel" },
        { "pixels{2}", "pixel" },
        { "one|other", "" },
        { "(one|other)", "" },
        { "(?:one)pixel", "pixel" },
        { "(?i)pixel", "" },
        { "pixel(*ACCEPT)more", "" },
        { "\\Qpixel\\E", "" },
        { "\\x70ixel", "" },
        { "[pixel]", "" },
        { "[^]pixel]more", "more" },
        { "[a\\]b]pixel", "pixel" },
        { "(a[)]b)pixel", "pixel" },
        { "(\\)x)pixel", "pixel" },
        { "((a)b)pixel", "pixel" },
        { "([[:alpha:]])pixel", "" },
        { "(pixel", "" },            /* no patterns, these */
        { "([pixel", "" },
        { "[pixel", "" },
        { "pixel\\", "" },
        { "[[:alpha:]pixel]more", "" },
        { "12345", "" },             /* an IPv4 number's, maybe */
        { "%7Btrack", "track" },
        { ".7Btrack", "track" },
        { "xn--track", "" },
        { "ab", "" },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        got = "";

        if (consent_literal_regex(str(cases[i].pattern), &l)) {
            memcpy(text, l.text, l.len);
            text[l.len] = '\0';
            got = text;
        }

        ok(strcmp(got, cases[i].word) == 0, "%s: \"%s\"", cases[i].pattern,
           cases[i].word);
    }

    ok(consent_literal_host(str("stats.example.org"), &l) && l.len == 7
       && memcmp(l.text, "example", 7) == 0, "a host's");
    ok(!consent_literal_host(str("127.0.0.1"), &l)
       && !consent_literal_host(str("fe80::abc"), &l), "none of a number's");
}


/* whatever is matched has the word: PCRE2 is asked */

static void
test_matches(void)
{
    int                   rc, ok, n, matched;
    char                  pattern[256], text[512];
    size_t                len, at;
    pcre2_code           *code;
    PCRE2_SIZE            off;
    consent_literal_t     l;
    consent_literals_t    set;
    pcre2_match_data     *data;

    static const char  *pieces[] = {
        "track", "Pix", "gif", "k", "z9", "?", "*", "+", "{2}", "{0,1}", ".",
        "\\.", "\\d", "[a-z]", "[^t]", "(gif|pix)", "(?:zz)?", "(track)*",
        "|", "/", "^", "%41", "\\s", "??", "+?"
    };
    static const char  *words[] = {
        "track", "Pix", "gif", "k", "z9", "kk", "trac", "Pi", "gi", ".", "7",
        "q", "pix", "zz", "/", "%41", " ", "gifgif"
    };

    data = pcre2_match_data_create(1, NULL);
    ok = 1;
    matched = 0;

    for (n = 0; n < 60000 && ok; n++) {

        if (n % 20 == 0) {
            do {
                pattern[0] = '\0';

                for (at = 2 + below(7); at; at--) {
                    strcat(pattern, pieces[below(25)]);
                }

                code = pcre2_compile((PCRE2_SPTR) pattern,
                                     PCRE2_ZERO_TERMINATED, PCRE2_CASELESS,
                                     &rc, &off, NULL);
            } while (code == NULL);

            memset(&set, 0, sizeof(set));

            if (consent_literal_regex(str(pattern), &l)) {
                (void) consent_literals_add(&set, &l);
            }
        }

        text[0] = '\0';

        for (at = below(14); at; at--) {
            strcat(text, words[below(18)]);
        }

        len = strlen(text);

        if (set.n && pcre2_match(code, (PCRE2_SPTR) text, len, 0, 0, data,
                                 NULL) >= 0)
        {
            matched++;
            ok = consent_literals_find(&set, (consent_u8 *) text, len) == 1;

            if (!ok) {
                tap_show("pattern", pattern, strlen(pattern));
                tap_show("text", text, len);
            }
        }

        if (n % 20 == 19) {
            pcre2_code_free(code);
        }
    }

    pcre2_match_data_free(data);

    ok(ok, "what PCRE2 matches has the word");
    ok(matched > 1000, "and it matched");
}


static void
test_find(void)
{
    int                 n, ok, hits;
    size_t              i, len, k;
    uint64_t            naive, got;
    consent_u8          text[300];
    consent_literal_t   l;
    consent_literals_t  set;

    ok = 1;
    hits = 0;

    for (n = 0; n < 20000 && ok; n++) {
        memset(&set, 0, sizeof(set));

        for (i = 1 + below(70); i; i--) {
            l.len = (uint8_t) (2 + below(4));
            l.at = (uint8_t) below(l.len - 1u);

            for (k = 0; k < l.len; k++) {
                l.text[k] = (consent_u8) "kq7zt"[below(5)];
            }

            if (consent_literals_add(&set, &l) == 0
                && set.n < CONSENT_LITERALS)
            {
                ok = 0;
            }
        }

        len = below(sizeof(text));

        for (i = 0; i < len; i++) {
            text[i] = (consent_u8) "kqKQ7zZtT /a"[below(12)];
        }

        naive = 0;

        for (k = 0; k < set.n; k++) {
            for (i = 0; i + set.literal[k].len <= len; i++) {
                size_t  j;

                for (j = 0; j < set.literal[k].len; j++) {
                    consent_u8  c = text[i + j];

                    c = (c >= 'A' && c <= 'Z') ? c | 0x20 : c;

                    if (c != set.literal[k].text[j]) {
                        break;
                    }
                }

                if (j == set.literal[k].len) {
                    naive |= (uint64_t) 1 << k;
                }
            }
        }

        got = consent_literals_find(&set, text, len);
        hits += (naive != 0);
        ok &= got == naive
              && consent_literals_find_plain(&set, text, len) == naive;
    }

    ok(ok, "words are found, by vectors and byte by byte");
    ok(hits > 5000, "and they were there");
}


int
main(void)
{
    test_known();
    test_matches();
    test_find();

    return tap_done();
}
