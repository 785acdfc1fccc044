using System.Collections.Concurrent;
using System.Globalization;
using ClipGen.Numerics;
using ClipGen.Tests.Cases;

namespace ClipGen.Generator.Tests.Cases;

/// <summary>
/// Runs the cases with known results through generated code. For each rule and each set of element types, a model is declared, generated,
/// compiled and loaded, with the buffers as its fields.
/// </summary>
public sealed class GeneratedModelCases : ClippingCases
{
    private static readonly ConcurrentDictionary<string, Type> Models = new();

    protected override ClipResult Clip(ClipRule rule, params Array?[] gradients)
    {
        bool isDeclarable = rule.Limit > 0;
        string limit = Number(isDeclarable ? rule.Limit : 1.0);
        string attribute = rule.ByValue
            ? $"[ClipGradValue({limit}, NonFinite = NonFinitePolicy.{rule.NonFinite})]"
            : $"[ClipGradNorm({limit}, NormType = {Number(rule.NormType)}, Scope = ClipScope.{rule.Scope}, "
                + $"NonFinite = NonFinitePolicy.{rule.NonFinite}, Epsilon = {Number(rule.Epsilon)})]";
        object model = Create(attribute, gradients);
        return isDeclarable
            ? ((IClippable)model).ClipGradients()
            : model.GetType().GetMethod("ClipGradients", [typeof(double)])!.CreateDelegate<Func<double, ClipResult>>(model)(rule.Limit);
    }

    protected override double Norm(double normType, params Array?[] gradients)
    {
        object model = Create($"[ClipGradNorm(1.0, NormType = {Number(normType)})]", gradients);
        return model.GetType().GetMethod("GradientNorm")!.CreateDelegate<Func<double>>(model)();
    }

    private static object Create(string attribute, Array?[] gradients)
    {
        IEnumerable<string> fields = gradients.Select((gradient, i) => $"    [Gradient] public {Element(gradient)}[]? G{i};");
        string source =
            $$"""
            using ClipGen;

            {{attribute}}
            public partial class Model
            {
            {{string.Join("\n", fields)}}
            }
            """;
        Type type = Models.GetOrAdd(source, static text => GeneratorHarness.Run(text).Load().GetType("Model")!);
        object model = Activator.CreateInstance(type)!;
        for (int i = 0; i < gradients.Length; i++)
        {
            type.GetField($"G{i}")!.SetValue(model, gradients[i]);
        }

        return model;
    }

    private static string Element(Array? gradient) => gradient switch
    {
        double[] => "double",
        Half[] => "System.Half",
        _ => "float",
    };

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "double.PositiveInfinity" : value.ToString("R", CultureInfo.InvariantCulture);
}
