// Mean and maximum with AVX-512.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx512.h"
#include "reduce_lanes.h"
#endif
