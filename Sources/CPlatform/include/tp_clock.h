#ifndef TP_CLOCK_H
#define TP_CLOCK_H

#include <stdint.h>

/// Nanoseconds of CLOCK_MONOTONIC, the clock of V4L2's frame timestamps: ages and latencies are differences of it.
int64_t tp_monotonic_nanoseconds(void);

/// Nanoseconds since 1970-01-01 UTC. May jump; for labels on events only, never for differences.
int64_t tp_wall_nanoseconds(void);

/// Sleeps until the monotonic clock reaches `deadline`. Returns at once when it is past, early on a stop.
void tp_sleep_until(int64_t deadline);

#endif
