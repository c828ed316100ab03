#define _GNU_SOURCE
#include "tp_clock.h"
#include "tp_process.h"

#include <time.h>

enum { NANOSECONDS = 1000000000 };

static int64_t read_clock(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * NANOSECONDS + time.tv_nsec;
}

int64_t tp_monotonic_nanoseconds(void) {
    return read_clock(CLOCK_MONOTONIC);
}

int64_t tp_wall_nanoseconds(void) {
    return read_clock(CLOCK_REALTIME);
}

void tp_sleep_until(int64_t deadline) {
    if (deadline <= 0) return;
    struct timespec time = {.tv_sec = deadline / NANOSECONDS, .tv_nsec = deadline % NANOSECONDS};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0) {
        if (tp_stop_requested()) return;
    }
}
