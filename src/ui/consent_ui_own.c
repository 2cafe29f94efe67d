
/*
 * consent_text: an operator's own texts, {"de": {"accept": "Ja, gern"}}.
 */

#include "consent_ui_out.h"
#include "consent_ui_json.h"


#define CONSENT_UI_OWN_KEY_MAX   80
#define CONSENT_UI_OWN_TEXT_MAX  4096


typedef struct consent_ui_own_text_s  consent_ui_own_text_t;
typedef struct consent_ui_own_lang_s  consent_ui_own_lang_t;

struct consent_ui_own_text_s {
    consent_str_t           key;
    consent_str_t           text;
    consent_ui_own_text_t  *next;
};

struct consent_ui_own_lang_s {
    consent_str_t           tag;
    int                     builtin;   /* -1: a language that we have not */
    unsigned                rtl;
    consent_ui_own_text_t  *texts;
    consent_ui_own_lang_t  *next;
};

struct consent_ui_own_s {
    consent_ui_own_lang_t  *langs;     /* in the file's order */
};

static int
consent_ui_str_is(consent_str_t s, const char *lit)
{
    return s.len == strlen(lit) && memcmp(s.data, lit, s.len) == 0;
}


static int
consent_ui_ends(consent_str_t s, const char *end)
{
    size_t  n;

    n = strlen(end);

    return s.len > n && memcmp(s.data + s.len - n, end, n) == 0;
}


static int
consent_ui_own_known(consent_str_t key)
{
    unsigned  i;

    for (i = 0; i < CONSENT_UI_NTEXTS; i++) {
        if (key.len == consent_ui_keys[i].len
            && memcmp(key.data, consent_ui_keys[i].data, key.len) == 0)
        {
            return 1;
        }
    }

    if (key.len > 5 && key.len < 8 && memcmp(key.data, "link_", 5) == 0) {
        for (i = 5; i < key.len; i++) {
            if (key.data[i] < '0' || key.data[i] > '9') {
                return 0;
            }
        }

        return 1;
    }

    return consent_ui_ends(key, "_title") || consent_ui_ends(key, "_text");
}


static int
consent_ui_own_pair(consent_ui_json_t *j, consent_ui_own_lang_t *lang)
{
    int                     rc;
    const consent_u8       *at;
    consent_str_t           key, text;
    consent_ui_own_text_t  *t;

    consent_ui_json_space(j);
    at = j->p;

    rc = consent_ui_json_string(j, &key, CONSENT_UI_OWN_KEY_MAX);
    if (rc != CONSENT_OK) {
        return rc;
    }

    if (!consent_ui_str_is(key, "dir") && !consent_ui_own_known(key)) {
        return consent_ui_json_fail(j, at, "there is no text \"%.*s\"; the "
                   "names are those of src/ui/lang/en.json, CATEGORY_title, "
                   "CATEGORY_text, link_1, link_2 ... and dir",
                   (int) key.len, (const char *) key.data);
    }

    rc = consent_ui_json_expect(j, ':');
    if (rc != CONSENT_OK) {
        return rc;
    }

    consent_ui_json_space(j);
    at = j->p;

    rc = consent_ui_json_string(j, &text, CONSENT_UI_OWN_TEXT_MAX);
    if (rc != CONSENT_OK) {
        return rc;
    }

    if (text.len == 0) {
        return consent_ui_json_fail(j, at, "this text is empty");
    }

    if (consent_ui_str_is(key, "dir")) {
        if (!consent_ui_str_is(text, "ltr") && !consent_ui_str_is(text, "rtl"))
        {
            return consent_ui_json_fail(j, at,
                                        "\"dir\" is \"ltr\" or \"rtl\"");
        }

        lang->rtl = consent_ui_str_is(text, "rtl");
        return CONSENT_OK;
    }

    t = j->alloc->alloc(j->alloc->ctx, sizeof(consent_ui_own_text_t));
    if (t == NULL) {
        return CONSENT_ERROR;
    }

    t->key = key;
    t->text = text;
    t->next = lang->texts;
    lang->texts = t;

    return CONSENT_OK;
}


static int
consent_ui_own_language(consent_ui_json_t *j, consent_ui_own_lang_t *lang)
{
    int                rc;
    size_t             i;
    const consent_u8  *at;

    consent_ui_json_space(j);
    at = j->p;

    rc = consent_ui_json_string(j, &lang->tag, 35);
    if (rc != CONSENT_OK) {
        return rc;
    }

    for (i = 0; i < lang->tag.len; i++) {
        if (!((lang->tag.data[i] | 0x20) >= 'a'
              && (lang->tag.data[i] | 0x20) <= 'z')
            && !(lang->tag.data[i] >= '0' && lang->tag.data[i] <= '9')
            && lang->tag.data[i] != '-')
        {
            break;
        }
    }

    if (lang->tag.len == 0
        || (i < lang->tag.len && !consent_ui_str_is(lang->tag, "*")))
    {
        return consent_ui_json_fail(j, at, "a language tag (\"de\", "
                                    "\"zh-Hans\") or \"*\" should be here");
    }

    rc = consent_ui_json_expect(j, ':');
    if (rc != CONSENT_OK) {
        return rc;
    }

    rc = consent_ui_json_expect(j, '{');
    if (rc != CONSENT_OK) {
        return rc;
    }

    consent_ui_json_space(j);

    if (j->p < j->end && *j->p == '}') {
        j->p++;
        return CONSENT_OK;
    }

    do {
        rc = consent_ui_own_pair(j, lang);
        if (rc != CONSENT_OK) {
            return rc;
        }

        rc = consent_ui_json_more(j);

    } while (rc == 1);

    return rc;
}


/* the number of the built-in language with exactly this tag */

static int
consent_ui_own_builtin(consent_str_t tag)
{
    int     i;
    size_t  k;

    for (i = 0; i < CONSENT_UI_NLANGS; i++) {

        if (consent_ui_langs[i].tag.len != tag.len) {
            continue;
        }

        for (k = 0; k < tag.len; k++) {
            if ((consent_ui_langs[i].tag.data[k] | 0x20)
                != (tag.data[k] | 0x20))
            {
                break;
            }
        }

        if (k == tag.len) {
            return i;
        }
    }

    return -1;
}


int
consent_ui_own_parse(consent_ui_own_t **own, const consent_alloc_t *alloc,
    consent_str_t json, char *err, size_t err_size)
{
    int                     rc;
    consent_ui_json_t       j;
    consent_ui_own_lang_t  *lang, **last;

    j.start = json.data;
    j.p = json.data;
    j.end = json.data + json.len;
    j.alloc = alloc;
    j.err = err;
    j.err_size = err_size;

    if (json.len >= 3 && memcmp(json.data, "\xef\xbb\xbf", 3) == 0) {
        j.p += 3;
    }

    *own = alloc->alloc(alloc->ctx, sizeof(consent_ui_own_t));
    if (*own == NULL) {
        return CONSENT_ERROR;
    }

    (*own)->langs = NULL;
    last = &(*own)->langs;

    rc = consent_ui_json_expect(&j, '{');
    if (rc != CONSENT_OK) {
        return rc;
    }

    consent_ui_json_space(&j);

    if (j.p < j.end && *j.p == '}') {
        j.p++;

    } else {

        do {
            lang = alloc->alloc(alloc->ctx, sizeof(consent_ui_own_lang_t));
            if (lang == NULL) {
                return CONSENT_ERROR;
            }

            memset(lang, 0, sizeof(consent_ui_own_lang_t));

            rc = consent_ui_own_language(&j, lang);
            if (rc != CONSENT_OK) {
                return rc;
            }

            lang->builtin = consent_ui_own_builtin(lang->tag);

            *last = lang;
            last = &lang->next;

            rc = consent_ui_json_more(&j);

        } while (rc == 1);

        if (rc != CONSENT_OK) {
            return rc;
        }
    }

    consent_ui_json_space(&j);

    if (j.p != j.end) {
        return consent_ui_json_fail(&j, j.p, "the file should end here");
    }

    return CONSENT_OK;
}


static const consent_ui_own_text_t *
consent_ui_own_find(const consent_ui_own_lang_t *lang, consent_str_t key)
{
    const consent_ui_own_text_t  *t;

    for (t = lang->texts; t != NULL; t = t->next) {
        if (t->key.len == key.len
            && memcmp(t->key.data, key.data, key.len) == 0)
        {
            return t;
        }
    }

    return NULL;
}


/* languages that only the operator has are numbered after ours */

static int
consent_ui_own_is_extra(const consent_ui_own_lang_t *lang)
{
    return lang->builtin < 0 && !consent_ui_str_is(lang->tag, "*");
}


consent_str_t
consent_ui_own_text(const consent_ui_t *ui, int lang, consent_str_t key)
{
    int                           n;
    consent_str_t                 any;
    const consent_ui_own_lang_t  *l;
    const consent_ui_own_text_t  *t;

    any.data = NULL;
    any.len = 0;

    n = CONSENT_UI_NLANGS;

    for (l = ui->own->langs; l != NULL; l = l->next) {

        if (l->builtin == lang
            || (consent_ui_own_is_extra(l) && n++ == lang))
        {
            t = consent_ui_own_find(l, key);
            if (t != NULL) {
                return t->text;
            }

        } else if (consent_ui_str_is(l->tag, "*")) {
            t = consent_ui_own_find(l, key);
            if (t != NULL) {
                any = t->text;
            }
        }
    }

    return any;
}


static const consent_ui_own_lang_t *
consent_ui_own_extra(const consent_ui_own_t *own, unsigned i)
{
    const consent_ui_own_lang_t  *l;

    for (l = own->langs; l != NULL; l = l->next) {
        if (consent_ui_own_is_extra(l) && i-- == 0) {
            return l;
        }
    }

    return NULL;
}


unsigned
consent_ui_own_nlangs(const consent_ui_own_t *own)
{
    unsigned  n;

    for (n = 0; consent_ui_own_extra(own, n) != NULL; n++) {
        /* void */
    }

    return n;
}


consent_str_t
consent_ui_own_tag(const consent_ui_own_t *own, unsigned i)
{
    const consent_ui_own_lang_t  *l;

    static const consent_str_t    none = consent_null_string;

    l = consent_ui_own_extra(own, i);

    return l ? l->tag : none;
}


int
consent_ui_own_rtl(const consent_ui_own_t *own, unsigned i)
{
    const consent_ui_own_lang_t  *l;

    l = consent_ui_own_extra(own, i);

    return l != NULL && l->rtl;
}


const char *
consent_ui_own_warning(const consent_ui_own_t *own, consent_str_t *lang,
    consent_str_t *key)
{
    const char                   *phrase;
    const consent_ui_own_lang_t  *l;
    const consent_ui_own_text_t  *t;

    for (l = own->langs; l != NULL; l = l->next) {
        for (t = l->texts; t != NULL; t = t->next) {

            phrase = consent_ui_lint(t->text);
            if (phrase != NULL) {
                *lang = l->tag;
                *key = t->key;
                return phrase;
            }
        }
    }

    return NULL;
}
