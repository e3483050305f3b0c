/* A disk that breaks: put before libc with LD_PRELOAD, it lets FAILING_FSYNC_AFTER flushes of shards pass and answers
 * EIO to each one after them. Other files are flushed as ever. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_shard(int file)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
    {
        return 0;
    }

    path[length] = 0;
    return strstr(path, "/shard-") != NULL;
}

int fsync(int file)
{
    static int passed;
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    const char *most = getenv("FAILING_FSYNC_AFTER");
    if (is_shard(file) && __atomic_fetch_add(&passed, 1, __ATOMIC_SEQ_CST) >= atoi(most == NULL ? "0" : most))
    {
        errno = EIO;
        return -1;
    }

    return real(file);
}
