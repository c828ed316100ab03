// Add, multiply, rescale and PReLU with NEON.
#if defined(__aarch64__)
#include "../kernels_internal.h"
#include "../simd_neon.h"
#define OWN_ADD
#define OWN_MULTIPLY
#include "elementwise_lanes.h"

/// What results of int8 need beside their operands: a multiplier and a shift for all.
typedef struct scaling {
    int32x4_t multiplier, negated_shift;
    int16x8_t zero_point;
    int8x16_t low, high;
} scaling;

TK_INLINE scaling scaling_of(int32_t multiplier, int32_t shift, const tk_output *o) {
    return (scaling){ vdupq_n_s32(multiplier), vdupq_n_s32(-shift), vdupq_n_s16((int16_t)o->zero_point),
                      vdupq_n_s8((int8_t)o->low), vdupq_n_s8((int8_t)o->high) };
}

TK_INLINE int16x8_t scaled(const scaling *s, int32x4_t a, int32x4_t b) {
    int32x4_t y = tk_requantize_neon(a, s->multiplier, s->negated_shift);
    return vqaddq_s16(vqmovn_high_s32(vqmovn_s32(y), tk_requantize_neon(b, s->multiplier, s->negated_shift)),
                      s->zero_point);
}

TK_INLINE int8x16_t sixteen_bytes(const scaling *s, const int32x4_t a[4]) {
    int8x16_t y = vqmovn_high_s16(vqmovn_s16(scaled(s, a[0], a[1])), scaled(s, a[2], a[3]));
    return vminq_s8(vmaxq_s8(y, s->low), s->high);
}

/// A byte everywhere. Hidden from the compiler, which would take its halves apart.
TK_INLINE int8x16_t everywhere(int32_t value) {
    int8x16_t v = vdupq_n_s8((int8_t)value);
    __asm__("" : "+w"(v));
    return v;
}

/// Differences of sixteen bytes.
TK_INLINE int16x8x2_t differences(int8x16_t x, int8x16_t zero_point) {
    return (int16x8x2_t){ { vsubl_s8(vget_low_s8(x), vget_low_s8(zero_point)), vsubl_high_s8(x, zero_point) } };
}

/// What products need: the differences of x are lifted by the rescale's left, at most 7, and still fit an int16.
typedef struct product {
    scaling scaling;
    int8x16_t x_zero_point, y_zero_point;
    int16x8_t left;
} product;

TK_INLINE int8x16_t sixteen_products(const product *p, int8x16_t x, int16x8x2_t y) {
    int16x8x2_t a = differences(x, p->x_zero_point);
    int32x4_t products[4];
    TK_UNROLL for (int v = 0; v < 2; v++) {
        int16x8_t lifted = vshlq_s16(a.val[v], p->left);
        products[2 * v] = vmull_s16(vget_low_s16(lifted), vget_low_s16(y.val[v]));
        products[2 * v + 1] = vmull_high_s16(lifted, y.val[v]);
    }
    return sixteen_bytes(&p->scaling, products);
}

/// Sixteen factors, of int8 or of int16 without a zero point.
TK_INLINE int16x8x2_t factors(const product *p, const tk_type type, const void *y) {
    return type == TK_INT8 ? differences(vld1q_s8(y), p->y_zero_point)
                           : (int16x8x2_t){ { vld1q_s16(y), vld1q_s16((const int16_t *)y + 8) } };
}

/// `total` products; y goes along, or stays where it is.
TK_INLINE void byte_products(const product *p, const int8_t *x, const void *y, const tk_type y_type, const int y_moves,
                             int8_t *out, size_t total) {
    const size_t y_step = y_moves ? 16 * tk_size(y_type) : 0;
    int16x8x2_t b = { { vdupq_n_s16(0), vdupq_n_s16(0) } };
    if (!y_moves)
        b.val[0] = b.val[1] = vdupq_n_s16((int16_t)(tk_load(y_type, y, 0) -
                                                    (y_type == TK_INT8 ? vgetq_lane_s8(p->y_zero_point, 0) : 0)));
    for (; total >= 16; total -= 16, x += 16, out += 16, y = (const uint8_t *)y + y_step)
        vst1q_s8(out, sixteen_products(p, vld1q_s8(x), y_moves ? factors(p, y_type, y) : b));
    if (total == 0)
        return;
    if (total == 8) {
        if (y_moves && y_type == TK_INT8)
            b.val[0] = vsubl_s8(vld1_s8(y), vget_low_s8(p->y_zero_point));
        else if (y_moves)
            b.val[0] = vld1q_s16(y);
        vst1_s8(out, vget_low_s8(sixteen_products(p, vcombine_s8(vld1_s8(x), vld1_s8(x)), b)));
        return;
    }
    int8_t rest[16] = { 0 };
    int16_t rest_y[16] = { 0 };
    memcpy(rest, x, total);
    if (y_moves) {
        memcpy(rest_y, y, total * tk_size(y_type));
        b = factors(p, y_type, rest_y);
    }
    vst1q_s8(rest, sixteen_products(p, vld1q_s8(rest), b));
    memcpy(out, rest, total);
}

TK_INLINE void multiply_bytes(const tk_multiply *m, const tk_type y_type) {
    const product p = {
        scaling_of(m->rescale.multiplier, m->rescale.shift, &m->output), everywhere(m->x_zero_point),
        everywhere(y_type == TK_INT8 ? m->y_zero_point : 0), vdupq_n_s16((int16_t)m->rescale.left),
    };
    const int8_t *x = m->x;
    int8_t *out = m->out;
    if (m->broadcast == TK_SAME) {
        byte_products(&p, x, m->y, y_type, 1, out, m->rows * m->channels);
        return;
    }
    for (size_t r = 0; r < m->rows; r++, x += m->channels, out += m->channels)
        if (m->broadcast == TK_PER_CHANNEL)
            byte_products(&p, x, m->y, y_type, 1, out, m->channels);
        else
            byte_products(&p, x, (const uint8_t *)m->y + r * tk_size(y_type), y_type, 0, out, m->channels);
}

void tk_multiply_neon(const tk_multiply *p) {
    if (p->x_type != TK_INT8 || p->output.type != TK_INT8 || (p->y_type == TK_INT16 && p->y_zero_point != 0) ||
        p->rescale.left > 7)
        multiply(p, p->x_type, p->y_type);
    else if (p->y_type == TK_INT8)
        multiply_bytes(p, TK_INT8);
    else
        multiply_bytes(p, TK_INT16);
}

/// Sums of two maps of bytes, 16 at a time; returns how many.
static size_t add_bytes(const tk_add *a) {
    const scaling s = scaling_of(a->multiplier, a->shift, &a->output);
    const int8x16_t zx = everywhere(a->x_zero_point), zy = everywhere(a->y_zero_point);
    const int8_t *left = a->x, *right = a->y;
    size_t i = 0;
    for (; i + 16 <= a->count; i += 16) {
        int16x8x2_t x = differences(vld1q_s8(left + i), zx), y = differences(vld1q_s8(right + i), zy);
        int32x4_t sums[4];
        TK_UNROLL for (int v = 0; v < 2; v++) {
            sums[2 * v] = vmlaq_n_s32(vmulq_n_s32(vmovl_s16(vget_low_s16(x.val[v])), a->mx),
                                      vmovl_s16(vget_low_s16(y.val[v])), a->my);
            sums[2 * v + 1] = vmlaq_n_s32(vmulq_n_s32(vmovl_high_s16(x.val[v]), a->mx), vmovl_high_s16(y.val[v]),
                                          a->my);
        }
        vst1q_s8((int8_t *)a->out + i, sixteen_bytes(&s, sums));
    }
    return i;
}

void tk_add_neon(const tk_add *a) {
    if (a->x_type != TK_INT8 || a->y_type != TK_INT8 || a->output.type != TK_INT8) {
        add(a, a->x_type, a->y_type);
        return;
    }
    tk_add rest = *a;
    const size_t done = add_bytes(a);
    rest.count -= done;
    rest.x = (const int8_t *)a->x + done;
    rest.y = (const int8_t *)a->y + done;
    rest.out = (int8_t *)a->out + done;
    add(&rest, TK_INT8, TK_INT8);
}
#endif
