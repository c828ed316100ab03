// Every kernel of every instruction set, by name: tk_<kernel>_<set>. A file <family>/<family>_<set>.c defines those of
// one family and set; dispatch.c makes the tables of them.
#ifndef TIDEPOOL_KERNELS_INTERNAL_H
#define TIDEPOOL_KERNELS_INTERNAL_H
#include "include/tidepool_kernels.h"

/// Segments of 128 inputs of a table that registers hold.
enum { TK_WINDOW = 128 };

/// Below `lowest` and above `highest` the results stay as they are there; in between there are 128 segments, segment i at
/// i % 128. Since points are integers, the byte of x is (point + floor(f*rise / 2^7) + 2^7) >> 8 with f the lower seven
/// bits of x, which `point` allows to take as the lower eight with a sign: those of odd segments are f - 128.
struct tk_byte_table {
    uint8_t rise[2][TK_WINDOW], point[2][TK_WINDOW];   // low bytes, high bytes; one behind the other
    int16_t points[514];         // the table itself, and room for a lookup of two
    int16_t lowest, highest;
    int32_t has_window;          // results change in so few segments, and |rise| < 2^14 in them: twice that fits 16 bits
};

// gemm/gemm_<set>.c
#define TK_DECLARE_GEMM(set)                                                            \
    size_t tk_gemm_packed_size_##set(int32_t n, int32_t k, tk_type input_type);         \
    void tk_gemm_pack_##set(const tk_gemm_weights *weights, void *packed);              \
    void tk_gemm_int8_##set(const tk_gemm *g);                                          \
    void tk_gemm_int16_##set(const tk_gemm *g);

// depthwise/depthwise_<set>.c
#define TK_DECLARE_DEPTHWISE(set)                                                                                    \
    size_t tk_depthwise_packed_size_##set(int32_t kernel_h, int32_t kernel_w, int32_t channels, tk_type input_type); \
    void tk_depthwise_pack_##set(const tk_depthwise_weights *weights, void *packed);                                 \
    void tk_depthwise_##set(const tk_depthwise *d);

// elementwise/elementwise_<set>.c
#define TK_DECLARE_ELEMENTWISE(set)                  \
    void tk_add_##set(const tk_add *a);              \
    void tk_multiply_##set(const tk_multiply *p);    \
    void tk_rescale_##set(const tk_rescale_rows *r); \
    void tk_prelu_##set(const tk_prelu *p);

// reduce/reduce_<set>.c
#define TK_DECLARE_REDUCE(set)              \
    void tk_mean_##set(const tk_reduce *r); \
    void tk_maximum_##set(const tk_reduce *r);

// table/table_<set>.c
#define TK_DECLARE_TABLE(set)                                                                                     \
    void tk_table_int8_##set(const int8_t *x, size_t count, const int8_t table[256], int8_t *out);                \
    void tk_table_int16_##set(const int16_t *x, size_t count, const int16_t table[513], int16_t *out);            \
    void tk_table_int16_int8_##set(const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out);

// resize/resize_<set>.c
#define TK_DECLARE_RESIZE(set)                         \
    void tk_resize_row_##set(const tk_resize_row *r);  \
    void tk_resize_column_##set(const tk_resize_column *r);

#define TK_DECLARE_ALL(set)      \
    TK_DECLARE_GEMM(set)         \
    TK_DECLARE_DEPTHWISE(set)    \
    TK_DECLARE_ELEMENTWISE(set)  \
    TK_DECLARE_REDUCE(set)       \
    TK_DECLARE_TABLE(set)        \
    TK_DECLARE_RESIZE(set)

TK_DECLARE_ALL(scalar)
#if defined(__x86_64__)
TK_DECLARE_GEMM(sse41)
TK_DECLARE_DEPTHWISE(sse41)
TK_DECLARE_ELEMENTWISE(sse41)
TK_DECLARE_REDUCE(sse41)
TK_DECLARE_RESIZE(sse41)
void tk_table_int16_int8_sse41(const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out);
TK_DECLARE_GEMM(avx2)
TK_DECLARE_DEPTHWISE(avx2)
TK_DECLARE_ELEMENTWISE(avx2)
TK_DECLARE_REDUCE(avx2)
TK_DECLARE_TABLE(avx2)
TK_DECLARE_GEMM(avx512vnni)
TK_DECLARE_DEPTHWISE(avx512vnni)
TK_DECLARE_DEPTHWISE(int16_avx512vnni)
TK_DECLARE_ELEMENTWISE(avx512vnni)
TK_DECLARE_REDUCE(avx512vnni)
/// Beside AVX-512 VNNI where the processor has VBMI too.
void tk_table_int8_avx512vbmi(const int8_t *x, size_t count, const int8_t table[256], int8_t *out);
void tk_table_int16_int8_avx512vbmi(const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out);
int tk_processor_has_vbmi(void);
#elif defined(__aarch64__)
TK_DECLARE_ALL(neon)
TK_DECLARE_GEMM(dotprod)
TK_DECLARE_GEMM(i8mm)
TK_DECLARE_DEPTHWISE(dotprod)
#endif

// Rows of C that a gemm keeps in registers.
enum {
    TK_ROW_TILE_SCALAR = 1,
    TK_ROW_TILE_SSE41 = 4,
    TK_ROW_TILE_AVX2 = 6,
    TK_ROW_TILE_AVX512VNNI = 12,
    TK_ROW_TILE_NEON = 4,
    TK_ROW_TILE_DOTPROD = 8,
    TK_ROW_TILE_I8MM = 8
};

/// Whether this processor and its operating system run a set (processor.c).
int tk_processor_has(tk_isa isa);

#endif
