// What the Arm gemms share: the packed form and the store of a tile.
//
// Packed: for every tile of eight columns a header (bias with the zero point folded in, multiplier, -shift: int32 [8]
// each), then its weights in steps of eight of k, padded by zeros. A step holds two halves of four of k; where they are
// is up to the set.
#ifndef TIDEPOOL_GEMM_NEON_H
#define TIDEPOOL_GEMM_NEON_H
#if defined(__aarch64__)
#include "../kernels_internal.h"
#include "../simd_neon.h"

enum { TK_GEMM_COLUMNS_NEON = 8, TK_GEMM_STEP_NEON = 8, TK_GEMM_STEP_BYTES_NEON = 64 };

// Where a step has the four weights of a column, and how much further those of the second half of k are.
typedef struct tk_gemm_step_neon {
    uint8_t column[TK_GEMM_COLUMNS_NEON], half;
} tk_gemm_step_neon;

size_t tk_gemm_steps_size_neon(int32_t n, int32_t k);
void tk_gemm_pack_steps_neon(const tk_gemm_weights *w, const tk_gemm_step_neon *step, void *packed);

// Int16 activations: after the header the weights are int16 [k][8].
static inline size_t tk_gemm_int16_tile_size_neon(size_t k) {
    return TK_GEMM_COLUMNS_NEON * (3 * sizeof(int32_t) + k * sizeof(int16_t));
}
size_t tk_gemm_int16_packed_size_neon(int32_t n, int32_t k);
void tk_gemm_int16_pack_neon(const tk_gemm_weights *w, void *packed);

// Packed size and packing for int8 A by `step`, for int16 A by the one way there is.
#define TK_DEFINE_GEMM_PACKING_NEON(set, step)                                                                      \
    size_t tk_gemm_packed_size_##set(int32_t n, int32_t k, tk_type input_type) {                                    \
        return input_type == TK_INT8 ? tk_gemm_steps_size_neon(n, k) : tk_gemm_int16_packed_size_neon(n, k);        \
    }                                                                                                               \
    void tk_gemm_pack_##set(const tk_gemm_weights *w, void *packed) {                                               \
        if (w->input_type == TK_INT8)                                                                               \
            tk_gemm_pack_steps_neon(w, &(step), packed);                                                            \
        else                                                                                                        \
            tk_gemm_int16_pack_neon(w, packed);                                                                     \
    }

// What a tile of C is stored as.
typedef enum tk_gemm_store_kind { TK_GEMM_STORE_PLAIN_INT16, TK_GEMM_STORE_INT8, TK_GEMM_STORE_ANY } tk_gemm_store_kind;

// Some rows of C under one tile of columns, of which there may be fewer than eight.
typedef struct tk_gemm_place_neon {
    const int32_t *header;
    uint8_t *c;
    size_t stride;               // bytes
    size_t columns;
    size_t rows;                 // one less than a tile has where its last row is there twice
    const tk_output *output;
    tk_gemm_store_kind kind;
} tk_gemm_place_neon;

tk_gemm_place_neon tk_gemm_place_at_neon(const tk_gemm *g, size_t row, size_t column, size_t tile_size);

// Stores requantized rows of eight of whatever type and width.
void tk_gemm_store_any_neon(const tk_gemm_place_neon *p, const int32x4_t (*y)[2]);

// Requantizes the sums of a tile, four columns to a register, and stores them.
TK_INLINE void tk_gemm_store_neon(const tk_gemm_place_neon *p, const size_t rows, int32x4_t (*sums)[2]) {
    const int32_t *h = p->header;
    const int32x4_t multiplier[2] = { vld1q_s32(h + 8), vld1q_s32(h + 12) };
    const int32x4_t negated_shift[2] = { vld1q_s32(h + 16), vld1q_s32(h + 20) };
    TK_UNROLL for (size_t r = 0; r < rows; r++)
        TK_UNROLL for (size_t v = 0; v < 2; v++)
            sums[r][v] = tk_requantize_neon(sums[r][v], multiplier[v], negated_shift[v]);
    const size_t stride = p->stride;
    uint8_t *c = p->c, *last = c + (p->rows - 1) * stride;
    if (p->kind == TK_GEMM_STORE_PLAIN_INT16) {
        const int16x8_t low16 = vdupq_n_s16((int16_t)p->output->low);
        TK_UNROLL for (size_t r = 0; r < rows; r++, c += stride)
            vst1q_s16((int16_t *)(void *)(r + 1 == rows ? last : c),
                      tk_narrow_plain_neon(sums[r][0], sums[r][1], low16));
    } else if (p->kind == TK_GEMM_STORE_INT8) {
        const tk_output_neon o = tk_output_of_neon(p->output);
        TK_UNROLL for (size_t r = 0; r < rows; r++, c += stride)
            vst1_s8((int8_t *)(r + 1 == rows ? last : c), tk_narrow_int8_neon(sums[r][0], sums[r][1], &o));
    } else {
        int32x4_t y[8][2];
        TK_UNROLL for (size_t r = 0; r < rows; r++)
            TK_UNROLL for (size_t v = 0; v < 2; v++)
                y[r][v] = sums[r][v];
        tk_gemm_store_any_neon(p, (const int32x4_t (*)[2])y);
    }
}

#endif
#endif
