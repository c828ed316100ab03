#define _GNU_SOURCE  // pipe2
#include "CHDF5.h"
#include "records.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/// The library never ends with some damaged files: seconds of processor time that any file may take, and bytes that a
/// healthy file is read by in one more, of the slowest kind (small compressed pieces).
enum { least_time = 5, bytes_per_second = 4 << 20 };

static rlim_t time_limit(const char *path, const void *image, size_t size) {
    struct stat file;
    if (image == NULL) size = stat(path, &file) == 0 ? (size_t)file.st_size : 0;
    return least_time + size / bytes_per_second;
}

/// Everything that comes through the pipe; NULL when there is no memory for it.
static uint8_t *collect(int descriptor, size_t *count) {
    size_t capacity = 1 << 20, filled = 0;
    uint8_t *bytes = malloc(capacity);
    while (bytes != NULL) {
        ssize_t part = read(descriptor, bytes + filled, capacity - filled);
        if (part < 0 && errno == EINTR) continue;
        if (part <= 0) break;
        filled += (size_t)part;
        if (filled < capacity) continue;
        uint8_t *larger = capacity <= SIZE_MAX / 2 ? realloc(bytes, capacity * 2) : NULL;
        if (larger == NULL) free(bytes);
        bytes = larger;
        capacity *= 2;
    }
    *count = filled;
    return bytes;
}

static void limit(int resource, rlim_t value) {
    struct rlimit limit = {.rlim_cur = value, .rlim_max = value};
    setrlimit(resource, &limit);
}

int tp_hdf5_read(const char *path, const void *image, size_t size, uint8_t **records, size_t *count) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    pid_t child = fork();
    if (child < 0) {
        close(ends[0]);
        close(ends[1]);
        return -1;
    }
    if (child == 0) {
        close(ends[0]);
        limit(RLIMIT_CORE, 0);
        limit(RLIMIT_CPU, time_limit(path, image, size));
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        static struct records writer;
        writer.descriptor = ends[1];
        write_records(&writer, path, image, size);
        flush_records(&writer);
        _exit(0);
    }
    close(ends[1]);
    *records = collect(ends[0], count);
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (*records == NULL) return -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
    tp_hdf5_free(*records);
    *records = NULL;
    return -2;
}

void tp_hdf5_free(uint8_t *records) { free(records); }
