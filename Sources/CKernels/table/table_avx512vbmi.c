// Byte tables for processors that have VBMI beside AVX-512 VNNI: 256 bytes live in four registers, 512 in eight.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx512.h"

#define TK_VBMI __attribute__((target(TK_AVX512 ",avx512vbmi")))
#define TK_VBMI_INLINE static inline __attribute__((always_inline, target(TK_AVX512 ",avx512vbmi")))

/// A byte permute of two registers knows 7 bits of the index; the sign of x chooses between two of them.
TK_VBMI void tk_table_int8_avx512vbmi(const int8_t *x, size_t count, const int8_t table[256], int8_t *out) {
    const __m512i t0 = _mm512_loadu_si512(table), t1 = _mm512_loadu_si512(table + 64);
    const __m512i t2 = _mm512_loadu_si512(table + 128), t3 = _mm512_loadu_si512(table + 192);
    for (size_t i = 0; i < count; i += 64) {
        __mmask64 mask = first_bits(count - i, 64);
        __m512i v = _mm512_maskz_loadu_epi8(mask, x + i);   // its low 7 bits are those of v + 128
        __m512i negative = _mm512_permutex2var_epi8(t0, v, t1), positive = _mm512_permutex2var_epi8(t2, v, t3);
        _mm512_mask_storeu_epi8(out + i, mask, _mm512_mask_blend_epi8(_mm512_movepi8_mask(v), positive, negative));
    }
}

/// A window's points and rises, 64 segments a pair of registers, and what its inputs are limited to.
typedef struct window {
    __m512i point[4], twice_rise[4], lowest, highest;
} window;

/// 32 words of their bytes.
TK_VBMI_INLINE __m512i join(const uint8_t *low, const uint8_t *high) {
    __m512i upper = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)high));
    return _mm512_or_si512(_mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)low)), _mm512_slli_epi16(upper, 8));
}

TK_VBMI_INLINE window load_window(const tk_byte_table *table) {
    window w = { .lowest = _mm512_set1_epi16(table->lowest), .highest = _mm512_set1_epi16(table->highest) };
    for (int i = 0; i < 4; i++) {
        w.point[i] = join(table->point[0] + 32 * i, table->point[1] + 32 * i);
        w.twice_rise[i] = _mm512_slli_epi16(join(table->rise[0] + 32 * i, table->rise[1] + 32 * i), 1);
    }
    return w;
}

/// The bytes of 32 inputs times 2^8. A word permute of two registers knows the segment's lower 6 bits; the next one, bit 13
/// of x, chooses between two of them. The upper half of f*2^8 times twice the rise is floor(f*rise / 2^7).
TK_VBMI_INLINE __m512i words(__m512i x, const window *w) {
    x = _mm512_min_epi16(_mm512_max_epi16(x, w->lowest), w->highest);
    __m512i segment = _mm512_srli_epi16(x, 7), f = _mm512_slli_epi16(x, 8);
    __mmask32 is_upper = _mm512_test_epi16_mask(x, _mm512_set1_epi16(1 << 13));
    __m512i point = _mm512_mask_blend_epi16(is_upper, _mm512_permutex2var_epi16(w->point[0], segment, w->point[1]),
                                            _mm512_permutex2var_epi16(w->point[2], segment, w->point[3]));
    __m512i rise = _mm512_mask_blend_epi16(is_upper, _mm512_permutex2var_epi16(w->twice_rise[0], segment, w->twice_rise[1]),
                                           _mm512_permutex2var_epi16(w->twice_rise[2], segment, w->twice_rise[3]));
    __m512i line = _mm512_add_epi16(point, _mm512_mulhi_epi16(f, rise));
    return _mm512_adds_epi16(line, _mm512_set1_epi16(128));
}

TK_VBMI void tk_table_int16_int8_avx512vbmi(const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out) {
    if (!table->has_window) {
        tk_table_int16_int8_avx2(x, count, table, out);
        return;
    }
    const window w = load_window(table);
    uint8_t odd_bytes[64];
    for (int i = 0; i < 64; i++)
        odd_bytes[i] = (uint8_t)(2 * i + 1);
    const __m512i upper = _mm512_loadu_si512(odd_bytes);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        __m512i low = words(_mm512_loadu_si512(x + i), &w), high = words(_mm512_loadu_si512(x + i + 32), &w);
        _mm512_storeu_si512(out + i, _mm512_permutex2var_epi8(low, upper, high));
    }
    for (; i < count; i += 32) {
        __m512i v = words(_mm512_maskz_loadu_epi16((__mmask32)first_bits(count - i, 32), x + i), &w);
        _mm512_mask_storeu_epi8(out + i, first_bits(count - i, 32), _mm512_permutexvar_epi8(upper, v));
    }
}
#endif
