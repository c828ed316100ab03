#define _GNU_SOURCE
#include "tp_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int32_t tp_map_file(const char *path, tp_mapping *mapping) {
    *mapping = (tp_mapping){0};
    int descriptor = tp_open_read(path);
    if (descriptor < 0) return descriptor;

    int32_t result = 0;
    struct stat status;
    if (fstat(descriptor, &status) < 0) {
        result = -errno;
    } else if (!S_ISREG(status.st_mode)) {
        result = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
    } else if (status.st_size > 0) {
        void *base = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (base == MAP_FAILED) {
            result = -errno;
        } else {
            *mapping = (tp_mapping){base, (size_t)status.st_size};
        }
    }
    close(descriptor);
    return result;
}

void tp_unmap(tp_mapping *mapping) {
    if (mapping->base) munmap((void *)mapping->base, mapping->size);
    *mapping = (tp_mapping){0};
}

int32_t tp_open_read(const char *path) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

void tp_close(int32_t descriptor) {
    close(descriptor);
}

/// Reads in a loop; a negative `offset` reads at the descriptor's own position.
static int64_t read_fully(int descriptor, uint8_t *bytes, size_t count, int64_t offset) {
    size_t done = 0;
    while (done < count) {
        ssize_t step = offset < 0 ? read(descriptor, bytes + done, count - done)
                                  : pread(descriptor, bytes + done, count - done, offset + (int64_t)done);
        if (step == 0) break;
        if (step > 0) {
            done += (size_t)step;
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return (int64_t)done;
}

int64_t tp_read(int32_t descriptor, void *bytes, size_t count) {
    return read_fully(descriptor, bytes, count, -1);
}

int64_t tp_read_at(int32_t descriptor, void *bytes, size_t count, int64_t offset) {
    return offset < 0 ? -EINVAL : read_fully(descriptor, bytes, count, offset);
}

int32_t tp_write(int32_t descriptor, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    while (count > 0) {
        ssize_t step = write(descriptor, next, count);
        if (step >= 0) {
            next += step;
            count -= (size_t)step;
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

static int32_t write_in_place(const char *path, const void *bytes, size_t count) {
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    int32_t result = tp_write(descriptor, bytes, count);
    close(descriptor);
    return result;
}

/// Makes a rename durable. A file system that cannot sync a folder is no reason to fail: the data are safe.
static void sync_parent(const char *path) {
    char parent[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 0;
    if (length >= sizeof parent) return;
    memcpy(parent, slash ? path : ".", slash ? length : 1);
    parent[slash ? length : 1] = 0;
    int descriptor = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    fsync(descriptor);
    close(descriptor);
}

int32_t tp_write_file_atomic(const char *path, const void *bytes, size_t count) {
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        return S_ISDIR(status.st_mode) ? -EISDIR : write_in_place(path, bytes, count);
    }

    char temporary[PATH_MAX];
    int length = snprintf(temporary, sizeof temporary, "%s.%d.tmp", path, (int)getpid());
    if (length < 0 || (size_t)length >= sizeof temporary) return -ENAMETOOLONG;
    int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) return -errno;

    int32_t result = tp_write(descriptor, bytes, count);
    if (result == 0 && fsync(descriptor) < 0) result = -errno;
    if (close(descriptor) < 0 && result == 0) result = -errno;
    if (result == 0 && rename(temporary, path) < 0) result = -errno;
    if (result < 0) {
        unlink(temporary);
    } else {
        sync_parent(path);
    }
    return result;
}

int64_t tp_file_size(const char *path) {
    struct stat status;
    if (stat(path, &status) < 0) return -errno;
    if (S_ISDIR(status.st_mode)) return -EISDIR;
    return S_ISREG(status.st_mode) ? (int64_t)status.st_size : -EINVAL;
}

int32_t tp_is_missing(const char *path) {
    struct stat status;
    return stat(path, &status) < 0 && errno == ENOENT;
}

int32_t tp_is_directory(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

int32_t tp_is_terminal(int32_t descriptor) {
    return isatty(descriptor);
}

const char *tp_error_text(int32_t error) {
    return strerror(error < 0 ? -error : error);
}
