namespace TorchSharp.Tests;

/// <summary>Stands for what TorchSharp calls a parameter, by its namespace.</summary>
internal sealed class Parameter;
