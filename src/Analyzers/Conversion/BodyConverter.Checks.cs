using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace TensorGraph.Analyzers;

internal sealed partial class BodyConverter
{
    private static readonly HashSet<string> s_collectionChanges =
        ["Add", "AddRange", "Insert", "Remove", "RemoveAt", "Clear", "Push", "Pop", "Enqueue", "Dequeue", "AddFirst", "AddLast", "TryAdd", "Sort", "Reverse",
            "InsertRange", "RemoveRange", "RemoveAll", "RemoveFirst", "RemoveLast", "RemoveWhere", "AddBefore", "AddAfter", "TryDequeue", "TryPop",
            "UnionWith", "ExceptWith", "IntersectWith", "SymmetricExceptWith"];

    private static readonly HashSet<string> s_builderChanges =
        ["Append", "AppendLine", "AppendFormat", "AppendJoin", "Insert", "Remove", "Replace", "Clear"];

    public static bool IsCollectionChange(SimpleNameSyntax method) => s_collectionChanges.Contains(method.Identifier.Text);

    /// <summary>Reports what has no meaning next to staged statements.</summary>
    private void CheckFunction()
    {
        foreach (SyntaxNode node in Staging.InSameFunction(_function).Where(_ => _hasStaged))
        {
            switch (node)
            {
                case GotoStatementSyntax or LabeledStatementSyntax:
                    _context.Report(Rules.Goto, node.GetFirstToken().GetLocation(), node.GetFirstToken().Text);
                    break;
                case YieldStatementSyntax or AwaitExpressionSyntax or CommonForEachStatementSyntax { AwaitKeyword.RawKind: not 0 }:
                    _context.Report(Rules.AwaitOrYield, node.GetFirstToken().GetLocation(), node is YieldStatementSyntax ? "yield" : "await");
                    break;
                case UnsafeStatementSyntax or FixedStatementSyntax when HasStaged(node):
                    _context.Report(Rules.UnsafeCode, node.GetFirstToken().GetLocation(), node.GetFirstToken().Text);
                    break;
                case AssignmentExpressionSyntax { Left: ThisExpressionSyntax } whole:
                    _context.Report(Rules.UnsupportedContainer, whole.GetLocation(), whole.ToString(), "a member of a struct that replaces it");
                    break;
                case LockStatementSyntax when HasStaged(node):
                    _context.Report(Rules.Lock, node.GetFirstToken().GetLocation());
                    break;
                case VariableDeclarationSyntax { Type: RefTypeSyntax } declaration:
                    _context.Report(Rules.RefLocal, declaration.Variables[0].GetLocation(), declaration.Variables[0].Identifier.Text);
                    break;
            }
        }
    }

    /// <summary>Reports what the head of a C# loop does in the turns that a tensor skips by leaving the loop.</summary>
    private void CheckHead(StatementSyntax loop)
    {
        foreach ((SyntaxNode place, ISymbol? variable) in new HostEffects(_context.Calls, Model).InHead(loop))
        {
            if (variable is null || IsReadAfter(loop, variable))
                _context.Report(Rules.EffectInLoopHead, place.GetLocation(), place.ToString());
        }
    }

    /// <summary>Reports a delegate that changes something here, if it is handed to a method that calls it where a tensor decides: the change could not come back.</summary>
    private void CheckDelegates(SimpleNameSyntax name, IMethodSymbol method)
    {
        if (Names.AccessOf(name).Parent is not InvocationExpressionSyntax call)
            return;
        foreach (ArgumentSyntax argument in call.ArgumentList.Arguments)
        {
            if (Model.GetTypeInfo(argument.Expression).ConvertedType?.TypeKind == TypeKind.Delegate
                && Model.GetOperation(argument) is IArgumentOperation { Parameter: { } parameter } && MayCallStaged(method, parameter)
                && _context.Changes.OfDelegate(argument.Expression).FirstOrDefault() is { } changed)
            {
                _context.Report(Rules.StateChangedByCall, argument.GetLocation(), method.Name, changed);
            }
        }
    }

    private bool MayCallStaged(IMethodSymbol method, IParameterSymbol parameter)
    {
        if (_context.Calls.Declaration(CallGraph.Definition(method)) is not { } declaration)
            return false;
        SemanticModel model = _context.Calls.Model(declaration.SyntaxTree);
        bool IsStaged(SyntaxNode node) => node.Ancestors().TakeWhile(a => a != declaration).Any(a => Staging.IsStaged(a, model));
        int left = declaration.DescendantNodes().Where(n => n is ReturnStatementSyntax && IsStaged(n)).Select(n => n.SpanStart).DefaultIfEmpty(int.MaxValue).First();
        return declaration.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Any(n => n.Identifier.ValueText == parameter.Name && (n.SpanStart > left || n.Parent is ArgumentSyntax || IsStaged(n)));
    }

    /// <summary>Reports an assertion of a C# value, if a tensor decides whether it is reached.</summary>
    private void CheckAssertions(StatementSyntax statement)
    {
        foreach (InvocationExpressionSyntax call in Staging.InSameFunction(statement).OfType<InvocationExpressionSyntax>().Where(_ => _stagedDepth > 0))
        {
            if (Model.GetSymbolInfo(call).Symbol is IMethodSymbol { Name: "Assert" or "Fail" } method && method.ContainingType.ToDisplayString() is "System.Diagnostics.Debug" or "System.Diagnostics.Trace")
                _context.Report(Rules.HostAssertion, call.GetLocation(), call.Expression.ToString());
        }
    }

    /// <summary>Reports calls that change a C# collection, if a tensor decides whether they happen.</summary>
    private void CheckCopy(StatementSyntax statement)
    {
        CheckAssertions(statement);
        foreach (InvocationExpressionSyntax call in Staging.InSameFunction(statement).OfType<InvocationExpressionSyntax>().Where(_ => _stagedDepth > 0))
        {
            if (call.Expression is not MemberAccessExpressionSyntax access || ArrayCalls.ChangedBy(access.Name, Model) is not null)
                continue;
            ITypeSymbol? type = Model.GetTypeInfo(access.Expression).Type;
            if (IsCollectionChange(access.Name) && IsCollection(type) && !IsMadeHere(access.Expression, statement))
                _context.Report(Rules.ListChanged, access.GetLocation(), access.ToString());
            else if (s_builderChanges.Contains(access.Name.Identifier.Text) && type is { Name: "StringBuilder", ContainingNamespace.Name: "Text" } && !IsMadeHere(access.Expression, statement))
                _context.Report(Rules.HostStateChanged, access.Expression.GetLocation(), access.Expression.ToString(), type.Name);
        }
        foreach (VariableDeclaratorSyntax variable in (statement as LocalDeclarationStatementSyntax)?.Declaration.Variables ?? [])
            _declaredAt[Model.GetDeclaredSymbol(variable)!] = _stagedDepth;
    }

    private static bool IsCollection(ITypeSymbol? type) =>
        type is not null && type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable) && !type.IsTensor() && !type.IsTensorArray();

    // A list that is made under the same conditions as it is filled is a tool of the trace.
    private bool IsMadeHere(ExpressionSyntax collection, StatementSyntax statement) =>
        Model.GetSymbolInfo(collection).Symbol switch
        {
            ILocalSymbol local => statement.Span.Contains(local.Locations[0].SourceSpan) || (_declaredAt.TryGetValue(local, out int depth) && depth == _stagedDepth),
            null => true,
            _ => false,
        };
}
