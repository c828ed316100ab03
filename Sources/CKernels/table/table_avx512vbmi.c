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

/// 512 bytes in registers, looked up by 64 indices: their low 8 bits, and masks of bits 7 and 8.
typedef struct half_kilobyte { __m512i part[8]; } half_kilobyte;

TK_VBMI_INLINE half_kilobyte load_half_kilobyte(const void *p) {
    half_kilobyte bytes;
    for (int i = 0; i < 8; i++)
        bytes.part[i] = _mm512_loadu_si512((const uint8_t *)p + 64 * i);
    return bytes;
}

TK_VBMI_INLINE __m512i look_up(const half_kilobyte *t, __m512i index, __mmask64 bit7, __mmask64 bit8) {
    __m512i a = _mm512_permutex2var_epi8(t->part[0], index, t->part[1]);
    __m512i b = _mm512_permutex2var_epi8(t->part[2], index, t->part[3]);
    __m512i c = _mm512_permutex2var_epi8(t->part[4], index, t->part[5]);
    __m512i d = _mm512_permutex2var_epi8(t->part[6], index, t->part[7]);
    return _mm512_mask_blend_epi8(bit8, _mm512_mask_blend_epi8(bit7, a, b), _mm512_mask_blend_epi8(bit7, c, d));
}

TK_VBMI_INLINE void byte_table(int steps, const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out) {
    const half_kilobyte base = load_half_kilobyte(table->base), first = load_half_kilobyte(table->threshold[0]);
    const half_kilobyte second = load_half_kilobyte(table->threshold[1]);
    const __m512i ones = _mm512_set1_epi8(-1), low7 = _mm512_set1_epi8(127);
    uint8_t low_bytes[64];   // of 64 words
    for (int i = 0; i < 64; i++)
        low_bytes[i] = (uint8_t)(2 * i);
    const __m512i even = _mm512_loadu_si512(low_bytes);
    for (size_t i = 0; i < count; i += 64) {
        size_t rest = count - i;
        __m512i low = _mm512_maskz_loadu_epi16((__mmask32)first_bits(rest, 32), x + i);
        __m512i high = _mm512_setzero_si512();
        if (rest > 32)
            high = _mm512_maskz_loadu_epi16((__mmask32)first_bits(rest - 32, 32), x + i + 32);
        __m512i index = _mm512_permutex2var_epi8(_mm512_srli_epi16(low, 7), even, _mm512_srli_epi16(high, 7));
        __m512i f = _mm512_and_si512(_mm512_permutex2var_epi8(low, even, high), low7);
        __mmask64 bit7 = _mm512_movepi8_mask(index);
        __mmask64 bit8 = _mm512_kunpackd(_mm512_movepi16_mask(high), _mm512_movepi16_mask(low));
        __m512i y = look_up(&base, index, bit7, bit8), threshold = look_up(&first, index, bit7, bit8);
        f = _mm512_xor_si512(f, _mm512_maskz_mov_epi8(_mm512_movepi8_mask(threshold), low7));
        y = _mm512_mask_sub_epi8(y, _mm512_cmpge_epu8_mask(f, _mm512_and_si512(threshold, low7)), y, ones);
        if (steps > 1)
            y = _mm512_mask_sub_epi8(y, _mm512_cmpge_epu8_mask(f, look_up(&second, index, bit7, bit8)), y, ones);
        _mm512_mask_storeu_epi8(out + i, first_bits(rest, 64), y);
    }
}

TK_VBMI void tk_table_int16_int8_avx512vbmi(const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out) {
    if (table->steps == 1)
        byte_table(1, x, count, table, out);
    else if (table->steps == 2)
        byte_table(2, x, count, table, out);
    else
        tk_table_int16_int8_avx2(x, count, table, out);
}
#endif
