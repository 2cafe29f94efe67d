
/*
 * Runs a fuzz target where there is no fuzzer: inputs made of seeds and words
 * of a dictionary, cut, joined and changed at random, but the same ones each
 * time.
 *
 *     TARGET SECONDS DICTIONARY SEED...
 *
 * for as many seconds; then how many there were.  An input that takes a minute
 * of the processor's time is a finding.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define WORDS  256
#define LEN    512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t   words[WORDS][LEN];
static size_t    lens[WORDS];
static unsigned  nwords;
static uint32_t  state = 2463534242u;


static unsigned
any(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;

    return state % n;
}


static void
add(const uint8_t *p, size_t len)
{
    if (nwords < WORDS && len > 0) {
        len = (len < LEN) ? len : LEN;
        memcpy(words[nwords], p, len);
        lens[nwords++] = len;
    }
}


/* a line of a dictionary: "word", with \", \\ and \xHH in it */

static void
line(char *p)
{
    char     *end;
    size_t    n;
    uint8_t   out[LEN];

    end = strrchr(p, '"');

    if (*p != '"' || end == p) {
        return;
    }

    for (n = 0, p++; p < end && n < LEN; p++) {
        if (p[0] == '\\' && p[1] == 'x' && end - p > 3) {
            char  hex[3] = { p[2], p[3], '\0' };

            out[n++] = (uint8_t) strtoul(hex, NULL, 16);
            p += 3;
            continue;
        }

        p += (p[0] == '\\');
        out[n++] = (uint8_t) *p;
    }

    add(out, n);
}


static size_t
make(uint8_t *out, size_t size)
{
    size_t    n, len, from;
    unsigned  parts, w;

    n = 0;

    for (parts = 1 + any(8); parts; parts--) {
        w = any(nwords + 1);

        if (w == nwords) {
            out[n++] = (uint8_t) any(256);
            continue;
        }

        from = any(4) ? 0 : any((unsigned) lens[w]);
        len = any(4) ? lens[w] - from : any((unsigned) (lens[w] - from) + 1);
        len = (len < size - n - 8) ? len : 0;
        memcpy(out + n, words[w] + from, len);
        n += len;
    }

    for (w = any(4); w && n; w--) {
        out[any((unsigned) n)] = (uint8_t) any(256);
    }

    out[n++] = (uint8_t) any(256);

    return n;
}


int
main(int argc, char **argv)
{
    int       i;
    FILE     *f;
    char      text[4 * LEN];
    size_t    n;
    uint8_t  *data;
    long      runs, seconds;
    time_t    end;

    struct rlimit  most;

    static uint8_t  input[8 * LEN + 64];

    if (argc < 3) {
        return 2;
    }

    for (i = 2; i < argc; i++) {
        f = fopen(argv[i], "rb");

        if (f == NULL) {
            continue;
        }

        if (i == 2) {
            while (fgets(text, sizeof(text), f)) {
                line(text);
            }

        } else {
            n = fread(text, 1, sizeof(text), f);
            add((uint8_t *) text, n);
        }

        fclose(f);
    }

    seconds = strtol(argv[1], NULL, 10);
    most.rlim_cur = most.rlim_max = (rlim_t) seconds + 60;
    (void) setrlimit(RLIMIT_CPU, &most);

    end = time(NULL) + seconds;

    for (runs = 0; time(NULL) < end; runs++) {

        n = make(input, sizeof(input));
        data = malloc(n);

        if (data == NULL) {
            return 1;
        }

        memcpy(data, input, n);
        (void) LLVMFuzzerTestOneInput(data, n);
        free(data);
    }

    printf("%ld inputs\n", runs);

    return 0;
}
