// Unary tables with AVX-512: the tables live in registers, permutes look them up.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx512.h"

/// The first 512 entries of an interpolated table, and its last one in every lane.
typedef struct registers {
    __m512i rows[16];
    __m512i last;
} registers;

TK_INLINE registers load_registers(const int16_t *table) {
    registers t;
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 16; i++) t.rows[i] = _mm512_loadu_si512(table + 32 * i);
    t.last = _mm512_set1_epi16(table[512]);
    return t;
}

TK_INLINE __m512i choose(__m512i index, int bit, __m512i zero, __m512i one) {
    return _mm512_mask_blend_epi16(_mm512_test_epi16_mask(index, _mm512_set1_epi16((short)bit)), zero, one);
}

/// Entries 0 to 511: a permute of two registers knows the lowest 6 bits of the index, blends the other 3.
TK_INLINE __m512i look_up(const registers *t, __m512i index) {
    __m512i quarter[4];
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 4; i++) {
        __m512i zero = _mm512_permutex2var_epi16(t->rows[4 * i], index, t->rows[4 * i + 1]);
        __m512i one = _mm512_permutex2var_epi16(t->rows[4 * i + 2], index, t->rows[4 * i + 3]);
        quarter[i] = choose(index, 64, zero, one);
    }
    return choose(index, 256, choose(index, 128, quarter[0], quarter[1]), choose(index, 128, quarter[2], quarter[3]));
}

/// 32 interpolated values, rounded by `half` and shifted, saturated to int16.
TK_INLINE __m512i interpolate(const registers *t, __m512i x, int32_t half, int shift) {
    __m512i u = _mm512_xor_si512(x, _mm512_set1_epi16((short)0x8000));
    __m512i f = _mm512_and_si512(u, _mm512_set1_epi16(127)), g = _mm512_sub_epi16(_mm512_set1_epi16(128), f);
    __m512i index = _mm512_srli_epi16(u, 7), next = _mm512_add_epi16(index, _mm512_set1_epi16(1));
    __m512i a = look_up(t, index);
    __m512i b = _mm512_mask_blend_epi16(_mm512_cmpeq_epi16_mask(next, _mm512_set1_epi16(512)), look_up(t, next), t->last);
    lanes low = pairs_multiply_add(lanes_set(half), pairs_interleave_low(a, b), pairs_interleave_low(g, f));
    lanes high = pairs_multiply_add(lanes_set(half), pairs_interleave_high(a, b), pairs_interleave_high(g, f));
    __m128i bits = _mm_cvtsi32_si128(shift);
    return _mm512_packs_epi32(_mm512_sra_epi32(low, bits), _mm512_sra_epi32(high, bits));
}

TK_TARGET void tk_table_int16_avx512vnni(const int16_t *x, size_t count, const int16_t table[513], int16_t *out) {
    registers t = load_registers(table);
    for (size_t i = 0; i < count; i += 32) {
        __mmask32 mask = (__mmask32)first_bits(count - i, 32);
        _mm512_mask_storeu_epi16(out + i, mask, interpolate(&t, _mm512_maskz_loadu_epi16(mask, x + i), 1 << 6, 7));
    }
}

TK_TARGET void tk_table_int16_int8_avx512vnni(const int16_t *x, size_t count, const int16_t table[513], int8_t *out) {
    registers t = load_registers(table);
    for (size_t i = 0; i < count; i += 32) {
        __mmask32 mask = (__mmask32)first_bits(count - i, 32);
        __m512i v = interpolate(&t, _mm512_maskz_loadu_epi16(mask, x + i), 1 << 14, 15);
        _mm256_mask_storeu_epi8(out + i, mask, _mm512_cvtsepi16_epi8(v));
    }
}

/// For processors that have VBMI as well: a byte permute of two registers knows 7 bits of the index.
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
