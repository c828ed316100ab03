#define _GNU_SOURCE
#include "tp_pool.h"
#include "tp_clock.h"
#include "tp_process.h"
#include "tp_threads.h"

#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_THREADS = 64, SPIN_NANOSECONDS = 20000, SPINS_PER_CLOCK_READ = 32 };

typedef struct {
    tp_pool *pool;
    tp_thread *thread;
    int32_t index;
} worker;

struct tp_pool {
    int32_t threads;
    int64_t spin;

    // The operation at hand: written by the caller before `generation` moves on, read by the workers after.
    void (*body)(void *context, int32_t part);
    void *context;
    int32_t parts;
    int32_t stopping;

    _Alignas(64) _Atomic uint32_t generation;  // counts operations; workers sleep on it
    _Atomic uint32_t sleepers;                 // workers that may be asleep and need a wake
    _Alignas(64) _Atomic uint32_t pending;     // workers not yet done; the caller sleeps on it
    _Atomic uint32_t caller_sleeps;            // the caller may be asleep and need a wake
    worker workers[MAX_THREADS];
};

static void futex_wait(_Atomic uint32_t *word, uint32_t value) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void futex_wake(_Atomic uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");  // long enough to free the core's pipeline; `yield` is a no-op on most cores
#endif
}

/// Spins while the word holds `value`, for the pool's spin time at most. Returns 1 once it changed.
static int spin_while(const tp_pool *pool, _Atomic uint32_t *word, uint32_t value) {
    if (atomic_load_explicit(word, memory_order_acquire) != value) return 1;
    if (pool->spin == 0) return 0;
    int64_t end = tp_monotonic_nanoseconds() + pool->spin;
    do {
        for (int i = 0; i < SPINS_PER_CLOCK_READ; i++) {
            if (atomic_load_explicit(word, memory_order_acquire) != value) return 1;
            relax();
        }
    } while (tp_monotonic_nanoseconds() < end);
    return 0;
}

/// The share of one thread: every `threads`-th part from its own index.
static void run_share(const tp_pool *pool, int32_t index) {
    for (int32_t part = index; part < pool->parts; part += pool->threads) pool->body(pool->context, part);
}

/// Sleeps until the next operation. A worker is counted as sleeper before the kernel compares the generation, and the
/// caller looks at the sleepers after moving the generation on: one of the two sees the other (both sequentially
/// consistent). `pending` and `caller_sleeps` work the same way in the other direction.
static void await_generation(tp_pool *pool, uint32_t seen) {
    if (spin_while(pool, &pool->generation, seen)) return;
    atomic_fetch_add(&pool->sleepers, 1);
    while (atomic_load(&pool->generation) == seen) futex_wait(&pool->generation, seen);
    atomic_fetch_sub(&pool->sleepers, 1);
}

static void work(void *argument) {
    worker *self = argument;
    tp_pool *pool = self->pool;
    tp_set_thread_name("tidepool-worker");
    // Counts along with the caller: no operation ends without every worker, so none can be missed.
    for (uint32_t seen = 0;; seen++) {
        await_generation(pool, seen);
        if (pool->stopping) return;
        run_share(pool, self->index);
        int last = atomic_fetch_sub(&pool->pending, 1) == 1;
        if (last && atomic_load(&pool->caller_sleeps)) futex_wake(&pool->pending);
    }
}

static void begin_generation(tp_pool *pool) {
    atomic_fetch_add(&pool->generation, 1);
    if (atomic_load(&pool->sleepers) > 0) futex_wake(&pool->generation);
}

static void await_workers(tp_pool *pool) {
    uint32_t pending;
    while ((pending = atomic_load(&pool->pending)) > 0) {
        if (spin_while(pool, &pool->pending, pending)) continue;
        atomic_store(&pool->caller_sleeps, 1);
        futex_wait(&pool->pending, pending);
        atomic_store(&pool->caller_sleeps, 0);
    }
}

tp_pool *tp_pool_create(int32_t threads) {
    tp_pool *pool = aligned_alloc(_Alignof(tp_pool), sizeof *pool);
    if (!pool) return NULL;
    if (threads < 1) threads = 1;
    if (threads > MAX_THREADS) threads = MAX_THREADS;
    *pool = (tp_pool){.threads = threads};
    // With more threads than cores a spinning thread keeps the core from the one it waits for.
    pool->spin = threads <= tp_core_count() ? SPIN_NANOSECONDS : 0;

    for (int32_t index = 1; index < threads; index++) {
        worker *next = &pool->workers[index];
        *next = (worker){.pool = pool, .index = index};
        if (tp_thread_start(&next->thread, work, next) < 0) {
            pool->threads = index;
            break;
        }
    }
    return pool;
}

void tp_pool_destroy(tp_pool *pool) {
    if (!pool) return;
    pool->stopping = 1;
    begin_generation(pool);
    for (int32_t index = 1; index < pool->threads; index++) tp_thread_join(pool->workers[index].thread);
    free(pool);
}

int32_t tp_pool_threads(const tp_pool *pool) {
    return pool->threads;
}

void tp_pool_run(tp_pool *pool, int32_t parts, void (*body)(void *, int32_t), void *context) {
    if (parts <= 1 || pool->threads == 1) {
        for (int32_t part = 0; part < parts; part++) body(context, part);
        return;
    }
    pool->body = body;
    pool->context = context;
    pool->parts = parts;
    atomic_store(&pool->pending, (uint32_t)pool->threads - 1);
    begin_generation(pool);
    run_share(pool, 0);
    await_workers(pool);
}
