// Add, multiply, rescale and PReLU with NEON.
#if defined(__aarch64__)
#include "../kernels_internal.h"
#include "../simd_neon.h"
#include "elementwise_lanes.h"
#endif
