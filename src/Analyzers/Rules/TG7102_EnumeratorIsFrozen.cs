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
        if (access.Name.Identifier.Text is not ("MoveNext" or "Current") || !TG7101_HostSideEffect.InGraphFunction(context))
            return;
        ITypeSymbol? type = context.SemanticModel.GetTypeInfo(access.Expression, context.CancellationToken).Type;
        if (type is not null && (IsEnumerator(type) || type.AllInterfaces.Any(IsEnumerator)))
            context.ReportDiagnostic(Diagnostic.Create(Rules.EnumeratorIsFrozen, access.GetLocation(), access.ToString()));
    }

    private static bool IsEnumerator(ITypeSymbol type) =>
        type is { Name: "IEnumerator", ContainingNamespace.Name: "Collections" }
        or { OriginalDefinition.SpecialType: SpecialType.System_Collections_Generic_IEnumerator_T };
}
