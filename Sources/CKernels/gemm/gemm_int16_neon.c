// Int16 gemm of every Arm set: tiles of 8 x 8, weights widened to int16, smlal by a lane of A.
#if defined(__aarch64__)
#include "gemm_neon.h"

enum { ROWS = 8, COLUMNS = TK_GEMM_COLUMNS_NEON };

// One step of k: eight weights times lane `lane` of each row of A.
#define STEP(lane)                                                                     \
    do {                                                                               \
        int16x8_t columns = vld1q_s16(w + 8 * (lane));                                 \
        for (size_t r = 0; r < rows; r++) {                                            \
            sums[r][0] = vmlal_laneq_s16(sums[r][0], vget_low_s16(columns), x[r], lane); \
            sums[r][1] = vmlal_high_laneq_s16(sums[r][1], columns, x[r], lane);        \
        }                                                                              \
    } while (0)

TK_INLINE void tile(const size_t rows, const tk_gemm_place_neon *place, const int16_t *a, size_t stride, size_t k) {
    const int16_t *w = (const int16_t *)(const void *)(place->header + 3 * COLUMNS);
    int32x4_t sums[ROWS][2];
    int16x8_t x[ROWS];
    for (size_t r = 0; r < rows; r++) {
        sums[r][0] = vld1q_s32(place->header);
        sums[r][1] = vld1q_s32(place->header + 4);
    }
    size_t l = 0;
    for (; l + 8 <= k; l += 8, w += 64) {
        for (size_t r = 0; r < rows; r++)
            x[r] = vld1q_s16(a + r * stride + l);
        STEP(0); STEP(1); STEP(2); STEP(3); STEP(4); STEP(5); STEP(6); STEP(7);
    }
    for (; l < k; l++, w += 8) {
        for (size_t r = 0; r < rows; r++)
            x[r] = vld1q_dup_s16(a + r * stride + l);
        STEP(0);
    }
    tk_gemm_store_neon(place, rows, sums);
}

// Rows of A are taken in blocks that stay in a first-level cache of 32 KB beside a tile of weights.
void tk_gemm_int16_neon(const tk_gemm *g) {
    enum { BLOCK = 8192 };
    const size_t m = (size_t)g->m, k = (size_t)g->k;
    const size_t fitting = BLOCK / k / ROWS * ROWS, block = fitting > 0 ? fitting : ROWS;
    for (size_t first = 0; first < m; first += block) {
        const size_t end = first + block < m ? first + block : m;
        for (size_t column = 0; column < (size_t)g->n; column += COLUMNS) {
            tk_gemm_place_neon place = tk_gemm_place_at_neon(g, first, column, tk_gemm_int16_tile_size_neon(k));
            const int16_t *a = (const int16_t *)g->a + first * g->a_stride;
            size_t row = first;
            place.rows = ROWS;
            for (; row + ROWS <= end; row += ROWS, a += ROWS * g->a_stride, place.c += ROWS * place.stride)
                tile(ROWS, &place, a, g->a_stride, k);
            place.rows = 1;
            for (; row < end; row++, a += g->a_stride, place.c += place.stride)
                tile(1, &place, a, g->a_stride, k);
        }
    }
}
void tk_gemm_int16_dotprod(const tk_gemm *g) { tk_gemm_int16_neon(g); }
void tk_gemm_int16_i8mm(const tk_gemm *g) { tk_gemm_int16_neon(g); }

#endif
