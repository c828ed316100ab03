#include "peak.h"

int64_t tk_peak_multiply_adds(tk_isa isa, int64_t iterations) {
    if (tk_kernels_for(isa) == NULL)
        return 0;
    switch (isa) {
    case TK_SCALAR: return tk_peak_scalar(iterations);
#if defined(__x86_64__)
    case TK_SSE41: return tk_peak_sse41(iterations);
    case TK_AVX2: return tk_peak_avx2(iterations);
    case TK_AVX512VNNI: return tk_peak_avx512vnni(iterations);
#elif defined(__aarch64__)
    case TK_NEON: return tk_peak_neon(iterations);
    case TK_DOTPROD: return tk_peak_dotprod(iterations);
    case TK_I8MM: return tk_peak_i8mm(iterations);
#endif
    default: return 0;
    }
}
