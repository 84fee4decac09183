using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>Finds what a graph function does to the world outside of its graph: it happens once per trace, which is seldom meant.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG7101_HostSideEffect : DiagnosticAnalyzer
{
    // Types all of whose methods act on the world, with what to write instead.
    private static readonly ImmutableDictionary<string, string> s_types = ImmutableDictionary.CreateRange(
    [
        new KeyValuePair<string, string>("System.Console", "Ops.Print"),
        new("System.Diagnostics.Debug", "Ops.Print"),
        new("System.Diagnostics.Trace", "Ops.Print"),
        new("System.IO.File", "Ops.HostCall"),
        new("System.IO.TextWriter", "Ops.HostCall"),
        new("System.IO.StreamWriter", "Ops.HostCall"),
        new("System.Threading.Thread", "Ops.HostCall"),
        new("System.Random", "the random ops"),
    ]);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.HostSideEffect];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Call, SyntaxKind.InvocationExpression);
        context.RegisterSyntaxNodeAction(Write, SyntaxKind.PostIncrementExpression, SyntaxKind.PostDecrementExpression, SyntaxKind.PreIncrementExpression,
            SyntaxKind.PreDecrementExpression, SyntaxKind.SimpleAssignmentExpression, SyntaxKind.AddAssignmentExpression, SyntaxKind.SubtractAssignmentExpression);
    }

    private static void Call(SyntaxNodeAnalysisContext context)
    {
        if (!InGraphFunction(context) || context.SemanticModel.GetSymbolInfo(context.Node, context.CancellationToken).Symbol is not IMethodSymbol { ContainingType: { } type } method)
            return;
        // A C# value is the same in every call that a trace serves: an assertion of one says the same each time.
        bool asserts = method.Name is "Assert" or "Fail" && type.ToDisplayString() is "System.Diagnostics.Debug" or "System.Diagnostics.Trace";
        if (!asserts && s_types.TryGetValue(type.ToDisplayString(), out string? instead) && !context.Node.Ancestors().Any(HostCode.Is))
            context.ReportDiagnostic(Diagnostic.Create(Rules.HostSideEffect, context.Node.GetLocation(), $"{type.Name}.{method.Name}", instead));
    }

    // A number or text in a field. Objects are left alone: creating a variable on the first call is done so.
    private static void Write(SyntaxNodeAnalysisContext context)
    {
        ExpressionSyntax target = context.Node switch
        {
            AssignmentExpressionSyntax assignment => assignment.Left,
            PostfixUnaryExpressionSyntax unary => unary.Operand,
            _ => ((PrefixUnaryExpressionSyntax)context.Node).Operand,
        };
        if (context.Node.Parent is InitializerExpressionSyntax || !InGraphFunction(context) || MethodFacts.IsOfNewObject(target, context.SemanticModel))
            return;
        // Under a tensor condition it is an error of its own.
        if (context.Node.Ancestors().OfType<StatementSyntax>().Any(s => Staging.IsStagedStatement(s, context.SemanticModel)))
            return;
        if (context.SemanticModel.GetSymbolInfo(target, context.CancellationToken).Symbol is IFieldSymbol { Type: { } type } field
            && (type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_String) && !field.ContainingType.IsTupleType)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.HostSideEffect, context.Node.GetLocation(), $"{field.Name} = …", "a Variable"));
        }
    }

    /// <summary>True for a type whose methods act on the world outside of the program's variables.</summary>
    public static bool Acts(ITypeSymbol type) => s_types.ContainsKey(type.ToDisplayString());

    public static bool InGraphFunction(SyntaxNodeAnalysisContext context) =>
        context.Node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { AttributeLists.Count: > 0 } method
        && context.SemanticModel.GetDeclaredSymbol(method, context.CancellationToken) is { } symbol && symbol.GraphFunction() is not null;
}
