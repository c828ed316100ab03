#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H
#include <stdint.h>

/// Whether this build counts. AddressSanitizer brings its own malloc, which must not be replaced.
int32_t allocation_count_available(void);

/// Starts or ends counting on the calling thread; each thread counts on its own, into one total.
void allocation_count_enable(int32_t enabled);

/// Allocations (malloc, calloc, realloc, posix_memalign, aligned_alloc, memalign) of all counting threads so far.
int64_t allocation_count(void);

#endif
