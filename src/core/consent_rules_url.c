
/*
 * An URL taken apart once for all kinds of rules: the hashes of its host's
 * suffixes, its words, its path with query.
 */

#include "consent_rules_int.h"


/*
 * Hashes run from the end of the host to its start, so that those of all
 * suffixes come of one walk.  The shortest suffix is first.
 */

uint32_t
consent_host_suffixes(const consent_u8 *host, size_t len, uint32_t *hashes,
    uint16_t *at)
{
    size_t    i;
    uint32_t  h, n;

    h = CONSENT_HASH_INIT;
    n = 0;

    for (i = len; i > 0; i--) {

        if (host[i - 1] == '.' && n < CONSENT_SUFFIXES_MAX - 1) {
            hashes[n] = h;

            if (at) {
                at[n] = (uint16_t) i;
            }

            n++;
        }

        h = consent_hash_step(h, host[i - 1]);
    }

    hashes[n] = h;

    if (at) {
        at[n] = 0;
    }

    return n + 1;
}


void
consent_match_suffixes(consent_match_t *m, consent_str_t host)
{
    m->host = host.data;
    m->host_len = host.len > UINT16_MAX ? UINT16_MAX : host.len;
    m->nsuffixes = consent_host_suffixes(m->host, m->host_len, m->suffix,
                                         m->suffix_at);
}


/* path and query, as they stand one after the other in href */

consent_str_t
consent_url_target(const consent_url_t *url)
{
    consent_str_t  t;

    t = url->path;

    if (url->query.data && t.data && url->query.data == t.data + t.len + 1) {
        t.len += 1 + url->query.len;
    }

    return t;
}


/*
 * The URL in lower case and its words: runs of letters and digits.  What
 * is filed under a word is found by that word's hash.
 */

void
consent_match_tokens(consent_match_t *m, const consent_url_t *url)
{
    size_t      i, len, start;
    uint32_t    h;
    consent_u8  c;

    len = url->href.len;

    if (len > CONSENT_URL_MAX) {
        len = CONSENT_URL_MAX;
    }

    m->lower_len = len;
    m->ntokens = 0;

    h = CONSENT_HASH_INIT;
    start = 0;

    for (i = 0; i <= len; i++) {
        c = (i < len) ? url->href.data[i] : 0;

        if (c >= 'A' && c <= 'Z') {
            c |= 0x20;
        }

        m->lower[i] = c;

        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            h = consent_hash_step(h, c);
            continue;
        }

        if (i > start && m->ntokens < CONSENT_TOKENS_MAX) {
            m->token[m->ntokens].hash = h;
            m->token[m->ntokens].at = (uint16_t) start;
            m->token[m->ntokens].len = (uint16_t) (i - start);
            m->ntokens++;
        }

        start = i + 1;
        h = CONSENT_HASH_INIT;
    }
}


static int
consent_glob_separator(consent_u8 c)
{
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
             || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'
             || c == '%');
}


/*
 * A glob on s: '*' is any run, '^' a separator or the end.  end: up to the
 * end of s, else anything may follow; anywhere: from any place of it.
 */

int
consent_glob_at(const consent_u8 *pattern, size_t plen, const consent_u8 *s,
    size_t len, int end, int anywhere)
{
    size_t             p, i, star, mark;
    const consent_u8  *q;

    p = 0;
    i = 0;
    mark = 0;
    star = anywhere ? 0 : SIZE_MAX;

    for ( ;; ) {

        if (p == plen && (!end || i == len)) {
            return 1;
        }

        if (p < plen && pattern[p] == '*') {
            star = ++p;
            mark = i;
            continue;
        }

        if (p < plen && i < len
            && (pattern[p] == s[i]
                || (pattern[p] == '^' && consent_glob_separator(s[i]))))
        {
            p++;
            i++;
            continue;
        }

        /* "^" is also the end */

        if (p < plen && pattern[p] == '^' && i == len) {
            p++;
            continue;
        }

        if (star == SIZE_MAX || mark >= len) {
            return 0;
        }

        p = star;
        i = ++mark;

        /* to the next place where it can go on */

        if (p < plen && pattern[p] != '^' && pattern[p] != '*') {
            q = (i < len) ? memchr(s + i, pattern[p], len - i) : NULL;

            if (q == NULL) {
                return 0;
            }

            i = (size_t) (q - s);
            mark = i;
        }
    }
}


/* from the start of s; '$' last in the pattern is its end */

int
consent_glob(const consent_u8 *pattern, size_t plen, const consent_u8 *s,
    size_t len)
{
    int  end;

    end = plen > 0 && pattern[plen - 1] == '$';

    return consent_glob_at(pattern, end ? plen - 1 : plen, s, len, end, 0);
}
