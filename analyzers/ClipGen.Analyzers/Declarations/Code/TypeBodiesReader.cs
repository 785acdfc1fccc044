using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Code;

/// <summary>Reads the bodies of a type and their writes. A nested type is read separately.</summary>
internal sealed class TypeBodiesReader
{
    public List<CodeBody> Bodies { get; } = [];

    public List<MemberWrite> Writes { get; } = [];

    public static TypeBodiesReader Read(INamedTypeSymbol type, CancellationToken cancellation)
    {
        var reader = new TypeBodiesReader();
        foreach (SyntaxReference reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellation) is TypeDeclarationSyntax declaration)
            {
                reader.ReadType(declaration);
            }
        }

        return reader;
    }

    private void ReadType(TypeDeclarationSyntax declaration)
    {
        ParameterListSyntax? parameters = declaration.ChildNodes().OfType<ParameterListSyntax>().FirstOrDefault();
        CodeBody initializers =
            NewBody(declaration.Identifier.ValueText, declaration, CallTiming.Building, parameters, isConstructor: true);
        if (declaration is RecordDeclarationSyntax)
        {
            foreach (ParameterSyntax parameter in parameters?.Parameters ?? default)
            {
                ExpressionSyntax value = SyntaxFactory.IdentifierName(parameter.Identifier);
                Writes.Add(new MemberWrite(
                    WriteKind.Assign, [parameter.Identifier.ValueText], IsOwn: true, value, initializers, parameter));
            }
        }

        if (declaration.BaseList?.Types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault() is { } baseType)
        {
            initializers.Calls.Add(new OwnCall("", baseType.ArgumentList, baseType));
        }

        foreach (MemberDeclarationSyntax member in declaration.Members)
        {
            ReadMember(member, initializers);
        }
    }

    private void ReadMember(MemberDeclarationSyntax member, CodeBody initializers)
    {
        bool isStatic = member.Modifiers.Any(SyntaxKind.StaticKeyword);
        switch (member)
        {
            case FieldDeclarationSyntax field:
                foreach (VariableDeclaratorSyntax variable in field.Declaration.Variables)
                {
                    ReadInitializer(variable.Identifier.ValueText, variable.Initializer, initializers);
                }

                break;
            case PropertyDeclarationSyntax property:
                ReadInitializer(property.Identifier.ValueText, property.Initializer, initializers);
                ReadAccessors(property.Identifier.ValueText, property.ExpressionBody, property.AccessorList);
                break;
            case IndexerDeclarationSyntax indexer:
                ReadAccessors("this[]", indexer.ExpressionBody, indexer.AccessorList);
                break;
            case ConstructorDeclarationSyntax constructor:
                string type = constructor.Identifier.ValueText;
                CodeBody built = NewBody(type, constructor, CallTiming.Building, constructor.ParameterList, isConstructor: !isStatic);
                if (constructor.Initializer is { } initializer)
                {
                    string called = initializer.ThisOrBaseKeyword.IsKind(SyntaxKind.BaseKeyword) ? "" : "this";
                    built.Calls.Add(new OwnCall(called, initializer.ArgumentList, initializer));
                }

                ReadCode(constructor, built);
                break;
            case MethodDeclarationSyntax method:
                string name = method.Identifier.ValueText;
                bool isPrivate = !method.Modifiers.Any(IsForOthers)
                    && method.ExplicitInterfaceSpecifier is null;
                CallTiming timing = isStatic ? CallTiming.Building : MarkedTiming(method) ?? TimingWords.Of(name);
                ReadCode(method, NewBody(name, method, timing, method.ParameterList, isPrivate, isRead: true));
                break;
            case BaseMethodDeclarationSyntax other:
                ReadCode(other, NewBody("", other, CallTiming.Unknown, other.ParameterList));
                break;
        }
    }

    private void ReadAccessors(string name, ArrowExpressionClauseSyntax? arrow, AccessorListSyntax? accessors)
    {
        if (arrow is not null)
        {
            ReadCode(arrow, NewBody(name, arrow, CallTiming.Unknown, null, isRead: true));
        }

        foreach (AccessorDeclarationSyntax accessor in accessors?.Accessors ?? default)
        {
            bool isGetter = accessor.IsKind(SyntaxKind.GetAccessorDeclaration);
            CodeBody body = NewBody(name, accessor, isGetter ? CallTiming.Unknown : CallTiming.Building, null, isRead: isGetter);
            if (!isGetter)
            {
                body.Arguments.Add("value");
            }

            ReadCode(accessor, body);
        }
    }

    private void ReadInitializer(string member, EqualsValueClauseSyntax? initializer, CodeBody initializers)
    {
        if (initializer is not null)
        {
            Writes.Add(new MemberWrite(WriteKind.Assign, [member], IsOwn: true, initializer.Value, initializers, initializer));
            new CodeReader(initializers, Writes).Read(initializer.Value);
        }
    }

    private void ReadCode(SyntaxNode node, CodeBody body)
    {
        if (node is ArrowExpressionClauseSyntax arrow)
        {
            body.Returned.Add(arrow.Expression);
        }

        new CodeReader(body, Writes).Read(node);
    }

    private CodeBody NewBody(
        string name,
        SyntaxNode node,
        CallTiming timing,
        ParameterListSyntax? parameters,
        bool isPrivate = false,
        bool isConstructor = false,
        bool isRead = false)
    {
        var body = new CodeBody(name, node, timing)
        {
            IsPrivate = isPrivate,
            IsConstructor = isConstructor,
            IsRead = isRead,
            Parameters = [.. (parameters?.Parameters ?? default).Select(parameter => parameter.Identifier.ValueText)],
        };
        foreach (ParameterSyntax parameter in parameters?.Parameters ?? default)
        {
            CodeReader.Declare(parameter, body);
        }

        Bodies.Add(body);
        return body;
    }

    private static bool IsForOthers(SyntaxToken modifier) =>
        modifier.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.ProtectedKeyword or SyntaxKind.InternalKeyword;

    private static CallTiming? MarkedTiming(MethodDeclarationSyntax method)
    {
        IEnumerable<string> names =
            method.AttributeLists.SelectMany(list => list.Attributes).Select(attribute => attribute.Name.ToString());
        return names.Any(name => name.EndsWith("BackwardPass", StringComparison.Ordinal)) ? CallTiming.Backward
            : names.Any(name => name.EndsWith("OnDeserialized", StringComparison.Ordinal)) ? CallTiming.Building
            : null;
    }
}
