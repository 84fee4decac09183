using System.Runtime.CompilerServices;

namespace TensorGraph.Tests.Behaviours;

/// <summary>Memory stays flat without a single Dispose, is free when its owner is gone, and is known before and after a run.</summary>
[Collection(ProcessState.Name)]
public sealed partial class MemoryTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void A_loop_of_large_tensors_stays_flat_and_hardly_needs_full_collections()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices have the garbage collector's memory.
        int before = GC.CollectionCount(2);
        long peak = 0;
        Tensor y = Ops.Ones(2048, 2048);
        for (int step = 0; step < 200; step++)
        {
            y = y * 1.0001f + 0.5f;
            peak = Math.Max(peak, Devices.Managed.LiveBytes + Devices.Managed.PooledBytes);
        }

        Assert.InRange(peak, 1, 700 * Megabyte);
        Assert.InRange(GC.CollectionCount(2) - before, 0, 4);
        GC.KeepAlive(y);
    }

    [Fact]
    public void A_warm_call_allocates_little_but_its_result()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices copy.
        Tensor x = new[] { 1f, 2, 3, 4 };
        Repeat(2_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(1_000);

        // A tensor and its data are 104 bytes.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1_000, 40, 200);

        void Repeat(int calls)
        {
            for (int i = 0; i < calls; i++)
                _ = AddOne(x);
        }
    }

    [Fact]
    public void Results_that_are_dropped_before_they_are_computed_are_free_at_once()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices have the garbage collector's memory.
        Tensor x = Ops.Ones(1024, 1024), small = Ops.Ones(256, 256) / 256f;
        using var stream = Device.Current.CreateStream().Use();
        AddTwice(x).ToLiteral();
        for (long iterations = 100; ; iterations *= 2)
        {
            Tensor first = Power(small, iterations);
            Drop(x);
            GC.Collect();
            if (first.IsReady)
                continue; // Too short: calls may have run before the collection.
            _ = Ops.Ones(1024).ToLiteral();
            long before = Devices.Managed.LiveBytes;
            GraphFunctions.Synchronize();
            Assert.InRange(Devices.Managed.LiveBytes - before, long.MinValue, 20 * Megabyte);
            return;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop(Tensor x)
    {
        for (int i = 0; i < 20; i++)
            AddTwice(x);
    }

    [GraphFunction]
    private static Tensor AddTwice(Tensor x) => x + 1 + x;

    [GraphFunction]
    private static Tensor Power(Tensor x, Tensor times)
    {
        Tensor y = x;
        for (Tensor i = 0L; i < times; i += 1L)
            y = Ops.MatMul(y, x);
        return y;
    }

    [GraphFunction]
    private static Tensor AddOne(Tensor x) => x + 1;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ten_thousand_training_steps_without_one_dispose_stay_flat(bool imperatively)
    {
        var model = new Regression();
        Tensor x = Ops.RandomNormal([16, 64]), target = Ops.RandomNormal([16, 1]);
        using var mode = new TensorGraphOptions { RunImperatively = imperatively }.Use();
        Run(2_000);
        Assert.Equal(imperatively ? 0 : 1, GraphFunction.Of(model.Step).TraceCount);
        long before = Environment.WorkingSet;
        Run(8_000);
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 100 * Megabyte);

        void Run(int steps)
        {
            Tensor loss = 0f;
            for (int step = 0; step < steps; step++)
                loss = model.Step(x, target);
            Assert.True(double.IsFinite(loss.ToDouble()));
        }
    }

    [Fact]
    public void What_collected_owners_held_is_free_with_their_graphs()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices have the garbage collector's memory.
        Collect();
        long before = Devices.Managed.LiveBytes;
        var graphs = new List<WeakReference>();
        for (int i = 0; i < 5; i++)
            graphs.Add(TrainAndForget());
        Collect();
        Assert.All(graphs, graph => Assert.False(graph.IsAlive));
        Assert.InRange(Devices.Managed.LiveBytes - before, long.MinValue, 2 * Megabyte);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference TrainAndForget()
        {
            var model = new Regression(width: 1 << 16);
            model.Step(Ops.Ones(4, 64), Ops.Ones(4, 1)).ToDouble();
            return new WeakReference(GraphFunction.Of(model.Step).ConcreteFunctions[0].Optimized);
        }

        // A table with weak keys has a finaliser of its own, and takes some collections to let its values go.
        static void Collect()
        {
            for (int i = 0; i < 10; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
    }

    [Fact]
    public void What_only_a_tape_has_seen_is_free_when_the_tape_is_used_up()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices have the garbage collector's memory.
        Tensor x = Ops.Ones(512, 512);
        // What earlier tests have left must not be freed meanwhile.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Devices.Managed.LiveBytes;
        int collections = GC.CollectionCount(0);
        using var gradient = Gradient(x);
        if (GC.CollectionCount(0) == collections)
            Assert.InRange(Devices.Managed.LiveBytes - before, 0, 4 * Megabyte);
        Assert.Equal(4 * 512 * 512, gradient.Sum().Item<float>());

        static Tensor Gradient(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            using Tensor square = Ops.Square(x), fourth = Ops.Square(square), loss = fourth.Sum();
            return tape.Gradient(loss, x)!;
        }
    }

    [Fact]
    public void A_peak_is_estimated_ahead_and_measured_after()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices do not count.
        using var mode = new TensorGraphOptions { IsAsynchronous = false }.Use();
        foreach (Func<Tensor, Tensor> method in new Func<Tensor, Tensor>[] { Wide, Looping, Branching })
        {
            var concrete = GraphFunction.Of(method).GetConcreteFunction(new TensorSpec(DType.F32, [Dim.Symbol("n"), 256]));
            double estimate = concrete.EstimatePeakBytes(new Shape(512, 256))!.Value;
            concrete.Call(Ops.Full([512, 256], 0.001));
            double measured = Devices.Managed.MemoryStatistics.PeakByGraph[GraphFunction.Of(method).Name];
            Assert.InRange(measured / estimate, 0.8, 1.3);
            Assert.True(concrete.EstimatePeakBytes(new Shape(1024, 256)) > 1.5 * estimate);
            Assert.Throws<SignatureMismatchException>(() => concrete.EstimatePeakBytes());
            Expect.Error(DiagnosticIds.OutOfRange, () => concrete.EstimatePeakBytes(new Shape(1L << 62, 256)), ["estimate_peak_bytes", "no memory holds"]);
            Assert.Throws<SignatureMismatchException>(() => concrete.EstimatePeakBytes(new Shape(512, 255)));
        }
    }

    // 16 iterations were estimated as none.
    [Fact]
    public void Where_a_tensor_decides_the_number_of_iterations_a_peak_is_that_of_the_longest_run()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices do not count.
        using var mode = new TensorGraphOptions { IsAsynchronous = false }.Use();
        var concrete = GraphFunction.Of(Rows).GetConcreteFunction(new TensorSpec(DType.F32, [64, 64]), new TensorSpec(DType.I64, []));
        const double Row = 64 * 64 * sizeof(float);
        Assert.InRange(concrete.EstimatePeakBytes(new Shape(64, 64), Shape.Scalar)!.Value, 2 * 16 * Row, 2 * 24 * Row);
        Tensor x = Ops.Full([64, 64], 0.01);
        foreach (long times in new long[] { 100, 300, 5 })
        {
            concrete.Call(x, times);
            double measured = Devices.Managed.MemoryStatistics.PeakByGraph[GraphFunction.Of(Rows).Name];
            Assert.InRange(measured / concrete.EstimatePeakBytes(new Shape(64, 64), Shape.Scalar)!.Value, 0.8, 1.3);
        }
    }

    [GraphFunction]
    private static Tensor Rows(Tensor x, Tensor times)
    {
        var rows = new TensorArray(DType.F32, [64, 64]);
        Tensor y = x;
        for (Tensor i = 0L; i < times; i += 1L)
        {
            y = y.MatMul(x);
            rows.Add(y);
        }

        return rows.Stack();
    }

    [GraphFunction]
    private static Tensor Wide(Tensor x) => x.MatMul(x.Transpose(1, 0)).MatMul(Ops.Tanh(x)).MatMul(Ops.Ones(256, 2048));

    [GraphFunction]
    private static Tensor Looping(Tensor x)
    {
        Tensor y = x;
        while (y.Sum() < 10_000_000)
            y = y.MatMul(Ops.Ones(256, 256)) + x;
        return y;
    }

    [GraphFunction]
    private static Tensor Branching(Tensor x)
    {
        Tensor y = x * 2;
        if (x.Sum() > 0)
            y = x.MatMul(Ops.Ones(256, 1024));
        else
            y = x.MatMul(Ops.Ones(256, 1024) * 2);
        return y + 1;
    }

    public sealed partial class Regression(int width = 32)
    {
        private readonly Variable[] _weights = [new(Ops.Full([64, width], 0.01)), new(Ops.Full([width, 1], 0.01))];

        [GraphFunction]
        public Tensor Step(Tensor x, Tensor target)
        {
            using var tape = new GradientTape();
            Tensor loss = Ops.Square(Ops.Tanh(x.MatMul(_weights[0])).MatMul(_weights[1]) - target).Mean();
            Tensor?[] gradients = tape.Gradient(loss, _weights);
            for (int i = 0; i < _weights.Length; i++)
                _weights[i].AssignSub(gradients[i]! * 0.01f);
            return loss;
        }
    }
}
