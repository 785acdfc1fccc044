using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>
/// The actions of methods that <c>.editorconfig</c> states. Methods are named as documentation-comment ids or as <c>Type.Method</c>.
/// </summary>
internal sealed class TrainingOptions
{
    public const string BackwardKey = "clipgen.backward_methods";
    public const string ClipKey = "clipgen.clip_methods";
    public const string StepKey = "clipgen.step_methods";
    public const string ResetKey = "clipgen.reset_methods";

    private static readonly (string Key, TrainingAction Action)[] Keys =
    [
        (BackwardKey, TrainingAction.Backward), (ClipKey, TrainingAction.Clip), (StepKey, TrainingAction.Step),
        (ResetKey, TrainingAction.Reset),
    ];

    private readonly ImmutableArray<(string Name, TrainingAction Action)> _methods;

    private TrainingOptions(string cacheKey, ImmutableArray<(string Name, TrainingAction Action)> methods)
    {
        CacheKey = cacheKey;
        _methods = methods;
        SimpleNames = methods.Select(method => SimpleName(method.Name)).ToImmutableHashSet();
    }

    /// <summary>Equal for equal options.</summary>
    public string CacheKey { get; }

    /// <summary>The names of the methods, without their types.</summary>
    public ImmutableHashSet<string> SimpleNames { get; }

    public static bool IsAnySet(AnalyzerConfigOptions options) =>
        Keys.Any(key => options.TryGetValue(key.Key, out string? value) && value.Trim().Length > 0);

    public static TrainingOptions Read(AnalyzerConfigOptions options)
    {
        var methods = ImmutableArray.CreateBuilder<(string, TrainingAction)>();
        string cacheKey = "";
        foreach ((string key, TrainingAction action) in Keys)
        {
            if (!options.TryGetValue(key, out string? value))
                continue;
            cacheKey += $"{action}={value};";
            foreach (string name in SplitNames(value))
                methods.Add((name, action));
        }

        return new TrainingOptions(cacheKey, methods.ToImmutable());
    }

    public TrainingAction ActionOf(IMethodSymbol method)
    {
        if (_methods.IsEmpty || !SimpleNames.Contains(method.Name))
            return TrainingAction.None;
        string? id = method.OriginalDefinition.GetDocumentationCommentId();
        foreach ((string name, TrainingAction action) in _methods)
        {
            if (name.StartsWith("M:", StringComparison.Ordinal) ? IsId(name, id) : IsTypeAndMethod(name, method))
                return action;
        }

        return TrainingAction.None;
    }

    // The commas between the parameter types of a documentation-comment id are no separators.
    private static IEnumerable<string> SplitNames(string value)
    {
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= value.Length; i++)
        {
            if (i < value.Length && (value[i] != ',' || depth > 0))
            {
                depth += value[i] switch { '(' or '{' => 1, ')' or '}' => -1, _ => 0 };
                continue;
            }

            string name = value.Substring(start, i - start).Trim();
            if (name.Length > 0)
                yield return name;
            start = i + 1;
        }
    }

    private static bool IsId(string name, string? id) =>
        id is not null && (id == name || (!name.Contains('(') && id.StartsWith(name + "(", StringComparison.Ordinal)));

    private static bool IsTypeAndMethod(string name, IMethodSymbol method)
    {
        int dot = name.LastIndexOf('.');
        if (dot <= 0)
            return name == method.Name;
        if (name.Substring(dot + 1) != method.Name)
            return false;
        string type = name.Substring(0, dot);
        return method.ContainingType.SelfAndBases().OfType<INamedTypeSymbol>()
            .Any(current => IsType(type, current) || current.Interfaces.Any(implemented => IsType(type, implemented)));
    }

    private static bool IsType(string name, INamedTypeSymbol type)
    {
        if (type.Name == name)
            return true;
        string full = type.OriginalDefinition.ToDisplayString();
        return full == name || full.EndsWith("." + name, StringComparison.Ordinal);
    }

    private static string SimpleName(string name)
    {
        int parameters = name.IndexOf('(');
        if (parameters >= 0)
            name = name.Substring(0, parameters);
        name = name.Substring(name.LastIndexOf('.') + 1);
        int arity = name.IndexOf('`');
        return arity >= 0 ? name.Substring(0, arity) : name;
    }
}
