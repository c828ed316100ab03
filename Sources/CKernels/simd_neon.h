// NEON: requantization on registers of four int32, and 8 lanes of int32 as two registers.
//
// lanes_… is the vocabulary of simd_sse41.h: kernels written in it are included once per set.
#ifndef TIDEPOOL_SIMD_NEON_H
#define TIDEPOOL_SIMD_NEON_H
#include "requantize.h"
#include <arm_neon.h>
#include <string.h>

#define TK_TARGET
#define TK_INLINE static inline __attribute__((always_inline))
#define TK_KERNEL(name) tk_##name##_neon

/// `negated_shift` holds -s. sqdmulh is floor(a*m / 2^31) without a rounding; srshl adds the only one, halves upward.
TK_INLINE int32x4_t tk_requantize_neon(int32x4_t a, int32x4_t multiplier, int32x4_t negated_shift) {
    return vrshlq_s32(vqdmulhq_s32(a, multiplier), negated_shift);
}

/// An output's zero point and bounds.
typedef struct tk_output_neon {
    int32x4_t zero_point;
    int16x8_t zero_point16, low16, high16;
    int8x8_t low8, high8;
} tk_output_neon;

TK_INLINE tk_output_neon tk_output_of_neon(const tk_output *o) {
    return (tk_output_neon){
        vdupq_n_s32(o->zero_point), vdupq_n_s16((int16_t)o->zero_point), vdupq_n_s16((int16_t)o->low),
        vdupq_n_s16((int16_t)o->high), vdup_n_s8((int8_t)o->low), vdup_n_s8((int8_t)o->high),
    };
}

/// clamp(y + zero point) as int8. Saturating at 16 bits on the way loses nothing: the bounds are those of an int8.
TK_INLINE int8x8_t tk_narrow_int8_neon(int32x4_t y0, int32x4_t y1, const tk_output_neon *o) {
    int16x8_t y = vqaddq_s16(vqmovn_high_s32(vqmovn_s32(y0), y1), o->zero_point16);
    return vmin_s8(vmax_s8(vqmovn_s16(y), o->low8), o->high8);
}

/// clamp(y + zero point) as int16: saturated, then clamped.
TK_INLINE int16x8_t tk_narrow_int16_neon(int32x4_t y0, int32x4_t y1, const tk_output_neon *o) {
    int16x8_t y = vqmovn_high_s32(vqmovn_s32(vaddq_s32(y0, o->zero_point)), vaddq_s32(y1, o->zero_point));
    return vminq_s16(vmaxq_s16(y, o->low16), o->high16);
}

/// Whether an output is int16 around 0 without an upper bound, as before a table: saturate, then keep above `low16`.
TK_INLINE int tk_is_plain_int16(const tk_output *o) {
    return o->type == TK_INT16 && o->zero_point == 0 && o->high == INT16_MAX;
}

TK_INLINE int16x8_t tk_narrow_plain_neon(int32x4_t y0, int32x4_t y1, int16x8_t low16) {
    return vmaxq_s16(vqmovn_high_s32(vqmovn_s32(y0), y1), low16);
}

/// Eight results, stored from element `at`.
TK_INLINE void tk_store_neon(tk_type type, void *out, size_t at, int32x4_t y0, int32x4_t y1, const tk_output_neon *o) {
    if (type == TK_INT8)
        vst1_s8((int8_t *)out + at, tk_narrow_int8_neon(y0, y1, o));
    else
        vst1q_s16((int16_t *)out + at, tk_narrow_int16_neon(y0, y1, o));
}

/// A load moves its pointer for nothing, if only the compiler does not make two pointers of one.
#define APART(pointer) __asm__("" : "+r"(pointer))

enum { LANES = 8 };
typedef struct lanes { int32x4_t low, high; } lanes;

#define EACH(operation, a, b) (lanes){ operation((a).low, (b).low), operation((a).high, (b).high) }
TK_INLINE lanes lanes_set(int32_t value) { return (lanes){ vdupq_n_s32(value), vdupq_n_s32(value) }; }
TK_INLINE lanes lanes_add(lanes a, lanes b) { return EACH(vaddq_s32, a, b); }
TK_INLINE lanes lanes_subtract(lanes a, lanes b) { return EACH(vsubq_s32, a, b); }
TK_INLINE lanes lanes_multiply(lanes a, lanes b) { return EACH(vmulq_s32, a, b); }
TK_INLINE lanes lanes_maximum(lanes a, lanes b) { return EACH(vmaxq_s32, a, b); }
TK_INLINE lanes lanes_shift_left(lanes a, int32_t bits) { return EACH(vshlq_s32, a, lanes_set(bits)); }
TK_INLINE lanes lanes_clamp(lanes a, lanes low, lanes high) { return EACH(vminq_s32, EACH(vmaxq_s32, a, low), high); }
#undef EACH

/// `negative` where a < 0, `positive` elsewhere.
TK_INLINE lanes lanes_by_sign(lanes a, lanes positive, lanes negative) {
    return (lanes){ vbslq_s32(vcltzq_s32(a.low), negative.low, positive.low),
                    vbslq_s32(vcltzq_s32(a.high), negative.high, positive.high) };
}

TK_INLINE lanes lanes_load_int32(const int32_t *p, size_t count) {
    int32_t part[LANES] = { 0 };
    if (count < LANES)
        p = memcpy(part, p, count * sizeof *p);
    return (lanes){ vld1q_s32(p), vld1q_s32(p + 4) };
}

/// The first `count` (at most LANES) elements, widened; the rest are 0.
TK_INLINE lanes lanes_load(tk_type type, const void *p, size_t count) {
    int16_t part[LANES] = { 0 };
    if (count < LANES)
        p = memcpy(part, p, count * tk_size(type));
    int16x8_t x = type == TK_INT8 ? vmovl_s8(vld1_s8(p)) : vld1q_s16(p);
    return (lanes){ vmovl_s16(vget_low_s16(x)), vmovl_high_s16(x) };
}

/// The first `count` (at most LANES) lanes, which fit `type`.
TK_INLINE void lanes_store(tk_type type, void *p, lanes v, size_t count) {
    int16_t part[LANES];
    void *to = count < LANES ? part : p;
    int16x8_t words = vmovn_high_s32(vmovn_s32(v.low), v.high);
    if (type == TK_INT8)
        vst1_s8(to, vmovn_s16(words));
    else
        vst1q_s16(to, words);
    if (count < LANES)
        memcpy(p, part, count * tk_size(type));
}

/// A requantization prepared for the lanes.
typedef struct lanes_scale { lanes multiplier, negated_shift; } lanes_scale;

TK_INLINE lanes_scale lanes_make_scale(lanes multiplier, lanes shift) {
    return (lanes_scale){ multiplier, lanes_subtract(lanes_set(0), shift) };
}

TK_INLINE lanes_scale lanes_scale_by_sign(lanes a, lanes_scale positive, lanes_scale negative) {
    return (lanes_scale){ lanes_by_sign(a, positive.multiplier, negative.multiplier),
                          lanes_by_sign(a, positive.negated_shift, negative.negated_shift) };
}

TK_INLINE lanes lanes_requantize(lanes a, lanes_scale q) {
    return (lanes){ tk_requantize_neon(a.low, q.multiplier.low, q.negated_shift.low),
                    tk_requantize_neon(a.high, q.multiplier.high, q.negated_shift.high) };
}

#endif
