// Int8 gemm of the Arm sets by blocks of rows. Included with TARGET, ROWS, QUAD_STEP and
//
//     prepare(x, out)                           sixteen of k of four rows, as the inner loop reads them
//     begin(rows, header, sums)                 sums at the bias
//     accumulate(rows, a, stride, w, steps, sums)
//     finish(rows, place, sums)
//
// The rows of a block are prepared once, four at a time (a quad of rows has QUAD_STEP bytes for eight of k), then meet
// tile after tile of weights. k is padded by whatever: the weights there are zero. A tile has ROWS rows at most, its
// second quad `stride` bytes after the first.
enum { BLOCK_BYTES = 24 * 1024, SLICE = 512, COLUMNS = TK_GEMM_COLUMNS_NEON, SUMS = 16 };

// Prepares at most four rows; where there are fewer the last is taken again.
TARGET static void prepare_quad(const int8_t *a, size_t stride, size_t rows, size_t k, int8_t *out) {
    const int8_t *row[4];
    for (size_t r = 0; r < 4; r++)
        row[r] = a + (r < rows ? r : rows - 1) * stride;
    int8x16_t x[4];
    size_t l = 0;
    for (; l + 16 <= k; l += 16, out += 2 * QUAD_STEP) {
        TK_UNROLL for (size_t r = 0; r < 4; r++)
            x[r] = vld1q_s8(row[r] + l);
        prepare(x, out);
    }
    if (l == k)
        return;
    TK_UNROLL for (size_t r = 0; r < 4; r++) {
        if (k - l == 8) {
            x[r] = vcombine_s8(vld1_s8(row[r] + l), vdup_n_s8(0));
        } else {
            int8_t rest[16] = { 0 };
            memcpy(rest, row[r] + l, k - l);
            x[r] = vld1q_s8(rest);
        }
    }
    prepare(x, out);
}

TARGET TK_INLINE void tile(const size_t rows, const tk_gemm_place_neon *place, const int8_t *a, size_t stride,
                           size_t steps) {
    int32x4_t sums[SUMS];
    begin(rows, place->header, sums);
    accumulate(rows, a, stride, (const int8_t *)(place->header + 3 * COLUMNS), steps, sums);
    finish(rows, place, sums);
}

// `count` tiles of place.rows rows.
TARGET static void equal_tiles(tk_gemm_place_neon place, const int8_t *a, size_t stride, size_t steps, size_t count) {
#define HEIGHT(n)                                                                                    \
    case n:                                                                                          \
        for (; count != 0; count--, a += ROWS / 4 * stride, place.c += place.rows * place.stride)    \
            tile(n, &place, a, stride, steps);                                                       \
        break;
    switch (place.rows) {
        TILE_HEIGHTS
    }
#undef HEIGHT
}

static size_t steps_of(size_t k) { return (k + TK_GEMM_STEP_NEON - 1) / TK_GEMM_STEP_NEON; }

static size_t tile_size(size_t k) {
    return 3 * COLUMNS * sizeof(int32_t) + steps_of(k) * TK_GEMM_STEP_BYTES_NEON;
}

// A row too long for a block: prepared slice by slice.
TARGET static void long_row(const tk_gemm *g, size_t row, size_t column) {
    const int8_t *a = (const int8_t *)g->a + row * g->a_stride;
    const tk_gemm_place_neon place = tk_gemm_place_at_neon(g, row, column, tile_size((size_t)g->k));
    const int8_t *w = (const int8_t *)(place.header + 3 * COLUMNS);
    int8_t slice[SLICE / 8 * QUAD_STEP];
    int32x4_t sums[SUMS];
    begin(1, place.header, sums);
    for (size_t l = 0; l < (size_t)g->k; l += SLICE, w += SLICE * COLUMNS) {
        size_t count = (size_t)g->k - l < SLICE ? (size_t)g->k - l : SLICE;
        prepare_quad(a + l, 0, 1, count, slice);
        accumulate(1, slice, 0, w, steps_of(count), sums);
    }
    finish(1, &place, sums);
}

TARGET static void gemm_rows(const tk_gemm *g) {
    enum { QUADS = ROWS / 4 };
    const size_t m = (size_t)g->m, n = (size_t)g->n, k = (size_t)g->k, steps = steps_of(k);
    const size_t stride = (steps + 1) / 2 * 2 * QUAD_STEP;
    if (QUADS * stride > BLOCK_BYTES) {
        for (size_t column = 0; column < n; column += COLUMNS)
            for (size_t row = 0; row < m; row++)
                long_row(g, row, column);
        return;
    }
    int8_t block[BLOCK_BYTES];
    for (size_t row = 0, rows; row < m; row += rows) {
        // Tiles of nearly the same height, as many as fit.
        size_t tiles = (m - row + ROWS - 1) / ROWS, height = (m - row + tiles - 1) / tiles;
        size_t fitting = BLOCK_BYTES / (QUADS * stride) * height;
        rows = fitting < m - row ? fitting : m - row;
        int8_t *to = block;
        for (size_t i = 0; i < rows; i += height)
            for (size_t q = 0; q < QUADS; q++, to += stride) {
                size_t end = i + height < rows ? i + height : rows, first = i + 4 * q;
                if (first < end)
                    prepare_quad((const int8_t *)g->a + (row + first) * g->a_stride, g->a_stride,
                                 end - first < 4 ? end - first : 4, k, to);
            }
        for (size_t column = 0; column < n; column += COLUMNS) {
            tk_gemm_place_neon place = tk_gemm_place_at_neon(g, row, column, tile_size(k));
            place.rows = height;
            equal_tiles(place, block, stride, steps, rows / height);
            if (rows % height != 0) {
                place.c += rows / height * height * place.stride;
                place.rows = rows % height;
                equal_tiles(place, block + rows / height * QUADS * stride, stride, steps, 1);
            }
        }
    }
}
