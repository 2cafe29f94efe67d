
/*
 * Patterns that must be regular expressions: PCRE2, compiled once with JIT,
 * matched under limits, so that no pattern and no text can hold a worker.
 */

#include <stdarg.h>
#include <stdio.h>

#define PCRE2_CODE_UNIT_WIDTH  8
#include <pcre2.h>

#include "consent_rules_int.h"

/*
 * A match that backtracks further than this does not come from a pattern
 * that was meant.  JIT counts differently from the interpreter, but about as
 * much; heap is in KiB.
 */

#define CONSENT_REGEX_MATCH_LIMIT  200000
#define CONSENT_REGEX_DEPTH_LIMIT  2000
#define CONSENT_REGEX_HEAP_LIMIT   1024
#define CONSENT_REGEX_STACK        (256 * 1024)


void
consent_rules_error(consent_rules_build_t *b, const char *fmt, ...)
{
    va_list  args;

    if (b->err == NULL || b->err_size == 0) {
        return;
    }

    va_start(args, fmt);
    (void) vsnprintf(b->err, b->err_size, fmt, args);
    va_end(args);
}


/*
 * "written" is what the operator wrote, of which "pattern" is a part: the
 * caret is put under the place in the whole.
 */

int
consent_regex_compile(consent_regex_t **out, consent_rules_build_t *b,
    consent_str_t written, consent_str_t pattern, int flags)
{
    int               rc;
    char              msg[128];
    uint32_t          options;
    PCRE2_SIZE        offset, at;
    pcre2_code       *code;
    consent_regex_t  *re;

    options = PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C;

    if (flags & CONSENT_REGEX_NOCASE) {
        options |= PCRE2_CASELESS;
    }

    re = b->alloc.alloc(b->alloc.ctx, sizeof(consent_regex_t));
    if (re == NULL) {
        return CONSENT_ERROR;
    }

    code = pcre2_compile(pattern.data, pattern.len, options, &rc, &offset,
                         NULL);

    if (code == NULL) {
        if (rc == PCRE2_ERROR_HEAP_FAILED) {
            return CONSENT_ERROR;
        }

        (void) pcre2_get_error_message(rc, (PCRE2_UCHAR *) msg, sizeof(msg));

        at = (PCRE2_SIZE) (pattern.data - written.data) + offset;

        consent_rules_error(b, "pattern does not compile: %s\n"
                            "    %.*s\n    %*s^",
                            msg, (int) written.len,
                            (const char *) written.data, (int) at, "");

        return CONSENT_DECLINED;
    }

    /* without JIT (some systems forbid it) the interpreter does the work */

    (void) pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);

    re->code = code;
    re->next = NULL;
    *out = re;

    return CONSENT_OK;
}


void
consent_regex_free(consent_regex_t *re)
{
    for ( /* void */ ; re; re = re->next) {
        pcre2_code_free(re->code);
        re->code = NULL;
    }
}


int
consent_regex_match(consent_match_t *m, const consent_regex_t *re,
    const consent_u8 *s, size_t len)
{
    int  rc;

    rc = pcre2_match(re->code, s, len, 0, 0, m->data, m->context);

    if (rc >= 0) {
        return 1;
    }

    if (rc == PCRE2_ERROR_NOMATCH) {
        return 0;
    }

    m->limits++;

    return -1;
}


consent_match_t *
consent_match_create(consent_alloc_t *alloc)
{
    consent_match_t      *m;
    pcre2_match_context  *context;

    m = alloc->alloc(alloc->ctx, sizeof(consent_match_t));
    if (m == NULL) {
        return NULL;
    }

    memset(m, 0, sizeof(consent_match_t));

    if (consent_work_init(&m->work, alloc) != CONSENT_OK) {
        return NULL;
    }

    consent_inline_scan_init(&m->scan);

    /* one pair of offsets: what was matched is of no interest */

    m->data = pcre2_match_data_create(1, NULL);

    context = pcre2_match_context_create(NULL);
    m->context = context;

    m->stack = pcre2_jit_stack_create(32 * 1024, CONSENT_REGEX_STACK, NULL);

    if (m->data == NULL || context == NULL) {
        consent_match_destroy(m);
        return NULL;
    }

    (void) pcre2_set_match_limit(context, CONSENT_REGEX_MATCH_LIMIT);
    (void) pcre2_set_depth_limit(context, CONSENT_REGEX_DEPTH_LIMIT);
    (void) pcre2_set_heap_limit(context, CONSENT_REGEX_HEAP_LIMIT);

    /* NULL where JIT is not available: then it is not needed either */

    if (m->stack) {
        pcre2_jit_stack_assign(context, NULL, m->stack);
    }

    return m;
}


consent_work_t *
consent_match_work(consent_match_t *m)
{
    return &m->work;
}


void
consent_match_destroy(consent_match_t *m)
{
    if (m == NULL) {
        return;
    }

    consent_work_done(&m->work);

    pcre2_match_data_free(m->data);
    pcre2_match_context_free(m->context);
    pcre2_jit_stack_free(m->stack);
}


uint64_t
consent_match_limits(const consent_match_t *m)
{
    return m->limits;
}
