/*
 * A disk that fails when it is told to: put before the server's calls of the C library with LD_PRELOAD.
 *
 * The file LAMBENT_TEST_FAULTS names holds one rule, which the test writes and every call reads: it is mapped, so a rule
 * holds from the moment it is written. A rule is a line of
 *
 *     <serial> <call> <what> <value> <after> <path>
 *
 * serial  differs from rule to rule; 0 is none
 * call    `write`, `sync` or `open` (of a file that is made)
 * what    `fail`: the call fails with the errno <value>
 *         `kill`: the process is killed in place of the call
 *         `part`: half of one write is taken, and after that every one fails with <value>: a disk that fills up
 *         `tear`: <value> thousandths of one write are taken, and the process is killed
 *         `hole`: a sector's length of one write becomes zeros, and the process is killed at the next flush: what a
 *                 power failure leaves where one sector of several did not arrive
 *         `flip`: the same with one bit changed
 * value   of `hole` and `flip`: where, in thousandths of the write
 * after   so many calls that match are let through first
 * path    a part of the path of the file
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum { RULE_MAX = 512, SECTOR = 512 };

struct rule {
    unsigned serial;
    char call[8], what[8];
    long value;
    unsigned long after;
    char path[256];
};

static const char *mapped;
/* Of the rule that holds now: calls that matched, whether it has struck, whether the next flush is the end. */
static unsigned serial_now;
static unsigned long matched;
static int struck, doomed;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void map_rule(void) {
    const char *path = getenv("LAMBENT_TEST_FAULTS");
    if (!path) return;
    int fd = REAL(open)(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    void *at = mmap(NULL, RULE_MAX, PROT_READ, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED) mapped = at;
    close(fd);
}

static int read_rule(struct rule *rule) {
    if (!mapped || mapped[0] == '0' || mapped[0] == 0) return 0;
    char text[RULE_MAX];
    memcpy(text, mapped, RULE_MAX);
    text[RULE_MAX - 1] = 0;
    int fields = sscanf(text, "%u %7s %7s %ld %lu %255s", &rule->serial, rule->call, rule->what, &rule->value,
                        &rule->after, rule->path);
    if (fields != 6) return 0;
    if (__atomic_exchange_n(&serial_now, rule->serial, __ATOMIC_SEQ_CST) != rule->serial) {
        __atomic_store_n(&matched, 0, __ATOMIC_SEQ_CST);
        __atomic_store_n(&struck, 0, __ATOMIC_SEQ_CST);
    }
    return 1;
}

static int names(int fd, const char *part) {
    char link[32], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, part) != NULL;
}

/* Whether the rule is for this call, and those it lets through have been. */
static int strikes(struct rule *rule, const char *call, int fd, const char *path) {
    if (!read_rule(rule) || strcmp(rule->call, call) != 0) return 0;
    if (path ? strstr(path, rule->path) == NULL : !names(fd, rule->path)) return 0;
    return __atomic_fetch_add(&matched, 1, __ATOMIC_SEQ_CST) >= rule->after;
}

static int once(void) { return !__atomic_exchange_n(&struck, 1, __ATOMIC_SEQ_CST); }

static void end(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static ssize_t fail(const struct rule *rule) {
    if (strcmp(rule->what, "kill") == 0) end();
    errno = (int)rule->value;
    return -1;
}

static ssize_t spoil(int fd, const char *bytes, size_t count, const struct rule *rule) {
    char *copy = malloc(count);
    if (!copy) return fail(rule);
    memcpy(copy, bytes, count);
    size_t at = count * (size_t)rule->value / 1000;
    if (strcmp(rule->what, "flip") == 0) {
        copy[at < count ? at : count - 1] ^= 1;
    } else {
        size_t end = at + SECTOR < count ? at + SECTOR : count;
        memset(copy + at, 0, end - at);
    }
    ssize_t written = REAL(write)(fd, copy, count);
    free(copy);
    doomed = 1;
    return written;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    struct rule rule;
    if (!strikes(&rule, "write", fd, NULL)) return REAL(write)(fd, bytes, count);
    if (strcmp(rule.what, "fail") == 0 || strcmp(rule.what, "kill") == 0) return fail(&rule);
    if (strcmp(rule.what, "part") == 0) {
        return once() ? REAL(write)(fd, bytes, (count + 1) / 2) : fail(&rule);
    }
    /* The bytes of a torn write have to be there to be torn. */
    if (!once()) return REAL(write)(fd, bytes, count);
    if (strcmp(rule.what, "tear") == 0) {
        REAL(write)(fd, bytes, count * (size_t)rule.value / 1000);
        end();
    }
    return spoil(fd, bytes, count, &rule);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    struct rule rule;
    return strikes(&rule, "write", fd, NULL) ? fail(&rule) : REAL(writev)(fd, parts, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    struct rule rule;
    return strikes(&rule, "write", fd, NULL) ? fail(&rule) : REAL(pwrite64)(fd, bytes, count, at);
}

static void end_if_doomed(int fd) {
    struct rule rule;
    if (doomed && read_rule(&rule) && names(fd, rule.path)) end();
}

int fsync(int fd) {
    struct rule rule;
    end_if_doomed(fd);
    return strikes(&rule, "sync", fd, NULL) ? (int)fail(&rule) : REAL(fsync)(fd);
}

int fdatasync(int fd) {
    struct rule rule;
    end_if_doomed(fd);
    return strikes(&rule, "sync", fd, NULL) ? (int)fail(&rule) : REAL(fdatasync)(fd);
}

int open64(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
        struct rule rule;
        if (strikes(&rule, "open", -1, path)) return (int)fail(&rule);
    }
    return REAL(open64)(path, flags, mode);
}
