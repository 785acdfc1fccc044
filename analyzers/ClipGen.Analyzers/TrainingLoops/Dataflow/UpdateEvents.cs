using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>
/// Turns assignments of a hand-written network into events. A network updates one parameter after the other, and the first update counts as
/// the step. Of several updates without a backward pass between them only the first becomes an event, and of several writes of gradients
/// without a call between them only the last.
/// </summary>
internal static class UpdateEvents
{
    private enum Role
    {
        Call,
        Fill,
        Limit,
        Update,
    }

    /// <param name="updates">The assignments of the body.</param>
    /// <param name="facts">The body.</param>
    /// <param name="calls">The calls in the body that are known as backward passes or steps.</param>
    public static IEnumerable<TrainingEvent> Of(BodyUpdates updates, BodyFacts facts, IEnumerable<SyntaxNode> calls)
    {
        (SyntaxNode Syntax, Role Role, object? Found)[] all =
        [
            .. calls.Select(call => (call, Role.Call, (object?)null))
                .Concat(updates.Fills.Select(write => (write.Syntax, Role.Fill, (object?)write)))
                .Concat(updates.Limits.Select(write => (write.Syntax, Role.Limit, (object?)write)))
                .Concat(updates.Updates.Select(update => (update.Write.Syntax, Role.Update, (object?)update)))
                .OrderBy(found => found.Item1.SpanStart),
        ];
        var filled = ImmutableHashSet.CreateBuilder<ISymbol>(SymbolEqualityComparer.Default);
        var parameters = new Lazy<ArgumentMap>(() => ParametersIn(facts));
        bool isUpdated = false;
        for (int i = 0; i < all.Length; i++)
        {
            switch (all[i].Found)
            {
                case BufferWrite limit when all[i].Role == Role.Limit:
                    yield return new TrainingEvent(TrainingAction.GradientLimit, limit.Syntax, Evidence.Name);
                    break;
                case BufferWrite fill:
                    isUpdated = false;
                    filled.UnionWith(updates.FilledBy(fill));
                    if (i + 1 < all.Length && all[i + 1] is { Role: Role.Fill, Found: BufferWrite next } && !IsResultOfCall(next))
                        break;
                    yield return new TrainingEvent(TrainingAction.GradientWrite, fill.Syntax, Evidence.Name)
                    {
                        Gradients = filled.ToImmutable(),
                    };
                    filled.Clear();
                    break;
                case ParameterUpdate:
                    if (!isUpdated)
                    {
                        ParameterUpdate[] together =
                            [.. all.Skip(i).TakeWhile(found => found.Role is Role.Update or Role.Limit)
                                .Select(found => found.Found).OfType<ParameterUpdate>()];
                        yield return Step(together, facts, parameters.Value) with { AppliesNumbers = updates.AppliesNumbers };
                    }

                    isUpdated = true;
                    break;
                default:
                    isUpdated = false;
                    break;
            }
        }
    }

    /// <summary>Whether a method of the program computes the value. It may also step.</summary>
    private static bool IsResultOfCall(BufferWrite write) =>
        write.NewValue is IInvocationOperation { TargetMethod.DeclaringSyntaxReferences.IsEmpty: false };

    /// <summary>The step that updates without a backward pass between them make together.</summary>
    private static TrainingEvent Step(IReadOnlyList<ParameterUpdate> updates, BodyFacts facts, ArgumentMap parameters)
    {
        BufferWrite first = updates[0].Write;
        return new TrainingEvent(TrainingAction.Step, first.Syntax, Evidence.Name)
        {
            Target = facts.TargetOf(first.TargetExpression),
            TargetType = first.Target.Symbol.ContainingType,
            Gradients = updates.SelectMany(update => update.Gradients).ToImmutableHashSet<ISymbol>(SymbolEqualityComparer.Default),
            Updates = updates.Select(update => update.Write.Syntax).ToImmutableArray(),
            Owner = Target.This,
            Arguments = parameters,
        };
    }

    /// <summary>The parameters of the method as they are. A caller substitutes its arguments.</summary>
    private static ArgumentMap ParametersIn(BodyFacts facts) => ArgumentMap.Of(
    [
        .. facts.Root.DescendantsAndSelf()
            .OfType<IParameterReferenceOperation>()
            .Select(reference => reference.Parameter.OriginalDefinition)
            .Distinct<IParameterSymbol>(SymbolEqualityComparer.Default)
            .Select(parameter => new KeyValuePair<ISymbol, Target?>(parameter, Target.Of(parameter))),
    ]);
}
