
/*
 * An operator's rules (consent_block, consent_allow): hosts and paths in a
 * hash of hosts, patterns one after the other.
 */

#include "consent_rules_int.h"
#include "consent_html_scan.h"


static void *
consent_own_alloc(consent_alloc_t *a, size_t size)
{
    return a->alloc(a->ctx, size ? size : 1);
}


static int
consent_own_copy(consent_alloc_t *a, consent_str_t *to, consent_str_t from)
{
    consent_u8  *p;

    p = consent_own_alloc(a, from.len + 1);
    if (p == NULL) {
        return CONSENT_ERROR;
    }

    memcpy(p, from.data, from.len);
    p[from.len] = '\0';

    to->data = p;
    to->len = from.len;

    return CONSENT_OK;
}


static consent_own_rule_t *
consent_own_push(consent_own_t *own, consent_alloc_t *a)
{
    uint32_t             size;
    consent_own_rule_t  *elts;

    if (own->n >= own->size) {
        size = own->n < 8 ? 16 : own->n * 2;

        elts = consent_own_alloc(a, size * sizeof(consent_own_rule_t));
        if (elts == NULL) {
            return NULL;
        }

        if (own->n) {
            memcpy(elts, own->elts, own->n * sizeof(consent_own_rule_t));
        }

        own->elts = elts;
        own->size = size;
    }

    own->indexed = 0;

    memset(&own->elts[own->n], 0, sizeof(consent_own_rule_t));

    return &own->elts[own->n++];
}


static int
consent_own_caret(consent_rules_build_t *b, consent_str_t pattern, size_t at,
    const char *what)
{
    consent_rules_error(b, "%s\n    %.*s\n    %*s^", what, (int) pattern.len,
                        (const char *) pattern.data, (int) at, "");

    return CONSENT_DECLINED;
}


/* "example.com", "example.com:8080", "example.com/path?query" */

static int
consent_own_host(consent_own_rule_t *r, consent_rules_build_t *b,
    consent_str_t pattern)
{
    size_t         i, skip;
    consent_u8     in[2048 + 8], buf[8192];
    consent_url_t  url;

    if (pattern.len > 2048) {
        return consent_own_caret(b, pattern, 0, "pattern is too long");
    }

    skip = 0;

    if (pattern.len > 2 && pattern.data[0] == '*' && pattern.data[1] == '.') {
        skip = 2;
    }

    for (i = 0; i < pattern.len; i++) {

        if (pattern.data[i] == '/') {
            if (i && pattern.data[i - 1] == ':') {
                return consent_own_caret(b, pattern, 0, "a pattern begins "
                                         "with a host, without a scheme");
            }

            break;
        }

        if (pattern.data[i] <= ' ' || strchr("\\@#?", pattern.data[i])
            || (pattern.data[i] == '*' && i >= skip))
        {
            return consent_own_caret(b, pattern, i, "not a host; a regular "
                                     "expression begins with \"~\"");
        }
    }

    if (i == skip) {
        return consent_own_caret(b, pattern, i, "no host in the pattern");
    }

    memcpy(in, "http://", 7);
    memcpy(in + 7, pattern.data + skip, pattern.len - skip);

    if (consent_url_parse(&url, NULL, in, 7 + pattern.len - skip, buf,
                          sizeof(buf))
        != CONSENT_OK
        || url.host.len == 0)
    {
        return consent_own_caret(b, pattern, 0, "not a host");
    }

    if (consent_own_copy(&b->alloc, &r->host, url.host) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    r->port = url.port;

    if (i < pattern.len
        && consent_own_copy(&b->alloc, &r->path, consent_url_target(&url))
           != CONSENT_OK)
    {
        return CONSENT_ERROR;
    }

    return CONSENT_OK;
}


int
consent_own_add(consent_rules_t *rules, consent_own_t *own,
    consent_rules_build_t *b, int category, consent_str_t pattern)
{
    int                  rc, flags;
    consent_str_t        re;
    consent_own_rule_t   r, *to;

    memset(&r, 0, sizeof(r));
    r.category = category;
    r.next = -1;

    if (pattern.len == 0) {
        consent_rules_error(b, "empty pattern");
        return CONSENT_DECLINED;
    }

    if (consent_own_copy(&b->alloc, &r.rule, pattern) != CONSENT_OK) {
        return CONSENT_ERROR;
    }

    re = r.rule;

    if (re.len >= 7 && memcmp(re.data, "inline:", 7) == 0) {
        re.data += 7;
        re.len -= 7;
        r.inline_text = 1;

        if (re.len == 0 || re.data[0] != '~') {
            return consent_own_caret(b, pattern, 7, "\"inline:\" needs a "
                                     "regular expression, \"inline:~...\"");
        }
    }

    if (re.data[0] == '~') {
        flags = 0;
        re.data++;
        re.len--;

        if (re.len && re.data[0] == '*') {
            flags = CONSENT_REGEX_NOCASE;
            re.data++;
            re.len--;
        }

        if (re.len == 0) {
            return consent_own_caret(b, pattern, pattern.len,
                                     "empty regular expression");
        }

        rc = consent_regex_compile(&r.regex, b, r.rule, re, flags);
        if (rc != CONSENT_OK) {
            return rc;
        }

        r.regex->next = rules->regexes;
        rules->regexes = r.regex;

    } else {
        rc = consent_own_host(&r, b, r.rule);
        if (rc != CONSENT_OK) {
            return rc;
        }
    }

    to = consent_own_push(own, &b->alloc);
    if (to == NULL) {
        return CONSENT_ERROR;
    }

    *to = r;

    return CONSENT_OK;
}


/* the last suffix hash of a host is that of all of it */

static uint32_t
consent_own_hash(consent_str_t host)
{
    size_t    i;
    uint32_t  h;

    h = CONSENT_HASH_INIT;

    for (i = host.len; i > 0; i--) {
        h = consent_hash_step(h, host.data[i - 1]);
    }

    return h;
}


static void
consent_own_file(consent_own_t *own, uint32_t n)
{
    uint32_t             at, i;
    consent_own_rule_t  *r, *first;

    r = &own->elts[n];
    r->hash = consent_own_hash(r->host);
    r->next = -1;

    for (at = r->hash & own->mask; own->slots[at];
         at = (at + 1) & own->mask)
    {
        first = &own->elts[own->slots[at] - 1];

        if (first->hash == r->hash && first->host.len == r->host.len
            && memcmp(first->host.data, r->host.data, r->host.len) == 0)
        {
            for (i = own->slots[at] - 1; own->elts[i].next >= 0;
                 i = (uint32_t) own->elts[i].next)
            {
                /* void */
            }

            own->elts[i].next = (int32_t) n;

            return;
        }
    }

    own->slots[at] = n + 1;
}


/* the words that rules cannot do without */

static int
consent_own_words(consent_own_t *own, consent_alloc_t *a)
{
    int                    have;
    uint32_t               i;
    consent_str_t          re;
    consent_literal_t      l;
    consent_literals_t   **set;
    consent_own_rule_t    *r;

    own->url_words = NULL;
    own->text_words = NULL;
    own->worded = 1;

    for (i = 0; i < own->n; i++) {
        r = &own->elts[i];
        r->literal = 0;
        set = r->inline_text ? &own->text_words : &own->url_words;

        if (r->regex) {
            re = r->rule;

            if (r->inline_text) {
                re.data += 7;
                re.len -= 7;
            }

            re.data++;
            re.len--;

            if (re.len && re.data[0] == '*') {
                re.data++;
                re.len--;
            }

            have = consent_literal_regex(re, &l);

        } else {
            have = consent_literal_host(r->host, &l);
        }

        if (have) {

            if (*set == NULL) {
                *set = consent_own_alloc(a, sizeof(consent_literals_t));

                if (*set == NULL) {
                    return CONSENT_ERROR;
                }

                memset(*set, 0, sizeof(consent_literals_t));
            }

            r->literal = (uint8_t) consent_literals_add(*set, &l);
        }

        own->worded &= (r->inline_text || r->literal);
    }

    return CONSENT_OK;
}


int
consent_own_index(consent_own_t *own, consent_alloc_t *a)
{
    uint32_t             i, size, nhosts;
    consent_own_rule_t  *elts;

    if (own->indexed || own->n == 0) {
        return CONSENT_OK;
    }

    /* the chains are of this set: rules inherited are copied */

    elts = consent_own_alloc(a, own->n * sizeof(consent_own_rule_t));
    if (elts == NULL) {
        return CONSENT_ERROR;
    }

    memcpy(elts, own->elts, own->n * sizeof(consent_own_rule_t));
    own->elts = elts;
    own->size = own->n;

    own->nregexes = 0;
    own->ninlines = 0;

    own->regexes = consent_own_alloc(a, own->n * sizeof(uint32_t));
    own->inlines = consent_own_alloc(a, own->n * sizeof(uint32_t));

    if (own->regexes == NULL || own->inlines == NULL) {
        return CONSENT_ERROR;
    }

    for (nhosts = 0, i = 0; i < own->n; i++) {

        if (elts[i].inline_text) {
            own->inlines[own->ninlines++] = i;

        } else if (elts[i].regex) {
            own->regexes[own->nregexes++] = i;

        } else {
            nhosts++;
        }
    }

    for (size = 8; size < nhosts * 2; size *= 2) { /* void */ }

    own->slots = consent_own_alloc(a, size * sizeof(uint32_t));
    if (own->slots == NULL) {
        return CONSENT_ERROR;
    }

    memset(own->slots, 0, size * sizeof(uint32_t));
    own->mask = size - 1;

    for (i = 0; i < own->n; i++) {
        if (elts[i].regex == NULL) {
            consent_own_file(own, i);
        }
    }

    own->indexed = 1;

    return consent_own_words(own, a);
}


/*
 * A prefix of path and query.  "%74" for "t" is the same path to a server, so
 * both are read with their escapes undone.
 */

static int
consent_own_prefix(consent_str_t prefix, consent_str_t s)
{
    int         hi, lo;
    size_t      i, p;
    consent_u8  a[2];

    struct { const consent_u8 *data; size_t len; size_t *at; } side[2];
    int         k;

    i = p = 0;

    side[0].data = prefix.data;
    side[0].len = prefix.len;
    side[0].at = &p;
    side[1].data = s.data;
    side[1].len = s.len;
    side[1].at = &i;

    while (p < prefix.len) {

        if (i >= s.len) {
            return 0;
        }

        for (k = 0; k < 2; k++) {
            a[k] = side[k].data[*side[k].at];

            if (a[k] == '%' && *side[k].at + 2 < side[k].len) {
                hi = consent_hex(side[k].data[*side[k].at + 1]);
                lo = consent_hex(side[k].data[*side[k].at + 2]);

                if (hi >= 0 && lo >= 0) {
                    a[k] = (consent_u8) (hi << 4 | lo);
                    *side[k].at += 2;
                }
            }

            (*side[k].at)++;
        }

        if (a[0] != a[1]) {
            return 0;
        }
    }

    return 1;
}


static const consent_own_rule_t *
consent_own_find(const consent_own_t *own, uint32_t hash,
    const consent_u8 *name, size_t len)
{
    uint32_t                   at;
    const consent_own_rule_t  *r;

    for (at = hash & own->mask; own->slots[at]; at = (at + 1) & own->mask) {
        r = &own->elts[own->slots[at] - 1];

        if (r->hash == hash && r->host.len == len
            && memcmp(r->host.data, name, len) == 0)
        {
            return r;
        }
    }

    return NULL;
}


const consent_own_rule_t *
consent_own_url(const consent_own_t *own, consent_match_t *m,
    const consent_url_t *url, const consent_own_rule_t **limit)
{
    int                        rc;
    uint32_t                   i;
    uint64_t                   found;
    consent_str_t              t;
    const consent_own_rule_t  *r;

    if (own->n == 0) {
        return NULL;
    }

    t = consent_url_target(url);

    for (i = m->nsuffixes; i-- > 0; /* void */ ) {

        r = consent_own_find(own, m->suffix[i], m->host + m->suffix_at[i],
                             m->host_len - m->suffix_at[i]);

        while (r) {

            if ((r->port == 0 || r->port == url->port)
                && consent_own_prefix(r->path, t))
            {
                return r;
            }

            r = (r->next < 0) ? NULL : &own->elts[r->next];
        }
    }

    found = 0;

    if (own->nregexes && own->url_words) {
        found = consent_literals_find(own->url_words, url->href.data,
                                      url->href.len);
    }

    for (i = 0; i < own->nregexes; i++) {
        r = &own->elts[own->regexes[i]];

        /* what has regexes has elements */
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        if (r->literal && !(found >> (r->literal - 1) & 1)) {
            continue;
        }

        rc = consent_regex_match(m, r->regex, url->href.data, url->href.len);

        if (rc > 0) {
            return r;
        }

        if (rc < 0 && *limit == NULL) {
            *limit = r;
        }
    }

    return NULL;
}


const consent_own_rule_t *
consent_own_inline(const consent_own_t *own, consent_match_t *m,
    const consent_u8 *text, size_t len, const consent_own_rule_t **limit)
{
    int                        rc;
    uint32_t                   i;
    uint64_t                   found;
    const consent_own_rule_t  *r;

    found = 0;

    if (own->ninlines && own->text_words) {
        found = consent_literals_find(own->text_words, text, len);
    }

    for (i = 0; i < own->ninlines; i++) {
        r = &own->elts[own->inlines[i]];

        if (r->literal && !(found >> (r->literal - 1) & 1)) {
            continue;
        }

        rc = consent_regex_match(m, r->regex, text, len);

        if (rc > 0) {
            return r;
        }

        if (rc < 0 && *limit == NULL) {
            *limit = r;
        }
    }

    return NULL;
}


/*
 * An address of a script has a rule's word in it if the script has, or the
 * page's own address does, which it may be relative to.  Letters in escapes
 * are consent_inline_scan()'s, but for those beyond ASCII, of which IDNA may
 * make others.
 */

int
consent_own_may(const consent_own_t *own, const consent_url_t *page,
    const consent_u8 *text, size_t len)
{
    const consent_u8  *p, *end;

    if (own->n == own->ninlines) {
        return 0;
    }

    if (!own->worded || own->url_words == NULL
        || consent_literals_find(own->url_words, text, len))
    {
        return 1;
    }

    if (page && consent_literals_find(own->url_words, page->href.data,
                                      page->href.len))
    {
        return 1;
    }

    end = text + len;

    for (p = text; /* void */ ; p++) {
        p = consent_scan_byte(p, end, '%');

        if (end - p < 3) {
            return 0;
        }

        if (consent_hex(p[1]) > 7 && consent_hex(p[2]) >= 0) {
            return 1;
        }
    }
}
