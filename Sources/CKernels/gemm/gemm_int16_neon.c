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

TK_INLINE void tile(const tk_gemm_strip_neon *s, const size_t rows) {
    const int8_t *a = s->a;
    const size_t k = s->k, stride = s->a_stride;
    const int16_t *w = s->weights;
    int32x4_t low[8], high[8];
    int16x8_t x[8];
    for (size_t r = 0; r < rows; r++) {
        low[r] = vld1q_s32(s->header);
        high[r] = vld1q_s32(s->header + 4);
    }
    size_t l = 0;
    for (; l + 8 <= k; l += 8, w += 64) {
        for (size_t r = 0; r < rows; r++)
            x[r] = vld1q_s16((const int16_t *)(const void *)(a + r * stride) + l);
        STEP(0); STEP(1); STEP(2); STEP(3); STEP(4); STEP(5); STEP(6); STEP(7);
    }
    for (; l < k; l++, w += 8) {
        for (size_t r = 0; r < rows; r++)
            x[r] = vld1q_dup_s16((const int16_t *)(const void *)(a + r * stride) + l);
        STEP(0);
    }
    tk_gemm_store_neon(s, rows, low, high);
}

TK_DEFINE_GEMM_STRIP_NEON()

void tk_gemm_int16_neon(const tk_gemm *g) { tk_gemm_walk_neon(&tk_gemm_int16_shape_neon, g, run_strip); }
void tk_gemm_int16_dotprod(const tk_gemm *g) { tk_gemm_int16_neon(g); }
void tk_gemm_int16_i8mm(const tk_gemm *g) { tk_gemm_int16_neon(g); }

#endif
