using TensorGraph.Cli;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Findings of <c>lock</c>, <c>check</c>, <c>diff</c> and <c>replay</c>.</summary>
public sealed class CompareTests(RecordedModel model) : IClassFixture<RecordedModel>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_lock_holds_for_what_it_was_made_from_and_for_another_run_of_the_same_program()
    {
        string file = Lock();
        Assert.Equal($"as in {file}\n", Tool.Run("check", model.Folder, "--lock", file));
        RecordedModel.Record(_folder, calls: 1);
        Assert.Equal(0, Tool.Json("check", _folder, "--lock", file).GetArrayLength());
        string text = File.ReadAllText(file);
        Tool.Run("lock", _folder, "-o", file);
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public void What_drifts_from_the_lock_is_said_and_ends_with_1()
    {
        string file = Lock();
        string text = File.ReadAllText(file);
        int nodes = Tool.Json("show", model.Folder, "-f", "Step").GetProperty("nodes").GetInt32();
        File.WriteAllText(file, text.Replace($"\"nodes\": {nodes}", "\"nodes\": 3", StringComparison.Ordinal).Replace("factor: 2", "factor: 9", StringComparison.Ordinal));
        string drift = Tool.Run(App.Differs, "check", model.Folder, "--lock", file).Output;
        Assert.Contains($"  nodes: 3 → {nodes}", drift, StringComparison.Ordinal);
        Assert.Contains("factor: 9)\n  signature: expected → not traced", drift, StringComparison.Ordinal);
        Assert.Contains("factor: 2)\n  signature: not in the lock → traced", drift, StringComparison.Ordinal);
        Assert.Contains("3 differences", drift, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_of_generic_types_have_an_entry_for_each_type()
    {
        using (GraphRecorder.Start(_folder))
        {
            new Box<int>().Scale(Ops.Ones(3));
            new Box<List<float[]>>().Scale(Ops.Ones(3));
            new Box<int>().Pick<string>(Ops.Ones(3));
        }

        string[] names = [.. GraphLock.Of(RecordingReader.Open(_folder)).Signatures.Select(entry => entry.Function)];
        Assert.Equal(
            ["TensorGraph.Tests.Box<System.Collections.Generic.List<float[]>>.Scale", "TensorGraph.Tests.Box<int>.Pick<string>", "TensorGraph.Tests.Box<int>.Scale"], names);
        Assert.Equal("TensorGraph.Tests.Box<int>.Scale", GraphFunction.Of(new Box<int>().Scale).Name);
        Assert.Contains("Box<int>.Scale", Tool.Run("show", _folder, "-f", "Box<int>.Scale"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_that_is_missing_damaged_or_newer_is_refused()
    {
        string file = Path.Combine(_folder, "graph.lock");
        Assert.Contains("tgraph lock folder", Tool.Fails("check", model.Folder, "--lock", file), StringComparison.Ordinal);
        File.WriteAllText(file, "{");
        Assert.Contains("is damaged", Tool.Fails("check", model.Folder, "--lock", file), StringComparison.Ordinal);
        File.WriteAllText(file, "{}");
        Assert.Contains("is no lock", Tool.Fails("check", model.Folder, "--lock", file), StringComparison.Ordinal);
        File.WriteAllText(file, "{\"version\": 2, \"signatures\": []}");
        Assert.Contains("version 2", Tool.Fails("check", model.Folder, "--lock", file), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_recordings_are_compared_by_signature()
    {
        RecordedModel.Record(_folder, calls: 2);
        string same = Tool.Run("diff", model.Folder, _folder);
        Assert.Contains("no difference", same, StringComparison.Ordinal);
        Assert.Matches(@"Model\.Step +x: f32\[3, 4\] +4 +2 ", same);
        Assert.Contains("the graphs are equal", Tool.Run("diff", model.Folder, _folder, "-f", "Step"), StringComparison.Ordinal);
    }

    [Fact]
    public void Graphs_are_compared_by_line_whatever_their_values_are_called()
    {
        string a = Write("a.tg", "graph g(%x: f32[2]) {\n  %0: f32[2] = exp %x\n  %1: f32[2] = neg %0\n  return %1\n}\n");
        string b = Write("b.tg", "graph g(%x: f32[2]) {\n  %5: f32[2] = neg %x\n  return %5\n}\n");
        string diff = Tool.Run(App.Differs, "diff", a, b).Output;
        Assert.Contains("-   %0: f32[2] = exp %x", diff, StringComparison.Ordinal);
        Assert.Equal(0, Tool.Json("diff", a, a).GetProperty("removed").GetArrayLength());
    }

    [Fact]
    public void A_recorded_call_agrees_on_both_devices_node_by_node()
    {
        string replay = Tool.Run("replay", model.Folder, "-f", "Step");
        Assert.Contains("All agree", replay, StringComparison.Ordinal);
        var json = Tool.Json("replay", model.Folder, "-f", "Step");
        Assert.InRange(json.GetProperty("compared").GetInt32(), 5, json.GetProperty("nodes").GetInt32());
    }

    [Fact]
    public void A_node_that_turns_NaN_is_found_with_its_inputs_and_line()
    {
        using (GraphRecorder.Start(_folder, keepInputs: true))
            Roots(new[] { 4f, -1 });
        string fault = Tool.Run(App.Differs, "replay", _folder).Output;
        Assert.Matches(@"node \d+, sqrt at CompareTests\.cs:\d+: turns NaN", fault);
        Assert.Contains("input 0      f32[2]: min -1, max 4, mean 1.5, 0 NaN, 0 infinite", fault, StringComparison.Ordinal);
        Assert.Contains("interpreter 0 f32[2]: min 2, max 2, mean 2, 1 NaN, 0 infinite", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_computes_something_else_is_found_at_the_first_node()
    {
        var text = new GraphText("graph g(%x: f32[n]) {\n %0 = neg %x\n %1 = exp %0 // Model.cs:7\n %2 = add %1, %0\n return %2\n}\n", "g.tg");
        Literal x = Literal.FromDoubles(new(DType.F32, new(3)), i => i);
        var fault = new Replay(text, [x], new HostResults([]), Wrong, null).Run().Fault!;
        Assert.Equal((2, "exp", "Model.cs:7"), (fault.Number, fault.Op, fault.Source));
        Assert.StartsWith("values differ: element 0 is 1.5 on the device, 1 on the interpreter", fault.Problem, StringComparison.Ordinal);
        Assert.Null(new Replay(text, [x], new HostResults([]), Wrong, tolerance: 1).Run().Fault);

        static Literal[] Wrong(Ir.Graph graph, Literal[] values) =>
            [.. new Interpreter().Run(graph, values).Select(value => graph.Entry.Body[0].Op == OpDefs.Exp ? Literal.FromDoubles(value.Type, i => value.GetDouble(i) + 0.5) : value)];
    }

    [Fact]
    public void A_replay_gives_what_C_sharp_code_gave_in_the_recorded_call()
    {
        using (GraphRecorder.Start(_folder, keepInputs: true))
        {
            Functions.Count = 0;
            Assert.Equal([66f, 66f], Functions.Counted(Ops.Ones(2)).ToArray<float>());
            GraphFunctions.Synchronize();
            Functions.Counted(Ops.Ones(2));
        }

        Functions.Count = 100;
        string replay = Tool.Run("replay", _folder);
        Assert.Contains("All agree", replay, StringComparison.Ordinal);
        Assert.Equal(100, Functions.Count);
        Assert.Matches(@"Host islands[^\n]*\n(.*\n)*? *host_call +CompareTests\.cs:\d+", Tool.Run("explain", _folder));
        Assert.Equal("host_call", Tool.Json("explain", _folder).GetProperty("hostIslands")[0].GetProperty("ops")[0].GetString());
        string file = Path.Combine(_folder, "run-1", "inputs", "1-host.txt");
        Assert.Equal(8, File.ReadAllLines(file).Length);
        File.WriteAllLines(file, File.ReadAllLines(file)[..2]);
        Assert.Contains("the recording has the results of 2 calls of the C# code", Tool.Fails("replay", _folder), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_fails_is_found_with_its_line()
    {
        using (GraphRecorder.Start(_folder, keepInputs: true))
            Assert.Throws<GraphException>(() => { Functions.Positive(-Ops.Ones(2)); GraphFunctions.Synchronize(); });
        Assert.Matches(@"node \d+, assert at CompareTests\.cs:\d+: fails: TG3002: assertion failed: positive: \[-1, -1\]", Tool.Run(App.Differs, "replay", _folder).Output);
    }

    [Fact]
    public void Kept_variables_are_as_the_calls_before_leave_them()
    {
        using (GraphRecorder.Start(_folder, keepInputs: true))
        {
            Functions.Fill(Ops.Ones(400, 400));
            Functions.Read(Ops.Ones(2));
            GraphFunctions.Synchronize();
        }

        string[] kept = File.ReadAllLines(Path.Combine(_folder, "run-1", "inputs", "2.txt"));
        Assert.Equal(["f32[2] [1, 1],", "f32[] 64000000,"], kept);
    }

    [Fact]
    public void A_lock_is_the_same_on_a_machine_with_other_processors()
    {
        var device = (Backends.Managed.ManagedDevice)Devices.Managed;
        int threads = device.Threads;
        try
        {
            string file = Path.Combine(_folder, "graph.lock");
            device.Threads = 8;
            using (GraphRecorder.Start(_folder))
                Functions.Wide(Ops.Ones(300, 300), 1);
            Tool.Run("lock", _folder, "-o", file);
            device.Threads = 1;
            using (GraphRecorder.Start(_folder))
                Functions.Wide(Ops.Ones(300, 300), 2);
            File.WriteAllText(file, File.ReadAllText(file).Replace("other: 1", "other: 2", StringComparison.Ordinal));
            Assert.Equal($"as in {file}\n", Tool.Run("check", _folder, "--lock", file));
        }
        finally
        {
            device.Threads = threads;
        }
    }

    [Theory]
    [InlineData("sub %x, %y", "sub %y, %x")]
    [InlineData("add %x, %y", "add %x, %x")]
    public void Graphs_that_differ_in_wiring_alone_differ(string one, string other)
    {
        string a = Write("a.tg", $"graph g(%x: f32[2], %y: f32[2]) {{\n  %0: f32[2] = exp %x\n  %1: f32[2] = {one}\n  return %1\n}}\n");
        string b = Write("b.tg", $"graph g(%x: f32[2], %y: f32[2]) {{\n  %0: f32[2] = exp %x\n  %1: f32[2] = {other}\n  return %1\n}}\n");
        Assert.Contains($"+   %1: f32[2] = {other}", Tool.Run(App.Differs, "diff", a, b).Output, StringComparison.Ordinal);
        string c = Write("c.tg", $"graph g(%x: f32[2], %y: f32[2]) {{\n  %0: f32[2] = exp %x\n  %1: f32[2] = neg %0\n  %2: f32[2] = neg %{(one[0] == 's' ? 0 : 1)}\n  return %1\n}}\n");
        string d = Write("d.tg", File.ReadAllText(c).Replace("return %1", "return %2", StringComparison.Ordinal));
        Tool.Run(App.Differs, "diff", c, d);
    }

    [Fact]
    public void Graphs_that_differ_in_the_users_lines_or_names_of_values_are_equal()
    {
        string a = Write("a.tg", "graph g(%x: f32[2]) {\n  %0: f32[2] = exp %x // Model.cs:7\n  return %0\n}\n");
        string b = Write("b.tg", "graph g(%x: f32[2]) {\n  %9: f32[2] = exp %x // Model.cs:8\n  return %9\n}\n");
        Assert.Contains("the graphs are equal", Tool.Run("diff", a, b), StringComparison.Ordinal);
    }

    [Fact]
    public void Large_graphs_that_differ_in_how_often_a_line_is_there_differ()
    {
        string[] nodes = [.. Enumerable.Range(0, 5100).Select(i => $"  %{i + 1}: f32[2] = {(i % 2 == 0 ? "exp" : "neg")} %{(i == 0 ? "x" : i)}\n")];
        string a = Write("a.tg", $"graph g(%x: f32[2]) {{\n{string.Concat(nodes)}  return %5100\n}}\n");
        string b = Write("b.tg", $"graph g(%x: f32[2]) {{\n{string.Concat(nodes.Select((node, i) => i is 2500 ? node.Replace("exp", "neg", StringComparison.Ordinal) : node))}  return %5100\n}}\n");
        Assert.Contains("= neg", Tool.Run(App.Differs, "diff", a, b).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_needs_inputs_and_says_how_to_keep_them()
    {
        RecordedModel.Record(_folder, calls: 1, keepInputs: false);
        Assert.Contains("tgraph run --inputs", Tool.Fails("replay", _folder), StringComparison.Ordinal);
        Assert.Contains("there is no device 'tpu'", Tool.Fails("replay", model.Folder, "--device", "tpu"), StringComparison.Ordinal);
    }

    private string Lock()
    {
        string file = Path.Combine(_folder, "graph.lock");
        Tool.Run("lock", model.Folder, "-o", file);
        return file;
    }

    private string Write(string name, string text)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    private static Tensor Roots(Tensor x) => Functions.Roots(x);
}

/// <summary>Functions that go wrong.</summary>
public static partial class Functions
{
    private static readonly Variable s_total = new(0f);

    public static int Count { get; set; }

    [GraphFunction]
    public static Tensor Roots(Tensor x) => Ops.Sqrt(x * 1) + 1;

    [GraphFunction]
    public static Tensor Counted(Tensor x)
    {
        for (Tensor i = 0; i < 3; i += 1)
            x = Ops.HostCall(values => [values[0] + ++Count], [x.Type], x)[0] * 2;
        return Ops.HostCall(values => [values[0] + ++Count], [x.Type], x)[0] * 2 - 2 * 3 + 4;
    }

    [GraphFunction]
    public static Tensor Positive(Tensor x)
    {
        Ops.Assert((x > 0).All(), "positive", x);
        return x;
    }

    [GraphFunction]
    public static void Fill(Tensor x) => s_total.Assign(Ops.MatMul(x, x).Sum());

    [GraphFunction]
    public static Tensor Read(Tensor x) => x + s_total;

    [GraphFunction]
    public static Tensor Wide(Tensor x, int other) =>
        Ops.MatMul(x, x).Sum() + Ops.MatMul(x, x + 1).Sum() + Ops.MatMul(x + 2, x).Sum() + Ops.MatMul(x + 3, x).Sum() + other;
}

/// <summary>Graph functions with type parameters.</summary>
internal sealed partial class Box<T>
{
    private readonly int _size = typeof(T).Name.Length;

    [GraphFunction]
    public Tensor Scale(Tensor x) => x * _size;

    [GraphFunction]
    public Tensor Pick<TOther>(Tensor x) => x * (typeof(TOther).Name.Length + _size);
}
