#define _GNU_SOURCE
#include "tp_process.h"

#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static int argument_count;
static char **arguments;
static volatile sig_atomic_t stop_requested;

// Swift's top-level code leaves no other door to the arguments, since Embedded Swift has no CommandLine.
#ifdef __GLIBC__
// glibc hands a constructor what main gets, in static and in dynamic programs alike.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    arguments = values;
}
#else
// musl hands it nothing, but the kernel laid them next to each other: argc, the arguments, NULL, the environment.
__attribute__((constructor)) static void keep_arguments(void) {
    char **end = environ - 1;
    int count = 0;
    while ((intptr_t)end[-1 - count] != count) count++;
    argument_count = count;
    arguments = end - count;
}
#endif

int32_t tp_argument_count(void) {
    return argument_count;
}

const char *tp_argument(int32_t index) {
    return index >= 0 && index < argument_count ? arguments[index] : NULL;
}

const char *tp_environment(const char *name) {
    return getenv(name);
}

void tp_exit(int32_t status) {
    exit(status);
}

static void request_stop(int signal) {
    (void)signal;
    stop_requested = 1;
}

void tp_handle_stop_signals(void) {
    // SA_RESETHAND: the second signal has its usual effect, for a program that does not come to an end by itself.
    struct sigaction action = {.sa_handler = request_stop, .sa_flags = SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int32_t tp_stop_requested(void) {
    return stop_requested;
}

int32_t tp_core_count(void) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0) return 1;
    int count = CPU_COUNT(&allowed);
    return count > 0 ? count : 1;
}

int64_t tp_peak_memory(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) < 0 ? 0 : (int64_t)usage.ru_maxrss * 1024;
}
