#if defined(__x86_64__)

// As the linker does it for a library that it knows: a function is a jump through its slot. The slot first leads to the
// code behind the jump, which has the function looked up and calls it as if nothing had been in between.
  .macro stub name
  .text
  .globl \name
  .hidden \name
  .type \name, @function
  .p2align 4
\name:
  jmp *slot_\name(%rip)
first_\name:
  leaq slot_\name(%rip), %r11
  jmp resolve
  .size \name, . - \name

  .section .data.crocksdb, "aw", @progbits
slot_\name:
  .quad first_\name
  .endm

  .section .data.crocksdb, "aw", @progbits
  .globl crocksdb_slots
  .hidden crocksdb_slots
  .p2align 3
crocksdb_slots:

#define FUNCTION(name) stub name
#include "functions.h"

// %r11 holds the slot. What may hold arguments is kept: the general registers, the count of vector registers, and those.
  .text
  .type resolve, @function
  .p2align 4
resolve:
  pushq %rdi
  pushq %rsi
  pushq %rdx
  pushq %rcx
  pushq %r8
  pushq %r9
  pushq %rax
  subq $128, %rsp
  movups %xmm0, 0(%rsp)
  movups %xmm1, 16(%rsp)
  movups %xmm2, 32(%rsp)
  movups %xmm3, 48(%rsp)
  movups %xmm4, 64(%rsp)
  movups %xmm5, 80(%rsp)
  movups %xmm6, 96(%rsp)
  movups %xmm7, 112(%rsp)
  movq %r11, %rdi
  call crocksdb_resolve
  movq %rax, %r11
  movups 0(%rsp), %xmm0
  movups 16(%rsp), %xmm1
  movups 32(%rsp), %xmm2
  movups 48(%rsp), %xmm3
  movups 64(%rsp), %xmm4
  movups 80(%rsp), %xmm5
  movups 96(%rsp), %xmm6
  movups 112(%rsp), %xmm7
  addq $128, %rsp
  popq %rax
  popq %r9
  popq %r8
  popq %rcx
  popq %rdx
  popq %rsi
  popq %rdi
  jmp *%r11
  .size resolve, . - resolve

#endif

  .section .note.GNU-stack, "", @progbits
