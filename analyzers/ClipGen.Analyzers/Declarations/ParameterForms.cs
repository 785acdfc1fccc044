using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;

namespace ClipGen.Analyzers.Declarations;

/// <summary>Whether gradients have parameters, as generated code pairs them.</summary>
internal static class ParameterForms
{
    /// <summary>Whether every buffer of a member has a parameter.</summary>
    public static bool AllHaveParameters(GradientMember member) => HasParameters(member.Form, member.Parameter?.Form);

    /// <summary>Whether every buffer of the form is paired with one of the parameter's form, as generated code pairs them.</summary>
    private static bool HasParameters(GradientForm gradient, GradientForm? parameter) => gradient switch
    {
        GradientSourceForm => true,
        BufferForm => parameter is BufferForm,
        CollectionForm collection => HasParameters(
            collection.Item, parameter is CollectionForm paired && ParameterPairing.IsByPositionOrKey(paired) ? paired.Item : null),
        CompositeForm composite => composite.Parts.All(
            part => HasParameters(part.Form, part.Parameter?.Form ?? (parameter is CompositeForm ? part.Form : null))),
        _ => true,
    };

    /// <summary>What to do about a member that has none.</summary>
    public static string AdviceFor(GradientMember member) =>
        Innermost(member.Form) is CompositeForm { Parts: var parts } && member.Parameter is null
        && parts.Any(part => part.Form is not GradientSourceForm)
        ? "Name the parameter in [assembly: GradientSource(…, Parameters = …)], or mark the member that holds it with "
            + $"[Parameter(Gradient = nameof({member.Name}))]"
        : member.Parameter is not null
            ? "The items of this collection have no position and no key: hold gradients and parameters in arrays, lists or dictionaries"
            : $"Mark the parameter with [Parameter(Gradient = nameof({member.Name}))], or leave the gradient out with [ClipIgnore]";

    private static GradientForm Innermost(GradientForm form)
    {
        while (form is CollectionForm collection)
        {
            form = collection.Item;
        }

        return form;
    }
}
