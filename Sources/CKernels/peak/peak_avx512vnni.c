// vpdpbusd: sixty-four products at a time.
#if defined(__x86_64__)
#include "peak.h"
#include <immintrin.h>

__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))) int64_t tk_peak_avx512vnni(int64_t iterations) {
    __m512i sums[TK_PEAK_SUMS], x = _mm512_set1_epi8(53);
    for (int s = 0; s < TK_PEAK_SUMS; s++)
        sums[s] = x;
    for (int64_t i = 0; i < iterations; i++) {
        for (int s = 0; s < TK_PEAK_SUMS; s++) {
            TK_TOUCH(x);
            sums[s] = _mm512_dpbusd_epi32(sums[s], x, x);
        }
    }
    for (int s = 0; s < TK_PEAK_SUMS; s++)
        TK_TOUCH(sums[s]);
    return iterations * TK_PEAK_SUMS * (int64_t)sizeof x;
}
#endif
