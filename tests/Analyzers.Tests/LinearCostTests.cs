using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TensorGraph.Benchmarks;
using Xunit.Abstractions;

namespace TensorGraph.Tests;

/// <summary>
/// The generator's work is proportional to the length of the code. Bytes allocated stand for work: they are the same in each run, whatever else the
/// machine does. A part that is the same for each compilation is taken away first.
/// </summary>
public sealed class LinearCostTests(ITestOutputHelper output)
{
    // Ten times the lines; the rest is for what a random function of that length happens to contain.
    private const double Limit = 12;

    public static TheoryData<string> Kinds => [.. LongFunction.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Ten_times_the_lines_of_a_function_cost_ten_times_as_much(string kind) => Check(lines => [LongFunction.Class("C0", kind, lines)]);

    [Fact]
    public void Ten_times_the_functions_cost_ten_times_as_much() =>
        Check(lines => [.. Enumerable.Range(0, lines / 20).Select(i => LongFunction.Class($"C{i}", "random", lines: 20, seed: 1 + (i % 5)))]);

    // Code in the shape of that which is generated from messages: every method has an attribute, and each message reads others by way of an interface.
    [Fact]
    public void Ten_times_the_generated_classes_beside_a_function_cost_ten_times_as_much() =>
        Check(lines => [LongFunction.Class("C0", "random", lines: 0), Messages + string.Concat(Enumerable.Range(0, lines / 5).Select(i => Message(i, (i + 1) % (lines / 5))))]);

    private const string Messages = """
        // Tensor
        public interface IMessage { void MergeFrom(Reader input); int CalculateSize(); }
        public sealed class Reader
        {
            public int Left;
            public int ReadInt() => Left--;
            public void ReadMessage(IMessage message) { if (message.CalculateSize() >= 0) message.MergeFrom(this); }
        }
        """;

    private static string Message(int number, int other) => $$"""

        public sealed partial class M{{number}} : IMessage, System.IEquatable<M{{number}}>
        {
            public int Size { get; set; }
            public string Name { get; set; } = "";
            public M{{other}}? Inner { get; set; }
            [global::System.Diagnostics.DebuggerNonUserCode]
            public M{{number}} Clone() { var copy = new M{{number}}(); copy.MergeFrom(this); return copy; }
            [global::System.Diagnostics.DebuggerNonUserCode]
            public bool Equals(M{{number}}? other) => other is not null && Size == other.Size && Name.Equals(other.Name) && Equals(Inner, other.Inner);
            [global::System.Diagnostics.DebuggerNonUserCode]
            public override bool Equals(object? other) => Equals(other as M{{number}});
            [global::System.Diagnostics.DebuggerNonUserCode]
            public override int GetHashCode() => Size.GetHashCode() ^ Name.GetHashCode() ^ (Inner is null ? 0 : Inner.GetHashCode());
            [global::System.Diagnostics.DebuggerNonUserCode]
            public override string ToString() => Name.ToString() + Inner?.ToString();
            [global::System.Diagnostics.DebuggerNonUserCode]
            public int CalculateSize() => Size + Name.Length + (Inner is null ? 0 : Inner.CalculateSize());
            [global::System.Diagnostics.DebuggerNonUserCode]
            public void MergeFrom(M{{number}} other) { Size = other.Size; if (other.Inner is not null) (Inner ??= new()).MergeFrom(other.Inner); }
            [global::System.Diagnostics.DebuggerNonUserCode]
            public void MergeFrom(Reader input) { if (input.ReadInt() > 0) Size = input.ReadInt(); else input.ReadMessage(Inner ??= new()); }
        }
        """;

    private void Check(Func<int, string[]> sources)
    {
        double none = Cost(LongFunction.Class("C0", "random", lines: 0)), some = Cost(sources(100)) - none, many = Cost(sources(1000)) - none;
        output.WriteLine($"fixed {none / 1e6:f1} MB, 100 lines {some / 1e6:f1} MB, 1,000 lines {many / 1e6:f1} MB: {many / some:f1} times");
        Assert.InRange(many / some, 5, Limit);
    }

    // What the first run loads is there in the second.
    private static double Cost(params string[] sources) => Math.Min(CostOnce(sources), CostOnce(sources));

    private static double CostOnce(string[] sources)
    {
        CSharpCompilation compilation = Roslyn.Compilation(sources);
        Assert.DoesNotContain(compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        GeneratorDriver driver = Roslyn.Driver();
        long before = GC.GetAllocatedBytesForCurrentThread();
        driver = driver.RunGenerators(compilation);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Null(driver.GetRunResult().Results.Single().Exception);
        return allocated;
    }
}
