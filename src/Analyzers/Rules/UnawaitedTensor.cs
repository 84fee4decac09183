using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>
/// A tensor can be awaited, and need not be: its data comes by itself. So CS4014, which asks for an <c>await</c>, does not concern a call that gives
/// a tensor.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnawaitedTensor : DiagnosticSuppressor
{
    private static readonly SuppressionDescriptor Descriptor = new("TGS4014", "CS4014", "A tensor need not be awaited");

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions => [Descriptor];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (Diagnostic diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is not { } tree) continue;
            SyntaxNode call = tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (context.GetSemanticModel(tree).GetTypeInfo(call, context.CancellationToken).Type.IsTensor())
                context.ReportSuppression(Suppression.Create(Descriptor, diagnostic));
        }
    }
}
