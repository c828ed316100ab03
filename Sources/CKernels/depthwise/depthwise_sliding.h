// Depthwise convolution of int8, 3x3 or 5x5, with stride 1: column by column of the input. Included with TARGET and
//
//     weight_at(kernel, j, i, ky)               where a block has the weight of channel i that j more columns complete
//     slide(kernel, phase, at, step, w, sums)   adds a column, which completes the output at `phase`, and goes on
//
// A column adds to `kernel` outputs that are under way; the first of them is then complete. Columns of padding are
// never visited: what they add is known when weights are packed.
//
// Packed: a row of zero points, then per block of 16 channels, all int32 [16]: multiplier, -shift; `starts`
// [kernel + 1], the bias with all columns of a window in the padding at first, then one less each, up to the bias
// itself; `ends` [kernel - 1], what the last column adds when it is in the padding, then the last two, and so on; then
// the weights. The last block ends with the last channel and may overlap the one before it.

static int may_slide(int32_t kernel_h, int32_t kernel_w, int32_t channels, tk_type type) {
    return type == TK_INT8 && kernel_h == kernel_w && (kernel_w == 3 || kernel_w == 5) && channels >= BLOCK;
}

static int slides(int32_t stride_x, int32_t dilation_x) { return stride_x == 1 && dilation_x == 1; }

static size_t sliding_zero_row(size_t channels) { return (channels + 63) / 64 * 64; }

static size_t sliding_block_size(size_t kernel) {
    return BLOCK * (2 + kernel + 1 + kernel - 1) * sizeof(int32_t) + kernel * ((kernel + 3) / 4) * 4 * BLOCK;
}

static size_t sliding_size(int32_t kernel, int32_t channels) {
    size_t blocks = ((size_t)channels + BLOCK - 1) / BLOCK;
    return sliding_zero_row((size_t)channels) + blocks * sliding_block_size((size_t)kernel);
}

typedef struct sliding_block {
    int32_t *multiplier, *negated_shift;   // [BLOCK]
    int32_t *starts, *ends;                // [kernel + 1][BLOCK], [kernel - 1][BLOCK]
    int8_t *weights;
} sliding_block;

static inline sliding_block sliding_block_at(const void *packed, size_t kernel) {
    int32_t *m = (int32_t *)packed, *starts = m + 2 * BLOCK, *ends = starts + (kernel + 1) * BLOCK;
    return (sliding_block){ m, m + BLOCK, starts, ends, (int8_t *)(ends + (kernel - 1) * BLOCK) };
}

static void pack_sliding_block(const tk_depthwise_weights *w, size_t first, sliding_block p) {
    const size_t kernel = (size_t)w->kernel_w, channels = (size_t)w->channels;
    for (size_t i = 0; i < BLOCK; i++) {
        size_t c = first + i;
        int32_t zero_column[WIDEST], bias = w->bias[c];
        p.multiplier[i] = w->multiplier[c];
        p.negated_shift[i] = -w->shift[c];
        for (size_t kx = 0; kx < kernel; kx++) {
            int32_t sum = 0;
            for (size_t ky = 0; ky < kernel; ky++) {
                int8_t weight = w->weights[(ky * kernel + kx) * channels + c];
                p.weights[weight_at(kernel, kernel - 1 - kx, i, ky)] = weight;
                sum += weight;
            }
            zero_column[kx] = w->input_zero_point * sum;
            bias = tk_multiply_add(-w->input_zero_point, sum, bias);
        }
        p.starts[kernel * BLOCK + i] = bias;
        for (size_t j = 0; j < kernel; j++)   // all columns before the j last ones
            p.starts[(kernel - 1 - j) * BLOCK + i] =
                tk_multiply_add(1, zero_column[j], p.starts[(kernel - j) * BLOCK + i]);
        for (size_t j = 0; j + 1 < kernel; j++)
            p.ends[j * BLOCK + i] = zero_column[kernel - 1 - j] + (j == 0 ? 0 : p.ends[(j - 1) * BLOCK + i]);
    }
}

static void sliding_pack(const tk_depthwise_weights *w, void *packed) {
    const size_t channels = (size_t)w->channels, kernel = (size_t)w->kernel_w;
    memset(packed, 0, sliding_size(w->kernel_w, w->channels));
    memset(packed, w->input_zero_point, sliding_zero_row(channels));
    uint8_t *at = (uint8_t *)packed + sliding_zero_row(channels);
    for (size_t c = 0; c < channels; c += BLOCK, at += sliding_block_size(kernel))
        pack_sliding_block(w, c + BLOCK <= channels ? c : channels - BLOCK, sliding_block_at(at, kernel));
}

TK_INLINE void load_sums(const int32_t *from, int32x4_t sums[VECTORS]) {
    TK_UNROLL for (int v = 0; v < VECTORS; v++)
        sums[v] = vld1q_s32(from + 4 * v);
}

/// Stores a pixel as anything but int16 before a table, which is seldom.
static __attribute__((noinline)) void put_any(const tk_output *output, int32x4_t a, int32x4_t b, int32x4_t c,
                                              int32x4_t e, uint8_t *y) {
    const tk_output_neon o = tk_output_of_neon(output);
    tk_store_neon(output->type, y, 0, a, b, &o);
    tk_store_neon(output->type, y, 8, c, e, &o);
}

/// Requantizes and stores the sums of a pixel.
TK_INLINE void put(const tk_output *output, int is_plain, int16x8_t low16, sliding_block p,
                   const int32x4_t sums[VECTORS], uint8_t *y) {
    int32x4_t a[VECTORS];
    TK_UNROLL for (int v = 0; v < VECTORS; v++)
        a[v] = tk_requantize_neon(sums[v], vld1q_s32(p.multiplier + 4 * v), vld1q_s32(p.negated_shift + 4 * v));
    if (is_plain) {
        vst1q_s16((int16_t *)(void *)y, tk_narrow_plain_neon(a[0], a[1], low16));
        vst1q_s16((int16_t *)(void *)y + 8, tk_narrow_plain_neon(a[2], a[3], low16));
    } else {
        put_any(output, a[0], a[1], a[2], a[3], y);
    }
}

/// An output pixel whose window is in the padding but for nothing or a few columns: `more` is added to `from`.
static void put_at_border(const tk_output *output, sliding_block p, const int32_t *from, const int32_t *more,
                          uint8_t *y) {
    int32x4_t sums[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
        sums[v] = vld1q_s32(from + 4 * v);
        if (more != NULL)
            sums[v] = vaddq_s32(sums[v], vld1q_s32(more + 4 * v));
    }
    put(output, tk_is_plain_int16(output), vdupq_n_s16((int16_t)output->low), p, sums, y);
}

/// One output row of the channels from `first`. The sums go round: those of the output that is complete begin again.
TARGET TK_INLINE void sliding_row(const tk_depthwise *d, const int32_t kernel, int32_t oy, size_t first,
                                  sliding_block p, uint8_t *y) {
    const size_t channels = (size_t)d->channels, y_pixel = channels * tk_size(d->output.type);
    const int32_t input_w = d->input_w, output_w = d->output_w;
    const int8_t *at[WIDEST];
    size_t step[WIDEST];
    TK_UNROLL for (int32_t ky = 0; ky < kernel; ky++) {
        int32_t iy = oy * d->stride_y - d->pad_top + ky * d->dilation_y;
        int is_inside = iy >= 0 && iy < d->input_h;
        step[ky] = is_inside ? channels : 0;
        at[ky] = (is_inside ? (const int8_t *)d->x + (size_t)iy * (size_t)input_w * channels
                            : (const int8_t *)d->packed) + first;
    }
    const int is_plain = tk_is_plain_int16(&d->output);
    const int16x8_t low16 = vdupq_n_s16((int16_t)d->output.low);
    y += first * tk_size(d->output.type);
    // Column 0 completes output `ox`; those before it see padding alone.
    int32_t ox = d->pad_left - (kernel - 1);
    for (int32_t before = 0; before < ox && before < output_w; before++, y += y_pixel)
        put_at_border(&d->output, p, p.starts, NULL, y);
    int32x4_t sums[WIDEST][VECTORS];
    TK_UNROLL for (int32_t j = 0; j < kernel; j++)
        load_sums(p.starts + (j + 1) * BLOCK, sums[j]);
    const int32_t *bias = p.starts + kernel * BLOCK;
    const int32_t last = ox + input_w < output_w ? ox + input_w : output_w;
    int32_t reached = 0;   // the phase after the last
#define PHASE(phase)                                                                    \
    if (kernel > (phase)) {                                                             \
        slide(kernel, phase, at, step, p.weights, sums);                                \
        if (ox >= 0) {                                                                  \
            put(&d->output, is_plain, low16, p, sums[(phase) % kernel], y);                 \
            y += y_pixel;                                                               \
        }                                                                               \
        load_sums(bias, sums[(phase) % kernel]);                                \
        if (++ox == last) {                                                             \
            reached = (phase) + 1;                                                      \
            break;                                                                      \
        }                                                                               \
    }
    while (ox < last) {
        PHASE(0) PHASE(1) PHASE(2) PHASE(3) PHASE(4)
    }
#undef PHASE
    int32_t rest[WIDEST][BLOCK];
    TK_UNROLL for (int32_t j = 0; j < kernel; j++)
        TK_UNROLL for (int v = 0; v < VECTORS; v++)
            vst1q_s32(rest[j] + 4 * v, sums[j][v]);
    for (int32_t j = 0; ox < output_w; j++, ox++) {
        if (ox < 0)
            continue;
        if (j < kernel - 1)
            put_at_border(&d->output, p, rest[(reached + j) % kernel], p.ends + j * BLOCK, y);
        else
            put_at_border(&d->output, p, p.starts, NULL, y);
        y += y_pixel;
    }
}

/// Block by block, so that its weights stay in the first cache.
TARGET TK_INLINE void sliding_rows(const tk_depthwise *d, const int32_t kernel) {
    size_t channels = (size_t)d->channels, row_size = (size_t)d->output_w * channels * tk_size(d->output.type);
    const uint8_t *at = (const uint8_t *)d->packed + sliding_zero_row(channels);
    for (size_t c = 0; c < channels; c += BLOCK, at += sliding_block_size((size_t)kernel))
        for (int32_t oy = d->row_begin; oy < d->row_end; oy++)
            sliding_row(d, kernel, oy, c + BLOCK <= channels ? c : channels - BLOCK,
                        sliding_block_at(at, (size_t)kernel), (uint8_t *)d->y + (size_t)oy * row_size);
}

TARGET static void slide_over(const tk_depthwise *d) {
    if (d->kernel_w == 3)
        sliding_rows(d, 3);
    else
        sliding_rows(d, 5);
}
