
/*
 * consentctl: keys, cookies, ledgers and rules of the consent module, without
 * nginx.  Here: what commands there are, arguments, reading, printing.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "consentctl.h"


/* in front of each piece of memory, so that all can be given back */

typedef union ctl_block_u  ctl_block_t;

union ctl_block_u {
    ctl_block_t  *next;
    long double   align;
};


static void *ctl_lend(void *ctx, size_t size);

static ctl_block_t  *ctl_blocks;
consent_alloc_t      ctl_alloc = { ctl_lend, NULL };


#define CTL_RULES_HELP                                                        \
    "  --list FILE            a filter list; may be given again\n"            \
    "  --list-category NAME   of the lists that follow (marketing)\n"         \
    "  --block 'NAME PATTERN' as consent_block; may be given again\n"         \
    "  --allow PATTERN        as consent_allow; may be given again\n"         \
    "  --third-party NAME     as consent_third_party\n"                       \
    "  --no-catalog           without the built-in catalog\n"


static const ctl_command_t  ctl_commands[] = {

    { "keygen", ctl_keygen, "[--rotate] [FILE]",
      "makes a key for consent_secret_file",
      "Prints a new key, or writes it to FILE, which must not be there yet\n"
      "and gets mode 0600.\n"
      "\n"
      "  --rotate   puts the new key first into an existing FILE; the keys\n"
      "             that are there follow, so that what they have signed\n"
      "             stays good.  Reload nginx after that\n"
      "  --keep N   how many keys stay, with the new one (3; at most 8)\n" },

    { "cookie", ctl_cookie, "[--secret FILE] VALUE",
      "reads a consent cookie",
      "VALUE is the cookie's value, or NAME=VALUE.  With the secret file the\n"
      "cookie is verified, too: its MAC covers its name and host.\n"
      "\n"
      "  --secret FILE    as consent_secret_file\n"
      "  --host HOST      the site's host, or consent_cookie's domain\n"
      "                   (localhost, 127.0.0.1)\n"
      "  --name NAME      the cookie's name (__Host-ngx_consent and\n"
      "                   ngx_consent)\n"
      "  --category NAME  one of your own; may be given again\n"
      "  --max-age DAYS   as consent_cookie (180)\n" },

    { "verify", ctl_verify, "[--secret FILE] LEDGER...",
      "verifies a ledger's chain",
      "Give rotated files together, the oldest first; files packed by gzip\n"
      "are read as they are.  Every line that was changed, is missing, out\n"
      "of order or cut is named.  LEDGER.head, beside the last one, tells\n"
      "whether lines are gone from the end.\n"
      "\n"
      "  --secret FILE  also who wrote each line: its mac.  Without it a\n"
      "                 ledger that was written anew as a whole is not told\n"
      "                 from the true one\n" },

    { "stats", ctl_stats, "[--json] LEDGER...",
      "counts choices: by event, category, day, language",
      "  --json  as JSON\n" },

    { "erase", ctl_erase, "--secret FILE --id ID LEDGER...",
      "erases a visitor's id and keeps the chain whole",
      "Overwrites ID in every line that has it and adds a line that says\n"
      "which lines these were, so that \"verify\" still finds the chain\n"
      "whole.  The oldest file first; the last is the one in use, which gets\n"
      "the new lines.  nginx may be running.\n"
      "\n"
      "  --secret FILE  as consent_secret_file\n"
      "  --id ID        as in the cookie, the receipt and the ledger\n" },

    { "check", ctl_check, "[options] URL",
      "which rule decides about a URL, and why not another",
      "  --page URL             the page that asks (http://localhost/)\n"
      "  --type TYPE            other document subdocument script stylesheet\n"
      "                         image media font object xhr ping websocket\n"
      "                         connect (script)\n"
      CTL_RULES_HELP
      "\n"
      "Exit status 0: it loads; 1: it waits for consent.\n" },

    { "scan", ctl_scan, "[options] FILE|-",
      "what would be blocked in a page: where, why, by which rule",
      "  --url URL              the page's own (http://localhost/)\n"
      "  --json                 as JSON\n"
      "  --all                  also third parties that no rule names\n"
      "  --charset NAME         of the page, if its Content-Type names one\n"
      "  --xhtml                read it by XML's rules\n"
      CTL_RULES_HELP
      "\n"
      "Exit status 0: nothing would be blocked; 1: something would.\n" },

    { NULL, NULL, NULL, NULL, NULL }
};


static void *
ctl_lend(void *ctx, size_t size)
{
    ctl_block_t  *b;

    (void) ctx;

    b = malloc(sizeof(ctl_block_t) + size);

    if (b == NULL) {
        return NULL;
    }

    b->next = ctl_blocks;
    ctl_blocks = b;

    return b + 1;
}


void *
ctl_get(size_t size)
{
    void  *p;

    p = ctl_lend(NULL, size);

    if (p == NULL) {
        exit(ctl_fail("out of memory"));
    }

    return p;
}


consent_str_t
ctl_copy(consent_str_t s)
{
    consent_u8     *p;
    consent_str_t   copy;

    p = ctl_get(s.len + 1);

    if (s.len) {
        memcpy(p, s.data, s.len);
    }

    p[s.len] = '\0';

    copy.data = p;
    copy.len = s.len;

    return copy;
}


consent_str_t
ctl_str(const char *s)
{
    consent_str_t  r;

    r.data = (const consent_u8 *) s;
    r.len = strlen(s);

    return r;
}


int
ctl_fail(const char *fmt, ...)
{
    va_list  ap;

    fflush(stdout);
    fputs("consentctl: ", stderr);

    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);

    fputc('\n', stderr);

    return CTL_USAGE;
}


/* an option stands there: "-" alone is a file */

static const char *
ctl_peek(ctl_args_t *args)
{
    const char  *s;

    if (args->end || args->at >= args->argc) {
        return NULL;
    }

    s = args->argv[args->at];

    return (s[0] == '-' && s[1] != '\0') ? s : NULL;
}


int
ctl_option(ctl_args_t *args, const char *name, const char **value)
{
    size_t       n;
    const char  *s;

    s = ctl_peek(args);
    n = strlen(name);

    if (s == NULL || strncmp(s, name, n) != 0) {
        return 0;
    }

    if (s[n] == '=') {
        *value = s + n + 1;
        args->at++;
        return 1;
    }

    if (s[n] != '\0') {
        return 0;
    }

    if (args->at + 1 >= args->argc) {
        exit(ctl_fail("%s takes a value", name));
    }

    *value = args->argv[args->at + 1];
    args->at += 2;

    return 1;
}


int
ctl_flag(ctl_args_t *args, const char *name)
{
    const char  *s;

    s = ctl_peek(args);

    if (s == NULL || strcmp(s, name) != 0) {
        return 0;
    }

    args->at++;

    return 1;
}


int
ctl_unknown(ctl_args_t *args)
{
    const char  *s;

    s = ctl_peek(args);

    if (s && strcmp(s, "--") == 0) {
        args->end = 1;
        args->at++;
        return 0;
    }

    if (s) {
        (void) ctl_fail("there is no option \"%s\"; "
                        "\"consentctl %s --help\" lists them", s,
                        args->argv[1]);
        return 1;
    }

    return 0;
}


const char *
ctl_next(ctl_args_t *args)
{
    return args->at < args->argc ? args->argv[args->at++] : NULL;
}


int
ctl_slurp(const char *name, consent_str_t *text)
{
    int          err;
    FILE        *f;
    size_t       size, len, n;
    consent_u8  *buf, *more;

    f = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");

    if (f == NULL) {
        (void) ctl_fail("%s: %s", name, strerror(errno));
        return -1;
    }

    size = 65536;
    len = 0;
    buf = ctl_get(size);

    /* a byte is kept for the NUL */

    while ((n = fread(buf + len, 1, size - 1 - len, f)) > 0) {

        len += n;

        if (len == size - 1) {
            more = ctl_get(size * 2);
            memcpy(more, buf, len);
            buf = more;
            size *= 2;
        }
    }

    err = ferror(f) ? errno : 0;

    if (f != stdin) {
        fclose(f);
    }

    if (err) {
        (void) ctl_fail("%s: %s", name, strerror(err));
        return -1;
    }

    buf[len] = '\0';
    text->data = buf;
    text->len = len;

    return 0;
}


int
ctl_keys(const char *name, consent_keys_t *keys)
{
    char           err[256];
    consent_str_t  text;

    if (ctl_slurp(name, &text) != 0) {
        return -1;
    }

    if (consent_keys_parse(keys, text.data, text.len, err, sizeof(err))
        != CONSENT_OK)
    {
        (void) ctl_fail("%s: %s", name, err);
        return -1;
    }

    return 0;
}


/* the length of a character in well-formed UTF-8 (RFC 3629), or 0 */

static size_t
ctl_utf8(const consent_u8 *p, size_t len)
{
    size_t      i, n;
    consent_u8  low, high;

    low = 0x80;
    high = 0xbf;

    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        n = 2;

    } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        n = 3;
        low = (p[0] == 0xe0) ? 0xa0 : 0x80;
        high = (p[0] == 0xed) ? 0x9f : 0xbf;

    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        n = 4;
        low = (p[0] == 0xf0) ? 0x90 : 0x80;
        high = (p[0] == 0xf4) ? 0x8f : 0xbf;

    } else {
        return 0;
    }

    if (n > len || p[1] < low || p[1] > high) {
        return 0;
    }

    for (i = 2; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }

    return n;
}


/* C1 controls are two bytes in UTF-8, and a terminal obeys them as well */

void
ctl_text(FILE *f, consent_str_t s)
{
    size_t             n;
    const consent_u8  *p, *end;

    p = s.data;
    end = p + s.len;

    while (p < end) {

        n = (*p < 0x80) ? 1 : ctl_utf8(p, (size_t) (end - p));

        if (n == 0 || *p < 0x20 || *p == 0x7f
            || (p[0] == 0xc2 && p[1] < 0xa0))
        {
            fputc('?', f);
            p += n ? n : 1;
            continue;
        }

        fwrite(p, 1, n, f);
        p += n;
    }
}


/* RFC 8259; what is no UTF-8 becomes U+FFFD */

void
ctl_json(FILE *f, consent_str_t s)
{
    size_t             n;
    const consent_u8  *p, *end;

    p = s.data;
    end = p + s.len;

    fputc('"', f);

    while (p < end) {

        if (*p == '"' || *p == '\\') {
            fprintf(f, "\\%c", *p++);
            continue;
        }

        if (*p < 0x20 || *p == 0x7f) {
            fprintf(f, "\\u%04x", *p++);
            continue;
        }

        n = (*p < 0x80) ? 1 : ctl_utf8(p, (size_t) (end - p));

        if (n == 0) {
            fputs("\\ufffd", f);
            p++;
            continue;
        }

        fwrite(p, 1, n, f);
        p += n;
    }

    fputc('"', f);
}


static void
ctl_usage(FILE *f)
{
    const ctl_command_t  *c;

    fputs("consentctl: keys, cookies, ledgers and rules of "
          "ngx_http_consent_module\n\n", f);

    for (c = ctl_commands; c->name; c++) {
        fprintf(f, "  consentctl %s %s\n      %s\n", c->name, c->usage,
                c->what);
    }

    fputs("\n\"consentctl COMMAND --help\" says more, consentctl(1) all.\n"
          "Exit status: 0 good, 1 finding, 2 usage.\n", f);
}


static void
ctl_help(const ctl_command_t *c)
{
    printf("usage: consentctl %s %s\n\n%s: %s.\n\n%s", c->name, c->usage,
           c->name, c->what, c->help);
}


static int
ctl_run(int argc, char **argv)
{
    int                   i;
    ctl_args_t            args;
    const ctl_command_t  *c;

    if (argc < 2) {
        ctl_usage(stderr);
        return CTL_USAGE;
    }

    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        ctl_usage(stdout);
        return CTL_GOOD;
    }

    if (strcmp(argv[1], "--version") == 0) {
        puts("consentctl " CTL_VERSION);
        return CTL_GOOD;
    }

    for (c = ctl_commands; c->name; c++) {
        if (strcmp(argv[1], c->name) == 0) {
            break;
        }
    }

    if (c->name == NULL) {
        return ctl_fail("there is no command \"%s\"; \"consentctl --help\" "
                        "lists them", argv[1]);
    }

    for (i = 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            ctl_help(c);
            return CTL_GOOD;
        }
    }

    memset(&args, 0, sizeof(args));
    args.argc = argc;
    args.argv = argv;
    args.at = 2;

    return c->run(&args);
}


int
main(int argc, char **argv)
{
    int           rc;
    ctl_block_t  *b;

    rc = ctl_run(argc, argv);

    /* what could not be written was not said */

    if (fflush(stdout) == EOF || ferror(stdout)) {
        rc = ctl_fail("standard output: %s", strerror(errno));
    }

    while (ctl_blocks) {
        b = ctl_blocks;
        ctl_blocks = b->next;
        free(b);
    }

    return rc;
}
