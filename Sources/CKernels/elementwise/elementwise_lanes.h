// Add, multiply, rescale and PReLU over int32 lanes: included after a simd_<set>.h.
#ifdef LANES_EXACT
#include "../way_out.h"
#endif

/// Where lanes go: zero point, clamp, narrowing store.
typedef struct sink {
    tk_type type;
    lanes zero_point, low, high;
} sink;

TK_INLINE sink sink_make(const tk_output *o) {
    return (sink){ o->type, lanes_set(o->zero_point), lanes_set(o->low), lanes_set(o->high) };
}

TK_INLINE void sink_put(sink s, void *out, size_t i, lanes a, lanes_scale scale, size_t count) {
    lanes y = lanes_add(lanes_requantize(a, scale), s.zero_point);
    lanes_store(s.type, (uint8_t *)out + i * tk_size(s.type), lanes_clamp(y, s.low, s.high), count);
}

/// `count` elements from `i`, less the zero point.
TK_INLINE lanes centred(tk_type type, const void *x, size_t i, lanes zero_point, size_t count) {
    return lanes_subtract(lanes_load(type, (const uint8_t *)x + i * tk_size(type), count), zero_point);
}

TK_INLINE lanes_scale uniform_scale(int32_t multiplier, int32_t shift) {
    return lanes_make_scale(lanes_set(multiplier), lanes_set(shift));
}

/// Calls STEP(i, count) over `total` elements: whole vectors first, then what is left.
#define FOR_LANES(total, STEP)                          \
    do {                                                \
        size_t i = 0, end = (total);                    \
        for (; i + LANES <= end; i += LANES)            \
            STEP(i, LANES);                             \
        if (i < end)                                    \
            STEP(i, end - i);                           \
    } while (0)

/// The same in chunks of two vectors.
#define FOR_CHUNKS(total, STEP)                         \
    do {                                                \
        size_t i = 0, end = (total);                    \
        for (; i + CHUNK <= end; i += CHUNK)            \
            STEP(i, CHUNK);                             \
        if (i < end)                                    \
            STEP(i, end - i);                           \
    } while (0)

TK_INLINE void add(const tk_add *a, tk_type x_type, tk_type y_type) {
    sink out = sink_make(&a->output);
    lanes_scale scale = uniform_scale(a->multiplier, a->shift);
    lanes zx = lanes_set(a->x_zero_point), mx = lanes_set(a->mx);
    lanes zy = lanes_set(a->y_zero_point), my = lanes_set(a->my);
#define STEP(i, count)                                                                    \
    sink_put(out, a->out, i,                                                              \
             lanes_add(lanes_multiply(centred(x_type, a->x, i, zx, count), mx),           \
                       lanes_multiply(centred(y_type, a->y, i, zy, count), my)),          \
             scale, count)
    FOR_LANES(a->count, STEP);
#undef STEP
}

#ifndef OWN_ADD
TK_TARGET void TK_KERNEL(add)(const tk_add *a) {
    if (a->x_type == TK_INT8 && a->y_type == TK_INT8)
        add(a, TK_INT8, TK_INT8);
    else
        add(a, a->x_type, a->y_type);
}
#endif

/// `count` products x[i] * y[j] from element `begin` of x and out; y moves along (`y_step` 1) or is one factor for all
/// (0).
TK_INLINE void multiply_run(const tk_multiply *p, tk_type x_type, tk_type y_type, size_t begin, size_t y_begin,
                            int y_step, size_t total, sink out, lanes_scale scale) {
    lanes zx = lanes_set(p->x_zero_point), zy = lanes_set(p->y_zero_point);
    lanes factor = lanes_set(y_step ? 0 : tk_load(y_type, p->y, y_begin) - p->y_zero_point);
#define STEP(i, count)                                                                                     \
    sink_put(out, p->out, begin + i,                                                                       \
             lanes_shift_left(lanes_multiply(centred(x_type, p->x, begin + i, zx, count),                  \
                                             y_step ? centred(y_type, p->y, y_begin + i, zy, count) : factor), \
                              p->rescale.left),                                                            \
             scale, count)
    FOR_LANES(total, STEP);
#undef STEP
}

#ifdef LANES_EXACT
/// The same where x is int8 and both differences fit int16: products of words.
TK_INLINE void multiply_words(int exact, const tk_multiply *p, tk_type y_type, size_t begin, size_t y_begin, int y_step,
                              size_t total) {
    tk_rescale r = p->rescale;
    way_out out = way_out_make(exact, &p->output,
                               lanes_set(exact ? tk_exact_factor(r.multiplier, r.shift) : r.multiplier),
                               lanes_set(r.shift));
    lanes zx = pairs_set(p->x_zero_point), zy = pairs_set(p->y_zero_point);
    lanes factor = pairs_set(y_step ? 0 : tk_load(y_type, p->y, y_begin) - p->y_zero_point);
    const int8_t *x = (const int8_t *)p->x + begin;
    const uint8_t *y = (const uint8_t *)p->y + y_begin * tk_size(y_type);
    uint8_t *to = (uint8_t *)p->out + begin * tk_size(p->output.type);
#define STEP(i, count)                                                                                           \
    do {                                                                                                         \
        lanes a = pairs_subtract(pairs_load(TK_INT8, x + (i), count), zx);                                       \
        lanes b = y_step ? pairs_subtract(pairs_load(y_type, y + (i) * tk_size(y_type), count), zy) : factor;     \
        lanes low = lanes_shift_left(pairs_product_low(a, b), r.left);                                           \
        lanes high = lanes_shift_left(pairs_product_high(a, b), r.left);                                         \
        way_out_store_pair(&p->output, to + (i) * tk_size(p->output.type), way_out_apply(exact, &out, low),      \
                           way_out_apply(exact, &out, high), count);                                             \
    } while (0)
    FOR_CHUNKS(total, STEP);
#undef STEP
}

TK_INLINE void multiply_bytes(int exact, const tk_multiply *p, tk_type y_type) {
    if (p->broadcast == TK_SAME) {
        multiply_words(exact, p, y_type, 0, 0, 1, p->rows * p->channels);
        return;
    }
    for (size_t r = 0; r < p->rows; r++) {
        if (p->broadcast == TK_PER_CHANNEL)
            multiply_words(exact, p, y_type, r * p->channels, 0, 1, p->channels);
        else
            multiply_words(exact, p, y_type, r * p->channels, r, 0, p->channels);
    }
}

TK_INLINE int multiply_is_exact(const tk_multiply *p) {
    int64_t x = tk_sum_bound(p->x_type, p->x_zero_point, 1, 0), y = tk_sum_bound(p->y_type, p->y_zero_point, 1, 0);
    return tk_is_exact((x * y) << p->rescale.left, p->rescale.multiplier, p->rescale.shift);
}
#endif

TK_INLINE void multiply(const tk_multiply *p, tk_type x_type, tk_type y_type) {
    sink out = sink_make(&p->output);
    lanes_scale scale = uniform_scale(p->rescale.multiplier, p->rescale.shift);
    if (p->broadcast == TK_SAME) {
        multiply_run(p, x_type, y_type, 0, 0, 1, p->rows * p->channels, out, scale);
        return;
    }
    for (size_t r = 0; r < p->rows; r++) {
        if (p->broadcast == TK_PER_CHANNEL)
            multiply_run(p, x_type, y_type, r * p->channels, 0, 1, p->channels, out, scale);
        else
            multiply_run(p, x_type, y_type, r * p->channels, r, 0, p->channels, out, scale);
    }
}

#if !defined(OWN_MULTIPLY) || defined(LANES_EXACT)
TK_TARGET static void multiply_lanes(const tk_multiply *p) {
    if (p->x_type == TK_INT8 && p->y_type == TK_INT8)
        multiply(p, TK_INT8, TK_INT8);
    else if (p->x_type == TK_INT8)
        multiply(p, TK_INT8, TK_INT16);
    else
        multiply(p, TK_INT16, p->y_type);
}
#endif

#ifdef LANES_EXACT
TK_TARGET static void multiply_exact(const tk_multiply *p) {
    if (p->x_type == TK_INT8 && (p->y_type == TK_INT8 || p->y_zero_point == 0)) {
        int exact = multiply_is_exact(p);
        if (exact && p->y_type == TK_INT8)
            multiply_bytes(1, p, TK_INT8);
        else if (exact)
            multiply_bytes(1, p, TK_INT16);
        else
            multiply_bytes(0, p, p->y_type);
        return;
    }
    multiply_lanes(p);
}
#endif

#ifndef OWN_MULTIPLY
TK_TARGET void TK_KERNEL(multiply)(const tk_multiply *p) {
#ifdef LANES_EXACT
    multiply_exact(p);
#else
    multiply_lanes(p);
#endif
}
#endif

TK_TARGET void TK_KERNEL(rescale)(const tk_rescale_rows *r) {
    sink out = sink_make(&r->output);
    lanes_scale scale = uniform_scale(r->rescale.multiplier, r->rescale.shift);
    lanes zero_point = lanes_set(r->zero_point);
    int contiguous = r->out_stride == r->channels;
    size_t rows = contiguous ? 1 : r->rows, channels = contiguous ? r->rows * r->channels : r->channels;
    for (size_t row = 0; row < rows; row++) {
#define STEP(i, count)                                                                                     \
        sink_put(out, r->out, row * r->out_stride + i,                                                     \
                 lanes_shift_left(centred(r->x_type, r->x, row * channels + i, zero_point, count),         \
                                  r->rescale.left),                                                        \
                 scale, count)
        FOR_LANES(channels, STEP);
#undef STEP
    }
}

TK_TARGET void TK_KERNEL(prelu)(const tk_prelu *p) {
    sink out = sink_make(&p->output);
    lanes_scale positive = uniform_scale(p->rescale.multiplier, p->rescale.shift);
    lanes zero_point = lanes_set(p->zero_point);
    for (size_t row = 0; row < p->rows; row++) {
        size_t begin = row * p->channels;
#define STEP(i, count)                                                                                     \
        do {                                                                                               \
            lanes_scale negative = lanes_make_scale(lanes_load_int32(p->multiplier + i, count),            \
                                                    lanes_load_int32(p->shift + i, count));                \
            lanes a = lanes_shift_left(centred(p->x_type, p->x, begin + i, zero_point, count), p->rescale.left); \
            sink_put(out, p->out, begin + i, a, lanes_scale_by_sign(a, positive, negative), count);        \
        } while (0)
        FOR_LANES(p->channels, STEP);
#undef STEP
    }
}
