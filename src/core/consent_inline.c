
/*
 * Inline scripts: is this a tracker's?  One pass over the tokens of the
 * script.  Signatures (src/catalog/inline.txt) are runs of tokens, filed by
 * their first word; a few may be half matched at a time.  URLs in strings are
 * judged as those in HTML are, where the script loads them; an URL that is
 * only data, or a place to go to, says nothing.
 */

#include "consent_rules_int.h"
#include "consent_inline.h"
#include "consent_inline_lex.h"
#include "consent_inline_url.h"

#define CONSENT_INLINE_TERMS   1024
#define CONSENT_INLINE_ACTIVE  24
#define CONSENT_INLINE_SMALL   4096


typedef struct {
    uint16_t                  term;
    uint8_t                   next;
} consent_inline_run_t;

typedef struct {
    const consent_inline_scan_t  *scan;
    consent_inline_run_t      runs[CONSENT_INLINE_ACTIVE];
    uint32_t                  nruns;
    uint8_t                   seen[CONSENT_INLINE_TERMS / 8];
} consent_inline_seen_t;


static void
consent_inline_mark(consent_inline_seen_t *s, uint32_t term)
{
    if (term < CONSENT_INLINE_TERMS) {
        s->seen[term / 8] |= (uint8_t) (1 << (term % 8));
    }
}


static int
consent_inline_saw(const consent_inline_seen_t *s, int term)
{
    return s->seen[term / 8] & (1 << (term % 8));
}


static int
consent_inline_is(const consent_inline_elem_t *e, consent_js_e kind,
    consent_str_t token)
{
    if (e->len != token.len || memcmp(e->text, token.data, e->len) != 0) {
        return 0;
    }

    return (e->kind == CONSENT_INLINE_WORD && kind == CONSENT_JS_WORD)
           || (e->kind == CONSENT_INLINE_STRING && kind == CONSENT_JS_STRING)
           || (e->kind == CONSENT_INLINE_PUNCT && kind == CONSENT_JS_PUNCT);
}


/* terms whose first word this is; one may begin with the punctuation before */

static void
consent_inline_begin(consent_inline_seen_t *s, consent_js_e kind,
    consent_str_t token, consent_u8 before)
{
    size_t                        i, k;
    uint32_t                      h, at, n;
    const consent_inline_elem_t  *e;
    const consent_inline_term_t  *t;

    h = CONSENT_HASH_INIT;

    for (i = 0; i < token.len; i++) {
        h = consent_hash_step(h, token.data[i]);
    }

    for (at = h & consent_inline_mask;
         (n = consent_inline_slots[at]) != 0;
         at = (at + 1) & consent_inline_mask)
    {
        t = &consent_inline_terms[n - 1];

        if (t->hash != h) {
            continue;
        }

        e = &consent_inline_elems[t->first];

        k = (e->kind == CONSENT_INLINE_PUNCT);

        if ((k && before != (consent_u8) e->text[0])
            || !consent_inline_is(&e[k], kind, token))
        {
            continue;
        }

        if (k + 1 == t->n) {
            consent_inline_mark(s, n - 1);

        } else if (s->nruns < CONSENT_INLINE_ACTIVE) {
            s->runs[s->nruns].term = (uint16_t) (n - 1);
            s->runs[s->nruns].next = (uint8_t) (k + 1);
            s->nruns++;
        }
    }
}


static void
consent_inline_token(consent_inline_seen_t *s, consent_js_e kind,
    consent_str_t token, consent_u8 before)
{
    uint32_t                      i, n;
    consent_inline_run_t         *r;
    const consent_inline_term_t  *t;

    for (i = 0, n = 0; i < s->nruns; i++) {
        r = &s->runs[i];
        t = &consent_inline_terms[r->term];

        if (!consent_inline_is(&consent_inline_elems[t->first + r->next],
                               kind, token))
        {
            continue;
        }

        if (++r->next == t->n) {
            consent_inline_mark(s, r->term);
            continue;
        }

        s->runs[n++] = *r;
    }

    s->nruns = n;

    if (kind != CONSENT_JS_PUNCT && token.len < 64 && token.len
        && (s->scan->begin[token.len] >> (token.data[0] & 31) & 1))
    {
        consent_inline_begin(s, kind, token, before);
    }
}


static int
consent_inline_letter(consent_u8 c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '_' || c == '$';
}


/* terms that are part of a string, by its words */

static void
consent_inline_parts(consent_inline_seen_t *s, consent_str_t text)
{
    size_t                        i, k, start;
    uint32_t                      h, at, n;
    const consent_inline_elem_t  *e;
    const consent_inline_term_t  *t;

    for (i = 0; i < text.len; i++) {

        if (!consent_inline_letter(text.data[i])) {
            continue;
        }

        for (start = i;
             i < text.len && consent_inline_letter(text.data[i]);
             i++)
        {
            /* void */
        }

        if (i - start >= 64
            || !(s->scan->part[i - start] >> (text.data[start] & 31) & 1))
        {
            continue;
        }

        h = CONSENT_HASH_INIT;

        for (k = start; k < i; k++) {
            h = consent_hash_step(h, text.data[k]);
        }

        for (at = h & consent_inline_mask;
             (n = consent_inline_slots[at]) != 0;
             at = (at + 1) & consent_inline_mask)
        {
            t = &consent_inline_terms[n - 1];
            e = &consent_inline_elems[t->first];

            if (t->hash == h && e->kind == CONSENT_INLINE_PART
                && start >= t->at && text.len - (start - t->at) >= e->len
                && memcmp(text.data + start - t->at, e->text, e->len) == 0)
            {
                consent_inline_mark(s, n - 1);
            }
        }
    }
}


/* what is asked for must have a consent that covers all of it */

static void
consent_inline_worse(consent_verdict_t *v, const consent_verdict_t *by)
{
    if (by->category > v->category) {
        v->category = by->category;
        v->source = by->source;
        v->rule = by->rule;
    }

    v->stubs |= by->stubs;
}


static void
consent_inline_signatures(const consent_inline_seen_t *s, int loads,
    int small, consent_verdict_t *v)
{
    int                          k;
    uint32_t                     i;
    consent_verdict_t            by;
    const consent_inline_sig_t  *sig;

    for (i = 0; i < consent_inline_nsigs; i++) {
        sig = &consent_inline_sigs[i];

        if (sig->cls == CONSENT_CLASS_NONE || (sig->load && !loads)
            || (sig->small && !small))
        {
            continue;
        }

        for (k = 0; k < 3 && sig->yes[k] >= 0; k++) {
            if (!consent_inline_saw(s, sig->yes[k])) {
                break;
            }
        }

        if ((k < 3 && sig->yes[k] >= 0)
            || (sig->no >= 0 && consent_inline_saw(s, sig->no)))
        {
            continue;
        }

        by.category = consent_catalog_category(sig->cls);
        by.source = CONSENT_SOURCE_CATALOG;
        by.rule.data = (const consent_u8 *) sig->name;
        by.rule.len = strlen(sig->name);
        by.stubs = sig->stubs;

        consent_inline_worse(v, &by);
    }
}


int
consent_inline_match(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *page, const consent_u8 *text, size_t len,
    consent_verdict_t *v)
{
    int                    loads;
    uint32_t               i;
    consent_js_t           js;
    consent_js_e           kind;
    consent_u8             before;
    consent_str_t          string;
    consent_inline_ctx_t   ctx;
    consent_inline_seen_t  seen;
    consent_inline_found_t found;

    if (!rules->catalog && rules->nlists == 0
        && rules->block.n == rules->block.ninlines)
    {
        return 0;
    }

    /* an operator's addresses and a list's may be any */

    if (rules->nlists == 0 && rules->block.n == rules->block.ninlines
        && !consent_inline_scan(&m->scan, text, len))
    {
        return 0;
    }

    memset(&seen, 0, sizeof(seen));
    seen.scan = &m->scan;
    memset(&found, 0, sizeof(found));
    found.sure.category = CONSENT_CATEGORY_NONE;
    found.maybe.category = CONSENT_CATEGORY_NONE;
    found.social.category = CONSENT_CATEGORY_NONE;

    before = 0;

    consent_js_init(&js, text, len);
    consent_inline_ctx_init(&ctx);

    while ((kind = consent_js_next(&js)) != CONSENT_JS_END) {

        string = js.token;

        if (kind == CONSENT_JS_STRING) {
            string = consent_js_text(&js, m->text, sizeof(m->text));
            consent_inline_parts(&seen, string);
            consent_inline_urls(&ctx, rules, m, page, string, &found);
        }

        consent_inline_token(&seen, kind, string, before);
        consent_inline_ctx_token(&ctx, kind, string);

        before = (kind == CONSENT_JS_PUNCT) ? js.token.data[0] : 0;
    }

    for (loads = 0, i = 0; i < consent_inline_nloads; i++) {
        loads |= consent_inline_saw(&seen, consent_inline_loads[i]);
    }

    if (rules->catalog) {
        consent_inline_signatures(&seen, loads, len <= CONSENT_INLINE_SMALL,
                                  v);
    }

    consent_inline_worse(v, &found.sure);

    if (loads) {
        consent_inline_worse(v, &found.maybe);
    }

    if (loads && !found.harmless) {
        consent_inline_worse(v, &found.social);
    }

    return v->category != CONSENT_CATEGORY_NONE;
}
