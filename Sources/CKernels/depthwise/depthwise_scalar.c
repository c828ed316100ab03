// The oracle of the depthwise convolution: a channel at a time, every tap checked against the borders.
#include "../kernels_internal.h"
#include "../requantize.h"
#include <string.h>

// Packed: bias[c], multiplier[c], shift[c], weights[kernel_h][kernel_w][c] as given.
size_t tk_depthwise_packed_size_scalar(int32_t kernel_h, int32_t kernel_w, int32_t channels, tk_type input_type) {
    (void)input_type;
    size_t c = (size_t)channels;
    return (3 * c * sizeof(int32_t) + (size_t)kernel_h * (size_t)kernel_w * c + 63) / 64 * 64;
}

void tk_depthwise_pack_scalar(const tk_depthwise_weights *w, void *packed) {
    size_t c = (size_t)w->channels;
    int32_t *parameters = packed;
    memcpy(parameters, w->bias, c * sizeof(int32_t));
    memcpy(parameters + c, w->multiplier, c * sizeof(int32_t));
    memcpy(parameters + 2 * c, w->shift, c * sizeof(int32_t));
    memcpy(parameters + 3 * c, w->weights, (size_t)w->kernel_h * (size_t)w->kernel_w * c);
}

static void depthwise_pixel(const tk_depthwise *d, int32_t oy, int32_t ox) {
    size_t channels = (size_t)d->channels;
    const int32_t *bias = d->packed, *multiplier = bias + channels, *shift = multiplier + channels;
    const int8_t *weights = (const int8_t *)(shift + channels);
    for (size_t c = 0; c < channels; c++) {
        int32_t a = bias[c];
        for (int32_t ky = 0; ky < d->kernel_h; ky++) {
            for (int32_t kx = 0; kx < d->kernel_w; kx++) {
                int32_t y = oy * d->stride_y - d->pad_top + ky * d->dilation_y;
                int32_t x = ox * d->stride_x - d->pad_left + kx * d->dilation_x;
                if (y < 0 || y >= d->input_h || x < 0 || x >= d->input_w)
                    continue;
                size_t pixel = (size_t)y * (size_t)d->input_w + (size_t)x;
                int32_t value = tk_load(d->input_type, d->x, pixel * channels + c) - d->input_zero_point;
                a = tk_multiply_add(value, weights[(size_t)(ky * d->kernel_w + kx) * channels + c], a);
            }
        }
        size_t pixel = (size_t)oy * (size_t)d->output_w + (size_t)ox;
        tk_put(&d->output, d->y, pixel * channels + c, tk_requantize(a, multiplier[c], shift[c]));
    }
}

void tk_depthwise_scalar(const tk_depthwise *d) {
    for (int32_t oy = d->row_begin; oy < d->row_end; oy++)
        for (int32_t ox = 0; ox < d->output_w; ox++)
            depthwise_pixel(d, oy, ox);
}
