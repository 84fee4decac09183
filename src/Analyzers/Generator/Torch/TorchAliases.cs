using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Whether a local variable is the only name for its tensor's memory, so that a change in place is an assignment.</summary>
internal static class TorchAliases
{
    // Ops whose result may share memory with an operand.
    private static readonly HashSet<string> s_views =
    [
        "view", "view_as", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "transpose", "t", "permute", "swapaxes", "swapdims", "movedim",
        "moveaxis", "narrow", "select", "slice", "expand", "expand_as", "detach", "diagonal", "unbind", "split", "chunk", "hsplit", "vsplit", "dsplit",
        "tensor_split", "unfold", "index", "contiguous", "to", "to_type", "type", "cpu", "cuda", "float", "double", "alias", "as_strided", "ravel",
        "MoveToOuterDisposeScope", "DetachFromDisposeScope", "MoveToOtherDisposeScope", "forward", "call", "dropout", "atleast_1d", "atleast_2d",
        "atleast_3d", "real", "imag", "adjoint", "rot90", "positive", "broadcast_to", "meshgrid", "relu", "requires_grad_", "from_array",
        "type_as", "long", "int", "bool", "half", "bfloat16", "byte", "short", "einsum", "hardtanh", "alpha_dropout", "dropout1d", "dropout2d",
        "dropout3d", "feature_dropout", "feature_alpha_dropout", "broadcast_tensors", "conj", "resolve_conj", "resolve_neg", "values", "view_as_real",
        "view_as_complex",
        "pin_memory",
    ];

    /// <summary>True for an op that gives memory of its own.</summary>
    public static bool IsFresh(IMethodSymbol method) =>
        method.IsTorch() && (method.MethodKind == MethodKind.UserDefinedOperator || (!s_views.Contains(method.Name)
            && !method.Name.EndsWith("_", StringComparison.Ordinal) && !method.Name.StartsWith("as", StringComparison.Ordinal))
            || method is { Name: "relu", IsStatic: false });

    /// <summary>The reason why a variable may not be the only name; null if it is.</summary>
    public static string? Find(ILocalSymbol variable, SemanticModel model)
    {
        SyntaxNode? declaration = variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        SyntaxNode? function = declaration?.Ancestors().FirstOrDefault(a => Staging.IsFunction(a));
        if (function is null || declaration is null)
            return "it is not known where its tensor comes from";
        if (declaration is not VariableDeclaratorSyntax { Initializer: var initial })
            return "it is not known where its tensor comes from";
        if (initial is not null && !IsFresh(initial.Value, variable, model))
            return $"'{initial.Value}' may share its memory with another tensor";
        foreach (IdentifierNameSyntax use in function.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(n => n.Identifier.Text == variable.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(n).Symbol, variable)))
        {
            if (AliasOf(use, variable, model) is { } alias)
                return alias;
        }
        return null;
    }

    // A call that may be in place gives memory of its own where it does not say so; a loss, and a layer with weights, always do.
    private static bool IsFresh(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model) => IsFresh(method)
        || (method is { Name: "relu", IsStatic: true } && method.IsTorch() && call.ArgumentList.Arguments.Count == 1)
        || (method is { Name: "call" or "forward" } && method.IsTorch() && call.Expression is MemberAccessExpressionSyntax { Expression: var module }
            && IsOfFreshResult(model.GetTypeInfo(module).Type));

    private static bool IsOfFreshResult(ITypeSymbol? module) => module.IsTorch() && module!.IsTorchModule()
        && (module!.Name.EndsWith("Loss", StringComparison.Ordinal) || s_layers.Contains(module.Name));

    private static readonly HashSet<string> s_layers =
    [
        "Linear", "Conv1d", "Conv2d", "ConvTranspose1d", "ConvTranspose2d", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LayerNorm", "GroupNorm", "Embedding",
        "MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d",
    ];

    private static bool IsFresh(ExpressionSyntax value, ILocalSymbol variable, SemanticModel model) => value switch
    {
        ParenthesizedExpressionSyntax inner => IsFresh(inner.Expression, variable, model),
        BinaryExpressionSyntax or PrefixUnaryExpressionSyntax => true,
        InvocationExpressionSyntax call => model.GetSymbolInfo(call).Symbol is IMethodSymbol method && (IsFresh(call, method, model)
            || IsOwnChange(call, variable, model) || IsTold(call, method, model)),
        _ => false,
    };

    /// <summary>
    /// True for a call whose trace tells whether the result has memory of its own, where that matters: the result is a variable that is changed in
    /// place, or gets one.
    /// </summary>
    public static bool NeedsOwn(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model)
    {
        if (IsFresh(call, method, model) || !IsTold(call, method, model))
            return false;
        ISymbol? target = call.Parent switch
        {
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } => model.GetDeclaredSymbol(variable),
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax left } => model.GetSymbolInfo(left).Symbol,
            _ => null,
        };
        // What the variable held before has no name any more.
        if (method.IsTorch() && call.ArgumentList.Arguments.Count == 1
            && SymbolEqualityComparer.Default.Equals(target, model.GetSymbolInfo(call.ArgumentList.Arguments[0].Expression).Symbol))
            return false;
        return new[] { target }.Concat(call.ArgumentList.Arguments.Select(a => model.GetSymbolInfo(a.Expression).Symbol))
            .OfType<ILocalSymbol>().Any(local => IsChanged(local, model));
    }

    // A module, or a method of the program, that gets tensors alone.
    private static bool IsTold(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model) => method.ReturnType.IsTorchTensor()
        && call.ArgumentList.Arguments.All(a => model.GetTypeInfo(a.Expression).Type is { } type && (type.IsTorchTensor() || !type.HoldsTorchTensor()))
        && (method.IsTorch()
            ? method is { Name: "call" or "forward", IsStatic: false } && method.ContainingType.IsTorchModule()
            : method.MethodKind == MethodKind.Ordinary && method.Parameters.All(p => p.RefKind == RefKind.None));

    private static bool IsChanged(ILocalSymbol variable, SemanticModel model)
    {
        SyntaxNode? function = variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax().Ancestors().FirstOrDefault(a => Staging.IsFunction(a));
        return function is not null && function.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Any(n => n.Identifier.Text == variable.Name && IsChangeOf(n) && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(n).Symbol, variable));
    }

    private static bool IsChangeOf(IdentifierNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Expression == name && access.Name.Identifier.Text.EndsWith("_", StringComparison.Ordinal),
        ElementAccessExpressionSyntax { Parent: AssignmentExpressionSyntax assignment } access => assignment.Left == access,
        _ => false,
    };

    // x = x.add_(…) gives x itself.
    private static bool IsOwnChange(ExpressionSyntax call, ILocalSymbol variable, SemanticModel model)
    {
        while (call is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } && access.Name.Identifier.Text.EndsWith("_", StringComparison.Ordinal))
            call = access.Expression;
        return call is IdentifierNameSyntax && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(call).Symbol, variable);
    }

    // Every use but an operand of an op with memory of its own, and the return, may give the memory another name.
    private static string? AliasOf(IdentifierNameSyntax use, ILocalSymbol variable, SemanticModel model)
    {
        if (IsLast(use))
            return null;
        string Shown() => $"'{use.Parent}' may give its memory another name";
        switch (use.Parent)
        {
            case AssignmentExpressionSyntax assignment when assignment.Left == use:
                return !assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) || IsFresh(assignment.Right, variable, model)
                    ? null
                    : $"'{assignment.Right}' may share its memory with another tensor";
            case BinaryExpressionSyntax or PrefixUnaryExpressionSyntax or ReturnStatementSyntax or CastExpressionSyntax:
                return null;
            case AssignmentExpressionSyntax assignment when !assignment.IsKind(SyntaxKind.SimpleAssignmentExpression):
                return null;
            case ElementAccessExpressionSyntax access when access.Expression == use:
                // What is assigned to elements is copied there.
                return access.Parent is AssignmentExpressionSyntax set && (set.Left == access || set.Left is ElementAccessExpressionSyntax)
                    || access.Parent is BinaryExpressionSyntax ? null : Shown();
            case MemberAccessExpressionSyntax access when access.Expression == use:
                if (access.Parent is not InvocationExpressionSyntax call)
                    return access.Name.Identifier.Text is "shape" or "dtype" or "ndim" or "device" or "requires_grad" ? null : Shown();
                if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol method)
                    return Shown();
                if (IsFresh(method) || access.Name.Identifier.Text is "Dispose" or "size" or "numel")
                    return null;
                // The result of a change in place is the variable: fine where nothing keeps it.
                return access.Name.Identifier.Text.EndsWith("_", StringComparison.Ordinal) && IsOwnChange(call, variable, model)
                    && Unkept(call) ? null : Shown();
            case ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax taker }:
                return model.GetSymbolInfo(taker).Symbol is IMethodSymbol function && (IsFresh(taker, function, model) || IsTold(taker, function, model))
                    || taker.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: var name } && name.EndsWith("_", StringComparison.Ordinal)
                    ? null : Shown();
            default:
                return Shown();
        }
    }

    // What a return names is changed no more.
    private static bool IsLast(IdentifierNameSyntax use) =>
        use.Ancestors().TakeWhile(a => !Staging.IsFunction(a)).OfType<ReturnStatementSyntax>().FirstOrDefault() is { } left
        && !left.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Any(a =>
            a.Name.Identifier.Text.EndsWith("_", StringComparison.Ordinal) && IsRootedIn(a.Expression, use.Identifier.Text));

    private static bool Unkept(ExpressionSyntax change)
    {
        while (change.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax outer } access
            && access.Name.Identifier.Text.EndsWith("_", StringComparison.Ordinal))
            change = outer;
        return change.Parent is ExpressionStatementSyntax or ReturnStatementSyntax or BinaryExpressionSyntax
            || change.Parent is AssignmentExpressionSyntax { Left: IdentifierNameSyntax left } assignment
            && IsRootedIn(assignment.Right, left.Identifier.Text);
    }

    private static bool IsRootedIn(ExpressionSyntax change, string name)
    {
        while (change is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access })
            change = access.Expression;
        return change is IdentifierNameSyntax root && root.Identifier.Text == name;
    }
}
