
/*
 * Inline scripts: is this a tracker's?  One pass over the tokens of the
 * script.  Signatures (src/catalog/inline.txt) are runs of tokens, filed by
 * their first word; a few may be half matched at a time.  URLs in strings are
 * judged as those in HTML are, where the script loads them; an URL that is
 * only data, or a place to go to, says nothing.
 */

#include "consent_inline_int.h"

#define CONSENT_INLINE_SMALL   4096


static void
consent_inline_mark(consent_inline_seen_t *s, uint32_t term)
{
    s->any = 1;

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


void
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


void
consent_inline_advance(consent_inline_seen_t *s, consent_js_e kind,
    consent_str_t token)
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
}


static int
consent_inline_letter(consent_u8 c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '_' || c == '$';
}


/* terms that are part of a string are filed by a word of theirs */

void
consent_inline_part(consent_inline_seen_t *s, consent_str_t text,
    size_t start, size_t end)
{
    size_t                        k;
    uint32_t                      h, at, n;
    const consent_inline_elem_t  *e;
    const consent_inline_term_t  *t;

    if (end - start >= 64
        || !(s->scan->part[end - start] >> (text.data[start] & 31) & 1))
    {
        return;
    }

    h = CONSENT_HASH_INIT;

    for (k = start; k < end; k++) {
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


void
consent_inline_parts(consent_inline_seen_t *s, consent_str_t text)
{
    size_t  i, start;

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

        consent_inline_part(s, text, start, i);
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


void
consent_inline_read(consent_inline_read_t *r)
{
    consent_u8            before;
    consent_js_t          js;
    consent_js_e          kind;
    consent_str_t         string;
    consent_inline_ctx_t  ctx;

    before = 0;

    consent_js_init(&js, r->text.data, r->text.len);
    consent_inline_ctx_init(&ctx);

    while ((kind = consent_js_next(&js)) != CONSENT_JS_END) {

        string = js.token;

        if (kind == CONSENT_JS_STRING) {
            string = consent_js_text(&js, r->m->text, sizeof(r->m->text));
            consent_inline_parts(&r->seen, string);
            consent_inline_urls(&ctx, r->rules, r->m, r->page, string,
                                &r->found);
        }

        consent_inline_advance(&r->seen, kind, string);

        if (kind != CONSENT_JS_PUNCT
            && consent_inline_may_begin(&r->seen, string))
        {
            consent_inline_begin(&r->seen, kind, string, before);
        }

        consent_inline_ctx_token(&ctx, kind, string);

        before = (kind == CONSENT_JS_PUNCT) ? js.token.data[0] : 0;
    }
}


static void
consent_inline_start(consent_inline_read_t *r)
{
    memset(&r->seen, 0, sizeof(consent_inline_seen_t));
    memset(&r->found, 0, sizeof(consent_inline_found_t));

    r->seen.scan = &r->m->scan;
    r->found.sure.category = CONSENT_CATEGORY_NONE;
    r->found.maybe.category = CONSENT_CATEGORY_NONE;
    r->found.social.category = CONSENT_CATEGORY_NONE;
}


static void
consent_inline_judge(consent_inline_read_t *r, consent_verdict_t *v)
{
    int       loads;
    size_t    len;
    uint32_t  i;

    len = r->text.len;

    consent_inline_start(r);

    /* a list's addresses may be any */

    if (r->rules->nlists == 0
        && !consent_own_may(&r->rules->block, r->page, r->text.data, len)
        && !consent_inline_scan(&r->m->scan, r->text.data, len))
    {
        return;
    }

    if (!consent_inline_skim(r)) {
        consent_inline_start(r);
        consent_inline_read(r);
    }

    /* each signature has a term that must be there */

    for (loads = 0, i = 0; r->seen.any && i < consent_inline_nloads; i++) {
        loads |= consent_inline_saw(&r->seen, consent_inline_loads[i]);
    }

    if (r->rules->catalog && r->seen.any) {
        consent_inline_signatures(&r->seen, loads, len <= CONSENT_INLINE_SMALL,
                                  v);
    }

    consent_inline_worse(v, &r->found.sure);

    if (loads) {
        consent_inline_worse(v, &r->found.maybe);
    }

    if (loads && !r->found.harmless) {
        consent_inline_worse(v, &r->found.social);
    }
}


int
consent_inline_match(const consent_rules_t *rules, consent_match_t *m,
    const consent_url_t *page, const consent_u8 *text, size_t len,
    consent_verdict_t *v)
{
    int                     again;
    size_t                  room;
    uint64_t                limits;
    consent_memo_key_t      key;
    consent_memo_found_t   *known;
    consent_inline_read_t   r;

    if (!rules->catalog && rules->nlists == 0
        && rules->block.n == rules->block.ninlines)
    {
        return 0;
    }

    r.rules = rules;
    r.m = m;
    r.page = page;
    r.text.data = text;
    r.text.len = len;

    again = 0;

    if (m->memo && len) {
        consent_memo_key_script(rules, page, &key);
        known = consent_memo_get(m->memo, &key, r.text, &again);

        if (known) {
            *v = known->verdict;
            return v->category != CONSENT_CATEGORY_NONE;
        }
    }

    limits = m->limits;

    consent_inline_judge(&r, v);

    if (again && !r.found.relative && m->limits == limits) {
        room = (v->category != CONSENT_CATEGORY_NONE) ? CONSENT_MEMO_ROOM : 0;
        known = consent_memo_put(m->memo, &key, r.text, room);

        if (known) {
            known->verdict = *v;
        }
    }

    return v->category != CONSENT_CATEGORY_NONE;
}
