
/*
 * URLs: what was normalised stays as it is when read again; hosts are as they
 * should be; a smaller buffer cuts paths, never hosts; what is said to be on
 * the page's own host is.
 */

#include "fuzz.h"
#include "consent_ref.h"


static int
same(consent_str_t a, consent_str_t b)
{
    return a.len == b.len && (a.len == 0
                              || memcmp(a.data, b.data, a.len) == 0);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                   rc;
    size_t                i, n, len;
    consent_u8            c, *in;
    consent_url_t         base, url, again, small;
    const consent_url_t  *against;
    static consent_u8     basebuf[CONSENT_URL_MAX], buf[CONSENT_URL_MAX];
    static consent_u8     buf2[CONSENT_URL_MAX], buf3[1200];
    static consent_u8     decoded[65536];

    static const char    *bases[] = {
        "https://case.test/a/b?c", "http://user@case.test:8080/",
        "file:///x/y", "data:text/html,x"
    };

    if (size < 1 || size > 16384) {
        return 0;
    }

    c = data[--size];

    /* a piece of its own, so that reading past it is seen */

    n = size;

    if (c & 8) {
        n = consent_ref_decode(data, size, decoded, sizeof(decoded), NULL,
                               NULL);
        data = decoded;
    }

    in = fuzz_piece(data, n);

    rc = consent_url_parse(&base, NULL, (const consent_u8 *) bases[c & 3],
                           strlen(bases[c & 3]), basebuf, sizeof(basebuf));
    fuzz_check("a base is one", rc == CONSENT_OK);
    against = (c & 4) ? &base : NULL;
    len = n;

    if (consent_url_parse(&url, against, in, n, buf, sizeof(buf))
        != CONSENT_OK)
    {
        fuzz_piece_gone(n);
        return 0;
    }

    fuzz_check("it is in the buffer",
               url.href.data >= buf
               && url.href.data + url.href.len <= buf + sizeof(buf));

    for (i = 0; url.special && i < url.host.len; i++) {
        c = url.host.data[i];
        fuzz_check("a host is ASCII in lower case",
                   c > ' ' && c < 0x7f && !(c >= 'A' && c <= 'Z')
                   && c != '/' && c != '\\' && c != '@' && c != '?'
                   && c != '#');
    }

    n = url.host.len;

    fuzz_check("a host has no dot at its end",
               n == 0 || !url.special || url.host.data[n - 1] != '.');
    n = len;

    /* a host that fills its buffer may take more room decoded: no name that
       long can be asked for (253 bytes, RFC 1035) */

    if (!url.truncated && url.special && url.host.len < 1000) {
        rc = consent_url_parse(&again, NULL, url.href.data, url.href.len,
                               buf2, sizeof(buf2));
        fuzz_check("what is normal is an URL", rc == CONSENT_OK);
        fuzz_check("and stays as it is",
                   same(again.href, url.href) && same(again.host, url.host)
                   && again.scheme == url.scheme && again.port == url.port);
    }

    if (consent_url_parse(&small, against, in, n, buf3, sizeof(buf3))
        == CONSENT_OK)
    {
        fuzz_check("less room, the same host",
                   same(small.host, url.host));
    }

    if (against && base.special && base.host.len
        && consent_url_local(in, n))
    {
        fuzz_check("what is local is on the page's host",
                   same(url.host, base.host));
    }

    fuzz_piece_gone(n);

    return 0;
}
