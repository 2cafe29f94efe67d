
/*
 * consent_html_scan.h: what runs over sixteen bytes at a time finds what its
 * scalar twin finds, whatever lies where, and reads nothing outside.
 */

#include <stdlib.h>
#include "tap.h"
#include "consent_html_scan.h"
#include "consent_scan_block.h"

static uint32_t  seed = 1;


static unsigned
below(unsigned n)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % n;
}


/* blocks of a style sheet, by each way there is */

static void
test_blocks(void)
{
    int                          wrong;
    unsigned                     i, k, n, w;
    uint64_t                     m;
    consent_u8                   block[CONSENT_BLOCK];
    const consent_block_css_pt  *ways;

    n = consent_block_css_ways(&ways);

    for (w = 0; w < n; w++) {
        wrong = 0;

        for (i = 0; i < 4000; i++) {

            for (k = 0; k < CONSENT_BLOCK; k++) {
                block[k] = (i < 256) ? (consent_u8) (i + k % 2 * 128)
                                     : (consent_u8) below(256);
            }

            m = ways[w](block);

            for (k = 0; k < CONSENT_BLOCK; k++) {
                wrong += ((m >> k & 1)
                          != (consent_scan_css_plain(block + k, block + k + 1)
                              == block + k));
            }
        }

        ok(wrong == 0, "a block of a style sheet, way %u of %u", w + 1, n);
    }
}


int
main(void)
{
    int                differ[8], hash;
    size_t             i, n, k;
    consent_u8        *p, *copy;
    const consent_u8  *end;

    static const consent_u8  few[] = "<>=/ \t\n\f\r\v\0(&'\"a{|}\\@z~[";

    memset(differ, 0, sizeof(differ));
    hash = 0;

    for (i = 0; i < 40000; i++) {
        n = below(100);

        /* of exactly this size: a tool that watches memory sees a read
         * outside */

        p = malloc(n ? n : 1);

        if (p == NULL) {
            return 1;
        }

        for (k = 0; k < n; k++) {
            p[k] = (i & 1 || below(30) == 0) ? few[below(sizeof(few))]
                                             : (consent_u8) below(256);
            if (p[k] != '<' && i % 3 == 0) {
                p[k] = 'x';
            }

            if (i % 7 == 0 && below(20)) {
                p[k] = (consent_u8) " \n\t\r\f "[below(6)];
            }
        }

        end = p + n;

        for (k = 0; k <= n; k++) {
            differ[0] += (consent_scan_byte(p + k, end, '<')
                          != consent_scan_byte_plain(p + k, end, '<'));
            differ[1] += (consent_scan_either(p + k, end, '(', '&')
                          != consent_scan_either_plain(p + k, end, '(',
                                                       '&'));
            differ[2] += (consent_scan_name(p + k, end)
                          != consent_scan_name_plain(p + k, end));
            differ[3] += (consent_scan_css(p + k, end)
                          != consent_scan_css_plain(p + k, end));

            differ[6] += (consent_scan_pair(p + k, end, '<', '/')
                          != consent_scan_pair_plain(p + k, end, '<', '/'));

            differ[7] += (consent_scan_blanks(p + k, end)
                          != consent_scan_blanks_plain(p + k, end));

            if (n - k >= 16) {
                differ[4] += (consent_scan_tag(p + k)
                              != consent_scan_tag_plain(p + k));
                differ[5] += (consent_scan_attr(p + k)
                              != consent_scan_attr_plain(p + k));
            }
        }

        /* equal bytes, equal hash, wherever they lie */

        copy = malloc(n + 3);

        if (copy == NULL) {
            return 1;
        }

        memcpy(copy + 3, p, n);
        hash += (consent_scan_hash(p, n) != consent_scan_hash(copy + 3, n));

        if (n) {
            copy[3 + below((unsigned) n)] ^= 1;
            hash += (consent_scan_hash(p, n)
                     == consent_scan_hash(copy + 3, n));
        }

        free(copy);
        free(p);
    }

    ok(differ[0] == 0, "a byte is found where it is");
    ok(differ[1] == 0, "either of two bytes is found where it is");
    ok(differ[2] == 0, "an attribute's name ends where it does");
    ok(differ[3] == 0, "what a style sheet begins something with is found");
    ok(differ[4] == 0, "a tag's name is as long as it is");
    ok(differ[5] == 0, "an attribute's name is as long as it is");
    ok(differ[6] == 0, "two bytes in a row are found where they are");
    ok(differ[7] == 0, "where blanks end is found");
    ok(hash == 0, "a hash is of the bytes, and tells one byte's difference");

    test_blocks();

    return tap_done();
}
