// Int8 gemm with ARMv8.2's sdot: tiles of 8 x 8, four columns to a register, four of k at a time by a lane of A.
#if defined(__aarch64__)
#include "gemm_neon.h"

#define DOTPROD __attribute__((target("arch=armv8.2-a+dotprod")))

static const tk_gemm_shape_neon shape = {
    .rows = TK_ROW_TILE_DOTPROD, .columns = 8, .step = 4, .tail = 4, .element_size = 1, .weight_size = 1,
};

TK_DEFINE_GEMM_PACKING_NEON(dotprod, shape)

// Four of k, eight columns: lane `lane` of each row of A.
#define STEP(lane)                                                                          \
    do {                                                                                    \
        int8x16_t left = vld1q_s8(w + 32 * (lane)), right = vld1q_s8(w + 32 * (lane) + 16); \
        for (size_t r = 0; r < rows; r++) {                                                 \
            low[r] = vdotq_laneq_s32(low[r], left, x[r], lane);                             \
            high[r] = vdotq_laneq_s32(high[r], right, x[r], lane);                          \
        }                                                                                   \
    } while (0)

DOTPROD TK_INLINE void tile(const tk_gemm_strip_neon *s, const size_t rows) {
    const int8_t *a = s->a, *w = s->weights;
    const size_t k = s->k, stride = s->a_stride;
    int32x4_t low[8], high[8];
    int8x16_t x[8];
    for (size_t r = 0; r < rows; r++) {
        low[r] = vld1q_s32(s->header);
        high[r] = vld1q_s32(s->header + 4);
    }
    size_t l = 0;
    for (; l + 16 <= k; l += 16, w += 128) {
        for (size_t r = 0; r < rows; r++)
            x[r] = vld1q_s8(a + r * stride + l);
        STEP(0); STEP(1); STEP(2); STEP(3);
    }
    for (; l < k; l += 4, w += 32) {
        const int8_t *from = a + (l + 4 <= k ? l : k - 4);
        for (size_t r = 0; r < rows; r++) {
            int32_t four;
            memcpy(&four, from + r * stride, 4);
            x[r] = vreinterpretq_s8_s32(vdupq_n_s32(four));
        }
        STEP(0);
    }
    tk_gemm_store_neon(s, rows, low, high);
}

TK_DEFINE_GEMM_STRIP_NEON(DOTPROD)

void tk_gemm_int8_dotprod(const tk_gemm *g) { tk_gemm_walk_neon(&shape, g, run_strip); }

#endif
