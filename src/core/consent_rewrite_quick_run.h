
/*
 * The loop of consent_rewrite_quick.c, which includes it once for each way of
 * looking for a byte: QUICK(x) is a name of that way's.
 */

/* the attributes of a start tag, from behind its name to its ">", or NULL */

QUICK_INLINE const consent_u8 *
QUICK(attrs)(consent_html_tokenizer_t *t, const consent_u8 *tag,
    const consent_u8 *q, const consent_u8 *stop, const uint32_t *names)
{
    size_t                len;
    unsigned              n;
    consent_u8            first, quote;
    const consent_u8     *p, *name;
    consent_html_attr_t   attr;


    /* more of them the tokenizer would deal with in parts */

    for (n = 0; n <= CONSENT_HTML_ATTRS; /* void */ ) {

        if (q == stop) {
            return NULL;
        }

        first = *q;

        if (first == ' ') {
            if (++q == stop) {
                return NULL;
            }

            first = *q;
        }

        if (first <= '>') {

            if (first == '>') {
                return q;
            }

            if (first == '/') {
                q++;
                continue;
            }

            if (quick_space(first)) {
                q = consent_scan_blanks(q + 1, stop);
                continue;
            }
        }

        n++;

        /* most are: a name, of 17 bytes at most, =" and what is of no
         * interest */

        if (stop - q > 32 && first > '>') {

            name = q;
            len = QUICK(attr_len)(q + 1) + 1;
            p = q + len;
            quote = p[1];

            if (p[0] == '=' && (quote == '"' || quote == '\'')) {

                p += 2;
                q = QUICK(find)(p, stop, quote);

                if (q == stop) {
                    return NULL;
                }

                if (names[len] >> (first & 31) & 1) {
                    attr.name = (uint32_t) (name - tag);
                    attr.name_len = (uint16_t) len;
                    attr.value = (uint32_t) (p - tag);
                    attr.value_len = (uint32_t) (q - p);
                    attr.quote = quote;
                    attr.assigned = 1;
                    attr.open = 0;

                    if (!consent_rw_quick_keep(t, &attr, tag)) {
                        return NULL;
                    }
                }

                q++;
                continue;
            }
        }

        q = quick_attr(t, tag, q, stop, names);

        if (q == NULL) {
            return NULL;
        }
    }

    return NULL;
}


static int
QUICK(run)(consent_rewrite_t *cr, consent_machine_t *m)
{
    int                        rc, done, end_tag;
    size_t                     n;
    unsigned                   id, cls, flags;
    uint32_t                   hash, entry, attrs;
    consent_tree_t            *tree;
    const uint32_t            *names;
    const consent_u8          *p, *q, *end, *name, *past;
    consent_html_tokenizer_t  *t;

    t = &m->tok;
    tree = &m->tree;
    names = cr->conf->gate ? consent_rw_quick_names : quick_nothing;
    rc = CONSENT_OK;
    t->nattrs = 0;

    p = cr->chunk + (t->pos - cr->chunk_pos);
    end = cr->chunk + cr->chunk_len;
    past = (end - p < QUICK_ROOM) ? p : end - QUICK_ROOM + 1;

    for ( ;; ) {
        q = QUICK(open)(p, end);

        if (q != p && (tree->frameset_ok || !quick_settled(tree))) {
            break;
        }

        p = q;

        if (p >= past) {
            break;
        }

        end_tag = (p[1] == '/');
        name = p + 1 + end_tag;

        cls = quick_name(name, QUICK(tag_len)(name), &n, &id, &hash);

        if (cls == QUICK_NO) {
            q = cr->conf->marker ? NULL : quick_comment(p, end);

            if (q == NULL) {
                break;
            }

            p = q;
            continue;
        }

        entry = consent_tree_entry(id, hash);

        if (end_tag) {

            if (name[n] != '>') {
                break;
            }

            q = name + n + 1;
            done = quick_end(tree, cls, entry);

        } else {

            if (cls == QUICK_PLACE && name[n] != '>') {
                break;
            }

            t->count = 0;
            t->nattrs = 0;
            tree->attrs = 0;
            q = name + n;

            if (*q != '>') {
                q = QUICK(attrs)(t, p, q, end, names);

                if (q == NULL || (size_t) (q - p) >= t->limit) {
                    break;
                }

                if (cls == QUICK_FORMAT) {
                    tree->attrs = consent_rw_attrs(id, name + n,
                                                   (size_t) (q - name) - n);
                }

            } else if (cls == QUICK_FORMAT) {
                tree->attrs = consent_rw_attrs(id, q, 0);
            }

            tree->flags = (q[-1] == '/') ? CONSENT_TAG_SELF_CLOSING : 0;
            q++;
            done = quick_start(tree, cls, entry);
        }

        if (!done) {
            flags = tree->flags;
            attrs = tree->attrs;

            if (end_tag) {
                consent_tree_end(tree, id, hash);

            } else {
                (void) consent_tree_start(tree, id, hash, flags, attrs);
            }

            if (tree->error) {
                return CONSENT_ERROR;
            }
        }

        if (t->nattrs) {
            t->self_closing = (q[-2] == '/');
            t->mark = cr->chunk_pos + (uint64_t) (p - cr->chunk);
            t->pos = cr->chunk_pos + (uint64_t) (q - cr->chunk);
            t->end_tag = 0;
            t->parted = 0;

            rc = quick_element(cr, m, id, p, n, hash);

            if (rc != CONSENT_OK) {
                return rc;
            }
        }

        if (!done || t->nattrs) {
            t->nattrs = 0;

            if (!quick_mode(tree) || tree->lost || tree->depth < 2
                || cr->nedits > 8)
            {
                p = q;
                break;
            }
        }

        p = q;
    }

    t->pos = cr->chunk_pos + (uint64_t) (p - cr->chunk);
    t->nattrs = 0;
    t->want_text = consent_tree_wants_text(tree);
    m->part_id = 0xff;

    return rc;
}
