// GEMM by blocks of rows: included after a simd_<set>.h and gemm_panel.h, with ROW_TILE, GROUP and
//
//     prepare(type, x, count, out)    `count` elements of a row as the inner loop reads them; returns nothing
//     accumulate(rows, vectors, sum, a, stride, weights, groups)
//
// The rows of a block are prepared once, then meet panel after panel. Prepared rows have UNIT bytes an element and are
// padded by whatever to a multiple of GROUP elements: the weights there are zero.
enum { BLOCK_BYTES = 24 * 1024, SLICE = 1024 };

TK_INLINE void sums_begin(int rows, int vectors, lanes sum[][2], panel p) {
    TK_UNROLL for (int i = 0; i < rows; i++)
        TK_UNROLL for (int v = 0; v < vectors; v++)
            sum[i][v] = lanes_load_int32(p.bias + v * LANES, LANES);
}

/// `rows` prepared rows, `stride` bytes apart, with one panel.
TK_INLINE void tile(int rows, int vectors, const tk_gemm *g, const uint8_t *a, size_t stride, size_t row, size_t first,
                    const void *packed) {
    panel p = panel_at(packed, (size_t)vectors * LANES);
    lanes sum[ROW_TILE][2];
    sums_begin(rows, vectors, sum, p);
    accumulate(rows, vectors, sum, a, stride, p.weights, ((size_t)g->k + GROUP - 1) / GROUP);
    panel_store(rows, vectors, g, row, first, p, sum);
}

/// Rows too long for a block: one at a time, prepared slice by slice.
TK_INLINE void long_row(int vectors, tk_type type, const tk_gemm *g, size_t row, size_t first, const void *packed) {
    panel p = panel_at(packed, (size_t)vectors * LANES);
    lanes sum[1][2];
    sums_begin(1, vectors, sum, p);
    uint8_t slice[SLICE * UNIT + 64];
    const uint8_t *x = (const uint8_t *)g->a + row * g->a_stride * tk_size(type);
    size_t k = (size_t)g->k;
    for (size_t begin = 0; begin < k; begin += SLICE) {
        size_t count = k - begin < SLICE ? k - begin : SLICE;
        prepare(type, x + begin * tk_size(type), count, slice);
        accumulate(1, vectors, sum, slice, 0, p.weights + begin * (size_t)vectors * LANES, (count + GROUP - 1) / GROUP);
    }
    panel_store(1, vectors, g, row, first, p, sum);
}

TK_INLINE void tiles(int rows, const tk_gemm *g, const uint8_t *a, size_t stride, size_t row, size_t first,
                     const void *packed, int vectors) {
    if (vectors == 2)
        tile(rows, 2, g, a, stride, row, first, packed);
    else
        tile(rows, 1, g, a, stride, row, first, packed);
}

TK_TARGET static void any_tile(int rows, const tk_gemm *g, const uint8_t *a, size_t stride, size_t row, size_t first,
                               const void *packed, int vectors) {
#define ROWS(n) case n: tiles(n, g, a, stride, row, first, packed, vectors); break;
    switch (rows) {
        TILE_HEIGHTS
    }
#undef ROWS
}

TK_INLINE void gemm_rows(const tk_gemm *g, tk_type type) {
    size_t m = (size_t)g->m, n = (size_t)g->n, k = (size_t)g->k;
    size_t stride = (k + GROUP - 1) / GROUP * GROUP * UNIT;
    size_t full = panel_size(2, GROUP, g->k);
    if (stride > BLOCK_BYTES) {
        for (size_t first = 0; first < n; first += CHUNK)
            for (size_t row = 0; row < m; row++) {
                const uint8_t *panel = (const uint8_t *)g->packed + first / CHUNK * full;
                if (panel_vectors(first, n) == 2)
                    long_row(2, type, g, row, first, panel);
                else
                    long_row(1, type, g, row, first, panel);
            }
        return;
    }
    uint8_t block[BLOCK_BYTES + 64];
    size_t fitting = BLOCK_BYTES / stride, tallest = fitting < ROW_TILE ? fitting : ROW_TILE;
    for (size_t begin = 0; begin < m;) {
        // Tiles of nearly the same height, as many as fit.
        size_t rest = m - begin, tiles_left = (rest + tallest - 1) / tallest;
        size_t height = (rest + tiles_left - 1) / tiles_left;
        size_t rows = fitting / height * height < rest ? fitting / height * height : rest;
        for (size_t i = 0; i < rows; i++)
            prepare(type, (const uint8_t *)g->a + (begin + i) * g->a_stride * tk_size(type), k, block + i * stride);
        const uint8_t *panel = g->packed;
        for (size_t first = 0; first < n; first += CHUNK, panel += full)
            for (size_t i = 0; i < rows; i += height)
                any_tile((int)(rows - i < height ? rows - i : height), g, block + i * stride, stride, begin + i, first,
                         panel, panel_vectors(first, n));
        begin += rows;
    }
}
