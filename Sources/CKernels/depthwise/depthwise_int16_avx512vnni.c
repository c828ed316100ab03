// Depthwise convolution of int16, and of kernels beyond the taps of a quad's list, with AVX-512.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx512.h"
#undef TK_KERNEL
#define TK_KERNEL(name) tk_##name##_int16_avx512vnni
#include "depthwise_pairs.h"
#endif
