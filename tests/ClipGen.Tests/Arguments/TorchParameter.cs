namespace TorchSharp.Tests;

/// <summary>Replaces TorchSharp's Parameter, which is recognized by its namespace.</summary>
internal sealed class Parameter;
