#ifndef TP_PROCESS_H
#define TP_PROCESS_H

#include <stdint.h>

/// How many arguments the program got, its own name at 0 included.
int32_t tp_argument_count(void);

/// The argument at `index`, or NULL outside 0 ..< count.
const char *_Nullable tp_argument(int32_t index);

/// An environment variable, or NULL when it is not set.
const char *_Nullable tp_environment(const char *_Nonnull name);

/// Ends the program, flushing what C's standard output still holds.
_Noreturn void tp_exit(int32_t status);

/// From now on SIGINT and SIGTERM request a stop, a second one ends the program at once, and writing to a closed pipe
/// is an error (-EPIPE) in place of a death.
void tp_handle_stop_signals(void);

/// 1 once a stop was requested.
int32_t tp_stop_requested(void);

/// How many processor cores this process may run on, at least 1.
int32_t tp_core_count(void);

/// The most memory the process ever held (resident set), in bytes.
int64_t tp_peak_memory(void);

#endif
