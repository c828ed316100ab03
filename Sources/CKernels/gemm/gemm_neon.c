// Int8 gemm of ARMv8.0: tiles of 4 x 8. Two products fit an int16 (weights are never -128), so that smull and smlal
// make sums of two, and sadalp adds neighbours of those to an int32: three instructions for sixteen multiplications.
// Four of k are there twice, for two columns, so that few sums have to be added across registers at the end.
#if defined(__aarch64__)
#include "gemm_neon.h"
#include "gemm_neon_loop.h"

#define TARGET
enum { ROWS = TK_ROW_TILE_NEON, QUAD_STEP = 64 };
#define TILE_HEIGHTS HEIGHT(1) HEIGHT(2) HEIGHT(3) HEIGHT(4)

// [pair of columns][half][column][4]
static const tk_gemm_step_neon step = { { 0, 4, 16, 20, 32, 36, 48, 52 }, 8 };

TK_DEFINE_GEMM_PACKING_NEON(neon, step)

// [k / 8][row][half][twice][4]
TK_INLINE void prepare(const int8x16_t *x, int8_t *out) {
    int8x16x4_t first, second;
    TK_UNROLL for (size_t r = 0; r < 4; r++) {
        int32x4_t row = vreinterpretq_s32_s8(x[r]);
        first.val[r] = vreinterpretq_s8_s32(vzip1q_s32(row, row));
        second.val[r] = vreinterpretq_s8_s32(vzip2q_s32(row, row));
    }
    vst1q_s8_x4(out, first);
    vst1q_s8_x4(out + 64, second);
}

// sums[4 * row + pair of columns]: two for either column.
TK_INLINE void begin(const size_t rows, const int32_t *header, int32x4_t *sums) {
    (void)header;
    TK_UNROLL for (size_t i = 0; i < 4 * rows; i++)
        sums[i] = vdupq_n_s32(0);
}

TK_INLINE void accumulate(const size_t rows, const int8_t *a, size_t stride, const int8_t *w, size_t steps,
                          int32x4_t *sums) {
    (void)stride;
    if (rows == 4) {
        const size_t fours = steps / 4;
        if (fours != 0)
            add_four_steps(a, w, fours, sums);
        if (steps % 4 != 0)
            add_steps(a + fours * 256, w + fours * 256, steps % 4, sums);
        return;
    }
    for (; steps != 0; steps--, a += QUAD_STEP, w += TK_GEMM_STEP_BYTES_NEON)
        TK_UNROLL for (size_t i = 0; i < 4 * rows; i++) {
            int8x16_t x = vld1q_s8(a + 16 * (i / 4)), v = vld1q_s8(w + 16 * (i % 4));
            sums[i] = vpadalq_s16(sums[i], vmlal_high_s8(vmull_s8(vget_low_s8(x), vget_low_s8(v)), x, v));
        }
}

TK_INLINE void finish(const size_t rows, const tk_gemm_place_neon *place, int32x4_t *sums) {
    const int32x4_t bias[2] = { vld1q_s32(place->header), vld1q_s32(place->header + 4) };
    int32x4_t row[4][2];
    TK_UNROLL for (size_t i = 0; i < 2 * rows; i++)
        row[i / 2][i % 2] = vaddq_s32(vpaddq_s32(sums[2 * i], sums[2 * i + 1]), bias[i % 2]);
    tk_gemm_store_neon(place, rows, row);
}

#include "gemm_rows_neon.h"

void tk_gemm_int8_neon(const tk_gemm *g) { gemm_rows(g); }

#endif
