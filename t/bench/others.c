
/*
 * What the rewriter is held against: "others METHOD N < page" goes over the
 * page N times by memchr('<'), by gumbo or by libxml2's HTML parser, as far
 * as these were there when it was built.  Exit status 3: it was not.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef WITH_GUMBO
#include <gumbo.h>
#endif

#ifdef WITH_LIBXML2
#include <libxml/HTMLparser.h>
#endif


static size_t
by_memchr(const char *p, size_t len)
{
    size_t       n;
    const char  *end;

    end = p + len;
    n = 0;

    while ((p = memchr(p, '<', (size_t) (end - p))) != NULL) {
        p++;
        n++;
    }

    return n;
}


#ifdef WITH_GUMBO

static size_t
by_gumbo(const char *p, size_t len)
{
    GumboOutput  *out;

    out = gumbo_parse_with_options(&kGumboDefaultOptions, p, len);
    gumbo_destroy_output(&kGumboDefaultOptions, out);

    return len;
}

#endif


#ifdef WITH_LIBXML2

static size_t
by_libxml2(const char *p, size_t len)
{
    htmlDocPtr  doc;

    doc = htmlReadMemory(p, (int) len, NULL, NULL,
                         HTML_PARSE_NOERROR|HTML_PARSE_NOWARNING
                         |HTML_PARSE_RECOVER|HTML_PARSE_NONET);
    xmlFreeDoc(doc);

    return len;
}

#endif


int
main(int argc, char **argv)
{
    int     i, n;
    char   *page;
    size_t  len, size, got, sum;

    size_t  (*by)(const char *p, size_t len) = NULL;

    if (argc != 3) {
        return 2;
    }

    if (strcmp(argv[1], "memchr") == 0) {
        by = by_memchr;
    }

#ifdef WITH_GUMBO
    if (strcmp(argv[1], "gumbo") == 0) {
        by = by_gumbo;
    }
#endif

#ifdef WITH_LIBXML2
    if (strcmp(argv[1], "libxml2") == 0) {
        by = by_libxml2;
    }
#endif

    if (by == NULL) {
        return 3;
    }

    size = 1 << 24;
    page = malloc(size);

    if (page == NULL) {
        return 1;
    }

    for (len = 0; (got = fread(page + len, 1, size - len, stdin)) != 0;
         len += got)
    {
        /* void */
    }

    n = atoi(argv[2]);
    sum = 0;

    for (i = 0; i < n; i++) {
        sum += by(page, len);
    }

    printf("%zu\n", sum);

    return 0;
}
