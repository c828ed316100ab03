// smull, smlal2 and sadalp: sixteen products, two by two exactly in int16.
#if defined(__aarch64__)
#include "peak.h"
#include <arm_neon.h>

int64_t tk_peak_neon(int64_t iterations) {
    int32x4_t sums[TK_PEAK_SUMS];
    int8x16_t x = vdupq_n_s8(53);
    for (int s = 0; s < TK_PEAK_SUMS; s++)
        sums[s] = vdupq_n_s32(0);
    for (int64_t i = 0; i < iterations; i++) {
        for (int s = 0; s < TK_PEAK_SUMS; s++) {
            TK_TOUCH(x);
            int16x8_t products = vmull_s8(vget_low_s8(x), vget_low_s8(x));
            sums[s] = vpadalq_s16(sums[s], vmlal_high_s8(products, x, x));
        }
    }
    for (int s = 0; s < TK_PEAK_SUMS; s++)
        TK_TOUCH(sums[s]);
    return iterations * TK_PEAK_SUMS * 16;
}
#endif
