// Int8 micro-kernels: stateless, no allocation, no threads, no libm. Every kernel of every instruction set equals the
// scalar one bit for bit; the scalar ones are the formulas of the fixed-point rules.
//
// A `tk_kernels` is a table of functions for one instruction set. Entries that a set has no own version of are those of
// the next lower set. Packed weights belong to the table that packed them.
//
//     requantize(a, m, s) = (a*m + 2^(30+s)) >> (31+s),   2^30 <= |m| < 2^31 (or m == 0), 1 <= s <= 31, |a| < 2^30
#ifndef TIDEPOOL_KERNELS_H
#define TIDEPOOL_KERNELS_H
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tk_isa {
    TK_SCALAR = 0,
    TK_SSE41 = 1,
    TK_AVX2 = 2,
    TK_AVX512VNNI = 3,
    TK_NEON = 4,
    TK_DOTPROD = 5,
    TK_I8MM = 6,
    TK_ISA_COUNT = 7
} tk_isa;

// Element types, as in the model file.
typedef enum tk_type { TK_INT8 = 1, TK_INT16 = 2 } tk_type;

// requantize(a * 2^left, multiplier, shift)
typedef struct tk_rescale {
    int32_t left, multiplier, shift;
} tk_rescale;

// Where results go: zero point added after the requantization, then the clamp, then stored as `type`.
typedef struct tk_output {
    tk_type type;
    int32_t zero_point, low, high;
} tk_output;

// ---------------------------------------------------------------- gemm: 1x1 convolution, dense, k x k by im2col
// sum = sum_k (A[i][k] - input_zero_point) * W[n][k] + bias[n]
// C[i][n] = clamp(requantize(sum, multiplier[n], shift[n]) + zero_point)

typedef struct tk_gemm_weights {
    int32_t n, k;
    tk_type input_type;          // of A: int8 or int16
    int32_t input_zero_point;
    const int8_t *weights;       // [n][k]
    const int32_t *bias;         // [n]
    const int32_t *multiplier;   // [n]
    const int32_t *shift;        // [n]
} tk_gemm_weights;

typedef struct tk_gemm {
    int32_t m;                   // rows
    int32_t n, k;                // as packed
    const void *a;               // [m][k] of the packed input type; never read past its last element
    size_t a_stride;             // elements between rows, >= k
    const void *packed;          // 64-byte aligned, made by gemm_pack of the same table
    void *c;                     // [m][n] of output.type
    size_t c_stride;             // elements between rows, >= n
    tk_output output;
} tk_gemm;

// ---------------------------------------------------------------- depthwise
// One call makes output rows [row_begin, row_end). Padding contributes the input's zero point.

typedef struct tk_depthwise_weights {
    int32_t kernel_h, kernel_w, channels;
    int32_t stride_x, dilation_x;   // of the calls to come
    tk_type input_type;
    int32_t input_zero_point;
    const int8_t *weights;       // [kernel_h][kernel_w][channels]
    const int32_t *bias, *multiplier, *shift;   // [channels]
} tk_depthwise_weights;

typedef struct tk_depthwise {
    int32_t kernel_h, kernel_w, channels;
    tk_type input_type;
    int32_t input_zero_point;
    int32_t input_h, input_w, output_h, output_w;
    int32_t stride_y, stride_x, pad_top, pad_left;
    int32_t dilation_y, dilation_x;   // input rows and columns from tap to tap, >= 1
    int32_t row_begin, row_end;  // output rows
    const void *x;               // [input_h][input_w][channels]
    const void *packed;
    void *y;                     // [output_h][output_w][channels]
    tk_output output;
} tk_depthwise;

// ---------------------------------------------------------------- elementwise
// All work on `count` contiguous elements unless they say otherwise.

typedef struct tk_add {
    size_t count;
    tk_type x_type, y_type;
    const void *x, *y;
    void *out;
    int32_t x_zero_point, y_zero_point, mx, my, multiplier, shift;   // |(x - zx)*mx + (y - zy)*my| < 2^30
    tk_output output;
} tk_add;

typedef enum tk_broadcast {
    TK_SAME = 0,          // y[rows][channels]
    TK_PER_CHANNEL = 1,   // y[channels]
    TK_PER_ROW = 2        // y[rows]
} tk_broadcast;

typedef struct tk_multiply {
    size_t rows, channels;       // x, out: [rows][channels]
    tk_broadcast broadcast;
    tk_type x_type, y_type;
    const void *x, *y;
    void *out;
    int32_t x_zero_point, y_zero_point;
    tk_rescale rescale;          // |(x - zx)*(y - zy)*2^left| < 2^30
    tk_output output;
} tk_multiply;

// out[r*out_stride + c] = clamp(rescale(x[r*channels + c] - zero_point) + output.zero_point)
typedef struct tk_rescale_rows {
    size_t rows, channels, out_stride;
    tk_type x_type;
    const void *x;
    void *out;
    int32_t zero_point;
    tk_rescale rescale;
    tk_output output;
} tk_rescale_rows;

// a = x - zero_point; out = clamp((a >= 0 ? rescale(a) : requantize(a * 2^rescale.left, multiplier[c], shift[c])) + z)
typedef struct tk_prelu {
    size_t rows, channels;
    tk_type x_type;
    const void *x;
    void *out;
    int32_t zero_point;
    tk_rescale rescale;
    const int32_t *multiplier, *shift;   // [channels]
    tk_output output;
} tk_prelu;

// ---------------------------------------------------------------- reductions
// x viewed as [outer][count][inner] -> out [outer][inner], for inner in [inner_begin, inner_end)
// mean: clamp(rescale(sum (x - zero_point)) + output.zero_point); maximum: the largest x, unchanged.
typedef struct tk_reduce {
    size_t outer, count, inner, inner_begin, inner_end;
    tk_type x_type;
    const void *x;
    void *out;
    int32_t zero_point;
    tk_rescale rescale;
    tk_output output;
} tk_reduce;

// ---------------------------------------------------------------- resize: crop + resize + store as int8, fixed point
// Separable; `taps` weights a sample in units of 2^-14 whose sum is exactly 2^14; `first` is the first source index.
// Horizontal: h = (sum w*pixel + 2^6) >> 7            (uint16, pixel in units of 2^-7)
// Vertical:   v = (sum w*h + 2^20) >> 21; out = v - 128
typedef struct tk_resize_row {   // horizontal pass of one source row
    int32_t width, taps;         // output pixels, taps a pixel
    const int32_t *first;        // [width], in source pixels
    const int16_t *weights;      // [width][taps]
    const uint8_t *source;       // RGB, 3 bytes a pixel
    uint16_t *out;               // [width][3]
} tk_resize_row;

typedef struct tk_resize_column { // vertical pass of one output row
    int32_t count, taps;         // count = width*3
    const uint16_t *const *rows; // [taps] horizontal results
    const int16_t *weights;      // [taps]
    int8_t *out;                 // [count]
} tk_resize_column;

// ---------------------------------------------------------------- tables of 513 points

// A table of 513 points prepared for results of a byte.
typedef struct tk_byte_table tk_byte_table;
size_t tk_byte_table_size(void);
void tk_byte_table_make(const int16_t table[513], tk_byte_table *out);

// int16 -> int16, where x is allowed to be out.
typedef void tk_table_int16(const int16_t *x, size_t count, const int16_t table[513], int16_t *out);

// ---------------------------------------------------------------- the table of one instruction set

typedef struct tk_kernels {
    tk_isa isa;
    const char *name;            // "scalar", "sse41", "avx2", "avx512vnni", "neon", "dotprod", "i8mm"

    // Bytes that gemm_pack writes (a multiple of 64).
    size_t (*gemm_packed_size)(int32_t n, int32_t k, tk_type input_type);
    void (*gemm_pack)(const tk_gemm_weights *weights, void *packed);
    // int8 or int16 A, int8 or int16 C, decided at packing; correct for every m, n, k >= 1.
    void (*gemm_int8)(const tk_gemm *g);
    void (*gemm_int16)(const tk_gemm *g);
    // Rows that gemm computes together: split m into multiples of this among threads.
    int32_t gemm_row_tile;

    size_t (*depthwise_packed_size)(int32_t kernel_h, int32_t kernel_w, int32_t channels, tk_type input_type);
    void (*depthwise_pack)(const tk_depthwise_weights *weights, void *packed);
    void (*depthwise)(const tk_depthwise *d);

    void (*add)(const tk_add *a);
    void (*multiply)(const tk_multiply *p);
    void (*rescale)(const tk_rescale_rows *r);
    void (*prelu)(const tk_prelu *p);
    void (*mean)(const tk_reduce *r);
    void (*maximum)(const tk_reduce *r);

    // out[i] = table[x[i] + 128]
    void (*table_int8)(const int8_t *x, size_t count, const int8_t table[256], int8_t *out);
    // u = x + 32768, i = u >> 7, f = u & 127, v = t[i]*(128 - f) + t[i+1]*f
    // int16: (v + 64) >> 7; int8: saturate((v + 2^14) >> 15)
    tk_table_int16 *table_int16;
    void (*table_int16_int8)(const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out);

    void (*resize_row)(const tk_resize_row *r);
    void (*resize_column)(const tk_resize_column *r);
} tk_kernels;

// The table for an instruction set, or NULL where this build or this processor has none.
const tk_kernels *tk_kernels_for(tk_isa isa);
// The best table for this processor.
const tk_kernels *tk_kernels_best(void);
// The set of that name, or -1.
int tk_isa_named(const char *name);
// The name of a set, known to this build or not.
const char *tk_isa_name(tk_isa isa);

// ---------------------------------------------------------------- scalar on every machine but for their tables: a few thousand steps a clip

// Softmax over each of `rows` rows of `count`: see Operator.softmax. `high`, `low` in Q30. `e` is scratch of `count`.
void tk_softmax(tk_type type, const void *x, size_t rows, size_t count, const int32_t high[256], const int32_t low[256],
                uint32_t *e, uint16_t *out);

// One LSTM step's gates: `input` int16 [4H] = requantized Wx x + b, `recurrent` int16 [4H] = requantized Wh h, both at
// 2^-12 and added with saturation; updates `cell` int16 [H] at 2^-cell_bits and writes `hidden` (int8 at 2^-7 or int16
// at 2^-15). See Operator.lstm. `recurrent` is used up.
typedef struct tk_lstm_step {
    size_t hidden_size;
    int32_t cell_bits;
    const int16_t *input;
    int16_t *recurrent;
    const int16_t *sigmoid, *tanh;   // [513]
    tk_table_int16 *look_up;
    int16_t *cell;
    tk_type hidden_type;
    void *hidden;
} tk_lstm_step;
void tk_lstm(const tk_lstm_step *s);

// Additive self-attention over `steps` positions: see Operator.attention.
typedef struct tk_attention {
    size_t steps, channels, units;
    tk_type x_type;
    const void *x;                   // [steps][channels]
    int32_t x_zero_point;
    const int16_t *query, *key;      // [steps][units] at 2^-12
    const int8_t *weights;           // [units]
    int32_t bias;
    const int16_t *sigmoid, *tanh;   // [513]
    tk_table_int16 *look_up;
    const int32_t *high, *low;       // [256]
    int32_t score_multiplier, score_shift, output_multiplier, output_shift;
    uint32_t *e;                     // scratch [steps]
    uint16_t *weightings;            // scratch [steps]
    int16_t *scores;                 // scratch [steps]
    int16_t *activations;            // scratch [steps][units]
    void *out;                       // [steps][channels]
    tk_output output;
} tk_attention;
void tk_attention_run(const tk_attention *a);

// One GRU step's gates after its products: `input` int16 [3H] = Wx x + b, `recurrent` int16 [3H] = Wh h + rb, at 2^-12.
// See Operator.gru. With reset_after one call of tk_gru does everything. Otherwise `recurrent` has the gates update and
// reset when tk_gru_reset writes r*h to `reset` [H], whose product is then put into the third of `recurrent` for tk_gru.
typedef struct tk_gru_step {
    size_t hidden_size;
    int reset_after;
    const int16_t *input, *recurrent;
    const int16_t *sigmoid, *tanh;   // [513]
    const int16_t *previous;         // [H] at 2^-15
    int16_t *reset, *hidden;         // [H] at 2^-15
} tk_gru_step;
void tk_gru_reset(const tk_gru_step *s);
void tk_gru(const tk_gru_step *s);

// Rows divided by their spread: see Operator.normalize.
typedef struct tk_normalize {
    size_t rows, channels;
    int centres;
    int64_t epsilon;
    tk_type x_type;
    const void *x;                   // [rows][channels]
    void *out;
    int32_t zero_point, multiplier, shift;
    tk_output output;
} tk_normalize;
void tk_normalize_rows(const tk_normalize *n);

// y int8 [n][k], or [k][n] when transposed, as weights [n][k] of -127...127: see Operator.matmul.
void tk_matrix_weights(const int8_t *y, size_t n, size_t k, int transposed, int8_t *weights);

// ---------------------------------------------------------------- moving elements, scalar on every machine

// out[i_1, .., i_k] = x[t_1[i_1] + .. + t_k[i_k]] in blocks of `block` bytes, or `fill` where a table says -1. Tables are
// in units of `unit` bytes. Rows are the combinations of all axes but the last; rows [row_begin, row_end) are written.
typedef struct tk_gather {
    int32_t axes;                    // 1..6
    const int32_t *const *tables;    // [axes]
    const size_t *extents;           // [axes]
    size_t unit, block;
    int32_t fill;                    // of int8 or int16, repeated over a block
    size_t row_begin, row_end;
    const void *x;
    void *out;
} tk_gather;
void tk_gather_rows(const tk_gather *g);

// The largest element of each window, rows [row_begin, row_end) of the output.
typedef struct tk_maximum_pool {
    int32_t kernel_h, kernel_w, channels;
    int32_t input_h, input_w, output_w;
    int32_t stride_y, stride_x, pad_top, pad_left;
    int32_t row_begin, row_end;
    tk_type type;
    const void *x;                   // [input_h][input_w][channels]
    void *y;                         // [output_h][output_w][channels]
} tk_maximum_pool;
void tk_maximum_pool_rows(const tk_maximum_pool *p);

// Positions between two of an axis: see Operator.interpolate. x [outer][count][inner] -> out [outer][positions][inner],
// rows [row_begin, row_end) of outer*positions.
typedef struct tk_linear {
    size_t count, positions, inner;
    size_t row_begin, row_end;
    const int32_t *lower, *upper;    // [positions]
    const int16_t *fraction;         // [positions], 2^-14
    tk_type x_type;
    const void *x;
    void *out;
    int32_t zero_point, multiplier, shift;
    tk_output output;
} tk_linear;
void tk_linear_rows(const tk_linear *p);

#ifdef __cplusplus
}
#endif
#endif
