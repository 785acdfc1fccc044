using System.Collections.Concurrent;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Findings;
using ClipGen.Analyzers.TrainingLoops.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Heuristics;

/// <summary>
/// Recognises steps that a unit test makes once, to see what an optimizer or a layer does. They train nothing. Tests of xunit, NUnit and
/// MSTest are known by the names of their attributes and of their classes, because the frameworks need not be referenced where the code is
/// looked at.
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

    /// <summary>Whether a call is in a loop. A loop around an assignment of a hand-written network goes through its numbers.</summary>
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

    /// <summary>Whether an attribute has one of the names, at the end: <c>[SkippableFact]</c>, <c>[Xunit.FactAttribute]</c>.</summary>
    private static bool HasAttribute(SyntaxList<AttributeListSyntax> lists, string[] names) =>
        lists.SelectMany(list => list.Attributes).Select(attribute => attribute.Name.LastName() ?? "").Any(written => names.Any(name =>
            written.EndsWith(name, StringComparison.Ordinal) || written.EndsWith(name + "Attribute", StringComparison.Ordinal)));
}
