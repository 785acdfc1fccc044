namespace ClipGen.Generator.Tests.Fuzzing;

/// <summary>Removes the parts of a failing program that the failure does not need.</summary>
internal static class ProgramShrinking
{
    /// <summary>Returns the smallest program found for which <paramref name="fails"/> is still true.</summary>
    public static ProgramDeclaration Shrink(ProgramDeclaration program, Func<ProgramDeclaration, bool> fails, int attempts = 300)
    {
        bool progress = true;
        while (progress)
        {
            progress = false;
            foreach (ProgramDeclaration smaller in Smaller(program).Where(AsksForCode))
            {
                if (attempts-- <= 0)
                {
                    return program;
                }

                if (fails(smaller))
                {
                    program = smaller;
                    progress = true;
                    break;
                }
            }
        }

        return program;
    }

    // A type that must implement or override a traversal needs an attribute. Without one, the compiler would report a different error.
    private static bool AsksForCode(ProgramDeclaration program) =>
        program.Types.All(type =>
            type.IsAnnotated || type.HandWriting != HandWriting.None || (!type.IsLayer && type.Base is null && !type.InLibrary));

    private static IEnumerable<ProgramDeclaration> Smaller(ProgramDeclaration program)
    {
        for (int i = 0; i < program.Types.Length - 1; i++)
        {
            yield return program with { Types = program.Types.RemoveAt(i) };
        }

        for (int i = 0; i < program.Types.Length; i++)
        {
            TypeDraft type = program.Types[i];
            foreach (TypeDraft smaller in Smaller(type))
            {
                yield return program with { Types = program.Types.SetItem(i, smaller) };
            }
        }

        if (program.HasLayerInterface)
        {
            yield return program with { HasLayerInterface = false };
        }
    }

    private static IEnumerable<TypeDraft> Smaller(TypeDraft type)
    {
        for (int i = 0; i < type.Members.Length; i++)
        {
            yield return type with { Members = type.Members.RemoveAt(i) };
        }

        for (int i = 0; i < type.Limits.Length; i++)
        {
            yield return type with { Limits = type.Limits.RemoveAt(i) };
            if (type.Limits[i] is { } limit && limit != new LimitDraft(limit.ByValue, 1, Group: limit.Group))
            {
                yield return type with { Limits = type.Limits.SetItem(i, new LimitDraft(limit.ByValue, 1, Group: limit.Group)) };
                yield return type with { Limits = type.Limits.SetItem(i, limit with { Scope = ClipScope.Global, Epsilon = 0 }) };
            }
        }

        TypeDraft[] simpler =
        [
            type with { Base = null },
            type with { Container = null },
            type with { IsSplit = false },
            type with { IsLayer = false },
            type with { IsSealed = false },
            type with { IsAbstract = false },
            type with { InLibrary = false },
            type with { SourceConstraint = null },
            type with { Keyword = type.IsValueType ? "struct" : "class" },
        ];
        foreach (TypeDraft smaller in simpler.Where(smaller => smaller != type))
        {
            yield return smaller;
        }

        for (int i = 0; i < type.Members.Length; i++)
        {
            MemberDraft member = type.Members[i];
            MemberDraft[] plainer =
            [
                member with { Type = "float[]", IsGradient = true, Shape = MemberShape.Field },
                member with { Shape = MemberShape.Field },
                member with { Group = null },
                member with { Length = 0 },
                member with { OwnLimit = null },
                member with { IsIgnored = false },
                member with { HasParameter = false, IsGradient = true },
            ];
            foreach (MemberDraft smaller in plainer.Where(smaller => smaller != member))
            {
                yield return type with { Members = type.Members.SetItem(i, smaller) };
            }
        }
    }
}
