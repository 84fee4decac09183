namespace TensorGraph.Tests.Streams;

/// <summary>Calls that are queued. Behaviours 6.1, 6.3, 6.4.</summary>
public sealed partial class AsyncTests
{
    // Enough to take long on each device.
    private static readonly int s_size = Device.Default == Devices.Interpreter ? 8 : 128;

    private static Tensor Mean => Ops.Ones(s_size, s_size) / s_size;

    [Fact]
    public async Task A_heavy_call_returns_before_its_work_is_done()
    {
        // Other tests have calls on the stream of the device.
        var stream = Device.Current.CreateStream();
        using var own = stream.Use();
        Tensor x = Mean;
        Heavy(x, 1L).ToLiteral();
        Tensor[] results = [.. Enumerable.Range(0, 6).Select(_ => Heavy(x, 200L))];
        Assert.Contains(results, result => !result.IsReady);
        Assert.All(results, result => Assert.Equal(new Shape([s_size, s_size]), result.Shape));
        Assert.Equal(1f, results[^1].Max().ToDouble(), 3);
        Assert.True(results[^1].IsReady);
        foreach (var result in results)
            Assert.Same(result, await result.ReadyAsync());
        Assert.Equal(1f, (await Heavy(x, 300L)).Max().ToDouble(), 3);
        await GraphFunctions.SynchronizeAsync();
        Assert.Equal(0, stream.QueueLength);
    }

    [Fact]
    public void Ops_on_what_is_not_there_yet_are_queued_too()
    {
        Tensor x = Mean;
        Tensor sum = 0f;
        for (int i = 0; i < 20; i++)
            sum = sum + Heavy(x, 50L).Sum() + i;
        Assert.Equal((20 * s_size * s_size) + 190, sum.ToDouble(), 1);
    }

    [Fact]
    public void A_failure_appears_where_a_result_is_read_and_spoils_nothing_else()
    {
        Tensor x = Mean;
        Tensor good = Guarded(x, 300L, 2f), bad = Guarded(x, 300L, 0.5f), other = Guarded(x, 10L, 3f), after = bad + 1;
        Assert.Equal(1f, other.Max().ToDouble(), 3);
        var error = Assert.Throws<InvalidOperationException>(() => bad.ToLiteral());
        Assert.Equal("too large", error.Message);
        Assert.Contains("AsyncTests.cs", error.StackTrace, StringComparison.Ordinal);
        Assert.Same(error, Assert.Throws<InvalidOperationException>(() => after.ToLiteral()));
        Assert.Equal(1f, good.Max().ToDouble(), 3);
        GraphFunctions.Synchronize();
    }

    [Fact]
    public void A_failure_that_nobody_reads_appears_at_the_next_use_of_the_variable_or_when_the_program_waits()
    {
        Tensor x = Mean;
        var state = new State();
        state.Set(x, 300L, 0.5f);
        Assert.Throws<InvalidOperationException>(() =>
        {
            GraphFunctions.Synchronize();
        });
        Assert.Equal(0f, state.Value.Value.ToDouble());
        state.Set(x, 10L, 4f);
        Assert.Equal(4f, state.Value.Value.ToDouble());
        state.Set(x, 300L, 0.5f);
        Assert.Throws<InvalidOperationException>(() => GraphFunctions.Synchronize());
        GraphFunctions.Synchronize();
        state.Set(x, 300L, 0.5f);
        Assert.Throws<InvalidOperationException>(() => state.Value.Value.ToLiteral());
        Assert.Equal(4f, state.Value.Value.ToDouble());
    }

    [Fact]
    public void A_queue_is_bounded()
    {
        Tensor x = Mean;
        var stream = Device.Current.CreateStream();
        stream.QueueLimit = 4;
        using (stream.Use())
        {
            Tensor[] results = new Tensor[40];
            for (int i = 0; i < results.Length; i++)
            {
                results[i] = Heavy(x, 100L);
                Assert.InRange(stream.QueueLength, 0, 4);
            }

            stream.Synchronize();
            Assert.All(results, result => Assert.True(result.IsReady));
        }
    }

    [Fact]
    public async Task A_producer_may_wait_for_room_without_a_thread()
    {
        Tensor x = Mean;
        var stream = Device.Current.CreateStream();
        stream.QueueLimit = 2;
        using (stream.Use())
        {
            for (int i = 0; i < 20; i++)
            {
                await stream.WaitForRoomAsync();
                Heavy(x, 100L);
            }

            await stream.SynchronizeAsync();
        }

        Assert.Equal(0, stream.QueueLength);
    }

    [Fact]
    public void Synchronous_calls_are_finished_when_they_return()
    {
        Tensor x = Mean;
        using (new TensorGraphOptions { IsAsynchronous = false }.Use())
        {
            Assert.True(Heavy(x, 200L).IsReady);
            Assert.Throws<InvalidOperationException>(() => { Guarded(x, 200L, 0.5f); });
        }
    }

    [Fact]
    public void What_is_small_is_there_at_once()
    {
        Tensor x = new[] { 1f, 2f };
        Heavy(Mean, 100L);
        Assert.True(Small(x).IsReady);
        Assert.True((x + 1).IsReady);
        GraphFunctions.Synchronize();
    }

    // The estimate counts all bytes of what it reads four of.
    [Fact]
    public void Calls_that_prove_short_run_at_once()
    {
        Tensor x = Ops.Ones(1 << 20).To(Devices.Managed);
        for (int i = 0; i < 100; i++)
            Assert.Equal(2f, Head(x).Max().ToDouble());
        GraphFunctions.Synchronize();
        Assert.True(Head(x).IsReady);
    }

    [GraphFunction]
    internal static Tensor Head(Tensor x) => x[..4] + 1;

    [Fact]
    public void Variables_keep_the_order_of_calls()
    {
        Tensor x = Mean;
        var state = new State();
        var stream = Device.Current.CreateStream();
        for (int i = 0; i < 10; i++)
        {
            using (i % 2 == 0 ? stream.Use() : null)
                state.Set(x, 50L, i + 2f);
            Assert.Equal(i + 2f, state.Value.Value.ToDouble());
            state.Set(x, 50L, i + 3f);
            Tensor read = state.Value.Value;
            state.Value.Assign(-1f);
            Assert.Equal(i + 3f, read.ToDouble());
            Assert.Equal(-1f, state.Value.Value.ToDouble());
            state.Set(x, 50L, 5f);
            state.Value.AssignAdd(state.Value.Value);
            Assert.Equal(10f, state.Value.Value.ToDouble());
        }
    }

    [Fact]
    public void Streams_wait_for_events()
    {
        Tensor x = Mean;
        DeviceStream one = Device.Current.CreateStream(), other = Device.Current.CreateStream();
        Tensor first, second;
        using (one.Use())
            first = Heavy(x, 300L);
        other.Wait(one.Record());
        using (other.Use())
            second = Heavy(x, 1L);
        second.ToLiteral();
        Assert.True(first.IsReady);
    }

    [Fact]
    public async Task To_synchronize_waits_for_all_streams_of_a_device()
    {
        for (int i = 0; i < 2; i++)
        {
            Tensor result;
            using (Device.Current.CreateStream().Use())
                result = Heavy(Mean, 600L);
            if (i == 0)
                GraphFunctions.Synchronize();
            else
                await GraphFunctions.SynchronizeAsync();
            Assert.True(result.IsReady);
        }
    }

    [Fact]
    public void A_stream_waits_for_each_of_several_events()
    {
        Tensor x = Mean;
        DeviceStream one = Device.Current.CreateStream(), two = Device.Current.CreateStream(), other = Device.Current.CreateStream();
        Tensor first, second, third;
        using (one.Use())
            first = Heavy(x, 600L);
        using (two.Use())
            second = Heavy(x, 1L);
        other.Wait(one.Record());
        other.Wait(two.Record());
        using (other.Use())
            third = Heavy(x, 1L);
        third.ToLiteral();
        Assert.True(first.IsReady);
        Assert.True(second.IsReady);
    }

    // What a tensor without data says of its device must hold when the data is there.
    [Fact]
    public void A_variable_that_moves_to_another_device_is_read_there()
    {
        var other = Device.Current == Devices.Managed ? Devices.Interpreter : Devices.Managed;
        var state = new State();
        state.Set(Mean, 300L, 4f);
        state.Value.Assign(((Tensor)7f).To(other));
        Tensor read = state.Value.Value;
        Assert.Equal(7f, read.ToDouble());
        Assert.Equal(other, read.Device);
    }

    [Fact]
    public void Many_threads_that_wait_for_one_another_all_end()
    {
        Tensor x = Mean;
        var state = new State();
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, thread =>
        {
            using var stream = thread % 3 == 0 ? Device.Current.CreateStream().Use() : null;
            for (int i = 0; i < 20; i++)
            {
                state.Add(x, 20L);
                if (i % 5 == 0)
                    Assert.True(state.Value.Value.ToDouble() >= 0);
                state.Value.AssignAdd(1f);
                if (i % 7 == 0)
                    Assert.Equal(1f, Heavy(x, 5L).Max().ToDouble(), 3);
            }
        });
        Assert.Equal(2 * 16 * 20, state.Value.Value.ToDouble());
    }

    [Fact]
    public void Cancellation_stops_a_loop_and_keeps_what_was_assigned()
    {
        var state = new State();
        using var source = new CancellationTokenSource();
        Tensor result;
        using (GraphFunctions.WithCancellation(source.Token))
            result = state.Endless(Mean);
        source.CancelAfter(50);
        Assert.ThrowsAny<OperationCanceledException>(() => result.ToLiteral());
        double reached = state.Value.Value.ToDouble();
        Assert.True(reached >= 0 && reached == Math.Floor(reached));
        Assert.Equal(0f, state.Endless(0f).ToDouble());
        using (GraphFunctions.WithCancellation(source.Token))
            Assert.ThrowsAny<OperationCanceledException>(() => { state.Endless(1f); });
        Assert.Equal(reached, state.Value.Value.ToDouble());
    }

    // Behaviour 9.3.
    [Fact]
    public void A_token_may_be_a_parameter()
    {
        var function = GraphFunction.Of(StoppedBy);
        var state = new State();
        for (int i = 0; i < 3; i++)
        {
            using var source = new CancellationTokenSource();
            Assert.Equal(6f, StoppedBy(2f, 3L, state.Value, source.Token).ToDouble());
        }

        Assert.Equal(6f, StoppedBy(2f, 3L, state.Value).ToDouble());
        Assert.Equal(1, function.TraceCount);
        Assert.DoesNotContain("token", function.ConcreteFunctions[0].SignatureText, StringComparison.Ordinal);
        Assert.Equal(8f, function.GetConcreteFunction((Tensor)2f, (Tensor)4L, state.Value).Call(2f, 4L)[0].ToDouble());
        double before = state.Value.Value.ToDouble();
        foreach (bool imperatively in new[] { false, true })
        {
            using var options = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
            using var source = new CancellationTokenSource();
            source.Cancel();
            Assert.ThrowsAny<OperationCanceledException>(() => StoppedBy(2f, 3L, state.Value, source.Token));
            Assert.Equal(before, state.Value.Value.ToDouble());
            using var later = new CancellationTokenSource(30);
            Assert.ThrowsAny<OperationCanceledException>(() => StoppedBy(2f, long.MaxValue, state.Value, later.Token).ToDouble());
            Assert.True(state.Value.Value.ToDouble() > before);
            state.Value.Assign((float)before);

            using var outer = new CancellationTokenSource(30);
            using (GraphFunctions.WithCancellation(outer.Token))
                Assert.ThrowsAny<OperationCanceledException>(() => StoppedBy(2f, long.MaxValue, state.Value, new CancellationTokenSource().Token).ToDouble());
            state.Value.Assign((float)before);
        }
    }

    [Fact]
    public void Each_of_two_tokens_stops_the_call()
    {
        for (int i = 0; i < 2; i++)
        {
            using var first = new CancellationTokenSource();
            using var second = new CancellationTokenSource();
            (i == 0 ? first : second).CancelAfter(30);
            Assert.ThrowsAny<OperationCanceledException>(() => StoppedByTwo(1f, first.Token, second.Token).ToDouble());
        }
    }

    [GraphFunction]
    internal static Tensor StoppedByTwo(Tensor x, CancellationToken @event, CancellationToken other)
    {
        Tensor y = x;
        while (y.Sum() > 0)
            y += x;
        return y;
    }

    [GraphFunction]
    internal static Tensor StoppedBy(Tensor x, Tensor times, Variable count, CancellationToken token = default)
    {
        Tensor y = 0f;
        for (Tensor i = 0L; i < times; i += 1L)
        {
            token.ThrowIfCancellationRequested();
            y += x;
            count.Assign(count + 1);
        }

        return y;
    }

    [Fact]
    public void Cancellation_stops_code_that_runs_op_by_op()
    {
        var state = new State();
        using var source = new CancellationTokenSource(50);
        using var options = new TensorGraphOptions { RunImperatively = true, Cancellation = source.Token }.Use();
        Assert.ThrowsAny<OperationCanceledException>(() => { state.Endless(1f); });
    }

    [Fact]
    public async Task Waiting_can_be_cancelled_and_the_call_goes_on()
    {
        Tensor x = Mean;
        Tensor result = Heavy(x, 2000L);
        using var source = new CancellationTokenSource();
        source.Cancel();
        if (!result.IsReady)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => result.ReadyAsync(source.Token));
        Assert.Equal(1f, (await result).Max().ToDouble(), 2);
    }

    [GraphFunction]
    private static Tensor Heavy(Tensor x, Tensor times)
    {
        Tensor y = x;
        for (Tensor i = 0L; i < times; i += 1L)
            y = Ops.MatMul(y, x);
        return y * x.Shape[0].Value;
    }

    [GraphFunction]
    private static Tensor Small(Tensor x) => x + 1;

    [GraphFunction]
    private static Tensor Guarded(Tensor x, Tensor times, Tensor limit)
    {
        Tensor y = x;
        for (Tensor i = 0L; i < times; i += 1L)
            y = Ops.MatMul(y, x);
        y = y * x.Shape[0].Value;
        if (y.Max() >= limit)
            throw new InvalidOperationException("too large");
        return y;
    }

    internal sealed partial class State
    {
        public Variable Value { get; } = new(0f);

        [GraphFunction]
        public void Set(Tensor x, Tensor times, Tensor value)
        {
            Tensor y = x;
            for (Tensor i = 0L; i < times; i += 1L)
                y = Ops.MatMul(y, x);
            if (value < (y.Max() * x.Shape[0].Value))
                throw new InvalidOperationException("too small");
            Value.Assign(value);
        }

        [GraphFunction]
        public void Add(Tensor x, Tensor times)
        {
            Tensor before = Value;
            Tensor y = x;
            for (Tensor i = 0L; i < times; i += 1L)
                y = Ops.MatMul(y, x);
            Value.Assign(before + (y.Max() * 0) + 1);
        }

        [GraphFunction]
        public Tensor Endless(Tensor x)
        {
            Tensor y = x;
            while (y.Sum() > 0)
            {
                y = x.Rank == 2 ? Ops.MatMul(y, x) : y;
                Value.Assign(Value + 1);
            }

            return y.Sum();
        }
    }
}
