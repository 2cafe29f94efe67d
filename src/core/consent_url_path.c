
/*
 * The path and the query of a URL: percent-encoded, dots resolved.
 * https://url.spec.whatwg.org/#path-state
 */

#include "consent_url_int.h"

/* bytes that are percent-encoded in a path, a query and an opaque path: those
 * below 0x20 and above 0x7e are in all.  Bit n of word m is byte 32 * m + n */

static const uint32_t  consent_url_path_set[8] = {
    0xffffffff,
    0x5000000d | 1u << ('?' - 32),                  /*   " # < > ? */
    1u << ('^' - 64),
    1u << ('`' - 96) | 1u << ('{' - 96) | 1u << ('}' - 96) | 1u << 31,
    0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff
};

const uint32_t  consent_url_query_set[8] = {
    0xffffffff, 0x5000008d, 0, 1u << 31,            /*   " # ' < > */
    0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff
};

const uint32_t  consent_url_opaque_set[8] = {
    0xffffffff, 0, 0, 1u << 31,
    0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff
};

/* bytes that need a look in a path: those that end a segment, and stripped */

static const uint32_t  consent_url_path_stop[8] = {
    1u << 9 | 1u << 10 | 1u << 13,
    1u << ('/' - 32) | 1u << ('?' - 32) | 1u << ('#' - 32),
    1u << ('\\' - 64), 0, 0, 0, 0, 0
};

/* the same in a query */

static const uint32_t  consent_url_query_stop[8] = {
    1u << 9 | 1u << 10 | 1u << 13, 1u << ('#' - 32), 0, 0, 0, 0, 0, 0
};

#define consent_url_in_set(set, c)  ((set)[(c) >> 5] >> ((c) & 31) & 1)



static void
consent_url_putc(consent_url_out_t *w, unsigned c, const uint32_t *set)
{
    static const char  hex[] = "0123456789ABCDEF";

    if (!consent_url_in_set(set, c)) {
        if (w->p < w->end) {
            *w->p++ = (consent_u8) c;
            return;
        }

    } else if (w->end - w->p >= 3) {
        *w->p++ = '%';
        *w->p++ = (consent_u8) hex[c >> 4];
        *w->p++ = (consent_u8) hex[c & 15];
        return;
    }

    w->full = 1;
}


/* what goes out as it came in, as far as there is room for it */

static void
consent_url_run(consent_url_out_t *w, consent_url_in_t *in,
    const uint32_t *set, const uint32_t *stop)
{
    size_t             room;
    const consent_u8  *p, *end;

    room = (size_t) (w->end - w->p);
    end = ((size_t) (in->end - in->p) < room) ? in->end : in->p + room;

    for (p = in->p; p < end; p++) {
        if ((set[*p >> 5] | stop[*p >> 5]) >> (*p & 31) & 1) {
            break;
        }

        *w->p++ = *p;
    }

    in->p = p;
}


/* "..", "." and their percent-encoded forms; 2, 1, or 0 for others */

static unsigned
consent_url_dots(const consent_u8 *p, const consent_u8 *end)
{
    unsigned  n;

    for (n = 0; p < end && n < 3; n++) {
        if (*p == '.') {
            p++;

        } else if (end - p >= 3 && p[0] == '%' && p[1] == '2'
                   && (p[2] | 0x20) == 'e')
        {
            p += 3;

        } else {
            return 0;
        }
    }

    return (p == end) ? n : 0;
}


/* segments up to "?", "#" or the end; path is where the first "/" stands,
 * w->p is after some "/" */

static void
consent_url_path(consent_url_out_t *w, consent_url_in_t *in, int special,
    consent_u8 *path)
{
    int          c;
    unsigned     dots;
    consent_u8  *segment;

    for ( ;; ) {
        segment = w->p;

        for (c = -1; in->p < in->end; in->p++) {

            consent_url_run(w, in, consent_url_path_set,
                            consent_url_path_stop);

            if (in->p == in->end) {
                break;
            }

            c = *in->p;

            if (consent_url_in_set(consent_url_path_stop, c)) {
                if (c == '\\' && !special) {
                    consent_url_putc(w, (unsigned) c, consent_url_path_set);

                } else if (!consent_url_stripped(c)) {
                    break;
                }

                c = -1;
                continue;
            }

            consent_url_putc(w, (unsigned) c, consent_url_path_set);
            c = -1;
        }

        if (w->full) {
            return;
        }

        dots = (segment < w->p && (*segment == '.' || *segment == '%'))
               ? consent_url_dots(segment, w->p) : 0;

        if (dots) {
            w->p = segment;

            if (dots == 2 && segment > path + 1) {
                do {
                    w->p--;
                } while (w->p[-1] != '/');
            }
        }

        if (!consent_url_slash(c, special)) {
            return;
        }

        in->p++;

        if (dots == 0) {
            consent_url_put(w, "/", 1);
        }
    }
}


void
consent_url_copy(consent_url_out_t *w, consent_url_in_t *in,
    const uint32_t *set, int stop)
{
    int  c;

    for ( /* void */ ; in->p < in->end && !w->full; in->p++) {

        if (stop == '#') {
            consent_url_run(w, in, set, consent_url_query_stop);

            if (in->p == in->end) {
                return;
            }
        }

        c = *in->p;

        if (c == '#' || c == stop) {
            return;
        }

        if (!consent_url_stripped(c)) {
            consent_url_putc(w, (unsigned) c, set);
        }
    }
}


int
consent_url_end(consent_url_t *url, consent_url_out_t *w, consent_url_in_t *in)
{
    if (!w->full && consent_url_peek(in) == '?') {
        in->p++;
        consent_url_put(w, "?", 1);

        url->query.data = w->p;
        consent_url_copy(w, in, consent_url_query_set, '#');
        url->query.len = (size_t) (w->p - url->query.data);
    }

    url->href.data = w->start;
    url->href.len = (size_t) (w->p - w->start);

    if (w->full) {
        url->truncated = 1;
    }

    return CONSENT_OK;
}


/* path and query; "in" is at the path's start, or at what ends an empty one */

int
consent_url_tail(consent_url_t *url, consent_url_out_t *w,
    consent_url_in_t *in, consent_u8 *path)
{
    int  c;

    if (path == NULL) {
        path = w->p;
        c = consent_url_peek(in);

        if (consent_url_slash(c, url->special)) {
            in->p++;
            consent_url_put(w, "/", 1);

        } else if (url->special) {
            consent_url_put(w, "/", 1);
        }
    }

    if (w->p > path) {
        consent_url_path(w, in, url->special, path);
    }

    url->path.data = path;
    url->path.len = (size_t) (w->p - path);

    return consent_url_end(url, w, in);
}
