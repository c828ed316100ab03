#ifndef TP_MEMORY_H
#define TP_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/// `size` bytes at a multiple of 64, or NULL. Megabytes come in huge pages where the system has them: fewer faults while
/// they are filled. Free with `tp_free`.
void *_Nullable tp_allocate_large(size_t size);

void tp_free(void *_Nullable base);

/// Says that all of a mapped file will be read now: its pages come in one call, not fault by fault.
void tp_read_ahead(const void *_Nonnull base, size_t size);

#endif
