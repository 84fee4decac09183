using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>
/// Finds tensors that a graph function returns after it has disposed of them: with <c>using</c>, or by a call ahead of the <c>return</c>.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG7104_DisposedResult : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.DisposedResult];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.ReturnStatement);
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var statement = (ReturnStatementSyntax)context.Node;
        if (statement.Expression is not { } result || statement.Ancestors().FirstOrDefault(Staging.IsFunction) is not MethodDeclarationSyntax function
            || !context.IsInGraphFunction(torch: true))
            return;
        var effects = Effects.Of(function, context.SemanticModel);
        foreach (IdentifierNameSyntax name in Returned(result))
        {
            if (DisposerOf(name) is { } disposer)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rules.DisposedResult, name.GetLocation(), name.Identifier.Text, function.Identifier.Text, disposer));
            }
        }

        string? DisposerOf(IdentifierNameSyntax name)
        {
            if (context.SemanticModel.GetSymbolInfo(name).Symbol is not ILocalSymbol local || !(local.Type.IsTensor() || local.Type.IsTorchTensor())
                || !effects.IsAssignedOnce(local))
                return null;
            if (local.IsUsing)
                return "'using'";
            if (statement.Parent is BlockSyntax block && block.Statements.TakeWhile(s => s != statement).Any(s => IsDisposal(s, local.Name)))
                return $"'{local.Name}.Dispose()'";
            // Another name for the same tensor.
            return local.DeclaringSyntaxReferences[0].GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: IdentifierNameSyntax other }
                ? DisposerOf(other)
                : null;
        }
    }

    // The variables whose values are parts of the result.
    private static IEnumerable<IdentifierNameSyntax> Returned(ExpressionSyntax result) => result switch
    {
        IdentifierNameSyntax name => [name],
        ParenthesizedExpressionSyntax inner => Returned(inner.Expression),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } inner => Returned(inner.Operand),
        ConditionalExpressionSyntax choice => Returned(choice.WhenTrue).Concat(Returned(choice.WhenFalse)),
        TupleExpressionSyntax tuple => tuple.Arguments.SelectMany(a => Returned(a.Expression)),
        CollectionExpressionSyntax list => list.Elements.OfType<ExpressionElementSyntax>().SelectMany(e => Returned(e.Expression)),
        ImplicitArrayCreationExpressionSyntax array => array.Initializer.Expressions.SelectMany(Returned),
        ArrayCreationExpressionSyntax { Initializer: { } elements } => elements.Expressions.SelectMany(Returned),
        _ => [],
    };

    private static bool IsDisposal(StatementSyntax statement, string variable) => statement is ExpressionStatementSyntax
    {
        Expression: InvocationExpressionSyntax
        {
            ArgumentList.Arguments.Count: 0,
            Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dispose", Expression: IdentifierNameSyntax { Identifier.ValueText: var name } },
        },
    } && name == variable;
}
