// smmla: a 2 × 8 by 8 × 2 matrix at a time.
#if defined(__aarch64__)
#include "peak.h"
#include <arm_neon.h>

__attribute__((target("arch=armv8.2-a+dotprod+i8mm"))) int64_t tk_peak_i8mm(int64_t iterations) {
    int32x4_t sums[TK_PEAK_SUMS];
    int8x16_t x = vdupq_n_s8(53);
    for (int s = 0; s < TK_PEAK_SUMS; s++)
        sums[s] = vdupq_n_s32(0);
    for (int64_t i = 0; i < iterations; i++) {
        for (int s = 0; s < TK_PEAK_SUMS; s++) {
            TK_TOUCH(x);
            sums[s] = vmmlaq_s32(sums[s], x, x);
        }
    }
    for (int s = 0; s < TK_PEAK_SUMS; s++)
        TK_TOUCH(sums[s]);
    return iterations * TK_PEAK_SUMS * 32;
}
#endif
