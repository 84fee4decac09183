using TensorGraph.Staleness.Experiments;

namespace TensorGraph.Tests;

/// <summary>Files of experiments: what is wrong is said in one line, with its place.</summary>
public sealed class ExperimentFileTests
{
    [Theory]
    [InlineData("TG1006", "line 1: ", "{")]
    [InlineData("TG1006", "line 2: ", "{ \"name\": \"x\",\n \"grids\" [] }")]
    [InlineData("TG1006", "the file: it is null", "null")]
    [InlineData("TG1006", "grids: there are none", "{ }")]
    [InlineData("TG1006", "grids, line 1: there are none", """{ "grids": [] }""")]
    [InlineData("TG1006", "grids[0], line 1: it is null", """{ "grids": [null] }""")]
    [InlineData("TG1006", "grids[0], line 1: it is no object", """{ "grids": [3] }""")]
    [InlineData("TG1006", "data, line 1: it is null", """{ "data": null, "grids": [ {} ] }""")]
    [InlineData("TG1006", "grids[0].rate, line 3: there is no setting 'rate'", "{ \"grids\": [\n {\n \"rate\": 0.1 } ] }")]
    [InlineData("TG1006", "grids[1].rates[1], line 1: it is no number", """{ "grids": [ {}, { "rates": [0.1, "fast"] } ] }""")]
    [InlineData("TG1006", "grids[0].workers[0], line 1: it is no whole number", """{ "grids": [ { "workers": [2.5] } ] }""")]
    [InlineData("TG1006", "grids[0].modes, line 1: it is no list", """{ "grids": [ { "modes": "asynchronous" } ] }""")]
    [InlineData("TG1006", "grids[0].modes[0], line 1: it is no text", """{ "grids": [ { "modes": [1] } ] }""")]
    [InlineData("TG1006", "grids[0].modes, line 1: it is null", """{ "grids": [ { "modes": null } ] }""")]
    [InlineData("TG1006", "grids[0].rules[1], line 1: it is null", """{ "grids": [ { "rules": ["none", null] } ] }""")]
    [InlineData("TG1006", "grids[0].seeds, line 1: it is empty", """{ "grids": [ { "seeds": [] } ] }""")]
    [InlineData("TG1006", "grids[1].name, line 1: two grids have the name 'a'", """{ "grids": [ { "name": "a" }, { "name": "a" } ] }""")]
    [InlineData("TG2004", "grids[0].modes[1], line 1: ", """{ "grids": [ { "modes": ["synchronous", "asynchron"] } ] }""")]
    [InlineData("TG2004", "grids[0].workers[0], line 1: ", """{ "grids": [ { "workers": [0] } ] }""")]
    [InlineData("TG2004", "grids[0].optimizers[1], line 1: ", """{ "grids": [ { "optimizers": ["sgd", "adagrad"] } ] }""")]
    [InlineData("TG2004", "grids[0].rates[1], line 1: ", """{ "grids": [ { "rates": [0.1, -1] } ] }""")]
    [InlineData("TG2004", "grids[0].batches[0], line 1: ", """{ "grids": [ { "batches": [0] } ] }""")]
    [InlineData("TG2004", "grids[0].decays[1], line 1: ", """{ "grids": [ { "decays": [0, -1] } ] }""")]
    [InlineData("TG2004", "grids[0].rules[0], line 1: ", """{ "grids": [ { "rules": ["rates"] } ] }""")]
    [InlineData("TG2004", "grids[0].rules[0], line 1: ", """{ "grids": [ { "rules": ["clip:much"] } ] }""")]
    [InlineData("TG2004", "grids[0].plots[1], line 1: ", """{ "grids": [ { "plots": ["curves", "pie"] } ] }""")]
    [InlineData("TG2004", "grids[0].compute, line 1: ", """{ "grids": [ { "compute": "sometimes" } ] }""")]
    [InlineData("TG2004", "grids[0].gradients, line 1: ", """{ "grids": [ { "gradients": 0 } ] }""")]
    [InlineData("TG2004", "grids[0].evaluate_every, line 1: ", """{ "grids": [ { "evaluate_every": -1 } ] }""")]
    [InlineData("TG2004", "grids[0].workers[0] with modes[1], line 1: ", """{ "grids": [ { "workers": [2, 3], "modes": ["asynchronous", "backup:2"] } ] }""")]
    [InlineData("TG2004", "grids[0], line 1: ", """{ "grids": [ { "modes": ["parameters:0.5"], "rules": ["rate"] } ] }""")]
    [InlineData("TG2004", "grids[0].optimizers[1] with decays[1], line 1: ", """{ "grids": [ { "optimizers": ["sgd", "rmsprop"], "decays": [0, 0.1] } ] }""")]
    [InlineData("TG2004", "grids[0], line 1: ", """{ "grids": [ { "rules": ["momentum"] } ] }""")]
    [InlineData("TG1006", "grids[0].name, line 1: 'a/up' is not of letters", """{ "grids": [ { "name": "a/up" } ] }""")]
    [InlineData("TG1006", "grids[0].name, line 1: 'a,b' is not of letters", """{ "grids": [ { "name": "a,b" } ] }""")]
    [InlineData("TG1006", "grids[0].seeds[2], line 1: it is there already", """{ "grids": [ { "seeds": [1, 2, 1] } ] }""")]
    [InlineData("TG1006", "grids[0].modes[1], line 1: it is there already", """{ "grids": [ { "modes": ["synchronous", "synchronous"] } ] }""")]
    [InlineData("TG1006", "grids[0].target_loss, line 1: it is no finite number", """{ "grids": [ { "target_loss": 1e400 } ] }""")]
    [InlineData("TG2004", "grids[0].modes[0], line 1: ", """{ "grids": [ { "modes": ["delayed:0.5 "] } ] }""")]
    [InlineData("TG2004", "grids[1].rates[1], line 4: ", "{ \"grids\": [ {},\n// a note\n { \"name\": \"b\", \"rates\": [0.1,\n-1] } ] }")]
    [InlineData("TG2004", "grids[0].modes[0], line 1: experiment: there is no mode 'delayed:0.50'", """{ "grids": [ { "modes": ["delayed:0.50"] } ] }""")]
    [InlineData("TG2004", "grids[0].rates[0], line 1: experiment: 'rate' is -1", """{ "grids": [ { "rates": [-1] } ] }""")]
    [InlineData("TG2004", "grids[0].decays[0], line 1: experiment: 'decay' is -1", """{ "grids": [ { "decays": [-1] } ] }""")]
    [InlineData("TG2004", "mode: 'backup' is 3", """{ "grids": [ { "modes": ["backup:3"] } ] }""")]
    [InlineData("TG2004", "mode: 'ssp' is -1", """{ "grids": [ { "modes": ["ssp:-1"] } ] }""")]
    [InlineData("TG2004", "grids[0].gradients, line 1: experiment: 'gradients' is 2147483647", """{ "grids": [ { "gradients": 2147483647 } ] }""")]
    [InlineData("TG2004", "grids[0].slow_share, line 1: experiment: 'slow_share' is 2", """{ "grids": [ { "slow_share": 2 } ] }""")]
    [InlineData("TG2004", "grids[0].slow_factor, line 1: experiment: 'slow_factor' is -1", """{ "grids": [ { "slow_factor": -1 } ] }""")]
    [InlineData("TG2004", "grids[0].workers[0], line 1: experiment: 'workers' is 2147483647", """{ "grids": [ { "workers": [2147483647] } ] }""")]
    [InlineData("TG2004", "the clock stands at 0 s", """{ "grids": [ { "compute": "0", "modes": ["delayed:1"] } ] }""")]
    [InlineData("TG2004", "apply 0 of 1 gradients", """{ "grids": [ { "compute": "0.00001", "modes": ["delayed:100"] } ] }""")]
    [InlineData("TG2004", "clock: ", """{ "grids": [ { "slow_share": 0.05, "slow_factor": 1e300 } ] }""")]
    [InlineData("TG2004", "experiment: optimizer 'rmsprop' has no weight decay, and 'decay' is 0.1", """{ "grids": [ { "optimizers": ["rmsprop"], "decays": [0.1] } ] }""")]
    [InlineData("TG2004", "experiment: rule 'clip:1+clip:2' has two", """{ "grids": [ { "rules": ["clip:1+clip:2"] } ] }""")]
    [InlineData("TG2004", "experiment: rule 'dc:0.04+dca:2' has two", """{ "grids": [ { "rules": ["dc:0.04+dca:2"] } ] }""")]
    [InlineData("TG2004", "experiment: rule 'none+rate' has two", """{ "grids": [ { "rules": ["none+rate"] } ] }""")]
    [InlineData("TG2004", "grids[0].rules[0], line 1: experiment: there is no rule 'warmup:2.9'", """{ "grids": [ { "rules": ["warmup:2.9"] } ] }""")]
    [InlineData("TG2004", "grids[0].rules[0], line 1: experiment: there is no rule 'warmup:1e300'", """{ "grids": [ { "rules": ["warmup:1e300"] } ] }""")]
    [InlineData("TG2004", "grids[0].rules[0], line 1: ", """{ "grids": [ { "rules": ["clip:-1"] } ] }""")]
    public void A_bad_file_is_one_line_with_the_place(string id, string place, string text)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, text);
        var fault = Assert.Throws<GraphException>(() => Study.Load(path));
        File.Delete(path);
        Assert.True(fault.Id == id && fault.Problem.StartsWith($"experiment: '{path}' can't be used: ", StringComparison.Ordinal)
            && fault.Problem.Contains(place, StringComparison.Ordinal), fault.Message);
        Assert.DoesNotContain('\n', fault.Message);
        Assert.DoesNotContain("TensorGraph.Staleness", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("..", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".cs:", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(". ,", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var fault = Assert.Throws<GraphException>(() => Study.Load("no-such-experiment.json"));
        Assert.Equal("TG1006", fault.Id);
        Assert.Contains("no-such-experiment.json", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_name_that_no_file_can_have_is_TG1006(string name) => Expect.Error(DiagnosticIds.BadData, () => Study.Load(name), "it is no name of a file");

    [Theory]
    [InlineData(0, new long[] { 1, 3 }, new long[] { 2, 6 })]
    [InlineData(0.25, new long[] { 1, 3 }, new long[] { 2, 2 })]
    [InlineData(0.5, new long[] { 4 }, new long[] { 1, 0, 1 })]
    [InlineData(1, new long[] { 4 }, new long[] { 0, 5 })]
    public void Histograms_are_apart_by_the_share_that_would_have_to_move(double apart, long[] a, long[] b)
    {
        Assert.Equal(apart, Summary.Apart(a, b), 12);
        Assert.Equal(apart, Summary.Apart(b, a), 12);
    }

    [Theory]
    [InlineData("paper.json", 7)]
    [InlineData("quick.json", 2)]
    public void Files_that_come_along_can_be_used(string name, int grids) =>
        Assert.Equal(grids, Study.Load(Path.Combine(AppContext.BaseDirectory, "experiments", name)).Grids.Count);
}
