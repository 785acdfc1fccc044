// Vectors on the stack need not be cleared. Without AVX-512, the JIT puts several vectors there, and clearing them takes as long as summing
// 64 elements.
[module: System.Runtime.CompilerServices.SkipLocalsInit]
