#ifndef TP_THREADS_H
#define TP_THREADS_H

#include <stdint.h>

typedef struct tp_thread tp_thread;
typedef struct tp_mutex tp_mutex;
typedef struct tp_condition tp_condition;

/// Runs `entry(context)` on a new thread. Returns 0, or a negative errno. Every thread is to be joined.
int32_t tp_thread_start(
    tp_thread *_Nullable *_Nonnull thread, void (*_Nonnull entry)(void *_Nullable context), void *_Nullable context);

/// Waits until the thread has returned and frees it.
void tp_thread_join(tp_thread *_Nonnull thread);

/// Names the calling thread, as `top -H` shows it: at most 15 bytes, the rest is cut.
void tp_set_thread_name(const char *_Nonnull name);

/// A non-recursive lock. NULL when there is no memory.
tp_mutex *_Nullable tp_mutex_create(void);
void tp_mutex_destroy(tp_mutex *_Nullable mutex);
void tp_mutex_lock(tp_mutex *_Nonnull mutex);
void tp_mutex_unlock(tp_mutex *_Nonnull mutex);

/// A condition variable on the monotonic clock. NULL when there is no memory.
tp_condition *_Nullable tp_condition_create(void);
void tp_condition_destroy(tp_condition *_Nullable condition);

/// Releases the locked mutex, waits for a signal, locks again. May wake without one: wait in a loop.
void tp_condition_wait(tp_condition *_Nonnull condition, tp_mutex *_Nonnull mutex);

/// The same up to a time of the monotonic clock, in nanoseconds. Returns 0, or -ETIMEDOUT once it is past.
int32_t tp_condition_wait_until(tp_condition *_Nonnull condition, tp_mutex *_Nonnull mutex, int64_t deadline);

void tp_condition_signal(tp_condition *_Nonnull condition);
void tp_condition_broadcast(tp_condition *_Nonnull condition);

#endif
