// Depthwise convolution with stride 1 or 2, column by column: the quads of a column of the input serve all output pixels
// that see it, whose sums are under way together. Included after depthwise_quads.h.
//
// Slots of the quads: for each column of the kernel its rows, padded to a multiple of four. Behind the quads of a chunk,
// what a column of zero points adds: int32 [kernel][4][16].

enum { WIDEST = 5 };

static inline size_t column_quads(size_t kernel) { return (kernel + 3) / 4; }

static inline int goes_by_columns(int32_t kernel_h, int32_t kernel_w, int32_t channels, int32_t stride, int32_t dilation) {
    return kernel_h == kernel_w && (kernel_w == 3 || kernel_w == 5) && stride <= 2 && dilation == 1 && channels >= 48;
}

static inline size_t column_chunk_size(size_t kernel) {
    return chunk_size(kernel * column_quads(kernel)) + kernel * ELEMENTS * sizeof(int32_t);
}

static inline int32_t *zero_columns(chunk p, int32_t kernel) {
    return (int32_t *)(p.weights + (size_t)kernel * column_quads((size_t)kernel) * QUAD_BYTES);
}

static size_t columns_size(size_t kernel, size_t channels) {
    return zero_row_size(channels) + (channels + ELEMENTS - 1) / ELEMENTS * column_chunk_size(kernel);
}

TK_TARGET static void pack_zero_columns(chunk p, int32_t kernel, int32_t zero_point) {
    size_t groups = column_quads((size_t)kernel);
    int32_t *zero = zero_columns(p, kernel);
    for (size_t i = 0; i < (size_t)kernel * VECTORS; i++, zero += LANES) {
        const int8_t *w = p.weights + i / VECTORS * groups * QUAD_BYTES + i % VECTORS * ELEMENTS;
        lanes sum = lanes_set(0);
        for (size_t group = 0; group < groups; group++)
            sum = add_quads(sum, _mm512_loadu_si512(w + group * QUAD_BYTES));
        _mm512_storeu_si512(zero, lanes_multiply(sum, lanes_set(zero_point + 128)));
    }
}

static void columns_pack(const tk_depthwise_weights *w, void *packed) {
    int32_t taps[4 * 2 * WIDEST], kernel = w->kernel_w, rows = 4 * (int32_t)column_quads((size_t)kernel);
    for (int32_t s = 0; s < kernel * rows; s++)
        taps[s] = s % rows < kernel ? s % rows * kernel + s / rows : -1;
    uint8_t *at = pack_zero_row(w, packed);
    for (size_t begin = 0; begin < (size_t)w->channels; begin += ELEMENTS, at += column_chunk_size((size_t)kernel)) {
        chunk p = chunk_at(at);
        pack_chunk(w, taps, (size_t)(kernel * rows / 4), begin, p);
        pack_zero_columns(p, kernel, w->input_zero_point);
    }
}

TK_INLINE void add_zero_column(chunk p, const int32_t kernel, int32_t kx, lanes sum[VECTORS]) {
    const int32_t *zero = zero_columns(p, kernel) + kx * ELEMENTS;
    TK_UNROLL for (int v = 0; v < VECTORS; v++)
        sum[v] = lanes_add(sum[v], lanes_load_int32(zero + v * LANES, LANES));
}

/// One output row of up to 64 channels from `first`.
TK_INLINE void column_chunk(const tk_depthwise *d, const int32_t kernel, const int32_t stride, int32_t oy, size_t first,
                            size_t count, chunk p, uint8_t *y) {
    const size_t groups = column_quads((size_t)kernel);
    const int32_t seen_by = (kernel + stride - 1) / stride;   // outputs that see a column
    const __mmask64 mask = first_bits(count, 64);
    size_t pixel = (size_t)d->channels, y_pixel = pixel * tk_size(d->output.type);
    const uint8_t *zero = d->packed, *rows[WIDEST];
    TK_UNROLL for (int32_t ky = 0; ky < kernel; ky++) {
        int32_t iy = oy * d->stride_y - d->pad_top + ky * d->dilation_y;
        rows[ky] = iy < 0 || iy >= d->input_h ? NULL
                                              : (const uint8_t *)d->x + (size_t)iy * (size_t)d->input_w * pixel + first;
    }
    lanes under_way[WIDEST][VECTORS];   // [j]: output ox + j
    TK_UNROLL for (int32_t j = 0; j < seen_by; j++)
        load_bias(p, under_way[j]);
    y += first * tk_size(d->output.type);
    for (int32_t ox = 1 - seen_by; ox < d->output_w; ox++) {
        // The columns that output ox sees and the one before it did not.
        TK_UNROLL for (int32_t kx = kernel - stride; kx < kernel; kx++) {
            int32_t ix = ox * stride + kx - d->pad_left;
            if (ix < 0 || ix >= d->input_w) {
                TK_UNROLL for (int32_t j = 0; kx - j * stride >= 0; j++)
                    add_zero_column(p, kernel, kx - j * stride, under_way[j]);
                continue;
            }
            TK_UNROLL for (size_t group = 0; group < groups; group++) {
                lanes x[4], column[VECTORS];
                TK_UNROLL for (int32_t r = 0; r < 4; r++) {
                    int32_t ky = 4 * (int32_t)group + r;
                    if (ky < kernel)
                        x[r] = load_tap(rows[ky] ? rows[ky] + (size_t)ix * pixel : zero, mask);
                    else
                        x[r] = lanes_set(0);
                }
                interleave(x, column);
                TK_UNROLL for (int32_t j = 0; kx - j * stride >= 0; j++) {
                    const int8_t *w = p.weights + ((size_t)(kx - j * stride) * groups + group) * QUAD_BYTES;
                    TK_UNROLL for (int v = 0; v < VECTORS; v++)
                        under_way[j][v] = _mm512_dpbusd_epi32(under_way[j][v], column[v],
                                                              _mm512_loadu_si512(w + v * ELEMENTS));
                }
            }
        }
        if (ox >= 0)
            chunk_store(d, p, under_way[0], y + (size_t)ox * y_pixel, count);
        TK_UNROLL for (int32_t j = 0; j + 1 < seen_by; j++)
            TK_UNROLL for (int v = 0; v < VECTORS; v++)
                under_way[j][v] = under_way[j + 1][v];
        load_bias(p, under_way[seen_by - 1]);
    }
}

/// Some output rows, chunk by chunk: its weights stay in the first cache.
TK_INLINE void column_rows(const tk_depthwise *d, const int32_t kernel, const int32_t stride) {
    size_t channels = (size_t)d->channels, size = column_chunk_size((size_t)kernel);
    size_t y_row = (size_t)d->output_w * channels * tk_size(d->output.type);
    const uint8_t *at = (const uint8_t *)d->packed + zero_row_size(channels);
    for (size_t first = 0; first < channels; first += ELEMENTS, at += size)
        for (int32_t oy = d->row_begin; oy < d->row_end; oy++) {
            uint8_t *y = (uint8_t *)d->y + (size_t)oy * y_row;
            if (first + ELEMENTS <= channels)
                column_chunk(d, kernel, stride, oy, first, ELEMENTS, chunk_at(at), y);
            else
                column_chunk(d, kernel, stride, oy, first, channels - first, chunk_at(at), y);
        }
}
