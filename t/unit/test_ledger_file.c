
/*
 * The ledger's file: written, rotated, erased from, read back, by several
 * processes, on disks that are full.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "consent_ledger_erase.h"
#include "consent_ledger_file.h"
#include "consent_ledger_history.h"
#include "ledger.h"

static char  dir[] = "/tmp/consent-ledger-XXXXXX";


typedef struct {
    consent_ledger_file_t  f;
    consent_ledger_end_t   end;
    char                   path[256];
} ledger_t;


static void
file_open(ledger_t *l, const char *name)
{
    memset(l, 0, sizeof(ledger_t));
    snprintf(l->path, sizeof(l->path), "%s%s%s", *name == '/' ? "" : dir,
             *name == '/' ? "" : "/", name);

    l->f.path = l->path;
    l->f.fd = open(l->path, O_WRONLY|O_APPEND|O_CREAT, 0644);
    l->f.head_fd = *name == '/' ? -1 : consent_ledger_head_open(l->path);
    l->f.keys = &keys;
    l->f.end = &l->end;
}


static void
file_close(ledger_t *l)
{
    close(l->f.fd);
    close(l->f.head_fd);
}


static int
append(ledger_t *l, unsigned n)
{
    int                     rc;
    consent_ledger_event_t  ev;

    rc = CONSENT_OK;

    while (n--) {
        event(&ev, "given");
        rc = consent_ledger_append(&l->f, &ev);
    }

    return rc;
}


/* lines of files into text[]; as many as there are */

static void
load(const char *path)
{
    char   *p;
    FILE   *fp;

    fp = fopen(path, "r");

    while (fp && ntext < LINES_MAX && fgets(text[ntext], sizeof(text[0]), fp)) {
        p = strchr(text[ntext], '\n');
        if (p) {
            *p = '\0';
        }
        ntext++;
    }

    if (fp) {
        fclose(fp);
    }
}


static unsigned
check(ledger_t *l)
{
    uint64_t               size;
    consent_ledger_head_t  head;

    ntext = 0;
    load(l->path);

    if (consent_ledger_head_read(l->f.head_fd, &keys, &head, &size)
        != CONSENT_OK)
    {
        return 1000;
    }

    return verify(&keys, &head);
}


static void
test_file(void)
{
    int       fd;
    char      old[300];
    FILE     *fp;
    ledger_t  a, b;
    struct stat  st;

    file_open(&a, "one");
    ok(append(&a, 3) == CONSENT_OK && check(&a) == 0 && ntext == 3,
       "three lines, whole");
    file_close(&a);

    file_open(&a, "one");
    ok(append(&a, 2) == CONSENT_OK && check(&a) == 0 && ntext == 5,
       "R64: the chain goes on after a restart");

    /* killed between writing and remembering: memory is behind the file */

    b = a;
    append(&a, 1);
    a.end = b.end;
    ok(append(&a, 1) == CONSENT_OK && check(&a) == 0 && ntext == 7,
       "R64: the chain goes on after a kill before memory knew of the line");

    /* a torn line */

    fp = fopen(a.path, "a");
    fputs("{\"v\":1,\"seq\":8,\"t\":\"2026", fp);
    fclose(fp);
    ok(append(&a, 1) == CONSENT_OK && check(&a) == 0 && ntext == 10
       && strstr(text[8], "\"ev\":\"resumed\"") && strstr(text[8],
                                                          "\"torn\":24,"),
       "R64: a torn line is closed and noted");

    memmove(text[7], text[8], 2 * sizeof(text[0]));
    ntext = 9;
    ok(verify(&keys, NULL) == 0, "R64: and may be taken out");

    /* a line without its LF is a line */

    stat(a.path, &st);
    ok(truncate(a.path, st.st_size - 1) == 0 && append(&a, 1) == CONSENT_OK
       && check(&a) == 0 && ntext == 11, "R64: a line that lacks only its "
       "LF is kept");

    /* rotation: mv, go on, then a new file */

    snprintf(old, sizeof(old), "%s.1", a.path);
    ok(rename(a.path, old) == 0 && append(&a, 1) == CONSENT_OK,
       "R64: after mv lines go to the moved file");
    fd = open(a.path, O_WRONLY|O_APPEND|O_CREAT, 0644);
    close(fd);
    ok(append(&a, 2) == CONSENT_OK, "R64: and then to the new one");
    ntext = 0;
    load(old);
    ok(ntext == 12, "as many as there were");
    load(a.path);
    ok(ntext == 14 && verify(&keys, NULL) == 0,
       "R64: the chain goes over a rotation");

    /* rotation while nothing runs: memory is lost, head is not */

    file_close(&a);
    snprintf(old, sizeof(old), "%s.2", a.path);
    (void) !rename(a.path, old);
    file_open(&a, "one");
    append(&a, 1);
    ntext = 0;
    load(old);
    load(a.path);
    ok(ntext == 3 && verify(&keys, NULL) == 0,
       "R64: the chain goes over a rotation while nothing ran");

    /* cut short while running, and while not */

    append(&a, 3);
    stat(a.path, &st);
    (void) !truncate(a.path, st.st_size / 2);
    append(&a, 1);
    ok(check(&a) > 0, "R64: a file cut short goes on, and the cut is seen");

    file_close(&a);

    /* copytruncate */

    file_open(&a, "two");
    append(&a, 3);
    (void) !truncate(a.path, 0);
    append(&a, 2);
    ok(check(&a) == 0 && ntext == 2 && strstr(text[0], "\"seq\":4,"),
       "R64: a file emptied by copytruncate goes on with the next number");
    file_close(&a);
}


/* rotated twice before one of two writers has looked */

static void
test_rotated_twice(void)
{
    int       fd;
    char      one[300], two[300];
    ledger_t  a, b;

    file_open(&a, "six");
    file_open(&b, "six");
    b.f.end = a.f.end;
    snprintf(one, sizeof(one), "%s.1", a.path);
    snprintf(two, sizeof(two), "%s.2", a.path);

    append(&a, 2);
    (void) !rename(a.path, one);
    fd = open(a.path, O_WRONLY|O_APPEND|O_CREAT, 0644);
    close(fd);
    append(&b, 2);
    (void) !rename(a.path, two);
    append(&a, 2);
    append(&b, 2);

    ntext = 0;
    load(one);
    load(two);
    load(a.path);
    ok(ntext == 8 && verify(&keys, NULL) == 0,
       "R64: rotated twice in a moment, no line goes to a file that others "
       "have left %s", said);

    file_close(&a);
    file_close(&b);
}


static void
test_failures(void)
{
    ledger_t       a;
    struct stat    st;
    struct rlimit  was, limit;

    file_open(&a, "/dev/full");
    ok(append(&a, 1) == CONSENT_ERROR && a.f.error == ENOSPC,
       "R63: /dev/full: an error");
    close(a.f.fd);

    file_open(&a, "three");
    append(&a, 1);
    chmod(a.path, 0);
    ok(append(&a, 1) == CONSENT_ERROR && a.f.error == EACCES,
       "R63: chmod 0: an error, though the file is open");
    chmod(a.path, 0644);
    ok(append(&a, 1) == CONSENT_OK && check(&a) == 0 && ntext == 2,
       "R63: and all is well after it is given back");

    unlink(a.path);
    ok(append(&a, 1) == CONSENT_ERROR && a.f.error == ENOENT,
       "R63: a vanished file: an error");
    file_close(&a);

    /* written half: the rest is taken back */

    file_open(&a, "four");
    append(&a, 2);
    stat(a.path, &st);

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    limit = was;
    limit.rlim_cur = (rlim_t) st.st_size + 100;
    setrlimit(RLIMIT_FSIZE, &limit);
    ok(append(&a, 1) == CONSENT_ERROR, "R63: half a line is an error");
    setrlimit(RLIMIT_FSIZE, &was);

    ok(append(&a, 1) == CONSENT_OK && check(&a) == 0 && ntext == 3,
       "R63: and does not stay");
    file_close(&a);
}


/* one visitor's lines in two files, others' around them */

static int
append_as(ledger_t *l, const char *id)
{
    consent_ledger_event_t  ev;

    event(&ev, "given");
    ev.id.data = (const consent_u8 *) id;

    return consent_ledger_append(&l->f, &ev);
}


static void
test_erase(void)
{
    int            i, fd;
    char           old[300];
    ledger_t       a, ctl;
    uint64_t       n, m;
    consent_str_t  id, inst, erased;

    static const char           *one = "BBBBBBBBBBBBBBBBBBBBBB";
    static const char           *two = "CCCCCCCCCCCCCCCCCCCCCC";
    static const consent_str_t   gone = STR("----------------------");

    id.data = (const consent_u8 *) one;
    id.len = CONSENT_ID_LEN;
    inst.data = NULL;
    inst.len = 0;
    erased = gone;

    file_open(&a, "five");
    append_as(&a, one);
    append_as(&a, two);
    append_as(&a, one);

    snprintf(old, sizeof(old), "%s.1", a.path);
    (void) !rename(a.path, old);
    fd = open(a.path, O_WRONLY|O_APPEND|O_CREAT, 0644);
    close(fd);

    append_as(&a, two);
    append_as(&a, one);

    /* another process does it, while this one goes on */

    file_open(&ctl, "five");

    ok(consent_ledger_erase(&ctl.f, old, id, 1795461300000, inst, &n)
       == CONSENT_OK && n == 2, "an id is erased from an old file");
    append_as(&a, two);
    ok(consent_ledger_erase(&ctl.f, a.path, id, 1795461300000, inst, &m)
       == CONSENT_OK && m == 1, "and from the present one");
    append_as(&a, two);

    ntext = 0;
    load(old);
    load(a.path);
    for (i = 0, n = 0, m = 0; i < (int) ntext; i++) {
        n += strstr(text[i], one) != NULL;
        m += strstr(text[i], two) != NULL;
    }

    ok(n == 0 && m == 4 && ntext == 10, "it stands nowhere any more, and "
       "other lines are as they were");
    ok(verify(&keys, NULL) == 0, "R64: with it the chain is whole %s", said);
    ok(verify(NULL, NULL) == 0, "R64: without keys, too %s", said);

    /* the same change without a line that says so is a forgery */

    memset(strstr(text[1], two), '-', CONSENT_ID_LEN);
    ok(verify(&keys, NULL) == 1 && strstr(said, "L:2 was changed"),
       "R64: the same done by hand is found");

    ok(consent_ledger_erase(&ctl.f, a.path, id, 1795461300000, inst, &n)
       == CONSENT_OK && n == 0, "a second time there is nothing to erase");
    ok(consent_ledger_erase(&ctl.f, a.path, erased, 1795461300000, inst, &n)
       == CONSENT_ERROR && a.f.error == 0 && ctl.f.error == EINVAL,
       "what is left of an id is none");

    id.data = (const consent_u8 *) two;
    chmod(a.path, 0444);
    ok(consent_ledger_erase(&ctl.f, a.path, id, 1795461300000, inst, &n)
       == CONSENT_ERROR && n == 0, "a ledger that cannot be written: nothing "
       "is erased");
    chmod(a.path, 0644);
    ok(consent_ledger_erase(&ctl.f, old, id, 1795461300000, inst, &n)
       == CONSENT_OK && n == 1
       && consent_ledger_erase(&ctl.f, a.path, id, 1795461300000, inst, &n)
          == CONSENT_OK && n == 3, "all that is left can be erased");

    ntext = 0;
    load(old);
    load(a.path);
    ok(verify(&keys, NULL) == 0, "R64: and the chain is whole %s", said);

    file_close(&ctl);
    file_close(&a);
}


/* what one id's lines say, read from behind */

static unsigned
past_of(ledger_t *l, const char *id, consent_ledger_past_t *past)
{
    consent_str_t  s;

    static consent_u8           room[CONSENT_LEDGER_PAST_ROOM];
    static const consent_str_t  names[] = {
        STR("necessary"), STR("marketing"), STR("analytics")
    };

    s.data = (const consent_u8 *) id;
    s.len = strlen(id);

    return consent_ledger_history(l->path, s, names, 3, room, past);
}


static void
test_history(void)
{
    int                     i, wrong;
    unsigned                n;
    ledger_t                a;
    struct stat             st;
    consent_ledger_past_t   past[CONSENT_LEDGER_PAST_MAX];
    consent_ledger_event_t  ev;

    static const char  *one = "BBBBBBBBBBBBBBBBBBBBBB";
    static const char  *two = "CCCCCCCCCCCCCCCCCCCCCC";

    file_open(&a, "history");
    ok(past_of(&a, one, past) == 0, "an empty ledger says nothing of an id");

    for (i = 0; i < 5; i++) {
        append_as(&a, two);
    }

    append_as(&a, one);
    append_as(&a, two);

    event(&ev, "changed");
    ev.id.data = (const consent_u8 *) one;
    ev.allowed = 1;
    ev.time_ms += 86400000;
    (void) consent_ledger_append(&a.f, &ev);

    n = past_of(&a, one, past);
    ok(n == 2 && past[0].allowed == 0 && past[1].allowed == 4
       && past[0].asked == 6 && strlen(past[0].time) == 24
       && strcmp(past[0].time, past[1].time) > 0,
       "an id's choices, the last one first");
    ok(past_of(&a, "DDDDDDDDDDDDDDDDDDDDDD", past) == 0
       && past_of(&a, "", past) == 0 && past_of(&a, "BBBB", past) == 0,
       "nobody else's, and none of a part of an id");

    /* over many pieces, with more lines of the id than are told */

    for (i = 0; i < 1500; i++) {
        append_as(&a, i % 10 ? two : one);
    }

    event(&ev, "given");
    ev.id.data = (const consent_u8 *) one;

    for (i = 0; i < 40; i++) {
        ev.time_ms += 1000;
        (void) consent_ledger_append(&a.f, &ev);
    }

    (void) !write(a.f.fd, "{\"v\":1,\"id\":\"BBBBBBBBBBBBBBBBBBBBBB\"", 36);

    n = past_of(&a, one, past);

    for (i = 1, wrong = 0; i < (int) n; i++) {
        wrong += strcmp(past[i - 1].time, past[i].time) <= 0;
    }

    ok(n == CONSENT_LEDGER_PAST_MAX && wrong == 0, "the last of many, in "
       "their order, whatever a torn line says (%u, %d)", n, wrong);

    /* as far back as is looked */

    while (stat(a.path, &st) == 0 && st.st_size < CONSENT_LEDGER_PAST_BYTES
                                                  + 3 * 1024 * 1024)
    {
        append_as(&a, two);
    }

    ok(past_of(&a, one, past) == 0, "what is further back is not looked for");
    append_as(&a, one);
    ok(past_of(&a, one, past) == 1, "what is at the end is found");

    file_close(&a);
    ok(past_of(&a, "/nowhere", past) == 0, "a file without the id");
    snprintf(a.path, sizeof(a.path), "%s/none", dir);
    ok(past_of(&a, one, past) == 0, "no file, no history");
}


/* four processes, one file */

static void
test_processes(void)
{
    pid_t                  pid[4];
    unsigned               i, n, given, torn;
    ledger_t               a;
    FILE                  *fp;
    static char            line[CONSENT_LEDGER_LINE_MAX];
    consent_str_t          s;
    consent_alloc_t        alloc;
    consent_verify_t       v;

    /* each has its own memory, and so must find the end again each time:
       only the lock of the head and the file itself tie them together */

    for (i = 0; i < 4; i++) {
        pid[i] = fork();

        if (pid[i] == 0) {
            file_open(&a, "many");
            for (n = 0; n < 50; n++) {
                if (append(&a, 1) != CONSENT_OK) {
                    _exit(1);
                }
            }
            _exit(0);
        }
    }

    for (i = 0; i < 4; i++) {
        waitpid(pid[i], NULL, 0);
    }

    alloc.alloc = lend;
    alloc.ctx = NULL;
    said[0] = '\0';
    given = torn = 0;

    consent_verify_init(&v, &keys, &alloc, report, NULL);
    consent_verify_file(&v, "many");
    snprintf(line, sizeof(line), "%s/many", dir);
    fp = fopen(line, "r");

    while (fp && fgets(line, sizeof(line), fp)) {
        given += strstr(line, "\"ev\":\"given\"") != NULL;
        s.data = (const consent_u8 *) line;
        s.len = strlen(line) - 1;
        consent_verify_line(&v, s, 1);
    }

    if (fp) {
        fclose(fp);
    }

    ok(consent_verify_done(&v, NULL) == 0 && given == 200 && torn == 0,
       "R64: four processes, 200 lines, one chain %s", said);
}


int
main(void)
{
    char  cmd[300];

    ledger_keys();

    if (mkdtemp(dir) == NULL) {
        return 1;
    }

    test_file();
    test_rotated_twice();
    test_failures();
    test_erase();
    test_history();
    test_processes();

    snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
    (void) !system(cmd);

    return tap_done();
}
