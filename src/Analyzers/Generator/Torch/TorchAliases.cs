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

    /// <summary>True for a value with memory of its own.</summary>
    public static bool IsFresh(ExpressionSyntax value, SemanticModel model) => IsOperator(value)
        || (value is InvocationExpressionSyntax call && model.GetSymbolInfo(call).Symbol is IMethodSymbol method && IsFresh(call, method, model));

    // x ?? y and x as T give what they got.
    private static bool IsOperator(SyntaxNode? node) => node is PrefixUnaryExpressionSyntax
        || (node is BinaryExpressionSyntax binary && !binary.IsKind(SyntaxKind.CoalesceExpression) && !binary.IsKind(SyntaxKind.AsExpression));

    // x += y, whose value is new.
    private static bool IsCompound(AssignmentExpressionSyntax assignment) =>
        !assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && !assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression);

    /// <summary>The reason why a variable may not be the only name where it is changed; null if it is.</summary>
    public static string? Find(ILocalSymbol variable, SyntaxNode change, SemanticModel model)
    {
        SyntaxNode? declaration = variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        SyntaxNode? function = declaration?.Ancestors().FirstOrDefault(a => Staging.IsFunction(a));
        if (function is null || declaration is not VariableDeclaratorSyntax)
            return "it is not known where its tensor comes from";
        SyntaxNode start = StartOf(variable, change, declaration, model);
        if (ValueOf(start) is { } value && !IsFresh(value, variable, model))
            return $"'{value}' may share its memory with another tensor";
        return function.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(n => Concerns(n, change, start) && !(start is AssignmentExpressionSyntax { Left: var left } && n == left)
                && !(change is AssignmentExpressionSyntax { Right: var given } && n == given) && IsOf(n, variable, model))
            .Select(use => AliasOf(use, variable, model)).FirstOrDefault(alias => alias is not null);
    }

    private static bool IsOf(IdentifierNameSyntax name, ILocalSymbol variable, SemanticModel model) =>
        name.Identifier.Text == variable.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, variable);

    // Null for a new one.
    private static ExpressionSyntax? ValueOf(SyntaxNode start) => start switch
    {
        VariableDeclaratorSyntax { Initializer.Value: var initial } => initial,
        AssignmentExpressionSyntax assignment when !IsCompound(assignment) => assignment.Right,
        _ => null,
    };

    // The last assignment that always runs before the change: what the variable held before has nothing to do with it.
    private static SyntaxNode StartOf(ILocalSymbol variable, SyntaxNode change, SyntaxNode declaration, SemanticModel model)
    {
        for (SyntaxNode node = change; node.Parent is { } parent && !Staging.IsFunction(node); node = parent)
        {
            foreach (SyntaxNode before in parent.ChildNodes().TakeWhile(n => n != node).Reverse())
            {
                if (parent is BlockSyntax
                    && before is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax left } assignment }
                    && IsOf(left, variable, model) && !assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression)
                    && !(ValueOf(assignment) is { } value && MayStay(value, variable, model)))
                    return assignment;
            }
        }
        return declaration;
    }

    // A module or method that need not make a tensor may give the one that it got.
    private static bool MayStay(ExpressionSyntax value, ILocalSymbol variable, SemanticModel model) => IsSelf(value, variable, model)
        || (value is InvocationExpressionSyntax call && model.GetSymbolInfo(call).Symbol is IMethodSymbol method && !IsFresh(call, method, model)
            && call.ArgumentList.Arguments.Any(a => a.Expression is IdentifierNameSyntax given && IsOf(given, variable, model)));

    // What comes later does so only in a loop around the change, or where a lambda makes it. A local function or lambda may run at any time.
    private static bool Concerns(SyntaxNode use, SyntaxNode change, SyntaxNode start) =>
        use.Ancestors().TakeWhile(a => !a.Span.Contains(change.Span))
            .Any(a => a is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)
        || use.SpanStart >= start.SpanStart && (use.SpanStart < change.Span.End || change.Ancestors().TakeWhile(a => !a.Span.Contains(start.Span))
            .Any(a => (a is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax
                    && a.Span.Contains(use.Span))
                || a is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax));

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
        InvocationExpressionSyntax call => model.GetSymbolInfo(call).Symbol is IMethodSymbol method && (IsFresh(call, method, model)
            || IsSelf(call, variable, model) || IsTold(call, method, model)),
        _ => IsFresh(value, model),
    };

    /// <summary>
    /// True for a call whose trace tells whether the result has memory of its own, where that matters: the result is a variable that is changed in
    /// place, or gets one.
    /// </summary>
    public static bool NeedsOwn(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model)
    {
        if (IsFresh(call, method, model) || !IsTold(call, method, model))
            return false;
        if (call.Parent is MemberAccessExpressionSyntax { Name.Identifier.Text: var change, Parent: InvocationExpressionSyntax }
            && change.EndsWith("_", StringComparison.Ordinal))
            return true;
        return new[] { TargetOf(call, model) }.Concat(call.ArgumentList.Arguments.Select(a => model.GetSymbolInfo(a.Expression).Symbol))
            .OfType<ILocalSymbol>().Any(local => IsChanged(local, call, model));
    }

    /// <summary>
    /// The argument of a call whose result replaces it, where nothing else names it: the result may be the argument. Null for other calls.
    /// </summary>
    public static ExpressionSyntax? Replaced(InvocationExpressionSyntax call, SemanticModel model) =>
        call.ArgumentList.Arguments.Count == 1 && call.ArgumentList.Arguments[0].Expression is IdentifierNameSyntax name
        && TargetOf(call, model) is ILocalSymbol variable && IsOf(name, variable, model) && Find(variable, call, model) is null ? name : null;

    // The variable that gets the result.
    private static ISymbol? TargetOf(InvocationExpressionSyntax call, SemanticModel model) => call.Parent switch
    {
        EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } => model.GetDeclaredSymbol(variable),
        AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: IdentifierNameSyntax left } =>
            model.GetSymbolInfo(left).Symbol,
        _ => null,
    };

    /// <summary>
    /// True for a call whose trace tells whether the result has memory of its own, and which a variable gets that a module may change later:
    /// <c>y = module.forward(y)</c>.
    /// </summary>
    public static bool MayBeReplaced(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model) =>
        !IsFresh(call, method, model) && IsTold(call, method, model) && TargetOf(call, model) is ILocalSymbol variable
        && variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax().Ancestors().FirstOrDefault(Staging.IsFunction) is { } function
        && function.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(other =>
            other.Parent is AssignmentExpressionSyntax { Left: IdentifierNameSyntax left } && left.Identifier.Text == variable.Name
            && model.GetSymbolInfo(other).Symbol is IMethodSymbol taker && IsOfItself(other, taker, variable, model));

    /// <summary>True for the argument of a module that nothing names: what an op, or another module, has made there.</summary>
    public static bool IsTemporary(ExpressionSyntax argument, SemanticModel model) => argument switch
    {
        ParenthesizedExpressionSyntax inner => IsTemporary(inner.Expression, model),
        _ when IsOperator(argument) => true,
        InvocationExpressionSyntax call => model.GetSymbolInfo(call).Symbol is IMethodSymbol method && method.IsTorch() && !Changes(call)
            && (IsFresh(call, method, model) || IsTold(call, method, model)),
        _ => false,
    };

    /// <summary>
    /// Whether only <c>y</c> names its tensor in <c>y = module.forward(y)</c>, whatever the modules do to it, so that the module may change it; null
    /// where the trace tells.
    /// </summary>
    public static bool? IsReplaced(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model)
    {
        if (call.ArgumentList.Arguments[0].Expression is not IdentifierNameSyntax name
            || model.GetSymbolInfo(name).Symbol is not ILocalSymbol variable
            || !IsOfItself(call, method, variable, model) || Find(variable, call, model) is not null)
            return false;
        SyntaxNode declaration = variable.DeclaringSyntaxReferences[0].GetSyntax(), start = StartOf(variable, call, declaration, model);
        IdentifierNameSyntax[] uses = [.. declaration.Ancestors().First(Staging.IsFunction).DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(n => Concerns(n, call, start) && IsOf(n, variable, model))];
        ExpressionSyntax[] values = [.. uses.Select(use => use.Parent).OfType<AssignmentExpressionSyntax>().Where(set => uses.Contains(set.Left))
            .Append(start).Select(ValueOf).OfType<ExpressionSyntax>()];
        bool IsNew(ExpressionSyntax value, bool isTold) => IsFresh(value, model)
            || (value is InvocationExpressionSyntax made && model.GetSymbolInfo(made).Symbol is IMethodSymbol maker
                && (IsSelf(made, variable, model) || IsOfItself(made, maker, variable, model) || (isTold && IsTold(made, maker, model))
                || (IsOfModule(made, maker, model)
                    && IsOperator(made.ArgumentList.Arguments[0].Expression))));
        if (uses.Any(use => use.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax taker }
            && !(model.GetSymbolInfo(taker).Symbol is IMethodSymbol user
                && (IsFresh(taker, user, model) || IsOfItself(taker, user, variable, model)))))
            return false;
        return values.All(value => IsNew(value, isTold: false)) ? true : values.All(value => IsNew(value, isTold: true)) ? null : false;
    }

    // y = module.forward(y), by a module of TorchSharp.
    private static bool IsOfItself(InvocationExpressionSyntax call, IMethodSymbol method, ILocalSymbol variable, SemanticModel model) =>
        IsOfModule(call, method, model)
        && call.ArgumentList.Arguments[0].Expression is IdentifierNameSyntax argument && IsOf(argument, variable, model)
        && call.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: IdentifierNameSyntax left }
        && IsOf(left, variable, model);

    /// <summary>True where a module of TorchSharp runs on one tensor.</summary>
    public static bool IsOfModule(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model) =>
        method is { Name: "call" or "forward", IsStatic: false } && method.IsTorch() && method.ContainingType.IsTorchModule()
        && TorchSymbols.OwnForward(call, method, model) is null && call.ArgumentList.Arguments.Count == 1;

    // What it names would be as new as the result.
    private static bool Changes(InvocationExpressionSyntax call) => call.ArgumentList.DescendantNodes().Any(n => n is AssignmentExpressionSyntax
        || n is MemberAccessExpressionSyntax access && access.Name.Identifier.Text.EndsWith("_", StringComparison.Ordinal));

    // A module, or a method of the program, that gets tensors alone.
    private static bool IsTold(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model) => method.ReturnType.IsTorchTensor()
        && !Changes(call)
        && call.ArgumentList.Arguments.All(a => model.GetTypeInfo(a.Expression).Type is { } type
            && (type.IsTorchTensor() || !type.HoldsTorchTensor()))
        && (method.IsTorch()
            ? method is { Name: "call" or "forward", IsStatic: false } && method.ContainingType.IsTorchModule()
            : method.MethodKind == MethodKind.Ordinary && method.Parameters.All(p => p.RefKind == RefKind.None));

    private static bool IsChanged(ILocalSymbol variable, SyntaxNode use, SemanticModel model) =>
        variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } declaration
        && declaration.Ancestors().FirstOrDefault(a => Staging.IsFunction(a)) is { } function
        && function.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n =>
            n.Identifier.Text == variable.Name && IsChangeOf(n) && IsOf(n, variable, model)
            && Concerns(use, n, StartOf(variable, n, declaration, model)));

    private static bool IsChangeOf(IdentifierNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Expression == name && access.Name.Identifier.Text.EndsWith("_", StringComparison.Ordinal),
        ElementAccessExpressionSyntax { Parent: AssignmentExpressionSyntax assignment } access => assignment.Left == access,
        _ => false,
    };

    // x = x.view(…) and x = x.add_(…) give x itself: the tensor from before has no name any more.
    private static bool IsSelf(ExpressionSyntax value, ILocalSymbol variable, SemanticModel model)
    {
        while (value is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call
            && model.GetSymbolInfo(call).Symbol is IMethodSymbol method
            && (method.ReducedFrom?.Parameters[0].Type ?? method.ContainingType).IsTorchTensor())
            value = access.Expression;
        return value is IdentifierNameSyntax name && IsOf(name, variable, model);
    }

    // x.add_(…) gives x itself.
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
                return IsCompound(assignment) || IsFresh(assignment.Right, variable, model)
                    ? null
                    : $"'{assignment.Right}' may share its memory with another tensor";
            case CastExpressionSyntax cast:
                return model.GetTypeInfo(cast).Type.IsTorchTensor() ? Shown() : null;
            case ReturnStatementSyntax:
            case var op when IsOperator(op):
            case AssignmentExpressionSyntax assignment when IsCompound(assignment):
                return null;
            case ElementAccessExpressionSyntax access when access.Expression == use:
                // What is assigned to elements is copied there.
                return access.Parent is AssignmentExpressionSyntax set && (set.Left == access || set.Left is ElementAccessExpressionSyntax)
                    || IsOperator(access.Parent) ? null : Shown();
            case MemberAccessExpressionSyntax access when access.Expression == use:
                if (access.Parent is not InvocationExpressionSyntax call)
                    return access.Name.Identifier.Text is "shape" or "dtype" or "ndim" or "device" or "requires_grad" ? null : Shown();
                if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol method)
                    return Shown();
                if (IsFresh(method) || access.Name.Identifier.Text is "Dispose" or "size" or "numel" || IsKeptAsItself(call, variable, model))
                    return null;
                // The result of a change in place is the variable: fine where nothing keeps it.
                return access.Name.Identifier.Text.EndsWith("_", StringComparison.Ordinal) && IsOwnChange(call, variable, model)
                    && Unkept(call) ? null : Shown();
            case ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax taker }:
                return model.GetSymbolInfo(taker).Symbol is IMethodSymbol function
                    && (IsFresh(taker, function, model) || IsTold(taker, function, model))
                    || taker.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: var name } && name.EndsWith("_", StringComparison.Ordinal)
                    ? null : Shown();
            default:
                return Shown();
        }
    }

    private static bool IsKeptAsItself(ExpressionSyntax view, ILocalSymbol variable, SemanticModel model)
    {
        while (view.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax outer })
            view = outer;
        return view.Parent is AssignmentExpressionSyntax { Left: IdentifierNameSyntax left } assignment && assignment.Right == view
            && IsOf(left, variable, model)
            && IsSelf(view, variable, model);
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
