using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>
/// The text of a method on TorchSharp's tensors as one on ours: each TorchSharp name becomes the same name of the shadow API. Every line stays on its
/// line.
/// </summary>
internal sealed partial class TorchRewrite(
    SemanticModel model, Func<IMethodSymbol, bool> isShadowed, Func<IMethodSymbol, bool> changesGradients, Action<Diagnostic> report)
{
    private const string Tensor = "global::TensorGraph.Tensor";

    // Members of TorchSharp's objects that take no tensor: the object's own would be called. All others are found as extensions.
    private static readonly HashSet<string> s_renamed = ["step", "zero_grad", "train", "eval", "training"];

    // Our tensors have a property of that name, which would be called.
    private const string OwnProperty = "T";

    // Facts about modules that stay as they are, and lists of their parts.
    private static readonly HashSet<string> s_host =
    [
        "parameters", "named_parameters", "children", "named_children", "modules", "named_modules", "GetName", "Count", "ParamGroups",
        "Item", "in_features", "out_features", "in_channels", "out_channels", "get_parameter", "get_buffer", "buffers", "named_buffers",
        "weight", "bias", "running_mean", "running_var", "GetEnumerator", "Values", "Keys", "ContainsKey",
    ];

    /// <summary>The names of modules that are called while tracing.</summary>
    private static readonly HashSet<string> s_calls = ["forward", "call"];

    /// <summary>The text of a node.</summary>
    public string Of(SyntaxNode node) => Special(node) ?? Copy(node);

    private string Copy(SyntaxNode node)
    {
        var text = new StringBuilder();
        int at = node.SpanStart;
        foreach (SyntaxNode child in node.ChildNodes())
        {
            text.Append(Source(at, child.SpanStart)).Append(Of(child));
            at = child.Span.End;
        }
        return text.Append(Source(at, node.Span.End)).ToString();
    }

    private string Source(int start, int end) => model.SyntaxTree.GetText().ToString(TextSpan.FromBounds(start, end));

    // Text that is left out leaves its lines.
    private string Lines(int start, int end) => new('\n', Source(start, end).Count(c => c == '\n'));

    private string? Special(SyntaxNode node) => node switch
    {
        AttributeListSyntax list => Lines(list.SpanStart, list.Span.End),
        TypeSyntax type when IsTypeOfLength(type) => Tensor,
        TypeSyntax type when TypeName(type) is { } name => name,
        LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } local when IsOfTensors(local.Declaration) =>
            $"{Lines(local.SpanStart, local.Declaration.SpanStart)}{Of(local.Declaration)};",
        UsingStatementSyntax { Declaration: { } variables } block when IsOfTensors(variables) =>
            $"{{ {Lines(block.SpanStart, variables.SpanStart)}{Of(variables)}; {Lines(variables.Span.End, block.Statement.SpanStart)}{Of(block.Statement)} }}",
        IfStatementSyntax branch when HasValueOfTensor(branch.Condition) => Branch(branch, branch.Condition),
        WhileStatementSyntax loop when TakesGradients(loop.Condition) => Tested(loop, loop.Condition, loop.Statement),
        ForStatementSyntax { Condition: { } condition } loop when TakesGradients(condition) => Tested(loop, condition, loop.Statement),
        WhileStatementSyntax loop when HasValueOfTensor(loop.Condition) => Branch(loop, loop.Condition),
        DoStatementSyntax loop when HasValueOfTensor(loop.Condition) => Branch(loop, loop.Condition),
        ForStatementSyntax { Condition: { } condition } loop when HasValueOfTensor(condition) => Branch(loop, condition),
        StatementSyntax loop when IsLeftByTensor(loop) => Ahead(loop, Copy(loop)),
        ConditionalExpressionSyntax choice when HasValueOfTensor(choice.Condition) => With(choice, choice.Condition),
        InvocationExpressionSyntax call => Call(call),
        BaseObjectCreationExpressionSyntax made when HoldsTensors(made) is { } type => Refused(made, type),
        AssignmentExpressionSyntax assignment => Assignment(assignment),
        BinaryExpressionSyntax binary => Binary(binary),
        PrefixUnaryExpressionSyntax unary when IsTensor(unary.Operand) => Unary(unary),
        ElementAccessExpressionSyntax access when IsElementOfParameters(access) && NeedsValue(access) => Value(Copy(access)),
        ElementAccessExpressionSyntax access when IsTensor(access.Expression) => $"{Receiver(access.Expression)}.index({Indices(access.ArgumentList)})",
        CastExpressionSyntax cast => Cast(cast),
        ConditionalAccessExpressionSyntax access => Optional(access),
        MemberAccessExpressionSyntax access => Member(access),
        IdentifierNameSyntax name => Name(name),
        _ => null,
    };

    // Tensors of a graph need not be disposed of, and may be assigned then.
    private bool IsOfTensors(VariableDeclarationSyntax variables) => model.GetTypeInfo(variables.Type).Type.IsTorchTensor();

    // An object of the program whose constructor takes TorchSharp's tensors.
    private INamedTypeSymbol? HoldsTensors(BaseObjectCreationExpressionSyntax made) =>
        model.GetSymbolInfo(made).Symbol is IMethodSymbol { OriginalDefinition: var constructor } && !constructor.IsTorch()
        && constructor.Parameters.Any(p => p.Type.HoldsTorchTensor() && !p.Type.IsTorchParameter()) ? constructor.ContainingType : null;

    private string? Refused(BaseObjectCreationExpressionSyntax made, INamedTypeSymbol type)
    {
        Unsupported(made, type, "It holds TorchSharp's tensors, which a graph has none of. Use a tuple, or give it a type parameter for them");
        return null;
    }

    // A copy of the node, in which one child is written as a condition.
    private string With(SyntaxNode node, ExpressionSyntax condition)
    {
        var text = new StringBuilder();
        int at = node.SpanStart;
        foreach (SyntaxNode child in node.ChildNodes())
        {
            text.Append(Source(at, child.SpanStart)).Append(child == condition ? Condition(condition) : Of(child));
            at = child.Span.End;
        }
        return text.Append(Source(at, node.Span.End)).ToString();
    }

    // The length of gradients is a number in TorchSharp, and only a run of the graph knows it.
    private bool IsTypeOfLength(TypeSyntax type) => IsFloat(type)
        && type.Parent is VariableDeclarationSyntax variables && variables.Variables.All(v => IsLength(v.Initializer?.Value));

    private static bool IsFloat(TypeSyntax type) =>
        type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.DoubleKeyword or (int)SyntaxKind.FloatKeyword };

    private bool IsLength(ExpressionSyntax? value) => value switch
    {
        ParenthesizedExpressionSyntax inner => IsLength(inner.Expression),
        CastExpressionSyntax cast => IsLength(cast.Expression),
        InvocationExpressionSyntax call => model.GetSymbolInfo(call).Symbol is IMethodSymbol { Name: "clip_grad_norm_" } method && method.IsTorch(),
        IdentifierNameSyntax name => model.GetSymbolInfo(name).Symbol is ILocalSymbol local
            && local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax variable
            && IsLength(variable.Initializer?.Value),
        _ => false,
    };

    private string? TypeName(TypeSyntax type)
    {
        if (type.IsVar || model.GetSymbolInfo(type).Symbol is not INamedTypeSymbol named || !named.IsTorch())
            return null;
        // A static member's type is written with the member.
        if (type.Parent is MemberAccessExpressionSyntax { Expression: var left } && left == type)
            return null;
        if (type.Parent is QualifiedNameSyntax)
            return null;
        if (named.IsTorchTensor() && !named.IsTorchParameter() && IsOfParameters(type))
        {
            report(Diagnostic.Create(Rules.NotInTorchSurface, type.GetLocation(), $"{type}", "The loop gives parameters, which are TorchSharp's own there too. Write var or Parameter"));
            return null;
        }
        if (named.IsTorchTensor() && !named.IsTorchParameter())
            return Tensor + (type is NullableTypeSyntax ? "?" : "") + Lines(type.SpanStart, type.Span.End);
        if (named.Name == "TensorIndex")
            return TorchSymbols.ShadowOf(named);
        // Type arguments of TorchSharp's own types stay.
        return Source(type.SpanStart, type.Span.End);
    }

    // The type of a variable that goes through parameters: foreach (Tensor p in …), foreach ((string n, Tensor p) in …).
    private bool IsOfParameters(TypeSyntax type) => type.Parent switch
    {
        ForEachStatementSyntax each => each.Type == type && model.GetForEachStatementInfo(each).ElementType.IsTorchParameter(),
        DeclarationExpressionSyntax
        {
            Parent: ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: ForEachVariableStatementSyntax each } tuple } argument,
        } => model.GetForEachStatementInfo(each).ElementType is INamedTypeSymbol { IsTupleType: true } element
            && element.TupleElements[tuple.Arguments.IndexOf(argument)].Type.IsTorchParameter(),
        _ => false,
    };

    private string? Name(IdentifierNameSyntax name)
    {
        if (CallRewrite.IsInNameOf(name))
            return Source(name.SpanStart, name.Span.End);
        ISymbol? symbol = Names.SymbolOf(name, model);
        if (symbol is IMethodSymbol method)
            return isShadowed(method) ? TorchSymbols.ShadowName(method.Name) : null;
        if (symbol is { Name: "training" } and IPropertySymbol && symbol.IsTorch() && Names.AccessOf(name) == name)
            return $"{TorchSymbols.Front}.Training(this)";
        if (name.Parent is MemberAccessExpressionSyntax access && access.Name == name)
            return null;
        if (IsList(symbol) && Names.AccessOf(name) == name && !IsAssigned(name))
            return $"{TorchSymbols.Front}.Parts({name})";
        if (!IsHeld(symbol))
            return null;
        CheckComputed(name, symbol!);
        return NeedsValue(name) ? Value(Source(name.SpanStart, name.Span.End)) : null;
    }

    private string? Member(MemberAccessExpressionSyntax access)
    {
        if (CallRewrite.IsInNameOf(access))
            return Source(access.SpanStart, access.Span.End);
        ISymbol? symbol = model.GetSymbolInfo(access).Symbol;
        if (symbol.IsTorch() && symbol is { IsStatic: true, ContainingType.Name: "TensorIndex" })
            return TorchSymbols.ShadowOf(symbol.ContainingType) + "." + access.Name + Lines(access.SpanStart, access.Span.End);
        if (symbol is IFieldSymbol or IPropertySymbol && symbol.IsTorch() && !symbol.IsStatic)
        {
            if (symbol.ContainingType.IsTorchTensor())
                return OfTensor(access, symbol);
            if (symbol.Name == "training")
                return $"{TorchSymbols.Front}.Training({Of(access.Expression)})";
            CheckHost(access.Name, symbol);
        }
        string text = symbol is { IsStatic: true } && symbol.IsTorch() ? Source(access.SpanStart, access.Span.End)
            : IsOfModule(symbol) && !IsAssigned(access) ? MemberOf(access) : Copy(access);
        if (IsList(symbol) && !IsAssigned(access))
            return $"{TorchSymbols.Front}.Parts({text})";
        if (IsHeld(symbol))
            CheckComputed(access.Name, symbol!);
        return IsHeld(symbol) && NeedsValue(access) ? Value(text)
            : IsOfModule(symbol) || symbol is { IsStatic: true } && symbol.IsTorch() ? text : null;
    }

    // A member of a tensor: of a parameter, its gradient is one of the parameter.
    private string OfTensor(MemberAccessExpressionSyntax access, ISymbol symbol)
    {
        if (symbol.Name is "grad" or "requires_grad" && HeldOf(access.Expression) is { } held)
            return $"{TorchSymbols.Front}.{(symbol.Name == "requires_grad" ? "RequiresGradient" : IsTakenAsThere(access) ? "SureGradient" : "Gradient")}({held})";
        string dot = Source(access.Expression.Span.End, access.Name.SpanStart);
        return symbol.Name == OwnProperty ? $"{TorchSymbols.Shadow}{TorchSymbols.Api}.get_{OwnProperty}({Of(access.Expression)}{dot.Replace(".", "")})"
            : $"{Receiver(access.Expression)}{dot}{access.Name.Identifier.Text}";
    }

    // What TorchSharp fails on where it is null, so that no answer is asked for.
    private static bool IsTakenAsThere(ExpressionSyntax value) => value.Parent switch
    {
        ParenthesizedExpressionSyntax outer => IsTakenAsThere(outer),
        PostfixUnaryExpressionSyntax or ElementAccessExpressionSyntax or PrefixUnaryExpressionSyntax => true,
        MemberAccessExpressionSyntax access => access.Expression == value,
        BinaryExpressionSyntax binary => OperatorName(binary.Kind()) is not (null or "eq" or "ne"),
        _ => false,
    };

    /// <summary>An operand in front of a dot.</summary>
    private string Receiver(ExpressionSyntax expression)
    {
        string text = Of(expression);
        return expression is BinaryExpressionSyntax or PrefixUnaryExpressionSyntax or CastExpressionSyntax or ConditionalExpressionSyntax
            or AssignmentExpressionSyntax
            ? $"({text})"
            : text;
    }

    /// <summary>The text of what names a tensor that TorchSharp keeps; null for tensors of the graph.</summary>
    private string? HeldOf(ExpressionSyntax expression)
    {
        while (expression is ParenthesizedExpressionSyntax inner)
            expression = inner.Expression;
        if (IsElementOfParameters(expression))
            return Copy(expression);
        if (!IsHeld(model.GetSymbolInfo(expression).Symbol))
            return null;
        if (expression is MemberAccessExpressionSyntax own && IsOfModule(model.GetSymbolInfo(own).Symbol))
            return MemberOf(own);
        return expression is MemberAccessExpressionSyntax access ? $"{Of(access.Expression)}.{access.Name}" : Source(expression.SpanStart, expression.Span.End);
    }

    // An element of what a local variable holds: var all = net.parameters().ToList().
    private bool IsElementOfParameters(ExpressionSyntax expression) => expression is ElementAccessExpressionSyntax access
        && model.GetTypeInfo(access).Type.IsTorchParameter() && model.GetSymbolInfo(access.Expression).Symbol is ILocalSymbol;

    private static string Value(string held) => $"{TorchSymbols.Front}.Value({held})";

    // Fields and properties of objects, and variables that hold parameters, are TorchSharp's own tensors in a twin too.
    private static bool IsHeld(ISymbol? symbol) => symbol switch
    {
        // Of a generic type, such as a tuple, the parts are what was put there.
        IFieldSymbol field => !field.ContainingType.IsTupleType && field.OriginalDefinition.Type.IsTorchTensor(),
        IPropertySymbol property => property.OriginalDefinition.Type.IsTorchTensor() && !property.ContainingType.IsTorchTensor()
            && !property.IsIndexer
            && !property.ContainingType.IsAnonymousType,
        ILocalSymbol local => local.Type.IsTorchParameter(),
        IParameterSymbol parameter => parameter.Type.IsTorchParameter(),
        _ => false,
    };

    // A parameter of TorchSharp's module, in whose place a program may put another one.
    private static bool IsOfModule(ISymbol? symbol) => symbol is IPropertySymbol { IsStatic: false, IsIndexer: false } property && symbol.IsTorch()
        && property.ContainingType.IsTorchModule() && property.OriginalDefinition.Type.IsTorchTensor();

    private string MemberOf(MemberAccessExpressionSyntax access)
    {
        string lines = Lines(access.Expression.Span.End, access.Name.SpanStart);
        return $"{TorchSymbols.Front}.Member({Of(access.Expression)}{lines}, static __module => __module.{access.Name})";
    }

    // Modules of a program that may be added to.
    private static bool IsList(ISymbol? symbol) => symbol is IFieldSymbol or IPropertySymbol { IsIndexer: false } && Place.TypeOf(symbol) is { } type
        && type.IsTorch() && type.IsTorchModule() && type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable);

    private static bool IsAssigned(ExpressionSyntax expression) =>
        expression.Parent is AssignmentExpressionSyntax assignment && assignment.Left == expression;

    // A getter runs as it is written, which would compute its tensor once, while tracing.
    private void CheckComputed(SyntaxNode place, ISymbol symbol)
    {
        ExpressionSyntax? value = symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() switch
        {
            PropertyDeclarationSyntax { ExpressionBody.Expression: { } expression } => expression,
            PropertyDeclarationSyntax { AccessorList: { } accessors } => accessors.Accessors
                .FirstOrDefault(a => a.IsKind(SyntaxKind.GetAccessorDeclaration)) switch
            {
                { ExpressionBody.Expression: { } expression } => expression,
                { Body.Statements: { Count: 1 } body } when body[0] is ReturnStatementSyntax { Expression: { } expression } => expression,
                { Body: not null } => SyntaxFactory.ElementAccessExpression(SyntaxFactory.IdentifierName("_")),
                _ => null,
            },
            _ => null,
        };
        if (value is not null && !value.DescendantNodesAndSelf().All(n => n is NameSyntax or MemberAccessExpressionSyntax or ThisExpressionSyntax
            or BaseExpressionSyntax or PostfixUnaryExpressionSyntax))
            Unsupported(place, symbol, "Its getter computes the tensor, and only methods are converted. Make it a method");
    }

    private bool NeedsValue(ExpressionSyntax expression)
    {
        // What says nothing about its type.
        if (expression.Parent is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression }
            or ParenthesizedExpressionSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression }
            or SwitchExpressionArmSyntax { Parent: ExpressionSyntax }
            || (expression.Parent is ConditionalExpressionSyntax choice && choice.Condition != expression))
            return NeedsValue(expression.Parent as ExpressionSyntax ?? (ExpressionSyntax)expression.Parent.Parent!);
        if (expression.Parent is CastExpressionSyntax cast)
            return IsTensor(cast) && !model.GetTypeInfo(cast).Type.IsTorchParameter();
        if (expression.Parent is AssignmentExpressionSyntax assignment && assignment.Left == expression)
            return false;
        if (expression.Parent is MemberAccessExpressionSyntax access && access.Expression == expression)
            return model.GetSymbolInfo(access).Symbol is { } member && (member.ContainingType.IsTorchTensor()
                || member is IMethodSymbol { ReducedFrom: not null });
        if (expression.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } argument
            && model.GetOperation(argument) is Microsoft.CodeAnalysis.Operations.IArgumentOperation { Parameter.Type: { } wanted })
            return wanted.IsTorchTensor() && !wanted.IsTorchParameter();
        return model.GetTypeInfo(expression).ConvertedType is { } type && type.IsTorchTensor() && !type.IsTorchParameter()
            || expression.Parent is BinaryExpressionSyntax or PrefixUnaryExpressionSyntax or ElementAccessExpressionSyntax;
    }

    private bool IsTensor(ExpressionSyntax expression) => model.GetTypeInfo(expression).Type.IsTorchTensor();

    private void CheckHost(SyntaxNode place, ISymbol symbol)
    {
        bool isData = symbol is IFieldSymbol or IPropertySymbol && (symbol is IFieldSymbol field ? field.Type : ((IPropertySymbol)symbol).Type)
            is { TypeKind: TypeKind.Enum } or { SpecialType: not SpecialType.None };
        // What an optimiser is set to changes from step to step.
        if (isData && symbol is IPropertySymbol { SetMethod.IsInitOnly: false } && !symbol.ContainingType.IsTorchModule())
            isData = false;
        if (!isData && !s_host.Contains(symbol.Name) && !symbol.ContainingType.Name.StartsWith("Tuple", StringComparison.Ordinal))
            Unsupported(place, symbol, TorchRemedies.For(symbol.Name, null));
    }

    private void Unsupported(SyntaxNode place, ISymbol symbol, string remedy) =>
        report(Diagnostic.Create(Rules.NotInTorchSurface, place.GetLocation(), symbol.ToDisplayString(s_shown), remedy));

    // False where the shadow API has no function of that name, in the class of that name.
    private bool IsCovered(IMethodSymbol method)
    {
        string name = method.Name;
        if (!method.IsStatic && IsInPlace(name))
            name = name.TrimEnd('_');
        return method.IsStatic && method.ReducedFrom is null ? Has(ShadowClass(method))
            : s_shadows.Any(type => Has(model.Compilation.GetTypeByMetadataName("TensorGraph.Torch." + type)));

        bool Has(INamedTypeSymbol? type) => type?.GetMembers(name).IsEmpty == false;
    }

    private static readonly string[] s_shadows = ["TorchApi", "TorchMembers", "TorchModules", "TorchOptimizers"];

    // The class of the shadow API for a function of torch, or for a member of tensors.
    private INamedTypeSymbol? ShadowClass(IMethodSymbol method) => model.Compilation.GetTypeByMetadataName("TensorGraph.Torch."
        + (method.IsStatic ? TorchSymbols.ShadowOf(method.ContainingType).Substring(TorchSymbols.Shadow.Length).Replace('.', '+')
            : TorchSymbols.Api));

    private static readonly SymbolDisplayFormat s_shown = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
            memberOptions: SymbolDisplayMemberOptions.IncludeContainingType);
}
