// Dot products of four bytes with AVX-512 VNNI: included after simd_avx512.h.
//
// vpdpbusd wants unsigned activations: x ^ 0x80 = x + 128 goes in and the packed bias takes 128 * sum w back.

// AHEAD: how far weights are prefetched. Between two frames they fall out of the second cache. One row or two go as fast
// as memory does, and the processor's own prefetching is further ahead.
enum { GROUP = 4, AHEAD = 4096 };

TK_INLINE void accumulate_quads(int rows, int vectors, lanes sum[][2], const uint8_t *a, size_t stride,
                                const int8_t *weights, size_t groups) {
    for (size_t k = 0; k < groups; k++, a += GROUP, weights += vectors * 64) {
        lanes w[2];
        TK_UNROLL for (int v = 0; v < vectors; v++)
            w[v] = _mm512_loadu_si512(weights + 64 * v);
        TK_UNROLL for (int v = 0; v < vectors && rows > 2; v++)
            _mm_prefetch((const char *)weights + AHEAD + 64 * v, _MM_HINT_T0);
        TK_UNROLL for (int i = 0; i < rows; i++) {
            int32_t quad;
            memcpy(&quad, a + (size_t)i * stride, sizeof quad);
            lanes x = lanes_set(quad);
            TK_UNROLL for (int v = 0; v < vectors; v++)
                sum[i][v] = _mm512_dpbusd_epi32(sum[i][v], x, w[v]);
        }
    }
}
