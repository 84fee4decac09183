using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TensorGraph.Analyzers;

/// <summary>
/// Indented text in which each line is either hidden (ours) or mapped to a place in the user's file, by
/// <c>#line</c> spans: positions in stack traces, breakpoints and errors are then the user's.
/// </summary>
internal sealed class CodeWriter(int depth = 0)
{
    private readonly StringBuilder _text = new();
    private bool _hidden;

    public int Depth { get; set; } = depth;

    private string Indent => IndentOf(Depth);

    public static string IndentOf(int depth) => new(' ', depth * 4);

    /// <summary>A line of our own.</summary>
    public void Line(string text = "")
    {
        if (text.Length > 0)
            _text.Append(Indent).Append(text);
        _text.Append('\n');
    }

    /// <summary>A line of our own inside a body, where lines of the user's stand around it.</summary>
    public void Hidden(string text)
    {
        if (!_hidden)
            _text.Append("#line hidden\n");
        _hidden = true;
        Line(text);
    }

    /// <summary><paramref name="text"/> stands for <paramref name="source"/>; the texts around it belong to no place.</summary>
    public void Mapped(SyntaxNode source, string prefix, string text, string suffix = "")
    {
        FileLinePositionSpan span = source.SyntaxTree.GetLineSpan(source.Span);
        int offset = Indent.Length + prefix.Length;
        _text.Append(string.Format(CultureInfo.InvariantCulture, "#line ({0},{1})-({2},{3}){4} \"{5}\"\n",
            span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1, span.EndLinePosition.Line + 1, span.EndLinePosition.Character + 1,
            offset > 0 ? " " + offset.ToString(CultureInfo.InvariantCulture) : "", span.Path));
        _text.Append(Indent).Append(prefix).Append(text).Append(suffix).Append('\n');
        _hidden = false;
    }

    /// <summary>The user's comments above a statement.</summary>
    public void Comments(SyntaxNode source)
    {
        foreach (SyntaxTrivia trivia in source.GetLeadingTrivia())
        {
            if (trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia))
                Hidden(trivia.ToString());
        }
    }

    /// <summary>Text that another writer made; its lines are indented already.</summary>
    public void Append(CodeWriter other)
    {
        _text.Append(other._text);
        if (other._text.Length > 0)
            _hidden = other._hidden;
    }

    public void Append(string text) => _text.Append(text);

    public void OpenBlock()
    {
        Hidden("{");
        Depth++;
    }

    public void CloseBlock(string after = "")
    {
        Depth--;
        Hidden("}" + after);
    }

    public void EndMapping()
    {
        _text.Append("#line default\n");
        _hidden = false;
    }

    public override string ToString() => _text.ToString();

    /// <summary>The text for people: without the line directives.</summary>
    public static string Readable(string text)
    {
        var lines = text.Split('\n').Where(line => !line.StartsWith("#line ", StringComparison.Ordinal));
        return string.Join("\n", lines).Replace("global::TensorGraph.CompilerServices.", "");
    }
}
