
/*
 * Reads a filter list in Adblock Plus' network syntax, as EasyList and
 * EasyPrivacy use it:
 * https://help.adblockplus.org/hc/en-us/articles/360062733293
 *
 * Each filter is filed under the one of its words that is rarest in the list,
 * under its host where it names one, or, where it has no whole word, under
 * the pages it is for: so that an URL meets few of them, however long the
 * list.
 */

#include <stdlib.h>

#include "consent_list.h"


typedef struct {
    consent_rules_build_t  *b;
    consent_list_t         *list;
    uint16_t               *count;         /* of words, by a part of the hash */
    consent_filter_t       *bad;           /* past those of $badfilter */
    uint32_t                nbad;
    int                     failed;        /* no memory */
} consent_list_read_t;


typedef struct {
    const char             *name;
    uint32_t                types;
} consent_list_type_t;


#define consent_list_bit(t)  (1u << CONSENT_TYPE_##t)

static const consent_list_type_t  consent_list_types[] = {
    { "script",            consent_list_bit(SCRIPT) },
    { "image",             consent_list_bit(IMAGE) },
    { "background",        consent_list_bit(IMAGE) },
    { "stylesheet",        consent_list_bit(STYLESHEET) },
    { "css",               consent_list_bit(STYLESHEET) },
    { "object",            consent_list_bit(OBJECT) },
    { "object-subrequest", consent_list_bit(OBJECT) },
    { "xmlhttprequest",    consent_list_bit(XHR) },
    { "xhr",               consent_list_bit(XHR) },
    { "subdocument",       consent_list_bit(SUBDOCUMENT) },
    { "frame",             consent_list_bit(SUBDOCUMENT) },
    { "ping",              consent_list_bit(PING) },
    { "beacon",            consent_list_bit(PING) },
    { "websocket",         consent_list_bit(WEBSOCKET) },
    { "media",             consent_list_bit(MEDIA) },
    { "font",              consent_list_bit(FONT) },
    { "other",             consent_list_bit(OTHER) },

    /* kinds of requests that are not asked about here */

    { "document",          0 },
    { "doc",               0 },
    { "popup",             0 },
    { "popunder",          0 },
    { "webrtc",            0 },
    { "speculative",       0 }
};


static void *
consent_list_alloc(consent_list_read_t *r, size_t size)
{
    void  *p;

    p = r->b->alloc.alloc(r->b->alloc.ctx, size ? size : 1);

    if (p == NULL) {
        r->failed = 1;
    }

    return p;
}


static int
consent_list_word(consent_u8 c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
           || (c >= 'A' && c <= 'Z');
}


static uint32_t
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


/* as the suffixes of a host are hashed: from its end */

static uint32_t
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


static int
consent_list_is(const consent_u8 *s, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(s, word, len) == 0;
}


static int
consent_list_compare(const void *a, const void *b)
{
    uint32_t  x, y;

    x = *(const uint32_t *) a;
    y = *(const uint32_t *) b;

    return (x > y) - (x < y);
}


/* one pass over "a.com|~b.a.com|c.*" for one of its four kinds */

static uint32_t
consent_list_domain_kind(const consent_u8 *s, size_t len, int no, int entity,
    uint32_t *to, int *valid)
{
    int        is_no, is_entity;
    size_t     i, n;
    uint32_t   count;

    for (count = 0; len; /* void */ ) {

        for (n = 0; n < len && s[n] != '|'; n++) { /* void */ }

        is_no = n > 0 && s[0] == '~';
        i = (size_t) is_no;
        is_entity = n > i + 2 && s[n - 1] == '*' && s[n - 2] == '.';

        if (n == i || s[i] == '/' || memchr(s + i, '*', n - i - (size_t)
                                            (is_entity ? 1 : 0)))
        {
            *valid = 0;
        }

        if (is_no == no && is_entity == entity) {
            to[count++] = consent_list_hash_back(s + i, n - i
                                                 - (is_entity ? 2 : 0));
        }

        s += n;
        len -= n;

        if (len) {
            s++;
            len--;
        }
    }

    if (count > 1) {
        qsort(to, count, sizeof(uint32_t), consent_list_compare);
    }

    return count;
}


static consent_domains_t *
consent_list_domains(consent_list_read_t *r, const consent_u8 *s, size_t len,
    int *valid)
{
    size_t              i, n;
    uint32_t           *h;
    consent_domains_t  *d;

    for (n = 1, i = 0; i < len; i++) {
        n += (s[i] == '|');
    }

    d = consent_list_alloc(r, sizeof(consent_domains_t)
                              + n * sizeof(uint32_t));
    if (d == NULL) {
        return NULL;
    }

    h = (uint32_t *) (d + 1);
    d->hashes = h;

    d->yes = consent_list_domain_kind(s, len, 0, 0, h, valid);
    h += d->yes;
    d->no = consent_list_domain_kind(s, len, 1, 0, h, valid);
    h += d->no;
    d->entity_yes = consent_list_domain_kind(s, len, 0, 1, h, valid);
    h += d->entity_yes;
    d->entity_no = consent_list_domain_kind(s, len, 1, 1, h, valid);

    return d;
}


/* one option; 0: the filter is none that can be used */

static int
consent_list_option(consent_list_read_t *r, consent_filter_t *f,
    const consent_u8 *s, size_t len, uint32_t *yes, uint32_t *no, int *typed)
{
    int                 neg, valid;
    size_t              i, n;
    const consent_u8   *eq;
    consent_domains_t  *d;

    neg = len > 0 && s[0] == '~';
    s += neg;
    len -= (size_t) neg;

    eq = memchr(s, '=', len);

    if (eq) {
        n = (size_t) (eq - s);
        valid = 1;

        if (!consent_list_is(s, n, "domain") && !consent_list_is(s, n, "from")
            && !consent_list_is(s, n, "denyallow"))
        {
            return 0;
        }

        d = consent_list_domains(r, eq + 1, len - n - 1, &valid);

        if (d == NULL || !valid || len == n + 1) {
            return 0;
        }

        if (s[0] == 'd' && s[1] == 'e') {
            f->deny = d;

        } else {
            f->domains = d;
        }

        return 1;
    }

    if (consent_list_is(s, len, "third-party") || consent_list_is(s, len, "3p"))
    {
        f->flags |= neg ? CONSENT_FILTER_FIRST : CONSENT_FILTER_THIRD;
        return 1;
    }

    if (consent_list_is(s, len, "first-party") || consent_list_is(s, len, "1p"))
    {
        f->flags |= neg ? CONSENT_FILTER_THIRD : CONSENT_FILTER_FIRST;
        return 1;
    }

    if (consent_list_is(s, len, "match-case")) {
        f->flags |= CONSENT_FILTER_CASE;
        return !neg;
    }

    if (consent_list_is(s, len, "important")) {
        f->flags |= CONSENT_FILTER_IMPORTANT;
        return !neg;
    }

    if (consent_list_is(s, len, "badfilter")) {
        f->flags |= CONSENT_FILTER_BAD;
        return !neg;
    }

    if (consent_list_is(s, len, "all")) {
        *yes |= CONSENT_FILTER_TYPES;
        *typed = 1;
        return !neg;
    }

    if (len && s[0] == '_') {                     /* a filler */
        return 1;
    }

    for (i = 0;
         i < sizeof(consent_list_types) / sizeof(consent_list_types[0]);
         i++)
    {
        if (consent_list_is(s, len, consent_list_types[i].name)) {

            if (neg) {
                *no |= consent_list_types[i].types;

            } else {
                *yes |= consent_list_types[i].types;
                *typed = 1;
            }

            return 1;
        }
    }

    return 0;
}


static int
consent_list_options(consent_list_read_t *r, consent_filter_t *f,
    const consent_u8 *s, size_t len)
{
    int       typed;
    size_t    n;
    uint32_t  yes, no;

    yes = 0;
    no = 0;
    typed = 0;

    for ( ;; ) {

        for (n = 0; n < len && s[n] != ','; n++) { /* void */ }

        if (!consent_list_option(r, f, s, n, &yes, &no, &typed)) {
            return 0;
        }

        if (n == len) {
            break;
        }

        s += n + 1;
        len -= n + 1;
    }

    f->types = (typed ? yes : CONSENT_FILTER_TYPES) & ~no;

    return f->types != 0 || (f->flags & CONSENT_FILTER_BAD);
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

    if (f->flags & CONSENT_FILTER_IMPORTANT) {
        if (list->nimportant < CONSENT_LIST_IMPORTANT) {
            list->important[list->nimportant] = (uint32_t) (f - list->filters);
        }

        list->nimportant++;
    }

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


/*
 * The next word that must stand in all that a regular expression matches: at
 * its top, without alternatives, between escaped characters as in "\.me\/".
 */

static size_t
consent_list_next_regex(const consent_filter_t *f, size_t i, size_t *len)
{
    size_t             at, end, depth;
    const consent_u8  *p;

    p = f->pattern;

    if (memchr(p, '|', f->len)) {
        return f->len;
    }

    for (depth = 0, at = 0; at < f->len; at++) {

        if (p[at] == '(' || p[at] == '[') {
            depth++;

        } else if (p[at] == ')' || p[at] == ']') {
            depth -= (depth > 0);
        }

        if (p[at] != '\\' || at + 1 >= f->len) {
            continue;
        }

        at++;

        if (consent_list_word(p[at]) || depth || at + 1 < i) {
            continue;
        }

        for (end = at + 1; end < f->len && consent_list_word(p[end]); end++) {
            /* void */
        }

        if (end == at + 1 || end + 2 >= f->len || p[end] != '\\'
            || consent_list_word(p[end + 1]) || p[end + 2] == '?'
            || p[end + 2] == '*' || p[end + 2] == '{')
        {
            continue;
        }

        *len = end - at - 1;

        return at + 1;
    }

    return f->len;
}


/*
 * The next whole word of a pattern: one that has something on both sides that
 * no word has, so that it stands as a whole in any URL that matches.
 */

static size_t
consent_list_next(const consent_filter_t *f, size_t i, size_t *len)
{
    size_t             end;
    const consent_u8  *p;

    p = f->pattern;

    if (f->flags & CONSENT_FILTER_REGEX) {
        return consent_list_next_regex(f, i, len);
    }

    for ( /* void */ ; i < f->len; i = end + 1) {

        for (end = i; end < f->len && consent_list_word(p[end]); end++) {
            /* void */
        }

        if (end == i) {
            continue;
        }

        if (i == 0 ? !(f->flags & (CONSENT_FILTER_HOST
                                   | CONSENT_FILTER_START))
                   : p[i - 1] == '*')
        {
            continue;
        }

        if (end == f->len ? !(f->flags & CONSENT_FILTER_END) : p[end] == '*')
        {
            continue;
        }

        *len = end - i;

        return i;
    }

    return f->len;
}


#define consent_list_count(r, h)  ((r)->count[((h) ^ (h) >> 16) & 0xffff])


static void
consent_list_tally(consent_list_read_t *r)
{
    size_t                   at, len;
    uint32_t                 i, h;
    const consent_filter_t  *f;

    for (i = 0; i < r->list->nfilters; i++) {
        f = &r->list->filters[i];

        if (f->host_len) {
            h = consent_list_hash_back(f->pattern, f->host_len)
                ^ CONSENT_KEY_HOST;

            if (consent_list_count(r, h) < UINT16_MAX) {
                consent_list_count(r, h)++;
            }
        }

        for (at = consent_list_next(f, 0, &len); at < f->len;
             at = consent_list_next(f, at + len, &len))
        {
            h = consent_list_hash(f->pattern + at, len);

            if (consent_list_count(r, h) < UINT16_MAX) {
                consent_list_count(r, h)++;
            }
        }
    }

    /* words that nearly every URL has */

    for (i = 0; i < 5; i++) {
        static const char  *common[] = { "http", "https", "www", "com", "js" };

        h = consent_list_hash((const consent_u8 *) common[i],
                              strlen(common[i]));
        consent_list_count(r, h) = UINT16_MAX;
    }
}


/* the key of a filter; 0: it has none and is filed under its pages */

static uint32_t
consent_list_key(consent_list_read_t *r, consent_filter_t *f)
{
    size_t    at, len;
    uint32_t  h, best, key;

    key = 0;
    best = UINT32_MAX;
    f->key_at = CONSENT_FILTER_AFLOAT;

    if (f->host_len) {
        key = consent_list_hash_back(f->pattern, f->host_len)
              ^ CONSENT_KEY_HOST;
        best = consent_list_count(r, key);
    }

    for (at = consent_list_next(f, 0, &len); at < f->len;
         at = consent_list_next(f, at + len, &len))
    {
        h = consent_list_hash(f->pattern + at, len);

        if (consent_list_count(r, h) < best && best > 1) {
            best = consent_list_count(r, h);
            key = h;

            f->key_at = memchr(f->pattern, '*', at) ? CONSENT_FILTER_AFLOAT
                                                    : (uint16_t) at;
        }
    }

    return key;
}


static uint32_t
consent_list_file(consent_list_read_t *r, uint32_t n, uint32_t entries)
{
    uint32_t                 key, i;
    consent_filter_t        *f;
    const consent_domains_t *d;

#define consent_list_entry(k)                                                 \
    do {                                                                      \
        if (r->list->entries) {                                               \
            r->list->entries[entries].key = (k);                              \
            r->list->entries[entries].filter = n;                             \
        }                                                                     \
        entries++;                                                            \
    } while (0)

    f = &r->list->filters[n];

    if (f->flags & CONSENT_FILTER_BAD) {
        return entries;
    }

    key = consent_list_key(r, f);

    if (key) {
        consent_list_entry(key);
        return entries;
    }

    d = f->domains;

    if (d == NULL || d->yes + d->entity_yes == 0) {
        consent_list_entry(CONSENT_KEY_ANY);
        return entries;
    }

    for (i = 0; i < d->yes; i++) {
        consent_list_entry(d->hashes[i] ^ CONSENT_KEY_PAGE);
    }

    for (i = 0; i < d->entity_yes; i++) {
        consent_list_entry(d->hashes[d->yes + d->no + i] ^ CONSENT_KEY_ENTITY);
    }

#undef consent_list_entry

    return entries;
}


static int
consent_list_index(consent_list_read_t *r)
{
    uint32_t                i, n, size, at, keys;
    consent_list_t         *list;
    consent_filter_slot_t  *s;

    list = r->list;

    for (n = 0, i = 0; i < list->nfilters; i++) {
        n = consent_list_file(r, i, n);
    }

    list->entries = consent_list_alloc(r, n * sizeof(consent_filter_entry_t));
    if (list->entries == NULL) {
        return CONSENT_ERROR;
    }

    for (n = 0, i = 0; i < list->nfilters; i++) {
        n = consent_list_file(r, i, n);
    }

    list->nentries = n;

    /* the key is an entry's first member */

    qsort(list->entries, n, sizeof(consent_filter_entry_t),
          consent_list_compare);

    for (keys = 0, i = 0; i < n; i++) {
        keys += (i == 0 || list->entries[i].key != list->entries[i - 1].key);
    }

    /* one bit in sixteen, at most, is set */

    for (size = 32; size < keys * 16; size *= 2) { /* void */ }

    list->bits = consent_list_alloc(r, size / 8);
    list->bits_mask = size / 32 - 1;

    if (list->bits == NULL) {
        return CONSENT_ERROR;
    }

    memset(list->bits, 0, size / 8);

    for (i = 0; i < n; i++) {
        list->bits[consent_list_word_of(list->entries[i].key)
                   & list->bits_mask]
            |= consent_list_bit_of(list->entries[i].key);
    }

    for (size = 16; size < keys * 2; size *= 2) { /* void */ }

    list->slots = consent_list_alloc(r, size * sizeof(consent_filter_slot_t));
    if (list->slots == NULL) {
        return CONSENT_ERROR;
    }

    memset(list->slots, 0, size * sizeof(consent_filter_slot_t));
    list->mask = size - 1;

    for (s = NULL, i = 0; i < n; i++) {

        if (s && s->key == list->entries[i].key) {
            s->n++;
            continue;
        }

        for (at = list->entries[i].key & list->mask; list->slots[at].first;
             at = (at + 1) & list->mask)
        {
            /* void */
        }

        s = &list->slots[at];
        s->key = list->entries[i].key;
        s->first = i + 1;
        s->n = 1;
    }

    return CONSENT_OK;
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

    r.count = consent_list_alloc(&r, 65536 * sizeof(uint16_t));

    if (r.failed) {
        consent_rules_error(b, "no memory for the list");
        return NULL;
    }

    memset(r.count, 0, 65536 * sizeof(uint16_t));

    /* a line is a filter or takes one back: these come in from the end */

    r.bad = &list->filters[lines];

    consent_list_lines(&r, copy, lower, len);
    consent_list_badfilters(&r);
    consent_list_tally(&r);

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
