using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>A place in a method that may change members or elements: a write, a call that fills a collection, or a call of a method that writes members.</summary>
internal readonly record struct WritePlace(SyntaxNode Place, SyntaxNode Function, MemberWrite? Write = null, ExpressionSyntax? Filled = null, IMethodSymbol? Callee = null);

/// <summary>All such places of one declaration, found once and sorted by position: a region is a range of them.</summary>
internal sealed class WriteIndex
{
    private readonly WritePlace[] _places;

    public WriteIndex(SyntaxNode declaration, SemanticModel model, CallGraph calls)
    {
        var places = new List<WritePlace>();
        foreach (MemberWrite write in MemberWrites.In([declaration], model))
            places.Add(new(write.Target, FunctionOf(write.Target), Write: write));
        foreach (SyntaxNode node in MethodFacts.WhileTracing(declaration))
        {
            if (node is SimpleNameSyntax name && ArrayCalls.ChangedBy(name, model) is { } filled)
                places.Add(new(name, FunctionOf(name), Filled: filled));
        }
        foreach (SyntaxNode node in declaration.DescendantNodes())
        {
            // The write to a property is among the writes already.
            foreach (IMethodSymbol callee in MethodFacts.CalledBy(node, model))
            {
                if (callee.MethodKind != MethodKind.PropertySet && calls.MembersWritten(callee).Count > 0)
                    places.Add(new(node, FunctionOf(node), Callee: callee));
            }
        }
        _places = [.. places.OrderBy(p => p.Place.SpanStart)];
    }

    /// <summary>The places in some code, with those in functions inside of it.</summary>
    public IEnumerable<WritePlace> In(TextSpan span)
    {
        int low = 0, high = _places.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_places[middle].Place.SpanStart < span.Start)
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < _places.Length && _places[low].Place.SpanStart < span.End; low++)
            yield return _places[low];
    }

    /// <summary>The places in functions inside of another one.</summary>
    public IEnumerable<WritePlace> InFunctionsOf(SyntaxNode function) => In(function.Span).Where(p => p.Function != function);

    private static SyntaxNode FunctionOf(SyntaxNode node) => node.Ancestors().FirstOrDefault(Staging.IsFunction) ?? node.SyntaxTree.GetRoot();
}
