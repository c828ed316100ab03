// Int16 gemm of every Arm set: tiles of 8 x 8, weights widened to int16, smlal by a lane of A.
#if defined(__aarch64__)
#include "gemm_neon.h"

const tk_gemm_shape_neon tk_gemm_int16_shape_neon = {
    .rows = 8, .columns = 8, .step = 1, .tail = 1, .element_size = 2, .weight_size = 2,
};

// One step of k: eight weights times lane `lane` of each row of A.
#define STEP(lane)                                                                     \
    do {                                                                               \
        int16x8_t columns = vld1q_s16(w + 8 * (lane));                                 \
        for (size_t r = 0; r < rows; r++) {                                            \
            low[r] = vmlal_laneq_s16(low[r], vget_low_s16(columns), x[r], lane);       \
            high[r] = vmlal_high_laneq_s16(high[r], columns, x[r], lane);              \
        }                                                                              \
    } while (0)

TK_INLINE_NEON void tile(const tk_gemm_tile_neon *t, const size_t rows) {
    const int16_t *a = t->a, *w = t->weights;
    int32x4_t low[8], high[8];
    int16x8_t x[8];
    for (size_t r = 0; r < rows; r++) {
        low[r] = vld1q_s32(t->header);
        high[r] = vld1q_s32(t->header + 4);
    }
    size_t l = 0;
    for (; l + 8 <= t->k; l += 8, w += 64) {
        for (size_t r = 0; r < rows; r++)
            x[r] = vld1q_s16(a + r * t->a_stride + l);
        STEP(0); STEP(1); STEP(2); STEP(3); STEP(4); STEP(5); STEP(6); STEP(7);
    }
    for (; l < t->k; l++, w += 8) {
        for (size_t r = 0; r < rows; r++)
            x[r] = vld1q_dup_s16(a + r * t->a_stride + l);
        STEP(0);
    }
    for (size_t r = 0; r < rows; r++)
        tk_gemm_store_row_neon(t, r, low[r], high[r]);
}

static void run_tile(const tk_gemm_tile_neon *t) {
    switch (t->rows) {
    case 8: tile(t, 8); break;
    case 4: tile(t, 4); break;
    case 2: tile(t, 2); break;
    default: tile(t, 1); break;
    }
}

void tk_gemm_int16_neon(const tk_gemm *g) { tk_gemm_walk_neon(&tk_gemm_int16_shape_neon, g, run_tile); }
void tk_gemm_int16_dotprod(const tk_gemm *g) { tk_gemm_int16_neon(g); }
void tk_gemm_int16_i8mm(const tk_gemm *g) { tk_gemm_int16_neon(g); }

#endif
