namespace ClipGen.Generator.Model;

/// <summary>The declarations of a <c>torch.nn.Module</c> about the parameters that it registers at run time.</summary>
/// <param name="Inheritance">How the declarations relate to those of its base classes.</param>
/// <param name="Members">The members that are left out, grouped or have their own limit.</param>
internal sealed record TorchDeclaration(TorchInheritance Inheritance, EquatableArray<TorchMember> Members);

/// <summary>A member of a module that holds registered parameters.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expression">How the generated code reads it.</param>
/// <param name="Display">Its type as written by users.</param>
/// <param name="IsIgnored">Whether its parameters are left out.</param>
/// <param name="Group">The group that its parameters are clipped with, or null.</param>
internal sealed record TorchMember(string Name, string Expression, string Display, bool IsIgnored, string? Group)
{
    /// <summary>Whether every process holds its parameters, in a model whose other parameters are spread over processes.</summary>
    public bool IsReplicated { get; init; }
}

internal enum TorchInheritance
{
    /// <summary>A sealed module.</summary>
    Sealed,

    /// <summary>The first module with declarations in the inheritance chain.</summary>
    Root,

    /// <summary>Derives from a module with declarations.</summary>
    Derived,
}
