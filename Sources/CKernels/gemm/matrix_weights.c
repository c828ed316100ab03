// An activation as the weights of a product: rows [n][k], and no -128, which products of weights may not meet.
#include "../kernels_internal.h"

void tk_matrix_weights(const int8_t *y, size_t n, size_t k, int transposed, int8_t *weights) {
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < k; j++) {
            int8_t value = y[transposed ? j * n + i : i * k + j];
            weights[i * k + j] = value < -127 ? -127 : value;
        }
    }
}
