/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * How far two processors are apart: the median round trip of one cache line between them, in nanoseconds, on one line.
 * Virtual processors move between near and far, and every shared-memory path moves with them. */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SAMPLES = 201, TRIPS = 500 };

static struct {
    _Alignas(64) uint64_t ping;
    _Alignas(64) uint64_t pong;
} line;

static void pin(int processor) {
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET((unsigned)processor, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
        perror("core_latency: sched_setaffinity");
        exit(EXIT_FAILURE);
    }
}

static void await(const uint64_t* word, uint64_t value) {
    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value) {
    }
}

static void* echo(void* processor) {
    pin(*(const int*)processor);
    for (uint64_t trip = 1; trip <= (uint64_t)SAMPLES * TRIPS; ++trip) {
        await(&line.ping, trip);
        __atomic_store_n(&line.pong, trip, __ATOMIC_RELEASE);
    }
    return NULL;
}

static double nanoseconds(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int by_value(const void* left, const void* right) {
    const double a = *(const double*)left;
    const double b = *(const double*)right;

    return (a > b) - (a < b);
}

int main(int count, char** words) {
    static double samples[SAMPLES];
    pthread_t thread;
    int far;

    if (count != 3) {
        fprintf(stderr, "Usage: core_latency PROCESSOR PROCESSOR\n");
        return EXIT_FAILURE;
    }
    far = atoi(words[2]);
    pin(atoi(words[1]));
    if (pthread_create(&thread, NULL, echo, &far) != 0)
        return EXIT_FAILURE;
    for (int i = 0; i < SAMPLES; ++i) {
        const double start = nanoseconds();
        for (int trip = 1; trip <= TRIPS; ++trip) {
            const uint64_t value = (uint64_t)i * TRIPS + (uint64_t)trip;
            __atomic_store_n(&line.ping, value, __ATOMIC_RELEASE);
            await(&line.pong, value);
        }
        samples[i] = (nanoseconds() - start) / TRIPS;
    }
    pthread_join(thread, NULL);
    qsort(samples, SAMPLES, sizeof samples[0], by_value);
    printf("%.1f\n", samples[SAMPLES / 2]);
    return 0;
}
