// Positions between two neighbours of an axis: one axis of a linear resize.
#include "../requantize.h"

static void interpolate(const tk_linear *p, tk_type type, size_t row) {
    size_t first = row / p->positions * p->count, at = row % p->positions;
    size_t lower = (first + (size_t)p->lower[at]) * p->inner, upper = (first + (size_t)p->upper[at]) * p->inner;
    int32_t fraction = p->fraction[at], rest = (1 << 14) - fraction;
    for (size_t i = 0; i < p->inner; i++) {
        int32_t low = tk_load(type, p->x, lower + i) - p->zero_point;
        int32_t high = tk_load(type, p->x, upper + i) - p->zero_point;
        tk_put(&p->output, p->out, row * p->inner + i,
               tk_requantize(low * rest + high * fraction, p->multiplier, p->shift));
    }
}

void tk_linear_rows(const tk_linear *p) {
    for (size_t row = p->row_begin; row < p->row_end; row++) {
        if (p->x_type == TK_INT8)
            interpolate(p, TK_INT8, row);
        else
            interpolate(p, TK_INT16, row);
    }
}
