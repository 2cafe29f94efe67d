
/*
 * Reads a filter list in Adblock Plus' network syntax, as EasyList and
 * EasyPrivacy use it:
 * https://help.adblockplus.org/hc/en-us/articles/360062733293
 */

#include <stdlib.h>

#include "consent_list.h"


void *
consent_list_alloc(consent_list_read_t *r, size_t size)
{
    void  *p;

    p = r->b->alloc.alloc(r->b->alloc.ctx, size ? size : 1);

    if (p == NULL) {
        r->failed = 1;
    }

    return p;
}


uint32_t
consent_list_hash(const consent_u8 *s, size_t len)
{
    uint32_t    h;
    consent_u8  c;

    for (h = CONSENT_HASH_INIT; len; len--) {
        c = *s++;
        h = consent_hash_step(h, (c >= 'A' && c <= 'Z') ? c | 0x20 : c);
    }

    return h;
}


uint32_t
consent_list_hash_back(const consent_u8 *s, size_t len)
{
    uint32_t    h;
    consent_u8  c;

    for (h = CONSENT_HASH_INIT; len; len--) {
        c = s[len - 1];
        h = consent_hash_step(h, (c >= 'A' && c <= 'Z') ? c | 0x20 : c);
    }

    return h;
}


int
consent_list_is(const consent_u8 *s, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(s, word, len) == 0;
}


int
consent_list_compare(const void *a, const void *b)
{
    uint32_t  x, y;

    x = *(const uint32_t *) a;
    y = *(const uint32_t *) b;

    return (x > y) - (x < y);
}


/* where the options begin, or len: after the last "$" that options follow */

static size_t
consent_list_dollar(const consent_u8 *s, size_t len)
{
    size_t      i;
    consent_u8  c;

    for (i = len; i > 0; i--) {

        if (s[i - 1] != '$') {
            continue;
        }

        c = (i < len) ? s[i] : 0;

        if ((c >= 'a' && c <= 'z') || c == '~' || c == '_'
            || (c >= '0' && c <= '9'))
        {
            return i - 1;
        }
    }

    return len;
}


/* element hiding and scriptlets: "##", "#@#", "#?#", "#$#", "#%#" */

static int
consent_list_cosmetic(const consent_u8 *s, size_t len)
{
    size_t             k;
    const consent_u8  *p, *end;

    end = s + len;

    for (p = s; (p = memchr(p, '#', (size_t) (end - p))) != NULL; p++) {

        for (k = 1; p + k < end && k < 4 && strchr("@?$%", p[k]); k++) {
            /* void */
        }

        if (p + k < end && p[k] == '#') {
            return 1;
        }
    }

    return 0;
}


/* the hash of a filter, $badfilter aside, so that one can take back another */

static uint32_t
consent_list_identity(const consent_u8 *s, size_t len)
{
    size_t    n, dollar;
    uint32_t  h;

    dollar = consent_list_dollar(s, len);
    h = consent_list_hash(s, dollar);

    for (s += dollar, len -= dollar; len; /* void */ ) {
        s++;
        len--;

        for (n = 0; n < len && s[n] != ','; n++) { /* void */ }

        /* in any order */

        if (!consent_list_is(s, n, "badfilter")) {
            h += consent_list_hash(s, n) * 3;
        }

        s += n;
        len -= n;
    }

    return h;
}


/* anchors and wildcards at the ends off; what is left is the pattern */

static void
consent_list_pattern(consent_filter_t *f, const consent_u8 *s, size_t len)
{
    size_t  i;

    if (len >= 2 && s[0] == '|' && s[1] == '|') {
        f->flags |= CONSENT_FILTER_HOST;
        s += 2;
        len -= 2;

    } else if (len && s[0] == '|') {
        f->flags |= CONSENT_FILTER_START;
        s++;
        len--;
    }

    if (len && s[len - 1] == '|') {
        f->flags |= CONSENT_FILTER_END;
        len--;
    }

    while (len && s[len - 1] == '*') {
        f->flags &= (uint16_t) ~CONSENT_FILTER_END;
        len--;
    }

    while (len && s[0] == '*') {
        f->flags &= (uint16_t) ~(CONSENT_FILTER_HOST | CONSENT_FILTER_START);
        s++;
        len--;
    }

    f->pattern = s;
    f->len = (uint16_t) len;

    if (!(f->flags & CONSENT_FILTER_HOST)) {
        return;
    }

    /* a whole host: up to what ends one */

    for (i = 0; i < len; i++) {

        if (s[i] == '/' || s[i] == '^' || s[i] == ':' || s[i] == '?') {
            f->host_len = (uint16_t) i;
            break;
        }

        if (s[i] == '*') {
            break;
        }
    }

    if (i == len && (f->flags & CONSENT_FILTER_END)) {
        f->host_len = (uint16_t) len;
    }
}


static void
consent_list_regex(consent_list_read_t *r, consent_filter_t *f)
{
    consent_str_t          re;
    consent_rules_build_t  quiet;

    re.data = f->pattern + 1;
    re.len = f->len - 2u;

    quiet = *r->b;
    quiet.err = NULL;
    quiet.err_size = 0;

    if (consent_regex_compile(&f->regex, &quiet, re, re,
                              (f->flags & CONSENT_FILTER_CASE)
                              ? 0 : CONSENT_REGEX_NOCASE)
        != CONSENT_OK)
    {
        f->regex = NULL;
        return;
    }

    f->regex->next = r->list->regexes;
    r->list->regexes = f->regex;
}


/* one line; lower is the same line in lower case */

static void
consent_list_line(consent_list_read_t *r, const consent_u8 *s,
    const consent_u8 *lower, size_t len)
{
    size_t             dollar, skip;
    uint32_t           h;
    consent_list_t    *list;
    consent_filter_t  *f;

    list = r->list;
    f = &list->filters[list->nfilters];

    memset(f, 0, sizeof(consent_filter_t));
    f->types = CONSENT_FILTER_TYPES;
    f->rule = s;
    f->rule_len = (uint32_t) len;

    if (consent_list_cosmetic(s, len)) {
        list->stats.cosmetic++;
        return;
    }

    skip = 0;

    if (len > 2 && s[0] == '@' && s[1] == '@') {
        f->flags |= CONSENT_FILTER_EXCEPT;
        skip = 2;
    }

    dollar = consent_list_dollar(s, len);

    if (dollar < len
        && !consent_list_options(r, f, lower + dollar + 1, len - dollar - 1))
    {
        list->stats.unsupported++;
        return;
    }

    if (f->flags & CONSENT_FILTER_BAD) {
        h = consent_list_identity(s, len);
        r->nbad++;
        r->bad[-(ptrdiff_t) r->nbad].types = h;
        return;
    }

    len = dollar - skip;

    if (len > UINT16_MAX || memchr(s + skip, ' ', len)) {
        list->stats.invalid++;
        return;
    }

    if (len > 2 && s[skip] == '/' && s[skip + len - 1] == '/') {
        f->flags |= CONSENT_FILTER_REGEX;
        f->pattern = s + skip;
        f->len = (uint16_t) len;

        consent_list_regex(r, f);

        if (f->regex == NULL) {
            list->stats.invalid++;
            return;
        }

        list->stats.regexes++;

    } else {
        consent_list_pattern(f, ((f->flags & CONSENT_FILTER_CASE) ? s : lower)
                                + skip, len);

        /* a filter that names nothing at all would be for every request */

        if (f->len == 0 && dollar == f->rule_len) {
            list->stats.invalid++;
            return;
        }
    }

    list->nfilters++;
    list->flags |= f->flags;

    if (f->flags & CONSENT_FILTER_EXCEPT) {
        list->stats.exceptions++;

    } else {
        list->stats.rules++;
    }
}


static int
consent_list_bad_cmp(const void *a, const void *b)
{
    uint32_t  x, y;

    x = ((const consent_filter_t *) a)->types;
    y = ((const consent_filter_t *) b)->types;

    return (x > y) - (x < y);
}


static void
consent_list_badfilters(consent_list_read_t *r)
{
    uint32_t           i;
    consent_filter_t  *f, *bad, key;

    if (r->nbad == 0) {
        return;
    }

    memset(&key, 0, sizeof(key));
    bad = r->bad - r->nbad;
    qsort(bad, r->nbad, sizeof(consent_filter_t), consent_list_bad_cmp);

    for (i = 0; i < r->list->nfilters; i++) {
        f = &r->list->filters[i];
        key.types = consent_list_identity(f->rule, f->rule_len);

        if (bsearch(&key, bad, r->nbad, sizeof(consent_filter_t),
                    consent_list_bad_cmp))
        {
            f->flags |= CONSENT_FILTER_BAD;
        }
    }
}


static void
consent_list_lines(consent_list_read_t *r, const consent_u8 *copy,
    const consent_u8 *lower, size_t len)
{
    size_t  i, start, end;

    for (start = 0; start < len; start = end + 1) {

        for (end = start; end < len && copy[end] != '\n'
             && copy[end] != '\r'; end++)
        {
            /* void */
        }

        i = end;

        while (start < i && (copy[start] == ' ' || copy[start] == '\t')) {
            start++;
        }

        while (i > start && (copy[i - 1] == ' ' || copy[i - 1] == '\t')) {
            i--;
        }

        if (i == start || copy[start] == '!' || copy[start] == '[') {
            continue;
        }

        consent_list_line(r, copy + start, lower + start, i - start);
    }
}


/* "text" may go away after this: the list has copies */

consent_list_t *
consent_list_compile(consent_rules_build_t *b, consent_str_t name,
    const consent_u8 *text, size_t len, int category)
{
    size_t                i, lines;
    consent_u8           *copy, *lower, *n;
    consent_list_t       *list;
    consent_list_read_t   r;

    memset(&r, 0, sizeof(r));
    r.b = b;

    for (lines = 1, i = 0; i < len; i++) {
        lines += (text[i] == '\n' || text[i] == '\r');
    }

    list = consent_list_alloc(&r, sizeof(consent_list_t));
    copy = consent_list_alloc(&r, len);
    lower = consent_list_alloc(&r, len);
    n = consent_list_alloc(&r, name.len);

    if (r.failed) {
        return NULL;
    }

    memset(list, 0, sizeof(consent_list_t));
    memcpy(n, name.data, name.len);
    list->name.data = n;
    list->name.len = name.len;
    list->category = category;
    r.list = list;

    for (i = 0; i < len; i++) {
        copy[i] = text[i];
        lower[i] = (text[i] >= 'A' && text[i] <= 'Z') ? text[i] | 0x20
                                                      : text[i];
    }

    list->filters = consent_list_alloc(&r, lines * sizeof(consent_filter_t));

    if (r.failed) {
        consent_rules_error(b, "no memory for the list");
        return NULL;
    }

    /* a line is a filter or takes one back: these come in from the end */

    r.bad = &list->filters[lines];

    consent_list_lines(&r, copy, lower, len);
    consent_list_badfilters(&r);

    if (!r.failed && consent_list_index(&r) != CONSENT_OK) {
        r.failed = 1;
    }

    if (r.failed) {
        consent_regex_free(list->regexes);
        consent_rules_error(b, "no memory for the list");
        return NULL;
    }

    return list;
}


void
consent_list_destroy(consent_list_t *list)
{
    if (list) {
        consent_regex_free(list->regexes);
        list->regexes = NULL;
    }
}


void
consent_list_stats(const consent_list_t *list, consent_list_stats_t *stats)
{
    *stats = list->stats;
}
