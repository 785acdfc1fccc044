using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>A buffer that a call passes.</summary>
/// <param name="Parameter">The parameter of the called method.</param>
/// <param name="Buffer">The variable or member that holds the buffer.</param>
internal readonly record struct PassedBuffer(IParameterSymbol Parameter, ISymbol Buffer)
{
    /// <summary>The buffers that the arguments of a call name.</summary>
    public static IEnumerable<PassedBuffer> Of(IInvocationOperation call)
    {
        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (argument.Parameter is { } parameter && BufferAccess.Of(argument.Value) is { IsNumber: false, Symbol: var symbol })
                yield return new PassedBuffer(parameter.OriginalDefinition, symbol);
        }
    }

    /// <summary>The same with the members and parameters that variables refer to.</summary>
    public static IEnumerable<PassedBuffer> Of(IInvocationOperation call, BufferFlow flow) =>
        Of(call).SelectMany(passed => flow.ReferredBy(passed.Buffer).Prepend(passed.Buffer)
            .Where(buffer => buffer is IFieldSymbol or IPropertySymbol or IMethodSymbol or IParameterSymbol)
            .Select(buffer => passed with { Buffer = buffer }));
}
