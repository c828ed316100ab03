// Int8 gemm with ARMv8.6's smmla: tiles of 8 x 8, made of 2 x 2 sums over eight of k.
#if defined(__aarch64__)
#include "gemm_neon.h"

#define TARGET __attribute__((target("arch=armv8.2-a+dotprod+i8mm")))
enum { ROWS = TK_ROW_TILE_I8MM, QUAD_STEP = 32 };
// Rows go by pairs: the last one may be there twice.
#define TILE_HEIGHTS HEIGHT(1) HEIGHT(2) case 3: HEIGHT(4) case 5: HEIGHT(6) case 7: HEIGHT(8)

// [column][8]
static const tk_gemm_step_neon step = { { 0, 8, 16, 24, 32, 40, 48, 56 }, 4 };

TK_DEFINE_GEMM_PACKING_NEON(i8mm, step)

// [k / 8][row][8]: a register has eight of k of two rows.
TK_INLINE void prepare(const int8x16_t *x, int8_t *out) {
    int64x2x4_t rows = { { vreinterpretq_s64_s8(x[0]), vreinterpretq_s64_s8(x[1]), vreinterpretq_s64_s8(x[2]),
                           vreinterpretq_s64_s8(x[3]) } };
    vst4q_s64((int64_t *)(void *)out, rows);
}

// sums[4 * pair of rows + pair of columns]: the columns of the first row, then of the second.
TK_INLINE void begin(const size_t rows, const int32_t *header, int32x4_t *sums) {
    TK_UNROLL for (size_t i = 0; i < (rows + 1) / 2 * 4; i++)
        sums[i] = vreinterpretq_s32_s64(vld1q_dup_s64((const int64_t *)(const void *)(header + i % 4 * 2)));
}

TARGET TK_INLINE void add_pairs(const size_t rows, const size_t first, const int8x16_t *x, const int8x16_t *w,
                                int32x4_t *sums) {
    TK_UNROLL for (size_t i = 0; i < 8; i++)
        if (first + i / 4 < (rows + 1) / 2)
            sums[4 * first + i] = vmmlaq_s32(sums[4 * first + i], x[i / 4], w[i % 4]);
}

TARGET TK_INLINE void accumulate(const size_t rows, const int8_t *a, size_t stride, const int8_t *w, size_t steps,
                                 int32x4_t *sums) {
    const int8_t *b = a + stride;
    APART(b);
    for (size_t pairs = steps / 2; pairs != 0; pairs--, a += 2 * QUAD_STEP, b += 2 * QUAD_STEP) {
        int8x16x4_t x = vld1q_s8_x4(a), y = x, even, odd;
        if (rows > 4)
            y = vld1q_s8_x4(b);
        even = vld1q_s8_x4(w);
        w += TK_GEMM_STEP_BYTES_NEON;
        APART(w);
        odd = vld1q_s8_x4(w);
        w += TK_GEMM_STEP_BYTES_NEON;
        add_pairs(rows, 0, x.val, even.val, sums);
        add_pairs(rows, 2, y.val, even.val, sums);
        add_pairs(rows, 0, x.val + 2, odd.val, sums);
        add_pairs(rows, 2, y.val + 2, odd.val, sums);
    }
    if (steps % 2 != 0) {
        int8x16x2_t x = vld1q_s8_x2(a), y = x;
        int8x16x4_t v = vld1q_s8_x4(w);
        if (rows > 4)
            y = vld1q_s8_x2(b);
        add_pairs(rows, 0, x.val, v.val, sums);
        add_pairs(rows, 2, y.val, v.val, sums);
    }
}

TK_INLINE int32x4_t joined_low(int32x4_t a, int32x4_t b) {
    return vreinterpretq_s32_s64(vzip1q_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(b)));
}

TK_INLINE int32x4_t joined_high(int32x4_t a, int32x4_t b) {
    return vreinterpretq_s32_s64(vzip2q_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(b)));
}

TK_INLINE void finish(const size_t rows, const tk_gemm_place_neon *place, int32x4_t *sums) {
    int32x4_t row[8][2];
    TK_UNROLL for (size_t i = 0; i < rows; i++) {
        const int32x4_t *pair = sums + i / 2 * 4;
        TK_UNROLL for (size_t v = 0; v < 2; v++)
            row[i][v] = i % 2 == 0 ? joined_low(pair[2 * v], pair[2 * v + 1])
                                   : joined_high(pair[2 * v], pair[2 * v + 1]);
    }
    tk_gemm_store_neon(place, rows, row);
}

#include "gemm_rows_neon.h"

void tk_gemm_int8_i8mm(const tk_gemm *g) { gemm_rows(g); }

#endif
