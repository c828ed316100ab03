// Loops over the megabytes of a model's weights: C, since on the board Swift is compiled for size.
#include "tp_bytes.h"

int32_t tp_contains(const int8_t *bytes, size_t count, int8_t value) {
    uint8_t found = 0;
    for (size_t i = 0; i < count; i++) found |= bytes[i] == value;
    return found;
}

int64_t tp_absolute_sum(const int8_t *bytes, size_t count) {
    enum { BLOCK = 256 };   // what 16 bits hold: twice as many lanes to a vector as 32
    int64_t sum = 0;
    for (size_t first = 0; first < count; first += BLOCK) {
        size_t end = count - first < BLOCK ? count : first + BLOCK;
        uint16_t part = 0;
        for (size_t i = first; i < end; i++) part += (uint16_t)(bytes[i] < 0 ? -bytes[i] : bytes[i]);
        sum += part;
    }
    return sum;
}
