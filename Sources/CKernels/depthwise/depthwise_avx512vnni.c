// Depthwise convolution with AVX-512 VNNI: four taps of a channel make a quad for vpdpbusd, which wants unsigned
// activations: x ^ 0x80 = x + 128, and the packed bias takes 128 * sum w back. int16 goes by pairs (depthwise_int16_…).
//
// A run of output pixels is a list of pointers, one a tap, a row of zero points standing in for padding. Where the taps
// of neighbouring pixels are neighbours in memory (stride 1) a run is long, and its elements go in chunks of 64 whatever
// the number of channels: the parameters of the chunks repeat after `period` of them.
//
// Packed: the row of zero points, then per chunk bias, multiplier, shift int32 [4][16], weights int8 [taps/4][4][16][4].
// Interleaving bytes, then words leaves element 16*l + 4*v + e in vector v, lane 4*l + e.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx512.h"
#include "../way_out.h"

enum { VECTORS = 4, ELEMENTS = 64, MAX_TAPS = 256, LONGEST_PERIOD = 16 };

typedef struct chunk {
    int32_t *bias, *multiplier, *shift;   // [VECTORS][LANES]
    int8_t *weights;
} chunk;

static size_t quad_count(size_t taps) { return (taps + 3) / 4; }
static size_t zero_row_size(size_t channels) { return (channels + ELEMENTS - 1) / ELEMENTS * ELEMENTS; }
static size_t chunk_size(size_t taps) { return ELEMENTS * (3 * sizeof(int32_t) + 4 * quad_count(taps)); }

static inline chunk chunk_at(const void *packed) {
    int32_t *bias = (int32_t *)packed;
    return (chunk){ bias, bias + ELEMENTS, bias + 2 * ELEMENTS, (int8_t *)(bias + 3 * ELEMENTS) };
}

/// Chunks after which a long run begins anew with the first channel; 0 where runs of one pixel waste little.
static size_t period(size_t channels) {
    size_t chunks = 1;
    while (chunks * ELEMENTS % channels != 0 && chunks <= LONGEST_PERIOD)
        chunks++;
    return chunks <= LONGEST_PERIOD ? chunks : 0;
}

static size_t chunk_count(size_t channels) {
    size_t repeated = period(channels), single = (channels + ELEMENTS - 1) / ELEMENTS;
    return repeated > single ? repeated : single;
}

static int fits(int32_t kernel_h, int32_t kernel_w, tk_type type) {
    return type == TK_INT8 && (int64_t)kernel_h * kernel_w <= MAX_TAPS;
}

static size_t quads_size(size_t taps, size_t channels) {
    return zero_row_size(channels) + chunk_count(channels) * chunk_size(taps);
}

static void pack_chunk(const tk_depthwise_weights *w, size_t taps, size_t begin, chunk p) {
    size_t channels = (size_t)w->channels;
    int exact = 1;
    for (size_t i = 0; i < ELEMENTS; i++) {
        size_t vector = i / LANES, lane = i % LANES;
        size_t c = (begin + lane / 4 * 16 + 4 * vector + lane % 4) % channels;
        int32_t sum = 0, magnitude = 0;
        for (size_t t = 0; t < taps; t++) {
            int32_t weight = w->weights[t * channels + c];
            p.weights[(t / 4 * ELEMENTS + i) * 4 + t % 4] = (int8_t)weight;
            sum += weight;
            magnitude += weight < 0 ? -weight : weight;
        }
        p.bias[i] = tk_multiply_add(-(w->input_zero_point + 128), sum, w->bias[c]);
        p.multiplier[i] = w->multiplier[c];
        p.shift[i] = w->shift[c];
        exact &= tk_is_exact(tk_sum_bound(TK_INT8, w->input_zero_point, magnitude, w->bias[c]), w->multiplier[c],
                             w->shift[c]);
    }
    finish_parameters(exact, ELEMENTS, p.multiplier, p.shift);
}

static void quads_pack(const tk_depthwise_weights *w, void *packed) {
    size_t taps = (size_t)w->kernel_h * (size_t)w->kernel_w, channels = (size_t)w->channels;
    memset(packed, 0, quads_size(taps, channels));
    memset(packed, w->input_zero_point, zero_row_size(channels));
    uint8_t *at = (uint8_t *)packed + zero_row_size(channels);
    for (size_t i = 0; i < chunk_count(channels); i++, at += chunk_size(taps))
        pack_chunk(w, taps, i * ELEMENTS, chunk_at(at));
}

TK_INLINE void chunk_store(int exact, const tk_depthwise *d, chunk p, const lanes sum[VECTORS], uint8_t *y, size_t count) {
    lanes a[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
        way_out out = way_out_make(exact, &d->output, lanes_load_int32(p.multiplier + v * LANES, LANES),
                                   lanes_load_int32(p.shift + v * LANES, LANES));
        a[v] = way_out_apply(exact, &out, sum[v]);
    }
    lanes even = pairs_clamp(pairs_pack(a[0], a[1]), d->output.low, d->output.high);
    lanes odd = pairs_clamp(pairs_pack(a[2], a[3]), d->output.low, d->output.high);
    if (d->output.type == TK_INT8) {
        _mm512_mask_storeu_epi8(y, first_bits(count, 64), _mm512_packs_epi16(even, odd));
        return;
    }
    const __m512i low = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), high = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    _mm512_mask_storeu_epi16(y, (__mmask32)first_bits(count, 32), _mm512_permutex2var_epi64(even, low, odd));
    if (count > 32)
        _mm512_mask_storeu_epi16(y + 64, (__mmask32)first_bits(count - 32, 32),
                                 _mm512_permutex2var_epi64(even, high, odd));
}

/// `count` elements at `offset` of a run.
TK_INLINE void run_chunk(const tk_depthwise *d, const uint8_t *const *taps, size_t quads, size_t offset, size_t count,
                         chunk p, uint8_t *y) {
    const __mmask64 mask = first_bits(count, 64);
    const lanes flip = _mm512_set1_epi8((char)0x80);
    lanes sum[VECTORS];
    for (int v = 0; v < VECTORS; v++)
        sum[v] = lanes_load_int32(p.bias + v * LANES, LANES);
    const int8_t *w = p.weights;
    for (size_t q = 0; q < quads; q++, w += 4 * ELEMENTS) {
        lanes x[4];
        for (size_t t = 0; t < 4; t++)
            x[t] = _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, taps[4 * q + t] + offset), flip);
        lanes a = _mm512_unpacklo_epi8(x[0], x[1]), b = _mm512_unpackhi_epi8(x[0], x[1]);
        lanes c = _mm512_unpacklo_epi8(x[2], x[3]), e = _mm512_unpackhi_epi8(x[2], x[3]);
        sum[0] = _mm512_dpbusd_epi32(sum[0], _mm512_unpacklo_epi16(a, c), _mm512_loadu_si512(w));
        sum[1] = _mm512_dpbusd_epi32(sum[1], _mm512_unpackhi_epi16(a, c), _mm512_loadu_si512(w + ELEMENTS));
        sum[2] = _mm512_dpbusd_epi32(sum[2], _mm512_unpacklo_epi16(b, e), _mm512_loadu_si512(w + 2 * ELEMENTS));
        sum[3] = _mm512_dpbusd_epi32(sum[3], _mm512_unpackhi_epi16(b, e), _mm512_loadu_si512(w + 3 * ELEMENTS));
    }
    if (is_exact(p.shift))
        chunk_store(1, d, p, sum, y, count);
    else
        chunk_store(0, d, p, sum, y, count);
}

/// A run of output pixels, whose chunks of parameters repeat after `repeat`.
TK_INLINE void run(const tk_depthwise *d, const uint8_t *const *taps, size_t quads, size_t pixels, size_t repeat,
                   uint8_t *y) {
    size_t channels = (size_t)d->channels, elements = pixels * channels, output_size = tk_size(d->output.type);
    size_t size = ELEMENTS * (3 * sizeof(int32_t) + 4 * quads);
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
TK_INLINE void row(const tk_depthwise *d, size_t quads, size_t repeat, int32_t oy) {
    const uint8_t *taps[MAX_TAPS + 3];
    size_t kernel = (size_t)d->kernel_h * (size_t)d->kernel_w;
    for (size_t t = kernel; t < 4 * quads; t++)
        taps[t] = d->packed;
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

size_t tk_depthwise_packed_size_avx512vnni(int32_t kernel_h, int32_t kernel_w, int32_t channels, tk_type type) {
    return fits(kernel_h, kernel_w, type)
        ? (quads_size((size_t)kernel_h * (size_t)kernel_w, (size_t)channels) + 63) / 64 * 64
        : tk_depthwise_packed_size_int16_avx512vnni(kernel_h, kernel_w, channels, type);
}

void tk_depthwise_pack_avx512vnni(const tk_depthwise_weights *w, void *packed) {
    if (fits(w->kernel_h, w->kernel_w, w->input_type))
        quads_pack(w, packed);
    else
        tk_depthwise_pack_int16_avx512vnni(w, packed);
}

TK_TARGET void tk_depthwise_avx512vnni(const tk_depthwise *d) {
    if (!fits(d->kernel_h, d->kernel_w, d->input_type)) {
        tk_depthwise_int16_avx512vnni(d);
        return;
    }
    size_t quads = quad_count((size_t)d->kernel_h * (size_t)d->kernel_w);
    size_t repeat = d->stride_x == 1 ? period((size_t)d->channels) : 0;
    for (int32_t oy = d->row_begin; oy < d->row_end; oy++) {
        if (quads == 3)
            row(d, 3, repeat, oy);
        else if (quads == 7)
            row(d, 7, repeat, oy);
        else
            row(d, quads, repeat, oy);
    }
}
#endif
