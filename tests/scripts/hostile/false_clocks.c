/* Preloaded into a process, this sets its calendar back by an hour at every look, and has the machine sleep for an hour
 * when the process is a second old. The clock of a run is neither, and stays true. */

#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *at)
{
    static long looks, began;
    struct timespec run;
    int failed = (int)syscall(SYS_clock_gettime, clock, at);

    if (clock == CLOCK_REALTIME)
        at->tv_sec -= 3600 * ++looks;
    if (clock == CLOCK_BOOTTIME) {
        syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &run);
        if (!began)
            began = run.tv_sec * 1000 + run.tv_nsec / 1000000;
        if (run.tv_sec * 1000 + run.tv_nsec / 1000000 - began > 1000)
            at->tv_sec += 3600;
    }
    return failed;
}
