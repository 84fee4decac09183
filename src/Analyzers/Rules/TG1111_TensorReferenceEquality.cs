using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>
/// Finds == and != between two tensors, which compare references so that null checks stay safe; and in graph functions calls that do the same, since
/// one tensor that the caller gives twice is two while it is traced.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG1111_TensorReferenceEquality : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.TensorReferenceEquality];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.EqualsExpression, SyntaxKind.NotEqualsExpression);
        context.RegisterSyntaxNodeAction(AnalyzeCall, SyntaxKind.InvocationExpression);
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var comparison = (BinaryExpressionSyntax)context.Node;
        // To bind every comparison of a program would be slow, and most are with a literal.
        if (comparison.Left is LiteralExpressionSyntax || comparison.Right is LiteralExpressionSyntax || !IsTensor(comparison.Left, context)
            || !IsTensor(comparison.Right, context))
            return;
        bool equal = comparison.IsKind(SyntaxKind.EqualsExpression);
        context.ReportDiagnostic(Diagnostic.Create(Rules.TensorReferenceEquality, comparison.OperatorToken.GetLocation(),
            comparison.OperatorToken.Text, equal ? "Ops.Equal" : "!Ops.Equal"));
    }

    private static void AnalyzeCall(SyntaxNodeAnalysisContext context)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        SimpleNameSyntax? name = call.Expression switch
        {
            MemberAccessExpressionSyntax access => access.Name,
            MemberBindingExpressionSyntax binding => binding.Name,
            SimpleNameSyntax simple => simple,
            _ => null,
        };
        if (name is null || !KnownApis.MayHave(name.Identifier.ValueText, ApiTraits.Compares) || !context.IsInGraphFunction()
            || context.SemanticModel.GetSymbolInfo(call, context.CancellationToken).Symbol is not IMethodSymbol method)
        {
            return;
        }
        if (method.Has(ApiTraits.Compares) && ComparesTensors(method)
            && !method.Parameters.Any(p => p.Type.Name is "IEqualityComparer" && call.ArgumentList.Arguments.Count == method.Parameters.Length))
            context.ReportDiagnostic(Diagnostic.Create(Rules.TensorReferenceEquality, name.GetLocation(), name.Identifier.Text, "Ops.Equal"));

        // What is compared is a tensor, by its static type.
        bool ComparesTensors(IMethodSymbol called) => called.Parameters.IsEmpty || called.TypeArguments.Any(t => t.IsTensor())
            ? called.TypeArguments.Any(t => t.IsTensor())
            : call.ArgumentList.Arguments.Take(name.Identifier.Text == "Equals" ? 2 : 1).All(a => IsTensor(a.Expression, context));
    }

    // `null` has no type of its own.
    private static bool IsTensor(ExpressionSyntax operand, SyntaxNodeAnalysisContext context) =>
        context.SemanticModel.GetTypeInfo(operand, context.CancellationToken).Type.IsTensor();
}
