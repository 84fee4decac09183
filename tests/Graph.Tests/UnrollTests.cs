using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Tests;

/// <summary>Which loops have a known number of iterations, and which of them are unrolled.</summary>
public sealed class UnrollTests
{
    [Theory]
    [InlineData("i64", 0, "less", 3, "add", 1, 3)]
    [InlineData("i64", 0, "less_equal", 3, "add", 1, 4)]
    [InlineData("i32", 1, "less", 8, "add", 3, 3)]
    [InlineData("i32", 1, "less_equal", 7, "add", 3, 3)]
    [InlineData("i64", 5, "greater", 0, "sub", 1, 5)]
    [InlineData("i64", 5, "greater_equal", 0, "sub", 1, 6)]
    [InlineData("i64", 5, "greater_equal", -1, "add", -3, 3)]
    [InlineData("i64", 3, "less", 3, "add", 1, 0)]
    [InlineData("i64", 3, "less", 2, "sub", 1, 0)]
    [InlineData("u8", 250, "less", 255, "add", 1, 5)]
    [InlineData("u8", 250, "less", 255, "add", 2, null)]
    [InlineData("u8", 250, "less_equal", 255, "add", 1, null)]
    [InlineData("i8", -126, "greater", -128, "sub", 1, 2)]
    [InlineData("i8", -126, "greater_equal", -128, "sub", 1, null)]
    [InlineData("i64", 0, "less", 3, "add", 0, null)]
    [InlineData("i64", 0, "less", 3, "sub", 1, null)]
    [InlineData("i64", 0, "greater", -3, "add", 1, null)]
    [InlineData("i64", long.MinValue, "less", long.MaxValue, "add", 1, null)]
    public void A_counter_between_constants_tells_how_often(string dtype, long from, string test, long to, string step, long by, int? expected)
    {
        foreach (bool isTurned in new[] { false, true })
        {
            string turned = test.Contains("less", StringComparison.Ordinal)
                ? test.Replace("less", "greater", StringComparison.Ordinal) : test.Replace("greater", "less", StringComparison.Ordinal);
            var graph = Parser.Parse($$"""
                graph f(%x: f64[]) {
                  %from = constant {value={{dtype}}[] {{from}}}
                  %i, %v = while %from, %x {carried=2} cond(%i: {{dtype}}[], %v: f64[]) {
                    %to = constant {value={{dtype}}[] {{to}}}
                    %go = {{(isTurned ? $"{turned} %to, %i" : $"{test} %i, %to")}}
                    yield %go
                  } body(%i: {{dtype}}[], %v: f64[]) {
                    %by = constant {value={{dtype}}[] {{by}}}
                    %next = {{step}} %i, %by
                    %more = add %v, %v
                    yield %next, %more
                  }
                  return %v, %i
                }
                """);
            Assert.Equal(expected, TripCount.Of(graph.Entry.Body.Single(node => node.Op == OpDefs.While)));
            var unrolled = Pipeline.Run(graph, [Unroll.Pass], verify: 2).Graph;
            Assert.Equal(expected is not > 0, unrolled.Entry.Body.Any(node => node.Op == OpDefs.While));
            if (expected is not { } trips) continue;
            var results = new Interpreter().Run(unrolled, [Literal.Scalar(DType.F64, 1)]);
            Assert.Equal((Math.Pow(2, trips), from + trips * (step == "add" ? by : -by)), (results[0].GetDouble(0), results[1].GetLong(0)));
        }
    }

    [Theory]
    [InlineData("f32[2, 3]", "gather %x, %i {axis=0}", 4, false)]
    [InlineData("f32[2, 3]", "reduce_sum %x {axes=[0]}", 4, true)]
    [InlineData("f32[2, 1048576]", "reduce_sum %x {axes=[0]}", 3, true)]
    [InlineData("f32[2, 1048576]", "reduce_sum %x {axes=[0]}", 4, false)]
    public void What_may_fail_and_what_is_large_stays_a_loop(string type, string op, int carried, bool isUnrolled)
    {
        string entry = type.Replace("2, ", "", StringComparison.Ordinal);
        string[] names = [.. Enumerable.Range(0, carried).Select(i => $"%v{i}")];
        string parameters = string.Join(", ", names.Select(name => $"{name}: {entry}"));
        var graph = Parser.Parse($$"""
            graph f(%x: {{type}}, {{parameters}}) {
              %zero = constant {value=i64[] 0}
              %i, {{string.Join(", ", names.Select(name => name + "r"))}} = while %zero, {{string.Join(", ", names)}}, %x {carried={{carried + 1}}} cond(%i: i64[], {{parameters}}, %x: {{type}}) {
                %end = constant {value=i64[] 2}
                %go = less %i, %end
                yield %go
              } body(%i: i64[], {{parameters}}, %x: {{type}}) {
                %one = constant {value=i64[] 1}
                %next = add %i, %one
                %row = {{op}}
                yield %next, {{string.Join(", ", names.Select(_ => "%row"))}}
              }
              return {{names[0]}}r
            }
            """);
        Assert.Equal(isUnrolled, !Pipeline.Run(graph, [Unroll.Pass], verify: 2).Graph.Entry.Body.Any(node => node.Op == OpDefs.While));
    }

    [Fact]
    public void A_graph_of_very_many_loops_keeps_most_of_them()
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        var x = build.Parameter(new TensorType(DType.F64, Shape.Scalar));
        for (int i = 0; i < 300; i++)
        {
            build.BeginRegion();
            var state = build.Parameter(x.Type);
            var next = state;
            for (int k = 0; k < 8; k++)
                next = build.Add(next, state);
            x = build.Scan([x], [], 8, build.EndRegion([next]))[0];
        }

        var unrolled = Pipeline.Run(build.Finish("f", [x]), [Unroll.Pass], verify: 2).Graph;
        Assert.InRange(unrolled.NodeCount, 8_000, 8_192);
        Assert.Contains(unrolled.Entry.Body, node => node.Op == OpDefs.Scan);
    }
}
