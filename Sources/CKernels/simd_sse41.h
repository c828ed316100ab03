// SSE4.1: 4 lanes of int32, or 8 int16 as 4 pairs.
//
// The same vocabulary as simd_avx2.h and simd_avx512.h: kernels written in it are included once per set.
//     lanes_…  int32 arithmetic, one value a lane        pairs_…  int16 in chunks of 2 * LANES, two neighbours a lane
#ifndef TIDEPOOL_SIMD_SSE41_H
#define TIDEPOOL_SIMD_SSE41_H
#include "requantize.h"
#include <immintrin.h>
#include <string.h>

#define TK_TARGET __attribute__((target("sse4.1")))
#define TK_INLINE static inline __attribute__((always_inline, target("sse4.1")))
#define TK_KERNEL(name) tk_##name##_sse41
enum { LANES = 4, CHUNK = 8 };
typedef __m128i lanes;

TK_INLINE lanes lanes_set(int32_t value) { return _mm_set1_epi32(value); }
TK_INLINE lanes lanes_add(lanes a, lanes b) { return _mm_add_epi32(a, b); }
TK_INLINE lanes lanes_subtract(lanes a, lanes b) { return _mm_sub_epi32(a, b); }
TK_INLINE lanes lanes_multiply(lanes a, lanes b) { return _mm_mullo_epi32(a, b); }
TK_INLINE lanes lanes_maximum(lanes a, lanes b) { return _mm_max_epi32(a, b); }
TK_INLINE lanes lanes_shift_left(lanes a, int32_t bits) { return _mm_sll_epi32(a, _mm_cvtsi32_si128(bits)); }
TK_INLINE lanes lanes_clamp(lanes a, lanes low, lanes high) { return _mm_min_epi32(_mm_max_epi32(a, low), high); }

/// `negative` where a < 0, `positive` elsewhere.
TK_INLINE lanes lanes_by_sign(lanes a, lanes positive, lanes negative) {
    return _mm_castps_si128(
        _mm_blendv_ps(_mm_castsi128_ps(positive), _mm_castsi128_ps(negative), _mm_castsi128_ps(a)));
}

TK_INLINE lanes lanes_load_int32(const int32_t *p, size_t count) {
    if (count >= LANES)
        return _mm_loadu_si128((const __m128i *)p);
    int32_t part[LANES] = { 0 };
    memcpy(part, p, count * sizeof *p);
    return _mm_loadu_si128((const __m128i *)part);
}

/// The first `count` (at most LANES) elements, widened; the rest are 0.
TK_INLINE lanes lanes_load(tk_type type, const void *p, size_t count) {
    int64_t part = 0;
    if (count < LANES)
        memcpy(&part, p, count * tk_size(type));
    else if (type == TK_INT8)
        memcpy(&part, p, LANES);
    else
        memcpy(&part, p, 2 * LANES);
    __m128i x = _mm_cvtsi64_si128(part);
    return type == TK_INT8 ? _mm_cvtepi8_epi32(x) : _mm_cvtepi16_epi32(x);
}

/// The first `count` (at most LANES) lanes, which fit `type`.
TK_INLINE void lanes_store(tk_type type, void *p, lanes v, size_t count) {
    __m128i words = _mm_packs_epi32(v, v);
    int64_t part = _mm_cvtsi128_si64(type == TK_INT8 ? _mm_packs_epi16(words, words) : words);
    if (count < LANES)
        memcpy(p, &part, count * tk_size(type));
    else if (type == TK_INT8)
        memcpy(p, &part, LANES);
    else
        memcpy(p, &part, 2 * LANES);
}

/// A requantization prepared for the lanes. There is no shift by lane here, so `factor` = 2^(31-s) multiplies instead.
typedef struct lanes_scale { lanes multiplier, half, factor; } lanes_scale;

/// 2^bits for 0 <= bits <= 30, through the exponent of a float.
TK_INLINE lanes lanes_power(lanes bits) {
    return _mm_cvttps_epi32(_mm_castsi128_ps(_mm_slli_epi32(_mm_add_epi32(bits, _mm_set1_epi32(127)), 23)));
}

TK_INLINE lanes_scale lanes_make_scale(lanes multiplier, lanes shift) {
    lanes half = lanes_power(_mm_sub_epi32(shift, _mm_set1_epi32(1)));
    return (lanes_scale){ multiplier, half, lanes_power(_mm_sub_epi32(_mm_set1_epi32(31), shift)) };
}

TK_INLINE lanes_scale lanes_scale_by_sign(lanes a, lanes_scale positive, lanes_scale negative) {
    return (lanes_scale){ lanes_by_sign(a, positive.multiplier, negative.multiplier),
                          lanes_by_sign(a, positive.half, negative.half),
                          lanes_by_sign(a, positive.factor, negative.factor) };
}

/// floor(a*b / 2^(31 - spare)) modulo 2^32.
#define MULTIPLY_HIGH(a, b, spare)                                                                     \
    _mm_blend_epi16(_mm_srli_epi64(_mm_mul_epi32(a, b), 31 - (spare)),                                 \
                    _mm_slli_epi64(_mm_mul_epi32(_mm_srli_epi64(a, 32), _mm_srli_epi64(b, 32)), 1 + (spare)), 0xcc)

TK_INLINE lanes lanes_requantize(lanes a, lanes_scale q) {
    lanes t = MULTIPLY_HIGH(a, q.multiplier, 0);
    lanes u = _mm_srai_epi32(_mm_add_epi32(t, q.half), 1);
    return MULTIPLY_HIGH(u, q.factor, 1);
}
#undef MULTIPLY_HIGH

/// The first `count` (at most CHUNK) elements as int16; the rest are 0.
TK_INLINE lanes pairs_load(tk_type type, const void *p, size_t count) {
    if (count >= CHUNK)
        return type == TK_INT8 ? _mm_cvtepi8_epi16(_mm_loadl_epi64((const __m128i *)p))
                               : _mm_loadu_si128((const __m128i *)p);
    int64_t part[2] = { 0, 0 };
    memcpy(part, p, count * tk_size(type));
    __m128i x = _mm_loadu_si128((const __m128i *)part);
    return type == TK_INT8 ? _mm_cvtepi8_epi16(x) : x;
}

TK_INLINE void pairs_store_int16(int16_t *p, lanes v) { _mm_storeu_si128((__m128i *)p, v); }
TK_INLINE lanes pairs_interleave_low(lanes a, lanes b) { return _mm_unpacklo_epi16(a, b); }
TK_INLINE lanes pairs_interleave_high(lanes a, lanes b) { return _mm_unpackhi_epi16(a, b); }
/// sum + x[2i]*w[2i] + x[2i+1]*w[2i+1], exactly.
TK_INLINE lanes pairs_multiply_add(lanes sum, lanes x, lanes w) { return _mm_add_epi32(sum, _mm_madd_epi16(x, w)); }

/// The lanes of two interleaved halves as int16, in order, saturated.
TK_INLINE lanes pairs_pack(lanes low, lanes high) { return _mm_packs_epi32(low, high); }
TK_INLINE lanes pairs_clamp(lanes a, int32_t low, int32_t high) {
    return _mm_min_epi16(_mm_max_epi16(a, _mm_set1_epi16((int16_t)low)), _mm_set1_epi16((int16_t)high));
}

TK_INLINE void pairs_store(tk_type type, void *p, lanes words, size_t count) {
    __m128i out = type == TK_INT8 ? _mm_packs_epi16(words, words) : words;
    if (count >= CHUNK && type == TK_INT8) {
        _mm_storel_epi64((__m128i *)p, out);
    } else if (count >= CHUNK) {
        _mm_storeu_si128((__m128i *)p, out);
    } else {
        int64_t part[2];
        _mm_storeu_si128((__m128i *)part, out);
        memcpy(p, part, count * tk_size(type));
    }
}

#endif
