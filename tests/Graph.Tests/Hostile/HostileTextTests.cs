using System.Text;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Tests.Hostile;

/// <summary>Text that is made to hurt the parser: each is TG2007 with a place, or reads, with memory in proportion to its length.</summary>
public sealed class HostileTextTests
{
    // The stack of a thread on the smallest platform.
    private const int SmallStack = 1 << 20;

    public static TheoryData<string, string> Texts => new()
    {
        { Size(new string('(', 20_000) + "a" + new string(')', 20_000)), "nested 401 levels deep, the most are 400" },
        { Size(string.Concat(Enumerable.Repeat("floordiv(", 10_000)) + "a" + string.Concat(Enumerable.Repeat(", 2)", 10_000))), "nested 401 levels deep" },
        { Size(string.Concat(Enumerable.Repeat("floordiv(", 300)) + "a" + string.Concat(Enumerable.Repeat("+1, 2)", 300))), "nests functions 101 levels deep, the most are 100 levels" },
        { Size(string.Join('*', Enumerable.Range(0, 24).Select(i => $"(a{i}+b{i})"))), "characters" },
        { Size(string.Join('+', Enumerable.Range(0, 2_000).Select(i => $"a{i}"))), "has 2000 terms, the most are 1024 terms" },
        { Size(string.Join('*', Enumerable.Repeat("(a+1)", 2_000))), "beyond 64 bits" },
        { Size(new string('a', 20_000)), "has 20000 characters, the most are 16384 characters" },
        { Size("9223372036854775807*2"), "beyond 64 bits" },
        { Size("9223372036854775807+1"), "beyond 64 bits" },
        { Size("9223372036854775807*a+a"), "beyond 64 bits" },
        { Size("floordiv(a, 0)"), "divided by 0" },
        { Size("99999999999999999999"), "is not a whole number of 64 bits" },
        { Size("-1"), "f32[-1] has a negative size" },
        { Nested(6_000), "blocks and parentheses are nested 401 levels deep" },
        { Value("f32[10000000000000] [1]"), "f32[10000000000000] has 10000000000000 elements, here are 1" },
        { Value("string[10000000000000] []"), "elements, here are 0" },
        { Value("f32[1000000000000000] [1]"), "f32[1000000000000000] has more elements than any memory holds" },
        { Value("f32[4294967296, 4294967296] []"), "has more elements than any memory holds" },
        { "graph g(%x: f32[]) { %y = broadcast_to %x {shape=shape[4294967296, 4294967296]} return %y }", "broadcast_to: the result would be f32[4294967296, 4294967296]" },
        { "graph g(%x: f32[b]) { %y = reshape %x {shape=shape[4294967296, 4294967296]} return %y }", "beyond 64 bits" },
        { Value("f32[-4] []"), "has a negative size" },
        { Value("f32[] 1e999999999999"), "'1e999999999999' is out of range for f32" },
        { Value("f16[] 70000"), "'70000' is out of range for f16" },
        { Value("f32[] -nan"), "expected a number or inf, found 'nan'" },
        { Value("f32[] nan(0x1)"), "'0x1' are not the bits of a NaN of f32" },
        { Value("f32[] nan(0xffffffffffffffffff)"), "is not a number of 64 bits" },
        { Value("f32[] 0x"), "is not a number" },
        { Value("\"\\"), "unknown escape" },
        { "graph g() { %y = constant {value=\"\\", "has no closing quote" },
        { Value("\"\\u12"), "unknown escape" },
        { Value("\"\\u12G4\""), "unknown escape" },
        { Value("\"a\0b"), "has no closing quote" },
        { "graph g() { %y = constant {value=f32[] 1, value=f32[] 2} return %y }", "text:1:43: attribute 'value' is given twice" },
        { "functions { @f = f32[] 1 } graph g() { return }", "text:1:16: expected '}', found '='" },
        { "graph g() { %y = parameter return }", "parameter" },
        { "graph g(%x: f32[]) { %y = pad %x {low=shape[], high=shape[], interior=[]} return %y }", "attribute 'fill' of type Double is missing" },
        { "graph g(%x: f32[2]) { %y = reduce_sum %x {axes=[4294967296], keep=false} return %y }", "inputs, attributes or blocks don't fit" },
        { "graph g(%x: f32[]) { %y = scan %x {carried=-1, sequences=0, length=dim(2)} body(%x: f32[]) { yield %x } return %y }", "scan: 'carried' is -1, with 1 inputs" },
        { "graph g() { host_call {fn=1, results=0} return }", "attribute 'fn' of type Resource is missing" },
        { "functions { @f: f32[] } graph g() { %y = read_variable {var=@f} return %y }", "read_variable: @f is not a variable" },
        { $"graph g() {{ return %{new string('x', 100_000)} }}", "no value %xxx" },
        { $"graph g() {{ {new string('\0', 1000)} return }}", "expected an op" },
        { new string('\n', 100_000) + "graph", "text:100001:6: expected the graph's name" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Is_refused_with_its_place(string text, string problem)
    {
        var error = OnSmallStack(() => Allocating(text, () => Assert.Throws<GraphException>(() => Parser.Parse(text))));
        Assert.Equal(DiagnosticIds.BadText, error.Id);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
        Assert.Contains("^", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 2_000, $"{error.Message.Length} characters");
    }

    [Fact]
    public void Long_sums_and_products_of_numbers_take_time_for_their_length()
    {
        string sum = string.Join('+', Enumerable.Range(0, 1_000).Select(i => $"a{i}"));
        foreach (string size in new[] { sum, $"({sum})" + string.Concat(Enumerable.Repeat("*1", 10_000)), $"({sum})" + string.Concat(Enumerable.Repeat("+1-1", 10_000)) })
            Allocating(Size(size), () => Parser.Parse(Size(size)));
    }

    [Fact]
    public void Smallest_coefficient_reads_back() =>
        Assert.Equal("-9223372036854775808*a", Parser.Parse(Size("-9223372036854775808*a")).Entry.Parameters[0].Types[0].Shape[0].ToString());

    [Fact]
    public void A_function_of_the_text_has_no_method_to_run()
    {
        var graph = Parser.Parse("functions { @f } graph g() { host_call {fn=@f, results=0} return }");
        Expect.Error(DiagnosticIds.BadData, () => new Interpreter().Run(graph), "@f has no C# method");
    }

    [Fact]
    public void Each_cut_of_each_case_is_good_or_TG2007()
    {
        foreach (string text in TextCorpus.Cases)
        {
            for (int i = 0; i < text.Length; i += 7)
                TextProperties.Parses(text[..i]);
        }
    }

    [Fact]
    public void Long_chain_goes_through_printer_verifier_passes_and_interpreter()
    {
        var text = new StringBuilder("graph g(%x: f32[4], %s: f32[]) {\n  %0 = broadcast_to %s {shape=shape[4]}\n");
        for (int i = 0; i < 10_000; i++)
            text.Append($"  %{i + 1} = {(i % 3) switch { 0 => "add", 1 => "mul", _ => "max" }} %{i}, %x\n");
        OnSmallStack(() => AllStages(text.Append("  return %10000\n}\n").ToString()));
    }

    [Fact]
    public void Long_chain_of_broadcasts_of_a_constant_is_searched_without_recursion()
    {
        var text = new StringBuilder("graph g(%x: f32[4], %s: f32[]) {\n  %0 = constant {value=f32[1] [1]}\n");
        for (int i = 0; i < 20_000; i++)
            text.Append($"  %{i + 1} = broadcast_to %{i} {{shape=shape[1]}}\n");
        text.Append("  %y = mul %x, %20000\n  return %y\n}\n");
        OnSmallStack(() => Assert.Equal("x", Algebra.Pass.Apply(Parser.Parse(text.ToString())).Entry.Results[0].Node.Attrs.Get("name", "")));
    }

    [Fact]
    public void Deepest_nesting_goes_through_printer_verifier_passes_and_interpreter() => OnSmallStack(() => AllStages(Nested(Parser.MostNested - 1)));

    [Fact]
    public void Many_blocks_of_a_file_take_time_for_their_length()
    {
        var text = new StringBuilder("graph g(%x: f32[], %n: bool[]) {\n");
        for (int i = 0; i < 5_000; i++)
            text.Append($"  %{i} = if %n, %x then(%x: f32[]) {{ yield %x }} else(%x: f32[]) {{ yield %x }}\n");
        Assert.Equal("g.tg:5001", Parser.Parse(text.Append("return }").ToString(), "g.tg").Entry.Body[^1].Source.ToString());
    }

    private static void AllStages(string text)
    {
        var graph = Parser.Parse(text);
        Verifier.Verify(graph);
        string printed = Printer.Print(graph);
        Assert.Null(GraphComparer.Difference(graph, Parser.Parse(printed)));
        Literal[] arguments = [.. graph.Entry.Parameters.Select(parameter => Literal.FromDoubles(parameter.Types[0], i => i + 1))];
        var expected = new Interpreter().Run(graph, arguments);
        Assert.Equal(expected, new Interpreter().Run(Pipeline.Run(graph, Pipeline.Default, verify: 2).Graph, arguments));
    }

    private static string Size(string size) => $"graph g(%x: f32[{size}]) {{ return %x }}";

    private static string Value(string value) => $"graph g() {{ %y = constant {{value={value}}} return %y }}";

    private static string Nested(int depth) =>
        "graph g(%n: bool[], %x: f32[]) {\n"
        + string.Concat(Enumerable.Repeat("%y = if %n, %n, %x then(%n: bool[], %x: f32[]) {", depth)) + "%y = neg %x "
        + string.Concat(Enumerable.Repeat(" yield %y } else(%n: bool[], %x: f32[]) { yield %x }\n", depth)) + "return %y }";

    private static T Allocating<T>(string text, Func<T> run)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var result = run();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= TextProperties.MostBytes(text), $"{allocated} bytes for a text of {text.Length}");
        return result;
    }

    private static void OnSmallStack(Action run) => OnSmallStack<object?>(() =>
    {
        run();
        return null;
    });

    private static T OnSmallStack<T>(Func<T> run)
    {
        T result = default!;
        Exception? fault = null;
        var thread = new Thread(() => fault = Record.Exception(() => result = run()), SmallStack);
        thread.Start();
        thread.Join();
        Assert.Null(fault);
        return result;
    }
}
