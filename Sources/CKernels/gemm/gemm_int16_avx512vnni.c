// GEMM of int16 activations with AVX-512 VNNI: vpdpwssd on pairs.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx512.h"
#include "gemm_panel.h"
enum { ROW_TILE = 8 };
#define TILE_HEIGHTS ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6) ROWS(7) ROWS(8)
#include "gemm_pairs.h"

TK_TARGET void tk_gemm_int16_avx512vnni(const tk_gemm *g) { gemm_rows(g, TK_INT16); }
#endif
