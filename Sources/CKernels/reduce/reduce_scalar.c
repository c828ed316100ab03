// The oracles of mean and maximum over the middle axis of [outer][count][inner].
#include "../kernels_internal.h"
#include "../requantize.h"

void tk_mean_scalar(const tk_reduce *r) {
    for (size_t o = 0; o < r->outer; o++) {
        for (size_t i = r->inner_begin; i < r->inner_end; i++) {
            int32_t sum = 0;
            for (size_t k = 0; k < r->count; k++)
                sum += tk_load(r->x_type, r->x, (o * r->count + k) * r->inner + i) - r->zero_point;
            tk_put(&r->output, r->out, o * r->inner + i, tk_apply_rescale(sum, r->rescale));
        }
    }
}

void tk_maximum_scalar(const tk_reduce *r) {
    for (size_t o = 0; o < r->outer; o++) {
        for (size_t i = r->inner_begin; i < r->inner_end; i++) {
            int32_t largest = INT32_MIN;
            for (size_t k = 0; k < r->count; k++) {
                int32_t x = tk_load(r->x_type, r->x, (o * r->count + k) * r->inner + i);
                largest = x > largest ? x : largest;
            }
            tk_store(r->x_type, r->out, o * r->inner + i, largest);
        }
    }
}
