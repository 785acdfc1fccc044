namespace ClipGen.Tests.Observing;

/// <summary>Recorders and listeners see every clip of the process, so these tests run alone.</summary>
[CollectionDefinition("Observing", DisableParallelization = true)]
public sealed class ObservingCollection;
