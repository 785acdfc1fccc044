using System.Collections.Immutable;
using System.Globalization;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>Reads the parameters of one type and pairs them with their gradients.</summary>
internal sealed class ParameterReader(
    Compilation compilation, GradientFormParser forms, INamedTypeSymbol type, List<Problem> problems, CancellationToken cancellation)
{
    /// <summary>The parameters that name their gradient, by that name.</summary>
    public Dictionary<string, (ISymbol Parameter, AttributeData Attribute)> FindNames()
    {
        var parameters = new Dictionary<string, (ISymbol, AttributeData)>();
        foreach (ISymbol member in type.GetMembers())
        {
            foreach (AttributeData attribute in member.GetAttributes())
            {
                if (WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.Parameter)
                    && MemberSymbols.GradientName(attribute) is { } gradient
                    && !parameters.ContainsKey(gradient))
                {
                    ISymbol declared = member is IFieldSymbol { AssociatedSymbol: { } property } ? property : member;
                    parameters.Add(gradient, (declared, attribute));
                }
            }
        }

        return parameters;
    }

    /// <summary>Whether the method is the overload that a parameter names: the first readable one, otherwise the first.</summary>
    public bool IsNamed(ISymbol member)
    {
        ImmutableArray<ISymbol> overloads = type.GetMembers(member.Name);
        ISymbol named = overloads.FirstOrDefault(overload => MemberReadability.FindObstacle(overload, type, compilation) is null)
            ?? overloads[0];
        return SymbolEqualityComparer.Default.Equals(member, named);
    }

    /// <summary>The member of a base class with the name of a gradient, if it is accessible.</summary>
    public ISymbol? FindInherited(string name)
    {
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            foreach (ISymbol member in ancestor.GetMembers(name))
            {
                if (member is (IFieldSymbol or IPropertySymbol) && compilation.IsSymbolAccessibleWithin(member, type))
                {
                    return member;
                }
            }
        }

        return null;
    }

    /// <summary>Reads the parameter of a gradient. Reports a parameter that does not match, and returns null.</summary>
    public ParameterDeclaration? Read(ISymbol parameter, AttributeData attribute, ISymbol gradient, GradientForm form)
    {
        if (!parameter.IsStatic && MemberReadability.FindObstacle(parameter, type, compilation) is { } obstacle)
        {
            ReportMismatch(parameter, attribute, gradient.Name, $"cannot be paired with the parameter: {obstacle}");
            return null;
        }

        ITypeSymbol parameterType = MemberSymbols.TypeOf(parameter);
        ITypeSymbol gradientType = MemberSymbols.TypeOf(gradient);
        GradientForm? parameterForm = forms.ParseGradient(parameterType);
        bool fits = (parameterForm, form) switch
        {
            (BufferForm p, BufferForm g) => p.Element == g.Element && Rank(parameterType) == Rank(gradientType),
            _ => SymbolEqualityComparer.Default.Equals(parameterType, gradientType),
        };
        if (SymbolEqualityComparer.Default.Equals(parameter, gradient))
        {
            ReportMismatch(parameter, attribute, gradient.Name, "is the parameter itself");
        }
        else if (!fits)
        {
            string Display(ITypeSymbol t) => t.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
            ReportMismatch(
                parameter, attribute, gradient.Name,
                $"is of type '{Display(gradientType)}', the parameter of type '{Display(parameterType)}'");
        }
        else if (VisibleLength.Differ(parameter, gradient, compilation, cancellation) is { } lengths)
        {
            ReportMismatch(parameter, attribute, gradient.Name, $"has {lengths.Gradient} elements, the parameter {lengths.Parameter}");
        }
        else if (parameterForm is not (null or RefusedForm or GradientSourceForm) && !parameter.IsStatic)
        {
            double scale = MemberSymbols.NamedArgument(attribute, "LearningRateScale", 1.0);
            if (scale is >= 0 and <= double.MaxValue)
            {
                return new ParameterDeclaration(
                    parameter.Name,
                    MemberExpression.OfThis(parameter),
                    parameterForm,
                    MemberSymbols.NamedArgument(attribute, "WeightDecay", true),
                    scale);
            }

            problems.Add(new Problem(
                RuleIds.InvalidLimit,
                true,
                parameter,
                attribute,
                "LearningRateScale",
                parameter.Name,
                scale.ToString("R", CultureInfo.InvariantCulture),
                "must be finite, and zero or greater"));
        }

        return null;
    }

    private static int Rank(ITypeSymbol memberType) => memberType is IArrayTypeSymbol array ? array.Rank : 1;

    /// <summary>Reports a parameter that does not match its gradient.</summary>
    public void ReportMismatch(ISymbol parameter, AttributeData attribute, string gradient, string what) =>
        problems.Add(new Problem(RuleIds.ParameterWithoutGradient, true, parameter, attribute, parameter.Name, gradient, what));
}
