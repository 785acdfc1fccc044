using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;

namespace ClipGen.Generator.Emission;

/// <summary>
/// Emits the members of a <c>torch.nn.Module</c> besides the clipping members: the list of members that are left out or grouped, and a
/// traversal for models that are no module.
/// </summary>
internal static class TorchModuleEmitter
{
    /// <summary>The class with the operations on a module's registered parameters.</summary>
    public const string Operations = "global::" + TorchModules.Adapter;

    public const string DeclarationInterface = "global::ClipGen.Torch.IModuleGradients";

    /// <summary>The lines of the file's header that list what is clipped.</summary>
    public static IEnumerable<string> Describe(GradientSourceDeclaration source, TorchDeclaration torch)
    {
        yield return "the registered parameters of the module and of its submodules";
        foreach (TorchMember member in torch.Members)
        {
            if (LimitEmitter.GroupOf(source, member.Name, member.Group) is { } group)
            {
                yield return $"  of {member.Name} ({member.Display}) in the group '{group}'";
            }
        }
    }

    /// <summary>
    /// Whether no base class of the type leaves members out or groups them. Unless the type is sealed, derived types can extend its list.
    /// </summary>
    public static bool BeginsDeclarations(TorchDeclaration torch) =>
        torch.Inheritance == TorchInheritance.Root || (torch.Inheritance == TorchInheritance.Sealed && torch.Members.Count > 0);

    public static void Emit(SourceWriter writer, GradientSourceDeclaration source, TorchDeclaration torch)
    {
        bool isDerived = torch.Inheritance == TorchInheritance.Derived;
        if (!isDerived)
        {
            writer.Lines(
                """
                /// <summary>
                /// Hands the gradients of all registered parameters to <paramref name="visitor"/>, for a model that holds this module.
                /// </summary>
                /// <typeparam name="TVisitor">The operation.</typeparam>
                /// <param name="visitor">Receives the gradients.</param>
                """);
            writer.Line(GradientSourceEmitter.GeneratedCode);
            writer.Lines(
                $"""
                public void {WellKnownNames.VisitGradients}<TVisitor>(ref TVisitor visitor)
                    where TVisitor : struct, global::ClipGen.IGradientVisitor =>
                    {Operations}.Visit(this, ref visitor);
                """);
        }

        if (torch is { Members.Count: 0, Inheritance: not TorchInheritance.Root })
        {
            return;
        }

        if (!isDerived)
        {
            writer.Line();
        }

        string modifiers = torch.Inheritance switch
        {
            TorchInheritance.Derived => "public override",
            TorchInheritance.Root => "public virtual",
            _ => "public",
        };
        writer.Lines(
            """
            /// <summary>Says which members are left out of clipping and which belong to a group.</summary>
            /// <param name="declarations">Receives them.</param>
            """);
        writer.Line(GradientSourceEmitter.GeneratedCode);
        writer.Line("[global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]");
        using (writer.OpenBlock($"{modifiers} void {TorchModules.DeclareGradients}(global::ClipGen.Torch.ModuleDeclarations declarations)"))
        {
            if (isDerived)
            {
                writer.Line($"base.{TorchModules.DeclareGradients}(declarations);");
            }

            foreach (TorchMember member in torch.Members)
            {
                if (member.IsIgnored)
                {
                    writer.Line($"declarations.Ignore({member.Expression});");
                    continue;
                }

                if (LimitEmitter.GroupOf(source, member.Name, member.Group) is { } group)
                {
                    writer.Line($"declarations.Group({member.Expression}, {Literal.Of(group)});");
                }

                if (member.IsReplicated)
                {
                    writer.Line($"declarations.Replicate({member.Expression});");
                }
            }
        }
    }
}
