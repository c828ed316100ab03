// Depthwise convolution with ARMv8.2's sdot, for int8 and the usual kernels; the others go to NEON.
//
// Column by column, as with AVX-512: four rows of a column of the input make quads, which serve all output pixels that
// see the column and whose sums are under way together. Stride 1 is in depthwise_sliding.h.
//
// Packed for stride 2: a row of zero points, then per block of 16 channels bias (the zero point folded in), multiplier,
// -shift int32 [16], what a column of zero points adds int32 [kernel][16], weights int8 [kernel][groups of four
// rows][16][4]. The last block ends with the last channel and may overlap the one before it.
#if defined(__aarch64__)
#include "../kernels_internal.h"
#include "../simd_neon.h"

#define TARGET __attribute__((target("arch=armv8.2-a+dotprod")))

enum { BLOCK = 16, VECTORS = 4, WIDEST = 5, QUAD_BYTES = 4 * BLOCK };
#include "depthwise_slide_dotprod.h"
#include "depthwise_sliding.h"

TK_INLINE size_t row_groups(size_t kernel) { return (kernel + 3) / 4; }

static size_t zero_row_size(size_t channels) { return (channels + 63) / 64 * 64; }

static size_t block_size(size_t kernel) {
    return BLOCK * (3 + kernel) * sizeof(int32_t) + kernel * row_groups(kernel) * QUAD_BYTES;
}

typedef struct block {
    int32_t *bias, *multiplier, *negated_shift;   // [BLOCK]
    int32_t *zero_columns;                        // [kernel][BLOCK]
    int8_t *weights;
} block;

static inline block block_at(const void *packed, size_t kernel) {
    int32_t *bias = (int32_t *)packed;
    return (block){ bias, bias + BLOCK, bias + 2 * BLOCK, bias + 3 * BLOCK, (int8_t *)(bias + (3 + kernel) * BLOCK) };
}

static void pack_block(const tk_depthwise_weights *w, size_t first, block p) {
    size_t kernel = (size_t)w->kernel_w, groups = row_groups(kernel), channels = (size_t)w->channels;
    memset(p.weights, 0, kernel * groups * QUAD_BYTES);
    for (size_t i = 0; i < BLOCK; i++) {
        size_t c = first + i;
        p.bias[i] = w->bias[c];
        p.multiplier[i] = w->multiplier[c];
        p.negated_shift[i] = -w->shift[c];
        for (size_t kx = 0; kx < kernel; kx++) {
            int32_t sum = 0;
            for (size_t ky = 0; ky < kernel; ky++) {
                int8_t weight = w->weights[(ky * kernel + kx) * channels + c];
                p.weights[(kx * groups + ky / 4) * QUAD_BYTES + 4 * i + ky % 4] = weight;
                sum += weight;
            }
            p.zero_columns[kx * BLOCK + i] = w->input_zero_point * sum;
            p.bias[i] = tk_multiply_add(-w->input_zero_point, sum, p.bias[i]);
        }
    }
}

/// Sixteen channels of four rows as quads.
TK_INLINE void interleave(const int8x16_t x[4], int8x16_t quads[VECTORS]) {
    int16x8_t a = vreinterpretq_s16_s8(vzip1q_s8(x[0], x[1])), b = vreinterpretq_s16_s8(vzip2q_s8(x[0], x[1]));
    int16x8_t c = vreinterpretq_s16_s8(vzip1q_s8(x[2], x[3])), e = vreinterpretq_s16_s8(vzip2q_s8(x[2], x[3]));
    quads[0] = vreinterpretq_s8_s16(vzip1q_s16(a, c));
    quads[1] = vreinterpretq_s8_s16(vzip2q_s16(a, c));
    quads[2] = vreinterpretq_s8_s16(vzip1q_s16(b, e));
    quads[3] = vreinterpretq_s8_s16(vzip2q_s16(b, e));
}

static int is_stride_2(int32_t stride_x, int32_t dilation_x) { return stride_x == 2 && dilation_x == 1; }

size_t tk_depthwise_packed_size_dotprod(int32_t kernel_h, int32_t kernel_w, int32_t channels, tk_type input_type) {
    size_t size = tk_depthwise_packed_size_neon(kernel_h, kernel_w, channels, input_type), blocks, columns;
    if (!may_slide(kernel_h, kernel_w, channels, input_type))
        return size;
    blocks = ((size_t)channels + BLOCK - 1) / BLOCK;
    columns = zero_row_size((size_t)channels) + blocks * block_size((size_t)kernel_w);
    return columns > size ? (columns + 63) / 64 * 64 : size;
}

static void pack_columns(const tk_depthwise_weights *w, void *packed) {
    size_t channels = (size_t)w->channels, kernel = (size_t)w->kernel_w;
    memset(packed, w->input_zero_point, zero_row_size(channels));
    uint8_t *at = (uint8_t *)packed + zero_row_size(channels);
    for (size_t c = 0; c < channels; c += BLOCK, at += block_size(kernel))
        pack_block(w, c + BLOCK <= channels ? c : channels - BLOCK, block_at(at, kernel));
}

void tk_depthwise_pack_dotprod(const tk_depthwise_weights *w, void *packed) {
    const int may = may_slide(w->kernel_h, w->kernel_w, w->channels, w->input_type);
    if (may && slides(w->stride_x, w->dilation_x))
        sliding_pack(w, packed);
    else if (may && is_stride_2(w->stride_x, w->dilation_x))
        pack_columns(w, packed);
    else
        tk_depthwise_pack_neon(w, packed);
}

/// The kernel's rows at the next column of the input. A row of padding stays where it is.
typedef struct row_pointers {
    const int8_t *at[WIDEST];
    size_t step[WIDEST];
} row_pointers;

/// Adds column `kx` of a window, and of those `stride` further on each, to the sums under way; the window's is at
/// `phase`.
TARGET TK_INLINE void add_column(const tk_depthwise *d, const int32_t kernel, const int32_t stride,
                                  const int32_t seen_by, const int32_t phase, int32_t kx, int32_t ix,
                                  row_pointers *rows, block p, int32x4_t sums[WIDEST][VECTORS]) {
    const size_t groups = row_groups((size_t)kernel);
    if (ix < 0 || ix >= d->input_w) {
        TK_UNROLL for (int32_t j = 0; kx - j * stride >= 0; j++)
            TK_UNROLL for (int v = 0; v < VECTORS; v++)
                sums[(phase + j) % seen_by][v] = vaddq_s32(
                    sums[(phase + j) % seen_by][v], vld1q_s32(p.zero_columns + (kx - j * stride) * BLOCK + 4 * v));
        return;
    }
    TK_UNROLL for (size_t group = 0; group < groups; group++) {
        int8x16_t x[4], column[VECTORS];
        TK_UNROLL for (int32_t r = 0; r < 4; r++) {
            int32_t ky = 4 * (int32_t)group + r;
            x[r] = vdupq_n_s8(0);
            if (ky < kernel) {
                x[r] = vld1q_s8(rows->at[ky]);
                rows->at[ky] += rows->step[ky];
            }
        }
        interleave(x, column);
        TK_UNROLL for (int32_t j = 0; kx - j * stride >= 0; j++) {
            const int8_t *w = p.weights + ((size_t)(kx - j * stride) * groups + group) * QUAD_BYTES;
            TK_UNROLL for (int v = 0; v < VECTORS; v++)
                sums[(phase + j) % seen_by][v] =
                    vdotq_s32(sums[(phase + j) % seen_by][v], column[v], vld1q_s8(w + 16 * v));
        }
    }
}

TK_INLINE void store(const tk_output_neon *o, tk_type type, int is_plain, block p, const int32x4_t sums[VECTORS],
                     uint8_t *y) {
    int32x4_t a[VECTORS];
    TK_UNROLL for (int v = 0; v < VECTORS; v++)
        a[v] = tk_requantize_neon(sums[v], vld1q_s32(p.multiplier + 4 * v), vld1q_s32(p.negated_shift + 4 * v));
    if (is_plain) {
        vst1q_s16((int16_t *)(void *)y, tk_narrow_plain_neon(a[0], a[1], o->low16));
        vst1q_s16((int16_t *)(void *)y + 8, tk_narrow_plain_neon(a[2], a[3], o->low16));
        return;
    }
    tk_store_neon(type, y, 0, a[0], a[1], o);
    tk_store_neon(type, y, 8, a[2], a[3], o);
}

/// One output row of the channels from `first`. The sums go round: those of the output that is complete begin again.
TARGET TK_INLINE void block_row(const tk_depthwise *d, const int32_t kernel, const int32_t stride, int32_t oy,
                                 size_t first, block p, uint8_t *y) {
    const int32_t seen_by = (kernel + stride - 1) / stride;   // outputs that see a column
    const size_t channels = (size_t)d->channels;
    row_pointers rows;
    TK_UNROLL for (int32_t ky = 0; ky < kernel; ky++) {
        int32_t iy = oy * d->stride_y - d->pad_top + ky * d->dilation_y;
        int is_inside = iy >= 0 && iy < d->input_h;
        rows.step[ky] = is_inside ? channels : 0;
        rows.at[ky] = (is_inside ? (const int8_t *)d->x + (size_t)iy * (size_t)d->input_w * channels
                                 : (const int8_t *)d->packed) + first;
    }
    int32x4_t sums[WIDEST][VECTORS];
    TK_UNROLL for (int32_t j = 0; j < seen_by; j++)
        load_sums(p.bias, sums[j]);
    const tk_output_neon o = tk_output_of_neon(&d->output);
    const int is_plain = tk_is_plain_int16(&d->output);
    size_t y_pixel = channels * tk_size(d->output.type);
    y += first * tk_size(d->output.type);
    for (int32_t begin = 1 - seen_by; begin < d->output_w; begin += seen_by)
        TK_UNROLL for (int32_t phase = 0; phase < seen_by; phase++) {
            int32_t ox = begin + phase;
            if (ox >= d->output_w)
                return;
            TK_UNROLL for (int32_t kx = kernel - stride; kx < kernel; kx++)
                add_column(d, kernel, stride, seen_by, phase, kx, ox * stride - d->pad_left + kx, &rows, p, sums);
            if (ox >= 0) {
                store(&o, d->output.type, is_plain, p, sums[phase], y);
                y += y_pixel;
            }
            load_sums(p.bias, sums[phase]);
        }
}

/// Block by block, so that its weights stay in the first cache.
TARGET TK_INLINE void block_rows(const tk_depthwise *d, const int32_t kernel, const int32_t stride) {
    size_t channels = (size_t)d->channels, row_size = (size_t)d->output_w * channels * tk_size(d->output.type);
    const uint8_t *at = (const uint8_t *)d->packed + zero_row_size(channels);
    for (size_t c = 0; c < channels; c += BLOCK, at += block_size((size_t)kernel))
        for (int32_t oy = d->row_begin; oy < d->row_end; oy++)
            block_row(d, kernel, stride, oy, c + BLOCK <= channels ? c : channels - BLOCK, block_at(at, (size_t)kernel),
                      (uint8_t *)d->y + (size_t)oy * row_size);
}

TARGET void tk_depthwise_dotprod(const tk_depthwise *d) {
    const int may = may_slide(d->kernel_h, d->kernel_w, d->channels, d->input_type);
    if (may && slides(d->stride_x, d->dilation_x))
        slide_over(d);
    else if (!may || !is_stride_2(d->stride_x, d->dilation_x))
        tk_depthwise_neon(d);
    else if (d->kernel_w == 3)
        block_rows(d, 3, 2);
    else
        block_rows(d, 5, 2);
}
#endif
