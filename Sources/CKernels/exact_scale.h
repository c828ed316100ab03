// Requantization by one fused multiply-add of floats, exact where it is used.
//
// A float holds |a| < 2^24 exactly, and m when it is a multiple of 2^7. The fused operation rounds a*m*2^-(31+s) + 3*2^22
// once, to an integer, since floats of that size are integers. It rounds halves to even, the rule rounds them upward; but
// with m/2^7 odd there is none: a half would need a*m to be a multiple of 2^(30+s), hence a of 2^(23+s) >= 2^24.
// The result is below |a|/2^s; below 2^21 it keeps the sum, zero point and all, among those floats.
#ifndef TIDEPOOL_EXACT_SCALE_H
#define TIDEPOOL_EXACT_SCALE_H
#include "requantize.h"
#include <string.h>

enum { TK_ROUNDING_FLOAT = 0x4b400000 };   // 3*2^22

/// A bound of |sum (x - zero_point)*w + bias| where sum |w| = magnitude.
static inline int64_t tk_sum_bound(tk_type input, int32_t zero_point, int64_t magnitude, int32_t bias) {
    int64_t low = input == TK_INT8 ? INT8_MIN : INT16_MIN, high = input == TK_INT8 ? INT8_MAX : INT16_MAX;
    int64_t below = zero_point - low, above = high - zero_point;
    return magnitude * (below > above ? below : above) + (bias < 0 ? -(int64_t)bias : bias);
}

/// Whether sums up to `bound` may take the exact way.
static inline int tk_is_exact(int64_t bound, int32_t multiplier, int32_t shift) {
    return multiplier == 0 || (bound < 1 << 24 && bound >> shift < 1 << 21 && (multiplier & 0xff) == 0x80);
}

/// The factor multiplier * 2^-(31+shift) as the bits of a float.
static inline int32_t tk_exact_factor(int32_t multiplier, int32_t shift) {
    float power, factor;
    int32_t bits = (127 - 31 - shift) << 23;
    memcpy(&power, &bits, sizeof power);
    factor = (float)multiplier * power;
    memcpy(&bits, &factor, sizeof bits);
    return bits;
}

/// Turns `count` multipliers into factors; shift 0 says that they are.
static inline void tk_make_exact(int32_t count, int32_t *multiplier, int32_t *shift) {
    for (int32_t i = 0; i < count; i++) {
        multiplier[i] = tk_exact_factor(multiplier[i], shift[i]);
        shift[i] = 0;
    }
}

#endif
