
/*
 * The words that consent_inline_scan() looks for: one of each signature, the
 * last label of each host, the word that a path is filed under.
 */

#include "consent_rules_int.h"
#include "consent_inline.h"
#include "consent_inline_scan_int.h"


/* words of a program that say nothing about whose it is */

static int
scan_common(const char *word, size_t len)
{
    size_t             i;
    static const char  *words[] = {
        "push", "init", "load", "create", "config", "window", "document",
        "track", "start", "display", "set", "options", "call", "cmd", "boot",
        "new", "code"
    };

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0) {
            return 1;
        }
    }

    return 0;
}


static uint32_t
scan_hash(const consent_u8 *p, size_t len)
{
    size_t    i;
    uint32_t  h;

    h = CONSENT_HASH_INIT;

    for (i = 0; i < len; i++) {
        h = consent_hash_step(h, scan_lower(p[i]));
    }

    return h;
}


static void
scan_add(consent_inline_scan_t *s, const char *word, size_t len,
    unsigned what, size_t at)
{
    uint32_t           i, h, w;
    const consent_u8  *p;

    p = (const consent_u8 *) word;

    if (len == 0 || at > UINT8_MAX || (len == 1 && s->one && s->one != *p)) {
        s->off = 1;
        return;
    }

    if (len == 1) {
        s->one = *p;

    } else if (len == 2) {
        i = (uint32_t) (p[0] & 31) << 5 | (p[1] & 31);

        if (what == SCAN_TOP) {
            s->top[i / 32] |= 1u << (i % 32);

        } else {
            s->two[i / 32] |= 1u << (i % 32);
        }

    } else {
        w = (p[0] | 0x20u) << 8 | (p[1] | 0x20u) << 16 | (p[2] | 0x20u) << 24;
        i = scan_three(w);
        s->three[i / 32] |= 1u << (i % 32);

        if ((what & SCAN_KIND) == SCAN_SITE) {
            s->paths[i / 32] |= 1u << (i % 32);
        }
    }

    h = scan_hash(p, len);

    for (i = h % CONSENT_SCAN_WORDS; s->what[i];
         i = (i + 1) % CONSENT_SCAN_WORDS)
    {
        if (s->hash[i] == h && s->what[i] == what) {
            return;
        }
    }

    s->hash[i] = h;
    s->what[i] = (uint16_t) what;
    s->at[i] = (uint8_t) at;
}


/* the longest word in p[from, to): its place, its length */

static size_t
scan_longest(const char *p, size_t from, size_t to, size_t *len)
{
    size_t  i, start, at;

    *len = 0;
    at = from;

    for (i = from; i < to; i++) {

        for (start = i; i < to && scan_alnum(p[i]); i++) { /* void */ }

        if (i - start > *len) {
            *len = i - start;
            at = start;
        }
    }

    return at;
}


/* the best of a signature's words */

static void
scan_signature(consent_inline_scan_t *s, const consent_inline_sig_t *sig)
{
    int                           k, best, worth;
    size_t                        i, at, len, from, to, best_at, best_len;
    unsigned                      term;
    const char                   *text, *best_text;
    const consent_inline_elem_t  *e;
    const consent_inline_term_t  *t;

    best = 0;
    best_at = best_len = 0;
    best_text = NULL;
    term = 0;

    for (k = 0; k < 3 && sig->yes[k] >= 0; k++) {
        t = &consent_inline_terms[sig->yes[k]];

        for (i = 0; i < t->n; i++) {
            e = &consent_inline_elems[t->first + i];
            text = e->text;
            from = 0;
            to = e->len;

            if (e->kind == CONSENT_INLINE_PUNCT) {
                continue;
            }

            if (e->kind == CONSENT_INLINE_PART) {

                /* the word it is found by; what is around may go on */

                for (from = to = t->at; to < e->len
                     && (scan_alnum(text[to]) || text[to] == '_'
                         || text[to] == '$'); to++)
                {
                    /* void */
                }
            }

            at = scan_longest(text, from, to, &len);

            worth = (len < 3) ? (int) len
                    : scan_common(text + at, len) ? 3 : (int) len + 1;

            if (worth > best || (worth == 1 && best == 1)) {
                best = worth;
                best_at = at;
                best_len = len;
                best_text = text;
                term = (unsigned) (t->first + i);
            }
        }
    }

    if (best == 0 || term > 0xfff) {
        s->off = 1;
        return;
    }

    scan_add(s, best_text + best_at, best_len, SCAN_TERM | term, best_at);
}


/* by which of its words a term is filed */

static void
scan_begin(consent_inline_scan_t *s, const consent_inline_term_t *t)
{
    size_t                        at, len;
    uint32_t                      w, *bits;
    const char                   *p;
    const consent_inline_elem_t  *e;

    e = &consent_inline_elems[t->first];
    e += (e->kind == CONSENT_INLINE_PUNCT);

    p = e->text;
    len = e->len;
    bits = s->begin;

    if (e->kind == CONSENT_INLINE_PART) {
        bits = s->part;
        p += t->at;

        for (len = 0; scan_alnum(p[len]) || p[len] == '_' || p[len] == '$';
             len++)
        {
            /* void */
        }
    }

    if (len < 64) {
        bits[len] |= 1u << (p[0] & 31);
    }

    /* and for who goes from word to word */

    w = (consent_u8) p[0];

    if (len == 1 && (s->letter == 0 || s->letter == w)) {
        s->letter = (uint8_t) w;

    } else if (len == 2) {
        w = (w & 31) << 5 | (p[1] & 31);
        s->pair[w / 32] |= 1u << (w % 32);

    } else if (len > 2) {
        w = w << 8 | (uint32_t) (consent_u8) p[1] << 16
            | (uint32_t) (consent_u8) p[2] << 24;
        w = scan_three(w);
        s->first[w / 32] |= 1u << (w % 32);

    } else {
        s->slow = 1;
    }

    for (at = 0; at < 3 && at < len; at++) {
        if (!scan_part((consent_u8) p[at])) {
            s->slow |= (e->kind != CONSENT_INLINE_STRING);
        }
    }
}


void
consent_inline_scan_init(consent_inline_scan_t *s)
{
    size_t                         at, len;
    uint32_t                       i, k;
    const char                    *p;
    const consent_catalog_host_t  *h;
    const consent_catalog_path_t  *r;

    memset(s, 0, sizeof(consent_inline_scan_t));
    s->block = consent_block_way();

    for (i = 0; i < consent_inline_nsigs; i++) {
        if (consent_inline_sigs[i].cls != CONSENT_CLASS_NONE) {
            scan_signature(s, &consent_inline_sigs[i]);
        }
    }

    for (i = 0; i < consent_inline_nterms; i++) {
        scan_begin(s, &consent_inline_terms[i]);
    }

    for (i = 0; i < consent_catalog_nhosts; i++) {
        h = &consent_catalog_hosts[i];
        p = consent_catalog_strings + h->name;

        for (at = h->len; at && p[at - 1] != '.'; at--) { /* void */ }

        (void) scan_longest(p, at, h->len, &len);

        if (len != h->len - at) {
            s->off = 1;
        }

        scan_add(s, p + at, len, SCAN_TOP, 0);
    }

    for (i = 0; i <= consent_catalog_site_mask; i++) {
        k = consent_catalog_site_slots[i];

        if (k == 0) {
            continue;
        }

        r = &consent_catalog_site[k - 1];
        p = consent_catalog_strings + r->pattern + r->key;
        (void) scan_longest(p, 0, r->key_len, &len);

        if (len != r->key_len || k > 0xfff) {
            s->off = 1;
        }

        scan_add(s, p, len, SCAN_SITE | (k - 1), 0);
    }
}
