using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>Calls: a twin calls twins and entries, and gives what the compiler would have taken from the place of the user's call.</summary>
internal sealed class CallRewrite(TwinText text) : Rewrite(text)
{
    public override string? Of(SyntaxNode node) => node switch
    {
        SimpleNameSyntax name => Renamed(name),
        ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.OutKeyword } argument => Started(argument),
        _ => null,
    };

    /// <summary>
    /// A variable that is declared where a twin gives it a value starts with "none yet": the twin keeps what is in a place that it may read by
    /// another name.
    /// </summary>
    private string? Started(ArgumentSyntax argument)
    {
        if (Model.GetOperation(argument) is not IArgumentOperation { Parameter: { ContainingSymbol: IMethodSymbol method } parameter } given
            || given.Value is not (IDeclarationExpressionOperation or IDiscardOperation) || !IsConverted(method)
            || Structure.Of(parameter.Type) is not { IsCarried: true } structure)
            return null;
        string name = argument.Expression is DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax variable }
            ? variable.Identifier.Text
            : "_";
        string type = TwinText.TypeText(given.Value.Type ?? parameter.Type);
        return $"{argument.NameColon}out {GraphControl}.Start<{type}>(out {type} {name}, {structure.NoValue})";
    }

    private bool IsConverted(IMethodSymbol method) => method.MethodKind == MethodKind.LocalFunction
        || (method.MethodKind == MethodKind.Constructor ? Context.HasTwin(method) : Context.Calls.NameInTwin(method) is not null);

    /// <summary>The twin or entry that is called, or made a delegate of, instead of the named method.</summary>
    private string? Renamed(SimpleNameSyntax name)
    {
        if (!Names.MayBeMember(name)
            || Names.SymbolOf(name, Model) is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ReducedExtension } method
            || IsInNameOf(name))
        {
            return null;
        }
        if (method.Has(ApiTraits.TracesStep))
            CheckStep(name, method);
        if (Context.Calls.NameInTwin(method) is not { } renamed)
            return null;
        CheckDelegates(name, method);
        // The entry of an overridden graph function would dispatch to the override again.
        if (name.Parent is MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax })
            renamed = TwinNames.Twin(method.Name);
        if (Text.Position.IsInRegion && Recursion.IsEndless(method, Context.Method, Context.Calls))
            Context.Report(Rules.StagedRecursion, name.GetLocation(), method.Name);
        return name is GenericNameSyntax generic ? renamed + Text.Of(generic.TypeArgumentList) : renamed;
    }

    public static bool IsInNameOf(SyntaxNode name) =>
        name.Ancestors().TakeWhile(n => n is not StatementSyntax).OfType<InvocationExpressionSyntax>()
        .Any(i => i.Expression is IdentifierNameSyntax { Identifier.Text: "nameof" });

    /// <summary>Adds the argument that selects the twin of a constructor.</summary>
    public void AddMarker(SyntaxNode creation, List<(TextSpan Span, string Text)> edits)
    {
        if (!HasMarker(creation))
            return;
        const string Marker = $"default({TensorGraphTypes.TracedConstructor})";
        ArgumentListSyntax? arguments = creation is BaseObjectCreationExpressionSyntax made
            ? made.ArgumentList
            : ((ConstructorInitializerSyntax)creation).ArgumentList;
        edits.Add(arguments is null
            ? (new TextSpan(((ObjectCreationExpressionSyntax)creation).Type.Span.End, 0), $"({Marker})")
            : (new TextSpan(arguments.OpenParenToken.Span.End, 0), arguments.Arguments.Count > 0 ? Marker + ", " : Marker));
    }

    private bool HasMarker(SyntaxNode call) =>
        call is BaseObjectCreationExpressionSyntax or ConstructorInitializerSyntax && Context.Members.Count > 0
        && Model.GetSymbolInfo(call).Symbol is IMethodSymbol constructor && Context.HasTwin(constructor);

    /// <summary>Arguments that the compiler takes from the place of a call.</summary>
    public (TextSpan Span, string? Text) FromCaller(SyntaxNode node)
    {
        if (CallerInfo.Of(node, Model) is not { } implied)
            return default;
        bool isFirst = node.SyntaxTree.GetRoot().FindToken(implied.Position).GetPreviousToken().IsKind(SyntaxKind.OpenParenToken) && !HasMarker(node);
        return (new TextSpan(implied.Position, 0), isFirst ? implied.Text : ", " + implied.Text);
    }

    /// <summary>
    /// Reports what a function that is traced once for all elements changes, if the code around it reads that: it would have changed once.
    /// </summary>
    private void CheckStep(SimpleNameSyntax name, IMethodSymbol method)
    {
        if (Names.AccessOf(name).Parent is not InvocationExpressionSyntax call)
            return;
        foreach (ExpressionSyntax step in call.ArgumentList.Arguments.Select(a => a.Expression)
            .Where(a => Model.GetTypeInfo(a).ConvertedType?.TypeKind == TypeKind.Delegate))
        {
            foreach (Change change in Context.Changes.OfDelegate(step))
            {
                if (change.Variable is { } variable && Context.Changes.IsReadOutside(variable, step))
                    Context.Report(Rules.StepChangesState, (step.Span.Contains(change.Place.Span) ? change.Place : step).GetLocation(), change.Name,
                        method.Name);
            }
        }
    }

    /// <summary>
    /// Reports a delegate that changes something here, if it is handed to a method that calls it where a tensor decides: the change could not come
    /// back.
    /// </summary>
    private void CheckDelegates(SimpleNameSyntax name, IMethodSymbol method)
    {
        if (Names.AccessOf(name).Parent is not InvocationExpressionSyntax call)
            return;
        foreach (ArgumentSyntax argument in call.ArgumentList.Arguments)
        {
            if (Model.GetTypeInfo(argument.Expression).ConvertedType?.TypeKind == TypeKind.Delegate
                && Model.GetOperation(argument) is IArgumentOperation { Parameter: { } parameter }
                && MayCallStaged(method, parameter)
                && Context.Changes.OfDelegate(argument.Expression).Select(c => c.Name).FirstOrDefault() is { } changed)
            {
                Context.Report(Rules.StateChangedByCall, argument.GetLocation(), method.Name, changed);
            }
        }
    }

    private bool MayCallStaged(IMethodSymbol method, IParameterSymbol parameter)
    {
        if (Context.Calls.Declaration(CallGraph.Definition(method)) is not { } declaration)
            return false;
        SemanticModel model = Context.Calls.Model(declaration.SyntaxTree);
        bool IsStaged(SyntaxNode node) => node.Ancestors().TakeWhile(a => a != declaration).Any(a => Staging.IsStaged(a, model));
        int left = declaration.DescendantNodes().Where(n => n is ReturnStatementSyntax && IsStaged(n)).Select(n => n.SpanStart)
            .DefaultIfEmpty(int.MaxValue).First();
        return declaration.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Any(n => n.Identifier.ValueText == parameter.Name && (n.SpanStart > left || n.Parent is ArgumentSyntax || IsStaged(n)));
    }
}
