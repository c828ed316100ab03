// Rows divided by their spread, with an integer square root: no table, no libm, the same on every machine.
#include "../requantize.h"

/// The largest r with r*r <= v, for v < 2^62: a bit at a time.
static uint64_t square_root(uint64_t v) {
    uint64_t root = 0;
    for (uint64_t bit = (uint64_t)1 << 60; bit != 0; bit >>= 2) {
        int fits = v >= root + bit;
        v -= fits ? root + bit : 0;
        root = (root >> 1) + (fits ? bit : 0);
    }
    return root;
}

static void normalize_row(const tk_normalize *n, size_t row) {
    size_t count = n->channels, begin = row * count;
    int64_t sum = 0;
    for (size_t c = 0; c < count && n->centres; c++)
        sum += tk_load(n->x_type, n->x, begin + c) - n->zero_point;
    uint64_t square = (uint64_t)n->epsilon;
    for (size_t c = 0; c < count; c++) {
        int64_t d = (int64_t)count * (tk_load(n->x_type, n->x, begin + c) - n->zero_point) - sum;
        square += (uint64_t)(d * d);
    }
    int half = 0;   // of j
    for (; square != 0 && square < (uint64_t)1 << 60; half++)
        square <<= 2;
    int64_t inverse = square == 0 ? 0 : (int64_t)(((uint64_t)1 << 61) / square_root(square));
    for (size_t c = 0; c < count; c++) {
        int64_t d = (int64_t)count * (tk_load(n->x_type, n->x, begin + c) - n->zero_point) - sum;
        int64_t p = (d * ((int64_t)1 << half) * inverse + ((int64_t)1 << 31)) >> 32;
        tk_put(&n->output, n->out, begin + c, tk_requantize(square == 0 ? 0 : p, n->multiplier, n->shift));
    }
}

void tk_normalize_rows(const tk_normalize *n) {
    for (size_t row = 0; row < n->rows; row++)
        normalize_row(n, row);
}
