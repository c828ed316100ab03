// A column of depthwise_sliding.h by pairs: included by depthwise_neon.c. Neighbouring rows are interleaved, so that
// sadalp adds the two products of a channel, each of them a sum of two rows' (weights are never -128).
//
// Weights: int8 [kernel, the last column first][two pairs of rows][16][2], then for the fifth row [kernel][16].
static size_t weight_at(size_t kernel, size_t j, size_t i, size_t ky) {
    return ky < 4 ? j * 4 * BLOCK + ky / 2 * 2 * BLOCK + 2 * i + ky % 2 : kernel * 4 * BLOCK + j * BLOCK + i;
}

// In assembly, since a compiler runs out of registers: the column in v4 to v7, weights in v0 to v3, products in v8 to
// v11.
#define ROW(v, r) "ld1 {v" #v ".16b}, [%[a" #r "]], %[step" #r "]\n\t"
#define ZIP(part, to, x, y) "zip" #part " v" #to ".16b, v" #x ".16b, v" #y ".16b\n\t"
#define THREE_ROWS                                                                                            \
    ROW(0, 0) ROW(1, 1) ROW(2, 2) ZIP(1, 4, 0, 1) ZIP(2, 5, 0, 1) ZIP(1, 6, 2, 2) ZIP(2, 7, 2, 2)
#define FOUR_ROWS                                                                                             \
    ROW(0, 0) ROW(1, 1) ROW(2, 2) ROW(3, 3) ZIP(1, 4, 0, 1) ZIP(2, 5, 0, 1) ZIP(1, 6, 2, 3) ZIP(2, 7, 2, 3)
#define LOW(operation, t, x, w) operation " v" #t ".8h, v" #x ".8b, v" #w ".8b\n\t"
#define HIGH(operation, t, x, w) operation "2 v" #t ".8h, v" #x ".16b, v" #w ".16b\n\t"
#define ADD_PAIRS(j, v, t) "sadalp %[s" #j #v "].4s, v" #t ".8h\n\t"
#define PRODUCTS(j)                                                                                           \
    "ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [%[w]], #64\n\t"                                                   \
    LOW("smull", 8, 4, 0) HIGH("smull", 9, 4, 0) LOW("smull", 10, 5, 1) HIGH("smull", 11, 5, 1)               \
    LOW("smlal", 8, 6, 2) HIGH("smlal", 9, 6, 2) LOW("smlal", 10, 7, 3) HIGH("smlal", 11, 7, 3)               \
    ADD_PAIRS(j, 0, 8) ADD_PAIRS(j, 1, 9) ADD_PAIRS(j, 2, 10) ADD_PAIRS(j, 3, 11)
#define FIFTH_PRODUCTS(j)                                                                                     \
    "ld1 {v0.16b}, [%[w]], #16\n\t" LOW("smull", 8, 4, 0) HIGH("smull", 9, 4, 0)                              \
    "saddw %[s" #j "0].4s, %[s" #j "0].4s, v8.4h\n\tsaddw2 %[s" #j "1].4s, %[s" #j "1].4s, v8.8h\n\t"         \
    "saddw %[s" #j "2].4s, %[s" #j "2].4s, v9.4h\n\tsaddw2 %[s" #j "3].4s, %[s" #j "3].4s, v9.8h\n\t"
#define SUM(j, v) [s##j##v] "+w"(sums[(phase + j) % kernel][v])
#define SUMS(j) SUM(j, 0), SUM(j, 1), SUM(j, 2), SUM(j, 3)
#define AT(r) [a##r] "+r"(at[r])
#define STEP(r) [step##r] "r"(step[r])
#define CLOBBERED "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "memory"

TK_INLINE void slide(const int32_t kernel, const int32_t phase, const int8_t *at[WIDEST], const size_t step[WIDEST],
                     const int8_t *w, int32x4_t sums[WIDEST][VECTORS]) {
    if (kernel == 3)
        __asm__ volatile(THREE_ROWS PRODUCTS(0) PRODUCTS(1) PRODUCTS(2)
                         : SUMS(0), SUMS(1), SUMS(2), AT(0), AT(1), AT(2), [w] "+r"(w)
                         : STEP(0), STEP(1), STEP(2) : CLOBBERED);
    else
        __asm__ volatile(FOUR_ROWS PRODUCTS(0) PRODUCTS(1) PRODUCTS(2) PRODUCTS(3) PRODUCTS(4) ROW(4, 4)
                         FIFTH_PRODUCTS(0) FIFTH_PRODUCTS(1) FIFTH_PRODUCTS(2) FIFTH_PRODUCTS(3) FIFTH_PRODUCTS(4)
                         : SUMS(0), SUMS(1), SUMS(2), SUMS(3), SUMS(4), AT(0), AT(1), AT(2), AT(3), AT(4), [w] "+r"(w)
                         : STEP(0), STEP(1), STEP(2), STEP(3), STEP(4) : CLOBBERED);
}
