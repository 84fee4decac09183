using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using TensorGraph.Ir;

namespace TensorGraph.Analyzers;

/// <summary>Reads the specs of an InputSignature as the run time will.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG1004_InputSignature : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.BadSignature];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.Attribute);
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var attribute = (AttributeSyntax)context.Node;
        AttributeArgumentSyntax? signature = attribute.ArgumentList?.Arguments.FirstOrDefault(a =>
            a.NameEquals?.Name.Identifier.Text == "InputSignature");
        if (signature is null || context.SemanticModel.GetSymbolInfo(attribute, context.CancellationToken).Symbol?.ContainingType is not { } type
            || !type.Is("GraphFunctionAttribute"))
            return;
        foreach (LiteralExpressionSyntax literal in signature.Expression.DescendantNodesAndSelf().OfType<LiteralExpressionSyntax>())
        {
            if (literal.Token.Value is not string spec)
                continue;
            SpecSyntax.Split(spec, out string? error);
            if (error is not null)
                context.ReportDiagnostic(Diagnostic.Create(Rules.BadSignature, literal.GetLocation(), "InputSignature", spec, error,
                    "a dtype and sizes, for instance \"f32[batch, 784]\""));
        }
    }
}
