
/*
 * What is remembered of scripts and addresses, and for which pages it holds.
 */

#include "consent_rules_int.h"

#define MEMO_ADDRESS_MAX  1024


int
consent_match_remember(consent_match_t *m, consent_alloc_t *alloc, size_t size)
{
    /* addresses are many, and would drive scripts out */

    m->memo = consent_memo_create(alloc, size - size / 4);
    m->addresses = consent_memo_create(alloc, size / 4);

    return (m->memo && m->addresses) ? CONSENT_OK : CONSENT_ERROR;
}


static void
memo_origin(const consent_url_t *page, consent_str_t *s)
{
    *s = page->href;

    if (page->path.data) {
        s->len = (size_t) (page->path.data - page->href.data);
    }
}


/*
 * What a script says does not hang on which page of a site it is in, but for
 * addresses without a "/" in front.  Where an operator's rules may name parts
 * of the site it is left at that.
 */

void
consent_memo_key_script(const consent_rules_t *rules,
    const consent_url_t *page, consent_memo_key_t *key)
{
    key->rules = rules;
    key->kind = CONSENT_MEMO_SCRIPT;
    key->page.data = NULL;
    key->page.len = 0;

    if (page) {
        if (rules->allow.n || rules->block.n) {
            key->page = page->href;

        } else {
            memo_origin(page, &key->page);
        }
    }
}


consent_memo_found_t *
consent_match_known(consent_match_t *m, const consent_rules_t *rules,
    const consent_url_t *page, consent_str_t text)
{
    int                 again;
    consent_memo_key_t  key;

    if (m == NULL || m->memo == NULL || text.len == 0) {
        return NULL;
    }

    consent_memo_key_script(rules, page, &key);

    return consent_memo_get(m->memo, &key, text, &again);
}


/* what an address without a "/" in front resolves to does hang on it */

static int
memo_key_address(const consent_match_t *m, const consent_rules_t *rules,
    const consent_url_t *page, consent_str_t text, consent_type_e type,
    consent_memo_key_t *key)
{
    if (m == NULL || m->addresses == NULL || text.len == 0
        || text.len > MEMO_ADDRESS_MAX || page == NULL)
    {
        return 0;
    }

    key->rules = rules;
    key->kind = type;

    if (consent_url_by_path(text)) {
        key->page = page->href;

    } else {
        memo_origin(page, &key->page);
    }

    return 1;
}


const consent_url_t *
consent_match_address(consent_match_t *m, const consent_rules_t *rules,
    const consent_url_t *page, consent_str_t text, consent_type_e type,
    consent_verdict_t *v, int *again)
{
    consent_memo_key_t     key;
    consent_memo_found_t  *known;

    *again = 0;

    if (!memo_key_address(m, rules, page, text, type, &key)) {
        return NULL;
    }

    known = consent_memo_get(m->addresses, &key, text, again);

    if (known == NULL) {
        return NULL;
    }

    *v = known->verdict;

    return (const consent_url_t *) (const void *) known->data;
}


static void
memo_move(consent_str_t *s, const consent_u8 *from, consent_u8 *to)
{
    if (s->data) {
        s->data = to + (s->data - from);
    }
}


void
consent_match_keep(consent_match_t *m, const consent_rules_t *rules,
    const consent_url_t *page, consent_str_t text, consent_type_e type,
    const consent_verdict_t *v, const consent_url_t *url)
{
    consent_u8            *p;
    consent_url_t         *copy;
    const consent_u8      *from;
    consent_memo_key_t     key;
    consent_memo_found_t  *known;

    if (!memo_key_address(m, rules, page, text, type, &key)) {
        return;
    }

    known = consent_memo_put(m->addresses, &key, text,
                             sizeof(consent_url_t) + url->href.len);

    if (known == NULL) {
        return;
    }

    known->verdict = *v;
    known->len = known->room;

    copy = (consent_url_t *) (void *) known->data;
    *copy = *url;
    p = known->data + sizeof(consent_url_t);
    from = url->href.data;
    memcpy(p, from, url->href.len);

    memo_move(&copy->href, from, p);
    memo_move(&copy->host, from, p);
    memo_move(&copy->path, from, p);
    memo_move(&copy->query, from, p);
}
