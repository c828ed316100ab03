// Depthwise convolution with AVX2.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx2.h"
#include "depthwise_pairs.h"
#endif
