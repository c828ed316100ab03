// The scalar arithmetic that every kernel rests on: one rounding, halves upward.
#ifndef TIDEPOOL_REQUANTIZE_H
#define TIDEPOOL_REQUANTIZE_H
#include "include/tidepool_kernels.h"

/// Before a loop whose arrays are to be registers.
#define TK_UNROLL _Pragma("clang loop unroll(full)")

/// (a*m + 2^(30+s)) >> (31+s). Products stay below 2^62, so that the 64-bit sum is exact.
static inline int32_t tk_requantize(int64_t a, int32_t multiplier, int32_t shift) {
    return (int32_t)((a * multiplier + ((int64_t)1 << (30 + shift))) >> (31 + shift));
}

static inline int32_t tk_apply_rescale(int64_t a, tk_rescale r) {
    return tk_requantize(a * ((int64_t)1 << r.left), r.multiplier, r.shift);
}

static inline int32_t tk_clamp(int32_t value, int32_t low, int32_t high) {
    return value < low ? low : value > high ? high : value;
}

static inline int16_t tk_saturate16(int64_t value) {
    return (int16_t)(value < INT16_MIN ? INT16_MIN : value > INT16_MAX ? INT16_MAX : value);
}

static inline size_t tk_size(tk_type type) { return type == TK_INT8 ? 1 : 2; }

static inline int32_t tk_load(tk_type type, const void *x, size_t i) {
    return type == TK_INT8 ? ((const int8_t *)x)[i] : ((const int16_t *)x)[i];
}

/// Stores `value` as it is: it is known to fit.
static inline void tk_store(tk_type type, void *out, size_t i, int32_t value) {
    if (type == TK_INT8)
        ((int8_t *)out)[i] = (int8_t)value;
    else
        ((int16_t *)out)[i] = (int16_t)value;
}

/// Adds the zero point to a requantized value, clamps, stores.
static inline void tk_put(const tk_output *output, void *out, size_t i, int32_t value) {
    tk_store(output->type, out, i, tk_clamp(value + output->zero_point, output->low, output->high));
}

/// Interpolated value of an int16 table in units of 2^-7: t[i]*(128 - f) + t[i+1]*f.
static inline int32_t tk_interpolate(const int16_t *table, int16_t x) {
    int32_t u = x + 32768, i = u >> 7, f = u & 127;
    return table[i] * (128 - f) + table[i + 1] * f;
}

/// The int16 -> int16 table rule.
static inline int16_t tk_lookup16(const int16_t *table, int32_t x) {
    return (int16_t)((tk_interpolate(table, (int16_t)x) + 64) >> 7);
}

/// a*b + c modulo 2^32: accumulators may wrap on the way to a total that fits.
static inline int32_t tk_multiply_add(int32_t a, int32_t b, int32_t c) {
    return (int32_t)((uint32_t)a * (uint32_t)b + (uint32_t)c);
}

#endif
