using System.Collections.Concurrent;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Findings;
using ClipGen.Analyzers.TrainingLoops.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Heuristics;

/// <summary>
/// Recognizes steps that a unit test makes once to test an optimizer or a layer. They do not train. Tests of xunit, NUnit and MSTest are
/// recognized by the names of their attributes and classes, because the analyzed code need not reference the frameworks.
/// </summary>
internal sealed class OneShotSteps
{
    private static readonly string[] TestAttributes = ["Fact", "Theory", "Test", "TestCase", "TestCaseSource", "TestMethod"];

    private static readonly string[] FixtureAttributes = ["TestClass", "TestFixture", "Collection", "CollectionDefinition"];

    private static readonly string[] FixtureNames = ["Test", "Tests", "Spec", "Specs", "Fixture"];

    private readonly ConcurrentDictionary<TypeDeclarationSyntax, bool> _fixtures = new();

    public bool IsOneShot(StepSite site)
    {
        if (site.TrainingLoop is not null || IsRepeated(site.Step) || (site.Backward is { } backward && IsRepeated(backward)))
            return false;
        if (site.Site.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { Parent: TypeDeclarationSyntax type } method)
            return false;
        if (HasAttribute(method.AttributeLists, TestAttributes))
            return true;
        return IsFixture(type) && !IsCalledInLoop(method, type);
    }

    /// <summary>Whether a call is in a loop. For an assignment of a hand-written network, the loop is over numbers.</summary>
    private static bool IsRepeated(TrainingEvent found) => (found.Gradients is null || found.Site != found.Syntax) && IsInLoop(found.Site);

    private static bool IsInLoop(SyntaxNode node) =>
        node.Ancestors().TakeWhile(around => around is not MemberDeclarationSyntax).Any(Constructs.IsLoop);

    private bool IsFixture(TypeDeclarationSyntax type) =>
        type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Any(around => _fixtures.GetOrAdd(around, FindFixture));

    private static bool FindFixture(TypeDeclarationSyntax type) =>
        FixtureNames.Any(name => type.Identifier.ValueText.EndsWith(name, StringComparison.Ordinal))
        || HasAttribute(type.AttributeLists, FixtureAttributes)
        || type.Members.OfType<MethodDeclarationSyntax>().Any(method => HasAttribute(method.AttributeLists, TestAttributes));

    private static bool IsCalledInLoop(MethodDeclarationSyntax method, TypeDeclarationSyntax type) =>
        type.DescendantNodes()
            .OfType<InvocationExpressionSyntax>()
            .Any(call => call.CalledName() == method.Identifier.ValueText && IsInLoop(call));

    /// <summary>
    /// Whether the name of an attribute ends with one of the names: <c>[SkippableFact]</c>, <c>[Xunit.FactAttribute]</c>.
    /// </summary>
    private static bool HasAttribute(SyntaxList<AttributeListSyntax> lists, string[] names) =>
        lists.Count > 0
        && lists.SelectMany(list => list.Attributes).Select(attribute => attribute.Name.LastName() ?? "").Any(written => names.Any(name =>
            written.EndsWith(name, StringComparison.Ordinal) || written.EndsWith(name + "Attribute", StringComparison.Ordinal)));
}
