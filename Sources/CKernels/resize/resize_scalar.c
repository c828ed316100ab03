// The oracles of the separable resize. Weights are not negative and sum to 2^14, so that rows stay within 255 * 2^7.
#include "../kernels_internal.h"

void tk_resize_row_scalar(const tk_resize_row *r) {
    for (int32_t i = 0; i < r->width; i++) {
        const uint8_t *source = r->source + 3 * (size_t)r->first[i];
        const int16_t *weights = r->weights + (size_t)i * (size_t)r->taps;
        for (int32_t channel = 0; channel < 3; channel++) {
            int32_t sum = 1 << 6;
            for (int32_t t = 0; t < r->taps; t++)
                sum += weights[t] * source[3 * t + channel];
            r->out[3 * i + channel] = (uint16_t)(sum >> 7);
        }
    }
}

void tk_resize_column_scalar(const tk_resize_column *r) {
    for (int32_t i = 0; i < r->count; i++) {
        int32_t sum = 1 << 20;
        for (int32_t t = 0; t < r->taps; t++)
            sum += r->weights[t] * r->rows[t][i];
        r->out[i] = (int8_t)((sum >> 21) - 128);
    }
}
