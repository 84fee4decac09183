using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace TensorGraph.Analyzers;

/// <summary>Finds ops and calls whose tensors certainly do not fit, from constants, declared shapes and the types of the ops' results.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG2001_Shapes : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. ShapeRules.ById.Values, Rules.BadSignature];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (OpSchemas.Of(start.Compilation) is not { } ops)
                return;
            start.RegisterOperationBlockAction(block => Analyze(block, ops));
            start.RegisterSymbolAction(CheckText, SymbolKind.Method, SymbolKind.Field, SymbolKind.Property);
        });
    }

    private static void Analyze(OperationBlockAnalysisContext context, OpSchemas ops)
    {
        var reported = new HashSet<SyntaxNode>();
        foreach (IOperation block in context.OperationBlocks)
        {
            // Top-level statements are a method body around a block.
            IOperation body = block is IMethodBodyOperation { BlockBody: { } statements } ? statements : block;
            if (body is not IAttributeOperation && MentionsTensors(body))
            {
                new ShapeWalker(ops, context.OwningSymbol as IMethodSymbol, body, (error, place) =>
                {
                    if (ShapeRules.ById.TryGetValue(error.Id, out DiagnosticDescriptor? rule) && reported.Add(place))
                        context.ReportDiagnostic(Diagnostic.Create(rule, place.GetLocation(), error.Problem, error.Remedy));
                }).Run(body);
            }
        }
    }

    private static bool MentionsTensors(IOperation body) => body.Descendants().Any(o => o.Type is INamedTypeSymbol type && type.IsTensor());

    private static void CheckText(SymbolAnalysisContext context)
    {
        IEnumerable<AttributeData> attributes = context.Symbol.GetAttributes();
        if (context.Symbol is IMethodSymbol method)
            attributes = method.GetReturnTypeAttributes().Concat(method.Parameters.SelectMany(parameter => parameter.GetAttributes()));
        foreach (AttributeData attribute in attributes)
        {
            DeclaredShapes.Read(attribute, out string? error);
            if (error is not null
                && attribute.ApplicationSyntaxReference?.GetSyntax() is AttributeSyntax { ArgumentList.Arguments: { Count: 1 } texts })
                context.ReportDiagnostic(Diagnostic.Create(
                    Rules.BadSignature, texts[0].GetLocation(), "Shape", attribute.ConstructorArguments[0].Value, error,
                    "sizes, for instance \"batch, 784\""));
        }
    }
}
