// The most that a core can multiply and add, to hold what kernels reach against.
#ifndef TIDEPOOL_PEAK_H
#define TIDEPOOL_PEAK_H
#include "tidepool_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

// Independent sums of int8 products in registers, without memory, by the instructions that the set's gemm uses; the
// scalar set's are a plain loop over a few bytes, as the compiler likes it. Returns the multiply-adds of `iterations`
// turns of that loop, or 0 where this build or this processor has no such set. The caller looks at the clock.
int64_t tk_peak_multiply_adds(tk_isa isa, int64_t iterations);

#ifdef __cplusplus
}
#endif
#endif
