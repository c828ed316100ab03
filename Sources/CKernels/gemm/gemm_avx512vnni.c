// GEMM of int8 activations with AVX-512 VNNI, and the packing for both types.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx512.h"
#include "gemm_panel.h"
#include "gemm_pack.h"
#include "gemm_vnni.h"
enum { ROW_TILE = TK_ROW_TILE_AVX512VNNI };
#define TILE_HEIGHTS ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6) ROWS(7) ROWS(8) ROWS(9) ROWS(10) ROWS(11) ROWS(12)

size_t tk_gemm_packed_size_avx512vnni(int32_t n, int32_t k, tk_type input_type) {
    (void)input_type;
    return panels_size(GROUP, n, k);
}

TK_TARGET void tk_gemm_pack_avx512vnni(const tk_gemm_weights *w, void *packed) {
    panels_pack(w, packed, GROUP, w->input_zero_point + (w->input_type == TK_INT8 ? 1 << 7 : 1 << 15));
}

enum { UNIT = 1 };

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
    accumulate_quads(rows, vectors, sum, a, stride, weights, groups);
}

#include "gemm_rows.h"

TK_TARGET void tk_gemm_int8_avx512vnni(const tk_gemm *g) { gemm_rows(g, TK_INT8); }
#endif
