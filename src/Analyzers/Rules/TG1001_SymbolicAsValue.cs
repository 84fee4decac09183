using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>
/// Finds reads of a tensor's value in a graph function, where it certainly has none: <c>x.Item&lt;float&gt;()</c>, <c>(float)x.Sum()</c>;
/// and calls of methods that certainly read the value of an argument.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG1001_SymbolicAsValue : DiagnosticAnalyzer
{
    private static readonly HashSet<string> s_reads = new(StringComparer.Ordinal) { "Item", "ToArray", "ToDouble", "ToLiteral" };

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.SymbolicAsValue];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(AnalyzeCall, SyntaxKind.InvocationExpression);
        context.RegisterSyntaxNodeAction(AnalyzeCast, SyntaxKind.CastExpression);
    }

    private static void AnalyzeCall(SyntaxNodeAnalysisContext context)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        if (!context.IsInGraphFunction())
            return;
        if (ReadBy(call, context.SemanticModel) is { } tensor)
            Report(context, call, tensor);
        else
            ReportHelper(context, call);
    }

    /// <summary>The tensor whose value a call or cast reads, or null.</summary>
    private static ExpressionSyntax? ReadBy(SyntaxNode node, SemanticModel model) => node switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } when s_reads.Contains(access.Name.Identifier.ValueText)
            && Staging.IsTensor(access.Expression, model) => access.Expression,
        CastExpressionSyntax { Type: PredefinedTypeSyntax } cast when Staging.IsTensor(cast.Expression, model)
            && model.GetTypeInfo(cast).Type is { SpecialType: not SpecialType.System_Object } => cast.Expression,
        _ => null,
    };

    private static void AnalyzeCast(SyntaxNodeAnalysisContext context)
    {
        var cast = (CastExpressionSyntax)context.Node;
        if (context.IsInGraphFunction() && ReadBy(cast, context.SemanticModel) is { } tensor)
            Report(context, cast, tensor);
    }

    // The read may be right where other code calls the method, so the call is what is reported.
    private static void ReportHelper(SyntaxNodeAnalysisContext context, InvocationExpressionSyntax call)
    {
        MethodDeclarationSyntax function = call.FirstAncestorOrSelf<MethodDeclarationSyntax>()!;
        if (MayRunOtherwise(function, call) || IsUnderFlag(call, context.SemanticModel))
            return;
        var values = new SymbolicValues(function, context.SemanticModel);
        var reads = new HelperReads(CallGraph.Of(context.Compilation), ReadBy, MayRunOtherwise);
        if (!values.IsTraced(call) || reads.Find(call, context.SemanticModel, values) is not { } read)
            return;
        FileLinePositionSpan place = read.SyntaxTree.GetLineSpan(read.Span);
        string remedy = $"It does so at {Path.GetFileName(place.Path)}:{place.StartLinePosition.Line + 1}, with '{read}'. Return a Tensor from there";
        context.ReportDiagnostic(Diagnostic.Create(Rules.SymbolicAsValue, call.GetLocation(), call.ToString(), function.Identifier.Text, remedy));
    }

    private static void Report(SyntaxNodeAnalysisContext context, ExpressionSyntax read, ExpressionSyntax tensor)
    {
        MethodDeclarationSyntax function = read.FirstAncestorOrSelf<MethodDeclarationSyntax>()!;
        var values = new SymbolicValues(function, context.SemanticModel);
        if (!values.IsTraced(read) || MayRunOtherwise(function, read) || IsUnderFlag(read, context.SemanticModel) || !values.IsSymbolic(tensor))
            return;
        string remedy = ConditionAround(read) is { } condition
            ? $"A condition on a tensor becomes part of the graph: compare '{tensor}' itself, as in 'if ({condition.ToString().Replace(read.ToString(), tensor.ToString())})'"
            : "Keep it a Tensor, or look at it with Ops.Print, or run C# on it with Ops.HostCall";
        context.ReportDiagnostic(Diagnostic.Create(Rules.SymbolicAsValue, read.GetLocation(), read.ToString(), function.Identifier.Text, remedy));
    }

    // A method that asks how it runs, or that expects an error, knows what it does.
    private static bool MayRunOtherwise(MethodDeclarationSyntax function, SyntaxNode read) =>
        read.Ancestors().OfType<TryStatementSyntax>().Any(t => t.Catches.Count > 0)
        || function.DescendantNodes().OfType<SimpleNameSyntax>().Any(n => n.Identifier.ValueText is "IsSymbolic" or "RunImperatively");

    // if (_debug) …: a switch that may be on only where nothing is traced.
    private static bool IsUnderFlag(SyntaxNode read, SemanticModel model)
    {
        return read.Ancestors().Any(n => n switch
        {
            IfStatementSyntax branch => !branch.Condition.Span.Contains(read.Span) && HasFlag(branch.Condition),
            ConditionalExpressionSyntax choice => !choice.Condition.Span.Contains(read.Span) && HasFlag(choice.Condition),
            _ => false,
        });

        bool HasFlag(ExpressionSyntax condition) => condition.DescendantNodesAndSelf()
            .Any(n => n is SimpleNameSyntax name && model.GetTypeInfo(name).Type is { SpecialType: SpecialType.System_Boolean });
    }

    private static ExpressionSyntax? ConditionAround(SyntaxNode read)
    {
        SyntaxNode node = read;
        while (node.Parent is ExpressionSyntax outer and (BinaryExpressionSyntax or ParenthesizedExpressionSyntax or PrefixUnaryExpressionSyntax))
            node = outer;
        return node.Parent switch
        {
            IfStatementSyntax branch when branch.Condition == node => branch.Condition,
            WhileStatementSyntax loop when loop.Condition == node => loop.Condition,
            DoStatementSyntax loop when loop.Condition == node => loop.Condition,
            ConditionalExpressionSyntax choice when choice.Condition == node => choice.Condition,
            _ => null,
        };
    }
}
