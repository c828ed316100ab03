#include "kernel_cases.h"
#include <stdlib.h>
#include <string.h>

static void *memory(size_t size) {
    void *p = NULL;
    if (posix_memalign(&p, 64, size + 64) != 0)
        abort();
    memset(p, 0, size + 64);
    return p;
}

/// Bytes of a xorshift generator.
static void *noise(size_t size) {
    static uint32_t state = 0x74696465;
    uint8_t *p = memory(size);
    for (size_t i = 0; i < size; i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        p[i] = (uint8_t)(state >> 8);
    }
    return p;
}

static int8_t *weights(size_t count) {
    int8_t *w = noise(count);
    for (size_t i = 0; i < count; i++)
        w[i] = w[i] == -128 ? -127 : w[i];
    return w;
}

static int32_t *filled(size_t count, int32_t value) {
    int32_t *p = memory(count * sizeof *p);
    for (size_t i = 0; i < count; i++)
        p[i] = value;
    return p;
}

enum { MULTIPLIER = 0x60000000, SHIFT = 10 };

static tk_output to(tk_type type) {
    return type == TK_INT8 ? (tk_output){ TK_INT8, -3, -128, 127 } : (tk_output){ TK_INT16, 0, -32768, 32767 };
}

#define NEW(type, ...) memcpy(memory(sizeof(type)), &(type){ __VA_ARGS__ }, sizeof(type))

// ---------------------------------------------------------------- gemm: rows, k, columns, type of A, type of C

static void *prepare_gemm(const tk_kernels *t, const int s[8]) {
    int32_t m = s[0], k = s[1], n = s[2];
    tk_gemm_weights w = { n, k, (tk_type)s[3], s[3] == TK_INT8 ? -5 : 0, weights((size_t)n * k), filled(n, 100),
                          filled(n, MULTIPLIER), filled(n, SHIFT) };
    void *packed = memory(t->gemm_packed_size(n, k, w.input_type));
    t->gemm_pack(&w, packed);
    return NEW(tk_gemm, .m = m, .n = n, .k = k, .a = noise((size_t)m * k * s[3]), .a_stride = k, .packed = packed,
               .c = memory((size_t)m * n * s[4]), .c_stride = n, .output = to((tk_type)s[4]));
}
static void run_gemm_int8(const tk_kernels *t, void *a) { t->gemm_int8(a); }
static void run_gemm_int16(const tk_kernels *t, void *a) { t->gemm_int16(a); }

typedef struct packing { tk_gemm_weights weights; void *packed; } packing;

static void *prepare_gemm_pack(const tk_kernels *t, const int s[8]) {
    int32_t k = s[1], n = s[2];
    return NEW(packing, { n, k, (tk_type)s[3], -5, weights((size_t)n * k), filled(n, 100), filled(n, MULTIPLIER),
                          filled(n, SHIFT) }, memory(t->gemm_packed_size(n, k, (tk_type)s[3])));
}
static void run_gemm_pack(const tk_kernels *t, void *a) {
    packing *p = a;
    t->gemm_pack(&p->weights, p->packed);
}

// ---------------------------------------------------------------- depthwise: side, channels, kernel, stride, to, from

static void *prepare_depthwise(const tk_kernels *t, const int s[8]) {
    int32_t side = s[0], c = s[1], kernel = s[2], stride = s[3], out = (side + stride - 1) / stride;
    tk_type from = (tk_type)s[5];
    tk_depthwise_weights w = { .kernel_h = kernel, .kernel_w = kernel, .channels = c, .stride_x = stride,
                               .dilation_x = 1, .input_type = from, .input_zero_point = -5,
                               .weights = weights((size_t)kernel * kernel * c), .bias = filled(c, 100),
                               .multiplier = filled(c, MULTIPLIER), .shift = filled(c, SHIFT) };
    void *packed = memory(t->depthwise_packed_size(kernel, kernel, c, from));
    t->depthwise_pack(&w, packed);
    int32_t pad = ((out - 1) * stride + kernel - side) / 2;
    return NEW(tk_depthwise, .kernel_h = kernel, .kernel_w = kernel, .channels = c, .input_type = from,
               .input_zero_point = -5, .input_h = side, .input_w = side, .output_h = out, .output_w = out,
               .stride_y = stride, .stride_x = stride, .pad_top = pad, .pad_left = pad,
               .dilation_y = 1, .dilation_x = 1,
               .row_begin = 0, .row_end = out, .x = noise((size_t)side * side * c * from), .packed = packed,
               .y = memory((size_t)out * out * c * s[4]), .output = to((tk_type)s[4]));
}
static void run_depthwise(const tk_kernels *t, void *a) { t->depthwise(a); }

typedef struct depthwise_packing { tk_depthwise_weights weights; void *packed; } depthwise_packing;

static void *prepare_depthwise_pack(const tk_kernels *t, const int s[8]) {
    int32_t c = s[1], kernel = s[2];
    return NEW(depthwise_packing, { kernel, kernel, c, s[3], 1, TK_INT8, -5, weights((size_t)kernel * kernel * c),
                                    filled(c, 100), filled(c, MULTIPLIER), filled(c, SHIFT) },
               memory(t->depthwise_packed_size(kernel, kernel, c, TK_INT8)));
}
static void run_depthwise_pack(const tk_kernels *t, void *a) {
    depthwise_packing *p = a;
    t->depthwise_pack(&p->weights, p->packed);
}

// ---------------------------------------------------------------- elementwise: rows, channels, broadcast

static void *prepare_add(const tk_kernels *t, const int s[8]) {
    (void)t;
    size_t count = (size_t)s[0] * s[1];
    return NEW(tk_add, count, TK_INT8, TK_INT8, noise(count), noise(count), memory(count), -5, 7, 1 << 18, 1 << 19,
               MULTIPLIER, 18, to(TK_INT8));
}
static void run_add(const tk_kernels *t, void *a) { t->add(a); }

static void *prepare_multiply(const tk_kernels *t, const int s[8]) {
    (void)t;
    size_t count = (size_t)s[0] * s[1];
    return NEW(tk_multiply, s[0], s[1], (tk_broadcast)s[2], TK_INT8, TK_INT8, noise(count), noise(count), memory(count),
               -5, 7, { 4, MULTIPLIER, SHIFT }, to(TK_INT8));
}
static void run_multiply(const tk_kernels *t, void *a) { t->multiply(a); }

static void *prepare_rescale(const tk_kernels *t, const int s[8]) {
    (void)t;
    size_t count = (size_t)s[0] * s[1];
    return NEW(tk_rescale_rows, s[0], s[1], s[1], TK_INT8, noise(count), memory(count), -5, { 8, MULTIPLIER, 8 },
               to(TK_INT8));
}
static void run_rescale(const tk_kernels *t, void *a) { t->rescale(a); }

static void *prepare_prelu(const tk_kernels *t, const int s[8]) {
    (void)t;
    size_t count = (size_t)s[0] * s[1];
    return NEW(tk_prelu, s[0], s[1], TK_INT16, noise(2 * count), memory(count), 0, { 0, MULTIPLIER, 8 },
               filled(s[1], MULTIPLIER), filled(s[1], SHIFT), to(TK_INT8));
}
static void run_prelu(const tk_kernels *t, void *a) { t->prelu(a); }

// ---------------------------------------------------------------- reductions: count, inner

static void *prepare_reduce(const tk_kernels *t, const int s[8]) {
    (void)t;
    return NEW(tk_reduce, 1, s[0], s[1], 0, s[1], TK_INT8, noise((size_t)s[0] * s[1]), memory(s[1]), -5,
               { 4, MULTIPLIER, SHIFT }, to(TK_INT8));
}
static void run_mean(const tk_kernels *t, void *a) { t->mean(a); }
static void run_maximum(const tk_kernels *t, void *a) { t->maximum(a); }

// ---------------------------------------------------------------- tables: count

typedef struct lookup {
    size_t count;
    void *x, *table, *out;
} lookup;

static void *prepare_table_int8(const tk_kernels *t, const int s[8]) {
    (void)t;
    return NEW(lookup, s[0], noise(s[0]), noise(256), memory(s[0]));
}
static void run_table_int8(const tk_kernels *t, void *a) {
    lookup *l = a;
    t->table_int8(l->x, l->count, l->table, l->out);
}

/// Swish's like: rises slowly, and never by more than a byte's steps allow.
static int16_t *slope(void) {
    int16_t *table = memory(513 * sizeof *table);
    for (int i = 0; i < 513; i++)
        table[i] = (int16_t)(i < 256 ? -1000 + i : -744 + 120 * (i - 256));
    return table;
}

static void *prepare_table_int16(const tk_kernels *t, const int s[8]) {
    (void)t;
    return NEW(lookup, s[0], noise(2 * (size_t)s[0]), slope(), memory(2 * (size_t)s[0]));
}
static void run_table_int16(const tk_kernels *t, void *a) {
    lookup *l = a;
    t->table_int16(l->x, l->count, l->table, l->out);
}

// The bytes of a table as quantizing makes them: they change in fewer than 128 segments.
static int16_t *ramp(void) {
    int16_t *table = memory(513 * sizeof *table);
    for (int i = 0; i < 513; i++)
        table[i] = (int16_t)(i < 200 ? -30000 : i < 320 ? -30000 + 520 * (i - 200) : 32500);
    return table;
}

static void *prepare_byte_table(const tk_kernels *t, const int s[8]) {
    (void)t;
    tk_byte_table *table = memory(tk_byte_table_size());
    tk_byte_table_make(ramp(), table);
    return NEW(lookup, s[0], noise(2 * (size_t)s[0]), table, memory(s[0]));
}
static void run_byte_table(const tk_kernels *t, void *a) {
    lookup *l = a;
    t->table_int16_int8(l->x, l->count, l->table, l->out);
}

// ---------------------------------------------------------------- sequence: units; steps, channels, units

static void *prepare_lstm(const tk_kernels *t, const int s[8]) {
    size_t n = s[0];
    return NEW(tk_lstm_step, .hidden_size = n, .cell_bits = 12, .input = noise(8 * n), .recurrent = noise(8 * n),
               .sigmoid = ramp(), .tanh = ramp(), .look_up = t->table_int16, .cell = noise(2 * n),
               .hidden_type = TK_INT16, .hidden = memory(2 * n));
}
static void run_lstm(const tk_kernels *t, void *a) { (void)t, tk_lstm(a); }

static void *prepare_attention(const tk_kernels *t, const int s[8]) {
    size_t steps = s[0], channels = s[1], units = s[2];
    return NEW(tk_attention, .steps = steps, .channels = channels, .units = units, .x_type = TK_INT16,
               .x = noise(2 * steps * channels), .query = noise(2 * steps * units), .key = noise(2 * steps * units),
               .weights = weights(units), .sigmoid = ramp(), .tanh = ramp(), .look_up = t->table_int16,
               .high = filled(256, 1 << 20), .low = filled(256, 1 << 20), .score_multiplier = MULTIPLIER,
               .score_shift = SHIFT, .output_multiplier = MULTIPLIER, .output_shift = SHIFT,
               .e = memory(4 * steps), .weightings = memory(2 * steps), .scores = memory(2 * steps),
               .activations = memory(2 * steps * units), .out = memory(2 * steps * channels), .output = to(TK_INT16));
}
static void run_attention(const tk_kernels *t, void *a) { (void)t, tk_attention_run(a); }

// ---------------------------------------------------------------- resize: output pixels, taps

static void *prepare_resize_row(const tk_kernels *t, const int s[8]) {
    (void)t;
    int32_t *first = filled(s[0], 0);
    int16_t *taps = memory((size_t)s[0] * s[1] * sizeof *taps);
    for (int i = 0; i < s[0]; i++) {
        first[i] = 2 * i;
        for (int tap = 0; tap < s[1]; tap++)
            taps[i * s[1] + tap] = (int16_t)((1 << 14) / s[1]);
    }
    return NEW(tk_resize_row, s[0], s[1], first, taps, noise(3 * ((size_t)2 * s[0] + s[1])), memory(6 * (size_t)s[0]));
}
static void run_resize_row(const tk_kernels *t, void *a) { t->resize_row(a); }

static void *prepare_resize_column(const tk_kernels *t, const int s[8]) {
    (void)t;
    const uint16_t **rows = memory(s[1] * sizeof *rows);
    int16_t *taps = memory(s[1] * sizeof *taps);
    for (int tap = 0; tap < s[1]; tap++) {
        rows[tap] = memory(6 * (size_t)s[0]);
        taps[tap] = (int16_t)((1 << 14) / s[1]);
    }
    return NEW(tk_resize_column, 3 * s[0], s[1], rows, taps, memory(3 * (size_t)s[0]));
}
static void run_resize_column(const tk_kernels *t, void *a) { t->resize_column(a); }

#define CASE(name, kernel, ...) { name, prepare_##kernel, run_##kernel, { __VA_ARGS__ } }
#define GEMM(name, type, ...) { name, prepare_gemm, run_gemm_##type, { __VA_ARGS__ } }
#define REDUCE(name, kernel, ...) { name, prepare_reduce, run_##kernel, { __VA_ARGS__ } }

const kernel_case kernel_cases[] = {
    GEMM("gemm-125x24x144", int8, 125, 24, 144, TK_INT8, TK_INT16),
    GEMM("gemm-125x192x32", int8, 125, 192, 32, TK_INT8, TK_INT8),
    GEMM("gemm-49x96x576", int8, 49, 96, 576, TK_INT8, TK_INT16),
    GEMM("gemm-49x816x136", int8, 49, 816, 136, TK_INT8, TK_INT8),
    GEMM("gemm-16x1392x232", int8, 16, 1392, 232, TK_INT8, TK_INT8),
    GEMM("gemm-int16-15x384x1024", int16, 15, 384, 1024, TK_INT16, TK_INT16),
    GEMM("dense-1x768x512", int8, 1, 768, 512, TK_INT8, TK_INT16),
    GEMM("dense-int16-1x256x1024", int16, 1, 256, 1024, TK_INT16, TK_INT16),
    CASE("gemm-pack-96x576", gemm_pack, 0, 96, 576, TK_INT8),
    CASE("gemm-pack-int16-96x576", gemm_pack, 0, 96, 576, TK_INT16),
    CASE("depthwise-3x3-25x25x32", depthwise, 25, 32, 3, 1, TK_INT16, TK_INT8),
    CASE("depthwise-3x3-stride-2-25x25x64", depthwise, 25, 64, 3, 2, TK_INT16, TK_INT8),
    CASE("depthwise-5x5-7x7x192", depthwise, 7, 192, 5, 1, TK_INT16, TK_INT8),
    CASE("depthwise-5x5-stride-2-13x13x96", depthwise, 13, 96, 5, 2, TK_INT16, TK_INT8),
    CASE("depthwise-int16-3x3-25x25x40", depthwise, 25, 40, 3, 1, TK_INT16, TK_INT16),
    CASE("depthwise-pack-5x5x192", depthwise_pack, 0, 192, 5, 1),
    CASE("add-49x136", add, 49, 136),
    CASE("multiply-49x136", multiply, 49, 136, TK_SAME),
    CASE("multiply-by-channel-49x816", multiply, 49, 816, TK_PER_CHANNEL),
    CASE("multiply-by-row-16x512", multiply, 16, 512, TK_PER_ROW),
    CASE("rescale-16x232", rescale, 16, 232),
    CASE("prelu-1x1024", prelu, 1, 1024),
    REDUCE("mean-49x816", mean, 49, 816),
    REDUCE("maximum-16x512", maximum, 16, 512),
    CASE("table-int8-12000", table_int8, 12000),
    CASE("table-int16-2048", table_int16, 2048),
    CASE("table-int16-int8-12000", byte_table, 12000),
    CASE("lstm-256", lstm, 256),
    CASE("attention-15x256x32", attention, 15, 256, 32),
    CASE("resize-row-198", resize_row, 198, 4),
    CASE("resize-column-198", resize_column, 198, 4),
};
const size_t kernel_case_count = sizeof kernel_cases / sizeof *kernel_cases;
