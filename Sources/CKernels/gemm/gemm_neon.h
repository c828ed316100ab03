// What the Arm gemms share: the packed form, the walk over tiles of C, the store of a tile's row.
//
// Packed: for every tile of `columns` columns a header (bias with the zero point folded in, multiplier, -shift: int32
// each), then its weights in steps of k, each step [columns][step]. The last step is the *last* `tail` of k, with zeros
// where a weight was taken before: A is read up to its end and never past it.
#ifndef TIDEPOOL_GEMM_NEON_H
#define TIDEPOOL_GEMM_NEON_H
#if defined(__aarch64__)
#include "../kernels_internal.h"
#include "../simd_neon.h"

// How a kernel tiles C (rows x columns) and k (by `step`, then `tail`), and the bytes of an element of A and of W.
typedef struct tk_gemm_shape_neon {
    size_t rows, columns, step, tail, element_size, weight_size;
} tk_gemm_shape_neon;

// Some rows of C under one tile of columns.
typedef struct tk_gemm_strip_neon {
    size_t rows, k;
    const int8_t *a;             // int8, or the bytes of int16
    size_t a_stride;             // bytes
    const int32_t *header;
    const void *weights;
    uint8_t *c;
    size_t c_stride;             // bytes
    const tk_output *output;
} tk_gemm_strip_neon;

size_t tk_gemm_shape_size_neon(const tk_gemm_shape_neon *shape, int32_t n, int32_t k);
void tk_gemm_shape_pack_neon(const tk_gemm_shape_neon *shape, const tk_gemm_weights *w, void *packed);
void tk_gemm_walk_neon(const tk_gemm_shape_neon *shape, const tk_gemm *g, void (*run)(tk_gemm_strip_neon));

extern const tk_gemm_shape_neon tk_gemm_int16_shape_neon;

// Packed size and packing for int8 A by `shape`, for int16 A by the one way there is.
#define TK_DEFINE_GEMM_PACKING_NEON(set, shape)                                                                     \
    size_t tk_gemm_packed_size_##set(int32_t n, int32_t k, tk_type input_type) {                                    \
        return tk_gemm_shape_size_neon(input_type == TK_INT8 ? &(shape) : &tk_gemm_int16_shape_neon, n, k);         \
    }                                                                                                               \
    void tk_gemm_pack_##set(const tk_gemm_weights *w, void *packed) {                                               \
        tk_gemm_shape_pack_neon(w->input_type == TK_INT8 ? &(shape) : &tk_gemm_int16_shape_neon, w, packed);        \
    }

// Runs a strip by the file's own `tile`, whose number of rows is a constant: for 8 rows at a time, then 4, 2 and 1. A macro,
// since it needs the file's instruction set to inline the tiles.
#define TK_DEFINE_GEMM_STRIP_NEON(target)                                                                          \
    target static void run_strip(tk_gemm_strip_neon s) {                                                           \
        for (; s.rows >= 8; tk_gemm_skip_neon(&s, 8))                                                              \
            tile(&s, 8);                                                                                           \
        if (s.rows & 4) {                                                                                          \
            tile(&s, 4);                                                                                           \
            tk_gemm_skip_neon(&s, 4);                                                                              \
        }                                                                                                          \
        if (s.rows & 2) {                                                                                          \
            tile(&s, 2);                                                                                           \
            tk_gemm_skip_neon(&s, 2);                                                                              \
        }                                                                                                          \
        if (s.rows & 1)                                                                                            \
            tile(&s, 1);                                                                                           \
    }

// Goes on to the rows after the next `rows`.
TK_INLINE void tk_gemm_skip_neon(tk_gemm_strip_neon *s, size_t rows) {
    s->rows -= rows;
    s->a += rows * s->a_stride;
    s->c += rows * s->c_stride;
}

// Requantizes the sums of an eight-column tile, four columns to a register, and stores them.
TK_INLINE void tk_gemm_store_neon(const tk_gemm_strip_neon *s, const size_t rows, const int32x4_t *low,
                                       const int32x4_t *high) {
    const int32_t *h = s->header;
    int32x4_t low_multiplier = vld1q_s32(h + 8), high_multiplier = vld1q_s32(h + 12);
    int32x4_t low_shift = vld1q_s32(h + 16), high_shift = vld1q_s32(h + 20);
    tk_output_neon o = tk_output_of_neon(s->output);
    int32x4_t y[16];
    for (size_t r = 0; r < rows; r++) {
        y[2 * r] = tk_requantize_neon(low[r], low_multiplier, low_shift);
        y[2 * r + 1] = tk_requantize_neon(high[r], high_multiplier, high_shift);
    }
    uint8_t *c = s->c;
    const size_t stride = s->c_stride;
    if (s->output->type == TK_INT8)
        for (size_t r = 0; r < rows; r++, c += stride)
            vst1_s8((int8_t *)c, tk_narrow_int8_neon(y[2 * r], y[2 * r + 1], &o));
    else if (tk_is_plain_int16(s->output))
        for (size_t r = 0; r < rows; r++, c += stride)
            vst1q_s16((int16_t *)(void *)c, tk_narrow_plain_neon(y[2 * r], y[2 * r + 1]));
    else
        for (size_t r = 0; r < rows; r++, c += stride)
            vst1q_s16((int16_t *)(void *)c, tk_narrow_int16_neon(y[2 * r], y[2 * r + 1], &o));
}

#endif
#endif
