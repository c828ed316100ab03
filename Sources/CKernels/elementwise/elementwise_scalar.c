// The oracles of add, multiply, rescale and PReLU.
#include "../kernels_internal.h"
#include "../requantize.h"

void tk_add_scalar(const tk_add *a) {
    for (size_t i = 0; i < a->count; i++) {
        int32_t x = tk_load(a->x_type, a->x, i) - a->x_zero_point;
        int32_t y = tk_load(a->y_type, a->y, i) - a->y_zero_point;
        tk_put(&a->output, a->out, i, tk_requantize((int64_t)x * a->mx + (int64_t)y * a->my, a->multiplier, a->shift));
    }
}

void tk_multiply_scalar(const tk_multiply *p) {
    for (size_t r = 0; r < p->rows; r++) {
        for (size_t c = 0; c < p->channels; c++) {
            size_t i = r * p->channels + c;
            size_t j = p->broadcast == TK_SAME ? i : p->broadcast == TK_PER_CHANNEL ? c : r;
            int64_t x = tk_load(p->x_type, p->x, i) - p->x_zero_point;
            int64_t y = tk_load(p->y_type, p->y, j) - p->y_zero_point;
            tk_put(&p->output, p->out, i, tk_apply_rescale(x * y, p->rescale));
        }
    }
}

void tk_rescale_scalar(const tk_rescale_rows *r) {
    for (size_t row = 0; row < r->rows; row++) {
        for (size_t c = 0; c < r->channels; c++) {
            int32_t x = tk_load(r->x_type, r->x, row * r->channels + c) - r->zero_point;
            tk_put(&r->output, r->out, row * r->out_stride + c, tk_apply_rescale(x, r->rescale));
        }
    }
}

void tk_prelu_scalar(const tk_prelu *p) {
    for (size_t r = 0; r < p->rows; r++) {
        for (size_t c = 0; c < p->channels; c++) {
            size_t i = r * p->channels + c;
            int32_t a = tk_load(p->x_type, p->x, i) - p->zero_point;
            tk_rescale rescale = p->rescale;
            if (a < 0) {
                rescale.multiplier = p->multiplier[c];
                rescale.shift = p->shift[c];
            }
            tk_put(&p->output, p->out, i, tk_apply_rescale(a, rescale));
        }
    }
}
