// Mean and maximum over int32 lanes: included after a simd_<set>.h. Four vectors of the inner axis go down the count
// together.

enum { WIDTH = 4 };

TK_INLINE const uint8_t *reduce_row(const tk_reduce *r, size_t outer, size_t inner) {
    return (const uint8_t *)r->x + (outer * r->count * r->inner + inner) * tk_size(r->x_type);
}

/// Stores the means of `width` vectors of inner positions whose sums are `sum`.
TK_INLINE void mean_store(const tk_reduce *r, size_t outer, size_t inner, int width, size_t count, const lanes *sum) {
    lanes bias = lanes_set(tk_multiply_add((int32_t)r->count, r->zero_point, 0));
    lanes_scale scale = lanes_make_scale(lanes_set(r->rescale.multiplier), lanes_set(r->rescale.shift));
    lanes zero_point = lanes_set(r->output.zero_point);
    lanes low = lanes_set(r->output.low), high = lanes_set(r->output.high);
    for (int v = 0; v < width; v++) {
        lanes a = lanes_shift_left(lanes_subtract(sum[v], bias), r->rescale.left);
        lanes y = lanes_clamp(lanes_add(lanes_requantize(a, scale), zero_point), low, high);
        size_t at = outer * r->inner + inner + (size_t)v * LANES;
        lanes_store(r->output.type, (uint8_t *)r->out + at * tk_size(r->output.type), y, count);
    }
}

/// Sums of `width` vectors of inner positions, the last of `count` elements (LANES when there are several).
TK_INLINE void mean_strip(const tk_reduce *r, tk_type type, size_t outer, size_t inner, int width, size_t count) {
    lanes sum[WIDTH];
    for (int v = 0; v < width; v++)
        sum[v] = lanes_set(0);
    const uint8_t *x = reduce_row(r, outer, inner);
    for (size_t k = 0; k < r->count; k++, x += r->inner * tk_size(type))
        for (int v = 0; v < width; v++)
            sum[v] = lanes_add(sum[v], lanes_load(type, x + (size_t)v * LANES * tk_size(type), count));
    mean_store(r, outer, inner, width, count, sum);
}

TK_INLINE void maximum_strip(const tk_reduce *r, tk_type type, size_t outer, size_t inner, int width, size_t count) {
    lanes largest[WIDTH];
    for (int v = 0; v < width; v++)
        largest[v] = lanes_set(INT16_MIN);
    const uint8_t *x = reduce_row(r, outer, inner);
    for (size_t k = 0; k < r->count; k++, x += r->inner * tk_size(type))
        for (int v = 0; v < width; v++)
            largest[v] = lanes_maximum(largest[v], lanes_load(type, x + (size_t)v * LANES * tk_size(type), count));
    for (int v = 0; v < width; v++) {
        size_t at = outer * r->inner + inner + (size_t)v * LANES;
        lanes_store(type, (uint8_t *)r->out + at * tk_size(type), largest[v], count);
    }
}

#define REDUCE_STRIPS(strip, type)                                                    \
    for (size_t o = 0; o < r->outer; o++) {                                           \
        size_t i = r->inner_begin, end = r->inner_end;                                \
        for (; i + WIDTH * LANES <= end; i += WIDTH * LANES)                          \
            strip(r, type, o, i, WIDTH, LANES);                                       \
        for (; i + LANES <= end; i += LANES)                                          \
            strip(r, type, o, i, 1, LANES);                                           \
        if (i < end)                                                                  \
            strip(r, type, o, i, 1, end - i);                                         \
    }

#ifndef OWN_REDUCE
TK_TARGET void TK_KERNEL(mean)(const tk_reduce *r) {
    if (r->x_type == TK_INT8) {
        REDUCE_STRIPS(mean_strip, TK_INT8)
    } else {
        REDUCE_STRIPS(mean_strip, TK_INT16)
    }
}

TK_TARGET void TK_KERNEL(maximum)(const tk_reduce *r) {
    if (r->x_type == TK_INT8) {
        REDUCE_STRIPS(maximum_strip, TK_INT8)
    } else {
        REDUCE_STRIPS(maximum_strip, TK_INT16)
    }
}
#endif
#undef REDUCE_STRIPS
