using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace TensorGraph.Analyzers;

/// <summary>Finds calls of graph functions, and delegates made of them, that no interceptor can reroute, so that they run op by op.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG6103_CallIsNotIntercepted : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.CallIsNotIntercepted];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.InvocationExpression);
        context.RegisterOperationAction(AnalyzeDelegate, OperationKind.MethodReference);
    }

    private static void AnalyzeDelegate(OperationAnalysisContext context)
    {
        var reference = (IMethodReferenceOperation)context.Operation;
        if (reference.Method.GraphFunction() is null || (context.ContainingSymbol as IMethodSymbol)?.GraphFunction() is not null)
            return;
        // GraphFunction.Compile and others of the library find the graph function.
        IOperation? user = reference.Parent;
        while (user is IDelegateCreationOperation or IConversionOperation)
            user = user.Parent;
        bool isForLibrary = user is IArgumentOperation { Parameter.ContainingType: { } taker } && taker.IsOfLibrary();
        if (!isForLibrary)
            context.ReportDiagnostic(Diagnostic.Create(Rules.CallIsNotIntercepted, reference.Syntax.GetLocation(), reference.Method.Name, "a delegate holds the method itself"));
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        if (!MarkedMethods.MayBeCalledBy(call, context.Compilation))
            return;
        if (context.SemanticModel.GetSymbolInfo(call, context.CancellationToken).Symbol is not IMethodSymbol method || method.GraphFunction() is null
            || call.Expression is MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax })
        {
            return;
        }
        // The twin of a graph function calls the entry itself.
        if (context.IsInGraphFunction())
            return;
        if (CallSites.WhyNotIntercepted(method) is { } reason)
            context.ReportDiagnostic(Diagnostic.Create(Rules.CallIsNotIntercepted, call.Expression.GetLocation(), method.Name, reason));
    }
}
