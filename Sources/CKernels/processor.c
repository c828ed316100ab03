// What this processor runs, asked of the processor itself (x86) or of the kernel (Arm).
#include "kernels_internal.h"

#if defined(__x86_64__)
#include <cpuid.h>

/// Register state that the operating system saves: bit 2 AVX, bits 5 to 7 AVX-512.
static uint32_t saved_state(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

typedef struct features {
    uint32_t leaf1_c, leaf7_b, leaf7_c;
    int avx, avx512;   // their registers are saved
} features;

static features read_features(void) {
    features f = { 0 };
    uint32_t a, b, c, d;
    if (__get_cpuid(1, &a, &b, &c, &d))
        f.leaf1_c = c;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
        f.leaf7_b = b;
        f.leaf7_c = c;
    }
    uint32_t state = f.leaf1_c & bit_OSXSAVE ? saved_state() : 0;
    f.avx = (state & 0x06) == 0x06;
    f.avx512 = (state & 0xe6) == 0xe6;
    return f;
}

int tk_processor_has(tk_isa isa) {
    const uint32_t avx512 = bit_AVX512F | bit_AVX512BW | bit_AVX512VL;
    features f = read_features();
    switch (isa) {
    case TK_SCALAR: return 1;
    case TK_SSE41: return (f.leaf1_c & bit_SSE4_1) != 0;
    case TK_AVX2: return f.avx && (f.leaf7_b & bit_AVX2) && (f.leaf1_c & bit_FMA);
    case TK_AVX512VNNI: return f.avx512 && (f.leaf7_b & avx512) == avx512 && (f.leaf7_c & bit_AVX512VNNI);
    default: return 0;
    }
}

int tk_processor_has_vbmi(void) { return (read_features().leaf7_c & bit_AVX512VBMI) != 0; }

#elif defined(__aarch64__)
#include <sys/auxv.h>

int tk_processor_has(tk_isa isa) {
    const unsigned long dotprod = 1ul << 20, i8mm = 1ul << 13;   // HWCAP_ASIMDDP, HWCAP2_I8MM
    switch (isa) {
    case TK_SCALAR: case TK_NEON: return 1;
    case TK_DOTPROD: return (getauxval(AT_HWCAP) & dotprod) != 0;
    case TK_I8MM: return (getauxval(AT_HWCAP) & dotprod) && (getauxval(AT_HWCAP2) & i8mm);
    default: return 0;
    }
}

#else
int tk_processor_has(tk_isa isa) { return isa == TK_SCALAR; }
#endif
