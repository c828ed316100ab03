#ifndef TP_DIRECTORY_H
#define TP_DIRECTORY_H

#include <stddef.h>
#include <stdint.h>

/// The names in a folder, read once and sorted by their bytes, so that every machine walks it in the same order.
typedef struct tp_directory tp_directory;

/// Reads the names in a folder, all but "." and "..". Returns 0, or a negative errno.
/// `directory` is to be freed with `tp_directory_free`.
int32_t tp_directory_read(const char *_Nonnull path, tp_directory *_Nullable *_Nonnull directory);

size_t tp_directory_count(const tp_directory *_Nonnull directory);

/// The name at `index` in 0 ..< count; it lives as long as the directory.
const char *_Nonnull tp_directory_name(const tp_directory *_Nonnull directory, size_t index);

void tp_directory_free(tp_directory *_Nullable directory);

/// Makes a folder and those above it that are missing. Returns 0 (also when it is there already), or a negative errno.
int32_t tp_directory_make(const char *_Nonnull path);

/// Where a path leads once all its links are followed. Returns 0, or a negative errno.
int32_t tp_real_path(const char *_Nonnull path, char *_Nonnull resolved, size_t size);

#endif
