// Depthwise convolution by multiply-add of int16 pairs: two taps of a channel make a pair. Included after a
// simd_<set>.h.
//
// A pixel's taps are a list of pointers to input pixels, a row of zero points standing in for padding, so that borders
// cost the inner loop nothing. Channels go in chunks of CHUNK; the interleaving of two taps leaves them as a low and a
// high vector of LANES in the order of `lane_channel`, in which the parameters and weights are packed. The last chunk
// ends with the channels and may repeat some of the one before it, so that only fewer channels than CHUNK ask for
// partial loads and stores.
//
// Where the taps of neighbouring pixels are neighbours in memory (stride 1), pixels inside the picture are one run of
// elements, in chunks of their own that know no pixels: their parameters repeat after `period` of them.
//
// Packed: the row of zero points, then per chunk of a pixel, and per chunk of a run, bias, multiplier, shift int32
// [CHUNK], weights int16 [taps/2][CHUNK][2].
#include "../way_out.h"
#include "run_period.h"
#include <string.h>

enum { MAX_TAPS = 256 };   // larger kernels go to the scalar code

typedef struct chunk {
    int32_t *bias, *multiplier, *shift;   // [CHUNK]
    int16_t *weights;
} chunk;

static inline size_t zero_row_size(size_t channels, tk_type type) { return (channels * tk_size(type) + 63) / 64 * 64; }
static inline size_t chunk_size(size_t taps) {
    return CHUNK * (3 * sizeof(int32_t) + (taps + 1) / 2 * 2 * sizeof(int16_t));
}


static inline chunk chunk_at(const void *packed) {
    int32_t *bias = (int32_t *)packed;
    return (chunk){ bias, bias + CHUNK, bias + 2 * CHUNK, (int16_t *)(bias + 3 * CHUNK) };
}

/// The first channel of the chunk that would begin at `c`.
static inline size_t chunk_first(size_t c, size_t channels) {
    return channels < CHUNK || c + CHUNK <= channels ? c : channels - CHUNK;
}

static inline size_t pixel_chunks(size_t channels) { return (channels + CHUNK - 1) / CHUNK; }

/// Chunks after which a run's parameters repeat; 0 where there are no runs, since pixels of many channels waste little.
static inline size_t period(size_t channels) { return channels > 4 * CHUNK ? 0 : run_period(channels, CHUNK); }

static size_t pairs_depthwise_size(size_t taps, size_t channels, tk_type type) {
    size_t bytes = zero_row_size(channels, type) + (pixel_chunks(channels) + period(channels)) * chunk_size(taps);
    return (bytes + 63) / 64 * 64;
}

/// Packs the channels from `first`; in a run the first follows the last.
static void pack_chunk(const tk_depthwise_weights *w, size_t first, int is_run, chunk p) {
    size_t taps = (size_t)w->kernel_h * (size_t)w->kernel_w, channels = (size_t)w->channels;
    int exact = 1;
    for (size_t i = 0; i < CHUNK; i++) {
        size_t c = first + lane_channel(i);
        p.shift[i] = 1;
        if (is_run)
            c %= channels;
        if (c >= channels)
            continue;
        int32_t sum = 0, magnitude = 0;
        for (size_t t = 0; t < taps; t++) {
            int32_t weight = w->weights[t * channels + c];
            p.weights[(t / 2 * CHUNK + i) * 2 + t % 2] = (int16_t)weight;
            sum += weight;
            magnitude += weight < 0 ? -weight : weight;
        }
        p.bias[i] = tk_multiply_add(-w->input_zero_point, sum, w->bias[c]);
        p.multiplier[i] = w->multiplier[c];
        p.shift[i] = w->shift[c];
        exact &= tk_is_exact(tk_sum_bound(w->input_type, w->input_zero_point, magnitude, w->bias[c]), w->multiplier[c],
                             w->shift[c]);
    }
    finish_parameters(exact, CHUNK, p.multiplier, p.shift);
}

static void pairs_depthwise_pack(const tk_depthwise_weights *w, void *packed) {
    size_t taps = (size_t)w->kernel_h * (size_t)w->kernel_w, channels = (size_t)w->channels;
    memset(packed, 0, pairs_depthwise_size(taps, channels, w->input_type));
    for (size_t c = 0; c < channels; c++)
        tk_store(w->input_type, packed, c, w->input_zero_point);
    uint8_t *at = (uint8_t *)packed + zero_row_size(channels, w->input_type);
    for (size_t begin = 0; begin < channels; begin += CHUNK, at += chunk_size(taps))
        pack_chunk(w, chunk_first(begin, channels), 0, chunk_at(at));
    for (size_t i = 0; w->stride_x == 1 && i < period(channels); i++, at += chunk_size(taps))
        pack_chunk(w, i * CHUNK % channels, 1, chunk_at(at));
}

TK_INLINE void chunk_store(int exact, const tk_depthwise *d, chunk p, lanes low, lanes high, uint8_t *y, size_t count) {
    way_out first = way_out_make(exact, &d->output, lanes_load_int32(p.multiplier, LANES),
                                 lanes_load_int32(p.shift, LANES));
    way_out second = way_out_make(exact, &d->output, lanes_load_int32(p.multiplier + LANES, LANES),
                                  lanes_load_int32(p.shift + LANES, LANES));
    way_out_store_pair(&d->output, y, way_out_apply(exact, &first, low), way_out_apply(exact, &second, high), count);
}

/// `count` channels from `first` of one output pixel. `taps` are bytes, an even number of them.
TK_INLINE void depthwise_chunk(const tk_depthwise *d, tk_type type, const uint8_t *const *taps, size_t tap_count,
                               chunk p, size_t first, size_t count, uint8_t *y) {
    lanes low = lanes_load_int32(p.bias, LANES), high = lanes_load_int32(p.bias + LANES, LANES);
    size_t offset = first * tk_size(type);
    const int16_t *weights = p.weights;
    for (size_t t = 0; t < tap_count; t += 2, weights += 2 * CHUNK) {
        lanes x0 = pairs_load(type, taps[t] + offset, count), x1 = pairs_load(type, taps[t + 1] + offset, count);
        low = pairs_multiply_add(low, pairs_interleave_low(x0, x1), pairs_load(TK_INT16, weights, CHUNK));
        high = pairs_multiply_add(high, pairs_interleave_high(x0, x1), pairs_load(TK_INT16, weights + CHUNK, CHUNK));
    }
    if (is_exact(p.shift))
        chunk_store(1, d, p, low, high, y + first * tk_size(d->output.type), count);
    else
        chunk_store(0, d, p, low, high, y + first * tk_size(d->output.type), count);
}

TK_INLINE void depthwise_pixel(const tk_depthwise *d, tk_type type, const uint8_t *const *taps, size_t tap_count,
                               uint8_t *y) {
    size_t channels = (size_t)d->channels;
    const uint8_t *packed = (const uint8_t *)d->packed + zero_row_size(channels, type);
    if (channels < CHUNK) {
        depthwise_chunk(d, type, taps, tap_count, chunk_at(packed), 0, channels, y);
        return;
    }
    for (size_t begin = 0; begin < channels; begin += CHUNK, packed += chunk_size(tap_count))
        depthwise_chunk(d, type, taps, tap_count, chunk_at(packed), chunk_first(begin, channels), CHUNK, y);
}

/// A run of output pixels, whose chunks of parameters repeat after `repeat`.
TK_INLINE void depthwise_run(const tk_depthwise *d, tk_type type, const uint8_t *const *taps, size_t tap_count,
                             size_t pixels, size_t repeat, uint8_t *y) {
    size_t channels = (size_t)d->channels, elements = pixels * channels, size = chunk_size(tap_count);
    const uint8_t *chunks = (const uint8_t *)d->packed + zero_row_size(channels, type) + pixel_chunks(channels) * size;
    size_t i = 0, at = 0;
    for (; i + CHUNK <= elements; i += CHUNK, at = at + 1 == repeat ? 0 : at + 1)
        depthwise_chunk(d, type, taps, tap_count, chunk_at(chunks + at * size), i, CHUNK, y);
    if (i < elements)
        depthwise_chunk(d, type, taps, tap_count, chunk_at(chunks + at * size), i, elements - i, y);
}

/// The taps of output pixel (oy, ox).
static void find_taps(const tk_depthwise *d, tk_type type, int32_t oy, int32_t ox, const uint8_t **taps) {
    size_t pixel_size = (size_t)d->channels * tk_size(type);
    for (int32_t ky = 0; ky < d->kernel_h; ky++) {
        int32_t y = oy * d->stride_y - d->pad_top + ky * d->dilation_y;
        for (int32_t kx = 0; kx < d->kernel_w; kx++) {
            int32_t x = ox * d->stride_x - d->pad_left + kx * d->dilation_x;
            *taps++ = d->packed;
            if (y >= 0 && y < d->input_h && x >= 0 && x < d->input_w)
                taps[-1] = (const uint8_t *)d->x + ((size_t)y * (size_t)d->input_w + (size_t)x) * pixel_size;
        }
    }
}

/// Output row `oy`: the pixels whose taps all lie inside in one run where the stride and the channels allow, so that
/// `repeat` is not 0. Else taps only move on by the stride where the pixel before was inside too.
TK_INLINE void depthwise_row(const tk_depthwise *d, tk_type type, size_t tap_count, size_t repeat, int32_t oy) {
    const uint8_t *taps[MAX_TAPS + 1];
    size_t kernel = (size_t)d->kernel_h * (size_t)d->kernel_w;
    size_t step = (size_t)d->stride_x * (size_t)d->channels * tk_size(type);
    int32_t top = oy * d->stride_y - d->pad_top;
    int32_t reach_y = (d->kernel_h - 1) * d->dilation_y, reach_x = (d->kernel_w - 1) * d->dilation_x;
    int rows_inside = top >= 0 && top + reach_y < d->input_h, was_inside = 0;
    size_t y_size = (size_t)d->channels * tk_size(d->output.type);
    uint8_t *y = (uint8_t *)d->y + (size_t)oy * (size_t)d->output_w * y_size;
    // what makes an odd number of taps even has no weights, but is read as far as a run goes
    taps[kernel] = d->x;
    for (int32_t ox = 0; ox < d->output_w;) {
        int32_t left = ox * d->stride_x - d->pad_left, pixels = 1;
        int inside = rows_inside && left >= 0 && left + reach_x < d->input_w;
        if (inside && was_inside)
            for (size_t t = 0; t < kernel; t++)
                taps[t] += step;
        else
            find_taps(d, type, oy, ox, taps);
        if (inside && repeat != 0) {
            pixels = d->input_w - reach_x - left;
            pixels = pixels < d->output_w - ox ? pixels : d->output_w - ox;
            depthwise_run(d, type, taps, tap_count, (size_t)pixels, repeat, y + (size_t)ox * y_size);
            inside = 0;
        } else {
            depthwise_pixel(d, type, taps, tap_count, y + (size_t)ox * y_size);
        }
        was_inside = inside;
        ox += pixels;
    }
}

TK_INLINE void depthwise_rows(const tk_depthwise *d, tk_type type) {
    size_t even = ((size_t)d->kernel_h * (size_t)d->kernel_w + 1) / 2 * 2;
    size_t repeat = d->stride_x == 1 ? period((size_t)d->channels) : 0;
    for (int32_t oy = d->row_begin; oy < d->row_end; oy++) {
        if (even == 10)
            depthwise_row(d, type, 10, repeat, oy);
        else
            depthwise_row(d, type, even, repeat, oy);
    }
}

size_t TK_KERNEL(depthwise_packed_size)(int32_t kernel_h, int32_t kernel_w, int32_t channels, tk_type input_type) {
    if ((int64_t)kernel_h * kernel_w > MAX_TAPS)
        return tk_depthwise_packed_size_scalar(kernel_h, kernel_w, channels, input_type);
    return pairs_depthwise_size((size_t)kernel_h * (size_t)kernel_w, (size_t)channels, input_type);
}

void TK_KERNEL(depthwise_pack)(const tk_depthwise_weights *w, void *packed) {
    if ((int64_t)w->kernel_h * w->kernel_w > MAX_TAPS)
        tk_depthwise_pack_scalar(w, packed);
    else
        pairs_depthwise_pack(w, packed);
}

TK_TARGET void TK_KERNEL(depthwise)(const tk_depthwise *d) {
    if ((int64_t)d->kernel_h * d->kernel_w > MAX_TAPS) {
        tk_depthwise_scalar(d);
        return;
    }
    if (d->input_type == TK_INT8)
        depthwise_rows(d, TK_INT8);
    else
        depthwise_rows(d, TK_INT16);
}
