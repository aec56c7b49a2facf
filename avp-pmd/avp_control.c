/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026 The VNF Guest SDK Authors
 *
 * The exchange of control requests; see the header for its rules.
 */
#include "avp_control.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#define AVP_SPIN_ROUNDS 2000
#define AVP_PAUSE_FIRST_NS 20000
#define AVP_PAUSE_MOST_NS 1000000

uint64_t avp_sdk_now_ms(void) {
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void avp_sdk_pause(uint32_t round) {
    struct timespec pause = {.tv_sec = 0, .tv_nsec = AVP_PAUSE_FIRST_NS};

    if (round < AVP_SPIN_ROUNDS) {
        __builtin_ia32_pause();
        return;
    }
    if (round > AVP_SPIN_ROUNDS + 10)
        pause.tv_nsec = AVP_PAUSE_MOST_NS;
    (void)nanosleep(&pause, NULL);
}

int avp_sdk_control_open(struct avp_control* control, const struct avp_geometry* geometry,
                         uint32_t timeout_ms) {
    control->sync = geometry->sync;
    control->sync_address = geometry->sync_address;
    control->timeout_ms = timeout_ms;
    if (!avp_ring_open_producer(&control->request, geometry->request.fifo, geometry->request.slots))
        return -EPROTO;
    if (!avp_ring_open_consumer(&control->response, geometry->response.fifo, geometry->response.slots))
        return -EPROTO;
    return 0;
}

/* Takes the answers that stand there; 1 if one is for our sync area, 0 if none. */
static int take_answers(struct avp_control* control) {
    int ready = avp_ring_ready(&control->response, control->response.mask);
    int found = 0;
    int i;

    if (ready < 0)
        return -EPROTO;
    if (ready == 0)
        return 0;
    for (i = 0; i < ready; i++)
        if (avp_ring_peek(&control->response, (uint32_t)i) == control->sync_address)
            found = 1;
    avp_ring_take(&control->response, (uint32_t)ready);
    avp_ring_give_back(&control->response);
    return found;
}

/* A host that has not even taken the last request is not asked again: the sync area may still be read. */
static int make_ready(struct avp_control* control) {
    int room = avp_ring_room(&control->request, control->request.mask);
    int drained = take_answers(control);

    if (room < 0 || drained < 0)
        return -EPROTO;
    return (uint32_t)room == control->request.mask ? 0 : -ETIMEDOUT;
}

/* The structure is packed, so compilers take its fields for unaligned; its place is a multiple of 4 (avp_geometry.c). */
static int32_t read_result(const struct avp_control* control) {
    const uint8_t* result = (const uint8_t*)control->sync + offsetof(struct avp_request, result);

    return AVP_LOAD_ONCE((const int32_t*)(const void*)result);
}

static int wait_for_result(struct avp_control* control) {
    uint64_t deadline = avp_sdk_now_ms() + control->timeout_ms;
    bool answered = false;
    uint32_t round;

    for (round = 0;; round++) {
        int taken = take_answers(control);
        int32_t result;

        if (taken < 0)
            return taken;
        answered = answered || taken > 0;
        result = read_result(control);
        /* An answer beside an untouched result is a late one, to a request that was given up. */
        if (answered && result != AVP_RESULT_PRESET)
            return result > 0 || result < -4095 ? -EPROTO : result;
        if (avp_sdk_now_ms() >= deadline)
            return answered ? -ENOTSUP : -ETIMEDOUT;
        avp_sdk_pause(round);
    }
}

static int ask(struct avp_control* control, struct avp_request* request) {
    int error = make_ready(control);

    if (error != 0)
        return error;
    request->result = AVP_RESULT_PRESET;
    memcpy(control->sync, request, sizeof(*request));
    avp_ring_fill(&control->request, 0, control->sync_address);
    avp_ring_publish(&control->request, 1);
    return wait_for_result(control);
}

int avp_sdk_control_configure(struct avp_control* control, const struct avp_configuration* configuration) {
    struct avp_request request;

    memset(&request, 0, sizeof(request));
    request.id = AVP_REQUEST_CONFIGURE_DEVICE;
    request.payload.device.device_id = configuration->device_id;
    request.payload.device.driver = AVP_DRIVER_DPDK;
    request.payload.device.driver_version = AVP_GUEST_VERSION;
    request.payload.device.features = configuration->features;
    request.payload.device.tx_queues = configuration->tx_queues;
    request.payload.device.rx_queues = configuration->rx_queues;
    request.payload.device.is_up = configuration->is_up ? 1 : 0;
    return ask(control, &request);
}

int avp_sdk_control_set_up(struct avp_control* control, bool is_up) {
    struct avp_request request;

    memset(&request, 0, sizeof(request));
    request.id = AVP_REQUEST_CONFIGURE_INTERFACE;
    request.payload.is_up = is_up ? 1 : 0;
    return ask(control, &request);
}

int avp_sdk_control_set_mtu(struct avp_control* control, uint32_t mtu) {
    struct avp_request request;

    memset(&request, 0, sizeof(request));
    request.id = AVP_REQUEST_CHANGE_MTU;
    request.payload.mtu = mtu;
    return ask(control, &request);
}

int avp_sdk_control_shut_down(struct avp_control* control) {
    struct avp_request request;

    memset(&request, 0, sizeof(request));
    request.id = AVP_REQUEST_SHUTDOWN_DEVICE;
    return ask(control, &request);
}
