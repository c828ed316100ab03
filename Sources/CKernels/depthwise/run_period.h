// Runs of pixels: elements of neighbouring pixels as one long row.
#ifndef TIDEPOOL_RUN_PERIOD_H
#define TIDEPOOL_RUN_PERIOD_H
#include <stddef.h>

/// Chunks of `width` elements after which a run begins anew with the first channel; 0 where these are more than 16, and
/// runs of one pixel waste little.
static inline size_t run_period(size_t channels, size_t width) {
    enum { LONGEST = 16 };
    size_t chunks = 1;
    while (chunks * width % channels != 0 && chunks <= LONGEST)
        chunks++;
    return chunks <= LONGEST ? chunks : 0;
}
#endif
