// Depthwise convolution of stride 1, column by column of the input: included by depthwise_dotprod.c.
//
// A column adds to `kernel` outputs that are under way; the first of them is then complete. Columns of padding are never
// visited: what they add is known when weights are packed.
//
// Packed: a row of zero points, then per block of 16 channels, all int32 [16]: multiplier, -shift; `starts` [kernel + 1],
// the bias with all columns of a window in the padding at first, then one less each, up to the bias itself; `ends`
// [kernel - 1], what the last column adds when it is in the padding, then the last two, and so on. Then the weights int8
// [groups of four rows][kernel, the last column first][16][4].

static size_t sliding_block_size(size_t kernel) {
    return BLOCK * (2 + kernel + 1 + kernel - 1) * sizeof(int32_t) + kernel * row_groups(kernel) * QUAD_BYTES;
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
    const size_t kernel = (size_t)w->kernel_w, groups = row_groups(kernel), channels = (size_t)w->channels;
    memset(p.weights, 0, kernel * groups * QUAD_BYTES);
    for (size_t i = 0; i < BLOCK; i++) {
        size_t c = first + i;
        int32_t zero_column[WIDEST], bias = w->bias[c];
        p.multiplier[i] = w->multiplier[c];
        p.negated_shift[i] = -w->shift[c];
        for (size_t kx = 0; kx < kernel; kx++) {
            int32_t sum = 0;
            for (size_t ky = 0; ky < kernel; ky++) {
                int8_t weight = w->weights[(ky * kernel + kx) * channels + c];
                p.weights[(ky / 4 * kernel + kernel - 1 - kx) * QUAD_BYTES + 4 * i + ky % 4] = weight;
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

// In assembly, since a compiler runs out of registers: quads in v4 to v7, which take v0 to v3 to be made; then those are
// the weights.
#define ROW(v, r) "ld1 {v" #v ".16b}, [%[a" #r "]], %[step" #r "]\n\t"
#define ZIP(part, size, to, x, y) "zip" #part " v" #to "." #size ", v" #x "." #size ", v" #y "." #size "\n\t"
#define QUADS(low, high, next_low, next_high)                                                              \
    ZIP(1, 8h, 4, low, next_low) ZIP(2, 8h, 5, low, next_low) ZIP(1, 8h, 6, high, next_high)               \
    ZIP(2, 8h, 7, high, next_high)
#define THREE_ROWS                                                                                         \
    ROW(0, 0) ROW(1, 1) ROW(2, 2) ZIP(1, 16b, 3, 0, 1) ZIP(2, 16b, 0, 0, 1) ZIP(1, 16b, 1, 2, 2)           \
    ZIP(2, 16b, 2, 2, 2) QUADS(3, 0, 1, 2)
#define FOUR_ROWS                                                                                          \
    ROW(0, 0) ROW(1, 1) ROW(2, 2) ROW(7, 3) ZIP(1, 16b, 3, 0, 1) ZIP(2, 16b, 0, 0, 1) ZIP(1, 16b, 1, 2, 7) \
    ZIP(2, 16b, 2, 2, 7) QUADS(3, 0, 1, 2)
#define FIFTH_ROW ROW(0, 4) ZIP(1, 16b, 1, 0, 0) ZIP(2, 16b, 2, 0, 0) QUADS(1, 2, 1, 2)
#define PRODUCT(j, v, quad) "sdot %[s" #j #v "].4s, v" #quad ".16b, v" #v ".16b\n\t"
#define PRODUCTS(j)                                                                                        \
    "ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [%[w]], #64\n\t"                                                \
    PRODUCT(j, 0, 4) PRODUCT(j, 1, 5) PRODUCT(j, 2, 6) PRODUCT(j, 3, 7)
// The sums of the output that j more columns complete.
#define SUM(j, v) [s##j##v] "+w"(sums[(phase + j) % kernel][v])
#define SUMS(j) SUM(j, 0), SUM(j, 1), SUM(j, 2), SUM(j, 3)
#define AT(r) [a##r] "+r"(at[r])
#define STEP(r) [step##r] "r"(step[r])
#define CLOBBERED "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "memory"

/// Adds the column that `at` points to, which completes the output at `phase`, and goes on to the next.
DOTPROD TK_INLINE void slide(const int32_t kernel, const int32_t phase, const int8_t *at[WIDEST],
                             const size_t step[WIDEST], const int8_t *w, int32x4_t sums[WIDEST][VECTORS]) {
    if (kernel == 3)
        __asm__ volatile(THREE_ROWS PRODUCTS(0) PRODUCTS(1) PRODUCTS(2)
                         : SUMS(0), SUMS(1), SUMS(2), AT(0), AT(1), AT(2), [w] "+r"(w)
                         : STEP(0), STEP(1), STEP(2) : CLOBBERED);
    else
        __asm__ volatile(FOUR_ROWS PRODUCTS(0) PRODUCTS(1) PRODUCTS(2) PRODUCTS(3) PRODUCTS(4)
                         FIFTH_ROW PRODUCTS(0) PRODUCTS(1) PRODUCTS(2) PRODUCTS(3) PRODUCTS(4)
                         : SUMS(0), SUMS(1), SUMS(2), SUMS(3), SUMS(4), AT(0), AT(1), AT(2), AT(3), AT(4), [w] "+r"(w)
                         : STEP(0), STEP(1), STEP(2), STEP(3), STEP(4) : CLOBBERED);
}

/// Requantizes and stores the sums of a pixel.
TK_INLINE void put(const tk_output_neon *o, tk_type type, int is_plain, sliding_block p, const int32x4_t sums[VECTORS],
                   uint8_t *y) {
    int32x4_t a[VECTORS];
    UNROLL for (int v = 0; v < VECTORS; v++)
        a[v] = tk_requantize_neon(sums[v], vld1q_s32(p.multiplier + 4 * v), vld1q_s32(p.negated_shift + 4 * v));
    if (is_plain) {
        vst1q_s16((int16_t *)(void *)y, tk_narrow_plain_neon(a[0], a[1], o->low16));
        vst1q_s16((int16_t *)(void *)y + 8, tk_narrow_plain_neon(a[2], a[3], o->low16));
    } else {
        tk_store_neon(type, y, 0, a[0], a[1], o);
        tk_store_neon(type, y, 8, a[2], a[3], o);
    }
}

/// An output pixel whose window is in the padding but for nothing or a few columns: `more` is added to `from`.
static void put_at_border(const tk_output_neon *o, const tk_output *output, sliding_block p, const int32_t *from,
                          const int32_t *more, uint8_t *y) {
    int32x4_t sums[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
        sums[v] = vld1q_s32(from + 4 * v);
        if (more != NULL)
            sums[v] = vaddq_s32(sums[v], vld1q_s32(more + 4 * v));
    }
    put(o, output->type, tk_is_plain_int16(output), p, sums, y);
}

/// One output row of the channels from `first`. The sums go round: those of the output that is complete begin again.
DOTPROD TK_INLINE void sliding_row(const tk_depthwise *d, const int32_t kernel, int32_t oy, size_t first, sliding_block p,
                                   uint8_t *y) {
    const size_t channels = (size_t)d->channels, y_pixel = channels * tk_size(d->output.type);
    const int32_t input_w = d->input_w, output_w = d->output_w;
    const int8_t *at[WIDEST];
    size_t step[WIDEST];
    UNROLL for (int32_t ky = 0; ky < kernel; ky++) {
        int32_t iy = oy * d->stride_y - d->pad_top + ky * d->dilation_y;
        int is_inside = iy >= 0 && iy < d->input_h;
        step[ky] = is_inside ? channels : 0;
        at[ky] = (is_inside ? (const int8_t *)d->x + (size_t)iy * (size_t)input_w * channels
                            : (const int8_t *)d->packed) + first;
    }
    const tk_type type = d->output.type;
    const tk_output_neon o = tk_output_of_neon(&d->output);
    const int is_plain = tk_is_plain_int16(&d->output);
    y += first * tk_size(type);
    // Column 0 completes output `ox`; those before it see padding alone.
    int32_t ox = d->pad_left - (kernel - 1);
    for (int32_t before = 0; before < ox && before < output_w; before++, y += y_pixel)
        put_at_border(&o, &d->output, p, p.starts, NULL, y);
    int32x4_t sums[WIDEST][VECTORS];
    UNROLL for (int32_t j = 0; j < kernel; j++)
        load_sums(p.starts + (j + 1) * BLOCK, sums[j]);
    const int32_t *bias = p.starts + kernel * BLOCK;
    const int32_t last = ox + input_w < output_w ? ox + input_w : output_w;
    int32_t reached = 0;   // the phase after the last
#define PHASE(phase)                                                                    \
    if (kernel > (phase)) {                                                             \
        slide(kernel, phase, at, step, p.weights, sums);                                \
        if (ox >= 0) {                                                                  \
            put(&o, type, is_plain, p, sums[(phase) % kernel], y);                      \
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
    UNROLL for (int32_t j = 0; j < kernel; j++)
        UNROLL for (int v = 0; v < VECTORS; v++)
            vst1q_s32(rest[j] + 4 * v, sums[j][v]);
    for (int32_t j = 0; ox < output_w; j++, ox++) {
        if (ox < 0)
            continue;
        if (j < kernel - 1)
            put_at_border(&o, &d->output, p, rest[(reached + j) % kernel], p.ends + j * BLOCK, y);
        else
            put_at_border(&o, &d->output, p, p.starts, NULL, y);
        y += y_pixel;
    }
}
