// What the Arm gemms share: the packed form, the walk over tiles of C, the store of a tile's row.
//
// Packed: for every tile of `columns` columns a header (bias with the zero point folded in, multiplier, -shift: int32 each),
// then its weights in steps of k, each step [columns][step]. The last step is the *last* `tail` of k, with zeros where a
// weight was taken before: A is read up to its end and never past it.
#ifndef TIDEPOOL_GEMM_NEON_H
#define TIDEPOOL_GEMM_NEON_H
#if defined(__aarch64__)
#include "../kernels_internal.h"
#include "../simd_neon.h"

// How a kernel tiles C (rows x columns) and k (by `step`, then by `tail`), and the bytes of an element of A and of a weight.
typedef struct tk_gemm_shape_neon {
    size_t rows, columns, step, tail, element_size, weight_size;
} tk_gemm_shape_neon;

// One tile's work. `rows` is the shape's or a smaller power of two; `columns` is what C has left.
typedef struct tk_gemm_tile_neon {
    size_t rows, columns, k;
    const void *a;
    size_t a_stride;
    const int32_t *header;
    const void *weights;
    void *c;
    size_t c_stride;
    const tk_output *output;
} tk_gemm_tile_neon;

size_t tk_gemm_shape_size_neon(const tk_gemm_shape_neon *shape, int32_t n, int32_t k);
void tk_gemm_shape_pack_neon(const tk_gemm_shape_neon *shape, const tk_gemm_weights *w, void *packed);
void tk_gemm_walk_neon(const tk_gemm_shape_neon *shape, const tk_gemm *g, void (*run)(const tk_gemm_tile_neon *));

extern const tk_gemm_shape_neon tk_gemm_int16_shape_neon;

// Packed size and packing for int8 A by `shape`, for int16 A by the one way there is.
#define TK_DEFINE_GEMM_PACKING_NEON(set, shape)                                                                     \
    size_t tk_gemm_packed_size_##set(int32_t n, int32_t k, tk_type input_type) {                                    \
        return tk_gemm_shape_size_neon(input_type == TK_INT8 ? &(shape) : &tk_gemm_int16_shape_neon, n, k);         \
    }                                                                                                               \
    void tk_gemm_pack_##set(const tk_gemm_weights *w, void *packed) {                                               \
        tk_gemm_shape_pack_neon(w->input_type == TK_INT8 ? &(shape) : &tk_gemm_int16_shape_neon, w, packed);        \
    }

// Requantizes the sums of row `r` of an eight-column tile and stores them.
TK_INLINE_NEON void tk_gemm_store_row_neon(const tk_gemm_tile_neon *t, size_t r, int32x4_t low, int32x4_t high) {
    const int32_t *h = t->header;
    const tk_output *o = t->output;
    low = tk_requantize_neon(low, vld1q_s32(h + 8), vld1q_s32(h + 16));
    high = tk_requantize_neon(high, vld1q_s32(h + 12), vld1q_s32(h + 20));
    if (t->columns >= 8) {
        tk_store_neon(t->c, r * t->c_stride, low, high, o);
    } else {
        int16_t row[8];
        size_t size = (size_t)o->type;
        tk_store_neon(row, 0, low, high, o);
        __builtin_memcpy((uint8_t *)t->c + r * t->c_stride * size, row, t->columns * size);
    }
}

#endif
#endif
