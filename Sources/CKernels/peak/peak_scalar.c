// A dot product of bytes that stay in the first-level cache, as the compiler makes it.
#include "peak.h"

enum { COUNT = 1024 };

static int32_t dot(const int8_t *x, const int8_t *w) {
    int32_t sum = 0;
    for (int i = 0; i < COUNT; i++)
        sum += x[i] * w[i];
    return sum;
}

int64_t tk_peak_scalar(int64_t iterations) {
    static const int8_t bytes[2 * COUNT] = { 1 };
    int32_t sum = 0;
    for (int64_t i = 0; i < iterations; i++) {
        const int8_t *x = bytes;
        __asm__ volatile("" : "+r"(x));
        sum += dot(x, x + COUNT);
    }
    __asm__ volatile("" : "+r"(sum));
    return iterations * COUNT;
}
