// AVX-512 with VNNI: 16 lanes of int32, or 32 int16 as 16 pairs. The vocabulary of simd_sse41.h; masks make the partial
// accesses.
#ifndef TIDEPOOL_SIMD_AVX512_H
#define TIDEPOOL_SIMD_AVX512_H
#include "requantize.h"
#include <immintrin.h>

#define TK_AVX512 "avx512f,avx512bw,avx512vl,avx512vnni"
#define TK_TARGET __attribute__((target(TK_AVX512)))
#define TK_INLINE static inline __attribute__((always_inline, target(TK_AVX512)))
#define TK_KERNEL(name) tk_##name##_avx512vnni
enum { LANES = 16, CHUNK = 32 };
typedef __m512i lanes;

TK_INLINE lanes lanes_set(int32_t value) { return _mm512_set1_epi32(value); }
TK_INLINE lanes lanes_add(lanes a, lanes b) { return _mm512_add_epi32(a, b); }
TK_INLINE lanes lanes_subtract(lanes a, lanes b) { return _mm512_sub_epi32(a, b); }
TK_INLINE lanes lanes_multiply(lanes a, lanes b) { return _mm512_mullo_epi32(a, b); }
TK_INLINE lanes lanes_maximum(lanes a, lanes b) { return _mm512_max_epi32(a, b); }
TK_INLINE lanes lanes_shift_left(lanes a, int32_t bits) { return _mm512_sll_epi32(a, _mm_cvtsi32_si128(bits)); }
TK_INLINE lanes lanes_clamp(lanes a, lanes low, lanes high) { return _mm512_min_epi32(_mm512_max_epi32(a, low), high); }

TK_INLINE lanes lanes_by_sign(lanes a, lanes positive, lanes negative) {
    return _mm512_mask_blend_epi32(_mm512_cmplt_epi32_mask(a, _mm512_setzero_si512()), positive, negative);
}

/// The lowest min(count, width) bits.
TK_INLINE uint64_t first_bits(size_t count, size_t width) {
    return count >= width ? ~0ull >> (64 - width) : (1ull << count) - 1;
}

TK_INLINE lanes lanes_load_int32(const int32_t *p, size_t count) {
    return _mm512_maskz_loadu_epi32((__mmask16)first_bits(count, 16), p);
}

TK_INLINE lanes lanes_load(tk_type type, const void *p, size_t count) {
    __mmask16 mask = (__mmask16)first_bits(count, 16);
    return type == TK_INT8 ? _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(mask, p))
                           : _mm512_cvtepi16_epi32(_mm256_maskz_loadu_epi16(mask, p));
}

TK_INLINE void lanes_store(tk_type type, void *p, lanes v, size_t count) {
    __mmask16 mask = (__mmask16)first_bits(count, 16);
    if (type == TK_INT8)
        _mm_mask_storeu_epi8(p, mask, _mm512_cvtepi32_epi8(v));
    else
        _mm256_mask_storeu_epi16(p, mask, _mm512_cvtepi32_epi16(v));
}

/// A requantization prepared for the lanes.
typedef struct lanes_scale { lanes multiplier, half, shift; } lanes_scale;

TK_INLINE lanes_scale lanes_make_scale(lanes multiplier, lanes shift) {
    lanes one = _mm512_set1_epi32(1);
    return (lanes_scale){ multiplier, _mm512_sllv_epi32(one, _mm512_sub_epi32(shift, one)), shift };
}

TK_INLINE lanes_scale lanes_scale_by_sign(lanes a, lanes_scale positive, lanes_scale negative) {
    return (lanes_scale){ lanes_by_sign(a, positive.multiplier, negative.multiplier),
                          lanes_by_sign(a, positive.half, negative.half),
                          lanes_by_sign(a, positive.shift, negative.shift) };
}

/// t = floor(a*m / 2^31), then (t + 2^(s-1)) >> s. Even lanes keep bits 31 to 62 of the product by a shift right, odd
/// ones left.
TK_INLINE lanes lanes_requantize(lanes a, lanes_scale q) {
    lanes even = _mm512_srli_epi64(_mm512_mul_epi32(a, q.multiplier), 31);
    lanes odd = _mm512_mul_epi32(_mm512_srli_epi64(a, 32), _mm512_srli_epi64(q.multiplier, 32));
    lanes t = _mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 1));
    return _mm512_srav_epi32(_mm512_add_epi32(t, q.half), q.shift);
}

TK_INLINE lanes pairs_load(tk_type type, const void *p, size_t count) {
    __mmask32 mask = (__mmask32)first_bits(count, 32);
    return type == TK_INT8 ? _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(mask, p)) : _mm512_maskz_loadu_epi16(mask, p);
}

TK_INLINE void pairs_store_int16(int16_t *p, lanes v) { _mm512_storeu_si512(p, v); }
TK_INLINE lanes pairs_interleave_low(lanes a, lanes b) { return _mm512_unpacklo_epi16(a, b); }
TK_INLINE lanes pairs_interleave_high(lanes a, lanes b) { return _mm512_unpackhi_epi16(a, b); }
TK_INLINE lanes pairs_multiply_add(lanes sum, lanes x, lanes w) { return _mm512_dpwssd_epi32(sum, x, w); }

/// The lanes of two interleaved halves as int16, in order, saturated.
TK_INLINE lanes pairs_pack(lanes low, lanes high) { return _mm512_packs_epi32(low, high); }
TK_INLINE lanes pairs_clamp(lanes a, int32_t low, int32_t high) {
    return _mm512_min_epi16(_mm512_max_epi16(a, _mm512_set1_epi16((int16_t)low)), _mm512_set1_epi16((int16_t)high));
}

TK_INLINE void pairs_store(tk_type type, void *p, lanes words, size_t count) {
    __mmask32 mask = (__mmask32)first_bits(count, 32);
    if (type == TK_INT8)
        _mm256_mask_storeu_epi8(p, mask, _mm512_cvtepi16_epi8(words));
    else
        _mm512_mask_storeu_epi16(p, mask, words);
}

TK_INLINE lanes pairs_set(int32_t value) { return _mm512_set1_epi16((int16_t)value); }
TK_INLINE lanes pairs_subtract(lanes a, lanes b) { return _mm512_sub_epi16(a, b); }

/// Products of int16 as int32, in the two halves that `pairs_pack` puts in order.
TK_INLINE lanes pairs_product_low(lanes a, lanes b) {
    return _mm512_unpacklo_epi16(_mm512_mullo_epi16(a, b), _mm512_mulhi_epi16(a, b));
}
TK_INLINE lanes pairs_product_high(lanes a, lanes b) {
    return _mm512_unpackhi_epi16(_mm512_mullo_epi16(a, b), _mm512_mulhi_epi16(a, b));
}

/// a*factor + addend of floats, `a` an int32, rounded once: the bits.
#define LANES_EXACT 1
TK_INLINE lanes lanes_fused(lanes a, lanes factor, lanes addend) {
    __m512 sum = _mm512_fmadd_round_ps(_mm512_cvtepi32_ps(a), _mm512_castsi512_ps(factor), _mm512_castsi512_ps(addend),
                                       _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    return _mm512_castps_si512(sum);
}

#endif
