// The requantization of the fixed-point rules on four lanes, and how results leave: zero point, clamp, narrowing.
#ifndef TIDEPOOL_SIMD_NEON_H
#define TIDEPOOL_SIMD_NEON_H
#if defined(__aarch64__)
#include "include/tidepool_kernels.h"
#include <arm_neon.h>

#define TK_INLINE_NEON static inline __attribute__((always_inline))

// `negated_shift` holds -s. sqdmulh is floor(a*m / 2^31) without a rounding; srshl adds the only one, halves upward.
TK_INLINE_NEON int32x4_t tk_requantize_neon(int32x4_t a, int32x4_t multiplier, int32x4_t negated_shift) {
    return vrshlq_s32(vqdmulhq_s32(a, multiplier), negated_shift);
}

typedef struct tk_scaling_neon {
    int32x4_t left, multiplier, negated_shift;
} tk_scaling_neon;

TK_INLINE_NEON tk_scaling_neon tk_scaling_of_neon(const tk_rescale *r) {
    return (tk_scaling_neon){vdupq_n_s32(r->left), vdupq_n_s32(r->multiplier), vdupq_n_s32(-r->shift)};
}

TK_INLINE_NEON int32x4_t tk_scale_neon(int32x4_t a, const tk_scaling_neon *r) {
    return tk_requantize_neon(vshlq_s32(a, r->left), r->multiplier, r->negated_shift);
}

// clamp(y + zero point) as int8. Saturating at 16 bits on the way loses nothing: the bounds are those of an int8.
TK_INLINE_NEON int8x8_t tk_narrow_int8_neon(int32x4_t y0, int32x4_t y1, const tk_output *o) {
    int16x8_t y = vqmovn_high_s32(vqmovn_s32(y0), y1);
    y = vqaddq_s16(y, vdupq_n_s16((int16_t)o->zero_point));
    return vmin_s8(vmax_s8(vqmovn_s16(y), vdup_n_s8((int8_t)o->low)), vdup_n_s8((int8_t)o->high));
}

TK_INLINE_NEON int32x4_t tk_clamp_neon(int32x4_t y, const tk_output *o) {
    y = vaddq_s32(y, vdupq_n_s32(o->zero_point));
    return vminq_s32(vmaxq_s32(y, vdupq_n_s32(o->low)), vdupq_n_s32(o->high));
}

TK_INLINE_NEON int16x8_t tk_narrow_int16_neon(int32x4_t y0, int32x4_t y1, const tk_output *o) {
    return vmovn_high_s32(vmovn_s32(tk_clamp_neon(y0, o)), tk_clamp_neon(y1, o));
}

// Eight results of the output's type, stored from element `at`.
TK_INLINE_NEON void tk_store_neon(void *out, size_t at, int32x4_t y0, int32x4_t y1, const tk_output *o) {
    if (o->type == TK_INT8)
        vst1_s8((int8_t *)out + at, tk_narrow_int8_neon(y0, y1, o));
    else
        vst1q_s16((int16_t *)out + at, tk_narrow_int16_neon(y0, y1, o));
}

#endif
#endif
