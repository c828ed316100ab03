// GEMM of int16 activations with AVX-512 VNNI: x = 256 * upper byte + lower byte, two rows of bytes with the same
// weights, so that weights are as many bytes as for int8 and go the same way.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx512.h"
#include "gemm_panel.h"
#include "gemm_vnni.h"
enum { UNIT = 2, ROW_TILE = TK_ROW_TILE_AVX512VNNI / 2 };
#define TILE_HEIGHTS ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6)

/// The upper bytes, shifted to unsigned ones, and behind them the lower bytes.
TK_INLINE void prepare(tk_type type, const void *x, size_t count, uint8_t *out) {
    (void)type;
    size_t bytes = (count + GROUP - 1) / GROUP * GROUP;
    const lanes flip = _mm512_set1_epi16((int16_t)0x8000);
    for (size_t i = 0; i < count; i += CHUNK) {
        lanes words = _mm512_xor_si512(pairs_load(TK_INT16, (const int16_t *)x + i, count - i), flip);
        __mmask32 mask = (__mmask32)first_bits(bytes - i, CHUNK);
        _mm256_mask_storeu_epi8(out + i, mask, _mm512_cvtepi16_epi8(_mm512_srli_epi16(words, 8)));
        _mm256_mask_storeu_epi8(out + bytes + i, mask, _mm512_cvtepi16_epi8(words));
    }
}

TK_INLINE void accumulate(int rows, int vectors, lanes sum[][2], const uint8_t *a, size_t stride, const int8_t *weights,
                          size_t groups) {
    (void)stride;   // prepared rows follow each other
    lanes bytes[2 * ROW_TILE][2];
    TK_UNROLL for (int i = 0; i < rows; i++)
        TK_UNROLL for (int v = 0; v < vectors; v++) {
            bytes[2 * i][v] = lanes_set(0);
            bytes[2 * i + 1][v] = sum[i][v];
        }
    accumulate_quads(2 * rows, vectors, bytes, a, groups * GROUP, weights, groups);
    TK_UNROLL for (int i = 0; i < rows; i++)
        TK_UNROLL for (int v = 0; v < vectors; v++)
            sum[i][v] = lanes_add(_mm512_slli_epi32(bytes[2 * i][v], 8), bytes[2 * i + 1][v]);
}

#include "gemm_rows.h"

TK_TARGET void tk_gemm_int16_avx512vnni(const tk_gemm *g) { gemm_rows(g, TK_INT16); }
#endif
