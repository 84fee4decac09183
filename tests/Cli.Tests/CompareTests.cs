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
        var fault = new Replay(text, [x], Wrong, null).Run().Fault!;
        Assert.Equal((2, "exp", "Model.cs:7"), (fault.Number, fault.Op, fault.Source));
        Assert.StartsWith("values differ: element 0 is 1.5 on the device, 1 on the interpreter", fault.Problem, StringComparison.Ordinal);
        Assert.Null(new Replay(text, [x], Wrong, tolerance: 1).Run().Fault);

        static Literal[] Wrong(Ir.Graph graph, Literal[] values) =>
            [.. new Interpreter().Run(graph, values).Select(value => graph.Entry.Body[0].Op == OpDefs.Exp ? Literal.FromDoubles(value.Type, i => value.GetDouble(i) + 0.5) : value)];
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
    [GraphFunction]
    public static Tensor Roots(Tensor x) => Ops.Sqrt(x * 1) + 1;
}
