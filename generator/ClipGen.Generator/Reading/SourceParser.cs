using ClipGen.Generator.Checks;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>
/// Reads gradient sources from symbols: which members are gradients, what is wrong with them, and whose traversals they need. One parser
/// serves one compilation; it remembers what it has read and is not thread-safe.
/// </summary>
internal sealed class SourceParser
{
    private readonly Compilation _compilation;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<INamedTypeSymbol, ParsedSource> _parsed = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, bool> _isSource = new(SymbolEqualityComparer.Default);

    public SourceParser(Compilation compilation, CancellationToken cancellation)
    {
        _compilation = compilation;
        _cancellation = cancellation;
        External = new ExternalSources(compilation);
        Forms = new GradientFormParser(IsSource, External);
    }

    /// <summary>The sources that this compilation declares for other assemblies' types.</summary>
    public ExternalSources External { get; }

    /// <summary>The forms in which this compilation's types hold gradients.</summary>
    public GradientFormParser Forms { get; }

    /// <summary>What is wrong with the declarations that stand on the assembly.</summary>
    public IEnumerable<Problem> FindAssemblyProblems() => External.FindProblems(Forms.ParseGradient);

    /// <summary>Whether the attributes of the type or of its members ask for code: a model, or a declaration of gradients.</summary>
    public static bool IsAnnotated(INamedTypeSymbol type) =>
        type.GetAttributes().Any(attribute =>
            LimitParser.IsClipAttribute(attribute) || WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.GradientSource))
        || DeclaresGradients(type)
        || TorchModules.IsModuleWithIgnored(type);

    /// <summary>Reads a type of this compilation that is annotated, or that holds sources on behalf of one that is.</summary>
    public ParsedSource Parse(INamedTypeSymbol type)
    {
        type = type.OriginalDefinition;
        if (!_parsed.TryGetValue(type, out ParsedSource? parsed))
        {
            _cancellation.ThrowIfCancellationRequested();
            try
            {
                parsed = new SourceReader(this, _compilation, Forms, type, _cancellation).Read();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                parsed = ParsedSource.Failed(type, exception);
            }

            _parsed.Add(type, parsed);
        }

        return parsed;
    }

    /// <summary>The type and, behind it, every type of this compilation whose generated code it needs, directly or not.</summary>
    public IReadOnlyList<ParsedSource> ParseClosure(INamedTypeSymbol type)
    {
        var closure = new List<ParsedSource> { Parse(type) };
        var seen = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default) { type.OriginalDefinition };
        for (int i = 0; i < closure.Count; i++)
        {
            foreach (INamedTypeSymbol used in closure[i].Uses)
            {
                if (seen.Add(used))
                {
                    closure.Add(Parse(used));
                }
            }
        }

        return closure;
    }

    /// <summary>Whether values of the type hand over gradients: it says so, or this compilation's generated code will.</summary>
    public bool IsSource(ITypeSymbol type)
    {
        // The element of every buffer comes by here, and a number has some thirty interfaces to look through.
        if (type.SpecialType != SpecialType.None)
        {
            return false;
        }

        if (ImplementsTraversal(type))
        {
            return true;
        }

        if (type is ITypeParameterSymbol parameter)
        {
            return parameter.ConstraintTypes.Any(IsSource);
        }

        return type is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } named && IsGenerated(named.OriginalDefinition);
    }

    /// <summary>Whether the type, of this compilation, becomes a source by generated code.</summary>
    public bool IsGenerated(INamedTypeSymbol type)
    {
        type = type.OriginalDefinition;
        if (!IsInThisCompilation(type))
        {
            return false;
        }

        if (_isSource.TryGetValue(type, out bool known))
        {
            return known;
        }

        // While the members are looked at, a way back to this type proves nothing.
        _isSource[type] = false;
        bool isSource = IsAnnotated(type)
            || (type.BaseType is { } baseType && IsGenerated(baseType))
            || (!TorchModules.IsModule(type) && SourceMembers.Held(type).Any(member => Forms.ParseHeldSource(SourceMembers.TypeOf(member)) is not null));
        _isSource[type] = isSource;
        return isSource;
    }

    public bool IsInThisCompilation(INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, _compilation.Assembly);

    public static bool ImplementsTraversal(ITypeSymbol type) =>
        WellKnownNames.IsClipGenType(type, WellKnownNames.IGradientSource)
        || type.AllInterfaces.Any(implemented => WellKnownNames.IsClipGenType(implemented, WellKnownNames.IGradientSource));

    private static bool DeclaresGradients(INamedTypeSymbol type) =>
        type.GetMembers().Any(member => SourceMembers.MarksGradient(member));
}
