using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>Finds variables, and layers, which make some, that a graph function creates on every call: no condition skips them.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG7003_VariableCreation : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.VariableCreation];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.ObjectCreationExpression, SyntaxKind.ImplicitObjectCreationExpression);
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        if (!TG7101_HostSideEffect.InGraphFunction(context)
            || context.SemanticModel.GetTypeInfo(context.Node, context.CancellationToken).Type is not INamedTypeSymbol type
            || !type.Is("Variable") || MayBeSkipped(context.Node))
            return;
        context.ReportDiagnostic(Diagnostic.Create(Rules.VariableCreation, context.Node.GetLocation(),
            context.Node.FirstAncestorOrSelf<MethodDeclarationSyntax>()!.Identifier.Text));
    }

    private static bool MayBeSkipped(SyntaxNode creation)
    {
        SyntaxNode inner = creation;
        foreach (SyntaxNode outer in creation.Ancestors())
        {
            switch (outer)
            {
                case BlockSyntax block:
                    // An earlier statement that may leave the method.
                    if (block.Statements.TakeWhile(s => s != inner).Any(MayLeave))
                        return true;
                    break;
                case MethodDeclarationSyntax:
                    return false;
                case StatementSyntax and not (LocalDeclarationStatementSyntax or ExpressionStatementSyntax or ReturnStatementSyntax
                    or UsingStatementSyntax or CheckedStatementSyntax):
                case AnonymousFunctionExpressionSyntax or ConditionalExpressionSyntax or SwitchExpressionSyntax or ConditionalAccessExpressionSyntax:
                case BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.CoalesceExpression) || binary.IsKind(SyntaxKind.LogicalAndExpression)
                    || binary.IsKind(SyntaxKind.LogicalOrExpression):
                case AssignmentExpressionSyntax assignment when assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression):
                    return true;
            }
            inner = outer;
        }
        return true;
    }

    private static bool MayLeave(StatementSyntax statement) => statement.DescendantNodesAndSelf()
        .Any(n => n is ReturnStatementSyntax or ThrowStatementSyntax or ThrowExpressionSyntax or GotoStatementSyntax);
}
