// Kernels with the shapes that the thesis' networks give them.
#ifndef KERNEL_CASES_H
#define KERNEL_CASES_H
#include "tidepool_kernels.h"

typedef struct kernel_case {
    const char *name;
    /// Arguments of the kernel on seeded noise, packed weights and all.
    void *(*prepare)(const tk_kernels *kernels, const int shape[8]);
    void (*run)(const tk_kernels *kernels, void *arguments);
    int shape[8];
} kernel_case;

extern const kernel_case kernel_cases[];
extern const size_t kernel_case_count;

#endif
