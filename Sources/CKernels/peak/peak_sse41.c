// pmaddwd and paddd: eight products at a time, exactly.
#if defined(__x86_64__)
#include "peak.h"
#include <immintrin.h>

__attribute__((target("sse4.1"))) int64_t tk_peak_sse41(int64_t iterations) {
    __m128i sums[TK_PEAK_SUMS], x = _mm_set1_epi8(53);
    for (int s = 0; s < TK_PEAK_SUMS; s++)
        sums[s] = x;
    for (int64_t i = 0; i < iterations; i++) {
        for (int s = 0; s < TK_PEAK_SUMS; s++) {
            TK_TOUCH(x);
            sums[s] = _mm_add_epi32(sums[s], _mm_madd_epi16(x, x));
        }
    }
    for (int s = 0; s < TK_PEAK_SUMS; s++)
        TK_TOUCH(sums[s]);
    return iterations * TK_PEAK_SUMS * (int64_t)sizeof x / 2;
}
#endif
