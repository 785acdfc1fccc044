namespace ClipGen.Tests.Observing;

/// <summary>Recorders and listeners receive every clip of the process, so these tests do not run in parallel with others.</summary>
[CollectionDefinition("Observing", DisableParallelization = true)]
public sealed class ObservingCollection;
