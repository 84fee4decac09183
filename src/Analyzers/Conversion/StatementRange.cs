using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>Statements that follow each other in one list, from <paramref name="First"/> to <paramref name="Last"/>.</summary>
internal readonly record struct StatementRange(StatementSyntax First, StatementSyntax Last)
{
    public static StatementRange Of(StatementSyntax statement) => new(statement, statement);

    public static StatementRange Of(IReadOnlyList<Node> nodes) =>
        new((StatementSyntax)nodes[0].Source, (StatementSyntax)nodes[nodes.Count - 1].Source);

    public TextSpan Span => TextSpan.FromBounds(First.SpanStart, Last.Span.End);

    public IEnumerable<StatementSyntax> Statements
    {
        get
        {
            if (First == Last)
                return [First];
            TextSpan span = Span;
            return First.Parent!.ChildNodes().OfType<StatementSyntax>().Where(s => span.Contains(s.Span));
        }
    }
}
