using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>Finds the attribute on lambdas and local functions.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG1107_NotAMethod : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.NotAMethod];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.Attribute);
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        string? place = context.Node.Parent?.Parent switch
        {
            LocalFunctionStatementSyntax => "a local function",
            LambdaExpressionSyntax => "a lambda",
            _ => null,
        };
        if (place is not null && context.SemanticModel.GetSymbolInfo(context.Node, context.CancellationToken).Symbol?.ContainingType is { } type
            && type.Is("GraphFunctionAttribute"))
            context.ReportDiagnostic(Diagnostic.Create(Rules.NotAMethod, context.Node.GetLocation(), place));
    }
}
