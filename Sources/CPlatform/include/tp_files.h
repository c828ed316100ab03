#ifndef TP_FILES_H
#define TP_FILES_H

#include <stddef.h>
#include <stdint.h>

/// A read-only view of a whole file. `base` is NULL when the file is empty.
typedef struct tp_mapping {
    const void *_Nullable base;
    size_t size;
} tp_mapping;

/// Maps a regular file for reading. Returns 0, or a negative errno and leaves `mapping` empty.
/// The file must not shrink while it is mapped: replace it by rename, as `tp_write_file_atomic` does.
int32_t tp_map_file(const char *_Nonnull path, tp_mapping *_Nonnull mapping);

/// Ends a mapping and empties it. Harmless on an empty one.
void tp_unmap(tp_mapping *_Nonnull mapping);

/// Opens a file for reading. Returns a descriptor, or a negative errno.
int32_t tp_open_read(const char *_Nonnull path);

/// Closes a descriptor.
void tp_close(int32_t descriptor);

/// Reads until `count` bytes are there or the file ends. Returns the bytes read, or a negative errno.
int64_t tp_read(int32_t descriptor, void *_Nonnull bytes, size_t count);

/// The same from a position in the file, without moving the descriptor's own.
int64_t tp_read_at(int32_t descriptor, void *_Nonnull bytes, size_t count, int64_t offset);

/// Writes all of `count` bytes. Returns 0, or a negative errno. 1 is standard output, 2 standard error.
int32_t tp_write(int32_t descriptor, const void *_Nullable bytes, size_t count);

/// Replaces a file as a whole: temporary file beside it, fsync, rename. Readers see the old content or the new, never a
/// part. A device or pipe is written in place. Returns 0, or a negative errno; then nothing is left behind.
int32_t tp_write_file_atomic(const char *_Nonnull path, const void *_Nullable bytes, size_t count);

/// The size of a regular file in bytes, or a negative errno (-EISDIR for a folder).
int64_t tp_file_size(const char *_Nonnull path);

/// 1 when nothing is at the path; 0 when something is, or when that cannot be told.
int32_t tp_is_missing(const char *_Nonnull path);

/// 1 when the path is a folder, 0 when it is not or cannot be looked at.
int32_t tp_is_directory(const char *_Nonnull path);

/// 1 when the descriptor is a terminal.
int32_t tp_is_terminal(int32_t descriptor);

/// What an errno, or its negative, means: "No such file or directory". Never NULL.
const char *_Nonnull tp_error_text(int32_t error);

#endif
