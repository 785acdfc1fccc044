using System.Collections.Concurrent;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Suggestions;

/// <summary>
/// Decides whether a variable of a base class or an interface holds only models that declare clipping, by the values that the program
/// assigns to it.
/// </summary>
internal sealed class HeldModels(Compilation compilation, KnownTypes types, SourceBodies bodies, MemberValues members)
{
    private const int MostValues = 64;

    private readonly ConcurrentDictionary<Target, bool> _known = new();
    private readonly ReturnedValues _returned = new(bodies);
    private readonly GivenArguments _calls = new(compilation, bodies);
    private readonly Lazy<INamedTypeSymbol[]> _models = new(() =>
        [.. compilation.Assembly.GlobalNamespace.TypesInside().Where(type => type.TypeKind == TypeKind.Class && types.IsModel(type))]);

    /// <summary>Whether every known value of the target is a model, and there is one.</summary>
    public bool AreIn(Target target) => types.HasClipGen && _known.GetOrAdd(target, Find);

    private bool Find(Target target)
    {
        if (target.Type is not { } type || !CanHoldModel(type) || target.Last is not { } last)
            return false;
        var values = new Queue<ISymbol>();
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        values.Enqueue(last);
        bool isAny = false;
        while (values.Count > 0)
        {
            ISymbol symbol = values.Dequeue();
            if (!seen.Add(symbol))
                continue;
            if (seen.Count > MostValues || ValuesOf(symbol) is not { Count: > 0 } found)
                return false;
            foreach (MemberValues.Value value in found)
            {
                foreach (IOperation part in SourcesOf(value.Operation))
                {
                    if (types.IsModel(part.Type))
                        isAny = true;
                    else if (SymbolOf(part) is { } source)
                        values.Enqueue(source);
                    else
                        return false;
                }
            }
        }

        return isAny;
    }

    /// <summary>Whether a model of the program is convertible to the type, which is no model.</summary>
    private bool CanHoldModel(ITypeSymbol type) =>
        !types.IsModel(type)
        && _models.Value.Any(model => compilation.ClassifyCommonConversion(model, type).IsReference || IsBaseOf(type, model));

    // The type arguments of a generic base class can be those of the method.
    private static bool IsBaseOf(ITypeSymbol type, INamedTypeSymbol model) =>
        type switch
        {
            INamedTypeSymbol named => model.IsOrDerivesFrom(named.OriginalDefinition),
            ITypeParameterSymbol parameter =>
                parameter.ConstraintTypes.All(constraint => model.IsOrDerivesFrom(constraint as INamedTypeSymbol)),
            _ => false,
        };

    private IReadOnlyList<MemberValues.Value>? ValuesOf(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local when local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } declaration
            && bodies.FactsAround(declaration) is { } facts =>
            [.. facts.ValuesOf(local).Select(value => new MemberValues.Value(value, facts))],
        IFieldSymbol or IPropertySymbol => members.Of(symbol) is { Count: > 0 } values ? values : ParameterOf(symbol),
        IParameterSymbol parameter => _calls.ArgumentsOf(parameter),
        // The value that an async method returns is wrapped in a task.
        IMethodSymbol { IsAsync: false } method => _returned.Of(method),
        _ => null,
    };

    /// <summary>The property of a record holds the argument for its parameter.</summary>
    private IReadOnlyList<MemberValues.Value>? ParameterOf(ISymbol member) =>
        member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is ParameterSyntax declaration
            ? member.ContainingType.InstanceConstructors.SelectMany(constructor => constructor.Parameters)
                .Where(parameter => parameter.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() == declaration))
                .Select(_calls.ArgumentsOf)
                .FirstOrDefault()
            : null;

    private static ISymbol? SymbolOf(IOperation value) => value switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation or IPropertyReferenceOperation { Arguments.IsEmpty: true } => ((IMemberReferenceOperation)value).Member,
        // model.to(device), model.cuda(): the same object.
        IInvocationOperation { TargetMethod.Name: "to" or "cuda" or "cpu" } moved
            when (moved.Instance ?? moved.Arguments.FirstOrDefault()?.Value) is { } instance => SymbolOf(instance.WithoutConversions()),
        IInvocationOperation invocation => invocation.TargetMethod.OriginalDefinition,
        _ => null,
    };

    private static IEnumerable<IOperation> SourcesOf(IOperation value)
    {
        var pending = new Stack<IOperation>();
        pending.Push(value);
        while (pending.Count > 0)
        {
            foreach (IOperation source in pending.Pop().Alternatives())
            {
                if (source is IInvocationOperation { TargetMethod.Name: "to" or "cuda" or "cpu", Instance: { } instance })
                    pending.Push(instance);
                else
                    yield return source;
            }
        }
    }
}
