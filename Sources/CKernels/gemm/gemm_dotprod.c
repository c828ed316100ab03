// Int8 gemm with ARMv8.2's sdot: tiles of 8 x 8, four columns to a register, four of k at a time by a lane of A.
#if defined(__aarch64__)
#include "gemm_neon.h"

#define TARGET __attribute__((target("arch=armv8.2-a+dotprod")))
enum { ROWS = TK_ROW_TILE_DOTPROD, QUAD_STEP = 32 };
#define TILE_HEIGHTS HEIGHT(1) HEIGHT(2) HEIGHT(3) HEIGHT(4) HEIGHT(5) HEIGHT(6) HEIGHT(7) HEIGHT(8)

// [half][column][4]
static const tk_gemm_step_neon step = { { 0, 4, 8, 12, 16, 20, 24, 28 }, 32 };

TK_DEFINE_GEMM_PACKING_NEON(dotprod, step)

// [k / 4][row][4]: a register has four of k of four rows.
TK_INLINE void prepare(const int8x16_t *x, int8_t *out) {
    int32x4x4_t rows = { { vreinterpretq_s32_s8(x[0]), vreinterpretq_s32_s8(x[1]), vreinterpretq_s32_s8(x[2]),
                           vreinterpretq_s32_s8(x[3]) } };
    vst4q_s32((int32_t *)(void *)out, rows);
}

TK_INLINE void begin(const size_t rows, const int32_t *header, int32x4_t *sums) {
    TK_UNROLL for (size_t i = 0; i < 2 * rows; i++)
        sums[i] = vld1q_s32(header + i % 2 * 4);
}

// Four of k: `x` has them of four rows from `first`.
#define DOT(r)                                                                                       \
    if (rows > first + (r)) {                                                                        \
        sums[2 * (first + (r))] = vdotq_laneq_s32(sums[2 * (first + (r))], left, x, r);              \
        sums[2 * (first + (r)) + 1] = vdotq_laneq_s32(sums[2 * (first + (r)) + 1], right, x, r);     \
    }
TARGET TK_INLINE void add_four(const size_t rows, const size_t first, int8x16_t left, int8x16_t right, int8x16_t x,
                               int32x4_t *sums) {
    DOT(0) DOT(1) DOT(2) DOT(3)
}
#undef DOT

TARGET TK_INLINE void accumulate(const size_t rows, const int8_t *a, size_t stride, const int8_t *w, size_t steps,
                                 int32x4_t *sums) {
    const int8_t *b = a + stride;
    APART(b);
    for (size_t pairs = steps / 2; pairs != 0; pairs--, a += 2 * QUAD_STEP, b += 2 * QUAD_STEP) {
        int8x16x4_t x = vld1q_s8_x4(a), y = x, first, second;
        if (rows > 4)
            y = vld1q_s8_x4(b);
        first = vld1q_s8_x4(w);
        w += TK_GEMM_STEP_BYTES_NEON;
        APART(w);
        second = vld1q_s8_x4(w);
        w += TK_GEMM_STEP_BYTES_NEON;
        TK_UNROLL for (size_t i = 0; i < 4; i++) {
            const int8x16x4_t *v = i < 2 ? &first : &second;
            add_four(rows, 0, v->val[i % 2 * 2], v->val[i % 2 * 2 + 1], x.val[i], sums);
            add_four(rows, 4, v->val[i % 2 * 2], v->val[i % 2 * 2 + 1], y.val[i], sums);
        }
    }
    if (steps % 2 != 0) {
        int8x16x4_t v = vld1q_s8_x4(w);
        TK_UNROLL for (size_t i = 0; i < 2; i++) {
            add_four(rows, 0, v.val[2 * i], v.val[2 * i + 1], vld1q_s8(a + 16 * i), sums);
            if (rows > 4)
                add_four(rows, 4, v.val[2 * i], v.val[2 * i + 1], vld1q_s8(b + 16 * i), sums);
        }
    }
}

TK_INLINE void finish(const size_t rows, const tk_gemm_place_neon *place, int32x4_t *sums) {
    tk_gemm_store_neon(place, rows, (int32x4_t (*)[2])sums);
}

#include "gemm_rows_neon.h"

void tk_gemm_int8_dotprod(const tk_gemm *g) { gemm_rows(g); }

#endif
