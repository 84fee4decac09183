using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Calls, operators and assignments.</summary>
internal sealed partial class TorchRewrite
{
    // A result that is changed in place later must have memory of its own.
    private string? Call(InvocationExpressionSyntax call)
    {
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol method)
            return Called(call);
        // parameters.First() is TorchSharp's own.
        if (method.ReturnType.IsTorchParameter() && !method.IsTorch() && !isShadowed(method) && NeedsValue(call))
            return Value(Called(call) ?? Copy(call));
        string Told() => $"{TorchSymbols.Front}.Mark(), {Called(call) ?? Copy(call)}";
        if (TorchAliases.NeedsOwn(call, method, model))
        {
            string replaced = TorchAliases.Replaced(call, model) is { } argument ? $", {argument}" : "";
            return $"{TorchSymbols.Front}.Own({Told()}, {SymbolDisplay.FormatLiteral(call.Expression.ToString(), quote: true)}{replaced})";
        }
        return TorchAliases.MayBeReplaced(call, method, model) ? $"{TorchSymbols.Front}.Made({Told()})" : Called(call);
    }

    private string? Called(InvocationExpressionSyntax call)
    {
        if (call.Expression is IdentifierNameSyntax { Identifier.Text: "nameof" })
            return Source(call.SpanStart, call.Span.End);
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol method || !method.IsTorch())
            return null;
        if (ValueOfTensor(call) is not null)
        {
            report(Diagnostic.Create(Rules.ValueOfTorchTensor, call.GetLocation(), method.Name));
            return null;
        }
        if (method.IsStatic && method.ReturnType.IsTorchModule())
        {
            // A loss without tensors of its own is as good as one from before.
            if (!method.Name.EndsWith("Loss", StringComparison.Ordinal) || call.ArgumentList.Arguments.Any(a => IsTensor(a.Expression)))
                Unsupported(call.Expression, method, "Make the module once, in a field: a graph function would make it while it is traced");
            return null;
        }
        bool ofTensor = (method.ReducedFrom?.Parameters[0].Type ?? method.ContainingType).IsTorchTensor() && !method.IsStatic;
        if ((ofTensor || method is { IsStatic: true, ReducedFrom: null }) && method.Name != "Dispose" && !IsCovered(method))
        {
            Unsupported(call.Expression is MemberAccessExpressionSyntax { Name: var named } ? named : call.Expression, method,
                TorchRemedies.For(method.Name, ShadowClass(method)));
            return null;
        }
        if (method is { Name: "Dispose", ContainingType.Name: "DisposeScope" })
            return null;
        string arguments = Of(call.ArgumentList);
        if (method is { IsStatic: true, ReducedFrom: null } && method.MethodKind != MethodKind.ReducedExtension)
            return $"{TorchSymbols.ShadowOf(method.ContainingType)}.{NameOf(call)}{Lines(call.SpanStart, call.Expression.Span.End)}{arguments}";
        if (TorchSymbols.OwnForward(call, method, model) is { } forward && !TorchEntryWriter.IsModuleForward(forward) && isShadowed(forward))
        {
            string receiver = call.Expression is MemberAccessExpressionSyntax { Expression: var module } callee
                ? $"{Receiver(module)}{Source(module.Span.End, callee.Name.SpanStart)}" : "this.";
            return $"{receiver}{TorchSymbols.ShadowName(forward.Name)}{arguments}";
        }
        if (call.Expression is IdentifierNameSyntax own)
        {
            if (s_renamed.Contains(method.Name))
                return $"this.traced_{method.Name}{arguments}";
            if (s_calls.Contains(method.Name))
                return $"this.{method.Name}{arguments}";
            CheckHost(own, method);
            return null;
        }
        if (call.Expression is not MemberAccessExpressionSyntax access)
            return null;
        if ((method.ReducedFrom?.Parameters[0].Type ?? method.ContainingType).IsTorchTensor())
        {
            string dot = Source(access.Expression.Span.End, access.Name.SpanStart);
            return InPlace(call, access, method, dot, arguments) ?? $"{Receiver(access.Expression)}{dot}{access.Name}{arguments}";
        }
        if (s_renamed.Contains(method.Name))
            return $"{Of(access.Expression)}{Source(access.Expression.Span.End, access.Name.SpanStart)}traced_{access.Name}{arguments}";
        if (IsOfModule(call, method) && TorchAliases.IsReplaced(call, method, model) is var isReplaced && isReplaced != false)
        {
            return $"{Of(access.Expression)}{Source(access.Expression.Span.End, access.Name.SpanStart)}{access.Name}"
                + $"({TorchSymbols.Front}.Replaced{(isReplaced is null ? "Made" : "")}{arguments})";
        }
        if (IsOfModule(call, method) && TorchAliases.IsTemporary(call.ArgumentList.Arguments[0].Expression, model))
        {
            return $"{Of(access.Expression)}{Source(access.Expression.Span.End, access.Name.SpanStart)}{access.Name}"
                + $"({TorchSymbols.Front}.Temporary({TorchSymbols.Front}.Mark(), {arguments}))";
        }
        if (!s_calls.Contains(method.Name) && method.ContainingType.Name != "DisposeScope")
            CheckHost(access.Name, method);
        return null;
    }

    // A module that changes its input in place may do so where nothing names that.
    private bool IsOfModule(InvocationExpressionSyntax call, IMethodSymbol method) =>
        TorchAliases.IsOfModule(call, method, model) && call.ArgumentList.Arguments[0].NameColon is null;

    private static string NameOf(InvocationExpressionSyntax call) => (call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        var name => (SimpleNameSyntax)name,
    }).ToString();

    private string? Binary(BinaryExpressionSyntax binary)
    {
        if (!IsTensor(binary.Left) && !IsTensor(binary.Right))
            return null;
        if (model.GetSymbolInfo(binary).Symbol is not IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator } method || !method.IsTorch())
            return null;
        string? name = OperatorName(binary.Kind());
        return name is null ? null : Applied(name, binary.Left, binary.Right, binary.OperatorToken);
    }

    private string Applied(string name, ExpressionSyntax left, ExpressionSyntax right, SyntaxToken between) =>
        $"{TorchSymbols.Shadow}{TorchSymbols.Api}.{name}({Of(left)}, {Lines(left.Span.End, right.SpanStart)}{Of(right)})";

    private static string? OperatorName(SyntaxKind kind) => kind switch
    {
        SyntaxKind.AddExpression or SyntaxKind.AddAssignmentExpression => "add",
        SyntaxKind.SubtractExpression or SyntaxKind.SubtractAssignmentExpression => "sub",
        SyntaxKind.MultiplyExpression or SyntaxKind.MultiplyAssignmentExpression => "mul",
        SyntaxKind.DivideExpression or SyntaxKind.DivideAssignmentExpression => "div",
        SyntaxKind.ModuloExpression or SyntaxKind.ModuloAssignmentExpression => "remainder",
        SyntaxKind.BitwiseAndExpression or SyntaxKind.AndAssignmentExpression => "bitwise_and",
        SyntaxKind.BitwiseOrExpression or SyntaxKind.OrAssignmentExpression => "bitwise_or",
        SyntaxKind.ExclusiveOrExpression or SyntaxKind.ExclusiveOrAssignmentExpression => "bitwise_xor",
        SyntaxKind.LeftShiftExpression => "bitwise_left_shift",
        SyntaxKind.RightShiftExpression => "bitwise_right_shift",
        SyntaxKind.EqualsExpression => "eq",
        SyntaxKind.NotEqualsExpression => "ne",
        SyntaxKind.LessThanExpression => "lt",
        SyntaxKind.LessThanOrEqualExpression => "le",
        SyntaxKind.GreaterThanExpression => "gt",
        SyntaxKind.GreaterThanOrEqualExpression => "ge",
        _ => null,
    };

    private string? Unary(PrefixUnaryExpressionSyntax unary) => unary.Kind() switch
    {
        SyntaxKind.UnaryMinusExpression => $"{TorchSymbols.Shadow}{TorchSymbols.Api}.neg({Of(unary.Operand)})",
        SyntaxKind.BitwiseNotExpression => $"{TorchSymbols.Shadow}{TorchSymbols.Api}.bitwise_not({Of(unary.Operand)})",
        _ => null,
    };

    private string? Assignment(AssignmentExpressionSyntax assignment)
    {
        // Entries of an initialiser belong to what is made there.
        if (!IsTensor(assignment.Left) || assignment.Left is TupleExpressionSyntax or DeclarationExpressionSyntax or ImplicitElementAccessSyntax)
            return null;
        if (GradientOf(assignment.Left) is { } owner && assignment.IsKind(SyntaxKind.SimpleAssignmentExpression))
            return GradientSet(assignment, owner);
        if (assignment.Left is ElementAccessExpressionSyntax element)
        {
            if (!IsTensor(element.Expression))
                return null;
            string value = assignment.IsKind(SyntaxKind.SimpleAssignmentExpression)
                ? Of(assignment.Right)
                : $"{TorchSymbols.Shadow}{TorchSymbols.Api}.{OperatorName(assignment.Kind())}({Of(element)}, {Of(assignment.Right)})";
            string? before = element.Expression is IdentifierNameSyntax name && HeldOf(name) is null ? name.Identifier.Text : null;
            return Rebound(assignment, element.Expression, target => Kept("index_put", before, $"{target}.index_set({value}, {Indices(element.ArgumentList)})"));
        }
        ISymbol? symbol = model.GetSymbolInfo(assignment.Left).Symbol;
        if (symbol is IFieldSymbol or IPropertySymbol)
        {
            report(Diagnostic.Create(Rules.TorchInPlace, assignment.GetLocation(), $"the assignment of '{symbol.Name}'",
                "a twin can't give an object of TorchSharp another tensor", "Return the tensor, or copy it into the one that is there: copy_"));
            return null;
        }
        return !assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && OperatorName(assignment.Kind()) is { } applied
            ? $"{Of(assignment.Left)} = {Applied(applied, assignment.Left, assignment.Right, assignment.OperatorToken)}"
            : null;
    }

    // The tensor is the gradient then: a variable that is its only name gets that name, another one may not see changes.
    private string GradientSet(AssignmentExpressionSyntax assignment, string owner)
    {
        ExpressionSyntax value = Unwrapped(assignment.Right);
        if (value is IdentifierNameSyntax name && model.GetSymbolInfo(name).Symbol is ILocalSymbol local && HeldOf(name) is null
            && TorchAliases.Find(local, assignment, model) is null)
        {
            string named = $"{name} = {TorchSymbols.Front}.SetGradient({owner}, {Of(assignment.Right)})";
            return assignment.Parent is ExpressionStatementSyntax ? named : $"({named})";
        }
        bool isShared = !value.IsKind(SyntaxKind.NullLiteralExpression) && !TorchAliases.IsFresh(value, model);
        return $"{TorchSymbols.Front}.SetGradient({owner}, {Of(assignment.Right)}{(isShared ? ", isShared: true" : "")})";
    }

    private string Indices(BracketedArgumentListSyntax list) => string.Join(", ", list.Arguments.Select(a => Of(a.Expression)));

    /// <summary>
    /// A method that writes into its tensor. On a tensor that is an operand alone it is the op; a local variable that no other name may stand for
    /// gets the result; a parameter of a module is assigned.
    /// </summary>
    private string? InPlace(InvocationExpressionSyntax call, MemberAccessExpressionSyntax access, IMethodSymbol method, string dot, string arguments)
    {
        if (!IsInPlace(method.Name))
            return null;
        string name = access.Name.Identifier.Text.TrimEnd('_');
        ExpressionSyntax root = RootOf(access.Expression, out bool isReshaped);
        if (GradientOf(root) is { } owner)
        {
            return name == "zero" ? $"{TorchSymbols.Front}.ZeroGradient({owner})"
                : $"{TorchSymbols.Front}.ChangeGradient({owner}, {Of(access.Expression)}{dot}{name}{arguments})";
        }
        // The shape and the type of a tensor stay.
        bool isHeld = HeldOf(root) is not null;
        string? before = root is IdentifierNameSyntax variable && !isHeld && !isReshaped ? variable.Identifier.Text : null;
        bool isMade = before is null && !isHeld && !isReshaped && !s_reshapes.Contains(name);
        return Rebound(call, access.Expression, target => isMade
            ? $"{TorchSymbols.Front}.InPlace(\"{name}_\", {target}, {Before} => {Before}{dot}{name}{arguments})"
            : Kept(name, before, $"{target}{dot}{name}{arguments}"));
    }

    /// <summary>The change of a gradient that may be there: <c>parameter.grad?.mul_(2).add_(1);</c>.</summary>
    private string? Optional(ConditionalAccessExpressionSyntax access)
    {
        if (FirstOf(access.WhenNotNull) is not { } name || !IsInPlace(name) || !IsTensor(access.Expression))
            return null;
        if (GradientOf(access.Expression) is not { } owner || access.Parent is not ExpressionStatementSyntax
            || Chain(access.WhenNotNull) is not { } change)
        {
            report(Diagnostic.Create(Rules.TorchInPlace, access.GetLocation(), $"the change of '{access.Expression}' in place",
                "'?.' is not known in a graph but for a gradient, in a statement of its own", $"Write if ({access.Expression} is not null) {access.Expression}.{name}(…)"));
            return null;
        }
        return access.WhenNotNull is InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name.Identifier.Text: "zero_" } }
            ? $"{TorchSymbols.Front}.ZeroOptionalGradient({owner})"
            : $"{TorchSymbols.Front}.ChangeGradient({owner}, {Before} => {change})";
    }

    // The method behind '?.'.
    private static string? FirstOf(ExpressionSyntax chain) => chain switch
    {
        InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax first } => first.Name.Identifier.Text,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax next } => FirstOf(next.Expression),
        _ => null,
    };

    // Changes in place alone.
    private string? Chain(ExpressionSyntax chain) => chain switch
    {
        InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax first } call => Applied(Before, first.Name, call),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax next } call when Chain(next.Expression) is { } target =>
            Applied(target, next.Name, call),
        _ => null,
    };

    private string? Applied(string target, SimpleNameSyntax name, InvocationExpressionSyntax call) =>
        IsInPlace(name.Identifier.Text) && !s_reshapes.Contains(name.Identifier.Text.TrimEnd('_'))
            ? $"{target}.{name.Identifier.Text.TrimEnd('_')}{Lines(call.SpanStart, name.SpanStart)}{Of(call.ArgumentList)}" : null;

    // The parameter in the expression of its gradient.
    private string? GradientOf(ExpressionSyntax expression)
    {
        expression = Unwrapped(expression);
        return expression is MemberAccessExpressionSyntax { Name.Identifier.Text: "grad" } access && model.GetSymbolInfo(access).Symbol.IsTorch()
            ? HeldOf(access.Expression) : null;
    }

    // Without parentheses and '!'.
    private static ExpressionSyntax Unwrapped(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax inner => Unwrapped(inner.Expression),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure => Unwrapped(sure.Operand),
        _ => expression,
    };

    // A chain of changes is one of what it starts from.
    private static ExpressionSyntax RootOf(ExpressionSyntax target, out bool isReshaped)
    {
        isReshaped = false;
        while (true)
        {
            target = Unwrapped(target);
            if (target is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: var name } access }
                || !IsInPlace(name))
                return target;
            isReshaped |= s_reshapes.Contains(name.TrimEnd('_'));
            target = access.Expression;
        }
    }

    private const string Before = "__before";

    // In place they give their tensor another shape.
    private static readonly HashSet<string> s_reshapes = ["squeeze", "unsqueeze", "transpose", "t", "swapaxes", "swapdims"];

    private static string Kept(string name, string? before, string after) =>
        before is null || s_reshapes.Contains(name) ? after : $"{TorchSymbols.Front}.InPlace(\"{name}_\", {before}, {after})";

    private string Rebound(ExpressionSyntax change, ExpressionSyntax target, Func<string, string> changed)
    {
        while (target is ParenthesizedExpressionSyntax inner)
            target = inner.Expression;
        ExpressionSyntax root = RootOf(target, out _);
        if (HeldOf(root) is { } held)
            return $"{TorchSymbols.Front}.Assign({held}, {changed(root == target ? Value(held) : Of(target))})";
        switch (model.GetSymbolInfo(root).Symbol)
        {
            case ILocalSymbol local when root is IdentifierNameSyntax name:
                if (TorchAliases.Find(local, change, model) is { } alias)
                    ReportInPlace(change, local.Name, alias);
                string assigned = $"{name.Identifier} = {changed(Of(target))}";
                return change.Parent is ExpressionStatementSyntax ? assigned : $"({assigned})";
            case IParameterSymbol parameter:
                ReportInPlace(change, parameter.Name, "it is the caller's");
                break;
            case IMethodSymbol made when root is InvocationExpressionSyntax && TorchAliases.IsFresh(made):
            case IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator }:
            case IMethodSymbol told when root is InvocationExpressionSyntax call && TorchAliases.NeedsOwn(call, told, model):
                break;
            default:
                ReportInPlace(change, root.ToString(), "it may be a view of another tensor");
                break;
        }
        return changed(Receiver(target));
    }

    private static bool IsInPlace(string name) =>
        name.EndsWith("_", StringComparison.Ordinal) && !name.StartsWith("__", StringComparison.Ordinal) && name != "requires_grad_";

    private void ReportInPlace(ExpressionSyntax change, string name, string why) =>
        report(Diagnostic.Create(Rules.TorchInPlace, change.GetLocation(), $"the change of '{name}' in place", why, "Use the form without '_' and assign its result"));
}
