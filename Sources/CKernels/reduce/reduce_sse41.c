// Mean and maximum with SSE4.1.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_sse41.h"
#include "reduce_lanes.h"
#endif
