// The byte table for processors that have VBMI beside AVX-512 VNNI: it lives in four registers.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx512.h"

/// A byte permute of two registers knows 7 bits of the index; the sign of x chooses between two of them.
__attribute__((target(TK_AVX512 ",avx512vbmi")))
void tk_table_int8_avx512vbmi(const int8_t *x, size_t count, const int8_t table[256], int8_t *out) {
    const __m512i t0 = _mm512_loadu_si512(table), t1 = _mm512_loadu_si512(table + 64);
    const __m512i t2 = _mm512_loadu_si512(table + 128), t3 = _mm512_loadu_si512(table + 192);
    for (size_t i = 0; i < count; i += 64) {
        __mmask64 mask = first_bits(count - i, 64);
        __m512i v = _mm512_maskz_loadu_epi8(mask, x + i);   // its low 7 bits are those of v + 128
        __m512i negative = _mm512_permutex2var_epi8(t0, v, t1), positive = _mm512_permutex2var_epi8(t2, v, t3);
        _mm512_mask_storeu_epi8(out + i, mask, _mm512_mask_blend_epi8(_mm512_movepi8_mask(v), positive, negative));
    }
}
#endif
