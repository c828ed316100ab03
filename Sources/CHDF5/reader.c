#include "records.h"

#if __has_include(<hdf5/serial/hdf5.h>)
#include <hdf5/serial/hdf5.h>
#else
#include <hdf5.h>
#endif
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    depth_limit = 64,
    object_limit = 1 << 18,
    rank_limit = 16,
    path_limit = 4096,
    texts_limit = 1 << 18,
    text_limit = 1 << 28,
};
/// As Graph.elementLimit for one dataset, and four times as much for all.
static const uint64_t element_limit = 1ull << 28, total_limit = 1ull << 30;

/// What the walk knows.
struct walk {
    struct records *records;
    uint64_t file_size;
    uint64_t elements;
    int objects;
    int depth;
    char path[path_limit];
};

/// Writes the last record of a file that cannot be used, and ends the process.
static _Noreturn __attribute__((format(printf, 2, 3))) void fail(struct walk *walk, const char *format, ...) {
    char text[path_limit + 256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put_number(walk->records, RECORD_FAILURE, 1);
    put_text(walk->records, text, strlen(text));
    flush_records(walk->records);
    _exit(0);
}

static void put_attribute_head(struct walk *walk, const char *name, hssize_t count) {
    put_number(walk->records, RECORD_ATTRIBUTE, 1);
    put_text(walk->records, walk->path, strlen(walk->path));
    put_text(walk->records, name, strlen(name));
    put_number(walk->records, (uint64_t)count, 4);
}

/// Texts are stored one way or the other: pointers to each, or all of one length.
static void write_texts(struct walk *walk, hid_t attribute, hid_t type, const char *name, hssize_t count) {
    bool is_variable = H5Tis_variable_str(type) > 0;
    size_t length = is_variable ? sizeof(char *) : H5Tget_size(type);
    if (length == 0 || length > text_limit / (size_t)count) {
        fail(walk, "attribute %s of %s claims %zu bytes", name, walk->path, length * (size_t)count);
    }
    char *bytes = calloc((size_t)count, length);
    if (bytes == NULL || H5Aread(attribute, type, bytes) < 0) {
        fail(walk, "attribute %s of %s is damaged", name, walk->path);
    }
    put_attribute_head(walk, name, count);
    for (hssize_t i = 0; i < count; i++) {
        const char *text = is_variable ? ((char **)bytes)[i] : bytes + (size_t)i * length;
        put_text(walk->records, text ? text : "", text ? strnlen(text, is_variable ? text_limit : length) : 0);
    }
    free(bytes);
}

static herr_t write_attribute(hid_t object, const char *name, const H5A_info_t *info, void *context) {
    (void)info;
    struct walk *walk = context;
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0) fail(walk, "attribute %s of %s is damaged", name, walk->path);
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    if (H5Tget_class(type) == H5T_STRING) {
        hssize_t count = H5Sget_simple_extent_npoints(space);
        if (count < 0 || count > texts_limit) fail(walk, "attribute %s of %s has an absurd size", name, walk->path);
        if (count == 0) {
            put_attribute_head(walk, name, 0);
        } else {
            write_texts(walk, attribute, type, name, count);
        }
    }
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    return 0;
}

/// Throws out what claims more than the file can hold, before anything is allocated.
static uint64_t checked_count(struct walk *walk, hid_t set, hid_t type, int rank, const hsize_t *extents) {
    uint64_t count = 1;
    for (int i = 0; i < rank; i++) {
        if (extents[i] > element_limit || count * extents[i] > element_limit) {
            fail(walk, "%s claims more than %llu numbers", walk->path, (unsigned long long)element_limit);
        }
        count *= extents[i];
    }
    walk->elements += count;
    if (walk->elements > total_limit) fail(walk, "it claims more than %llu numbers", (unsigned long long)total_limit);
    hid_t properties = H5Dget_create_plist(set);
    if (H5Pget_layout(properties) == H5D_VIRTUAL || H5Pget_external_count(properties) != 0) {
        fail(walk, "%s is stored in another file", walk->path);
    }
    // Deflate shrinks to a 1032nd at most.
    uint64_t growth = H5Pget_nfilters(properties) > 0 ? 1032 : 1;
    uint64_t bytes = count * H5Tget_size(type);
    if (bytes / growth > walk->file_size) {
        fail(walk, "%s claims %llu bytes in a file of %llu", walk->path, (unsigned long long)bytes,
             (unsigned long long)walk->file_size);
    }
    H5Pclose(properties);
    return count;
}

static void write_dataset(struct walk *walk, hid_t set) {
    hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    H5T_class_t class = H5Tget_class(type);
    int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 0 || rank > rank_limit) fail(walk, "%s has an impossible shape", walk->path);
    if (class == H5T_FLOAT || class == H5T_INTEGER) {
        hsize_t extents[rank_limit];
        if (H5Sget_simple_extent_dims(space, extents, NULL) < 0) fail(walk, "%s is damaged", walk->path);
        uint64_t count = checked_count(walk, set, type, rank, extents);
        float *values = malloc(count > 0 ? count * sizeof(float) : 1);
        if (values == NULL) fail(walk, "no memory for %s", walk->path);
        if (count > 0 && H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) {
            fail(walk, "%s cannot be read: it is damaged or cut off", walk->path);
        }
        put_number(walk->records, RECORD_DATASET, 1);
        put_text(walk->records, walk->path, strlen(walk->path));
        put_number(walk->records, (uint64_t)rank, 4);
        for (int i = 0; i < rank; i++) put_number(walk->records, extents[i], 8);
        put_number(walk->records, count, 8);
        put_bytes(walk->records, values, count * sizeof(float));
        free(values);
    }
    H5Sclose(space);
    H5Tclose(type);
}

static bool is_left_out(const struct walk *walk, const char *name) {
    return walk->depth == 0 && (strcmp(name, "optimizer_weights") == 0 || strcmp(name, "optimizer") == 0);
}

static void write_group(struct walk *walk, hid_t group);

static herr_t write_member(hid_t group, const char *name, const H5L_info_t *link, void *context) {
    struct walk *walk = context;
    if (link->type != H5L_TYPE_HARD || is_left_out(walk, name)) return 0;
    size_t length = strlen(walk->path), added = strlen(name);
    if (length + added + 2 > path_limit) fail(walk, "a name below %.64s… is too long", walk->path);
    if (++walk->objects > object_limit) fail(walk, "it holds more than %d objects", object_limit);
    if (walk->depth >= depth_limit) fail(walk, "its groups are nested more than %d deep", depth_limit);
    if (length > 1) walk->path[length++] = '/';
    memcpy(walk->path + length, name, added + 1);
    hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    if (object < 0) fail(walk, "%s is damaged", walk->path);
    H5I_type_t kind = H5Iget_type(object);
    walk->depth++;
    if (kind == H5I_GROUP) write_group(walk, object);
    if (kind == H5I_DATASET) write_dataset(walk, object);
    walk->depth--;
    H5Oclose(object);
    walk->path[length > 1 ? length - 1 : 1] = 0;
    return 0;
}

static void write_group(struct walk *walk, hid_t group) {
    if (H5Aiterate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, write_attribute, walk) < 0 ||
        H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, write_member, walk) < 0) {
        fail(walk, "group %s is damaged", walk->path);
    }
}

static hid_t open_file(const char *path, const void *image, size_t size) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (image != NULL &&
        (H5Pset_fapl_core(access, 1 << 16, 0) < 0 || H5Pset_file_image(access, (void *)image, size) < 0)) {
        return -1;
    }
    return H5Fopen(path, H5F_ACC_RDONLY, access);
}

void write_records(struct records *records, const char *path, const void *image, size_t size) {
    static struct walk walk = {.path = "/"};
    walk.records = records;
    H5Eset_auto(H5E_DEFAULT, NULL, NULL);
    H5PLset_loading_state(0);
    hid_t file = open_file(path, image, size);
    if (file < 0) fail(&walk, "it is damaged or cut off");
    hsize_t bytes = 0;
    H5Fget_filesize(file, &bytes);
    walk.file_size = bytes;
    hid_t root = H5Gopen(file, "/", H5P_DEFAULT);
    if (root < 0) fail(&walk, "it is damaged or cut off");
    write_group(&walk, root);
    put_number(records, RECORD_END, 1);
}
