// Add, multiply, rescale and PReLU with NEON.
#if defined(__aarch64__)
#include "../kernels_internal.h"
#include "../simd_neon.h"
#define OWN_MULTIPLY
#include "elementwise_lanes.h"

// What a run of products needs beside its operands.
typedef struct products {
    int32x4_t left, multiplier, negated_shift;
    tk_output_neon output;
    tk_type type;
} products;

TK_INLINE products products_of(const tk_multiply *p) {
    const tk_rescale r = p->rescale;
    return (products){ vdupq_n_s32(r.left), vdupq_n_s32(r.multiplier), vdupq_n_s32(-r.shift),
                       tk_output_of_neon(&p->output), p->output.type };
}

// Eight products of differences, stored from element `at`.
TK_INLINE void put_products(const products *p, const int lifted, int16x8_t a, int16x8_t b, void *out, size_t at) {
    int32x4_t low = vmull_s16(vget_low_s16(a), vget_low_s16(b)), high = vmull_high_s16(a, b);
    if (lifted) {
        low = vshlq_s32(low, p->left);
        high = vshlq_s32(high, p->left);
    }
    tk_store_neon(p->type, out, at, tk_requantize_neon(low, p->multiplier, p->negated_shift),
                  tk_requantize_neon(high, p->multiplier, p->negated_shift), &p->output);
}

// Differences of eight factors, of int8 or of int16 without a zero point.
TK_INLINE int16x8_t factors(const tk_type type, const void *y, size_t at, int8x8_t zero_point) {
    return type == TK_INT8 ? vsubl_s8(vld1_s8((const int8_t *)y + at), zero_point) : vld1q_s16((const int16_t *)y + at);
}

// `total` products from element `begin` of x and out, 16 at a time; y goes along, or stays where it is.
TK_INLINE void byte_products(const tk_multiply *p, const products *q, const int lifted, const tk_type y_type, size_t begin,
                             size_t y_begin, const int y_moves, size_t total) {
    const int8_t *x = (const int8_t *)p->x + begin;
    const void *y = (const uint8_t *)p->y + y_begin * tk_size(y_type);
    void *out = (uint8_t *)p->out + begin * tk_size(q->type);
    const int8x8_t zx = vdup_n_s8((int8_t)p->x_zero_point);
    const int8x8_t zy = vdup_n_s8((int8_t)(y_type == TK_INT8 ? p->y_zero_point : 0));
    const int16x8_t factor = vdupq_n_s16(y_moves ? 0 : (int16_t)(tk_load(y_type, y, 0) - p->y_zero_point));
    size_t i = 0;
    for (; i + 8 <= total; i += 8)
        put_products(q, lifted, vsubl_s8(vld1_s8(x + i), zx), y_moves ? factors(y_type, y, i, zy) : factor, out, i);
    for (; i < total; i++) {
        int32_t a = x[i] - p->x_zero_point, b = tk_load(y_type, y, y_moves ? i : 0) - p->y_zero_point;
        tk_put(&p->output, out, i, tk_apply_rescale(a * b, p->rescale));
    }
}

TK_INLINE void multiply_bytes(const tk_multiply *p, const int lifted, const tk_type y_type) {
    const products q = products_of(p);
    if (p->broadcast == TK_SAME) {
        byte_products(p, &q, lifted, y_type, 0, 0, 1, p->rows * p->channels);
        return;
    }
    for (size_t r = 0; r < p->rows; r++) {
        if (p->broadcast == TK_PER_CHANNEL)
            byte_products(p, &q, lifted, y_type, r * p->channels, 0, 1, p->channels);
        else
            byte_products(p, &q, lifted, y_type, r * p->channels, r, 0, p->channels);
    }
}

void tk_multiply_neon(const tk_multiply *p) {
    if (p->x_type != TK_INT8 || (p->y_type == TK_INT16 && p->y_zero_point != 0))
        multiply_lanes(p);
    else if (p->rescale.left != 0)
        multiply_bytes(p, 1, p->y_type);
    else if (p->y_type == TK_INT8)
        multiply_bytes(p, 0, TK_INT8);
    else
        multiply_bytes(p, 0, TK_INT16);
}
#endif
