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

/// Where 64 inputs are in their table: the low 8 bits of the segment, masks of its bits 7 and 8, and the place in it.
typedef struct place {
    __m512i index, f;
    __mmask64 bit7, bit8;
} place;

TK_VBMI_INLINE place find_place(const int16_t *x, size_t count) {
    __m512i low = _mm512_maskz_loadu_epi16((__mmask32)first_bits(count, 32), x), high = _mm512_setzero_si512();
    if (count > 32)
        high = _mm512_maskz_loadu_epi16((__mmask32)first_bits(count - 32, 32), x + 32);
    uint8_t low_bytes[64];   // of 64 words
    for (int i = 0; i < 64; i++)
        low_bytes[i] = (uint8_t)(2 * i);
    const __m512i even = _mm512_loadu_si512(low_bytes);
    place p;
    p.index = _mm512_permutex2var_epi8(_mm512_srli_epi16(low, 7), even, _mm512_srli_epi16(high, 7));
    p.f = _mm512_and_si512(_mm512_permutex2var_epi8(low, even, high), _mm512_set1_epi8(127));
    p.bit7 = _mm512_movepi8_mask(p.index);
    p.bit8 = _mm512_kunpackd(_mm512_movepi16_mask(high), _mm512_movepi16_mask(low));
    return p;
}

/// The bytes of a table of 512 at some places. Two vectors of places share its eight registers.
TK_VBMI_INLINE void look_up(int vectors, const uint8_t table[512], const place *places, __m512i *out) {
    __m512i part[8];
    for (int i = 0; i < 8; i++)
        part[i] = _mm512_loadu_si512(table + 64 * i);
    for (int v = 0; v < vectors; v++) {
        place p = places[v];
        __m512i a = _mm512_permutex2var_epi8(part[0], p.index, part[1]);
        __m512i b = _mm512_permutex2var_epi8(part[2], p.index, part[3]);
        __m512i c = _mm512_permutex2var_epi8(part[4], p.index, part[5]);
        __m512i d = _mm512_permutex2var_epi8(part[6], p.index, part[7]);
        out[v] = _mm512_mask_blend_epi8(p.bit8, _mm512_mask_blend_epi8(p.bit7, a, b),
                                        _mm512_mask_blend_epi8(p.bit7, c, d));
    }
}

/// f*2^8 times twice the rise, upper half. A product by 2^7, rounded to the upper 17 bits, rounds the sum to its upper byte.
/// The words of each 128 bits come apart here and together in the pack.
TK_VBMI_INLINE __m512i interpolate(__m512i f, __m512i t0, __m512i t1, __m512i r0, __m512i r1) {
    const __m512i zero = _mm512_setzero_si512(), upper_byte = _mm512_set1_epi16(128);
    __m512i rise_a = _mm512_mulhi_epi16(_mm512_unpacklo_epi8(zero, f), _mm512_unpacklo_epi8(r0, r1));
    __m512i rise_b = _mm512_mulhi_epi16(_mm512_unpackhi_epi8(zero, f), _mm512_unpackhi_epi8(r0, r1));
    __m512i a = _mm512_add_epi16(_mm512_unpacklo_epi8(t0, t1), rise_a);
    __m512i b = _mm512_add_epi16(_mm512_unpackhi_epi8(t0, t1), rise_b);
    return _mm512_packs_epi16(_mm512_mulhrs_epi16(a, upper_byte), _mm512_mulhrs_epi16(b, upper_byte));
}

/// Up to 64 elements a vector; only the last may be partial.
TK_VBMI_INLINE void byte_table(int vectors, const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out) {
    place places[2];
    __m512i t0[2], t1[2], r0[2], r1[2];
    for (int v = 0; v < vectors; v++)
        places[v] = find_place(x + 64 * v, count - 64 * (size_t)v);
    look_up(vectors, table->point[0], places, t0);
    look_up(vectors, table->point[1], places, t1);
    look_up(vectors, table->twice_rise[0], places, r0);
    look_up(vectors, table->twice_rise[1], places, r1);
    for (int v = 0; v < vectors; v++)
        _mm512_mask_storeu_epi8(out + 64 * v, first_bits(count - 64 * (size_t)v, 64),
                                interpolate(places[v].f, t0[v], t1[v], r0[v], r1[v]));
}

TK_VBMI void tk_table_int16_int8_avx512vbmi(const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out) {
    if (!table->is_gentle) {
        tk_table_int16_int8_avx2(x, count, table, out);
        return;
    }
    size_t i = 0;
    for (; i + 128 <= count; i += 128)
        byte_table(2, x + i, 128, table, out + i);
    for (; i < count; i += 64)
        byte_table(1, x + i, count - i, table, out + i);
}
#endif
