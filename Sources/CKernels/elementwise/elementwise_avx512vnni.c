// Add, multiply, rescale and PReLU with AVX-512.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx512.h"
#include "elementwise_lanes.h"
#endif
