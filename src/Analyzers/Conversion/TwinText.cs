using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>One kind of code that means something else in a twin.</summary>
internal abstract class Rewrite(TwinText text)
{
    protected const string GraphControl = TensorGraphTypes.GraphControl;

    protected TwinText Text { get; } = text;

    protected FunctionScope Scope => Text.Scope;

    protected ConversionContext Context => Text.Scope.Context;

    protected SemanticModel Model => Text.Scope.Model;

    /// <summary>The text instead of the node; null to leave it and look at its parts.</summary>
    public abstract string? Of(SyntaxNode node);
}

/// <summary>The text of the user's code in the twin: as it is written, with the parts replaced that mean something else there.</summary>
internal sealed class TwinText
{
    public const string Tensor = "global::TensorGraph.Tensor";

    private readonly Rewrite[] _rewrites;
    private readonly CallRewrite _calls;
    private readonly ISet<SyntaxNode> _host;

    public TwinText(FunctionScope scope)
    {
        Scope = scope;
        _host = HostCode.Around(scope.Context.Declaration, scope.Model);
        _calls = new CallRewrite(this);
        Operands = new OperandRewrite(this);
        Throws = new ThrowRewrite(this);
        Statements = new StatementRewrite(this);
        // Accessors and operators first: what is left of a name then is a call.
        _rewrites = [new ListLoopRewrite(this), .. scope.Context.Members.Count > 0
            ? new Rewrite[] { new MemberRewrite(this) }
            : [], _calls, Operands, Statements, Throws];
    }

    public FunctionScope Scope { get; }

    public OperandRewrite Operands { get; }

    public ThrowRewrite Throws { get; }

    public StatementRewrite Statements { get; }

    /// <summary>How far the line is indented that the text begins in.</summary>
    public int Depth { get; private set; }

    /// <summary>The position of the code whose text is asked for.</summary>
    public Position Position { get; private set; }

    /// <summary>C# statements that record that a throw here is reached.</summary>
    public ImmutableArray<string> Stops { get; private set; } = [];

    /// <summary>Goes to a node: the texts asked for from now on are those of its parts.</summary>
    public void Enter(Node node, CodeWriter writer)
    {
        Depth = writer.Depth;
        Position = node.Position;
        Stops = node.Stops.IsEmpty ? [] : [.. node.Stops.Select(Scope.NameOf).Distinct().Select(name => $"{name} = true;")];
    }

    public static string TypeText(ITypeSymbol type) => Structure.Of(type).TypeName;

    public string Of(SyntaxNode node)
    {
        var edits = new List<(TextSpan Span, string Text)>();
        Collect(node, edits);
        string source = node.ToString();
        if (edits.Count == 0)
            return source;
        var result = new StringBuilder();
        int position = node.SpanStart;
        foreach ((TextSpan span, string text) in edits)
        {
            result.Append(source, position - node.SpanStart, span.Start - position).Append(text);
            position = span.End;
        }
        return result.Append(source, position - node.SpanStart, node.Span.End - position).ToString();
    }

    private void Collect(SyntaxNode node, List<(TextSpan Span, string Text)> edits)
    {
        if (_host.Contains(node))
        {
            edits.AddRange(node.DescendantNodesAndSelf().Select(_calls.FromCaller).Where(e => e.Text is not null).OrderBy(e => e.Span.Start)!);
            return;
        }
        string? self = Scope.Context.Self;
        bool isOfSelf = self is not null && node is not ThisExpressionSyntax && Scope.Context.IsOfThis(node);
        if (Replacement(node) is { } text)
        {
            edits.Add((node.Span, isOfSelf ? $"{self}.{text}" : text));
            return;
        }
        if (node is ThisExpressionSyntax && self is not null)
            edits.Add((node.Span, self));
        else if (isOfSelf)
            edits.Add((new TextSpan(node.SpanStart, 0), self + "."));
        ITypeSymbol? made = MadeObjects.TypeOf(node, Scope.Model);
        if (made is not null)
            edits.Add((new TextSpan(node.SpanStart, 0), $"{TensorGraphTypes.GraphControl}.Made<{TypeText(made)}>("));
        _calls.AddMarker(node, edits);
        foreach (SyntaxNode child in node.ChildNodes())
            Collect(child, edits);
        if (_calls.FromCaller(node) is { Text: { } given } implied)
            edits.Add((implied.Span, given));
        if (made is not null)
            edits.Add((new TextSpan(node.Span.End, 0), ")"));
    }

    private string? Replacement(SyntaxNode node)
    {
        foreach (Rewrite rewrite in _rewrites)
        {
            if (rewrite.Of(node) is { } text)
                return text;
        }
        return null;
    }
}
