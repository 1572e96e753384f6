/* A disk that remembers and fails: put before the C library (LD_PRELOAD), it tells in DISK_LOG what a program does to the files under
   DISK_FOLDER, in the order in which it is done, and lets the n-th thing that is done to them fail. What is written to standard output
   is told too, so that it is known what had been said when. cc -shared -fPIC -O2 -o disk.so disk.c -ldl -lpthread

   A record: kind, node, offset, two lengths, two byte strings (power.py reads them). Kinds: c created, w written, t cut to a length,
   s synced (a file or a folder), r renamed, l linked, u unlinked, S said. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static pthread_mutex_t gate = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static int record = -1;
static const char *folder;

static long done, nth;          /* things done since the disk was armed, and which of them fails; 0 for none */
static int wrong, lasting;      /* with what errno, and whether all that follow fail too */

__attribute__((constructor)) static void begin(void) {
    const char *told = getenv("DISK_LOG");
    folder = getenv("DISK_FOLDER");
    if (told && folder) record = REAL(open)(told, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* What a test calls: the n-th thing from now on fails so; how many were done since. */
void disk_arm(long at, int error, int stays) {
    pthread_mutex_lock(&gate);
    done = 0, nth = at, wrong = error, lasting = stays;
    pthread_mutex_unlock(&gate);
}

long disk_done(void) { return done; }

static int under(const char *path) {
    size_t length = folder ? strlen(folder) : 0;
    return length && !strncmp(path, folder, length) && (path[length] == '/' || !path[length]);
}

static int whole(int at, const char *path, char *full) { /* a path from the root, whatever it is told from */
    char where[64], base[PATH_MAX];
    if (path[0] == '/') return snprintf(full, PATH_MAX, "%s", path) < PATH_MAX;
    if (at == AT_FDCWD) {
        if (!getcwd(base, sizeof base)) return 0;
    } else {
        snprintf(where, sizeof where, "/proc/self/fd/%d", at);
        ssize_t length = readlink(where, base, sizeof base - 1);
        if (length < 0) return 0;
        base[length] = 0;
    }
    return snprintf(full, PATH_MAX, "%s/%s", base, path) < PATH_MAX;
}

static int ours(int file, struct stat *seen) {
    char where[64], path[PATH_MAX];
    if (!folder || fstat(file, seen) || !(S_ISREG(seen->st_mode) || S_ISDIR(seen->st_mode))) return 0;
    snprintf(where, sizeof where, "/proc/self/fd/%d", file);
    ssize_t length = readlink(where, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return under(path);
}

static void tell(char kind, unsigned long long node, long long offset, const void *one, size_t length, const void *other, size_t more) {
    if (record < 0) return;
    struct { char kind, pad[7]; unsigned long long node; long long offset; unsigned one, other; } head = {
        kind, {0}, node, offset, (unsigned)length, (unsigned)more};
    char *whole_record = malloc(sizeof head + length + more);
    memcpy(whole_record, &head, sizeof head);
    memcpy(whole_record + sizeof head, one, length);
    memcpy(whole_record + sizeof head + length, other, more);
    int kept = errno;
    if (REAL(write)(record, whole_record, sizeof head + length + more) < 0) abort();
    errno = kept;
    free(whole_record);
}

static int fails(void) {
    done++;
    if (!nth || done < nth || (done > nth && !lasting)) return 0;
    errno = wrong;
    return 1;
}

#define GUARDED(type, work) { pthread_mutex_lock(&gate); type result = work; pthread_mutex_unlock(&gate); return result; }

static ssize_t put(int file, const void *bytes, size_t length, off_t at, int moves) {
    struct stat seen;
    if (file == 1) tell('S', 0, 0, bytes, length, "", 0);
    if (file == 1 || !ours(file, &seen)) return moves ? REAL(write)(file, bytes, length) : REAL(pwrite)(file, bytes, length, at);
    if (moves) at = fcntl(file, F_GETFL) & O_APPEND ? seen.st_size : lseek(file, 0, SEEK_CUR);
    if (fails()) {
        if (wrong != ENOSPC || done != nth || length < 2) return -1;
        length /= 2; /* a disk that fills up takes what there is room for */
    }
    ssize_t put = moves ? REAL(write)(file, bytes, length) : REAL(pwrite)(file, bytes, length, at);
    if (put > 0) tell('w', seen.st_ino, at, bytes, put, "", 0);
    return put;
}

ssize_t write(int file, const void *bytes, size_t length) GUARDED(ssize_t, put(file, bytes, length, 0, 1))
ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) GUARDED(ssize_t, put(file, bytes, length, at, 0))
ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) GUARDED(ssize_t, put(file, bytes, length, at, 0))

static int cut(int file, off_t length) {
    struct stat seen;
    if (!ours(file, &seen)) return REAL(ftruncate)(file, length);
    if (fails()) return -1;
    int result = REAL(ftruncate)(file, length);
    if (!result) tell('t', seen.st_ino, length, "", 0, "", 0);
    return result;
}

int ftruncate(int file, off_t length) GUARDED(int, cut(file, length))
int ftruncate64(int file, off64_t length) GUARDED(int, cut(file, length))

static int synced(int file, int all) {
    struct stat seen;
    if (!ours(file, &seen)) return all ? REAL(fsync)(file) : REAL(fdatasync)(file);
    if (fails()) return -1;
    char path[PATH_MAX] = "", where[64];
    snprintf(where, sizeof where, "/proc/self/fd/%d", file);
    ssize_t length = S_ISDIR(seen.st_mode) ? readlink(where, path, sizeof path - 1) : 0;
    int result = all ? REAL(fsync)(file) : REAL(fdatasync)(file);
    if (!result) tell('s', seen.st_ino, 0, path, length < 0 ? 0 : length, "", 0);
    return result;
}

int fsync(int file) GUARDED(int, synced(file, 1))
int fdatasync(int file) GUARDED(int, synced(file, 0))

static int opened(int at, const char *path, int flags, mode_t mode) {
    char full[PATH_MAX];
    struct stat seen;
    int known = whole(at, path, full) && under(full);
    int fresh = known && flags & O_CREAT && lstat(full, &seen);
    int emptied = known && !fresh && flags & O_TRUNC;
    if ((fresh || emptied) && fails()) return -1;
    int file = REAL(openat)(at, path, flags, mode);
    if (file >= 0 && (fresh || emptied) && !fstat(file, &seen))
        fresh ? tell('c', seen.st_ino, 0, full, strlen(full), "", 0) : tell('t', seen.st_ino, 0, "", 0, "", 0);
    return file;
}

#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }
int open(const char *path, int flags, ...) { MODE GUARDED(int, opened(AT_FDCWD, path, flags, mode)) }
int open64(const char *path, int flags, ...) { MODE GUARDED(int, opened(AT_FDCWD, path, flags | O_LARGEFILE, mode)) }
int openat(int at, const char *path, int flags, ...) { MODE GUARDED(int, opened(at, path, flags, mode)) }
int openat64(int at, const char *path, int flags, ...) { MODE GUARDED(int, opened(at, path, flags | O_LARGEFILE, mode)) }

static int renamed(int from, const char *old, int to, const char *new) {
    char was[PATH_MAX], is[PATH_MAX];
    int known = whole(from, old, was) && whole(to, new, is) && (under(was) || under(is));
    if (known && fails()) return -1;
    int result = REAL(renameat)(from, old, to, new);
    if (!result && known) tell('r', 0, 0, was, strlen(was), is, strlen(is));
    return result;
}

int rename(const char *old, const char *new) GUARDED(int, renamed(AT_FDCWD, old, AT_FDCWD, new))
int renameat(int from, const char *old, int to, const char *new) GUARDED(int, renamed(from, old, to, new))
int renameat2(int from, const char *old, int to, const char *new, unsigned flags) { /* Qt renames without replacing */
    struct stat seen;
    if (flags & RENAME_NOREPLACE && !fstatat(to, new, &seen, AT_SYMLINK_NOFOLLOW)) { errno = EEXIST; return -1; }
    GUARDED(int, renamed(from, old, to, new))
}

static int unlinked(int at, const char *path, int flags) {
    char full[PATH_MAX];
    int known = whole(at, path, full) && under(full);
    int result = REAL(unlinkat)(at, path, flags);
    if (!result && known && !(flags & AT_REMOVEDIR)) tell('u', 0, 0, full, strlen(full), "", 0);
    return result;
}

int unlink(const char *path) GUARDED(int, unlinked(AT_FDCWD, path, 0))
int unlinkat(int at, const char *path, int flags) GUARDED(int, unlinked(at, path, flags))

/* Ways to write that are not followed: refused, so that a program takes the plain one. */
static int barred(int file) { struct stat seen; return ours(file, &seen); }
#define BARRED(file, error) if (barred(file)) { errno = error; return -1; }
ssize_t sendfile(int to, int from, off_t *at, size_t count) { BARRED(to, EINVAL) return REAL(sendfile)(to, from, at, count); }
ssize_t sendfile64(int to, int from, off64_t *at, size_t count) { BARRED(to, EINVAL) return REAL(sendfile)(to, from, at, count); }
ssize_t copy_file_range(int from, off64_t *in, int to, off64_t *out, size_t count, unsigned flags) {
    BARRED(to, EXDEV)
    return REAL(copy_file_range)(from, in, to, out, count, flags);
}

int link(const char *old, const char *new) {
    char was[PATH_MAX], is[PATH_MAX];
    pthread_mutex_lock(&gate);
    int known = whole(AT_FDCWD, old, was) && whole(AT_FDCWD, new, is) && under(is);
    int result = known && fails() ? -1 : REAL(link)(old, new);
    if (!result && known) tell('l', 0, 0, was, strlen(was), is, strlen(is));
    pthread_mutex_unlock(&gate);
    return result;
}
