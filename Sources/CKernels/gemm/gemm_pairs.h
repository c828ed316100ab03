// GEMM by multiply-add of int16 pairs: included after a simd_<set>.h, with ROW_TILE defined.
//
// Panels are CHUNK channels wide, their weights int8 [k/2][CHUNK][2]. int8 rows are widened a block at a time into a
// small buffer on the stack.
#include "gemm_panel.h"

enum { BLOCK = 256 };   // k steps widened at a time, even

/// Two neighbours of a row as one int32, in every lane.
TK_INLINE lanes pair_broadcast(const int16_t *p) {
    int32_t pair;
    memcpy(&pair, p, sizeof pair);
    return lanes_set(pair);
}

/// Adds `count` steps of k to the sums of `rows` rows.
TK_INLINE void pairs_accumulate(int rows, lanes sum[][2], const int16_t *a, size_t stride, const int8_t *weights,
                                size_t count) {
    for (size_t k = 0; k + 2 <= count; k += 2, weights += 2 * CHUNK) {
        lanes w0 = pairs_load(TK_INT8, weights, CHUNK), w1 = pairs_load(TK_INT8, weights + CHUNK, CHUNK);
        _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++) {
            lanes x = pair_broadcast(a + (size_t)i * stride + k);
            sum[i][0] = pairs_multiply_add(sum[i][0], x, w0);
            sum[i][1] = pairs_multiply_add(sum[i][1], x, w1);
        }
    }
    if (count % 2 != 0) {
        lanes w0 = pairs_load(TK_INT8, weights, CHUNK), w1 = pairs_load(TK_INT8, weights + CHUNK, CHUNK);
        _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++) {
            lanes x = lanes_set((uint16_t)a[(size_t)i * stride + count - 1]);
            sum[i][0] = pairs_multiply_add(sum[i][0], x, w0);
            sum[i][1] = pairs_multiply_add(sum[i][1], x, w1);
        }
    }
}

TK_INLINE void widen(const int8_t *x, size_t count, int16_t *out) {
    size_t i = 0;
    for (; i + CHUNK <= count; i += CHUNK)
        pairs_store_int16(out + i, pairs_load(TK_INT8, x + i, CHUNK));
    for (; i < count; i++)
        out[i] = x[i];
}

/// `rows` rows of C for one panel.
TK_INLINE void pairs_tile(int rows, tk_type type, const tk_gemm *g, size_t row, size_t first, const uint8_t *packed) {
    panel p = panel_at(packed, CHUNK);
    size_t k = (size_t)g->k;
    lanes sum[ROW_TILE][2];
    for (int i = 0; i < rows; i++) {
        sum[i][0] = lanes_load_int32(p.bias, LANES);
        sum[i][1] = lanes_load_int32(p.bias + LANES, LANES);
    }
    if (type == TK_INT16) {
        pairs_accumulate(rows, sum, (const int16_t *)g->a + row * g->a_stride, g->a_stride, p.weights, k);
    } else {
        int16_t block[ROW_TILE][BLOCK];
        for (size_t begin = 0; begin < k; begin += BLOCK) {
            size_t count = k - begin < BLOCK ? k - begin : BLOCK;
            for (int i = 0; i < rows; i++)
                widen((const int8_t *)g->a + (row + (size_t)i) * g->a_stride + begin, count, block[i]);
            pairs_accumulate(rows, sum, block[0], BLOCK, p.weights + begin * CHUNK, count);
        }
    }
    panel_store(rows, g, row, first, p, sum);
}

TK_INLINE void pairs_gemm(const tk_gemm *g, tk_type type) {
    const uint8_t *panel = g->packed;
    for (size_t first = 0; first < (size_t)g->n; first += CHUNK, panel += panel_size(CHUNK, 2, g->k)) {
        size_t row = 0, m = (size_t)g->m;
        for (; row + ROW_TILE <= m; row += ROW_TILE)
            pairs_tile(ROW_TILE, type, g, row, first, panel);
        for (; row + 4 <= m; row += 4)
            pairs_tile(4, type, g, row, first, panel);
        for (; row < m; row++)
            pairs_tile(1, type, g, row, first, panel);
    }
}
