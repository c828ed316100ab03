// The oracles of the unary tables.
#include "../kernels_internal.h"
#include "../requantize.h"

void tk_table_int8_scalar(const int8_t *x, size_t count, const int8_t table[256], int8_t *out) {
    for (size_t i = 0; i < count; i++)
        out[i] = table[x[i] + 128];
}

void tk_table_int16_scalar(const int16_t *x, size_t count, const int16_t table[513], int16_t *out) {
    for (size_t i = 0; i < count; i++)
        out[i] = tk_lookup16(table, x[i]);
}

void tk_table_int16_int8_scalar(const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out) {
    for (size_t i = 0; i < count; i++)
        out[i] = (int8_t)tk_clamp((tk_interpolate(table->points, x[i]) + (1 << 14)) >> 15, INT8_MIN, INT8_MAX);
}
