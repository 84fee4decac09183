using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>Finds enumerators that a graph function advances or reads by hand.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG7102_EnumeratorIsFrozen : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.EnumeratorIsFrozen];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.SimpleMemberAccessExpression);
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var access = (MemberAccessExpressionSyntax)context.Node;
        if (access.Name.Identifier.Text is not ("MoveNext" or "Current") || !context.IsInGraphFunction(torch: true))
            return;
        ITypeSymbol? type = context.SemanticModel.GetTypeInfo(access.Expression, context.CancellationToken).Type;
        if (type is not null && !IsMadeHere(access.Expression, context.SemanticModel) && (IsEnumerator(type) || type.AllInterfaces.Any(IsEnumerator)))
            context.ReportDiagnostic(Diagnostic.Create(Rules.EnumeratorIsFrozen, access.GetLocation(), access.ToString()));
    }

    // One that each trace makes anew begins where the trace begins.
    private static bool IsMadeHere(ExpressionSyntax enumerator, SemanticModel model) => enumerator is IdentifierNameSyntax
        && model.GetSymbolInfo(enumerator).Symbol is ILocalSymbol local
        && local.DeclaringSyntaxReferences[0].GetSyntax() is VariableDeclaratorSyntax
        {
            Initializer.Value: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetEnumerator" } },
        };

    private static bool IsEnumerator(ITypeSymbol type) =>
        type is { Name: "IEnumerator", ContainingNamespace.Name: "Collections" }
        or { OriginalDefinition.SpecialType: SpecialType.System_Collections_Generic_IEnumerator_T };
}
