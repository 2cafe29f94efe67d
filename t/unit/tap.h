
/*
 * A tiny TAP writer for the core's unit tests.  A test file is a main() of
 * ok() calls that ends with "return tap_done();".
 */

#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int  tap_n;
static int  tap_failed;


__attribute__((format(printf, 4, 5), unused))
static int
tap_ok(int pass, const char *file, int line, const char *fmt, ...)
{
    va_list  args;

    tap_n++;

    printf("%sok %d - ", pass ? "" : "not ", tap_n);

    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);

    printf("\n");

    if (!pass) {
        tap_failed++;
        printf("#   failed at %s line %d\n", file, line);
    }

    fflush(stdout);

    return pass;
}


/* prints a string as a diagnostic, with what is not printable escaped */

__attribute__((unused))
static void
tap_show(const char *what, const void *data, size_t len)
{
    size_t                i;
    const unsigned char  *p;

    p = data;
    printf("#   %s: \"", what);

    for (i = 0; i < len && i < 2000; i++) {
        if (p[i] >= 0x20 && p[i] < 0x7f && p[i] != '\\') {
            putchar(p[i]);

        } else {
            printf("\\x%02x", p[i]);
        }
    }

    printf("\"%s\n", i < len ? " ..." : "");
}


__attribute__((unused))
static int
tap_is(const void *got, size_t got_len, const void *want, size_t want_len,
    const char *file, int line, const char *name)
{
    int  pass;

    pass = (got_len == want_len
            && (got_len == 0 || memcmp(got, want, got_len) == 0));

    (void) tap_ok(pass, file, line, "%s", name);

    if (!pass) {
        tap_show("got", got, got_len);
        tap_show("want", want, want_len);
    }

    return pass;
}


__attribute__((unused))
static int
tap_done(void)
{
    printf("1..%d\n", tap_n);

    return tap_failed ? 1 : 0;
}


/* ok(condition, "format", ...) */

#define ok(cond, ...)  tap_ok(!!(cond), __FILE__, __LINE__, __VA_ARGS__)

/* two byte strings with lengths */

#define is_mem(got, gl, want, wl, name)                                      \
    tap_is(got, gl, want, wl, __FILE__, __LINE__, name)

/* two C strings */

#define is_str(got, want, name)                                              \
    tap_is(got, strlen(got), want, strlen(want), __FILE__, __LINE__, name)

#define diag(...)                                                            \
    do { printf("# "); printf(__VA_ARGS__); printf("\n"); } while (0)

#endif /* TAP_H */
