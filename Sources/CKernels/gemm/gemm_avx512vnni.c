// GEMM with AVX-512 VNNI. int8: vpdpbusd wants unsigned activations, so x ^ 0x80 = x + 128 goes in and the packed bias
// takes 128 * sum w back. int16: vpdpwssd on pairs.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx512.h"
#include "gemm_panel.h"
#include "gemm_pack.h"
enum { ROW_TILE = TK_ROW_TILE_AVX512VNNI };
#define TILE_HEIGHTS ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6) ROWS(7) ROWS(8) ROWS(9) ROWS(10) ROWS(11) ROWS(12)

size_t tk_gemm_packed_size_avx512vnni(int32_t n, int32_t k, tk_type input_type) {
    return panels_size(input_type == TK_INT8 ? 4 : 2, n, k);
}

TK_TARGET void tk_gemm_pack_avx512vnni(const tk_gemm_weights *w, void *packed) {
    if (w->input_type == TK_INT8)
        panels_pack(w, packed, 4, w->input_zero_point + 128);
    else
        panels_pack(w, packed, 2, w->input_zero_point);
}

// AHEAD: how far weights are prefetched. Between two frames they fall out of the second cache.
enum { UNIT = 1, GROUP = 4, AHEAD = 2048 };

TK_INLINE void prepare(tk_type type, const void *x, size_t count, uint8_t *out) {
    (void)type;
    const lanes flip = _mm512_set1_epi8((char)0x80);
    for (size_t i = 0; i < count; i += 64) {
        lanes bytes = _mm512_maskz_loadu_epi8(first_bits(count - i, 64), (const uint8_t *)x + i);
        _mm512_storeu_si512(out + i, _mm512_xor_si512(bytes, flip));
    }
}

TK_INLINE void accumulate(int rows, int vectors, lanes sum[][2], const uint8_t *a, size_t stride, const int8_t *weights,
                          size_t groups) {
    for (size_t k = 0; k < groups; k++, a += GROUP, weights += vectors * 64) {
        lanes w[2];
        TK_UNROLL for (int v = 0; v < vectors; v++)
            w[v] = _mm512_loadu_si512(weights + 64 * v);
        TK_UNROLL for (int v = 0; v < vectors; v++)
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

#include "gemm_rows.h"

TK_TARGET void tk_gemm_int8_avx512vnni(const tk_gemm *g) { gemm_rows(g, TK_INT8); }
#endif
