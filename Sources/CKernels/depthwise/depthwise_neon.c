// Depthwise convolution with NEON. The usual kernels with stride 1 are in depthwise_sliding.h.
//
// A pixel's taps are pointers to input pixels, a row of zero points standing in for padding, so that borders cost the
// inner loop nothing. Channels go in blocks, 16 of int8 or 8 of int16; the last block ends with the last channel and
// may overlap the one before it.
//
// Packed: the row of zero points, then per block bias (the zero point folded in), multiplier, -shift int32 [block],
// weights of the input's type [taps][block].
#if defined(__aarch64__)
#include "../kernels_internal.h"
#include "../simd_neon.h"

enum { MAX_TAPS = 256, BLOCK = 16, VECTORS = 4, WIDEST = 5 };
#define TARGET
#include "depthwise_slide_neon.h"
#include "depthwise_sliding.h"

static size_t block_width(tk_type type) { return type == TK_INT8 ? 16 : 8; }

// Large kernels and few channels go to the scalar code.
static int is_scalar(int32_t kernel_h, int32_t kernel_w, int32_t channels, tk_type type) {
    return (int64_t)kernel_h * kernel_w > MAX_TAPS || (size_t)channels < block_width(type);
}

static size_t zero_row_size(size_t channels, tk_type type) { return (channels * tk_size(type) + 63) / 64 * 64; }

static size_t block_size(size_t taps, tk_type type) {
    return block_width(type) * (3 * sizeof(int32_t) + taps * tk_size(type));
}

size_t tk_depthwise_packed_size_neon(int32_t kernel_h, int32_t kernel_w, int32_t channels, tk_type input_type) {
    if (is_scalar(kernel_h, kernel_w, channels, input_type))
        return tk_depthwise_packed_size_scalar(kernel_h, kernel_w, channels, input_type);
    size_t taps = (size_t)kernel_h * (size_t)kernel_w, width = block_width(input_type);
    size_t blocks = ((size_t)channels + width - 1) / width;
    size_t size = (zero_row_size((size_t)channels, input_type) + blocks * block_size(taps, input_type) + 63) / 64 * 64;
    size_t sliding = may_slide(kernel_h, kernel_w, channels, input_type) ? sliding_size(kernel_w, channels) : 0;
    return size > sliding ? size : sliding;
}

static void pack_block(const tk_depthwise_weights *w, size_t first, void *block) {
    size_t taps = (size_t)w->kernel_h * (size_t)w->kernel_w, width = block_width(w->input_type);
    int32_t *bias = block, *multiplier = bias + width, *negated_shift = multiplier + width;
    for (size_t i = 0; i < width; i++) {
        bias[i] = w->bias[first + i];
        multiplier[i] = w->multiplier[first + i];
        negated_shift[i] = -w->shift[first + i];
        for (size_t t = 0; t < taps; t++) {
            int8_t weight = w->weights[t * (size_t)w->channels + first + i];
            bias[i] = tk_multiply_add(-w->input_zero_point, weight, bias[i]);
            tk_store(w->input_type, negated_shift + width, t * width + i, weight);
        }
    }
}

void tk_depthwise_pack_neon(const tk_depthwise_weights *w, void *packed) {
    if (is_scalar(w->kernel_h, w->kernel_w, w->channels, w->input_type)) {
        tk_depthwise_pack_scalar(w, packed);
        return;
    }
    if (may_slide(w->kernel_h, w->kernel_w, w->channels, w->input_type) && slides(w->stride_x, w->dilation_x)) {
        sliding_pack(w, packed);
        return;
    }
    size_t taps = (size_t)w->kernel_h * (size_t)w->kernel_w, channels = (size_t)w->channels;
    size_t width = block_width(w->input_type);
    for (size_t c = 0; c < channels; c++)
        tk_store(w->input_type, packed, c, w->input_zero_point);
    uint8_t *block = (uint8_t *)packed + zero_row_size(channels, w->input_type);
    for (size_t c = 0; c < channels; c += width, block += block_size(taps, w->input_type))
        pack_block(w, c + width <= channels ? c : channels - width, block);
}

// 16 channels of int8. The products of two taps fit an int16: weights are never -128.
TK_INLINE void block_int8(const int8_t *const *taps, const size_t count, size_t c, const int32_t *block, tk_type type,
                          int is_plain, uint8_t *y, const tk_output_neon *o) {
    int32x4_t sum[4];
    for (size_t v = 0; v < 4; v++)
        sum[v] = vld1q_s32(block + 4 * v);
    const int8_t *w = (const int8_t *)(block + 48);
#pragma clang loop unroll(enable)
    for (size_t t = 0; t < count; t += 2, w += 32) {
        int8x16_t x = vld1q_s8(taps[t] + c), weight = vld1q_s8(w);
        int16x8_t low = vmull_s8(vget_low_s8(x), vget_low_s8(weight)), high = vmull_high_s8(x, weight);
        if (t + 1 < count) {
            x = vld1q_s8(taps[t + 1] + c);
            weight = vld1q_s8(w + 16);
            low = vmlal_s8(low, vget_low_s8(x), vget_low_s8(weight));
            high = vmlal_high_s8(high, x, weight);
        }
        sum[0] = vaddw_s16(sum[0], vget_low_s16(low));
        sum[1] = vaddw_high_s16(sum[1], low);
        sum[2] = vaddw_s16(sum[2], vget_low_s16(high));
        sum[3] = vaddw_high_s16(sum[3], high);
    }
    for (size_t v = 0; v < 4; v++)
        sum[v] = tk_requantize_neon(sum[v], vld1q_s32(block + 16 + 4 * v), vld1q_s32(block + 32 + 4 * v));
    if (is_plain) {
        vst1q_s16((int16_t *)(void *)y + c, tk_narrow_plain_neon(sum[0], sum[1], o->low16));
        vst1q_s16((int16_t *)(void *)y + c + 8, tk_narrow_plain_neon(sum[2], sum[3], o->low16));
        return;
    }
    tk_store_neon(type, y, c, sum[0], sum[1], o);
    tk_store_neon(type, y, c + 8, sum[2], sum[3], o);
}

// 8 channels of int16.
TK_INLINE void block_int16(const int8_t *const *taps, const size_t count, size_t c, const int32_t *block, tk_type type,
                           uint8_t *y, const tk_output_neon *o) {
    int32x4_t low = vld1q_s32(block), high = vld1q_s32(block + 4);
    const int16_t *w = (const int16_t *)(const void *)(block + 24);
#pragma clang loop unroll(enable)
    for (size_t t = 0; t < count; t++, w += 8) {
        int16x8_t x = vld1q_s16((const int16_t *)(const void *)taps[t] + c), weight = vld1q_s16(w);
        low = vmlal_s16(low, vget_low_s16(x), vget_low_s16(weight));
        high = vmlal_high_s16(high, x, weight);
    }
    low = tk_requantize_neon(low, vld1q_s32(block + 8), vld1q_s32(block + 16));
    high = tk_requantize_neon(high, vld1q_s32(block + 12), vld1q_s32(block + 20));
    tk_store_neon(type, y, c, low, high, o);
}

// All channels of an output pixel.
TK_INLINE void pixel(const tk_depthwise *d, const tk_type type, const int8_t *const *taps, const size_t count,
                     uint8_t *y) {
    const size_t channels = (size_t)d->channels, width = block_width(type), size = block_size(count, type);
    const uint8_t *block = (const uint8_t *)d->packed + zero_row_size(channels, type);
    const tk_output_neon o = tk_output_of_neon(&d->output);
    const tk_type output_type = d->output.type;
    const int is_plain = tk_is_plain_int16(&d->output);
    for (size_t c = 0; c < channels; c += width, block += size) {
        size_t first = c + width <= channels ? c : channels - width;
        if (type == TK_INT8)
            block_int8(taps, count, first, (const int32_t *)(const void *)block, output_type, is_plain, y, &o);
        else
            block_int16(taps, count, first, (const int32_t *)(const void *)block, output_type, y, &o);
    }
}

static void pixel_of_type(const tk_depthwise *d, const int8_t *const *taps, size_t count, uint8_t *y) {
    if (d->input_type == TK_INT16)
        pixel(d, TK_INT16, taps, count, y);
    else if (count == 9)
        pixel(d, TK_INT8, taps, 9, y);
    else if (count == 25)
        pixel(d, TK_INT8, taps, 25, y);
    else
        pixel(d, TK_INT8, taps, count, y);
}

// The taps of the output pixel whose window begins at input (top, left).
static void find_taps(const tk_depthwise *d, int32_t top, int32_t left, const int8_t **taps) {
    size_t pixel_size = (size_t)d->channels * tk_size(d->input_type);
    for (int32_t ky = 0; ky < d->kernel_h; ky++) {
        for (int32_t kx = 0; kx < d->kernel_w; kx++) {
            int32_t y = top + ky * d->dilation_y, x = left + kx * d->dilation_x;
            int is_inside = y >= 0 && y < d->input_h && x >= 0 && x < d->input_w;
            size_t at = is_inside ? (size_t)y * (size_t)d->input_w + (size_t)x : 0;
            *taps++ = is_inside ? (const int8_t *)d->x + at * pixel_size : d->packed;
        }
    }
}

static void output_row(const tk_depthwise *d, int32_t row) {
    const int8_t *taps[MAX_TAPS];
    size_t count = (size_t)d->kernel_h * (size_t)d->kernel_w;
    size_t step = (size_t)d->stride_x * (size_t)d->channels * tk_size(d->input_type);
    size_t y_size = (size_t)d->channels * tk_size(d->output.type);
    uint8_t *y = (uint8_t *)d->y + (size_t)row * (size_t)d->output_w * y_size;
    int32_t top = row * d->stride_y - d->pad_top, left = -d->pad_left;
    int32_t reach_y = (d->kernel_h - 1) * d->dilation_y, reach_x = (d->kernel_w - 1) * d->dilation_x;
    int was_inside = 0;
    for (int32_t ox = 0; ox < d->output_w; ox++, left += d->stride_x, y += y_size) {
        int is_inside = top >= 0 && top + reach_y < d->input_h && left >= 0 && left + reach_x < d->input_w;
        if (is_inside && was_inside)
            for (size_t t = 0; t < count; t++)
                taps[t] += step;
        else
            find_taps(d, top, left, taps);
        was_inside = is_inside;
        pixel_of_type(d, taps, count, y);
    }
}

void tk_depthwise_neon(const tk_depthwise *d) {
    if (is_scalar(d->kernel_h, d->kernel_w, d->channels, d->input_type)) {
        tk_depthwise_scalar(d);
        return;
    }
    if (may_slide(d->kernel_h, d->kernel_w, d->channels, d->input_type) && slides(d->stride_x, d->dilation_x)) {
        slide_over(d);
        return;
    }
    for (int32_t row = d->row_begin; row < d->row_end; row++)
        output_row(d, row);
}

#endif
