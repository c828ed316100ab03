// GEMM by multiply-add of int16 pairs: included after a simd_<set>.h and gemm_panel.h, with ROW_TILE and TILE_HEIGHTS
// defined. Weights stay bytes and are widened on their way into the registers.
enum { UNIT = 2, GROUP = 2 };

TK_INLINE void prepare(tk_type type, const void *x, size_t count, uint8_t *out) {
    for (size_t i = 0; i < count; i += CHUNK)
        pairs_store_int16((int16_t *)(void *)out + i,
                          pairs_load(type, (const uint8_t *)x + i * tk_size(type), count - i));
}

TK_INLINE void accumulate(int rows, int vectors, lanes sum[][2], const uint8_t *a, size_t stride, const int8_t *weights,
                          size_t groups) {
    for (size_t k = 0; k < groups; k++, a += 4, weights += vectors * CHUNK) {
        lanes w[2];
        TK_UNROLL for (int v = 0; v < vectors; v++)
            w[v] = pairs_load(TK_INT8, weights + v * CHUNK, CHUNK);
        TK_UNROLL for (int i = 0; i < rows; i++) {
            int32_t pair;
            memcpy(&pair, a + (size_t)i * stride, sizeof pair);
            lanes x = lanes_set(pair);
            TK_UNROLL for (int v = 0; v < vectors; v++)
                sum[i][v] = pairs_multiply_add(sum[i][v], x, w[v]);
        }
    }
}

#include "gemm_rows.h"
