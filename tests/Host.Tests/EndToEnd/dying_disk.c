/* A process that dies at a disk's change: put before libc with LD_PRELOAD, it kills the process by SIGKILL once it has
 * made DYING_DISK_AFTER changes (writes, cuts, flushes, names given and taken) below the folder DYING_DISK_AT. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void count(const char *path)
{
    static int changes;
    const char *at = getenv("DYING_DISK_AT"), *after = getenv("DYING_DISK_AFTER");
    if (at != NULL && after != NULL && strncmp(path, at, strlen(at)) == 0
        && __atomic_add_fetch(&changes, 1, __ATOMIC_SEQ_CST) == atoi(after))
    {
        kill(getpid(), SIGKILL);
    }
}

static void count_file(int file)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0)
    {
        path[length] = 0;
        count(path);
    }
}

ssize_t write(int file, const void *bytes, size_t length)
{
    ssize_t done = REAL(write)(file, bytes, length);
    count_file(file);
    return done;
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset)
{
    ssize_t done = REAL(pwrite)(file, bytes, length, offset);
    count_file(file);
    return done;
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t offset)
{
    ssize_t done = REAL(pwrite64)(file, bytes, length, offset);
    count_file(file);
    return done;
}

int ftruncate(int file, off_t length)
{
    int done = REAL(ftruncate)(file, length);
    count_file(file);
    return done;
}

int ftruncate64(int file, off64_t length)
{
    int done = REAL(ftruncate64)(file, length);
    count_file(file);
    return done;
}

int fsync(int file)
{
    int done = REAL(fsync)(file);
    count_file(file);
    return done;
}

int fdatasync(int file)
{
    int done = REAL(fdatasync)(file);
    count_file(file);
    return done;
}

int rename(const char *from, const char *to)
{
    int done = REAL(rename)(from, to);
    count(to);
    return done;
}

int unlink(const char *path)
{
    int done = REAL(unlink)(path);
    count(path);
    return done;
}

int rmdir(const char *path)
{
    int done = REAL(rmdir)(path);
    count(path);
    return done;
}

int mkdir(const char *path, mode_t mode)
{
    int done = REAL(mkdir)(path, mode);
    count(path);
    return done;
}
