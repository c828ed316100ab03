// CRC-32 as in IEEE 802.3, reflected. A model's megabytes are checked at every start, hence three ways: the instruction
// of Arm, carry-less multiplication on x86, and eight bytes a step from tables ("slicing by 8", Kounavis and Berry 2005).
#include "tp_crc32.h"

#include <pthread.h>
#include <string.h>

static uint64_t load64(const uint8_t *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

static uint32_t tables[8][256];   // [n][b]: the remainder of byte b followed by n zero bytes

static void make_tables(void) {
    for (uint32_t b = 0; b < 256; b++) {
        uint32_t remainder = b;
        for (int bit = 0; bit < 8; bit++) remainder = (remainder >> 1) ^ (remainder & 1 ? 0xedb88320u : 0);
        tables[0][b] = remainder;
    }
    for (int n = 1; n < 8; n++)
        for (uint32_t b = 0; b < 256; b++)
            tables[n][b] = tables[0][tables[n - 1][b] & 255] ^ (tables[n - 1][b] >> 8);
}

static uint32_t by_tables(uint32_t remainder, const uint8_t *p, size_t count) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_tables);
    for (; count >= 8; p += 8, count -= 8) {
        uint64_t word = load64(p) ^ remainder;
        remainder = tables[7][word & 255] ^ tables[6][word >> 8 & 255] ^ tables[5][word >> 16 & 255] ^
                    tables[4][word >> 24 & 255] ^ tables[3][word >> 32 & 255] ^ tables[2][word >> 40 & 255] ^
                    tables[1][word >> 48 & 255] ^ tables[0][word >> 56];
    }
    for (; count > 0; p++, count--) remainder = tables[0][(remainder ^ *p) & 255] ^ (remainder >> 8);
    return remainder;
}

#if defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>

static int has_fast_way(void) { return (getauxval(AT_HWCAP) & 1ul << 7) != 0; }   // HWCAP_CRC32

__attribute__((target("crc"))) static uint32_t fast_way(uint32_t remainder, const uint8_t *p, size_t count) {
    for (; count >= 8; p += 8, count -= 8) remainder = __crc32d(remainder, load64(p));
    for (; count > 0; p++, count--) remainder = __crc32b(remainder, *p);
    return remainder;
}

#elif defined(__x86_64__)
#include <immintrin.h>

static int has_fast_way(void) { return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1"); }
static int has_wide_way(void) { return __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("avx512f"); }

#define CLMUL __attribute__((target("pclmul,sse4.1")))
#define WIDE __attribute__((target("pclmul,vpclmulqdq,avx512f")))

// To move on by n bits: x^(n - 32) and x^(n + 32) modulo the polynomial, reflected. (Gopal et al., "Fast CRC
// computation for generic polynomials using PCLMULQDQ", 2009.)
#define BY_128 0x0ccaa009e, 0x1751997d0
#define BY_512 0x1c6e41596, 0x154442bd4
#define BY_2048 0x1322d1430, 0x11542778a

/// `x` moved on by the distance that `powers` stand for, onto `next`.
CLMUL static inline __m128i fold(__m128i x, __m128i powers, __m128i next) {
    __m128i low = _mm_clmulepi64_si128(x, powers, 0x00), high = _mm_clmulepi64_si128(x, powers, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

WIDE static inline __m512i fold_wide(__m512i x, __m512i powers, __m512i next) {
    __m512i low = _mm512_clmulepi64_epi128(x, powers, 0x00), high = _mm512_clmulepi64_epi128(x, powers, 0x11);
    return _mm512_xor_si512(_mm512_xor_si512(low, high), next);
}

/// Takes in 192 bytes and a multiple of 256, 256 a step. Returns where they end.
WIDE static const uint8_t *take_wide(__m128i x[4], const uint8_t *p, size_t count) {
    const __m512i by_2048 = _mm512_broadcast_i32x4(_mm_set_epi64x(BY_2048));
    const __m512i by_512 = _mm512_broadcast_i32x4(_mm_set_epi64x(BY_512));
    __m512i wide[4] = { _mm512_loadu_si512(x) };
    for (int i = 1; i < 4; i++, p += 64, count -= 64) wide[i] = _mm512_loadu_si512(p);
    for (; count >= 256; count -= 256)
        for (int i = 0; i < 4; i++, p += 64) wide[i] = fold_wide(wide[i], by_2048, _mm512_loadu_si512(p));
    for (int i = 1; i < 4; i++) wide[i] = fold_wide(wide[i - 1], by_512, wide[i]);
    _mm512_storeu_si512(x, wide[3]);
    return p;
}

/// Four accumulators of 128 bits, folded into one; its remainder is that of 16 bytes.
CLMUL static uint32_t fast_way(uint32_t remainder, const uint8_t *p, size_t count) {
    if (count < 64) return by_tables(remainder, p, count);
    const __m128i by_512 = _mm_set_epi64x(BY_512), by_128 = _mm_set_epi64x(BY_128);
    const uint8_t *end = p + count;
    __m128i x[4];
    for (int i = 0; i < 4; i++, p += 16) x[i] = _mm_loadu_si128((const __m128i *)(const void *)p);
    x[0] = _mm_xor_si128(x[0], _mm_cvtsi32_si128((int32_t)remainder));
    if (end - p >= 192 && has_wide_way()) p = take_wide(x, p, (size_t)(end - p));
    while (end - p >= 64)
        for (int i = 0; i < 4; i++, p += 16)
            x[i] = fold(x[i], by_512, _mm_loadu_si128((const __m128i *)(const void *)p));
    for (int i = 1; i < 4; i++) x[i] = fold(x[i - 1], by_128, x[i]);
    uint8_t last[16];
    _mm_storeu_si128((__m128i *)(void *)last, x[3]);
    return by_tables(by_tables(0, last, sizeof last), p, (size_t)(end - p));
}

#else
static int has_fast_way(void) { return 0; }
static uint32_t fast_way(uint32_t remainder, const uint8_t *p, size_t count) { return by_tables(remainder, p, count); }
#endif

uint32_t tp_crc32(const void *bytes, size_t count) {
    return ~(has_fast_way() ? fast_way(~0u, bytes, count) : by_tables(~0u, bytes, count));
}

uint32_t tp_crc32_by_tables(const void *bytes, size_t count) { return ~by_tables(~0u, bytes, count); }
