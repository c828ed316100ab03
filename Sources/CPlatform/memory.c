#define _GNU_SOURCE
#include "tp_memory.h"

#include <sys/mman.h>

static const size_t huge_page = 1 << 21;

/// What is mapped for `size` bytes.
static size_t mapped_size(size_t size) {
    return size < huge_page ? size : (size + huge_page - 1) / huge_page * huge_page;
}

void *tp_allocate_large(size_t size) {
    if (size == 0 || size > SIZE_MAX - 2 * huge_page) return NULL;
    size_t mapped = mapped_size(size), spare = size < huge_page ? 0 : huge_page;
    uint8_t *base = mmap(NULL, mapped + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) return NULL;
    if (spare == 0) return base;
    // What lies before and behind a multiple of a huge page goes back.
    size_t before = (huge_page - (size_t)base % huge_page) % huge_page;
    if (before > 0) munmap(base, before);
    base += before;
    if (before < spare) munmap(base + mapped, spare - before);
    // The last page too where more than half of it is used.
    madvise(base, (size + huge_page / 2) / huge_page * huge_page, MADV_HUGEPAGE);
    return base;
}

void tp_free_large(void *base, size_t size) {
    if (base) munmap(base, mapped_size(size));
}
