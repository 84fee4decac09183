using System.Runtime.CompilerServices;

namespace TensorGraph.Tests;

/// <summary>The exact message about a tensor that outlived its trace. A line of the test's file is found by the comment at its end.</summary>
internal static class Escapes
{
    public const string NoValue = "It has no value outside of its trace: ";
    public const string Return = NoValue + "return it from the graph function, keep state in a Variable, or pass it to Ops.HostCall as an input.";

    /// <summary>The use is on the caller's line, or on another one of its file.</summary>
    public static void Says(string problem, string remedy, Action use, [CallerLineNumber] int line = 0, [CallerFilePath] string file = "")
    {
        var error = Assert.Throws<EscapedTensorException>(use);
        Assert.Equal($"TG7002: {problem}, at {Path.GetFileName(file)}:{line}. {remedy}", error.Message);
    }

    /// <summary>The tensor that was made, in which graph function and method, on which line.</summary>
    public static string Made(string op, string function, string method, string marker, [CallerFilePath] string file = "") =>
        $"Tensor({op}: f32[]), made while tracing 'TensorGraph.Tests.{Path.GetFileNameWithoutExtension(file)}.{function}' in {method} at {Path.GetFileName(file)}:{LineOf(marker, file)}";

    public static int LineOf(string marker, [CallerFilePath] string file = "") => File.ReadLines(file).TakeWhile(line => !line.EndsWith($"// {marker}", StringComparison.Ordinal)).Count() + 1;
}
