using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Uses of properties, indexers, operators, conversions and constructors that have a twin: they become calls of it by its name.</summary>
internal sealed class MemberRewrite(TwinText text) : Rewrite(text)
{
    // The expression whose own text is written inside the call that converts its value.
    private ExpressionSyntax? _converted;

    public override string? Of(SyntaxNode node)
    {
        if (node is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: TupleExpressionSyntax targets } several }
            && Deconstructed(several, targets) is { } split)
            return split;
        if (node is not ExpressionSyntax expression)
        {
            foreach (IMethodSymbol method in Context.Effects.ImplicitCallsAt(node).Where(Context.HasTwin))
                ReportUse(method, node.GetFirstToken().GetLocation(), "it is called here without its name", $"Call '{method.Name}' by its name");
            return null;
        }
        if (expression != _converted && Context.Effects.ConversionAt(expression) is { } conversion && TwinOf(conversion) is { } twin)
        {
            ExpressionSyntax? outer = _converted;
            _converted = expression;
            string value = Text.Of(expression);
            _converted = outer;
            return Lifts(conversion, expression) ? value : $"{twin}({value})";
        }
        return node switch
        {
            SimpleNameSyntax name => Read(name),
            ElementAccessExpressionSyntax or ElementBindingExpressionSyntax => Read(expression),
            AssignmentExpressionSyntax assignment => Assigned(assignment),
            PrefixUnaryExpressionSyntax { Operand: var operand } => Counted(expression, operand) ?? Operator(expression, operand),
            PostfixUnaryExpressionSyntax { Operand: var operand } => Counted(expression, operand),
            BinaryExpressionSyntax binary => Operator(binary, binary.Left, binary.Right),
            CastExpressionSyntax cast => Operator(cast, cast.Expression) is { } converted ? $"(({cast.Type}){converted})" : null,
            _ => Named(expression),
        };
    }

    /// <summary>The full name of the twin of an operator.</summary>
    private string? TwinOf(IMethodSymbol op) =>
        Context.HasTwin(op) ? $"{op.ContainingType.NamedType().ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)}.{TwinNames.Twin(CallGraph.Definition(op))}" : null;

    private string? Operator(ExpressionSyntax use, params ExpressionSyntax[] operands)
    {
        if (Model.GetSymbolInfo(use).Symbol is not IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion } op
            || TwinOf(op) is not { } twin)
            return null;
        if (use.IsKind(SyntaxKind.LogicalAndExpression) || use.IsKind(SyntaxKind.LogicalOrExpression))
            ReportUse(op, use.GetLocation(), "'&&' and '||' on objects call it only at times", "Write an 'if'");
        if (operands.Any(o => Lifts(op, o)))
            return null;
        return $"{twin}({string.Join(", ", operands.Select(Text.Of))})";
    }

    // The compiler calls an operator of S on the values of two S?.
    private bool Lifts(IMethodSymbol op, ExpressionSyntax operand)
    {
        bool lifts = Model.GetTypeInfo(operand).Type?.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
            && op.Parameters.All(p => p.Type.OriginalDefinition.SpecialType != SpecialType.System_Nullable_T);
        if (lifts)
            ReportUse(op, operand.GetLocation(), "it is called on a value that may be null", "Take its 'Value' first");
        return lifts;
    }

    /// <summary>A property or indexer that is read.</summary>
    private string? Read(ExpressionSyntax use)
    {
        if (PropertyOf(use) is not { } property || (use is SimpleNameSyntax simple && CallRewrite.IsInNameOf(simple)))
            return null;
        bool reads = property.GetMethod is { } read && Context.HasTwin(read), writes = property.SetMethod is { } write && Context.HasTwin(write);
        if (!reads && !writes)
            return null;
        ExpressionSyntax access = AccessOf(use);
        if (access.Parent is AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } initial && initial.Left == access)
        {
            if (writes)
                ReportUse(property.SetMethod!, access.GetLocation(), "an initialiser sets it",
                    "Set it in a statement of its own, once the object is made");
            return null;
        }
        if (IsInAssignedTuple(access))
        {
            if (writes)
                ReportUse(property.SetMethod!, access.GetLocation(), "it is one of several that are assigned", "Assign it in a statement of its own");
            return null;
        }
        // What the assignment around it has not replaced needs no twin.
        if (!reads || (access.Parent is AssignmentExpressionSyntax assignment && assignment.Left == access))
            return null;
        if (use.Ancestors().TakeWhile(n => n is not StatementSyntax)
            .Any(n => n is NameColonSyntax or ExpressionColonSyntax && n.Parent is SubpatternSyntax))
        {
            ReportUse(property.GetMethod!, access.GetLocation(), "a pattern reads it", "Read it into a local first");
            return null;
        }
        return use is SimpleNameSyntax
            ? $"{TwinNames.Twin(CallGraph.Definition(property.GetMethod!))}()"
            : $"{TwinOf(use, property.GetMethod!)}({Arguments(use)})";
    }

    /// <summary>A deconstruction into setters that have a twin: into new variables first, which the setters then get.</summary>
    private string? Deconstructed(AssignmentExpressionSyntax assignment, TupleExpressionSyntax targets)
    {
        var sets = new List<string>();
        string left = Targets(targets);
        if (sets.Count == 0)
            return null;
        foreach (IMethodSymbol method in Context.Effects.ImplicitCallsAt(assignment).Where(Context.HasTwin))
            ReportUse(method, assignment.Left.GetLocation(), "it is called here without its name", $"Call '{method.Name}' by its name");
        string text = $"{left} = {Text.Of(assignment.Right)}; {string.Join(" ", sets)}";
        return assignment.Parent!.Parent is BlockSyntax or SwitchSectionSyntax ? text : $"{{ {text} }}";

        string Targets(TupleExpressionSyntax tuple) =>
            $"({string.Join(", ", tuple.Arguments.Select(a => a.Expression is TupleExpressionSyntax inner ? Targets(inner) : Target(a.Expression)))})";

        string Target(ExpressionSyntax target)
        {
            if (PropertyOf(target) is not { SetMethod: { } setter } property || !Context.HasTwin(setter) || !IsStable(target, setter))
                return Text.Of(target);
            string value = Context.Name(target, "target");
            sets.Add(Set(target, property, value) + ";");
            return $"var {value}";
        }
    }

    private string? Assigned(AssignmentExpressionSyntax assignment)
    {
        foreach (IMethodSymbol method in Context.Effects.ImplicitCallsAt(assignment).Where(Context.HasTwin))
            ReportUse(method, assignment.Left.GetLocation(), "it is called here without its name", $"Call '{method.Name}' by its name");
        var op = Model.GetSymbolInfo(assignment).Symbol as IMethodSymbol;
        bool isSimple = assignment.IsKind(SyntaxKind.SimpleAssignmentExpression);
        IPropertySymbol? property = PropertyOf(assignment.Left);
        bool sets = property?.SetMethod is { } setter && Context.HasTwin(setter), gets = !isSimple && property?.GetMethod is { } getter
            && Context.HasTwin(getter);
        if (assignment.Parent is InitializerExpressionSyntax || (!sets && !gets && (op is null || !Context.HasTwin(op))))
            return null;
        if (isSimple)
            return property!.SetMethod is { } only && IsStatement(assignment, only)
                ? Set(assignment.Left, property, Text.Of(assignment.Right))
                : null;
        IMethodSymbol reported = sets ? property!.SetMethod! : gets ? property!.GetMethod! : op!;
        if (assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression))
        {
            ReportUse(reported, assignment.GetLocation(), "'??=' calls it only at times", "Write an 'if' and an assignment");
            return null;
        }
        if (!IsStatement(assignment, reported) || !IsStable(assignment.Left, reported))
            return null;
        string left = ReadText(assignment.Left, property), right = Text.Of(assignment.Right);
        // An operator that changes its left operand in place.
        if (op is { IsStatic: false } && Context.HasTwin(op))
            return $"{left}.{TwinNames.Twin(CallGraph.Definition(op))}({right})";
        string value = op is not null && TwinOf(op) is { } twin
            ? $"{twin}({left}, {right})"
            : Cast(assignment.Left, $"{left} {assignment.OperatorToken.Text.TrimEnd('=')} ({right})");
        return property is null ? $"{Text.Of(assignment.Left)} = {value}" : Set(assignment.Left, property, value);
    }

    /// <summary><c>++</c> and <c>--</c>.</summary>
    private string? Counted(ExpressionSyntax use, ExpressionSyntax operand)
    {
        string? sign = use.Kind() switch
        {
            SyntaxKind.PreIncrementExpression or SyntaxKind.PostIncrementExpression => "+",
            SyntaxKind.PreDecrementExpression or SyntaxKind.PostDecrementExpression => "-",
            _ => null,
        };
        if (sign is null)
            return null;
        IPropertySymbol? property = PropertyOf(operand);
        var op = Model.GetSymbolInfo(use).Symbol as IMethodSymbol;
        IMethodSymbol? reported = new[] { property?.SetMethod, property?.GetMethod, op }.FirstOrDefault(m => m is not null && Context.HasTwin(m));
        if (reported is null || !IsStatement(use, reported) || !IsStable(operand, reported))
            return null;
        string old = ReadText(operand, property);
        if (op is { IsStatic: false } && Context.HasTwin(op))
            return $"{old}.{TwinNames.Twin(CallGraph.Definition(op))}()";
        string value = op is not null && TwinOf(op) is { } twin ? $"{twin}({old})" : Cast(operand, $"{old} {sign} 1");
        return property is null ? $"{Text.Of(operand)} = {value}" : Set(operand, property, value);
    }

    private string ReadText(ExpressionSyntax target, IPropertySymbol? property)
    {
        if (property?.GetMethod is not { } getter || !Context.HasTwin(getter))
            return target is ElementAccessExpressionSyntax element ? $"{Text.Of(element.Expression)}[{Arguments(element)}]" : target.ToString();
        return $"{TwinOf(target, getter)}({Arguments(target)})";
    }

    private string Set(ExpressionSyntax target, IPropertySymbol property, string value)
    {
        if (!Context.HasTwin(property.SetMethod!))
            return $"{ReadText(target, null)} = {value}";
        return $"{TwinOf(target, property.SetMethod!)}({string.Join(", ", new[] { Arguments(target), value }.Where(t => t.Length > 0))})";
    }

    /// <summary>The twin of an accessor, with the object that it is called on.</summary>
    private string TwinOf(ExpressionSyntax use, IMethodSymbol accessor)
    {
        string twin = TwinNames.Twin(CallGraph.Definition(accessor));
        return use switch
        {
            MemberAccessExpressionSyntax access => $"{Text.Of(access.Expression)}.{twin}",
            ElementAccessExpressionSyntax access => $"{Text.Of(access.Expression)}.{twin}",
            MemberBindingExpressionSyntax or ElementBindingExpressionSyntax => "." + twin,
            _ => twin,
        };
    }

    private string Arguments(ExpressionSyntax use) => use switch
    {
        ElementAccessExpressionSyntax access => string.Join(", ", access.ArgumentList.Arguments.Select(Text.Of)),
        ElementBindingExpressionSyntax binding => string.Join(", ", binding.ArgumentList.Arguments.Select(Text.Of)),
        _ => "",
    };

    // The result of `a op b` on small numbers is wider than they are.
    private string Cast(ExpressionSyntax target, string value) =>
        Model.GetTypeInfo(target).Type is { SpecialType: not (SpecialType.None or SpecialType.System_String) } number
        ? $"({TwinText.TypeText(number)})({value})"
        : value;

    private bool IsStatement(ExpressionSyntax use, IMethodSymbol accessor)
    {
        bool isStatement = use.Parent is ExpressionStatementSyntax
            || (use.Parent is ForStatementSyntax loop && (loop.Incrementors.Contains(use) || loop.Initializers.Contains(use)))
            || (use.Parent is ConditionalAccessExpressionSyntax { Parent: ExpressionStatementSyntax })
            || (use.Parent is LambdaExpressionSyntax lambda && Model.GetSymbolInfo(lambda).Symbol is IMethodSymbol { ReturnsVoid: true })
            || (use.Parent is ArrowExpressionClauseSyntax && Scope.ReturnType is null);
        if (!isStatement)
            ReportUse(accessor, use.GetLocation(), "the value of the assignment is used", "Assign in a statement of its own");
        return isStatement;
    }

    // What is evaluated twice must give the same both times.
    private bool IsStable(ExpressionSyntax target, IMethodSymbol accessor)
    {
        bool isStable = target.DescendantNodes().All(n => n is SimpleNameSyntax or MemberAccessExpressionSyntax or ThisExpressionSyntax
            or BaseExpressionSyntax or LiteralExpressionSyntax
            or BracketedArgumentListSyntax or ArgumentSyntax or BinaryExpressionSyntax or ElementAccessExpressionSyntax or PredefinedTypeSyntax);
        if (!isStable)
            ReportUse(accessor, target.GetLocation(), "its object or index would be evaluated twice", "Read that into a local first");
        return isStable;
    }

    /// <summary>Reports a use of a method without its name that this expression makes.</summary>
    private string? Named(ExpressionSyntax expression)
    {
        foreach (IMethodSymbol method in Context.Effects.ImplicitCallsAt(expression).Where(Context.HasTwin))
            ReportUse(method, expression.GetLocation(), "it is called here without its name", $"Call '{method.Name}' by its name");
        return null;
    }

    private IPropertySymbol? PropertyOf(ExpressionSyntax use) => use switch
    {
        SimpleNameSyntax name => Names.SymbolOf(name, Model) as IPropertySymbol,
        MemberAccessExpressionSyntax access => Names.SymbolOf(access.Name, Model) as IPropertySymbol,
        MemberBindingExpressionSyntax binding => Names.SymbolOf(binding.Name, Model) as IPropertySymbol,
        ElementAccessExpressionSyntax or ElementBindingExpressionSyntax => Model.GetSymbolInfo(use).Symbol as IPropertySymbol,
        _ => null,
    };

    private static ExpressionSyntax AccessOf(ExpressionSyntax use) => use switch
    {
        SimpleNameSyntax { Parent: MemberBindingExpressionSyntax binding } => binding,
        SimpleNameSyntax name => Names.AccessOf(name),
        _ => use,
    };

    private void ReportUse(IMethodSymbol member, Location place, string why, string remedy) =>
        Context.Report(Rules.MemberIsNotConverted, place, member.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
        Context.Method.Name, why, remedy);

    /// <summary>True for the parts of <c>(a, b) = …</c>.</summary>
    private static bool IsInAssignedTuple(SyntaxNode use)
    {
        while (use.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax tuple })
            use = tuple;
        return use is TupleExpressionSyntax && use.Parent is AssignmentExpressionSyntax assignment && assignment.Left == use;
    }
}
