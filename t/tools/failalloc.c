
/*
 * LD_PRELOAD: the n-th allocation fails; what is allocated is counted.
 *
 * FAIL_CTL names a file that is mapped here and written by the test.  Only
 * children of the process that loaded this count (nginx's workers), with
 * FAIL_FIRST it does itself ("nginx -t"), and only while armed.  glibc's own names for its allocator are used, so that
 * nothing has to be looked up before the first allocation.
 */

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>


#define FAIL_RUNS  1000     /* so many allocations are no constructor's */


typedef struct {
    int64_t  armed;       /* 1: one fails; 2: that one and all after it */
    int64_t  countdown;   /* this many succeed first */
    int64_t  seen;        /* since armed */
    int64_t  fired;
    int64_t  live;        /* allocated and not freed, in workers */
    int64_t  bytes;       /* the same in bytes, and the most there were */
    int64_t  most;
} fail_ctl_t;


extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t align, size_t size);
extern void __libc_free(void *p);

static fail_ctl_t  *ctl;
static pid_t        master;


__attribute__((constructor))
static void
fail_init(void)
{
    int          fd;
    void        *p;
    const char  *name;

    name = getenv("FAIL_CTL");
    if (name == NULL) {
        return;
    }

    fd = open(name, O_RDWR);
    if (fd == -1) {
        return;
    }

    p = mmap(NULL, sizeof(fail_ctl_t), PROT_READ|PROT_WRITE, MAP_SHARED, fd,
             0);
    close(fd);

    if (p == MAP_FAILED) {
        return;
    }

    master = getenv("FAIL_FIRST") ? 0 : getpid();
    ctl = p;
}


/*
 * What gcov does at the end is none of the test's.  This is known to libc once
 * main() runs, and is called before destructors are, then.
 */

static void
fail_end(void)
{
    ctl = NULL;
}


static int
fails(void)
{
    if (ctl == NULL || !ctl->armed || getpid() == master) {
        return 0;
    }

    if (++ctl->seen == FAIL_RUNS && master == 0) {
        (void) atexit(fail_end);
    }

    if (ctl->countdown-- > 0 || (ctl->armed == 1 && ctl->fired)) {
        return 0;
    }

    ctl->fired++;
    errno = ENOMEM;

    return 1;
}


static int
counts(void)
{
    return ctl != NULL && getpid() != master;
}


/* nginx's workers have one thread each, and the tests one worker */

static void
changed(int n, int64_t bytes)
{
    ctl->live += n;
    ctl->bytes += bytes;

    if (ctl->most < ctl->bytes) {
        ctl->most = ctl->bytes;
    }
}


static void *
counted(void *p)
{
    if (p && counts()) {
        changed(1, (int64_t) malloc_usable_size(p));
    }

    return p;
}


void *
malloc(size_t size)
{
    return fails() ? NULL : counted(__libc_malloc(size));
}


void *
calloc(size_t n, size_t size)
{
    return fails() ? NULL : counted(__libc_calloc(n, size));
}


void *
realloc(void *p, size_t size)
{
    void    *q;
    size_t   had;

    if (fails()) {
        return NULL;
    }

    had = p ? malloc_usable_size(p) : 0;
    q = __libc_realloc(p, size);

    if (p && counts() && (q || size == 0)) {
        changed(-1, -(int64_t) had);
    }

    return counted(q);
}


void *
memalign(size_t align, size_t size)
{
    return fails() ? NULL : counted(__libc_memalign(align, size));
}


void *
aligned_alloc(size_t align, size_t size)
{
    return memalign(align, size);
}


int
posix_memalign(void **p, size_t align, size_t size)
{
    if (fails()) {
        return ENOMEM;
    }

    *p = counted(__libc_memalign(align, size));

    return *p ? 0 : ENOMEM;
}


void
free(void *p)
{
    if (p && counts()) {
        changed(-1, -(int64_t) malloc_usable_size(p));
    }

    __libc_free(p);
}
