// A plugin for qemu-user 7.2: counts the instructions that a program executes, and prints the block of instructions that
// took the greatest part of them, as assembler text for llvm-mca.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

// What is used of QEMU's plugin interface, version 1; Debian has no header for it.
typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { INLINE_ADD_U64 = 0 };
extern void qemu_plugin_register_vcpu_tb_trans_cb(
    qemu_plugin_id_t id, void (*translated)(qemu_plugin_id_t, struct qemu_plugin_tb *));
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, int operation, void *value, uint64_t add);
extern void qemu_plugin_register_atexit_cb(
    qemu_plugin_id_t id, void (*ended)(qemu_plugin_id_t, void *), void *context);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t index);
extern char *qemu_plugin_insn_disas(const struct qemu_plugin_insn *);
extern void qemu_plugin_outs(const char *text);

#define EXPORTED __attribute__((visibility("default")))
EXPORTED int qemu_plugin_version = 1;

typedef struct block {
    struct block *next;
    uint64_t runs;
    size_t count;
    char *text[];
} block;

static block *blocks;

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    (void)id;
    size_t count = qemu_plugin_tb_n_insns(tb);
    block *new = calloc(1, sizeof *new + count * sizeof(char *));
    if (!new) abort();
    new->count = count;
    for (size_t i = 0; i < count; i++) new->text[i] = qemu_plugin_insn_disas(qemu_plugin_tb_get_insn(tb, i));
    new->next = blocks;
    blocks = new;
    qemu_plugin_register_vcpu_tb_exec_inline(tb, INLINE_ADD_U64, &new->runs, 1);
}

static void ended(qemu_plugin_id_t id, void *context) {
    (void)id;
    (void)context;
    uint64_t total = 0;
    const block *hottest = blocks;
    for (const block *b = blocks; b; b = b->next) {
        total += b->runs * b->count;
        if (b->runs * b->count > hottest->runs * hottest->count) hottest = b;
    }
    char line[256];
    snprintf(line, sizeof line, "instructions %" PRIu64 "\nhottest %" PRIu64 "\n", total,
             hottest ? hottest->runs * hottest->count : 0);
    qemu_plugin_outs(line);
    for (size_t i = 0; hottest && i < hottest->count; i++) {
        snprintf(line, sizeof line, "    %s\n", hottest->text[i] ? hottest->text[i] : "");
        qemu_plugin_outs(line);
    }
}

EXPORTED int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    (void)info;
    (void)argc;
    (void)argv;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
