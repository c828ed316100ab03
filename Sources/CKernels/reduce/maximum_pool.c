// The largest element of a window. The loops over channels are left to the compiler's vectors: a maximum has no rounding.
#include "../requantize.h"
#include <string.h>

static void raise8(int8_t *restrict y, const int8_t *restrict x, size_t count) {
    for (size_t c = 0; c < count; c++)
        y[c] = x[c] > y[c] ? x[c] : y[c];
}

static void raise16(int16_t *restrict y, const int16_t *restrict x, size_t count) {
    for (size_t c = 0; c < count; c++)
        y[c] = x[c] > y[c] ? x[c] : y[c];
}

static int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }
static int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

static void pool_pixel(const tk_maximum_pool *p, int32_t oy, int32_t ox, uint8_t *y) {
    size_t channels = (size_t)p->channels, size = channels * tk_size(p->type);
    int32_t top = oy * p->stride_y - p->pad_top, left = ox * p->stride_x - p->pad_left;
    int32_t bottom = smaller(top + p->kernel_h, p->input_h), right = smaller(left + p->kernel_w, p->input_w);
    int is_first = 1;
    for (int32_t iy = larger(top, 0); iy < bottom; iy++) {
        for (int32_t ix = larger(left, 0); ix < right; ix++) {
            const uint8_t *x = (const uint8_t *)p->x + ((size_t)iy * (size_t)p->input_w + (size_t)ix) * size;
            if (is_first)
                memcpy(y, x, size);
            else if (p->type == TK_INT8)
                raise8((int8_t *)y, (const int8_t *)x, channels);
            else
                raise16((int16_t *)(void *)y, (const int16_t *)(const void *)x, channels);
            is_first = 0;
        }
    }
}

void tk_maximum_pool_rows(const tk_maximum_pool *p) {
    size_t size = (size_t)p->channels * tk_size(p->type);
    for (int32_t oy = p->row_begin; oy < p->row_end; oy++)
        for (int32_t ox = 0; ox < p->output_w; ox++)
            pool_pixel(p, oy, ox, (uint8_t *)p->y + ((size_t)oy * (size_t)p->output_w + (size_t)ox) * size);
}
