/* Makes writes fail: loaded into the engine by LD_PRELOAD. The file named by SEMLENS_FAULT_FILE says which
   error to give to files whose path holds which text, as "NUMBER TEXT"; while it is empty nothing fails. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *order(void) {
    static const char *mapped;
    if (!mapped) {
        const char *name = getenv("SEMLENS_FAULT_FILE");
        int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
        int file = name ? real_open(name, O_RDONLY) : -1;
        void *place = file < 0 ? MAP_FAILED : mmap(0, 256, PROT_READ, MAP_SHARED, file, 0);
        mapped = place == MAP_FAILED ? "" : place;
    }
    return mapped;
}

static int fails_path(const char *path) {
    const char *said = order();
    if (!said[0] || !path) return 0;
    char text[256];
    int number = 0;
    if (sscanf(said, "%d %255s", &number, text) != 2 || !strstr(path, text)) return 0;
    errno = number;
    return 1;
}

static int fails(int file) {
    if (!order()[0]) return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails_path(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void *data, size_t size) { return fails(file) ? -1 : REAL(write)(file, data, size); }
ssize_t pwrite(int file, const void *data, size_t size, off_t at) {
    return fails(file) ? -1 : REAL(pwrite)(file, data, size, at);
}
ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    return fails(file) ? -1 : REAL(pwrite64)(file, data, size, at);
}
ssize_t writev(int file, const struct iovec *parts, int count) {
    return fails(file) ? -1 : REAL(writev)(file, parts, count);
}
int fsync(int file) { return fails(file) ? -1 : REAL(fsync)(file); }
int fdatasync(int file) { return fails(file) ? -1 : REAL(fdatasync)(file); }
int ftruncate(int file, off_t size) { return fails(file) ? -1 : REAL(ftruncate)(file, size); }
int ftruncate64(int file, off64_t size) { return fails(file) ? -1 : REAL(ftruncate64)(file, size); }
int mkdir(const char *path, mode_t mode) { return fails_path(path) ? -1 : REAL(mkdir)(path, mode); }
int rename(const char *from, const char *to) { return fails_path(to) ? -1 : REAL(rename)(from, to); }

#define OPEN(name)                                                              \
    int name(const char *path, int flags, ...) {                                \
        va_list rest;                                                           \
        va_start(rest, flags);                                                  \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                           \
        if ((flags & O_CREAT) && fails_path(path)) return -1;                   \
        return REAL(name)(path, flags, mode);                                   \
    }
OPEN(open)
OPEN(open64)
