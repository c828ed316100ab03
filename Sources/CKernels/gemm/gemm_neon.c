// Int8 gemm of ARMv8.0: tiles of 4 x 4. Two products fit an int16 (weights are never -128), so that smull and smlal make
// pairs and sadalp adds two pairs to each int32: three instructions for sixteen multiplications.
#if defined(__aarch64__)
#include "gemm_neon.h"

static const tk_gemm_shape_neon shape = {
    .rows = TK_ROW_TILE_NEON, .columns = 4, .step = 16, .tail = 8, .element_size = 1, .weight_size = 1,
};

TK_DEFINE_GEMM_PACKING_NEON(neon, shape)

// Rows r and r + 1 (the same, if there is only one), four columns each.
TK_INLINE_NEON void store_two_rows(const tk_gemm_tile_neon *t, size_t r, int32x4_t first, int32x4_t second, int both) {
    const tk_output *o = t->output;
    size_t size = (size_t)o->type, bytes = t->columns * size;
    int32x4_t multiplier = vld1q_s32(t->header + 4), negated_shift = vld1q_s32(t->header + 8);
    first = tk_requantize_neon(first, multiplier, negated_shift);
    second = tk_requantize_neon(second, multiplier, negated_shift);
    uint8_t *c = (uint8_t *)t->c + r * t->c_stride * size;
    if (o->type == TK_INT8 && t->columns == 4) {
        int32x2_t y = vreinterpret_s32_s8(tk_narrow_int8_neon(first, second, o));
        vst1_lane_s32((int32_t *)(void *)c, y, 0);
        if (both)
            vst1_lane_s32((int32_t *)(void *)(c + t->c_stride), y, 1);
    } else {
        int16_t y[8];
        tk_store_neon(y, 0, first, second, o);
        __builtin_memcpy(c, y, bytes);
        if (both)
            __builtin_memcpy(c + t->c_stride * size, (uint8_t *)y + 4 * size, bytes);
    }
}

TK_INLINE_NEON void tile(const tk_gemm_tile_neon *t, const size_t rows) {
    const int8_t *a = t->a, *w = t->weights;
    int32x4_t sums[4][4];
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < 4; j++)
            sums[r][j] = vdupq_n_s32(0);
    size_t l = 0;
    for (; l + 16 <= t->k; l += 16, w += 64) {
        int8x16_t column[4];
        for (size_t j = 0; j < 4; j++)
            column[j] = vld1q_s8(w + 16 * j);
        for (size_t r = 0; r < rows; r++) {
            int8x16_t x = vld1q_s8(a + r * t->a_stride + l);
            for (size_t j = 0; j < 4; j++) {
                int16x8_t pairs = vmull_s8(vget_low_s8(x), vget_low_s8(column[j]));
                sums[r][j] = vpadalq_s16(sums[r][j], vmlal_high_s8(pairs, x, column[j]));
            }
        }
    }
    for (; l < t->k; l += 8, w += 32) {
        const int8_t *from = a + (l + 8 <= t->k ? l : t->k - 8);
        for (size_t r = 0; r < rows; r++) {
            int8x8_t x = vld1_s8(from + r * t->a_stride);
            for (size_t j = 0; j < 4; j++)
                sums[r][j] = vpadalq_s16(sums[r][j], vmull_s8(x, vld1_s8(w + 8 * j)));
        }
    }
    int32x4_t row[4], bias = vld1q_s32(t->header);
    for (size_t r = 0; r < rows; r++) {
        int32x4_t left = vpaddq_s32(sums[r][0], sums[r][1]), right = vpaddq_s32(sums[r][2], sums[r][3]);
        row[r] = vaddq_s32(vpaddq_s32(left, right), bias);
    }
    for (size_t r = 0; r < rows; r += 2)
        store_two_rows(t, r, row[r], row[rows > 1 ? r + 1 : r], rows > 1);
}

static void run_tile(const tk_gemm_tile_neon *t) {
    switch (t->rows) {
    case 4: tile(t, 4); break;
    case 2: tile(t, 2); break;
    default: tile(t, 1); break;
    }
}

void tk_gemm_int8_neon(const tk_gemm *g) { tk_gemm_walk_neon(&shape, g, run_tile); }

#endif
