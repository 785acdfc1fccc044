using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>Writes random programs as C#.</summary>
internal static class ProgramWriter
{
    public const string ObsoleteId = "FUZZ1";

    public const string ExperimentalId = "FUZZ2";

    /// <summary>The declarations that all programs can use. The attributes tell the oracle which traversals are hand-written.</summary>
    public const string Prelude =
        """
        using System;

        namespace Fuzz
        {
            [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
            public sealed class HandWrittenAttribute : Attribute { }

            [AttributeUsage(AttributeTargets.Field)]
            public sealed class VisitedByHandAttribute : Attribute { }

            // Says to the tests what the compiler sees in the initializer.
            [AttributeUsage(AttributeTargets.Field)]
            public sealed class AllocatedAttribute : Attribute
            {
                public AllocatedAttribute(int length) => Length = length;
                public int Length { get; }
            }

            [System.Runtime.CompilerServices.InlineArray(3)]
            public struct Three<T>
            {
                private T _element;
                public static Three<T> From(T[] items)
                {
                    Three<T> three = default;
                    for (int i = 0; i < items.Length; i++) three[i] = items[i];
                    return three;
                }
                public readonly T[] ToArray() => [this[0], this[1], this[2]];

                // What an inline array inherits throws.
                public override readonly bool Equals(object other) =>
                other is Three<T> three && System.Linq.Enumerable.SequenceEqual(ToArray(), three.ToArray());
                public override readonly int GetHashCode() => 3;
            }

            // Someone else's: no program declares them, and ExternalGradientSources says where their gradients are.
            [HandWritten]
            public class TheirMatrix { public float[] Data; [VisitedByHand] public float[] Grad; }

            [HandWritten]
            public struct TheirVector { [VisitedByHand] public double[] Grad; public double[] Data; }

            [HandWritten]
            public sealed class TheirTensor<T> { public T[] Data { get; set; } [field: VisitedByHand] public T[] Grad { get; set; } }
        }
        """;

    /// <summary>Declares the library types that cannot be annotated, in the assembly that uses them.</summary>
    public const string ExternalGradientSources =
        """
        [assembly: System.CLSCompliant(true)]
        [assembly: ClipGen.GradientSource(typeof(Fuzz.TheirMatrix), nameof(Fuzz.TheirMatrix.Grad))]
        [assembly: ClipGen.GradientSource(typeof(Fuzz.TheirVector), nameof(Fuzz.TheirVector.Grad))]
        [assembly: ClipGen.GradientSource(typeof(Fuzz.TheirTensor<>), "Grad")]
        """;

    private const string Usings =
        """
        #nullable enable
        #pragma warning disable FUZZ2
        using System;
        using System.Diagnostics.CodeAnalysis;
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using System.Collections.ObjectModel;
        using ClipGen;
        using Fuzz;

        """;

    /// <summary>Writes the part of the program that belongs to the library, or the other part.</summary>
    public static string Write(ProgramDeclaration program, bool library)
    {
        var text = new StringBuilder(Usings);
        text.Append(CultureInfo.InvariantCulture, $"namespace {program.Namespace}\n{{\n");
        if (program.HasLayerInterface && library)
        {
            text.Append("    public interface ILayer : IGradientSource { }\n\n");
        }

        foreach (TypeDraft type in program.Types.Where(type => type.InLibrary == library))
        {
            WriteType(text, type);
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>Writes the whole program for a message.</summary>
    public static string WriteAll(ProgramDeclaration program) =>
        "// In the library:\n" + Write(program, library: true).Replace(Usings, "", StringComparison.Ordinal)
        + "// In the model's assembly:\n" + Write(program, library: false).Replace(Usings, "", StringComparison.Ordinal);

    private static void WriteType(StringBuilder text, TypeDraft type)
    {
        string indent = "    ";
        if (type.Container is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"    public partial {type.Container}\n    {{\n");
            indent = "        ";
        }

        foreach (LimitDraft limit in type.Limits)
        {
            text.Append(indent).Append('[').Append(Attribute(limit)).Append("]\n");
        }

        if (type.HandWriting != HandWriting.None)
        {
            text.Append(indent).Append("[HandWritten]\n");
        }

        if (type.Warning is not null)
        {
            text.Append(indent).Append('[').Append(type.Warning).Append("]\n");
        }

        int first = type.IsSplit ? type.Members.Length / 2 : type.Members.Length;
        WritePart(text, type, indent, type.Members.Take(first), isFirst: true);
        if (type.IsSplit)
        {
            WritePart(text, type, indent, type.Members.Skip(first), isFirst: false);
        }

        if (type.Container is not null)
        {
            text.Append("    }\n");
        }

        text.Append('\n');
    }

    private static void WritePart(StringBuilder text, TypeDraft type, string indent, IEnumerable<MemberDraft> members, bool isFirst)
    {
        string modifiers = type.IsSealed && !type.IsValueType ? "sealed " : type.IsAbstract ? "abstract " : "";
        string[] parameters = [.. Parameters(type)];
        string generics = parameters.Length == 0 ? "" : $"<{string.Join(", ", parameters)}>";
        text.Append(indent).Append("public ").Append(modifiers).Append("partial ").Append(type.Keyword).Append(' ').Append(type.Name)
            .Append(generics);
        if (isFirst)
        {
            string[] bases =
            [
                .. type.Base is null ? Array.Empty<string>() : [type.Base],
                .. type.IsLayer ? ["ILayer"] : Array.Empty<string>(),
                .. type.HandWriting == HandWriting.None ? Array.Empty<string>() : ["IGradientSource"],
            ];
            text.Append(bases.Length == 0 ? "" : " : " + string.Join(", ", bases));
            text.Append(type.SourceConstraint is null ? "" : " where THeld : " + type.SourceConstraint);
        }

        text.Append('\n').Append(indent).Append("{\n");
        foreach (MemberDraft member in members)
        {
            WriteMember(text, type, member, indent + "    ");
        }

        if (isFirst && type.HandWriting != HandWriting.None)
        {
            WriteTraversal(text, type, indent + "    ");
        }

        text.Append(indent).Append("}\n");
    }

    private static IEnumerable<string> Parameters(TypeDraft type)
    {
        if (type.ElementParameter is not null)
        {
            yield return type.ElementParameter;
        }

        if (type.SourceConstraint is not null)
        {
            yield return "THeld";
        }
    }

    private static void WriteMember(StringBuilder text, TypeDraft type, MemberDraft member, string indent)
    {
        if (type.HandWriting != HandWriting.None)
        {
            text.Append(indent).Append("[VisitedByHand] internal ").Append(member.Type).Append("? ").Append(member.Name).Append(";\n");
            return;
        }

        if (member.HasParameter)
        {
            string group = member is { IsGradient: false, Group: { } named } ? ", Group = " + Literal(named) : "";
            text.Append(indent).Append(CultureInfo.InvariantCulture, $"[Parameter(Gradient = nameof({member.Name}){group})] private "
                + $"{member.Type} _of{Bare(member.Name)};\n");
        }

        var attributes = new List<string>();
        if (member.IsGradient)
        {
            string[] arguments =
            [
                .. member.Group is null ? Array.Empty<string>() : [$"Group = {Literal(member.Group)}"],
                .. member.Length == 0 ? Array.Empty<string>() : [string.Create(CultureInfo.InvariantCulture, $"Length = {member.Length}")],
            ];
            attributes.Add(arguments.Length == 0 ? "Gradient" : $"Gradient({string.Join(", ", arguments)})");
        }

        if (member.OwnLimit is not null)
        {
            attributes.Add(Attribute(member.OwnLimit));
        }

        if (member.IsIgnored)
        {
            attributes.Add("ClipIgnore");
        }

        string target = member.Shape == MemberShape.TargetedProperty ? "field: " : "";
        string warning = member.Warning is null ? "" : $"[{member.Warning}] ";
        string list = warning + (attributes.Count == 0 ? "" : $"[{target}{string.Join(", ", attributes)}] ");
        string head = $"{indent}{list}{member.Accessibility} ";
        string typed = $"{member.Type} {member.Name}";
        text.Append(member.Shape switch
        {
            MemberShape.Field => $"{head}{typed};\n",
            MemberShape.ReadOnlyField => $"{head}readonly {typed};\n",
            MemberShape.GetOnlyProperty => $"{head}{typed} {{ get; }}\n",
            MemberShape.InitProperty => $"{head}{typed} {{ get; init; }}\n",
            MemberShape.RequiredProperty => $"{indent}{list}public required {typed} {{ get; set; }}\n",
            MemberShape.ProvenField => $"{indent}[Allocated({member.Allocated})] {list}{member.Accessibility} readonly {typed} = "
                + $"{Allocation(member)};\n",
            MemberShape.ProvenProperty => $"{indent}[field: Allocated({member.Allocated})] {list}{member.Accessibility} {typed} {{ get; }} "
                + $"= {Allocation(member)};\n",
            MemberShape.SpanProperty => $"{indent}private {SegmentOf(member)} {StorageName(member.Name)};\n{head}Span<{ElementOf(member)}> "
                + $"{member.Name} => {StorageName(member.Name)};\n",
            MemberShape.SpanMethod => $"{indent}private {SegmentOf(member)} {StorageName(member.Name)};\n{head}Span<{ElementOf(member)}> "
                + $"{member.Name}() => {StorageName(member.Name)};\n",
            _ => $"{head}{typed} {{ get; set; }}\n",
        });
    }

    /// <summary>
    /// The field of a member that returns a span. The oracle reads the field, because reflection cannot call such a member.
    /// </summary>
    public static string StorageName(string member) => "_storageOf_" + Bare(member);

    private static string Bare(string name) => name.TrimStart('@');

    /// <summary>The length is written as one of several constant expressions.</summary>
    private static string Allocation(MemberDraft member)
    {
        string length = string.Create(CultureInfo.InvariantCulture,
            $"{(member.Allocated % 3) switch { 0 => "", 1 => "1 * ", _ => "0 + " }}{member.Allocated}");
        return $"new {ElementOf(member)}[{length}{(member.Type.EndsWith("[,]", StringComparison.Ordinal) ? ", 2" : "")}]";
    }

    private static string ElementOf(MemberDraft member) => member.Type[..member.Type.IndexOf('[', StringComparison.Ordinal)];

    private static string SegmentOf(MemberDraft member) => $"ArraySegment<{ElementOf(member)}>";

    private static void WriteTraversal(StringBuilder text, TypeDraft type, string indent)
    {
        string head = type.HandWriting switch
        {
            HandWriting.Explicit => "void IGradientSource.VisitGradients<TVisitor>(ref TVisitor visitor)",
            HandWriting.Public => "public void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor",
            HandWriting.Virtual => "public virtual void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, "
                + "IGradientVisitor",
            _ => "public abstract void VisitGradients<TVisitor>(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor;",
        };
        text.Append(indent).Append(head);
        if (type.HandWriting == HandWriting.Abstract)
        {
            text.Append('\n');
            return;
        }

        text.Append(" { ");
        foreach (MemberDraft member in type.Members)
        {
            text.Append(CultureInfo.InvariantCulture, $"visitor.Visit<{ElementOf(member)}>(\"{Bare(member.Name)}\", this.{member.Name}); ");
        }

        text.Append("}\n");
    }

    private static string Attribute(LimitDraft limit)
    {
        var arguments = new List<string> { Number(limit.Limit) };
        if (!limit.ByValue && limit.NormType != 2)
        {
            arguments.Add("NormType = " + Number(limit.NormType));
        }

        if (!limit.ByValue && limit.Scope != ClipScope.Global)
        {
            arguments.Add("Scope = ClipScope." + limit.Scope);
        }

        if (limit.NonFinite != NonFinitePolicy.Throw)
        {
            arguments.Add("NonFinite = NonFinitePolicy." + limit.NonFinite);
        }

        if (!limit.ByValue && limit.Epsilon != 0)
        {
            arguments.Add("Epsilon = " + Number(limit.Epsilon));
        }

        if (limit.Group is not null)
        {
            arguments.Add("Group = " + Literal(limit.Group));
        }

        return $"ClipGrad{(limit.ByValue ? "Value" : "Norm")}({string.Join(", ", arguments)})";
    }

    private static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "double.PositiveInfinity" : value.ToString("R", CultureInfo.InvariantCulture);
}
