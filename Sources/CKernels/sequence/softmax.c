// Softmax with an exponent split in two tables: exp(-(d >> 8)*256*scale) * exp(-(d & 255)*scale), both in Q30.
#include "../requantize.h"

void tk_softmax(tk_type type, const void *x, size_t rows, size_t count, const int32_t high[256], const int32_t low[256],
                uint32_t *e, uint16_t *out) {
    for (size_t row = 0; row < rows; row++) {
        size_t begin = row * count;
        int32_t largest = INT32_MIN;
        for (size_t i = 0; i < count; i++) {
            int32_t q = tk_load(type, x, begin + i);
            largest = q > largest ? q : largest;
        }
        uint64_t sum = 0;
        for (size_t i = 0; i < count; i++) {
            int32_t d = largest - tk_load(type, x, begin + i);
            e[i] = (uint32_t)(((int64_t)high[d >> 8] * low[d & 255] + (1 << 29)) >> 30);
            sum += e[i];
        }
        for (size_t i = 0; i < count && sum > 0; i++) {
            uint64_t p = (((uint64_t)e[i] << 16) + sum / 2) / sum;
            out[begin + i] = (uint16_t)(p > 65535 ? 65535 : p);
        }
    }
}
