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

/// A window's points and twice its rises, their lower and upper bytes: 64 segments a register. And what inputs are limited
/// to.
typedef struct window {
    __m512i point[2][2], twice_rise[2][2], lowest, highest;
} window;

TK_VBMI_INLINE window load_window(const tk_byte_table *table) {
    window w = { .lowest = _mm512_set1_epi16(table->lowest), .highest = _mm512_set1_epi16(table->highest) };
    for (int half = 0; half < 2; half++) {
        for (int byte = 0; byte < 2; byte++)
            w.point[byte][half] = _mm512_loadu_si512(table->point[byte] + 64 * half);
        __m512i low = _mm512_loadu_si512(table->rise[0] + 64 * half);
        __m512i high = _mm512_loadu_si512(table->rise[1] + 64 * half);
        __m512i carried = _mm512_and_si512(_mm512_srli_epi16(low, 7), _mm512_set1_epi8(1));
        w.twice_rise[0][half] = _mm512_add_epi8(low, low);
        w.twice_rise[1][half] = _mm512_or_si512(_mm512_add_epi8(high, high), carried);
    }
    return w;
}

/// A permute of one register's bytes knows the segment's lower 6 bits; the next one chooses between two of them.
TK_VBMI_INLINE __m512i look_up(const __m512i rows[2], __m512i segment, __mmask64 is_upper) {
    return _mm512_mask_permutexvar_epi8(_mm512_permutexvar_epi8(segment, rows[0]), is_upper, segment, rows[1]);
}

/// Bits 7 to 14 of 32 inputs: the segment, and one bit that permutes do not look at.
TK_VBMI_INLINE __m512i segments(__m512i x) { return _mm512_srli_epi16(_mm512_add_epi16(x, x), 8); }

/// 32 bytes times 2^8. The upper half of f*2^8 times twice the rise is floor(f*rise / 2^7).
TK_VBMI_INLINE __m512i on_line(__m512i x, __m512i point, __m512i twice_rise) {
    __m512i line = _mm512_add_epi16(point, _mm512_mulhi_epi16(_mm512_slli_epi16(x, 8), twice_rise));
    return _mm512_adds_epi16(line, _mm512_set1_epi16(128));
}

/// 64 bytes. What packing takes from the two inputs' halves of each 128 bits, unpacking gives back to them.
TK_VBMI_INLINE __m512i bytes(__m512i low, __m512i high, const window *w, __m512i upper_bytes) {
    low = _mm512_min_epi16(_mm512_max_epi16(low, w->lowest), w->highest);
    high = _mm512_min_epi16(_mm512_max_epi16(high, w->lowest), w->highest);
    __m512i segment = _mm512_packus_epi16(segments(low), segments(high));
    __mmask64 is_upper = _mm512_test_epi8_mask(segment, _mm512_set1_epi8(64));
    __m512i point[2], rise[2];
    for (int byte = 0; byte < 2; byte++) {
        point[byte] = look_up(w->point[byte], segment, is_upper);
        rise[byte] = look_up(w->twice_rise[byte], segment, is_upper);
    }
    low = on_line(low, _mm512_unpacklo_epi8(point[0], point[1]), _mm512_unpacklo_epi8(rise[0], rise[1]));
    high = on_line(high, _mm512_unpackhi_epi8(point[0], point[1]), _mm512_unpackhi_epi8(rise[0], rise[1]));
    return _mm512_permutex2var_epi8(low, upper_bytes, high);
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
    const __m512i upper_bytes = _mm512_loadu_si512(odd_bytes);
    size_t i = 0;
    for (; i + 64 <= count; i += 64)
        _mm512_storeu_si512(
            out + i, bytes(_mm512_loadu_si512(x + i), _mm512_loadu_si512(x + i + 32), &w, upper_bytes));
    if (i < count) {
        size_t left = count - i, right = left > 32 ? left - 32 : 0;
        __m512i low = _mm512_maskz_loadu_epi16((__mmask32)first_bits(left, 32), x + i);
        __m512i high = _mm512_maskz_loadu_epi16((__mmask32)first_bits(right, 32), x + i + (right > 0 ? 32 : 0));
        _mm512_mask_storeu_epi8(out + i, first_bits(left, 64), bytes(low, high, &w, upper_bytes));
    }
}
#endif
