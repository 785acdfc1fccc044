using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>
/// Decides which types of a compilation become gradient sources: types with attributes, types whose base class is a source, and types that
/// hold one. Types may hold each other, so a type is decided together with all types that it depends on. The result is the least fixpoint,
/// and does not depend on which type was requested first.
/// </summary>
internal sealed class GradientSourceDecisions
{
    private readonly Compilation _compilation;
    private readonly Dictionary<INamedTypeSymbol, bool> _decided = new(SymbolEqualityComparer.Default);
    private readonly GradientFormParser _forms;

    // The types that are being decided.
    private readonly Dictionary<INamedTypeSymbol, Candidate> _open = new(SymbolEqualityComparer.Default);
    private readonly Queue<Candidate> _pending = new();
    private Candidate? _current;

    public GradientSourceDecisions(Compilation compilation, ExternalGradientSources external, GradientSourceAssemblies assemblies)
    {
        _compilation = compilation;
        _forms = new GradientFormParser(IsGradientSource, IsGenerated, external, assemblies);
    }

    /// <summary>Whether the type is a gradient source.</summary>
    public bool IsGradientSource(ITypeSymbol type)
    {
        // The element type of every buffer gets here, and a number has some thirty interfaces to search.
        if (type.SpecialType != SpecialType.None)
        {
            return false;
        }

        if (Annotations.ImplementsTraversal(type))
        {
            return true;
        }

        if (type is ITypeParameterSymbol parameter)
        {
            return parameter.ConstraintTypes.Any(IsGradientSource);
        }

        return type is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } named && IsGenerated(named);
    }

    /// <summary>Whether the type belongs to this compilation and becomes a gradient source by generated code.</summary>
    public bool IsGenerated(INamedTypeSymbol type)
    {
        type = type.OriginalDefinition;
        if (_decided.TryGetValue(type, out bool known))
        {
            return known;
        }

        if (!SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, _compilation.Assembly))
        {
            return false;
        }

        if (_current is null)
        {
            Decide(type);
            return _decided[type];
        }

        Candidate asked = Open(type);
        asked.Dependents.Add(_current);
        return asked.IsGradientSource;
    }

    private Candidate Open(INamedTypeSymbol type)
    {
        if (!_open.TryGetValue(type, out Candidate? candidate))
        {
            _open.Add(type, candidate = new Candidate(type));
            _pending.Enqueue(candidate);
        }

        return candidate;
    }

    private void Decide(INamedTypeSymbol type)
    {
        try
        {
            Open(type);
            while (_pending.Count > 0)
            {
                _current = _pending.Dequeue();
                if (!_current.IsGradientSource && BecomesGradientSource(_current.Type))
                {
                    _current.IsGradientSource = true;
                    foreach (Candidate dependent in _current.Dependents)
                    {
                        _pending.Enqueue(dependent);
                    }
                }
            }

            // All types are decided. Those that have not become a source are none.
            foreach (Candidate candidate in _open.Values)
            {
                _decided.Add(candidate.Type, candidate.IsGradientSource);
            }
        }
        finally
        {
            _current = null;
            _open.Clear();
            _pending.Clear();
        }
    }

    private bool BecomesGradientSource(INamedTypeSymbol type) =>
        Annotations.IsAnnotated(type)
        || (type.BaseType is { } baseType && IsGenerated(baseType))
        || (!TorchModules.IsModule(type)
            && !InlineArrays.IsInlineArray(type)
            && HeldMembers.Of(type, _compilation, _forms.ParseHeldGradientSource, IsGradientSource).Any());

    private sealed class Candidate(INamedTypeSymbol type)
    {
        public INamedTypeSymbol Type { get; } = type;

        public bool IsGradientSource { get; set; }

        /// <summary>The types that were requested while this type was undecided.</summary>
        public HashSet<Candidate> Dependents { get; } = [];
    }
}
