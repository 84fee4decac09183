using TensorGraph.Backends;
using TensorGraph.Backends.Managed;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Right operands of products that come again: packed once, with the same bits, and never stale.</summary>
[WithAllPasses]
public sealed class PackedOperandTests
{
    [Fact]
    public void Bits_are_those_of_the_first_call_that_packs_nothing()
    {
        var random = new Random(1);
        for (int trial = 0; trial < 60; trial++)
        {
            (int m, int k, int n) = (random.Next(1, 90), random.Next(1, trial % 6 == 0 ? 9000 : 600), random.Next(1, 140));
            DType dtype = trial % 3 == 0 ? DType.F64 : DType.F32;
            bool isTransposed = random.Next(2) == 0;
            Graph graph = Product(dtype, m, k, n, isTransposed);
            var device = new ManagedDevice { Threads = 1 + trial % 3 };
            using IDisposable use = Device.Use(device);
            Executable product = device.Compile(graph);
            TensorData x = Numbers(random, dtype, m, k), weights = isTransposed ? Numbers(random, dtype, n, k) : Numbers(random, dtype, k, n);
            byte[][] runs = [.. Enumerable.Range(0, 4).Select(_ => Bytes(product.Run([x, weights])[0]))];
            Assert.All(runs[1..], run => Assert.Equal(runs[0], run));
        }
    }

    [Fact]
    public void The_second_call_packs_and_later_ones_take_no_more_memory()
    {
        var device = new ManagedDevice();
        using IDisposable use = Device.Use(device);
        Executable product = device.Compile(Product(DType.F32, 64, 500, 300, isTransposed: false));
        TensorData x = Numbers(new Random(1), DType.F32, 64, 500), weights = Numbers(new Random(2), DType.F32, 500, 300);
        long before = device.LiveBytes;
        Run();
        Assert.Equal(before, device.LiveBytes);
        Run();
        long packed = device.LiveBytes - before;
        Assert.InRange(packed, 500 * 304 * 4, 500 * 304 * 4 * 9 / 8);
        for (int i = 0; i < 5; i++) Run();
        Assert.Equal(packed, device.LiveBytes - before);
        weights.Release();
        Assert.InRange(device.LiveBytes, 0, before - 500 * 300 * 4);

        void Run() => product.Run([x, weights])[0].Release();
    }

    [Fact]
    public void The_flag_and_a_tight_limit_leave_it_out()
    {
        foreach (bool isTight in new[] { false, true })
        {
            var device = new ManagedDevice();
            using IDisposable use = Device.Use(device);
            using IDisposable flag = Flags.Set("PASSES", isTight ? "" : "-pack");
            Executable product = device.Compile(Product(DType.F32, 64, 500, 300, isTransposed: true));
            TensorData x = Numbers(new Random(1), DType.F32, 64, 500), weights = Numbers(new Random(2), DType.F32, 300, 500);
            long before = device.LiveBytes;
            if (isTight) device.MemoryLimit = before + 1_000_000;
            for (int i = 0; i < 3; i++) product.Run([x, weights])[0].Release();
            Assert.Equal(before, device.LiveBytes);
        }
    }

    // A loop may write over the memory of a carried value, but not while a packed form of it is kept.
    [Fact]
    public void A_carried_right_operand_that_the_loop_replaces_is_packed_anew()
    {
        var b = new GraphBuilder { Source = SourceSpan.None };
        Value x = b.Parameter(new TensorType(DType.F64, new Shape(16, 80))), weights = b.Parameter(new TensorType(DType.F64, new Shape(80, 80)));
        Value turns = b.Constant(Literal.Scalar(DType.I64, 6));
        Value[] results = LoopSamples.Repeat(b, turns, [x, weights], (v, i) =>
        {
            Value product = b.Dot(b.Dot(v[0], v[1], [1], [0], [], []), v[1], [1], [0], [], []);
            Value next = b.Emit(OpDefs.Tanh, product);
            return [next, b.ScatterAdd(v[1], b.Reshape(i, [1]), b.Slice(next, [0, 0], [1, 80]), axis: 0)];
        });
        Graph graph = b.Finish("f", [.. results]);
        var random = new Random(3);
        Literal[] values = [Numbers(random, DType.F64, 16, 80).ToLiteral(), Numbers(random, DType.F64, 80, 80).ToLiteral()];
        Literal[] expected = Agree.On(Devices.Interpreter, graph, values);
        Executable loop = Devices.Managed.Compile(graph);
        for (int run = 0; run < 3; run++)
        {
            TensorData[] actual = loop.Run(Array.ConvertAll(values, Devices.Managed.From));
            for (long i = 0; i < expected[1].Count; i++) Assert.Equal(expected[1].GetDouble(i), actual[1].ToLiteral().GetDouble(i), 1e-9);
        }
    }

    [Fact]
    public void Threads_that_share_weights_get_the_same_answers()
    {
        Graph graph = Product(DType.F32, 40, 300, 200, isTransposed: true);
        using IDisposable use = Device.Use(Devices.Managed);
        Executable product = Devices.Managed.Compile(graph);
        for (int round = 0; round < 20; round++)
        {
            TensorData x = Numbers(new Random(round), DType.F32, 40, 300), weights = Numbers(new Random(-round), DType.F32, 200, 300);
            byte[][] runs = new byte[8][];
            Parallel.For(0, runs.Length, i => runs[i] = Bytes(product.Run([x, weights])[0]));
            Assert.All(runs, run => Assert.Equal(runs[0], run));
            weights.Release();
        }
    }

    private static Graph Product(DType dtype, int m, int k, int n, bool isTransposed)
    {
        var b = new GraphBuilder { Source = SourceSpan.None };
        Value x = b.Parameter(new TensorType(dtype, new Shape(m, k)));
        Value weights = b.Parameter(new TensorType(dtype, isTransposed ? new Shape(n, k) : new Shape(k, n)));
        return b.Finish("product", [b.Dot(x, weights, [1], [isTransposed ? 1 : 0], [], [])]);
    }

    private static TensorData Numbers(Random random, DType dtype, int rows, int columns) =>
        Device.Current.From(Literal.FromDoubles(new TensorType(dtype, new Shape(rows, columns)), _ => random.NextDouble() - 0.5));

    private static byte[] Bytes(TensorData data)
    {
        Literal literal = data.ToLiteral();
        return literal.Bytes(0, (int)(literal.Count * literal.Type.DType.Size())).ToArray();
    }
}
