// One loop per instruction set: peak_<set>.c.
#ifndef TIDEPOOL_PEAK_INTERNAL_H
#define TIDEPOOL_PEAK_INTERNAL_H
#include "../kernels_internal.h"
#include "../include/tidepool_peak.h"

// Makes the compiler believe that a register changes here, so that it neither moves nor drops what depends on it.
#if defined(__aarch64__)
#define TK_TOUCH(value) __asm__ volatile("" : "+w"(value))
#else
#define TK_TOUCH(value) __asm__ volatile("" : "+v"(value))
#endif

// More sums than a multiply-add's latency times those a cycle, and few enough for the registers.
enum { TK_PEAK_SUMS = 12 };

int64_t tk_peak_scalar(int64_t iterations);
#if defined(__x86_64__)
int64_t tk_peak_sse41(int64_t iterations);
int64_t tk_peak_avx2(int64_t iterations);
int64_t tk_peak_avx512vnni(int64_t iterations);
#elif defined(__aarch64__)
int64_t tk_peak_neon(int64_t iterations);
int64_t tk_peak_dotprod(int64_t iterations);
int64_t tk_peak_i8mm(int64_t iterations);
#endif

#endif
