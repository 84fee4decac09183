using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>Finds == and != between two tensors, which compare references so that null checks stay safe.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG1111_TensorReferenceEquality : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.TensorReferenceEquality];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.EqualsExpression, SyntaxKind.NotEqualsExpression);
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var comparison = (BinaryExpressionSyntax)context.Node;
        // To bind every comparison of a program would be slow, and most are with a literal.
        if (comparison.Left is LiteralExpressionSyntax || comparison.Right is LiteralExpressionSyntax || !IsTensor(comparison.Left, context) || !IsTensor(comparison.Right, context))
            return;
        bool equal = comparison.IsKind(SyntaxKind.EqualsExpression);
        context.ReportDiagnostic(Diagnostic.Create(Rules.TensorReferenceEquality, comparison.OperatorToken.GetLocation(),
            comparison.OperatorToken.Text, equal ? "Ops.Equal" : "!Ops.Equal"));
    }

    // `null` has no type of its own.
    private static bool IsTensor(ExpressionSyntax operand, SyntaxNodeAnalysisContext context) =>
        context.SemanticModel.GetTypeInfo(operand, context.CancellationToken).Type.IsTensor();
}
