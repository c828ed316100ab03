// Mean and maximum with NEON.
#if defined(__aarch64__)
#include "../kernels_internal.h"
#include "../simd_neon.h"
#include "reduce_lanes.h"
#endif
