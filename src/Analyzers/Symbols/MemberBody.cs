using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// The parts of a declaration that its twin repeats: of a method, an accessor (or the arrow that stands for a getter), an operator or a constructor.
/// </summary>
internal sealed class MemberBody(SyntaxNode declaration)
{
    public SyntaxNode Declaration { get; } = declaration;

    public BlockSyntax? Block => Declaration switch
    {
        BaseMethodDeclarationSyntax method => method.Body,
        AccessorDeclarationSyntax accessor => accessor.Body,
        _ => null,
    };

    public ExpressionSyntax? Expression => Declaration switch
    {
        BaseMethodDeclarationSyntax method => method.ExpressionBody?.Expression,
        AccessorDeclarationSyntax accessor => accessor.ExpressionBody?.Expression,
        ArrowExpressionClauseSyntax arrow => arrow.Expression,
        _ => null,
    };

    public Location NameLocation => Declaration switch
    {
        MethodDeclarationSyntax method => method.Identifier.GetLocation(),
        OperatorDeclarationSyntax op => op.OperatorToken.GetLocation(),
        ConversionOperatorDeclarationSyntax conversion => conversion.Type.GetLocation(),
        ConstructorDeclarationSyntax constructor => constructor.Identifier.GetLocation(),
        AccessorDeclarationSyntax accessor => accessor.Keyword.GetLocation(),
        ArrowExpressionClauseSyntax { Parent: PropertyDeclarationSyntax property } => property.Identifier.GetLocation(),
        ArrowExpressionClauseSyntax { Parent: IndexerDeclarationSyntax indexer } => indexer.ThisKeyword.GetLocation(),
        _ => Declaration.GetLocation(),
    };

    /// <summary>The property or indexer of an accessor.</summary>
    public BasePropertyDeclarationSyntax? Property => Declaration switch
    {
        AccessorDeclarationSyntax { Parent.Parent: BasePropertyDeclarationSyntax property } => property,
        ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax property } => property,
        _ => null,
    };

    public SyntaxTokenList Modifiers => (Declaration as MemberDeclarationSyntax ?? Property)?.Modifiers ?? default;

    public TypeParameterListSyntax? TypeParameters => (Declaration as MethodDeclarationSyntax)?.TypeParameterList;

    /// <summary>The user's parameters, and the <c>value</c> of a setter.</summary>
    public string Parameters
    {
        get
        {
            IEnumerable<string> list = (Declaration is BaseMethodDeclarationSyntax method
                ? method.ParameterList.Parameters
                : (Property as IndexerDeclarationSyntax)?.ParameterList.Parameters ?? [])
                .Select(p => p.ToString());
            if (IsSetter)
                list = list.Append($"{Property!.Type} value");
            return string.Join(", ", list).Replace("\n", " ").Replace("\r", "");
        }
    }

    public string ReturnType => Declaration switch
    {
        MethodDeclarationSyntax method => method.ReturnType.ToString(),
        OperatorDeclarationSyntax op => op.ReturnType.ToString(),
        ConversionOperatorDeclarationSyntax conversion => conversion.Type.ToString(),
        ConstructorDeclarationSyntax => "",
        _ => IsSetter ? "void" : Property!.Type.ToString(),
    };

    /// <summary>The interface that an explicit implementation names, with the dot.</summary>
    public ExplicitInterfaceSpecifierSyntax? Interface =>
        (Declaration as MethodDeclarationSyntax)?.ExplicitInterfaceSpecifier ?? Property?.ExplicitInterfaceSpecifier;

    public string Constraints => Declaration is MethodDeclarationSyntax { ConstraintClauses.Count: > 0, ExplicitInterfaceSpecifier: null } method
        && !method.Modifiers.Any(SyntaxKind.OverrideKeyword)
        ? " " + string.Join(" ", method.ConstraintClauses)
        : "";

    /// <summary>The statement that runs the member itself, as its user would.</summary>
    public string Run(IMethodSymbol member)
    {
        string arguments = string.Join(", ", member.Parameters.Take(member.Parameters.Length - (IsSetter ? 1 : 0)).Select(p => "@" + p.Name));
        string target = Property switch
        {
            IndexerDeclarationSyntax => $"this[{arguments}]",
            PropertyDeclarationSyntax property => property.Identifier.Text,
            _ => $"{((MethodDeclarationSyntax)Declaration).Identifier.Text}{TypeParameters}({arguments})",
        };
        return IsSetter ? $"{target} = value;" : member.ReturnsVoid ? $"{target};" : $"return {target};";
    }

    /// <summary>
    /// True for the setter of a property that keeps a value in its <c>field</c> and gives it back as it was: no more than an automatic one does.
    /// </summary>
    public static bool OnlyKeeps(IMethodSymbol setter)
    {
        if (setter.AssociatedSymbol?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax()
            is not PropertyDeclarationSyntax { AccessorList.Accessors: var accessors })
            return false;
        return accessors.All(accessor => (accessor.ExpressionBody?.Expression ?? OnlyExpression(accessor.Body)) switch
        {
            null => accessor is { Body: null, ExpressionBody: null },
            FieldExpressionSyntax => accessor.IsKind(SyntaxKind.GetAccessorDeclaration),
            AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: FieldExpressionSyntax, Right: IdentifierNameSyntax { Identifier.ValueText: "value" } } => true,
            _ => false,
        });
    }

    private static ExpressionSyntax? OnlyExpression(BlockSyntax? body) => body is { Statements: { Count: 1 } statements }
        ? statements[0] switch
        {
            ReturnStatementSyntax returned => returned.Expression,
            ExpressionStatementSyntax statement => statement.Expression,
            _ => null,
        }
        : null;

    private bool IsSetter => Declaration is AccessorDeclarationSyntax accessor && !accessor.IsKind(SyntaxKind.GetAccessorDeclaration);
}
