using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>
/// Decides which types of a compilation become gradient sources. A type becomes one if it is annotated, if its base is one, or if it holds
/// one. Types may hold each other, so a question is answered together with every question that its answer depends on: the answers are the
/// least fixpoint, and do not depend on which type was asked for first.
/// </summary>
internal sealed class SourceDecisions
{
    private readonly Compilation _compilation;
    private readonly Dictionary<INamedTypeSymbol, bool> _decided = new(SymbolEqualityComparer.Default);
    private readonly GradientFormParser _forms;

    // The types of the question that is being answered.
    private readonly Dictionary<INamedTypeSymbol, Candidate> _open = new(SymbolEqualityComparer.Default);
    private readonly Queue<Candidate> _pending = new();
    private Candidate? _current;

    public SourceDecisions(Compilation compilation, ExternalSources external, SourceAssemblies assemblies)
    {
        _compilation = compilation;
        _forms = new GradientFormParser(IsSource, IsGenerated, external, assemblies);
    }

    /// <summary>Whether values of the type hand over gradients.</summary>
    public bool IsSource(ITypeSymbol type)
    {
        // The element of every buffer comes by here, and a number has some thirty interfaces to look through.
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
            return parameter.ConstraintTypes.Any(IsSource);
        }

        return type is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } named && IsGenerated(named);
    }

    /// <summary>Whether the type belongs to this compilation and becomes a source by generated code.</summary>
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
        return asked.IsSource;
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
                if (!_current.IsSource && BecomesSource(_current.Type))
                {
                    _current.IsSource = true;
                    foreach (Candidate dependent in _current.Dependents)
                    {
                        _pending.Enqueue(dependent);
                    }
                }
            }

            // Nothing is left to ask, so what has not become a source is none.
            foreach (Candidate candidate in _open.Values)
            {
                _decided.Add(candidate.Type, candidate.IsSource);
            }
        }
        finally
        {
            _current = null;
            _open.Clear();
            _pending.Clear();
        }
    }

    private bool BecomesSource(INamedTypeSymbol type) =>
        Annotations.IsAnnotated(type)
        || (type.BaseType is { } baseType && IsGenerated(baseType))
        || (!TorchModules.IsModule(type)
            && !InlineArrays.IsInlineArray(type)
            && HeldMembers.Of(type, _compilation, _forms.ParseHeldSource, IsSource).Any());

    private sealed class Candidate(INamedTypeSymbol type)
    {
        public INamedTypeSymbol Type { get; } = type;

        public bool IsSource { get; set; }

        /// <summary>The types whose answer was looked for while this one's was not known.</summary>
        public HashSet<Candidate> Dependents { get; } = [];
    }
}
