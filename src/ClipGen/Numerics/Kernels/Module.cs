// Vectors that live on the stack need not be cleared first: without AVX-512 the JIT puts several there, and clearing them costs
// as much as summing 64 elements.
[module: System.Runtime.CompilerServices.SkipLocalsInit]
