// Packing of weights into panels. Included after gemm_panel.h.
//
// A model's megabytes pass here when it is loaded. The rows of a panel are neighbours in the file: one pass sums them
// up in that order, the next finds them in the cache and goes by sixteen weights of four channels.

/// Sixteen weights of each of four channels, whose rows are k apart, as [16 / group][4][group]; `step` bytes from one
/// group to the next.
TK_INLINE void interleave_channels(const int8_t *rows, size_t k, const size_t group, int8_t *to, size_t step) {
    __m128i x[4], low[2], high[2];
    TK_UNROLL for (size_t r = 0; r < 4; r++)
        x[r] = _mm_loadu_si128((const __m128i *)(const void *)(rows + r * k));
    if (group == 4) {
        TK_UNROLL for (size_t r = 0; r < 2; r++) {
            low[r] = _mm_unpacklo_epi32(x[2 * r], x[2 * r + 1]);
            high[r] = _mm_unpackhi_epi32(x[2 * r], x[2 * r + 1]);
        }
        x[0] = _mm_unpacklo_epi64(low[0], low[1]);
        x[1] = _mm_unpackhi_epi64(low[0], low[1]);
        x[2] = _mm_unpacklo_epi64(high[0], high[1]);
        x[3] = _mm_unpackhi_epi64(high[0], high[1]);
        TK_UNROLL for (size_t g = 0; g < 4; g++)
            _mm_storeu_si128((__m128i *)(void *)(to + g * step), x[g]);
        return;
    }
    TK_UNROLL for (size_t r = 0; r < 2; r++) {
        low[r] = _mm_unpacklo_epi16(x[2 * r], x[2 * r + 1]);
        high[r] = _mm_unpackhi_epi16(x[2 * r], x[2 * r + 1]);
    }
    x[0] = _mm_unpacklo_epi32(low[0], low[1]);
    x[1] = _mm_unpackhi_epi32(low[0], low[1]);
    x[2] = _mm_unpacklo_epi32(high[0], high[1]);
    x[3] = _mm_unpackhi_epi32(high[0], high[1]);
    TK_UNROLL for (size_t g = 0; g < 4; g++) {
        _mm_storel_epi64((__m128i *)(void *)(to + 2 * g * step), x[g]);
        _mm_storel_epi64((__m128i *)(void *)(to + (2 * g + 1) * step), _mm_unpackhi_epi64(x[g], x[g]));
    }
}

/// [k/group][width][group], channels and k padded by zeros. Four channels from a multiple of four are neighbours there
/// too.
TK_INLINE void panel_pack_weights(const tk_gemm_weights *w, size_t first, int vectors, const size_t group, int8_t *to) {
    size_t width = (size_t)vectors * LANES, k = (size_t)w->k, present = (size_t)w->n - first, done = 0;
    const int8_t *rows = w->weights + first * k;
    if (present >= width)
        for (; done + 16 <= k; done += 16)
            for (size_t c = 0; c < width; c += 4)
                interleave_channels(rows + c * k + done, k, group,
                                    to + done * width + panel_position(vectors, c) * group, width * group);
    memset(to + done * width, 0, (k - done + group - 1) / group * group * width);
    for (size_t c = 0; c < width && c < present; c++)
        for (size_t i = done; i < k; i++)
            to[i / group * group * width + panel_position(vectors, c) * group + i % group] = rows[c * k + i];
}

/// Packs a channel's parameters to position `j` and returns whether they may go the exact way. `offset` is what
/// activations have too much in the inner loop.
TK_TARGET static int panel_pack_channel(const tk_gemm_weights *w, size_t channel, int32_t offset, panel p, size_t j) {
    const int8_t *row = w->weights + channel * (size_t)w->k;
    int32_t sum = 0, magnitude = 0;
    for (int32_t k = 0; k < w->k; k++) {
        sum += row[k];
        magnitude += row[k] < 0 ? -row[k] : row[k];
    }
    p.bias[j] = tk_multiply_add(-offset, sum, w->bias[channel]);
    p.multiplier[j] = w->multiplier[channel];
    p.shift[j] = w->shift[channel];
    return tk_is_exact(tk_sum_bound(w->input_type, w->input_zero_point, magnitude, w->bias[channel]), p.multiplier[j],
                       p.shift[j]);
}

/// Packs all panels. Inlined where `group` is a constant.
TK_INLINE void panels_pack(const tk_gemm_weights *w, void *packed, const size_t group, int32_t offset) {
    for (size_t first = 0; first < (size_t)w->n; first += CHUNK) {
        int vectors = panel_vectors(first, (size_t)w->n), exact = 1;
        size_t width = (size_t)vectors * LANES;
        panel p = panel_at(packed, width);
        for (size_t c = 0; c < width; c++) {
            size_t j = panel_position(vectors, c);
            p.bias[j] = p.multiplier[j] = 0;
            p.shift[j] = 1;
            if (first + c < (size_t)w->n)
                exact &= panel_pack_channel(w, first + c, offset, p, j);
        }
        finish_parameters(exact, (int32_t)width, p.multiplier, p.shift);
        if (vectors == 2)
            panel_pack_weights(w, first, 2, group, p.weights);
        else
            panel_pack_weights(w, first, 1, group, p.weights);
        packed = (uint8_t *)packed + panel_size(2, group, w->k);
    }
}
