// GEMM with AVX-512 VNNI. int8: vpdpbusd wants unsigned activations, so x ^ 0x80 = x + 128 goes in and the packed bias
// takes 128 * sum w back. Panels are 32 channels wide, their weights int8 [k/4][32][4]. int16: vpdpwssd on pairs.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx512.h"
enum { ROW_TILE = TK_ROW_TILE_AVX512VNNI };
#include "gemm_pairs.h"

size_t tk_gemm_packed_size_avx512vnni(int32_t n, int32_t k, tk_type input_type) {
    return panels_size(CHUNK, input_type == TK_INT8 ? 4 : 2, n, k);
}

void tk_gemm_pack_avx512vnni(const tk_gemm_weights *w, void *packed) {
    if (w->input_type == TK_INT8)
        panels_pack(w, packed, CHUNK, 4, w->input_zero_point + 128);
    else
        panels_pack(w, packed, CHUNK, 2, w->input_zero_point);
}

/// The last 1 to 3 bytes of a row.
TK_INLINE int32_t partial_quad(const uint8_t *p, size_t count) {
    uint32_t quad = p[0];
    if (count > 1)
        quad |= (uint32_t)p[1] << 8;
    if (count > 2)
        quad |= (uint32_t)p[2] << 16;
    return (int32_t)quad;
}

TK_INLINE void quads_tile(int rows, const tk_gemm *g, size_t row, size_t first, const uint8_t *packed) {
    panel p = panel_at(packed, CHUNK);
    const uint8_t *a = (const uint8_t *)g->a + row * g->a_stride;
    const int8_t *weights = p.weights;
    const lanes flip = lanes_set((int32_t)0x80808080);
    lanes sum[ROW_TILE][2];
    for (int i = 0; i < rows; i++) {
        sum[i][0] = lanes_load_int32(p.bias, LANES);
        sum[i][1] = lanes_load_int32(p.bias + LANES, LANES);
    }
    size_t k = 0, end = (size_t)g->k;
    for (; k + 4 <= end; k += 4, weights += 4 * CHUNK) {
        lanes w0 = _mm512_loadu_si512(weights), w1 = _mm512_loadu_si512(weights + 64);
        _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++) {
            int32_t quad;
            memcpy(&quad, a + (size_t)i * g->a_stride + k, sizeof quad);
            lanes x = _mm512_xor_si512(lanes_set(quad), flip);
            sum[i][0] = _mm512_dpbusd_epi32(sum[i][0], x, w0);
            sum[i][1] = _mm512_dpbusd_epi32(sum[i][1], x, w1);
        }
    }
    if (k < end) {
        lanes w0 = _mm512_loadu_si512(weights), w1 = _mm512_loadu_si512(weights + 64);
        _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++) {
            lanes x = _mm512_xor_si512(lanes_set(partial_quad(a + (size_t)i * g->a_stride + k, end - k)), flip);
            sum[i][0] = _mm512_dpbusd_epi32(sum[i][0], x, w0);
            sum[i][1] = _mm512_dpbusd_epi32(sum[i][1], x, w1);
        }
    }
    panel_store(rows, g, row, first, p, sum);
}

TK_TARGET void tk_gemm_int8_avx512vnni(const tk_gemm *g) {
    const uint8_t *panel = g->packed;
    for (size_t first = 0; first < (size_t)g->n; first += CHUNK, panel += panel_size(CHUNK, 4, g->k)) {
        size_t row = 0, m = (size_t)g->m;
        for (; row + ROW_TILE <= m; row += ROW_TILE)
            quads_tile(ROW_TILE, g, row, first, panel);
        for (; row + 8 <= m; row += 8)
            quads_tile(8, g, row, first, panel);
        for (; row + 4 <= m; row += 4)
            quads_tile(4, g, row, first, panel);
        for (; row < m; row++)
            quads_tile(1, g, row, first, panel);
    }
}

TK_TARGET void tk_gemm_int16_avx512vnni(const tk_gemm *g) { pairs_gemm(g, TK_INT16); }
#endif
