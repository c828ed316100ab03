#define _GNU_SOURCE
#include "tp_directory.h"
#include "tp_files.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct tp_directory {
    char **names;
    size_t count;
    size_t capacity;
};

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int32_t append(tp_directory *directory, const char *name) {
    if (directory->count == directory->capacity) {
        size_t capacity = directory->capacity ? 2 * directory->capacity : 64;
        char **names = realloc(directory->names, capacity * sizeof *names);
        if (!names) return -ENOMEM;
        directory->names = names;
        directory->capacity = capacity;
    }
    char *copy = strdup(name);
    if (!copy) return -ENOMEM;
    directory->names[directory->count++] = copy;
    return 0;
}

int32_t tp_directory_read(const char *path, tp_directory **directory) {
    *directory = NULL;
    DIR *stream = opendir(path);
    if (!stream) return -errno;

    tp_directory *result = calloc(1, sizeof *result);
    int32_t error = result ? 0 : -ENOMEM;
    while (error == 0) {
        errno = 0;
        struct dirent *entry = readdir(stream);
        if (!entry) {
            error = -errno;
            break;
        }
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) error = append(result, entry->d_name);
    }
    closedir(stream);

    if (error < 0) {
        tp_directory_free(result);
        return error;
    }
    if (result->count > 0) qsort(result->names, result->count, sizeof *result->names, by_bytes);
    *directory = result;
    return 0;
}

size_t tp_directory_count(const tp_directory *directory) {
    return directory->count;
}

const char *tp_directory_name(const tp_directory *directory, size_t index) {
    return directory->names[index];
}

void tp_directory_free(tp_directory *directory) {
    if (!directory) return;
    for (size_t i = 0; i < directory->count; i++) free(directory->names[i]);
    free(directory->names);
    free(directory);
}

int32_t tp_directory_make(const char *path) {
    char partial[PATH_MAX];
    size_t length = strlen(path);
    if (length == 0) return -ENOENT;
    if (length >= sizeof partial) return -ENAMETOOLONG;
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != 0) continue;
        memcpy(partial, path, i);
        partial[i] = 0;
        if (mkdir(partial, 0777) < 0 && errno != EEXIST) return -errno;
    }
    return tp_is_directory(path) ? 0 : -ENOTDIR;
}

int32_t tp_real_path(const char *path, char *resolved, size_t size) {
    char *whole = realpath(path, NULL);
    if (!whole) return -errno;
    size_t length = strlen(whole);
    int fits = length < size;
    if (fits) memcpy(resolved, whole, length + 1);
    free(whole);
    return fits ? 0 : -ENAMETOOLONG;
}
