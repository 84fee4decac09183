using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

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
