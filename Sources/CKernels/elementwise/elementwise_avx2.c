// Add, multiply, rescale and PReLU with AVX2.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx2.h"
#include "elementwise_lanes.h"
#endif
