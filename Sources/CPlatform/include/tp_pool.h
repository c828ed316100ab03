#ifndef TP_POOL_H
#define TP_POOL_H

#include <stdint.h>

/// A fixed set of threads that share out the parts of one operation after the other. Idle workers spin for some
/// microseconds, enough to bridge two operations of a network, then sleep in the kernel. Nothing is allocated after
/// creation.
typedef struct tp_pool tp_pool;

/// Creates a pool of `threads` threads, 1 … 64, the caller of `tp_pool_run` being one of them: 1 starts no worker.
/// Where the system refuses threads the pool is smaller, see `tp_pool_threads`. NULL when there is no memory.
tp_pool *_Nullable tp_pool_create(int32_t threads);

/// Ends and joins the workers.
void tp_pool_destroy(tp_pool *_Nullable pool);

/// How many threads share the work, the caller included.
int32_t tp_pool_threads(const tp_pool *_Nonnull pool);

/// Calls `body(context, part)` for every part in 0 ..< parts and returns when all are done; what they wrote is then
/// visible. Part p runs on thread p % threads, part 0 on the caller, so that data stays in the caches of the core that
/// made it. One caller at a time; `body` must not call the pool.
void tp_pool_run(
    tp_pool *_Nonnull pool, int32_t parts, void (*_Nonnull body)(void *_Nullable context, int32_t part),
    void *_Nullable context);

#endif
