using System.Text.Json;
using TensorGraph.Ir;
using TensorGraph.Recording;

namespace TensorGraph.Tests.Behaviours;

/// <summary>A recording says what was traced, why, what the passes did, and what ran; it can be read at any moment.</summary>
[Collection(ProcessState.Name)]
public sealed partial class RecorderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tensorgraph-recorder-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Traces_causes_passes_and_graphs_are_recorded()
    {
        using (var recorder = GraphRecorder.Start(_root))
        {
            Scaled(new[] { 1f, 2 });
            Scaled(new[] { 1, 2 });
        }

        RecordingEvent[] events = Events();
        TraceEvent[] traces = [.. events.OfType<TraceEvent>()];
        Assert.Equal(["x: f32[2]", "x: i32[2]"], traces.Select(trace => trace.Signature));
        Assert.Null(traces[0].Cause);
        Assert.Equal(("x", "f32[2]", "i32[2]"), (traces[1].Cause!.Argument, traces[1].Cause!.Old, traces[1].Cause!.New));
        Assert.Contains("dtype", traces[1].Cause!.Suggestion, StringComparison.Ordinal);
        Assert.Contains("RecorderTests.cs:", traces[0].CallSite, StringComparison.Ordinal);
        Assert.Contains(traces[0].Files, file => file.EndsWith("RecorderTests.cs", StringComparison.Ordinal));

        var concrete = GraphFunction.Of(Scaled).ConcreteFunctions.Single(known => known.SignatureText == "x: f32[2]");
        Assert.Null(GraphComparer.Difference(concrete.Graph, Read(traces[0].Graph!)));
        CompileEvent compiled = events.OfType<CompileEvent>().First();
        Assert.Null(GraphComparer.Difference(concrete.Optimized, Read(compiled.Graph!)));
        Assert.Equal(concrete.Passes.Select(pass => (pass.Pass, pass.Round, pass.Before, pass.After)),
            compiled.Passes.Select(pass => (pass.Pass, pass.Round, pass.Before, pass.After)));
        Assert.All(concrete.Passes.Zip(compiled.Passes), pair => Assert.Equal(pair.First.Changed, pair.Second.Graph is not null));
        Assert.Contains(compiled.Passes.SelectMany(pass => pass.Rules), rule => rule.Rule == "mul-one" && rule.Source.StartsWith("RecorderTests.cs:", StringComparison.Ordinal));
        Assert.IsType<EndEvent>(events[^1]);
    }

    [Fact]
    public void Calls_kernels_and_memory_are_counted()
    {
        using (var recorder = GraphRecorder.Start(_root))
        {
            for (int i = 0; i < 5; i++)
                Looped(Ops.Ones(8), 4);
            GraphFunctions.Synchronize();
        }

        ProgramRow program = Assert.Single(Totals().Programs);
        Assert.Equal((1, 5), (program.Trace, program.Calls));
        Assert.True(program.Milliseconds > 0 && program.LongestMilliseconds <= program.Milliseconds);
        Assert.Equal(5, Events().OfType<ProgressEvent>().SelectMany(progress => progress.Traces).Sum(row => row.Calls));
        if (Device.Current != Devices.Managed)
            return;
        CommandRow loop = Assert.Single(program.Commands, command => command.Ops is ["while"]);
        CommandRow[] body = loop.Regions.Single(region => region.Name == "body").Commands;
        Assert.Equal((5, 20), (loop.Calls, body[0].Calls));
        Assert.Contains(body, command => command.Flops >= 8 && command.Bytes > 0 && command.Sources.Length > 0 && command.Text.Contains("kernel(", StringComparison.Ordinal));
    }

    [Fact]
    public void Calls_of_several_threads_are_all_counted()
    {
        const int Threads = 4, Calls = 5000;
        using (GraphRecorder.Start(_root))
        {
            Threaded(Ops.Ones(7));
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
            {
                for (int i = 0; i < Calls; i++)
                    Threaded(Ops.Ones(7));
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            GraphFunctions.Synchronize();
        }

        ProgramRow program = Assert.Single(Totals().Programs);
        Assert.Equal((Threads * Calls) + 1, program.Calls);
        Assert.All(program.Commands, command => Assert.Equal(program.Calls, command.Calls));
    }

    [Fact]
    public void Loops_that_run_a_few_rows_at_a_time_do_so_in_a_recording_and_share_the_time()
    {
        Tensor x = Ops.RandomNormal([1200, 160]);
        using (GraphRecorder.Start(_root))
        {
            for (int i = 0; i < 3; i++)
                Normalised(x);
            GraphFunctions.Synchronize();
        }

        if (Device.Current != Devices.Managed)
            return;
        var loops = Assert.Single(Totals().Programs).Commands.Where(command => command.Text.Contains("kernel(", StringComparison.Ordinal)).ToArray();
        Assert.True(loops.Length > 1);
        Assert.All(loops, loop => Assert.True(loop.Calls == 3 && loop.Milliseconds > 0, loop.Text));
    }

    [Fact]
    public void Commands_of_branches_are_counted_where_they_run()
    {
        using (GraphRecorder.Start(_root))
        {
            for (int i = 0; i < 100; i++)
                Branched(Ops.Ones(3) * (i % 4));
            GraphFunctions.Synchronize();
        }

        if (Device.Current != Devices.Managed)
            return;
        CommandRow branch = Assert.Single(Assert.Single(Totals().Programs).Commands, command => command.Regions.Length > 0);
        Assert.Equal(100, branch.Calls);
        Assert.Equal([25, 75], branch.Regions.Select(region => Assert.Single(region.Commands.Select(command => command.Calls).Distinct())).Order());
    }

    [Fact]
    public void Calls_that_end_in_an_assertion_are_counted()
    {
        using (GraphRecorder.Start(_root))
        {
            foreach (float x in new[] { 1f, -1f, 2f, -2f, 3f })
            {
                var failure = Record.Exception(() => Asserted(Ops.Full([3], x)).ToArray<float>());
                Assert.Equal(x < 0, failure is not null);
            }
        }

        ProgramRow program = Assert.Single(Totals().Programs);
        Assert.Equal(5, program.Calls);
        Assert.All(program.Commands, command => Assert.InRange(command.Calls, 3, 5));
    }

    [Fact]
    public void A_recording_that_was_not_ended_can_be_read()
    {
        using var recorder = GraphRecorder.Start(_root);
        Scaled(Ops.Ones(3));
        recorder.Flush();
        Assert.Equal(1, Assert.Single(Totals().Programs).Calls);
        Assert.Equal("x: f32[3]", Assert.Single(Events().OfType<TraceEvent>()).Signature);
        Assert.DoesNotContain(Events(), line => line is EndEvent);
    }

    [Fact]
    public void Each_recording_has_a_folder_of_its_own_and_there_is_one_at_a_time()
    {
        for (int i = 1; i <= 2; i++)
        {
            using var recorder = GraphRecorder.Start(_root);
            Assert.Equal(Path.Combine(_root, $"run-{i}"), recorder.Folder);
            Assert.Same(recorder, GraphRecorder.Current);
            Assert.Contains(recorder.Folder, Assert.Throws<InvalidOperationException>(() => GraphRecorder.Start(_root)).Message, StringComparison.Ordinal);
        }

        Assert.Null(GraphRecorder.Current);
    }

    [Fact]
    public void A_trace_that_fails_is_recorded_with_its_message()
    {
        using (GraphRecorder.Start(_root))
            Assert.ThrowsAny<GraphException>(() => Broken(new[] { 1f, 2 }));
        FailureEvent failure = Assert.Single(Events().OfType<FailureEvent>());
        Assert.Equal(GraphFunction.Of(Broken).Name, failure.Function);
        Assert.Contains("reshape", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_inputs_of_the_first_call_are_kept_on_demand_with_the_variables_before_it()
    {
        var counter = new Variable(2f, name: "counter");
        using (GraphRecorder.Start(_root, keepInputs: true))
        {
            Counted(counter, 5f);
            Counted(counter, 6f);
        }

        InputsEvent inputs = Assert.Single(Events().OfType<InputsEvent>());
        var literals = Parser.ParseLiterals(File.ReadAllText(Path.Combine(_root, "run-1", inputs.File)));
        Assert.Equal(["5", "2"], literals.Select(TensorText.Print));
        Assert.Equal([counter.Name], inputs.Variables);
    }

    [Fact]
    public void Threads_that_trace_and_call_are_recorded_while_it_is_flushed()
    {
        const int Threads = 4, Calls = 50;
        using (var recorder = GraphRecorder.Start(_root))
        {
            var threads = Enumerable.Range(1, Threads).Select(number => new Thread(() =>
            {
                for (int i = 0; i < Calls; i++)
                {
                    Squared(Ops.Ones(number, 1, 1));
                    recorder.Flush();
                }
            })).ToArray();
            foreach (var thread in threads)
                thread.Start();
            foreach (var thread in threads)
                thread.Join();
        }

        var events = Events();
        Assert.Equal(GraphFunction.Of(Squared).TraceCount, events.OfType<TraceEvent>().Count());
        Assert.InRange(Totals().Programs.Sum(program => program.Calls), 1, Threads * Calls);
        Assert.IsType<EndEvent>(events[^1]);
    }

    [Fact]
    public void A_recording_keeps_no_model_alive()
    {
        using var recorder = GraphRecorder.Start(_root);
        // Only the last one may still be held.
        var model = Called();
        Called();
        for (int i = 0; i < 10 && model.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(model.IsAlive);
        recorder.Flush();
        Assert.Equal(2, Totals().Programs.Sum(program => program.Calls));

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Called()
        {
            var made = new Model();
            Assert.Equal(3, made.Call(Ops.Ones(3)).Sum().Item<float>());
            return new(made);
        }
    }

    public sealed partial class Model
    {
        private readonly Variable _weights = new(Ops.Ones(3), name: "weights");

        [GraphFunction]
        public Tensor Call(Tensor x) => x * _weights.Value;
    }

    [Fact]
    public void A_folder_that_can_not_be_written_is_refused()
    {
        string file = Path.Combine(_root, "file");
        File.WriteAllText(file, "");
        Assert.ThrowsAny<IOException>(() => GraphRecorder.Start(Path.Combine(file, "inside")));
        Assert.Null(GraphRecorder.Current);
    }

    [GraphFunction(ReduceRetracing = false)]
    private static Tensor Scaled(Tensor x) => x * 1 + x;

    [GraphFunction]
    private static Tensor Threaded(Tensor x) => x * 2 + 1;

    [GraphFunction]
    private static Tensor Normalised(Tensor x) => Ops.Softmax(x * 2, 1) + 1;

    [GraphFunction]
    private static Tensor Branched(Tensor x)
    {
        if (x.Sum() > 1)
            x = x * x + Ops.Exp(x).Sum();
        else
            x = x - Ops.Log(x + 1).Mean();
        return x;
    }

    [GraphFunction]
    private static Tensor Asserted(Tensor x)
    {
        Ops.Assert((x > 0).All(), "positive");
        return Ops.Exp(x);
    }

    [GraphFunction]
    private static Tensor Squared(Tensor x) => x * x;

    [GraphFunction]
    private static Tensor Broken(Tensor x) => x.Reshape(7);

    [GraphFunction]
    private static Tensor Looped(Tensor x, Tensor count)
    {
        for (Tensor i = 0; i < count; i += 1)
            x = x * 1.5f + 1;
        return x;
    }

    [GraphFunction]
    private static Tensor Counted(Variable counter, Tensor x)
    {
        counter.AssignAdd(x);
        return counter.Value * 2;
    }

    private RecordingEvent[] Events() => [.. File.ReadLines(Path.Combine(_root, "run-1", RecordingFormat.Events))
        .Select(line => JsonSerializer.Deserialize(line, RecordingJson.Readable.RecordingEvent)!)];

    private RecordingTotals Totals() =>
        JsonSerializer.Deserialize(File.ReadAllText(Path.Combine(_root, "run-1", RecordingFormat.Totals)), RecordingJson.Readable.RecordingTotals)!;

    private Ir.Graph Read(string graph) => Parser.Parse(File.ReadAllText(Path.Combine(_root, "run-1", graph)));
}
