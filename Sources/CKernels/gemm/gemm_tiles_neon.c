// Packing and the walk over tiles, common to the Arm gemms.
#if defined(__aarch64__)
#include "gemm_neon.h"
#include "../requantize.h"
#include <string.h>

static size_t minimum(size_t a, size_t b) { return a < b ? a : b; }

static size_t round_up(size_t value, size_t to) { return (value + to - 1) / to * to; }

// Bytes of a tile's header and weights.
static size_t tile_size(const tk_gemm_shape_neon *shape, size_t k) {
    size_t main = k / shape->step * shape->step, steps = main + round_up(k - main, shape->tail);
    return shape->columns * (3 * sizeof(int32_t) + steps * shape->weight_size);
}

size_t tk_gemm_shape_size_neon(const tk_gemm_shape_neon *shape, int32_t n, int32_t k) {
    size_t tiles = round_up((size_t)n, shape->columns) / shape->columns;
    return round_up(tiles * tile_size(shape, (size_t)k), 64);
}

// bias - zero point * sum of the column's weights.
static int32_t folded_bias(const tk_gemm_weights *w, size_t column) {
    int32_t sum = 0;
    for (size_t k = 0; k < (size_t)w->k; k++)
        sum += w->weights[column * (size_t)w->k + k];
    return tk_multiply_add(-w->input_zero_point, sum, w->bias[column]);
}

static void pack_header(const tk_gemm_weights *w, size_t first, size_t columns, int32_t *header) {
    for (size_t j = 0; j < columns; j++) {
        int exists = first + j < (size_t)w->n;
        header[j] = exists ? folded_bias(w, first + j) : 0;
        header[columns + j] = exists ? w->multiplier[first + j] : 0;
        header[2 * columns + j] = exists ? -w->shift[first + j] : -1;
    }
}

// Weights [first, first + step) of a row, but zeros outside of [begin, k).
static void pack_step(const int8_t *row, size_t first, size_t begin, size_t k, size_t step, tk_type type, uint8_t *to) {
    if (type == TK_INT8 && first >= begin && first + step <= k) {
        memcpy(to, row + first, step);
        return;
    }
    for (size_t l = 0; l < step; l++)
        tk_store(type, to, l, first + l >= begin && first + l < k ? row[first + l] : 0);
}

void tk_gemm_shape_pack_neon(const tk_gemm_shape_neon *shape, const tk_gemm_weights *w, void *packed) {
    size_t n = (size_t)w->n, k = (size_t)w->k, columns = shape->columns;
    memset(packed, 0, tk_gemm_shape_size_neon(shape, w->n, w->k));
    for (size_t n0 = 0; n0 < n; n0 += columns) {
        pack_header(w, n0, columns, packed);
        uint8_t *to = (uint8_t *)packed + 3 * columns * sizeof(int32_t);
        for (size_t k0 = 0, step; k0 < k; k0 += step) {
            step = k - k0 >= shape->step ? shape->step : shape->tail;
            size_t first = k0 + step <= k || k < step ? k0 : k - step;
            for (size_t j = 0; j < columns; j++, to += step * shape->weight_size)
                if (n0 + j < n)
                    pack_step(w->weights + (n0 + j) * k, first, k0, k, step, (tk_type)shape->weight_size, to);
        }
        packed = to;
    }
}

// Rows too short for a single step of k, continued with zeros.
static void copy_rows(const tk_gemm_shape_neon *shape, const tk_gemm *g, size_t first, size_t rows, int8_t *to) {
    size_t size = shape->element_size;
    for (size_t r = 0; r < rows; r++, to += shape->tail * size) {
        memset(to, 0, shape->tail * size);
        memcpy(to, (const int8_t *)g->a + (first + r) * g->a_stride * size, (size_t)g->k * size);
    }
}

// Rows [begin, end) under `columns` columns from `column`. The kernels know only whole steps of k and whole tiles of
// columns: what is shorter or narrower goes through memory, a tile of rows at a time.
static void walk_rows(const tk_gemm_shape_neon *shape, const tk_gemm *g, size_t begin, size_t end, size_t column,
                      tk_gemm_strip_neon s, void (*run)(tk_gemm_strip_neon)) {
    size_t size = tk_size(g->output.type), columns = minimum((size_t)g->n - column, shape->columns);
    int is_short = (size_t)g->k < shape->tail, is_narrow = columns < shape->columns;
    int8_t rows[64];
    int16_t results[64];
    s.k = is_short ? shape->tail : (size_t)g->k;
    s.a_stride = (is_short ? shape->tail : g->a_stride) * shape->element_size;
    s.c_stride = (is_narrow ? shape->columns : g->c_stride) * size;
    for (size_t i = begin; i < end; i += s.rows) {
        uint8_t *c = (uint8_t *)g->c + (i * g->c_stride + column) * size;
        s.rows = is_short || is_narrow ? minimum(end - i, shape->rows) : end - i;
        s.a = is_short ? rows : (const int8_t *)g->a + i * s.a_stride;
        s.c = is_narrow ? (uint8_t *)results : c;
        if (is_short)
            copy_rows(shape, g, i, s.rows, rows);
        run(s);
        for (size_t r = 0; is_narrow && r < s.rows; r++)
            memcpy(c + r * g->c_stride * size, (uint8_t *)results + r * s.c_stride, columns * size);
    }
}

void tk_gemm_walk_neon(const tk_gemm_shape_neon *shape, const tk_gemm *g, void (*run)(tk_gemm_strip_neon)) {
    // Rows of A are taken in blocks that stay in a first-level cache of 32 KB beside a tile of weights.
    enum { block_size = 16384 };
    size_t m = (size_t)g->m, n = (size_t)g->n, k = (size_t)g->k;
    size_t block = block_size / (k * shape->element_size) / shape->rows * shape->rows;
    if (block == 0)
        block = shape->rows;
    for (size_t begin = 0; begin < m; begin += block) {
        const uint8_t *tile = g->packed;
        for (size_t column = 0; column < n; column += shape->columns, tile += tile_size(shape, k)) {
            tk_gemm_strip_neon s = {
                .header = (const int32_t *)tile,
                .weights = tile + shape->columns * 3 * sizeof(int32_t),
                .output = &g->output,
            };
            walk_rows(shape, g, begin, minimum(begin + block, m), column, s, run);
        }
    }
}

#endif
