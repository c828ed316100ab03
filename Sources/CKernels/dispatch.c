// One table of kernels for each instruction set of this architecture.
#include "kernels_internal.h"
#include <string.h>

#define GEMM(set, tile)                                                                            \
    .gemm_packed_size = tk_gemm_packed_size_##set, .gemm_pack = tk_gemm_pack_##set,                \
    .gemm_int8 = tk_gemm_int8_##set, .gemm_int16 = tk_gemm_int16_##set, .gemm_row_tile = (tile)
#define DEPTHWISE(set)                                                                             \
    .depthwise_packed_size = tk_depthwise_packed_size_##set, .depthwise_pack = tk_depthwise_pack_##set, \
    .depthwise = tk_depthwise_##set
#define ELEMENTWISE(set)                                                                           \
    .add = tk_add_##set, .multiply = tk_multiply_##set, .rescale = tk_rescale_##set, .prelu = tk_prelu_##set
#define REDUCE(set) .mean = tk_mean_##set, .maximum = tk_maximum_##set
#define TABLE_INT8(set) .table_int8 = tk_table_int8_##set
#define TABLE_INT16(set) .table_int16 = tk_table_int16_##set
#define TABLE_TO_BYTES(set) .table_int16_int8 = tk_table_int16_int8_##set
#define TABLE(set) TABLE_INT8(set), TABLE_INT16(set), TABLE_TO_BYTES(set)
#define RESIZE(set) .resize_row = tk_resize_row_##set, .resize_column = tk_resize_column_##set

static const char *const names[TK_ISA_COUNT] = {
    "scalar", "sse41", "avx2", "avx512vnni", "neon", "dotprod", "i8mm",
};

#if defined(__x86_64__)
// Two tables for one set: VBMI, where the processor has it, looks bytes up.
#define AVX512VNNI TK_AVX512VNNI, "avx512vnni", GEMM(avx512vnni, TK_ROW_TILE_AVX512VNNI), DEPTHWISE(avx512vnni), \
    ELEMENTWISE(avx512vnni), REDUCE(avx512vnni), TABLE_INT16(avx2), RESIZE(sse41)
static const tk_kernels avx512vnni_with_vbmi = { AVX512VNNI, TABLE_INT8(avx512vbmi), TABLE_TO_BYTES(avx512vbmi) };
#endif

static const tk_kernels tables[TK_ISA_COUNT] = {
    [TK_SCALAR] = { TK_SCALAR, "scalar", GEMM(scalar, TK_ROW_TILE_SCALAR), DEPTHWISE(scalar), ELEMENTWISE(scalar),
                    REDUCE(scalar), TABLE(scalar), RESIZE(scalar) },
#if defined(__x86_64__)
    [TK_SSE41] = { TK_SSE41, "sse41", GEMM(sse41, TK_ROW_TILE_SSE41), DEPTHWISE(sse41), ELEMENTWISE(sse41),
                   REDUCE(sse41), TABLE_INT8(scalar), TABLE_INT16(scalar), TABLE_TO_BYTES(sse41), RESIZE(sse41) },
    [TK_AVX2] = { TK_AVX2, "avx2", GEMM(avx2, TK_ROW_TILE_AVX2), DEPTHWISE(avx2), ELEMENTWISE(avx2),
                  REDUCE(avx2), TABLE(avx2), RESIZE(sse41) },
    [TK_AVX512VNNI] = { AVX512VNNI, TABLE_INT8(avx2), TABLE_TO_BYTES(avx2) },
#elif defined(__aarch64__)
    [TK_NEON] = { TK_NEON, "neon", GEMM(neon, TK_ROW_TILE_NEON), DEPTHWISE(neon), ELEMENTWISE(neon),
                  REDUCE(neon), TABLE(neon), RESIZE(neon) },
    [TK_DOTPROD] = { TK_DOTPROD, "dotprod", GEMM(dotprod, TK_ROW_TILE_DOTPROD), DEPTHWISE(dotprod), ELEMENTWISE(neon),
                     REDUCE(neon), TABLE(neon), RESIZE(neon) },
    [TK_I8MM] = { TK_I8MM, "i8mm", GEMM(i8mm, TK_ROW_TILE_I8MM), DEPTHWISE(dotprod), ELEMENTWISE(neon),
                  REDUCE(neon), TABLE(neon), RESIZE(neon) },
#endif
};

const tk_kernels *tk_kernels_for(tk_isa isa) {
    if ((unsigned)isa >= TK_ISA_COUNT || tables[isa].name == NULL || !tk_processor_has(isa))
        return NULL;
#if defined(__x86_64__)
    if (isa == TK_AVX512VNNI && tk_processor_has_vbmi())
        return &avx512vnni_with_vbmi;
#endif
    return &tables[isa];
}

const tk_kernels *tk_kernels_best(void) {
    const tk_kernels *best = NULL;
    for (int isa = TK_ISA_COUNT - 1; best == NULL; isa--)
        best = tk_kernels_for((tk_isa)isa);
    return best;
}

int tk_isa_named(const char *name) {
    for (int isa = 0; isa < TK_ISA_COUNT; isa++)
        if (strcmp(names[isa], name) == 0)
            return isa;
    return -1;
}

const char *tk_isa_name(tk_isa isa) { return (unsigned)isa < TK_ISA_COUNT ? names[isa] : "unknown"; }
