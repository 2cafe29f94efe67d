
/*
 * consentctl: what its commands share.
 *
 * A program that runs and ends: memory is taken from ctl_alloc, kept in one
 * list and given back at the end.
 */

#ifndef CONSENTCTL_H
#define CONSENTCTL_H

#include <stdio.h>

#include "consent_cookie.h"
#include "consent_core.h"
#include "consent_rules.h"

#define CTL_VERSION  "0.1.0"

/* exit statuses */

#define CTL_GOOD      0
#define CTL_FINDING   1
#define CTL_USAGE     2

typedef struct {
    int     argc;
    char  **argv;
    int     at;               /* of what comes next */
    int     end;              /* "--" was read: no options from here */
} ctl_args_t;

typedef struct {
    const char  *name;
    int        (*run)(ctl_args_t *args);
    const char  *usage;       /* what follows the name */
    const char  *what;        /* in one line */
    const char  *help;        /* all of it, with LF */
} ctl_command_t;

int ctl_keygen(ctl_args_t *args);
int ctl_cookie(ctl_args_t *args);
int ctl_verify(ctl_args_t *args);
int ctl_stats(ctl_args_t *args);
int ctl_erase(ctl_args_t *args);
int ctl_check(ctl_args_t *args);
int ctl_scan(ctl_args_t *args);

extern consent_alloc_t  ctl_alloc;

/* memory of ctl_alloc; ends the program when there is none */
void *ctl_get(size_t size);
consent_str_t ctl_copy(consent_str_t s);
consent_str_t ctl_str(const char *s);

/*
 * The next option with a value ("--name VALUE" or "--name=VALUE"), or without
 * one: 1 if that is what stands there, and it is passed over.
 */

int ctl_option(ctl_args_t *args, const char *name, const char **value);
int ctl_flag(ctl_args_t *args, const char *name);

/* 1 if an option stands there, which the caller does not know; says so */
int ctl_unknown(ctl_args_t *args);

/* the next argument that is no option, or NULL */
const char *ctl_next(ctl_args_t *args);

/* prints "consentctl: ..." on standard error; returns CTL_USAGE */
int ctl_fail(const char *fmt, ...);

/* the whole of a file ("-": standard input), with a NUL after it; -1 and a
 * message if it cannot be read */
int ctl_slurp(const char *name, consent_str_t *text);

/* of a secret file; -1 and a message */
int ctl_keys(const char *name, consent_keys_t *keys);

/* for a terminal: control characters are not let through; for JSON: with its
 * quotes */
void ctl_text(FILE *f, consent_str_t s);
void ctl_json(FILE *f, consent_str_t s);

#define ctl_is(s, text)                                                       \
    ((s).len == sizeof(text) - 1                                              \
     && memcmp((s).data, text, sizeof(text) - 1) == 0)


/*
 * Rules as check and scan have them from the command line.
 */

typedef struct {
    consent_rules_t        *rules;
    consent_match_t        *match;
    consent_rules_build_t   build;
    consent_str_t           names[CONSENT_CATEGORIES_MAX];
    unsigned                ncategories;
    int                     list_category;
    unsigned                nallow;
    unsigned                nblock;
    unsigned                nlists;
    unsigned                no_catalog:1;
    int                     third_party;
    consent_list_t         *lists[16];
    const char             *page_text;
    consent_url_t           page;
    consent_u8              page_buf[CONSENT_URL_MAX];
    char                    err[2048];
} ctl_rules_t;

int ctl_rules_init(ctl_rules_t *r);

/* 1: it was an option for rules, and is read; 0: it was not; -1: wrong */
int ctl_rules_option(ctl_rules_t *r, ctl_args_t *args);

/* after the last option */
int ctl_rules_done(ctl_rules_t *r);
void ctl_rules_free(ctl_rules_t *r);

extern const char *const  ctl_sources[];     /* by consent_source_e */
extern const char *const  ctl_types[];       /* by consent_type_e */


/*
 * The lines of a ledger, of any length; a file packed by gzip is read, too.
 */

typedef struct {
    void        *gz;
    const char  *name;
    consent_u8  *buf;
    size_t       size;
    size_t       start;
    size_t       end;
    uint64_t     left;        /* bytes that may still be read */
    uint64_t     offset;      /* of the line last given */
    uint64_t     next;        /* of the one after it */
    uint64_t     cut;         /* bytes of a line too long that were dropped */
    unsigned     eof:1;
} ctl_lines_t;

/* limit: how far to read; -1 and a message if it cannot be opened */
int ctl_lines_open(ctl_lines_t *l, const char *name, uint64_t limit);

/* 1: a line without its LF; 0: the end; -1 and a message */
int ctl_lines_next(ctl_lines_t *l, consent_str_t *line, int *has_lf);
void ctl_lines_close(ctl_lines_t *l);

#endif /* CONSENTCTL_H */
