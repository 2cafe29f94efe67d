
/*
 * The inventory.
 *
 * A name may stand in one of two sets of sixteen rows, chosen by its hash, and
 * a new one goes to the set that has more room: so the table fills to more
 * than four fifths before anything has to go.  Then what is least worth goes:
 * each week unseen halves a count, and what no rule names is worth eight times
 * as much, since it waits for the operator.
 */

#include "consent_inventory.h"

#define CONSENT_INVENTORY_WAYS     16
#define CONSENT_INVENTORY_WEEK     (7 * 24 * 60 * 60)

#define CONSENT_INVENTORY_SEGMENT  48


static uint32_t consent_inventory_hash(unsigned kind, consent_str_t name);
static consent_inventory_row_t *consent_inventory_set(
    consent_inventory_t *inv, uint32_t hash, unsigned which);
static consent_inventory_row_t *consent_inventory_find(
    consent_inventory_t *inv, const consent_inventory_row_t *want,
    uint32_t generation);
static consent_inventory_row_t *consent_inventory_room(
    consent_inventory_t *inv, uint32_t hash, int64_t now);
static uint64_t consent_inventory_worth(const consent_inventory_row_t *row,
    int64_t now);
static void consent_inventory_judge(consent_inventory_row_t *row,
    const consent_inventory_seen_t *seen, uint32_t generation);
static int consent_inventory_personal(const consent_u8 *p, size_t len);


consent_inventory_t *
consent_inventory_init(void *mem, size_t size)
{
    size_t                n;
    consent_inventory_t  *inv;

    n = CONSENT_INVENTORY_WAYS * sizeof(consent_inventory_row_t);

    if (size < sizeof(consent_inventory_t) + n) {
        return NULL;
    }

    n = (size - sizeof(consent_inventory_t)) / n;

    if (n > UINT32_MAX / CONSENT_INVENTORY_WAYS) {
        n = UINT32_MAX / CONSENT_INVENTORY_WAYS;
    }

    inv = mem;

    memset(inv, 0, sizeof(consent_inventory_t)
                   + n * CONSENT_INVENTORY_WAYS
                     * sizeof(consent_inventory_row_t));

    inv->nsets = (uint32_t) n;

    return inv;
}


size_t
consent_inventory_capacity(const consent_inventory_t *inv)
{
    return (size_t) inv->nsets * CONSENT_INVENTORY_WAYS;
}


int
consent_inventory_unknown(const consent_inventory_row_t *row)
{
    return row->source == CONSENT_SOURCE_NONE;
}


/* FNV-1a; then mixed, since both halves choose a set */

static uint32_t
consent_inventory_hash(unsigned kind, consent_str_t name)
{
    size_t    i;
    uint32_t  h;

    h = 2166136261u ^ kind;

    for (i = 0; i < name.len; i++) {
        h = (h ^ name.data[i]) * 16777619u;
    }

    h ^= h >> 16;
    h *= 0x85ebca6bu;
    h ^= h >> 13;
    h *= 0xc2b2ae35u;
    h ^= h >> 16;

    return h;
}


static consent_inventory_row_t *
consent_inventory_set(consent_inventory_t *inv, uint32_t hash, unsigned which)
{
    if (which) {
        hash = (hash >> 16 | hash << 16) * 0x9e3779b1u;
    }

    return inv->rows + (size_t) (hash % inv->nsets) * CONSENT_INVENTORY_WAYS;
}


void
consent_inventory_add(consent_inventory_t *inv,
    const consent_inventory_seen_t *seen, uint32_t generation, int64_t now)
{
    size_t                    i;
    consent_str_t             name;
    consent_inventory_row_t  *row, want;

    name = seen->name;

    if (name.len == 0) {
        return;
    }

    want.cut = 0;

    if (name.len > CONSENT_INVENTORY_NAME_MAX) {
        want.cut = 1;

        if (seen->kind == CONSENT_INVENTORY_HOST) {

            /* whole labels from the end: a pattern that names the host too */

            i = name.len - CONSENT_INVENTORY_NAME_MAX;

            while (i < name.len && name.data[i - 1] != '.') {
                i++;
            }

            if (i == name.len) {
                return;
            }

            name.data += i;
            name.len -= i;

        } else {
            name.len = CONSENT_INVENTORY_NAME_MAX;
        }
    }

    want.kind = (uint8_t) seen->kind;
    want.source = (uint8_t) seen->source;
    want.hash = consent_inventory_hash(seen->kind, name);
    want.name_len = (uint8_t) name.len;
    memcpy(want.name, name.data, name.len);

    want.category_len = 0;

    if (seen->category.len
        && seen->category.len <= CONSENT_INVENTORY_CATEGORY_MAX)
    {
        want.category_len = (uint8_t) seen->category.len;
        memcpy(want.category, seen->category.data, seen->category.len);
    }

    row = consent_inventory_find(inv, &want, generation);

    if (row == NULL) {
        row = consent_inventory_room(inv, want.hash, now);

        if (row->count) {
            inv->evicted++;
        }

        row->count = 0;
        row->blocked = 0;
        row->types = 0;
        row->first = now;
        row->hash = want.hash;
        row->kind = want.kind;
        row->cut = want.cut;
        row->name_len = want.name_len;
        memcpy(row->name, want.name, want.name_len);

        row->page_len = (uint8_t) consent_inventory_page(seen->page,
                                                         row->page);
        consent_inventory_judge(row, seen, generation);

    } else if (row->generation != generation) {
        consent_inventory_judge(row, seen, generation);
    }

    row->category_len = want.category_len;
    memcpy(row->category, want.category, want.category_len);

    row->count++;
    row->blocked += seen->blocked;
    row->last = now;

    if (seen->kind == CONSENT_INVENTORY_HOST) {
        row->types |= (uint32_t) 1 << seen->type;
    }
}


/*
 * The row of this name, judged alike.  Else one of this name that another
 * configuration judged, which is to be judged anew.
 */

static consent_inventory_row_t *
consent_inventory_find(consent_inventory_t *inv,
    const consent_inventory_row_t *want, uint32_t generation)
{
    unsigned                  which, i;
    consent_inventory_row_t  *row, *stale;

    stale = NULL;

    for (which = 0; which < 2; which++) {
        row = consent_inventory_set(inv, want->hash, which);

        for (i = 0; i < CONSENT_INVENTORY_WAYS; i++, row++) {

            if (row->count == 0
                || row->hash != want->hash
                || row->kind != want->kind
                || row->name_len != want->name_len
                || memcmp(row->name, want->name, want->name_len) != 0)
            {
                continue;
            }

            if (row->source == want->source
                && row->category_len == want->category_len
                && memcmp(row->category, want->category, want->category_len)
                   == 0)
            {
                return row;
            }

            if (row->generation != generation) {
                stale = row;
            }
        }
    }

    return stale;
}


static consent_inventory_row_t *
consent_inventory_room(consent_inventory_t *inv, uint32_t hash, int64_t now)
{
    unsigned                  which, i, nfree, best_nfree;
    uint64_t                  worth, least;
    consent_inventory_row_t  *row, *found, *victim, *empty;

    found = NULL;
    best_nfree = 0;
    victim = NULL;
    least = 0;

    for (which = 0; which < 2; which++) {
        row = consent_inventory_set(inv, hash, which);
        nfree = 0;
        empty = NULL;

        for (i = 0; i < CONSENT_INVENTORY_WAYS; i++, row++) {

            if (row->count == 0) {
                nfree++;
                empty = row;
                continue;
            }

            worth = consent_inventory_worth(row, now);

            if (victim == NULL || worth < least) {
                victim = row;
                least = worth;
            }
        }

        if (nfree > best_nfree) {
            best_nfree = nfree;
            found = empty;
        }
    }

    return found ? found : victim;
}


static uint64_t
consent_inventory_worth(const consent_inventory_row_t *row, int64_t now)
{
    int64_t   weeks;
    uint64_t  worth;

    weeks = now > row->last ? (now - row->last) / CONSENT_INVENTORY_WEEK : 0;

    if (weeks > 60) {
        return 0;
    }

    /* not to overflow, and beyond any traffic */

    worth = row->count < (uint64_t) 1 << 60 ? row->count : (uint64_t) 1 << 60;

    if (consent_inventory_unknown(row)) {
        worth *= 8;
    }

    return worth >> weeks;
}


static void
consent_inventory_judge(consent_inventory_row_t *row,
    const consent_inventory_seen_t *seen, uint32_t generation)
{
    size_t  len;

    row->generation = generation;
    row->source = (uint8_t) seen->source;

    len = seen->rule.len;

    if (len > CONSENT_INVENTORY_RULE_MAX) {
        len = CONSENT_INVENTORY_RULE_MAX;
    }

    row->rule_len = (uint8_t) len;

    if (len) {
        memcpy(row->rule, seen->rule.data, len);
    }
}


int
consent_inventory_compare(const void *one, const void *two)
{
    int                             diff;
    size_t                          len;
    const consent_inventory_row_t  *a, *b;

    a = one;
    b = two;

    diff = consent_inventory_unknown(b) - consent_inventory_unknown(a);

    if (diff) {
        return diff;
    }

    if (a->count != b->count) {
        return a->count < b->count ? 1 : -1;
    }

    len = a->name_len < b->name_len ? a->name_len : b->name_len;

    diff = memcmp(a->name, b->name, len);

    return diff ? diff : (int) a->name_len - (int) b->name_len;
}


size_t
consent_inventory_page(consent_str_t path,
    consent_u8 buf[CONSENT_INVENTORY_PAGE_MAX])
{
    size_t             n, len, add;
    const consent_u8  *p, *end, *start;

    if (path.len == 0) {
        return 0;
    }

    p = path.data;
    end = p + path.len;
    n = 0;

    while (p < end && *p != '?' && *p != '#') {

        start = p;

        if (*p == '/') {
            p++;
        }

        while (p < end && *p != '/' && *p != '?' && *p != '#') {
            p++;
        }

        len = (size_t) (p - start);
        add = (*start == '/');

        if (consent_inventory_personal(start + add, len - add)) {

            if (n + add + 1 > CONSENT_INVENTORY_PAGE_MAX) {
                break;
            }

            if (add) {
                buf[n++] = '/';
            }

            buf[n++] = '*';
            continue;
        }

        if (n + len > CONSENT_INVENTORY_PAGE_MAX) {
            break;
        }

        memcpy(buf + n, start, len);
        n += len;
    }

    return n;
}


static int
consent_inventory_personal(const consent_u8 *p, size_t len)
{
    size_t      i, size, digits, letters, run, run_digits, run_letters;
    consent_u8  c;

    size = 0;
    digits = 0;
    run = 0;
    run_digits = 0;
    run_letters = 0;

    for (i = 0; i < len; i++) {
        c = p[i];

        if (c == '%' && len - i > 2) {

            if (memcmp(p + i, "%40", 3) == 0) {
                return 1;
            }

            /* a letter of another script, most often */

            i += 2;
            c = 'a';
        }

        if (c == '@' || c == '=' || c == ';' || c == ':' || c < 0x20) {
            return 1;
        }

        if (++size > CONSENT_INVENTORY_SEGMENT) {
            return 1;
        }

        letters = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

        if (c >= '0' && c <= '9') {
            digits++;
            run_digits++;

        } else if (letters) {
            run_letters++;

        } else {
            run = 0;
            run_digits = 0;
            run_letters = 0;
            continue;
        }

        run++;

        if (digits > 4 || (run >= 16 && run_digits > 1 && run_letters > 1)) {
            return 1;
        }
    }

    return 0;
}
