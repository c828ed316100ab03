// A column of depthwise_sliding.h by sdot: included by depthwise_dotprod.c.
//
// Weights: int8 [groups of four rows][kernel, the last column first][16][4].
static size_t weight_at(size_t kernel, size_t j, size_t i, size_t ky) {
    return (ky / 4 * kernel + j) * 4 * BLOCK + 4 * i + ky % 4;
}

// In assembly, since a compiler runs out of registers: quads in v4 to v7, which take v0 to v3 to be made; then those
// are the weights.
#define ROW(v, r) "ld1 {v" #v ".16b}, [%[a" #r "]], %[step" #r "]\n\t"
#define ZIP(part, size, to, x, y) "zip" #part " v" #to "." #size ", v" #x "." #size ", v" #y "." #size "\n\t"
#define QUADS(low, high, next_low, next_high)                                                              \
    ZIP(1, 8h, 4, low, next_low) ZIP(2, 8h, 5, low, next_low) ZIP(1, 8h, 6, high, next_high)               \
    ZIP(2, 8h, 7, high, next_high)
#define THREE_ROWS                                                                                         \
    ROW(0, 0) ROW(1, 1) ROW(2, 2) ZIP(1, 16b, 3, 0, 1) ZIP(2, 16b, 0, 0, 1) ZIP(1, 16b, 1, 2, 2)           \
    ZIP(2, 16b, 2, 2, 2) QUADS(3, 0, 1, 2)
#define FOUR_ROWS                                                                                          \
    ROW(0, 0) ROW(1, 1) ROW(2, 2) ROW(7, 3) ZIP(1, 16b, 3, 0, 1) ZIP(2, 16b, 0, 0, 1) ZIP(1, 16b, 1, 2, 7) \
    ZIP(2, 16b, 2, 2, 7) QUADS(3, 0, 1, 2)
#define FIFTH_ROW ROW(0, 4) ZIP(1, 16b, 1, 0, 0) ZIP(2, 16b, 2, 0, 0) QUADS(1, 2, 1, 2)
#define PRODUCT(j, v, quad) "sdot %[s" #j #v "].4s, v" #quad ".16b, v" #v ".16b\n\t"
#define PRODUCTS(j)                                                                                        \
    "ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [%[w]], #64\n\t"                                                \
    PRODUCT(j, 0, 4) PRODUCT(j, 1, 5) PRODUCT(j, 2, 6) PRODUCT(j, 3, 7)
// The sums of the output that j more columns complete.
#define SUM(j, v) [s##j##v] "+w"(sums[(phase + j) % kernel][v])
#define SUMS(j) SUM(j, 0), SUM(j, 1), SUM(j, 2), SUM(j, 3)
#define AT(r) [a##r] "+r"(at[r])
#define STEP(r) [step##r] "r"(step[r])
#define CLOBBERED "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "memory"

/// Adds the column that `at` points to, which completes the output at `phase`, and goes on to the next.
TARGET TK_INLINE void slide(const int32_t kernel, const int32_t phase, const int8_t *at[WIDEST],
                            const size_t step[WIDEST], const int8_t *w, int32x4_t sums[WIDEST][VECTORS]) {
    if (kernel == 3)
        __asm__ volatile(THREE_ROWS PRODUCTS(0) PRODUCTS(1) PRODUCTS(2)
                         : SUMS(0), SUMS(1), SUMS(2), AT(0), AT(1), AT(2), [w] "+r"(w)
                         : STEP(0), STEP(1), STEP(2) : CLOBBERED);
    else
        __asm__ volatile(FOUR_ROWS PRODUCTS(0) PRODUCTS(1) PRODUCTS(2) PRODUCTS(3) PRODUCTS(4)
                         FIFTH_ROW PRODUCTS(0) PRODUCTS(1) PRODUCTS(2) PRODUCTS(3) PRODUCTS(4)
                         : SUMS(0), SUMS(1), SUMS(2), SUMS(3), SUMS(4), AT(0), AT(1), AT(2), AT(3), AT(4), [w] "+r"(w)
                         : STEP(0), STEP(1), STEP(2), STEP(3), STEP(4) : CLOBBERED);
}
