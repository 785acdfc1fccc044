using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>Reads the forms of the members of one type, and reports members that generated code cannot visit.</summary>
internal sealed class MemberForms(Compilation compilation, GradientFormParser forms, INamedTypeSymbol type, List<Problem> problems)
{
    /// <summary>Whether generated code can read a member. Reports why it cannot.</summary>
    public bool CheckReadable(ISymbol member, AttributeData? attribute)
    {
        string? obstacle = MemberReadability.FindObstacle(member, type, compilation);
        if (obstacle is not null)
        {
            Refuse(member, attribute, obstacle);
        }
        else if (IsDeclaredTwice(member))
        {
            // The compiler reports the error.
            problems.Add(new Problem(RuleIds.CannotBeClipped, true, member, attribute));
            return false;
        }

        return obstacle is null;
    }

    /// <summary>In incomplete code, two members may have the same name. Generated code could read neither.</summary>
    private static bool IsDeclaredTwice(ISymbol member) =>
        member.ContainingType.TypeParameters.Any(parameter => parameter.Name == member.Name)
        || member.ContainingType.GetMembers(member.Name)
            .Count(other => other is not IMethodSymbol { Arity: > 0 } and not IMethodSymbol { Parameters.IsEmpty: false }) > 1;

    /// <summary>The form of a marked member. Reports a form that is not supported, and returns null.</summary>
    public GradientForm? Parse(ISymbol member, AttributeData? attribute)
    {
        ITypeSymbol memberType = MemberSymbols.TypeOf(member);
        GradientForm? form = forms.ParseGradient(memberType);
        if (form is null && memberType.TypeKind == TypeKind.Error)
        {
            // The compiler reports the error.
            problems.Add(new Problem(RuleIds.CannotBeClipped, true, member, attribute));
        }
        else if (form is null)
        {
            Refuse(member, attribute, Reason(memberType) + UnknownFormAdvice.For(member, forms, compilation));
        }

        return form is null || CheckWalkable(member, attribute, form) ? form : null;
    }

    /// <summary>Whether generated code can visit a form. Reports why it cannot.</summary>
    public bool CheckWalkable(ISymbol member, AttributeData? attribute, GradientForm form)
    {
        if (form is RefusedForm { Reason: "" })
        {
            // The compiler reports the error.
            problems.Add(new Problem(RuleIds.CannotBeClipped, true, member, attribute));
        }
        else if (form is RefusedForm refused)
        {
            Refuse(member, attribute, refused.Reason);
        }

        return form is not RefusedForm;
    }

    private static string Reason(ITypeSymbol memberType) => memberType switch
    {
        { SpecialType: SpecialType.System_Void } => "it returns nothing",
        { SpecialType: SpecialType.System_Single or SpecialType.System_Double } =>
            "it is a single number, and clipping one object per scalar costs more than the training step; hold the gradients of a layer in "
            + "one buffer, or pass an array of them to Gradients.ClipNorm",
        IPointerTypeSymbol =>
            "a pointer does not say how many elements it points to; hold the memory in an array, return it as a Span<T> from a property, "
            + "or pass a span to Gradients.ClipNorm",
        _ when memberType.Name == "ReadOnlySpan" || memberType.Name == "ReadOnlyMemory" => "it cannot be written to",
        _ => $"'{memberType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}' is not a supported form of gradient",
    };

    /// <summary>Reports a symbol that cannot be clipped.</summary>
    public void Refuse(ISymbol symbol, AttributeData? attribute, string reason) =>
        problems.Add(new Problem(RuleIds.CannotBeClipped, true, symbol, attribute, symbol.Name, reason,
            GradientFormParser.SupportedForms));
}
