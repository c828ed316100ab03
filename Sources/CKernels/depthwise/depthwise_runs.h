// Depthwise convolution in runs of output pixels. A run is a list of pointers, one a tap, a row of zero points standing in
// for padding. Where the taps of neighbouring pixels are neighbours in memory (stride 1) a run is long, and its elements go
// in chunks of 64 whatever the number of channels: the parameters of the chunks repeat after `run_period` of them. Included
// after depthwise_quads.h.

#include "run_period.h"

enum { MAX_TAPS = 256 };

static size_t quad_count(size_t taps) { return (taps + 3) / 4; }

static size_t run_chunks(size_t channels) {
    size_t repeated = run_period(channels, ELEMENTS), single = (channels + ELEMENTS - 1) / ELEMENTS;
    return repeated > single ? repeated : single;
}

static size_t runs_size(size_t taps, size_t channels) {
    return zero_row_size(channels) + run_chunks(channels) * chunk_size(quad_count(taps));
}

static void runs_pack(const tk_depthwise_weights *w, void *packed) {
    int32_t taps[MAX_TAPS + 3], count = w->kernel_h * w->kernel_w;
    for (int32_t s = 0; s < MAX_TAPS + 3; s++)
        taps[s] = s < count ? s : -1;
    size_t quads = quad_count((size_t)count);
    uint8_t *at = pack_zero_row(w, packed);
    for (size_t i = 0; i < run_chunks((size_t)w->channels); i++, at += chunk_size(quads))
        pack_chunk(w, taps, quads, i * ELEMENTS, chunk_at(at));
}

/// `count` elements at `offset` of a run.
TK_INLINE void run_chunk(const tk_depthwise *d, const uint8_t *const *taps, size_t quads, size_t offset, size_t count,
                         chunk p, uint8_t *y) {
    const __mmask64 mask = first_bits(count, 64);
    lanes sum[VECTORS];
    load_bias(p, sum);
    const int8_t *w = p.weights;
    for (size_t q = 0; q < quads; q++, w += QUAD_BYTES) {
        lanes x[4], quad[VECTORS];
        TK_UNROLL for (size_t t = 0; t < 4; t++)
            x[t] = load_tap(taps[4 * q + t] + offset, mask);
        interleave(x, quad);
        TK_UNROLL for (int v = 0; v < VECTORS; v++)
            sum[v] = _mm512_dpbusd_epi32(sum[v], quad[v], _mm512_loadu_si512(w + v * ELEMENTS));
    }
    chunk_store(d, p, sum, y, count);
}

/// A run of output pixels, whose chunks of parameters repeat after `repeat`.
TK_INLINE void run(const tk_depthwise *d, const uint8_t *const *taps, size_t quads, size_t pixels, size_t repeat,
                   uint8_t *y) {
    size_t channels = (size_t)d->channels, elements = pixels * channels, output_size = tk_size(d->output.type);
    size_t size = chunk_size(quads);
    const uint8_t *chunks = (const uint8_t *)d->packed + zero_row_size(channels);
    size_t i = 0, at = 0;
    for (; i + ELEMENTS <= elements; i += ELEMENTS, at = at + 1 == repeat ? 0 : at + 1)
        run_chunk(d, taps, quads, i, ELEMENTS, chunk_at(chunks + at * size), y + i * output_size);
    if (i < elements)
        run_chunk(d, taps, quads, i, elements - i, chunk_at(chunks + at * size), y + i * output_size);
}

/// The taps of output pixel (oy, ox).
static void find_taps(const tk_depthwise *d, int32_t oy, int32_t ox, const uint8_t **taps) {
    for (int32_t ky = 0; ky < d->kernel_h; ky++) {
        int32_t y = oy * d->stride_y - d->pad_top + ky * d->dilation_y;
        for (int32_t kx = 0; kx < d->kernel_w; kx++) {
            int32_t x = ox * d->stride_x - d->pad_left + kx * d->dilation_x;
            *taps++ = d->packed;
            if (y >= 0 && y < d->input_h && x >= 0 && x < d->input_w)
                taps[-1] = (const uint8_t *)d->x +
                           ((size_t)y * (size_t)d->input_w + (size_t)x) * (size_t)d->channels;
        }
    }
}

/// Output row `oy`: the pixels whose taps all lie inside in one run where the stride and the channels allow (`repeat` is
/// not 0), the others one by one.
TK_INLINE void run_row(const tk_depthwise *d, size_t quads, size_t repeat, int32_t oy) {
    const uint8_t *taps[MAX_TAPS + 3];
    size_t kernel = (size_t)d->kernel_h * (size_t)d->kernel_w;
    // those that fill the last quad have no weights, but are read as far as a run goes
    for (size_t t = kernel; t < 4 * quads; t++)
        taps[t] = d->x;
    size_t y_pixel = (size_t)d->channels * tk_size(d->output.type), step = (size_t)d->stride_x * (size_t)d->channels;
    uint8_t *y = (uint8_t *)d->y + (size_t)oy * (size_t)d->output_w * y_pixel;
    int32_t reach_x = (d->kernel_w - 1) * d->dilation_x, top = oy * d->stride_y - d->pad_top;
    int rows_inside = top >= 0 && top + (d->kernel_h - 1) * d->dilation_y < d->input_h, was_inside = 0;
    for (int32_t ox = 0; ox < d->output_w;) {
        int32_t left = ox * d->stride_x - d->pad_left, pixels = 1;
        int inside = rows_inside && left >= 0 && left + reach_x < d->input_w;
        if (inside && was_inside)
            for (size_t t = 0; t < kernel; t++)
                taps[t] += step;
        else
            find_taps(d, oy, ox, taps);
        if (inside && repeat != 0) {
            pixels = d->input_w - reach_x - left;
            pixels = pixels < d->output_w - ox ? pixels : d->output_w - ox;
            inside = 0;
        }
        was_inside = inside;
        run(d, taps, quads, (size_t)pixels, repeat, y + (size_t)ox * y_pixel);
        ox += pixels;
    }
}
