// The loop of gemm_neon.c's whole tiles, in assembly: a compiler moves products up and additions down until it is out
// of registers. x is in v0 to v3, the weights in v4 to v7. For a core that works in order eight products are under way,
// two rows, the next step is loaded before the last sums of this one, and addresses are moved apart from the loads.
//
// sums[4 * row + pair of columns]; a step of k has 64 bytes on either side.
#define LOAD(i)                                                                                                     \
    "ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [%[a" #i "]]\n\t"                                                        \
    "ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [%[w" #i "]]\n\t"
#define LOW(t, x, w) "smull v" #t ".8h, v" #x ".8b, v" #w ".8b\n\t"
#define HIGH(t, x, w) "smlal2 v" #t ".8h, v" #x ".16b, v" #w ".16b\n\t"
#define SUM(s, t) "sadalp %[s" #s "].4s, v" #t ".8h\n\t"
#define PRODUCTS(M, x, y)                                                                                           \
    M(8, x, 4) M(9, x, 5) M(10, x, 6) M(11, x, 7) M(12, y, 4) M(13, y, 5) M(14, y, 6) M(15, y, 7)
#define STEP(then)                                                                                                  \
    PRODUCTS(LOW, 0, 1) PRODUCTS(HIGH, 0, 1)                                                                        \
    SUM(0, 8) SUM(1, 9) SUM(2, 10) SUM(3, 11) SUM(4, 12) SUM(5, 13) SUM(6, 14) SUM(7, 15)                           \
    PRODUCTS(LOW, 2, 3) PRODUCTS(HIGH, 2, 3) then                                                                   \
    SUM(8, 8) SUM(9, 9) SUM(10, 10) SUM(11, 11) SUM(12, 12) SUM(13, 13) SUM(14, 14) SUM(15, 15)
#define ADVANCE(i, bytes)                                                                                           \
    "add %[a" #i "], %[a" #i "], #" #bytes "\n\tadd %[w" #i "], %[w" #i "], #" #bytes "\n\t"
#define S(i) [s##i] "+w"(sums[i])
#define P(i) [a##i] "+r"(a##i), [w##i] "+r"(w##i)
#define ALL_SUMS S(0), S(1), S(2), S(3), S(4), S(5), S(6), S(7), S(8), S(9), S(10), S(11), S(12), S(13), S(14), S(15)
#define CLOBBERED                                                                                                   \
    "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "cc", "memory"

/// `count` steps of four rows and eight columns.
TK_INLINE void add_steps(const int8_t *a0, const int8_t *w0, size_t count, int32x4_t *sums) {
    __asm__ volatile("0:\n\t" LOAD(0) ADVANCE(0, 64) STEP() "subs %[count], %[count], #1\n\tb.ne 0b"
                     : ALL_SUMS, P(0), [count] "+r"(count) : : CLOBBERED);
}

/// `count` times four steps.
TK_INLINE void add_four_steps(const int8_t *a0, const int8_t *w0, size_t count, int32x4_t *sums) {
    const int8_t *a1 = a0 + 64, *a2 = a0 + 128, *a3 = a0 + 192, *w1 = w0 + 64, *w2 = w0 + 128, *w3 = w0 + 192;
    __asm__ volatile("0:\n\t" LOAD(0) STEP(LOAD(1)) STEP(LOAD(2)) STEP(LOAD(3))
                     STEP(ADVANCE(0, 256) ADVANCE(1, 256) ADVANCE(2, 256) ADVANCE(3, 256)
                          "subs %[count], %[count], #1\n\t")
                     "b.ne 0b"
                     : ALL_SUMS, P(0), P(1), P(2), P(3), [count] "+r"(count) : : CLOBBERED);
}
