using System.Collections.Immutable;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Torch;

/// <summary>
/// Reads a <c>torch.nn.Module</c>. Its gradients are those of the parameters that it registers, whatever its members are, so only members
/// that are left out, grouped or have their own limit matter.
/// </summary>
internal sealed class TorchModuleReader(
    INamedTypeSymbol type,
    Compilation compilation,
    List<string> ignored,
    List<LimitDeclaration> limits,
    List<Problem> problems)
{
    private const string Forms = "modules, parameters, and collections of them";

    private readonly List<TorchMember> _members = [];

    public TorchDeclaration Read(GradientSourceIndex index, List<INamedTypeSymbol> uses)
    {
        if (compilation.GetTypeByMetadataName(TorchModules.Adapter) is null)
        {
            AttributeData? clip = type.GetAttributes().FirstOrDefault(LimitParser.IsClipAttribute);
            problems.Add(new Problem(RuleIds.TorchAdapterMissing, true, type, clip, type.Name));
        }

        foreach (ISymbol member in type.GetMembers())
        {
            if (member is (IFieldSymbol or IPropertySymbol or IMethodSymbol) && !member.IsImplicitlyDeclared)
            {
                ReadMember(member);
            }
        }

        return new TorchDeclaration(TorchModules.ReadInheritance(index, type, uses), _members.ToEquatableArray());
    }

    private void ReadMember(ISymbol member)
    {
        ImmutableArray<AttributeData> attributes = MemberSymbols.Attributes(member);
        AttributeData? limit = attributes.FirstOrDefault(LimitParser.IsClipAttribute);
        AttributeData? gradient =
            attributes.FirstOrDefault(attribute => WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.Gradient));
        bool isIgnored = MemberSymbols.IsIgnored(member);
        bool isReplicated = MemberSymbols.IsReplicated(member);
        if (!isIgnored && limit is null && gradient is null && !isReplicated)
        {
            return;
        }

        if (isIgnored && limit is not null)
        {
            problems.Add(new Problem(
                RuleIds.ContradictingLimits, true, member, limit,
                $"'{member.Name}' has a limit and is left out by [ClipIgnore]; remove one of them"));
            return;
        }

        ITypeSymbol memberType = MemberSymbols.TypeOf(member);
        string? obstacle = member switch
        {
            { IsStatic: true } => "it is static, and so belongs to no model; make it an instance member",
            IMethodSymbol => "it is a method; mark the field or property that holds the module or parameter",
            IPropertySymbol { IsIndexer: true } or IPropertySymbol { GetMethod: null } => "it cannot be read; mark the field behind it",
            _ when memberType.TypeKind == TypeKind.Error => "",
            _ when TorchModules.HoldsParameters(memberType) => null,
            _ => $"'{memberType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}' holds no parameter that a module registers",
        };
        string display = memberType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
        if (obstacle is not null)
        {
            // A member that cannot be clipped can still be left out. The compiler reports an unknown type.
            if (!isIgnored)
            {
                object[] arguments = obstacle.Length == 0 ? [] : [member.Name, obstacle, Forms];
                problems.Add(new Problem(RuleIds.CannotBeClipped, true, member, gradient ?? limit, arguments));
            }

            return;
        }

        if (isIgnored)
        {
            ignored.Add(member.Name);
            _members.Add(new TorchMember(member.Name, MemberExpression.OfThis(member), display, IsIgnored: true, Group: null));
            return;
        }

        string? group = gradient is null ? null : MemberSymbols.NamedArgument<string>(gradient, "Group", null);
        if (LimitParser.ReadMember(member, attributes, group, problems) is { } own)
        {
            limits.Add(own);
        }

        _members.Add(new TorchMember(member.Name, MemberExpression.OfThis(member), display, IsIgnored: false, group)
        {
            IsReplicated = isReplicated,
        });
    }
}
