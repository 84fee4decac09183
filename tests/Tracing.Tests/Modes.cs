namespace TensorGraph.Tests;

/// <summary>Runs code imperatively and traced and compares what it returns and prints.</summary>
internal static class Modes
{
    /// <summary>Result and printed lines of the traced run, after both runs agreed on the result; on the lines too unless they may differ.</summary>
    public static (T Result, string[] Lines) Both<T>(Func<T> program, bool sameLines = true)
    {
        var imperative = Run(program, imperatively: true);
        var traced = Run(program, imperatively: false);
        Assert.Equal(Text(imperative.Result), Text(traced.Result));
        if (sameLines)
            Assert.Equal(imperative.Lines, traced.Lines);
        return traced;
    }

    /// <summary>Both runs raise an error with this ID and with these words in its message.</summary>
    public static void Fails(string id, Action action, params string[] words)
    {
        foreach (bool imperatively in new[] { true, false })
        {
            var error = Run(() => Assert.ThrowsAny<GraphException>(action), imperatively).Result;
            Assert.Equal(id, error.Id);
            Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
        }
    }

    /// <summary>Result and printed lines of one run.</summary>
    public static (T Result, string[] Lines) Run<T>(Func<T> program, bool imperatively)
    {
        var writer = new StringWriter { NewLine = "\n" };
        using var console = FlowConsole.To(writer);
        using var scope = (TensorGraphOptions.Current with { RunImperatively = imperatively, Output = writer }).Use();
        var result = program();
        return (result, writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Text(object? result) => result switch
    {
        null => "null",
        Tensor tensor => $"{tensor.Type} {tensor}",
        Variable variable => Text(variable.Value),
        System.Runtime.CompilerServices.ITuple tuple => string.Join(" | ", Enumerable.Range(0, tuple.Length).Select(i => Text(tuple[i]))),
        string text => text,
        System.Collections.IEnumerable items => string.Join(" | ", items.Cast<object?>().Select(Text)),
        _ => result.ToString() ?? "",
    };
}
