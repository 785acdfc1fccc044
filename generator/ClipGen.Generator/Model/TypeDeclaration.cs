namespace ClipGen.Generator.Model;

/// <summary>The place of a generated part: a partial type, with the types around it.</summary>
/// <param name="Namespace">The namespace, empty for the global one.</param>
/// <param name="Containers">The types around it, outermost first, as declared in the generated file: <c>class Outer&lt;T&gt;</c>.</param>
/// <param name="Keyword"><c>class</c>, <c>struct</c>, <c>record</c>, <c>record struct</c>.</param>
/// <param name="Name">The name with type parameters, escaped where it is a keyword: <c>Model&lt;T&gt;</c>.</param>
/// <param name="Reference">The name of the type inside itself: the short name, or the full one if a base class contains a type of that
/// name.</param>
/// <param name="DisplayName">The full name as written by users: <c>Demo.Outer.Model&lt;T&gt;</c>.</param>
/// <param name="MetadataName">The full name with arity, unique in the compilation: <c>Demo.Outer+Model`1</c>.</param>
internal sealed record TypeDeclaration(
    string Namespace,
    EquatableArray<string> Containers,
    string Keyword,
    string Name,
    string Reference,
    string DisplayName,
    string MetadataName);
