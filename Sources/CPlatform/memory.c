#define _GNU_SOURCE
#include "tp_memory.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 1 << 21, LINE = 64 };

void *tp_allocate_large(size_t size) {
    size_t alignment = size < HUGE_PAGE ? LINE : HUGE_PAGE;
    if (size > SIZE_MAX - LINE) return NULL;
    void *base = aligned_alloc(alignment, (size + LINE - 1) / LINE * LINE);
    if (base && alignment == HUGE_PAGE) madvise(base, size, MADV_HUGEPAGE);
    return base;
}

void tp_free(void *base) {
    free(base);
}

void tp_read_ahead(const void *base, size_t size) {
#ifndef MADV_POPULATE_READ
    enum { MADV_POPULATE_READ = 22 };
#endif
    if (madvise((void *)base, size, MADV_POPULATE_READ) != 0) madvise((void *)base, size, MADV_WILLNEED);
}
