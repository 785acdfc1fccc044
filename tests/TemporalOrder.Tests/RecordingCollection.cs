namespace TemporalOrder.Tests;

/// <summary>A recorder receives every clip of the process, so these tests do not run in parallel with others.</summary>
[CollectionDefinition("Recording", DisableParallelization = true)]
public sealed class RecordingCollection;
