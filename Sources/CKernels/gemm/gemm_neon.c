// Int8 gemm of ARMv8.0: tiles of 4 x 4. Two products fit an int16 (weights are never -128), so that smull and smlal
// make pairs and sadalp adds two pairs to each int32: three instructions for sixteen multiplications.
#if defined(__aarch64__)
#include "gemm_neon.h"

static const tk_gemm_shape_neon shape = {
    .rows = TK_ROW_TILE_NEON, .columns = 4, .step = 16, .tail = 8, .element_size = 1, .weight_size = 1,
};

TK_DEFINE_GEMM_PACKING_NEON(neon, shape)

// Requantizes and stores the tile, two rows of four columns at a time.
TK_INLINE void store(const tk_gemm_strip_neon *s, const size_t rows, const int32x4_t *sums) {
    int32x4_t multiplier = vld1q_s32(s->header + 4), negated_shift = vld1q_s32(s->header + 8);
    tk_output_neon o = tk_output_of_neon(s->output);
    const size_t stride = s->c_stride;
    uint8_t *c = s->c, *next = rows > 1 ? c + stride : c;   // of a single row both halves are the same
    for (size_t r = 0; r < rows; r += 2, c += 2 * stride, next += 2 * stride) {
        int32x4_t y = tk_requantize_neon(sums[r], multiplier, negated_shift);
        int32x4_t z = rows > 1 ? tk_requantize_neon(sums[r + 1], multiplier, negated_shift) : y;
        if (s->output->type == TK_INT8) {
            int32x2_t both = vreinterpret_s32_s8(tk_narrow_int8_neon(y, z, &o));
            int32_t four = vget_lane_s32(both, 0), next_four = vget_lane_s32(both, 1);
            memcpy(c, &four, 4);
            memcpy(next, &next_four, 4);
        } else {
            int16x8_t both = tk_narrow_int16_neon(y, z, &o);
            vst1_s16((int16_t *)(void *)c, vget_low_s16(both));
            vst1_s16((int16_t *)(void *)next, vget_high_s16(both));
        }
    }
}

TK_INLINE void tile(const tk_gemm_strip_neon *s, const size_t rows) {
    const int8_t *a = s->a, *w = s->weights;
    const size_t k = s->k, stride = s->a_stride;
    int32x4_t sums[4][4];
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < 4; j++)
            sums[r][j] = vdupq_n_s32(0);
    size_t l = 0;
    for (; l + 16 <= k; l += 16, w += 64) {
        int8x16_t column[4];
        for (size_t j = 0; j < 4; j++)
            column[j] = vld1q_s8(w + 16 * j);
        for (size_t r = 0; r < rows; r++) {
            int8x16_t x = vld1q_s8(a + r * stride + l);
            for (size_t j = 0; j < 4; j++) {
                int16x8_t pairs = vmull_s8(vget_low_s8(x), vget_low_s8(column[j]));
                sums[r][j] = vpadalq_s16(sums[r][j], vmlal_high_s8(pairs, x, column[j]));
            }
        }
    }
    for (; l < k; l += 8, w += 32) {
        const int8_t *from = a + (l + 8 <= k ? l : k - 8);
        for (size_t r = 0; r < rows; r++) {
            int8x8_t x = vld1_s8(from + r * stride);
            for (size_t j = 0; j < 4; j++)
                sums[r][j] = vpadalq_s16(sums[r][j], vmull_s8(x, vld1_s8(w + 8 * j)));
        }
    }
    int32x4_t row[4], bias = vld1q_s32(s->header);
    for (size_t r = 0; r < rows; r++) {
        int32x4_t left = vpaddq_s32(sums[r][0], sums[r][1]), right = vpaddq_s32(sums[r][2], sums[r][3]);
        row[r] = vaddq_s32(vpaddq_s32(left, right), bias);
    }
    store(s, rows, row);
}

static void run_strip(tk_gemm_strip_neon s) {
    for (; s.rows >= 4; tk_gemm_skip_neon(&s, 4))
        tile(&s, 4);
    if (s.rows & 2) {
        tile(&s, 2);
        tk_gemm_skip_neon(&s, 2);
    }
    if (s.rows & 1)
        tile(&s, 1);
}

void tk_gemm_int8_neon(const tk_gemm *g) { tk_gemm_walk_neon(&shape, g, run_strip); }

#endif
