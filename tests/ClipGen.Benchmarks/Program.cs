using ClipGen.Benchmarks;

return Commands.Invoke(args);
