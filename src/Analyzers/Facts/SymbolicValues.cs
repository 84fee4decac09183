using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Which expressions in the body of a graph function, or of a method that it calls, certainly give a tensor that is symbolic while it is traced: its
/// parameters, and what ops make of them. False where that is not certain.
/// </summary>
/// <param name="function">The method.</param>
/// <param name="model">Of its file.</param>
/// <param name="given">Names of the parameters that certainly get a symbolic tensor; null for all that are tensors.</param>
internal sealed class SymbolicValues(MethodDeclarationSyntax function, SemanticModel model, IReadOnlyCollection<string>? given = null)
{
    // What gives a tensor with a value where the sizes of its operand are numbers.
    private static readonly HashSet<string> s_ofSizes = new(StringComparer.Ordinal) { "Size", "OnesLike", "ZerosLike", "From" };

    private readonly Effects _effects = Effects.Of(function, model);
    // Those that are being looked at count as symbolic, so what is found meanwhile may rest on that.
    private readonly HashSet<ISymbol> _open = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _found = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _others = new(SymbolEqualityComparer.Default);

    /// <summary>True for code that a trace runs itself, not a delegate in it, which may run elsewhere.</summary>
    public bool IsTraced(SyntaxNode node) => !node.Ancestors().TakeWhile(n => n != function).Any(Staging.IsFunction);

    public bool IsSymbolic(ExpressionSyntax value) => value switch
    {
        ParenthesizedExpressionSyntax inner => IsSymbolic(inner.Expression),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } inner => IsSymbolic(inner.Operand),
        PrefixUnaryExpressionSyntax unary => IsTensor(unary) && IsSymbolic(unary.Operand),
        BinaryExpressionSyntax binary => !binary.IsKind(SyntaxKind.CoalesceExpression) && !binary.IsKind(SyntaxKind.AsExpression) && IsTensor(binary)
            && (IsSymbolic(binary.Left) || IsSymbolic(binary.Right)),
        ElementAccessExpressionSyntax element => IsTensor(element) && IsSymbolic(element.Expression),
        IdentifierNameSyntax name => model.GetSymbolInfo(name).Symbol is { } symbol && IsSymbolic(symbol),
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Value" } read =>
            model.GetTypeInfo(read.Expression).Type is INamedTypeSymbol type && type.Is("Variable"),
        InvocationExpressionSyntax call => IsOfSymbolic(call),
        _ => false,
    };

    private bool IsSymbolic(ISymbol symbol) => symbol switch
    {
        IParameterSymbol parameter => parameter.Type.IsTensor() && given?.Contains(parameter.Name) != false
            && parameter.DeclaringSyntaxReferences.Any(r => function.ParameterList.Span.Contains(r.Span)) && IsGivenSymbolic(parameter),
        ILocalSymbol local => local.Type.IsTensor() && IsGivenSymbolic(local),
        _ => false,
    };

    // A variable is symbolic if each value that it is given is; one that is made of itself (x = x + 1) is what the other values are.
    private bool IsGivenSymbolic(ISymbol variable)
    {
        if (_others.Contains(variable))
            return false;
        if (_found.Contains(variable) || !_open.Add(variable))
            return true;
        SyntaxNode[] writes = [.. _effects.WritesOf(variable)];
        bool symbolic = (variable is IParameterSymbol || writes.Length > 0) && writes.All(w => w switch
        {
            VariableDeclaratorSyntax { Initializer.Value: { } start } => IsSymbolic(start),
            { Parent: AssignmentExpressionSyntax assignment } when assignment.Left == w =>
                assignment.Kind() is not (SyntaxKind.SimpleAssignmentExpression or SyntaxKind.CoalesceAssignmentExpression)
                || IsSymbolic(assignment.Right),
            _ => false,
        });
        _open.Remove(variable);
        if (!symbolic)
            _found.Clear();
        (symbolic ? _found : _others).Add(variable);
        return symbolic;
    }

    private bool IsOfSymbolic(InvocationExpressionSyntax call)
    {
        if (!IsTensor(call) || model.GetSymbolInfo(call).Symbol is not IMethodSymbol method || !method.ContainingType.IsOfLibrary()
            || s_ofSizes.Contains(method.Name))
            return false;
        return call.ArgumentList.Arguments.Any(a => IsSymbolic(a.Expression))
            || (call.Expression is MemberAccessExpressionSyntax access && IsTensor(access.Expression) && IsSymbolic(access.Expression));
    }

    private bool IsTensor(ExpressionSyntax value) => Staging.IsTensor(value, model);
}
