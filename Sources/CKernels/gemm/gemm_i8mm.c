// Int8 gemm with ARMv8.6's smmla: tiles of 8 x 8, made of 2 x 2 sums over eight of k.
#if defined(__aarch64__)
#include "gemm_neon.h"

#define I8MM __attribute__((target("arch=armv8.2-a+dotprod+i8mm")))

static const tk_gemm_shape_neon shape = {
    .rows = TK_ROW_TILE_I8MM, .columns = 8, .step = 8, .tail = 8, .element_size = 1, .weight_size = 1,
};

TK_DEFINE_GEMM_PACKING_NEON(i8mm, shape)

// Eight of k: x[p] holds them for rows 2p and 2p + 1, a register of weights for two columns.
I8MM TK_INLINE void step(int32x4_t sums[4][4], const int8x16_t *x, const int8_t *w, const size_t pairs) {
    for (size_t j = 0; j < 4; j++) {
        int8x16_t columns = vld1q_s8(w + 16 * j);
        for (size_t p = 0; p < pairs; p++)
            sums[p][j] = vmmlaq_s32(sums[p][j], x[p], columns);
    }
}

TK_INLINE int32x4_t joined_low(int32x4_t a, int32x4_t b) {
    return vreinterpretq_s32_s64(vzip1q_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(b)));
}

TK_INLINE int32x4_t joined_high(int32x4_t a, int32x4_t b) {
    return vreinterpretq_s32_s64(vzip2q_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(b)));
}

I8MM TK_INLINE void tile(const tk_gemm_strip_neon *s, const size_t rows) {
    const size_t pairs = (rows + 1) / 2, second = rows > 1;   // a single row is taken for both of its pair
    const int8_t *a = s->a, *w = s->weights;
    const size_t k = s->k, stride = s->a_stride;
    int32x4_t sums[4][4];
    int8x16_t x[4], next[4];
    for (size_t j = 0; j < 4; j++) {
        int32x2_t bias = vld1_s32(s->header + 2 * j);
        for (size_t p = 0; p < pairs; p++)
            sums[p][j] = vcombine_s32(bias, bias);
    }
    size_t l = 0;
    for (; l + 16 <= k; l += 16, w += 128) {
        for (size_t p = 0; p < pairs; p++) {
            int32x4_t even = vreinterpretq_s32_s8(vld1q_s8(a + 2 * p * stride + l));
            int32x4_t odd = vreinterpretq_s32_s8(vld1q_s8(a + (2 * p + second) * stride + l));
            x[p] = vreinterpretq_s8_s32(joined_low(even, odd));
            next[p] = vreinterpretq_s8_s32(joined_high(even, odd));
        }
        step(sums, x, w, pairs);
        step(sums, next, w + 64, pairs);
    }
    for (; l < k; l += 8, w += 64) {
        const int8_t *from = a + (l + 8 <= k ? l : k - 8);
        for (size_t p = 0; p < pairs; p++)
            x[p] = vcombine_s8(vld1_s8(from + 2 * p * stride), vld1_s8(from + (2 * p + second) * stride));
        step(sums, x, w, pairs);
    }
    int32x4_t low[8], high[8];
    for (size_t p = 0; p < pairs; p++) {
        low[2 * p] = joined_low(sums[p][0], sums[p][1]);
        high[2 * p] = joined_low(sums[p][2], sums[p][3]);
        low[2 * p + 1] = joined_high(sums[p][0], sums[p][1]);
        high[2 * p + 1] = joined_high(sums[p][2], sums[p][3]);
    }
    tk_gemm_store_neon(s, rows, low, high);
}

TK_DEFINE_GEMM_STRIP_NEON(I8MM)

void tk_gemm_int8_i8mm(const tk_gemm *g) { tk_gemm_walk_neon(&shape, g, run_strip); }

#endif
