#pragma warning disable TG7101 // The point of these methods is what happens while they are traced.

namespace TensorGraph.Tests;

/// <summary>Behaviours 2.*: tracing, polymorphism, signatures.</summary>
public sealed partial class TracingTests
{
    [Fact]
    public void Row_2_1_one_trace_per_dtype_and_the_print_shows_a_symbol()
    {
        var (results, lines) = Modes.Run(() => new[] { Double(1), Double(1.1f), Double("a"), Double(2) }, imperatively: false);

        Assert.Equal(["2", "2.2", "aa", "4"], results.Select(result => result.ToString()));
        Assert.Equal(["Tracing with Tensor(a: i32[])", "Tracing with Tensor(a: f32[])", "Tracing with Tensor(a: string[])"], lines);
        Assert.Equal(3, GraphFunction.Of((Func<Tensor, Tensor>)Double).TraceCount);
        var (imperative, _) = Modes.Run(() => new[] { Double(1), Double(1.1f), Double("a"), Double(2) }, imperatively: true);
        Assert.Equal(results.Select(result => result.ToString()), imperative.Select(result => result.ToString()));
        Assert.Equal(["Tracing with Tensor(a: f32[2, 3])"], Modes.Run(() => Double(Ops.Ones(2, 3)), imperatively: false).Lines);
    }

    [Fact]
    public void Row_2_2_a_concrete_function_is_called_by_position_and_by_name()
    {
        var concrete = GraphFunction.Of((Func<Tensor, Tensor>)Twice).GetConcreteFunction(new TensorSpec(DType.String, []));

        Assert.Equal("aa", concrete.Call("a")[0].Item<string>());
        Assert.Equal("bb", concrete.Call(new Dictionary<string, Tensor> { ["a"] = "b" })[0].Item<string>());
        var error = Assert.Throws<SignatureMismatchException>(() => concrete.Call(1));
        Assert.Contains("parameter 'a' got i32[], it wants string[]", error.Message, StringComparison.Ordinal);
        Assert.Contains("parameter 'a' is missing", Assert.Throws<SignatureMismatchException>(() => concrete.Call(new Dictionary<string, Tensor>())).Message, StringComparison.Ordinal);
        Assert.Contains("no parameter 'x'", Assert.Throws<SignatureMismatchException>(() => concrete.Call(new Dictionary<string, Tensor> { ["x"] = 1 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Row_2_3_an_input_signature_is_the_only_one()
    {
        var (result, _) = Modes.Both(() => NextCollatz(new[] { 1, 2 }));
        Assert.Equal("[4, 1]", result.ToString());
        NextCollatz(new[] { 1, 2, 3, 4, 5 });
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor>)NextCollatz).TraceCount);

        var error = Assert.Throws<SignatureMismatchException>(() => NextCollatz(new[,] { { 1, 2 }, { 3, 4 } }));
        Assert.Contains("x: i32[2, 2]", error.Message, StringComparison.Ordinal);
        Assert.Contains("signature (i32[?])", error.Message, StringComparison.Ordinal);
        Assert.Throws<SignatureMismatchException>(() => NextCollatz(new[] { 1f }));
    }

    [Fact]
    public void Row_2_4_csharp_numbers_are_part_of_the_signature_tensors_are_not()
    {
        var (result, _) = Modes.Both(() => new[] { Train(10), Train(20), Train(10) });
        Assert.Equal(["10", "20", "10"], result.Select(tensor => tensor.ToString()));
        Assert.Equal(2, GraphFunction.Of((Func<int, Tensor>)Train).TraceCount);

        Modes.Both(() => new[] { TrainTensor(10), TrainTensor(20) });
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor>)TrainTensor).TraceCount);
        var retrace = Assert.Single(GraphFunction.Of((Func<int, Tensor>)Train).Retraces);
        Assert.Equal(("numSteps", "10", "20"), (retrace.Argument, retrace.Old, retrace.New));
        Assert.EndsWith("TracingTests.cs", retrace.CallSite.File, StringComparison.Ordinal);
    }

    [Fact]
    public void Row_2_5_the_second_size_becomes_a_symbol()
    {
        for (int length = 1; length < 8; length++)
            Assert.Equal(2f * length, SumOfDouble(Ops.Ones(length)).Item<float>());
        Assert.Equal(2, GraphFunction.Of((Func<Tensor, Tensor>)SumOfDouble).TraceCount);

        for (int length = 1; length < 5; length++)
            Assert.Equal(2f * length, SumOfDoubleExact(Ops.Ones(length)).Item<float>());
        Assert.Equal(4, GraphFunction.Of((Func<Tensor, Tensor>)SumOfDoubleExact).TraceCount);
    }

    [Fact]
    public void Row_2_5_relaxing_never_breaks_a_call()
    {
        Modes.Both(() => new[] { AddVectors(Ops.Ones(3), Ops.Ones(3)), AddVectors(Ops.Ones(4), Ops.Ones(4)), AddVectors(Ops.Ones(1), Ops.Ones(4)), AddVectors(Ops.Ones(5), Ops.Ones(1)) });
        Modes.Both(() => new[] { SumRows(Ops.Ones(2, 2)), SumRows(Ops.Ones(3, 2)), SumRows(Ops.Ones(4, 2)) });
    }

    [Fact]
    public void Row_2_6_a_more_general_trace_serves_a_narrower_call()
    {
        var function = GraphFunction.Of((Func<Tensor, Tensor>)Negate);
        function.GetConcreteFunction(TensorSpec.Parse("f32[?]"));
        Assert.Equal("[-1, -1, -1]", Negate(Ops.Ones(3)).ToString());
        Assert.Equal(1, function.TraceCount);
    }

    [Fact]
    public void Row_2_7_overloads_instances_and_generics_do_not_share()
    {
        Assert.Equal(3, Overloaded(1).Item<int>());
        Assert.Equal(5, Overloaded(1, 2).Item<int>());
        Scaler two = new(2), three = new(3);
        Assert.Equal(20, two.Scale(10).Item<int>());
        Assert.Equal(30, three.Scale(10).Item<int>());
        Assert.Equal(20, two.Scale(10).Item<int>());
        Assert.Equal(1, GraphFunction.Of(two.Scale).TraceCount);
        Assert.Equal("Int32 1", NameOf<int>(1).Item<string>() + " " + GraphFunction.Of((Func<Tensor, Tensor>)NameOf<int>).TraceCount);
        Assert.Equal("String 1", NameOf<string>(1).Item<string>() + " " + GraphFunction.Of((Func<Tensor, Tensor>)NameOf<string>).TraceCount);
    }

    [Fact]
    public void Row_2_7_a_collected_instance_frees_its_graphs()
    {
        var (instance, concrete) = TraceAndDrop();
        for (int i = 0; i < 10 && (instance.IsAlive || concrete.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(instance.IsAlive);
        Assert.False(concrete.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static (WeakReference, WeakReference) TraceAndDrop()
        {
            var scaler = new Scaler(7);
            scaler.Scale(1);
            return (new WeakReference(scaler), new WeakReference(GraphFunction.Of(scaler.Scale).ConcreteFunctions[0]));
        }
    }

    [Fact]
    public void Row_2_8_structures_are_flattened_and_kept()
    {
        var (result, _) = Modes.Both(() => Structures((1, 2), [3, 4], new Dictionary<string, Tensor> { ["k"] = 5 }, 6, 7, 8));
        Assert.Equal("15 21", $"{result.Item1} {result.Item2}");
        Tensor same = 4;
        Assert.Equal(16, Modes.Both(() => Product(same, same)).Result.Item<int>());
        Assert.Equal(20, Modes.Both(() => Product(b: 4, a: 5)).Result.Item<int>());
        Assert.Equal(10, Modes.Both(() => Product(5)).Result.Item<int>());
    }

    [Fact]
    public void Row_2_8_records_lists_and_nesting_keep_their_structure()
    {
        var (result, _) = Modes.Both(() =>
        {
            var (pair, list, map) = Nested(new Pair(1, (2, [3, 4])), [5, 6], scale: 10);
            Tensor[] all = [pair.First, pair.Rest.Item1, .. pair.Rest.Item2, .. list, map["sum"], map["scale"]];
            return all;
        });
        Assert.Equal(["10", "20", "30", "40", "5", "6", "21", "10"], result.Select(tensor => tensor.ToString()));

        var function = GraphFunction.Of((Func<Pair, List<Tensor>, int, (Pair, List<Tensor>, Dictionary<string, Tensor>)>)Nested);
        Assert.Equal(1, function.TraceCount);
        Nested(new Pair(7, (8, [9, 10])), [11, 12], scale: 10);
        Assert.Equal(1, function.TraceCount);
        // Another length, value or dtype is another signature.
        Nested(new Pair(1, (2, [3])), [5, 6], scale: 10);
        Nested(new Pair(1, (2, [3, 4])), [5, 6], scale: 11);
        Nested(new Pair(1, (2, [3, 4])), [5, 6]);
        Assert.Equal(4, function.TraceCount);
    }

    [Fact]
    public void Row_2_8_equal_names_in_a_signature_are_equal_sizes()
    {
        Assert.Equal(6f, Modes.Both(() => SameBatch(Ops.Ones(2, 3), Ops.Ones(2))).Result.Item<float>());
        SameBatch(Ops.Ones(5, 3), Ops.Ones(5));
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor, Tensor>)SameBatch).TraceCount);
        Assert.Contains("batch", Assert.Throws<SignatureMismatchException>(() => SameBatch(Ops.Ones(2, 3), Ops.Ones(4))).Message, StringComparison.Ordinal);
        Assert.Throws<SignatureMismatchException>(() => SameBatch(Ops.Ones(2, 4), Ops.Ones(2)));
    }

    [Fact]
    public async Task Row_2_9_two_threads_make_one_trace()
    {
        using var start = new Barrier(8);
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return Cube(i).Item<int>();
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(Enumerable.Range(0, 8).Select(i => i * i * i), results);
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, Tensor>)Cube).TraceCount);
    }

    [Fact]
    public void Row_2_10_an_exception_while_tracing_leaves_no_trace()
    {
        var error = Assert.Throws<InvalidOperationException>(() => FailsFor(1, fail: true));
        Assert.Matches(@"TracingTests\.cs:line \d+", error.StackTrace);
        string thrower = error.StackTrace!.Split('\n').First(line => line.Contains("TracingTests.cs", StringComparison.Ordinal));
        int line = int.Parse(thrower.Split(":line ")[1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains("Thrown on this line", File.ReadLines(SourceFile()).ElementAt(line - 1), StringComparison.Ordinal);

        Assert.Empty(GraphFunction.Of((Func<Tensor, bool, Tensor>)FailsFor).ConcreteFunctions);
        Assert.Equal(2, FailsFor(1, fail: false).Item<int>());
        Assert.Equal(1, GraphFunction.Of((Func<Tensor, bool, Tensor>)FailsFor).TraceCount);
    }

    [Fact]
    public void Row_2_11_an_escaped_tensor_says_where_it_came_from()
    {
        var leaky = new Leaky();
        leaky.Step(1);
        foreach (Action use in new Action[] { () => _ = leaky.Kept! + 1, () => leaky.Kept!.Item<int>(), () => leaky.Other(2) })
        {
            var error = Assert.Throws<EscapedTensorException>(use);
            Assert.Equal("TG7002", error.Id);
            Assert.Contains("Leaky.Step", error.Message, StringComparison.Ordinal);
            Assert.Matches(@"TracingTests\.cs:\d+", error.Message);
        }

        leaky.Keep(1);
        Assert.Contains("Tensor(kept: i32[])", Assert.Throws<EscapedTensorException>(() => leaky.Kept! + 1).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_null_tensor_is_a_clear_error()
    {
        Assert.Equal("TG1002", Assert.Throws<GraphException>(() => Twice(null!)).Id);
    }

    private static string SourceFile([System.Runtime.CompilerServices.CallerFilePath] string file = "") => file;

    [GraphFunction]
    private static Tensor Double(Tensor a)
    {
        Console.WriteLine($"Tracing with {a}");
        return a + a;
    }

    [GraphFunction]
    private static Tensor Twice(Tensor a) => a + a;

    [GraphFunction(InputSignature = ["i32[?]"])]
    private static Tensor NextCollatz(Tensor x) => Ops.Where(x % 2 == 0, x / 2, (3 * x) + 1);

    [GraphFunction]
    private static Tensor Train(int numSteps)
    {
        Tensor total = 0;
        for (int i = 0; i < numSteps; i++)
            total += 1;
        return total;
    }

    [GraphFunction]
    private static Tensor TrainTensor(Tensor numSteps) => numSteps + 0;

    [GraphFunction]
    private static Tensor SumOfDouble(Tensor x) => (x + x).Sum();

    [GraphFunction(ReduceRetracing = false)]
    private static Tensor SumOfDoubleExact(Tensor x) => (x + x).Sum();

    [GraphFunction]
    private static Tensor AddVectors(Tensor x, Tensor y) => x + y;

    // The number of rows decides how the C# loop unrolls.
    [GraphFunction]
    private static Tensor SumRows(Tensor x)
    {
        Tensor sum = Ops.Zeros(2);
        for (int i = 0; i < x.Shape[0].Value; i++)
            sum += x[i];
        return sum;
    }

    [GraphFunction]
    private static Tensor Negate(Tensor x) => -x;

    [GraphFunction]
    private static Tensor Overloaded(Tensor a) => a + 2;

    [GraphFunction]
    private static Tensor Overloaded(Tensor a, Tensor b) => a + b + 2;

    [GraphFunction]
    private static Tensor NameOf<T>(Tensor x) => Ops.Where(x == 1, typeof(T).Name, "");

    [GraphFunction]
    private static (Tensor, Tensor) Structures((Tensor A, Tensor B) pair, Tensor[] array, Dictionary<string, Tensor> map, params Tensor[] rest) =>
        (pair.A + pair.B + array[0] + array[1] + map["k"], rest[0] + rest[1] + rest[2]);

    internal sealed record Pair(Tensor First, (Tensor, Tensor[]) Rest);

    [GraphFunction]
    private static (Pair, List<Tensor>, Dictionary<string, Tensor>) Nested(Pair pair, List<Tensor> list, int scale = 1) =>
        (new Pair(pair.First * scale, (pair.Rest.Item1 * scale, [.. pair.Rest.Item2.Select(t => t * scale)])), list, new() { ["sum"] = pair.First + pair.Rest.Item1 + pair.Rest.Item2[0] + pair.Rest.Item2[^1] + list[0] + list[1], ["scale"] = scale });

    [GraphFunction(InputSignature = ["f32[batch, 3]", "f32[batch]"])]
    private static Tensor SameBatch(Tensor x, Tensor y) => (x.Sum(1) * y).Sum();

    [GraphFunction]
    private static Tensor Product(Tensor a, Tensor? b = null) => a * (b ?? 2);

    [GraphFunction]
    private static Tensor Cube(Tensor x)
    {
        Thread.Sleep(20);
        return x * x * x;
    }

    [GraphFunction]
    private static Tensor FailsFor(Tensor x, bool fail)
    {
        if (fail)
            throw new InvalidOperationException("no"); // Thrown on this line.
        return x + 1;
    }

    internal sealed partial class Scaler(int factor)
    {
        [GraphFunction]
        public Tensor Scale(Tensor x) => x * factor;
    }

    internal sealed partial class Leaky
    {
        public Tensor? Kept { get; private set; }

        [GraphFunction]
        public Tensor Step(Tensor x)
        {
            Kept = x + 1;
            return Kept * 2;
        }

        [GraphFunction]
        public Tensor Keep(Tensor kept)
        {
            Kept = kept;
            return kept;
        }

        [GraphFunction]
        public Tensor Other(Tensor x) => x + Kept!;
    }
}
