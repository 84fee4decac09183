using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>Finds variables, and layers, which make some, that a graph function creates on every call: no condition skips them.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG7003_VariableCreation : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.VariableCreation, Rules.VariableCreationInHelper];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.ObjectCreationExpression, SyntaxKind.ImplicitObjectCreationExpression);
        context.RegisterGraphFunctionsAction(AnalyzeHelpers);
    }

    // Of helpers that no condition skips either.
    private static void AnalyzeHelpers(CompilationAnalysisContext context, IReadOnlyList<IMethodSymbol> functions)
    {
        var calls = CallGraph.Of(context.Compilation);
        var seen = new HashSet<IMethodSymbol>(functions, SymbolEqualityComparer.Default);
        foreach (IMethodSymbol function in functions)
            Walk(function, function);

        void Walk(IMethodSymbol method, IMethodSymbol function)
        {
            if (calls.Declaration(method) is not MethodDeclarationSyntax declaration)
                return;
            SemanticModel model = calls.Model(declaration.SyntaxTree);
            foreach (SyntaxNode node in Staging.InSameFunction(declaration))
            {
                if (node is BaseObjectCreationExpressionSyntax && method.GraphFunction() is null && IsVariable(node, model) && !MayBeSkipped(node))
                    context.ReportDiagnostic(Diagnostic.Create(Rules.VariableCreationInHelper, node.GetLocation(), function.Name));
                else if (node is InvocationExpressionSyntax call && model.GetSymbolInfo(call).Symbol is IMethodSymbol callee
                    && CallGraph.Definition(callee) is var helper && calls.IsHelper(helper) && !MayBeSkipped(call) && seen.Add(helper))
                    Walk(helper, function);
            }
        }
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        if (!context.IsInGraphFunction()
            || !IsVariable(context.Node, context.SemanticModel) || MayBeSkipped(context.Node))
            return;
        context.ReportDiagnostic(Diagnostic.Create(Rules.VariableCreation, context.Node.GetLocation(),
            context.Node.FirstAncestorOrSelf<MethodDeclarationSyntax>()!.Identifier.Text));
    }

    private static bool IsVariable(SyntaxNode creation, SemanticModel model) =>
        model.GetTypeInfo(creation).Type is INamedTypeSymbol type && type.Is("Variable");

    private static bool MayBeSkipped(SyntaxNode creation)
    {
        SyntaxNode inner = creation;
        foreach (SyntaxNode outer in creation.Ancestors())
        {
            switch (outer)
            {
                case BlockSyntax block:
                    // An earlier statement that may leave the method.
                    if (block.Statements.TakeWhile(s => s != inner).Any(MayLeave))
                        return true;
                    break;
                case MethodDeclarationSyntax:
                    return false;
                case StatementSyntax and not (LocalDeclarationStatementSyntax or ExpressionStatementSyntax or ReturnStatementSyntax
                    or UsingStatementSyntax or CheckedStatementSyntax):
                case AnonymousFunctionExpressionSyntax or ConditionalExpressionSyntax or SwitchExpressionSyntax or ConditionalAccessExpressionSyntax:
                case BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.CoalesceExpression) || binary.IsKind(SyntaxKind.LogicalAndExpression)
                    || binary.IsKind(SyntaxKind.LogicalOrExpression):
                case AssignmentExpressionSyntax assignment when assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression):
                    return true;
            }
            inner = outer;
        }
        return true;
    }

    private static bool MayLeave(StatementSyntax statement) => statement.DescendantNodesAndSelf()
        .Any(n => n is ReturnStatementSyntax or ThrowStatementSyntax or ThrowExpressionSyntax or GotoStatementSyntax);
}
