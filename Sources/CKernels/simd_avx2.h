// AVX2 with FMA: 8 lanes of int32, or 16 int16 as 8 pairs. The vocabulary of simd_sse41.h.
#ifndef TIDEPOOL_SIMD_AVX2_H
#define TIDEPOOL_SIMD_AVX2_H
#include "requantize.h"
#include <immintrin.h>
#include <string.h>

#define TK_TARGET __attribute__((target("avx2,fma")))
#define TK_INLINE static inline __attribute__((always_inline, target("avx2,fma")))
#define TK_KERNEL(name) tk_##name##_avx2
enum { LANES = 8, CHUNK = 16 };
typedef __m256i lanes;

TK_INLINE lanes lanes_set(int32_t value) { return _mm256_set1_epi32(value); }
TK_INLINE lanes lanes_add(lanes a, lanes b) { return _mm256_add_epi32(a, b); }
TK_INLINE lanes lanes_subtract(lanes a, lanes b) { return _mm256_sub_epi32(a, b); }
TK_INLINE lanes lanes_multiply(lanes a, lanes b) { return _mm256_mullo_epi32(a, b); }
TK_INLINE lanes lanes_maximum(lanes a, lanes b) { return _mm256_max_epi32(a, b); }
TK_INLINE lanes lanes_shift_left(lanes a, int32_t bits) { return _mm256_sll_epi32(a, _mm_cvtsi32_si128(bits)); }
TK_INLINE lanes lanes_clamp(lanes a, lanes low, lanes high) { return _mm256_min_epi32(_mm256_max_epi32(a, low), high); }

TK_INLINE lanes lanes_by_sign(lanes a, lanes positive, lanes negative) {
    return _mm256_castps_si256(
        _mm256_blendv_ps(_mm256_castsi256_ps(positive), _mm256_castsi256_ps(negative), _mm256_castsi256_ps(a)));
}

TK_INLINE lanes lanes_load_int32(const int32_t *p, size_t count) {
    if (count >= LANES)
        return _mm256_loadu_si256((const __m256i *)p);
    int32_t part[LANES] = { 0 };
    memcpy(part, p, count * sizeof *p);
    return _mm256_loadu_si256((const __m256i *)part);
}

TK_INLINE lanes lanes_load(tk_type type, const void *p, size_t count) {
    __m128i x;
    if (count >= LANES) {
        x = type == TK_INT8 ? _mm_loadl_epi64((const __m128i *)p) : _mm_loadu_si128((const __m128i *)p);
    } else {
        int64_t part[2] = { 0, 0 };
        memcpy(part, p, count * tk_size(type));
        x = _mm_loadu_si128((const __m128i *)part);
    }
    return type == TK_INT8 ? _mm256_cvtepi8_epi32(x) : _mm256_cvtepi16_epi32(x);
}

TK_INLINE void lanes_store(tk_type type, void *p, lanes v, size_t count) {
    __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    __m128i out = type == TK_INT8 ? _mm_packs_epi16(words, words) : words;
    if (count >= LANES && type == TK_INT8) {
        _mm_storel_epi64((__m128i *)p, out);
    } else if (count >= LANES) {
        _mm_storeu_si128((__m128i *)p, out);
    } else {
        int64_t part[2];
        _mm_storeu_si128((__m128i *)part, out);
        memcpy(p, part, count * tk_size(type));
    }
}

/// A requantization prepared for the lanes.
typedef struct lanes_scale { lanes multiplier, half, shift; } lanes_scale;

TK_INLINE lanes_scale lanes_make_scale(lanes multiplier, lanes shift) {
    lanes one = _mm256_set1_epi32(1);
    return (lanes_scale){ multiplier, _mm256_sllv_epi32(one, _mm256_sub_epi32(shift, one)), shift };
}

TK_INLINE lanes_scale lanes_scale_by_sign(lanes a, lanes_scale positive, lanes_scale negative) {
    return (lanes_scale){ lanes_by_sign(a, positive.multiplier, negative.multiplier),
                          lanes_by_sign(a, positive.half, negative.half),
                          lanes_by_sign(a, positive.shift, negative.shift) };
}

/// t = floor(a*m / 2^31), then (t + 2^(s-1)) >> s. Even lanes keep bits 31 to 62 of the product by a shift right, odd
/// ones left.
TK_INLINE lanes lanes_requantize(lanes a, lanes_scale q) {
    lanes even = _mm256_srli_epi64(_mm256_mul_epi32(a, q.multiplier), 31);
    lanes odd = _mm256_mul_epi32(_mm256_srli_epi64(a, 32), _mm256_srli_epi64(q.multiplier, 32));
    lanes t = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 1), 0xaa);
    return _mm256_srav_epi32(_mm256_add_epi32(t, q.half), q.shift);
}

TK_INLINE lanes pairs_load(tk_type type, const void *p, size_t count) {
    if (count >= CHUNK)
        return type == TK_INT8 ? _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)p))
                               : _mm256_loadu_si256((const __m256i *)p);
    int64_t part[4] = { 0, 0, 0, 0 };
    memcpy(part, p, count * tk_size(type));
    return type == TK_INT8 ? _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)part))
                           : _mm256_loadu_si256((const __m256i *)part);
}

TK_INLINE void pairs_store_int16(int16_t *p, lanes v) { _mm256_storeu_si256((__m256i *)p, v); }
TK_INLINE lanes pairs_interleave_low(lanes a, lanes b) { return _mm256_unpacklo_epi16(a, b); }
TK_INLINE lanes pairs_interleave_high(lanes a, lanes b) { return _mm256_unpackhi_epi16(a, b); }
TK_INLINE lanes pairs_multiply_add(lanes sum, lanes x, lanes w) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(x, w));
}

/// The lanes of two interleaved halves as int16, in order, saturated.
TK_INLINE lanes pairs_pack(lanes low, lanes high) { return _mm256_packs_epi32(low, high); }
TK_INLINE lanes pairs_clamp(lanes a, int32_t low, int32_t high) {
    return _mm256_min_epi16(_mm256_max_epi16(a, _mm256_set1_epi16((int16_t)low)), _mm256_set1_epi16((int16_t)high));
}

TK_INLINE void pairs_store(tk_type type, void *p, lanes words, size_t count) {
    __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    __m256i out = type == TK_INT8 ? _mm256_castsi128_si256(bytes) : words;
    if (count >= CHUNK && type == TK_INT8) {
        _mm_storeu_si128((__m128i *)p, bytes);
    } else if (count >= CHUNK) {
        _mm256_storeu_si256((__m256i *)p, out);
    } else {
        int64_t part[4];
        _mm256_storeu_si256((__m256i *)part, out);
        memcpy(p, part, count * tk_size(type));
    }
}

TK_INLINE lanes pairs_set(int32_t value) { return _mm256_set1_epi16((int16_t)value); }
TK_INLINE lanes pairs_subtract(lanes a, lanes b) { return _mm256_sub_epi16(a, b); }

/// Products of int16 as int32, in the two halves that `pairs_pack` puts in order.
TK_INLINE lanes pairs_product_low(lanes a, lanes b) {
    return _mm256_unpacklo_epi16(_mm256_mullo_epi16(a, b), _mm256_mulhi_epi16(a, b));
}
TK_INLINE lanes pairs_product_high(lanes a, lanes b) {
    return _mm256_unpackhi_epi16(_mm256_mullo_epi16(a, b), _mm256_mulhi_epi16(a, b));
}

/// a*factor + addend of floats, `a` an int32, rounded once: the bits.
#define LANES_EXACT 1
TK_INLINE lanes lanes_fused(lanes a, lanes factor, lanes addend) {
    __m256 sum = _mm256_fmadd_ps(_mm256_cvtepi32_ps(a), _mm256_castsi256_ps(factor), _mm256_castsi256_ps(addend));
    return _mm256_castps_si256(sum);
}

#endif
