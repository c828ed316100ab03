// Runs one kernel of one instruction set on a shape of the networks, so that its instructions can be counted.
//
//     kernels                      prints the sets of this processor, then the cases
//     kernels SET CASE REPEATS     calls the kernel so often, for a counter outside
//     kernels SET CASE step        counts one call by itself, step by step, and prints the count
#include "kernel_cases.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/// Traces a child through one call. Slow, but knows every instruction that the processor knows.
static long step(const kernel_case *c, const tk_kernels *kernels) {
    volatile int *done = mmap(NULL, sizeof *done, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = fork();
    if (child == 0) {
        void *call = c->prepare(kernels, c->shape);
        c->run(kernels, call);   // what is looked up at the first call only
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(1);
        raise(SIGSTOP);
        c->run(kernels, call);
        *done = 1;
        _exit(0);
    }
    int status = 0;
    long steps = 0;
    for (waitpid(child, &status, 0); !WIFEXITED(status) && !*done; steps++) {
        if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0 || waitpid(child, &status, 0) != child)
            return -1;
    }
    if (!*done)
        return -1;
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return steps;
}

int main(int count, char **arguments) {
    if (count != 4) {
        for (int isa = 0; isa < TK_ISA_COUNT; isa++)
            if (tk_kernels_for((tk_isa)isa) != NULL)
                printf("set %s\n", tk_isa_name((tk_isa)isa));
        for (size_t i = 0; i < kernel_case_count; i++)
            printf("case %s\n", kernel_cases[i].name);
        return 0;
    }
    int isa = tk_isa_named(arguments[1]);
    const tk_kernels *kernels = isa < 0 ? NULL : tk_kernels_for((tk_isa)isa);
    for (size_t i = 0; kernels != NULL && i < kernel_case_count; i++) {
        const kernel_case *c = &kernel_cases[i];
        if (strcmp(c->name, arguments[2]) != 0)
            continue;
        if (strcmp(arguments[3], "step") == 0) {
            long steps = step(c, kernels);
            printf("%ld\n", steps);
            return steps < 0;
        }
        void *call = c->prepare(kernels, c->shape);
        for (int repeat = atoi(arguments[3]); repeat > 0; repeat--)
            c->run(kernels, call);
        return 0;
    }
    fprintf(stderr, "kernels: no %s of %s here\n", arguments[2], arguments[1]);
    return 2;
}
