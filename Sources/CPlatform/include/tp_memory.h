#ifndef TP_MEMORY_H
#define TP_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/// `size` bytes, all 0, at a multiple of 64, or NULL. Megabytes come in huge pages where the system has them: fewer
/// faults while they are filled. Free with `tp_free_large`.
void *_Nullable tp_allocate_large(size_t size);

/// Frees what `tp_allocate_large` gave for the same size.
void tp_free_large(void *_Nullable base, size_t size);

#endif
