// Packing and the general store of the Arm gemms.
#if defined(__aarch64__)
#include "gemm_neon.h"

enum { COLUMNS = TK_GEMM_COLUMNS_NEON, STEP = TK_GEMM_STEP_NEON, HEADER_BYTES = 3 * COLUMNS * (int)sizeof(int32_t) };

static size_t tiles(int32_t n) { return ((size_t)n + COLUMNS - 1) / COLUMNS; }

// bias - zero point * sum of the column's weights.
static int32_t folded_bias(const tk_gemm_weights *w, size_t column) {
    int32_t sum = 0;
    for (size_t k = 0; k < (size_t)w->k; k++)
        sum += w->weights[column * (size_t)w->k + k];
    return tk_multiply_add(-w->input_zero_point, sum, w->bias[column]);
}

static void pack_header(const tk_gemm_weights *w, size_t first, int32_t *header) {
    for (size_t j = 0; j < COLUMNS; j++) {
        int exists = first + j < (size_t)w->n;
        header[j] = exists ? folded_bias(w, first + j) : 0;
        header[COLUMNS + j] = exists ? w->multiplier[first + j] : 0;
        header[2 * COLUMNS + j] = exists ? -w->shift[first + j] : -1;
    }
}

static size_t steps(int32_t k) { return ((size_t)k + STEP - 1) / STEP; }

static size_t tile_size(int32_t k) { return HEADER_BYTES + steps(k) * TK_GEMM_STEP_BYTES_NEON; }

size_t tk_gemm_steps_size_neon(int32_t n, int32_t k) { return (tiles(n) * tile_size(k) + 63) / 64 * 64; }

// A column's weights; `to` is where its first step begins.
static void pack_column(const int8_t *row, size_t k, const tk_gemm_step_neon *step, size_t column, int8_t *to) {
    to += step->column[column];
    size_t l = 0;
    for (; l + STEP <= k; l += STEP, to += TK_GEMM_STEP_BYTES_NEON) {
        memcpy(to, row + l, 4);
        memcpy(to + step->half, row + l + 4, 4);
    }
    size_t rest = k - l;
    memcpy(to, row + l, rest < 4 ? rest : 4);
    if (rest > 4)
        memcpy(to + step->half, row + l + 4, rest - 4);
}

void tk_gemm_pack_steps_neon(const tk_gemm_weights *w, const tk_gemm_step_neon *step, void *packed) {
    memset(packed, 0, tk_gemm_steps_size_neon(w->n, w->k));
    uint8_t *tile = packed;
    for (size_t first = 0; first < (size_t)w->n; first += COLUMNS, tile += tile_size(w->k)) {
        pack_header(w, first, (int32_t *)(void *)tile);
        for (size_t j = 0; j < COLUMNS && first + j < (size_t)w->n; j++)
            pack_column(w->weights + (first + j) * (size_t)w->k, (size_t)w->k, step, j, (int8_t *)tile + HEADER_BYTES);
    }
}

size_t tk_gemm_int16_packed_size_neon(int32_t n, int32_t k) {
    return (tiles(n) * tk_gemm_int16_tile_size_neon((size_t)k) + 63) / 64 * 64;
}

// Sixteen weights of each of eight columns, k apart, as int16 [16][8]: three perfect shuffles of the registers.
static void widen_columns(const int8_t *rows, size_t k, int16_t *to) {
    int8x16_t x[COLUMNS], y[COLUMNS];
    TK_UNROLL for (size_t j = 0; j < COLUMNS; j++)
        x[j] = vld1q_s8(rows + j * k);
    TK_UNROLL for (int shuffle = 0; shuffle < 3; shuffle++) {
        TK_UNROLL for (size_t j = 0; j < COLUMNS / 2; j++) {
            y[2 * j] = vzip1q_s8(x[j], x[j + COLUMNS / 2]);
            y[2 * j + 1] = vzip2q_s8(x[j], x[j + COLUMNS / 2]);
        }
        TK_UNROLL for (size_t j = 0; j < COLUMNS; j++)
            x[j] = y[j];
    }
    TK_UNROLL for (size_t l = 0; l < 16; l += 2, to += 2 * COLUMNS) {
        vst1q_s16(to, vmovl_s8(vget_low_s8(x[l / 2])));
        vst1q_s16(to + COLUMNS, vmovl_high_s8(x[l / 2]));
    }
}

void tk_gemm_int16_pack_neon(const tk_gemm_weights *w, void *packed) {
    memset(packed, 0, tk_gemm_int16_packed_size_neon(w->n, w->k));
    uint8_t *tile = packed;
    size_t k = (size_t)w->k;
    for (size_t first = 0; first < (size_t)w->n; first += COLUMNS, tile += tk_gemm_int16_tile_size_neon(k)) {
        pack_header(w, first, (int32_t *)(void *)tile);
        int16_t *to = (int16_t *)(void *)(tile + HEADER_BYTES);
        const int8_t *rows = w->weights + first * k;
        size_t columns = (size_t)w->n - first < COLUMNS ? (size_t)w->n - first : COLUMNS, done = 0;
        for (; columns == COLUMNS && done + 16 <= k; done += 16)
            widen_columns(rows + done, k, to + done * COLUMNS);
        for (size_t j = 0; j < columns; j++)
            for (size_t l = done; l < k; l++)
                to[l * COLUMNS + j] = rows[j * k + l];
    }
}

tk_gemm_place_neon tk_gemm_place_at_neon(const tk_gemm *g, size_t row, size_t column, size_t tile_size) {
    const tk_output *o = &g->output;
    size_t size = tk_size(o->type), columns = (size_t)g->n - column < COLUMNS ? (size_t)g->n - column : COLUMNS;
    return (tk_gemm_place_neon){
        .header = (const int32_t *)(const void *)((const uint8_t *)g->packed + column / COLUMNS * tile_size),
        .c = (uint8_t *)g->c + (row * g->c_stride + column) * size,
        .stride = g->c_stride * size,
        .columns = columns,
        .rows = 1,
        .output = o,
        .kind = columns < COLUMNS       ? TK_GEMM_STORE_ANY
                : tk_is_plain_int16(o)  ? TK_GEMM_STORE_PLAIN_INT16
                : o->type == TK_INT8    ? TK_GEMM_STORE_INT8
                                        : TK_GEMM_STORE_ANY,
    };
}

void tk_gemm_store_any_neon(const tk_gemm_place_neon *p, const int32x4_t (*y)[2]) {
    const tk_output_neon o = tk_output_of_neon(p->output);
    uint8_t *c = p->c;
    for (size_t r = 0; r < p->rows; r++, c += p->stride) {
        int16_t whole[COLUMNS];
        tk_store_neon(p->output->type, whole, 0, y[r][0], y[r][1], &o);
        memcpy(c, whole, p->columns * tk_size(p->output->type));
    }
}

#endif
