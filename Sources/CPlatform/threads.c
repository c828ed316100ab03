#define _GNU_SOURCE
#include "tp_threads.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Said, not left to libc: musl's default of 128 KB is small, glibc's of 8 MB is much for a small board.
enum { STACK_BYTES = 1 << 20 };

struct tp_thread {
    pthread_t handle;
    void (*entry)(void *context);
    void *context;
};

struct tp_mutex {
    pthread_mutex_t handle;
};

struct tp_condition {
    pthread_cond_t handle;
};

static void *enter(void *argument) {
    tp_thread *thread = argument;
    thread->entry(thread->context);
    return NULL;
}

int32_t tp_thread_start(tp_thread **thread, void (*entry)(void *), void *context) {
    *thread = NULL;
    tp_thread *result = malloc(sizeof *result);
    if (!result) return -ENOMEM;
    result->entry = entry;
    result->context = context;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    int error = pthread_create(&result->handle, &attributes, enter, result);
    pthread_attr_destroy(&attributes);
    if (error) {
        free(result);
        return -error;
    }
    *thread = result;
    return 0;
}

void tp_thread_join(tp_thread *thread) {
    pthread_join(thread->handle, NULL);
    free(thread);
}

void tp_set_thread_name(const char *name) {
    char cut[16] = {0};
    strncpy(cut, name, sizeof cut - 1);
    pthread_setname_np(pthread_self(), cut);
}

tp_mutex *tp_mutex_create(void) {
    tp_mutex *mutex = malloc(sizeof *mutex);
    if (mutex) pthread_mutex_init(&mutex->handle, NULL);
    return mutex;
}

void tp_mutex_destroy(tp_mutex *mutex) {
    if (!mutex) return;
    pthread_mutex_destroy(&mutex->handle);
    free(mutex);
}

void tp_mutex_lock(tp_mutex *mutex) {
    pthread_mutex_lock(&mutex->handle);
}

void tp_mutex_unlock(tp_mutex *mutex) {
    pthread_mutex_unlock(&mutex->handle);
}

tp_condition *tp_condition_create(void) {
    tp_condition *condition = malloc(sizeof *condition);
    if (!condition) return NULL;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&condition->handle, &attributes);
    pthread_condattr_destroy(&attributes);
    return condition;
}

void tp_condition_destroy(tp_condition *condition) {
    if (!condition) return;
    pthread_cond_destroy(&condition->handle);
    free(condition);
}

void tp_condition_wait(tp_condition *condition, tp_mutex *mutex) {
    pthread_cond_wait(&condition->handle, &mutex->handle);
}

int32_t tp_condition_wait_until(tp_condition *condition, tp_mutex *mutex, int64_t deadline) {
    if (deadline < 0) deadline = 0;
    struct timespec time = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
    return -pthread_cond_timedwait(&condition->handle, &mutex->handle, &time);
}

void tp_condition_signal(tp_condition *condition) {
    pthread_cond_signal(&condition->handle);
}

void tp_condition_broadcast(tp_condition *condition) {
    pthread_cond_broadcast(&condition->handle);
}
