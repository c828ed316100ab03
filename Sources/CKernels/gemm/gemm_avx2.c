// GEMM with AVX2: pmaddwd on pairs of int16.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx2.h"
#include "gemm_panel.h"
#include "gemm_pack.h"
enum { ROW_TILE = TK_ROW_TILE_AVX2 };
#define TILE_HEIGHTS ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6)
#include "gemm_pairs.h"

size_t tk_gemm_packed_size_avx2(int32_t n, int32_t k, tk_type input_type) {
    (void)input_type;
    return panels_size(GROUP, n, k);
}

TK_TARGET void tk_gemm_pack_avx2(const tk_gemm_weights *weights, void *packed) {
    panels_pack(weights, packed, GROUP, weights->input_zero_point);
}

TK_TARGET void tk_gemm_int8_avx2(const tk_gemm *g) { gemm_rows(g, TK_INT8); }
TK_TARGET void tk_gemm_int16_avx2(const tk_gemm *g) { gemm_rows(g, TK_INT16); }
#endif
