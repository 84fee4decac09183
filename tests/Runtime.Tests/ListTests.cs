using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Lists and sizes of data, which no sample of a single op can show: the plan gives what the interpreter gives.</summary>
public sealed class ListTests
{
    [Theory]
    [InlineData("list.tg", 0)]
    [InlineData("list.tg", 1)]
    [InlineData("list.tg", 9)]
    public void Loops_carry_lists(string file, long count)
    {
        Ir.Graph graph = Case(file);
        Agree.Run(graph, [Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => count), Literal.FromDoubles(new(DType.F32, [2]), i => i + 1)], file);
    }

    [Fact]
    public void A_list_is_a_value()
    {
        Ir.Graph graph = Case("list-index.tg");
        foreach (long index in new[] { 0, 1 })
            Agree.Run(graph, [Literal.FromDoubles(new(DType.F32, [2]), i => i + 1), Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => index)], "list-index");
    }

    [Fact]
    public void Lists_that_threads_make_from_one_beginning_do_not_mix()
    {
        TensorData[] elements = [.. Enumerable.Range(0, 4).Select(i => TensorData.From(Literal.Scalar(DType.F64, i)))];
        using var start = new Barrier(2);
        TensorList beginning = null!;
        var mixed = new int[2];
        void Add(int thread)
        {
            for (int i = 0; i < 3000; i++)
            {
                if (thread == 0) beginning = new TensorList([]).Add(elements[3]);
                start.SignalAndWait();
                TensorList longer = beginning.Add(elements[thread]);
                start.SignalAndWait();
                if (longer[1] != elements[thread]) mixed[thread]++;
            }
        }

        Thread[] threads = [.. mixed.Select((_, thread) => new Thread(() => Add(thread)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal([0, 0], mixed);
    }

    [Fact]
    public void Adding_to_a_shorter_list_leaves_the_longer_one()
    {
        TensorData One(double x) => TensorData.From(Literal.Scalar(DType.F64, x));
        var first = new TensorList([One(1)]);
        TensorList second = first.Add(One(2)), third = first.Add(One(3)), fourth = second.Add(One(4)), changed = fourth.With(0, One(5));
        Assert.Equal([1, 2], Values(second));
        Assert.Equal([1, 3], Values(third));
        Assert.Equal([1, 2, 4], Values(fourth));
        Assert.Equal([5, 2, 4], Values(changed));
    }

    [Fact]
    public void A_size_below_0_is_refused()
    {
        // Two of them have a product above 0.
        Ir.Graph graph = Parser.Parse("""
            graph f(%n: i64[]) {
              bind_size %n {dim=dim(m)}
              %0: i64[m, m] = iota {axis=0, dtype=i64, shape=shape[m, m]}
              return %0
            }
            """);
        Executable plan = Device.Current.Compile(graph);
        foreach (long size in new[] { -1, -64, long.MinValue })
        {
            Expect.Error(DiagnosticIds.OutOfRange,
                () => plan.Run([TensorData.From(Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => size))])[0].ToLiteral(), "size");
        }
    }

    [Fact]
    public void A_plan_meets_many_sizes()
    {
        Ir.Graph graph = Parser.Parse("""
            graph f(%n: i64[]) {
              bind_size %n {dim=dim(m)}
              %0: i64[m] = iota {axis=0, dtype=i64, shape=shape[m]}
              %1 = reduce_sum %0 {axes=[0], keep=false}
              return %0, %1
            }
            """);
        Verifier.Verify(graph);
        Executable plan = Device.Current.Compile(graph);
        for (long n = 0; n < 600; n++)
        {
            TensorData[] results = plan.Run([TensorData.From(Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => n))]);
            Assert.Equal(n, results[0].Type.Shape[0].Value);
            Assert.Equal(n * (n - 1) / 2, results[1].Element<long>(0));
        }
    }

    private static IEnumerable<double> Values(TensorList list) => Enumerable.Range(0, list.Count).Select(i => list[i].Element<double>(0));

    private static Ir.Graph Case(string file) => Parser.Parse(File.ReadAllText(Repository.PathOf($"tests/Graph.Tests/Cases/run/{file}")));
}
