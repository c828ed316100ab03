// Depthwise convolution with AVX-512 VNNI: int8 by columns or by runs; int16 by pairs (depthwise_int16_avx512vnni.c).
#if defined(__x86_64__)
#include "depthwise_quads.h"
#include "depthwise_columns.h"
#include "depthwise_runs.h"

static int goes_by_quads(int32_t kernel_h, int32_t kernel_w, tk_type type) {
    return type == TK_INT8 && (int64_t)kernel_h * kernel_w <= MAX_TAPS;
}

size_t tk_depthwise_packed_size_avx512vnni(int32_t kernel_h, int32_t kernel_w, int32_t channels, tk_type type) {
    if (!goes_by_quads(kernel_h, kernel_w, type))
        return tk_depthwise_packed_size_int16_avx512vnni(kernel_h, kernel_w, channels, type);
    size_t runs = runs_size((size_t)kernel_h * (size_t)kernel_w, (size_t)channels), columns = 0;
    if (goes_by_columns(kernel_h, kernel_w, channels, 1, 1))
        columns = columns_size((size_t)kernel_w, (size_t)channels);
    return ((runs > columns ? runs : columns) + 63) / 64 * 64;
}

void tk_depthwise_pack_avx512vnni(const tk_depthwise_weights *w, void *packed) {
    if (!goes_by_quads(w->kernel_h, w->kernel_w, w->input_type))
        tk_depthwise_pack_int16_avx512vnni(w, packed);
    else if (goes_by_columns(w->kernel_h, w->kernel_w, w->channels, w->stride_x, w->dilation_x))
        columns_pack(w, packed);
    else
        runs_pack(w, packed);
}

TK_TARGET static void by_columns(const tk_depthwise *d) {
    if (d->kernel_w == 3 && d->stride_x == 1)
        column_rows(d, 3, 1);
    else if (d->kernel_w == 3)
        column_rows(d, 3, 2);
    else if (d->stride_x == 1)
        column_rows(d, 5, 1);
    else
        column_rows(d, 5, 2);
}

TK_TARGET static void by_runs(const tk_depthwise *d) {
    size_t quads = quad_count((size_t)d->kernel_h * (size_t)d->kernel_w);
    size_t repeat = d->stride_x == 1 ? run_period((size_t)d->channels, ELEMENTS) : 0;
    for (int32_t oy = d->row_begin; oy < d->row_end; oy++) {
        if (quads == 3)
            run_row(d, 3, repeat, oy);
        else if (quads == 7)
            run_row(d, 7, repeat, oy);
        else
            run_row(d, quads, repeat, oy);
    }
}

TK_TARGET void tk_depthwise_avx512vnni(const tk_depthwise *d) {
    if (!goes_by_quads(d->kernel_h, d->kernel_w, d->input_type)) {
        tk_depthwise_int16_avx512vnni(d);
        return;
    }
    if (goes_by_columns(d->kernel_h, d->kernel_w, d->channels, d->stride_x, d->dilation_x))
        by_columns(d);
    else
        by_runs(d);
}
#endif
